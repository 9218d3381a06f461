"""What do the Universal Credit notices say: which wins each period, what holds, and is the claim still open?

For each claim and period the latest sequence wins, whichever file it came in. Elements and capital that a notice
leaves out hold from an earlier one since the last uprating; earnings and the award never do. `b_notice` has the
winning notices, `b_notice_claim` the last word on each claim.
"""

from __future__ import annotations

from datetime import date

from duckdb import DuckDBPyConnection

from lift.stages.build.sources import day_sql
from lift.stages.build.upratings import uprating

ELEMENTS = (
    "element_standard", "element_child", "element_disabled_child_lower", "element_disabled_child_higher", "element_lcw",
    "element_lcwra", "element_carer", "element_childcare", "element_housing", "transitional_element",
)  # fmt: skip
FEED_IS_CURRENT_FOR = 2  # months after its newest notice
TARIFF_FROM = 6000  # UC Regs 2013 reg 72: no income is assumed from capital up to this; unchanged since 2013


def _held(name: str) -> str:
    return f"last_value({name} IGNORE NULLS) OVER since AS held_{name}"


_TELLS = """
    CREATE OR REPLACE TEMP TABLE b_told AS
    SELECT r.claim_ref, u.file_id, u.line, u.extract_date, u.sequence_number, u.notice_type, u.notice_date,
        coalesce(u.assessment_period_start, (u.assessment_period_end + INTERVAL 1 DAY - INTERVAL 1 MONTH)::DATE)
            AS starts,
        coalesce(u.assessment_period_end, (u.assessment_period_start + INTERVAL 1 MONTH - INTERVAL 1 DAY)::DATE)
            AS ends,
        u.award_month, u.earnings_net_month, u.self_employed_net_month, u.other_income_month, u.capital, u.child_count,
        u.benefit_cap_reduction_month, u.sanction, u.is_couple, {elements},
        row_number() OVER (PARTITION BY r.claim_ref
            ORDER BY u.sequence_number DESC, u.extract_date DESC, u.file_id DESC, u.line DESC) AS newness
    FROM universal_credit_notice u
    JOIN b_record r ON r.kind = 'universal_credit_notice' AND r.part = 'claimant' AND r.file_id = u.file_id
        AND r.line = u.line
    WHERE r.claim_ref IS NOT NULL"""

# Sums with every part known; a sum with a part unknown bounds from below, since no part is negative.
_KNOWN_MAXIMUM = " + ".join(f"coalesce({name}, 0)" for name in ELEMENTS)
_EXACT_MAXIMUM = " + ".join(ELEMENTS)
_ANY_ELEMENT = " OR ".join(f"{name} IS NOT NULL" for name in ELEMENTS)

_HELD_MAXIMUM = " + ".join(f"held_{name}" for name in ELEMENTS)

