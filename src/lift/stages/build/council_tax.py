"""What do the accounts, the other adults that council tax knows, and the school rolls say?

`b_account`: one row a live account; `b_liable`: its liable persons, with whether they live there; `b_resident`;
`b_pupil`.
"""

from __future__ import annotations

from datetime import date

from duckdb import DuckDBPyConnection

from lift.sources.facts.readings import Readings
from lift.sources.identifiers import year_group
from lift.sources.kinds import load_kinds
from lift.stages.build.sources import day_sql

# Two ways to the charge before the reduction: what is left with the reduction added back, and the full charge without
# the discount. An exempt home has no charge, whatever the full one is.
_ACCOUNT = """
    CREATE OR REPLACE TEMP TABLE b_account AS
    WITH charged AS (
        SELECT {columns}, r.household_key,
            CASE WHEN ctr_flag = FALSE THEN coalesce(ctr_amount_annual, 0) ELSE ctr_amount_annual END
                AS reduction_credited,
            CASE WHEN discount_type = 'none' THEN coalesce(discount_amount_annual, 0) ELSE discount_amount_annual END
                AS discounted,
            net_charge_annual + reduction_credited AS by_net,
            CASE WHEN exemption_class = 'none' THEN full_charge_annual - discounted END AS by_full,
            CASE WHEN exemption_class = 'none' THEN by_net + discounted END AS full_by_net,
            coalesce(greatest(balance_prior_years, 0), 0) + coalesce(greatest(costs_outstanding, 0), 0) AS owed_low,
            -- NULL from + where either is not held; greatest() would pass over it.
            CASE WHEN balance_prior_years > 0 THEN balance_prior_years WHEN balance_prior_years <= 0 THEN 0 END
                + CASE WHEN costs_outstanding > 0 THEN costs_outstanding WHEN costs_outstanding <= 0 THEN 0 END
                AS owed_high,
            CASE WHEN balance_current > 0 THEN balance_current WHEN balance_current <= 0 THEN 0 END AS this_year
        FROM council_tax_account a
        JOIN b_record r ON r.kind = 'council_tax_account' AND r.part = 'liable_1' AND r.file_id = a.file_id
            AND r.line = a.line
        WHERE r.household_key IS NOT NULL AND (a.occupation_end IS NULL OR a.occupation_end > a.extract_date)
    )
    SELECT *, extract_date AS as_at, 'working_age' AS claim_class,
        least(by_net, by_full) AS charge_low, greatest(by_net, by_full) AS charge_high,
        least(full_charge_annual, full_by_net) AS full_low, greatest(full_charge_annual, full_by_net) AS full_high,
        owed_low + CASE WHEN recovery_stage IN {all_due} THEN coalesce(this_year, 0) ELSE 0 END AS arrears_low,
        owed_high + CASE WHEN recovery_stage = 'none' THEN 0 ELSE this_year END AS arrears_high,
        exemption_class <> 'none' AS is_exempt, band_charged <> band AS is_charged_in_another_band,
        discount_type <> 'single_person' AS is_other_discount,
        (discount_start IS NULL OR discount_start <= {day}) AND (discount_end IS NULL OR discount_end > {day})
            AS is_discount_running
    FROM charged
    QUALIFY row_number() OVER (PARTITION BY household_key ORDER BY occupation_start DESC NULLS LAST, file_id, line) = 1
    ORDER BY household_key"""

# The stages that come after the whole year's charge has become due (SI 1992/613 regs 23 and 33). A reminder asks for
# the instalments missed so far, and a hold says nothing.
_ALL_DUE = (
    "final_notice", "summons", "liability_order", "arrangement", "attachment_earnings", "attachment_benefit",
    "enforcement_agent", "charging_order", "bankruptcy", "committal",
)  # fmt: skip

_LIABLE = """
    CREATE OR REPLACE TEMP TABLE b_liable AS
    SELECT r.person_key, r.household_key, r.part, a.file_id, a.line, a.extract_date, h.liable_lives_here AS lives_here
    FROM b_account a
    JOIN b_record r ON r.kind = 'council_tax_account' AND r.file_id = a.file_id AND r.line = a.line
    JOIN address h ON h.household_key = a.household_key
    WHERE r.person_key IS NOT NULL ORDER BY r.household_key, r.part"""

