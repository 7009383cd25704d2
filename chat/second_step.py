"""The second step of a sign-in: a code of the moment, or a recovery code. No code works twice.

The secrets are encrypted by a key that is not in the store.
"""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime
from typing import Any

import pyotp
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import RowMapping, delete, insert, update

from models.store import Transaction
from models.tables import recovery_codes, staff_members
from models.vocabulary import StaffId

STEP_SECONDS = 30
AROUND = (0, -1, 1)
"""A clock may be half a minute off, and typing takes time (RFC 6238, section 5.2)."""
DIGITS = 6
NONCE = 12
RECOVERY_CODES = 10
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
GROUP, GROUPS = 4, 4


def new_secret() -> str:
    """160 bits, in the letters that authenticator apps take."""
    return pyotp.random_base32()


def address_of(secret: str, *, username: str, issuer: str) -> str:
    """What an authenticator app reads: an `otpauth:` address."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=issuer)


def sealed(secret: str, *, key: bytes, staff: StaffId) -> str:
    nonce = secrets.token_bytes(NONCE)
    whole = nonce + AESGCM(_key(key)).encrypt(nonce, secret.encode(), staff.encode())
    return base64.b64encode(whole).decode()


def opened(kept: str, *, key: bytes, staff: StaffId) -> str | None:
    """None when it is not ours: moved from another account, or of another key."""
    whole = base64.b64decode(kept)
    try:
        plain = AESGCM(_key(key)).decrypt(whole[:NONCE], whole[NONCE:], staff.encode())
    except InvalidTag:
        return None
    return plain.decode()


def _key(secret: bytes) -> bytes:
    return hmac.new(secret, b"second step", hashlib.sha256).digest()


def step_of(secret: str, code: str, *, now: datetime) -> int | None:
    """The half minute that this code belongs to, if it is near enough."""
    current = int(now.timestamp()) // STEP_SECONDS
    for around in AROUND:
        right = pyotp.TOTP(secret).generate_otp(current + around)
        if hmac.compare_digest(right.encode(), code.encode()):
            return current + around
    return None


def passes(tx: Transaction, member: RowMapping, *, code: str, key: bytes, now: datetime) -> bool:
    """Whether `code` opens this account's second step; it is used up by that."""
    plain = "".join(code.split()).lower()
    staff = StaffId(member["id"])
    if len(plain) == DIGITS and plain.isascii() and plain.isdigit():
        return _code_of_the_moment(tx, member, code=plain, key=key, now=now)
    used = tx.execute(
        update(recovery_codes)
        .where(
            recovery_codes.c.code_hash == _hash(plain, staff=staff),
            recovery_codes.c.staff_id == staff,
            recovery_codes.c.used_at.is_(None),
        )
        .values(used_at=now)
        .returning(recovery_codes.c.code_hash)
    )
    return used.scalar() is not None


def _code_of_the_moment(
    tx: Transaction, member: RowMapping, *, code: str, key: bytes, now: datetime
) -> bool:
    if member["totp_sealed"] is None:
        return False
    secret = opened(member["totp_sealed"], key=key, staff=StaffId(member["id"]))
    step = step_of(secret, code, now=now) if secret else None
    if step is None:
        return False
    used = tx.execute(
        update(staff_members)
        .where(staff_members.c.id == member["id"], staff_members.c.totp_step < step)
        .values(totp_step=step)
        .returning(staff_members.c.id)
    )
    return used.scalar() is not None


def renew_recovery_codes(tx: Transaction, staff: StaffId) -> list[str]:
    """Ten new codes, to be shown once; the old ones are worth nothing now."""
    tx.execute(delete(recovery_codes).where(recovery_codes.c.staff_id == staff))
    codes = [_new_code() for _ in range(RECOVERY_CODES)]
    rows: list[dict[str, Any]] = [
        {"code_hash": _hash(code, staff=staff), "staff_id": staff, "used_at": None}
        for code in codes
    ]
    tx.execute(insert(recovery_codes), rows)
    return codes


def _new_code() -> str:
    """16 of 31 letters: 79 bits, so that a plain hash is enough."""
    drawn = [secrets.choice(LETTERS) for _ in range(GROUP * GROUPS)]
    parts = ("".join(drawn[start : start + GROUP]) for start in range(0, len(drawn), GROUP))
    return "-".join(parts)


def _hash(code: str, *, staff: StaffId) -> str:
    plain = code.replace("-", "")
    return hashlib.sha256(f"{staff}:{plain}".encode(errors="surrogatepass")).hexdigest()
