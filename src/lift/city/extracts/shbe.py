"""What does the Single Housing Benefit Extract say: pipe-delimited records of 341 positions, whole pence a week?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from lift.city.claims import benefit_ref
from lift.city.extracts.row import DASHED, Extract, Row, day
from lift.city.extracts.shown import state_pension_shown
from lift.city.figures import Figures
from lift.city.law.pension_credit import tariff_income
from lift.city.people import Claim, Dwelling, Family, Home, Person

POSITIONS = 341
HEADINGS = tuple(str(position) for position in range(1, POSITIONS + 1))
AUTHORITY = "9990"
PASSPORT = {"guarantee": "2", "standard": "4", "universal_credit": "6"}  # the number for Universal Credit is not public
TENANCY = {"council": "1", "private": "3", "housing_association": "4", "owner": "5", "mortgage": "5"}
NOT_OWNER_REDUCTION_ONLY = "7"
STATUS = {"live": "1", "suspended": "2", "ended": "0", "refused": "0"}
OPEN_END = "31-12-2099"

# Positions that a standard claim fills with nought where there is no such income. Attendance Allowance and DLA are
# filled only where recorded; Child Benefit has been ignored since 2009 and is left blank.
CLAIMANT_INCOME = (
    30, *range(76, 82), 83, 86, *range(87, 99), *range(101, 115), 183, 185, 187, 189, 292, 294, 296,
)  # fmt: skip
PARTNER_INCOME = (
    31, *range(133, 139), 140, *range(142, 155), *range(157, 171), 184, 186, 188, 190, 293, 295, 297,
)  # fmt: skip
PREMIUMS = range(115, 122)
CLAIMANT = {
    "gross": 76, "net": 77, "attendance": 82, "dla_care": 99, "dla_mobility": 100, "carers": 103, "state": 105,
    "other": 113, "occupational": 187, "savings_credit": 183, "assessed": 73,
}  # fmt: skip
PARTNER = {
    "gross": 133, "net": 134, "attendance": 139, "dla_care": 155, "dla_mobility": 156, "carers": 159, "state": 162,
    "other": 169, "occupational": 188, "savings_credit": 184, "assessed": 131,
}  # fmt: skip
CARE = {"lower": "attendance_allowance_lower", "higher": "attendance_allowance_higher"}
MOBILITY = {"lower": "disability_lowest", "higher": "mobility_enhanced"}


@dataclass(frozen=True)
class Basis:
    """What the figures of a claim are shown by."""

    claim: Claim
    day: date
    figures: Figures


class Record:
    """One record, filled by position from 1."""

    def __init__(self, letter: str, claim: Claim, claimant: Person) -> None:
        self.cells = [""] * POSITIONS
        self.put({1: letter, 2: claim.hb_ref, 3: claim.ctr_ref, 4: claimant.nino})

    def put(self, values: dict[int, str]) -> None:
        for position, value in values.items():
            self.cells[position - 1] = value

    def row(self, home: Home, *people: Person) -> Row:
        ids = tuple(one.id for one in people)
        return Row(tuple(self.cells), ids, home.dwelling.index, not home.trap, "/".join((self.cells[1], *ids)))


def _tenancy(claim: Claim, dwelling: Dwelling) -> str:
    code = TENANCY[dwelling.tenure]
    return code if claim.hb_ref or code == "5" else NOT_OWNER_REDUCTION_ONLY


def _who(record: Record, family: Family, home: Home) -> None:
    claimant, partner, dwelling = family.claimant, family.partner, home.dwelling
    record.put({5: claimant.title, 6: claimant.surname, 7: claimant.forename, 8: day(claimant.born, DASHED)})
    record.put({10: dwelling.lines[0], 280: dwelling.lines[1], 281: dwelling.lines[2], 11: dwelling.postcode})
    record.put({177: claimant.sex[0].upper(), 123: "1" if partner else "0"})
    if partner:
        record.put({126: partner.nino, 127: partner.title, 128: partner.surname, 129: partner.forename})
        record.put({178: day(partner.born, DASHED), 213: partner.sex[0].upper(), 284: day(partner.died, DASHED)})


def _award(record: Record, claim: Claim, family: Family, home: Home) -> None:
    live = claim.status in ("live", "suspended")
    record.put({9: _tenancy(claim, home.dwelling), 12: PASSPORT[claim.passport]})
    record.put({13: str(len(family.children)), 14: str(len(claim.non_dependants))})
    record.put({33: STATUS[claim.status] if claim.hb_ref else "", 34: STATUS[claim.status] if claim.ctr_ref else ""})
    record.put({35: day(claim.started, DASHED), 42: "0"})
    if claim.hb_ref:
        record.put({41: day(claim.started, DASHED), 43: str(claim.hb_week) if live else ""})
        record.put({57: str(home.dwelling.rent_week), 181: str(home.dwelling.rent_week), 182: "1"})
        record.put({49: "1" if claim.specified_accommodation else "0", 202: day(claim.ended, DASHED) or OPEN_END})
    if claim.status == "ended":
        record.put({210: "3"})


def _income(record: Record, person: Person, at: dict[str, int], blank: tuple[int, ...], basis: Basis) -> None:
    """Each income of one person on a standard claim; nought is written, Attendance Allowance only where recorded."""
    record.put(dict.fromkeys(map(int, blank), "0"))
    figures, on, claim = basis.figures, basis.day, basis.claim
    record.put({
        at["state"]: str(state_pension_shown(person, claim, on, figures)),
        at["occupational"]: str(person.private_pension),
        at["gross"]: str(person.gross_earnings),
        at["net"]: str(person.net_earnings),
        at["carers"]: str(person.carers_allowance),
        at["other"]: str(person.other_income),
    })  # fmt: skip
    if not claim.shows_disability_benefits:
        return
    if person.attendance_allowance:
        record.put({at["attendance"]: str(figures.rate(CARE[person.attendance_allowance], on))})
    daily = person.pip_daily_living or person.dla_care
    if daily:
        record.put({at["dla_care"]: str(figures.rate(CARE[daily], on))})
    if person.pip_mobility:
        record.put({at["dla_mobility"]: str(figures.rate(MOBILITY[person.pip_mobility], on))})


def _means(record: Record, family: Family, claim: Claim, basis: Basis) -> None:
    """Capital, income and premiums of a standard claim; a passported claim leaves them blank."""
    if claim.passport != "standard":
        return
    if claim.savings_shown is not None:
        tariff = tariff_income(claim.savings_shown, basis.day, basis.figures)
        record.put({75: str(claim.savings_shown), 240: str(tariff)})
    _income(record, family.claimant, CLAIMANT, CLAIMANT_INCOME, basis)
    record.put({CLAIMANT["savings_credit"]: str(family.savings_credit), CLAIMANT["assessed"]: str(claim.income)})
    record.put(dict.fromkeys(PREMIUMS, "0"))
    record.put(
        {118: str(int(claim.severe_premium)), 120: str(int(any(one.entitled_as_carer for one in family.adults)))}
    )
    if family.partner:
        record.put({239: "0"})
        _income(record, family.partner, PARTNER, PARTNER_INCOME, basis)


def _others(family: Family, claim: Claim, home: Home) -> Iterator[Row]:
    """S records: children by a reference within the claim, non-dependants by National Insurance number."""
    for number, one in enumerate(family.children, start=1):
        record = Record("S", claim, family.claimant)
        record.put({308: "1", 309: str(number), 310: day(claim.started, DASHED)})
        _name(record, one)
        yield record.row(home, one)
    by_id = {other.id: other for other in home.families}
    for reference in claim.non_dependants:
        one = by_id[reference].claimant
        record = Record("S", claim, family.claimant)
        record.put({308: "2", 309: one.nino, 310: day(claim.started, DASHED), 17: "0"})
        record.put({214: str(one.gross_earnings)})
        _name(record, one)
        yield record.row(home, one)


def _name(record: Record, one: Person) -> None:
    record.put({312: one.title, 313: one.surname, 314: one.forename, 315: day(one.born, DASHED)})


def rows(home: Home, on: date, figures: Figures) -> Iterator[Row]:
    for family in home.families:
        claim = family.claim
        if claim is None or not claim.in_benefit_extract:
            continue
        record = Record("C" if claim.status == "ended" else "D", claim, family.claimant)
        _who(record, family, home)
        _award(record, claim, family, home)
        _means(record, family, claim, Basis(claim, on, figures))
        yield record.row(home, *family.adults)
        yield from _others(family, claim, home)


def set_aside(number: int, on: date) -> Row:
    """A change-of-circumstances record, which intake knows and does not need."""
    cells = [""] * POSITIONS
    cells[0], cells[1] = "T", benefit_ref(number)
    cells[252] = day(on, DASHED)
    return Row(tuple(cells), open=False)


def extract(found: tuple[Row, ...], on: date) -> Extract:
    return Extract(
        name=f"shbe_{on.isoformat()}.txt",
        kind="benefit_claim",
        headings=HEADINGS,
        rows=found,
        headed=False,
        delimiter="|",
        first_line=f"HDR|{AUTHORITY}|{day(on, DASHED)}",
        counts_rows=True,
    )
