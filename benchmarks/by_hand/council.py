"""Pension-age Housing Benefit and the prescribed Council Tax Reduction for pensioners, by hand."""

from __future__ import annotations

from benchmarks.by_hand.people import LODGERS, MEMBERS, OTHERS, PEOPLE, SEVERE

#: What each family costs the others of its home, and all others together cost a family.
_DEDUCTIONS = """
deducted AS (
    SELECT f.family_key, f.household_key,
        household_role IN ('boarder', 'sub_tenant', 'lodger', 'joint_tenant', 'joint_owner', 'resident_landlord', 'live_in_carer', 'head') AS is_none,
        household_role IN ('boarder', 'sub_tenant', 'lodger') AS pays_rent,
        gets_pension_credit OR gets_income_support OR gets_income_based_jobseekers_allowance OR gets_income_related_employment_and_support_allowance AS on_benefit,
        gets_universal_credit AND universal_credit_earnings = 0 AS on_credit,
        CASE WHEN works THEN gross ELSE 0 END AS banded,
        CASE WHEN is_none OR free_of_rent OR gets_pension_credit OR (young AND (gets_income_support OR gets_income_based_jobseekers_allowance OR on_credit
                OR (gets_income_related_employment_and_support_allowance AND NOT employment_and_support_allowance_has_component))) THEN 0
            WHEN banded >= 605 THEN 131.45 WHEN banded >= 485 THEN 119.85 WHEN banded >= 365 THEN 105.20 WHEN banded >= 279 THEN 64.35
            WHEN banded >= 192 THEN 46.85 ELSE 20.40 END AS off_rent,
        CASE WHEN is_none OR free_of_tax OR on_benefit OR on_credit THEN 0
            WHEN banded >= 605 THEN 15.95 WHEN banded >= 485 THEN 13.30 WHEN banded >= 279 THEN 10.60 ELSE 5.20 END AS off_tax,
        household_role IN ('non_dependant', 'live_in_carer') AND NOT free_of_tax AS second_adult,
        CASE WHEN on_benefit THEN 0 ELSE gross END AS counted
    FROM x_family f JOIN (
        SELECT family_key,
            coalesce(bool_and(age < 18 OR is_student_or_away) FILTER (WHERE role <> 'child'), true) AS free_of_rent,
            coalesce(bool_and(uncounted) FILTER (WHERE role <> 'child'), true) AS free_of_tax,
            coalesce(bool_and(age < 25) FILTER (WHERE role <> 'child'), true) AS young,
            coalesce(bool_or(works_16_hours_or_more) FILTER (WHERE role <> 'child'), false) AS works,
            coalesce(sum(gross_income) FILTER (WHERE role <> 'child'), 0) AS gross
        FROM (SELECT *, age < 18 OR is_disregarded_for_council_tax OR has_severe_mental_impairment_disregard AS uncounted FROM people)
        GROUP BY family_key) p USING (family_key)
),
shared_home AS (
    SELECT *, sum(off_rent) OVER home - off_rent AS rent_deductions, sum(off_tax) OVER home - off_tax AS tax_deductions,
        count(*) FILTER (WHERE second_adult) OVER home - CASE WHEN second_adult THEN 1 ELSE 0 END AS second_adults,
        count(*) FILTER (WHERE second_adult AND NOT on_benefit) OVER home - CASE WHEN second_adult AND NOT on_benefit THEN 1 ELSE 0 END AS not_on_benefit,
        count(*) FILTER (WHERE pays_rent) OVER home - CASE WHEN pays_rent THEN 1 ELSE 0 END AS lodging,
        sum(CASE WHEN second_adult THEN counted ELSE 0 END) OVER home - CASE WHEN second_adult THEN counted ELSE 0 END AS income_of_second_adults
    FROM deducted WINDOW home AS (PARTITION BY household_key)
)"""

