"""Alarms of the service itself, looked at every minute and sounded for as long as they last.

They go to the consoles, to the log and to the gauge `cap_alarm`: with nobody at a console, only the
last two are heard. They carry no identifiers.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum

import structlog

from chat.health import LONGEST_OVERDUE, MOST_UNREAD, Standing, standing_of
from chat.service import Service
from models.facts import AlarmRaised

log = structlog.get_logger()


class Trouble(StrEnum):
    NOBODY = "nobody_on_shift"
    QUEUE_AGE = "queue_age"
    UNREAD = "messages_unread"
    LATE = "second_reader_late"
    BOT = "bot_down"


_SEEN: Mapping[Trouble, Callable[[Standing], bool]] = {
    Trouble.NOBODY: lambda standing: standing.on_shift == 0,
    Trouble.QUEUE_AGE: lambda standing: standing.overdue > LONGEST_OVERDUE,
    Trouble.UNREAD: lambda standing: standing.unread > MOST_UNREAD,
    Trouble.LATE: lambda standing: standing.unread_late > 0,
}


async def seen(service: Service) -> tuple[Trouble, ...]:
    """What is wrong now. Sounds nothing."""
    now = service.now()
    standing = await service.store.read(lambda db: standing_of(service, db, now))
    found = [trouble for trouble, is_seen in _SEEN.items() if is_seen(standing)]
    if not await service.dialogue.ready():
        found.append(Trouble.BOT)
    return tuple(found)


async def sound(service: Service) -> tuple[Trouble, ...]:
    """Yields what sounds now. Called by one node a minute."""
    found = await seen(service)
    for trouble in Trouble:
        service.metrics.alarms.labels(alarm=trouble.value).set(int(trouble in found))
    if found:
        log.error("service_alarms", alarms=[trouble.value for trouble in found])
        service.tell(
            [AlarmRaised({"alarm": one.value, "kind": one.value, "entry": None}) for one in found]
        )
    return found
