"""Twenty practitioners take from one queue at once; no entry may go to two of them."""

import asyncio
import contextlib
import time
from pathlib import Path

from sqlalchemy import insert

from bench.children import serving
from bench.figures import Opening, Sample
from bench.limits import claim_statements
from bench.link import Link
from bench.people import DANGER, begin, kept, many, practitioner
from bench.stage import NO_BOT, Stage
from chat.seed import seed
from models.engine import alone
from models.migrate import upgrade
from models.tables import staff_members
from models.vocabulary import Role
from web.settings import ROOT

PRACTITIONERS = 20
POLICY = ROOT / "config" / "policy.toml"
# Nobody's hands are full and no claim lapses: each is a setting, and what is measured is the queue.
SETTINGS = (
    ("capacity = 4", "capacity = 10000"),
    ('lease = "20 seconds"', 'lease = "58 minutes"'),
    ('return_to_front = "30 seconds"', 'return_to_front = "59 minutes"'),
)


@contextlib.asynccontextmanager
async def claims(stage: Stage) -> Opening:
    """Claims a second ÷ those of a bare guarded statement with a commit each."""
    var = stage.room("claims")
    _add_practitioners(f"sqlite:///{var}/cap-chat.db")
    environment = {**NO_BOT, "CAP_CHAT_POLICY": str(_policy(var))}
    async with serving(var, environment) as service:
        desks = [
            await practitioner(stage.http, service.url, f"desk{number}")
            for number in range(PRACTITIONERS)
        ]

        async def measure() -> Sample:
            how_many = stage.sizes.entries
            await many(how_many, lambda: begin(stage.http, service.url, text=DANGER))
            limit = f"sqlite:///{var}/limit.db"
            theirs = await asyncio.to_thread(claim_statements, limit, how_many)
            began = time.perf_counter()
            taken = [one for got in await asyncio.gather(*map(_take_all, desks)) for one in got]
            mine = len(taken) / (time.perf_counter() - began)
            doubles = len(taken) - len(set(taken))
            fault = f"{doubles} doubles" if doubles else _missing(len(taken), how_many)
            parts = {"ours_per_s": mine, "statements_per_s": theirs, "doubles": doubles}
            return Sample(mine / theirs, parts, fault)

        yield measure
        await asyncio.gather(*(desk.close() for desk in desks))


async def _take_all(desk: Link) -> list[str]:
    """What this one practitioner was given until nobody waited."""
    taken: list[str] = []
    while True:
        answer = kept(await desk.call("entry:next", {}))
        if answer["entry"] is None:
            return taken
        taken.append(str(answer["entry"]["entry"]))


def _missing(taken: int, waiting: int) -> str | None:
    return f"{waiting - taken} never taken" if taken != waiting else None


def _policy(var: Path) -> Path:
    text = POLICY.read_text(encoding="utf-8")
    for ours, theirs in SETTINGS:
        assert ours in text, "the policy's lines have changed"
        text = text.replace(ours, theirs)
    policy = var / "policy.toml"
    policy.write_text(text, encoding="utf-8")
    return policy


def _add_practitioners(url: str) -> None:
    """Beside the demo staff, with one of their password hashes."""
    upgrade(url)
    seed(url)
    with alone(url) as connection:
        known = connection.execute(staff_members.select()).mappings().first()
        assert known is not None, "the demo staff are missing"
        desks = [
            {
                **known,
                "id": f"desk{number}",
                "username": f"desk{number}",
                "name": f"Desk {number}",
                "role": Role.PRACTITIONER.value,
                "specialties": [],
            }
            for number in range(PRACTITIONERS)
        ]
        connection.execute(insert(staff_members), desks)
