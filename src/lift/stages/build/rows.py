"""Which rows tell of which unit? (`b_row_NAME`, one table for each kind of row that the readings name)

Each has `unit_key`, `kind`, `file_id`, `line`, `as_at` (when assessed), `extract_date`, `claim_class`, and the columns
that its readings use.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from duckdb import DuckDBPyConnection

from lift.sources.facts.readings import Reading, Readings

_ORIGIN = "kind, file_id, line, as_at, extract_date, claim_class"

# Means count only where the claim and the family agree on whether there are two of them.
_CLAIM_FAMILY = """
    SELECT f.family_key AS unit_key, c.* EXCLUDE (is_telling),
        c.is_telling AND f.is_couple IS NOT DISTINCT FROM c.couple AS is_telling, {conditions},
        c.claimant_key NOT IN (
            SELECT claimant_key FROM b_claim WHERE state = 'pending' AND claimant_key IS NOT NULL
        ) AS is_nothing_undecided
    FROM b_claim c JOIN b_person p ON p.person_key = c.claimant_key JOIN b_family f ON f.family_key = p.family_key
    WHERE c.is_current"""

_CONDITIONS = """c.passport_code = 'standard' AS is_means_tested, c.state = 'live' AS is_live, c.couple = FALSE
    AS is_single,
        c.couple AS has_partner, c.proved_class = 'pension_age' AS is_pension_age, c.proved_class = 'working_age'
            AS is_working_age,
        coalesce(c.alternative_maximum, FALSE) AS is_alternative_maximum,
        c.couple = FALSE OR c.partner_pension_credit_savings = 0 AS is_no_savings_credit_of_partner,
        c.couple = FALSE OR coalesce(c.partner_esa_basic, 0) + coalesce(c.partner_esa_wrag, 0)
            + coalesce(c.partner_esa_contributory, 0) = 0 AS is_no_esa_of_partner,
        c.claimant_child_benefit > 0 OR coalesce(c.partner_child_benefit > 0, FALSE) OR c.dependants_count = 0
            AS is_child_benefit_told"""

_SIMPLE: dict[str, str] = {
    "claim_family": _CLAIM_FAMILY.format(conditions=_CONDITIONS),
    # Of a live claim only, and of the claimant's own home.
    "claim_household": """
        SELECT p.household_key AS unit_key, c.*, TRUE AS is_live FROM b_claim c JOIN b_person p
        ON p.person_key = c.claimant_key AND p.household_key = c.household_key WHERE c.is_current AND c.state =
            'live'""",
    "claim_member": "SELECT person_key AS unit_key, * FROM b_member WHERE NOT is_claimant_too",
    "child_family": """
        SELECT p.family_key AS unit_key, m.* FROM b_member m JOIN b_person p USING (person_key)
        WHERE m.role = 'dependant' AND p.role = 'child'""",
    "notice_family": """
        SELECT w.family_key AS unit_key, 'universal_credit_notice' AS kind, w.file_id, w.line, w.is_open, w.is_holding,
            coalesce(n.ends, w.as_at) AS as_at, w.extract_date, 'working_age' AS claim_class, TRUE AS is_record,
            n.* EXCLUDE (claim_ref, file_id, line, extract_date)
        FROM b_last_word w LEFT JOIN b_notice n ON n.claim_ref = w.claim_ref
        QUALIFY row_number() OVER (PARTITION BY w.family_key ORDER BY n.starts DESC NULLS LAST) = 1""",
    "notice_period": """
        SELECT k.period_key AS unit_key, 'universal_credit_notice' AS kind, t.ends AS as_at, 'working_age'
            AS claim_class,
            t.* EXCLUDE (family_key, household_key)
        FROM b_period_told t JOIN b_period_key k ON k.family_key = t.family_key AND k.starts = t.starts""",
    "account_household": "SELECT household_key AS unit_key, 'council_tax_account' AS kind, * FROM b_account",
    "account_family": """
        SELECT l.family_key AS unit_key, 'council_tax_account' AS kind, l.is_only_liable_family,
            l.is_surely_only_liable_family, coalesce(c.is_suspended, FALSE) AS has_suspended_reduction,
            coalesce(c.is_suspended OR c.is_undecided, FALSE) AS has_open_reduction, a.*
        FROM b_liable_family l JOIN b_account a USING (household_key) LEFT JOIN (
            SELECT p.family_key, bool_or(c.is_current AND 'suspended' IN (c.status, c.ctr_status)) AS is_suspended,
                bool_or(c.state = 'pending') AS is_undecided
            FROM b_claim c JOIN b_person p ON p.person_key = c.claimant_key GROUP BY p.family_key
        ) c ON c.family_key = l.family_key WHERE l.is_liable""",
    "resident": "SELECT person_key AS unit_key, 'council_tax_resident' AS kind, * FROM b_resident",
    "cared_for": """
        SELECT other.person_key AS unit_key, 'council_tax_resident' AS kind, r.* FROM b_resident r
        JOIN b_person me USING (person_key)
        JOIN b_person other ON other.household_key = me.household_key AND other.family_key <> me.family_key
        JOIN b_roster o ON o.household_key = me.household_key AND o.others_complete AND o.is_couple_settled
        WHERE me.household_key IN (SELECT household_key FROM b_person GROUP BY household_key HAVING count(*) = 2)""",
    "pupil": "SELECT person_key AS unit_key, 'pupil' AS kind, * FROM b_pupil WHERE person_key IS NOT NULL",
}
# Kinds of row of which no unit has two.
ONE_A_UNIT = frozenset({"notice_family", "notice_period", "account_household", "account_family"})


def make_rows(connection: DuckDBPyConnection, readings: Readings) -> None:
    names = dict.fromkeys(reading.row for reading in readings.readings)
    for name in names:
        own = [reading for reading in readings.readings if reading.row == name]
        query = _claim_adult(own) if name == "claim_adult" else _SIMPLE[name]
        columns = ", ".join(_needed(own))
        connection.execute(f"""
            CREATE OR REPLACE TEMP TABLE b_row_{name} AS
            SELECT unit_key, {_ORIGIN}{", " if columns else ""}{columns} FROM ({query}) WHERE unit_key IS NOT NULL""")


def _needed(readings: Iterable[Reading]) -> list[str]:
    """Every column that the readings use, each once."""
    names: set[str] = set()
    for reading in readings:
        shape = reading.shape
        names |= {*shape.names(), *shape.when} | ({shape.fresh} if shape.fresh else set())
        names |= {shape.dated, shape.no_dated or shape.dated} - {*_ORIGIN.split(", ")}
        names |= {"has_partner"} if shape.with_partner else set()
    return sorted(names - {"kind"})


def _claim_adult(readings: Iterable[Reading]) -> str:
    """Claimant and partner of each claim as rows of one shape: own_x is claimant_x or partner_x."""
    needed = _needed(readings)
    parts = []
    for part in ("claimant", "partner"):
        own = ", ".join(
            f"c.{re.sub('^own_', part + '_', name)} AS {name}" for name in needed if name.startswith("own_")
        )
        parts.append(f"""
            SELECT c.{part}_key AS unit_key, c.kind, c.file_id, c.line, c.as_at, c.extract_date, c.claim_class,
                c.is_telling, c.premium_carer, c.premium_severe_disability, {_CONDITIONS}, {own}
            FROM b_claim c WHERE c.is_current""")
    return " UNION ALL ".join(parts)
