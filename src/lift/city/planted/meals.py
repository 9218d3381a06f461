"""Which planted households try free school meals and Council Tax Reduction for Universal Credit families?"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from lift.city.people import Family, Home, Person, Terms
from lift.city.planted.trap import Trap, child, grown, non_dependant, old, one, pair, pounds, registered
from lift.city.town import Town

MEALS = "free_school_meals"
REDUCTION = "council_tax_reduction_not_claimed"


def _parent(town: Town, years: tuple[int, ...], listed: bool = False) -> Family:
    parent = grown(town, 35)
    young: tuple[Person, ...] = tuple(child(town, parent, age) for age in years)
    if listed:
        young = tuple(registered(one_child, town) for one_child in young)
    return one(town, parent, "300", children=young)


def _school_family(town: Town, *years: int, pay: str = "0", listed: bool = False, **known: Any) -> Home:
    terms = Terms(earnings=(pounds(pay),), periods=known.pop("periods", 3), **known)
    return town.credit_home(_parent(town, years, listed), terms, "council", band="A")


def _lodgers_child(town: Town) -> Home:
    """The head of the household is on Universal Credit; the child's mother lodges there and is not."""
    head = one(town, grown(town, 45), "100")
    mother = grown(town, 29)
    lodger = town.registrar.family(mother, children=(child(town, mother, 8),), role="lodger")
    return town.credit_home(head, Terms(), "council", (lodger,))


def _lodgers_award(town: Town) -> Home:
    """The other way about: the lodger is on Universal Credit and the head is not."""
    head = one(town, grown(town, 50), "4000")
    mother = grown(town, 31)
    lodger = town.registrar.family(mother, children=(child(town, mother, 9),), role="lodger")
    dwelling = town.place("owner", "B")
    lodger = town.with_terms(lodger, dwelling, Terms(rent_week=9000, allowance_week=9950))
    return Home(dwelling, town.account(head.claimant), (town.household(head, lodger),))


def _grandparent_in_payment(town: Town) -> Home:
    """Guarantee credit, not Universal Credit, opens the meals."""
    person = old(town, 68, "150.00")
    family = one(town, person, "1000", children=(child(town, person, 11),))
    return town.pensioner_home(replace(family, guarantee_credit_from=town.long_ago()), "council")


def _private_school(town: Town) -> Home:
    parent = grown(town, 40)
    family = one(town, parent, "300", children=(child(town, parent, 10, on_roll=False),))
    return town.credit_home(family, Terms(), "council")


def _closed_award(town: Town) -> Home:
    return town.credit_home(_parent(town, (9,)), Terms(closed=True, periods=4), "private", reduction=False)


def _unclaimed(town: Town, band: str, children: int, couple: bool = False, **known: Any) -> Home:
    """Liable, on Universal Credit, no reduction claimed."""
    parent = grown(town, 38)
    young = tuple(registered(child(town, parent, 6 + 2 * place), town) for place in range(children))
    family = one(town, parent, "700", children=young)
    if couple:
        family = replace(pair(town, parent, grown(town, 39, parent.surname), "700"), children=young)
    terms = Terms(earnings=(pounds(known.pop("pay", "0")),))
    return town.credit_home(family, terms, "private", reduction=False, band=band, **known)


def _partner_liable(town: Town) -> Home:
    """Only the partner is named on the account; a couple is liable together."""
    home = _unclaimed(town, "B", 1, couple=True)
    partner = home.families[0].partner
    if partner is None:
        raise AssertionError("planted as a couple")
    return replace(home, account=replace(home.account, liable=(partner.id,)))


def _lodger_not_liable(town: Town) -> Home:
    head = one(town, grown(town, 55), "5000")
    lodger = town.registrar.family(grown(town, 27), role="lodger")
    dwelling = town.place("mortgage", "C")
    lodger = town.with_terms(lodger, dwelling, Terms(rent_week=8500, allowance_week=9950))
    return Home(dwelling, town.account(head.claimant), (town.household(head, lodger),))


