"""What does a run hold of the families on a list: their rows, every step worked out, and where each fact comes from?

All of it is read at once, and no more of it than an adviser page may show: the families' own people, their latest
period and their homes. Values stay as the tables hold them, for of thousands of families most say the same few things.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lift.engines.duckdb.tables import column_names
from lift.plan.compile import Plan
from lift.plan.layout import KEYS, Stored, key_of
from lift.rulebook.model import Fact
from lift.rulebook.nodes import LEVELS, Level
from lift.workspace.database import Connection

Row = dict[str, Any]


@dataclass(frozen=True)
class Worked:
    """By level and key: a unit's keys and facts, and its steps as they are stored. `of_family`: people, and the latest
    period, by the family's key. `origins`: by unit and fact, file and line of the source that comes first for it."""

    rows: Mapping[Level, Mapping[str, Row]]
    steps: Mapping[Level, Mapping[str, Row]]
    of_family: Mapping[Level, Mapping[str, Sequence[str]]]
    origins: Mapping[str, Mapping[str, str]]


def read_worked(
    connection: Connection, plan: Plan, references: Collection[str], facts: Collection[Fact], steps: Collection[str]
) -> Worked:
    """`connection`: with the homes of these references copied, and the plan run over them."""
    connection.execute(_LISTED_FAMILY, {"references": list(references)})
    connection.execute(_LISTED_UNIT, {"references": list(references)})
    rows = {level: _rows(connection, level, [fact for fact in facts if fact.level == level]) for level in LEVELS}
    of_family: dict[Level, dict[str, list[str]]] = {"person": defaultdict(list), "period": defaultdict(list)}
    for level, members in of_family.items():
        for key, row in rows[level].items():
            members[str(row["family_key"])].append(key)
    # Of periods the latest alone, which comes last; one that an answer is about may stand beside it.
    latest = {family: periods[-1:] for family, periods in of_family["period"].items()}
    kept = {name: plan.steps[name, True] for name in steps if (name, True) in plan.steps}
    return Worked(rows, _steps(connection, kept), of_family | {"period": latest}, _origins(connection, facts))


_LISTED_FAMILY = """
    CREATE OR REPLACE TABLE listed_family AS
    WITH listed AS (SELECT unnest($references::VARCHAR[]) AS reference)
    SELECT family_key FROM family WHERE family_key IN (FROM listed)
    UNION SELECT family_key FROM person WHERE person_key IN (FROM listed)
    UNION SELECT family_key FROM period WHERE period_key IN (FROM listed)"""
# A period whose first day is not known counts as the latest.
_LISTED_UNIT = """
    CREATE OR REPLACE TABLE listed_unit AS
    SELECT 'household' AS level, household_key AS unit_key FROM household
    UNION ALL SELECT 'family', family_key FROM family SEMI JOIN listed_family USING (family_key)
    UNION ALL SELECT 'person', person_key FROM person SEMI JOIN listed_family USING (family_key)
    UNION ALL (
        SELECT 'period', period_key FROM period SEMI JOIN listed_family USING (family_key)
        QUALIFY period_key IN (SELECT unnest($references::VARCHAR[])) OR row_number() OVER (PARTITION BY family_key
            ORDER BY period_start_low IS NULL DESC, period_start_low DESC, period_key DESC) = 1)"""


def _rows(connection: Connection, level: Level, facts: Sequence[Fact]) -> dict[str, Row]:
    """In the order of their keys; periods in the order of time."""
    there = set(column_names(connection, level))
    wanted = {end for fact in facts for end in columns_of(fact)} | ({"role"} if level == "person" else set())
    columns = [*KEYS[level], *sorted(wanted & there - set(KEYS[level]))]
    order = "period_start_low IS NULL, period_start_low, " if level == "period" else ""
    cursor = connection.execute(
        f"""SELECT {", ".join(columns)} FROM {level} WHERE {key_of(level)} IN (
        SELECT unit_key FROM listed_unit WHERE level = '{level}') ORDER BY {order}{key_of(level)}"""
    )
    return {str(row[0]): dict(zip(columns, row, strict=True)) for row in cursor.fetchall()}


def columns_of(fact: Fact) -> tuple[str, ...]:
    """The columns in which a unit's table may hold a fact."""
    ends = (f"{fact.name}_low", f"{fact.name}_high") if fact.type.is_ranged else (fact.name,)
    return (*ends, f"{fact.name}_fresh")


def _steps(connection: Connection, kept: Mapping[str, tuple[str, Stored]]) -> dict[Level, dict[str, Row]]:
    """The columns of steps, by the table that they stand in."""
    found: dict[Level, dict[str, Row]] = {level: {} for level in LEVELS}
    for table in sorted({table for table, _ in kept.values()}):
        mine = [stored for own, stored in kept.values() if own == table]
        level = mine[0].level
        key = column_names(connection, table)[0]
        columns = [key, *dict.fromkeys(column for stored in mine for column in stored.columns)]
        cursor = connection.execute(
            f"""SELECT {", ".join(columns)} FROM {table} WHERE {key} IN (
            SELECT unit_key FROM listed_unit WHERE level = '{level}')"""
        )
        for row in cursor.fetchall():
            found[level][str(row[0])] = dict(zip(columns, row, strict=True))
    return found


# Of each kind of extract the latest row first, then of the kinds the one that comes first for the fact.
_ORIGINS = """
    WITH mine AS (
        SELECT s.level, s.unit_key, s.kind, s.as_at, f.name, s.line
        FROM run.unit_source s SEMI JOIN listed_unit USING (level, unit_key) JOIN run.extract_file f USING (file_id)
        QUALIFY row_number() OVER (PARTITION BY s.level, s.unit_key, s.kind
            ORDER BY s.as_at DESC, f.name, s.line DESC) = 1
    ), wanted AS (
        SELECT * FROM run.fact_source WHERE (level, fact) IN (SELECT (unnest($levels), unnest($facts)))
    ), first AS (
        SELECT m.unit_key, p.fact, concat(m.name, ' line ', m.line) AS said
        FROM mine m JOIN wanted p USING (level, kind)
        QUALIFY row_number() OVER (PARTITION BY m.unit_key, p.fact
            ORDER BY p.priority, m.as_at DESC, m.name, m.line DESC) = 1
    )
    SELECT unit_key, said, list(fact ORDER BY fact) FROM first GROUP BY unit_key, said"""


def _origins(connection: Connection, facts: Collection[Fact]) -> dict[str, dict[str, str]]:
    wanted = {"levels": [fact.level for fact in facts], "facts": [fact.name for fact in facts]}
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for unit, said, names in connection.execute(_ORIGINS, wanted).fetchall():
        found[str(unit)].update(dict.fromkeys(names, str(said)))
    return found
