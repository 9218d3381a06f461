"""Which planted households try the discounts of council tax?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lift.city.people import Home, Tenure
from lift.city.planted.trap import Trap, grown, non_dependant, old, one, pair, pensioner, pounds
from lift.city.town import Town

RULE = "single_person_discount"
IMPAIRMENT = "severe_mental_impairment_disregard"
NO_DISCOUNT: dict[str, Any] = {"single_person_discount": False}


def _alone(town: Town, pension: str, private: str, savings: str, tenure: Tenure, **about: Any) -> Home:
    family = one(town, old(town, 77, pension, private), savings)
    return town.pensioner_home(family, tenure, account=dict(NO_DISCOUNT), **about)


def _couple(town: Town) -> Home:
    husband = old(town, 79, "184.90", "30.00")
    wife = old(town, 76, "110.00", surname=husband.surname)
    return town.pensioner_home(pair(town, husband, wife, "4000"), "council")


def _with_son(town: Town) -> Home:
    mother = old(town, 82, "184.90", "50.00")
    son = non_dependant(town, grown(town, 50, mother.surname, gross_earnings=pounds("420.00"), hours=37))
    return town.pensioner_home(one(town, mother, "3000"), "council", (son,))


def _with_impaired_son(town: Town) -> Home:
    """The account shows that he does not count, and nobody gave her the quarter."""
    mother = old(town, 80, "241.30", "70.00")
    son = replace(grown(town, 51, mother.surname), is_mentally_impaired=True, pip_daily_living="higher")
    shown = {**NO_DISCOUNT, "disregard": "severe_mental_impairment", "disregarded_adults": 1}
    return town.pensioner_home(one(town, mother, "6000"), "council", (non_dependant(town, son),), account=shown)


def _impaired_mother(town: Town) -> Home:
    """Dementia and Attendance Allowance, with a son who counts: a quarter is due, and no file tells of it."""
    mother = replace(
        old(town, 84, "210.00", "20.00"), is_mentally_impaired=True, care_need="day_and_night",
        attendance_allowance="higher",
    )  # fmt: skip
    son = non_dependant(town, grown(town, 55, mother.surname))
    return town.pensioner_home(one(town, mother, "5000"), "owner", (son,))


TRAPS = (
    Trap("discount_part_of_bill", RULE, "Alone on a claim that meets part of the bill, and no discount.",
         lambda town: _alone(town, "241.30", "75.00", "6000", "council")),
    Trap("discount_small_reduction", RULE, "Alone; the reduction is less than the discount would be.",
         lambda town: _alone(town, "241.30", "185.00", "9000", "council", band="C")),
    Trap("discount_worth_nothing", RULE, "Alone; the reduction meets the whole bill: due, and worth nothing now.",
         lambda town: _alone(town, "184.90", "0", "2000", "council")),
    Trap("discount_given", RULE, "Alone with the discount.", lambda town: pensioner(town, 75, "230.00", "5000")),
    Trap("discount_no_claim", RULE, "Alone, an owner of whom the council knows a name on an account.",
         lambda town: _alone(town, "241.30", "300.00", "60000", "owner", claim=False)),
    Trap("discount_couple", RULE, "A couple: two who count.", _couple),
    Trap("discount_son", RULE, "A son who counts lives there.", _with_son),
    Trap("discount_impaired_son", RULE, "A son who does not count lives there, and the quarter was not given.",
         _with_impaired_son),
    Trap("impairment_untold", IMPAIRMENT, "Dementia and Attendance Allowance, with a son at home; no file tells.",
         _impaired_mother),
)  # fmt: skip
