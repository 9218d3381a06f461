"""How do units held in memory become the tables of docs/tables.md?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction

import duckdb

from lift.plan.inputs import sql_type
from lift.plan.layout import KEYS
from lift.rulebook.model import Fact, Rulebook
from lift.rulebook.nodes import LEVELS
from lift.rulebook.units import Known, OneUnit, Scalar, Units

_AT_ONCE = 500


def make_tables(connection: duckdb.DuckDBPyConnection, book: Rulebook, units: Units) -> None:
    """The four level tables with every fact that any unit has, and possible_couple."""
    for level in LEVELS:
        mine = units.of(level)
        used = {name for unit in mine for name in unit.facts}
        facts = [f for (own, name), f in book.facts.items() if own == level and name in used]
        columns = [f"{key} VARCHAR" for key in KEYS[level]] + [c for fact in facts for c in _columns(fact)]
        connection.execute(f"CREATE OR REPLACE TABLE {level} ({', '.join(columns)})")
        _insert(connection, level, (_row(unit, facts) for unit in mine))
    connection.execute("CREATE OR REPLACE TABLE possible_couple (family_key VARCHAR, other_family_key VARCHAR)")
    pairs = sorted(units.possible_couples)
    _insert(connection, "possible_couple", ([_text(a), _text(b)] for a, b in pairs))


def _columns(fact: Fact) -> list[str]:
    kind = sql_type(fact)
    ends = ["_low", "_high"] if fact.type.kind in ("number", "date") else [""]
    return [f"{fact.name}{end} {kind}" for end in ends] + [f"{fact.name}_fresh BOOLEAN"]


def _row(unit: OneUnit, facts: list[Fact]) -> list[str]:
    keys = {"family": [unit.key, unit.household], "household": [unit.key]}
    row = [_literal(key) for key in keys.get(unit.level, [unit.key, unit.family, unit.household])]
    for fact in facts:
        known = unit.facts.get(fact.name, Known(None, None))
        ends = [known.low, known.high] if fact.type.kind in ("number", "date") else [known.low]
        row += [_literal(end) for end in ends] + ["TRUE" if known.fresh else "FALSE"]
    return row


def _literal(value: Scalar | None) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, Fraction):
        return _decimal(value)
    return f"DATE '{value.isoformat()}'" if isinstance(value, date) else _text(value)


def _decimal(value: Fraction) -> str:
    """The exact decimal: facts have at most four places."""
    whole = value * 10_000
    assert whole.denominator == 1, "a fact with more than four decimal places"
    sign, digits = ("-" if whole < 0 else ""), f"{abs(whole.numerator):05d}"
    return f"{sign}{digits[:-4]}.{digits[-4:]}"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: Iterable[list[str]]) -> None:
    batch: list[str] = []
    for row in rows:
        batch.append(f"({', '.join(row)})")
        if len(batch) == _AT_ONCE:
            connection.execute(f"INSERT INTO {table} VALUES {', '.join(batch)}")
            batch = []
    if batch:
        connection.execute(f"INSERT INTO {table} VALUES {', '.join(batch)}")


def plain_text(value: Scalar) -> str:
    """A value as text that a CAST to its column type reads back exactly."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Fraction):
        return _decimal(value)
    return value.isoformat() if isinstance(value, date) else value
