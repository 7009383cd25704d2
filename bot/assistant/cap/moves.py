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
_STAYS: Mapping[str, set[str]] = {
    "clinical": {CLINICAL, KNOWN},
    "appointment": {APPOINTMENT},
    "navigation": {NAVIGATION},
}
# Nobody can be called back, or shown a service, without these.
# A clinical enquiry never fails for want of an answer.
_NEEDED = {
    APPOINTMENT: {"appt_action", "author_type", "call_me", "dob_or_age"},
    NAVIGATION: {"need_topics"},
}
FEEDBACK, PRO = "feedback_form", "pro_form"
# By form, field and its answer: what need not be asked any more.
_POINTLESS: Mapping[str, Mapping[tuple[str, str], set[str]]] = {
    APPOINTMENT: {
        ("appt_action", "cancel"): {"appt_times"},
        ("appt_action", "check"): {"appt_times", "appt_when"},
    },
    CLINICAL: {
        ("known_to_services", "true"): {"gp_in_area", "dob_or_age"},
        ("known_to_services", "yes"): {"gp_in_area", "dob_or_age"},
        ("gp_in_area", "no"): {"dob_or_age"},
    },
    "help_form": {
        ("help_level", "information"): {"prefs", "call_me", "phone"},
        ("help_level", "declined"): {"prefs", "call_me", "phone"},
        ("help_level", "some_help"): {"call_me", "phone"},
        ("help_level", "more_help"): {"prefs"},
    },
}
_WHOLE = {PRO}  # one form, not a chat: all of it is asked
_OTHERS = {"carer", "public", "professional", "partner", "emergency_crew"}
_AT_WORK = {"professional", "partner"}
_OPENS = {**_STARTS, "complaint": FEEDBACK, "referral": PRO}
_KEEPS_COMPLAINTS = {CLINICAL, KNOWN, FEEDBACK}  # there, a person comes, or it is being told
_RETURNS = {"referral": PRO, "complaint": FEEDBACK}
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
    form = _OPENS.get(settled.intent) if settled.leaves_form or not at.form else at.form
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
        **_notes(at, settled, form),
    }
    return Plan(settled.intent, settled.values, before, settled.leaves_form, settled.missed)


def _notes(at: Standing, settled: Plan, form: str | None) -> dict[str, Any]:
    """What the choice of words and rules depends on."""
    author = {**at.known, **settled.before, **settled.values}.get("author_type")
    return {
        "in_form": form,
        "about_other": author in _OTHERS,
        "at_work": author in _AT_WORK,
    }


def left_out(
    form: str,
    order: Sequence[str],
    *,
    known: Mapping[str, Any],
    asks: str | None,
    asked: Iterable[str],
) -> set[str]:
    """Questions of a form that are not put: pointless ones, and those beyond the sixth."""
    pointless = {
        name
        for (field_id, answer), names in _POINTLESS.get(form, {}).items()
        if str(known.get(field_id)).lower() == answer
        for name in names
    }
    if form in _WHOLE:
        return pointless
    rest = [name for name in order if name not in known and name != asks and name not in pointless]
    room = MOST_QUESTIONS - len({*asked, *([asks] if asks else [])})
    first_out = [name for name in _FIRST_LEFT_OUT if name in rest]
    others = [name for name in reversed(rest) if name not in first_out]
    surplus = [*first_out, *others][: max(0, len(rest) - room)]
    return pointless | set(surplus)


def _outside(turn: Turn) -> Plan:
    """Without an open question, nothing can be answered, left out or gone back from."""
    given = {**turn.values, **turn.corrections}
    names_nothing = turn.intent == "correction" and not turn.corrections and turn.choice is None
    if turn.intent in _NEEDS_A_QUESTION or names_nothing:
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
    if _is_more_of_it(turn, at):
        return _unanswered_again(given)
    if intent == "referral" or (intent == "complaint" and at.form not in _KEEPS_COMPLAINTS):
        return Plan(intent, before=given, leaves_form=True)
    tapped_on = intent == "affirm" and turn.choice is not None  # "Carry on"
    if (intent in _NO_ANSWER and not tapped_on) or intent == "answer":
        return Plan("unclear_answer", before=given, missed=True)
    return _move(turn, at, given, order=orders[str(at.form)])


def _is_more_of_it(turn: Turn, at: Standing) -> bool:
    """The wish that this very form serves, said again."""
    if turn.intent in _STARTS:
        return turn.intent != "clinical"
    return _RETURNS.get(turn.intent) == at.form and turn.choice is None


def _unanswered_again(given: Mapping[str, Any]) -> Plan:
    """More of the same while its form is open: what it gives is taken, else it answers nothing."""
    if given:
        return Plan("answer", values=given)
    return Plan("unclear_answer", before=given, missed=True)


def _move(turn: Turn, at: Standing, given: Mapping[str, Any], *, order: Sequence[str]) -> Plan:
    if turn.intent == "skip":
        return _skip(turn, at, order)
    if turn.intent == "correction" and turn.corrections:
        return Plan("correction", before=given)
    if turn.intent in {"go_back", "correction"}:
        return _go_back(at, order)
    return _unanswered(turn, given, second="unclear_answer")


def _skip(turn: Turn, at: Standing, order: Sequence[str]) -> Plan:
    if at.form in _WHOLE and len(at.asked) <= 1:
        unknown = [name for name in order if name not in at.known]
        return Plan("skip", before=dict.fromkeys(unknown, DECLINED))  # not here, then
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
    out = left_out(form, orders[form], known=known, asks=asks, asked=at.asked if stays else ())
    open_now = [name for name in orders[form] if name not in known]
    return {name: NOT_ASKED if name in out else None for name in open_now}
