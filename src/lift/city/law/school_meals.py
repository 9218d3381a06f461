"""Is a child entitled to free school meals in England, before and after 1 September 2026?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from lift.city.figures import Figures

EVERY_AWARD_COUNTS_FROM = date(2026, 9, 1)
LIMITS = ("meals_earnings_one_period", "meals_earnings_two_periods", "meals_earnings_three_periods")


def meets_earnings_test(latest_first: Sequence[int], day: date, figures: Figures) -> bool:
    """The test until 31 August 2026: take-home pay of the last one, two or three periods, any of them."""
    totals = [sum(latest_first[: count + 1]) for count in range(min(len(latest_first), 3))]
    return any(total <= figures.rate(LIMITS[count], day) for count, total in enumerate(totals))


def is_entitled(
    on_universal_credit: bool, latest_first: Sequence[int], guarantee_credit: bool, day: date, figures: Figures
) -> bool:
    """By the parent's or carer's own award; earnings are pence a period, the latest period first."""
    if guarantee_credit:
        return True
    if not on_universal_credit:
        return False
    return day >= EVERY_AWARD_COUNTS_FROM or meets_earnings_test(latest_first, day, figures)
