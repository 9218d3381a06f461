"""Benefit caps that look wrongly applied, and free school meals, by hand."""

from __future__ import annotations

from benchmarks.by_hand.people import MEMBERS, PEOPLE

_CAP = """
caps AS (
    SELECT d.*,
        (CASE WHEN f.lives_in_greater_london THEN CASE WHEN f.is_couple OR m.children > 0 THEN 2110.25 ELSE 1413.92 END
            WHEN f.is_couple OR m.children > 0 THEN 1835.00 ELSE 1229.42 END) AS level,
        CAST((CAST(f.child_benefit * 100 AS BIGINT) * 52 * 2 + 12) // 24 AS DECIMAL(14,2)) * CAST(0.01 AS DECIMAL(3,2)) AS child_benefit_month,
        CAST((CAST(f.other_capped_benefits * 100 AS BIGINT) * 52 * 2 + 12) // 24 AS DECIMAL(14,2)) * CAST(0.01 AS DECIMAL(3,2)) AS other_month,
        d.has_lcwra_element OR d.has_carer_element OR (d.has_disabled_child_addition AND NOT d.has_higher_disabled_child_addition)
            OR d.period_earnings >= CASE WHEN period_start >= DATE '2026-04-06' THEN 881 WHEN period_start >= DATE '2025-04-07' THEN 846
                WHEN period_start >= DATE '2024-04-08' THEN 793 ELSE 722 END
            OR (d.is_latest AND f.gets_cap_exempting_benefit) AS exempt, f.is_in_cap_grace_period AS in_grace_period
    FROM x_period d JOIN x_family f USING (family_key) JOIN members m USING (family_key)
),
reductions AS (
    SELECT *, exempt OR (is_latest AND in_grace_period) AS is_out, cap_reduction
        - greatest(universal_credit_entitlement + child_benefit_month + other_month - level - childcare_element, 0) AS over
    FROM caps
),
cap_answers AS (
    SELECT family_key,
        coalesce(bool_or(is_latest AND cap_reduction > 0 AND period_start > DATE '2026-08-12' AND (is_out OR over > 1)), false) AS wrong,
        coalesce(bool_or(is_latest AND cap_reduction = 0 AND period_start > DATE '2026-08-12'), false) AS not_capped,
        coalesce(bool_or(is_latest AND cap_reduction > 0), false) AS capped,
        coalesce(bool_or(is_latest AND (exempt OR over > 1)), false) AS may_be_wrong,
        coalesce(sum(CASE WHEN is_latest THEN CASE WHEN is_out THEN cap_reduction ELSE greatest(over, 0) END END), 0) AS now,
        coalesce(sum(CASE WHEN is_out THEN cap_reduction WHEN is_latest THEN greatest(over, 0) ELSE 0 END), 0) AS so_far
    FROM reductions GROUP BY family_key
)"""

_MEALS = """
recent AS (
    SELECT a.family_key, bool_or(a.period_earnings + coalesce(b.period_earnings, 0) <= 1233.34 AND b.period_key IS NOT NULL
        OR a.period_earnings + coalesce(b.period_earnings, 0) + coalesce(c.period_earnings, 0) <= 1850 AND c.period_key IS NOT NULL) AS low
    FROM x_period a
    LEFT JOIN x_period b ON b.family_key = a.family_key AND b.period_start >= a.period_start - INTERVAL 1 MONTH AND b.period_start < a.period_start
    LEFT JOIN x_period c ON c.family_key = a.family_key AND c.period_start >= a.period_start - INTERVAL 2 MONTH
        AND c.period_start < a.period_start - INTERVAL 1 MONTH
    WHERE a.is_latest GROUP BY a.family_key
),
awards AS (
    SELECT f.family_key, gets_guarantee_credit OR gets_income_related_employment_and_support_allowance
            OR ((gets_asylum_support OR meets_no_recourse_meals_limits)
                AND NOT (gets_universal_credit OR gets_housing_benefit OR gets_council_tax_reduction)) AS other,
        gets_universal_credit AND (NOT universal_credit_is_nil OR universal_credit_award > 0) AS credit,
        CASE WHEN universal_credit_earnings <= 616.67 THEN true WHEN universal_credit_earnings > 1850 THEN false
            ELSE coalesce(r.low, false) END AS low_earnings,
        is_on_low_income_record OR gets_universal_credit AS low_income
    FROM x_family f LEFT JOIN recent r USING (family_key)
),
meals AS (
    SELECT p.person_key, p.family_key, p.household_key, p.is_at_state_funded_school AND p.age >= 4 AND (a.other OR a.credit)
            AND (NOT infant OR a.other OR a.low_earnings) AS qualifies,
        p.gets_free_school_meals AS already, a.low_income AND p.age BETWEEN 4 AND 18 AS possible, CASE WHEN infant THEN 0 ELSE 500 END AS worth
    FROM (SELECT *, year_group BETWEEN 0 AND 2 AND age < 9 AS infant FROM people WHERE role = 'child') p JOIN awards a USING (family_key)
)"""

RULES = {
    "benefit_cap": (
        (PEOPLE, MEMBERS, _CAP),
        """
SELECT 'benefit_cap', f.family_key, f.family_key, f.household_key,
        CASE WHEN not_capped THEN 'in_payment' WHEN wrong THEN 'likely' ELSE 'ruled_out' END,
        coalesce(wrong, false), coalesce(not_capped, false), coalesce(capped AND may_be_wrong, false), NULL, true, now, so_far
    FROM x_family f LEFT JOIN cap_answers USING (family_key) WHERE gets_universal_credit
""",
    ),
    "free_school_meals": (
        (PEOPLE, _MEALS),
        """
SELECT 'free_school_meals', person_key, family_key, household_key,
        CASE WHEN already THEN 'in_payment' WHEN qualifies THEN 'likely' ELSE 'ruled_out' END,
        qualifies, already, possible, NULL, false, worth, NULL
    FROM meals
""",
    ),
}
