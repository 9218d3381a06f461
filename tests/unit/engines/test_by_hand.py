"""Does the query that a plan's speed is measured against come to the plan's answers, where every fact is known?"""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from benchmarks import by_hand, households
from benchmarks.__main__ import MIX, PENSION_AGE
from lift.engines.duckdb.answers import fill_answers, run_answers
from lift.rulebook.load import load_rulebook

SAMPLE = Path(__file__).resolve().parents[3] / "sample_data" / "incoming" / "2026-11"

#: The answers of every unit side by side, and whether they differ in anything that the plan has settled. (It leaves a
#: few open: not every amount of the law is confirmed. An old notice is no proof of what is paid now, and an amount
#: that may be nothing is still worth asking about.)
BOTH = """
    SELECT rule, a.verdict, h.verdict, a.unit_key IS NULL OR h.unit_key IS NULL
        OR (a.verdict IN ('in_payment', 'ruled_out', 'likely') AND (a.verdict <> h.verdict
            OR a.eligible IS DISTINCT FROM h.eligible
            OR (a.already IS DISTINCT FROM h.already AND (h.already OR a.already IS NOT NULL))
            OR (a.possible_when IS DISTINCT FROM h.possible AND (h.possible OR a.worth_low = a.worth_high))
            OR a.evidence IS DISTINCT FROM h.evidence
            OR a.advice_first IS DISTINCT FROM h.advice_first
            OR coalesce(a.worth_low > h.worth OR a.worth_high < h.worth, FALSE)
            OR coalesce(a.one_off_low > h.second_worth OR a.one_off_high < h.second_worth, FALSE))) AS differs,
        count(*)
    FROM answer a FULL JOIN by_hand h USING (rule, unit_key, family_key, household_key)
    GROUP BY ALL ORDER BY ALL"""

#: Facts put otherwise than any file has them, so that there are pensioners of all kinds: `roll(n)` is a number made of
#: a unit's key.
STIRRED: dict[str, dict[str, str]] = {
    "family": {
        "gets_housing_benefit": "FALSE",
        "gets_council_tax_reduction": "FALSE",
        "has_open_housing_benefit_claim": "roll(12) % 20 = 0",
        "has_open_council_tax_reduction_claim": "roll(13) % 20 = 0",
        "is_liable_for_council_tax": "TRUE",
        "gets_guarantee_credit": "roll(1) % 6 = 0",
        "savings": "(roll(2) % 45) * 500 + roll(3) % 3 * 0.01",
        "eligible_rent": "roll(4) % 20000 * 0.01",
        "is_only_liable_family": "roll(5) % 8 > 0",
        "gets_universal_credit": "roll(6) % 9 = 0",
        "universal_credit_earnings": "roll(7) % 3 * 400",
        "gets_income_support": "roll(8) % 25 = 0",
        "assessed_income_figure": "roll(9) % 40000 * 0.01",
        "gets_income_related_employment_and_support_allowance": "roll(10) % 15 = 0",
        "employment_and_support_allowance_has_component": "roll(11) % 2 = 0",
    },
    "person": {
        "gross_income": "roll(1) % 70000 * 0.01",
        "works_16_hours_or_more": "roll(2) % 2 = 0",
        "is_student_or_away": "roll(3) % 9 = 0",
        "is_disregarded_for_council_tax": "roll(4) % 9 = 0",
        "has_severe_mental_impairment_disregard": "roll(5) % 15 = 0",
        "gets_attendance_allowance": "roll(6) % 4 = 0",
        "savings_credit": "CASE WHEN roll(7) % 5 = 0 THEN 12.34 ELSE 0 END",
        "net_earnings": "0",
        "entitled_to_carers_allowance": "roll(8) % 9 = 0",
        "has_paid_carer": "roll(9) % 9 = 0",
        "state_pension": "roll(10) % 30000 * 0.01",
        "is_severely_sight_impaired": "roll(11) % 12 = 0",
        "hours_of_care": "roll(12) % 50",
        "cared_for_gets_disability_benefit": "roll(13) % 2 = 0",
    },
    "household": {
        "has_single_person_discount": "roll(1) % 6 = 0",
        "council_tax_charge": "roll(2) % 300000 * 0.01",
        "is_exempt_from_council_tax": "roll(3) % 20 = 0",
    },
}


def stir(connection: duckdb.DuckDBPyConnection) -> None:
    for level, facts in STIRRED.items():
        put = [f"{name} = {value.replace('roll(', f'hash({level}_key, ')}" for name, value in facts.items()]
        connection.execute(f"UPDATE x_{level} SET {', '.join(put)}")


@pytest.mark.parametrize("rules", [MIX, PENSION_AGE])
def test_the_query_written_by_hand_gives_the_plans_answers(rules: tuple[str, ...]) -> None:
    book = load_rulebook(examples=False)
    with duckdb.connect() as connection:
        households.sample_units(connection, book, SAMPLE)
        households.exact_tables(connection, book)
        if rules is PENSION_AGE:
            stir(connection)
        connection.execute(f"CREATE TEMP TABLE by_hand AS {by_hand.query(rules)}")
        households.know_everything(connection, book)
        fill_answers(connection, run_answers(connection, book, households.DAY, rules), book)
        found = connection.execute(BOTH).fetchall()
    assert not [row for row in found if row[3] is not False]
    units = {rule: sum(row[4] for row in found if row[0] == rule) for rule in rules}
    settled = {rule: sum(row[4] for row in found if row[0] == rule and row[1] == row[2]) for rule in rules}
    assert all(settled[rule] >= 0.99 * units[rule] > 0 for rule in rules)
    # What Attendance Allowance rests on is in no file of a council.
    assert {row[0] for row in found if row[1] == "likely"} >= set(rules) - {"attendance_allowance"}
