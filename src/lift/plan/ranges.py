"""What does each operator do to ranges? The operator table of docs/expressions.md, as SQL.

Shares nothing with the reference engine, so that tests which compare the two mean something.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from lift.errors import EngineError
from lift.plan import sql
from lift.plan.sql import FALSE, NULL, TRUE, Sql
from lift.plan.values import PENNY, Code, Day, Flag, Number, Value, constant, flag, infinity, known_day, unknown_flag, unknown_number

_BIGINT = Fraction(2**62)
_HUGEINT = Fraction(2**125)


def common_scale(numbers: Sequence[Number]) -> Fraction:
    """The coarsest scale that counts all of them whole."""
    scale = Fraction(0)
    for number in numbers:
        own = Fraction(1, number.constant.denominator) if number.constant is not None else number.scale
        scale = _gcd(scale, own)
    return scale or Fraction(1)


def _gcd(a: Fraction, b: Fraction) -> Fraction:
    denominator = math.lcm(a.denominator, b.denominator)
    return Fraction(math.gcd(int(a * denominator), int(b * denominator)), denominator)


def _fit(number: Number, size: Fraction, scale: Fraction) -> Number:
    """The number with its ends as HUGEINT where a result of `size` at `scale` could pass BIGINT; refused past HUGEINT."""
    count = size / scale
    if count <= _BIGINT:
        return number
    if count > _HUGEINT:
        raise EngineError("a step could grow past what the engine can count exactly. Narrow the limits of its facts, or round an earlier step.")
    low = None if number.low is None else sql.cast(number.low, "HUGEINT")
    high = low if number.point else (None if number.high is None else sql.cast(number.high, "HUGEINT"))
    return replace(number, low=low, high=high)


def _finite(number: Number) -> Number:
    if number.infinite:
        raise EngineError("no_limit cannot be counted with, only compared. Guard the formula so that it is not.")
    return number


def add(a: Number, b: Number) -> Number:
    if _finite(a).constant is not None and _finite(b).constant is not None:
        return constant(a.constant + b.constant)  # type: ignore[operator]  # both are known here
    scale = common_scale([a, b])
    size = a.size + b.size
    a, b = _fit(a.at_scale(scale), size, scale), b.at_scale(scale)
    low = None if a.low is None or b.low is None else sql.add(a.low, b.low)
    point = a.point and b.point
    high = low if point else (None if a.high is None or b.high is None else sql.add(a.high, b.high))
    return Number(
        low, high, scale, point, a.low_certain and b.low_certain, a.high_certain and b.high_certain,
        _plus(a.least, b.least), _plus(a.most, b.most), size,
    )


def _plus(a: Fraction | None, b: Fraction | None) -> Fraction | None:
    return None if a is None or b is None else a + b


def negate(a: Number) -> Number:
    if _finite(a).constant is not None:
        return constant(-a.constant)  # type: ignore[operator]  # known here
    low = None if a.high is None else sql.negate(a.high)
    high = low if a.point else (None if a.low is None else sql.negate(a.low))
    least, most = (None if a.most is None else -a.most), (None if a.least is None else -a.least)
    return Number(low, high, a.scale, a.point, a.high_certain, a.low_certain, least, most, a.size)


def times(a: Number, b: Number) -> Number:
    if _finite(b).constant is not None:
        return by_constant(_finite(a), b.constant)
    if a.constant is not None:
        return by_constant(b, a.constant)
    scale, size = a.scale * b.scale, a.size * b.size
    a = _fit(a, size, scale)
    if a.least is not None and a.least >= 0 and b.least is not None and b.least >= 0:
        return _product_of_positives(a, b, scale, size)
    return _product_of_corners(a, b, scale, size)


def by_constant(a: Number, k: Fraction | None) -> Number:
    """k times a: only the scale moves."""
    assert k is not None
    if k == 0:
        return constant(Fraction(0))
    if a.constant is not None:
        return constant(a.constant * k)
    if k < 0:
        return negate(by_constant(a, -k))
    least, most = (None if a.least is None else a.least * k), (None if a.most is None else a.most * k)
    return replace(a, scale=a.scale * k, least=least, most=most, size=a.size * k)


def _zero_or(a: Sql, b: Sql, product: Sql) -> Sql:
    """0 where either side is 0, even if the other has no bound."""
    zero = sql.integer(0)
    return sql.case([(sql.either([sql.equal(a, zero), sql.equal(b, zero)]), zero)], product)


def _product_of_positives(a: Number, b: Number, scale: Fraction, size: Fraction) -> Number:
    least = a.least * b.least if a.least is not None and b.least is not None else None
    most = a.most * b.most if a.most is not None and b.most is not None else None
    if a.certain and b.certain and a.low is not None and b.low is not None:
        both = sql.times(a.low, b.low)
        return Number(both, both, scale, True, True, True, least, most, size)
    low = _zero_or(a.low, b.low, sql.times(a.low, b.low)) if a.low is not None and b.low is not None else sql.integer(0)
    low = sql.coalesce(low, sql.integer(0))
    high = None
    if a.high is not None and b.high is not None:
        high = _zero_or(a.high, b.high, sql.times(a.high, b.high))
    elif a.high is not None or b.high is not None:
        known = a.high if a.high is not None else b.high
        assert known is not None
        high = sql.case([(sql.equal(known, sql.integer(0)), sql.integer(0))])
    return Number(low, high, scale, False, True, a.high_certain and b.high_certain, least, most, size)


def _product_of_corners(a: Number, b: Number, scale: Fraction, size: Fraction) -> Number:
    """Least and greatest of the four corners; a missing end is infinite with its sign, and 0 times it is 0."""
    sides = [(a.low, -1), (a.high, 1)], [(b.low, -1), (b.high, 1)]
    finite: list[Sql] = []
    falls: list[Sql] = []
    rises: list[Sql] = []
    for x, x_sign in sides[0]:
        for y, y_sign in sides[1]:
            value, down, up = _corner(x, x_sign, y, y_sign)
            finite.append(value)
            falls.append(down)
            rises.append(up)
    low = sql.case([(sql.either(falls), NULL)], sql.least(finite))
    high = sql.case([(sql.either(rises), NULL)], sql.greatest(finite))
    certain = a.low_certain and a.high_certain and b.low_certain and b.high_certain
    return Number(low, high, scale, False, certain, certain, None, None, size)


def _corner(x: Sql | None, x_sign: int, y: Sql | None, y_sign: int) -> tuple[Sql, Sql, Sql]:
    """The corner's finite value (NULL where infinite), and whether it falls to minus or rises to plus infinity."""
    x_sql, y_sql = (x if x is not None else NULL), (y if y is not None else NULL)
    zero = sql.integer(0)
    x_none, y_none = sql.is_null(x_sql), sql.is_null(y_sql)
    x_is_zero, y_is_zero = sql.is_true(sql.equal(x_sql, zero)), sql.is_true(sql.equal(y_sql, zero))
    value = sql.case([(sql.either([x_is_zero, y_is_zero]), zero)], sql.times(x_sql, y_sql))

    def sign(other: Sql, wanted: int) -> Sql:
        return sql.is_true(sql.less(zero, other) if wanted > 0 else sql.less(other, zero))

    both_none = sql.both([x_none, y_none])
    down = [sql.both([x_none, sign(y_sql, -x_sign)]), sql.both([y_none, sign(x_sql, -y_sign)])]
    up = [sql.both([x_none, sign(y_sql, x_sign)]), sql.both([y_none, sign(x_sql, y_sign)])]
    (up if x_sign == y_sign else down).append(both_none)
    return value, sql.either(down), sql.either(up)


