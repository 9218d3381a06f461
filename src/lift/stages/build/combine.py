"""What is known of each unit, where several rows tell of it?

Current rows are taken together: a range that fits them all; where none fits, the range over all of them, or for flags
and codes unknown, and the disagreement is recorded. Where nothing current is known, the best of what is past its shelf
life stands, marked as such; so does a no that has lasted its days.

Facts are combined in groups that the same kinds of row tell of, so that a fact with one source costs no combining.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from duckdb import DuckDBPyConnection

from lift.plan.inputs import ends_of
from lift.rulebook.model import Fact
from lift.rulebook.nodes import Level
from lift.sources.facts.readings import Readings
from lift.stages.build.facts import Facts, Told, sql_type, tell
from lift.stages.build.rows import ONE_A_UNIT


@dataclass(frozen=True)
class Group:
    """Facts of one level that the same kinds of row tell of; `table` is the end of its tables' names."""

    level: Level
    table: str
    rows: tuple[str, ...]
    told: tuple[Told, ...]
    facts: tuple[Fact, ...]

    @property
    def is_single(self) -> bool:
        """Whether no unit can have two rows here."""
        return len(self.rows) == 1 and self.rows[0] in ONE_A_UNIT


def groups_of(level: Level, readings: Readings, facts: Facts, day: str) -> list[Group]:
    told = [tell(reading, facts[level, reading.fact], day) for reading in readings.of(level)]
    by_fact: dict[str, list[Told]] = {}
    for one in told:
        by_fact.setdefault(one.fact.name, []).append(one)
    by_rows: dict[tuple[str, ...], list[str]] = {}
    for name in sorted(by_fact):
        by_rows.setdefault(tuple(sorted({one.reading.row for one in by_fact[name]})), []).append(name)
    return [
        Group(
            level,
            f"{level}_{number}",
            rows,
            tuple(one for name in names for one in by_fact[name]),
            tuple(by_fact[name][0].fact for name in names),
        )
        for number, (rows, names) in enumerate(by_rows.items(), start=1)
    ]


def combine(connection: DuckDBPyConnection, group: Group, readings: Readings) -> None:
    """`b_known_TABLE`: one row a unit, with every fact of the group as docs/tables.md has it."""
    selects = [_select(row, [t for t in group.told if t.reading.row == row], readings) for row in group.rows]
    counted = "" if group.is_single else f", {_RANK}"
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE b_told_{group.table} AS
        SELECT *{counted} FROM ({" UNION ALL BY NAME ".join(selects)})""")
    _refuse(connection, group)
    alone = ",\n".join(_alone(fact) for fact in group.facts)
    if group.is_single:
        connection.execute(f"""
            CREATE OR REPLACE TEMP TABLE b_known_{group.table} AS SELECT unit_key, {alone} FROM b_told_{group.table}""")
        return
    columns = ",\n".join(_aggregates(fact) for fact in group.facts)
    chosen = ",\n".join(_chosen(fact) for fact in group.facts)
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE b_sum_{group.table} AS
        SELECT unit_key, {columns} FROM b_told_{group.table} WHERE rows_told > 1 GROUP BY unit_key""")
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE b_known_{group.table} AS
        SELECT unit_key, {chosen} FROM b_sum_{group.table}
        UNION ALL SELECT unit_key, {alone} FROM b_told_{group.table} WHERE rows_told = 1""")
    for fact in group.facts:
        _record_conflicts(connection, group, fact)


_RANK = """row_number() OVER (
                PARTITION BY unit_key ORDER BY priority, as_at DESC, kind, file_id, line, row_name) AS rank,
            count(*) OVER (PARTITION BY unit_key) AS rows_told"""


def _select(row: str, found: Sequence[Told], readings: Readings) -> str:
    kinds = sorted({kind for told in found for kind in told.reading.kinds})
    priority = " ".join(f"WHEN '{kind}' THEN {readings.priority('', kind)}" for kind in kinds)
    columns = [f"CASE kind {priority} END AS priority", f"'{row}' AS row_name"]
    for told in found:
        name = told.fact.name
        if told.fact.type.is_ranged:
            columns += [f"{told.low} AS {name}_low", f"{told.high} AS {name}_high"]
        else:
            columns.append(f"{told.low} AS {name}")
        # A fact may be believed in another order than its row.
        order = " ".join(f"WHEN '{kind}' THEN {readings.priority(name, kind)}" for kind in told.reading.kinds)
        columns += [f"{told.fresh} AS {name}_fresh", f"CASE kind {order} END AS {name}_order"]
        columns += [f"{told.no_lasts} AS {name}_no_lasts"] if told.no_lasts else []
    return f"SELECT unit_key, kind, file_id, line, as_at, {', '.join(columns)} FROM b_row_{row}"


def _refuse(connection: DuckDBPyConnection, group: Group) -> None:
    """What lies outside the dictionary's limits, with its origin and never its value."""
    selects = [
        f"""SELECT '{group.level}' AS level, unit_key, kind, file_id, line, '{told.fact.name}' AS fact,
            'outside the limits of the dictionary' AS reason FROM b_row_{told.reading.row} WHERE {told.breaks_limits}"""
        for told in group.told
        if told.breaks_limits
    ]
    if selects:
        connection.execute(f"INSERT INTO b_refusal {' UNION ALL '.join(selects)}")


