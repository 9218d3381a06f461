"""How do the units and their facts become the tables of docs/tables.md?"""

from __future__ import annotations

from collections.abc import Sequence

from duckdb import DuckDBPyConnection

from lift.errors import FactError
from lift.rulebook.model import Fact
from lift.sources.facts.readings import Readings
from lift.stages.build.facts import RANGED

_BORN = "b.born AS date_of_birth_low, b.born AS date_of_birth_high"
_COUNCIL = "CASE WHEN {london} THEN TRUE ELSE FALSE END AS lives_in_greater_london"

_UNITS = {
    "person": f"""
        SELECT p.person_key, p.family_key, p.household_key, p.role, {_BORN}{{facts}}
        FROM b_person p LEFT JOIN b_born b USING (person_key) LEFT JOIN b_known_person k ON k.unit_key = p.person_key
        ORDER BY p.person_key""",
    "family": f"""
        SELECT f.family_key, f.household_key, f.is_couple, CASE WHEN f.is_couple IS NOT NULL THEN f.is_couple_fresh END
                AS is_couple_fresh,
            r.role AS household_role, r.fresh AS household_role_fresh, l.is_liable AS is_liable_for_council_tax,
            CASE WHEN l.is_liable IS NOT NULL THEN {{liable_fresh}} END AS is_liable_for_council_tax_fresh,
            c.periods_complete, CASE WHEN c.family_key IS NOT NULL THEN TRUE END AS latest_period_is_known,
            {_COUNCIL}{{facts}}
        FROM b_family f LEFT JOIN b_household_role r USING (family_key) LEFT JOIN b_liable_family l USING (family_key)
        LEFT JOIN b_periods_known c USING (family_key) LEFT JOIN b_known_family k ON k.unit_key = f.family_key
        ORDER BY f.family_key""",
    # Every home of an account, lived in or not, and every other home that somebody lives in.
    "household": """
        SELECT h.household_key,
            CASE WHEN r.others_complete AND r.is_couple_settled THEN TRUE END AS adults_complete,
            CASE WHEN r.others_complete AND r.is_couple_settled THEN r.adults_fresh END AS adults_complete_fresh,
            CASE WHEN r.children_complete THEN TRUE END AS children_complete,
            CASE WHEN r.children_complete THEN r.children_fresh END AS children_complete_fresh,
            CASE WHEN r.others_complete THEN TRUE END AS non_dependants_complete,
            CASE WHEN r.others_complete THEN r.adults_fresh END AS non_dependants_complete_fresh{facts}
        FROM (SELECT household_key FROM b_account UNION SELECT household_key FROM b_person) h
        LEFT JOIN b_roster r USING (household_key) LEFT JOIN b_known_household k ON k.unit_key = h.household_key
        ORDER BY h.household_key""",
    "period": """
        SELECT p.period_key, p.family_key, p.household_key, p.starts AS period_start_low, p.starts AS period_start_high,
            p.is_latest{facts}
        FROM b_period_key p LEFT JOIN b_known_period k ON k.unit_key = p.period_key ORDER BY p.period_key""",
}

_UNIT_SOURCE = """
    CREATE OR REPLACE TABLE unit_source
    AS WITH told AS (
        SELECT 'person' AS level, person_key AS unit_key, kind, file_id, line, as_at FROM b_presence
        UNION SELECT 'family', p.family_key, kind, file_id, line, as_at FROM b_presence JOIN b_person p USING
            (person_key)
        UNION SELECT 'household', household_key, 'council_tax_account', file_id, line, as_at FROM b_account
        UNION SELECT 'household', household_key, kind, file_id, line, as_at FROM b_claimed
        UNION SELECT 'period', period_key, 'universal_credit_notice', file_id, line, ends FROM b_period_key
            WHERE file_id IS NOT NULL
        {told}
    ), units AS (
        SELECT 'person' AS level, person_key AS unit_key FROM b_person
        UNION ALL SELECT 'family', family_key FROM b_family
        UNION ALL SELECT 'household', household_key FROM household
        UNION ALL SELECT 'period', period_key FROM b_period_key
    )
    SELECT level, unit_key, kind, file_id, line, max(as_at) AS as_at FROM told JOIN units USING (level, unit_key)
    GROUP BY ALL ORDER BY ALL"""


def write_units(
    connection: DuckDBPyConnection, level: str, facts: Sequence[Fact], *, liable_fresh: str = "", london: str = ""
) -> None:
    columns = "".join(f", k.{name}" for fact in facts for name in columns_of(fact))
    query = _UNITS[level].format(facts=columns, liable_fresh=liable_fresh, london=london)
    connection.execute(f"CREATE OR REPLACE TABLE {level} AS {query}")


def columns_of(fact: Fact) -> list[str]:
    name = fact.name
    values = [f"{name}_low", f"{name}_high"] if fact.type.kind in RANGED else [name]
    return values if fact.shelf_life is None else [*values, f"{name}_fresh"]


def write_origins(connection: DuckDBPyConnection, readings: Readings, levels: Sequence[str]) -> None:
    told = " ".join(f"UNION SELECT '{x}', unit_key, kind, file_id, line, as_at FROM b_told_{x}" for x in levels)
    connection.execute(_UNIT_SOURCE.format(told=told))
    connection.execute("""
        CREATE OR REPLACE TABLE fact_source
            (level VARCHAR, fact VARCHAR, kind VARCHAR, column_name VARCHAR, priority INTEGER)""")
    rows = [[o.level, o.fact, o.kind, o.column, o.priority] for o in readings.origins()]
    connection.executemany("INSERT INTO fact_source VALUES (?, ?, ?, ?, ?)", rows)
    connection.execute("CREATE OR REPLACE TABLE conflict AS SELECT * FROM b_conflict ORDER BY ALL")
    connection.execute("CREATE OR REPLACE TABLE build_refusal AS SELECT DISTINCT * FROM b_refusal ORDER BY ALL")


def assert_ordered(connection: DuckDBPyConnection, level: str, facts: Sequence[Fact]) -> None:
    """Raises FactError where some low end came out above its high end."""
    ranged = [fact.name for fact in facts if fact.type.kind in RANGED]
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