def divide(a: Number, k: Number) -> Number:
    """a / k. A weak k that may be 0 leaves no bound at all; a range that keeps clear of 0 is met by its two ends."""
    if k.constant is not None:
        if k.constant == 0:
            raise EngineError("an amount that is divided by is 0. Give the amount its value.")
        return by_constant(_finite(a), 1 / k.constant)
    if k.least is not None and k.most is not None and (k.least > 0 or k.most < 0):
        return times(a, constant_range(1 / k.most, 1 / k.least))
    return unknown_number()


def constant_range(low: Fraction, high: Fraction) -> Number:
    """A weak amount: only the range it lies in is known."""
    if low == high:
        return constant(low)
    scale = _gcd(Fraction(1, low.denominator), Fraction(1, high.denominator))
    ends = [constant(end, scale).low for end in (low, high)]
    return Number(ends[0], ends[1], scale, False, True, True, low, high, max(abs(low), abs(high)))


def absolute(a: Number) -> Number:
    if _finite(a).constant is not None:
        return constant(abs(a.constant))  # type: ignore[arg-type]  # known here
    if a.least is not None and a.least >= 0:
        return a
    if a.point:
        value = sql.function("ABS", a.low if a.low is not None else NULL)
        return Number(value, value, a.scale, True, a.low_certain, a.low_certain, Fraction(0), None, a.size)
    flipped = negate(a)
    farther = _extreme([a, flipped], pick_greatest=True)
    nearer = _extreme([_low_end(a), _low_end(flipped), constant(Fraction(0))], pick_greatest=True)
    assert isinstance(farther, Number) and isinstance(nearer, Number)
    low = nearer.at_scale(farther.scale).low
    return Number(low, farther.high, farther.scale, False, True, farther.high_certain, Fraction(0), None, a.size)


