"""The rows. SQLModel declares tables only: statements build and change them, never ORM hooks."""

from models.tables.columns import METADATA
from models.tables.conversation import (
    conversations,
    events,
    messages,
    outbox,
    participants,
    readings,
)
from models.tables.directory import (
    directory_areas,
    directory_at_locations,
    directory_attributes,
    directory_costs,
    directory_languages,
    directory_organizations,
    directory_phones,
    directory_questions,
    directory_schedules,
    directory_services,
    directory_taxonomies,
    directory_terms,
    unmet_needs,
)
from models.tables.enquiry import clock_explanations, clocks, enquiries, tasks, timers
from models.tables.live import (
    emergency_calls,
    hand_overs,
    safeguarding_records,
    screening_reviews,
    sender_limits,
    surges,
)
from models.tables.queue import claims, queue_entries, tallies, transfers
from models.tables.staff import audit_rows, presences, staff_members, staff_sessions

__all__ = [
    "METADATA",
    "audit_rows",
    "claims",
    "clock_explanations",
    "clocks",
    "conversations",
    "directory_areas",
    "directory_at_locations",
    "directory_attributes",
    "directory_costs",
    "directory_languages",
    "directory_organizations",
    "directory_phones",
    "directory_questions",
    "directory_schedules",
    "directory_services",
    "directory_taxonomies",
    "directory_terms",
    "emergency_calls",
    "enquiries",
    "events",
    "hand_overs",
    "messages",
    "outbox",
    "participants",
    "presences",
    "queue_entries",
    "readings",
    "safeguarding_records",
    "screening_reviews",
    "sender_limits",
    "staff_members",
    "staff_sessions",
    "surges",
    "tallies",
    "tasks",
    "timers",
    "transfers",
    "unmet_needs",
]
