"""How do units held in memory become the tables of docs/tables.md?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction

import duckdb

from lift.plan.inputs import ends_of, sql_type
from lift.plan.layout import KEYS, key_of
from lift.rulebook.model import Fact, Rulebook
from lift.rulebook.nodes import LEVELS, Level
from lift.rulebook.units import Known, OneUnit, Scalar, Units

Column = tuple[str, str, list[str | None]]
"""Name, SQL type, and the values as text that a CAST reads back exactly."""


def make_tables(connection: duckdb.DuckDBPyConnection, book: Rulebook, units: Units) -> None:
    """The four level tables with every fact that any unit has, and possible_couple."""
    numbers = {level: {unit.key: str(place) for place, unit in enumerate(units.of(level))} for level in LEVELS}
    for level in LEVELS:
        mine = units.of(level)
        used = {name for unit in mine for name in unit.facts}
        facts = [f for (own, name), f in book.facts.items() if own == level and name in used]
        keys = _keys(level, mine)
        told = [column for fact in facts for column in _columns(fact, mine)]
        _make(connection, level, [*keys, *_ids(keys, numbers), *told])
    pairs = sorted(units.possible_couples)
    couples: list[Column] = [
        ("family_key", "VARCHAR", [one for one, _ in pairs]),
        ("other_family_key", "VARCHAR", [other for _, other in pairs]),
    ]
    _make(connection, "possible_couple", [*couples, *_ids(couples, numbers)])


def column_names(connection: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    """The columns that a table has, in order."""
    return [str(row[0]) for row in connection.execute(f"DESCRIBE {table}").fetchall()]


def _keys(level: Level, units: Sequence[OneUnit]) -> list[Column]:
    own, *above = KEYS[level]
    held: dict[str, list[str | None]] = {
        "family_key": [u.family for u in units],
        "household_key": [u.household for u in units],
    }
    return [(own, "VARCHAR", [u.key for u in units]), *[(name, "VARCHAR", held[name]) for name in above]]


def _ids(keys: Sequence[Column], numbers: Mapping[Level, Mapping[str, str]]) -> list[Column]:
    """The numbers of the units with these keys; none for one that is not there."""
    found: list[Column] = []
    for name, _, values in keys:
        (known,) = (numbers[level] for level in LEVELS if name.endswith(key_of(level)))
        found.append(
            (name.replace("_key", "_id"), "BIGINT", [None if key is None else known.get(key) for key in values])
        )
    return found


def _columns(fact: Fact, units: Sequence[OneUnit]) -> list[Column]:
    known = [unit.facts.get(fact.name, _NOTHING) for unit in units]
    low, high = [_text(k.low) for k in known], [_text(k.high) for k in known]
    fresh: list[str | None] = ["true" if k.fresh else "false" for k in known]
    kind = sql_type(fact)
    # A flag or a code has one column: its low and high are the same value.
    ends = [(name, kind, values) for name, values in zip(ends_of(fact), (low, high), strict=False)]
    return [*ends, (f"{fact.name}_fresh", "BOOLEAN", fresh)]


_NOTHING = Known(None, None)


def _make(connection: duckdb.DuckDBPyConnection, table: str, columns: Sequence[Column]) -> None:
    declared = ", ".join(f"{name} {kind}" for name, kind, _ in columns)
    connection.execute(f"CREATE OR REPLACE TABLE {table} ({declared})")
    if columns[0][2]:
        read = ", ".join(f"CAST(unnest(CAST(? AS VARCHAR[])) AS {kind})" for _, kind, _ in columns)
        connection.execute(f"INSERT INTO {table} SELECT {read}", [values for _, _, values in columns])


def _text(value: Scalar | None) -> str | None:
    return None if value is None else plain_text(value)


def _decimal(value: Fraction) -> str:
    """The exact decimal: facts have at most four places."""
    whole = value * 10_000
    assert whole.denominator == 1, "a fact with more than four decimal places"
    sign, digits = ("-" if whole < 0 else ""), f"{abs(whole.numerator):05d}"
    return f"{sign}{digits[:-4]}.{digits[-4:]}"


def plain_text(value: Scalar) -> str:
    """A value as text that a CAST to its column type reads back exactly."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Fraction):
        return _decimal(value)
    return value.isoformat() if isinstance(value, date) else value


def from_whole_number(fact: Fact, number: str) -> str:
    """The value, as its column holds it, of which a column holds the whole number (`as_number`)."""
    kind = sql_type(fact)
    if fact.type.kind == "code":
        codes = ", ".join(f"'{code}'" for code in fact.type.codes)
        return f"[{codes}][{number} + 1]"
    if fact.type.kind == "date":
        return f"DATE '1970-01-01' + CAST({number} AS INTEGER)"
    if kind.startswith("DECIMAL"):
        step = f"{float(fact.smallest_step):.4f}"
        return f"CAST(CAST({number} AS DECIMAL(18,0)) * CAST('{step}' AS DECIMAL(5,4)) AS {kind})"
    return f"CAST({number} AS {kind})"