_MEANS = """
means AS (
    SELECT f.*, m.claimant_reached, m.some_reached, m.all_reached, d.second_adults, d.not_on_benefit, d.lodging, d.income_of_second_adults,
        h.tenure, h.council_tax_charge, h.is_exempt_from_council_tax, h.has_single_person_discount, m.uncounted_adult,
        (f.gets_universal_credit AND NOT universal_credit_is_ignored_past_pension_age) OR f.gets_income_support
            OR f.gets_income_based_jobseekers_allowance OR f.gets_income_related_employment_and_support_allowance AS working_age_benefit,
        gets_guarantee_credit OR savings <= 16000 AS within_limit,
        CASE WHEN waived THEN 0 ELSE rent_deductions END AS rent_deductions,
        CASE WHEN waived OR h.has_single_person_discount THEN 0 ELSE tax_deductions END AS tax_deductions,
        CASE WHEN is_couple THEN CASE WHEN some_older THEN 383.35 ELSE 363.25 END WHEN claimant_older THEN 256.00 ELSE 238.00 END
            + 87.88 * children + severe_disability + 48.15 * carers + disabled_child_premiums AS applicable,
        CASE WHEN gets_guarantee_credit THEN 0 WHEN m.savings_credit > 0 THEN assessed_income_figure + m.savings_credit
            ELSE unearned + greatest(earned - CASE WHEN NOT is_couple AND children > 0 THEN 25 WHEN higher THEN 20 WHEN is_couple THEN 10 ELSE 5 END, 0)
                + CAST((CAST(greatest(savings - 10000, 0) * 100 AS BIGINT) + 49999) // 50000 AS DECIMAL(9,2)) END AS income,
        greatest(income - applicable, 0) AS excess
    FROM x_family f JOIN severe m USING (family_key) JOIN shared_home d USING (family_key) JOIN x_household h ON h.household_key = f.household_key
)"""

_PARTS = (PEOPLE, LODGERS, MEMBERS, OTHERS, SEVERE, _DEDUCTIONS, _MEANS)

RULES = {
    "housing_benefit_pension_age": (
        _PARTS,
        """
SELECT 'housing_benefit_pension_age' AS rule, family_key AS unit_key, family_key, household_key,
        CASE WHEN gets_housing_benefit THEN 'in_payment' WHEN NOT eligible OR award < 0.50 THEN 'ruled_out' ELSE 'likely' END AS verdict,
        eligible, gets_housing_benefit AS already, of_age AND tenant AND is_on_low_income_record AND award >= 0.50 AND within_limit AND NOT gets_universal_credit AS possible,
        NULL AS evidence, is_couple AND some_reached AND NOT all_reached AS advice_first, award AS worth, NULL AS second_worth
    FROM (SELECT *, CASE WHEN is_couple THEN all_reached OR (saved_mixed_age_couple AND some_reached) ELSE claimant_reached END AS of_age,
            tenure IN ('council_tenant', 'housing_association_tenant', 'private_tenant') OR (tenure = 'other' AND eligible_rent > 0) AS tenant,
            CAST(greatest(greatest(eligible_rent - rent_deductions, 0) - 0.65 * excess, 0) AS DECIMAL(14,2)) AS award,
            habitually_resident AND of_age AND NOT working_age_benefit AND tenant AND within_limit AND award >= 0.50
                AND NOT has_open_housing_benefit_claim AS eligible
        FROM means WHERE household_role IN ('head', 'joint_tenant'))
""",
    ),
    "council_tax_reduction_pension_age": (
        _PARTS,
        """
SELECT 'council_tax_reduction_pension_age' AS rule, family_key AS unit_key, family_key, household_key,
        CASE WHEN gets_council_tax_reduction THEN 'in_payment' WHEN NOT eligible THEN 'ruled_out' ELSE 'likely' END AS verdict,
        eligible, gets_council_tax_reduction AS already, some_reached AND is_liable_for_council_tax AND is_on_low_income_record AND reduction > 0 AND NOT gets_universal_credit AS possible,
        NULL AS evidence, is_couple AND some_reached AND NOT all_reached AS advice_first, reduction AS worth, NULL AS second_worth
    FROM (SELECT *, CAST(CAST(council_tax_charge * 7 / 365 AS DECIMAL(14,2)) * CASE WHEN is_only_liable_family THEN 1 ELSE 0.5 END AS DECIMAL(14,2)) AS charge,
            CASE WHEN within_limit THEN CAST(greatest(greatest(charge - tax_deductions, 0) - 0.2 * excess, 0) AS DECIMAL(14,2)) ELSE 0 END AS on_means,
            CASE WHEN NOT is_only_liable_family OR has_single_person_discount OR (is_couple AND NOT uncounted_adult) OR second_adults = 0 OR lodging > 0 THEN 0
                WHEN not_on_benefit = 0 THEN 0.25 WHEN income_of_second_adults < 289 THEN 0.15 WHEN income_of_second_adults < 375 THEN 0.075 ELSE 0 END AS share,
            greatest(on_means, CAST(charge * share AS DECIMAL(14,2))) AS reduction,
            CASE WHEN is_couple THEN some_reached ELSE claimant_reached END AS pensioner,
            habitually_resident AND pensioner AND NOT working_age_benefit AND is_liable_for_council_tax AND NOT is_exempt_from_council_tax AND reduction > 0
                AND NOT has_open_council_tax_reduction_claim AS eligible
        FROM means WHERE household_role IN ('head', 'joint_tenant', 'joint_owner'))
""",
    ),
}
