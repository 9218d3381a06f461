"""How is a home put together: dwelling, account, families, and what they asked for, each consistent with the others?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from lift.city import credit, places
from lift.city.days import last_period
from lift.city.figures import Figures
from lift.city.law import pension_age
from lift.city.people import Account, Application, Dwelling, Family, Home, Household, Person, Tenure, Terms
from lift.city.registrar import Registrar

RENTED = ("private", "council", "housing_association")
SOCIAL = ("council", "housing_association")


@dataclass
class Town:
    """What a builder of homes needs, as at the city's last day. `index` is the dwelling in hand."""

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

    def happens(self, per_thousand: int) -> bool:
        return bool(self.chance.randrange(1000) < per_thousand)

    def place(self, tenure: Tenure, band: str = "") -> Dwelling:
        return places.dwelling(self.index, tenure, self.figures, self.chance, band)

    def long_ago(self, least: int = 1, most: int = 20) -> date:
        return self.day - timedelta(days=self.chance.randrange(least * 365 + 1, most * 365))

    def account(self, *liable: Person, **known: Any) -> Account:
        """An account with its check character; the number follows the dwelling."""
        known.setdefault("kind", "person")
        known.setdefault("started", self.long_ago())
        return Account(account_ref(self.index), liable=tuple(one.id for one in liable), **known)

    def household(self, *families: Family) -> Household:
        return self.registrar.household(*families)

    def _account_of(self, family: Family, others: tuple[Family, ...], about: dict[str, Any]) -> Account:
        """The account of a family at the head of its home, in the name of all of its adults unless said otherwise."""
        known = about.pop("account", {})
        alone = len(family.adults) + sum(len(other.adults) for other in others) == 1
        known.setdefault("single_person_discount", alone)
        return self.account(*about.pop("liable", family.adults), **known)

    def pensioner_home(
        self,
        family: Family,
        tenure: Tenure = "council",
        others: tuple[Family, ...] = (),
        claim: bool = True,
        changes: dict[str, Any] | None = None,
        **about: Any,
    ) -> Home:
        """A pension-age family at the head, with its claim if it made one; `changes` alters what the claim says."""
        dwelling = self.place(tenure, about.pop("band", ""))
        account = self._account_of(family, others, about)
        if claim:
            changes = changes or {}
            started = changes.get("started") or max(self.long_ago(1, 8), self.of_age_since(family))
            application = Application("pension_age", self.registrar.claim_number(), started, changes)
            family = replace(family, application=application)
        return Home(dwelling, account, (self.household(family, *others),), **about)

    def of_age_since(self, family: Family) -> date:
        return max(pension_age.reached_on(adult.born, self.figures) for adult in family.adults)

    def with_terms(self, family: Family, dwelling: Dwelling | None, terms: Terms) -> Family:
        """The family on Universal Credit; a head of household who rents has that rent in the award."""
        rents = family.role == "head" and dwelling is not None and dwelling.tenure in RENTED
        if rents and dwelling is not None and not (terms.rent_week or terms.without_housing):
            terms = self.with_rent(terms, family, dwelling)
        last, _ = last_period(terms.day_of_month, self.notices_known_on)
        number = terms.number or self.registrar.claim_number()
        return replace(family, terms=replace(terms, last=terms.last or last, number=number))

    def with_rent(self, terms: Terms, family: Family, dwelling: Dwelling) -> Terms:
        social = dwelling.tenure in SOCIAL
        allowance = None if social else self.rate(f"local_housing_allowance_{credit.rooms(family.children)}")
        return replace(terms, rent_week=dwelling.rent_week, social_rent=social, allowance_week=allowance)

    def credit_home(
        self,
        family: Family,
        terms: Terms,
        tenure: Tenure = "council",
        others: tuple[Family, ...] = (),
        reduction: bool = True,
        changes: dict[str, Any] | None = None,
        **about: Any,
    ) -> Home:
        """A Universal Credit family at the head; `reduction`: it has asked for Council Tax Reduction too."""
        dwelling = self.place(tenure, about.pop("band", ""))
        account = self._account_of(family, others, about)
        family = self.with_terms(family, dwelling, terms)
        if reduction and family.terms:
            # The Department's notices are keyed on the reduction claim.
            started = self.long_ago(1, 4)
            family = replace(
                family, application=Application("working_age", family.terms.number, started, changes or {})
            )
        return Home(dwelling, account, (self.household(family, *others),), **about)


def account_ref(index: int, former: bool = False) -> str:
    """An account's number with its check character: eight digits, the first of which tells former occupiers apart."""
    digits = f"{2 if former else 3}{index + 1:07d}"
    check = sum(int(digit) * weight for digit, weight in zip(digits, range(9, 1, -1), strict=True)) % 11
    return digits + ("X" if check == 10 else str(check))
