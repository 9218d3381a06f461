"""What does arithmetic do to ranges? The arithmetic rows of docs/expressions.md, as SQL.

Shares nothing with the reference engine, so that tests which compare the two mean something.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction

from lift.errors import EngineError
from lift.plan import sql
from lift.plan.sql import NULL, Sql
from lift.plan.values import PENNY, Number, constant, unknown_number


def common_scale(numbers: Sequence[Number]) -> Fraction:
    """The coarsest scale that counts all of them whole."""
    scale = Fraction(0)
    for number in (n for n in numbers if n.low is not None or n.high is not None):
        own = Fraction(1, number.constant.denominator) if number.constant is not None else number.scale
        scale = _gcd(scale, own)
    return scale or Fraction(1)


def _gcd(a: Fraction, b: Fraction) -> Fraction:
    denominator = math.lcm(a.denominator, b.denominator)
    return Fraction(math.gcd(int(a * denominator), int(b * denominator)), denominator)


def _finite(number: Number) -> Number:
    if number.infinite or number.unlimited is not None:
        raise EngineError("no_limit cannot be counted with, only compared. Guard the formula so that it is not.")
    return number


def add(a: Number, b: Number) -> Number:
    if _finite(a).constant is not None and _finite(b).constant is not None:
        return constant(a.constant + b.constant)  # type: ignore[operator]  # both are known here
    scale = common_scale([_finite(a), _finite(b)])
    size = a.size + b.size
    a, b = a.at_scale(scale).widened(scale, size), b.at_scale(scale)
    low = None if a.low is None or b.low is None else sql.add(a.low, b.low)
    point = a.point and b.point
    high = low if point else (None if a.high is None or b.high is None else sql.add(a.high, b.high))
    certain = a.low_certain and b.low_certain, a.high_certain and b.high_certain
    return Number(low, high, scale, point, *certain, _plus(a.least, b.least), _plus(a.most, b.most), size)


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
    if _finite(a).constant is not None:
        return by_constant(b, a.constant)
    scale, size = a.scale * b.scale, a.size * b.size
    a = a.widened(scale, size)
    if a.certain and b.certain and a.low is not None and b.low is not None:
        both = sql.times(a.low, b.low)
        return Number(both, both, scale, True, True, True, *_product_bounds(a, b), size)
    if a.least is not None and a.least >= 0 and b.least is not None and b.least >= 0:
        return _product_of_positives(a, b, scale, size)
    if b.least is not None and b.least >= 0:
        return _product_with_positive(a, b, scale, size)
    if a.least is not None and a.least >= 0:
        return _product_with_positive(b, a, scale, size)
    return _product_of_corners(a, b, scale, size)


def by_constant(a: Number, k: Fraction | None) -> Number:
    """k times a: only the scale moves."""
    assert k is not None
    if k == 0:
        return constant(Fraction(0))
    if _finite(a).constant is not None:
        return constant(a.constant * k)  # type: ignore[operator]  # known here
    if k < 0:
        return negate(by_constant(a, -k))
    least, most = (None if a.least is None else a.least * k), (None if a.most is None else a.most * k)
    return replace(a, scale=a.scale * k, least=least, most=most, size=a.size * k)


def _product_bounds(a: Number, b: Number) -> tuple[Fraction | None, Fraction | None]:
    """What is proved of a product: known where neither factor is negative."""
    if a.least is None or b.least is None or a.least < 0 or b.least < 0:
        return None, None
    return a.least * b.least, None if a.most is None or b.most is None else a.most * b.most


def _product_of_positives(a: Number, b: Number, scale: Fraction, size: Fraction) -> Number:
    assert a.low is not None and b.low is not None, "a number with a least value has a low end"
    zero = sql.integer(0)
    high = None
    if a.high is not None and b.high is not None:
        # 0 where either side is 0, even if the other has no bound.
        is_zero = sql.either([sql.equal(a.high, zero), sql.equal(b.high, zero)])
        certain = a.high_certain and b.high_certain
        product = sql.times(a.high, b.high)
        high = product if certain else sql.case([(is_zero, zero)], product)
    elif a.high is not None or b.high is not None:
        known = a.high if a.high is not None else b.high
        assert known is not None
        high = sql.case([(sql.equal(known, zero), zero)])
    both_known = a.high is not None and b.high is not None and a.high_certain and b.high_certain
    low = sql.times(a.low, b.low)
    return Number(low, high, scale, False, True, both_known, *_product_bounds(a, b), size)


def _product_with_positive(a: Number, b: Number, scale: Fraction, size: Fraction) -> Number:
    """Of two corners that may be the least, or the greatest, the sign of `a`'s end says which it is; `b` is never
    below 0. A missing end of `a` leaves the product without one, but where `b` is 0 for sure."""
    least, most = b.low, b.high
    assert least is not None, "a number with a least value has a low end"
    zero = sql.integer(0)
    nothing = [] if most is None else [(sql.equal(most, zero), zero)]

    def end(own: Sql | None, certain: bool, points_away: Callable[[Sql], Sql]) -> Sql | None:
        """The product's end on the side of this end of `a`."""
        farther = NULL if own is None or most is None else sql.times(own, most)
        nearer = [] if own is None else [(points_away(own), sql.times(own, least))]
        found = sql.case([*([] if certain else nothing), *nearer], farther)
        return None if sql.is_unknown(found) else found

    low = end(a.low, a.low_certain, lambda own: sql.at_most(zero, own))
    high = end(a.high, a.high_certain, lambda own: sql.at_most(own, zero))
    low_certain, high_certain = a.low_certain and b.high_certain, a.high_certain and b.high_certain
    return Number(low, high, scale, False, low_certain, high_certain, None, None, size)


