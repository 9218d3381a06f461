"""Who is assessed as a couple, who as single, and of whom is it not known?

A partner flag or a joint claim is assessed; nothing else shows it. Where two current claims differ, or one says a
couple that the other half's own claim does not know of, neither is believed. `b_standing` has a row for each adult of
whom some claim speaks: `partner_key` and `is_couple`, NULL where they disagree. `b_conflict` begins here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from duckdb import DuckDBPyConnection

from lift.stages.build.sources import day_sql

_SAID = """
    CREATE OR REPLACE TEMP TABLE b_said AS
    WITH claims AS (
        SELECT kind, file_id, line, as_at, couple, claimant_key, partner_key,
            CASE kind WHEN 'benefit_claim' THEN 1 ELSE 2 END AS rank,
            as_at + to_months(CASE claim_class WHEN 'pension_age' THEN {pension_age} ELSE {working_age} END) >= {day}
                AS fresh
        FROM b_claim WHERE state = 'live' AND is_assessed AND is_current
        UNION ALL
        SELECT 'universal_credit_notice', file_id, line, as_at, couple, claimant_key, partner_key, 3, is_holding
        FROM b_notice_claim WHERE is_open
    )
    SELECT kind, file_id, line, as_at, rank, fresh, couple AS is_couple, claimant_key AS person_key,
        CASE WHEN couple THEN partner_key END AS partner_key, TRUE AS is_claimant
    FROM claims WHERE NOT couple OR partner_key IS NOT NULL
    UNION ALL
    SELECT kind, file_id, line, as_at, rank, fresh, TRUE, partner_key, claimant_key, FALSE
    FROM claims WHERE couple AND partner_key IS NOT NULL"""

_STANDING = """
    CREATE OR REPLACE TEMP TABLE b_standing AS
    WITH believed AS (
        SELECT * FROM b_said
        -- What is past its shelf life is only heard where nothing newer speaks, and then only the best of it.
        QUALIFY CASE WHEN bool_or(fresh) OVER (PARTITION BY person_key) THEN fresh
            ELSE row_number() OVER (PARTITION BY person_key ORDER BY as_at DESC, rank, file_id, line, is_claimant) = 1
            END
    ), one_word AS (
        SELECT person_key, count(DISTINCT coalesce(partner_key, '')) = 1 AS agrees, min(partner_key) AS partner_key,
            bool_and(is_couple) AS is_couple, bool_and(fresh) AS fresh,
            arg_min(kind, (rank, file_id, line)) AS kind_1, arg_max(kind, (rank, file_id, line)) AS kind_2
        FROM believed GROUP BY person_key
    )
    SELECT a.person_key, a.fresh, a.kind_1, a.kind_2,
        a.agrees AND (NOT a.is_couple OR coalesce(b.agrees AND b.partner_key = a.person_key, FALSE)) AS agrees,
        CASE WHEN a.agrees AND a.is_couple AND b.agrees AND b.partner_key = a.person_key THEN a.partner_key END
            AS partner_key,
        CASE WHEN a.agrees AND NOT a.is_couple THEN FALSE
            WHEN a.agrees AND b.agrees AND b.partner_key = a.person_key THEN TRUE END AS is_couple
    FROM one_word a LEFT JOIN one_word b ON b.person_key = a.partner_key ORDER BY a.person_key"""

# The claimant of a couple gives the family its reference, so that it lasts while the claim does.
_LEAD = """
    CREATE OR REPLACE TEMP TABLE b_lead AS
    SELECT s.person_key, CASE WHEN s.is_couple THEN (
            arg_min(CASE WHEN d.is_claimant THEN d.person_key ELSE d.partner_key END,
                (NOT d.fresh, d.rank, d.file_id, d.line))) ELSE s.person_key END AS lead_key
    FROM b_standing s LEFT JOIN b_said d ON d.person_key = s.person_key AND d.partner_key = s.partner_key
    GROUP BY s.person_key, s.is_couple"""


def make_couples(connection: DuckDBPyConnection, day: date, shelf_life: Mapping[str, int]) -> None:
    """`shelf_life`: months by claim class, of the fact `is_couple`."""
    connection.execute(_SAID.format(day=day_sql(day), **shelf_life))
    connection.execute(_STANDING)
    connection.execute(_LEAD)
