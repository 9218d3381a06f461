"""Which Universal Credit assessment periods has each family, and which months between them are missing?

A month without a notice between two others is a period of which nothing is known. `b_period` has both sorts.
"""

from __future__ import annotations

from datetime import date

from duckdb import DuckDBPyConnection

from lift.stages.build.sources import day_sql

_TOLD = """
    CREATE OR REPLACE TEMP TABLE b_period_told AS
    SELECT p.family_key, p.household_key, n.*, c.is_open, c.feed_oldest, c.as_at AS claim_as_at
    FROM b_notice n JOIN b_notice_claim c USING (claim_ref) JOIN b_person p ON p.person_key = c.claimant_key
    -- Two claims of one family for the same month: the claim with the latest word.
    QUALIFY row_number() OVER (PARTITION BY p.family_key, n.starts ORDER BY c.as_at DESC, n.claim_ref DESC) = 1
    ORDER BY p.family_key, n.starts"""

_PERIOD = """
    CREATE OR REPLACE TEMP TABLE b_period AS
    WITH spaced AS (
        SELECT family_key, household_key, starts, file_id, line, ends,
            lead(starts) OVER (PARTITION BY family_key ORDER BY starts) AS next_starts
        FROM b_period_told
    ), missing AS (
        SELECT family_key, household_key, (starts + to_months(m.n::INTEGER))::DATE AS starts
        FROM spaced, LATERAL (SELECT unnest(generate_series(1, datediff('month', starts, next_starts))) AS n) m
        -- Half a month's grace: an award that moves its day skips no month.
        WHERE next_starts IS NOT NULL AND starts + to_months(m.n::INTEGER) < next_starts - INTERVAL 15 DAY
    )
    SELECT family_key, household_key, starts, file_id, line, ends, next_starts IS NULL AS is_latest FROM spaced
    UNION ALL SELECT family_key, household_key, starts, NULL, NULL, NULL, FALSE FROM missing"""

# Complete: it begins with a first award or with the feed itself, and no period has ended since the last one told of.
_COMPLETE = """
    CREATE OR REPLACE TEMP TABLE b_periods_known AS
    SELECT family_key, CASE
        WHEN (arg_min(begins_award, starts) OR min(starts) <= min(feed_oldest) + INTERVAL 1 MONTH)
        AND (NOT arg_max(is_open, starts) OR max(ends) + INTERVAL 1 MONTH >= {day}) THEN TRUE END AS periods_complete
    FROM b_period_told GROUP BY family_key"""

# The last word on each family: of several claims, the one told of last.
_LAST_WORD = """
    CREATE OR REPLACE TEMP TABLE b_last_word AS
    SELECT p.family_key, c.* FROM b_notice_claim c JOIN b_person p ON p.person_key = c.claimant_key
    QUALIFY row_number() OVER (PARTITION BY p.family_key ORDER BY c.as_at DESC, c.is_open DESC, c.claim_ref DESC) = 1"""


def make_periods(connection: DuckDBPyConnection, day: date) -> None:
    connection.execute(_TOLD)
    connection.execute(_PERIOD)
    connection.execute(_COMPLETE.format(day=day_sql(day)))
    connection.execute(_LAST_WORD)
