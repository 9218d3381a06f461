"""What does a claim, an account or a roll tell of a fact, and what does it leave unknown?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from lift.errors import FactError
from lift.sources.facts.readings import load_readings
from lift.sources.kinds import load_kinds
from lift.stages.build import build
from tests.unit.stages.fact_cases import OLDER, YOUNG, Cases, assessed, two_sources
from tests.unit.stages.towns import DAY, KEY, Town, dictionary, partner, place, reference


def _claims(cases: Cases) -> None:
    cases.award("standard", 1, **assessed(claimant_state_pension="184.90", claimant_occupational_pension=10))
    cases.award("passported", 2, **assessed(claimant_state_pension="184.90"), passport_code="pension_credit_guarantee")
    cases.award("half told", 3, claimant_personal_pension=20)
    cases.award("gross only", 4, **assessed(claimant_earnings_employed_gross=300))
    cases.award("partly counted", 5, **assessed(claimant_war_widow_pension=40, claimant_other_income=5))
    cases.award(
        "contributory", 61, **assessed(claimant_maternity_allowance=10, claimant_severe_disablement_allowance=20)
    )
    cases.award("couple", 6, **assessed("claimant", "partner", partner_state_pension=100),
                **partner("A6", "Al", OLDER), partner_capital_total=500)  # fmt: skip
    cases.award("partner's savings blank", 7, **assessed("claimant", "partner"), **partner("A7", "Al", OLDER))
    cases.award("disabled", 8, **assessed(claimant_attendance_allowance="110.40", claimant_dla_care="76.70"))
    cases.award("lowest care", 9, **assessed(claimant_dla_care="30.30", claimant_attendance_allowance=0))
    cases.award("carer", 10, **assessed(), premium_carer=True, premium_severe_disability=True)
    cases.award("savings credit", 11, **assessed(claimant_pension_credit_savings="11.23"))
    cases.award("second adult rebate", 12, **assessed(), alternative_maximum=True)
    cases.award("suspended", 13, **assessed(), status="suspended")
    cases.award("refused for income", 14, **assessed(), status="refused", refusal_reason="income",
                award_start=date(2026, 9, 1))  # fmt: skip
    cases.award("withdrawn", 15, **assessed(), status="refused", refusal_reason="withdrawn")
    cases.award("pending", 16, **assessed(), status="pending")
    cases.award("working age", 17, **assessed(), scheme_class="working_age", claimant_date_of_birth=YOUNG)
    cases.award("childless", 18, **assessed(), claimant_child_benefit=0)
    cases.award("child benefit nought", 19, **assessed(), claimant_child_benefit=0, dependants_count=1)


def _council_tax(cases: Cases) -> None:
    cases.account("plain", 60)
    cases.account("discounted", 61, discount_type="single_person", discount_amount_annual=350, net_charge_annual=1050)
    cases.account("reduced", 62, ctr_flag=True, ctr_amount_annual=400, net_charge_annual=1000)
    cases.account("columns differ", 63, net_charge_annual=1300)
    cases.account("exempt", 64, exemption_class="N", net_charge_annual=0)
    blank = (
        "exemption_class",
        "discount_type",
        "disabled_band_reduction",
        "band_charged",
        "net_charge_annual",
        "ctr_flag",
    )
    cases.account("blank", 65, **dict.fromkeys(blank))
    cases.account("band reduced", 66, disabled_band_reduction=None, band_charged="A")
    cases.account("discount ended", 67, discount_type="single_person", discount_end=date(2026, 6, 1))
    half = {"discount_type": "disregard_50", "discount_amount_annual": 700, "net_charge_annual": 700}
    cases.account("nobody counts", 106, **half)
    quarter = {"discount_type": "disregard_25", "discount_amount_annual": 350, "net_charge_annual": 1050}
    cases.account("one disregarded", 107, **quarter)
    cases.account("impaired", 110, disregard_type="severe_mental_impairment")
    cases.account("all impaired", 111, disregard_type=None, exemption_class="U")
    cases.account("a student", 112, disregard_type="student")
    cases.account("a carer", 113, disregard_type="carer")
    cases.account("no disregard", 114, disregard_type="none")
    cases.account("care leaver", 108, discount_type="care_leaver", discount_amount_annual=1400, net_charge_annual=0)
    cases.account("only the net charge", 109, full_charge_annual=None, ctr_flag=True, ctr_amount_annual=400,
                  net_charge_annual=1000)  # fmt: skip
    cases.account("freeholder", 68, liability_type="freeholder")
    cases.account("joint", 69, liable2_surname="Second", liable2_forename="Sue", ctr_flag=True)


def _rent_and_charge(cases: Cases) -> None:
    cases.benefit("tenant", 80, **assessed(), weekly_eligible_rent="96.50")
    cases.benefit("ordinary tenant", 96, **assessed(), specified_accommodation="0")
    cases.benefit("passported tenant", 97, specified_accommodation="0", passport_code="other_passport")
    cases.benefit("temporary tenant", 98, **assessed(), specified_accommodation="0", tenancy_type="council_non_hra")
    cases.benefit("supported tenant", 99, **assessed(), specified_accommodation="1")
    cases.benefit("stopped tenant", 100, **assessed(), specified_accommodation="0", hb_status="suspended", hb_weekly=0)
    cases.benefit("suspended tenant", 81, weekly_eligible_rent=90, hb_status="suspended", hb_weekly=0)
    cases.benefit("closed tenant", 82, weekly_eligible_rent=90, record_type="closed")
    cases.benefit("owner's claim", 83, weekly_eligible_rent=0, tenancy_type="owner_ctr_only")
    for name, number, status in (("suspended, account", 84, "suspended"), ("ended, account", 85, "ended")):
        cases.account(f"{name}", number, surname=f"A{number}", forename="ANN", ctr_flag=False)
        cases.award(f"{name}'s award", number, **assessed(), status=status)
    cases.benefit("suspended in SHBE", 86, ctr_status="suspended")
    cases.benefit("awaiting tenant", 94, record_type="awaiting")
    cases.award("pending award", 95, status="pending")
    cases.account("pending, account", 95, surname="A95", forename="ANN", ctr_flag=False)
    cases.account("suspended in SHBE, account", 86, surname="A86", forename="ANN", ctr_flag=False)
    cases.award("deductions", 87, **assessed(), non_dependant_deduction_total_weekly="10.20", non_dependants_count=2)
    cases.award("deductions once", 88, **assessed(), non_dependant_deduction_total_weekly="10.20", status="ended")
    town = cases.town
    claim = {"claim_key": "00000080", "hb_ref": "00000080"}
    cases.rows["son"] = town.add("benefit_person", **claim, role="non_dependant", surname="A80", forename="Sol",
                                 date_of_birth=YOUNG, non_dependant_deduction_weekly="62.00")  # fmt: skip
    for name, number, what in (("student", 90, "student"), ("prisoner", 91, "prison"), ("carer there", 92, "carer")):
        cases.account(f"account of {name}", number)
        cases.rows[name] = town.add(
            "council_tax_resident", account_ref=reference(number), uprn=place(number)["uprn"],
            surname="Other", forename=f"Ottilie{number}", disregard_type=what, role="other_adult",
        )  # fmt: skip


def _schools(cases: Cases) -> None:
    cases.pupil("registered", 70, fsm_eligible=True, fsm_category="targeted")
    cases.pupil("not registered", 71, fsm_eligible=False)
    cases.pupil("meals ended", 72, fsm_eligible=True, fsm_category="targeted", fsm_end=date(2026, 9, 1))
    cases.pupil("infant", 73, fsm_eligible=True, year_group="R")
    cases.pupil("junior without category", 74, fsm_eligible=True)
    cases.pupil("universal", 75, fsm_eligible=True, fsm_category="universal_infant", year_group="2")
    cases.pupil("nursery", 76, year_group="N1")
    cases.pupil("summer roll", 77, year_group="Year 6", extract_date=date(2026, 7, 1))
    cases.pupil("roll blank", 78, fsm_eligible=None, year_group=None)


@pytest.fixture(scope="module")
def cases() -> Iterator[Cases]:
    made = Cases()
    for add in (_claims, two_sources, _council_tax, _rent_and_charge, _schools):
        add(made)
    made.town.link().build()
    yield made
    made.town.connection.close()


@pytest.mark.parametrize(
    ("name", "fact", "low", "high"),
    [
        ("standard", "state_pension", "184.90", "184.90"),
        ("standard", "private_pension", 10, 10),
        ("standard", "net_earnings", 0, 0),
        ("standard", "other_counted_income", 0, 0),
        ("standard", "savings_credit", 0, 0),
        ("savings credit", "savings_credit", "11.23", "11.23"),
        ("passported", "savings_credit", None, None),
        ("half told", "savings_credit", None, None),
        ("passported", "state_pension", None, None),
        ("passported", "other_counted_income", None, None),
        ("half told", "private_pension", 20, None),
        ("half told", "state_pension", None, None),
        ("gross only", "net_earnings", 0, 300),
        ("partly counted", "other_counted_income", 5, 45),
        ("standard", "income_left_out_of_savings_credit", 0, 0),
        ("partly counted", "income_left_out_of_savings_credit", 0, 5),
        ("contributory", "income_left_out_of_savings_credit", 30, 30),
        ("passported", "income_left_out_of_savings_credit", None, None),
        ("second adult rebate", "state_pension", 0, 0),
        ("refused for income", "state_pension", 0, 0),
        ("withdrawn", "state_pension", None, None),
        ("pending", "state_pension", None, None),
    ],
)
def test_an_income_is_known_where_a_standard_claim_assessed_it(
    cases: Cases, name: str, fact: str, low: Any, high: Any
) -> None:
    expected = tuple(None if end is None else Decimal(end) for end in (low, high))
    assert cases.person(name, fact) == expected


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("standard", 4000, 4000),
        ("passported", None, None),
        ("couple", 4500, 4500),
        ("partner's savings blank", 4000, None),
        ("second adult rebate", None, None),
    ],
)
def test_savings_are_those_of_both(cases: Cases, name: str, low: int | None, high: int | None) -> None:
    assert cases.family(name, "savings") == (low, high)


def test_the_partner_has_an_income_of_their_own(cases: Cases) -> None:
    assert cases.person("couple", "state_pension", "partner") == (100, 100)
    assert cases.person("couple", "state_pension") == (0, 0)


@pytest.mark.parametrize(
    ("name", "fact", "known"),
    [
        ("disabled", "gets_attendance_allowance", True),
        ("lowest care", "gets_attendance_allowance", None),
        ("standard", "gets_attendance_allowance", None),
        ("disabled", "gets_dla_care_middle_or_highest", True),
        ("lowest care", "gets_dla_care_middle_or_highest", None),
        ("disabled", "gets_dla_care", True),
        ("lowest care", "gets_dla_care", True),
        ("standard", "gets_dla_care", None),
        ("lowest care", "gets_dla_or_pip", True),
        ("standard", "gets_dla_or_pip", None),
        ("carer", "entitled_to_carers_allowance", True),
        ("carer", "has_paid_carer", False),
        ("standard", "has_paid_carer", None),
    ],
)
def test_silence_about_disability_proves_nothing(cases: Cases, name: str, fact: str, known: bool | None) -> None:
    assert cases.person(name, fact) is known


@pytest.mark.parametrize(
    ("name", "fact", "known"),
    [
        ("passported", "gets_guarantee_credit", True),
        ("passported", "gets_pension_credit", True),
        ("standard", "gets_guarantee_credit", False),
        ("standard", "gets_pension_credit", False),
        ("standard", "has_kept_savings_credit_since_2016", False),
        ("savings credit", "has_kept_savings_credit_since_2016", None),
        ("passported", "has_kept_savings_credit_since_2016", None),
        ("savings credit", "gets_pension_credit", True),
        ("half told", "gets_pension_credit", None),
        ("working age", "gets_pension_credit", None),
        ("standard", "gets_council_tax_reduction", True),
        ("standard", "gets_pension_age_council_tax_reduction", True),
        ("working age", "gets_pension_age_council_tax_reduction", False),
        ("suspended", "gets_council_tax_reduction", None),
        ("suspended", "has_open_council_tax_reduction_claim", True),
        ("pending", "has_open_council_tax_reduction_claim", True),
        ("standard", "has_open_council_tax_reduction_claim", False),
        ("refused for income", "has_open_council_tax_reduction_claim", False),
        ("suspended in SHBE", "has_open_council_tax_reduction_claim", True),
        ("suspended tenant", "has_open_housing_benefit_claim", True),
        ("tenant", "has_open_housing_benefit_claim", False),
        ("closed tenant", "has_open_housing_benefit_claim", False),
        ("awaiting tenant", "has_open_housing_benefit_claim", True),
        ("standard", "has_open_housing_benefit_claim", None),
        ("ordinary tenant", "gets_universal_credit", False),
        ("passported tenant", "gets_universal_credit", None),
        ("temporary tenant", "gets_universal_credit", None),
        ("supported tenant", "gets_universal_credit", None),
        ("stopped tenant", "gets_universal_credit", None),
        ("tenant", "gets_universal_credit", None),
        ("refused for income", "gets_council_tax_reduction", False),
        ("pending", "gets_council_tax_reduction", None),
        ("second adult rebate", "gets_alternative_maximum_reduction", True),
        ("standard", "habitually_resident", True),
        ("refused for income", "habitually_resident", None),
        ("standard", "is_on_low_income_record", True),
        ("refused for income", "is_on_low_income_record", True),
        ("pending", "is_on_low_income_record", None),
        ("agree too", "gets_housing_benefit", True),
        ("agree too", "gets_pension_age_housing_benefit", True),
        ("standard", "gets_housing_benefit", None),
        ("standard", "gets_cap_exempting_benefit", None),
        ("disabled", "gets_cap_exempting_benefit", True),
        ("standard", "lives_in_greater_london", False),
    ],
)
def test_what_is_in_payment_is_what_the_claim_says(cases: Cases, name: str, fact: str, known: bool | None) -> None:
    assert cases.family(name, fact) is known


def test_child_benefit_of_nought_is_known_only_without_children(cases: Cases) -> None:
    assert cases.family("childless", "child_benefit") == (0, 0)
    assert cases.family("child benefit nought", "child_benefit") == (None, None)


def test_working_age_facts_age_in_two_months(cases: Cases) -> None:
    assert cases.person("working age", "state_pension_fresh") is False
    assert cases.person("refused for income", "state_pension_fresh") is True


@pytest.mark.parametrize(
    ("name", "fact", "known"),
    [
        ("plain", "council_tax_charge", (1400, 1400)),
        ("discounted", "council_tax_charge", (1050, 1050)),
        ("reduced", "council_tax_charge", (1400, 1400)),
        ("columns differ", "council_tax_charge", (1300, 1400)),
        ("exempt", "council_tax_charge", (0, 0)),
        ("blank", "council_tax_charge", (None, None)),
        ("plain", "council_tax_band", "B"),
        ("exempt", "is_exempt_from_council_tax", True),
        ("plain", "is_exempt_from_council_tax", False),
        ("blank", "is_exempt_from_council_tax", None),
        ("discounted", "has_single_person_discount", True),
        ("plain", "has_single_person_discount", False),
        ("discount ended", "has_single_person_discount", None),
        ("blank", "has_single_person_discount", None),
        ("discounted", "council_tax_discount", "quarter"),
        ("one disregarded", "council_tax_discount", "quarter"),
        ("nobody counts", "council_tax_discount", "half"),
        ("plain", "council_tax_discount", "none"),
        ("care leaver", "council_tax_discount", None),
        ("discount ended", "council_tax_discount", None),
        ("blank", "council_tax_discount", None),
        ("impaired", "has_impairment_disregard_on_account", True),
        ("impaired", "has_carers_disregard_on_account", None),
        ("all impaired", "has_impairment_disregard_on_account", True),
        ("all impaired", "has_carers_disregard_on_account", None),
        ("a student", "has_impairment_disregard_on_account", None),
        ("a student", "has_carers_disregard_on_account", None),
        ("a carer", "has_impairment_disregard_on_account", None),
        ("a carer", "has_carers_disregard_on_account", True),
        ("no disregard", "has_impairment_disregard_on_account", False),
        ("no disregard", "has_carers_disregard_on_account", False),
        ("plain", "council_tax_before_discounts", (1400, 1400)),
        ("discounted", "council_tax_before_discounts", (1400, 1400)),
        ("nobody counts", "council_tax_before_discounts", (1400, 1400)),
        ("reduced", "council_tax_before_discounts", (1400, 1400)),
        ("only the net charge", "council_tax_before_discounts", (1400, 1400)),
        ("columns differ", "council_tax_before_discounts", (1300, 1400)),
        ("exempt", "council_tax_before_discounts", (1400, 1400)),
        ("plain", "council_tax_reduction_credited", (0, 0)),
        ("reduced", "council_tax_reduction_credited", (400, 400)),
        ("blank", "council_tax_reduction_credited", (0, 0)),
        ("band reduced", "has_disabled_band_reduction", True),
        ("plain", "has_disabled_band_reduction", False),
        ("blank", "has_disabled_band_reduction", None),
        ("freeholder", "tenure", "owner"),
        ("plain", "tenure", None),
    ],
)
def test_an_account_tells_of_its_home(cases: Cases, name: str, fact: str, known: Any) -> None:
    assert cases.home(name, fact) == known


def test_an_account_tells_who_is_liable_and_whether_a_reduction_is_credited(cases: Cases) -> None:
    assert cases.family("plain", "is_liable_for_council_tax", "liable_1") is True
    assert cases.family("plain", "gets_council_tax_reduction", "liable_1") is False
    assert cases.family("joint", "gets_council_tax_reduction", "liable_1") is None
    assert cases.family("plain", "household_role", "liable_1") == "head"


@pytest.mark.parametrize(
    ("name", "part", "known"),
    [("plain", "liable_1", True), ("joint", "liable_1", None), ("joint", "liable_2", None)],
)
def test_who_alone_is_liable_is_known_where_one_name_stands_on_the_account(
    cases: Cases, name: str, part: str, known: bool | None
) -> None:
    """The second name may be the first one's partner's, and then one family is liable, or somebody else's."""
    assert cases.family(name, "is_only_liable_family", part) is known


