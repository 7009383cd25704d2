"""The words everybody uses: closed enums and named ids. No rules beyond the order of priorities."""

from enum import StrEnum
from typing import NewType

ConversationId = NewType("ConversationId", str)
EnquiryId = NewType("EnquiryId", str)
EntryId = NewType("EntryId", str)
TaskId = NewType("TaskId", str)
StaffId = NewType("StaffId", str)
OutboxId = NewType("OutboxId", int)
Seq = NewType("Seq", int)
EventNumber = NewType("EventNumber", int)
ClaimVersion = NewType("ClaimVersion", int)
ClientRef = NewType("ClientRef", str)
WordingId = NewType("WordingId", str)
FieldId = NewType("FieldId", str)
Reference = NewType("Reference", str)


class Priority(StrEnum):
    """Clinical response priority (MHSDS): how soon a person answers. Never a risk score."""

    NONE = "none"
    ROUTINE = "routine"
    URGENT = "urgent"
    VERY_URGENT = "very_urgent"
    EMERGENCY = "emergency"

    @property
    def rank(self) -> int:
        """0 for none up to 4 for emergency."""
        return _PRIORITY_ORDER.index(self)

    def at_least(self, other: "Priority") -> bool:
        return self.rank >= other.rank

    @property
    def is_red(self) -> bool:
        """Very urgent or above: emergency advice is shown and the bot stops asking."""
        return self.at_least(Priority.VERY_URGENT)


_PRIORITY_ORDER = list(Priority)


def highest(first: Priority, *others: Priority) -> Priority:
    return max((first, *others), key=lambda priority: priority.rank)


class Reach(StrEnum):
    """What the service does with a message from a person who is with the bot."""

    PERSON = "person"
    QUESTION = "question"
    BOT = "bot"


class Concern(StrEnum):
    """Whose danger a message speaks of; chooses the fixed crisis wording."""

    SELF = "self"
    OTHER = "other"
    CHILD = "child"
    ABUSE = "abuse"


class ConversationState(StrEnum):
    WITH_BOT = "with_bot"
    WAITING = "waiting"
    WITH_PRACTITIONER = "with_practitioner"
    ON_PHONE = "on_phone"
    CLOSED = "closed"


class Speaker(StrEnum):
    ENQUIRER = "enquirer"
    BOT = "bot"
    PRACTITIONER = "practitioner"
    SYSTEM = "system"


class AuthorType(StrEnum):
    SERVICE_USER = "service_user"
    CARER = "carer"
    PUBLIC = "public"
    PROFESSIONAL = "professional"
    EMERGENCY_CREW = "emergency_crew"
    PARTNER = "partner"


class EnquiryKind(StrEnum):
    CRISIS = "crisis"
    CLINICAL_NEW = "clinical_new"
    CLINICAL_KNOWN = "clinical_known"
    APPOINTMENT = "appointment"
    NAVIGATION = "navigation"
    INFORMATION = "information"
    PRO_URGENT = "pro_urgent"
    PRO_ROUTINE = "pro_routine"
    FEEDBACK = "feedback"


class EnquiryStatus(StrEnum):
    OPEN = "open"
    WAITING_PERSON = "waiting_person"
    WITH_PERSON = "with_person"
    TRACKING = "tracking"
    CLOSED = "closed"


class OwnerKind(StrEnum):
    BOT = "bot"
    QUEUE = "queue"
    STAFF = "staff"
    TEAM = "team"
    LIST = "list"


class Kind(StrEnum):
    """What a message is about, as labelled in the screening lines; a message may have several."""

    CRISIS = "crisis"
    CLINICAL = "clinical"
    EXISTING_PATIENT = "existing_patient"
    APPOINTMENT_CHANGE = "appointment_change"
    GENERAL_INFO = "general_info"
    NAVIGATION = "navigation"
    REFERRAL = "referral"
    DIRECTORY_NEED = "directory_need"
    COMPLAINT_FEEDBACK = "complaint_feedback"
    EMERGENCY_SERVICES = "emergency_services"
    SAFEGUARDING = "safeguarding"
    OUT_OF_SCOPE = "out_of_scope"
    GREETING = "greeting"
    HUMAN_REQUEST = "human_request"
    ABUSE_OR_SPAM = "abuse_or_spam"
    CHILDREN = "children"


class Need(StrEnum):
    BENEFITS = "benefits"
    HOUSING = "housing"
    LONELINESS = "loneliness"
    ADDICTION = "addiction"
    RELATIONSHIPS = "relationships"
    HEALTHY_LIVING = "healthy_living"
    ACTIVITIES = "activities"
    DEBT = "debt"
    EMPLOYMENT = "employment"
    CARERS = "carers"
    BEREAVEMENT = "bereavement"
    DOMESTIC_ABUSE = "domestic_abuse"
    FOOD = "food"


class FieldStatus(StrEnum):
    """What reading an answer to a question yielded."""

    OK = "ok"
    PARTIAL = "partial"
    DECLINED = "declined"
    INVALID = "invalid"
    UNCLEAR = "unclear"
    NOT_AN_ANSWER = "not_an_answer"
    NOT_APPLICABLE = "not_applicable"
    RISK = "risk"


class Role(StrEnum):
    PRACTITIONER = "practitioner"
    TRIAGE_CLINICIAN = "triage_clinician"
    CALL_HANDLER = "call_handler"
    ADMINISTRATOR = "administrator"
    NAVIGATOR = "navigator"
    KNOWLEDGE_OFFICER = "knowledge_officer"
    SUPERVISOR = "supervisor"
    AUDITOR = "auditor"


class LeaveHow(StrEnum):
    DONE = "done"
    QUICK_EXIT = "quick_exit"
    AWAY = "away"


class EntryState(StrEnum):
    WAITING = "waiting"
    CLAIMED = "claimed"
    DONE = "done"