def _low_end(a: Number) -> Number:
    return replace(a, high=None, point=False, high_certain=False)


def _to_whole(a: Number, unit: Fraction, how: str) -> Number:
    """Each end brought to a whole number of `unit`: ceil, floor, or round (half away from zero)."""
    if _finite(a).constant is not None:
        return constant(_whole(a.constant / unit, how) * unit)  # type: ignore[operator]  # known here
    ratio = a.scale / unit
    if ratio.denominator == 1:
        return a.at_scale(unit)
    positive = a.least is not None and a.least >= 0
    wide = _fit(a, a.size * 2 * ratio.numerator + unit, a.scale)

    def end(value: Sql | None) -> Sql | None:
        if value is None:
            return None
        return _whole_sql(sql.scaled(value, ratio.numerator), ratio.denominator, how, positive)

    low = end(wide.low)
    high = low if a.point else end(wide.high)
    least = None if a.least is None else _whole(a.least / unit, how) * unit
    most = None if a.most is None else _whole(a.most / unit, how) * unit
    return Number(low, high, unit, a.point, a.low_certain, a.high_certain, least, most, a.size + unit)


def _whole(value: Fraction, how: str) -> Fraction:
    if how == "ceil":
        return Fraction(math.ceil(value))
    if how == "floor":
        return Fraction(math.floor(value))
    return Fraction(math.floor(value + Fraction(1, 2)) if value >= 0 else math.ceil(value - Fraction(1, 2)))


def _whole_sql(n: Sql, divisor: int, how: str, positive: bool) -> Sql:
    """n / divisor brought to a whole number; `//` cuts towards 0, so signs are seen to here."""
    if how == "round":
        doubled = sql.scaled(n, 2)
        up = sql.quotient(sql.add(doubled, sql.integer(divisor)), 2 * divisor)
        if positive:
            return up
        down = sql.negate(sql.quotient(sql.add(sql.negate(doubled), sql.integer(divisor)), 2 * divisor))
        return sql.case([(sql.less(n, sql.integer(0)), down)], up)
    if positive:
        return sql.quotient(n if how == "floor" else sql.add(n, sql.integer(divisor - 1)), divisor)
    rest = sql.remainder(n, divisor)
    cut = sql.quotient(n, divisor)
    if how == "floor":
        return sql.case([(sql.less(rest, sql.integer(0)), sql.add(cut, sql.integer(-1)))], cut)
    return sql.case([(sql.less(sql.integer(0), rest), sql.add(cut, sql.integer(1)))], cut)


def ceil(a: Number) -> Number:
    return _to_whole(a, Fraction(1), "ceil")


