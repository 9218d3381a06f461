"""Who is left off for a while only, because a list could reach the wrong home or the wrong person?

Somebody moved or a couple parted in the last 90 days; a claim names two people who live apart; somebody else acts for
them. A person may help them by hand: no list does. What is found holds back families and homes, and spreads no further.
"""

from __future__ import annotations

import datetime

from duckdb import DuckDBPyConnection

from lift.stages.export.held import Reason

DAYS = 90


def find_waiting(connection: DuckDBPyConnection, day: datetime.date) -> None:
    """Makes `waiting_family` and `waiting_home` (key, reason). After `hold_back`, whose tables it reads."""
    recent = {"recent": day - datetime.timedelta(days=DAYS)}
    connection.execute(_PARTED, recent)
    connection.execute(_ROWS, recent)
    connection.execute(_HOMES)
    connection.execute(_FAMILIES)


# Joint Universal Credit claims that became single within the time: by the flag, for a notice need not repeat a partner.
_PARTED = """
    CREATE OR REPLACE TEMP TABLE waiting_claim AS
    SELECT ctr_ref FROM universal_credit_notice WHERE is_couple IS NOT NULL GROUP BY ctr_ref
    HAVING arg_max(is_couple, (assessment_period_start, sequence_number)) = FALSE
        AND max(assessment_period_end) FILTER (is_couple) >= $recent"""

_ROWS = f"""
    CREATE OR REPLACE TEMP TABLE waiting_row AS
    WITH claim AS (
        SELECT kind, file_id, line, person_key, household_key FROM held_link
        WHERE kind IN ('benefit_claim', 'ctr_award', 'universal_credit_notice')
    ), pair AS (
        SELECT DISTINCT a.person_key, b.person_key AS other_key
        FROM claim a JOIN claim b ON a.kind = b.kind AND a.file_id = b.file_id AND a.line = b.line
            AND a.person_key <> b.person_key
    ), lives AS (
        SELECT DISTINCT person_key, household_key FROM held_link
        WHERE kind IN ('council_tax_account', 'benefit_claim', 'ctr_award')
    ), gone AS (
        -- Whoever left is no longer on the claim, but perhaps in another file.
        SELECT r.record_row FROM held_record r JOIN benefit_claim c
            ON r.nino8 = left(regexp_replace(upper(c.partner_nino), '[^A-Z0-9]', '', 'g'), 8)
        WHERE c.partner_end >= $recent
        UNION SELECT r.record_row FROM held_record r JOIN benefit_claim c
            ON r.born = c.partner_date_of_birth
            AND r.surname = regexp_replace(upper(strip_accents(c.partner_surname)), '[^A-Z]', '', 'g')
        WHERE c.partner_end >= $recent
    )
    SELECT l.person_key, l.household_key, {Reason.MOVED:d} AS reason
    FROM held_link l JOIN council_tax_account c ON c.file_id = l.file_id AND c.line = l.line
    WHERE l.kind = 'council_tax_account' AND (c.occupation_start >= $recent OR c.occupation_end >= $recent
        -- Some systems write the first day of the financial year anew each year; it tells of no change.
        OR c.discount_type = 'single_person' AND c.discount_start >= $recent
            AND NOT (month(c.discount_start) = 4 AND day(c.discount_start) = 1))
    UNION ALL
    SELECT l.person_key, l.household_key, {Reason.MOVED:d}
    FROM held_link l JOIN council_tax_resident c ON c.file_id = l.file_id AND c.line = l.line
    WHERE l.kind = 'council_tax_resident' AND (c.resident_from >= $recent OR c.resident_to >= $recent)
    UNION ALL
    SELECT l.person_key, l.household_key, {Reason.MOVED:d}
    FROM claim l JOIN ctr_award c ON c.file_id = l.file_id AND c.line = l.line
    WHERE l.kind = 'ctr_award' AND c.refusal_reason = 'moved' AND coalesce(c.award_end, c.extract_date) >= $recent
    UNION ALL
    SELECT l.person_key, l.household_key, {Reason.MOVED:d}
    FROM claim l JOIN benefit_claim c ON c.file_id = l.file_id AND c.line = l.line
    WHERE l.kind = 'benefit_claim' AND c.partner_end >= $recent
    UNION ALL
    SELECT l.person_key, l.household_key, {Reason.MOVED:d} FROM held_link l SEMI JOIN gone USING (record_row)
    UNION ALL
    SELECT l.person_key, l.household_key, {Reason.MOVED:d}
    FROM claim l JOIN universal_credit_notice c ON c.file_id = l.file_id AND c.line = l.line
    WHERE l.kind = 'universal_credit_notice' AND c.ctr_ref IN (FROM waiting_claim)
    UNION ALL
    -- Two people of one claim of whom another file knows that they live at different addresses.
    SELECT x.person_key, x.household_key, {Reason.MOVED:d}
    FROM pair JOIN lives x ON x.person_key = pair.person_key
    JOIN lives y ON y.person_key = pair.other_key AND x.household_key <> y.household_key
    UNION ALL
    -- A contact that could not be joined to anybody may be that of anybody at the address.
    SELECT l.person_key, CASE WHEN p.person_key IS NULL THEN l.household_key END, {Reason.APPOINTEE:d}
    FROM held_link l JOIN contact c ON c.file_id = l.file_id AND c.line = l.line
    LEFT JOIN person p ON p.person_key = l.person_key
    WHERE l.kind = 'contact' AND c.speak_to <> 'self'
    UNION ALL
    SELECT l.person_key, NULL, {Reason.APPOINTEE:d}
    FROM claim l JOIN ctr_award c ON c.file_id = l.file_id AND c.line = l.line
    WHERE l.kind = 'ctr_award' AND c.appointee
    UNION ALL
    SELECT l.person_key, NULL, {Reason.APPOINTEE:d}
    FROM claim l JOIN benefit_claim c ON c.file_id = l.file_id AND c.line = l.line
    WHERE l.kind = 'benefit_claim' AND c.appointee"""

_HOMES = f"""
    CREATE OR REPLACE TEMP TABLE waiting_home AS
    SELECT household_key, min(reason) AS reason FROM (
        SELECT household_key, reason FROM waiting_row WHERE household_key IS NOT NULL
        UNION ALL
        SELECT p.household_key, w.reason FROM waiting_row w JOIN person p USING (person_key)
        WHERE w.reason = {Reason.MOVED:d}
    ) GROUP BY household_key"""
_FAMILIES = """
    CREATE OR REPLACE TEMP TABLE waiting_family AS
    SELECT p.family_key, min(w.reason) AS reason FROM waiting_row w JOIN person p USING (person_key)
    WHERE p.family_key IS NOT NULL GROUP BY p.family_key"""
