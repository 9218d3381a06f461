"""The same formulas written by hand as one exact DuckDB query: what the plan is measured against.

It knows every fact, so it needs no ranges; it is what a careful analyst would write for 2026-27 and no other year.
"""

from __future__ import annotations

#: The facts each level's exact table holds (`x_person` …): numbers and dates by their low, unknown flags as false.
FACTS: dict[str, tuple[str, ...]] = {
    "person": (
        "date_of_birth", "role", "state_pension", "private_pension", "net_earnings", "carers_allowance",
        "other_counted_income", "gets_attendance_allowance", "gets_dla_care_middle_or_highest", "gets_pip_daily_living",
        "gets_armed_forces_independence_payment", "gets_dla_or_pip", "gets_disability_benefit_as_child",
        "gets_higher_disability_benefit_as_child", "is_severely_sight_impaired", "has_paid_carer",
        "entitled_to_carers_allowance", "care_need", "has_needed_care_for_six_months", "is_terminally_ill",
        "lives_in_funded_care_home", "has_severe_mental_impairment_disregard",
        "has_unpaid_carer_disregarded_for_council_tax", "is_at_state_funded_school", "year_group", "gets_free_school_meals",
    ),
    "family": (
        "is_couple", "household_role", "is_close_relative_of_head", "is_joint_since_moving_in", "savings",
        "pension_credit_housing_costs", "gets_pension_credit", "gets_guarantee_credit", "gets_housing_benefit",
        "gets_council_tax_reduction", "gets_universal_credit", "universal_credit_is_nil", "universal_credit_award",
        "universal_credit_earnings", "gets_income_related_employment_and_support_allowance", "saved_mixed_age_couple",
        "habitually_resident", "is_on_low_income_record", "child_benefit", "other_capped_benefits",
        "gets_cap_exempting_benefit", "is_in_cap_grace_period", "lives_in_greater_london",
    ),
    "household": ("tenure", "has_disabled_band_reduction"),
    "period": (
        "period_start", "is_latest", "universal_credit_entitlement", "cap_reduction", "period_earnings", "childcare_element",
        "has_lcwra_element", "has_carer_element", "has_disabled_child_addition", "has_higher_disabled_child_addition",
    ),
}  # fmt: skip

_PEOPLE = """
people AS (
    SELECT p.*, h.has_disabled_band_reduction, f.household_role AS role_of_family, f.is_couple,
        CASE WHEN date_of_birth >= DATE '1961-03-06' THEN 804 WHEN date_of_birth >= DATE '1961-02-06' THEN 803
            WHEN date_of_birth >= DATE '1961-01-06' THEN 802 WHEN date_of_birth >= DATE '1960-12-06' THEN 801
            WHEN date_of_birth >= DATE '1960-11-06' THEN 800 WHEN date_of_birth >= DATE '1960-10-06' THEN 799
            WHEN date_of_birth >= DATE '1960-09-06' THEN 798 WHEN date_of_birth >= DATE '1960-08-06' THEN 797
            WHEN date_of_birth >= DATE '1960-07-06' THEN 796 WHEN date_of_birth >= DATE '1960-06-06' THEN 795
            WHEN date_of_birth >= DATE '1960-05-06' THEN 794 WHEN date_of_birth >= DATE '1960-04-06' THEN 793 ELSE 792 END AS months,
        date_of_birth + to_months(CAST(months AS INTEGER)) <= DATE '2026-11-12' AS reached,
        gets_attendance_allowance OR gets_dla_care_middle_or_highest OR gets_pip_daily_living
            OR gets_armed_forces_independence_payment AS disabled,
        2026 - year(date_of_birth) - CASE WHEN month(date_of_birth) * 100 + day(date_of_birth) > 1112 THEN 1 ELSE 0 END AS age
    FROM x_person p JOIN x_household h USING (household_key) JOIN x_family f USING (family_key)
)"""

_LODGERS = """
lodgers AS (
    SELECT *, (household_role IN ('boarder', 'sub_tenant', 'lodger', 'resident_landlord') AND NOT is_close_relative_of_head)
        OR (household_role IN ('joint_tenant', 'joint_owner') AND (NOT is_close_relative_of_head OR is_joint_since_moving_in)) AS lodger
    FROM x_family
)"""

