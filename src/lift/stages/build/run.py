"""In which order are units and facts made?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from duckdb import DuckDBPyConnection

from lift.errors import FactError
from lift.rulebook.nodes import LEVELS
from lift.sources.facts.readings import Readings, load_readings
from lift.sources.facts.references import key_parameters, reference_sql
from lift.stages.build.claims import make_claims
from lift.stages.build.combine import combine, groups_of
from lift.stages.build.council_tax import make_council_tax, make_pupils
from lift.stages.build.couples import make_couples
from lift.stages.build.facts import Facts, fresh_sql
from lift.stages.build.notices import make_notices, read_notices
from lift.stages.build.numbers import IN_ORDER, number_couples, number_homes
from lift.stages.build.people import make_people
from lift.stages.build.periods import make_periods
from lift.stages.build.refusals import (
    make_refusals,
    refuse_awards,
    refuse_births,
    refuse_contradictions,
    refuse_members,
    refuse_periods,
)
from lift.stages.build.rosters import make_rosters
from lift.stages.build.rows import make_rows
from lift.stages.build.sources import day_sql, make_sources, sweep
from lift.stages.build.tables import write_origins, write_units
from lift.stages.build.upratings import uprating
from lift.stages.build.wards import make_wards

ALWAYS_FRESH = {"pension_age": 1200, "working_age": 1200}


@dataclass(frozen=True)
class BuildReport:
    """`conflicts` and `refusals` count by fact; `complete` counts households by roster. `awaiting_new_rates`: families
    whose last word of Universal Credit is older than the rates in force, which began on `rates_since`."""

    persons: int
    families: int
    households: int
    periods: int
    conflicts: Mapping[str, int]
    refusals: Mapping[str, int]
    complete: Mapping[str, int]
    awaiting_new_rates: int
    rates_since: date


def build(
    connection: DuckDBPyConnection, *, day: date, key: bytes, facts: Facts, in_greater_london: bool
) -> BuildReport:
    """Make the units and facts of the run's day from linked rows. `facts` is the rulebook's dictionary, `key` the
    council's own, `in_greater_london` its setting. Raises FactError."""
    readings = load_readings()
    _require_facts(readings, facts)
    make_sources(connection)
    make_refusals(connection)
    _make_units(connection, day, facts, readings)
    _make_period_keys(connection, key)
    make_rows(connection, readings)
    _make_facts(connection, day, facts, readings, in_greater_london)
    report = _report(connection, day)
    sweep(connection)
    return report


def _require_facts(readings: Readings, facts: Facts) -> None:
    for origin in readings.origins():
        if (origin.level, origin.fact) not in facts:
            raise FactError(
                f"rules/facts.yaml: {origin.level}.{origin.fact} is missing, though {origin.kind} tells it. "
                "Put it back, or take it out of src/lift/sources/facts."
            )


def _make_units(connection: DuckDBPyConnection, day: date, facts: Facts, readings: Readings) -> None:
    composition = facts["family", "is_couple"].shelf_life or ALWAYS_FRESH
    refuse_awards(connection)
    make_claims(connection, day, readings)
    read_notices(connection)
    refuse_contradictions(connection)
    refuse_periods(connection, facts)
    make_notices(connection, day)
    make_council_tax(connection, day, readings)
    make_wards(connection)
    make_pupils(connection, day)
    make_couples(connection, day, composition)
    make_people(connection, day)
    make_rosters(connection, day, facts["household", "adults_complete"].shelf_life or ALWAYS_FRESH)
    make_periods(connection, day)
    refuse_births(connection, day, facts)
    refuse_members(connection)


def _make_period_keys(connection: DuckDBPyConnection, key: bytes) -> None:
    reference = reference_sql("d", "concat(family_key, ' ', starts)")
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE b_period_key AS SELECT {reference} AS period_key, * FROM b_period",
        key_parameters(key),
    )


def _make_facts(
    connection: DuckDBPyConnection, day: date, facts: Facts, readings: Readings, in_greater_london: bool
) -> None:
    today = day_sql(day)
    connection.execute("CREATE OR REPLACE TEMP TABLE b_conflict AS " + _STANDING)
    liable = facts["family", "is_liable_for_council_tax"].shelf_life or ALWAYS_FRESH
    # The account is as old as its extract, whatever the class of a claim.
    liable_fresh = fresh_sql("l.as_at", liable, today).replace("claim_class", "'working_age'")
    groups = {level: groups_of(level, readings, facts, today) for level in LEVELS}
    everything = [group for level in LEVELS for group in groups[level]]
    for group in everything:
        combine(connection, group, readings)
    number_homes(connection, everything)
    for level in IN_ORDER:
        write_units(connection, level, groups[level], liable_fresh=liable_fresh, in_greater_london=in_greater_london)
    number_couples(connection)
    write_origins(connection, readings)


# Families of whom current claims differ on whether there are two, people of whom rows differ on the birthday, and
# children whom two families claim.
_STANDING = """
    SELECT 'family' AS level, family_key AS unit_key, 'is_couple' AS fact, kind_1, kind_2, 'unknown' AS treated_as,
        NULL::VARCHAR AS other_key
    FROM b_family WHERE is_couple_disputed
    UNION ALL
    SELECT 'person', r.person_key, 'date_of_birth', min(r.kind), max(r.kind), 'range', NULL
    FROM b_born b JOIN b_record r USING (person_key)
    WHERE b.born <> b.born_first AND r.date_of_birth IN (b.born, b.born_first) GROUP BY r.person_key
    UNION ALL
    SELECT 'person', person_key, 'role', kind_1, kind_2, 'unknown', other_key FROM b_two_claims
    WHERE person_key IN (SELECT person_key FROM b_person)"""


def _report(connection: DuckDBPyConnection, day: date) -> BuildReport:
    def counts(table: str) -> dict[str, int]:
        return dict(connection.execute(f"SELECT fact, count(*) FROM {table} GROUP BY fact ORDER BY fact").fetchall())

    sizes = {level: connection.execute(f"SELECT count(*) FROM {level}").fetchall()[0][0] for level in LEVELS}
    rosters = ("adults_complete", "children_complete", "non_dependants_complete")
    counted = ", ".join(f"count({name})" for name in rosters)
    complete = connection.execute(f"SELECT {counted} FROM household").fetchall()[0]
    since = uprating(day_sql(day))
    ((awaiting, rates_since),) = connection.execute(
        f"SELECT count(*) FILTER (is_open AND as_at < {since}), {since} FROM b_last_word"
    ).fetchall()
    return BuildReport(
        persons=sizes["person"],
        families=sizes["family"],
        households=sizes["household"],
        periods=sizes["period"],
        conflicts=counts("conflict"),
        refusals=counts("build_refusal"),
        complete=dict(zip(rosters, complete, strict=True)),
        awaiting_new_rates=awaiting,
        rates_since=rates_since,
    )
