"""How is a home put together: dwelling, account, families, claims and awards, each consistent with the others?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from lift.city import claims, credit, places
from lift.city.figures import Figures
from lift.city.law import pension_age
from lift.city.law import pension_credit as credit_law
from lift.city.people import Account, Claim, Dwelling, Family, Home, Household, Person, Tenure
from lift.city.registrar import Registrar
from lift.city.standing import others_block

RENTED = ("private", "council", "housing_association")
SOCIAL = ("council", "housing_association")


@dataclass
class Town:
    """What a builder of homes needs. `index` is the dwelling in hand."""

    figures: Figures
    day: date
    notices_known_on: date
    registrar: Registrar
    index: int = 0

    @cached_property
    def latest_birth(self) -> date:
        """The last date of birth that has reached pension age."""
        return pension_age.latest_birth(self.day, self.figures)

    @property
    def chance(self) -> Any:
        return self.registrar.chance

    def rate(self, name: str) -> int:
        return self.figures.rate(name, self.day)

    def place(self, tenure: Tenure, band: str = "") -> Dwelling:
        return places.dwelling(self.index, tenure, self.figures, self.chance, band)

    def long_ago(self, least: int = 1, most: int = 20) -> date:
        return self.day - timedelta(days=self.chance.randrange(least * 365, most * 365))

    def account(self, *liable: Person, **known: Any) -> Account:
        """An account with its check character; the number follows the dwelling."""
        digits = f"3{self.index + 1:07d}"
        check = sum(int(digit) * weight for digit, weight in zip(digits, range(9, 1, -1), strict=True)) % 11
        known.setdefault("kind", "person")
        known.setdefault("started", self.long_ago())
        return Account(digits + ("X" if check == 10 else str(check)), liable=tuple(one.id for one in liable), **known)

    def household(self, *families: Family) -> Household:
        return self.registrar.household(*families)

    def guarantee_credit(self, family: Family, others: tuple[Family, ...] = ()) -> int:
        """What the family is truly entitled to a week, pence."""
        block = others_block(family, Household("", (family, *others)), self.day)
        return credit_law.guarantee_credit(
            claims.pension_credit_case(family, block, self.day, self.figures), self.figures
        )

    def pensioner_home(
        self,
        family: Family,
        tenure: Tenure = "council",
        others: tuple[Family, ...] = (),
        claim: bool = True,
        changes: dict[str, Any] | None = None,
        **about: Any,
    ) -> Home:
        """A pension-age family at the head, with its claim if it has one; `changes` alters what the claim says."""
        dwelling = self.place(tenure, about.pop("band", ""))
        known = about.pop("account", {})
        alone = len(family.adults) + sum(len(other.adults) for other in others) == 1
        known.setdefault("single_person_discount", alone)
        account = self.account(*about.pop("liable", family.adults), **known)
        charge = claims.bill(dwelling, account, self.figures).charge
        if claim:
            made = self._pensioner_claim(family, dwelling, charge, others)
            family = replace(family, claim=replace(made, **(changes or {})) if made else None)
        return Home(dwelling, account, (self.household(family, *others),), **about)

    def _pensioner_claim(
        self, family: Family, dwelling: Dwelling, charge: int, others: tuple[Family, ...]
    ) -> Claim | None:
        block = others_block(family, Household("", (family, *others)), self.day)
        number = self.registrar.claim_number()
        at = claims.Circumstances(dwelling, charge, block, number, self.long_ago(1, 8), self.day, self.figures)
        made = claims.pensioner_claim(family, at)
        if made is None:
            return None
        return replace(made, non_dependants=tuple(one.id for one in others if one.role == "non_dependant"))

    def with_credit(self, family: Family, dwelling: Dwelling, terms: credit.Terms, notice_ref: str = "") -> Family:
        """The family with its Universal Credit; a head of household who rents has that rent in the award."""
        if family.role == "head" and dwelling.tenure in RENTED and not (terms.rent_week or terms.without_housing):
            social = dwelling.tenure in SOCIAL
            allowance = self.rate(f"local_housing_allowance_{credit.rooms(family.children)}")
            terms = replace(
                terms,
                rent_week=dwelling.rent_week,
                social_rent=social,
                allowance_week=None if social else allowance,
            )
        ref = notice_ref or claims.reduction_ref(self.registrar.claim_number())
        return replace(family, credit=credit.award(family, terms, self.notices_known_on, self.figures, ref))

    def credit_home(
        self,
        family: Family,
        terms: credit.Terms,
        tenure: Tenure = "council",
        others: tuple[Family, ...] = (),
        reduction: bool = True,
        changes: dict[str, Any] | None = None,
        **about: Any,
    ) -> Home:
        """A Universal Credit family at the head; `reduction` gives it a Council Tax Reduction claim if one is due."""
        dwelling = self.place(tenure, about.pop("band", ""))
        known = about.pop("account", {})
        alone = len(family.adults) + sum(len(other.adults) for other in others) == 1
        known.setdefault("single_person_discount", alone)
        account = self.account(*about.pop("liable", family.adults), **known)
        charge = claims.bill(dwelling, account, self.figures).charge
        family = self.with_credit(family, dwelling, terms)
        if reduction and family.credit:
            made = claims.working_age_claim(
                family, charge, self.registrar.claim_number(), self.long_ago(1, 4), self.day, self.figures
            )
            family = self._with_reduction(family, made, others, changes or {})
        return Home(dwelling, account, (self.household(family, *others),), **about)

    @staticmethod
    def _with_reduction(
        family: Family, made: Claim | None, others: tuple[Family, ...], changes: dict[str, Any]
    ) -> Family:
        """Notices are keyed on the reduction claim where there is one."""
        if made is None or family.credit is None:
            return family
        known = tuple(one.id for one in others if one.role == "non_dependant")
        made = replace(made, non_dependants=known, **changes)
        return replace(family, claim=made, credit=replace(family.credit, notice_ref=made.ctr_ref))
