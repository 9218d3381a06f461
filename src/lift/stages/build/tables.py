"""How do the units and their facts become the tables of docs/tables.md?"""

from __future__ import annotations

from collections.abc import Sequence

from duckdb import DuckDBPyConnection

from lift.errors import FactError
from lift.rulebook.nodes import Level
from lift.sources.facts.readings import Readings
from lift.stages.build.combine import Group, columns_of

# Each level's units as `u`, with their numbers and the facts that build works out itself.
_UNITS: dict[Level, str] = {
    "person": """
        SELECT p.person_key, p.family_key, p.household_key,
            row_number() OVER (ORDER BY h.household_id, f.family_id, p.person_key) - 1 AS person_id,
            f.family_id, h.household_id, p.role, b.born_first AS date_of_birth_low,
            b.born AS date_of_birth_high
        FROM b_person p LEFT JOIN b_born b USING (person_key) LEFT JOIN family f ON f.family_key = p.family_key
        LEFT JOIN household h ON h.household_key = p.household_key""",
    "family": """
        SELECT f.family_key, f.household_key,
            row_number() OVER (ORDER BY h.household_id, f.family_key) - 1 AS family_id, h.household_id, f.is_couple,
            CASE WHEN f.is_couple IS NOT NULL THEN f.is_couple_fresh END AS is_couple_fresh,
            r.role AS household_role, r.fresh AS household_role_fresh, l.is_liable AS is_liable_for_council_tax,
            CASE WHEN l.is_liable IS NOT NULL THEN {liable_fresh} END AS is_liable_for_council_tax_fresh,
            c.periods_complete, CASE WHEN c.family_key IS NOT NULL THEN TRUE END AS latest_period_is_known,
            {in_greater_london} AS lives_in_greater_london
        FROM b_family f LEFT JOIN b_household_role r USING (family_key) LEFT JOIN b_liable_family l USING (family_key)
        LEFT JOIN b_periods_known c USING (family_key) LEFT JOIN household h ON h.household_key = f.household_key""",
    "household": """
        SELECT h.household_key, h.household_id,
            CASE WHEN r.others_complete AND r.is_couple_settled THEN TRUE END AS adults_complete,
            CASE WHEN r.others_complete AND r.is_couple_settled THEN r.adults_fresh END AS adults_complete_fresh,
            CASE WHEN r.children_complete THEN TRUE END AS children_complete,
            CASE WHEN r.children_complete THEN r.children_fresh END AS children_complete_fresh,
            CASE WHEN r.others_complete THEN TRUE END AS non_dependants_complete,
            CASE WHEN r.others_complete THEN r.adults_fresh END AS non_dependants_complete_fresh, w.ward
        FROM b_number h LEFT JOIN b_roster r USING (household_key) LEFT JOIN b_ward w USING (household_key)""",
    "period": """
        SELECT p.period_key, p.family_key, p.household_key,
            row_number() OVER (ORDER BY h.household_id, f.family_id, p.period_key) - 1 AS period_id,
            f.family_id, h.household_id, starts AS period_start_low, starts AS period_start_high, is_latest
        FROM b_period_key p LEFT JOIN family f ON f.family_key = p.family_key
        LEFT JOIN household h ON h.household_key = p.household_key""",
}


def write_units(
    connection: DuckDBPyConnection,
    level: Level,
    groups: Sequence[Group],
    *,
    liable_fresh: str,
    in_greater_london: bool,
) -> None:
    units = _UNITS[level].format(liable_fresh=liable_fresh, in_greater_london=str(in_greater_london).upper())
    columns = "".join(f", {group.table}.{name}" for group in groups for name in columns_of(group.facts))
    joins = " ".join(
        f"LEFT JOIN b_known_{group.table} {group.table} ON {group.table}.unit_key = u.{level}_key" for group in groups
    )
    connection.execute(f"""
        CREATE OR REPLACE TABLE {level} AS SELECT u.*{columns} FROM ({units}) u {joins} ORDER BY u.{level}_id""")
    _assert_ordered(connection, level, groups)


_UNIT_SOURCE = """
    CREATE OR REPLACE TABLE unit_source AS
    SELECT 'person' AS level, person_key AS unit_key, kind, file_id, line, max(as_at) AS as_at
    FROM b_presence SEMI JOIN b_person USING (person_key) GROUP BY ALL
    UNION ALL
    SELECT 'family', family_key, kind, file_id, line, max(as_at) FROM (
        SELECT p.family_key, kind, file_id, line, as_at FROM b_presence JOIN b_person p USING (person_key)
        -- The notice of the latest period is not always the last one sent.
        UNION ALL SELECT unit_key, kind, file_id, line, as_at FROM b_row_notice_family
    ) GROUP BY ALL
    UNION ALL
    SELECT 'household', household_key, kind, file_id, line, max(as_at) FROM (
        SELECT household_key, 'council_tax_account' AS kind, file_id, line, as_at FROM b_account
        UNION ALL SELECT household_key, kind, file_id, line, as_at FROM b_claimed
        UNION ALL SELECT b.household_key, 'ward', b.file_id, b.line, w.extract_date
        FROM b_ward b JOIN ward w USING (file_id, line)
    ) GROUP BY ALL
    UNION ALL
    SELECT 'period', period_key, 'universal_credit_notice', file_id, line, ends FROM b_period_key
    WHERE file_id IS NOT NULL"""


def write_origins(connection: DuckDBPyConnection, readings: Readings) -> None:
    connection.execute(_UNIT_SOURCE)
    connection.execute("""
        CREATE OR REPLACE TABLE fact_source
            (level VARCHAR, fact VARCHAR, kind VARCHAR, column_name VARCHAR, priority INTEGER, by_extract BOOLEAN)""")
    by_extract = readings.dated_by_extract()
    rows = [
        [o.level, o.fact, o.kind, o.column, o.priority, (o.level, o.fact, o.kind) in by_extract]
        for o in readings.origins()
    ]
    connection.executemany("INSERT INTO fact_source VALUES (?, ?, ?, ?, ?, ?)", rows)
    connection.execute("CREATE OR REPLACE TABLE conflict AS SELECT * FROM b_conflict ORDER BY ALL")
    connection.execute("CREATE OR REPLACE TABLE build_refusal AS SELECT DISTINCT * FROM b_refusal ORDER BY ALL")


def _assert_ordered(connection: DuckDBPyConnection, level: Level, groups: Sequence[Group]) -> None:
    """Raises FactError where some low end came out above its high end."""
    ranged = [fact.name for group in groups for fact in group.facts if fact.type.is_ranged]
    if not ranged:
        return
    counts = ", ".join(f"count(*) FILTER (WHERE {name}_low > {name}_high)" for name in ranged)
    found = connection.execute(f"SELECT {counts} FROM {level}").fetchall()[0]
    for name, count in zip(ranged, found, strict=True):
        if count:
            raise FactError(
                f"{level}.{name}: {count} units have a low end above the high end. "
                "This is a fault of the program: report it with the kinds of extract that supply this fact."
            )
