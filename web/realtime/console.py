"""The staff socket: `/console`.

Commands of section 3.4, each fenced by who holds what; snapshot first, then facts.
"""

from collections.abc import Mapping
from typing import Any

from typing_extensions import override

from chat import closing, giving_back, practitioner, prioritising, sessions, taking
from chat import staff as staff_cases
from chat.roles import roles
from chat.service import Service
from chat.staff import Availability, SignedIn
from chat.views import stamp
from handoff.outcomes import CloseForm
from models.errors import NotSignedInError
from models.vocabulary import (
    ClaimVersion,
    ClientRef,
    ConversationId,
    EntryId,
    Speaker,
)
from web import commands as c
from web.errors import Sentences
from web.realtime.boundary import Edge, Handles, cookie_of
from web.realtime.live import LiveCommands
from web.realtime.person import room_of
from web.realtime.tasks import TaskCommands

COOKIE = "cap_staff"
EVERYBODY = "staff"
PERSON = "/chat"
TASKS = "tasks"
BOARD = "board"


def staff_room(staff: str) -> str:
    """Every console this one person has open."""
    return f"staff:{staff}"


def role_room(role: str) -> str:
    """Everybody of one role who is here."""
    return f"role:{role}"


def list_room(work_list: str) -> str:
    """Everybody who sees this work list."""
    return f"list:{work_list}"


