"""The place of somebody who waits is their place in the very order that serves."""

from random import Random

from chat import enquirer, prioritising, taking
from handoff.queue import ahead_of, in_order, recent_waits
from models.vocabulary import ConversationId, EntryState, Priority
from tests.usecases.desk import DANGER, Desk

NEEDS = (Priority.EMERGENCY, Priority.VERY_URGENT, Priority.URGENT, Priority.ROUTINE)


async def places(desk: Desk) -> tuple[list[int | None], list[ConversationId]]:
    """The counted place of everybody who waits, in the order that serves; and who they are."""

    def look(db):
        order = in_order(db, states=(EntryState.WAITING.value,))
        who = [ConversationId(row["conversation_id"]) for row in order]
        return [ahead_of(db, one) for one in who], who

    return await desk.service.store.read(look)


async def test_the_place_counted_is_the_place_in_the_order(desk: Desk):
    chance, lead = Random(5), await desk.sign_in("tom")
    for _ in range(14):
        conversation = await desk.arrive()
        await enquirer.ask_for_person(desk.service, conversation)
        await prioritising.set_priority(
            desk.service,
            lead,
            conversation=conversation,
            priority=chance.choice(NEEDS),
            reason="said so",
        )
        if chance.random() < 0.6:
            await desk.wait(minutes=chance.randrange(1, 9))
    counted, who = await places(desk)
    assert counted == list(range(14))
    # Who is taken has no place, and all behind them are one further on
    priya = await desk.sign_in()
    assert await taking.take_next(desk.service, priya)
    counted, left = await places(desk)
    assert (counted, left) == (list(range(13)), who[1:])
    assert await desk.service.store.read(lambda db: ahead_of(db, who[0])) is None


async def test_a_wait_counts_until_the_first_who_took_them(desk: Desk):
    await desk.sign_in("tom")
    priya = await desk.sign_in()
    conversation = await desk.arrive(DANGER)
    await desk.wait(minutes=3)
    taken = await taking.take_next(desk.service, priya)
    assert taken
    assert taken.conversation == conversation
    await desk.wait(minutes=2)  # the lease has ended: they are back at the front
    again = await taking.take_next(desk.service, priya)
    assert again
    assert again.conversation == conversation
    (wait,) = await desk.service.store.read(recent_waits)
    assert (round(wait.waited.total_seconds() / 60), wait.ahead) == (3, 0)
