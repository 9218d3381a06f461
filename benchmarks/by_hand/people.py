"""What several of the rules read: people with their ages, families with their members, and who lives with whom."""

from __future__ import annotations

PEOPLE = """
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
        date_of_birth < DATE '1955-04-01' AS older,
        disabled OR gets_dla_care OR is_severely_sight_impaired AS waives,
        has_severe_mental_impairment_disregard OR has_unpaid_carer_disregarded_for_council_tax OR has_paid_carer
            OR is_severely_sight_impaired OR has_disabled_band_reduction AS shows_signs,
        care_need IN ('day_or_night', 'day_and_night') AS needs_some_care,
        2026 - year(date_of_birth) - CASE WHEN month(date_of_birth) * 100 + day(date_of_birth) > 1112 THEN 1 ELSE 0 END AS age
    FROM x_person p JOIN x_household h USING (household_key) JOIN x_family f USING (family_key)
)"""

LODGERS = """
lodgers AS (
    SELECT *, (household_role IN ('boarder', 'sub_tenant', 'lodger', 'resident_landlord') AND NOT is_close_relative_of_head)
        OR (household_role IN ('joint_tenant', 'joint_owner') AND (NOT is_close_relative_of_head OR is_joint_since_moving_in)) AS lodger
    FROM x_family
)"""

MEMBERS = """
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
        coalesce(bool_or(role <> 'child' AND (is_disregarded_for_council_tax OR has_severe_mental_impairment_disregard)), false) AS uncounted_adult,
        coalesce(bool_or(role = 'claimant' AND older), false) AS claimant_older,
        coalesce(bool_or(role <> 'child' AND older), false) AS some_older,
        coalesce(bool_or(role <> 'child' AND waives), false) AS waived,
        coalesce(sum(CASE WHEN role <> 'child' AND date_of_birth < DATE '1953-04-06' THEN savings_credit END), 0) AS savings_credit,
        coalesce(sum(CASE WHEN role = 'child' THEN CASE WHEN gets_disability_benefit_as_child OR gets_higher_disability_benefit_as_child THEN 84.46 ELSE 0 END
            + CASE WHEN gets_disability_benefit_as_child AND gets_higher_disability_benefit_as_child THEN 33.99 ELSE 0 END END), 0) AS disabled_child_premiums,
        coalesce(bool_or(role = 'child' AND date_of_birth < DATE '2017-04-06'), false) AS early_child,
        coalesce(sum(CASE WHEN role = 'child' THEN CASE WHEN gets_higher_disability_benefit_as_child THEN 118.46
            WHEN gets_disability_benefit_as_child THEN 37.93 ELSE 0 END END), 0) AS disabled_children,
        coalesce(sum(CASE WHEN role <> 'child' THEN state_pension + private_pension + carers_allowance + other_counted_income END), 0) AS unearned,
        coalesce(sum(CASE WHEN role <> 'child' THEN least(other_counted_income, income_left_out_of_savings_credit) END), 0) AS left_out,
        coalesce(sum(CASE WHEN role <> 'child' THEN net_earnings END), 0) AS earned
    FROM people GROUP BY family_key
)"""

OTHERS = """
others AS (
    SELECT s.family_key, bool_or(NOT (t.disabled OR t.is_severely_sight_impaired OR t.role_of_family = 'live_in_carer' OR l.lodger)
        AND NOT (t.role_of_family = 'head' AND s.lodger)) AS blocked
    FROM lodgers s JOIN people t ON t.household_key = s.household_key AND t.family_key <> s.family_key
    JOIN lodgers l ON l.family_key = t.family_key
    WHERE t.role <> 'child' AND t.age >= 18 GROUP BY s.family_key
)"""

SEVERE = """
severe AS (
    SELECT m.*, CASE WHEN coalesce(o.blocked, false) THEN 0
        WHEN f.is_couple THEN CASE WHEN disabled_adults >= 2 THEN CASE paid_carers WHEN 0 THEN 172.10 WHEN 1 THEN 86.05 ELSE 0 END
            WHEN uncared AND blind THEN 86.05 ELSE 0 END
        WHEN uncared THEN 86.05 ELSE 0 END AS severe_disability
    FROM members m JOIN x_family f USING (family_key) LEFT JOIN others o USING (family_key)
)"""
