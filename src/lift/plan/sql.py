"""How are SQL expressions put together? Short constructors over sqlglot's tree, so that plans read like what they mean.

Whole numbers are BIGINT, or HUGEINT where the compiler could not prove that BIGINT holds them; nothing is a DOUBLE.
Every operand is put in parentheses: precedence is never left to a dialect.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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


def row_number(table: str) -> Sql:
    """The number of the row in a table as built. (An engine that numbers no rows renders its own.)"""
    return column(table, "rowid")


def integer(value: int) -> Sql:
    literal = exp.Literal(this=str(abs(value)), is_string=False)
    return literal if value >= 0 else exp.Paren(this=exp.Neg(this=literal))


def text(value: str) -> Sql:
    return exp.Literal(this=value, is_string=True)


def day(value: date) -> Sql:
    return exp.Cast(this=text(value.isoformat()), to=exp.DataType.build("DATE"))


def wrap(value: Sql) -> Sql:
    return value if isinstance(value, _ATOMS) else exp.Paren(this=value)


def add(a: Sql, b: Sql) -> Sql:
    return exp.Add(this=wrap(a), expression=wrap(b))


def negate(a: Sql) -> Sql:
    return exp.Neg(this=wrap(a))


def times(a: Sql, b: Sql) -> Sql:
    return exp.Mul(this=wrap(a), expression=wrap(b))


def scaled(a: Sql, factor: int) -> Sql:
    """`a` times a whole constant."""
    return a if factor == 1 else times(a, integer(factor))


def quotient(a: Sql, divisor: int) -> Sql:
    """Whole quotient towards 0 (DuckDB's `//`, Spark's DIV); callers see to the sign."""
    return exp.IntDiv(this=wrap(a), expression=integer(divisor))


def bits_in_common(a: Sql, b: Sql) -> Sql:
    return exp.BitwiseAnd(this=wrap(a), expression=wrap(b))


def remainder(a: Sql, divisor: int) -> Sql:
    return exp.Mod(this=wrap(a), expression=integer(divisor))


def less(a: Sql, b: Sql) -> Sql:
    return exp.LT(this=wrap(a), expression=wrap(b))


def at_most(a: Sql, b: Sql) -> Sql:
    return exp.LTE(this=wrap(a), expression=wrap(b))


def equal(a: Sql, b: Sql) -> Sql:
    return exp.EQ(this=wrap(a), expression=wrap(b))


def unequal(a: Sql, b: Sql) -> Sql:
    return exp.NEQ(this=wrap(a), expression=wrap(b))


def is_null(a: Sql) -> Sql:
    return exp.Is(this=wrap(a), expression=exp.Null())


def is_not_false(a: Sql) -> Sql:
    """TRUE for true and unknown: `(a) IS DISTINCT FROM FALSE`."""
    return exp.NullSafeNEQ(this=wrap(a), expression=FALSE)


def is_true(a: Sql) -> Sql:
    return exp.NullSafeEQ(this=wrap(a), expression=TRUE)


def negation(a: Sql) -> Sql:
    return exp.Not(this=wrap(a))


def both(parts: Iterable[Sql]) -> Sql:
    return _chain(exp.And, parts)


def either(parts: Iterable[Sql]) -> Sql:
    return _chain(exp.Or, parts)


def _chain(kind: type[exp.Connector], parts: Iterable[Sql]) -> Sql:
    wrapped = [wrap(part) for part in parts]
    found: Sql = wrapped[0]
    for part in wrapped[1:]:
        found = kind(this=found, expression=part)  # type: ignore[assignment]  # a connector is an expression
    return found


def one_of(a: Sql, options: Sequence[Sql]) -> Sql:
    return exp.In(this=wrap(a), expressions=list(options))


def case(branches: Sequence[tuple[Sql, Sql]], otherwise: Sql | None = None) -> Sql:
    ifs = [exp.If(this=test, true=value) for test, value in branches]
    return exp.Case(ifs=ifs, default=otherwise if otherwise is not None else exp.Null())


def greatest(parts: Sequence[Sql]) -> Sql:
    """Of the known ones: NULLs are passed over, on DuckDB as on Spark."""
    return parts[0] if len(parts) == 1 else exp.Greatest(this=parts[0], expressions=list(parts[1:]), ignore_nulls=True)


def least(parts: Sequence[Sql]) -> Sql:
    return parts[0] if len(parts) == 1 else exp.Least(this=parts[0], expressions=list(parts[1:]), ignore_nulls=True)


def coalesce(a: Sql, b: Sql) -> Sql:
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
