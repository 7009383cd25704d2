"""No table can be added without saying what becomes of it when a conversation is erased."""

from chat import held
from models.tables import METADATA

OURS = {name for name in METADATA.tables if not name.startswith("directory_")}


def test_every_table_is_erased_with_its_conversation_or_says_why_not():
    erased = {table.name for table, _ in held.tables()}
    assert erased | set(held.OF_NO_PERSON) == OURS | {"directory_question"}
    assert not erased & set(held.OF_NO_PERSON)