_MEMBERS = """
members AS (
    SELECT family_key,
        count(*) FILTER (WHERE role = 'child') AS children,
        count(*) FILTER (WHERE role <> 'child' AND disabled) AS disabled_adults,
        count(*) FILTER (WHERE role <> 'child' AND has_paid_carer) AS paid_carers,
        count(*) FILTER (WHERE role <> 'child' AND entitled_to_carers_allowance) AS carers,
        coalesce(bool_or(role <> 'child' AND disabled AND NOT has_paid_carer), false) AS uncared,
        coalesce(bool_or(role <> 'child' AND is_severely_sight_impaired AND NOT disabled), false) AS blind,
        coalesce(bool_or(role = 'claimant' AND reached), false) AS claimant_reached,
        coalesce(bool_or(role <> 'child' AND reached), false) AS some_reached,
        coalesce(bool_and(reached) FILTER (WHERE role <> 'child'), true) AS all_reached,
        coalesce(bool_or(role <> 'child' AND (entitled_to_carers_allowance OR disabled OR gets_dla_or_pip OR is_severely_sight_impaired)), false) AS higher,
        coalesce(bool_or(role = 'child' AND date_of_birth < DATE '2017-04-06'), false) AS early_child,
        coalesce(sum(CASE WHEN role = 'child' THEN CASE WHEN gets_higher_disability_benefit_as_child THEN 118.46
            WHEN gets_disability_benefit_as_child THEN 37.93 ELSE 0 END END), 0) AS disabled_children,
        coalesce(sum(CASE WHEN role <> 'child' THEN state_pension + private_pension + carers_allowance + other_counted_income END), 0) AS unearned,
        coalesce(sum(CASE WHEN role <> 'child' THEN net_earnings END), 0) AS earned
    FROM people GROUP BY family_key
)"""

_OTHERS = """
others AS (
    SELECT s.family_key, bool_or(NOT (t.disabled OR t.is_severely_sight_impaired OR t.role_of_family = 'live_in_carer' OR l.lodger)
        AND NOT (t.role_of_family = 'head' AND s.lodger)) AS blocked
    FROM lodgers s JOIN people t ON t.household_key = s.household_key AND t.family_key <> s.family_key
    JOIN lodgers l ON l.family_key = t.family_key
    WHERE t.role <> 'child' AND t.age >= 18 GROUP BY s.family_key
)"""

_PENSION_CREDIT = """
pension_credit AS (
    SELECT f.family_key, f.household_key,
        CASE WHEN f.is_couple THEN 363.25 ELSE 238.00 END
        + CASE WHEN coalesce(o.blocked, false) THEN 0
            WHEN f.is_couple THEN CASE WHEN disabled_adults >= 2 THEN CASE paid_carers WHEN 0 THEN 172.10 WHEN 1 THEN 86.05 ELSE 0 END
                WHEN uncared AND blind THEN 86.05 ELSE 0 END
            WHEN uncared THEN 86.05 ELSE 0 END
        + 48.15 * carers + 69.98 * children + CASE WHEN early_child THEN 11.09 ELSE 0 END + disabled_children
        + CASE WHEN h.tenure IN ('council_tenant', 'housing_association_tenant', 'private_tenant') THEN 0 ELSE f.pension_credit_housing_costs END AS guarantee,
        unearned + greatest(earned - CASE WHEN higher OR (NOT f.is_couple AND children > 0) THEN 20 WHEN f.is_couple THEN 10 ELSE 5 END, 0)
        + CAST((CAST(greatest(f.savings - 10000, 0) * 100 AS BIGINT) + 49999) // 50000 AS DECIMAL(9,2)) AS income,
        CASE WHEN f.is_couple THEN all_reached OR (f.saved_mixed_age_couple AND some_reached) ELSE claimant_reached END AS of_age,
        f.gets_pension_credit AS already, f.habitually_resident AS resident
    FROM lodgers f JOIN members m USING (family_key) JOIN x_household h USING (household_key) LEFT JOIN others o USING (family_key)
)"""

