"""Which planted households try pension-age Housing Benefit and Council Tax Reduction: one claimed, the other not?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lift.city.people import Home
from lift.city.planted.trap import Trap, grown, non_dependant, old, one, pair, pounds
from lift.city.town import Town

BENEFIT = "housing_benefit_pension_age"
REDUCTION = "council_tax_reduction_pension_age"

#: What a claim says of the half that nobody made.
NO_REDUCTION: dict[str, Any] = {"ctr_ref": "", "ctr_week": 0}
NO_BENEFIT: dict[str, Any] = {"hb_ref": "", "hb_week": 0}


def _guarantee(town: Town, years: int, changes: dict[str, Any]) -> Home:
    """Guarantee credit in payment, which brings both in full."""
    family = replace(one(town, old(town, years, "184.90"), "3000"), guarantee_credit_from=town.long_ago())
    return town.pensioner_home(family, "council", changes=changes)


def _standard(town: Town, pension: str, private: str) -> Home:
    """Means assessed for Housing Benefit, and no reduction claimed."""
    family = one(town, old(town, 74, pension, private), "5000")
    return town.pensioner_home(family, "council", band="A", changes=NO_REDUCTION)


def _couple(town: Town) -> Home:
    husband = old(town, 81, "241.30", "80.00")
    wife = old(town, 79, "144.60", "20.00", surname=husband.surname)
    return town.pensioner_home(pair(town, husband, wife, "11000"), "housing_association", changes=NO_REDUCTION)


def _with_son(town: Town) -> Home:
    """What the son brings in is in no file, and by it the reduction stands or falls."""
    father = old(town, 77, "241.30", "40.00")
    son = non_dependant(town, grown(town, 45, father.surname, gross_earnings=pounds("520.00"), hours=37))
    return town.pensioner_home(one(town, father, "2000"), "council", (son,), changes=NO_REDUCTION)


TRAPS = (
    Trap("credit_without_reduction", REDUCTION, "Guarantee credit and Housing Benefit, and no reduction claimed.",
         lambda town: _guarantee(town, 82, NO_REDUCTION)),
    Trap("rent_without_reduction", REDUCTION, "Housing Benefit by a means test, and no reduction claimed.",
         lambda town: _standard(town, "205.40", "15.00")),
    Trap("rent_without_reduction_tapered", REDUCTION, "The same with income over the applicable amount: part is due.",
         lambda town: _standard(town, "241.30", "40.00")),
    Trap("rent_and_no_reduction_due", REDUCTION, "The same with so much income that nothing is due.",
         lambda town: _standard(town, "241.30", "135.00")),
    Trap("rent_without_reduction_couple", REDUCTION, "A couple with Housing Benefit and no reduction.", _couple),
    Trap("rent_without_reduction_son", REDUCTION, "A working son at home, whose pay no file holds.", _with_son),
    Trap("reduction_without_rent", BENEFIT, "Guarantee credit and the whole reduction, and no claim for the rent.",
         lambda town: _guarantee(town, 76, NO_BENEFIT)),
)  # fmt: skip
