"""Judgements of the screen: kept with who and when, exported by a person, changing nothing."""

import asyncio
import io
import json

import pytest

from chat import reviewing, taking
from chat.lock_out import FIRST_WAIT, FREE_TRIES
from chat.seed import DEMO_PASSWORD
from chat.signing_in import Claim
from models.errors import BadCommandError, NotFoundError, TooFastError
from models.facts import ConsoleTold
from models.tables import audit_rows, conversations, queue_entries, readings, screening_reviews
from models.vocabulary import Priority
from tests.service import settings_for
from tests.usecases.desk import DANGER, Desk
from web.cli.__main__ import main


async def held(desk: Desk):
    await desk.arrive(DANGER)
    priya = await desk.sign_in()
    taken = await taking.take_next(desk.service, priya)
    assert taken is not None
    return priya, taken


def seq_of_danger(taken) -> int:
    return int(next(m["seq"] for m in taken.briefing["messages"] if m["text"] == DANGER))


async def review(desk: Desk, person, taken, verdict="wrong", should_be=None):
    judgement = reviewing.Judgement(seq_of_danger(taken), verdict, should_be)
    return await reviewing.review(
        desk.service, person, conversation=taken.conversation, judgement=judgement
    )


async def priorities(desk: Desk) -> list[str]:
    return [
        row["priority"]
        for table in (conversations, queue_entries, readings)
        for row in await desk.rows(table)
    ]


async def test_a_judgement_is_kept_with_who_and_when_and_changes_no_priority(desk: Desk):
    priya, taken = await held(desk)
    began, before = desk.now, await priorities(desk)
    kept = await review(desk, priya, taken, should_be=Priority.ROUTINE)
    (row,) = await desk.rows(screening_reviews)
    assert (row["by"], row["verdict"], row["should_be"]) == ("priya", "wrong", "routine")
    assert began <= row["at"] <= desk.now
    assert kept["name"] == "Priya"
    assert await priorities(desk) == before


async def test_the_briefing_and_the_facts_after_it_are_the_next_briefing(desk: Desk):
    priya, taken = await held(desk)
    tom = await desk.sign_in("tom")
    reviews = {(r["seq"], r["by"]): r for r in taken.briefing["reviews"]}
    desk.told.clear()
    await review(desk, priya, taken, should_be=Priority.ROUTINE)
    await review(desk, tom, taken, verdict="right")
    await review(desk, priya, taken, verdict="right")
    for fact in desk.told:
        if isinstance(fact, ConsoleTold) and fact.name == "screening:reviewed":
            told = {k: v for k, v in fact.told.items() if k != "conversation"}
            reviews[told["seq"], told["by"]] = told
    (again,) = await taking.holding(desk.service, priya.id)
    assert list(reviews.values()) == again.briefing["reviews"]
    assert [r["verdict"] for r in again.briefing["reviews"]] == ["right", "right"]


async def test_only_a_message_that_was_screened_can_be_judged(desk: Desk):
    priya, taken = await held(desk)
    greeting = reviewing.Judgement(1, "right")
    with pytest.raises(NotFoundError):
        await reviewing.review(
            desk.service, priya, conversation=taken.conversation, judgement=greeting
        )
    with pytest.raises(BadCommandError):
        await review(desk, priya, taken, verdict="right", should_be=Priority.ROUTINE)


async def export(desk: Desk, username: str, password: str = DEMO_PASSWORD):
    return await desk.service.store.write(
        lambda tx: reviewing.export(
            tx, Claim(username, password), secret=desk.service.keys.secret, now=desk.now
        )
    )


async def test_a_supervisor_exports_and_it_is_audited(desk: Desk):
    priya, taken = await held(desk)
    await review(desk, priya, taken, should_be=Priority.ROUTINE)
    (line,) = await export(desk, "sue")
    assert (line["text"], line["verdict"], line["should_be"]) == (DANGER, "wrong", "routine")
    assert line["found"]["priority"] in {"very_urgent", "emergency"}
    (noted,) = await desk.rows(audit_rows, action="review:export")
    assert (noted["actor"], noted["detail"]) == ("sue", {"rows": 1})


@pytest.mark.parametrize(("username", "password"), [("priya", DEMO_PASSWORD), ("sue", "wrong")])
async def test_nobody_else_exports(desk: Desk, username, password):
    assert await export(desk, username, password) is None
    assert await desk.rows(audit_rows, action="review:export") == []
    (noted,) = await desk.rows(audit_rows, action="sign_in:refused")
    assert noted["subject"] == username


async def test_wrong_tries_lock_the_name_for_exporting_as_for_signing_in(desk: Desk):
    for _ in range(FREE_TRIES):
        assert await export(desk, "sue", "wrong") is None
    with pytest.raises(TooFastError):
        await export(desk, "sue")
    with pytest.raises(TooFastError):
        await desk.sign_in("sue")
    desk.watch.advance(FIRST_WAIT)
    assert await export(desk, "sue") == []


async def test_the_terminal_wants_a_name_and_keeps_a_wrong_try(desk: Desk, tmp_path, monkeypatch):
    monkeypatch.setenv("CAP_CHAT_DATABASE_URL", settings_for(tmp_path).database_url)
    with pytest.raises(SystemExit):
        main(["--var", str(tmp_path), "review", "export"])
    monkeypatch.setattr("sys.stdin", io.StringIO("wrong\n"))
    command = ["--var", str(tmp_path), "review", "export", "--by", "sue"]
    assert await asyncio.to_thread(main, command) != 0
    assert len(await desk.rows(audit_rows, action="sign_in:refused")) == 1


async def test_the_terminal_writes_a_line_a_judgement(desk: Desk, tmp_path, monkeypatch, capsys):
    priya, taken = await held(desk)
    await review(desk, priya, taken)
    await desk.service.store.stop()
    monkeypatch.setenv("CAP_CHAT_DATABASE_URL", settings_for(tmp_path).database_url)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{DEMO_PASSWORD}\n"))
    code = await asyncio.to_thread(
        main, ["--var", str(tmp_path), "review", "export", "--by", "sue"]
    )
    assert code == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line)["text"] == DANGER