_CAP = """
caps AS (
    SELECT d.*, f.gets_cap_exempting_benefit, f.gets_universal_credit,
        (CASE WHEN f.lives_in_greater_london THEN CASE WHEN f.is_couple OR m.children > 0 THEN 2110.25 ELSE 1413.92 END
            WHEN f.is_couple OR m.children > 0 THEN 1835.00 ELSE 1229.42 END) AS level,
        CAST((CAST(f.child_benefit * 100 AS BIGINT) * 52 * 2 + 12) // 24 AS DECIMAL(14,2)) * CAST(0.01 AS DECIMAL(3,2)) AS child_benefit_month,
        CAST((CAST(f.other_capped_benefits * 100 AS BIGINT) * 52 * 2 + 12) // 24 AS DECIMAL(14,2)) * CAST(0.01 AS DECIMAL(3,2)) AS other_month,
        d.has_lcwra_element OR d.has_carer_element OR (d.has_disabled_child_addition AND NOT d.has_higher_disabled_child_addition)
            OR d.period_earnings >= CASE WHEN period_start >= DATE '2026-04-06' THEN 881 WHEN period_start >= DATE '2025-04-07' THEN 846
                WHEN period_start >= DATE '2024-04-08' THEN 793 ELSE 722 END
            OR (d.is_latest AND (f.gets_cap_exempting_benefit OR f.is_in_cap_grace_period)) AS exempt
    FROM x_period d JOIN x_family f USING (family_key) JOIN members m USING (family_key)
),
cap_answers AS (
    SELECT family_key, bool_or(is_latest AND cap_reduction > 0 AND period_start > DATE '2026-08-12'
            AND (exempt OR greatest(cap_reduction - greatest(universal_credit_entitlement + child_benefit_month + other_month - level - childcare_element, 0), 0) > 1)) AS wrong,
        bool_or(is_latest AND cap_reduction = 0) AS not_capped,
        sum(CASE WHEN is_latest THEN CASE WHEN exempt THEN cap_reduction ELSE greatest(cap_reduction
            - greatest(universal_credit_entitlement + child_benefit_month + other_month - level - childcare_element, 0), 0) END END) AS now,
        sum(CASE WHEN exempt THEN cap_reduction ELSE 0 END) AS so_far
    FROM caps GROUP BY family_key
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
meals AS (
    SELECT p.person_key, p.is_at_state_funded_school AND p.age >= 4
        AND (f.gets_guarantee_credit OR f.gets_income_related_employment_and_support_allowance
            OR (f.gets_universal_credit AND (NOT f.universal_credit_is_nil OR f.universal_credit_award > 0)))
        AND (NOT (p.year_group BETWEEN 0 AND 2 AND p.age < 9)
            OR f.gets_guarantee_credit OR f.universal_credit_earnings <= 616.67 OR coalesce(r.low, false)) AS qualifies,
        p.gets_free_school_meals AS already
    FROM people p JOIN x_family f USING (family_key) LEFT JOIN recent r USING (family_key) WHERE p.role = 'child'
)"""

_ALL = """
SELECT 'pension_credit' AS rule, family_key AS unit_key, CASE WHEN already THEN 'in_payment' WHEN NOT (resident AND of_age AND income < guarantee)
        OR greatest(guarantee - income, 0) < 0.10 THEN 'ruled_out' ELSE 'likely' END AS verdict, greatest(guarantee - income, 0) AS worth
    FROM pension_credit
UNION ALL
SELECT 'attendance_allowance', person_key, CASE WHEN gets_attendance_allowance THEN 'in_payment' WHEN reached AND NOT gets_dla_or_pip
        AND NOT gets_armed_forces_independence_payment AND NOT lives_in_funded_care_home
        AND ((care_need IN ('day_or_night', 'day_and_night') AND has_needed_care_for_six_months) OR is_terminally_ill) THEN 'likely' ELSE 'ruled_out' END,
        CASE WHEN is_terminally_ill OR care_need = 'day_and_night' THEN 114.60 ELSE 76.70 END
    FROM people WHERE role <> 'child'
UNION ALL
SELECT 'benefit_cap', f.family_key, CASE WHEN not_capped THEN 'in_payment' WHEN wrong THEN 'likely' ELSE 'ruled_out' END, now
    FROM x_family f LEFT JOIN cap_answers USING (family_key) WHERE gets_universal_credit
UNION ALL
SELECT 'free_school_meals', person_key, CASE WHEN already THEN 'in_payment' WHEN qualifies THEN 'likely' ELSE 'ruled_out' END, NULL FROM meals
"""


def query() -> str:
    """The whole query."""
    parts = (_PEOPLE, _LODGERS, _MEMBERS, _OTHERS, _PENSION_CREDIT, _CAP, _MEALS)
    return f"WITH {','.join(parts)} {_ALL}"
