"""The service's promises as they can be seen in its store. Each yields what breaks it, in words."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from chat.states import PLACE_IN, STATUS_IN, TABLE
from handoff.policy import Policy
from models.tables import (
    claims,
    clocks,
    conversations,
    enquiries,
    events,
    messages,
    outbox,
    queue_entries,
    readings,
    tallies,
    tasks,
    timers,
    transfers,
)
from models.vocabulary import ConversationState, EnquiryStatus, Priority, highest

TABLES = (
    claims,
    clocks,
    conversations,
    enquiries,
    events,
    messages,
    outbox,
    queue_entries,
    readings,
    tallies,
    tasks,
    timers,
    transfers,
)
MACHINES = frozenset({"bot", "clock", "enquirer", "screen"})
WITH_PEOPLE = frozenset({"with_practitioner", "on_phone"})
FIRST_HUMAN = "FIRST_HUMAN"


@dataclass(frozen=True)
class Seen:
    """The whole store at one instant, and what the walk knows that the store may not forget."""

    now: datetime
    policy: Policy
    rows: dict[str, list[Any]]
    lowest: dict[str, Priority] = field(default_factory=dict)
    """What each conversation's priority may not be below: only a named practitioner lowers it."""
    ended_by_staff: frozenset[str] = frozenset()
    """Enquiries in which staff recorded an end."""

    def __getattr__(self, name: str) -> list[Any]:
        if name.startswith("_") or name not in self.rows:
            raise AttributeError(name)
        return self.rows[name]

    def by(self, table: str, column: str) -> dict[Any, list[Any]]:
        grouped = defaultdict(list)
        for row in self.rows[table]:
            grouped[row[column]].append(row)
        return grouped


def look(db: Connection) -> dict[str, list[Any]]:
    return {table.name: list(db.execute(select(table)).mappings()) for table in TABLES}


Promise = Callable[[Seen], Iterator[str]]


def screened_first(seen: Seen) -> Iterator[str]:
    """1. Every inbound text is read by both readers, or its second reading is promised."""
    read = {(row["conversation_id"], row["seq"]): row for row in seen.reading}
    promised = {
        (row["conversation_id"], row["seq"]) for row in seen.outbox if row["done_at"] is None
    }
    for message in seen.message:
        key = (message["conversation_id"], message["seq"])
        if message["speaker"] != "enquirer":
            continue
        if key not in read:
            yield f"{key} was never screened"
        elif read[key]["second_at"] is None and key not in promised:
            yield f"{key} waits for a second reader that nobody sends"


def stored_before_shown(seen: Seen) -> Iterator[str]:
    """2. Both numbers are gapless, and a reference is kept once."""
    said, logged = seen.by("message", "conversation_id"), seen.by("event", "conversation_id")
    for row in seen.conversation:
        seqs = sorted(each["seq"] for each in said[row["id"]])
        if seqs != list(range(1, row["last_seq"] + 1)):
            yield f"{row['id']} has messages {seqs} of {row['last_seq']}"
        numbers = sorted(each["event"] for each in logged[row["id"]])
        if numbers != list(range(1, row["last_event"] + 1)):
            yield f"{row['id']} has a gap in its log"
        refs = [each["client_ref"] for each in said[row["id"]] if each["client_ref"]]
        if len(refs) != len(set(refs)):
            yield f"{row['id']} kept a message twice"


def one_owner(seen: Seen) -> Iterator[str]:
    """3. State, holder, queue entry, claim and enquiry tell of the same one owner."""
    entries = seen.by("queue_entry", "conversation_id")
    known = {row["id"]: row for row in seen.enquiry}
    for row in seen.conversation:
        state = ConversationState(row["state"])
        still = [each for each in entries[row["id"]] if each["state"] != "done"]
        place = PLACE_IN[state]
        if [each["state"] for each in still] != ([place.value] if place else []):
            yield f"{row['id']} is {state} with places {[each['state'] for each in still]}"
        if (row["holder"] is not None) != (row["state"] in WITH_PEOPLE):
            yield f"{row['id']} is {state} and held by {row['holder']}"
        if row["state"] in WITH_PEOPLE and still:
            if still[0]["claimed_by"] != row["holder"]:
                yield f"{row['id']} is with {row['holder']}, claimed by {still[0]['claimed_by']}"
            if still[0]["claim_version"] != row["claim_version"]:
                yield f"{row['id']} has another fence than its claim"
        status = EnquiryStatus(known[row["enquiry_id"]]["status"])
        if status not in STATUS_IN[state]:
            yield f"{row['id']} is {state}, its enquiry {status}"


