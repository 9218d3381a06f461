"""Is everybody who lives at a home known, who stands how to whom, and who may be whose partner?

Only a live claim can show that a roster is complete: it covers the home alone, its counts agree with its lists, and no
other source knows of anybody else there. One liable name on an account proves nothing. A CTR file without counts is as
good as its list of members, if that was given and no line of it refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from duckdb import DuckDBPyConnection

from lift.stages.build.sources import day_sql

# More undecided adults than this at one home (a hostel) are not paired, unless a claim lists them all: where the roster
# is open, anybody may live there anyway.
PAIRED_AT_MOST = 12

_LISTED = """
    CREATE OR REPLACE TEMP TABLE b_listed AS
    SELECT f.family_key, f.household_key, m.kind, m.on_kind, m.person_key, m.role, m.claim_ref, m.as_at, m.claim_class,
        m.file_id, m.line, coalesce(m.is_boarder, FALSE) AS is_boarder,
        coalesce(m.is_joint_tenant, FALSE) AS is_joint_tenant
    FROM b_member m JOIN b_person f ON f.person_key = m.claimant_key WHERE NOT m.is_claimant_too"""

_CLAIMED = """
    CREATE OR REPLACE TEMP TABLE b_claimed AS
    WITH whole AS (
        -- Members of claims: given this month, and no line of their files refused.
        SELECT k.kind FROM extract_kind k JOIN extract_file f USING (file_id)
        WHERE k.kind = 'ctr_person' GROUP BY k.kind HAVING sum(f.refused) = 0
    ), listed AS (
        SELECT family_key, count(DISTINCT CASE WHEN role = 'non_dependant' THEN person_key END) AS non_dependants,
            count(DISTINCT CASE WHEN role = 'dependant' THEN person_key END) AS dependants
        FROM b_listed GROUP BY family_key
    ), listed_here AS (
        SELECT family_key, on_kind,
            count(DISTINCT CASE WHEN role = 'non_dependant' THEN person_key END) AS non_dependants,
            count(DISTINCT CASE WHEN role = 'dependant' THEN person_key END) AS dependants
        FROM b_listed GROUP BY family_key, on_kind
    ), children AS (
        SELECT family_key, count(*) AS children FROM b_person WHERE role = 'child' GROUP BY family_key
    )
    SELECT p.household_key, p.family_key, c.kind, c.as_at, c.claim_class, c.file_id, c.line,
        coalesce(c.joint_tenancy, FALSE) OR coalesce(c.claimant_boarder_income > 0, FALSE)
            OR coalesce(c.claimant_subtenant_income > 0, FALSE) OR coalesce(c.partner_boarder_income > 0, FALSE)
            OR coalesce(c.partner_subtenant_income > 0, FALSE) AS shares_home,
        CASE WHEN c.non_dependants_count IS NOT NULL
                THEN CASE WHEN c.non_dependants_count = 0 THEN coalesce(l.non_dependants, 0) = 0
                    ELSE coalesce(l.non_dependants, 0) >= c.non_dependants_count END
            WHEN c.kind = 'ctr_award' AND EXISTS (FROM whole)
                THEN coalesce(h.non_dependants, 0) = coalesce(l.non_dependants, 0) END AS others_agree,
        CASE WHEN c.dependants_count IS NOT NULL THEN c.dependants_count = coalesce(d.children, 0)
            WHEN c.kind = 'ctr_award' AND EXISTS (FROM whole)
                THEN coalesce(h.dependants, 0) = coalesce(d.children, 0) END AS children_agree,
        c.non_dependants_count = l.non_dependants AS counts_single_groups
    FROM b_claim c JOIN b_person p ON p.person_key = c.claimant_key
    LEFT JOIN listed l USING (family_key)
    LEFT JOIN listed_here h ON h.family_key = p.family_key AND h.on_kind = c.kind
    LEFT JOIN children d ON d.family_key = p.family_key
    WHERE c.state = 'live' AND c.is_assessed AND c.is_current"""

_FRESH = "as_at + to_months(CASE claim_class WHEN 'pension_age' THEN {pension_age} ELSE {working_age} END) >= {day}"

_ROSTER = """
    CREATE OR REPLACE TEMP TABLE b_roster AS
    WITH claimed AS (
        SELECT household_key, min(family_key) AS family_key, count(DISTINCT family_key) = 1 AS is_one_family,
            NOT bool_or(shares_home) AS is_alone, coalesce(bool_and(others_agree), FALSE) AS others_agree,
            coalesce(bool_and(children_agree), FALSE) AS children_agree,
            coalesce(bool_or({fresh}) FILTER (others_agree), FALSE) AS adults_fresh,
            coalesce(bool_or({fresh}) FILTER (children_agree), FALSE) AS children_fresh
        FROM b_claimed GROUP BY household_key
    ), strangers AS (
        -- Adults mentioned or living here whom the claim does not list, and children of nobody on it.
        SELECT c.household_key, bool_or(s.role <> 'child') AS adult, bool_or(s.role = 'child') AS child
        FROM claimed c JOIN (
            SELECT household_key, person_key, role FROM b_presence WHERE NOT is_former
            UNION SELECT household_key, person_key, role FROM b_person) s USING (household_key)
        LEFT JOIN b_person p ON p.person_key = s.person_key
        LEFT JOIN (SELECT DISTINCT family_key, person_key FROM b_listed WHERE role = 'non_dependant') l
            ON l.family_key = c.family_key AND l.person_key = s.person_key AND p.household_key = c.household_key
        WHERE p.family_key IS DISTINCT FROM c.family_key AND l.person_key IS NULL
        GROUP BY c.household_key
    ), lodging AS (
        SELECT l.family_key, count(*) AS listed, bool_or(p.household_key IS DISTINCT FROM l.household_key) AS away
        FROM b_listed l LEFT JOIN b_person p USING (person_key) WHERE l.role = 'non_dependant' GROUP BY l.family_key
    ), disputed AS (
        -- A child whom two families claim, or another number of children told by Universal Credit.
        SELECT DISTINCT f.family_key FROM b_listed f JOIN b_person p USING (person_key)
        WHERE f.role = 'dependant' AND p.family_key <> f.family_key
        UNION
        SELECT p.family_key FROM b_listed f JOIN b_person p USING (person_key)
        WHERE f.role = 'dependant' AND p.family_key <> f.family_key
        UNION
        SELECT p.family_key FROM b_notice_claim n JOIN b_told t ON t.file_id = n.file_id AND t.line = n.line
        JOIN b_person p ON p.person_key = n.claimant_key
        WHERE n.is_open AND t.child_count <> (SELECT count(*) FROM b_person k WHERE k.family_key = p.family_key
            AND k.role = 'child')
    )
    SELECT c.household_key, c.family_key, c.adults_fresh, c.children_fresh,
        c.is_one_family AND c.is_alone AND c.others_agree AND NOT coalesce(s.adult, FALSE)
            AND NOT coalesce(l.away, FALSE) AS others_complete,
        c.is_one_family AND c.children_agree AND NOT coalesce(s.adult, FALSE) AND NOT coalesce(s.child, FALSE)
            AND c.others_agree AND c.is_alone AND l.listed IS NULL
            AND c.family_key NOT IN (SELECT family_key FROM disputed) AS children_complete,
        f.is_couple IS NOT NULL AS is_couple_settled
    FROM claimed c JOIN b_family f ON f.family_key = c.family_key
    LEFT JOIN strangers s ON s.household_key = c.household_key LEFT JOIN lodging l ON l.family_key = c.family_key
    ORDER BY c.household_key"""

# Other adults of whom the claim counts as many groups as it lists persons are no couples among themselves.
_SINGLE_OTHERS = """
    UPDATE b_family SET is_couple = FALSE, is_couple_fresh = o.fresh, kind_1 = o.kind
    FROM (
        SELECT p.family_key, bool_or({fresh}) AS fresh, min(l.kind) AS kind
        FROM b_listed l JOIN b_person p USING (person_key)
        WHERE l.role = 'non_dependant' AND NOT l.is_boarder AND NOT l.is_joint_tenant AND l.family_key IN (
            SELECT family_key FROM b_claimed GROUP BY family_key HAVING bool_and(counts_single_groups))
        GROUP BY p.family_key) o
    WHERE o.family_key = b_family.family_key AND b_family.is_couple IS NULL AND NOT b_family.is_couple_disputed"""

_LIABLE_FAMILY = """
    CREATE OR REPLACE TEMP TABLE b_liable_family AS
    WITH named AS (
        SELECT l.household_key, p.family_key, l.extract_date, l.file_id, l.line,
            -- Known from more than the account, so that another name beside it is another person.
            p.person_key IN (SELECT person_key FROM b_presence WHERE role <> 'liable' AND NOT is_former) AS is_known
        FROM b_liable l LEFT JOIN b_person p ON p.person_key = l.person_key AND p.household_key = l.household_key
        WHERE l.lives_here
    ), told AS (
        SELECT household_key, bool_and(family_key IS NOT NULL AND is_known) AS is_all_known,
            bool_and(family_key IS NOT NULL) AS is_all_placed,
            count(DISTINCT family_key) AS families, max(extract_date) AS as_at, min(file_id) AS file_id,
            min(line) AS line
        FROM named GROUP BY household_key
    )
    SELECT f.family_key, f.household_key, t.as_at, t.file_id, t.line,
        t.families = 1 AND f.family_key IN (SELECT family_key FROM named) AS is_only_liable_family,
        -- Another name may be that of a partner, or of somebody whom no row places here.
        CASE WHEN t.families = 1 AND t.is_all_placed THEN TRUE
            WHEN t.families > 1 AND f.is_couple IS NOT NULL THEN FALSE END AS is_surely_only_liable_family,
        -- Somebody who may be the partner of one who is liable may be so too.
        CASE WHEN f.family_key IN (SELECT family_key FROM named) THEN TRUE
            WHEN t.is_all_known AND f.is_couple IS NOT NULL THEN FALSE END AS is_liable
    FROM b_family f JOIN told t USING (household_key) WHERE NOT f.is_child_only ORDER BY f.family_key"""

_ROLE = """
    CREATE OR REPLACE TEMP TABLE b_household_role AS
    WITH listed AS (
        SELECT p.family_key, bool_or({fresh}) AS fresh, CASE WHEN bool_or(l.is_joint_tenant) THEN 'joint_tenant'
            WHEN bool_or(l.is_boarder) THEN 'boarder' ELSE 'non_dependant' END AS role
        FROM b_listed l JOIN b_person p ON p.person_key = l.person_key AND p.household_key = l.household_key
        WHERE l.role = 'non_dependant' GROUP BY p.family_key
    ), heads AS (
        SELECT min(c.family_key) AS family_key, bool_or({fresh}) AS fresh FROM b_claimed c
        WHERE c.household_key NOT IN (SELECT l.household_key FROM b_liable_family l WHERE l.is_liable AND l.family_key
            NOT IN (SELECT family_key FROM b_claimed))
        GROUP BY c.household_key HAVING count(DISTINCT c.family_key) = 1
    ), payers AS (
        SELECT family_key, TRUE AS fresh FROM b_liable_family WHERE is_only_liable_family
            AND household_key NOT IN (SELECT household_key FROM b_claimed)
    )
    SELECT family_key, role, fresh FROM listed
    UNION ALL SELECT family_key, 'head', fresh FROM heads WHERE family_key NOT IN (SELECT family_key FROM listed)
    UNION ALL SELECT family_key, 'head', fresh FROM payers WHERE family_key NOT IN (SELECT family_key FROM listed)"""

# Undecided adults of one home, and a claimant of whose partner nothing but the flag is known: any of them may be that
# partner.
_POSSIBLE_COUPLE = """
    CREATE OR REPLACE TEMP TABLE b_possible_couple AS
    WITH bare AS (
        SELECT p.family_key FROM b_person p
        WHERE p.role = 'partner' AND p.person_key IN (SELECT person_key FROM b_record WHERE is_bare)
            AND p.person_key NOT IN (SELECT person_key FROM b_record WHERE NOT is_bare AND person_key IS NOT NULL)
    ), undecided AS (
        SELECT f.household_key, f.family_key FROM b_family f LEFT JOIN b_born b ON b.person_key = f.claimant_key
        WHERE f.is_couple IS NULL AND NOT f.is_child_only AND (b.born IS NULL OR b.born <= {day} - INTERVAL 16 YEAR)
    ), open_ended AS (
        SELECT household_key, family_key, TRUE AS is_undecided FROM undecided
        UNION ALL SELECT f.household_key, f.family_key, FALSE FROM b_family f JOIN bare USING (family_key)
        WHERE f.family_key NOT IN (SELECT family_key FROM undecided)
    ), few AS (
        SELECT household_key FROM open_ended GROUP BY household_key
        HAVING count(*) <= {at_most} OR household_key IN (SELECT household_key FROM b_roster WHERE others_complete)
    )
    SELECT a.family_key, b.family_key AS other_family_key
    FROM open_ended a JOIN open_ended b USING (household_key) JOIN few USING (household_key)
    WHERE a.family_key <> b.family_key AND (a.is_undecided OR b.is_undecided)"""


def make_rosters(connection: DuckDBPyConnection, day: date, shelf_life: Mapping[str, int]) -> None:
    """`shelf_life`: months by claim class, of rosters and of what a claim says about who lives there."""
    fresh = _FRESH.format(day=day_sql(day), **shelf_life)
    connection.execute(_LISTED)
    connection.execute(_CLAIMED)
    connection.execute(_ROSTER.format(fresh=fresh))
    connection.execute(_SINGLE_OTHERS.format(fresh=fresh))
    connection.execute(_LIABLE_FAMILY)
    connection.execute(_ROLE.format(fresh=fresh))
    connection.execute(_POSSIBLE_COUPLE.format(day=day_sql(day), at_most=PAIRED_AT_MOST))
