"""Says reviewed wording in a conversation: by id, never free text.

Writes through the transcript only.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping

from chat.service import Service
from chat.transcript import Saying, append
from models.store import Transaction
from models.vocabulary import ConversationId, Speaker


def say(  # noqa: PLR0913  what can be said with a line is what a line has
    service: Service,
    tx: Transaction,
    held: RowMapping,
    *,
    wording_id: str,
    now: datetime,
    params: Mapping[str, str] | None = None,
    speaker: Speaker = Speaker.BOT,
    asks: str | None = None,
    cards: Sequence[Mapping[str, Any]] = (),
    ref: str | None = None,
    with_choices: bool = True,
) -> RowMapping:
    """Append the wording's bubbles: cards with the first, choices and the open question with the
    last.

    `ref` names what is being answered, so that saying it twice is refused by the store.
    Yields the conversation's row after it.
    """
    spoken = service.wording.say(wording_id, _filled(service, held, params))
    row = held
    last = len(spoken.bubbles) - 1
    for position, bubble in enumerate(spoken.bubbles):
        is_last = position == last
        choices = spoken.choices if is_last and with_choices else ()
        saying = Saying(
            speaker=speaker,
            text=bubble,
            wording_id=wording_id,
            client_ref=f"{ref}:{position}" if ref else None,
            asks=asks if is_last else None,
            choices=[{"id": choice.id, "label": choice.label} for choice in choices],
            cards=cards if position == 0 else (),
        )
        row = append(tx, row, saying=saying, now=now, asks=asks)
    return row


def _filled(
    service: Service, held: RowMapping, params: Mapping[str, str] | None
) -> Mapping[str, str]:
    own = {
        "ref": held["reference"],
        "resume_code": service.keys.resume_code(ConversationId(held["id"])),
        "first_name": held["holder_name"] or "",
    }
    return {**service.places, **own, **(params or {})}
