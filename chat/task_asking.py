"""What may be asked on a list, and what the answer to a task must say: its result's own fields, and
all of a close when it closes.

Reads, writes nothing.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, select

from chat.enquiries import enquiry_of
from chat.roles import roles
from chat.service import Service
from chat.staff import SignedIn
from handoff.outcomes import PLAN
from handoff.tasks import open_tasks
from handoff.work_lists import Result, WorkList
from models.store import Transaction
from models.tables import conversations
from models.vocabulary import ConversationState, EnquiryId, EnquiryStatus

ASK, MAY_ASK = "task:ask", "tasks:ask"
WORSE_TOLD = "worse_told"


def asking_lists(service: Service, staff: SignedIn) -> list[WorkList]:
    """The lists on which this person may put a question; none where their role asks nothing."""
    if not roles().may(staff.role, MAY_ASK):
        return []
    return [listed for listed in service.work_lists.lists.values() if listed.asks]


@dataclass(frozen=True, slots=True)
class Standing:
    """The enquiry behind a task. `is_live`: somebody is in conversation about it now."""

    enquiry: RowMapping
    is_live: bool
    others: int


def standing(reader: Connection | Transaction, task: RowMapping) -> Standing | None:
    """None for a task without an enquiry."""
    if task["enquiry_id"] is None:
        return None
    enquiry = EnquiryId(task["enquiry_id"])
    row = enquiry_of(reader, enquiry)
    statement = select(conversations.c.state, conversations.c.enquiry_id).where(
        conversations.c.id == row["conversation_id"]
    )
    talk = reader.execute(statement).mappings().one()
    current = talk["enquiry_id"] == enquiry
    return Standing(
        enquiry=row,
        is_live=current and talk["state"] != ConversationState.CLOSED.value,
        others=sum(other["id"] != task["id"] for other in open_tasks(reader, enquiry)),
    )


def closes(service: Service, result: Result, stands: Standing | None) -> bool:
    """Whether this result would end the enquiry: its outcomes may, and nothing is left to do."""
    if stands is None or stands.is_live or not service.outcomes.may_close(result.outcomes):
        return False
    tracked = stands.enquiry["status"] == EnquiryStatus.TRACKING.value
    return tracked and (result.ends_all or not stands.others)


def needs(service: Service, result: Result, stands: Standing | None) -> tuple[str, ...]:
    """The fields that must be filled in: a clinical enquiry never closes without its plan."""
    wanted = list(result.needs)
    if stands is not None and closes(service, result, stands):
        clinical = bool(stands.enquiry["clinical"])
        if clinical or service.outcomes.is_clinical(result.outcomes):
            wanted += [*PLAN, WORSE_TOLD]
    return tuple(dict.fromkeys(wanted))