def floor(a: Number) -> Number:
    return _to_whole(a, Fraction(1), "floor")


def round_whole(a: Number) -> Number:
    return _to_whole(a, Fraction(1), "round")


def round_step(a: Number, rounding: str) -> Number:
    """What a step does to its value at its end."""
    if rounding == "none" or a.infinite or (a.low is None and a.high is None):
        return a
    return _to_whole(a, PENNY, {"penny": "round", "up": "ceil", "down": "floor"}[rounding])


def greatest(parts: Sequence[Value]) -> Value:
    return _extreme(parts, pick_greatest=True)


def least(parts: Sequence[Value]) -> Value:
    return _extreme(parts, pick_greatest=False)


def _extreme(parts: Sequence[Value], *, pick_greatest: bool) -> Value:
    days = [p for p in parts if isinstance(p, Day)]
    if days:
        return _extreme_day(days, pick_greatest)
    numbers = [p for p in parts if isinstance(p, Number)]
    if any(n.infinite for n in numbers):
        if pick_greatest:
            return infinity()
        numbers = [n for n in numbers if not n.infinite]
        if not numbers:
            return infinity()
    constants = [n.constant for n in numbers if n.constant is not None]
    if len(constants) == len(numbers):
        return constant(max(constants) if pick_greatest else min(constants))
    scale = common_scale(numbers)
    at = [n.at_scale(scale) for n in numbers]
    low, low_certain = _known_ends([(n.low, n.low_certain) for n in at], pick_greatest, loose=pick_greatest)
    point = all(n.certain for n in at)
    high, high_certain = _known_ends([(n.high, n.high_certain) for n in at], pick_greatest, loose=not pick_greatest)
    bounds_low, bounds_high = [n.least for n in at], [n.most for n in at]
    pick = max if pick_greatest else min
    known_low, known_high = [b for b in bounds_low if b is not None], [b for b in bounds_high if b is not None]
    least_bound = pick(known_low) if (known_low if pick_greatest else len(known_low) == len(at)) and known_low else None
    most_bound = pick(known_high) if (len(known_high) == len(at) if pick_greatest else known_high) and known_high else None
    size = max(n.size for n in at)
    return Number(low, low if point else high, scale, point, low_certain, high_certain, least_bound, most_bound, size)


def _known_ends(ends: Sequence[tuple[Sql | None, bool]], pick_greatest: bool, *, loose: bool) -> tuple[Sql | None, bool]:
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
    return Day(low, low if point else high, point, low_certain, high_certain)


# ---- comparisons -------------------------------------------------------------------------------------------------


def compare(operator: str, a: Value, b: Value) -> Flag:
    if isinstance(a, Flag) and isinstance(b, Flag):
        same = a.constant == b.constant if a.constant is not None and b.constant is not None else None
        return _equality(operator, a.sql, b.sql, a.certain and b.certain, same)
    if isinstance(a, Code) and isinstance(b, Code):
        same = a.constant == b.constant if a.constant is not None and b.constant is not None else None
        return _equality(operator, a.sql, b.sql, a.certain and b.certain, same)
    if isinstance(a, Number) and isinstance(b, Number):
        folded = _folded(operator, a, b)
        if folded is not None:
            return folded
        scale = common_scale([a, b])
        a, b = a.at_scale(scale), b.at_scale(scale)
    assert isinstance(a, Number | Day) and isinstance(b, Number | Day)
    if isinstance(a, Day) and isinstance(b, Day) and a.constant is not None and b.constant is not None:
        tests = {"<": a.constant < b.constant, "<=": a.constant <= b.constant, "=": a.constant == b.constant}
        return flag(tests[operator] if operator != "<>" else a.constant != b.constant)
    return _compare_ends(operator, a, b)


def _folded(operator: str, a: Number, b: Number) -> Flag | None:
    if a.infinite or b.infinite:
        if operator in ("=", "<>"):
            return flag((a.infinite and b.infinite) == (operator == "="))
        if b.infinite:
            return flag(not a.infinite or operator == "<=")
        return flag(False)
    if a.constant is not None and b.constant is not None:
        tests = {"<": a.constant < b.constant, "<=": a.constant <= b.constant, "=": a.constant == b.constant}
        return flag(tests[operator] if operator != "<>" else a.constant != b.constant)
    return None


