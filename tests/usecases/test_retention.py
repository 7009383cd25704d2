"""Records are erased when their time has come or a person asked, whole, and never while open."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update

from chat import keeping
from chat.retention import run
from chat.ticker import Ticker
from models.tables import (
    METADATA,
    conversations,
    enquiries,
    erasures,
    hand_overs,
    safeguarding_records,
    tasks,
)
from tests.usecases.desk import DANGER, Desk
from web.cli.__main__ import main

WORDS = "zebra-coloured umbrella"
YEARS = timedelta(days=366)


async def reference_of(desk: Desk, conversation) -> str:
    [row] = await desk.rows(conversations, id=conversation)
    return str(row["reference"])


async def ended(desk: Desk, text: str = f"What time do you open? {WORDS}") -> str:
    """A conversation that is over, with nothing owed to anybody, and its reference."""
    conversation = await desk.arrive(text)
    now = desk.now
    its_own = conversations.c.id == conversation
    await desk.change(update(conversations).where(its_own).values(state="closed", closed_at=now))
    await desk.change(
        update(enquiries)
        .where(enquiries.c.conversation_id == conversation)
        .values(status="closed", closed_at=now)
    )
    await desk.change(
        update(tasks).where(tasks.c.conversation_id == conversation).values(done_at=now)
    )
    for table in ("clock", "queue_entry"):
        there = METADATA.tables[table]
        over = {"stopped_at": now} if table == "clock" else {"state": "done"}
        await desk.change(update(there).where(there.c.conversation_id == conversation).values(over))
    return await reference_of(desk, conversation)


async def done_task(desk: Desk) -> dict[str, object]:
    [enquiry] = await desk.rows(enquiries)
    named = {"conversation_id": enquiry["conversation_id"]}
    times = dict.fromkeys(("created_at", "done_at", "due_at"), desk.now)
    text = dict.fromkeys(("id", "work_list", "kind", "state"), "x")
    return {**named, **times, **text, "enquiry_id": enquiry["id"], "detail": {}}


async def everything(desk: Desk) -> str:
    """All rows of all tables, as text."""

    def look(db):
        return "\n".join(
            str(dict(row))
            for table in METADATA.sorted_tables
            for row in db.execute(select(table)).mappings()
        )

    return await desk.service.store.read(look)


async def due(desk: Desk) -> dict[str, str]:
    found = await desk.service.store.read(
        lambda db: keeping.due(db, desk.service.policy, now=desk.now)
    )
    return {kept.reference: kept.rule for kept in found}


async def test_what_was_kept_long_enough_is_erased_whole(desk):
    reference = await ended(desk)
    conversation = await desk.arrive(DANGER)
    stays = await reference_of(desk, conversation)
    assert WORDS in await everything(desk)
    desk.watch.advance(3 * YEARS)
    assert await run(desk.service) == 1
    left = await everything(desk)
    assert WORDS not in left
    assert DANGER in left
    [erased] = await desk.rows(erasures)
    assert (erased["reference"], erased["rule"], erased["by"]) == (reference, "plain", "retention")
    assert erased["rows"] > 3
    assert await reference_of(desk, conversation) == stays
    assert await run(desk.service) == 0


async def test_the_ticker_erases_once_a_day(desk):
    reference = await ended(desk)
    desk.ticker = Ticker(desk.service)
    desk.watch.advance(3 * YEARS)
    await desk.ticker.run_due()
    assert [row["reference"] for row in await desk.rows(erasures)] == [reference]


@pytest.mark.parametrize(
    ("change", "rule", "years"),
    [
        ({"clinical": False}, "plain", 2),
        ({"kinds": ["complaint_feedback"]}, "complaint", 10),
        ({"clinical": True}, "clinical", 20),
    ],
)
async def test_each_kind_of_record_has_its_time(desk, change, rule, years):
    reference = await ended(desk)
    await desk.change(update(enquiries).values(change))
    desk.watch.advance(timedelta(days=365 * years - 10))
    assert await due(desk) == {}
    desk.watch.advance(timedelta(days=30))
    assert await due(desk) == {reference: rule}


async def test_a_conversation_in_which_nothing_was_said_is_kept_a_month(desk):
    reference = await ended(desk)
    await desk.change(update(conversations).values(first_message_at=None))
    desk.watch.advance(timedelta(days=29))
    assert await due(desk) == {}
    desk.watch.advance(timedelta(days=2))
    assert await due(desk) == {reference: "empty"}


async def test_a_childs_record_is_kept_until_they_are_grown_up(desk):
    reference = await ended(desk)
    born = f"{desk.now.year - 3}-02-28"
    await desk.change(update(enquiries).values(clinical=True, captured={"dob_or_age": born}))
    desk.watch.advance(timedelta(days=22 * 365))
    assert await due(desk) == {}
    desk.watch.advance(timedelta(days=2 * 365))
    assert await due(desk) == {reference: "clinical"}


async def test_a_safeguarding_concern_makes_a_record_clinical(desk):
    reference = await ended(desk)
    [enquiry] = await desk.rows(enquiries)
    concern = {
        "id": "one",
        "conversation_id": enquiry["conversation_id"],
        "enquiry_id": enquiry["id"],
        "at": desk.now,
        **dict.fromkeys(("by", "by_name", "category", "who", "concern", "action"), "x"),
    }
    await desk.change(insert(safeguarding_records).values(concern))
    desk.watch.advance(11 * YEARS)
    assert await due(desk) == {}
    desk.watch.advance(10 * YEARS)
    assert await due(desk) == {reference: "clinical"}


@pytest.mark.parametrize(
    ("table", "still_open"),
    [
        ("conversation", {"state": "with_bot"}),
        ("enquiry", {"status": "tracking"}),
        ("task", {"done_at": None}),
        ("clock", {"stopped_at": None}),
        ("queue_entry", {"state": "waiting"}),
    ],
)
async def test_nothing_open_is_erased(desk, tmp_path, capsys, table, still_open):
    reference = await ended(desk, DANGER)
    await desk.change(insert(tasks).values(await done_task(desk)))
    there = METADATA.tables[table]
    assert await desk.rows(there), "nothing to leave open"
    await desk.change(update(there).values(still_open))
    desk.watch.advance(40 * YEARS)
    assert await due(desk) == {}
    signed = ("--by", "amal", "--reason", "they asked")
    assert main(["--var", str(tmp_path), "enquiry", "erase", reference, *signed]) == 2
    assert "still open" in capsys.readouterr().err
    assert await desk.rows(conversations, reference=reference)


async def test_a_person_can_have_it_erased_and_that_is_noted(desk, tmp_path, capsys):
    reference = await ended(desk)
    signed = ("--by", "amal", "--reason", "they asked")
    line = ["--var", str(tmp_path), "enquiry", "erase", reference, *signed]
    assert main([*line, "--dry-run"]) == 0
    assert WORDS in await everything(desk)
    assert main(line) == 0
    left = await everything(desk)
    assert WORDS not in left
    [erased] = await desk.rows(erasures)
    assert (erased["by"], erased["rule"], erased["reason"]) == ("amal", "request", "they asked")
    assert "enquiry:erase" in left
    assert main(["--var", str(tmp_path), "audit", "verify"]) == 0
    assert main(line) == 2
    assert "nobody has that reference" in capsys.readouterr().err


async def test_a_legal_hold_keeps_a_record_until_it_is_released(desk, tmp_path, capsys):
    reference = await ended(desk)
    desk.watch.advance(3 * YEARS)
    signed = ("--by", "amal", "--reason", "inquest")

    def retention(*arguments: str) -> int:
        return main(["--var", str(tmp_path), "retention", *arguments])

    assert retention("hold", reference, *signed) == 0
    assert retention("hold", reference, *signed) == 0
    assert await run(desk.service) == 0
    assert main(["--var", str(tmp_path), "enquiry", "erase", reference, *signed]) == 2
    assert retention("release", reference, *signed) == 0
    assert retention("release", reference, *signed) == 2
    assert await run(desk.service) == 1
    assert main(["--var", str(tmp_path), "audit", "verify"]) == 0
    capsys.readouterr()


async def test_the_command_says_what_would_go_and_then_erases_it(desk, tmp_path, capsys):
    reference = await ended(desk)
    ago = desk.now - 30 * YEARS
    await desk.change(update(conversations).values(closed_at=ago))
    await desk.change(update(enquiries).values(closed_at=ago))
    await desk.change(update(tasks).values(done_at=ago))
    line = ["--var", str(tmp_path), "retention", "run"]
    assert main([*line, "--dry-run"]) == 0
    assert reference in (told := capsys.readouterr().out)
    assert "1 would be erased" in told
    assert await desk.rows(conversations, reference=reference)
    assert main(line) == 0
    assert "1 erased" in capsys.readouterr().out
    assert not await desk.rows(conversations, reference=reference)


async def test_what_was_written_for_the_next_shift_goes_with_it(desk):
    reference = await ended(desk, DANGER)
    [entry] = await desk.rows(METADATA.tables["queue_entry"])
    handed = {
        "id": "one",
        "from_staff": "a",
        "to_staff": "b",
        "signed": "A",
        "summary": WORDS,
        "answer_reason": f"no room for {WORDS}",
        "entries": [{"entry": entry["id"], "reference": reference}],
        "offered_at": desk.now,
        "expires_at": desk.now,
    }
    await desk.change(insert(hand_overs).values(handed))
    desk.watch.advance(40 * YEARS)
    assert await run(desk.service) == 1
    assert WORDS not in await everything(desk)


async def test_who_and_why_must_be_said(desk, tmp_path, capsys):
    reference = await ended(desk)
    for signed in (("--by", " ", "--reason", "x"), ("--by", "amal", "--reason", " ")):
        assert main(["--var", str(tmp_path), "retention", "hold", reference, *signed]) == 2
    assert "who and why" in capsys.readouterr().err
