"""Which faults are planted in the files, at the rates of `figures.yaml`, and what should intake do with each?

Only rows of ordinary homes are spoilt by chance, each at most once. A line that cannot be split, or a date that does
not exist, must be refused; everything else must be read and put right, or read as unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from hashlib import blake2b
from heapq import nsmallest
from itertools import islice

from lift.city.extracts.lists import misspelt
from lift.city.extracts.row import Extract, Fault, Row, text
from lift.city.law.money import pounds

LEAST_ROWS = 20  # a shorter file is left clean
WHOLE = 10_000
TRIES = 12  # how many rows are looked at for one that can be spoilt
MASK, MIXER = 2**64 - 1, 0x9E3779B97F4A7C15  # 2**64 divided by the golden ratio: neighbours are spread apart
PASSING = frozenset({"row_twice", "date_impossible", "line_broken", "column_shifted"})
HARMFUL = frozenset({
    "nino_missing", "nino_placeholder", "nino_mistyped", "uprn_missing", "uprn_nought", "date_impossible",
    "birth_date_sentinel", "birth_day_and_month_swapped", "postcode_mistyped", "name_misspelt", "name_initial",
    "names_in_one", "line_broken", "column_shifted", "savings_differ",
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
    surname: str = ""
    forename: str = ""
    reference: str = ""
    joined_by: tuple[str, ...] = ()  # a row in which none of these is filled can be joined to nothing


COLUMNS = {
    "benefit_claim": Columns(nino="4", postcode="11", birth="8", other_date="35", surname="6", forename="7"),
    "council_tax_account": Columns(
        uprn="uprn",
        postcode="postcode",
        other_date="occupation_date",
        surname="lead_liab_surname",
        forename="lead_liab_forename",
    ),
    "ctr_award": Columns(
        "nino",
        "uprn",
        "post_code",
        "birth_date",
        "from_date",
        "claimant_capital_total",
        "surname",
        "forename",
        "claim_id",
    ),
    "ctr_person": Columns(birth="birth_date", surname="surname", forename="forename", reference="claim_id"),
    "universal_credit_notice": Columns(
        "Claimant NINO",
        "UPRN",
        "Postcode",
        "Claimant DOB",
        "Notification Date",
        surname="Claimant Surname",
        forename="Claimant Forename",
        reference="Claim Number",
    ),
    "pupil": Columns(
        "Parent 1 NI Number", "UPRN", "Postcode", "DOB", "FSM Start Date", surname="Legal Surname", forename="Forename"
    ),
    "contact": Columns(
        "nino",
        "uprn",
        "postcode",
        "date_of_birth",
        "verified_on",
        surname="surname",
        forename="forename",
        joined_by=("account_ref", "uprn", "nino"),
    ),
}
SENTINEL = {"benefit_claim": "01-01-1900", "contact": "1900-01-01"}
PLACEHOLDER = "ZX999999XZ"
WHOLE_NAME = "lead_liab_name"
DIGITS = str.maketrans("oOlL", "0011")


def _set(row: Row, extract: Extract, column: str, value: str, fault: Fault) -> Row:
    cells = list(row.cells)
    cells[extract.column(column)] = value
    return replace(row, cells=tuple(cells), faults=(*row.faults, fault))


def _held(row: Row, extract: Extract, column: str) -> str:
    return row.cells[extract.column(column)] if column else ""


class Spoiler:
    """Spoils one row of an extract in a named way; None where that row cannot be spoilt so."""

    def __init__(self, extract: Extract) -> None:
        self.extract = extract
        self.columns = COLUMNS[extract.kind]

    def change(
        self, row: Row, column: str, name: str, made: Callable[[str], str], effect: str = "accepted"
    ) -> Row | None:
        """The row with one filled cell changed."""
        held = _held(row, self.extract, column)
        if not held:
            return None
        return _set(row, self.extract, column, made(held), Fault(name, column, effect))

    def blanked(self, row: Row, column: str, name: str) -> Row | None:
        """The row without the number, or None where nothing else would join it to anybody."""
        others = [other for other in self.columns.joined_by if other != column]
        if others and not any(_held(row, self.extract, other) for other in others):
            return None
        return self.change(row, column, name, lambda _: "")

    def nino_missing(self, row: Row) -> Row | None:
        return self.blanked(row, self.columns.nino, "nino_missing")

    def nino_spaces(self, row: Row) -> Row | None:
        return self.change(
            row, self.columns.nino, "nino_spaces", lambda n: f"{n[:2]} {n[2:4]} {n[4:6]} {n[6:8]} {n[8:]}"
        )

    def nino_lower_case(self, row: Row) -> Row | None:
        return self.change(row, self.columns.nino, "nino_lower_case", str.lower)

    def nino_placeholder(self, row: Row) -> Row | None:
        return self.change(row, self.columns.nino, "nino_placeholder", lambda _: PLACEHOLDER)

    def nino_mistyped(self, row: Row) -> Row | None:
        """Two digits the wrong way round: a number of the right form, and not this person's."""
        return self.change(row, self.columns.nino, "nino_mistyped", lambda n: f"{n[:3]}{n[4]}{n[3]}{n[5:]}")

    def uprn_nought(self, row: Row) -> Row | None:
        changed = self.blanked(row, self.columns.uprn, "uprn_nought")
        return changed and self.change(row, self.columns.uprn, "uprn_nought", lambda _: "0")

    def postcode_mistyped(self, row: Row) -> Row | None:
        """Another last letter: the postcode of a street nearby."""
        return self.change(
            row, self.columns.postcode, "postcode_mistyped", lambda code: code[:-1] + ("Z" if code[-1] == "A" else "A")
        )

    def birth_day_and_month_swapped(self, row: Row) -> Row | None:
        """Only where both are months; 4 May stands for 5 April."""
        held = _held(row, self.extract, self.columns.birth)
        parts = held.replace("/", "-").split("-")
        if len(parts) != 3 or not all(part.isdigit() for part in parts):
            return None
        first, second, third = parts
        year_first = len(first) == 4
        day, month = (third, second) if year_first else (first, second)
        if int(day) > 12 or day == month:
            return None
        mark = "/" if "/" in held else "-"
        swapped = mark.join((first, day, month) if year_first else (month, day, third))
        return self.change(row, self.columns.birth, "birth_day_and_month_swapped", lambda _: swapped)

    def name_misspelt(self, row: Row) -> Row | None:
        if len(_held(row, self.extract, self.columns.surname)) < 5:
            return None
        return self._renamed(row, self.columns.surname, "name_misspelt", misspelt)

    def name_with_digits(self, row: Row) -> Row | None:
        """A nought typed for an O, or a one for an L."""
        held = _held(row, self.extract, self.columns.surname)
        if held[1:].translate(DIGITS) == held[1:]:
            return None
        return self._renamed(
            row, self.columns.surname, "name_with_digits", lambda name: name[0] + name[1:].translate(DIGITS)
        )

    def name_initial(self, row: Row) -> Row | None:
        return self._renamed(row, self.columns.forename, "name_initial", lambda name: name[:1])

    def _renamed(self, row: Row, column: str, name: str, made: Callable[[str], str]) -> Row | None:
        """The name changed, in the account's one-text name too."""
        held = _held(row, self.extract, column)
        changed = self.change(row, column, name, made)
        if changed is None or self.extract.kind != "council_tax_account":
            return changed
        whole = _held(row, self.extract, WHOLE_NAME)
        cells = list(changed.cells)
        cells[self.extract.column(WHOLE_NAME)] = whole.replace(held.upper(), made(held).upper(), 1)
        return replace(changed, cells=tuple(cells))

    def names_in_one(self, row: Row) -> Row | None:
        """SMITH,MR & MRS JOHN: a couple in the first name, and none in the second."""
        if self.extract.kind != "council_tax_account":
            return None
        first = [_held(row, self.extract, f"lead_liab_{part}") for part in ("surname", "title", "forename")]
        second = [_held(row, self.extract, f"liab_{part}_2") for part in ("surname", "title", "forename")]
        if not first[0] or first[0] != second[0] or first[1] == second[1]:
            return None
        surname, title, forename = (part.upper() for part in first)
        values = dict.fromkeys(("liab_name_2", "liab_title_2", "liab_forename_2", "liab_surname_2"), "")
        values |= {"lead_liab_title": "", "lead_liab_forename": "", "lead_liab_surname": ""}
        values[WHOLE_NAME] = f"{surname},{title} & {second[1].upper()} {forename}"
        cells = list(row.cells)
        for column, value in values.items():
            cells[self.extract.column(column)] = value
        return replace(row, cells=tuple(cells), faults=(*row.faults, Fault("names_in_one", WHOLE_NAME)))

    def reference_noughts_lost(self, row: Row) -> Row | None:
        """A spreadsheet took the number for one."""
        held = _held(row, self.extract, self.columns.reference)
        if not held.startswith("0"):
            return None
        return self.change(row, self.columns.reference, "reference_noughts_lost", lambda number: number.lstrip("0"))

    def uprn_missing(self, row: Row) -> Row | None:
        return self.blanked(row, self.columns.uprn, "uprn_missing")

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
        more = (500 + _number(0, "savings", row.key) % 8500) * 100
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


