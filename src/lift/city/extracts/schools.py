"""What do the school rolls say, as two school systems list them?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from lift.city.extracts.row import SLASHED, Extract, Row, cells, day, flag
from lift.city.names import PRIMARIES, SCHOOLS
from lift.city.people import Family, Home, Person

HEADINGS = (
    "Census Date", "UPN", "Legal Surname", "Forename", "DOB", "Sex", "NC Year", "School URN", "School Name",
    "Address Line 1", "Address Line 2", "Town", "Postcode", "UPRN", "FSM Eligible", "FSM Start Date", "FSM Category",
    "FSM Country", "Parent 1 Title", "Parent 1 Surname", "Parent 1 Forename", "Parent 1 NI Number", "Parent 1 DOB",
    "Parent 1 Relationship", "Parent 1 Telephone",
)  # fmt: skip
SHORT = "%d-%b-%y"  # 02-Jan-06, as one system writes dates of birth
CATEGORIES = {"targeted": "TFSM", "expanded": "EFSM", "": ""}
FIRST_URN = 999001
STREET_LIMIT = 30


def is_primary(child: Person) -> bool:
    return child.pupil is not None and child.pupil.school < PRIMARIES


def _parent(family: Family, form: str, phones: dict[str, str]) -> dict[str, str]:
    one = family.claimant
    return {
        "Parent 1 Title": one.title,
        "Parent 1 Surname": one.surname,
        "Parent 1 Forename": one.forename,
        "Parent 1 NI Number": one.nino,
        "Parent 1 DOB": day(one.born, form),
        "Parent 1 Relationship": "Mother" if one.sex == "female" else "Father",
        "Parent 1 Telephone": phones.get(one.id, ""),
    }


def _row(home: Home, family: Family, child: Person, on: date, phones: dict[str, str]) -> Row:
    pupil, dwelling = child.pupil, home.dwelling
    if pupil is None:
        raise ValueError("only a pupil stands on a roll")
    form = SLASHED if is_primary(child) else SHORT
    values = {
        "Census Date": day(on),
        "UPN": pupil.upn,
        "Legal Surname": child.surname,
        "Forename": child.forename,
        "DOB": day(child.born, form),
        "Sex": child.sex[0].upper(),
        "NC Year": pupil.year_group,
        "School URN": str(FIRST_URN + pupil.school),
        "School Name": SCHOOLS[pupil.school],
        "Address Line 1": dwelling.lines[0][:STREET_LIMIT],
        "Address Line 2": dwelling.lines[1][:STREET_LIMIT],
        "Town": dwelling.lines[2],
        "Postcode": dwelling.postcode,
        "UPRN": dwelling.uprn if is_primary(child) else "",
        "FSM Eligible": flag(pupil.meals_registered),
        "FSM Start Date": day(pupil.meals_start),
        "FSM Category": CATEGORIES[pupil.meals_category],
        "FSM Country": "ENG",
    }
    if pupil.parent_on_roll:
        values |= _parent(family, form, phones)
    named = (child.id, family.claimant.id) if pupil.parent_on_roll else (child.id,)
    return Row(cells(HEADINGS, values), named, dwelling.index, not home.trap, pupil.upn)


def rows(home: Home, on: date, phones: dict[str, str], primary: bool) -> Iterator[Row]:
    for family in home.families:
        for child in family.children:
            if child.pupil is not None and is_primary(child) == primary:
                yield _row(home, family, child, on, phones)


def extract(found: tuple[Row, ...], on: date, primary: bool) -> Extract:
    """The primary schools' file begins with a byte order mark, as a spreadsheet leaves it."""
    name = "primary" if primary else "secondary"
    encoding = "utf-8-sig" if primary else "utf-8"
    return Extract(f"school_roll_{name}_{on.isoformat()}.csv", "pupil", HEADINGS, found, encoding=encoding)
