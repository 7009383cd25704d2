"""Create the directory of services, its text search and the unmet needs."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = (
    "directory_schedule",
    "directory_phone",
    "directory_language",
    "directory_cost",
    "directory_attribute",
    "directory_at_location",
    "directory_area",
    "directory_term",
    "directory_service",
    "unmet_need",
    "directory_taxonomy",
    "directory_question",
    "directory_organization",
)
"""In the order in which they can be dropped."""


def upgrade() -> None:
    op.create_table(
        "directory_organization",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("url", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_organization")),
    )
    op.create_table(
        "directory_question",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("service_id", sa.String(), nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("answered_by", sa.String(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_question")),
    )
    op.create_table(
        "directory_taxonomy",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_taxonomy")),
    )
    op.create_table(
        "unmet_need",
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("district", sa.String(), nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "month", "topic", "district", "audience", name=op.f("pk_unmet_need")
        ),
    )
    op.create_table(
        "directory_service",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("organization_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("alert", sa.String(), nullable=True),
        sa.Column("application_process", sa.String(), nullable=True),
        sa.Column("fees_description", sa.String(), nullable=True),
        sa.Column("eligibility_description", sa.String(), nullable=True),
        sa.Column("minimum_age", sa.Integer(), nullable=True),
        sa.Column("maximum_age", sa.Integer(), nullable=True),
        sa.Column("assured_date", sa.Date(), nullable=True),
        sa.Column("assurer_email", sa.String(), nullable=True),
        sa.Column("last_modified", sa.DateTime(timezone=True), nullable=False),
        sa.Column("own", sa.JSON(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("is_shown", sa.Boolean(), nullable=False),
        sa.Column("is_local", sa.Boolean(), nullable=False),
        sa.Column("is_free", sa.Boolean(), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reviewed_by", sa.String(), nullable=True),
        sa.Column("retired_reason", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["directory_organization.id"],
            name=op.f("fk_directory_service_organization_id_directory_organization"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_service")),
    )
    with op.batch_alter_table("directory_service", schema=None) as batch_op:
        batch_op.create_index("ix_directory_service_place", ["latitude", "longitude"], unique=False)
        batch_op.create_index("ix_directory_service_shown", ["is_shown", "is_local"], unique=False)

    op.create_table(
        "directory_term",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("taxonomy", sa.String(), nullable=False),
        sa.Column("taxonomy_id", sa.String(), nullable=True),
        sa.Column("parent_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["taxonomy_id"],
            ["directory_taxonomy.id"],
            name=op.f("fk_directory_term_taxonomy_id_directory_taxonomy"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_term")),
    )
    with op.batch_alter_table("directory_term", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_directory_term_code"), ["code"], unique=False)

    op.create_table(
        "directory_area",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("service_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["directory_service.id"],
            name=op.f("fk_directory_area_service_id_directory_service"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_area")),
    )
    with op.batch_alter_table("directory_area", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_directory_area_service_id"), ["service_id"], unique=False
        )

    op.create_table(
        "directory_at_location",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("service_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("location_id", sa.String(), nullable=False),
        sa.Column("location_type", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("addresses", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["directory_service.id"],
            name=op.f("fk_directory_at_location_service_id_directory_service"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_at_location")),
    )
    with op.batch_alter_table("directory_at_location", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_directory_at_location_service_id"), ["service_id"], unique=False
        )

    op.create_table(
        "directory_attribute",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("service_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("taxonomy_term_id", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["directory_service.id"],
            name=op.f("fk_directory_attribute_service_id_directory_service"),
        ),
        sa.ForeignKeyConstraint(
            ["taxonomy_term_id"],
            ["directory_term.id"],
            name=op.f("fk_directory_attribute_taxonomy_term_id_directory_term"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_attribute")),
    )
    with op.batch_alter_table("directory_attribute", schema=None) as batch_op:
        batch_op.create_index("ix_directory_attribute_code", ["code", "service_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_directory_attribute_service_id"), ["service_id"], unique=False
        )

    op.create_table(
        "directory_cost",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("service_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("option", sa.String(), nullable=True),
        sa.Column("currency", sa.String(), nullable=True),
        sa.Column("amount", sa.Float(), nullable=True),
        sa.Column("amount_description", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["directory_service.id"],
            name=op.f("fk_directory_cost_service_id_directory_service"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_cost")),
    )
    with op.batch_alter_table("directory_cost", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_directory_cost_service_id"), ["service_id"], unique=False
        )

    op.create_table(
        "directory_language",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("service_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["directory_service.id"],
            name=op.f("fk_directory_language_service_id_directory_service"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_language")),
    )
    with op.batch_alter_table("directory_language", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_directory_language_service_id"), ["service_id"], unique=False
        )

    op.create_table(
        "directory_phone",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("service_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=True),
        sa.Column("description", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["directory_service.id"],
            name=op.f("fk_directory_phone_service_id_directory_service"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_phone")),
    )
    with op.batch_alter_table("directory_phone", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_directory_phone_service_id"), ["service_id"], unique=False
        )

    op.create_table(
        "directory_schedule",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("service_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("freq", sa.String(), nullable=True),
        sa.Column("interval", sa.Integer(), nullable=True),
        sa.Column("byday", sa.String(), nullable=True),
        sa.Column("opens_at", sa.String(), nullable=True),
        sa.Column("closes_at", sa.String(), nullable=True),
        sa.Column("description", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["directory_service.id"],
            name=op.f("fk_directory_schedule_service_id_directory_service"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_schedule")),
    )
    with op.batch_alter_table("directory_schedule", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_directory_schedule_service_id"), ["service_id"], unique=False
        )

    _create_text_search()


def _create_text_search() -> None:
    """FTS5 on SQLite, tsvector on PostgreSQL: one row a service, written with it."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE directory_text USING fts5("
            "service_id UNINDEXED, name, words, tokenize = 'porter unicode61')"
        )
        return
    op.execute(
        "CREATE TABLE directory_text ("
        "service_id varchar PRIMARY KEY REFERENCES directory_service (id), words tsvector NOT NULL)"
    )
    op.execute("CREATE INDEX ix_directory_text_words ON directory_text USING gin (words)")


def downgrade() -> None:
    op.execute("DROP TABLE directory_text")
    for name in TABLES:
        op.drop_table(name)
