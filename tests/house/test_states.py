"""The table of states rules every write: a conversation and an enquiry are changed in one place."""

import re
from functools import partial

import pytest

from chat.enquiries import change_enquiry
from chat.states import ImpossibleActError
from chat.transcript import change, read
from models.vocabulary import ConversationState, EnquiryId, EnquiryStatus
from tests.decisions.rules import ROOT
from tests.usecases.desk import APPOINTMENT, open_desk

WRITTEN_IN = {"conversations": "chat/transcript.py", "enquiries": "chat/enquiries.py"}


@pytest.mark.parametrize(("table", "place"), list(WRITTEN_IN.items()))
def test_one_function_alone_writes_it_and_asks_the_table(table, place):
    made = r"\b(?:update|delete|changing|changed)"
    writes = re.compile(rf"{made}\(\s*{table}\b|\b{table}\.(?:update|delete)\(")
    found = {
        str(path.relative_to(ROOT))
        for folder in ("chat", "handoff", "web", "bot", "models")
        for path in (ROOT / folder).rglob("*.py")
        if ".venv" not in path.parts and writes.search(path.read_text(encoding="utf-8"))
    }
    assert found == {place}
    assert "_before(" in (ROOT / place).read_text(encoding="utf-8")


async def test_a_write_that_the_table_does_not_have_is_refused_and_changes_nothing(tmp_path):
    async with open_desk(tmp_path) as desk:
        conversation = await desk.arrive(APPOINTMENT)
        for state in (ConversationState.WITH_PRACTITIONER, ConversationState.ON_PHONE):
            with pytest.raises(ImpossibleActError):
                await desk.service.store.write(partial(_write_state, conversation, state))
        assert await desk.state(conversation) == "with_bot"


async def test_an_enquiry_of_nobody_who_waited_goes_to_nobody(tmp_path):
    async with open_desk(tmp_path) as desk:
        conversation = await desk.arrive(APPOINTMENT)
        enquiry = EnquiryId((await desk.service.store.read(_row_of(conversation)))["enquiry_id"])
        with pytest.raises(ImpossibleActError):
            await desk.service.store.write(
                lambda tx: change_enquiry(tx, enquiry, status=EnquiryStatus.WITH_PERSON.value)
            )


def _write_state(conversation, state, tx):
    change(tx, conversation, state=state.value)


def _row_of(conversation):

    return lambda db: read(db, conversation)
