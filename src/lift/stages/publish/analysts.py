"""What may analysts see of a run? (`analyst.duckdb`: references, chosen facts, answers, and no protected household)

A database of its own, so that whoever gets past every check in the program still holds nothing else. It is made from
the run's tables and from `held_person` and `held_home`, which say who is held back at this moment. What stands in it is
chosen column by column: facts by `analysts:` in facts.yaml, answers by `rulebook/answered.py`, the rest here.
"""

from __future__ import annotations

from pathlib import Path

from duckdb import DuckDBPyConnection

from lift.engines.duckdb.answers import beside_unit
from lift.engines.duckdb.tables import column_names
from lift.errors import DisclosureError
from lift.plan.layout import IDS, KEYS
from lift.rulebook.model import Fact, Rule, Rulebook, Shown
from lift.rulebook.nodes import LEVELS, Level
from lift.workspace.analysts import FORMAT


def make_view(connection: DuckDBPyConnection, path: Path, book: Rulebook, run: str) -> None:
    """Writes the analysts' view of the run in hand. Raises DisclosureError, leaving no file, if somebody who is held
    back stands in it."""
    place = str(path).replace("'", "''")
    connection.execute(f"ATTACH '{place}' AS analyst")
    try:
        connection.execute(_OPEN_HOME)
        for level in LEVELS:
            connection.execute(_units(connection, level, book))
        for table, query in _BESIDE.items():
            connection.execute(f"CREATE TABLE analyst.{table} AS {query}")
        connection.execute("CREATE TABLE analyst.about (format INTEGER, run VARCHAR)")
        connection.execute("INSERT INTO analyst.about VALUES (?, ?)", [FORMAT, run])
        held = connection.execute(_HELD).fetchall()[0][0]
        connection.execute("CHECKPOINT analyst")
    finally:
        connection.execute("DETACH analyst")
    if held:
        path.unlink()
        raise DisclosureError(
            f"{path.name}: would have held somebody who is held back, so it was deleted. The check on the finished "
            "file disagrees with what chose its rows: report this as a fault of LIFT."
        )


# A home goes with everybody in it, and with every family that has somebody in it.
_OPEN_HOME = """
    CREATE OR REPLACE TEMP TABLE open_home AS
    SELECT household_key FROM household
    EXCEPT SELECT household_key FROM held_home
    EXCEPT SELECT household_key FROM person SEMI JOIN held_person USING (person_key)
    EXCEPT SELECT household_key FROM family WHERE family_key IN
        (SELECT family_key FROM person SEMI JOIN held_person USING (person_key))"""

# Counted on the finished file, from the other side.
_HELD = """
    SELECT (SELECT count(*) FROM analyst.person WHERE person_key IN (SELECT person_key FROM held_person)
            OR household_key IN (SELECT household_key FROM held_home))
        + (SELECT count(*) FROM analyst.family WHERE household_key IN (SELECT household_key FROM held_home)
            OR family_key IN (SELECT family_key FROM person SEMI JOIN held_person USING (person_key)))
        + (SELECT count(*) FROM analyst.household WHERE household_key IN (SELECT household_key FROM held_home))
        + (SELECT count(*) FROM analyst.period WHERE household_key IN (SELECT household_key FROM held_home))"""

_UNIT = """
        WITH unit AS (
            SELECT 'person' AS level, person_key AS unit_key FROM analyst.person
            UNION ALL SELECT 'family', family_key FROM analyst.family
            UNION ALL SELECT 'household', household_key FROM analyst.household
            UNION ALL SELECT 'period', period_key FROM analyst.period)"""

# What explains an answer: which kind of extract tells a fact, and as at when; never the line that it stands on.
_BESIDE = {
    "possible_couple": """SELECT * FROM possible_couple
        WHERE family_key IN (SELECT family_key FROM analyst.family)
            AND other_family_key IN (SELECT family_key FROM analyst.family) ORDER BY ALL""",
    "answer": """SELECT rule, unit_key, verdict, settled_by FROM answer
        SEMI JOIN open_home USING (household_key)""",
    "unit_source": f"""{_UNIT}
        SELECT DISTINCT level, unit_key, kind, file_id, NULL::INTEGER AS line, as_at
        FROM unit_source SEMI JOIN unit USING (level, unit_key)""",
    "conflict": f"""{_UNIT}
        SELECT level, unit_key, fact FROM conflict SEMI JOIN unit USING (level, unit_key) ORDER BY ALL""",
    "fact_source": "SELECT level, fact, kind, priority, by_extract FROM fact_source ORDER BY ALL",
    "extract_file": "SELECT file_id, name, extract_date FROM extract_file ORDER BY ALL",
}


def _units(connection: DuckDBPyConnection, level: Level, book: Rulebook) -> str:
    """The units of a level with the facts that may be shown, and the answers of every rule that asks about them."""
    there = set(column_names(connection, level))
    columns = [f"u.{name}" for name in (*KEYS[level], *IDS[level])]
    for (own, name), shown in book.analysts.items():
        if own == level:
            columns += _fact(book.facts[own, name], shown, there)
    joins = ""
    for rule in _asking(connection, level, book):
        answers, join = beside_unit(rule)
        columns += answers
        joins += join
    return f"""CREATE TABLE analyst.{level} AS SELECT {", ".join(columns)} FROM {level} u
        SEMI JOIN open_home USING (household_key) {joins}"""


def _asking(connection: DuckDBPyConnection, level: Level, book: Rulebook) -> list[Rule]:
    found = connection.execute("SELECT DISTINCT rule FROM answer WHERE level = ? ORDER BY rule", [level])
    return [book.rules[str(row[0])] for row in found.fetchall()]


def _fact(fact: Fact, shown: Shown, there: set[str]) -> list[str]:
    """The columns of a fact, as far as this run has them."""
    name = fact.name
    if fact.type.is_ranged:
        columns = {f"{name}_low": f"u.{name}_low", f"{name}_high": f"u.{name}_high"}
        if shown == "by_month":
            columns[f"{name}_low"] = f"date_trunc('month', u.{name}_low)::DATE"
            columns[f"{name}_high"] = f"last_day(u.{name}_high)"
    else:
        columns = {name: f"u.{name}"}
    columns[f"{name}_fresh"] = f"u.{name}_fresh"
    return [f"{value} AS {column}" for column, value in columns.items() if column in there]
