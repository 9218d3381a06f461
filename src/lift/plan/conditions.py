"""Is it so, is it not, or is it not known? The comparison and logic rows of docs/expressions.md, as SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lift.plan import sql
from lift.plan.ranges import common_scale
from lift.plan.sql import FALSE, TRUE, Sql
from lift.plan.values import Code, Day, Flag, Number, Value, flag, unknown_flag


def compare(operator: str, a: Value, b: Value) -> Flag:
    """`<`, `<=`, `=` or `<>` of two values of one kind."""
    if isinstance(a, Flag | Code) and isinstance(b, Flag | Code):
        return _equality(operator, a, b)
    if isinstance(a, Number) and isinstance(b, Number):
        return _compare_numbers(operator, a, b)
    assert isinstance(a, Day) and isinstance(b, Day)
    if a.constant is not None and b.constant is not None:
        return _known(operator, a.constant < b.constant, a.constant == b.constant)
    return _compare_ends(operator, a, b)


def _known(operator: str, below: bool, same: bool) -> Flag:
    return flag({"<": below, "<=": below or same, "=": same, "<>": not same}[operator])


def _equality(operator: str, a: Flag | Code, b: Flag | Code) -> Flag:
    if a.constant is not None and b.constant is not None:
        return _known(operator, False, a.constant == b.constant)
    test = sql.equal(a.sql, b.sql) if operator == "=" else sql.unequal(a.sql, b.sql)
    return Flag(test, a.certain and b.certain)


def _compare_numbers(operator: str, a: Number, b: Number) -> Flag:
    if a.unlimited is not None or b.unlimited is not None:
        return _compare_unlimited(operator, a, b)
    if a.infinite or b.infinite:
        # Everything else is less than no_limit, and no_limit only as much as itself.
        return _known(operator, b.infinite and not a.infinite, a.infinite and b.infinite)
    if a.constant is not None and b.constant is not None:
        return _known(operator, a.constant < b.constant, a.constant == b.constant)
    scale = common_scale([a, b])
    return _compare_ends(operator, a.at_scale(scale), b.at_scale(scale))


def _compare_unlimited(operator: str, a: Number, b: Number) -> Flag:
    """Numbers that are no_limit in some rows."""
    finite = unknown_flag() if a.infinite or b.infinite else _compare_numbers(operator, limited(a), limited(b))
    a_is, b_is = endless(a), endless(b)
    same, apart = (TRUE, FALSE) if operator == "=" else (FALSE, TRUE)
    if operator in ("=", "<>"):
        branches = [(sql.both([a_is, b_is]), same), (sql.either([a_is, b_is]), apart)]
    elif operator == "<":
        branches = [(a_is, FALSE), (b_is, TRUE)]
    else:
        branches = [(b_is, TRUE), (a_is, FALSE)]
    return Flag(sql.case(branches, finite.sql), False)


def endless(a: Number) -> Sql:
    """Whether the number is exactly no_limit."""
    return a.unlimited if a.unlimited is not None else (TRUE if a.infinite else FALSE)


def limited(a: Number) -> Number:
    """The number as it is in the rows where it is not no_limit."""
    return replace(a, unlimited=None)


def _compare_ends(operator: str, a: Number | Day, b: Number | Day) -> Flag:
    if a.point and b.point:
        if a.low is None or b.low is None:
            return unknown_flag()
        makers = {"<": sql.less, "<=": sql.at_most, "=": sql.equal, "<>": sql.unequal}
        return Flag(makers[operator](a.low, b.low), a.certain and b.certain)
    if operator in ("=", "<>"):
        return _equal_ranges(operator, a, b)
    strict = operator == "<"
    branches: list[tuple[Sql, Sql]] = []
    if a.high is not None and b.low is not None:
        branches.append(((sql.less if strict else sql.at_most)(a.high, b.low), TRUE))
    if b.high is not None and a.low is not None:
        branches.append(((sql.at_most if strict else sql.less)(b.high, a.low), FALSE))
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
