"""Which planted households try Attendance Allowance and the severe disability addition?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lift.city.people import Home, Person, Rate
from lift.city.planted.trap import Trap, grown, non_dependant, old, one, pair, pounds
from lift.city.town import Town

CREDIT = "pension_credit"
ALLOWANCE = "attendance_allowance"


def _in_need(town: Town, years: int, pension: str, rate: Rate, recorded: str = "0", **known: Any) -> Person:
    """A pensioner who needs care by day and night; `recorded` is a works pension."""
    person = old(town, years, pension, recorded)
    return replace(person, care_need="day_and_night", attendance_allowance=rate, **known)


def _alone(town: Town, **known: Any) -> Home:
    """Income of 300.00: above the standard guarantee, under it with the severe disability addition."""
    return town.pensioner_home(one(town, _in_need(town, 84, "241.30", "higher", "58.70", **known), "3000"), "council")


def _with_son(town: Town, gets_pip: bool) -> Home:
    mother = _in_need(town, 83, "241.30", "higher", "58.70")
    son = grown(town, 52, mother.surname, gross_earnings=pounds("0"))
    son = replace(son, pip_daily_living="lower" if gets_pip else "")
    return town.pensioner_home(one(town, mother, "3000"), "council", (non_dependant(town, son),))


def _with_lodger(town: Town) -> Home:
    """A lodger on commercial terms who is no relation does not block the addition."""
    person = _in_need(town, 80, "241.30", "lower", "40.00")
    lodger = town.registrar.family(grown(town, 33), role="lodger")
    return town.pensioner_home(one(town, person, "1200"), "council", (lodger,))


def _both_disabled(town: Town) -> Home:
    husband = _in_need(town, 85, "230.00", "higher", "90.00")
    wife = replace(_in_need(town, 82, "110.00", "lower", "20.00"), surname=husband.surname)
    return town.pensioner_home(pair(town, husband, wife, "9000"), "council")


def _one_of_two(town: Town) -> Home:
    """Only one of a couple gets a disability benefit and the other sees: no addition."""
    husband = _in_need(town, 79, "230.00", "lower", "60.00")
    wife = old(town, 77, "120.00", surname=husband.surname)
    return town.pensioner_home(pair(town, husband, wife, "5000"), "council")


def _blind_partner(town: Town) -> Home:
    """One of a couple gets Attendance Allowance and the other is certified severely sight impaired."""
    husband = _in_need(town, 80, "230.00", "higher", "60.00")
    wife = replace(old(town, 78, "120.00", surname=husband.surname), is_blind=True)
    return town.pensioner_home(pair(town, husband, wife, "4000"), "council")


def _keeps_dla(town: Town) -> Home:
    """Disability Living Allowance for care kept since long before pension age."""
    person = replace(old(town, 80, "241.30", "30.00"), dla_care="higher", care_need="day_and_night")
    return town.pensioner_home(one(town, person, "2500"), "council")


def _need_not_claimed(town: Town) -> Home:
    """Dementia: disregarded for council tax, no Attendance Allowance on the claim."""
    person = replace(_in_need(town, 86, "205.00", "", "60.00"), is_mentally_impaired=True)
    account: dict[str, Any] = {"disregard": "severe_mental_impairment", "disregarded_adults": 1, "exemption": "U"}
    account["single_person_discount"] = False
    return town.pensioner_home(one(town, person, "8000"), "council", account=account)


def _need_band_reduction(town: Town) -> Home:
    person = replace(_in_need(town, 78, "220.00", "", "45.00"), care_need="day_or_night")
    return town.pensioner_home(one(town, person, "4000"), "owner", band="C", account={"disabled_band_reduction": True})


def _need_nobody_knows(town: Town) -> Home:
    person = replace(_in_need(town, 81, "241.30", "", "120.00"), care_need="day_or_night")
    return town.pensioner_home(one(town, person, "30000"), "owner", claim=False)


def _recorded(town: Town, recorded: bool) -> Home:
    family = one(town, _in_need(town, 88, "184.90", "higher"), "2000")
    family = replace(family, guarantee_credit_from=town.long_ago())
    return town.pensioner_home(family, "council", changes={"shows_disability_benefits": recorded})


def _keeps_pip(town: Town) -> Home:
    """On Personal Independence Payment at pension age: stays on it, so no Attendance Allowance."""
    person = replace(old(town, 69, "241.30", "100.00"), pip_daily_living="higher", care_need="day_and_night")
    return town.pensioner_home(one(town, person, "6000"), "council")


def _too_young(town: Town) -> Home:
    """Care needed, but below pension age: that is Personal Independence Payment."""
    person = replace(grown(town, 61), care_need="day_and_night")
    dwelling = town.place("owner", "B")
    return Home(dwelling, town.account(person, single_person_discount=True), (town.household(one(town, person)),))


TRAPS = (
    Trap("addition_alone", CREDIT, "Attendance Allowance, alone, nobody paid to care: the addition makes the award.",
         _alone),
    Trap("addition_son_blocks", CREDIT, "The same with an adult son at home: he takes the addition away.",
         lambda town: _with_son(town, False)),
    Trap("addition_son_with_pip", CREDIT, "The same, but the son gets Personal Independence Payment: he does not.",
         lambda town: _with_son(town, True)),
    Trap("addition_paid_carer", CREDIT, "The same alone, but somebody is paid Carer's Allowance for her.",
         lambda town: _alone(town, has_paid_carer=True)),
    Trap("addition_lodger", CREDIT, "A lodger who is no relation does not block the addition.", _with_lodger),
    Trap("addition_both", CREDIT, "A couple who both get Attendance Allowance: the addition twice.", _both_disabled),
    Trap("addition_one_of_couple", CREDIT, "Only one of a couple does, and the other sees: no addition.", _one_of_two),
    Trap("addition_blind_partner", CREDIT, "One of a couple does and the other is severely sight impaired.",
         _blind_partner),
    Trap("addition_dla", CREDIT, "Disability Living Allowance for care, alone: the addition makes the award.",
         _keeps_dla),
    Trap("care_severe_impairment", ALLOWANCE, "Severe mental impairment for council tax, no Attendance Allowance.",
         _need_not_claimed),
    Trap("care_band_reduction", ALLOWANCE, "Disabled band reduction, no Attendance Allowance.", _need_band_reduction),
    Trap("care_unseen", ALLOWANCE, "Care needed and nothing in any file that says so.", _need_nobody_knows),
    Trap("allowance_recorded", ALLOWANCE, "Attendance Allowance in payment and on the claim.",
         lambda town: _recorded(town, True)),
    Trap("allowance_not_recorded", ALLOWANCE, "In payment, but the claim does not record it.",
         lambda town: _recorded(town, False)),
    Trap("allowance_pip_kept", ALLOWANCE, "Personal Independence Payment kept past pension age.", _keeps_pip),
    Trap("allowance_too_young", ALLOWANCE, "Needs care at 61: below pension age.", _too_young),
)  # fmt: skip
