"""Runs migrations on the connection that models.migrate hands over."""

from alembic import context
from sqlmodel import SQLModel

OWN_OF_THE_DATABASE = "directory_text"
"""Tables of the text search: virtual on SQLite, so no SQLModel class declares them."""


def _is_declared(_object: object, name: str | None, *_more: object) -> bool:
    return name is None or not name.startswith(OWN_OF_THE_DATABASE)


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    transaction_per_migration=True,
    compare_type=True,
    include_object=_is_declared,
)
with context.begin_transaction():
    context.run_migrations()
