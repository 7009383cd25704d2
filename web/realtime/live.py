"""The socket's commands around a live conversation. Who may give them is checked by the edge."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from chat import (
    concerns,
    handing_over,
    joining,
    limiting,
    phoning,
    reassigning,
    reviewing,
    surging,
    transferring,
)
from chat.offers import offers_to
from chat.service import Service
from chat.staff import SignedIn
from chat.taking import Taken
from models.vocabulary import ConversationId, EntryId, StaffId, TaskId
from web import commands
from web import live_commands as c
from web.realtime.boundary import Handles
from web.realtime.person import room_of

Told = Mapping[str, Any]


class LiveCommands:
    """The part of the console's table that stands around a conversation. `enter` puts a connection
    into a room.
    """

    def __init__(
        self,
        service: Service,
        *,
        who: Callable[[str], SignedIn],
        enter: Callable[[str, str], Awaitable[None]],
    ) -> None:
        self._service, self._who, self._enter = service, who, enter

    def table(self) -> dict[str, Handles]:
        return {
            "screening:review": Handles(c.Review, self._review),
            "conversation:join": Handles(c.Join, self._join),
            "conversation:part": Handles(c.OfConversation, self._part),
            "conversation:to_phone": Handles(c.ToPhone, self._to_phone),
            "conversation:to_chat": Handles(c.OfConversation, self._to_chat),
            "callback:attempt": Handles(c.CallbackAttempt, self._attempt),
            "safeguarding:record": Handles(c.RecordSafeguarding, self._safeguarding),
            "emergency:record": Handles(c.RecordEmergencyCall, self._emergency),
            "conversation:transfer": Handles(commands.OfferTransfer, self._transfer),
            "transfer:answer": Handles(commands.AnswerTransfer, self._answer_transfer),
            "entry:reassign": Handles(c.Reassign, self._reassign),
            "shift:hand_over": Handles(c.OfferHandOver, self._hand_over),
            "hand_over:answer": Handles(c.AnswerHandOver, self._answer_hand_over),
            "surge:set": Handles(c.SetSurge, self._surge),
            "sender:limit": Handles(c.LimitSender, self._limit),
            "sender:lift": Handles(c.LiftLimit, self._lift),
        }

    async def standing(self, sid: str) -> Told:
        """Beside what is held: where this person is a colleague, and what is offered to them."""
        staff = self._who(sid)
        beside = await joining.beside(self._service, staff)
        return {
            "beside": [await self._shown(sid, joined) for joined in beside],
            "offers": await offers_to(self._service, staff),
        }

    async def _shown(self, sid: str, joined: joining.Joined) -> Told:
        await self._enter(sid, room_of(joined.conversation))
        return {
            "entry": joined.entry,
            "conversation": joined.conversation,
            "briefing": joined.briefing,
        }

    async def _opened(self, sid: str, taken: Taken) -> Told:
        await self._enter(sid, room_of(taken.conversation))
        return {
            "entry": taken.entry,
            "conversation": taken.conversation,
            "claim_version": taken.claim_version,
            "lease_until": taken.lease_until,
            "briefing": taken.briefing,
        }

    async def _review(self, sid: str, command: c.Review) -> Told:
        judgement = reviewing.Judgement(command.seq, command.verdict, command.should_be)
        kept = await reviewing.review(
            self._service,
            self._who(sid),
            conversation=ConversationId(command.conversation),
            judgement=judgement,
        )
        return {"review": kept}

    async def _join(self, sid: str, command: c.Join) -> Told:
        joined = await joining.join(
            self._service,
            self._who(sid),
            conversation=ConversationId(command.conversation),
            speak=command.speak,
        )
        return await self._shown(sid, joined)

    async def _part(self, sid: str, command: c.OfConversation) -> Told:
        conversation = ConversationId(command.conversation)
        await joining.part(self._service, self._who(sid), conversation=conversation)
        return {}

    async def _to_phone(self, sid: str, command: c.ToPhone) -> Told:
        wish = phoning.PhoneWish(
            command.phone, command.safe_to_say_nhs, command.safe_to_leave_message, command.when
        )
        conversation = ConversationId(command.conversation)
        return await phoning.to_phone(
            self._service, self._who(sid), conversation=conversation, wish=wish
        )

    async def _to_chat(self, sid: str, command: c.OfConversation) -> Told:
        conversation = ConversationId(command.conversation)
        await phoning.to_chat(self._service, self._who(sid), conversation=conversation)
        return {}

    async def _attempt(self, sid: str, command: c.CallbackAttempt) -> Told:
        return await phoning.attempt(
            self._service, self._who(sid), task=TaskId(command.task), result=command.result
        )

    async def _safeguarding(self, sid: str, command: c.RecordSafeguarding) -> Told:
        concern = concerns.SafeguardingConcern(
            command.category, command.who, command.concern, command.action, command.shared_with
        )
        kept = await concerns.record_safeguarding(
            self._service,
            self._who(sid),
            conversation=ConversationId(command.conversation),
            concern=concern,
        )
        return {"record": kept}

    async def _emergency(self, sid: str, command: c.RecordEmergencyCall) -> Told:
        call = concerns.CallMade(
            command.service, command.place, command.incident_reference, tuple(command.checklist)
        )
        conversation = ConversationId(command.conversation)
        kept = await concerns.record_call(
            self._service, self._who(sid), conversation=conversation, call=call
        )
        return {"record": kept}

    async def _reassign(self, sid: str, command: c.Reassign) -> Told:
        await reassigning.reassign(
            self._service,
            self._who(sid),
            entry=EntryId(command.entry),
            to=StaffId(command.to),
            reason=command.reason,
        )
        return {}

    async def _hand_over(self, sid: str, command: c.OfferHandOver) -> Told:
        wish = handing_over.Wish(StaffId(command.to.id), command.summary, command.signed)
        return await handing_over.offer(self._service, self._who(sid), wish)

    async def _answer_hand_over(self, sid: str, command: c.AnswerHandOver) -> Told:
        staff = self._who(sid)
        if not command.accept:
            await handing_over.refuse(
                self._service, staff, hand_over=command.hand_over, reason=command.reason
            )
            return {}
        taken = await handing_over.accept(self._service, staff, hand_over=command.hand_over)
        return {"taken": [await self._opened(sid, one) for one in taken]}

    async def _surge(self, sid: str, command: c.SetSurge) -> Told:
        return await surging.set_surge(
            self._service, self._who(sid), on=command.on, reason=command.reason
        )

    async def _limit(self, sid: str, command: c.LimitSender) -> Told:
        return await limiting.limit(
            self._service,
            self._who(sid),
            conversation=ConversationId(command.conversation),
            scope=command.scope,
            reason=command.reason,
        )

    async def _lift(self, sid: str, command: c.LiftLimit) -> Told:
        return await limiting.lift(
            self._service,
            self._who(sid),
            conversation=ConversationId(command.conversation),
            reason=command.reason,
        )

    async def _transfer(self, sid: str, command: commands.OfferTransfer) -> Told:
        return await transferring.offer(
            self._service,
            self._who(sid),
            conversation=ConversationId(command.conversation),
            offer=transferring.Offer(
                command.to.kind, command.to.id, command.reason, command.summary
            ),
        )

    async def _answer_transfer(self, sid: str, command: commands.AnswerTransfer) -> Told:
        staff = self._who(sid)
        if not command.accept:
            await transferring.refuse(
                self._service, staff, transfer=command.transfer, reason=command.reason
            )
            return {}
        taken = await transferring.accept(self._service, staff, transfer=command.transfer)
        return await self._opened(sid, taken)
