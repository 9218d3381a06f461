"""Is what the compiler works out beforehand what DuckDB would have worked out in every row?

Each constructor is given values that are known while compiling, and once more the same values as columns of a table.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction
from itertools import product

import duckdb
import pytest

from lift.plan import sql
from lift.plan.layout import Table, store
from lift.plan.sql import FALSE, NULL, TRUE, Sql
from lift.plan.values import Day, Flag, Number, constant, known_day, unknown_flag

ONE = Fraction(1)
DAY = date(2026, 11, 12)
FLAGS: Sequence[Sql] = (TRUE, FALSE, sql.cast(NULL, "BOOLEAN"))
NUMBERS: Sequence[Sql] = tuple(
    sql.cast(value, "BIGINT") for value in (NULL, *map(sql.integer, (-3, 0, 2, 2**62)))
)  # two of the last cannot be added up: that is left to whoever runs it

OF_FLAGS: dict[str, Callable[..., Sql]] = {
    "NOT": sql.negation,
    "is true": sql.is_true,
    "is not false": sql.is_not_false,
    "is null": sql.is_null,
    "AND": lambda a, b: sql.both([a, b]),
    "OR": lambda a, b: sql.either([a, b]),
    "CASE": lambda a, b, c: sql.case([(a, b)], c),
    "two branches": lambda a, b, c: sql.case([(a, TRUE), (b, FALSE)], c),
}
OF_NUMBERS: dict[str, Callable[..., Sql]] = {
    "+": sql.add,
    "*": sql.times,
    "-": sql.negate,
    "// 2": lambda a: sql.quotient(a, 2),
    "% 2": lambda a: sql.remainder(a, 2),
    "<": sql.less,
    "<=": sql.at_most,
    "=": sql.equal,
    "<>": sql.unequal,
    "GREATEST": lambda a, b: sql.greatest([a, b]),
    "LEAST": lambda a, b, c: sql.least([a, b, c]),
    "COALESCE": sql.coalesce,
}
TEXTS: Sequence[Sql] = (sql.text("own"), sql.text("let"), sql.cast(NULL, "VARCHAR"))
OF_TEXTS: dict[str, Callable[..., Sql]] = {"texts =": sql.equal, "texts <>": sql.unequal}


@pytest.fixture(scope="module")
def connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def _run(connection: duckdb.DuckDBPyConnection, value: Sql, columns: Sequence[Sql]) -> object:
    given = ", ".join(f"{one.sql(dialect='duckdb')} AS {name}" for one, name in zip(columns, "abc", strict=False))
    try:
        ((found,),) = connection.execute(f"SELECT {value.sql(dialect='duckdb')} FROM (SELECT {given}) u").fetchall()
    except duckdb.OutOfRangeException:
        return "too large"
    return found


@pytest.mark.parametrize(
    ("make", "values"),
    [pytest.param(make, FLAGS, id=name) for name, make in OF_FLAGS.items()]
    + [pytest.param(make, NUMBERS, id=name) for name, make in OF_NUMBERS.items()]
    + [pytest.param(make, TEXTS, id=name) for name, make in OF_TEXTS.items()],
)
def test_what_is_worked_out_beforehand_is_what_every_row_would_give(
    connection: duckdb.DuckDBPyConnection, make: Callable[..., Sql], values: Sequence[Sql]
) -> None:
    width = next(n for n in (1, 2, 3) if _takes(make, n))
    folded = 0
    for given in product(values, repeat=width):
        beforehand = make(*given)
        in_rows = make(*(sql.column("u", name) for name in "abc"[:width]))
        assert _run(connection, beforehand, given) == _run(connection, in_rows, given)
        folded += sql.is_literal(beforehand)
    assert folded, "nothing was worked out beforehand"


@pytest.mark.parametrize("compare", [sql.equal, sql.unequal])
def test_a_text_that_is_chosen_is_compared_branch_by_branch(
    connection: duckdb.DuckDBPyConnection, compare: Callable[[Sql, Sql], Sql]
) -> None:
    a, b = sql.column("u", "a"), sql.column("u", "b")
    inner = sql.case([(b, sql.text("let"))])
    choice = sql.case([(a, sql.text("own")), (b, sql.text("rent"))], inner)
    operator = "=" if compare is sql.equal else "<>"
    for given in product(FLAGS, repeat=2):
        found = _run(connection, compare(choice, sql.text("own")), given)
        chosen = _run(connection, choice, given)
        assert found == (None if chosen is None else (chosen == "own") == (operator == "="))
    # DuckDB 2.0.0 cannot plan this as it stands, since nobody's is ever 'let'.
    never = sql.equal(sql.text("let"), sql.case([(a, sql.text("rent"))], sql.text("own")))
    assert _run(connection, compare(sql.case([(never, sql.text("let"))]), sql.text("own")), [TRUE, TRUE]) is None


def _takes(make: Callable[..., Sql], count: int) -> bool:
    try:
        make(*(sql.column("u", name) for name in "abc"[:count]))
    except TypeError:
        return False
    return True


def test_what_is_the_same_in_every_row_takes_no_column() -> None:
    table = Table("t", "person", None)
    one, three = constant(ONE), sql.column("u", "x")
    half = Number(one.low, three, ONE, False, True, False)
    assert store("half", "person", half, table).columns == ("half__high",)
    assert store("nobody_knows", "person", unknown_flag(), table).columns == ()
    stored = store("sure", "person", Flag(sql.is_null(NULL), True), table).read("u", "")
    assert isinstance(stored, Flag) and stored.constant is True
    no_low = store("open", "person", Number(sql.cast(NULL, "BIGINT"), three, ONE, False, True, True), table)
    read = no_low.read("u", "")
    assert isinstance(read, Number) and read.low is None and not read.low_certain and read.high_certain
    day = known_day(DAY).low
    known = store("day", "person", Day(day, day, True, True, True), table).read("u", "")
    assert isinstance(known, Day) and known.constant == DAY
