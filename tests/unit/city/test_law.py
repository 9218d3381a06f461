"""Does the generator's own arithmetic agree with worked cases? Names like pc_tariff_15000 are the law reference's."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from lift.city.days import add_months, last_period, second_thursday
from lift.city.figures import Figures
from lift.city.law import council_tax, pension_age, school_meals
from lift.city.law import pension_credit as pc
from lift.city.law import rent_and_council_tax as rent
from lift.city.law import universal_credit as uc
from lift.city.law.money import pounds, week_to_month

IN_2026 = date(2026, 11, 22)
IN_2025 = date(2025, 11, 22)
OF_AGE = pc.Claimant(of_age=True)


def single(state_pension: int = 0, savings: int = 0, **known: object) -> pc.Case:
    return pc.Case(IN_2026, pc.Claimant(True, state_pension=state_pension, **known), savings=savings)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("savings", "expected"),
    [
        (1_100_000, 200),  # pc_tariff_gov_11000
        (1_500_000, 1000),  # pc_tariff_15000
        (1_000_000, 0),  # pe_tariff_10000
        (1_000_100, 100),  # pe_tariff_10001
        (1_050_000, 100),  # pe_tariff_10500
        (1_000_001, 100),
        (1_050_001, 200),
        (9_993_500, 18000),  # pe_tariff_large_capital_2026: 9,360 a year of 52 weeks
        (0, 0),
    ],
)
def test_tariff_income(figures: Figures, savings: int, expected: int) -> None:
    assert pc.tariff_income(savings, IN_2026, figures) == expected


def test_large_savings_leave_an_award(figures: Figures) -> None:
    """pe_tariff_large_capital_2026: 3,016 a year of 52 weeks."""
    assert pc.guarantee_credit(single(0, 9_993_500), figures) * 52 == 301_600


@pytest.mark.parametrize(
    ("income", "expected"), [(18490, 5310), (23800, 0), (23799, 0), (23791, 0), (23790, 10), (23801, 0), (0, 23800)]
)
def test_smallest_award(figures: Figures, income: int, expected: int) -> None:
    assert pc.guarantee_credit(single(income), figures) == expected


@pytest.mark.parametrize(
    ("income", "expected"),
    [
        (20807, 2993),  # the threshold: guarantee credit alone
        (20847, 2953 + 24),  # the Decision Makers' Guide, ch. 77 app. 2 example 2: 24p for 40p
        (23800, 1796),
        (25000, 1316),  # pe_savings_credit_taper_2026: 684.216 a year of 52 weeks
        (28266, 10),
        (28267, 0),  # 9p is not paid
        (28290, 0),
    ],
)
def test_savings_credit_of_one_person(figures: Figures, income: int, expected: int) -> None:
    assert pc.pension_credit(single(income, early=True), figures) == expected
    assert pc.pension_credit(single(income), figures) == pc.guarantee_credit(single(income), figures)


@pytest.mark.parametrize(
    ("income", "others", "expected"),
    [
        (36325, True, 2010),
        (38955, True, 958),  # the Decision Makers' Guide, ch. 77 app. 2 example 5: 10.52 taken off
        (41350, True, 0),
        (36325, False, 0),  # reg 7A: not where only one of the couple is old enough
    ],
)
def test_savings_credit_of_a_couple(figures: Figures, income: int, others: bool, expected: int) -> None:
    partner = pc.Claimant(True, early=others)
    assert pc.pension_credit(pc.Case(IN_2026, pc.Claimant(True, True, income), partner), figures) == expected


def test_severe_disability_addition_alone(figures: Figures) -> None:
    """pc_sda_annual_2025: 82.90 a week, 4,310.80 a year of 52 weeks."""
    case = pc.Case(IN_2025, pc.Claimant(True, gets_disability_benefit=True))
    assert pc.severe_disability_addition(case, figures) == 8290
    assert pc.severe_disability_addition(case, figures) * 52 == 431_080


@pytest.mark.parametrize(
    ("one", "other", "block", "expected"),
    [
        ({"gets_disability_benefit": True}, None, False, 8605),
        ({"gets_disability_benefit": True}, None, True, 0),
        ({"gets_disability_benefit": True, "has_paid_carer": True}, None, False, 0),
        ({}, None, False, 0),
        ({"gets_disability_benefit": True}, {"gets_disability_benefit": True}, False, 17210),
        ({"gets_disability_benefit": True}, {"gets_disability_benefit": True, "has_paid_carer": True}, False, 8605),
        ({"gets_disability_benefit": True}, {"is_blind": True}, False, 8605),  # pc_sda_partner_blind
        ({"gets_disability_benefit": True}, {}, False, 0),
        ({"gets_disability_benefit": True}, {"gets_disability_benefit": True}, True, 0),
    ],
)
def test_severe_disability_addition(
    figures: Figures, one: dict[str, bool], other: dict[str, bool] | None, block: bool, expected: int
) -> None:
    partner = None if other is None else pc.Claimant(True, **other)
    case = pc.Case(IN_2026, pc.Claimant(True, **one), partner, others_block=block)
    assert pc.severe_disability_addition(case, figures) == expected


def test_couple_each_caring_for_the_other(figures: Figures) -> None:
    """law/pension_age.md section 5: 363.25 + 172.10 + 96.30."""
    each = pc.Claimant(True, gets_disability_benefit=True, entitled_as_carer=True)
    assert pc.guarantee(pc.Case(IN_2026, each, each), figures) == 63165


def test_child_additions(figures: Figures) -> None:
    """pe_child_additions_2026: 7,854.60 and 20,230.60 a year of 52 weeks."""
    children = (pc.Child(date(2016, 3, 1)), pc.Child(date(2020, 3, 1)))
    assert pc.child_additions(children, IN_2026, figures) * 52 == 785_460
    assert pc.guarantee(pc.Case(IN_2026, OF_AGE, children=children), figures) * 52 == 2_023_060


def test_income_is_that_of_both(figures: Figures) -> None:
    case = pc.Case(IN_2026, pc.Claimant(True, False, 18490, 3000), pc.Claimant(True, False, 11094), savings=600_000)
    assert pc.income(case, figures) == 32584
    assert pc.guarantee_credit(case, figures) == 36325 - 32584


def test_earnings_of_one_person_are_ignored_to_five_pounds(figures: Figures) -> None:
    assert pc.income(single(10000, net_earnings=1250), figures) == 10750


def test_earnings_of_a_couple_are_not_guessed(figures: Figures) -> None:
    case = pc.Case(IN_2026, pc.Claimant(True, net_earnings=100), OF_AGE)
    with pytest.raises(ValueError, match="unconfirmed"):
        pc.income(case, figures)


@pytest.mark.parametrize(("saved", "expected"), [(False, 0), (True, 36325)])
def test_mixed_age_couple(figures: Figures, saved: bool, expected: int) -> None:
    case = pc.Case(IN_2026, OF_AGE, pc.Claimant(of_age=False), saved_mixed_age=saved)
    assert pc.guarantee_credit(case, figures) == expected


@pytest.mark.parametrize(
    ("born", "reached"),
    [
        (date(1960, 7, 31), date(2026, 11, 30)),  # spa_1960-07-31
        (date(1960, 12, 31), date(2027, 9, 30)),  # spa_1960-12-31
        (date(1961, 1, 31), date(2027, 11, 30)),
        (date(1960, 4, 5), date(2026, 4, 5)),
        (date(1960, 4, 6), date(2026, 5, 6)),
        (date(1960, 7, 22), date(2026, 11, 22)),
        (date(1960, 7, 23), date(2026, 11, 23)),
        (date(1961, 3, 6), date(2028, 3, 6)),
    ],
)
def test_pension_age(figures: Figures, born: date, reached: date) -> None:
    assert pension_age.reached_on(born, figures) == reached


def test_latest_birth(figures: Figures) -> None:
    assert pension_age.latest_birth(IN_2026, figures) == date(1960, 7, 22)


def test_child_benefit(figures: Figures) -> None:
    """cb_five_children_2026: 98.65 a week."""
    assert uc.child_benefit_week(5, IN_2026, figures) == 9865
    assert uc.child_benefit_week(0, IN_2026, figures) == 0


@pytest.mark.parametrize(
    ("couple", "of_25", "expected"),
    [(False, True, 42490), (False, False, 33858), (True, True, 66697), (True, False, 52834)],
)
def test_standard_allowance(figures: Figures, couple: bool, of_25: bool, expected: int) -> None:
    """uc_sa_single25_2026 and its like."""
    assert uc.standard_allowance(couple, of_25, IN_2026, figures) == expected


@pytest.mark.parametrize(
    ("births", "start", "expected"),
    [
        (
            [date(2015, 1, 1), date(2018, 1, 1), date(2020, 1, 1)],
            date(2026, 4, 5),
            2,
        ),  # law/README: one early, two later
        ([date(2015, 1, 1), date(2018, 1, 1), date(2020, 1, 1)], date(2026, 4, 6), 3),
        ([date(2012, 1, 1), date(2014, 1, 1), date(2016, 1, 1), date(2020, 1, 1)], date(2026, 1, 5), 3),
        ([date(2018, 1, 1), date(2019, 1, 1), date(2020, 1, 1)], date(2026, 1, 5), 2),
        ([], date(2026, 1, 5), 0),
    ],
)
def test_child_elements(births: list[date], start: date, expected: int) -> None:
    assert uc.child_count(births, start) == expected


def test_child_element_rates(figures: Figures) -> None:
    assert uc.child_element([date(2016, 1, 1), date(2020, 1, 1)], date(2026, 5, 5), figures) == 35188 + 30394
    assert uc.child_element([date(2018, 1, 1)], date(2026, 5, 5), figures) == 30394


def test_taper_without_work_allowance(figures: Figures) -> None:
    """uc_taper_no_work_allowance_u25: 200 earned takes 110 off."""
    parts = uc.Elements(standard=29211)
    assert uc.earnings_deduction(parts, 20000, IN_2026, figures) == 11000
    assert uc.entitlement(parts, 20000, 0, IN_2026, figures) == 18211


@pytest.mark.parametrize(("housing", "expected"), [(50000, 11715), (0, 0)])
def test_work_allowance(figures: Figures, housing: int, expected: int) -> None:
    parts = uc.Elements(standard=42490, child=30394, housing=housing)
    assert uc.earnings_deduction(parts, 64000, IN_2026, figures) == expected


def test_cap_uses_the_award_after_income(figures: Figures) -> None:
    """cap_uc_rightsnet_maxamount_error: of 1,479.48 + 208.43 over 1,666.67 comes 21.24, of the maximum 164.88."""
    assert 162312 - 14364 + 20843 - 166667 == 2124
    cap = figures.rate("cap_family", IN_2026)
    shift = cap - 166667
    assert uc.excess_over_cap(162312 - 14364 + 20843 + shift, True, 0, IN_2026, figures) == 2124
    assert uc.excess_over_cap(162312 + 20843 + shift, True, 0, IN_2026, figures) == 16488


def test_childcare_is_set_against_the_excess(figures: Figures) -> None:
    """d_cap_childcare_offset: 559.78 over the cap, 59.78 taken."""
    total = 220000 + 19478
    assert uc.excess_over_cap(total, True, 0, IN_2026, figures) == 55978
    assert uc.excess_over_cap(total, True, 50000, IN_2026, figures) == 5978


def test_child_benefit_counts_at_52_twelfths(figures: Figures) -> None:
    assert week_to_month(4495) == 19478  # two children: 44.95 a week
    parts = uc.Elements(standard=42490, child=65582, childcare=50000, housing=61928)
    assert uc.cap_reduction(parts, 220000, 4495, True, IN_2026, figures) == 5978


@pytest.mark.parametrize(
    ("earnings", "start", "exempt"),
    [
        (88100, IN_2026, True),  # d_cap_earnings_881
        (88099, IN_2026, False),
        (85000, date(2026, 3, 20), True),
        (84599, date(2026, 3, 20), False),
        (85000, date(2026, 4, 6), False),
    ],
)
def test_earnings_threshold(figures: Figures, earnings: int, start: date, exempt: bool) -> None:
    assert uc.is_exempt(uc.Elements(standard=1), earnings, uc.Exemptions(), start, figures) is exempt


@pytest.mark.parametrize(
    ("element", "exempt"),
    [("lcwra", True), ("carer", True), ("disabled_child_lower", True), ("disabled_child_higher", True), ("lcw", False)],
)
def test_elements_that_lift_the_cap(figures: Figures, element: str, exempt: bool) -> None:
    parts = uc.Elements(**{"standard": 1, element: 1})
    assert uc.is_exempt(parts, 0, uc.Exemptions(), IN_2026, figures) is exempt


def test_cap_levels(figures: Figures) -> None:
    """cap_levels_govuk_family_outside and _single_outside."""
    assert figures.rate("cap_family", IN_2026) == 183500
    assert figures.rate("cap_single", IN_2026) == 122942


@pytest.mark.parametrize(
    ("pay", "before", "after"),
    [
        ([50000], True, True),  # fsm_ecs_uc_1
        ([1000000], False, True),  # fsm_ecs_uc_2
        ([10000, 50000], True, True),  # fsm_ecs_uc_3
        ([61666], True, True),
        ([61667], False, True),
        ([70000, 53333], True, True),
        ([70000, 53334], False, True),
        ([70000, 60000, 54999], True, True),
        ([70000, 60000, 55000], False, True),
    ],
)
def test_free_school_meals(figures: Figures, pay: list[int], before: bool, after: bool) -> None:
    assert school_meals.is_entitled(True, pay, False, date(2026, 8, 31), figures) is before
    assert school_meals.is_entitled(True, pay, False, date(2026, 9, 1), figures) is after
    assert not school_meals.is_entitled(False, pay, False, date(2026, 9, 1), figures)
    assert school_meals.is_entitled(False, [], True, date(2026, 9, 1), figures)


@pytest.mark.parametrize(
    ("excess", "share"), [(-500, 80), (0, 80), (1499, 80), (1500, 65), (4000, 40), (7000, 20), (8000, 0)]
)
def test_reduction_bands(figures: Figures, excess: int, share: int) -> None:
    assert council_tax.band_percent(Fraction(excess), IN_2026, figures) == share


def test_reduction_without_earnings(figures: Figures) -> None:
    means = council_tax.Means(maximum=100000, award=100000, earnings=0, other_income=0)
    assert council_tax.working_age_reduction_year(156000, means, IN_2026, figures) == 124800


def test_reduction_with_earnings_is_not_guessed(figures: Figures) -> None:
    small = council_tax.Means(maximum=100000, award=95050, earnings=9000, other_income=0)
    assert council_tax.working_age_reduction_year(156000, small, IN_2026, figures) is None
    assert council_tax.surely_entitled(small, IN_2026, figures)
    large = council_tax.Means(maximum=100000, award=20000, earnings=190000, other_income=0)
    assert not council_tax.surely_entitled(large, IN_2026, figures)


@pytest.mark.parametrize(("band", "charge"), [("A", 156000), ("D", 234000), ("H", 468000), ("A-", 130000)])
def test_charge_by_band(band: str, charge: int) -> None:
    assert council_tax.full_charge(band, 234000) == charge


def test_pensioner_reduction_ends_at_five_times_the_charge(figures: Figures) -> None:
    """law/pension_age.md 3.3: with 30.00 a week of council tax, 238.00 + 30.00 / 0.20 = 388.00."""
    year = 156429  # 30.00 a week
    assert council_tax.weekly(year, IN_2026) == 3000
    assert council_tax.pensioner_reduction_week(year, 38800, 23800, IN_2026, figures) == 0
    assert council_tax.pensioner_reduction_week(year, 38700, 23800, IN_2026, figures) == 20


def test_days() -> None:
    assert second_thursday(date(2026, 11, 1)) == date(2026, 11, 12)
    assert second_thursday(date(2026, 10, 1)) == date(2026, 10, 8)
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert last_period(5, date(2026, 11, 11)) == (date(2026, 10, 5), date(2026, 11, 4))
    assert last_period(12, date(2026, 11, 11)) == (date(2026, 9, 12), date(2026, 10, 11))
    assert last_period(11, date(2026, 11, 11)) == (date(2026, 10, 11), date(2026, 11, 10))


def test_pounds() -> None:
    assert (pounds(0), pounds(5), pounds(-105), pounds(123456)) == ("0.00", "0.05", "-1.05", "1234.56")


def son(gross: int = 0, hours: int = 40, **known: object) -> rent.Other:
    return rent.Other((30,), gross, hours, **known)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("gross", "of_rent", "of_tax"),
    [
        (0, 2040, 520), (19_199, 2040, 520), (19_200, 4685, 520), (27_899, 4685, 520), (27_900, 6435, 1060),
        (36_499, 6435, 1060), (36_500, 10520, 1060), (48_499, 10520, 1060), (48_500, 11985, 1330),
        (60_499, 11985, 1330), (60_500, 13145, 1595), (99_999, 13145, 1595),
    ],
)  # fmt: skip
def test_deductions_by_gross_income(figures: Figures, gross: int, of_rent: int, of_tax: int) -> None:
    assert rent.rent_deduction(son(gross), IN_2026, figures) == of_rent
    assert rent.tax_deduction(son(gross), IN_2026, figures) == of_tax


@pytest.mark.parametrize(
    ("other", "of_rent", "of_tax"),
    [
        (son(99_999, hours=15), 2040, 520),
        (son(99_999, hours=16), 13145, 1595),
        (rent.Other((17,), 99_999, 40), 0, 0),
        (rent.Other((18,), 99_999, 40), 13145, 1595),
        (son(20_000, hours=0, on_pension_credit=True), 0, 0),
        (rent.Other((24,), 0, 0, on_universal_credit=True), 0, 0),
        (rent.Other((25,), 0, 0, on_universal_credit=True), 2040, 0),
        (rent.Other((24,), 5_000, 8, on_universal_credit=True, earns=True), 2040, 520),
        (rent.Other((24, 25), 0, 0, on_universal_credit=True), 2040, 0),
        (son(is_disregarded=True), 2040, 0),
    ],
)
def test_for_whom_nothing_is_deducted(figures: Figures, other: rent.Other, of_rent: int, of_tax: int) -> None:
    assert rent.rent_deduction(other, IN_2026, figures) == of_rent
    assert rent.tax_deduction(other, IN_2026, figures) == of_tax


@pytest.mark.parametrize(
    ("others", "rebate"),
    [
        ([], 0),
        ([son(on_pension_credit=True)], 500),
        ([son(28_899)], 300),
        ([son(28_900)], 150),
        ([son(37_499)], 150),
        ([son(37_500)], 0),
        ([son(28_899), son(1)], 150),
        ([son(28_899), son(99_999, on_pension_credit=True)], 300),
        ([son(28_899), son(99_999, is_disregarded=True)], 300),
    ],
)
def test_second_adult_rebate_of_a_charge_of_20_pounds(figures: Figures, others: list[rent.Other], rebate: int) -> None:
    assert rent.second_adult_rebate(2000, others, IN_2026, figures) == rebate


@pytest.mark.parametrize(("income", "left"), [(25600, 9500), (25601, 9499), (35600, 3000), (40_216, 0), (40_215, 0)])
def test_rent_is_met_less_65_pence_of_each_pound_above(figures: Figures, income: int, left: int) -> None:
    assert rent.tapered(9500, income, 25600, "housing_benefit_taper_percent", IN_2026, figures) == left
