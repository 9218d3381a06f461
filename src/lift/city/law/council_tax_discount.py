"""How much of the charge is taken off for adults who do not count (LGFA 1992 s.11, SI 1992/558 class U)?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

QUARTER, HALF, ALL = Fraction(1, 4), Fraction(1, 2), Fraction(1)


@dataclass(frozen=True)
class Adult:
    """Somebody of 18 or over who lives in the home and is no dependent child."""

    is_student: bool = False
    is_impaired: bool = False
    """Severely and for good, with a benefit that goes with it."""


def counted(adults: Sequence[Adult]) -> int:
    return sum(not (one.is_student or one.is_impaired) for one in adults)


def discount(adults: Sequence[Adult]) -> Fraction:
    """Section 11: half where nobody counts, a quarter where one adult does."""
    number = counted(adults)
    return HALF if number == 0 else QUARTER if number == 1 else Fraction(0)


def with_impairment(adults: Sequence[Adult]) -> Fraction:
    """Section 11, or all where everybody who lives there is impaired."""
    return ALL if adults and all(one.is_impaired for one in adults) else discount(adults)
