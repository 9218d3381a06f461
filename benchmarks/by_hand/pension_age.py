"""Pension Credit, Attendance Allowance and Carer's Allowance over State Pension age, by hand."""

from __future__ import annotations

from benchmarks.by_hand.people import LODGERS, MEMBERS, OTHERS, PEOPLE, SEVERE

_PENSION_CREDIT = """
pension_credit AS (
    SELECT f.family_key, f.household_key,
        CASE WHEN f.is_couple THEN 363.25 ELSE 238.00 END
        + severe_disability
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
    FROM x_family f JOIN severe m USING (family_key) JOIN x_household h USING (household_key)
)"""

_DISABLED_OTHERS = """
disabled_others AS (
    SELECT s.family_key, bool_or(t.disabled) AS disabled
    FROM x_family s JOIN people t ON t.household_key = s.household_key AND t.family_key <> s.family_key
    WHERE t.role <> 'child' AND t.age >= 18 GROUP BY s.family_key
)"""

RULES = {
    "pension_credit": (
        (PEOPLE, LODGERS, MEMBERS, OTHERS, SEVERE, _PENSION_CREDIT),
        """
SELECT 'pension_credit' AS rule, family_key AS unit_key, family_key, household_key,
        CASE WHEN already THEN 'in_payment' WHEN NOT eligible OR amount < 0.10 THEN 'ruled_out' ELSE 'likely' END AS verdict,
        eligible, already, of_age AND low_income AND payable AS possible, NULL AS evidence, mixed AS advice_first,
        amount AS worth, NULL AS second_worth
    FROM (SELECT *, income < guarantee OR savings_credit > 0 AS payable, resident AND of_age AND payable AS eligible,
            greatest(guarantee - income, 0) + savings_credit AS amount
        FROM (SELECT *, CASE WHEN early THEN CAST(greatest(least(0.60 * greatest(qualifying - threshold, 0), maximum)
            - 0.40 * greatest(income - guarantee, 0), 0) AS DECIMAL(14,2)) ELSE 0 END AS savings_credit FROM pension_credit))
""",
    ),
    "attendance_allowance": (
        (PEOPLE,),
        """
SELECT 'attendance_allowance', person_key, family_key, household_key,
        CASE WHEN gets_attendance_allowance THEN 'in_payment' WHEN eligible THEN 'likely' ELSE 'ruled_out' END,
        eligible, gets_attendance_allowance, reached AND (shows_signs OR needs_some_care OR is_terminally_ill),
        CASE WHEN shows_signs THEN 'strong' WHEN age >= 80 THEN 'weak' END, false,
        CASE WHEN is_terminally_ill OR care_need = 'day_and_night' THEN 114.60 ELSE 76.70 END, NULL
    FROM (SELECT p.*, f.habitually_resident AND reached AND NOT gets_dla_or_pip AND NOT gets_armed_forces_independence_payment
            AND NOT lives_in_funded_care_home AND ((needs_some_care AND needs_care_since + INTERVAL 6 MONTH <= DATE '2026-11-12') OR is_terminally_ill) AS eligible
        FROM people p JOIN x_family f USING (family_key) WHERE role <> 'child')
""",
    ),
    "carers_allowance": (
        (PEOPLE, MEMBERS, _DISABLED_OTHERS),
        """
SELECT 'carers_allowance' AS rule, person_key AS unit_key, family_key, household_key,
        CASE WHEN entitled_to_carers_allowance THEN 'in_payment' WHEN eligible THEN 'likely' ELSE 'ruled_out' END AS verdict,
        eligible, entitled_to_carers_allowance AS already, is_disregarded_as_carer OR partner OR elsewhere AS possible,
        CASE WHEN is_disregarded_as_carer THEN 'strong' WHEN partner THEN 'medium' WHEN elsewhere THEN 'weak' END AS evidence,
        amount > 0 AS advice_first, amount AS worth, NULL AS second_worth
    FROM (SELECT p.*, greatest(86.45 - state_pension, 0) AS amount,
            hours_of_care >= 35 AND cared_for_gets_disability_benefit AND NOT cared_for_has_another_carer
                AND net_earnings <= 204.00 AND NOT is_in_full_time_education AND f.habitually_resident AS eligible,
            m.disabled_adults > CASE WHEN p.disabled THEN 1 ELSE 0 END AS partner, coalesce(o.disabled, false) AS elsewhere
        FROM people p JOIN x_family f USING (family_key) JOIN members m USING (family_key)
        LEFT JOIN disabled_others o USING (family_key) WHERE role <> 'child' AND reached)
""",
    ),
}
