"""Which of several values is it? (Choice, greatest and least, figures by day or band.)

The answer is the hull of whatever may be reached.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from lift.plan import sql
from lift.plan.conditions import endless, limited
from lift.plan.ranges import common_scale
from lift.plan.sql import FALSE, NULL, TRUE, Sql
from lift.plan.values import Code, Day, Flag, Number, Value, constant, infinity, known_day

Case = tuple[Sql, Value]
"""A condition that is never NULL, and the value where it is true."""


# ---- choice ----------------------------------------------------------------------------------------------------------


def choose(test: Flag, then: Value, otherwise: Value) -> Value:
    """IF: the hull of the branches still reachable; flags and codes only where they agree."""
    if test.constant is not None:
        return then if test.constant else otherwise
    if isinstance(then, Number) and isinstance(otherwise, Number):
        if endless(then) != FALSE or endless(otherwise) != FALSE:
            return _reached_number(_branches(test, then, otherwise), None, covered=True)
        return _choose_number(test, then, otherwise)
    if isinstance(then, Day) and isinstance(otherwise, Day):
        return _choose_day(test, then, otherwise)
    certain = test.certain and then.certain and otherwise.certain
    if isinstance(then, Flag) and isinstance(otherwise, Flag):
        return Flag(_agreeing(test, then.sql, otherwise.sql), certain)
    assert isinstance(then, Code) and isinstance(otherwise, Code)
    return Code(_agreeing(test, then.sql, otherwise.sql), certain)


def _branches(test: Flag, then: Number, otherwise: Number) -> list[tuple[Sql, Number]]:
    return [(sql.is_not_false(test.sql), then), (sql.negation(sql.is_true(test.sql)), otherwise)]


def _choose_number(test: Flag, then: Number, otherwise: Number) -> Number:
    if then.constant is not None and then.constant == otherwise.constant:
        return then
    scale = common_scale([then, otherwise])
    a, b = then.at_scale(scale), otherwise.at_scale(scale)
    if not test.certain and (_is_at_most(a.most, b.least) or _is_at_most(b.most, a.least)):
        return _choose_ordered(test, a, b, scale)
    low, low_certain = _branch(test, (a.low, a.low_certain), (b.low, b.low_certain), sql.least)
    point = test.certain and a.point and b.point
    high, high_certain = low, low_certain
    if not point:
        high, high_certain = _branch(test, (a.high, a.high_certain), (b.high, b.high_certain), sql.greatest)
    return Number(low, high, scale, point, low_certain, high_certain, *_all_bounds([a, b]), max(a.size, b.size))


def _choose_ordered(test: Flag, a: Number, b: Number, scale: Fraction) -> Number:
    """A choice by a test that may be unknown, of two of which one is proved never to be above the other: where nobody
    knows, the lower one has the low end and the higher one the high end."""
    wants_lower = _is_at_most(a.most, b.least)
    lower, higher = (a, b) if wants_lower else (b, a)
    is_lower, is_higher = (test.sql, sql.negation(test.sql)) if wants_lower else (sql.negation(test.sql), test.sql)
    low = _first_end([is_higher, sql.TRUE], [higher.low, lower.low], covered=True)
    high = _first_end([is_lower, sql.TRUE], [lower.high, higher.high], covered=True)
    certain = a.low_certain and b.low_certain, a.high_certain and b.high_certain
    return Number(low, high, scale, False, *certain, *_all_bounds([a, b]), max(a.size, b.size))


def _choose_day(test: Flag, a: Day, b: Day) -> Day:
    if a.constant is not None and a.constant == b.constant:
        return a
    low, low_certain = _branch(test, (a.low, a.low_certain), (b.low, b.low_certain), sql.least)
    point = test.certain and a.point and b.point
    high, high_certain = low, low_certain
    if not point:
        high, high_certain = _branch(test, (a.high, a.high_certain), (b.high, b.high_certain), sql.greatest)
    reach = {"first": min(a.first, b.first), "last": max(a.last, b.last)}
    return Day(low, high, point, low_certain, high_certain, None, **reach)


End = tuple[Sql | None, bool]
"""One end of a range, and whether it is never NULL."""


def _branch(test: Flag, a: End, b: End, hull: Callable[[Sequence[Sql]], Sql]) -> End:
    """One end of a choice: the branch's own where the test is known, else the hull's, none if either has none."""
    (a_end, a_certain), (b_end, b_certain) = a, b
    if a_end is None and b_end is None:
        return None, False
    if sql.same(a_end, b_end):
        return a_end, a_certain and b_certain
    a_sql, b_sql = (a_end if a_end is not None else NULL), (b_end if b_end is not None else NULL)
    if test.certain:
        return sql.case([(test.sql, a_sql)], b_sql), a_certain and b_certain
    known: list[tuple[Sql, Sql]] = [(test.sql, a_sql), (sql.negation(test.sql), b_sql)]
    if a_end is None or b_end is None:
        return sql.case(known), False
    nulls = [sql.is_null(end) for end, certain in ((a_end, a_certain), (b_end, b_certain)) if not certain]
    pick = hull([a_end, b_end])
    meet = sql.case([(sql.either(nulls), NULL)], pick) if nulls else pick
    return sql.case(known, meet), a_certain and b_certain


def _agreeing(test: Flag, a: Sql, b: Sql) -> Sql:
    if sql.same(a, b):
        return a
    if test.certain:
        return sql.case([(test.sql, a)], b)
    return sql.case([(test.sql, a), (sql.negation(test.sql), b)], sql.case([(sql.equal(a, b), a)]))


# ---- many values -----------------------------------------------------------------------------------------------------


def first_of(cases: Sequence[Case], nothing: Value, *, covered: bool = False) -> Value:
    """The value of the first case that is true; `nothing` (of which nothing is known) where none is. `covered`: some
    case is always true."""
    values = [value for _, value in cases]
    if not cases:
        return nothing
    tests = [test for test, _ in cases]
    if isinstance(nothing, Number):
        return _first_number(tests, [v for v in values if isinstance(v, Number)], covered)
    if isinstance(nothing, Day):
        return _first_day(tests, [v for v in values if isinstance(v, Day)], covered)
    plain = [v for v in values if isinstance(v, Flag | Code)]
    chosen = sql.case([(t, v.sql) for t, v in zip(tests, plain, strict=True)], nothing.sql)
    certain = covered and all(v.certain for v in plain)
    return Flag(chosen, certain) if isinstance(nothing, Flag) else Code(chosen, certain)


def _first_number(tests: Sequence[Sql], numbers: Sequence[Number], covered: bool) -> Number:
    scale = common_scale([n for n in numbers if not n.infinite])
    at = [n if n.infinite else n.at_scale(scale) for n in numbers]
    point = all(n.point for n in at)
    low = _first_end(tests, [n.low for n in at], covered)
    high = low if point else _first_end(tests, [n.high for n in at], covered)
    ends = [endless(n) for n in at]
    unlimited = sql.case(list(zip(tests, ends, strict=True)), FALSE) if any(e != FALSE for e in ends) else None
    sure = covered and unlimited is None
    certain = sure and all(n.low_certain for n in at), sure and all(n.high_certain for n in at)
    bounds = _all_bounds(at) if sure else (None, None)
    return Number(low, high, scale, point, *certain, *bounds, max(n.size for n in at), unlimited=unlimited)


def _first_day(tests: Sequence[Sql], days: Sequence[Day], covered: bool) -> Day:
    point = all(d.point for d in days)
    low = _first_end(tests, [d.low for d in days], covered)
    high = low if point else _first_end(tests, [d.high for d in days], covered)
    certain = covered and all(d.low_certain for d in days), covered and all(d.high_certain for d in days)
    return Day(low, high, point, *certain, None, min(d.first for d in days), max(d.last for d in days))


def _first_end(tests: Sequence[Sql], ends: Sequence[Sql | None], covered: bool) -> Sql | None:
    if all(end is None for end in ends):
        return None
    cases = [(t, end if end is not None else NULL) for t, end in zip(tests, ends, strict=True)]
    return sql.case(cases[:-1], cases[-1][1]) if covered else sql.case(cases)


def _all_bounds(numbers: Sequence[Number]) -> tuple[Fraction | None, Fraction | None]:
    """What is proved of whichever of the numbers it is."""
    lows, highs = [n.least for n in numbers if n.least is not None], [n.most for n in numbers if n.most is not None]
    every = len(numbers)
    return (min(lows) if len(lows) == every else None), (max(highs) if len(highs) == every else None)


def reached(cases: Sequence[Case], gap: Sql | None, nothing: Value, *, covered: bool = False) -> Value:
    """The hull of every case that is true; nothing is known where `gap` is true or no case is. `covered`: some case is
    always true and there is no gap."""
    if not cases:
        return nothing
    if isinstance(nothing, Number):
        return _reached_number([(t, v) for t, v in cases if isinstance(v, Number)], gap, covered=covered)
    if isinstance(nothing, Day):
        return _reached_day([(t, v) for t, v in cases if isinstance(v, Day)], gap, covered=covered)
    plain = [(t, v) for t, v in cases if isinstance(v, Flag | Code)]
    low, _ = _hull_end([_Reached(t, v.sql, v.certain) for t, v in plain], gap, sql.least)
    high, _ = _hull_end([_Reached(t, v.sql, v.certain) for t, v in plain], gap, sql.greatest)
    assert low is not None and high is not None
    agreed = sql.case([(sql.equal(low, high), low)])
    return Flag(agreed, False) if isinstance(nothing, Flag) else Code(agreed, False)


@dataclass(frozen=True)
class _Reached:
    """One end of a case: its condition, the end, whether that is never NULL, and whether NULL there is no_limit."""

    test: Sql
    end: Sql | None
    certain: bool
    endless: Sql = FALSE


def _hull_end(ends: Sequence[_Reached], gap: Sql | None, pick: Callable[[Sequence[Sql]], Sql]) -> End:
    """The least or greatest end in reach; none if any end in reach is none."""
    opens = [gap] if gap is not None else []
    for one in ends:
        if one.endless == TRUE:
            continue
        missing = [one.test] if one.end is None else [one.test, sql.is_null(one.end)]
        if one.endless != FALSE:
            missing.append(sql.negation(sql.is_true(one.endless)))
        if one.end is None or not one.certain:
            opens.append(sql.both(missing))
    found = [sql.case([(one.test, one.end)]) for one in ends if one.end is not None]
    if not found:
        return None, False
    best = pick(found)
    return (sql.case([(sql.either(opens), NULL)], best) if opens else best), not opens


def _reached_number(cases: Sequence[tuple[Sql, Number]], gap: Sql | None, *, covered: bool) -> Number:
    finite = [(t, n) for t, n in cases if not n.infinite]
    if not finite:
        if covered:
            return infinity()
        anything = sql.either([t for t, _ in cases])
        beside = anything if gap is None else sql.both([anything, sql.negation(gap)])
        return Number(None, None, Fraction(1), False, False, False, unlimited=beside)
    scale = common_scale([n for _, n in finite])
    at = [(t, n if n.infinite else n.at_scale(scale)) for t, n in cases]
    low, low_certain = _hull_end([_Reached(t, n.low, n.low_certain, endless(n)) for t, n in at], gap, sql.least)
    high, high_certain = _hull_end([_Reached(t, n.high, n.high_certain) for t, n in at], gap, sql.greatest)
    unlimited = _all_endless(at, gap)
    size = max(n.size for _, n in at)
    sure = covered and unlimited is None
    bounds = _all_bounds([n for _, n in at]) if sure else (None, None)
    certain = low_certain and sure, high_certain and sure
    return Number(low, high, scale, False, *certain, *bounds, size, unlimited=unlimited)


def _all_endless(cases: Sequence[tuple[Sql, Number]], gap: Sql | None) -> Sql | None:
    """Whether everything in reach is no_limit."""
    if all(endless(n) == FALSE for _, n in cases):
        return None
    some = [sql.both([t, sql.is_true(endless(n))]) for t, n in cases if endless(n) != FALSE]
    finite = [sql.both([t, sql.negation(sql.is_true(endless(n)))]) for t, n in cases if endless(n) != TRUE]
    against = sql.either([*finite, *([gap] if gap is not None else [])]) if finite or gap is not None else FALSE
    return sql.both([sql.either(some), sql.negation(against)])


def _reached_day(cases: Sequence[tuple[Sql, Day]], gap: Sql | None, *, covered: bool) -> Day:
    low, low_certain = _hull_end([_Reached(t, d.low, d.low_certain) for t, d in cases], gap, sql.least)
    high, high_certain = _hull_end([_Reached(t, d.high, d.high_certain) for t, d in cases], gap, sql.greatest)
    first, last = min(d.first for _, d in cases), max(d.last for _, d in cases)
    return Day(low, high, False, low_certain and covered, high_certain and covered, None, first, last)


def hull(parts: Sequence[Value]) -> Value:
    """The hull of several values, as of branches none of which can be told."""
    return parts[0] if len(parts) == 1 else reached([(TRUE, part) for part in parts], None, parts[0], covered=True)


# ---- greatest and least ----------------------------------------------------------------------------------------------


def greatest(parts: Sequence[Value]) -> Value:
    return _extreme(parts, pick_greatest=True)


def least(parts: Sequence[Value]) -> Value:
    return _extreme(parts, pick_greatest=False)


def _extreme(parts: Sequence[Value], *, pick_greatest: bool) -> Value:
    days = [p for p in parts if isinstance(p, Day)]
    if days:
        return _extreme_day(days, pick_greatest)
    numbers = [p for p in parts if isinstance(p, Number)]
    if pick_greatest and any(n.infinite for n in numbers):
        return infinity()
    numbers = [n for n in numbers if not n.infinite]
    if not numbers:
        return infinity()
    if any(n.unlimited is not None for n in numbers):
        return _extreme_unlimited(numbers, pick_greatest)
    return _extreme_number(numbers, pick_greatest)


def _extreme_number(numbers: Sequence[Number], pick_greatest: bool) -> Number:
    constants = [n.constant for n in numbers if n.constant is not None]
    if len(constants) == len(numbers):
        return constant(max(constants) if pick_greatest else min(constants))
    scale = common_scale(numbers)
    at = [n.at_scale(scale) for n in numbers]
    low, low_certain = _known_ends([(n.low, n.low_certain) for n in at], pick_greatest, loose=pick_greatest)
    point = all(n.certain for n in at)
    high, high_certain = _known_ends([(n.high, n.high_certain) for n in at], pick_greatest, loose=not pick_greatest)
    pick = max if pick_greatest else min
    lows, highs = [n.least for n in at if n.least is not None], [n.most for n in at if n.most is not None]
    # GREATEST is at least each of its parts and LEAST at most; the other bound needs all of them.
    least_bound = pick(lows) if lows and (pick_greatest or len(lows) == len(at)) else None
    most_bound = pick(highs) if highs and (not pick_greatest or len(highs) == len(at)) else None
    size = max(n.size for n in at)
    certain = low_certain, high_certain
    return Number(low, low if point else high, scale, point, *certain, least_bound, most_bound, size)


def _extreme_unlimited(numbers: Sequence[Number], pick_greatest: bool) -> Number:
    """Some are no_limit in some rows. The least passes over them there; the greatest is no_limit itself."""
    scale = common_scale(numbers)
    at = [n.at_scale(scale) for n in numbers]
    tests = [sql.is_true(endless(n)) for n in at]
    low: Sql | None
    if pick_greatest:
        unlimited = sql.either(tests)
        plain = _extreme_number([_possible(n) for n in at], True)
        low = None if plain.low is None else sql.case([(unlimited, NULL)], plain.low)
        return Number(low, plain.high, scale, False, False, False, None, None, plain.size, unlimited=unlimited)
    ends = [_Reached(TRUE, n.low, n.low_certain, endless(n)) for n in at]
    low, _ = _hull_end(ends, None, sql.least)
    high, _ = _known_ends([(n.high, n.high_certain) for n in at], False, loose=True)
    # One number that always has a limit gives the least one too, in every row.
    every = None if any(endless(n) == FALSE for n in at) else sql.both(tests)
    return Number(low, high, scale, False, False, False, None, None, max(n.size for n in at), unlimited=every)


def _possible(n: Number) -> Number:
    """What is known of a number, no_limit or not: there both ends are NULL."""
    return replace(limited(n), constant=None, low_certain=False, high_certain=False, point=False, least=None, most=None)


def _known_ends(ends: Sequence[End], pick_greatest: bool, *, loose: bool) -> End:
    """GREATEST's low and LEAST's high are `loose`: of the known ends. The other two are none if any end is none."""
    chooser = sql.greatest if pick_greatest else sql.least
    present = [end for end, _ in ends if end is not None]
    if loose:
        certain = any(c for end, c in ends if end is not None)
        return (chooser(present), certain) if present else (None, False)
    if len(present) < len(ends):
        return None, False
    open_ends = [sql.is_null(end) for end, certain in ends if end is not None and not certain]
    value = chooser(present)
    return (sql.case([(sql.either(open_ends), NULL)], value) if open_ends else value), not open_ends


def _extreme_day(days: Sequence[Day], pick_greatest: bool) -> Day:
    known = [d.constant for d in days if d.constant is not None]
    if len(known) == len(days):
        return known_day(max(known) if pick_greatest else min(known))
    low, low_certain = _known_ends([(d.low, d.low_certain) for d in days], pick_greatest, loose=pick_greatest)
    point = all(d.certain for d in days)
    high, high_certain = _known_ends([(d.high, d.high_certain) for d in days], pick_greatest, loose=not pick_greatest)
    reach = {"first": min(d.first for d in days), "last": max(d.last for d in days)}
    return Day(low, low if point else high, point, low_certain, high_certain, None, **reach)


# ---- a proved bound --------------------------------------------------------------------------------------------------


def intersect(a: Number | Day, low: Sql | None, high: Sql | None) -> tuple[Sql | None, Sql | None, Sql | None]:
    """Low and high of a range within a proved low and high (each NULL where it says nothing), at one scale; and
    whether the two contradict each other (None: they cannot)."""
    new_low, new_high = _tightened(a.low, low, sql.greatest), _tightened(a.high, high, sql.least)
    crossed = None if new_low is None or new_high is None else sql.is_true(sql.less(new_high, new_low))
    return new_low, new_high, crossed


def _tightened(own: Sql | None, bound: Sql | None, pick: Callable[[Sequence[Sql]], Sql]) -> Sql | None:
    if own is None or bound is None:
        return own if bound is None else bound
    return pick([own, bound])


def within(a: Number | Day, low: Value | None, high: Value | None) -> Number | Day:
    """A proved bound laid over a range; where the two would cross, the range stays as it was."""
    if a.certain:
        return a
    if isinstance(a, Day):
        low_end, high_end = (end if isinstance(end, Day) else None for end in (low, high))
        ends = _within(a, low_end.low if low_end else None, high_end.high if high_end else None)
        edge = [d for d in (low_end, high_end) if d is not None]
        first, last = min(d.first for d in (a, *edge)), max(d.last for d in (a, *edge))
        return Day(*ends, False, a.low_certain, a.high_certain, None, first, last)
    if a.infinite:
        return a
    low_number, high_number = (n if isinstance(n, Number) and not n.infinite else None for n in (low, high))
    # Where the range is proved to keep to a bound, there is nothing to lay over it.
    if low_number is not None and _is_at_most(low_number.constant, a.least):
        low_number = None
    if high_number is not None and _is_at_most(a.most, high_number.constant):
        high_number = None
    bounds = [n for n in (low_number, high_number) if n is not None]
    if not bounds:
        return a
    scale = common_scale([a, *bounds])
    at = a.at_scale(scale)
    low_sql = low_number.at_scale(scale).low if low_number is not None else None
    high_sql = high_number.at_scale(scale).high if high_number is not None else None
    new_low, new_high = _within(at, low_sql, high_sql)
    if a.unlimited is not None:
        new_low, new_high = (
            None if end is None else sql.case([(a.unlimited, NULL)], end) for end in (new_low, new_high)
        )
    size = max([a.size, *[n.size for n in bounds]])
    sure = a.low_certain, a.high_certain
    return Number(new_low, new_high, scale, False, *sure, a.least, a.most, size, unlimited=a.unlimited)


def _is_at_most(lower: Fraction | None, upper: Fraction | None) -> bool:
    return lower is not None and upper is not None and lower <= upper


def _within(a: Number | Day, low: Sql | None, high: Sql | None) -> tuple[Sql | None, Sql | None]:
    new_low, new_high, crossed = intersect(a, low, high)
    if crossed is None:
        return new_low, new_high
    old_low, old_high = (end if end is not None else NULL for end in (a.low, a.high))
    assert new_low is not None and new_high is not None
    return sql.case([(crossed, old_low)], new_low), sql.case([(crossed, old_high)], new_high)
