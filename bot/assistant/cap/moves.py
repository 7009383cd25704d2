"""Settles what a message does to a form before rules react: moves, corrections, what is left out.

Pure: a turn and the state in, a plan out. Says nothing and knows no Rasa.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cap.turns import Turn

MOST_QUESTIONS = 6  # before a result, on any path
DECLINED = "declined"
NOT_ASKED = "not_asked"  # marks a question left out; never handed to the service

APPOINTMENT, CLINICAL, KNOWN, NAVIGATION = (
    "appointment_form",
    "clinical_form",
    "clinical_known_form",
    "navigation_form",
)
_STARTS = {"appointment": APPOINTMENT, "clinical": CLINICAL, "navigation": NAVIGATION}
_STAYS = {"clinical": {CLINICAL, KNOWN}, "appointment": {APPOINTMENT}, "navigation": {NAVIGATION}}
# Nobody can be called back, or shown a service, without these.
# A clinical enquiry never fails for want of an answer.
_NEEDED = {
    APPOINTMENT: {"appt_action", "author_type", "call_me", "dob_or_age"},
    NAVIGATION: {"need_topics"},
}
_POINTLESS = {"cancel": {"appt_times"}, "check": {"appt_times", "appt_when"}}
_FIRST_LEFT_OUT = ("appt_times",)
_OPEN_ENDED = {
    "information",
    "not_understood",
}  # as buttons: "A general question", "Something else"
_MISSES = {"unclear_answer", "not_understood"}
_NO_ANSWER = {"affirm", "deny", "not_understood", "unclear_answer"}
_NEEDS_A_QUESTION = {"answer", "unclear_answer", "skip", "why_ask", "go_back"}


@dataclass(frozen=True, slots=True)
class Standing:
    """The open form and question, what is known, and what was asked in this form."""

    form: str | None
    asks: str | None
    known: Mapping[str, Any]
    asked: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What Rasa is told. `before`: slots to set first; `values`: what the message itself gives."""

    intent: str
    values: Mapping[str, Any] = field(default_factory=dict)
    before: Mapping[str, Any] = field(default_factory=dict)
    leaves_form: bool = False
    missed: bool = False


def plan(turn: Turn, at: Standing, *, orders: Mapping[str, Sequence[str]]) -> Plan:
    """Everything of the turn that is decided by the state of the form and not by a rule."""
    settled = _in_form(turn, at, orders=orders) if at.form else _outside(turn)
    form = _STARTS.get(settled.intent) if settled.leaves_form or not at.form else at.form
    moved = settled.intent in {"skip", "go_back"} and bool(settled.before)
    before = {
        **_marks(at, settled, form=form, orders=orders),
        **settled.before,
        "moved": moved,
        "faq": turn.faq,
        "chosen": turn.choice,
        "fault": turn.fault,
        "in_other_words": settled.intent == "unclear_answer",
        "missed_before": turn.misses > 0,
    }
    return Plan(settled.intent, settled.values, before, settled.leaves_form, settled.missed)


def left_out(
    order: Sequence[str], *, known: Mapping[str, Any], asks: str | None, asked: Iterable[str]
) -> set[str]:
    """Questions of a form that are not put: pointless ones, and those beyond the sixth."""
    pointless = _POINTLESS.get(str(known.get("appt_action")), set()) & set(order)
    rest = [name for name in order if name not in known and name != asks and name not in pointless]
    room = MOST_QUESTIONS - len({*asked, *([asks] if asks else [])})
    first_out = [name for name in _FIRST_LEFT_OUT if name in rest]
    others = [name for name in reversed(rest) if name not in first_out]
    surplus = [*first_out, *others][: max(0, len(rest) - room)]
    return pointless | set(surplus)


def _outside(turn: Turn) -> Plan:
    """Without an open question, nothing can be answered, left out or gone back from."""
    given = {**turn.values, **turn.corrections}
    if turn.intent in _NEEDS_A_QUESTION or (turn.intent == "correction" and not turn.corrections):
        return Plan("not_understood", before=given, missed=True)
    if turn.choice is not None and turn.intent in _OPEN_ENDED and turn.faq is None:
        return Plan("affirm", before=given)
    return _unanswered(turn, given, second="not_understood")


def _in_form(turn: Turn, at: Standing, *, orders: Mapping[str, Sequence[str]]) -> Plan:
    given = {**turn.values, **turn.corrections}
    intent = turn.intent
    if intent == "answer" and given:
        return Plan("answer", values=given)
    if intent in _STARTS and at.form not in _STAYS[intent]:
        return Plan(intent, before=given, leaves_form=True)
    if intent in _STARTS and intent != "clinical":
        return Plan("answer", values=given) if given else Plan("unclear_answer", missed=True)
    if intent == "referral":
        return Plan(intent, before=given, leaves_form=True)
    tapped_on = intent == "affirm" and turn.choice is not None  # "Carry on"
    if (intent in _NO_ANSWER and not tapped_on) or intent == "answer":
        return Plan("unclear_answer", before=given, missed=True)
    return _move(turn, at, given, order=orders[str(at.form)])


def _move(turn: Turn, at: Standing, given: Mapping[str, Any], *, order: Sequence[str]) -> Plan:
    if turn.intent == "skip":
        return _skip(turn, at)
    if turn.intent == "correction" and turn.corrections:
        return Plan("correction", before=given)
    if turn.intent in {"go_back", "correction"}:
        return _go_back(at, order)
    return _unanswered(turn, given, second="unclear_answer")


def _skip(turn: Turn, at: Standing) -> Plan:
    if at.asks not in _NEEDED.get(str(at.form), set()):
        return Plan("skip", before={str(at.asks): DECLINED})
    # Refused twice running: a person helps with it.
    return Plan("unclear_answer" if turn.misses else "skip", missed=True)


def _go_back(at: Standing, order: Sequence[str]) -> Plan:
    answered = [name for name in order[: order.index(str(at.asks))] if name in at.known]
    return Plan("go_back", before={answered[-1]: None} if answered else {})


def _unanswered(turn: Turn, given: Mapping[str, Any], *, second: str) -> Plan:
    """A question of general interest that we have no answer to is a miss."""
    missed = turn.intent in _MISSES or (turn.intent == "information" and turn.faq is None)
    intent = second if missed and turn.misses else turn.intent
    return Plan(intent, before=given, missed=missed)


def _marks(
    at: Standing,
    settled: Plan,
    *,
    form: str | None,
    orders: Mapping[str, Sequence[str]],
) -> dict[str, Any]:
    """Mark the questions left out, and take the mark from those that are wanted again."""
    if form is None:
        return {}
    changed = {**at.known, **settled.values, **settled.before}
    known = {name: value for name, value in changed.items() if value is not None}
    stays = form == at.form
    asks = at.asks if stays else None
    out = left_out(orders[form], known=known, asks=asks, asked=at.asked if stays else ())
    open_now = [name for name in orders[form] if name not in known]
    return {name: NOT_ASKED if name in out else None for name in open_now}
