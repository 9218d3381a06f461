"""Which amounts do suppliers write, and by which exact conversion do they become pounds in the kind's unit?

Money is never floating point. Pence become pounds exactly. A change of period is a fraction that the profile must
name, worked out on integers and rounded once, to the penny, half away from zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lift.sources.kinds import Unit


@dataclass(frozen=True)
class Conversion:
    """Multiply by `numerator / denominator` to go from a period to another."""

    source: str
    target: str
    numerator: int
    denominator: int
    meaning: str


CONVERSIONS: Mapping[str, Conversion] = {
    "day_to_week": Conversion("day", "week", 7, 1, "7 days a week"),
    "fortnight_to_week": Conversion("fortnight", "week", 1, 2, "2 weeks a fortnight"),
    "four_weeks_to_week": Conversion("four_weeks", "week", 1, 4, "4 weeks"),
    "month_to_week_52_12": Conversion("month", "week", 12, 52, "12 months in 52 weeks"),
    "year_to_week_52": Conversion("year", "week", 1, 52, "52 weeks a year"),
    "year_to_week_365": Conversion("year", "week", 7, 365, "7 days of a year of 365"),
    "year_to_week_366": Conversion("year", "week", 7, 366, "7 days of a year of 366"),
    "year_to_month": Conversion("year", "month", 1, 12, "12 months a year"),
    "week_to_year_52": Conversion("week", "year", 52, 1, "52 weeks a year"),
    "month_to_year": Conversion("month", "year", 12, 1, "12 months a year"),
}

# Up to eight digits of pounds: more is no household's amount, and 52 times as much still fits DECIMAL(12,2).
PENCE_PATTERN = r"-?[0-9]{1,10}"
POUNDS_PATTERN = r"-?£?(?:[0-9]{1,8}|[0-9]{1,3}(?:,[0-9]{3}){1,2})(?:\.[0-9]{1,2})?"


def split_unit(unit: str) -> tuple[str, str]:
    """`pence/week` as (`pence`, `week`); an amount without a period has the period ``""``."""
    money, _, period = unit.partition("/")
    return money, period


def unit_problem(source: str, target: Unit, convert: str | None) -> str | None:
    """Why `source` cannot become `target` by `convert`, or None if it can."""
    money, period = split_unit(source)
    if money not in ("pence", "GBP"):
        return f"unit {source} is neither pence nor GBP"
    wanted = split_unit(target)[1]
    if convert is None:
        return None if period == wanted else f"unit {source} must be converted to {target}: name one of {_names()}"
    if convert not in CONVERSIONS:
        return f"no conversion is called {convert}: name one of {_names()}"
    known = CONVERSIONS[convert]
    if (known.source, known.target) != (period, wanted):
        return f"{convert} goes from {known.source} to {known.target}, not from {source} to {target}"
    return None


def _names() -> str:
    return ", ".join(CONVERSIONS)


def pattern(unit: str) -> str:
    """What an amount in this unit must look like, whole."""
    return PENCE_PATTERN if split_unit(unit)[0] == "pence" else POUNDS_PATTERN


def pounds_sql(raw: str, unit: str, convert: str | None) -> str:
    """SQL that turns text already matched by `pattern` into DECIMAL(12,2) pounds."""
    if split_unit(unit)[0] == "pence":
        pounds = f"CAST({raw} AS DECIMAL(14,0)) * 0.01"
    else:
        # Few files write £ or thousands; only their amounts take the slower way.
        bare = f"CAST(replace(replace({raw}, '£', ''), ',', '') AS DECIMAL(14,2))"
        pounds = f"coalesce(TRY_CAST({raw} AS DECIMAL(14,2)), {bare})"
    if convert is None:
        return f"CAST({pounds} AS DECIMAL(12,2))"
    fraction = CONVERSIONS[convert]
    pence = f"CAST(({pounds}) * 100 AS BIGINT)"
    # Half away from zero on integers: DuckDB's `//` truncates, so the sign is put back afterwards.
    doubled = 2 * fraction.denominator
    rounded = f"((abs({pence}) * {2 * fraction.numerator} + {fraction.denominator}) // {doubled}) * sign({pence})"
    return f"CAST(CAST({rounded} AS DECIMAL(14,0)) * 0.01 AS DECIMAL(12,2))"
