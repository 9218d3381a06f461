"""How do the people of a household stand to one another in law, and who pays its council tax?"""

from __future__ import annotations

from datetime import date

from lift.city.days import age
from lift.city.people import Account, Family, Household

COMMERCIAL = ("lodger", "joint_tenant", "joint_owner")


def blocks_severe_disability_addition(other: Family, day: date) -> bool:
    """Whether an adult of another family there takes the addition away (SPC Regs Sch I para 2)."""
    if other.role in COMMERCIAL and not other.close_relative:
        return False
    return any(
        age(adult.born, day) >= 18 and not adult.gets_disability_benefit and not adult.is_blind
        for adult in other.adults
    )


def others_block(family: Family, household: Household, day: date) -> bool:
    return any(blocks_severe_disability_addition(other, day) for other in household.families if other.id != family.id)


def is_liable(family: Family, account: Account) -> bool:
    """Whether claimant or partner is named on the account."""
    return any(adult.id in account.liable for adult in family.adults)
