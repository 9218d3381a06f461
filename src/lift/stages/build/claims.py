"""What do the claims for Housing Benefit and Council Tax Reduction say, and how far may each be believed?

`b_claim` has a row for each claim: `state` (live, former, pending), `as_at` (when it was assessed, or at the latest),
`known_until` (the last day of which it surely tells what was not paid, where a file gives it), `couple` (what it says
of a partner; NULL where it contradicts itself), `proved_class`, `is_current` (not overtaken by another row of the
same kind) and `is_telling` (its means count). `b_member` has the children and other adults listed on live claims.
"""

from __future__ import annotations

from datetime import date

from duckdb import DuckDBPyConnection

from lift.sources.facts.readings import Readings
from lift.sources.kinds import load_kinds
from lift.stages.build.sources import day_sql

# Suspended is live: nobody is paid, but what was assessed stands. An award period that has run out is not.
_BOTH = """
    SELECT 'benefit_claim' AS kind, {benefit_claim},
        CASE record_type WHEN 'live' THEN 'live' WHEN 'closed' THEN 'former' ELSE 'pending' END AS state,
        record_type = 'live' AS is_assessed,
        CASE record_type WHEN 'closed' THEN least(coalesce(hb_closed_date, extract_date), extract_date)
            ELSE extract_date END AS as_at,
        NULL::DATE AS known_until
    FROM benefit_claim
    UNION ALL BY NAME
    SELECT 'ctr_award' AS kind, {ctr_award},
        CASE WHEN status IN ('live', 'suspended')
                AND (award_end IS NULL OR award_end >= extract_date OR award_end < award_start) THEN 'live'
            WHEN status = 'pending' THEN 'pending' ELSE 'former' END AS state,
        status IN ('live', 'suspended', 'ended')
            OR status = 'refused' AND coalesce(refusal_reason IN ('income', 'capital'), FALSE) AS is_assessed,
        -- An award is assessed on its first day, a refusal on the day claimed; nothing after the extract is known.
        least(coalesce(CASE status WHEN 'ended' THEN award_end ELSE award_start END, extract_date), extract_date)
            AS as_at,
        -- What else begins on an award's first day (Pension Credit, at State Pension age) it may not know of; one that
        -- begins after the extract was assessed before it, nobody says when.
        CASE WHEN award_start <= extract_date THEN award_start - 1 END AS known_until
    FROM ctr_award"""

_COUPLE = """CASE
    WHEN partner_flag = 'one' THEN
        CASE WHEN partner_death_date IS NULL AND (partner_end IS NULL OR partner_end > extract_date) THEN TRUE END
    WHEN partner_flag = 'several' THEN NULL
    WHEN partner_flag = 'none' THEN CASE WHEN p.person_key IS NULL THEN FALSE END
    WHEN p.person_key IS NOT NULL THEN TRUE END"""

# The file's own word first. State Pension age has been 66 or 67 for everybody born since October 1954, so 67 proves it
# reached and below 66 not; between the two only a benefit in payment shows it.
_PROVED_CLASS = """CASE
    WHEN scheme_class IS NOT NULL THEN scheme_class
    WHEN passport_code = 'pension_credit_guarantee' THEN 'pension_age'
    WHEN claimant_pension_credit_savings > 0 OR partner_pension_credit_savings > 0 THEN 'pension_age'
    WHEN passport_code IN ('income_support', 'jsa_income_based', 'esa_income_related', 'universal_credit')
        THEN 'working_age'
    WHEN couple IS NULL THEN NULL
    WHEN (claimant_born <= as_at - INTERVAL 67 YEAR OR NOT couple AND claimant_state_pension > 0)
        AND (NOT couple OR partner_born <= as_at - INTERVAL 67 YEAR) THEN 'pension_age'
    WHEN claimant_born > as_at - INTERVAL 66 YEAR AND (NOT couple OR partner_born > as_at - INTERVAL 66 YEAR)
        THEN 'working_age' END"""

