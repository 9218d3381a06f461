"""How do the facts of a unit enter a plan: from the columns of docs/tables.md to ranges?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from lift.plan import ranges, sql
from lift.plan.sql import Sql
from lift.plan.values import PENNY, Code, Day, Flag, Number, Value, constant, flag, known_day, unknown_flag
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


def scale_of(fact: Fact) -> Fraction:
    """How a number is counted: pence, ten-thousandths for hours and fractions, whole else."""
    unit = fact.type.unit
    if unit is not None and unit.is_money:
        return PENNY
    return _FOUR_PLACES if _has_places(fact) else Fraction(1)


def _has_places(fact: Fact) -> bool:
    unit = fact.type.unit
    limits = fact.limits
    is_hours = unit is not None and any(name == "hours" for name, _ in unit.parts)
    is_share = limits is not None and isinstance(limits[1], Fraction) and limits[1] <= 1
    return is_hours or is_share


def sql_type(fact: Fact) -> str:
    """The column type of a fact (docs/tables.md)."""
    if fact.type.kind == "number":
        scale = scale_of(fact)
        return "DECIMAL(14,2)" if scale == PENNY else ("DECIMAL(9,4)" if scale == _FOUR_PLACES else "INTEGER")
    return {"date": "DATE", "flag": "BOOLEAN", "code": "VARCHAR"}[fact.type.kind]


def can_be_stale(fact: Fact, profile: FactProfile) -> bool:
    return fact.shelf_life is not None and not profile.all_fresh and profile.present


def fact_value(fact: Fact, profile: FactProfile, table: str, *, proved: bool, assumed: bool | None) -> Value:
    """The fact's value read from a row of `table`, before its proved bounds. `assumed`: the standing assumption, if any."""
    stale = proved and can_be_stale(fact, profile)
    kind = fact.type.kind
    if kind == "flag":
        return _flag(fact, profile, table, stale, assumed)
    if kind == "code":
        if not profile.present:
            return Code(sql.NULL, False)
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
    if not profile.present:
        return Day(*[b.low if b else None for b in bounds], False, bounds[0] is not None, bounds[1] is not None)
    certain = profile.certain and not stale
    ends = [_fresh(fact, table, sql.column(table, f"{fact.name}_{side}"), stale) for side in ("low", "high")]
    if profile.point and (certain or bounds == [None, None]):
        return Day(ends[0], ends[0], True, certain, certain)
    low, high = (sql.coalesce(end, b.low) if b and b.low is not None else end for end, b in zip(ends, bounds, strict=True))
    return Day(low, high, False, certain or bounds[0] is not None, certain or bounds[1] is not None)


def _number(fact: Fact, profile: FactProfile, table: str, stale: bool) -> Number:
    scale, size = scale_of(fact), _size(fact)
    least, most = (b if isinstance(b, Fraction) else None for b in (fact.low, fact.high))
    bounds = [None if b is None else constant(b, scale).low for b in (least, most)]
    if not profile.present:
        return Number(bounds[0], bounds[1], scale, False, least is not None, most is not None, least, most, size)
    certain = profile.certain and not stale
    ends = [_counted(_fresh(fact, table, sql.column(table, f"{fact.name}_{side}"), stale), scale) for side in ("low", "high")]
    if profile.point and (certain or bounds == [None, None]):
        return Number(ends[0], ends[0], scale, True, certain, certain, least, most, size)
    low, high = (sql.coalesce(end, b) if b is not None else end for end, b in zip(ends, bounds, strict=True))
    return Number(low, high, scale, False, certain or least is not None, certain or most is not None, least, most, size)


def _counted(value: Sql, scale: Fraction) -> Sql:
    factor = 1 / scale
    return sql.cast(sql.scaled(value, factor.numerator), "BIGINT")


def _size(fact: Fact) -> Fraction:
    ends = [abs(end) for end in (fact.limits or ()) if isinstance(end, Fraction)]
    return max(ends) if ends else _FAR


def with_bound(value: Number, known_as: Number, active: Flag, low: Fraction | None, high: Fraction | None) -> Number:
    """A bound that a scheme proves, laid over the value while `active` is true."""
    ends = (None if low is None else constant(low)), (None if high is None else constant(high))
    scale = ranges.common_scale([value, *[e for e in ends if e is not None]])
    at = value.at_scale(scale)
    new_low, new_high = at.low, at.high
    test = sql.is_true(active.sql)
    if ends[0] is not None:
        bound = ends[0].at_scale(scale).low
        assert bound is not None
        tight = bound if new_low is None else sql.greatest([new_low, bound])
        new_low = sql.case([(test, tight)], new_low if new_low is not None else sql.NULL)
    if ends[1] is not None:
        bound = ends[1].at_scale(scale).low
        assert bound is not None
        tight = bound if new_high is None else sql.least([new_high, bound])
        new_high = sql.case([(test, tight)], new_high if new_high is not None else sql.NULL)
    return replace(at, low=new_low, high=new_high, point=False)


def contradicted(known_as: Number, active: Flag, low: Fraction | None, high: Fraction | None) -> Sql | None:
    """Whether the known value lies wholly outside an active bound: two sources then contradict each other."""
    tests: list[Sql] = []
    if high is not None and known_as.low is not None:
        tests.append(ranges.compare("<", constant(high), _ends_as_point(known_as, known_as.low)).sql)
    if low is not None and known_as.high is not None:
        tests.append(ranges.compare("<", _ends_as_point(known_as, known_as.high), constant(low)).sql)
    if not tests:
        return None
    return sql.both([sql.is_true(active.sql), sql.is_true(sql.either(tests))])


def _ends_as_point(number: Number, end: Sql) -> Number:
    return replace(number, low=end, high=end, point=True, low_certain=False, high_certain=False)