class ConsoleEdge(Edge):
    """One connection is one open console of one signed-in practitioner, or one page of work lists,
    which hears nothing of the queue and keeps nobody on shift.
    """

    def __init__(self, service: Service, *, sentences: Sentences) -> None:
        super().__init__("/console", sentences=sentences)
        self._service = service
        self._who: dict[str, SignedIn] = {}
        self._lists_only: set[str] = set()
        self._tokens: dict[str, str] = {}
        self._used: set[str] = set()
        self._live = LiveCommands(service, who=self._who.__getitem__, enter=self.enter_room)
        self.table = {
            "presence:set": Handles(c.SetPresence, self._presence),
            "entry:next": Handles(c.Nothing, self._next),
            "entry:take": Handles(c.TakeEntry, self._take),
            "entry:release": Handles(c.ReleaseEntry, self._release),
            "entry:mine": Handles(c.Nothing, self._mine),
            "lease:renew": Handles(c.RenewLease, self._renew),
            "message:say": Handles(c.Say, self._say),
            "messages:since": Handles(c.StaffSince, self._since),
            "typing:set": Handles(c.StaffTyping, self._typing),
            "note:add": Handles(c.AddNote, self._note),
            "priority:set": Handles(c.SetPriority, self._priority),
            "conversation:close": Handles(c.Close, self._close),
            "alarm:acknowledge": Handles(c.AcknowledgeAlarm, self._acknowledge),
            **TaskCommands(service, who=self._who.__getitem__).table(),
            **self._live.table(),
        }

    @override
    async def entered(self, sid: str, environ: Mapping[str, Any], auth: object) -> None:
        token = cookie_of(environ, COOKIE)
        if not token:
            raise NotSignedInError
        staff = await sessions.by_session(self._service, token)
        page = auth.get("page") if isinstance(auth, dict) else None
        if page == BOARD:
            await self._watch(sid, staff, token)
            return
        only = page == TASKS or not roles().may(staff.role, "queue:use")
        roles().check_action(staff.role, "tasks:use" if only else "queue:use")
        self._who[sid], self._tokens[sid] = staff, token
        await self._enter_rooms(sid, staff)
        if only:
            self._lists_only.add(sid)
            return
        await self.linked.arrived(staff.id)
        await self.enter_room(sid, EVERYBODY)
        await self.emit("queue:snapshot", await taking.snapshot(self._service), to=sid)

    async def _watch(self, sid: str, staff: SignedIn, token: str) -> None:
        """The board hears the facts of the queue, and keeps nobody on shift."""
        roles().check_action(staff.role, "board:read")
        self._who[sid], self._tokens[sid] = staff, token
        self._lists_only.add(sid)
        await self.enter_room(sid, EVERYBODY)

    async def _enter_rooms(self, sid: str, staff: SignedIn) -> None:
        await self.enter_room(sid, staff_room(staff.id))
        await self.enter_room(sid, role_room(staff.role.value))
        for name in roles().lists_read(staff.role):
            await self.enter_room(sid, list_room(name))

    @override
    def check_allowed(self, sid: str, event: str) -> None:
        if sid not in self._who:
            raise NotSignedInError
        roles().check_command(self._who[sid].role, event)
        self._used.add(sid)

    async def look_over(self) -> None:
        """Every open console: out with those whose session has ended; the others are still here.

        An open console that is on shift, or was used, counts as use of its session: nobody who
        waits for people at night is signed out for being idle.
        """
        for sid, token in list(self._tokens.items()):
            who = self._who.get(sid)
            if who is None:
                continue  # left while others were looked at
            try:
                waits = await staff_cases.is_on_shift(self._service, who.id)
                in_use = waits or sid in self._used
                staff = await sessions.by_session(self._service, token, in_use=in_use)
            except NotSignedInError:
                await self.disconnect(sid)
                continue
            self._used.discard(sid)
            if sid in self._who:
                self._who[sid] = staff
        await staff_cases.still_here(self._service, self.connected())

    @override
    async def left(self, sid: str) -> None:
        staff = self._who.pop(sid, None)
        self._tokens.pop(sid, None)
        self._used.discard(sid)
        if sid in self._lists_only:
            self._lists_only.discard(sid)
        elif staff is not None and not await self.linked.left(staff.id):
            await staff_cases.gone(self._service, staff)

    def connected(self) -> frozenset[str]:
        """Ids of the staff whose console is linked to this node."""
        return frozenset(
            staff.id for sid, staff in self._who.items() if sid not in self._lists_only
        )

    async def _presence(self, sid: str, command: c.SetPresence) -> Mapping[str, Any]:
        availability = Availability(command.available, command.specialties, command.reason)
        await staff_cases.set_presence(self._service, self._who[sid], availability)
        return {"presence": await staff_cases.everybody(self._service)}

    async def _next(self, sid: str, _command: c.Nothing) -> Mapping[str, Any]:
        taken = await taking.take_next(self._service, self._who[sid])
        if taken is None:
            return {"entry": None}
        return await self._opened(sid, taken)

    async def _take(self, sid: str, command: c.TakeEntry) -> Mapping[str, Any]:
        taken = await taking.take(
            self._service, self._who[sid], entry=EntryId(command.entry), reason=command.reason
        )
        return await self._opened(sid, taken)

    async def _mine(self, sid: str, _command: c.Nothing) -> Mapping[str, Any]:
        """What this person holds: for a console opened anew or back after a lost link."""
        held = await taking.holding(self._service, self._who[sid].id)
        taken_now = [await self._opened(sid, taken) for taken in held]
        return {"taken": taken_now, **await self._live.standing(sid)}

    async def _opened(self, sid: str, taken: taking.Taken) -> Mapping[str, Any]:
        await self.enter_room(sid, room_of(taken.conversation))
        return {
            "entry": taken.entry,
            "conversation": taken.conversation,
            "claim_version": taken.claim_version,
            "lease_until": taken.lease_until,
            "briefing": taken.briefing,
        }

    async def _release(self, sid: str, command: c.ReleaseEntry) -> Mapping[str, Any]:
        await giving_back.release(
            self._service,
            self._who[sid],
            entry=EntryId(command.entry),
            version=ClaimVersion(command.claim_version),
            reason=command.reason,
        )
        return {}

    async def _renew(self, sid: str, command: c.RenewLease) -> Mapping[str, Any]:
        staff = self._who[sid]
        until = await taking.renew(
            self._service,
            staff,
            entry=EntryId(command.entry),
            version=ClaimVersion(command.claim_version),
        )
        return {"lease_until": until}

    async def _say(self, sid: str, command: c.Say) -> Mapping[str, Any]:
        seq, at = await practitioner.say(
            self._service,
            self._who[sid],
            conversation=ConversationId(command.conversation),
            client_ref=ClientRef(str(command.client_ref)),
            text=command.text,
            version=ClaimVersion(command.claim_version),
        )
        return {"seq": seq, "at": at}

    async def _since(self, sid: str, command: c.StaffSince) -> Mapping[str, Any]:
        conversation = ConversationId(command.conversation)
        found = await practitioner.since(
            self._service, self._who[sid], conversation=conversation, seq=command.seq
        )
        await self.enter_room(sid, room_of(conversation))
        return {"messages": found.messages, "state": found.state}

    async def _typing(self, sid: str, command: c.StaffTyping) -> Mapping[str, Any]:
        conversation = ConversationId(command.conversation)
        if await practitioner.holds(self._service, self._who[sid], conversation=conversation):
            told = {"speaker": Speaker.PRACTITIONER.value, "on": command.on}
            room, who = room_of(conversation), self._who[sid]
            await self.server.emit("typing:changed", told, room=room, namespace=PERSON)
            seen = {**told, "conversation": conversation, "staff": who.id, "name": who.name}
            await self.emit("typing:changed", seen, room=room, skip_sid=sid)
        return {}

    async def _note(self, sid: str, command: c.AddNote) -> Mapping[str, Any]:
        note = await practitioner.note(
            self._service,
            self._who[sid],
            conversation=ConversationId(command.conversation),
            text=command.text,
        )
        return {"note": note}

    async def _priority(self, sid: str, command: c.SetPriority) -> Mapping[str, Any]:
        await prioritising.set_priority(
            self._service,
            self._who[sid],
            conversation=ConversationId(command.conversation),
            priority=command.priority,
            reason=command.reason,
        )
        return {}

    async def _close(self, sid: str, command: c.Close) -> Mapping[str, Any]:
        form = CloseForm(
            outcomes=tuple(command.outcomes),
            plan_for_person=command.plan_for_person,
            next_owner=command.next_owner,
            next_step=command.next_step,
            due_at=command.due_at,
            reason=command.reason,
            incident_reference=command.incident_reference,
            duplicate_of=command.duplicate_of,
        )
        detail = {"stream": command.stream, "specialties": command.specialties}
        wish = closing.Closing(form, command.agreed_with_person, detail)
        closed = await closing.close(
            self._service,
            self._who[sid],
            conversation=ConversationId(command.conversation),
            version=ClaimVersion(command.claim_version),
            wish=wish,
        )
        return {"status": closed.status, "due_at": stamp(closed.due_at) if closed.due_at else None}

    async def _acknowledge(self, sid: str, command: c.AcknowledgeAlarm) -> Mapping[str, Any]:
        await practitioner.acknowledge(self._service, self._who[sid], entry=EntryId(command.alarm))
        return {}
