"""The person's socket: `/chat`. One conversation a connection, opened by its token or cookie."""

from collections.abc import Mapping
from typing import Any

from typing_extensions import override

from chat import enquirer, links
from chat.callback import CallbackWish, ask_callback
from chat.service import Service
from models.errors import NotAllowedError, NotSignedInError
from models.vocabulary import ClientRef, ConversationId, Speaker
from web import commands as c
from web.errors import Sentences
from web.realtime.boundary import Edge, Handles, cookie_of

COOKIE = "cap_chat"
CONSOLE = "/console"


def room_of(conversation: ConversationId) -> str:
    return f"conversation:{conversation}"


class PersonEdge(Edge):
    """Commands of section 3.3 of the contract, for the conversation that the token opens."""

    def __init__(self, service: Service, *, sentences: Sentences) -> None:
        super().__init__("/chat", sentences=sentences)
        self._service = service
        self._whose: dict[str, ConversationId] = {}
        self.table = {
            "message:send": Handles(c.SendMessage, self._send),
            "messages:since": Handles(c.MessagesSince, self._since),
            "person:ask": Handles(c.Nothing, self._ask),
            "callback:ask": Handles(c.AskCallback, self._callback),
            "typing:set": Handles(c.SetTyping, self._typing),
            "conversation:leave": Handles(c.Leave, self._leave),
        }

    @override
    async def entered(self, sid: str, environ: Mapping[str, Any], auth: object) -> None:
        given = auth.get("token") if isinstance(auth, dict) else None
        token = given if isinstance(given, str) else cookie_of(environ, COOKIE)
        if not token:
            raise NotSignedInError
        conversation = await enquirer.by_token(self._service, token)
        self._whose[sid] = conversation
        await self.linked.arrived(conversation)
        await links.opened(self._service, conversation)
        await self.enter_room(sid, room_of(conversation))

    @override
    def check_allowed(self, sid: str, event: str) -> None:
        """Whoever holds the token may give every command of its conversation, and of no other."""
        if sid not in self._whose:
            raise NotAllowedError

    @override
    async def left(self, sid: str) -> None:
        conversation = self._whose.pop(sid, None)
        if conversation is not None and not await self.linked.left(conversation):
            await links.lost(self._service, conversation)

    async def _send(self, sid: str, command: c.SendMessage) -> Mapping[str, Any]:
        sent = await enquirer.send(
            self._service,
            self._whose[sid],
            client_ref=ClientRef(str(command.client_ref)),
            text=command.text,
            choice=command.choice,
            address=self.server.address_of(sid, self.namespace),
        )
        return {"seq": sent.seq, "at": sent.at}

    async def _since(self, sid: str, command: c.MessagesSince) -> Mapping[str, Any]:
        found = await enquirer.since(self._service, self._whose[sid], command.seq)
        return {"messages": found.messages, "state": found.state}

    async def _ask(self, sid: str, _command: c.Nothing) -> Mapping[str, Any]:
        return {"state": await enquirer.ask_for_person(self._service, self._whose[sid])}

    async def _callback(self, sid: str, command: c.AskCallback) -> Mapping[str, Any]:
        asked = CallbackWish(
            phone=command.phone,
            safe_to_say_nhs=command.safe_to_say_nhs,
            safe_to_leave_message=command.safe_to_leave_message,
            when=command.when,
        )
        return {"due": await ask_callback(self._service, self._whose[sid], asked)}

    async def _typing(self, sid: str, command: c.SetTyping) -> Mapping[str, Any]:
        conversation = self._whose[sid]
        told = {
            "conversation": conversation,
            "speaker": Speaker.ENQUIRER.value,
            "on": command.on,
        }
        await self.server.emit(
            "typing:changed", told, room=room_of(conversation), namespace=CONSOLE
        )
        return {}

    async def _leave(self, sid: str, command: c.Leave) -> Mapping[str, Any]:
        await enquirer.leave(self._service, self._whose[sid], how=command.how)
        return {}
