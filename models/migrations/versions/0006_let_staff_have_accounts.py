"""Let staff have accounts of their own: second step, recovery codes, lock-out, identity service."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    with op.batch_alter_table("staff_member") as batch:
        batch.add_column(sa.Column("totp_sealed", sa.String(), nullable=True))
        batch.add_column(sa.Column("totp_step", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("enrol_hash", sa.String(), nullable=True))
        batch.add_column(sa.Column("enrol_until", TIME, nullable=True))
        batch.add_column(sa.Column("identity", sa.String(), nullable=True))
        batch.create_unique_constraint("uq_staff_member_identity", ["identity"])
    op.create_table(
        "recovery_code",
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("staff_id", sa.String(), nullable=False),
        sa.Column("used_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff_member.id"], name=op.f("fk_recovery_code_staff_id_staff_member")
        ),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_recovery_code")),
    )
    op.create_index("ix_recovery_code_staff_id", "recovery_code", ["staff_id"])
    op.create_table(
        "lock_out",
        sa.Column("name_hash", sa.String(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failed_at", TIME, nullable=False),
        sa.Column("locked_until", TIME, nullable=True),
        sa.PrimaryKeyConstraint("name_hash", name=op.f("pk_lock_out")),
    )
    op.create_table(
        "identity_request",
        sa.Column("state_hash", sa.String(), nullable=False),
        sa.Column("nonce", sa.String(), nullable=False),
        sa.Column("verifier", sa.String(), nullable=False),
        sa.Column("started_at", TIME, nullable=False),
        sa.Column("answered_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("state_hash", name=op.f("pk_identity_request")),
    )


def downgrade() -> None:
    op.drop_table("identity_request")
    op.drop_table("lock_out")
    op.drop_index("ix_recovery_code_staff_id", "recovery_code")
    op.drop_table("recovery_code")
    with op.batch_alter_table("staff_member") as batch:
        batch.drop_constraint("uq_staff_member_identity", type_="unique")
        batch.drop_column("identity")
        batch.drop_column("enrol_until")
        batch.drop_column("enrol_hash")
        batch.drop_column("totp_step")
        batch.drop_column("totp_sealed")
