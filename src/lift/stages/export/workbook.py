"""How does a table become a workbook that opens, prints, and holds nothing but text, numbers and dates?"""

from __future__ import annotations

import datetime
import io
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]  # it ships no types
from xlsxwriter.utility import xl_pixel_width  # type: ignore[import-untyped]

from lift.errors import StorageError
from lift.stages.export.columns import Column
from lift.workspace.cells import Cell, clean

# xlsxwriter would otherwise make formulas, links and numbers out of text that looks like them.
_AS_TEXT = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
_FORMATS: dict[str, dict[str, Any]] = {
    # Text stays text also when somebody edits the cell.
    "text": {"text_wrap": True, "quote_prefix": True},
    "number": {"num_format": "0", "align": "center"},
    "date": {"num_format": "dd/mm/yyyy", "align": "left"},
}
A4, NOTE_WIDTH = 9, 112
MOST_HEIGHT = 408.75  # points; no spreadsheet makes a row higher
DIGIT, SPACE, WIDEST, PADDING = 7, 3, 13, 6  # pixels of Calibri 11; a column's width counts its digits
# Arial is on every computer, or another of the same measures; size 10 is as wide as Calibri 11, and its lines are of
# nearly one height in all programs. What needs a higher row than there is, is written smaller.
FONT = "Arial"
USUAL, SMALL = (10, 12.75), (8, 11.25)  # size, and height of a line, in points
_LETTERS: dict[str, Any] = {"font_name": FONT, "font_size": USUAL[0]}
MOST_CHARACTERS = 32_767  # in a cell; a longer text would be cut without a word


def make_workbook(
    name: str,
    created: datetime.date,
    columns: Sequence[Column],
    rows: Sequence[Sequence[Cell]],
    notes: Sequence[tuple[str, str]],
    footer: str,
) -> bytes:
    """The workbook's bytes: a sheet with the table, a sheet with its notes. The same rows give the same bytes.
    `footer`: what stands at the foot of each printed page."""
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, _AS_TEXT)
    # A fixed day in place of the clock, so that two exports of one run are the same file.
    book.set_properties({"title": name, "created": datetime.datetime.combine(created, datetime.time())})
    _table_sheet(book, name, columns, rows, footer)
    _notes_sheet(book, notes, footer)
    book.close()
    # A workbook and its sheets hold one another, and an export looks for no circles (`collecting`): all their cells
    # would stay in memory to its end.
    vars(book).clear()
    return content.getvalue()


def _table_sheet(book: Any, name: str, columns: Sequence[Column], rows: Sequence[Sequence[Cell]], footer: str) -> None:
    sheet = book.add_worksheet(name[:31])
    heading = book.add_format(
        _LETTERS | {"bold": True, "text_wrap": True, "valign": "bottom", "bottom": 1, "bg_color": "#E8EEF4"}
    )
    lines = {"bottom": 4, "bottom_color": "#9AA5AF", "left": 4, "left_color": "#C9D1D9"}
    under = {"valign": "top"} | lines
    formats = {
        (size, kind): book.add_format(_LETTERS | under | shown | {"font_size": size})
        for size, _ in (USUAL, SMALL)
        for kind, shown in _FORMATS.items()
    }
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width)
        _text(sheet, 0, place, column.heading, heading)
        if column.choices and rows:
            # The choices are the program's own words, in the cell's rule itself: no hidden sheet, name or formula.
            sheet.data_validation(
                1,
                place,
                len(rows),
                place,
                {"validate": "list", "source": list(column.choices), "error_type": "warning"},
            )
    sheet.set_row(0, _height([(column.heading, column.width - 1) for column in columns]))
    for line, row in enumerate(rows, start=1):
        cells = [(cell, column.width) for column, cell in zip(columns, row, strict=True)]
        letters = USUAL
        if (height := _height(cells)) > MOST_HEIGHT:
            letters = SMALL
            height = _height(cells, SMALL)
        sheet.set_row(line, min(height, MOST_HEIGHT))
        for place, (column, cell) in enumerate(zip(columns, row, strict=True)):
            _write(sheet, line, place, cell, formats[letters[0], column.kind])
    sheet.freeze_panes(1, 2)
    _print_set_up(sheet, footer)
    sheet.repeat_rows(0)


def _notes_sheet(book: Any, notes: Sequence[tuple[str, str]], footer: str) -> None:
    sheet = book.add_worksheet("notes")
    label = book.add_format(_LETTERS | {"bold": True, "valign": "top", "text_wrap": True})
    text = book.add_format(_LETTERS | {"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 20)
    sheet.set_column(1, 1, NOTE_WIDTH)
    for line, (name, said) in enumerate(notes):
        sheet.set_row(line, min(_height([(said, NOTE_WIDTH)]), MOST_HEIGHT))
        _text(sheet, line, 0, name, label)
        _text(sheet, line, 1, clean(said), text)
    _print_set_up(sheet, footer)
    sheet.fit_to_pages(1, 1)


def _height(cells: Sequence[tuple[Cell, int]], letters: tuple[int, float] = USUAL) -> float:
    """Room for the cell with the most lines, for not every program fits row heights to their text when it opens a
    file."""
    size, high = letters
    lines = 1
    for cell, width in cells:
        if isinstance(cell, str):
            room = (width * DIGIT - PADDING) * USUAL[0] // size
            surely, mine = room // WIDEST, 0
            for part in cell.split("\n"):
                mine += 1 if len(part) <= surely else _lines(part, room)
            lines = max(lines, mine)
    return lines * high


@lru_cache(1 << 16)
def _lines(part: str, room: int) -> int:
    """How many lines a text is wrapped into, by how wide each of its words is in the font of the sheet. A word wider
    than the column goes on in the next line; at hyphens a program may break, which can only save room."""
    lines, left = 1, room
    for word in part.split(" "):
        width = _width(word)
        if width > left:
            lines, left = (lines + 1, room) if left < room else (lines, left)
            lines, left = lines + (width - 1) // room, room - (width - 1) % room - 1
        else:
            left -= width
        left -= SPACE
    return lines


@lru_cache(1 << 16)
def _width(word: str) -> int:
    return int(xl_pixel_width(word))


FOOTER = 90  # letters that fit into the left half of a page's foot


def _print_set_up(sheet: Any, footer: str) -> None:
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    shown = clean(footer)
    shown = shown if len(shown) <= FOOTER else f"{shown[: FOOTER - 1]}…"
    sheet.set_footer(f"&L&8{shown.replace('&', '&&')}&C&8Offers help only&R&8Page &P of &N")


def _write(sheet: Any, line: int, place: int, cell: Cell, shown: Any) -> None:
    if cell is None:
        sheet.write_blank(line, place, None, shown)
    elif isinstance(cell, str):
        _text(sheet, line, place, clean(cell), shown)
    elif isinstance(cell, datetime.date):
        sheet.write_datetime(line, place, datetime.datetime.combine(cell, datetime.time()), shown)
    else:
        sheet.write_number(line, place, cell, shown)


def _text(sheet: Any, line: int, place: int, text: str, shown: Any) -> None:
    """Always a string."""
    if text.startswith("<r>") and text.endswith("</r>"):
        text = f" {text}"  # XlsxWriter would write it as the markup of a rich string
    if len(text) > MOST_CHARACTERS or sheet.write_string(line, place, text, shown) != 0:
        raise StorageError(
            f"row {line + 1}, column {place + 1}: its text is too long for a spreadsheet. Shorten it at its source."
        )
