"""Which of the services found are shown, in which order, by the hours asked for. Pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import Generic, NamedTuple, TypeVar

from bot.directory_query import Query
from bot.service_record import Record

Shown = TypeVar("Shown")


class ByHours(NamedTuple, Generic[Shown]):
    """`none_open`: hours were asked for, and no service is known to be open then."""

    shown: tuple[Shown, ...]
    none_open: bool = False


def by_hours(
    found: Sequence[tuple[Record, Shown]], read: Query, *, local: datetime
) -> ByHours[Shown]:
    """Those known to be open then, and who was asked for by name; then those whose hours nobody
    knows. Where none is known to be open: all of them. `found` is best first, and stays so.
    """
    if read.opening is None:
        may_be = tuple(one for record, one in found if record.may_be_open(read.when))
        return ByHours(may_be or _all(found))
    opens = [record.meets(read.opening, local=local) for record, _ in found]
    if not any(opens):
        return ByHours(_all(found), none_open=bool(found))
    first, unknown = [], []
    for is_open, (record, one) in zip(opens, found, strict=True):
        if is_open or record.is_named_in(read.words):
            first.append(one)
        elif is_open is None:
            unknown.append(one)
    return ByHours((*first, *unknown))


def _all(found: Sequence[tuple[Record, Shown]]) -> tuple[Shown, ...]:
    return tuple(one for _, one in found)