def _equality(operator: str, a: Sql, b: Sql, certain: bool, same: bool | None) -> Flag:
    if same is not None:
        return flag(same == (operator == "="))
    return Flag(sql.equal(a, b) if operator == "=" else sql.unequal(a, b), certain)


def _compare_ends(operator: str, a: Number | Day, b: Number | Day) -> Flag:
    if a.point and b.point:
        if a.low is None or b.low is None:
            return unknown_flag()
        makers = {"<": sql.less, "<=": sql.at_most, "=": sql.equal, "<>": sql.unequal}
        return Flag(makers[operator](a.low, b.low), a.certain and b.certain)
    if operator in ("=", "<>"):
        return _equal_ranges(operator, a, b)
    strict = operator == "<"
    true_test = (sql.less if strict else sql.at_most)(a.high, b.low) if a.high is not None and b.low is not None else None
    false_test = (sql.at_most if strict else sql.less)(b.high, a.low) if b.high is not None and a.low is not None else None
    branches = [(test, value) for test, value in ((true_test, TRUE), (false_test, FALSE)) if test is not None]
    return Flag(sql.case(branches), False) if branches else unknown_flag()


def _equal_ranges(operator: str, a: Number | Day, b: Number | Day) -> Flag:
    branches: list[tuple[Sql, Sql]] = []
    when_equal, when_apart = (TRUE, FALSE) if operator == "=" else (FALSE, TRUE)
    if a.low is not None and a.high is not None and b.low is not None and b.high is not None:
        tests = [sql.equal(a.low, a.high), sql.equal(b.low, b.high), sql.equal(a.low, b.low)]
        branches.append((sql.both(tests), when_equal))
    apart = [sql.less(x, y) for x, y in ((a.high, b.low), (b.high, a.low)) if x is not None and y is not None]
    if apart:
        branches.append((sql.either(apart), when_apart))
    return Flag(sql.case(branches), False) if branches else unknown_flag()


# ---- logic -------------------------------------------------------------------------------------------------------


def logic(operator: str, parts: Sequence[Flag]) -> Flag:
    """AND and OR of SQL are three-valued already; constants are folded."""
    absorbing = operator == "OR"
    rest = [p for p in parts if p.constant is None]
    if any(p.constant is absorbing for p in parts):
        return flag(absorbing)
    if not rest:
        return flag(not absorbing)
    joined = (sql.either if absorbing else sql.both)([p.sql for p in rest])
    return rest[0] if len(rest) == 1 else Flag(joined, all(p.certain for p in rest))


def negation(a: Flag) -> Flag:
    return flag(not a.constant) if a.constant is not None else Flag(sql.negation(a.sql), a.certain)


# ---- choice ------------------------------------------------------------------------------------------------------


def choose(test: Flag, then: Value, otherwise: Value) -> Value:
    """IF: the hull of the branches still reachable; flags and codes only where they agree."""
    if test.constant is not None:
        return then if test.constant else otherwise
    if isinstance(then, Number) and isinstance(otherwise, Number):
        return _choose_number(test, then, otherwise)
    if isinstance(then, Day) and isinstance(otherwise, Day):
        if sql.same(then.low, otherwise.low) and then.point and otherwise.point:
            return then
        low, low_certain = _branch(test, then.low, then.low_certain, otherwise.low, otherwise.low_certain, sql.least)
        point = test.certain and then.point and otherwise.point
        high, high_certain = (low, low_certain) if point else _branch(test, then.high, then.high_certain, otherwise.high, otherwise.high_certain, sql.greatest)
        return Day(low, high, point, low_certain, high_certain)
    if isinstance(then, Flag) and isinstance(otherwise, Flag):
        return Flag(_agreeing(test, then.sql, otherwise.sql), test.certain and then.certain and otherwise.certain)
    assert isinstance(then, Code) and isinstance(otherwise, Code)
    return Code(_agreeing(test, then.sql, otherwise.sql), test.certain and then.certain and otherwise.certain)


