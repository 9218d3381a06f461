"""How are SQL expressions put together? Short constructors over sqlglot's tree, so that plans read like what they mean.

Whole numbers are BIGINT, or HUGEINT where the compiler could not prove that BIGINT holds them; nothing is a DOUBLE.
Every operand is put in parentheses: precedence is never left to a dialect.
What is the same in every row is worked out here: facts that nobody in a run knows leave long formulas of NULL behind.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import cache

from sqlglot import exp

Sql = exp.Expression

TRUE: Sql = exp.Boolean(this=True)
FALSE: Sql = exp.Boolean(this=False)
NULL: Sql = exp.Null()
#: What needs no parentheses. (sqlglot counts AND and OR among its functions, so functions are named one by one.)
_ATOMS = (
    exp.Column,
    exp.Literal,
    exp.Boolean,
    exp.Null,
    exp.Paren,
    exp.Case,
    exp.Cast,
    exp.Anonymous,
    exp.Coalesce,
    exp.Greatest,
    exp.Least,
)


def column(table: str, name: str) -> Sql:
    return exp.Column(this=exp.Identifier(this=name, quoted=False), table=exp.Identifier(this=table, quoted=False))


def named(name: str, alias: str) -> exp.Table:
    """A table of that name under an alias."""
    as_alias = exp.TableAlias(this=exp.Identifier(this=alias, quoted=False))
    return exp.Table(this=exp.Identifier(this=name, quoted=False), alias=as_alias)


def integer(value: int) -> Sql:
    literal = exp.Literal(this=str(abs(value)), is_string=False)
    return literal if value >= 0 else exp.Paren(this=exp.Neg(this=literal))


def text(value: str) -> Sql:
    return exp.Literal(this=value, is_string=True)


def day(value: date) -> Sql:
    return exp.Cast(this=text(value.isoformat()), to=exp.DataType.build("DATE"))


# ---- what is the same in every row -----------------------------------------------------------------------------------


def is_unknown(a: Sql) -> bool:
    """Whether it is NULL in every row."""
    return isinstance(a, exp.Null) or (isinstance(a, exp.Cast) and is_unknown(a.this))


def is_literal(a: Sql) -> bool:
    """Whether it is one value, or NULL, in every row."""
    if isinstance(a, exp.Cast | exp.Paren | exp.Neg):
        return is_literal(a.this)
    return isinstance(a, exp.Null | exp.Boolean | exp.Literal)


def literal_value(a: Sql) -> bool | str | int | date | None:
    """What it is in every row; None where rows differ, or it is NULL."""
    whole = _whole(a)
    if whole is not None:
        return whole[0]
    if isinstance(a, exp.Cast) and a.to.this == exp.DataType.Type.DATE and isinstance(a.this, exp.Literal):
        return date.fromisoformat(a.this.this)
    if isinstance(a, exp.Boolean):
        return bool(a.this)
    return str(a.this) if isinstance(a, exp.Literal) and a.is_string else None


def _whole(a: Sql) -> tuple[int, str] | None:
    """The whole number that it is in every row, and its type; None if it is no such number."""
    if isinstance(a, exp.Cast):
        inner = _whole(a.this)
        kind = a.to.sql()
        return (inner[0], kind) if inner is not None and kind in _LARGEST else None
    if isinstance(a, exp.Paren):
        return _whole(a.this)
    if isinstance(a, exp.Neg):
        inner = _whole(a.this)
        return None if inner is None else (-inner[0], inner[1])
    return (int(a.this), "") if isinstance(a, exp.Literal) and not a.is_string and a.this.isdigit() else None


_LARGEST = {"BIGINT": 2**63 - 1, "HUGEINT": 2**127 - 1, "INT128": 2**127 - 1}


def _worked_out(do: Callable[[int, int], int], a: Sql, b: Sql) -> Sql | None:
    """The sum, product or such of two whole numbers known beforehand; None where they are not, or have no type."""
    x, y = _whole(a), _whole(b)
    if x is None or y is None or not (x[1] or y[1]):
        return None
    kind = max(x[1], y[1], key=lambda name: _LARGEST.get(name, 0))
    found = do(x[0], y[0])
    return cast(integer(found), kind) if abs(found) <= _LARGEST[kind] else None


def _compared(do: Callable[[int, int], bool], a: Sql, b: Sql) -> Sql | None:
    """A comparison that is the same in every row."""
    if is_unknown(a) or is_unknown(b):
        return cast(NULL, "BOOLEAN")
    x, y = _whole(a), _whole(b)
    return None if x is None or y is None else (TRUE if do(x[0], y[0]) else FALSE)


def _unknown_of(*parts: Sql) -> Sql | None:
    """The operand that makes the whole unknown in every row."""
    return next((part for part in parts if is_unknown(part)), None)


# ---- operators -------------------------------------------------------------------------------------------------------


def wrap(value: Sql) -> Sql:
    return value if isinstance(value, _ATOMS) else exp.Paren(this=value)


def add(a: Sql, b: Sql) -> Sql:
    return _unknown_of(a, b) or _worked_out(operator.add, a, b) or exp.Add(this=wrap(a), expression=wrap(b))


def negate(a: Sql) -> Sql:
    found = _whole(a)
    if found is not None and found[1]:
        return cast(integer(-found[0]), found[1])
    return _unknown_of(a) or exp.Neg(this=wrap(a))


def times(a: Sql, b: Sql) -> Sql:
    return _unknown_of(a, b) or _worked_out(operator.mul, a, b) or exp.Mul(this=wrap(a), expression=wrap(b))


def scaled(a: Sql, factor: int) -> Sql:
    """`a` times a whole constant."""
    return a if factor == 1 else times(a, integer(factor))


def quotient(a: Sql, divisor: int) -> Sql:
    """Whole quotient towards 0 (DuckDB's `//`, Spark's DIV); callers see to the sign."""
    return _unknown_of(a) or exp.IntDiv(this=wrap(a), expression=integer(divisor))


def bits_in_common(a: Sql, b: Sql) -> Sql:
    return exp.BitwiseAnd(this=wrap(a), expression=wrap(b))


def remainder(a: Sql, divisor: int) -> Sql:
    return _unknown_of(a) or exp.Mod(this=wrap(a), expression=integer(divisor))


def less(a: Sql, b: Sql) -> Sql:
    return _compared(operator.lt, a, b) or exp.LT(this=wrap(a), expression=wrap(b))


def at_most(a: Sql, b: Sql) -> Sql:
    return _compared(operator.le, a, b) or exp.LTE(this=wrap(a), expression=wrap(b))


def equal(a: Sql, b: Sql) -> Sql:
    return _compared(operator.eq, a, b) or _of_texts(equal, a, b) or exp.EQ(this=wrap(a), expression=wrap(b))


def unequal(a: Sql, b: Sql) -> Sql:
    return _compared(operator.ne, a, b) or _of_texts(unequal, a, b) or exp.NEQ(this=wrap(a), expression=wrap(b))


def _of_texts(compare: Callable[[Sql, Sql], Sql], a: Sql, b: Sql) -> Sql | None:
    """A text compared with one that is known, or with a choice: each text of the choice is compared by itself. (DuckDB
    2.0.0 fails to plan `CASE WHEN … THEN 'x' END = 'y'` where it finds out that the condition never holds.)"""
    known, other = (b, a) if isinstance(literal_value(b), str) else (a, b)
    if not isinstance(literal_value(known), str):
        return None
    if isinstance(literal_value(other), str):
        return TRUE if (literal_value(other) == literal_value(known)) == (compare is equal) else FALSE
    if not isinstance(other, exp.Case):
        return None
    branches = [(one.this, compare(one.args["true"], known)) for one in other.args["ifs"]]
    return case(branches, compare(other.args["default"], known))


def is_null(a: Sql) -> Sql:
    if is_literal(a):
        return TRUE if is_unknown(a) else FALSE
    return exp.Is(this=wrap(a), expression=exp.Null())


def is_not_false(a: Sql) -> Sql:
    """TRUE for true and unknown: `(a) IS DISTINCT FROM FALSE`."""
    if is_literal(a):
        return FALSE if a == FALSE else TRUE
    return exp.NullSafeNEQ(this=wrap(a), expression=FALSE)


def is_true(a: Sql) -> Sql:
    if is_literal(a):
        return TRUE if a == TRUE else FALSE
    return exp.NullSafeEQ(this=wrap(a), expression=TRUE)


def negation(a: Sql) -> Sql:
    if isinstance(a, exp.Boolean):
        return FALSE if a == TRUE else TRUE
    return _unknown_of(a) or exp.Not(this=wrap(a))


def both(parts: Iterable[Sql]) -> Sql:
    return _chain(exp.And, parts, decides=FALSE, adds_nothing=TRUE)


def either(parts: Iterable[Sql]) -> Sql:
    return _chain(exp.Or, parts, decides=TRUE, adds_nothing=FALSE)


def _chain(kind: type[exp.Connector], parts: Iterable[Sql], *, decides: Sql, adds_nothing: Sql) -> Sql:
    kept: list[Sql] = []
    for part in parts:
        if part == decides:
            return decides
        if part != adds_nothing and not (is_unknown(part) and any(is_unknown(other) for other in kept)):
            kept.append(part)
    if not kept:
        return adds_nothing
    if len(kept) == 1:
        return kept[0]
    wrapped = [wrap(part) for part in kept]
    found: Sql = wrapped[0]
    for part in wrapped[1:]:
        found = kind(this=found, expression=part)  # type: ignore[assignment]  # a connector is an expression
    return found


def one_of(a: Sql, options: Sequence[Sql]) -> Sql:
    return exp.In(this=wrap(a), expressions=list(options))


def case(branches: Sequence[tuple[Sql, Sql]], otherwise: Sql | None = None) -> Sql:
    last = otherwise if otherwise is not None else NULL
    ifs: list[exp.Expression] = []
    for test, value in branches:
        if test == TRUE:
            last = value
            break
        if not is_literal(test):
            ifs.append(exp.If(this=_where_unknown_is_no(test), true=value))
    values = [one.args["true"] for one in ifs]
    if not values:
        return last
    if all(is_unknown(value) for value in (last, *values)):
        return next((value for value in values if isinstance(value, exp.Cast)), last)
    if is_literal(last) and all(value == last for value in values):
        return last
    return exp.Case(ifs=ifs, default=last)


def _where_unknown_is_no(test: Sql) -> Sql:
    """A condition of CASE, which takes unknown for no: what makes it so by hand is left out, wherever AND and OR lead
    straight to it. Each operator less is one less to plan and to work out."""
    if isinstance(test, exp.Paren):
        inner = _where_unknown_is_no(test.this)
        return test if inner is test.this else wrap(inner)
    if isinstance(test, exp.NullSafeEQ) and test.expression == TRUE:
        return _where_unknown_is_no(test.this)
    if isinstance(test, exp.And | exp.Or):
        left, right = _where_unknown_is_no(test.this), _where_unknown_is_no(test.expression)
        if left is not test.this or right is not test.expression:
            return type(test)(this=wrap(left), expression=wrap(right))
    return test


def greatest(parts: Sequence[Sql]) -> Sql:
    """Of the known ones: NULLs are passed over, on DuckDB as on Spark."""
    return _furthest(exp.Greatest, max, parts)


def least(parts: Sequence[Sql]) -> Sql:
    return _furthest(exp.Least, min, parts)


def _furthest(kind: type[exp.Func], pick: Callable[[int, int], int], parts: Sequence[Sql]) -> Sql:
    """GREATEST or LEAST."""
    kept: list[Sql] = []
    for part in parts:
        known = _worked_out(pick, kept[-1], part) if kept else None
        if known is not None:
            kept[-1] = known
        elif not is_unknown(part):
            kept.append(part)
    if len(kept) < 2:
        return kept[0] if kept else parts[0]
    return kind(this=kept[0], expressions=kept[1:], ignore_nulls=True)  # type: ignore[return-value]  # as in _chain


def coalesce(a: Sql, b: Sql) -> Sql:
    if is_literal(a):
        return b if is_unknown(a) else a
    return exp.Coalesce(this=a, expressions=[b])


def cast(a: Sql, kind: str) -> Sql:
    return exp.Cast(this=a, to=_type(kind).copy())


@cache
def _type(kind: str) -> exp.DataType:
    """Reading a type's name takes longer than all else about a cast."""
    return exp.DataType.build(kind, dialect="duckdb")


def function(name: str, *arguments: Sql) -> Sql:
    return exp.Anonymous(this=name, expressions=list(arguments))


def add_months(a: Sql, months: Sql) -> Sql:
    """The day so many months on, clamped to the month's end."""
    return cast(exp.Add(this=wrap(a), expression=function("to_months", cast(months, "INT"))), "DATE")


def add_days(a: Sql, days: Sql) -> Sql:
    return exp.Add(this=wrap(a), expression=cast(days, "INT"))


def same(a: Sql | None, b: Sql | None) -> bool:
    """The very same expression."""
    return a is b or (a is not None and b is not None and a == b)
