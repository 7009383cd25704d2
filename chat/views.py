"""The shapes of the contract, made from rows.

The person's side never carries priority, reasons, notes or staff ids.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import RowMapping

from models.vocabulary import ConversationState

MESSAGE_OPTIONAL = ("name", "wording_id", "client_ref", "asks", "choices", "cards")


def stamp(at: datetime) -> str:
    """RFC 3339 in UTC with milliseconds."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def stamp_exact(at: datetime) -> str:
    """To the microsecond, always the same length, so that texts sort as times do."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def message_view(row: RowMapping | dict[str, Any]) -> dict[str, Any]:
    view = {
        "seq": row["seq"],
        "at": stamp(row["at"]),
        "speaker": row["speaker"],
        "text": row["text"],
    }
    view.update({key: row[key] for key in MESSAGE_OPTIONAL if row[key] is not None})
    return view


def state_view(row: RowMapping | dict[str, Any], *, band: str | None = None) -> dict[str, Any]:
    """State as the person may see it.

    `band` is an honest wait in words, or None when there is none.
    """
    view: dict[str, Any] = {
        "state": row["state"],
        "reference": row["reference"],
        "last_seq": row["last_seq"],
    }
    match ConversationState(row["state"]):
        case ConversationState.WITH_PRACTITIONER | ConversationState.ON_PHONE:
            view["speaking_with"] = row["holder_name"]
        case ConversationState.WAITING:
            view["waiting"] = {"band": band, "since": stamp(row["waiting_since"])}
        case ConversationState.WITH_BOT | ConversationState.CLOSED:
            pass
    return view


def entry_view(row: RowMapping | dict[str, Any]) -> dict[str, Any]:
    view = {
        "entry": row["id"],
        "conversation": row["conversation_id"],
        "reference": row["reference"],
        "priority": row["priority"],
        "queued_at": stamp(row["queued_at"]),
        "due_at": stamp(row["due_at"]),
        "state": row["state"],
        "reasons": row["reasons"],
        "specialties": row["specialties"],
    }
    view["acknowledged"] = row["acknowledged_by"] is not None
    view["order"] = [row["rank"], stamp_exact(row["sort_at"]), row["id"]]
    if row["claimed_by"] is not None:
        view["claimed_by"] = row["claimed_by"]
        view["claim_version"] = row["claim_version"]
    return view


def clock_view(row: RowMapping | dict[str, Any]) -> dict[str, Any]:
    view = {"kind": row["kind"], "due_at": stamp(row["due_at"])}
    for key in ("met_at", "missed_at", "stopped_at"):
        if row[key] is not None:
            view[key] = stamp(row[key])
    return view


def event_view(row: RowMapping) -> dict[str, Any]:
    view = {
        "event": row["event"],
        "at": stamp(row["at"]),
        "kind": row["kind"],
        "by": row["by"],
    }
    if row["seq"] is not None:
        view["seq"] = row["seq"]
    view.update(row["detail"] or {})
    return view
