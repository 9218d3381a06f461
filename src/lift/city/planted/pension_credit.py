"""Which planted households try Pension Credit?"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from lift.city.claims import bill, counted_income, reduction_ref
from lift.city.days import tax_year_start
from lift.city.law import council_tax, pension_age
from lift.city.people import Application, Claim, Home, Tenure, Terms
from lift.city.planted.trap import Trap, born_on, child, grown, non_dependant, old, one, pair, pensioner, pounds
from lift.city.town import Town

RULE = "pension_credit"


def _couple(town: Town, tenure: Tenure = "housing_association") -> Home:
    husband = old(town, 78, "184.90", "30.00")
    wife = replace(old(town, 76, "110.94", surname=husband.surname), private_pension=0)
    return town.pensioner_home(pair(town, husband, wife, "6000"), tenure)


def _named_with_apostrophe(town: Town) -> Home:
    person = replace(old(town, 81, "184.90", surname="O'Brien"), forename="Renée", sex="female", title="Mrs")
    return town.pensioner_home(one(town, person, "2500"), "council")


def _born(town: Town, born: date) -> Home:
    """Somebody of a date of birth: a pensioner with a standard claim if of age, else on Universal Credit."""
    if pension_age.has_reached(born, town.day, town.figures):
        return town.pensioner_home(one(town, born_on(town, born, "150.00"), "1000"), "council")
    return town.credit_home(one(town, born_on(town, born, "0"), "1000"), Terms(), "council")


def _grandparent(town: Town) -> Home:
    person = old(town, 70, "230.00")
    children = (child(town, person, 12), child(town, person, 7))
    return town.pensioner_home(one(town, person, "3000", children=children), "council")


def _carer(town: Town) -> Home:
    """Carer's Allowance claimed, none paid because of State Pension: entitlement underlies the addition."""
    person = replace(old(town, 71, "230.00", "25.00"), entitled_as_carer=True)
    return town.pensioner_home(one(town, person, "1500"), "council")


def _paid_carer(town: Town) -> Home:
    """Carer's Allowance topped up beyond a small State Pension: it counts as income and opens the addition."""
    person = replace(old(town, 68, "60.00"), carers_allowance=pounds("26.45"), entitled_as_carer=True)
    return town.pensioner_home(one(town, person, "900"), "council")


def _mixed_age(town: Town, saved: bool) -> Home:
    husband = old(town, 74, "184.90")
    wife = grown(town, 58, husband.surname)
    family = pair(town, husband, wife, "4000", saved_mixed_age=saved)
    started = {"started": date(2016, 6, 6)} if saved else {}
    return town.pensioner_home(family, "council", claim=saved, changes=started)


def _in_payment(town: Town) -> Home:
    """Passported: capital and income are blank on the claim."""
    family = one(town, old(town, 83, "184.90"), "5000")
    return town.pensioner_home(replace(family, guarantee_credit_from=town.long_ago()), "council")


def _just_awarded(town: Town) -> Home:
    """Guarantee credit since two weeks ago; the council's claim is still the one before."""
    family = one(town, old(town, 76, "184.90"), "2000")
    family = replace(family, guarantee_credit_from=town.day - timedelta(days=15), claim_lags=True)
    return town.pensioner_home(family, "council")


def _savings_credit(town: Town) -> Home:
    person = old(town, 84, "184.90", "70.00")
    return town.pensioner_home(one(town, person, "2000", savings_credit=pounds("11.20")), "council")


def _conflict(town: Town, other: str) -> Home:
    """Two files that disagree about savings, of somebody too young for savings credit."""
    return pensioner(town, 71, "229.50", "4000", changes={"savings_in_reduction": pounds(other)})


def _stale(town: Town) -> Home:
    """Assessed before two upratings and not looked at since."""
    started = date(town.day.year - 2, 5, 13)
    return pensioner(town, 80, "184.90", "3000", changes={"started": started, "state_pension_year": started.year})


def _before_april(town: Town) -> Home:
    """Assessed weeks before the new rates: below the guarantee by the State Pension of then, above it by today's."""
    started = tax_year_start(town.day) - timedelta(days=47)
    return pensioner(town, 72, "244.00", "3000", changes={"started": started, "state_pension_year": started.year - 1})


