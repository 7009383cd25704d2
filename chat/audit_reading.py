"""The audit log as its reader sees it: who did what to which record and why, never what was said.

Whoever reads it is audited too.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, func, or_, select

from chat import audit
from chat.references import LONDON, REFERENCE_LETTERS
from chat.roles import roles
from chat.service import Service
from chat.staff import SignedIn
from chat.views import stamp
from models.errors import BadCommandError
from models.tables import audit_rows, staff_members

READ = "audit:read"
PAGE = 50
RECENT = 5_000
"""Rows that every look checks: a fraction of a second. The whole log is checked when asked for."""
MOST_FAULTS = 20
LONGEST_NUMBER, LONGEST_TYPED = 18, 200
REFERENCE = re.compile(rf"CAP-\d{{6}}-[{REFERENCE_LETTERS}]{{4}}")
FIRST_YEAR, LAST_YEAR = 2000, 2999
WITHOUT_ACCOUNT = frozenset({"operator", "anyone", "screen"})
"""Who acts but is no member of staff."""
REASONS = ("reason", "why")


@dataclass(frozen=True, slots=True)
class Asked:
    """As typed. What is empty is not asked for."""

    reference: str = ""
    staff: str = ""
    day: str = ""
    action: str = ""
    before: str = ""
    whole: bool = False
    """Check the chain from its first row."""

    @classmethod
    def typed(cls, query: Mapping[str, str]) -> "Asked":
        def said(name: str) -> str:
            return query.get(name, "").strip()[:LONGEST_TYPED]

        return cls(
            said("reference"),
            said("staff"),
            said("day"),
            said("action"),
            said("before"),
            whole="whole" in query,
        )


@dataclass(frozen=True, slots=True)
class Checked:
    """What a look at the chain found. `sound_to` is the last row before the first fault."""

    first: int
    last: int
    sound_to: int
    faults: tuple[audit.Fault, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """Newest first. `older` is where the next page begins; None on the last."""

    rows: Sequence[Mapping[str, Any]]
    total: int
    older: int | None
    checked: Checked


@dataclass(frozen=True, slots=True)
class _Filters:
    where: tuple[ColumnElement[bool], ...]
    before: int | None
    named: Mapping[str, Any]


async def page(service: Service, staff: SignedIn, asked: Asked) -> Page:
    """Raises NotAllowedError, and BadCommandError with the fields that cannot be read as a hint."""
    roles().check_action(staff.role, READ)
    seal, now = service.store.seal, service.now()

    def look(db: Connection) -> tuple[Page, _Filters]:
        members = {row["id"]: row for row in db.execute(select(staff_members)).mappings()}
        filters = _filters(asked, members)
        checked = _check(db, seal, is_whole=asked.whole)
        return _page(db, filters, members=members, checked=checked), filters

    found, filters = await service.store.read(look)
    subject = filters.named.get("reference", "all")
    detail = {name: value for name, value in filters.named.items() if name != "reference"}
    await service.store.write(
        lambda tx: audit.note(
            tx, actor=staff.id, action=READ, subject=subject, now=now, detail=detail
        )
    )
    return found


def _filters(asked: Asked, members: Mapping[str, RowMapping]) -> _Filters:
    where: list[ColumnElement[bool]] = []
    named: dict[str, Any] = {}
    wrong = []
    reference = asked.reference.upper()
    if REFERENCE.fullmatch(reference):
        where.append(audit_rows.c.subject == reference)
        named["reference"] = reference
    elif reference:
        wrong.append("reference")
    if wanted := asked.staff:
        who = _who(wanted, members)
        subjects = {members[one]["username"] for one in who if one in members} | who
        where.append(or_(audit_rows.c.actor.in_(who), audit_rows.c.subject.in_(subjects)))
        named["staff"] = sorted(who)
        wrong += [] if who else ["staff"]
    if asked.day:
        bounds = _bounds(asked.day)
        if bounds is None:
            wrong.append("day")
        else:
            where += [audit_rows.c.at >= bounds[0], audit_rows.c.at < bounds[1]]
            named["day"] = bounds[0].date().isoformat()
    if asked.action:
        where.append(audit_rows.c.action == asked.action)
        named["action"] = asked.action
    before = _number(asked.before)
    wrong += ["before"] if asked.before and before is None else []
    if wrong:
        raise BadCommandError(hint=",".join(wrong))
    return _Filters(tuple(where), before, named)


def _who(typed: str, members: Mapping[str, RowMapping]) -> set[str]:
    """By user name or by name; two people may have one name."""
    plain = typed.casefold()
    found = {
        member["id"]
        for member in members.values()
        if plain in {member["id"].casefold(), member["username"].casefold()}
        or plain == member["name"].casefold()
    }
    return found or ({plain} & WITHOUT_ACCOUNT)


def _bounds(typed: str) -> tuple[datetime, datetime] | None:
    """A day here, from midnight to midnight; None for what is no day."""
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        return None
    first, after = (datetime.combine(d, time(), LONDON) for d in (day, day + timedelta(days=1)))
    return first, after


def _number(typed: str) -> int | None:
    if not (typed.isascii() and typed.isdigit()) or len(typed) > LONGEST_NUMBER:
        return None
    return int(typed)


def _check(db: Connection, seal: bytes, *, is_whole: bool) -> Checked:
    last = audit.promised(db)
    after = 0 if is_whole else max(0, last - RECENT)
    found = tuple(audit.faults(db, seal, after=after))
    sound_to = last
    if found:
        cut = found[0].wrong is audit.Wrong.CUT
        sound_to = found[0].number if cut else found[0].number - 1
    return Checked(after + 1, last, sound_to, found)


def _page(
    db: Connection, filters: _Filters, *, members: Mapping[str, RowMapping], checked: Checked
) -> Page:
    total = db.execute(
        select(func.count()).select_from(audit_rows).where(*filters.where)
    ).scalar_one()
    statement = select(audit_rows).where(*filters.where)
    if filters.before is not None:
        statement = statement.where(audit_rows.c.number < filters.before)
    statement = statement.order_by(audit_rows.c.number.desc()).limit(PAGE + 1)
    rows = [_row(row, members) for row in db.execute(statement).mappings()]
    shown = rows[:PAGE]
    older = shown[-1]["number"] if len(rows) > PAGE else None
    return Page(shown, total, older, checked)


def _row(row: RowMapping, members: Mapping[str, RowMapping]) -> dict[str, Any]:
    """`name` and `role` as the account has them now; None where there is no account."""
    member = members.get(row["actor"])
    detail = row["detail"] or {}
    reason = next((detail[name] for name in REASONS if name in detail), None)
    return {
        "number": row["number"],
        "at": stamp(row["at"]),
        "actor": row["actor"],
        "name": member["name"] if member else None,
        "role": member["role"] if member else None,
        "action": row["action"],
        "subject": row["subject"],
        "reference": row["subject"] if REFERENCE.fullmatch(row["subject"]) else None,
        "reason": reason,
        "detail": row["detail"],
        "more": {name: value for name, value in detail.items() if name not in REASONS},
    }
