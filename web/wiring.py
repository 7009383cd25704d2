"""The composition root: builds every part from the settings and joins them.

The only place that knows them all.
"""

import os
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from bot.capture import CaptureSchema
from bot.choices import Choices
from bot.dialogue import Dialogue
from bot.directory import Directory
from bot.faq import Faq
from bot.practices import use_list
from bot.wording import Wording
from chat import audit
from chat.access import Keys
from chat.health import new_metrics
from chat.neighbours import Neighbours
from chat.pace import Pace
from chat.reader import MessageReader, ReadingPool
from chat.service import Service
from handoff import policy as policies
from handoff.crisis_replies import CrisisReplies
from handoff.outcomes import Outcomes
from handoff.work_lists import WorkLists
from handoff.working_calendar import WorkingCalendar
from models.facts import Fact
from models.store import Store
from web.settings import Mode, Settings, Under18Route

KEY_FILE = "key"
KEY_BYTES = 32


def build_service(
    settings: Settings,
    *,
    pool: ReadingPool,
    dialogue: Dialogue,
    now: Callable[[], datetime],
    tell: Callable[[Sequence[Fact]], None],
    neighbours: Neighbours | None = None,
) -> Service:
    """`pool`: where messages are read. `neighbours` is for one of many nodes: what it tells, the
    others tell too.
    """
    use_list(settings.practices)
    policy = policies.load(settings.policy)
    wording = Wording.load()
    return Service(
        store=_store(settings, tell, neighbours),
        now=now,
        policy=policy,
        calendar=WorkingCalendar.load(policy),
        wording=wording,
        capture=CaptureSchema.load(),
        faq=Faq.load(),
        directory=Directory.load(demo=settings.mode is Mode.DEVELOPMENT),
        outcomes=Outcomes.load(),
        work_lists=WorkLists.load(),
        replies=CrisisReplies.load(),
        choices=Choices.load(),
        reader=MessageReader(pool, limit=policy.second_reader_limit),
        dialogue=dialogue,
        keys=Keys(key_of(settings.var)),
        pace=_pace(policy, settings),
        tell=tell,
        places=_places(policy, settings),
        children_hub_first=settings.under_18_route is Under18Route.HUB,
        metrics=new_metrics(),
    )


def _store(
    settings: Settings, tell: Callable[[Sequence[Fact]], None], neighbours: Neighbours | None
) -> Store:
    keep = neighbours.keep if neighbours else None
    seal = audit.seal_of(key_of(settings.var))
    return Store(settings.database_url, tell=tell, seal=seal, keep=keep)


def _places(policy: policies.Policy, settings: Settings) -> dict[str, str]:
    """What stands in the gaps of any wording."""
    return {
        "cap_phone": settings.cap_phone,
        "organisation": settings.trust_name,
        "days": str(policy.resume_code_life.days),
        "hours": policy_hours(policy),
    }


def _pace(policy: policies.Policy, settings: Settings) -> Pace:
    return Pace(
        messages=policy.messages_per_window,
        window=policy.message_window,
        starts=policy.starts_per_minute,
        resumes=policy.resumes_per_minute,
        messages_from=policy.messages_of_address,
        relaxed=settings.is_relaxed,
    )


def policy_hours(policy: policies.Policy) -> str:
    """The working hours as the wording says them."""
    hours = policy.working_hours
    return f"{hours.opens:%H:%M} to {hours.closes:%H:%M}, Monday to Friday"


def key_of(var: Path) -> bytes:
    """The service's own secret: made once, readable by its owner alone.

    From it the conversations' keys derive.
    """
    path = var / KEY_FILE
    if not path.exists():
        var.mkdir(parents=True, exist_ok=True)
        made = path.with_suffix(f".{os.getpid()}")
        descriptor = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
        made.rename(path)
    return path.read_bytes()