@pytest.mark.parametrize(
    ("name", "known"),
    [("suspended, account", None), ("suspended in SHBE, account", None), ("ended, account", False)],
)
def test_an_account_without_a_credit_does_not_say_that_no_award_is_suspended(
    cases: Cases, name: str, known: bool | None
) -> None:
    assert cases.family(name, "gets_council_tax_reduction", "liable_1") is known


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("suspended, account", True),
        ("suspended in SHBE, account", True),
        ("pending, account", True),
        ("ended, account", False),
    ],
)
def test_a_claim_that_waits_or_is_suspended_is_there_whatever_the_account_says(
    cases: Cases, name: str, known: bool
) -> None:
    assert cases.family(name, "has_open_council_tax_reduction_claim", "liable_1") is known


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("tenant", "96.50", "96.50"),
        ("suspended tenant", 90, 90),
        ("closed tenant", None, None),
        ("owner's claim", None, None),
        ("standard", None, None),
    ],
)
def test_the_rent_is_that_of_a_claim_on_which_rent_is_paid(cases: Cases, name: str, low: Any, high: Any) -> None:
    expected = tuple(None if end is None else Decimal(end) for end in (low, high))
    assert cases.family(name, "eligible_rent") == expected


def test_deductions_are_those_that_a_live_award_takes(cases: Cases) -> None:
    taken = "council_tax_reduction_deductions_taken"
    assert cases.family("deductions", taken) == (Decimal("10.20"), Decimal("10.20"))
    assert cases.family("deductions once", taken) == (None, None)
    assert cases.person("son", "housing_benefit_deduction_taken", "non_dependant") == (Decimal(62), Decimal(62))


