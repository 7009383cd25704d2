"""Let the audit log be searched by whom, about what and when, however long it is."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None
COLUMNS = ("at", "actor", "subject")


def upgrade() -> None:
    for column in COLUMNS:
        op.create_index(op.f(f"ix_audit_row_{column}"), "audit_row", [column])


def downgrade() -> None:
    for column in COLUMNS:
        op.drop_index(op.f(f"ix_audit_row_{column}"), "audit_row")
