"""Do the extracts alone bring out who has one pension-age award and not the other, or a wrong one?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

import pytest

from lift.engines.duckdb.answers import fill_answers, run_answers
from lift.rulebook.load import load_rulebook
from tests.unit.stages.fact_cases import Cases, assessed
from tests.unit.stages.towns import DAY

REDUCTION, BENEFIT = "council_tax_reduction_pension_age", "housing_benefit_pension_age"
DEDUCTIONS = "non_dependant_deductions_wrong"
GUARANTEE = {"passport_code": "pension_credit_guarantee"}
REDUCED_FROM = 4
ALONE = {"discount_type": "single_person", "discount_amount_annual": 350, "net_charge_annual": 1050}
Answers = Mapping[tuple[str, str], tuple[str, Decimal | None, Decimal | None, bool]]


def _home(cases: Cases, number: int, **more: object) -> None:
    """Ann lives there alone and pays the council tax, nothing of which is met."""
    cases.account(f"account {number}", number, surname=f"A{number}", forename="ANN", title="Ms", **(ALONE | more))


def _make() -> Cases:
    cases = Cases()
    rent = {"claimant_universal_credit": 0, "weekly_eligible_rent": 95, "claimant_capital_total": 4000, "ctr_ref": None}
    for number in range(1, 11):
        credited = (
            {"ctr_flag": True, "ctr_amount_annual": 500, "net_charge_annual": 550} if number > REDUCED_FROM else {}
        )
        _home(cases, number, **credited)
    cases.benefit("guarantee credit, rent met, no reduction", 1, **assessed(), **rent, **GUARANTEE)
    cases.benefit("low income, rent met, no reduction", 2, **assessed(claimant_state_pension=184), **rent)
    cases.benefit("income above, rent met, no reduction", 3, **assessed(claimant_state_pension=266), **rent)
    cases.benefit("income far above, rent met, no reduction", 4, **assessed(claimant_state_pension=380), **rent)
    _home(cases, 11)
    cases.benefit(
        "income above all premiums, rent met, no reduction", 11, **assessed(claimant_state_pension=500), **rent
    )
    tenant = {"tenancy_type": "council"}
    cases.award("guarantee credit, tax met, a tenant without benefit", 5, **assessed(), **GUARANTEE, **tenant)
    cases.award("low income, tax met, a tenant without benefit", 6, **assessed(claimant_state_pension=184), **tenant)
    both = assessed(claimant_state_pension=184)
    cases.award("both in payment", 7, **both)
    cases.benefit("both in payment, rent", 7, **both, weekly_eligible_rent=95, claimant_capital_total=4000)
    for number, name, more in (
        (8, "deducted though Attendance Allowance is paid", {"claimant_attendance_allowance": "76.70"}),
        (9, "deducted", {}),
    ):
        cases.award(name, number, **assessed(**more), non_dependants_count=1,
                    non_dependant_deduction_total_weekly="10.60")  # fmt: skip
    cases.award("nothing deducted", 10, **assessed(claimant_attendance_allowance="76.70"),
                non_dependant_deduction_total_weekly=0)  # fmt: skip
    cases.town.link().build()
    return cases


@pytest.fixture(scope="module")
def cases() -> Iterator[Cases]:
    made = _make()
    yield made
    made.town.connection.close()


@pytest.fixture(scope="module")
def answers(cases: Cases) -> Answers:
    book, town = load_rulebook(examples=False), cases.town.connection
    fill_answers(town, run_answers(town, book, DAY, [REDUCTION, BENEFIT, DEDUCTIONS]), book, temporary=True)
    told = town.execute(
        "SELECT rule, unit_key, verdict, worth_low, worth_high, may_already_have FROM answer"
    ).fetchall()
    return {(rule, unit): (verdict, low, high, bool(asked)) for rule, unit, verdict, low, high, asked in told}


@pytest.mark.parametrize(
    ("name", "rule", "verdict", "low", "high"),
    [
        ("guarantee credit, rent met, no reduction", REDUCTION, "likely", "20.14", "20.14"),
        ("guarantee credit, rent met, no reduction", BENEFIT, "in_payment", "95.00", "95.00"),
        ("low income, rent met, no reduction", REDUCTION, "likely", "20.14", "20.14"),
        ("income above, rent met, no reduction", REDUCTION, "likely", "18.14", "20.14"),
        # A disability benefit or a carer may go unrecorded, and their premiums would bring some.
        ("income far above, rent met, no reduction", REDUCTION, "possible", "0.00", "20.14"),
        ("income above all premiums, rent met, no reduction", REDUCTION, "ruled_out", "0.00", "0.00"),
        # No file holds the rent of somebody who has never claimed for it.
        ("guarantee credit, tax met, a tenant without benefit", BENEFIT, "possible", "0.00", None),
        ("guarantee credit, tax met, a tenant without benefit", REDUCTION, "in_payment", "20.14", "20.14"),
        ("low income, tax met, a tenant without benefit", BENEFIT, "possible", "0.00", None),
        ("both in payment", REDUCTION, "in_payment", "20.14", "20.14"),
        ("both in payment", BENEFIT, "in_payment", "95.00", "95.00"),
        ("deducted though Attendance Allowance is paid", DEDUCTIONS, "likely", "10.60", None),
        ("deducted", DEDUCTIONS, "unknown", "10.60", None),
        ("nothing deducted", DEDUCTIONS, "ruled_out", "0.00", "0.00"),
    ],
)
def test_what_is_missing_or_wrong_comes_out(
    cases: Cases, answers: Answers, name: str, rule: str, verdict: str, low: str, high: str | None
) -> None:
    told = answers[rule, cases.town.family(cases.rows[name])["family_key"]]
    assert told[0] == verdict
    assert told[1] == Decimal(low)
    assert told[2] == (None if high is None else Decimal(high))
