"""How do the facts of a unit enter a plan: from the columns of docs/tables.md to ranges?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from lift.plan import sql
from lift.plan.ranges import common_scale
from lift.plan.sql import Sql
from lift.plan.values import (
    PENNY,
    Code,
    Day,
    Flag,
    Number,
    Value,
    constant,
    flag,
    known_day,
    unknown_code,
    unknown_flag,
)
from lift.rulebook.model import Fact
from lift.rulebook.nodes import Level

_FOUR_PLACES = Fraction(1, 10000)
_FAR = Fraction(10**12)


@dataclass(frozen=True)
class FactProfile:
    """What is true of a fact in every row of a table, so that the plan need not provide for more. Without a profile the
    worst is taken."""

    present: bool = True
    certain: bool = False
    """Known in every row."""
    point: bool = False
    """Low and high are the same, or both missing, in every row."""
    all_fresh: bool = False


Profiles = Mapping[tuple[Level, str], FactProfile]
WORST = FactProfile()


def sql_type(fact: Fact) -> str:
    """The column type of a fact (docs/tables.md)."""
    if fact.type.kind == "number":
        scale = fact.smallest_step
        return "DECIMAL(14,2)" if scale == PENNY else ("DECIMAL(9,4)" if scale == _FOUR_PLACES else "INTEGER")
    return {"date": "DATE", "flag": "BOOLEAN", "code": "VARCHAR"}[fact.type.kind]


def ends_of(fact: Fact) -> tuple[str, ...]:
    """The columns a fact's value stands in (docs/tables.md): the two ends of a number or a date, else one."""
    return (f"{fact.name}_low", f"{fact.name}_high") if fact.type.is_ranged else (fact.name,)


def any_known(facts: Iterable[Fact], table: str) -> str:
    """SQL: whether a row of `table` holds anything of these facts."""
    ends = [f"{table}.{end} IS NOT NULL" for fact in facts for end in ends_of(fact)]
    return " OR ".join(ends) or "FALSE"


def can_be_stale(fact: Fact, profile: FactProfile) -> bool:
    return fact.shelf_life is not None and not profile.all_fresh and profile.present


def fact_value(fact: Fact, profile: FactProfile, table: str, *, proved: bool, assumed: bool | None) -> Value:
    """The fact's value in a row of `table`, before its proved bounds. `assumed`: the standing assumption, if any."""
    stale = proved and can_be_stale(fact, profile)
    kind = fact.type.kind
    if kind == "flag":
        return _flag(fact, profile, table, stale, assumed)
    if kind == "code":
        if not profile.present:
            return unknown_code()
        return Code(_fresh(fact, table, sql.column(table, fact.name), stale), profile.certain and not stale)
    if kind == "date":
        return _day(fact, profile, table, stale)
    return _number(fact, profile, table, stale)


def _fresh(fact: Fact, table: str, value: Sql, stale: bool) -> Sql:
    """NULL where the fact is past its shelf life."""
    if not stale:
        return value
    return sql.case([(sql.is_not_false(sql.column(table, f"{fact.name}_fresh")), value)])


def _flag(fact: Fact, profile: FactProfile, table: str, stale: bool, assumed: bool | None) -> Flag:
    if not profile.present:
        return unknown_flag() if assumed is None else flag(assumed)
    value = _fresh(fact, table, sql.column(table, fact.name), stale)
    if assumed is None:
        return Flag(value, profile.certain and not stale)
    return Flag(sql.coalesce(value, sql.TRUE if assumed else sql.FALSE), True)


def _day(fact: Fact, profile: FactProfile, table: str, stale: bool) -> Day:
    bounds = [known_day(b) if isinstance(b, date) else None for b in (fact.low, fact.high)]
    reach = _reach(fact)
    if not profile.present:
        first, last = (b.low if b else None for b in bounds)
        return Day(first, last, False, bounds[0] is not None, bounds[1] is not None, None, *reach)
    certain = profile.certain and not stale
    known = [_fresh(fact, table, sql.column(table, f"{fact.name}_{side}"), stale) for side in ("low", "high")]
    if profile.point and (certain or bounds == [None, None]):
        return Day(known[0], known[0], True, certain, certain, None, *reach)
    low, high = (sql.coalesce(end, b.low) if b and b.low else end for end, b in zip(known, bounds, strict=True))
    return Day(low, high, False, certain or bounds[0] is not None, certain or bounds[1] is not None, None, *reach)