@pytest.mark.parametrize(("name", "known"), [("student", True), ("prisoner", True), ("carer there", None)])
def test_students_and_prisoners_bring_no_deduction(cases: Cases, name: str, known: bool | None) -> None:
    assert cases.person(name, "is_student_or_away", "resident") is known


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("registered", True),
        ("not registered", False),
        ("meals ended", False),
        ("infant", None),
        ("junior without category", True),
        ("universal", None),
        ("roll blank", None),
    ],
)
def test_meals_on_the_roll_are_those_for_low_income(cases: Cases, name: str, known: bool | None) -> None:
    assert cases.person(name, "gets_free_school_meals", "pupil") is known
    assert cases.person(name, "is_at_state_funded_school", "pupil") is True


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [("registered", 7, 7), ("infant", 0, 0), ("nursery", -2, -2), ("summer roll", 6, 7), ("roll blank", None, None)],
)
def test_a_year_group_is_a_number_and_a_summer_roll_two(
    cases: Cases, name: str, low: int | None, high: int | None
) -> None:
    assert cases.person(name, "year_group", "pupil") == (low, high)


def test_every_low_end_is_at_most_its_high_end(cases: Cases) -> None:
    for level in ("person", "family", "household", "period"):
        names = [row["column_name"] for row in cases.town.all(f"DESCRIBE {level}")]
        for name in (one.removesuffix("_low") for one in names if one.endswith("_low")):
            assert cases.town.all(f"SELECT 1 FROM {level} WHERE {name}_low > {name}_high") == []


