"""Create judgements of the screen, concerns, emergency calls, hand-overs, sender limits, surges."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

OPEN_HAND_OVER = sa.text("ended_at IS NULL")
OPEN_LIMIT = sa.text("lifted_at IS NULL")


def _text(*names: str, nullable: bool = False) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(), nullable=nullable) for name in names]


def _time(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _of_conversation(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_conversation_id_conversation")
    return sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name=name)


def _of_enquiry(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_enquiry_id_enquiry")
    return sa.ForeignKeyConstraint(["enquiry_id"], ["enquiry.id"], name=name)


def _key(table: str, column: str = "id") -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(column, name=op.f(f"pk_{table}"))


def upgrade() -> None:
    with op.batch_alter_table("conversation") as batch:
        batch.add_column(sa.Column("address_hash", sa.String(), nullable=True))
        batch.create_index("ix_conversation_address_hash", ["address_hash"])
    op.create_table(
        "screening_review",
        *_text("id", "conversation_id"),
        sa.Column("seq", sa.Integer(), nullable=False),
        _time("at"),
        *_text("by", "verdict"),
        *_text("should_be", nullable=True),
        _of_conversation("screening_review"),
        _key("screening_review"),
    )
    op.create_index("ix_screening_review_conversation_id", "screening_review", ["conversation_id"])
    _create_records()
    _create_hand_over()
    _create_limits()


def _create_records() -> None:
    op.create_table(
        "safeguarding_record",
        *_text("id", "conversation_id", "enquiry_id"),
        _time("at"),
        *_text("by", "by_name", "category", "who", "concern", "action"),
        *_text("shared_with", nullable=True),
        _of_conversation("safeguarding_record"),
        _of_enquiry("safeguarding_record"),
        _key("safeguarding_record"),
    )
    op.create_table(
        "emergency_call",
        *_text("id", "conversation_id", "enquiry_id"),
        _time("at"),
        *_text("by", "by_name", "service", "place", "incident_reference"),
        sa.Column("checklist", sa.JSON(), nullable=False),
        _of_conversation("emergency_call"),
        _of_enquiry("emergency_call"),
        _key("emergency_call"),
    )
    for table in ("safeguarding_record", "emergency_call"):
        for column in ("conversation_id", "enquiry_id"):
            op.create_index(f"ix_{table}_{column}", table, [column])


def _create_hand_over() -> None:
    op.create_table(
        "hand_over",
        *_text("id", "from_staff", "to_staff", "signed", "summary"),
        sa.Column("entries", sa.JSON(), nullable=False),
        _time("offered_at"),
        _time("expires_at"),
        _time("ended_at", nullable=True),
        *_text("ended_how", "answer_reason", nullable=True),
        _key("hand_over"),
    )
    op.create_index(
        "ix_hand_over_open",
        "hand_over",
        ["from_staff"],
        unique=True,
        sqlite_where=OPEN_HAND_OVER,
        postgresql_where=OPEN_HAND_OVER,
    )


def _create_limits() -> None:
    op.create_table(
        "sender_limit",
        *_text("id", "subject", "kind", "conversation_id"),
        _time("at"),
        *_text("by", "reason"),
        _time("lifted_at", nullable=True),
        *_text("lifted_by", "lifted_why", nullable=True),
        _of_conversation("sender_limit"),
        _key("sender_limit"),
    )
    op.create_index("ix_sender_limit_conversation_id", "sender_limit", ["conversation_id"])
    op.create_index(
        "ix_sender_limit_open",
        "sender_limit",
        ["subject"],
        unique=True,
        sqlite_where=OPEN_LIMIT,
        postgresql_where=OPEN_LIMIT,
    )
    op.create_table(
        "surge",
        sa.Column("number", sa.Integer(), nullable=False),
        _time("at"),
        sa.Column("on", sa.Boolean(), nullable=False),
        *_text("by", "by_name", "reason"),
        _key("surge", "number"),
    )


def downgrade() -> None:
    for table in (
        "surge",
        "sender_limit",
        "hand_over",
        "emergency_call",
        "safeguarding_record",
        "screening_review",
    ):
        op.drop_table(table)
    with op.batch_alter_table("conversation") as batch:
        batch.drop_index("ix_conversation_address_hash")
        batch.drop_column("address_hash")