def _with_reduction(town: Town, home: Home, **says: Any) -> Home:
    """The home's first family with a reduction claim written by hand."""
    number = town.registrar.claim_number()
    known: dict[str, Any] = {"started": town.long_ago(1, 4), "ctr_ref": reduction_ref(number)}
    claim = Claim("pension_age", "standard", **(known | says))
    application = Application("pension_age", number, claim.started, by_hand=claim)
    head = replace(home.families[0], application=application)
    household = replace(home.households[0], families=(head, *home.families[1:]))
    return replace(home, households=(household,))


def _refused(town: Town, reason: str, savings: str, pension: str) -> Home:
    """Refused Council Tax Reduction for capital or income; Pension Credit has no capital limit."""
    family = one(town, old(town, 73, "184.90", pension), savings)
    home = town.pensioner_home(family, "owner", claim=False)
    started = town.day - timedelta(days=70)
    income = counted_income(family, town.day, town.figures)
    return _with_reduction(
        town, home, status="refused", refusal=reason, started=started, savings_shown=pounds(savings), income=income
    )


def _closed(town: Town) -> Home:
    ended = town.day - timedelta(days=16)
    return pensioner(town, 79, "184.90", "2000", changes={"status": "ended", "ended": ended})


def _second_adult_rebate(town: Town) -> Home:
    """The alternative maximum: seven and a half per cent, by the second adult's pay and not the claimant's means."""
    mother = old(town, 82, "184.90", "15.00")
    son = non_dependant(town, grown(town, 50, mother.surname, gross_earnings=pounds("300.00"), hours=30))
    home = town.pensioner_home(one(town, mother, "18000"), "owner", (son,), claim=False, band="B")
    award = council_tax.weekly(bill(home.dwelling, home.account, town.day, town.figures).charge, town.day) * 3 // 40
    return _with_reduction(town, home, ctr_week=award, alternative_maximum=True)


def _uncertain_couple(town: Town) -> Home:
    """Two liable names, no claim: council tax does not show who is a couple."""
    husband = old(town, 76, "170.00")
    wife = old(town, 74, "120.00", surname=husband.surname)
    return town.pensioner_home(pair(town, husband, wife, "8000"), "owner", claim=False)


def _parent_at_child(town: Town) -> Home:
    """A pensioner who lives with a working-age family: a family of her own that only the roll of adults knows."""
    son = grown(town, 48)
    mother = non_dependant(town, old(town, 75, "160.00", surname=son.surname), savings=pounds("1500"))
    dwelling = town.place("owner", "C")
    return Home(dwelling, town.account(son), (town.household(one(town, son, "3000"), mother),))


