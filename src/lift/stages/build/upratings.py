"""From which day do the benefit rates apply that are in force on a day? (SQL, for any day)"""

from __future__ import annotations


def uprating(day: str) -> str:
    """The Monday from which the rates in force on a day apply: the first on or after 6 April."""

    def monday(year: str) -> str:
        sixth = f"make_date(({year})::BIGINT, 4, 6)"
        return f"({sixth} + ((8 - isodow({sixth})) % 7)::INTEGER)"

    this, last = monday(f"year({day})"), monday(f"year({day}) - 1")
    return f"CASE WHEN {day} >= {this} THEN {this} ELSE {last} END"


def assessed_at_new_rates(day: str) -> str:
    """The first day of an assessment for Housing Benefit or Council Tax Reduction that counts benefits at the rates in
    force on a day. Councils assess the year from 1 April on at the rates to come, a few days before they are paid."""
    return f"make_date(year({uprating(day)}), 4, 1)"
