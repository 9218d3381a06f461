"""Is a table whole on every width of screen?"""

from __future__ import annotations

import io
import re

import pytest
from rich.console import Console

from lift.cli.screen import Screen

_HEADINGS = ("List", "#Likely", "#Held back", "#£ a year, at least", "What it is")
_ROWS = [
    ["benefit_cap", "1,164", "fewer than 10", "£103,211", "Benefit cap that looks wrongly applied"],
    ["council_tax_reduction_not_claimed", "20", "about 20", "£1,020,672 if new", "Council Tax Reduction not claimed"],
]


def _shown(width: int, monkeypatch: pytest.MonkeyPatch) -> str:
    written = io.StringIO()
    monkeypatch.setattr(Screen, "_console", lambda self: Console(file=written, width=width, highlight=False))
    screen = Screen()
    screen.plain = False
    screen.table(_HEADINGS, _ROWS, whole=("List",), spare=("What it is",))
    return written.getvalue()


@pytest.mark.parametrize("width", range(40, 131, 3))
def test_no_figure_and_no_name_is_ever_cut(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    text = _shown(width, monkeypatch)
    assert max(map(len, text.splitlines())) <= width
    words = text.split()
    for row in _ROWS:
        for cell in row[:4]:
            assert set(cell.split()) <= set(words), (width, cell)


@pytest.mark.parametrize(("width", "kept"), [(70, False), (85, False), (86, True), (130, True)])
def test_a_spare_column_is_left_out_where_it_would_be_narrow(
    width: int, kept: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ("What it is" in _shown(width, monkeypatch)) is kept


def test_where_words_do_not_fit_side_by_side_each_row_is_a_block(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [line.rstrip() for line in _shown(50, monkeypatch).splitlines()]
    assert lines[:4] == [
        "benefit_cap",
        "    Likely: 1,164",
        "    Held back: fewer than 10",
        "    £ a year, at least: £103,211",
    ]
    assert not any(re.search("─", line) for line in lines)