def _reach(fact: Fact) -> tuple[date, date]:
    """The first and last day that can come up, by the fact's limits and bounds."""
    days = [end for end in (*(fact.limits or ()), fact.low, fact.high) if isinstance(end, date)]
    return (min(days), max(days)) if fact.limits is not None else (date.min, date.max)


def _number(fact: Fact, profile: FactProfile, table: str, stale: bool) -> Number:
    scale, size = fact.smallest_step, _size(fact)
    least, most = (b if isinstance(b, Fraction) else None for b in (fact.low, fact.high))
    bounds = [None if b is None else constant(b, scale).low for b in (least, most)]
    if not profile.present:
        return Number(bounds[0], bounds[1], scale, False, least is not None, most is not None, least, most, size)
    certain = profile.certain and not stale
    ends = [
        _counted(_fresh(fact, table, sql.column(table, f"{fact.name}_{side}"), stale), scale)
        for side in ("low", "high")
    ]
    if profile.point and (certain or bounds == [None, None]):
        return Number(ends[0], ends[0], scale, True, certain, certain, least, most, size)
    low, high = (sql.coalesce(end, b) if b is not None else end for end, b in zip(ends, bounds, strict=True))
    known = certain or least is not None, certain or most is not None
    return Number(low, high, scale, False, *known, least, most, size)


def _counted(value: Sql, scale: Fraction) -> Sql:
    factor = 1 / scale
    return sql.cast(sql.scaled(value, factor.numerator), "BIGINT")


def _size(fact: Fact) -> Fraction:
    ends = [abs(end) for end in (*(fact.limits or ()), fact.low, fact.high) if isinstance(end, Fraction)]
    return max(ends) if fact.limits is not None else _FAR


def bounded(fact: Fact, built: Number, actives: Sequence[Flag]) -> Number:
    """The fact within every bound that a scheme proves while its condition (one of `actives`) is true; where they leave
    nothing, two sources contradict each other and only the dictionary's own bounds are left."""
    bounds = [
        (None if b.low is None else constant(b.low), None if b.high is None else constant(b.high))
        for b in fact.proved_bounds
    ]
    scale = common_scale([built, *[end for pair in bounds for end in pair if end is not None]])
    at = built.at_scale(scale)
    low, high = at.low, at.high
    for active, (least, most) in zip(actives, bounds, strict=True):
        test = sql.is_true(active.sql)
        low = _tightened(test, low, least, scale, sql.greatest)
        high = _tightened(test, high, most, scale, sql.least)
    own = [_or_null(constant(end, scale).low if isinstance(end, Fraction) else None) for end in (fact.low, fact.high)]
    if low is not None and high is not None:
        some = sql.either([sql.is_true(active.sql) for active in actives])
        clash = sql.both([some, sql.is_true(sql.less(high, low))])
        low, high = (sql.case([(clash, end)], found) for end, found in zip(own, (low, high), strict=True))
    certain = at.low_certain and fact.low is not None, at.high_certain and fact.high is not None
    size = max([at.size, *[abs(end.constant) for pair in bounds for end in pair if end and end.constant is not None]])
    return Number(low, high, scale, False, *certain, at.least, at.most, size)


def _tightened(
    test: Sql, end: Sql | None, bound: Number | None, scale: Fraction, pick: Callable[[Sequence[Sql]], Sql]
) -> Sql | None:
    """One end of the range, with a bound that holds while the test is true."""
    if bound is None:
        return end
    at = bound.at_scale(scale).low
    assert at is not None
    return sql.case([(test, at if end is None else pick([end, at]))], _or_null(end))


def _or_null(end: Sql | None) -> Sql:
    return sql.NULL if end is None else end