def _grown_child_not_liable(town: Town) -> Home:
    mother = grown(town, 54)
    son = non_dependant(town, grown(town, 24, mother.surname))
    dwelling = town.place("owner", "B")
    son = town.with_terms(son, dwelling, Terms())
    return Home(dwelling, town.account(mother), (town.household(one(town, mother, "2000"), son),))


def _exempt_home(town: Town) -> Home:
    """Everyone there is severely mentally impaired or a student: class U, nothing charged, nothing to reduce."""
    known = {"exemption": "U", "disregard": "severe_mental_impairment", "disregarded_adults": 1}
    return _unclaimed(town, "A", 0, account={**known, "single_person_discount": False})


def _ended(town: Town) -> Home:
    """Reduction ended in the summer, Universal Credit goes on."""
    ended = town.day - timedelta(days=95)
    changes = {"status": "ended", "ended": ended}
    return town.credit_home(_parent(town, (4,)), Terms(periods=8), "private", changes=changes, band="B")


TRAPS = (
    Trap("meals_unclaimed", MEALS, "On Universal Credit, child of 9 on the roll without free meals.",
         lambda town: _school_family(town, 9)),
    Trap("meals_unclaimed_two", MEALS, "Two children, neither with free meals.",
         lambda town: _school_family(town, 13, 8)),
    Trap("meals_in_place", MEALS, "Free meals already on the roll.",
         lambda town: _school_family(town, 10, listed=True)),
    Trap("meals_expanded_tier", MEALS, "Earnings above the old limit: entitled since 1 September 2026.",
         lambda town: _school_family(town, 12, 7, pay="1250")),
    Trap("meals_infant", MEALS, "A child in Year 1, fed anyway; the claim still brings the school money.",
         lambda town: _school_family(town, 5)),
    Trap("meals_sixth_form", MEALS, "A pupil of 17.", lambda town: _school_family(town, 17)),
    Trap("meals_nil_award", MEALS, "High pay left no award this month.",
         lambda town: _school_family(town, 11, pay="5200", periods=4)),
    Trap("meals_lodgers_child", MEALS, "The child's mother lodges with somebody on Universal Credit; she is not on it.",
         _lodgers_child, subject=1),
    Trap("meals_lodgers_award", MEALS, "The child's mother lodges and is on Universal Credit herself.",
         _lodgers_award, subject=1),
    Trap("meals_guarantee_credit", MEALS, "A grandmother on guarantee credit.", _grandparent_in_payment),
    Trap("meals_private_school", MEALS, "On no state-funded school's roll.", _private_school),
    Trap("meals_award_closed", MEALS, "Universal Credit has closed.", _closed_award),
    Trap("reduction_unclaimed", REDUCTION, "Liable, no earnings, no reduction: four fifths of the charge.",
         lambda town: _unclaimed(town, "A", 1)),
    Trap("reduction_unclaimed_single", REDUCTION, "The same, one adult with the single person discount, band C.",
         lambda town: _unclaimed(town, "C", 0)),
    Trap("reduction_unclaimed_couple", REDUCTION, "A couple, band B.",
         lambda town: _unclaimed(town, "B", 2, couple=True)),
    Trap("reduction_some_earnings", REDUCTION, "Small earnings: something is due, how much turns on earnings ignored.",
         lambda town: _unclaimed(town, "B", 0, pay="90")),
    Trap("reduction_high_earnings", REDUCTION, "Earnings that leave nothing unless a good part is ignored.",
         lambda town: _unclaimed(town, "D", 2, couple=True, pay="1900")),
    Trap("reduction_partner_liable", REDUCTION, "Only the partner's name is on the bill.", _partner_liable),
    Trap("reduction_lodger", REDUCTION, "A lodger on Universal Credit is not liable.", _lodger_not_liable, subject=1),
    Trap("reduction_grown_child", REDUCTION, "A grown-up son on Universal Credit is not liable.",
         _grown_child_not_liable, subject=1),
    Trap("reduction_exempt", REDUCTION, "The home is exempt: nothing to reduce.", _exempt_home),
    Trap("reduction_ended", REDUCTION, "The reduction ended, Universal Credit goes on.", _ended),
    Trap("reduction_in_payment", REDUCTION, "The reduction is in payment.", lambda town: _school_family(town, 3)),
)  # fmt: skip
