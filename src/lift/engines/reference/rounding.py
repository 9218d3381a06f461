"""How are exact fractions rounded?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import ceil, floor

_HALF = Fraction(1, 2)
_PENCE = 100


def whole_up(x: Fraction) -> Fraction:
    return Fraction(ceil(x))


def whole_down(x: Fraction) -> Fraction:
    return Fraction(floor(x))


def nearest_whole(x: Fraction) -> Fraction:
    """Half goes away from nought: 2.5 is 3 and -2.5 is -3."""
    return Fraction(floor(x + _HALF)) if x >= 0 else -Fraction(floor(-x + _HALF))


def _in_pence(whole: Callable[[Fraction], Fraction]) -> Callable[[Fraction], Fraction]:
    return lambda pounds: whole(pounds * _PENCE) / _PENCE


#: What a step's `round:` does to each end of its range.
STEP_ROUNDING: Mapping[str, Callable[[Fraction], Fraction]] = {
    "penny": _in_pence(nearest_whole),
    "up": _in_pence(whole_up),
    "down": _in_pence(whole_down),
    "none": lambda x: x,
}
