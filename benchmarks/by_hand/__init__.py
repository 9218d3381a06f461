"""The same rules written by hand as one exact DuckDB query: what the plan is measured against.

It knows every fact, so it needs no ranges; it is what a careful analyst would write for 2026-27 and no other year. It
gives what a plan gives of each unit that a rule asks about: the unit, the verdict with the flags behind it, the signs
that grade it, and what it is worth. (A test holds it to the plan's own answers.)
"""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.by_hand import children, council, pension_age

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
        "savings_credit", "gets_dla_care", "is_student_or_away", "gross_income", "works_16_hours_or_more",
        "is_disregarded_for_council_tax", "hours_of_care", "cared_for_gets_disability_benefit",
        "cared_for_has_another_carer", "is_in_full_time_education", "is_disregarded_as_carer",
    ),
    "family": (
        "is_couple", "household_role", "is_close_relative_of_head", "is_joint_since_moving_in", "savings",
        "pension_credit_housing_costs", "gets_pension_credit", "gets_guarantee_credit",
        "has_kept_savings_credit_since_2016", "gets_housing_benefit", "has_open_housing_benefit_claim",
        "has_open_council_tax_reduction_claim", "gets_council_tax_reduction", "gets_universal_credit",
        "universal_credit_is_nil", "universal_credit_award",
        "universal_credit_earnings", "gets_income_related_employment_and_support_allowance", "saved_mixed_age_couple",
        "habitually_resident", "is_on_low_income_record", "child_benefit", "other_capped_benefits",
        "gets_cap_exempting_benefit", "is_in_cap_grace_period", "lives_in_greater_london", "gets_asylum_support",
        "meets_no_recourse_meals_limits", "eligible_rent", "assessed_income_figure", "gets_income_support",
        "gets_income_based_jobseekers_allowance", "employment_and_support_allowance_has_component",
        "universal_credit_is_ignored_past_pension_age", "is_liable_for_council_tax", "is_only_liable_family",
    ),
    "household": (
        "tenure", "has_disabled_band_reduction", "has_single_person_discount", "council_tax_charge",
        "is_exempt_from_council_tax",
    ),
    "period": (
        "period_start", "is_latest", "universal_credit_entitlement", "cap_reduction", "period_earnings", "childcare_element",
        "has_lcwra_element", "has_carer_element", "has_disabled_child_addition", "has_higher_disabled_child_addition",
    ),
}  # fmt: skip

COLUMNS = (
    "rule", "unit_key", "family_key", "household_key", "verdict", "eligible", "already", "possible", "evidence",
    "advice_first", "worth", "second_worth",
)  # fmt: skip

#: Of each rule: the named parts that its SELECT reads, in order, and the SELECT.
_RULES = pension_age.RULES | council.RULES | children.RULES


def query(rules: Sequence[str]) -> str:
    """The whole query of some rules. Raises KeyError for a rule that nobody has written by hand."""
    chosen = [_RULES[rule] for rule in rules]
    parts = dict.fromkeys(part for parts, _ in chosen for part in parts)
    selects = [
        f"SELECT * FROM ({select}) AS {rule}({', '.join(COLUMNS)})"
        for rule, (_, select) in zip(rules, chosen, strict=True)
    ]
    return f"WITH {','.join(parts)} {' UNION ALL '.join(selects)}"
