"""Which faults are planted in the files, at the rates of `figures.yaml`, and what should intake do with each?

Only rows of ordinary homes are spoilt by chance, each at most once. A line that cannot be split, or a date that does
not exist, must be refused; everything else must be read and put right, or read as unknown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random

from lift.city.extracts.row import Extract, Fault, Row, text
from lift.city.law.money import pounds
from lift.city.places import stream

LEAST_ROWS = 20  # a shorter file is left clean
HARMFUL = frozenset({
    "nino_missing", "nino_placeholder", "uprn_missing", "date_impossible", "birth_date_sentinel", "line_broken",
    "column_shifted", "savings_differ",
})  # fmt: skip


@dataclass(frozen=True)
class Columns:
    """Where a kind of extract keeps what can be spoilt; an empty name is a column it lacks."""

    nino: str = ""
    uprn: str = ""
    postcode: str = ""
    birth: str = ""
    other_date: str = ""
    capital: str = ""


COLUMNS = {
    "benefit_claim": Columns(nino="4", postcode="11", birth="8", other_date="35"),
    "council_tax_account": Columns(uprn="uprn", postcode="postcode", other_date="occupation_date"),
    "ctr_award": Columns("nino", "uprn", "post_code", "birth_date", "from_date", "claimant_capital_total"),
    "ctr_person": Columns(birth="birth_date"),
    "universal_credit_notice": Columns("Claimant NINO", "UPRN", "Postcode", "Claimant DOB", "Notification Date"),
    "pupil": Columns("Parent 1 NI Number", "UPRN", "Postcode", "DOB", "FSM Start Date"),
    "contact": Columns("nino", "uprn", "postcode", "date_of_birth", "verified_on"),
}
SENTINEL = {"benefit_claim": "01-01-1900", "contact": "1900-01-01"}
PLACEHOLDER = "ZX999999XZ"


def _set(row: Row, extract: Extract, column: str, value: str, fault: Fault) -> Row:
    cells = list(row.cells)
    cells[extract.column(column)] = value
    return replace(row, cells=tuple(cells), faults=(*row.faults, fault))


def _held(row: Row, extract: Extract, column: str) -> str:
    return row.cells[extract.column(column)] if column else ""


class Spoiler:
    """Spoils one row of an extract in a named way; None where that row cannot be spoilt so."""

    def __init__(self, extract: Extract, chance: Random) -> None:
        self.extract, self.chance = extract, chance
        self.columns = COLUMNS[extract.kind]

    def change(
        self, row: Row, column: str, name: str, made: Callable[[str], str], effect: str = "accepted"
    ) -> Row | None:
        """The row with one filled cell changed."""
        held = _held(row, self.extract, column)
        if not held:
            return None
        return _set(row, self.extract, column, made(held), Fault(name, column, effect))

    def nino_missing(self, row: Row) -> Row | None:
        return self.change(row, self.columns.nino, "nino_missing", lambda _: "")

    def nino_spaces(self, row: Row) -> Row | None:
        return self.change(
            row, self.columns.nino, "nino_spaces", lambda n: f"{n[:2]} {n[2:4]} {n[4:6]} {n[6:8]} {n[8:]}"
        )

    def nino_lower_case(self, row: Row) -> Row | None:
        return self.change(row, self.columns.nino, "nino_lower_case", str.lower)

    def nino_placeholder(self, row: Row) -> Row | None:
        return self.change(row, self.columns.nino, "nino_placeholder", lambda _: PLACEHOLDER)

    def uprn_missing(self, row: Row) -> Row | None:
        return self.change(row, self.columns.uprn, "uprn_missing", lambda _: "")

    def uprn_leading_noughts(self, row: Row) -> Row | None:
        return self.change(row, self.columns.uprn, "uprn_leading_noughts", lambda number: number.zfill(12))

    def postcode_without_space(self, row: Row) -> Row | None:
        return self.change(
            row, self.columns.postcode, "postcode_without_space", lambda code: code.replace(" ", "").lower()
        )

    def date_impossible(self, row: Row) -> Row | None:
        wrong = "31-02-2024" if self.extract.kind == "benefit_claim" else "31/02/2024"
        return self.change(row, self.columns.other_date, "date_impossible", lambda _: wrong, "refused")

    def birth_date_sentinel(self, row: Row) -> Row | None:
        nobody = SENTINEL.get(self.extract.kind, "01/01/1900")
        return self.change(row, self.columns.birth, "birth_date_sentinel", lambda _: nobody)

    def savings_differ(self, row: Row) -> Row | None:
        more = self.chance.randrange(500, 9000) * 100
        return self.change(
            row, self.columns.capital, "savings_differ", lambda held: pounds(int(held.replace(".", "")) + more)
        )

    def line_broken(self, row: Row) -> Row | None:
        """The line stops in the middle."""
        whole = text(row, self.extract)
        cut = whole.rindex(self.extract.delimiter, 0, len(whole) * 2 // 3)
        return replace(row, broken=whole[:cut], faults=(*row.faults, Fault("line_broken", "", "refused")))

    def column_shifted(self, row: Row) -> Row | None:
        """An extra delimiter early in the line, as an address brings that nobody quoted."""
        whole = text(row, self.extract)
        mark = self.extract.delimiter
        if '"' in whole:
            return None
        shifted = whole.replace(mark, mark + mark, 1)
        return replace(row, broken=shifted, faults=(*row.faults, Fault("column_shifted", "", "refused")))


def spoil(extract: Extract, rates: dict[str, int], seed: int) -> Extract:
    """The extract with each fault at its rate, at least once in a file long enough."""
    if extract.kind not in COLUMNS or len(extract.rows) < LEAST_ROWS:
        return extract
    chance = stream(seed, "mess", extract.name)
    rows = list(extract.rows)
    left = [place for place, row in enumerate(rows) if row.open]
    chance.shuffle(left)
    spoiler = Spoiler(extract, chance)
    for name, rate in rates.items():
        if name != "row_twice":
            _spoil_some(rows, left, max(1, len(rows) * rate // 10_000), getattr(spoiler, name))
    twice = set(left[: max(1, len(rows) * rates["row_twice"] // 10_000)]) if extract.headed else set()
    return replace(extract, rows=tuple(_with_repeats(rows, twice)))


def _spoil_some(rows: list[Row], left: list[int], count: int, how: Callable[[Row], Row | None]) -> None:
    """Spoil the next rows that can be spoilt so, and take them out of what is left."""
    for place in list(left):
        if count == 0:
            return
        spoilt = how(rows[place])
        if spoilt is not None:
            rows[place] = spoilt
            left.remove(place)
            count -= 1


def _with_repeats(rows: list[Row], twice: set[int]) -> list[Row]:
    """Some rows written a second time straight after the first."""
    result: list[Row] = []
    for place, row in enumerate(rows):
        result.append(row)
        if place in twice:
            result.append(replace(row, faults=(*row.faults, Fault("row_twice"))))
    return result
