"""Are the rows of a table that a value reaches shown, and those alone?"""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from lift.cli.told_figures import rows_in_words
from lift.rulebook.answers import Range, Value
from lift.rulebook.load import load_rulebook
from lift.rulebook.model import Cell, Rulebook, Table, TableKey
from lift.rulebook.nodes import Type
from lift.stages.explain import ShownTable


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return load_rulebook(examples=False)


def _support(book: Rulebook) -> tuple[Table, ShownTable]:
    table = next(table for name, table in book.tables.items() if name.endswith("support_share"))
    start, rows = table.versions[-1]
    return table, ShownTable(table.name, start, table.cite, rows)


def _pounds(low: str | None, high: str | None) -> Range:
    return Range(*(None if end is None else Fraction(end) for end in (low, high)))


@pytest.mark.parametrize(
    ("at", "told"),
    [
        (_pounds("0", "0"), "from £0.00 a week: 0.8"),
        (_pounds("14.99", "14.99"), "from £0.00 a week: 0.8"),
        (_pounds("15", "15"), "from £15.00 a week: 0.65"),
        (_pounds("15.01", "15.01"), "from £15.00 a week: 0.65"),
        (_pounds("14.99", "40"), "from £0.00 a week: 0.8; from £15.00 a week: 0.65; from £40.00 a week: 0.4"),
        (_pounds("70", None), "from £70.00 a week: 0.2; from £80.00 a week: 0"),
        (_pounds(None, "0"), "from £0.00 a week: 0.8"),
        (
            None,
            "from £0.00 a week: 0.8; from £15.00 a week: 0.65; from £40.00 a week: 0.4; from £70.00 a week: 0.2; "
            "and 1 more row",
        ),
    ],
)
def test_bands_at_their_edges(book: Rulebook, at: Value, told: str) -> None:
    assert rows_in_words(*_support(book), [at]) == told


def test_rows_by_code_and_band_with_a_cell_that_is_not_sure() -> None:
    area, rooms = TableKey("area", Type("code"), False), TableKey("rooms", Type("number"), True)
    sure, weak = Cell(Fraction(90), "verified"), Cell(Fraction(120), "projected", (Fraction(100), Fraction(130)))
    rows = tuple(
        ((code, Fraction(number)), cell) for code in ("north_east", "south") for number, cell in ((1, sure), (3, weak))
    )
    table = Table("rent", Type("number"), (area, rooms), "", "run_day", ((date(2026, 4, 1), rows),), None)  # type: ignore[arg-type]
    found = ShownTable("rent", date(2026, 4, 1), "", rows)
    assert rows_in_words(table, found, ["north_east", _pounds("2", "2")]) == "north east, from 1: 90"
    assert rows_in_words(table, found, ["south", _pounds("3", "3")]) == (
        "south, from 3: 120 (not sure, counts as from 100 to 130)"
    )
    assert found.status == "verified, projected"
