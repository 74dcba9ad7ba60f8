"""The statements that run with every request, on the driver itself: compiled once by it, filled row by row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, Protocol

Row = Sequence[Any]
Step = tuple[str, Row]
"""A statement, with `?` for each value, and its values."""


class Cursor(Protocol):
    """What we need of a database driver (PEP 249)."""

    def execute(self, statement: str, values: Row = ..., /) -> Any:  # noqa: ANN401 - whatever the driver returns
        """Run a statement."""
        ...

    def executemany(self, statement: str, rows: Sequence[Row], /) -> Any:  # noqa: ANN401 - the same
        """Run a statement for each row."""
        ...


class Writing:
    """Runs statements within one transaction."""

    def __init__(self, cursor: Cursor, mark: str = "?") -> None:
        """Write through a driver's cursor, which marks values in a statement by `mark`."""
        self._cursor = cursor
        self._mark = mark

    def rows(self, statement: str, rows: Sequence[Row]) -> None:
        """Run one statement for each row."""
        if rows:
            self._cursor.executemany(self._said(statement), rows)

    def steps(self, steps: Iterable[Step]) -> None:
        """Run statements in order; those that are alike and follow each other in one go."""
        for statement, some in groupby(steps, key=itemgetter(0)):
            self._cursor.executemany(self._said(statement), [row for _, row in some])

    def one(self, statement: str, row: Row) -> Row | None:
        """Return the first row that a question finds, or None."""
        self._cursor.execute(self._said(statement), row)
        found: Row | None = self._cursor.fetchone()  # type: ignore[attr-defined]  # every driver has it
        return found

    def all(self, statement: str, row: Row) -> list[Row]:
        """Return every row that a question finds."""
        self._cursor.execute(self._said(statement), row)
        found: list[Row] = self._cursor.fetchall()  # type: ignore[attr-defined]  # the same
        return found

    def _said(self, statement: str) -> str:
        return statement if self._mark == "?" else statement.replace("?", self._mark)


def insert_into(table: str, columns: str) -> str:
    """Return the statement that puts a row into a table, its values in the order of `columns`."""
    marks = ", ".join("?" for _ in columns.split(", "))
    return f"INSERT INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608 - names of ours