def one_claim(seen: Seen) -> Iterator[str]:
    """3. Exactly one claim runs for each entry that is claimed, and none for another."""
    running = defaultdict(list)
    for claim in seen.claim:
        if claim["ended_at"] is None:
            running[claim["entry_id"]].append(claim)
    for entry in seen.queue_entry:
        has = [(each["staff_id"], each["version"]) for each in running[entry["id"]]]
        due = [(entry["claimed_by"], entry["claim_version"])] if entry["state"] == "claimed" else []
        if has != due:
            yield f"{entry['id']} is {entry['state']} with claims {has}"
        if entry["state"] == "claimed" and entry["lease_until"] is None:
            yield f"{entry['id']} is claimed for ever"


def log_tells_the_state(seen: Seen) -> Iterator[str]:
    """3. The log alone leads to the state that stands, by acts of the table; the bot is silent in
    it from the moment a person has the conversation.
    """
    logged = seen.by("event", "conversation_id")
    spoken = {(row["conversation_id"], row["seq"]): row["speaker"] for row in seen.message}
    for row in seen.conversation:
        state = "with_bot"
        for event in sorted(logged[row["id"]], key=lambda each: each["event"]):
            after = _state_after(state, event)
            if after not in TABLE[ConversationState(state)].values() and after != state:
                yield f"{row['id']} went from {state} to {after} by {event['kind']}"
            state = after
            speaker = spoken.get((row["id"], event["seq"])) if event["seq"] else None
            if speaker == "bot" and state not in {"with_bot", "waiting"}:
                yield f"{row['id']}: the bot spoke while it was {state}"
        if state != row["state"]:
            yield f"{row['id']} is {row['state']}, its log says {state}"


LEADS_TO = {
    "entry_taken": "with_practitioner",
    "back_from_phone": "with_practitioner",
    "entry_released": "waiting",
    "moved_to_phone": "on_phone",
    "closed": "closed",
    "came_back": "with_bot",
}
"""What an event of the log does to the state; any other event leaves it as it is."""


def _state_after(state: str, event: Any) -> str:
    if event["kind"] == "state_changed":
        return str(event["detail"]["to"])
    return LEADS_TO.get(event["kind"], state)


def never_lost(seen: Seen) -> Iterator[str]:
    """4. Every message belongs to an enquiry that has owner, step and time, or an outcome."""
    known = {row["id"]: row for row in seen.enquiry}
    for message in seen.message:
        if message["enquiry_id"] not in known:
            yield f"message {message['seq']} belongs to nothing"
    still = seen.by("task", "enquiry_id")
    for row in seen.enquiry:
        if row["status"] == "closed":
            if not row["outcomes"] or row["closed_at"] is None:
                yield f"{row['id']} is closed with {row['outcomes']} at {row['closed_at']}"
            if row["due_at"] is not None:
                yield f"{row['id']} is closed and still due"
            continue
        if row["due_at"] is None or row["next_step"] == "none" or not row["owner_id"]:
            yield f"{row['id']} is {row['status']} without owner, step or time"
        open_tasks = [each for each in still[row["id"]] if each["done_at"] is None]
        if row["status"] == "tracking" and not open_tasks:
            yield f"{row['id']} is tracked on no list"


def nothing_clinical_is_closed_by_a_machine(seen: Seen) -> Iterator[str]:
    """4. The bot and the clock close no clinical enquiry, and nothing that is pressing."""
    for row in seen.enquiry:
        pressing = Priority(row["priority"]).at_least(Priority.URGENT)
        by_machine = row["status"] == "closed" and row["id"] not in seen.ended_by_staff
        if by_machine and (row["clinical"] or pressing):
            yield f"{row['id']} is {row['priority']} and was closed by a machine"


def most_pressing_first(seen: Seen) -> Iterator[str]:
    """5. An entry stands in its class and is never less pressing than its conversation."""
    known = {row["id"]: row for row in seen.conversation}
    for entry in seen.queue_entry:
        if entry["state"] == "done":
            continue
        priority, owner = Priority(entry["priority"]), known[entry["conversation_id"]]
        rank = {Priority.EMERGENCY: 0, Priority.VERY_URGENT: 1}.get(priority, 2)
        if entry["rank"] != rank:
            yield f"{entry['id']} is {priority} in class {entry['rank']}"
        if priority is not highest(Priority(owner["priority"]), Priority.ROUTINE):
            yield f"{entry['id']} is {priority}, its conversation {owner['priority']}"
        target = seen.policy.target(priority)
        if entry["due_at"] > entry["queued_at"] + target:
            yield f"{entry['id']} is due later than its target"


def capacity(seen: Seen) -> Iterator[str]:
    """5. Nobody holds more than they may."""
    held = seen.by("queue_entry", "claimed_by")
    for staff, entries in held.items():
        count = sum(entry["state"] == "claimed" for entry in entries)
        if staff is not None and count > seen.policy.capacity:
            yield f"{staff} holds {count}"


