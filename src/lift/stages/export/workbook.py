"""How does a list become a workbook that opens, prints, and holds nothing but text, numbers and dates?"""

from __future__ import annotations

import datetime
import io
import textwrap
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]  # it ships no types

from lift.errors import StorageError
from lift.stages.export.columns import Cell, Column

# xlsxwriter would otherwise make formulas, links and numbers out of text that looks like them.
_AS_TEXT = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
_FORMATS: dict[str, dict[str, Any]] = {
    "text": {"text_wrap": True},
    "number": {"num_format": "0", "align": "center"},
    "money": {"num_format": "#,##0.00"},
    "date": {"num_format": "dd/mm/yyyy", "align": "left"},
}
A4, NOTE_WIDTH = 9, 105
LINE_HEIGHT = 15


def make_workbook(
    name: str,
    created: datetime.date,
    columns: Sequence[Column],
    rows: Sequence[Sequence[Cell]],
    notes: Sequence[tuple[str, str]],
) -> bytes:
    """The workbook's bytes: a sheet with the list, a sheet with its notes. The same rows give the same bytes."""
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, _AS_TEXT)
    # A fixed day in place of the clock, so that two exports of one run are the same file.
    book.set_properties({"title": name, "created": datetime.datetime.combine(created, datetime.time())})
    _list_sheet(book, name, columns, rows, notes)
    _notes_sheet(book, notes)
    book.close()
    return content.getvalue()


def _list_sheet(
    book: Any, name: str, columns: Sequence[Column], rows: Sequence[Sequence[Cell]], notes: Sequence[tuple[str, str]]
) -> None:
    sheet = book.add_worksheet(name[:31])
    heading = book.add_format({"bold": True, "text_wrap": True, "valign": "bottom", "bottom": 1, "bg_color": "#E8EEF4"})
    under = {"valign": "top", "bottom": 4, "bottom_color": "#9AA5AF"}
    formats = {kind: book.add_format(under | shown) for kind, shown in _FORMATS.items()}
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width)
        _text(sheet, 0, place, column.heading, heading)
    sheet.set_row(0, _height([(column.heading, column.width - 1) for column in columns]))
    for line, row in enumerate(rows, start=1):
        sheet.set_row(line, _height([(cell, column.width) for column, cell in zip(columns, row, strict=True)]))
        for place, (column, cell) in enumerate(zip(columns, row, strict=True)):
            _write(sheet, line, place, cell, formats[column.kind])
    sheet.freeze_panes(1, 2)
    _print_set_up(sheet, dict(notes))
    sheet.repeat_rows(0)


def _notes_sheet(book: Any, notes: Sequence[tuple[str, str]]) -> None:
    sheet = book.add_worksheet("notes")
    label = book.add_format({"bold": True, "valign": "top"})
    text = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, NOTE_WIDTH)
    for line, (name, said) in enumerate(notes):
        sheet.set_row(line, _height([(said, NOTE_WIDTH)]))
        _text(sheet, line, 0, name, label)
        _text(sheet, line, 1, said, text)
    _print_set_up(sheet, dict(notes))


def _height(cells: Sequence[tuple[Cell, int]]) -> int:
    """Room for the cell with the most lines, for nothing fits row heights to their text when a file is opened."""
    lines = 1
    for cell, width in cells:
        if isinstance(cell, str):
            lines = max(lines, sum(len(textwrap.wrap(part, max(width, 4))) or 1 for part in cell.split("\n")))
    return min(lines, 27) * LINE_HEIGHT


def _print_set_up(sheet: Any, notes: dict[str, str]) -> None:
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    told = f"{notes.get('Council', '')} · {notes.get('List', '')} · run {notes.get('Run', '')}".replace("&", "&&")
    sheet.set_footer(f"&L&8{told[:180]}&C&8Offers help only&R&8Page &P of &N")


def _write(sheet: Any, line: int, place: int, cell: Cell, shown: Any) -> None:
    if cell is None:
        sheet.write_blank(line, place, None, shown)
    elif isinstance(cell, str):
        _text(sheet, line, place, cell, shown)
    elif isinstance(cell, datetime.date):
        sheet.write_datetime(line, place, datetime.datetime.combine(cell, datetime.time()), shown)
    else:
        sheet.write_number(line, place, float(cell) if isinstance(cell, Decimal) else cell, shown)


def _text(sheet: Any, line: int, place: int, text: str, shown: Any) -> None:
    """Always a string. Excel holds 32,767 characters in a cell, and a longer text would be cut without a word."""
    if sheet.write_string(line, place, text, shown) != 0:
        raise StorageError(
            f"row {line + 1}, column {place + 1}: its text is too long for a spreadsheet. Shorten it at its source."
        )
