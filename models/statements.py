"""Statements that are made once: making one anew takes longer than running it. Holds no rules.

What changes from one run to the next is given as parameters, by the names of columns; the value
that a row is found by is given as `KEY`.
"""

from functools import cache
from typing import Any, Final

from sqlalchemy import Column, Insert, Select, Table, Update, bindparam, insert, select, update
from sqlalchemy.sql.dml import ReturningInsert, ReturningUpdate

KEY: Final = "its_key"


@cache
def adding(table: Table) -> Insert:
    """One row, given by its columns."""
    return insert(table)


@cache
def added(table: Table) -> ReturningInsert[Any]:
    """One row, given by its columns; yields it as it stands."""
    return insert(table).returning(*table.c)


@cache
def where(column: Column[Any]) -> Select[Any]:
    """The rows whose `column` is KEY."""
    return select(column.table).where(column == bindparam(KEY))


@cache
def locked(column: Column[Any]) -> Select[Any]:
    """As `where`, locked until the commit."""
    return where(column).with_for_update()


@cache
def changing(column: Column[Any]) -> Update:
    """The rows whose `column` is KEY; what is to be written is given by its columns."""
    return update(column.table).where(column == bindparam(KEY))


@cache
def changed(column: Column[Any]) -> ReturningUpdate[Any]:
    """As `changing`; yields the rows as they now stand."""
    return changing(column).returning(*column.table.c)
