"""Random walks over conversation, queue, clocks and tasks. After each step every promise is looked
for in the store; a walk that finds one broken is cut to its shortest form by Hypothesis.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from bot.dialogue import Answer, Command, CommandKind, Line
from chat import (
    callback,
    closing,
    enquirer,
    giving_back,
    handing_over,
    joining,
    links,
    phoning,
    practitioner,
    prioritising,
    reassigning,
    taking,
    task_asking,
    task_ending,
    task_work,
    transferring,
)
from handoff.outcomes import CloseForm
from handoff.work_lists import Field, FieldKind
from models.errors import (
    AlreadyClaimedError,
    AtCapacityError,
    ClosedError,
    NotYoursError,
    ServiceError,
)
from models.tables import conversations, hand_overs, queue_entries, tasks, transfers
from models.vocabulary import (
    ClientRef,
    EntryId,
    FieldId,
    LeaveHow,
    Priority,
    StaffId,
    TaskId,
    WordingId,
    highest,
)
from tests.model.promises import AFTER_TIME, ALWAYS, Seen, broken, look
from tests.model.town import ON_SHIFT, SUPERVISOR, Person, Practitioner, Town, new_ref
from tests.model.words import PERSON_PLEASE, PLAIN, SAYINGS

STARTS = (
    datetime(2026, 11, 24, 10, 0, tzinfo=UTC),  # a plain Tuesday
    datetime(2026, 11, 27, 16, 58, tzinfo=UTC),  # a Friday, just before the offices close
    datetime(2026, 10, 25, 0, 50, tzinfo=UTC),  # the night in which the clocks go back
    datetime(2027, 3, 28, 0, 50, tzinfo=UTC),  # and the one in which they go forward
    datetime(2026, 12, 24, 16, 30, tzinfo=UTC),  # before two bank holidays and a weekend
)
ANY = st.integers(0, 11)
SAID = st.sampled_from(SAYINGS)
STAFF = st.sampled_from(ON_SHIFT)
ANSWERS = (
    Answer(steps=(Line(WordingId("close.plain")),)),
    Answer(
        steps=(Line(WordingId("ask.appt_times")),),
        asks=FieldId("appt_times"),
        active_form="appointment_form",
    ),
    Answer(steps=(Line(WordingId("fallback.1")),), understood=False),
    Answer(steps=(Command(CommandKind.HANDOFF),)),
    Answer(steps=(Command(CommandKind.APPOINTMENT_CHANGE),)),
    Answer(steps=(Command(CommandKind.ENQUIRY_COMPLETE, {"kind": "clinical_new"}),)),
    Answer(steps=(Command(CommandKind.ENQUIRY_COMPLETE, {"kind": "feedback"}),)),
    Answer(steps=(Command(CommandKind.ENQUIRY_COMPLETE, {"kind": "pro_routine"}),)),
    Answer(
        steps=(Command(CommandKind.ENQUIRY_COMPLETE, {"kind": "clinical_new", "step": "message"}),)
    ),
)
OUTCOMES = (
    ("ADVICE_GIVEN",),
    ("INFO_GIVEN",),
    ("TO_NONURGENT_TRIAGE",),
    ("EXISTING_TEAM",),
    ("CRISIS_ASSESS",),
    ("NO_FURTHER",),
)
PHONE = "07700 900123"
LONG_DAYS = timedelta(days=4)


class Walk(RuleBasedStateMachine):
    """People and practitioners do as they please; time passes; machines fail and come back."""

    def __init__(self) -> None:
        super().__init__()
        self.town: Town
        self.lowest: dict[str, Priority] = {}
        self.ended_by_staff: set[str] = set()
        self.time_passed = False

    @initialize(
        start=st.sampled_from(STARTS),
        staff=st.sets(STAFF, max_size=3),
        said=st.lists(SAID, min_size=1, max_size=3),
    )
    def open(self, start: datetime, staff: set[str], said: list[str]) -> None:
        self.town = Town(start)
        for name in sorted(staff):
            self.town.link(name)
        for text in said:
            self.town.arrive(text)

    def teardown(self) -> None:
        if not hasattr(self, "town"):
            return
        try:
            self.town.dialogue.let_go()
            self.town.settle()
            self._pass(minutes=1)
            self.promises_hold()
        finally:
            self.town.close()

    # people

    def person(self, number: int) -> Person:
        return self.town.people[number % len(self.town.people)]

    def row(self, person: Person) -> Any:
        (row,) = self.town.rows(conversations, id=person.conversation)
        return row

    @precondition(lambda self: len(self.town.people) < 6)
    @rule(text=SAID)
    def arrives(self, text: str) -> None:
        self.town.arrive(text)

    @rule(number=ANY, text=SAID)
    def writes(self, number: int, text: str) -> None:
        self._write(self.person(number), text, new_ref())
        self.town.settle()

    @rule(number=ANY, text=SAID, more=SAID)
    def writes_twice_at_once(self, number: int, text: str, more: str) -> None:
        """Before the first is attended to."""
        self._write(self.person(number), text, new_ref())
        self._write(self.person(number), more, new_ref())
        self.town.settle()

    @rule(number=ANY, text=SAID, how=st.sampled_from(list(LeaveHow)))
    def writes_and_leaves_at_once(self, number: int, text: str, how: LeaveHow) -> None:
        """Gone before the second reader has read what they wrote."""
        person = self.person(number)
        self._write(person, text, new_ref())
        self.town.run(enquirer.leave(self.town.service, person.conversation, how=how))
        self.town.settle()

    @precondition(lambda self: any(person.kept for person in self.town.people))
    @rule(number=ANY, which=ANY, text=SAID)
    def sends_again(self, number: int, which: int, text: str) -> None:
        """A client that heard no answer sends the same again, whatever is typed by now."""
        person = self.person(number)
        ref = sorted(person.kept)[which % len(person.kept)]
        before = self.row(person)["last_seq"]
        kept = self._write(person, text, ref)
        self.town.settle()
        assert self.row(person)["last_seq"] == before, "kept twice"
        assert kept == person.kept[ref], "another number than the first time"

    def _write(self, person: Person, text: str, ref: str) -> int:
        sent = self.town.run(
            enquirer.send(
                self.town.service, person.conversation, client_ref=ClientRef(ref), text=text
            )
        )
        person.kept.setdefault(ref, sent.seq)
        return sent.seq

    @rule(number=ANY)
    def starts_again_with_the_same_ref(self, number: int) -> None:
        person = self.person(number)
        ref = ClientRef(person.start_ref)
        again = self.town.run(
            enquirer.start(self.town.service, author=None, text=PLAIN, client_ref=ref)
        )
        self.town.settle()
        assert again.conversation == person.conversation

    @rule(number=ANY)
    def asks_for_a_person(self, number: int) -> None:
        state = self.town.run(
            enquirer.ask_for_person(self.town.service, self.person(number).conversation)
        )
        assert state["state"] in {"waiting", "with_practitioner", "on_phone"}

    @rule(number=ANY)
    def asks_for_a_person_in_words(self, number: int) -> None:
        self._write(self.person(number), PERSON_PLEASE, new_ref())
        self.town.settle()
        assert self.row(self.person(number))["state"] in {
            "waiting",
            "with_practitioner",
            "on_phone",
        }

    @rule(number=ANY)
    def asks_to_be_called(self, number: int) -> None:
        person = self.person(number)
        was = self.row(person)["state"]
        wish = callback.CallbackWish(PHONE)
        asked = self.town.tried(callback.ask_callback(self.town.service, person.conversation, wish))
        assert isinstance(asked, ClosedError) is (was == "closed")

    @rule(number=ANY, how=st.sampled_from(list(LeaveHow)))
    def leaves(self, number: int, how: LeaveHow) -> None:
        person = self.person(number)
        before = self.row(person)
        self.town.run(enquirer.leave(self.town.service, person.conversation, how=how))
        after = self.row(person)
        if Priority(before["priority"]).is_red and before["state"] != "closed":
            assert after["state"] == before["state"], "somebody at risk left and was moved"

    @rule(number=ANY, back=st.booleans())
    def link_goes(self, number: int, back: bool) -> None:
        conversation = self.person(number).conversation
        self.town.run(links.lost(self.town.service, conversation))
        if back:
            self.town.run(links.opened(self.town.service, conversation))

    @rule(number=ANY)
    def comes_back_by_code(self, number: int) -> None:
        person = self.person(number)
        found = self.town.run(enquirer.resume(self.town.service, person.resume_code))
        assert found.conversation == person.conversation

    # the bot

    @rule(answer=st.sampled_from(ANSWERS))
    def bot_will_say(self, answer: Answer) -> None:
        if len(self.town.dialogue.answers) < 3:
            self.town.dialogue.answers.append(answer)

    @rule(down=st.booleans())
    def bot_fails_or_comes_back(self, down: bool) -> None:
        self.town.dialogue.down = down

    @rule()
    def bot_is_slow(self) -> None:
        if not self.town.dialogue.holds:
            self.town.dialogue.hold()

    @precondition(lambda self: self.town.dialogue.holds)
    @rule()
    def bot_answers_at_last(self) -> None:
        """Perhaps long after a person has taken over: the log shows whether it was heard."""
        self.town.dialogue.let_go()
        self.town.settle()

    # practitioners

    def staff(self, name: str) -> Practitioner:
        return self.town.practitioners[name]

    def held_by(self, name: str) -> list[Any]:
        return self.town.rows(queue_entries, claimed_by=name, state="claimed")

    @rule(name=STAFF, available=st.booleans())
    def comes_or_takes_a_break(self, name: str, available: bool) -> None:
        self.town.link(name, available=available)

    @rule(name=STAFF)
    def loses_the_link(self, name: str) -> None:
        self.town.unlink(name)

    @rule(name=STAFF)
    def takes_next(self, name: str) -> None:
        one = self.staff(name)
        waiting = self.town.rows(queue_entries, state="waiting")
        held = len(self.held_by(name))
        taken = self.town.tried(taking.take_next(self.town.service, one.who))
        if held >= self.town.service.policy.capacity:
            assert isinstance(taken, AtCapacityError)
            return
        assert not isinstance(taken, ServiceError), taken
        assert (taken is None) is (not waiting), "somebody waits and nobody is next"
        if taken is not None:
            one.held.append(taken)
            self._was_most_pressing(taken, waiting)

    def _was_most_pressing(self, taken: taking.Taken, waiting: list[Any]) -> None:
        """Red strictly first and oldest first; others within the window of the soonest due."""
        chosen = next(row for row in waiting if row["id"] == taken.entry["entry"])
        first = min(waiting, key=lambda row: (row["rank"], row["sort_at"], row["id"]))
        assert chosen["rank"] == first["rank"], "somebody more pressing was passed over"
        if chosen["rank"] < 2:
            assert chosen["sort_at"] == first["sort_at"], "somebody waited longer"
        window = self.town.service.policy.specialty_window
        assert chosen["sort_at"] <= first["sort_at"] + window

    @rule(name=STAFF, which=ANY)
    def picks(self, name: str, which: int) -> None:
        entries = self.town.rows(queue_entries)
        if not entries:
            return
        entry = sorted(entries, key=lambda row: (row["queued_at"], row["id"]))[which % len(entries)]
        one, held = self.staff(name), len(self.held_by(name))
        taken = self.town.tried(
            taking.take(self.town.service, one.who, entry=EntryId(entry["id"]), reason="known")
        )
        if held >= self.town.service.policy.capacity:
            assert isinstance(taken, AtCapacityError)
        elif entry["state"] != "waiting":
            assert isinstance(taken, AlreadyClaimedError)
        else:
            assert isinstance(taken, taking.Taken)
            one.held.append(taken)

    def _some_claim(self, which: int) -> tuple[Practitioner, taking.Taken] | None:
        """One that somebody has, or had: what is over must be refused."""
        ever = [(one, taken) for one in self.town.practitioners.values() for taken in one.held]
        return ever[-1 - which % len(ever)] if ever else None

    def _has(self, one: Practitioner, taken: taking.Taken) -> bool:
        (entry,) = self.town.rows(queue_entries, id=taken.entry["entry"])
        standing = (entry["state"], entry["claimed_by"], entry["claim_version"])
        return bool(standing == ("claimed", one.who.id, taken.claim_version))

    @rule(which=ANY)
    def says(self, which: int) -> None:
        claim = self._some_claim(which)
        if claim is None:
            return
        one, taken = claim
        has = self._has(one, taken)
        said = self.town.tried(
            practitioner.say(
                self.town.service,
                one.who,
                conversation=taken.conversation,
                client_ref=ClientRef(new_ref()),
                text="I am here",
                version=taken.claim_version,
            )
        )
        beside = self._speaks_beside(one, taken)
        if has:
            assert not isinstance(said, ServiceError), said
        elif not beside:
            assert isinstance(said, NotYoursError), "who lost the claim wrote to the person"

    def _speaks_beside(self, one: Practitioner, taken: taking.Taken) -> bool:
        has: bool = self.town.run(
            practitioner.holds(self.town.service, one.who, conversation=taken.conversation)
        )
        return has

    @rule(which=ANY)
    def renews(self, which: int) -> None:
        claim = self._some_claim(which)
        if claim is None:
            return
        one, taken = claim
        has = self._has(one, taken)
        renewed = self.town.tried(
            taking.renew(
                self.town.service,
                one.who,
                entry=EntryId(taken.entry["entry"]),
                version=taken.claim_version,
            )
        )
        assert isinstance(renewed, NotYoursError) is not has

    @rule(which=ANY)
    def releases(self, which: int) -> None:
        claim = self._some_claim(which)
        if claim is None:
            return
        one, taken = claim
        has = self._has(one, taken)
        released = self.town.tried(
            giving_back.release(
                self.town.service,
                one.who,
                entry=EntryId(taken.entry["entry"]),
                version=taken.claim_version,
                reason="called away",
            )
        )
        assert isinstance(released, NotYoursError) is not has
        if has:
            self._is_at_the_front(taken.entry["entry"])

    def _is_at_the_front(self, entry: str) -> None:
        (back,) = self.town.rows(queue_entries, id=entry)
        same = self.town.rows(queue_entries, state="waiting", priority=back["priority"])
        assert back["sort_at"] == min(row["sort_at"] for row in same)

    @rule(which=ANY, to=st.sampled_from([*ON_SHIFT, "AMH", "LD"]))
    def offers_to_a_colleague(self, which: int, to: str) -> None:
        claim = self._some_claim(which)
        if claim is None:
            return
        one, taken = claim
        kind = "staff" if to in ON_SHIFT else "specialty"
        self.town.tried(
            transferring.offer(
                self.town.service,
                one.who,
                conversation=taken.conversation,
                offer=transferring.Offer(kind, to, "end of shift", "what was said"),
            )
        )

    @rule(name=STAFF, which=ANY, accepts=st.booleans())
    def answers_an_offer(self, name: str, which: int, accepts: bool) -> None:
        offers = self.town.rows(transfers, ended_at=None)
        if not offers:
            return
        offered, one = offers[which % len(offers)], self.staff(name)
        if not accepts:
            self.town.tried(
                transferring.refuse(
                    self.town.service, one.who, transfer=offered["id"], reason="busy"
                )
            )
            return
        taken = self.town.tried(
            transferring.accept(self.town.service, one.who, transfer=offered["id"])
        )
        if isinstance(taken, taking.Taken):
            one.held.append(taken)

    @rule(name=STAFF, to=STAFF)
    def hands_the_shift_over(self, name: str, to: str) -> None:
        one = self.staff(name)
        wish = handing_over.Wish(to=StaffId(to), summary="all said", signed=one.who.name)
        self.town.tried(handing_over.offer(self.town.service, one.who, wish))

    @rule(name=STAFF, accepts=st.booleans())
    def answers_a_hand_over(self, name: str, accepts: bool) -> None:
        one = self.staff(name)
        for row in self.town.rows(hand_overs, ended_at=None, to_staff=name):
            if accepts:
                done = self.town.tried(
                    handing_over.accept(self.town.service, one.who, hand_over=row["id"])
                )
                if not isinstance(done, ServiceError):
                    one.held.extend(done)
            else:
                self.town.tried(
                    handing_over.refuse(
                        self.town.service, one.who, hand_over=row["id"], reason="no"
                    )
                )

    @rule(name=st.sampled_from([*ON_SHIFT, SUPERVISOR]), number=ANY, speak=st.booleans())
    def joins_or_goes(self, name: str, number: int, speak: bool) -> None:
        one, conversation = self.staff(name), self.person(number).conversation
        done = self.town.tried(
            joining.join(self.town.service, one.who, conversation=conversation, speak=speak)
        )
        if isinstance(done, NotYoursError):
            self.town.tried(joining.part(self.town.service, one.who, conversation=conversation))

    @rule(which=ANY, to=STAFF)
    def supervisor_reassigns(self, which: int, to: str) -> None:
        entries = self.town.rows(queue_entries)
        if not entries:
            return
        entry = sorted(entries, key=lambda row: (row["queued_at"], row["id"]))[which % len(entries)]
        self.town.tried(
            reassigning.reassign(
                self.town.service,
                self.staff(SUPERVISOR).who,
                entry=EntryId(entry["id"]),
                to=StaffId(to),
                reason="knows them",
            )
        )
        for taken in self.town.run(taking.holding(self.town.service, StaffId(to))):
            if taken.entry["entry"] == entry["id"]:
                self.staff(to).held.append(taken)

    @rule(which=ANY, back=st.booleans())
    def moves_to_the_phone(self, which: int, back: bool) -> None:
        claim = self._some_claim(which)
        if claim is None:
            return
        one, taken = claim
        wish = phoning.PhoneWish(PHONE, safe_to_say_nhs=True, safe_to_leave_message=False)
        doing = (
            phoning.to_chat(self.town.service, one.who, conversation=taken.conversation)
            if back
            else phoning.to_phone(
                self.town.service, one.who, conversation=taken.conversation, wish=wish
            )
        )
        self.town.tried(doing)

    @rule(which=ANY, result=st.sampled_from(phoning.RESULTS))
    def calls_the_person(self, which: int, result: str) -> None:
        asked = self.town.rows(tasks, work_list=phoning.CALLBACKS)
        if not asked:
            return
        task = TaskId(asked[which % len(asked)]["id"])
        self.town.tried(
            phoning.attempt(
                self.town.service, self.staff(ON_SHIFT[0]).who, task=task, result=result
            )
        )

    @rule(number=ANY, wanted=st.sampled_from(list(Priority)), name=STAFF)
    def sets_a_priority(self, number: int, wanted: Priority, name: str) -> None:
        person = self.person(number)
        set_to = self.town.tried(
            prioritising.set_priority(
                self.town.service,
                self.staff(name).who,
                conversation=person.conversation,
                priority=wanted,
                reason="talked with them",
            )
        )
        if not isinstance(set_to, ServiceError):
            self.lowest[person.conversation] = wanted

    @rule(which=ANY, codes=st.sampled_from(OUTCOMES), hours=st.integers(1, 48))
    def closes(self, which: int, codes: tuple[str, ...], hours: int) -> None:
        claim = self._some_claim(which)
        if claim is None:
            return
        one, taken = claim
        (row,) = self.town.rows(conversations, id=taken.conversation)
        form = CloseForm(
            outcomes=codes,
            plan_for_person="You rest tonight",
            next_owner="person",
            next_step="call us",
            due_at=self.town.watch.now() + timedelta(hours=hours),
        )
        has = self._has(one, taken)
        closed = self.town.tried(
            closing.close(
                self.town.service,
                one.who,
                conversation=taken.conversation,
                version=taken.claim_version,
                wish=closing.Closing(form, agreed_with_person=True),
            )
        )
        if not has:
            assert isinstance(closed, NotYoursError), "closed by who no longer had them"
        if not isinstance(closed, ServiceError):
            self.ended_by_staff.add(row["enquiry_id"])

    # work lists

    @rule(which=ANY, result=ANY, name=st.sampled_from([*ON_SHIFT, SUPERVISOR]))
    def works_a_task(self, which: int, result: int, name: str) -> None:
        asked = [row for row in self.town.rows(tasks) if row["done_at"] is None]
        if not asked:
            return
        task, one = asked[which % len(asked)], self.staff(name)
        by = task_work.Acceptance(person="Dr Shah")
        self.town.tried(
            task_work.accept(self.town.service, one.who, task=TaskId(task["id"]), by=by)
        )
        results = self.town.service.work_lists.work_list(task["work_list"]).results
        if not results:
            return
        chosen = list(results.values())[result % len(results)]
        stands = self.town.read(lambda db: task_asking.standing(db, task))
        done = self.town.tried(
            task_ending.complete(
                self.town.service,
                one.who,
                task=TaskId(task["id"]),
                result=chosen.id,
                said=self._said_of(task_asking.needs(self.town.service, chosen, stands)),
            )
        )
        if not isinstance(done, ServiceError) and task["enquiry_id"]:
            self.ended_by_staff.add(task["enquiry_id"])

    def _said_of(self, wanted: Sequence[str]) -> dict[str, Any]:
        """A right answer to each field that the result asks for."""
        fields = self.town.service.work_lists.fields
        return {name: self._answer_to(fields[name]) for name in wanted}

    def _answer_to(self, asked: Field) -> Any:
        match asked.kind:
            case FieldKind.LINE | FieldKind.WORDS:
                return "as agreed"
            case FieldKind.TIME:
                return self.town.watch.now() + timedelta(days=2)
            case FieldKind.ONE_OF:
                return next(iter(asked.choices))
            case FieldKind.MANY_OF:
                return list(asked.choices)[:2]
            case FieldKind.YES:
                return True

    # time and faults

    @rule(seconds=st.sampled_from([2, 7, 19, 21, 45]))
    def seconds_pass(self, seconds: int) -> None:
        self._pass(seconds=seconds)

    @rule(minutes=st.sampled_from([1, 3, 5, 9, 16, 31]))
    def minutes_pass(self, minutes: int) -> None:
        self._pass(minutes=minutes)

    @rule(hours=st.sampled_from([1, 5, 25]))
    def hours_pass(self, hours: int) -> None:
        self._pass(hours=hours)

    @precondition(lambda self: all(self._is_at_rest(one) for one in self.town.people))
    @rule()
    def days_pass(self) -> None:
        """Longer than a return counts as one, when nobody is in the middle of anything."""
        self._pass(days=LONG_DAYS.days)

    def _is_at_rest(self, person: Person) -> bool:
        return self.row(person)["state"] in {"with_bot", "closed"}

    def _pass(self, **by: float) -> None:
        self.town.wait(**by)
        found = broken(self._seen(), AFTER_TIME)
        assert not found, found

    @rule()
    def the_service_restarts(self) -> None:
        self.town.dialogue.let_go()
        self.town.restart()

    # promises

    def _seen(self) -> Seen:
        return Seen(
            now=self.town.watch.now(),
            policy=self.town.service.policy,
            rows=self.town.read(look),
            lowest=self.lowest,
            ended_by_staff=frozenset(self.ended_by_staff),
        )

    @invariant()
    def promises_hold(self) -> None:
        if not hasattr(self, "town"):
            return
        seen = self._seen()
        found = broken(seen, ALWAYS)
        assert not found, found
        assert not self.town.errors, self.town.errors
        for row in seen.rows["conversation"]:
            before = self.lowest.get(row["id"], Priority.NONE)
            self.lowest[row["id"]] = highest(before, Priority(row["priority"]))
