"""What does a run hold of the families on a list: their rows, every step worked out, and where each fact comes from?

All of it is read at once, and no more of it than an adviser page may show: the families' own people, their latest
period and their homes. Values stay as the tables hold them, for of thousands of families most say the same few things.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from lift.engines.duckdb.tables import column_names
from lift.plan.compile import Plan
from lift.plan.layout import KEYS, Stored, key_of
from lift.rulebook.model import Fact
from lift.rulebook.nodes import LEVELS, Level
from lift.workspace.database import Connection

Row = tuple[Any, ...]
Read = Callable[[Row], Row]


@dataclass(frozen=True)
class Rows:
    """Units of one level by key, their columns by place. Each row ends in a None: what the table has no column for."""

    places: Mapping[str, int]
    by_key: Mapping[str, Row]

    def reader(self, columns: Sequence[str]) -> Read:
        """Picks these columns out of a row; None for one that the table lacks."""
        places = [self.places.get(column, -1) for column in columns]
        if len(places) < 2:
            return lambda row: tuple(row[place] for place in places)
        return itemgetter(*places)


@dataclass(frozen=True, slots=True)
class Origins:
    """File and line of each source of a unit, the latest first, and which of them comes first for a fact."""

    first: Mapping[str, int]
    lines: Sequence[str]

    def of(self, fact: str) -> str | None:
        place = self.first.get(fact)
        return None if place is None else self.lines[place]


NO_ORIGINS = Origins({}, ())


@dataclass(frozen=True)
class Worked:
    """By level: the units' keys and facts, and their steps as they are stored. `of_family`: people, and the latest
    period, by the family's key. `origins`: by the unit's key."""

    rows: Mapping[Level, Rows]
    steps: Mapping[Level, Rows]
    of_family: Mapping[Level, Mapping[str, Sequence[str]]]
    origins: Mapping[str, Origins]


def read_worked(
    connection: Connection, plan: Plan, references: Collection[str], facts: Collection[Fact], steps: Collection[str]
) -> Worked:
    """`connection`: with the homes of these references copied, and the plan run over them."""
    connection.execute(_LISTED_FAMILY, {"references": list(references)})
    connection.execute(_LISTED_UNIT, {"references": list(references)})
    rows = {level: _rows(connection, level, [fact for fact in facts if fact.level == level]) for level in LEVELS}
    of_family: dict[Level, dict[str, list[str]]] = {"person": defaultdict(list), "period": defaultdict(list)}
    for level, members in of_family.items():
        place = rows[level].places["family_key"]
        for key, row in rows[level].by_key.items():
            members[str(row[place])].append(key)
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


def _rows(connection: Connection, level: Level, facts: Sequence[Fact]) -> Rows:
    """In the order of their keys; periods in the order of time."""
    there = set(column_names(connection, level))
    wanted = {end for fact in facts for end in columns_of(fact)} | ({"role"} if level == "person" else set())
    columns = [*KEYS[level], *sorted(wanted & there - set(KEYS[level]))]
    order = "period_start_low IS NULL, period_start_low, " if level == "period" else ""
    return _listed(connection, level, columns, level, f"ORDER BY {order}{key_of(level)}")


def columns_of(fact: Fact) -> tuple[str, ...]:
    """The columns in which a unit's table may hold a fact."""
    ends = (f"{fact.name}_low", f"{fact.name}_high") if fact.type.is_ranged else (fact.name,)
    return (*ends, f"{fact.name}_fresh")


def _steps(connection: Connection, kept: Mapping[str, tuple[str, Stored]]) -> dict[Level, Rows]:
    """The columns of steps: those of a level stand in one table."""
    found: dict[Level, Rows] = {}
    for level in LEVELS:
        mine = [stored for _, stored in kept.values() if stored.level == level]
        if mine:
            (table,) = {table for table, stored in kept.values() if stored.level == level}
            columns = dict.fromkeys(column for stored in mine for column in stored.columns)
            found[level] = _listed(connection, table, [column_names(connection, table)[0], *columns], level)
        else:
            found[level] = Rows({}, {})
    return found


def _listed(connection: Connection, table: str, columns: Sequence[str], level: Level, order: str = "") -> Rows:
    """The rows of listed units; the first column is the key."""
    found = connection.execute(
        f"""SELECT {", ".join(columns)}, NULL FROM {table} WHERE {columns[0]} IN (
        SELECT unit_key FROM listed_unit WHERE level = '{level}') {order}"""
    ).fetchall()
    return Rows({column: place for place, column in enumerate(columns)}, {str(row[0]): row for row in found})


# The latest row first.
_SOURCES = """
    SELECT s.unit_key, s.level, s.kind, f.name, s.line
    FROM run.unit_source s SEMI JOIN listed_unit USING (level, unit_key) JOIN run.extract_file f USING (file_id)
    ORDER BY s.as_at DESC, f.name, s.line DESC, s.kind"""
_PRIORITIES = """
    SELECT level, fact, kind, min(priority) FROM run.fact_source
    WHERE (level, fact) IN (SELECT (unnest($levels), unnest($facts))) GROUP BY ALL ORDER BY ALL"""


def _origins(connection: Connection, facts: Collection[Fact]) -> dict[str, Origins]:
    """Of the kinds that a unit has a row of, the one that comes first for a fact; of equals, the one with the latest
    row. Units whose rows are of the same kinds in the same order share which comes first."""
    wanted = {"levels": [fact.level for fact in facts], "facts": [fact.name for fact in facts]}
    by_kind: dict[tuple[str, str], list[tuple[str, int]]] = defaultdict(list)
    for level, fact, kind, priority in connection.execute(_PRIORITIES, wanted).fetchall():
        by_kind[level, kind].append((fact, priority))
    # Of each kind of extract the latest row alone.
    latest: dict[tuple[str, str], dict[str, str]] = {}
    for unit, level, kind, name, line in connection.execute(_SOURCES).fetchall():
        latest.setdefault((level, unit), {}).setdefault(kind, f"{name} line {line}")
    shared: dict[tuple[str, ...], Mapping[str, int]] = {}
    found: dict[str, Origins] = {}
    for (level, unit), mine in latest.items():
        alike = (level, *mine)
        if alike not in shared:
            shared[alike] = _first([by_kind[level, kind] for kind in mine])
        found[unit] = Origins(shared[alike], tuple(mine.values()))
    return found


def _first(by_place: Sequence[Sequence[tuple[str, int]]]) -> dict[str, int]:
    """Fact to the place of the source that comes first for it."""
    best: dict[str, tuple[int, int]] = {}
    for place, facts in enumerate(by_place):
        for fact, priority in facts:
            best[fact] = min(best.get(fact, (priority, place)), (priority, place))
    return {fact: place for fact, (_, place) in best.items()}
