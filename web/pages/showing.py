"""How the contract's messages are shown: times, senders, cards, replies still open. Pure."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
Message = Mapping[str, Any]

ENQUIRER, PRACTITIONER = "enquirer", "practitioner"
JOINED = "handoff.joined"


def local(at: str | datetime) -> datetime:
    """A time of the contract in the clock that people here live by."""
    moment = datetime.fromisoformat(at) if isinstance(at, str) else at
    return moment.astimezone(LONDON)


def clock(at: str | datetime) -> str:
    return f"{local(at):%H:%M}"


def day(at: str | datetime) -> str:
    """Such as Tuesday 24 November 2026."""
    moment = local(at)
    return f"{moment:%A} {moment.day} {moment:%B %Y}"


def open_choices(messages: Sequence[Message]) -> list[Mapping[str, str]]:
    """The quick replies that still make sense.

    Those of the newest line that has any, unless the person has spoken since or a practitioner has
    come.
    """
    for message in reversed(messages):
        if message["speaker"] in {ENQUIRER, PRACTITIONER} or message.get("wording_id") == JOINED:
            return []
        if message.get("choices"):
            return list(message["choices"])
    return []


def continues(message: Message, before: Message | None) -> bool:
    """Whether this line follows one of the same sender in the same minute: no new heading."""
    if before is None:
        return False
    same_sender = message["speaker"] == before["speaker"]
    same_name = message.get("name") == before.get("name")
    return same_sender and same_name and message["at"][:16] == before["at"][:16]


def plain_copy(
    messages: Sequence[Message], senders: Mapping[str, str], *, heading: Sequence[str]
) -> str:
    """The person's own copy as text."""
    lines = [*heading, ""]
    for message in messages:
        sender = message.get("name") or senders[message["speaker"]]
        moment = local(message["at"])
        lines.append(f"{moment:%d/%m/%Y %H:%M}  {sender}")
        lines += [message["text"], ""]
    return "\r\n".join(lines)


WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def opening(hours: Mapping[str, Any], say: Callable[..., str]) -> str:
    """One stretch of a service's opening hours in words; `say` is the pages' `t`."""
    days = [name for name in WEEK if name in hours["days"]]
    runs = _is_run(days)
    if not days or len(days) == len(WEEK):
        said = say("hours.every_day")
    elif runs:
        first, last = say(f"day.{days[0]}"), say(f"day.{days[-1]}")
        said = say("hours.days", first=first, last=last)
    else:
        said = ", ".join(say(f"day.{name}") for name in days)
    if not hours.get("from") or not hours.get("to"):
        return said
    if (hours["from"][:5], hours["to"][:5]) in ALWAYS:
        return say("hours.all_day", days=said)
    return say("hours.from_to", days=said, start=hours["from"][:5], end=hours["to"][:5])


ALWAYS = {("00:00", "23:59"), ("00:00", "00:00"), ("00:00", "24:00")}
SHORTEST_RUN = 3


def _is_run(days: Sequence[str]) -> bool:
    """Days that follow each other, at least three: said as the first to the last."""
    places = [WEEK.index(name) for name in days]
    follow = places == list(range(places[0], places[0] + len(places))) if places else False
    return follow and len(days) >= SHORTEST_RUN


def date_in_words(written: str) -> str:
    """Such as 24 November 2026."""
    found = date.fromisoformat(written)
    return f"{found.day} {found:%B %Y}"
