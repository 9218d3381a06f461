"""Half a million households with the sample's own mix of what is known and unknown.

The sample council goes through intake, link and build; its units are then copied under new keys, with amounts of money
shifted by a few pounds so that no two copies are alike.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb

from benchmarks.by_hand import FACTS
from lift.plan.inputs import ends_of, sql_type
from lift.plan.layout import IDS, KEYS
from lift.rulebook.model import Fact, Rulebook
from lift.rulebook.nodes import LEVELS, Level
from lift.stages.build import build
from lift.stages.intake import intake
from lift.stages.link import link

DAY = date(2026, 11, 12)
_KEY = bytes(32)


def sample_units(connection: duckdb.DuckDBPyConnection, book: Rulebook, incoming: Path) -> None:
    """The sample council's units, as a run would build them."""
    intake(connection, incoming)
    link(connection, key=_KEY)
    build(connection, day=DAY, key=_KEY, facts=dict(book.facts), in_greater_london=False)


def multiply(connection: duckdb.DuckDBPyConnection, book: Rulebook, households: int) -> None:
    """Replaces the units by copies until there are about so many households."""
    row = connection.execute("SELECT count(*) FROM household").fetchone()
    assert row is not None and row[0]
    copies = -(-households // int(row[0]))
    connection.execute(f"CREATE OR REPLACE TEMP TABLE copy AS SELECT range AS n FROM range({copies})")
    for level in LEVELS:
        names = _columns(connection, level)
        keys = [f"{key} || '-' || n AS {key}" for key in KEYS[level]]
        keys += [_moved(name, copies) for name in IDS[level]]
        rest = [_shifted(book, level, name) for name in names if name not in (*KEYS[level], *IDS[level])]
        connection.execute(f"""CREATE OR REPLACE TABLE {level} AS
            SELECT {", ".join(keys + rest)} FROM {level} u, copy ORDER BY {IDS[level][0]}""")
    ids = f"{_moved('family_id', copies)}, {_moved('other_family_id', copies)}"
    connection.execute(f"""CREATE OR REPLACE TABLE possible_couple AS SELECT family_key || '-' || n AS family_key,
        other_family_key || '-' || n AS other_family_key, {ids} FROM possible_couple, copy""")


def keep_a_third_over_pension_age(connection: duckdb.DuckDBPyConnection) -> None:
    """Of the units as built those of every home with somebody surely born by 6 July 1960, and of twice as many others,
    the first by their keys."""
    connection.execute("""CREATE OR REPLACE TEMP TABLE over AS
        SELECT DISTINCT household_key FROM person WHERE date_of_birth_high <= DATE '1960-07-06'""")
    connection.execute("""CREATE OR REPLACE TEMP TABLE kept AS FROM over UNION ALL
        (SELECT household_key FROM household ANTI JOIN over USING (household_key) ORDER BY household_key
        LIMIT (SELECT 2 * count(*) FROM over))""")
    for level in LEVELS:
        connection.execute(f"DELETE FROM {level} WHERE household_key NOT IN (FROM kept)")
    connection.execute("DELETE FROM possible_couple WHERE family_key NOT IN (SELECT family_key FROM family)")


def _moved(name: str, copies: int) -> str:
    """The number of a unit in its copy: the copies of one unit stand together, so that their order is kept."""
    return f"{name} * {copies} + n AS {name}"


def _columns(connection: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    return [str(row[0]) for row in connection.execute(f"DESCRIBE {table}").fetchall()]


def _shifted(book: Rulebook, level: Level, name: str) -> str:
    """A money column moved by up to 9 pounds, the same for both ends, never out of its limits."""
    fact = book.facts.get((level, name.removesuffix("_low").removesuffix("_high")))
    if fact is None or fact.type.kind != "number" or fact.type.unit is None or not fact.type.unit.is_money:
        return name
    moved = f"CAST({name} + (hash(n) % 10) AS {sql_type(fact)})"
    return f"CASE WHEN {name} BETWEEN 10 AND 900 THEN {moved} ELSE {name} END AS {name}"


def forget_everything(connection: duckdb.DuckDBPyConnection, book: Rulebook) -> None:
    """Every fact that a rule may use, on every unit, unknown; roles stay, for they are what a family is made of."""
    for level in LEVELS:
        kept = {*KEYS[level], *IDS[level], "role"}
        columns = [name if name in kept else _nothing(book, level, name) for name in _columns(connection, level)]
        connection.execute(f"CREATE OR REPLACE TABLE {level} AS SELECT {', '.join(columns)} FROM {level}")


def _nothing(book: Rulebook, level: Level, name: str) -> str:
    if name.endswith("_fresh"):
        return f"TRUE AS {name}"
    fact = book.facts.get((level, name)) or book.facts.get((level, name.removesuffix("_low").removesuffix("_high")))
    return name if fact is None else f"CAST(NULL AS {sql_type(fact)}) AS {name}"


def exact_tables(connection: duckdb.DuckDBPyConnection, book: Rulebook) -> None:
    """`x_person` and so on: the same units with every fact known, for the query written by hand."""
    for level in LEVELS:
        names = set(_columns(connection, level))
        columns = [*KEYS[level], *IDS[level], *[_exact(book.facts[level, name], names) for name in FACTS[level]]]
        connection.execute(f"CREATE OR REPLACE TABLE x_{level} AS SELECT {', '.join(columns)} FROM {level}")


def _exact(fact: Fact, names: set[str]) -> str:
    column = f"{fact.name}_low" if fact.type.kind in ("number", "date") else fact.name
    blank = {"number": "0", "date": "DATE '1970-01-01'", "flag": "FALSE", "code": f"'{(fact.type.codes or ('',))[0]}'"}[
        fact.type.kind
    ]
    if column not in names:
        return f"CAST({blank} AS {sql_type(fact)}) AS {fact.name}"
    return f"coalesce({column}, CAST({blank} AS {sql_type(fact)})) AS {fact.name}"


#: What says that nobody else belongs to a unit; in the exact tables nobody is missing.
_ROSTERS = {
    "household": ("adults_complete", "children_complete", "non_dependants_complete"),
    "family": ("periods_complete", "latest_period_is_known"),
}


def know_everything(connection: duckdb.DuckDBPyConnection, book: Rulebook) -> None:
    """Replaces the units by those of the exact tables: every fact known, nobody missing, no couple uncertain."""
    for level in LEVELS:
        columns = [*KEYS[level], *IDS[level]]
        for name in FACTS[level]:
            columns += [f"{name} AS {end}" for end in ends_of(book.facts[level, name])]
        columns += [f"TRUE AS {name}" for name in _ROSTERS.get(level, ())]
        connection.execute(f"CREATE OR REPLACE TABLE {level} AS SELECT {', '.join(columns)} FROM x_{level}")
    connection.execute("DELETE FROM possible_couple")
