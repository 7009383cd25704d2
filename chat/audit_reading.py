"""The audit log as its reader sees it: who did what to which record, never what was said."""

from typing import Any

from sqlalchemy import Connection, select

from chat.roles import roles
from chat.service import Service
from chat.staff import SignedIn
from chat.views import stamp
from models.tables import audit_rows

PAGE = 200


async def newest(
    service: Service, staff: SignedIn, *, action: str | None = None, before: int | None = None
) -> list[dict[str, Any]]:
    """One page, newest first, of one action when named. Raises NotAllowedError."""
    roles().check_action(staff.role, "audit:read")
    statement = select(audit_rows).order_by(audit_rows.c.number.desc()).limit(PAGE)
    if action:
        statement = statement.where(audit_rows.c.action == action)
    if before is not None:
        statement = statement.where(audit_rows.c.number < before)

    def look(db: Connection) -> list[dict[str, Any]]:
        return [
            {
                "number": row["number"],
                "at": stamp(row["at"]),
                "actor": row["actor"],
                "action": row["action"],
                "subject": row["subject"],
                "detail": row["detail"],
            }
            for row in db.execute(statement).mappings()
        ]

    return await service.store.read(look)
