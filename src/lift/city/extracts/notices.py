"""What do the Universal Credit notices say: several a claim and period, of which the latest sequence is right?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from lift.city.days import uprating
from lift.city.extracts.row import Extract, Row, cells, day, flag, money
from lift.city.figures import Figures
from lift.city.law import universal_credit as law
from lift.city.people import Credit, Family, Home, Period
from lift.city.places import stream

ELEMENTS = {
    "Standard Allowance": "standard",
    "Child Element": "child",
    "Disabled Child Lower": "disabled_child_lower",
    "Disabled Child Higher": "disabled_child_higher",
    "LCW Element": "lcw",
    "LCWRA Element": "lcwra",
    "Carer Element": "carer",
    "Childcare Element": "childcare",
    "Housing Element": "housing",
}
HEADINGS = (
    "Extract Date", "Claim Number", "Account Ref", "Sequence No", "Notification Type", "Notification Date", "AP Start",
    "AP End", "Claimant NINO", "Claimant Surname", "Claimant Forename", "Claimant DOB", "Partner NINO",
    "Partner Surname", "Partner Forename", "Partner DOB", "Joint Claim", "UPRN", "Address 1", "Address 2", "Address 3",
    "Address 4", "Postcode", "UC Award", "Net Earnings", "Self Employed Earnings", "Other Income", "Capital", *ELEMENTS,
    "Transitional Element", "Number of Children", "Social Rented", "Benefit Cap", "Sanction", "Deduction Council Tax",
)  # fmt: skip
CORRECTED_SHARE = 0.08
SHORT_SHARE = 0.3
SENT_AFTER = timedelta(days=3)


def _who(period: Period) -> dict[str, str]:
    """The family as it was then, at the address it then had."""
    family, dwelling = period.family, period.dwelling
    claimant, partner = family.claimant, family.partner
    values = dict(zip(("Address 1", "Address 2", "Address 3", "Address 4"), dwelling.lines, strict=True))
    values |= {
        "Claimant NINO": claimant.nino,
        "Claimant Surname": claimant.surname,
        "Claimant Forename": claimant.forename,
        "Claimant DOB": day(claimant.born),
        "Joint Claim": flag(partner is not None),
        "UPRN": dwelling.uprn,
        "Postcode": dwelling.postcode,
    }
    if partner:
        values |= {
            "Partner NINO": partner.nino,
            "Partner Surname": partner.surname,
            "Partner Forename": partner.forename,
            "Partner DOB": day(partner.born),
        }
    return values


def _means(period: Period, credit: Credit) -> dict[str, str]:
    return {
        "AP Start": day(period.start),
        "AP End": day(period.end),
        "UC Award": money(period.award),
        "Net Earnings": money(period.earnings),
        "Self Employed Earnings": money(0),
        "Other Income": money(period.other_income),
        "Capital": money(credit.savings),
        "Benefit Cap": money(period.reduction),
        "Sanction": "N",
    }


def _elements(period: Period, credit: Credit) -> dict[str, str]:
    values = {heading: money(getattr(period.elements, name)) for heading, name in ELEMENTS.items()}
    births = [child.born for child in period.family.children if child.born <= period.end]
    values |= {"Transitional Element": money(0), "Number of Children": str(len(births))}
    return values | {"Social Rented": flag(credit.social_rent)}


def _kind(period: Period, first: bool) -> str:
    if period.award == 0:
        return "NIL"
    return "AWARD" if first else "CHANGE"


def _mistaken(period: Period, figures: Figures) -> Period:
    """The period as first notified: pay reported late, so a hundred pounds short."""
    earnings = max(period.earnings - 10000, 0)
    entitled = law.entitlement(period.elements, earnings, period.other_income, period.start, figures)
    return replace(period, earnings=earnings, entitled=entitled, reduction=min(period.reduction, entitled))


class Writer:
    """Writes the notices of one family. `planted` families get whole notices and no corrections."""

    def __init__(self, home: Home, family: Family, credit: Credit, known_on: date, figures: Figures) -> None:
        self.home, self.family, self.credit, self.known_on, self.figures = home, family, credit, known_on, figures
        self.sequence = 0

    def notice(self, period: Period, kind: str, whole: bool, sent: date) -> Row:
        values = {
            "Extract Date": day(self.known_on),
            "Claim Number": self.credit.notice_ref,
            "Account Ref": self.home.account.ref if self.family.claim else "",
            "Sequence No": str(self.sequence),
            "Notification Type": kind,
            "Notification Date": day(min(sent, self.known_on)),
        }
        values |= _who(period) | _means(period, self.credit)
        if whole:
            values |= _elements(period, self.credit)
        ids = tuple(adult.id for adult in period.family.adults)
        key = f"{self.credit.notice_ref}/{self.sequence}"
        return Row(cells(HEADINGS, values), ids, self.home.dwelling.index, not self.home.trap, key)

    def rows(self, seed: int) -> Iterator[Row]:
        """The notices the council still holds. Each period has two sequence numbers, the first for a notice that a
        second one corrects."""
        chance = stream(seed, "notices", self.family.id)
        ordinary, credit = not self.home.trap, self.credit
        draws = [(chance.random() < CORRECTED_SHARE, chance.random() < SHORT_SHARE) for _ in range(credit.count)]
        before: Period | None = None
        for place, period in enumerate(credit.periods, start=credit.earlier):
            corrected, brief = draws[place]
            # What every other notice may leave out stands in the one before, of the same rates and for the same family.
            short = ordinary and brief and place % 2 == 1 and before is not None and _is_unchanged(before, period)
            if place >= credit.count - credit.kept:
                kind = _kind(period, place == 0)
                if ordinary and corrected and period.earnings:
                    self.sequence = 2 * place + 1
                    yield self.notice(_mistaken(period, self.figures), kind, True, period.end + timedelta(days=1))
                self.sequence = 2 * place + 2
                yield self.notice(period, kind, not short, period.end + SENT_AFTER)
            before = period
        if credit.closed:
            self.sequence += 1
            yield self.notice(credit.latest, "CLOSED", False, credit.latest.end + SENT_AFTER)


def _is_unchanged(before: Period, period: Period) -> bool:
    return before.elements == period.elements and uprating(before.start) == uprating(period.start)


def rows(home: Home, known_on: date, figures: Figures, seed: int) -> Iterator[Row]:
    for family in home.families:
        if family.credit and family.credit.told:
            yield from Writer(home, family, family.credit, known_on, figures).rows(seed)


def extract(found: tuple[Row, ...], on: date) -> Extract:
    return Extract(f"uc_notices_{on.isoformat()}.csv", "universal_credit_notice", HEADINGS, found, newline="\r\n")