def _choose_number(test: Flag, then: Number, otherwise: Number) -> Number:
    if then.infinite or otherwise.infinite:
        raise EngineError("no_limit cannot be one branch of a choice. Compare it instead.")
    if then.constant is not None and then.constant == otherwise.constant:
        return then
    scale = common_scale([then, otherwise])
    a, b = then.at_scale(scale), otherwise.at_scale(scale)
    low, low_certain = _branch(test, a.low, a.low_certain, b.low, b.low_certain, sql.least)
    point = test.certain and a.point and b.point
    if point:
        high, high_certain = low, low_certain
    else:
        high, high_certain = _branch(test, a.high, a.high_certain, b.high, b.high_certain, sql.greatest)
    least_bound = min(a.least, b.least) if a.least is not None and b.least is not None else None
    most_bound = max(a.most, b.most) if a.most is not None and b.most is not None else None
    return Number(low, high, scale, point, low_certain, high_certain, least_bound, most_bound, max(a.size, b.size))


def _branch(test: Flag, a: Sql | None, a_certain: bool, b: Sql | None, b_certain: bool, hull: object) -> tuple[Sql | None, bool]:
    """One end of a choice: the branch's own where the test is known, else the hull's, none if either has none."""
    if a is None and b is None:
        return None, False
    a_sql, b_sql = (a if a is not None else NULL), (b if b is not None else NULL)
    if sql.same(a, b):
        return a, a_certain
    if test.certain:
        return sql.case([(test.sql, a_sql)], b_sql), a_certain and b_certain
    known: list[tuple[Sql, Sql]] = [(test.sql, a_sql), (sql.negation(test.sql), b_sql)]
    if a is None or b is None:
        return sql.case(known), False
    pick = hull([a, b])  # type: ignore[operator]  # sql.least or sql.greatest
    nulls = [sql.is_null(end) for end, certain in ((a, a_certain), (b, b_certain)) if not certain]
    meet = sql.case([(sql.either(nulls), NULL)], pick) if nulls else pick
    return sql.case(known, meet), a_certain and b_certain


def _agreeing(test: Flag, a: Sql, b: Sql) -> Sql:
    if sql.same(a, b):
        return a
    if test.certain:
        return sql.case([(test.sql, a)], b)
    return sql.case([(test.sql, a), (sql.negation(test.sql), b)], sql.case([(sql.equal(a, b), a)]))


def hull(parts: Sequence[Value]) -> Value:
    """The hull of several values, as of branches none of which can be told."""
    found = parts[0]
    for part in parts[1:]:
        found = choose(unknown_flag(), found, part)
    return found


def intersect(a: Number, low: Number | None, high: Number | None) -> Number:
    """A proved bound laid over a range; where the two would cross, the range stays as it was."""
    bounds = [n for n in (low, high) if n is not None]
    scale = common_scale([a, *bounds])
    at = a.at_scale(scale)
    low_end = low.at_scale(scale).low if low is not None else None
    high_end = high.at_scale(scale).high if high is not None else None
    new_low = _tightened(at.low, low_end, sql.greatest)
    new_high = _tightened(at.high, high_end, sql.least)
    if new_low is not None and new_high is not None:
        crossed = sql.less(new_high, new_low)
        new_low, new_high = (
            sql.case([(crossed, at.low if at.low is not None else NULL)], new_low),
            sql.case([(crossed, at.high if at.high is not None else NULL)], new_high),
        )
    size = max([a.size, *[n.size for n in bounds]])
    return Number(new_low, new_high, scale, False, at.low_certain, at.high_certain, a.least, a.most, size)


def _tightened(own: Sql | None, bound: Sql | None, pick: object) -> Sql | None:
    if own is None or bound is None:
        return own if bound is None else bound
    return pick([own, bound])  # type: ignore[operator,no-any-return]  # sql.least or sql.greatest
