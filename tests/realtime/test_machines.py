"""What machines ask of the service: alive, ready with its reasons, gauges without identifiers."""

import aiohttp

from tests.service import FakeDialogue, Person, running_service


async def get(url: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as http, http.get(url) as answer:
        return answer.status, await answer.text()


async def test_readiness_says_so_with_a_reason(tmp_path):
    dialogue = FakeDialogue()
    async with running_service(tmp_path, dialogue=dialogue) as service:
        assert (await get(f"{service.url}/readyz"))[0] == 200
        dialogue.down = True
        status, text = await get(f"{service.url}/readyz")
        assert status == 503
        assert "bot" in text
        assert (await get(f"{service.url}/healthz"))[0] == 200


async def test_a_queue_that_nobody_answers_is_a_reason(tmp_path):
    async with running_service(tmp_path) as service:
        person = await Person().arrive(service.url)
        await person.send("I am going to kill myself tonight")
        await service.settle()
        await service.advance(3600)
        status, text = await get(f"{service.url}/readyz")
        assert status == 503
        assert "queue age" in text
        await person.close()


async def test_gauges_hold_numbers_and_no_identifiers(tmp_path):
    async with running_service(tmp_path) as service:
        person = await Person().arrive(service.url)
        await person.send("can I talk to a person please")
        await service.settle()
        status, text = await get(f"{service.url}/metrics")
        assert status == 200
        assert "cap_queue_waiting 1.0" in text
        assert person.reference not in text
        assert person.conversation not in text
        await person.close()
