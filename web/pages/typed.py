"""What was typed into a plain form of staff: read, and given back so that no word is lost."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web
from multidict import MultiDictProxy

from models.errors import BadCommandError
from models.text import readable

Form = MultiDictProxy[str | bytes | bytearray | web.FileField]
LONDON = ZoneInfo("Europe/London")


def text_of(form: Form, name: str) -> str:
    return readable(str(form.get(name, ""))).strip()


def moment_of(form: Form, name: str) -> str:
    """A local time as the moment it names, RFC 3339; empty for none.

    Raises BadCommandError for what is no time.
    """
    written = text_of(form, name)
    if not written:
        return ""
    try:
        return datetime.fromisoformat(written).replace(tzinfo=LONDON).isoformat()
    except ValueError:
        raise BadCommandError(hint=name) from None


def typed(form: Form) -> dict[str, Any]:
    """Every field as it was typed; several of one name as a list."""
    return {
        name: [str(value) for value in form.getall(name)]
        if len(form.getall(name)) > 1
        else str(form[name])
        for name in form
    }
