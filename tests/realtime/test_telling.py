"""Facts leave at once, however busy the loop is."""

import pytest

from models.vocabulary import ConversationId
from tests.service import Person, running_service
from web.realtime.person import room_of
from web.realtime.sockets import SOCKETS


async def test_a_fact_is_told_without_waiting_for_anybody(tmp_path):
    async with running_service(tmp_path) as service:
        person = await Person().arrive(service.url)
        typing = {"speaker": "practitioner", "on": True}
        room = room_of(ConversationId(person.conversation))
        telling = service.app[SOCKETS].emit("typing:changed", typing, room=room, namespace="/chat")
        with pytest.raises(StopIteration):
            telling.send(None)
        assert await person.hears("typing:changed") == typing
        await person.close()