_NOTICE = f"""
    CREATE OR REPLACE TEMP TABLE b_notice AS
    WITH before AS (
        SELECT *, {", ".join(_held(name) for name in ELEMENTS)},
            bool_or(notice_type = 'award') OVER (PARTITION BY claim_ref, starts) AS begins_award,
            last_value(capital IGNORE NULLS) OVER ever AS capital_held,
            last_value(CASE WHEN capital IS NOT NULL THEN ends END IGNORE NULLS) OVER ever AS capital_as_at
        FROM b_told WHERE starts IS NOT NULL
        WINDOW ever AS (PARTITION BY claim_ref ORDER BY starts, newness DESC
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW),
            since AS (PARTITION BY claim_ref, {uprating("starts")} ORDER BY starts, newness DESC
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
        QUALIFY row_number() OVER (PARTITION BY claim_ref, starts ORDER BY newness) = 1
    ), still AS (
        -- An award above the maximum that is held shows that some element has changed since: then none holds.
        SELECT *, coalesce(award_month + coalesce(benefit_cap_reduction_month, 0) <= {_HELD_MAXIMUM}, TRUE) AS holds
        FROM before
    ), held AS (
        SELECT * EXCLUDE ({", ".join(f"held_{name}" for name in ELEMENTS)})
            REPLACE ({", ".join(f"CASE WHEN holds THEN held_{n} ELSE {n} END AS {n}" for n in ELEMENTS)})
        FROM still
    ), summed AS (
        SELECT *, CASE WHEN {_ANY_ELEMENT} THEN {_KNOWN_MAXIMUM} END AS maximum_low, {_EXACT_MAXIMUM} AS maximum_high,
            CASE WHEN notice_type = 'nil_award' THEN TRUE WHEN notice_type <> 'closed' THEN award_month = 0 END
                AS is_nil,
            CASE WHEN earnings_net_month IS NOT NULL OR self_employed_net_month IS NOT NULL
                THEN coalesce(earnings_net_month, 0) + coalesce(self_employed_net_month, 0) END AS earnings_low,
            earnings_net_month + self_employed_net_month AS earnings_high
        FROM held
    )
    SELECT *, CASE WHEN self_employed_net_month = 0 THEN earnings_high END AS earnings_used_high,
        award_month + coalesce(benefit_cap_reduction_month, 0) AS entitlement_low,
        CASE WHEN sanction = FALSE AND benefit_cap_reduction_month IS NOT NULL
                THEN award_month + benefit_cap_reduction_month
            WHEN maximum_high >= award_month + coalesce(benefit_cap_reduction_month, 0) THEN maximum_high
            END AS entitlement_high,
        0::DECIMAL(12,2) AS none_at_all,
        -- x 12 / 52 upwards to the penny, on integers.
        ((((other_income_month * 100)::BIGINT * 12 + 51) // 52) * 0.01)::DECIMAL(14,2) AS other_income_weekly_high,
        CASE WHEN capital_held <= {TARIFF_FROM} THEN other_income_month END AS unearned_high
    FROM summed ORDER BY claim_ref, starts"""

_CLAIM = f"""
    CREATE OR REPLACE TEMP TABLE b_notice_claim AS
    WITH newest AS (SELECT * FROM b_told QUALIFY row_number() OVER (PARTITION BY claim_ref ORDER BY newness) = 1),
    feed AS (
        SELECT max(coalesce(notice_date, ends, extract_date)) AS newest, min(starts) AS oldest FROM b_told
    )
    SELECT n.claim_ref, n.file_id, n.line, n.notice_type, n.starts, n.extract_date,
        coalesce(n.ends, n.notice_date, n.extract_date) AS as_at, n.notice_type <> 'closed' AS is_open,
        c.person_key AS claimant_key, c.household_key, p.person_key AS partner_key, p.is_bare AS partner_is_bare,
        CASE WHEN n.is_couple AND p.person_key IS NOT NULL THEN TRUE
            WHEN n.is_couple = FALSE AND p.person_key IS NULL THEN FALSE
            WHEN n.is_couple IS NULL AND p.person_key IS NOT NULL THEN TRUE END AS couple,
        f.newest + INTERVAL {FEED_IS_CURRENT_FOR} MONTH >= {{day}}
            AND coalesce(n.ends, n.notice_date, n.extract_date) >= {uprating("{day}")} AS is_holding,
        f.oldest AS feed_oldest
    FROM newest n CROSS JOIN feed f
    JOIN b_record c ON c.kind = 'universal_credit_notice' AND c.part = 'claimant' AND c.file_id = n.file_id
        AND c.line = n.line
    LEFT JOIN b_record p ON p.kind = 'universal_credit_notice' AND p.part = 'partner' AND p.file_id = n.file_id
        AND p.line = n.line
    WHERE c.person_key IS NOT NULL AND c.household_key IS NOT NULL
    ORDER BY n.claim_ref"""


def read_notices(connection: DuckDBPyConnection) -> None:
    """`b_told`: every notice with its claim; the least `newness` is the claim's latest."""
    connection.execute(_TELLS.format(elements=", ".join(f"u.{name}" for name in ELEMENTS)))


def make_notices(connection: DuckDBPyConnection, day: date) -> None:
    """`b_notice` and `b_notice_claim`, from `b_told`."""
    connection.execute(_NOTICE)
    connection.execute(_CLAIM.format(day=day_sql(day)))
