"""The audit log proves itself: whoever changes, removes, swaps or forges a row is found out."""

import pytest
from sqlalchemy import delete, insert, update

from chat import audit, practitioner
from models.tables import audit_rows, tallies
from web.cli.__main__ import main
from web.wiring import key_of


@pytest.fixture
async def written(desk):
    """A desk whose log holds six rows."""
    person = await desk.sign_in()
    conversation = await desk.arrive()
    for _ in range(5):
        await practitioner.since(desk.service, person, conversation=conversation, seq=0)
    return desk


@pytest.fixture
def seal(tmp_path):
    return audit.seal_of(key_of(tmp_path))


async def faults(desk, seal):
    return await desk.service.store.read(lambda db: [str(one) for one in audit.faults(db, seal)])


async def anchor(desk):
    return await desk.service.store.read(audit.anchor)


async def test_a_log_that_nobody_touched_is_whole(written, seal):
    assert await faults(written, seal) == []
    assert (await anchor(written)).number == 6


@pytest.mark.parametrize(
    "change",
    [
        {"actor": "somebody"},
        {"action": "sign_in"},
        {"subject": "OTHER"},
        {"detail": {"reason": "none"}},
        {"previous": audit.FIRST},
        {"hash": "f" * 64},
    ],
    ids=lambda change: next(iter(change)),
)
async def test_a_changed_row_is_found(written, change, seal):
    await written.change(update(audit_rows).where(audit_rows.c.number == 3).values(**change))
    assert "row 3 was changed" in await faults(written, seal)


@pytest.mark.parametrize("number", [1, 3, 6])
async def test_a_removed_row_is_found_wherever_it_stood(written, number, seal):
    await written.change(delete(audit_rows).where(audit_rows.c.number == number))
    assert any("missing" in fault for fault in await faults(written, seal))


async def test_rows_that_changed_places_are_found(written, seal):
    for old, new in ((3, 99), (4, 3), (99, 4)):
        moved = update(audit_rows).where(audit_rows.c.number == old).values(number=new)
        await written.change(moved)
    found = await faults(written, seal)
    assert {"row 3 was changed", "row 4 was changed"} <= set(found)


async def test_a_row_forged_without_the_key_is_found(written, seal):
    last = dict((await written.rows(audit_rows, number=6))[0])
    forged = {**last, "number": 7, "previous": last["hash"], "actor": "somebody"}
    forged["hash"] = audit.hash_of(forged, b"a guess")
    await written.change(insert(audit_rows).values(**forged))
    await written.change(update(tallies).where(tallies.c.name == audit.NUMBER).values(value=7))
    assert await faults(written, seal) == ["row 7 was changed"]


async def test_a_log_cut_short_with_its_tally_is_found_by_the_anchor(written, seal):
    kept = await anchor(written)
    await written.change(delete(audit_rows).where(audit_rows.c.number > 4))
    await written.change(update(tallies).where(tallies.c.name == audit.NUMBER).values(value=4))
    assert await faults(written, seal) == []
    fault = await written.service.store.read(lambda db: audit.anchor_fault(db, kept))
    assert fault == "row 6 is not the one that the anchor names"


async def test_an_anchor_still_holds_when_the_log_has_grown(written):
    kept = audit.Anchor.parsed(str(await anchor(written)))
    await written.sign_in("tom")
    assert await written.service.store.read(lambda db: audit.anchor_fault(db, kept)) is None


async def test_the_command_says_whole_or_names_the_row(written, tmp_path, capsys):
    assert main(["--var", str(tmp_path), "audit", "anchor"]) == 0
    kept = tmp_path / "anchor"
    kept.write_text(capsys.readouterr().out)
    verify = ["--var", str(tmp_path), "audit", "verify", "--anchor", str(kept)]
    assert main(verify) == 0
    assert capsys.readouterr().out == "audit: whole, 6 rows\n"

    await written.change(update(audit_rows).where(audit_rows.c.number == 2).values(actor="x"))
    assert main(verify) == 1
    assert capsys.readouterr().out == "audit: row 2 was changed\n"

    kept.write_text("not an anchor")
    assert main(verify) == 2
