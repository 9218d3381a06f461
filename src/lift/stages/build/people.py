"""Who lives where, in which family, and as what?

Every mention of a living person at a home is a *presence*, by rank of how well it shows that the person lives there.
The best decides home and role. `b_person` and `b_family` are the units; `b_presence` stays, since a mention at another
home than one's own still counts against the rosters there. Of a child whom two families claim (`b_two_claims`), and of
a dependant too old to be one (`b_too_old`), the parent is unknown: no family surely has it, and none surely has not.
"""

from __future__ import annotations

from datetime import date

from duckdb import DuckDBPyConnection

from lift.stages.build.sources import day_sql

_PRESENCE = """
    CREATE OR REPLACE TEMP TABLE b_presence AS
    -- Claimant and partner of a live claim.
    SELECT 1 AS rank, 'claimant' AS role, kind, file_id, line, as_at, claimant_key AS person_key, household_key,
        NULL::VARCHAR AS parent_key, NULL::VARCHAR AS other_parent_key, FALSE AS is_former
    FROM b_claim WHERE state = 'live' AND is_current
    UNION ALL
    SELECT 1, 'partner', kind, file_id, line, as_at, partner_key, household_key, NULL, NULL, FALSE
    FROM b_claim WHERE state = 'live' AND is_current AND partner_key IS NOT NULL
    UNION ALL
    SELECT 2, 'claimant', 'universal_credit_notice', file_id, line, as_at, claimant_key, household_key,
        NULL, NULL, FALSE
    FROM b_notice_claim WHERE is_open
    UNION ALL
    SELECT 2, 'partner', 'universal_credit_notice', file_id, line, as_at, partner_key, household_key, NULL, NULL, FALSE
    FROM b_notice_claim WHERE is_open AND partner_key IS NOT NULL
    -- Those listed on a live claim; somebody who is its claimant or partner too is refused.
    UNION ALL
    SELECT 3, 'child', kind, file_id, line, as_at, person_key, household_key, claimant_key, NULL, FALSE
    FROM b_member WHERE role = 'dependant'
    UNION ALL
    SELECT 4, 'non_dependant', kind, file_id, line, as_at, person_key, household_key, NULL, NULL, FALSE
    FROM b_member WHERE role = 'non_dependant' AND NOT is_claimant_too
    UNION ALL
    SELECT 5, 'child', 'pupil', file_id, line, as_at, person_key, household_key, parent_key, other_parent_key, FALSE
    FROM b_pupil WHERE is_on_roll AND person_key IS NOT NULL
    UNION ALL
    SELECT 6, 'liable', 'council_tax_account', file_id, line, extract_date, person_key, household_key, NULL, NULL, FALSE
    FROM b_liable WHERE lives_here
    UNION ALL
    SELECT 7, CASE WHEN role = 'child' THEN 'child' ELSE 'resident' END, 'council_tax_resident', file_id, line,
        extract_date, person_key, household_key, NULL, NULL, FALSE
    FROM b_resident
    UNION ALL
    -- A claim that awaits its decision, a claim that was refused or has ended, a notice that closes: somebody may live
    -- there, but only where nobody else is known to.
    SELECT 8, 'claimant', kind, file_id, line, as_at, claimant_key, household_key, NULL, NULL, TRUE
    FROM b_claim WHERE state <> 'live' AND is_current AND {stays}
    UNION ALL
    SELECT 8, 'partner', kind, file_id, line, as_at, partner_key, household_key, NULL, NULL, TRUE
    FROM b_claim WHERE state <> 'live' AND is_current AND partner_key IS NOT NULL AND {stays}
    UNION ALL
    SELECT 8, 'claimant', 'universal_credit_notice', file_id, line, as_at, claimant_key, household_key, NULL, NULL, TRUE
    FROM b_notice_claim WHERE NOT is_open
    UNION ALL
    -- A school's record names a parent without saying where the parent lives: shown with the child where nobody else
    -- is known.
    SELECT 9, 'parent', 'pupil', file_id, line, as_at, parent_key, household_key, NULL, NULL, TRUE
    FROM b_pupil WHERE is_on_roll AND parent_key IS NOT NULL"""
_STAYS = "(refusal_reason IS NULL OR refusal_reason NOT IN ('died', 'moved'))"

_HOME = """
    CREATE OR REPLACE TEMP TABLE b_home AS
    WITH inhabited AS (
        SELECT DISTINCT household_key FROM b_presence
        WHERE NOT is_former AND role <> 'child' AND household_key IS NOT NULL
    ), counted AS (
        SELECT p.* FROM b_presence p
        WHERE p.person_key IS NOT NULL AND p.household_key IS NOT NULL
            AND (NOT p.is_former OR p.household_key NOT IN (SELECT household_key FROM inhabited))
    )
    SELECT * FROM counted
    QUALIFY row_number() OVER (
        PARTITION BY person_key ORDER BY rank, as_at DESC, household_key, kind, file_id, line) = 1
    ORDER BY person_key"""

