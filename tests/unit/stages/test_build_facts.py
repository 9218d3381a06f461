"""What does a claim, an account or a roll tell of a fact, what does it leave unknown, and what if two disagree?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from lift.errors import FactError
from lift.sources.facts.readings import load_readings
from lift.sources.kinds import load_kinds
from lift.stages.build import build
from lift.stages.build.upratings import assessed_at_new_rates, uprating
from tests.unit.stages.towns import DAY, KEY, Row, Town, account, award, benefit, claimant, dictionary, partner, place

OLD, OLDER, YOUNG = date(1950, 3, 2), date(1948, 1, 9), date(1984, 7, 9)
# What a standard claim fills with nought where there is none, as the profiles leave it.
NONE_ASSESSED = (
    "state_pension", "personal_pension", "occupational_pension", "earnings_employed_net", "earnings_self_net",
    "earnings_employed_gross", "earnings_self_gross", "carers_allowance", "jsa_contributory", "esa_basic", "esa_wrag",
    "esa_support", "maternity_allowance", "severe_disablement_allowance", "bereavement_allowance", "widows_benefit",
    "other_income", "pension_credit_savings", "widowed_parent_allowance", "incapacity_short_lower",
    "incapacity_short_higher", "incapacity_long",
)  # fmt: skip


def assessed(*parts: str, **amounts: Any) -> dict[str, Any]:
    return {f"{part}_{name}": 0 for part in parts or ("claimant",) for name in NONE_ASSESSED} | amounts


@dataclass
class Cases:
    town: Town = field(default_factory=Town)
    rows: dict[str, Row] = field(default_factory=dict)

    def award(self, name: str, number: int, **more: Any) -> None:
        who = claimant(f"A{number}", "Ann", OLD, f"MW2{number:05d}A")
        self.rows[name] = self.town.add("ctr_award", **(award(number, who, claimant_capital_total=4000) | more))

    def benefit(self, name: str, number: int, **more: Any) -> None:
        who = claimant(f"A{number}", "Ann", OLD, f"MW2{number:05d}A")
        self.rows[name] = self.town.add("benefit_claim", **(benefit(number, who, ctr_ref=f"C{number:06d}") | more))

    def account(self, name: str, number: int, **more: Any) -> None:
        self.rows[name] = self.town.add("council_tax_account", **(account(number, f"L{number}", "LEO") | more))

    def pupil(self, name: str, number: int, **more: Any) -> None:
        who = {"surname": f"K{number}", "forename": "Kit", "date_of_birth": date(2014, 5, 5), "year_group": "7"}
        self.rows[name] = self.town.add("pupil", **(who | place(number) | more))

    def person(self, name: str, fact: str, part: str = "claimant") -> Any:
        return self._fact(self.town.person(self.rows[name], part), fact)

    def family(self, name: str, fact: str, part: str = "claimant") -> Any:
        return self._fact(self.town.family(self.rows[name], part), fact)

    def home(self, name: str, fact: str, part: str = "liable_1") -> Any:
        return self._fact(self.town.household(self.rows[name], part), fact)

    @staticmethod
    def _fact(unit: dict[str, Any], fact: str) -> Any:
        return unit[fact] if fact in unit else (unit[f"{fact}_low"], unit[f"{fact}_high"])

    def refused(self, name: str) -> list[tuple[str, str]]:
        row = self.rows[name]
        found = self.town.all(
            "SELECT fact, reason FROM build_refusal WHERE kind = ? AND line = ? ORDER BY ALL", row.kind, row.line
        )
        return [(one["fact"], one["reason"]) for one in found]


def _claims(cases: Cases) -> None:
    cases.award("standard", 1, **assessed(claimant_state_pension="184.90", claimant_occupational_pension=10))
    cases.award("passported", 2, **assessed(claimant_state_pension="184.90"), passport_code="pension_credit_guarantee")
    cases.award("half told", 3, claimant_personal_pension=20)
    cases.award("gross only", 4, **assessed(claimant_earnings_employed_gross=300))
    cases.award("partly counted", 5, **assessed(claimant_war_widow_pension=40, claimant_other_income=5))
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


def _two_sources(cases: Cases) -> None:
    same = assessed(claimant_state_pension=150)
    cases.award("agree", 30, **same)
    cases.benefit("agree too", 30, **same, claimant_capital_total=4000)
    cases.award("disagree", 31, **same)
    cases.benefit("disagree too", 31, **same, claimant_capital_total=9000, passport_code="standard")
    cases.award("passport differs", 32, **same, passport_code="pension_credit_guarantee")
    cases.benefit("passport differs too", 32, **same)
    cases.award("stale alone", 33, **same, award_start=date(2025, 4, 1))
    cases.award("ended", 34, **same, status="ended", award_end=date(2026, 9, 30), claimant_capital_total=1)
    cases.benefit("live beside ended", 34, **same, claimant_capital_total=4000, ctr_ref=None)
    cases.benefit("assessed with an old award", 35, **same, claimant_capital_total=4000)
    cases.award("old award", 35, **same, award_start=date(2024, 5, 1))
    cases.account("account says no", 36, surname="A36", forename="ANN", ctr_flag=False)
    cases.award("claim says yes", 36, **same)


def _nos(cases: Cases) -> None:
    """Claims that say no Pension Credit, and registers that say no reduction or no meals, by the days since."""
    for number, days in enumerate((1, 0, -1), start=80):
        day = DAY - timedelta(days=days)
        cases.award(f"no {days} days ago", number, **assessed(), award_start=day, extract_date=max(day, DAY))
    cases.award("begins after its extract", 83, **assessed(), award_start=DAY + timedelta(days=1))
    cases.benefit("not said when", 84, **assessed())
    cases.award("said of both", 85, **assessed(), award_start=DAY)
    cases.benefit("said of both too", 85, **assessed())
    cases.award("said of both later", 88, **assessed(), award_start=DAY + timedelta(days=1),
                extract_date=DAY + timedelta(days=1))  # fmt: skip
    cases.benefit("said of both later too", 88, **assessed(), extract_date=DAY + timedelta(days=1))
    cases.award("yes and no", 86, **assessed(), award_start=DAY - timedelta(days=30))
    cases.benefit("yes and no too", 86, **assessed(claimant_pension_credit_savings=5), ctr_ref=None)
    cases.award("yes long ago", 87, **assessed(claimant_pension_credit_savings=5), award_start=date(2025, 11, 12))
    for number, days in enumerate((13, 14, 15), start=90):
        cases.account(f"account of {days} days ago", number, extract_date=DAY - timedelta(days=days))
        cases.pupil(f"roll of {days} days ago", number, fsm_eligible=False, extract_date=DAY - timedelta(days=days))
    cases.account("credited long ago", 93, ctr_flag=True, extract_date=DAY - timedelta(days=15))


def _uprated(cases: Cases) -> None:
    for number, days in enumerate((-1, 0, 1), start=110):
        cases.award(f"{days} days after 1 April", number, **assessed(claimant_state_pension=200),
                    award_start=date(2026, 4, 1) + timedelta(days=days))  # fmt: skip
    cases.award("carer before April", 113, **assessed(claimant_carers_allowance="83.30"), award_start=date(2026, 3, 31))


def _slips(cases: Cases) -> None:
    nan = claimant("Nye", "Nan", date(1960, 11, 10), "MW123456A")
    slipped = nan | {"claimant_date_of_birth": date(1960, 10, 11)}
    cases.rows["born on either"] = cases.town.add("ctr_award", **award(95, nan, claimant_capital_total=4000))
    cases.rows["born on either too"] = cases.town.add("benefit_claim", **benefit(95, slipped, ctr_ref="C000095"))


def _impossible(cases: Cases) -> None:
    cases.award("below nought", 50, **assessed(claimant_state_pension=-1), claimant_capital_total=-100)
    cases.award("part below nought", 51, **assessed(claimant_personal_pension=-5, claimant_occupational_pension=50))
    cases.award("beyond the limit", 52, **assessed(claimant_state_pension=184900))
    cases.award("born tomorrow", 53, **assessed(), claimant_date_of_birth=date(2026, 11, 13))
    cases.award("child claimant", 54, **assessed(), claimant_date_of_birth=date(2015, 1, 1))
    cases.account("no such band", 55, band="I")
    cases.award("less than nothing", 56, weekly_award=-5)
    began = date(2026, 4, 1)
    cases.award(
        "ends the day before", 57, award_start=began, award_end=date(2026, 3, 31), status="live", weekly_award=5
    )
    cases.award("one day long", 58, award_start=began, award_end=began, status="live", weekly_award=5)
    cases.award("called off", 59, award_start=began, award_end=date(2026, 3, 31), status="ended", weekly_award=5)


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
    cases.account("freeholder", 68, liability_type="freeholder")
    cases.account("joint", 69, liable2_surname="Second", liable2_forename="Sue", ctr_flag=True)


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
    for add in (_claims, _two_sources, _nos, _uprated, _slips, _impossible, _council_tax, _schools):
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
        ("passported", "state_pension", None, None),
        ("passported", "other_counted_income", None, None),
        ("half told", "private_pension", 20, None),
        ("half told", "state_pension", None, None),
        ("gross only", "net_earnings", 0, 300),
        ("partly counted", "other_counted_income", 5, 45),
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
        ("savings credit", "gets_pension_credit", True),
        ("half told", "gets_pension_credit", None),
        ("working age", "gets_pension_credit", None),
        ("standard", "gets_council_tax_reduction", True),
        ("standard", "gets_pension_age_council_tax_reduction", True),
        ("working age", "gets_pension_age_council_tax_reduction", False),
        ("suspended", "gets_council_tax_reduction", None),
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


def test_two_current_sources_that_agree_are_one_value(cases: Cases) -> None:
    assert cases.family("agree", "savings") == (4000, 4000)
    assert cases.family("agree", "savings_fresh") is True


def test_two_current_sources_that_disagree_give_the_range_and_say_so(cases: Cases) -> None:
    assert cases.family("disagree", "savings") == (4000, 9000)
    family = cases.family("disagree", "family_key")
    told = cases.town.all("SELECT fact, kind_1, kind_2, treated_as FROM conflict WHERE unit_key = ?", family)
    expected = {"fact": "savings", "kind_1": "benefit_claim", "kind_2": "ctr_award", "treated_as": "range"}
    assert told == [expected]


def test_a_birthday_with_day_and_month_swapped_is_either_day(cases: Cases) -> None:
    assert cases.family("born on either", "family_key") == cases.family("born on either too", "family_key")
    assert cases.person("born on either", "date_of_birth") == (date(1960, 10, 11), date(1960, 11, 10))
    person = cases.person("born on either", "person_key")
    told = cases.town.all("SELECT fact, kind_1, kind_2, treated_as FROM conflict WHERE unit_key = ?", person)
    expected = {"fact": "date_of_birth", "kind_1": "benefit_claim", "kind_2": "ctr_award", "treated_as": "range"}
    assert told == [expected]


def test_a_flag_on_which_sources_disagree_is_unknown(cases: Cases) -> None:
    assert cases.family("passport differs", "gets_guarantee_credit") is None
    family = cases.family("passport differs", "family_key")
    told = cases.town.all(
        "SELECT treated_as FROM conflict WHERE unit_key = ? AND fact = 'gets_guarantee_credit'", family
    )
    assert told == [{"treated_as": "unknown"}]
    assert cases.family("claim says yes", "gets_council_tax_reduction") is None


def test_what_is_past_its_shelf_life_stands_as_stale(cases: Cases) -> None:
    assert cases.family("stale alone", "savings") == (4000, 4000)
    assert cases.family("stale alone", "savings_fresh") is False
    assert cases.person("stale alone", "state_pension_fresh") is False
    assert cases.family("stale alone", "gets_council_tax_reduction_fresh") is True


@pytest.mark.parametrize(
    ("name", "known", "fresh"),
    [
        ("no 1 days ago", False, False),
        ("no 0 days ago", False, False),
        ("no -1 days ago", False, True),
        ("begins after its extract", False, False),
        ("not said when", False, False),
        ("said of both", False, False),
        ("said of both later", False, True),
        ("yes and no", None, None),
        ("yes long ago", True, True),
    ],
)
def test_no_pension_credit_is_proved_before_the_first_day_of_the_award_only(
    cases: Cases, name: str, known: bool | None, fresh: bool | None
) -> None:
    assert cases.family(name, "gets_pension_credit") is known
    if known is not None:
        assert cases.family(name, "gets_pension_credit_fresh") is fresh
    # Nothing else that the claim was assessed on grows old with it.
    assert cases.person(name, "state_pension_fresh") is True


@pytest.mark.parametrize(("days", "fresh"), [(-1, False), (0, True), (1, True)])
def test_what_goes_up_in_april_was_assessed_at_the_rates_in_force_from_the_first_on(
    cases: Cases, days: int, fresh: bool
) -> None:
    name = f"{days} days after 1 April"
    assert cases.person(name, "state_pension") == (200, 200)
    assert cases.person(name, "state_pension_fresh") is fresh
    # Nothing goes up to nothing; a works pension is nobody's to foretell and keeps its shelf life.
    assert cases.person(name, "carers_allowance_fresh") is True
    assert cases.person(name, "private_pension_fresh") is True
    assert cases.person("carer before April", "carers_allowance_fresh") is False


@pytest.mark.parametrize(
    ("day", "paid_from", "assessed_from"),
    [
        (date(2026, 4, 5), date(2025, 4, 7), date(2025, 4, 1)),
        (date(2026, 4, 6), date(2026, 4, 6), date(2026, 4, 1)),
        (date(2026, 4, 7), date(2026, 4, 6), date(2026, 4, 1)),
        (date(2025, 4, 6), date(2024, 4, 8), date(2024, 4, 1)),
        (date(2025, 4, 7), date(2025, 4, 7), date(2025, 4, 1)),
    ],
)
def test_new_rates_are_paid_from_the_first_monday_of_the_tax_year(
    day: date, paid_from: date, assessed_from: date
) -> None:
    sql = f"SELECT {uprating('$day')}, {assessed_at_new_rates('$day')}"
    with duckdb.connect() as connection:
        assert connection.execute(sql, {"day": day}).fetchall() == [(paid_from, assessed_from)]


@pytest.mark.parametrize(("days", "fresh"), [(13, True), (14, True), (15, False)])
def test_a_no_of_a_register_is_proved_for_two_weeks(cases: Cases, days: int, fresh: bool) -> None:
    account, roll = f"account of {days} days ago", f"roll of {days} days ago"
    assert cases.family(account, "gets_council_tax_reduction", "liable_1") is False
    assert cases.family(account, "gets_council_tax_reduction_fresh", "liable_1") is fresh
    assert cases.person(roll, "gets_free_school_meals", "pupil") is False
    assert cases.person(roll, "gets_free_school_meals_fresh", "pupil") is fresh
    assert cases.family("credited long ago", "gets_council_tax_reduction_fresh", "liable_1") is True


def test_a_claim_is_as_old_as_the_award_it_was_assessed_with(cases: Cases) -> None:
    assert cases.person("assessed with an old award", "state_pension_fresh") is False


def test_working_age_facts_age_in_two_months(cases: Cases) -> None:
    assert cases.person("working age", "state_pension_fresh") is False
    assert cases.person("refused for income", "state_pension_fresh") is True


def test_an_ended_claim_says_nothing_of_means_beside_a_live_one(cases: Cases) -> None:
    assert cases.family("ended", "savings") == (4000, 4000)
    assert cases.family("ended", "gets_council_tax_reduction") is False


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("below nought", ["savings", "state_pension"]),
        ("part below nought", ["private_pension"]),
        ("beyond the limit", ["state_pension"]),
    ],
)
def test_what_cannot_be_is_refused_with_its_origin_and_left_unknown(cases: Cases, name: str, facts: list[str]) -> None:
    assert cases.refused(name) == [(fact, "outside the limits of the dictionary") for fact in facts]
    for fact in facts:
        known = cases.family(name, fact) if fact == "savings" else cases.person(name, fact)
        assert known == (None, None)


@pytest.mark.parametrize(
    ("name", "refused", "in_payment", "says_single"),
    [
        ("less than nothing", [("weekly_award", "below nought")], None, True),
        ("ends the day before", [("award_end", "before the day that the award began")], True, True),
        ("one day long", [], True, None),
        ("called off", [], False, None),
    ],
)
def test_an_award_that_cannot_be_is_told_and_the_rest_of_it_used(
    cases: Cases, name: str, refused: list[tuple[str, str]], in_payment: bool | None, says_single: bool | None
) -> None:
    """A claim in force tells that nobody is a partner; one that has ended does not."""
    assert cases.refused(name) == refused
    assert cases.family(name, "gets_council_tax_reduction") is in_payment
    assert cases.family(name, "is_couple") is (False if says_single else None)


@pytest.mark.parametrize(
    ("name", "reason"),
    [("born tomorrow", "born after the run's day"), ("child claimant", "under 16 where a grown-up stands")],
)
def test_a_birth_that_cannot_be_is_refused(cases: Cases, name: str, reason: str) -> None:
    assert cases.refused(name) == [("date_of_birth", reason)]
    assert cases.person(name, "date_of_birth") == (None, None)


def test_a_code_outside_the_dictionary_leaves_the_fact_unknown(cases: Cases) -> None:
    assert cases.home("no such band", "council_tax_band") is None


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
