"""What does a claim say where it differs from the truth: an old State Pension, another figure for savings?"""

from __future__ import annotations

from datetime import date

from lift.city.figures import Figures
from lift.city.people import Claim, Person


def state_pension_shown(person: Person, claim: Claim, day: date, figures: Figures) -> int:
    """State Pension as last assessed: that of an earlier year where nobody has looked since."""
    if claim.state_pension_year is None:
        return person.state_pension
    then = figures.rate("basic_state_pension", date(claim.state_pension_year, 12, 31))
    return person.state_pension * then // figures.rate("basic_state_pension", day)