# One child on the live claims of two families: the same person (then `other_key` is NULL), or two rows of one name and
# birthday that no key joined, such as at two addresses. Two of them with pupil numbers or sexes of their own are two.
_TWO_CLAIMS = """
    CREATE OR REPLACE TEMP TABLE b_two_claims AS
    WITH listed AS (
        SELECT DISTINCT m.person_key, coalesce(l.lead_key, m.claimant_key) AS lead_key, m.kind
        FROM b_member m LEFT JOIN b_lead l ON l.person_key = m.claimant_key WHERE m.role = 'dependant'
    ), known AS (
        SELECT p.person_key, max(r.upn) AS upn, max(r.sex) AS sex
        FROM record r JOIN person_link p USING (record_id)
        WHERE r.kind IN ('benefit_person', 'ctr_person', 'pupil') AND r.part IN ('child', 'pupil') GROUP BY p.person_key
    ), named AS (
        SELECT DISTINCT l.person_key, l.lead_key, l.kind, r.surname_key, r.forename_key, r.date_of_birth, k.upn, k.sex
        FROM record r JOIN person_link p USING (record_id) JOIN listed l ON l.person_key = p.person_key
        JOIN known k ON k.person_key = p.person_key
        WHERE r.kind IN ('benefit_person', 'ctr_person') AND r.part = 'child' AND length(r.forename_key) > 2
    )
    SELECT person_key, NULL::VARCHAR AS other_key, min(kind) AS kind_1, max(kind) AS kind_2 FROM listed
    GROUP BY person_key HAVING count(DISTINCT lead_key) > 1
    UNION ALL
    SELECT a.person_key, b.person_key, min(a.kind), min(b.kind)
    FROM named a JOIN named b USING (surname_key, forename_key, date_of_birth)
    WHERE a.person_key <> b.person_key AND a.lead_key <> b.lead_key
        AND coalesce(a.upn = b.upn, TRUE) AND coalesce(a.sex = b.sex, TRUE)
    GROUP BY a.person_key, b.person_key"""

# A dependant whose birthday is that of somebody of 20 or over (`refuse_births`): a slip in it, or somebody who is no
# child. Where another row tells a child's birthday, it was a slip.
_TOO_OLD = """
    CREATE OR REPLACE TEMP TABLE b_too_old AS
    SELECT person_key FROM b_member
    WHERE role = 'dependant' AND date_of_birth <= extract_date - INTERVAL 20 YEAR AND person_key NOT IN (
        SELECT person_key FROM b_record WHERE date_of_birth IS NOT NULL AND person_key IS NOT NULL)"""

# Grown-ups first: a couple is one family, everybody else one each. Then children, with the claimant of their claim, or
# with a parent named by the school who lives at the same home; a child whom two families claim, or who may be none,
# is one of its own.
_PERSON = """
    CREATE OR REPLACE TEMP TABLE b_person AS
    WITH grown AS (
        SELECT h.person_key, coalesce(l.lead_key, h.person_key) AS lead_key, h.household_key
        FROM b_home h LEFT JOIN b_lead l USING (person_key) WHERE h.role <> 'child'
    ), adults AS (
        -- The home of a couple is that of the one whose claim it is.
        SELECT g.person_key, g.lead_key, l.household_key,
            CASE WHEN g.person_key = g.lead_key THEN 'claimant' ELSE 'partner' END AS role
        FROM grown g JOIN grown l ON l.person_key = g.lead_key
    ), children AS (
        SELECT c.person_key, coalesce(a.lead_key, b.lead_key, c.person_key) AS lead_key,
            coalesce(a.household_key, b.household_key, c.household_key) AS household_key
        FROM (
            SELECT person_key, household_key, role, rank,
                CASE WHEN NOT is_unsure THEN parent_key END AS parent_key,
                CASE WHEN NOT is_unsure THEN other_parent_key END AS other_parent_key
            FROM (SELECT *, person_key IN (SELECT person_key FROM b_two_claims UNION ALL FROM b_too_old) AS is_unsure
                FROM b_home)
        ) c
        LEFT JOIN adults a ON a.person_key = c.parent_key AND (c.rank = 3 OR a.household_key = c.household_key)
        LEFT JOIN adults b ON b.person_key = c.other_parent_key AND b.household_key = c.household_key
        WHERE c.role = 'child'
    ), everybody AS (
        SELECT person_key, lead_key, household_key, role FROM adults
        UNION ALL SELECT person_key, lead_key, household_key, 'child' FROM children
    )
    SELECT person_key, 'f' || substr(lead_key, 2) AS family_key, household_key, role FROM everybody
    ORDER BY person_key"""

_BORN = """
    CREATE OR REPLACE TEMP TABLE b_born AS
    SELECT person_key, max(date_of_birth) AS born, min(date_of_birth) AS born_first FROM b_record
    WHERE date_of_birth IS NOT NULL AND date_of_birth <= {day} AND person_key IS NOT NULL GROUP BY person_key"""

_FAMILY = """
    CREATE OR REPLACE TEMP TABLE b_family AS
    WITH families AS (
        SELECT family_key, min(household_key) AS household_key, bool_and(role = 'child') AS is_child_only,
            min(CASE WHEN role = 'claimant' THEN person_key END) AS claimant_key,
            min(CASE WHEN role = 'partner' THEN person_key END) AS partner_key
        FROM b_person GROUP BY family_key
    )
    SELECT f.family_key, f.household_key, f.is_child_only, f.claimant_key, f.partner_key,
        CASE WHEN s.agrees THEN s.is_couple END AS is_couple, s.fresh AS is_couple_fresh,
        s.kind_1, s.kind_2, coalesce(NOT s.agrees, FALSE) AS is_couple_disputed
    FROM families f LEFT JOIN b_standing s ON s.person_key = f.claimant_key ORDER BY f.family_key"""


def make_people(connection: DuckDBPyConnection, day: date) -> None:
    connection.execute(_PRESENCE.format(stays=_STAYS))
    connection.execute(_HOME)
    connection.execute(_TWO_CLAIMS)
    connection.execute(_TOO_OLD)
    connection.execute(_PERSON)
    connection.execute(_BORN.format(day=day_sql(day)))
    connection.execute(_FAMILY)
