"""Let a clock watch one task, a task or clock stand without an enquiry, and a miss be explained."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("clock") as batch:
        batch.add_column(sa.Column("task_id", sa.String(), nullable=True))
        batch.alter_column("enquiry_id", existing_type=sa.String(), nullable=True)
        batch.create_index("ix_clock_task_id", ["task_id"])
    with op.batch_alter_table("task") as batch:
        batch.alter_column("enquiry_id", existing_type=sa.String(), nullable=True)
    op.create_table(
        "clock_explanation",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("clock_id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clock_id"], ["clock.id"], name=op.f("fk_clock_explanation_clock_id_clock")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_explanation")),
    )
    op.create_index("ix_clock_explanation_clock_id", "clock_explanation", ["clock_id"])


def downgrade() -> None:
    op.drop_table("clock_explanation")
    with op.batch_alter_table("task") as batch:
        batch.alter_column("enquiry_id", existing_type=sa.String(), nullable=False)
    with op.batch_alter_table("clock") as batch:
        batch.drop_index("ix_clock_task_id")
        batch.alter_column("enquiry_id", existing_type=sa.String(), nullable=False)
        batch.drop_column("task_id")
