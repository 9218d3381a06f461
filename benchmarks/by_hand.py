"""The same formulas written by hand as one exact DuckDB query: what the plan is measured against.

It knows every fact, so it needs no ranges; it is what a careful analyst would write for 2026-27 and no other year. It
gives what a plan gives of each unit that a rule asks about: the unit, the verdict with the flags behind it, the signs
that grade it, and what it is worth. (A test holds it to the plan's own answers.)
"""

from __future__ import annotations

#: The facts each level's exact table holds (`x_person` …): numbers and dates by their low, unknown flags as false.
FACTS: dict[str, tuple[str, ...]] = {
    "person": (
        "date_of_birth", "role", "state_pension", "private_pension", "net_earnings", "carers_allowance",
        "other_counted_income", "income_left_out_of_savings_credit", "sex", "gets_attendance_allowance",
        "gets_dla_care_middle_or_highest", "gets_pip_daily_living",
        "gets_armed_forces_independence_payment", "gets_dla_or_pip", "gets_disability_benefit_as_child",
        "gets_higher_disability_benefit_as_child", "is_severely_sight_impaired", "has_paid_carer",
        "entitled_to_carers_allowance", "care_need", "needs_care_since", "is_terminally_ill",
        "lives_in_funded_care_home", "has_severe_mental_impairment_disregard",
        "has_unpaid_carer_disregarded_for_council_tax", "is_at_state_funded_school", "year_group", "gets_free_school_meals",
    ),
    "family": (
        "is_couple", "household_role", "is_close_relative_of_head", "is_joint_since_moving_in", "savings",
        "pension_credit_housing_costs", "gets_pension_credit", "gets_guarantee_credit",
        "has_kept_savings_credit_since_2016", "gets_housing_benefit",
        "gets_council_tax_reduction", "gets_universal_credit", "universal_credit_is_nil", "universal_credit_award",
        "universal_credit_earnings", "gets_income_related_employment_and_support_allowance", "saved_mixed_age_couple",
        "habitually_resident", "is_on_low_income_record", "child_benefit", "other_capped_benefits",
        "gets_cap_exempting_benefit", "is_in_cap_grace_period", "lives_in_greater_london", "gets_asylum_support",
        "meets_no_recourse_meals_limits",
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
        date_of_birth < CASE WHEN sex = 'male' THEN DATE '1951-04-06' ELSE DATE '1953-04-06' END AS early,
        gets_attendance_allowance OR gets_dla_care_middle_or_highest OR gets_pip_daily_living
            OR gets_armed_forces_independence_payment AS disabled,
        has_severe_mental_impairment_disregard OR has_unpaid_carer_disregarded_for_council_tax OR has_paid_carer
            OR is_severely_sight_impaired OR has_disabled_band_reduction AS shows_signs,
        care_need IN ('day_or_night', 'day_and_night') AS needs_some_care,
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
        coalesce(bool_or(role = 'claimant' AND early), false) AS claimant_early,
        coalesce(bool_or(role <> 'child' AND early), false) AS some_early,
        coalesce(bool_and(early) FILTER (WHERE role <> 'child'), true) AS all_early,
        coalesce(bool_or(role <> 'child' AND (entitled_to_carers_allowance OR disabled OR gets_dla_or_pip OR is_severely_sight_impaired)), false) AS higher,
        coalesce(bool_or(role = 'child' AND date_of_birth < DATE '2017-04-06'), false) AS early_child,
        coalesce(sum(CASE WHEN role = 'child' THEN CASE WHEN gets_higher_disability_benefit_as_child THEN 118.46
            WHEN gets_disability_benefit_as_child THEN 37.93 ELSE 0 END END), 0) AS disabled_children,
        coalesce(sum(CASE WHEN role <> 'child' THEN state_pension + private_pension + carers_allowance + other_counted_income END), 0) AS unearned,
        coalesce(sum(CASE WHEN role <> 'child' THEN least(other_counted_income, income_left_out_of_savings_credit) END), 0) AS left_out,
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
        income - left_out AS qualifying,
        CASE WHEN f.is_couple THEN 329.75 ELSE 208.07 END AS threshold, CASE WHEN f.is_couple THEN 20.10 ELSE 17.96 END AS maximum,
        CASE WHEN f.is_couple THEN all_early OR (f.has_kept_savings_credit_since_2016 AND some_early) ELSE claimant_early END AS early,
        CASE WHEN f.is_couple THEN all_reached OR (f.saved_mixed_age_couple AND some_reached) ELSE claimant_reached END AS of_age,
        f.is_couple AND some_reached AND NOT all_reached AS mixed,
        f.gets_pension_credit AS already, f.habitually_resident AS resident, f.is_on_low_income_record AS low_income
    FROM lodgers f JOIN members m USING (family_key) JOIN x_household h USING (household_key) LEFT JOIN others o USING (family_key)
)"""

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

_ALL = """
SELECT 'pension_credit' AS rule, family_key AS unit_key, family_key, household_key,
        CASE WHEN already THEN 'in_payment' WHEN NOT eligible OR amount < 0.10 THEN 'ruled_out' ELSE 'likely' END AS verdict,
        eligible, already, of_age AND low_income AND payable AS possible, NULL AS evidence, mixed AS advice_first,
        amount AS worth, NULL AS second_worth
    FROM (SELECT *, income < guarantee OR savings_credit > 0 AS payable, resident AND of_age AND payable AS eligible,
            greatest(guarantee - income, 0) + savings_credit AS amount
        FROM (SELECT *, CASE WHEN early THEN CAST(greatest(least(0.60 * greatest(qualifying - threshold, 0), maximum)
            - 0.40 * greatest(income - guarantee, 0), 0) AS DECIMAL(14,2)) ELSE 0 END AS savings_credit FROM pension_credit))
UNION ALL
SELECT 'attendance_allowance', person_key, family_key, household_key,
        CASE WHEN gets_attendance_allowance THEN 'in_payment' WHEN eligible THEN 'likely' ELSE 'ruled_out' END,
        eligible, gets_attendance_allowance, reached AND (shows_signs OR needs_some_care OR is_terminally_ill),
        CASE WHEN shows_signs THEN 'strong' WHEN age >= 80 THEN 'weak' END, false,
        CASE WHEN is_terminally_ill OR care_need = 'day_and_night' THEN 114.60 ELSE 76.70 END, NULL
    FROM (SELECT p.*, f.habitually_resident AND reached AND NOT gets_dla_or_pip AND NOT gets_armed_forces_independence_payment
            AND NOT lives_in_funded_care_home AND ((needs_some_care AND needs_care_since + INTERVAL 6 MONTH <= DATE '2026-11-12') OR is_terminally_ill) AS eligible
        FROM people p JOIN x_family f USING (family_key) WHERE role <> 'child')
UNION ALL
SELECT 'benefit_cap', f.family_key, f.family_key, f.household_key,
        CASE WHEN not_capped THEN 'in_payment' WHEN wrong THEN 'likely' ELSE 'ruled_out' END,
        coalesce(wrong, false), coalesce(not_capped, false), capped AND may_be_wrong, NULL, true, now, so_far
    FROM x_family f LEFT JOIN cap_answers USING (family_key) WHERE gets_universal_credit
UNION ALL
SELECT 'free_school_meals', person_key, family_key, household_key,
        CASE WHEN already THEN 'in_payment' WHEN qualifies THEN 'likely' ELSE 'ruled_out' END,
        qualifies, already, possible, NULL, false, worth, NULL
    FROM meals
"""


def query() -> str:
    """The whole query."""
    parts = (_PEOPLE, _LODGERS, _MEMBERS, _OTHERS, _PENSION_CREDIT, _CAP, _MEALS)
    return f"WITH {','.join(parts)} {_ALL}"
