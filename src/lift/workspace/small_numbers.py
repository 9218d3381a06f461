"""Which counts of people may be told, and how? (The "10-5" rule: under ten is not told, the rest is rounded to five.)

A count from 0 to 9, of people or of the homes they live in, could point at somebody, so it is shown as [c]; nought is
shown so too, or it would be told apart from a few. All others are rounded to the nearest five. A total is the sum of
what is shown, never of what was counted, so that no [c] can be worked out from a table and its total. (Several tables
set against each other can narrow one down, which is why every question is logged.)
"""

from __future__ import annotations

from collections.abc import Iterable

LEAST, STEP = 10, 5
HIDDEN = "[c]"


def told(people: int, homes: int) -> int | None:
    """The count as it may be told; None where it may not. `homes`: in how many the people live."""
    if people < LEAST or homes < LEAST:
        return None
    return (2 * people + STEP) // (2 * STEP) * STEP


def total(shown: Iterable[int | None]) -> int | None:
    """The sum of what is shown; None where nothing is."""
    seen = [count for count in shown if count is not None]
    return sum(seen) if seen else None


def in_words(count: int | None) -> str:
    return HIDDEN if count is None else f"{count:,}"
