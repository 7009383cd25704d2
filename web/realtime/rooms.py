"""Who is in which room, and telling them: at once and in order, whatever else the loop has to do.

Never waits for anybody: what a socket does not take in time is `sockets`' affair.
"""

from typing import Any

import engineio
import socketio
from typing_extensions import override


class Rooms(socketio.AsyncManager):  # type: ignore[misc]  # the library carries no types
    """The library's own starts a task for each recipient and waits for all of them, some turns of
    the loop for every fact: under load, facts would fall behind the messages they tell of.
    """

    @override
    async def emit(self, event: str, data: object, namespace: str, **how: Any) -> None:
        """One packet, put to everybody in the room. Without callbacks, which we do not use."""
        if namespace not in self.rooms:
            return
        told = [event] if data is None else [event, data]
        kind = socketio.packet.EVENT
        packet = self.server.packet_class(kind, namespace=namespace, data=told)
        sent = engineio.packet.Packet(engineio.packet.MESSAGE, packet.encode())
        room = how.get("to") or how.get("room")
        for sid, session in list(self.get_participants(namespace, room)):
            socket = self.server.eio.sockets.get(session)
            if sid != how.get("skip_sid") and socket is not None and not socket.closed:
                socket.queue.put_nowait(sent)
