"""Everything a use case needs, joined once at the composition root. Holds no state of its own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.capture import CaptureSchema
from bot.choices import Choices
from bot.dialogue import Dialogue
from bot.directory import Directory
from bot.faq import Faq
from bot.wording import Wording
from chat.access import Keys
from chat.pace import Pace
from chat.reader import MessageReader
from handoff.crisis_replies import CrisisReplies
from handoff.outcomes import Outcomes
from handoff.policy import Policy
from handoff.work_lists import WorkLists
from handoff.working_calendar import WorkingCalendar
from models.facts import Fact
from models.store import Store


@dataclass(frozen=True, slots=True)
class Service:
    """The parts, by their duty.

    `now` is the one clock; `tell` carries what is not stored (typing). `children_hub_first`: under
    18 and not at risk, the children's hub is offered before a practitioner of ours.
    """

    store: Store
    now: Callable[[], datetime]
    policy: Policy
    calendar: WorkingCalendar
    wording: Wording
    capture: CaptureSchema
    faq: Faq
    directory: Directory
    outcomes: Outcomes
    work_lists: WorkLists
    replies: CrisisReplies
    choices: Choices
    reader: MessageReader
    dialogue: Dialogue
    keys: Keys
    pace: Pace
    tell: Callable[[Sequence[Fact]], None]
    places: dict[str, str]
    children_hub_first: bool
    metrics: Any
