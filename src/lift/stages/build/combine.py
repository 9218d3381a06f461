"""What is known of each unit, where several rows tell of it?

Current rows are taken together: a range that fits them all; where none fits, the range over all of them, or for flags
and
codes unknown, and the disagreement is recorded. Where nothing current is known, the best of what is past its shelf life
stands, marked as such.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from duckdb import DuckDBPyConnection

from lift.rulebook.model import Fact
from lift.rulebook.nodes import Level
from lift.sources.facts.readings import Readings
from lift.stages.build.facts import RANGED, Facts, Told, sql_type, tell


def make_candidates(
    connection: DuckDBPyConnection, level: Level, readings: Readings, facts: Facts, day: str
) -> list[Fact]:
    """`b_told_LEVEL`: a row for each row of a source and unit, a column for each fact it tells of. Returns those
    facts."""
    by_row: dict[str, list[Told]] = {}
    for reading in readings.of(level):
        by_row.setdefault(reading.row, []).append(tell(reading, facts[level, reading.fact], day))
    columns = {told.fact.name: told.fact for found in by_row.values() for told in found}
    selects = [_select(row, found, readings) for row, found in by_row.items()]
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE b_told_{level}
        AS SELECT *, row_number() OVER (PARTITION BY unit_key ORDER BY priority, as_at DESC, kind, file_id, line,
            row_name) AS rank
        FROM ({" UNION ALL BY NAME ".join(selects)})""")
    for found in by_row.values():
        _refuse(connection, level, found)
    return [columns[name] for name in sorted(columns)]


def _select(row: str, found: Sequence[Told], readings: Readings) -> str:
    kinds = sorted({kind for told in found for kind in told.reading.kinds})
    priority = " ".join(f"WHEN '{kind}' THEN {readings.priority('', kind)}" for kind in kinds)
    columns = [f"CASE kind {priority} END AS priority", f"'{row}' AS row_name"]
    for told in found:
        name = told.fact.name
        if told.fact.type.kind in RANGED:
            columns += [f"{told.low} AS {name}_low", f"{told.high} AS {name}_high"]
        else:
            columns.append(f"{told.low} AS {name}")
        # A fact may be believed in another order than its row.
        order = " ".join(f"WHEN '{kind}' THEN {readings.priority(name, kind)}" for kind in told.reading.kinds)
        columns += [f"{told.fresh} AS {name}_fresh", f"CASE kind {order} END AS {name}_order"]
    return f"SELECT unit_key, kind, file_id, line, as_at, {', '.join(columns)} FROM b_row_{row}"


def _refuse(connection: DuckDBPyConnection, level: Level, found: Iterable[Told]) -> None:
    """What lies outside the dictionary's limits, with its origin and never its value."""
    selects = [
        f"""SELECT '{level}' AS level, unit_key, kind, file_id, line, '{told.fact.name}' AS fact,
            'outside the limits of the dictionary' AS reason FROM b_row_{told.reading.row} WHERE {told.breaks_limits}"""
        for told in found
        if told.breaks_limits != "FALSE)"
    ]
    connection.execute(f"INSERT INTO b_refusal {' UNION ALL '.join(selects)}")


def make_combined(connection: DuckDBPyConnection, level: Level, facts: Sequence[Fact]) -> None:
    """`b_known_LEVEL`: one row a unit, with every fact as docs/tables.md has it."""
    columns = ",\n".join(_aggregates(fact) for fact in facts)
    chosen = ",\n".join(_chosen(fact) for fact in facts)
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE b_sum_{level} AS SELECT unit_key, {columns} FROM b_told_{level} GROUP BY
            unit_key""")
    connection.execute(f"CREATE OR REPLACE TEMP TABLE b_known_{level} AS SELECT unit_key, {chosen} FROM b_sum_{level}")
    for fact in facts:
        _record_conflicts(connection, level, fact)


def _known(name: str, ranged: bool) -> str:
    return f"({name}_low IS NOT NULL OR {name}_high IS NOT NULL)" if ranged else f"{name} IS NOT NULL"


def _aggregates(fact: Fact) -> str:
    name, ranged = fact.name, fact.type.kind in RANGED
    known = _known(name, ranged)
    now, past = f"FILTER (WHERE {known} AND {name}_fresh)", f"FILTER (WHERE {known} AND NOT {name}_fresh)"
    order = f"({name}_order, rank)"
    if not ranged:
        return f"""min({name}) {now} AS {name}__least, max({name}) {now} AS {name}__most,
            arg_min({name}, {order}) {past} AS {name}__past"""
    return f"""count(*) {now} AS {name}__tell,
        max({name}_low) {now} AS {name}__inner_low, min({name}_high) {now} AS {name}__inner_high,
        CASE WHEN count({name}_low) {now} = count(*) {now} THEN min({name}_low) {now} END AS {name}__outer_low,
        CASE WHEN count({name}_high) {now} = count(*) {now} THEN max({name}_high) {now} END AS {name}__outer_high,
        arg_min({{'low': {name}_low, 'high': {name}_high}}, {order}) {past} AS {name}__past"""


def _chosen(fact: Fact) -> str:
    name = fact.name
    if fact.type.kind not in RANGED:
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
    return f"{value}, CASE WHEN {now} THEN TRUE WHEN {name}__past IS NOT NULL THEN FALSE END AS {name}_fresh"


def _record_conflicts(connection: DuckDBPyConnection, level: Level, fact: Fact) -> None:
    name, ranged = fact.name, fact.type.kind in RANGED
    if ranged:
        clash, treated = f"{name}__inner_low > {name}__inner_high", "range"
        differs = f"a.{name}_low > b.{name}_high OR a.{name}_high < b.{name}_low"
    else:
        clash, treated = f"{name}__least <> {name}__most", "unknown"
        differs = f"a.{name} <> b.{name}"
    connection.execute(f"""
        INSERT INTO b_conflict
        WITH clashing AS (
            SELECT t.* FROM b_told_{level} t JOIN (SELECT unit_key FROM b_sum_{level} WHERE {clash}) USING (unit_key)
            WHERE {_known(f"t.{name}", ranged)} AND t.{name}_fresh
        )
        SELECT '{level}', a.unit_key, '{name}', arg_min(a.kind, (a.rank, b.rank)), arg_min(b.kind, (a.rank, b.rank)),
            '{treated}'
        FROM clashing a JOIN clashing b ON a.unit_key = b.unit_key AND a.rank < b.rank WHERE {differs} GROUP BY
            a.unit_key""")
