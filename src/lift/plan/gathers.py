"""What does a gather over related units come to, when some are only perhaps related and more may be missing?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from lift.plan import ranges, sql
from lift.plan.sql import Sql
from lift.plan.values import Day, Flag, Number, Value, flag

#: No unit has more related units than this; build refuses larger households. It bounds sums, so that none overflows.
MOST_RELATED = 10_000


@dataclass(frozen=True)
class Gathering:
    """The parts of one gather: whether a related unit is in (`member`), what is gathered, whether the roster is complete.

    `aggregate` adds an aggregate to the grouped SELECT and gives the column that the gathering unit reads (NULL where it
    has no related unit at all). `never_negative` and `never_positive` are the sign of what is gathered."""

    member: Flag
    complete: Flag
    aggregate: Callable[[Sql], Sql]
    never_negative: bool = False
    never_positive: bool = False

    def where_in(self, value: Sql) -> Sql:
        """The value for units surely in, else NULL."""
        return value if self.member.constant is True else sql.case([(self.member.sql, value)])

    def where_possible(self, value: Sql) -> Sql:
        """The value for units not surely out, else NULL."""
        if self.member.constant is True:
            return value
        test = self.member.sql if self.member.certain else sql.is_not_false(self.member.sql)
        return sql.case([(test, value)])

    def open_when_incomplete(self, value: Sql | None) -> Sql | None:
        """No bound unless the roster is known to be complete."""
        if value is None or self.complete.constant is False:
            return None
        if self.complete.constant is True:
            return value
        return sql.case([(sql.is_true(self.complete.sql), value)])


def count(parts: Gathering) -> Number:
    one = sql.integer(1)
    low = sql.coalesce(parts.aggregate(sql.function("COUNT", parts.where_in(one))), sql.integer(0))
    point = parts.member.certain and parts.complete.constant is True
    size = Fraction(MOST_RELATED)
    if point:
        return Number(low, low, Fraction(1), True, True, True, Fraction(0), None, size)
    possible = low
    if not parts.member.certain:
        possible = sql.coalesce(parts.aggregate(sql.function("COUNT", parts.where_possible(one))), sql.integer(0))
    high = parts.open_when_incomplete(possible)
    return Number(low, high, Fraction(1), False, True, parts.complete.constant is True, Fraction(0), None, size)


def total(parts: Gathering, body: Number) -> Number:
    """SUM: perhaps-units add what lowers the low and raises the high; an incomplete roster leaves only the side the sign keeps."""
    low = _total_end(parts, body.low, body.low_certain, sql.least)
    low_end = low if parts.never_negative else parts.open_when_incomplete(low)
    complete = parts.complete.constant is True
    point = body.point and parts.member.certain and complete
    least = Fraction(0) if parts.never_negative else None
    most = Fraction(0) if parts.never_positive else None
    size = body.size * MOST_RELATED
    low_certain = body.low_certain and (complete or parts.never_negative)
    if point:
        return Number(low_end, low_end, body.scale, True, low_certain, low_certain, least, most, size)
    high = _total_end(parts, body.high, body.high_certain, sql.greatest)
    high_end = high if parts.never_positive else parts.open_when_incomplete(high)
    high_certain = body.high_certain and (complete or parts.never_positive)
    return Number(low_end, high_end, body.scale, False, low_certain, high_certain, least, most, size)


def _total_end(parts: Gathering, end: Sql | None, certain: bool, towards_zero: object) -> Sql | None:
    zero = sql.integer(0)
    if end is None:
        some = parts.aggregate(sql.function("COUNT", parts.where_possible(sql.integer(1))))
        return sql.case([(sql.equal(sql.coalesce(some, zero), zero), zero)])
    if parts.member.certain:
        added = parts.where_in(end)
    else:
        perhaps = towards_zero([end, zero])  # type: ignore[operator]  # sql.least or sql.greatest
        # least() passes over NULL: an end that is missing is caught below, not here.
        added = sql.case([(parts.member.sql, end), (sql.is_null(parts.member.sql), perhaps)])
    summed = sql.coalesce(parts.aggregate(sql.cast(sql.function("SUM", added), "BIGINT")), zero)
    if certain:
        return summed
    gaps = parts.aggregate(sql.function("COUNT", parts.where_possible(sql.case([(sql.is_null(end), sql.integer(1))]))))
    return sql.case([(sql.equal(sql.coalesce(gaps, zero), zero), summed)])


def extreme(parts: Gathering, body: Number | Day, *, pick_greatest: bool) -> Number | Day:
    """MIN and MAX. One end rests on every unit not surely out, the other on those surely in."""
    pick = "MAX" if pick_greatest else "MIN"
    sure_end, open_end = (body.low, body.high) if pick_greatest else (body.high, body.low)
    open_certain = body.high_certain if pick_greatest else body.low_certain
    sure = None if sure_end is None else parts.aggregate(sql.function(pick, parts.where_in(sure_end)))
    loose = None
    if open_end is not None:
        found = parts.aggregate(sql.function(pick, parts.where_possible(open_end)))
        if not open_certain:
            gaps = parts.aggregate(sql.function("COUNT", parts.where_possible(sql.case([(sql.is_null(open_end), sql.integer(1))]))))
            found = sql.case([(sql.equal(gaps, sql.integer(0)), found)])
        loose = parts.open_when_incomplete(found)
    low, high = (sure, loose) if pick_greatest else (loose, sure)
    if isinstance(body, Day):
        return Day(low, high, False, False, False)
    return Number(low, high, body.scale, False, False, False, None, None, body.size)


def any_of(parts: Gathering, body: Flag | None) -> Flag:
    """ANY: true as soon as one is surely so; false only if none can be and the roster is complete."""
    test = parts.member if body is None else ranges.logic("AND", [parts.member, body])
    if test.constant is False:
        return ranges.choose(parts.complete, flag(False), Flag(sql.NULL, False)) if parts.complete.constant is None else _none(parts)  # type: ignore[return-value]
    sure = parts.aggregate(sql.function("BOOL_OR", test.sql))
    branches: list[tuple[Sql, Sql]] = [(sure, sql.TRUE)]
    if not test.certain:
        open_ones = parts.aggregate(sql.function("BOOL_OR", sql.is_null(test.sql)))
        branches.append((open_ones, sql.NULL))
    if parts.complete.constant is True:
        return Flag(sql.case(branches, sql.FALSE), test.certain)
    if parts.complete.constant is None:
        branches.append((parts.complete.sql, sql.FALSE))
    return Flag(sql.case(branches), False)


def _none(parts: Gathering) -> Flag:
    return flag(False) if parts.complete.constant is True else Flag(sql.NULL, False)


def every_of(parts: Gathering, body: Flag) -> Flag:
    """EVERY: not any that fails."""
    return ranges.negation(any_of(parts, ranges.negation(body)))


def gathered(function: str, parts: Gathering, body: Value | None) -> Value:
    if function == "COUNT":
        return count(parts)
    if function == "ANY":
        assert body is None or isinstance(body, Flag)
        return any_of(parts, body)
    if function == "EVERY":
        assert isinstance(body, Flag)
        return every_of(parts, body)
    if function == "SUM":
        assert isinstance(body, Number)
        return total(parts, body)
    assert isinstance(body, Number | Day)
    return extreme(parts, body, pick_greatest=function == "MAX")
