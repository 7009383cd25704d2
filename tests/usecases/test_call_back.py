"""Waiting for a person, somebody would rather be called: the number is asked for and kept."""

from models.tables import enquiries
from tests.usecases.desk import Desk

PERSON = "can I talk to someone"


async def test_a_call_back_is_offered_to_whoever_waits(desk: Desk):
    conversation = await desk.arrive(PERSON)
    assert await desk.state(conversation) == "waiting"
    seq = await desk.send(conversation, "Ask for a call back", choice="ask-for-a-call-back")
    after = (await desk.said(conversation))[seq:]
    assert [line["wording_id"] for line in after] == ["callback.offer"]
    assert after[-1]["asks"] == "phone"


async def test_the_number_reaches_the_practitioner_and_the_place_is_kept(desk: Desk):
    conversation = await desk.arrive(PERSON)
    await desk.send(conversation, "Call me instead", choice="call-me-instead")
    await desk.send(conversation, "07700 900123")
    (enquiry,) = await desk.rows(enquiries, conversation_id=conversation)
    assert enquiry["captured"]["phone"] == "07700900123"
    assert await desk.state(conversation) == "waiting"
