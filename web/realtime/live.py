"""The socket's commands around a live conversation. Who may give them is checked by the edge."""

from collections.abc import Callable, Mapping
from typing import Any

from chat import reviewing
from chat.service import Service
from chat.staff import SignedIn
from models.vocabulary import ConversationId
from web import live_commands as c
from web.realtime.boundary import Handles


class LiveCommands:
    """The part of the console's table that stands around a conversation."""

    def __init__(self, service: Service, *, who: Callable[[str], SignedIn]) -> None:
        self._service, self._who = service, who

    def table(self) -> dict[str, Handles]:
        return {
            "screening:review": Handles(c.Review, self._review),
        }

    async def _review(self, sid: str, command: c.Review) -> Mapping[str, Any]:
        judgement = reviewing.Judgement(command.seq, command.verdict, command.should_be)
        kept = await reviewing.review(
            self._service,
            self._who(sid),
            conversation=ConversationId(command.conversation),
            judgement=judgement,
        )
        return {"review": kept}
