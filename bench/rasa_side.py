"""What Rasa's own Socket.IO channel needs to serve the product's assistant. Runs in Rasa's
environment, named by the endpoints of `bench.rasa_channel`.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from sanic.server.websockets.frame import (  # type: ignore[import-not-found]
    WebsocketFrameAssembler as Frames,
)

from cap.variations import Variations  # type: ignore[import-not-found]


class Wrapped(Variations):  # type: ignore[misc]  # Rasa's environment is not ours
    """As `Variations`; what it says becomes the data of one event, which the channel can send."""

    async def generate(self, *asked: Any, **more: Any) -> dict[str, Any] | None:
        said = await super().generate(*asked, **more)
        return None if said is None else {"custom": {"data": said["custom"]}}


def mend_websockets() -> None:
    """Rasa's Sanic hands bare coroutines to `asyncio.wait`, which Python 3.11 refuses."""
    whole: Callable[..., Coroutine[Any, Any, Any]] = Frames.get

    def get(frames: Any, timeout: float | None = None) -> asyncio.Future[Any]:
        return asyncio.ensure_future(whole(frames, timeout))

    Frames.get = get


mend_websockets()