def spoil(extract: Extract, rates: dict[str, int], seed: int, district: int) -> Extract:
    """A district's part of a file with each fault at its rate, in the first at least once if it is long enough.

    Which row a fault falls on follows from the row's own key, so that what is wrong with a record stays wrong with it
    month after month; faults of the writing of a file (`PASSING`) fall on other rows each time.
    """
    if extract.kind not in COLUMNS or (district == 0 and len(extract.rows) < LEAST_ROWS):
        return extract
    rows = list(extract.rows)
    places = [place for place, row in enumerate(rows) if row.open]
    lasting = [_number(seed, extract.kind, rows[place].key) for place in places]
    passing = [_number(seed, extract.name, rows[place].key) for place in places]
    spoiler = Spoiler(extract)
    taken: set[int] = set()
    twice: set[int] = set()
    for name, rate in rates.items():
        count = max(int(district == 0), (len(places) * rate + WHOLE // 2) // WHOLE)
        numbers, salt = passing if name in PASSING else lasting, _number(seed, name, "")
        turned = [
            ((number ^ salt) * MIXER & MASK, place)
            for number, place in zip(numbers, places, strict=True)
            if place not in taken
        ]
        next_ones = (place for _, place in nsmallest(count * TRIES, turned))
        if name == "row_twice":
            twice = set(islice(next_ones, count)) if extract.headed else set()
            taken |= twice
        else:
            taken |= _spoil_some(rows, next_ones, count, spoiler, name)
    return replace(extract, rows=tuple(_with_repeats(rows, twice)))


def _number(seed: int, kind: str, key: str) -> int:
    return int.from_bytes(blake2b(f"{seed}:{kind}:{key}".encode(), digest_size=8).digest())


def _spoil_some(rows: list[Row], places: Iterable[int], count: int, spoiler: Spoiler, name: str) -> set[int]:
    """Spoil the first of these rows that can be spoilt so, and say which they were."""
    spoilt: set[int] = set()
    for place in places:
        if len(spoilt) == count:
            break
        changed = getattr(spoiler, name)(rows[place])
        if changed is not None:
            rows[place] = changed
            spoilt.add(place)
    return spoilt


def _with_repeats(rows: list[Row], twice: set[int]) -> list[Row]:
    """Some rows written a second time straight after the first."""
    result: list[Row] = []
    for place, row in enumerate(rows):
        result.append(row)
        if place in twice:
            result.append(replace(row, faults=(*row.faults, Fault("row_twice"))))
    return result
