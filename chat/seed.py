"""Demo staff for a development store.

Says who they are; refuses nothing, changes nobody that is there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy import func, insert, select

from bot import directory_seed
from models.engine import alone, open_engine
from models.tables import directory_services, staff_members
from models.vocabulary import Role

DEMO_PASSWORD = "demo-cap-2026"  # noqa: S105 - for demo accounts, which production refuses


@dataclass(frozen=True, slots=True)
class DemoStaff:
    username: str
    name: str
    title: str
    role: Role
    specialties: tuple[str, ...] = ()

    def sign_in(self) -> dict[str, Any]:
        """As `var/run.json` lists it."""
        return {
            "username": self.username,
            "password": DEMO_PASSWORD,
            "role": self.role.value,
            "specialties": list(self.specialties),
        }


DEMO: Sequence[DemoStaff] = (
    DemoStaff("priya", "Priya", "mental health practitioner", Role.PRACTITIONER, ("AMH",)),
    DemoStaff("tom", "Tom", "mental health practitioner", Role.PRACTITIONER, ("CAMHS", "AMH")),
    DemoStaff("grace", "Grace", "mental health practitioner", Role.PRACTITIONER, ("MHSOP", "LD")),
    DemoStaff("omar", "Omar", "triage clinician", Role.TRIAGE_CLINICIAN, ("AMH",)),
    DemoStaff("helen", "Helen", "call handler", Role.CALL_HANDLER),
    DemoStaff("adam", "Adam", "administrator", Role.ADMINISTRATOR),
    DemoStaff("nadia", "Nadia", "peer support worker", Role.NAVIGATOR),
    DemoStaff("kwame", "Kwame", "community knowledge officer", Role.KNOWLEDGE_OFFICER),
    DemoStaff("sue", "Sue", "shift lead", Role.SUPERVISOR, ("AMH",)),
    DemoStaff("ian", "Ian", "information governance auditor", Role.AUDITOR),
)


def seed(url: str, *, hasher: PasswordHasher | None = None) -> int:
    """Add the demo staff who are not there yet; yields how many were added."""
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            known = set(connection.execute(select(staff_members.c.username)).scalars())
            missing = [staff for staff in DEMO if staff.username not in known]
            if missing:
                hashed = (hasher or PasswordHasher()).hash(DEMO_PASSWORD)
                connection.execute(
                    insert(staff_members), [_row(staff, hashed) for staff in missing]
                )
            connection.commit()
    finally:
        engine.dispose()
    return len(missing)


def _row(staff: DemoStaff, password_hash: str) -> dict[str, Any]:
    return {
        "id": staff.username,
        "username": staff.username,
        "name": staff.name,
        "title": staff.title,
        "role": staff.role.value,
        "specialties": list(staff.specialties),
        "password_hash": password_hash,
        "demo": True,
        "active": True,
    }


def seed_directory(url: str, *, demo: bool, now: datetime) -> int:
    """Fill an empty directory with the starter services; `demo`: with made-up ones, too."""
    with alone(url) as connection:
        return directory_seed.fill_if_empty(connection, demo=demo, now=now)


def demo_services(url: str) -> int:
    """How many made-up services are in the directory."""
    with alone(url, keep=False) as connection:
        statement = (
            select(func.count())
            .select_from(directory_services)
            .where(directory_services.c.is_demo.is_(True))
        )
        return int(connection.execute(statement).scalar_one())


def demo_accounts(url: str) -> int:
    """How many demo accounts can sign in."""
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            statement = (
                select(func.count())
                .select_from(staff_members)
                .where(staff_members.c.demo.is_(True), staff_members.c.active.is_(True))
            )
            return int(connection.execute(statement).scalar_one())
    finally:
        engine.dispose()