_CLAIM = f"""
    CREATE OR REPLACE TEMP TABLE b_claim AS
    WITH linked AS (
        SELECT b.*, c.claim_ref, c.household_key, c.person_key AS claimant_key, c.date_of_birth AS claimant_born,
            p.person_key AS partner_key, p.date_of_birth AS partner_born, p.is_bare AS partner_is_bare,
            {_COUPLE} AS couple
        FROM ({_BOTH}) b
        JOIN b_record c ON c.kind = b.kind AND c.part = 'claimant' AND c.file_id = b.file_id AND c.line = b.line
        LEFT JOIN b_record p ON p.kind = b.kind AND p.part = 'partner' AND p.file_id = b.file_id AND p.line = b.line
        WHERE c.person_key IS NOT NULL AND c.household_key IS NOT NULL
    ), dated AS (
        -- SHBE does not say when a claim was assessed; the reduction of the same claim does.
        SELECT * REPLACE (CASE WHEN state = 'live' AND kind = 'benefit_claim' THEN least(as_at, coalesce(
            max(CASE WHEN state = 'live' AND kind = 'ctr_award' THEN as_at END)
                OVER reference, as_at)) ELSE as_at END AS as_at,
            CASE WHEN kind = 'benefit_claim' THEN max(CASE WHEN state = 'live' THEN known_until END) OVER reference
                ELSE known_until END AS known_until)
        FROM linked WINDOW reference AS (PARTITION BY claim_ref, claimant_key)
    ), classed AS (
        SELECT *, {_PROVED_CLASS} AS proved_class FROM dated
    ), ranked AS (
        SELECT *, rank() OVER (PARTITION BY kind, claimant_key ORDER BY
            CASE state WHEN 'live' THEN 1 WHEN 'former' THEN 2 ELSE 3 END,
            CASE WHEN state <> 'live' THEN as_at END DESC,
            CASE WHEN state <> 'live' THEN file_id END DESC, CASE WHEN state <> 'live' THEN line END DESC) = 1
                AS is_current
        FROM classed
    ), live AS (
        SELECT claimant_key AS person_key FROM classed WHERE state = 'live'
        UNION SELECT partner_key FROM classed WHERE state = 'live' AND couple
    )
    SELECT *, coalesce(proved_class, 'working_age') AS claim_class,
        is_assessed AND is_current
            AND (state = 'live' OR claimant_key NOT IN (SELECT person_key FROM live WHERE person_key IS NOT NULL))
                AS is_telling,
        state <> 'pending' AS is_record
    FROM ranked ORDER BY kind, file_id, line"""

_MEMBER = """
    CREATE OR REPLACE TEMP TABLE b_member AS
    WITH both_kinds AS (
        SELECT 'benefit_person' AS kind, 'benefit_claim' AS claim_kind, * FROM benefit_person
        UNION ALL BY NAME SELECT 'ctr_person' AS kind, 'ctr_award' AS claim_kind, * FROM ctr_person
    )
    SELECT m.*, r.claim_ref, r.person_key, r.household_key, c.kind AS on_kind, c.claimant_key, c.partner_key, c.as_at,
        c.claim_class, c.file_id AS claim_file, c.line AS claim_line,
        m.role = 'non_dependant' AND (r.person_key = c.claimant_key OR coalesce(r.person_key = c.partner_key, FALSE))
            AS is_claimant_too
    FROM both_kinds m
    JOIN b_record r ON r.kind = m.kind AND r.file_id = m.file_id AND r.line = m.line
    JOIN b_claim c ON c.claim_ref = r.claim_ref AND c.state = 'live' AND c.is_current
    WHERE r.person_key IS NOT NULL
        AND (m.end_date IS NULL OR m.end_date > m.extract_date) AND (m.start_date IS NULL OR m.start_date <= {day})
    -- A member belongs to the claim of its own scheme; failing that, to the other scheme's claim of the same reference.
    QUALIFY row_number() OVER (PARTITION BY m.kind, m.file_id, m.line
        ORDER BY c.kind <> m.claim_kind, c.kind, c.file_id, c.line) = 1
    ORDER BY m.kind, m.file_id, m.line"""


# What the text above reads, and what rosters and refusals do, besides what the readings name.
_READ_HERE = (
    "file_id", "line", "extract_date", "record_type", "hb_closed_date", "status", "award_start", "award_end",
    "refusal_reason", "scheme_class", "passport_code", "partner_flag", "partner_end", "partner_death_date",
    "joint_tenancy", "dependants_count", "non_dependants_count", "alternative_maximum", "claimant_state_pension",
    "claimant_pension_credit_savings", "partner_pension_credit_savings", "claimant_child_benefit",
    "partner_child_benefit", "partner_esa_basic", "partner_esa_wrag", "partner_esa_contributory",
    "claimant_boarder_income", "claimant_subtenant_income", "partner_boarder_income", "partner_subtenant_income",
)  # fmt: skip


def make_claims(connection: DuckDBPyConnection, day: date, readings: Readings) -> None:
    """`b_claim` and `b_member`, with every column of a claim that some reading names."""
    named = {*_READ_HERE, *readings.columns()}
    columns = {
        kind: ", ".join(n for n in ("file_id", "line", *load_kinds()[kind].columns) if n in named)
        for kind in ("benefit_claim", "ctr_award")
    }
    connection.execute(_CLAIM.format(**columns))
    connection.execute(_MEMBER.format(day=day_sql(day)))
