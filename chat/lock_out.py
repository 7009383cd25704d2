"""Wrong sign-ins of one name: after a few, waiting that doubles. The same for names nobody has, so
that waiting says nothing of who works here.
"""

import hashlib
import hmac
from datetime import datetime, timedelta

from sqlalchemy import Connection, case, delete, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from models.errors import TooFastError
from models.store import Transaction
from models.tables import lock_outs

FREE_TRIES = 5
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=30)
"""Not for ever: nobody must be able to keep a practitioner out by typing their name."""
FORGOTTEN = timedelta(hours=24)


def wait_after(failures: int) -> timedelta | None:
    """How long after this many wrong tries running; None while they are free."""
    over = failures - FREE_TRIES
    if over < 0:
        return None
    return min(FIRST_WAIT * (1 << min(over, 16)), LONGEST_WAIT)


def check(db: Connection, name: bytes, *, now: datetime) -> None:
    """Raises TooFastError with the time that is left."""
    statement = select(lock_outs.c.locked_until).where(lock_outs.c.name_hash == name.hex())
    until = db.execute(statement).scalar()
    if until is not None and until > now:
        raise TooFastError(retry_after=until - now)


def count(tx: Transaction, name: bytes, *, now: datetime) -> bool:
    """One more wrong try. Yields whether the name is locked now."""
    tx.execute(delete(lock_outs).where(lock_outs.c.failed_at < now - FORGOTTEN))
    upsert = sqlite_insert if tx.connection.dialect.name == "sqlite" else postgresql_insert
    row = upsert(lock_outs).values(
        name_hash=name.hex(), failures=1, failed_at=now, locked_until=None
    )
    failures = tx.execute(
        row.on_conflict_do_update(
            index_elements=[lock_outs.c.name_hash],
            set_={"failures": lock_outs.c.failures + 1, "failed_at": now},
        ).returning(lock_outs.c.failures)
    ).scalar_one()
    wait = wait_after(failures)
    if wait is None:
        return False
    until = now + wait
    tx.execute(
        update(lock_outs)
        .where(lock_outs.c.name_hash == name.hex())
        .values(
            locked_until=case(
                (lock_outs.c.locked_until > until, lock_outs.c.locked_until), else_=until
            )
        )
    )
    return True


def forgive(tx: Transaction, name: bytes) -> None:
    """The right person came: earlier tries count no more."""
    tx.execute(delete(lock_outs).where(lock_outs.c.name_hash == name.hex()))


def hashed_name(secret: bytes, typed: str) -> bytes:
    """Keyed: a password typed into the wrong field must not be found in the store."""
    plain = f"sign-in:{typed.strip().casefold()}"
    return hmac.new(secret, plain.encode(errors="surrogatepass"), hashlib.sha256).digest()
