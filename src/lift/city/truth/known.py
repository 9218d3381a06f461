"""What do the files hold of a family: is its claim there, are its notices, did a planted fault spoil them?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from lift.city.claims import bill
from lift.city.days import uprating
from lift.city.extracts.row import Placed
from lift.city.figures import Figures
from lift.city.generate import City
from lift.city.law.pension_age import has_reached
from lift.city.mess import HARMFUL
from lift.city.people import Claim, Family, Home, Household


@dataclass(frozen=True)
class Files:
    """The files of the month. `spoilt` says which homes have a row whose fault takes a fact away, and where."""

    spoilt: dict[int, str]
    minimal: bool


def files(placed: Iterable[Placed], minimal: bool) -> Files:
    spoilt: dict[int, str] = {}
    for one in placed:
        for fault in one.row.faults:
            if fault.name in HARMFUL:
                spoilt.setdefault(one.row.home, f"{fault.name} in {one.file} line {one.line}")
    return Files(spoilt, minimal)


@dataclass(frozen=True)
class Subject:
    """A family where it lives, with what the files hold of it."""

    family: Family
    household: Household
    home: Home
    city: City
    files: Files

    @property
    def day(self) -> date:
        return self.city.day

    @property
    def figures(self) -> Figures:
        return self.city.figures

    @property
    def fault(self) -> str:
        """Where a planted fault took a fact of this home away, or why its files are behind; empty if neither."""
        return self.files.spoilt.get(self.home.dwelling.index, "") or self._lag()

    def _lag(self) -> str:
        origin, credit = self.home.origin, self.family.credit
        known = {one.id for one in origin.families} if origin else set()
        if (
            origin
            and self.family.id not in known
            and any(
                adult.id in {one.id for other in origin.families for one in other.adults}
                for adult in self.family.adults
            )
        ):
            return "somebody of another claim until they parted"
        if credit and credit.told:
            then = credit.latest
            adults = {one.id for one in then.family.adults}
            if then.dwelling.uprn != self.home.dwelling.uprn or adults != {one.id for one in self.family.adults}:
                return "the last notice is from before they moved or parted"
        return ""

    @property
    def claim(self) -> Claim | None:
        """The family's claim, if some file of the month holds it."""
        claim = self.family.claim
        if claim is None:
            return None
        in_benefit = claim.in_benefit_extract and not self.files.minimal
        return claim if in_benefit or claim.in_reduction_extract else None

    @property
    def live_claim(self) -> Claim | None:
        claim = self.claim
        return claim if claim and claim.status in ("live", "suspended") else None

    @property
    def is_told_of(self) -> bool:
        """Whether the council holds notices of a Universal Credit award that still runs."""
        credit = self.family.credit
        return bool(credit and credit.told and credit.closed is None)

    @property
    def is_told_at_new_rates(self) -> bool:
        """Whether the last notice is no older than the rates of the day. A notice holds until a later one, but the
        Monday in April changes every award, and until its own notice has come nobody knows to what: in April itself
        that is nearly everybody."""
        credit = self.family.credit
        return credit is not None and credit.told and credit.latest.end >= uprating(self.day)

    @property
    def charge(self) -> int:
        return bill(self.home.dwelling, self.home.account, self.day, self.figures).charge

    @property
    def births_are_known(self) -> bool:
        """Whether a sound claim or notice gives the dates of birth of both and says whether they are a couple."""
        return not self.fault and (self.live_claim is not None or self.is_told_of)

    @property
    def is_all_under_pension_age(self) -> bool:
        return not any(has_reached(adult.born, self.day, self.figures) for adult in self.family.adults)
