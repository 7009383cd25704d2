"""Reads a JSON body as a command.

Raises BadCommandError, TooLongError; never repeats what was sent.
"""

import json
from typing import Any

from aiohttp import web

from models.errors import BadCommandError
from web.commands import Command, parsed


async def body_as(request: web.Request, shape: type[Command]) -> Any:  # noqa: ANN401 - of the shape asked for
    raw = await request.read()
    if not raw:
        return parsed(shape, {})
    try:
        payload = json.loads(raw)
    except (ValueError, RecursionError):
        raise BadCommandError(hint="body") from None
    if not isinstance(payload, dict):
        raise BadCommandError(hint="body")
    return parsed(shape, payload)
