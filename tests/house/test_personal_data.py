"""No table can be added without saying what becomes of it when a conversation is erased."""

from chat import held
from models.tables import METADATA

WORDLESS = {"BOOLEAN", "DATETIME", "FLOAT", "INTEGER"}
OURS = {name for name in METADATA.tables if not name.startswith("directory_")}


def test_every_table_is_erased_with_its_conversation_or_says_why_not():
    erased = {table.name for table, _ in held.tables()}
    assert erased | set(held.OF_NO_PERSON) == OURS | {"directory_question"}
    assert not erased & set(held.OF_NO_PERSON)


def test_every_text_that_an_erasure_leaves_is_classed():
    unclassed = [
        f"{name}.{column.name}"
        for name in held.OF_NO_PERSON
        for column in METADATA.tables[name].c
        if str(column.type) not in WORDLESS
        and column.name not in held.WRITTEN_BY_STAFF.get(name, frozenset()) | held.NAMES_AND_CODES
    ]
    assert unclassed == []


def test_what_is_classed_is_there():
    for name, columns in held.WRITTEN_BY_STAFF.items():
        assert columns <= set(METADATA.tables[name].c.keys()), name
