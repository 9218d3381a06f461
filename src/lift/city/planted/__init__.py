"""Which cases are planted, in which order?"""

from __future__ import annotations

from lift.city.planted import cap, care, council_tax, files, meals, pension_credit, protected, rent_and_reduction
from lift.city.planted.trap import Trap

TRAPS: tuple[Trap, ...] = (
    pension_credit.TRAPS
    + care.TRAPS
    + cap.TRAPS
    + meals.TRAPS
    + council_tax.TRAPS
    + rent_and_reduction.TRAPS
    + protected.TRAPS
    + files.TRAPS
)
BY_NAME: dict[str, Trap] = {trap.name: trap for trap in TRAPS}