_RESIDENT = """
    CREATE OR REPLACE TEMP TABLE b_resident AS
    SELECT t.*, r.person_key, r.household_key, t.extract_date AS as_at, 'working_age' AS claim_class,
        disregard_type <> 'none' AND (disregard_to IS NULL OR disregard_to > t.extract_date)
            AND (disregard_from IS NULL OR disregard_from <= t.extract_date) AS is_disregarded
    FROM council_tax_resident t
    JOIN b_record r ON r.kind = 'council_tax_resident' AND r.file_id = t.file_id AND r.line = t.line
    WHERE r.person_key IS NOT NULL AND r.household_key IS NOT NULL
        AND (t.resident_to IS NULL OR t.resident_to > t.extract_date)
        AND (t.resident_from IS NULL OR t.resident_from <= t.extract_date)
    ORDER BY t.file_id, t.line"""

_SCHOOL_YEAR = "(year({0}) - CASE WHEN month({0}) < 9 THEN 1 ELSE 0 END)"
_DAYS_AHEAD = load_kinds()["pupil"].columns["fsm_start"].seldom_ahead
_PUPIL = f"""
    CREATE OR REPLACE TEMP TABLE b_pupil AS
    WITH read AS (
        SELECT p.*, r.person_key, r.household_key, p1.person_key AS parent_key, p2.person_key AS other_parent_key,
            {year_group("p.year_group")} AS year_low
        FROM pupil p
        JOIN b_record r ON r.kind = 'pupil' AND r.part = 'pupil' AND r.file_id = p.file_id AND r.line = p.line
        LEFT JOIN b_record p1 ON p1.kind = 'pupil' AND p1.part = 'parent_1' AND p1.file_id = p.file_id
            AND p1.line = p.line
        LEFT JOIN b_record p2 ON p2.kind = 'pupil' AND p2.part = 'parent_2' AND p2.file_id = p.file_id
            AND p2.line = p.line
    )
    SELECT *, extract_date AS as_at, 'working_age' AS claim_class,
        (on_roll_to IS NULL OR on_roll_to >= {{day}}) AND (on_roll_from IS NULL OR on_roll_from <= {{day}})
            AS is_on_roll,
        -- A roll of the summer term read in the autumn: most have moved up a year, some repeat it.
        (year_low + greatest({_SCHOOL_YEAR.format("{day}")} - {_SCHOOL_YEAR.format("extract_date")}, 0))::INTEGER
            AS year_high,
        -- A beginning years ahead is a slip, and proves no end (`unlikely`).
        fsm_end < {{day}} OR fsm_start > {{day}} AND fsm_start <= extract_date + {_DAYS_AHEAD} AS is_meals_ended,
        year_low > 2 AS is_past_infants
    FROM read ORDER BY file_id, line"""


_READ_HERE = (
    "file_id", "line", "extract_date", "occupation_start", "net_charge_annual", "ctr_flag", "ctr_amount_annual",
    "full_charge_annual", "discount_type", "discount_amount_annual", "discount_start", "discount_end",
    "exemption_class", "band", "band_charged", "ward_code", "balance_current", "balance_prior_years",
    "costs_outstanding", "recovery_stage",
)  # fmt: skip


def make_council_tax(connection: DuckDBPyConnection, day: date, readings: Readings) -> None:
    named = {*_READ_HERE, *readings.columns()}
    kept = ("file_id", "line", *load_kinds()["council_tax_account"].columns)
    columns = ", ".join(f"a.{name}" for name in kept if name in named)
    connection.execute(_ACCOUNT.format(day=day_sql(day), columns=columns, all_due=_ALL_DUE))
    connection.execute(_LIABLE)
    connection.execute(_RESIDENT)


def make_pupils(connection: DuckDBPyConnection, day: date) -> None:
    connection.execute(_PUPIL.format(day=day_sql(day)))
