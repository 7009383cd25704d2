"""Every day the running screen reads lines that it must flag; one that is missed sounds the alarm.

Stores nothing and shows no line to anyone.
"""

import structlog

from chat.reading import Question
from chat.references import LONDON
from chat.routing import reach
from chat.service import Service
from handoff.screening import combine
from handoff.screening_model.lines import MUST_FLAG, Line, read
from models.facts import AlarmRaised
from models.vocabulary import AuthorType, Reach

ALARM = "screen_self_test"
log = structlog.get_logger()


async def self_test(service: Service) -> int:
    """Yields how many lines were missed, by the two readers together as messages are read."""
    missed = [line.id for line in read(MUST_FLAG) if not await _is_flagged(service, line)]
    service.metrics.screen_missed.set(len(missed))
    if missed:
        log.error("screen_self_test_missed", lines=missed)
        service.tell([AlarmRaised({"alarm": ALARM, "kind": ALARM, "entry": None})])
    return len(missed)


async def _is_flagged(service: Service, line: Line) -> bool:
    today = service.now().astimezone(LONDON).date()
    question = Question(line.text, today, author=AuthorType(line.author), earlier=line.earlier)
    found = await service.reader.read(question)
    verdict = combine(service.reader.first(line.text), found.second)
    return verdict.priority.is_red and reach(verdict, found.understanding) is Reach.PERSON
