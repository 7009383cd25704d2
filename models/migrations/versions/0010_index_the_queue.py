"""Index the queue: by the order that serves it, and by when people joined it."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_queue_entry_order", "queue_entry", ["state", "rank", "sort_at", "id"])
    op.create_index("ix_queue_entry_queued_at", "queue_entry", ["queued_at"])


def downgrade() -> None:
    op.drop_index("ix_queue_entry_queued_at", "queue_entry")
    op.drop_index("ix_queue_entry_order", "queue_entry")
