"""What do accepted rows say that cannot be so, and was therefore left out? (`b_refusal`, with origins and never
values; it begins with what intake left out)"""

from __future__ import annotations

from datetime import date

from duckdb import DuckDBPyConnection

from lift.engines.duckdb.tables import column_names
from lift.stages.build.facts import Facts
from lift.stages.build.sources import day_sql

# Kind, column, and the part it names (None: whichever of the kind's parts the row is).
_BIRTHS = (
    ("benefit_claim", "claimant_date_of_birth", "claimant"),
    ("benefit_claim", "partner_date_of_birth", "partner"),
    ("ctr_award", "claimant_date_of_birth", "claimant"),
    ("ctr_award", "partner_date_of_birth", "partner"),
    ("universal_credit_notice", "claimant_date_of_birth", "claimant"),
    ("universal_credit_notice", "partner_date_of_birth", "partner"),
    ("council_tax_account", "date_of_birth", "liable_1"),
    ("council_tax_account", "liable2_date_of_birth", "liable_2"),
    ("council_tax_resident", "date_of_birth", None),
    ("benefit_person", "date_of_birth", None),
    ("ctr_person", "date_of_birth", None),
    ("pupil", "date_of_birth", "pupil"),
    ("pupil", "parent1_date_of_birth", "parent_1"),
    ("pupil", "parent2_date_of_birth", "parent_2"),
)
# A child or qualifying young person is under 20 (SI 2006/223 reg 3), and so are a school's pupils. All other parts are
# somebody of 16 or over. Linkage does not read the births that are told here (`sources.identifiers.birth`).
_CHILD = "r.part IN ('child', 'pupil')"

# An assessment period is a month from its first day (SI 2013/376 reg 21). Files that count a few days otherwise are
# believed.
_LONGEST_PERIOD = 40


def make_refusals(connection: DuckDBPyConnection) -> None:
    connection.execute("""
        CREATE OR REPLACE TEMP TABLE b_refusal
            (level VARCHAR, unit_key VARCHAR, kind VARCHAR, file_id INTEGER, line INTEGER, fact VARCHAR, reason
            VARCHAR)""")
    connection.execute(
        "INSERT INTO b_refusal SELECT NULL, NULL, kind, file_id, line, column_name, reason FROM left_out"
    )


def refuse_births(connection: DuckDBPyConnection, day: date, facts: Facts) -> None:
    """A birth before the dictionary's first day or after the run's, of a child where a grown-up must stand, or of a
    grown-up where a child must."""
    limits = facts["person", "date_of_birth"].limits
    earliest = day_sql(limits[0]) if limits and isinstance(limits[0], date) else "DATE '0001-01-01'"
    for kind, column, part in _BIRTHS:
        reason = f"""CASE
            WHEN s.{column} > {day_sql(day)} OR s.{column} > s.extract_date THEN 'born after the run''s day'
            WHEN s.{column} < {earliest} THEN 'outside the limits of the dictionary'
            WHEN {_CHILD} AND s.{column} <= s.extract_date - INTERVAL 20 YEAR THEN '20 or over where a child stands'
            WHEN NOT {_CHILD} AND s.{column} > s.extract_date - INTERVAL 16 YEAR
                THEN 'under 16 where a grown-up stands' END"""
        connection.execute(f"""
            INSERT INTO b_refusal
            SELECT 'person', r.person_key, '{kind}', s.file_id, s.line, 'date_of_birth', {reason} AS reason
            FROM {kind} s
            JOIN b_record r ON r.kind = '{kind}' AND r.file_id = s.file_id AND r.line = s.line
                {f"AND r.part = '{part}'" if part else ""}
            WHERE s.{column} IS NOT NULL AND {reason} IS NOT NULL""")


def refuse_members(connection: DuckDBPyConnection) -> None:
    """Somebody who is claimant or partner cannot be a non-dependant of the same claim."""
    connection.execute("""
        INSERT INTO b_refusal
        SELECT 'person', person_key, kind, file_id, line, 'household_role', 'also claimant or partner of the same claim'
        FROM b_member WHERE is_claimant_too""")


def refuse_awards(connection: DuckDBPyConnection) -> None:
    """An award in force that ended before it began (make_claims leaves that end out)."""
    connection.execute("""
        INSERT INTO b_refusal
        SELECT 'family', NULL, 'ctr_award', file_id, line, 'award_end', 'before the day that the award began'
        FROM ctr_award WHERE status IN ('live', 'suspended') AND award_end < award_start""")


def refuse_contradictions(connection: DuckDBPyConnection) -> None:
    """Two notices of one claim, period and sequence that do not say the same: nobody can tell which is right."""
    said = ", ".join(name for name in column_names(connection, "b_told") if name not in ("file_id", "line", "newness"))
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE b_contradicted AS
        SELECT file_id, line FROM b_told SEMI JOIN (
            SELECT claim_ref, starts, sequence_number, extract_date FROM (SELECT DISTINCT {said} FROM b_told)
            GROUP BY ALL HAVING count(*) > 1
        ) USING (claim_ref, starts, sequence_number, extract_date)""")
    connection.execute("""
        INSERT INTO b_refusal
        SELECT 'period', NULL, 'universal_credit_notice', file_id, line, 'sequence_number',
            'another notice of this claim and period has the same sequence number and says otherwise'
        FROM b_contradicted""")
    connection.execute("DELETE FROM b_told WHERE (file_id, line) IN (SELECT (file_id, line) FROM b_contradicted)")


def refuse_periods(connection: DuckDBPyConnection, facts: Facts) -> None:
    """A period that begins outside the dictionary's limits is no period; one that ends before it begins, or is longer
    than a month can be, is a month."""
    is_none = f"(ends < starts OR ends > starts + INTERVAL {_LONGEST_PERIOD} DAY)"
    connection.execute(f"""
        INSERT INTO b_refusal
        SELECT 'period', NULL, 'universal_credit_notice', file_id, line, 'assessment_period_end',
            CASE WHEN ends < starts THEN 'before the day that the period began'
                ELSE 'far more than a month after the period began' END
        FROM b_told WHERE {is_none}""")
    connection.execute(f"UPDATE b_told SET ends = (starts + INTERVAL 1 MONTH - INTERVAL 1 DAY)::DATE WHERE {is_none}")
    limits = facts["period", "period_start"].limits
    if not limits or not isinstance(limits[0], date) or not isinstance(limits[1], date):
        return
    outside = f"starts NOT BETWEEN {day_sql(limits[0])} AND {day_sql(limits[1])}"
    connection.execute(f"""
        INSERT INTO b_refusal
        SELECT 'period', NULL, 'universal_credit_notice', file_id, line, 'period_start',
            'outside the limits of the dictionary'
        FROM b_told WHERE {outside}""")
    connection.execute(f"DELETE FROM b_told WHERE {outside}")
