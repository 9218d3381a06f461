"""What does one row tell of one fact? (SQL for the readings of `lift.sources.facts`)

Each reading becomes two ends (numbers, dates) or one value (flags, codes), NULL where the row does not tell; outside
the dictionary's limits it does not tell either, and `refusals` says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from lift.rulebook.model import Fact
from lift.rulebook.nodes import Level, Unit
from lift.sources.facts.readings import Condition, Reading, Wanted
from lift.stages.build.upratings import assessed_at_new_rates

Facts = Mapping[tuple[Level, str], Fact]


@dataclass(frozen=True)
class Told:
    """SQL of one reading: `low` and `high` (the same for flags and codes), what breaks the limits (empty if nothing
    can), freshness, and whether a no would still prove something (empty where it does as long as a yes)."""

    reading: Reading
    fact: Fact
    low: str
    high: str
    breaks_limits: str
    fresh: str
    no_lasts: str


def sql_type(fact: Fact) -> str:
    """The column type of docs/tables.md."""
    if fact.type.kind != "number":
        return {"date": "DATE", "flag": "BOOLEAN", "code": "VARCHAR"}[fact.type.kind]
    unit = fact.type.unit or Unit()
    if unit.is_money:
        return "DECIMAL(14,2)"
    return "INTEGER" if not unit.parts else "DECIMAL(9,4)"


def tell(reading: Reading, fact: Fact, day: str) -> Told:
    when = [_holds(name, wanted) for name, wanted in reading.shape.when.items()]
    kinds = ", ".join(f"'{kind}'" for kind in reading.kinds)
    condition = " AND ".join([f"kind IN ({kinds})", *when])
    low, high = _ends(reading)
    broken = _broken(reading, fact, low, high)
    kind = sql_type(fact)
    sound = f"({condition}) AND NOT coalesce({broken}, FALSE)" if broken else condition
    return Told(
        reading,
        fact,
        f"CASE WHEN {sound} THEN ({low})::{kind} END",
        f"CASE WHEN {sound} THEN ({high})::{kind} END",
        f"({condition}) AND coalesce({broken}, FALSE)" if broken else "",
        _fresh(reading, fact, day) + _at_these_rates(reading, fact, day, low, high),
        _no_lasts(reading, fact, day),
    )


def _ends(reading: Reading) -> tuple[str, str]:
    shape = reading.shape
    if shape.cases:
        cases = " ".join(f"WHEN {_all(case.when, case.any)} THEN {_literal(case.value)}" for case in shape.cases)
        return (f"CASE {cases} END",) * 2
    if shape.codes:
        codes = " ".join(f"WHEN '{old}' THEN '{new}'" for old, new in shape.codes.items())
        return (f"CASE {shape.column} {codes} END",) * 2
    if shape.column:
        return shape.column, shape.column
    if shape.low or shape.high:
        return shape.low or "NULL", shape.high or "NULL"
    return _total(reading)


def _total(reading: Reading) -> tuple[str, str]:
    """A sum: with a part missing it bounds from below, since no part may be negative."""
    shape = reading.shape
    lows = [f"coalesce({name}, 0)" for name in shape.total]
    highs = [*shape.total]
    parts = [*shape.total]
    for name in shape.with_partner:
        lows.append(f"CASE WHEN has_partner THEN coalesce({name}, 0) ELSE 0 END")
        highs.append(f"CASE WHEN has_partner THEN {name} WHEN has_partner = FALSE THEN 0 END")
    for net, gross in shape.net_of_gross.items():
        lows.append(f"coalesce({net}, 0)")
        highs.append(f"CASE WHEN {net} > 0 THEN {net} WHEN {gross} > 0 THEN {gross} ELSE coalesce({net}, {gross}) END")
        parts += [net, gross]
    highs += [f"coalesce({name}, 0)" for name in shape.perhaps]
    told = " OR ".join(f"{name} IS NOT NULL" for name in parts)
    return f"CASE WHEN {told} THEN {' + '.join(lows)} END", " + ".join(highs)


def _broken(reading: Reading, fact: Fact, low: str, high: str) -> str:
    """Whether a value, or any part of a sum, lies outside the dictionary's limits; empty where none can."""
    if fact.type.kind == "code":
        if not fact.type.codes:
            return ""
        codes = ", ".join(f"'{code}'" for code in fact.type.codes)
        return f"({low}) NOT IN ({codes})"
    if fact.limits is None:
        return ""
    least, most = (_bound(end) for end in fact.limits)
    broken = [
        f"({low}) < {least}",
        f"({high}) < {least}",
        f"({low}) > {most}",
        f"({high}) > {most}",
        f"({low}) > ({high})",
    ]
    shape = reading.shape
    broken += [f"{name} < {least}" for name in (*shape.total, *shape.perhaps, *shape.with_partner, *shape.net_of_gross)]
    return " OR ".join(broken)


def _bound(end: Fraction | date) -> str:
    if isinstance(end, date):
        return f"DATE '{end.isoformat()}'"
    if end.denominator == 1:
        return str(end.numerator)
    pence = end * 10000
    return f"({pence.numerator // pence.denominator} * 0.0001)"


def _fresh(reading: Reading, fact: Fact, day: str) -> str:
    if fact.shelf_life is None:
        return "TRUE"
    if reading.shape.fresh:
        return f"coalesce({reading.shape.fresh}, FALSE)"
    return fresh_sql(reading.shape.dated, fact.shelf_life, day)


def _at_these_rates(reading: Reading, fact: Fact, day: str, low: str, high: str) -> str:
    """What goes up each April is no longer what it was assessed at before; nothing stays nothing."""
    if not fact.is_uprated or reading.shape.fresh:
        return ""
    is_nothing = f"coalesce(({low}) = 0 AND ({high}) = 0, FALSE)"
    return f" AND ({is_nothing} OR coalesce({reading.shape.dated} >= {assessed_at_new_rates(day)}, FALSE))"


def _no_lasts(reading: Reading, fact: Fact, day: str) -> str:
    if fact.no_lasts is None:
        return ""
    if reading.shape.fresh:
        return _fresh(reading, fact, day)
    return f"coalesce({reading.shape.no_dated or reading.shape.dated} + {fact.no_lasts} >= {day}, FALSE)"


def fresh_sql(dated: str, shelf_life: Mapping[str, int], day: str) -> str:
    """Whether something dated so is within its shelf life on the day, by the class of its claim."""
    months = (
        f"CASE claim_class WHEN 'pension_age' THEN {shelf_life['pension_age']} ELSE {shelf_life['working_age']} END"
    )
    return f"coalesce({dated} + to_months({months}) >= {day}, FALSE)"


def _all(when: Condition, any_of: Condition) -> str:
    parts = [_holds(name, wanted) for name, wanted in when.items()]
    if any_of:
        parts.append(
            "(" + " OR ".join(f"coalesce({_holds(name, wanted)}, FALSE)" for name, wanted in any_of.items()) + ")"
        )
    return " AND ".join(parts)


def _holds(name: str, wanted: Wanted) -> str:
    if isinstance(wanted, bool):
        return f"({name}) = {str(wanted).upper()}"
    if isinstance(wanted, list):
        return f"{name} IN ({', '.join(_literal(one) for one in wanted)})"
    return f"{name} {wanted}" if wanted[:1] in "<>=" else f"{name} = {_literal(wanted)}"


def _literal(value: bool | str) -> str:
    return str(value).upper() if isinstance(value, bool) else "'" + value.replace("'", "''") + "'"
