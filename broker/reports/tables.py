"""Tables as files: CSV as RFC 4180 has it, CSV as Excel reads it in Indonesia, and XLSX. The same cells in each."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO, StringIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import xlsxwriter

Cell = str | int | Decimal | dt.date | None
BOM = "\ufeff"
_RUNS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""A cell of text that begins so may be taken for a formula, and then it runs."""
_WIDEST = 60


@dataclass(frozen=True, slots=True)
class Column:
    """What stands in a column: its name for programs, and for people."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under one heading. Each begins with what it is about: a code for programs and a name for people."""

    id: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, str, tuple[Cell, ...]], ...]
    """A code, a name, and a cell for each of the columns."""


HEAD = ("part", "code", "name", "figure", "value")
"""The columns of a CSV, for programs."""


def csv_of(tables: Sequence[Table]) -> bytes:
    """Return tables as one of long form, a line for each figure: RFC 4180 in UTF-8, by the names for programs."""
    lines = [
        (table.id, code, name, column.id, _said(cell, mark=".")) for table, code, name, column, cell in _cells(tables)
    ]
    return _csv([HEAD, *lines], ",").encode()


def excel_csv_of(tables: Sequence[Table], head: Sequence[str]) -> bytes:
    """Return the same as Excel opens it in Indonesia: semicolons, decimal commas, a BOM; by the names for people."""
    lines = [
        (table.title, code, name, column.label, _said(cell, mark=","))
        for table, code, name, column, cell in _cells(tables)
    ]
    return (BOM + _csv([head, *lines], ";")).encode()


def _csv(lines: Sequence[Sequence[str]], delimiter: str) -> str:
    text = StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows(lines)
    return text.getvalue()


def xlsx_of(tables: Sequence[Table]) -> bytes:
    """Return tables as a workbook with a sheet for each; figures are figures, text is never a formula."""
    import xlsxwriter  # noqa: PLC0415 - only who writes a workbook waits for it

    file = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(file, options) as book:
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        formats = _Formats(book)
        for table in tables:
            sheet = book.add_worksheet(_sheet_name(table.title))
            sheet.freeze_panes(1, 0)
            titles = ("", table.title, *(column.label for column in table.columns))
            for place, title in enumerate(titles):
                sheet.write_string(0, place, title, head)
            lines = [(code, name, *cells) for code, name, cells in table.rows]
            for line, cells in enumerate(lines, 1):
                for place, cell in enumerate(cells):
                    _write(sheet, line, place, cell, formats)
            for place, title in enumerate(titles):
                widest = max(len(title), *(len(str(line[place] or "")) for line in lines), 1)
                sheet.set_column(place, place, min(widest, _WIDEST) + 2)
    return file.getvalue()


class _Formats:
    """How cells look; each format is made once."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self.text = book.add_format({"text_wrap": True, "valign": "top"})
        self.day = book.add_format({"num_format": "yyyy-mm-dd", "align": "left", "valign": "top"})
        self._figures: dict[int, object] = {}

    def figure(self, places: int) -> object:
        """Return the format of a figure with so many decimals."""
        if places not in self._figures:
            shown = f"0.{'0' * places}" if places else "0"
            self._figures[places] = self._book.add_format({"num_format": shown, "valign": "top"})
        return self._figures[places]


def _write(sheet: xlsxwriter.worksheet.Worksheet, line: int, place: int, cell: Cell, formats: _Formats) -> None:
    match cell:
        case None:
            pass
        case dt.date():
            sheet.write_datetime(line, place, cell, formats.day)
        case Decimal():
            sheet.write_number(line, place, float(cell), formats.figure(decimals_of(cell)))
        case int():
            sheet.write_number(line, place, cell, formats.figure(0))
        case str():
            sheet.write_string(line, place, cell, formats.text)


def decimals_of(figure: Decimal) -> int:
    """Return with how many decimals a figure is said."""
    return max(0, -int(figure.as_tuple().exponent))


def harmless(text: str) -> str:
    """Return text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_RUNS) else text


def _cells(tables: Sequence[Table]) -> Iterator[tuple[Table, str, str, Column, Cell]]:
    for table in tables:
        for code, name, cells in table.rows:
            for column, cell in zip(table.columns, cells, strict=True):
                yield table, harmless(code), harmless(name), column, cell


def _said(cell: Cell, *, mark: str) -> str:
    match cell:
        case None:
            return ""
        case Decimal():
            return str(cell).replace(".", mark)
        case dt.date():
            return cell.isoformat()
        case int():
            return str(cell)
        case str():
            return harmless(cell)


def _sheet_name(title: str) -> str:
    """Return a heading as a sheet may be called: Excel takes 31 characters and not all of them."""
    return "".join(" " if sign in r"[]:*?/\\" else sign for sign in title)[:31].strip("' ") or "-"