def ratchet(seen: Seen) -> Iterator[str]:
    """7. No priority falls but by a named practitioner; what was found is in it."""
    for row in seen.conversation:
        lowest = seen.lowest.get(row["id"], Priority.NONE)
        if not Priority(row["priority"]).at_least(lowest):
            yield f"{row['id']} fell from {lowest} to {row['priority']}"


def danger_reaches_people(seen: Seen) -> Iterator[str]:
    """1, 7. Nobody stays with the bot in whose open enquiry something pressing was found."""
    told = seen.by("message", "enquiry_id")
    found = {(row["conversation_id"], row["seq"]): row for row in seen.reading}
    known = {row["id"]: row for row in seen.enquiry}
    for row in seen.conversation:
        if row["state"] != "with_bot" or known[row["enquiry_id"]]["status"] != "open":
            continue
        for message in told[row["enquiry_id"]]:
            reading = found.get((row["id"], message["seq"]))
            if reading and Priority(reading["priority"]).at_least(Priority.URGENT):
                yield f"{row['id']} said something {reading['priority']} and is with the bot"


def clocks_are_watched(seen: Seen) -> Iterator[str]:
    """4, 8. Every running clock has a timer that will notice it being missed; whoever waits for a
    first human word at a pressing priority has a clock for it.
    """
    watched = {row["subject"] for row in seen.timer if row["done_at"] is None}
    mine = seen.by("clock", "enquiry_id")
    for row in seen.clock:
        running = not (row["met_at"] or row["stopped_at"] or row["missed_at"])
        if running and row["id"] not in watched:
            yield f"clock {row['kind']} runs and nobody looks at it"
    for row in seen.enquiry:
        if row["status"] != "waiting_person":
            continue
        if not Priority(row["priority"]).at_least(Priority.URGENT):
            continue
        if not any(each["kind"].startswith(FIRST_HUMAN) for each in mine[row["id"]]):
            yield f"{row['id']} waits at {row['priority']} without a clock"


def nothing_had_to_be_mended(seen: Seen) -> Iterator[str]:
    """4. The sweep's target is none."""
    for row in seen.tally:
        if row["name"] == "sweep_repairs" and row["value"]:
            yield f"the sweep repaired {row['value']}"


ALWAYS: tuple[Promise, ...] = (
    screened_first,
    stored_before_shown,
    one_owner,
    one_claim,
    log_tells_the_state,
    never_lost,
    nothing_clinical_is_closed_by_a_machine,
    most_pressing_first,
    capacity,
    ratchet,
    danger_reaches_people,
    clocks_are_watched,
    nothing_had_to_be_mended,
)


def nothing_overdue_is_left(seen: Seen) -> Iterator[str]:
    """6, 8. After time was let pass: no lease, timer or clock that is due was left alone."""
    for entry in seen.queue_entry:
        if entry["state"] == "claimed" and entry["lease_until"] <= seen.now:
            yield f"{entry['id']} is held by {entry['claimed_by']}, who is gone"
    for timer in seen.timer:
        if timer["done_at"] is None and timer["due_at"] <= seen.now:
            yield f"{timer['kind']} was due and not done"
    for clock in seen.clock:
        running = not (clock["met_at"] or clock["stopped_at"] or clock["missed_at"])
        if running and clock["due_at"] <= seen.now:
            yield f"clock {clock['kind']} was missed without a record"


_BEGINS_AGAIN = frozenset(
    {"priority_raised", "priority_set", "entry_released", "back_from_phone", "came_back"}
)


def silence_is_a_signal(seen: Seen) -> Iterator[str]:
    """9. Somebody at risk who has been silent for long has a welfare task from that silence."""
    asked, logged = seen.by("task", "conversation_id"), seen.by("event", "conversation_id")
    for row in seen.conversation:
        live = row["state"] in {"waiting", "with_practitioner"}
        if not live or not Priority(row["priority"]).is_red or row["last_enquirer_at"] is None:
            continue
        moved = [e["at"] for e in logged[row["id"]] if e["kind"] in _BEGINS_AGAIN]
        silent = seen.now - max([row["last_enquirer_at"], *moved])
        if silent < 3 * seen.policy.nudge_second:
            continue
        if not any(task["work_list"] == "welfare" for task in asked[row["id"]]):
            yield f"{row['id']} is at risk and silent for {silent}, and nobody looks"


AFTER_TIME: tuple[Promise, ...] = (nothing_overdue_is_left, silence_is_a_signal)


def broken(seen: Seen, promises: tuple[Promise, ...] = ALWAYS) -> list[str]:
    """All that does not hold, each with the name of its promise."""
    return [f"{promise.__name__}: {why}" for promise in promises for why in promise(seen)]