def test_columns_have_the_types_of_the_contract(cases: Cases) -> None:
    types = {row["column_name"]: row["column_type"] for row in cases.town.all("DESCRIBE person")}
    assert types["state_pension_low"] == "DECIMAL(14,2)"
    assert types["year_group_high"] == "INTEGER"
    assert types["date_of_birth_low"] == "DATE"
    assert types["gets_free_school_meals"] == "BOOLEAN"
    assert types["sex"] == "VARCHAR"


def test_every_fact_that_a_source_tells_is_in_the_dictionary_and_each_column_in_its_kind() -> None:
    readings, facts = load_readings(), dictionary()
    told = {(r.level, r.fact) for r in readings.readings}
    told |= {(level, fact) for level, found in readings.order.computed.items() for fact in found}
    assert told <= set(facts)
    for origin in readings.origins():
        assert origin.column in load_kinds()[origin.kind].columns or _is_of_another_kind(origin.column, origin.kind)


def _is_of_another_kind(column: str, kind: str) -> bool:
    """A reading shared by both sorts of claim names columns that one of them lacks."""
    others = {"benefit_claim": "ctr_award", "ctr_award": "benefit_claim", "benefit_person": "ctr_person"}
    return kind in others and column in load_kinds()[others[kind]].columns


def test_origins_are_written_in_order_of_belief(cases: Cases) -> None:
    told = cases.town.all(
        "SELECT DISTINCT kind, priority FROM fact_source WHERE level = 'family' AND fact = 'savings' ORDER BY priority"
    )
    assert [row["kind"] for row in told] == ["benefit_claim", "ctr_award", "universal_credit_notice"]


def test_a_source_for_a_fact_that_the_rules_do_not_know_is_told() -> None:
    town = Town()
    town.link()
    facts = {key: fact for key, fact in dictionary().items() if key != ("person", "state_pension")}
    with pytest.raises(FactError, match=r"state_pension"):
        build(town.connection, day=DAY, key=KEY, facts=facts, in_greater_london=True)
    town.connection.close()


def test_a_month_of_empty_extracts_is_no_units() -> None:
    town = Town()
    town.link().build(in_greater_london=True)
    assert (town.built.persons, town.built.families, town.built.households, town.built.periods) == (0, 0, 0, 0)
    town.connection.close()
