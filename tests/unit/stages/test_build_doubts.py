"""What becomes of a fact on which sources differ, that has grown old, or that cannot be?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import duckdb
import pytest

from lift.stages.build.upratings import assessed_at_new_rates, uprating
from tests.unit.stages.fact_cases import Cases, assessed, two_sources
from tests.unit.stages.towns import DAY, award, benefit, claimant


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
    began = date(2026, 4, 1)
    cases.award(
        "ends the day before", 57, award_start=began, award_end=date(2026, 3, 31), status="live", weekly_award=5
    )
    cases.award("one day long", 58, award_start=began, award_end=began, status="live", weekly_award=5)
    cases.award("called off", 59, award_start=began, award_end=date(2026, 3, 31), status="ended", weekly_award=5)


@pytest.fixture(scope="module")
def cases() -> Iterator[Cases]:
    made = Cases()
    for add in (two_sources, _nos, _uprated, _slips, _impossible):
        add(made)
    made.town.link().build()
    yield made
    made.town.connection.close()


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