def _known(name: str, ranged: bool) -> str:
    return f"({name}_low IS NOT NULL OR {name}_high IS NOT NULL)" if ranged else f"{name} IS NOT NULL"


def _alone(fact: Fact) -> str:
    """The fact of a unit of which one row tells."""
    name, ranged = fact.name, fact.type.is_ranged
    value = f"{name}_low, {name}_high" if ranged else name
    if fact.shelf_life is None:
        return value
    lasts = "" if fact.no_lasts is None else f" AND ({name} OR {name}_no_lasts)"
    return f"{value}, CASE WHEN {_known(name, ranged)} THEN {name}_fresh{lasts} END AS {name}_fresh"


def _aggregates(fact: Fact) -> str:
    name, ranged = fact.name, fact.type.is_ranged
    known = _known(name, ranged)
    now, past = f"FILTER (WHERE {known} AND {name}_fresh)", f"FILTER (WHERE {known} AND NOT {name}_fresh)"
    order = f"({name}_order, rank)"
    if not ranged:
        lasts = "" if fact.no_lasts is None else f", bool_or({name} OR {name}_no_lasts) {now} AS {name}__lasts"
        return f"""min({name}) {now} AS {name}__least, max({name}) {now} AS {name}__most,
            arg_min({name}, {order}) {past} AS {name}__past{lasts}"""
    return f"""count(*) {now} AS {name}__tell,
        max({name}_low) {now} AS {name}__inner_low, min({name}_high) {now} AS {name}__inner_high,
        CASE WHEN count({name}_low) {now} = count(*) {now} THEN min({name}_low) {now} END AS {name}__outer_low,
        CASE WHEN count({name}_high) {now} = count(*) {now} THEN max({name}_high) {now} END AS {name}__outer_high,
        arg_min({{'low': {name}_low, 'high': {name}_high}}, {order}) {past} AS {name}__past"""


def _chosen(fact: Fact) -> str:
    name = fact.name
    if not fact.type.is_ranged:
        now = f"{name}__least IS NOT NULL"
        value = f"""CASE WHEN {now} THEN CASE WHEN {name}__least = {name}__most THEN {name}__least END
            ELSE {name}__past END AS {name}"""
    else:
        now = f"{name}__tell > 0"
        fits = f"coalesce({name}__inner_low <= {name}__inner_high, TRUE)"
        value = ",\n".join(
            f"""(CASE WHEN {now} THEN CASE WHEN {fits} THEN {name}__inner_{end} ELSE {name}__outer_{end} END
                ELSE {name}__past.{end} END)::{sql_type(fact)} AS {name}_{end}"""
            for end in ("low", "high")
        )
    if fact.shelf_life is None:
        return value
    lasts = "TRUE" if fact.no_lasts is None else f"{name}__lasts"
    return f"{value}, CASE WHEN {now} THEN {lasts} WHEN {name}__past IS NOT NULL THEN FALSE END AS {name}_fresh"


def _record_conflicts(connection: DuckDBPyConnection, group: Group, fact: Fact) -> None:
    name, ranged = fact.name, fact.type.is_ranged
    if ranged:
        clash, treated = f"{name}__inner_low > {name}__inner_high", "range"
        differs = f"a.{name}_low > b.{name}_high OR a.{name}_high < b.{name}_low"
    else:
        clash, treated = f"{name}__least <> {name}__most", "unknown"
        differs = f"a.{name} <> b.{name}"
    connection.execute(f"""
        INSERT INTO b_conflict
        WITH clashing AS (
            SELECT t.* FROM b_told_{group.table} t
            JOIN (SELECT unit_key FROM b_sum_{group.table} WHERE {clash}) USING (unit_key)
            WHERE {_known(f"t.{name}", ranged)} AND t.{name}_fresh
        )
        SELECT '{group.level}', a.unit_key, '{name}', arg_min(a.kind, (a.rank, b.rank)),
            arg_min(b.kind, (a.rank, b.rank)), '{treated}', NULL
        FROM clashing a JOIN clashing b ON a.unit_key = b.unit_key AND a.rank < b.rank
        WHERE {differs} GROUP BY a.unit_key""")


def columns_of(facts: Iterable[Fact]) -> list[str]:
    """The columns that the facts have in a table of units."""
    found: list[str] = []
    for fact in facts:
        found += ends_of(fact)
        found += [] if fact.shelf_life is None else [f"{fact.name}_fresh"]
    return found
