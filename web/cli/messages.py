"""What the filters `screen` and `understand` share: a line read as the service would read it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from chat.reading import NOTHING_UNDERSTOOD
from handoff.screening import Before, Screen, combine
from models.readings import Features, ReaderFault, SecondReading, Understanding, Verdict
from models.vocabulary import AuthorType, Priority, highest
from web.cli.day import today
from web.cli.records import BadLineError, Record, Shape
from web.readers import Readers

SHAPE = Shape(
    texts=frozenset({"text"}),
    optional_texts=frozenset({"author"}),
    optional_lists=frozenset({"earlier"}),
)
EARLIER_AT_MOST = 4  # with this message the five turns that the service looks back


@dataclass(frozen=True, slots=True)
class Message:
    text: str
    author: AuthorType | None
    earlier: Sequence[str]


@dataclass(frozen=True, slots=True)
class Reading:
    verdict: Verdict
    understanding: Understanding


def message_of(record: Record) -> Message:
    """Raise BadLineError for an author that we do not know."""
    return Message(
        text=record["text"],
        author=_author(record.get("author")),
        earlier=(record.get("earlier") or [])[-EARLIER_AT_MOST:],
    )


def _author(name: str | None) -> AuthorType | None:
    if name is None:
        return None
    try:
        return AuthorType(name)
    except ValueError as error:
        raise BadLineError("author is not one of the author types") from error


def read(readers: Readers, message: Message) -> Reading:
    """Both readers and the understanding, with what the earlier messages left behind: their doubts,
    and the priority that no later word lowers.
    """
    before = Before()
    for place, text in enumerate(message.earlier):
        turn = Message(text, message.author, message.earlier[:place])
        verdict = _verdict(readers, turn, before)[0]
        before = Before(before.ambers + verdict.doubt, (*before.priorities, verdict.priority))
    verdict, features, calm = _verdict(readers, message, before)
    meant = (
        NOTHING_UNDERSTOOD if features is None else _meaning(readers, features, message, calm=calm)
    )
    latched = highest(verdict.priority, *before.priorities)
    return Reading(replace(verdict, priority=latched), meant)


def _verdict(
    readers: Readers, message: Message, before: Before
) -> tuple[Verdict, Features | None, bool]:
    screen = readers.screen
    first = screen.first(message.text)
    features = screen.features(message.text, message.earlier)
    if features is None:
        second = SecondReading(unsure=True, fault=ReaderFault.BROKEN)
    else:
        second = screen.second(features, message.author)
    return combine(first, second, before=before), features, second.calm


def understand(readers: Readers, message: Message) -> Understanding:
    """The understanding alone, which needs no screen."""
    features = readers.screen.features(message.text, message.earlier)
    if features is None:
        return NOTHING_UNDERSTOOD
    return _meaning(readers, features, message, calm=False)


def _meaning(
    readers: Readers, features: Features, message: Message, *, calm: bool
) -> Understanding:
    return readers.understander.read(
        features,
        calm=calm,
        author=message.author,
        asks=None,
        choice=None,
        today=today(),
        danger=danger_by(readers.screen),
    )


def danger_by(screen: Screen) -> Callable[[str], Priority | None]:
    """What the rules say of an answer typed into a field."""

    def danger(text: str) -> Priority | None:
        found = screen.first(text).priority
        return None if found is Priority.NONE else found

    return danger