def _product_of_corners(a: Number, b: Number, scale: Fraction, size: Fraction) -> Number:
    """Least and greatest of the four corners; a missing end is infinite with its sign, and 0 times it is 0."""
    finite: list[Sql] = []
    falls: list[Sql] = []
    rises: list[Sql] = []
    for x, x_sign in ((a.low, -1), (a.high, 1)):
        for y, y_sign in ((b.low, -1), (b.high, 1)):
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
    none = sql.cast(NULL, "BIGINT")
    x_sql, y_sql = (x if x is not None else none), (y if y is not None else none)
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
    zero = sql.integer(0)
    if a.low is None or a.high is None:
        nearer = [zero] + ([a.low] if a.low is not None else []) + ([sql.negate(a.high)] if a.high is not None else [])
        return Number(sql.greatest(nearer), None, a.scale, False, True, False, Fraction(0), None, a.size)
    if a.point:
        value = sql.function("ABS", a.low)
        if a.low_certain:
            return Number(value, value, a.scale, True, True, True, Fraction(0), None, a.size)
        return Number(sql.coalesce(value, zero), value, a.scale, False, True, False, Fraction(0), None, a.size)
    low = sql.greatest([zero, a.low, sql.negate(a.high)])
    certain = a.low_certain and a.high_certain
    farther = sql.greatest([sql.negate(a.low), a.high])
    missing = sql.either([sql.is_null(a.low), sql.is_null(a.high)])
    high = farther if certain else sql.case([(missing, NULL)], farther)
    return Number(low, high, a.scale, False, True, certain, Fraction(0), None, a.size)


# ---- whole numbers ---------------------------------------------------------------------------------------------------


def ceil(a: Number) -> Number:
    return _to_whole(_finite(a), Fraction(1), "ceil")


def floor(a: Number) -> Number:
    return _to_whole(_finite(a), Fraction(1), "floor")


def round_whole(a: Number) -> Number:
    return _to_whole(_finite(a), Fraction(1), "round")


def round_step(a: Number, rounding: str) -> Number:
    """What a step does to its value at its end."""
    if rounding == "none" or a.infinite or (a.low is None and a.high is None):
        return a
    return _to_whole(a, PENNY, {"penny": "round", "up": "ceil", "down": "floor"}[rounding])


def _to_whole(a: Number, unit: Fraction, how: str) -> Number:
    """Each end brought to a whole number of `unit`: ceil, floor, or round (half away from zero)."""
    if a.constant is not None:
        return constant(_whole(a.constant / unit, how) * unit)
    ratio = a.scale / unit
    if ratio.denominator == 1:
        return a.at_scale(unit)
    positive = a.least is not None and a.least >= 0
    wide = a.widened(a.scale, (a.size + unit) * 2 * ratio.numerator)

    def end(value: Sql | None) -> Sql | None:
        if value is None:
            return None
        return _whole_sql(sql.scaled(value, ratio.numerator), ratio.denominator, how, positive)

    low = end(wide.low)
    high = low if a.point else end(wide.high)
    least = None if a.least is None else _whole(a.least / unit, how) * unit
    most = None if a.most is None else _whole(a.most / unit, how) * unit
    certain = a.low_certain, a.high_certain
    return Number(low, high, unit, a.point, *certain, least, most, a.size + unit, unlimited=a.unlimited)


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