TRAPS = (
    Trap("guarantee_tenant", RULE, "Council tenant of 79 on the full basic pension, 4,000 saved, full standard claim.",
         lambda town: pensioner(town, 79, "184.90", "4000")),
    Trap("guarantee_housing_association", RULE, "The same in a housing association home, smaller pension.",
         lambda town: pensioner(town, 72, "201.35", "700", "housing_association")),
    Trap("guarantee_private", RULE, "The same renting privately.",
         lambda town: pensioner(town, 69, "193.04", "9800", "private")),
    Trap("guarantee_owner", RULE, "An owner with Council Tax Reduction only.",
         lambda town: pensioner(town, 86, "184.90", "7500", "owner", band="B")),
    Trap("guarantee_couple", RULE, "A couple, both past pension age, full standard claim.", _couple),
    Trap("guarantee_couple_owner", RULE, "The same couple as owners.", lambda town: _couple(town, "owner")),
    Trap("guarantee_apostrophe", RULE, "A claimant with an accent and an apostrophe in her name.",
         _named_with_apostrophe),
    Trap("income_at_guarantee", RULE, "Income exactly the guarantee, too young for savings credit: nothing is due.",
         lambda town: pensioner(town, 71, "238.00", "2000")),
    Trap("income_penny_under", RULE, "Income a penny under: below the ten pence that is paid.",
         lambda town: pensioner(town, 71, "237.99", "2000")),
    Trap("income_ten_pence_under", RULE, "Income ten pence under: the smallest award there is.",
         lambda town: pensioner(town, 71, "237.90", "2000")),
    Trap("income_penny_over", RULE, "Income a penny over.", lambda town: pensioner(town, 71, "238.01", "2000")),
    Trap("savings_10000", RULE, "Savings of exactly 10,000 count as no income.",
         lambda town: pensioner(town, 71, "237.40", "10000")),
    Trap("savings_10000_01", RULE, "A penny more counts as a pound a week, which takes the award away.",
         lambda town: pensioner(town, 71, "237.40", "10000.01")),
    Trap("savings_10500", RULE, "Savings of 10,500 count as one pound.",
         lambda town: pensioner(town, 71, "236.50", "10500")),
    Trap("savings_10500_01", RULE, "A penny more counts as two.",
         lambda town: pensioner(town, 71, "236.50", "10500.01")),
    Trap("pension_age_reached_today", RULE, "Reaches State Pension age on the run's day.",
         lambda town: _born(town, town.latest_birth)),
    Trap("pension_age_tomorrow", RULE, "Reaches State Pension age the day after: still on Universal Credit at 66.",
         lambda town: _born(town, town.latest_birth + timedelta(days=1))),
    Trap("born_22_july_1960", RULE, "Born 22 July 1960: of age from 22 November 2026.",
         lambda town: _born(town, date(1960, 7, 22))),
    Trap("born_23_july_1960", RULE, "Born 23 July 1960: of age from 23 November 2026, whatever a whole-year test says.",
         lambda town: _born(town, date(1960, 7, 23))),
    Trap("children_added", RULE, "A grandparent bringing up two children, the elder born before 6 April 2017.",
         _grandparent),
    Trap("carer_addition", RULE, "Underlying entitlement to Carer's Allowance opens the carer addition.", _carer),
    Trap("carer_allowance_paid", RULE, "Carer's Allowance in payment is income, and opens the addition.", _paid_carer),
    Trap("mixed_age_couple", RULE, "One of the couple is under pension age: not Pension Credit.",
         lambda town: _mixed_age(town, False)),
    Trap("mixed_age_saved", RULE, "A mixed-age couple with Housing Benefit without a break since before 15 May 2019.",
         lambda town: _mixed_age(town, True)),
    Trap("guarantee_in_payment", RULE, "Guarantee credit in payment; savings and income blank on the claim.",
         _in_payment),
    Trap("guarantee_just_awarded", RULE, "Awarded two weeks ago; the claim still shows a standard case.",
         _just_awarded),
    Trap("savings_credit_in_payment", RULE, "Savings credit in payment: a standard claim, already Pension Credit.",
         _savings_credit),
    Trap("savings_conflict_harmless", RULE, "Two files give different savings; either way something is due.",
         lambda town: _conflict(town, "9000")),
    Trap("savings_conflict_open", RULE, "Two files give different savings; by one of them nothing is due.",
         lambda town: _conflict(town, "15000")),
    Trap("assessment_stale", RULE, "Assessed more than two years ago, at the State Pension of that year.", _stale),
    Trap("assessment_before_april", RULE, "Assessed in February; since then State Pension went up past the guarantee.",
         _before_april),
    Trap("refused_for_capital", RULE, "Reduction refused for savings of 20,000; Pension Credit has no such limit.",
         lambda town: _refused(town, "capital", "20000", "0")),
    Trap("refused_for_income", RULE, "Reduction refused for income; above the guarantee too.",
         lambda town: _refused(town, "income", "9000", "310.00")),
    Trap("claim_closed", RULE, "The claim closed since the last extract.", _closed),
    Trap("second_adult_rebate", RULE, "Only the alternative maximum: nothing known of the claimant's means.",
         _second_adult_rebate),
    Trap("uncertain_couple", RULE, "Two liable names and no claim.", _uncertain_couple),
    Trap("pensioner_non_dependant", RULE, "A pensioner in her son's home, whom no claim tells of.", _parent_at_child),
)  # fmt: skip
