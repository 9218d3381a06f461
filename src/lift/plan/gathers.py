"""What does a gather over related units come to, when some are only perhaps related and more may be missing?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from lift.errors import EngineError
from lift.plan import sql
from lift.plan.conditions import logic, negation
from lift.plan.sql import Sql
from lift.plan.tallies import MOST_RELATED
from lift.plan.values import Day, Flag, Number, Value, flag, unknown_flag

Pick = Callable[[Sequence[Sql]], Sql]


class Aggregates(Protocol):
    """Adds to the grouped SELECT, and gives what the gathering unit reads of it."""

    def aggregate(self, value: Sql) -> Sql:
        """The column of an aggregate: NULL where there is no related unit at all."""
        ...

    def state(self, test: Sql) -> tuple[Sql, Sql]:
        """Whether a test is true of some related unit, and whether it is unknown of some; neither is ever NULL."""
        ...

    def count(self, test: Sql) -> Sql:
        """How many related units a test is true of; never NULL."""
        ...


@dataclass(frozen=True)
class Gathering:
    """The parts of one gather: whether a related unit is in (`member`), and whether the roster is complete.

    `never_negative` and `never_positive` are the sign of what is gathered."""

    member: Flag
    complete: Flag
    found: Aggregates
    never_negative: bool = False
    never_positive: bool = False

    def where_in(self, value: Sql) -> Sql:
        """The value for units surely in, else NULL."""
        return value if self.member.constant is True else sql.case([(self.member.sql, value)])

    def where_possible(self, value: Sql) -> Sql:
        """The value for units not surely out, else NULL."""
        if self.member.constant is True:
            return value
        return sql.case([(self.possible, value)])

    @property
    def possible(self) -> Sql:
        """Whether a unit is not surely out."""
        return self.member.sql if self.member.certain else sql.is_not_false(self.member.sql)

    def has_gaps(self, end: Sql) -> Sql:
        """Whether some unit not surely out has no such end; never NULL."""
        gap = sql.is_null(end)
        return self.found.state(gap if self.member.constant is True else sql.both([self.possible, gap]))[0]

    def open_when_incomplete(self, value: Sql | None) -> Sql | None:
        """No bound unless the roster is known to be complete."""
        if value is None or self.complete.constant is False:
            return None
        if self.complete.constant is True:
            return value
        return sql.case([(sql.is_true(self.complete.sql), value)])


def count(parts: Gathering) -> Number:
    low = parts.found.count(parts.member.sql)
    point = parts.member.certain and parts.complete.constant is True
    size = Fraction(MOST_RELATED)
    if point:
        return Number(low, low, Fraction(1), True, True, True, Fraction(0), None, size)
    possible = low
    if not parts.member.certain:
        possible = parts.found.count(parts.possible)
    high = parts.open_when_incomplete(possible)
    return Number(low, high, Fraction(1), False, True, parts.complete.constant is True, Fraction(0), None, size)


def total(parts: Gathering, body: Number) -> Number:
    """SUM: perhaps-units add what lowers the low and raises the high; an incomplete roster leaves only the side that
    the sign keeps."""
    size = body.size * MOST_RELATED
    # A sum of HUGEINT that overflows is refused when it runs; what fits BIGINT goes back to it.
    wide = body.widened(body.scale, size)
    kind = "BIGINT" if wide is body else "HUGEINT"
    body = wide
    low = _total_end(parts, body.low, body.low_certain, sql.least, kind)
    low_end = low if parts.never_negative else parts.open_when_incomplete(low)
    complete = parts.complete.constant is True
    low_certain = body.low_certain and (complete or parts.never_negative)
    least = Fraction(0) if low_certain and body.least is not None and body.least >= 0 else None
    if body.point and parts.member.certain and complete:
        most = Fraction(0) if low_certain and body.most is not None and body.most <= 0 else None
        return Number(low_end, low_end, body.scale, True, low_certain, low_certain, least, most, size)
    high = _total_end(parts, body.high, body.high_certain, sql.greatest, kind)
    high_end = high if parts.never_positive else parts.open_when_incomplete(high)
    high_certain = body.high_certain and (complete or parts.never_positive)
    most = Fraction(0) if high_certain and body.most is not None and body.most <= 0 else None
    return Number(low_end, high_end, body.scale, False, low_certain, high_certain, least, most, size)


def _total_end(parts: Gathering, end: Sql | None, certain: bool, towards_zero: Pick, kind: str) -> Sql | None:
    zero = sql.integer(0)
    if end is None:
        return sql.case([(sql.negation(parts.found.state(parts.possible)[0]), zero)])
    if parts.member.certain:
        added = parts.where_in(end)
    else:
        # least() passes over NULL: an end that is missing is caught below, not here.
        added = sql.case([(parts.member.sql, end), (sql.is_null(parts.member.sql), towards_zero([end, zero]))])
    summed = sql.coalesce(parts.found.aggregate(sql.cast(sql.function("SUM", added), kind)), zero)
    return summed if certain else sql.case([(sql.negation(parts.has_gaps(end)), summed)])


def extreme(parts: Gathering, body: Number | Day, *, pick_greatest: bool) -> Number | Day:
    """MIN and MAX. One end rests on every unit not surely out, the other on those surely in."""
    sure_end, open_end = (body.low, body.high) if pick_greatest else (body.high, body.low)
    open_certain = body.high_certain if pick_greatest else body.low_certain
    sure = None if sure_end is None else _furthest(parts, parts.where_in(sure_end), pick_greatest)
    loose = None
    found = None if open_end is None else _furthest(parts, parts.where_possible(open_end), pick_greatest)
    if open_end is not None and found is not None:
        if not open_certain:
            found = sql.case([(sql.negation(parts.has_gaps(open_end)), found)])
        loose = parts.open_when_incomplete(found)
    low, high = (sure, loose) if pick_greatest else (loose, sure)
    if isinstance(body, Day):
        return Day(low, high, False, False, False, None, body.first, body.last)
    return Number(low, high, body.scale, False, False, False, None, None, body.size)


def _furthest(parts: Gathering, value: Sql, pick_greatest: bool) -> Sql | None:
    """The greatest or least of the values that are there; None where there are none in any row."""
    if sql.is_unknown(value):
        return None
    return parts.found.aggregate(sql.function("MAX" if pick_greatest else "MIN", value))


def any_of(parts: Gathering, body: Flag | None) -> Flag:
    """ANY: true as soon as one is surely so; false only if none can be and the roster is complete."""
    test = parts.member if body is None else logic("AND", [parts.member, body])
    complete = parts.complete
    branches: list[tuple[Sql, Sql]] = []
    if test.constant is not False:
        sure, perhaps = parts.found.state(test.sql)
        branches.append((sure, sql.TRUE))
        if test.constant is None and not test.certain:
            branches.append((perhaps, sql.NULL))
    if complete.constant is False:
        return Flag(sql.case(branches), False) if branches else unknown_flag()
    if complete.constant is True:
        certain = test.constant is not None or test.certain
        return Flag(sql.case(branches, sql.FALSE), certain) if branches else flag(False)
    return Flag(sql.case([*branches, (sql.is_true(complete.sql), sql.FALSE)]), False)


def every_of(parts: Gathering, body: Flag) -> Flag:
    """EVERY: not any that fails."""
    return negation(any_of(parts, negation(body)))


def gathered(function: str, parts: Gathering, body: Value | None) -> Value:
    if isinstance(body, Number) and (body.infinite or body.unlimited is not None):
        raise EngineError("no_limit cannot be gathered, only compared. Guard the formula so that it is not.")
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
