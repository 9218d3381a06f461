"""Is a row as high as its text needs, and no text cut off?"""

from __future__ import annotations

import datetime
import io

import openpyxl
import pytest

from lift.stages.export.columns import Column
from lift.stages.export.workbook import MOST_HEIGHT, SMALL, USUAL, make_workbook

_WIDTH = 10  # 64 pixels to write on
_DAY = datetime.date(2026, 11, 12)


def _row(text: str) -> tuple[float, float]:
    """The height of a row with this text, and the size of its letters."""
    columns = [Column("reference", "Reference", 19), Column("facts", "Facts", _WIDTH)]
    made = make_workbook("list", _DAY, columns, [("f1", text)], [], "foot")
    sheet = openpyxl.load_workbook(io.BytesIO(made))["list"]
    return sheet.row_dimensions[2].height or 15, sheet["B2"].font.sz


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("mm mm", 1),  # 24 + 3 + 24 pixels
        ("mm mmm", 1),  # 63
        ("mmm mmm", 2),
        ("mmm mmm mmm mmm mmm", 5),
        ("mmmmm", 1),  # 60
        ("mmmmmm", 2),  # 72: wider than the column
        ("a mmmmmmmmmm", 3),
        ("mm\nmm", 2),
        ("mm\n\nmm", 3),
    ],
)
def test_each_line_has_its_height(text: str, lines: int) -> None:
    assert _row(text) == (lines * USUAL[1], USUAL[0])


def test_what_no_row_is_high_enough_for_is_written_smaller() -> None:
    most = int(MOST_HEIGHT // USUAL[1])
    assert _row("\n".join(["mm"] * most)) == (most * USUAL[1], USUAL[0])
    assert _row("\n".join(["mm"] * (most + 1))) == ((most + 1) * SMALL[1], SMALL[0])
    assert _row("\n".join(["mm"] * 60)) == (MOST_HEIGHT, SMALL[0])
