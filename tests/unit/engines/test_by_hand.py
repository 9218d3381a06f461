"""Does the query that a plan's speed is measured against come to the plan's answers, where every fact is known?"""

from __future__ import annotations

from pathlib import Path

import duckdb

from benchmarks import by_hand, households
from benchmarks.__main__ import RULES
from lift.engines.duckdb.answers import fill_answers, run_answers
from lift.rulebook.load import load_rulebook

SAMPLE = Path(__file__).resolve().parents[3] / "sample_data" / "incoming" / "2026-11"

#: The answers of every unit side by side, and whether they differ in anything that the plan has settled. (It leaves a
#: few open: not every amount of the law is confirmed.)
BOTH = """
    SELECT rule, a.verdict, h.verdict, a.unit_key IS NULL OR h.unit_key IS NULL
        OR (a.verdict IN ('in_payment', 'ruled_out', 'likely') AND (a.verdict <> h.verdict
            OR a.eligible IS DISTINCT FROM h.eligible OR a.already IS DISTINCT FROM h.already
            OR a.possible_when IS DISTINCT FROM h.possible OR a.evidence IS DISTINCT FROM h.evidence
            OR a.advice_first IS DISTINCT FROM h.advice_first
            OR coalesce(a.worth_low > h.worth OR a.worth_high < h.worth, FALSE)
            OR coalesce(a.one_off_low > h.second_worth OR a.one_off_high < h.second_worth, FALSE))) AS differs,
        count(*)
    FROM answer a FULL JOIN by_hand h USING (rule, unit_key, family_key, household_key)
    GROUP BY ALL ORDER BY ALL"""


def test_the_query_written_by_hand_gives_the_plans_answers() -> None:
    book = load_rulebook(examples=False)
    with duckdb.connect() as connection:
        households.sample_units(connection, book, SAMPLE)
        households.exact_tables(connection, book)
        connection.execute(f"CREATE TEMP TABLE by_hand AS {by_hand.query()}")
        households.know_everything(connection, book)
        fill_answers(connection, run_answers(connection, book, households.DAY, RULES), book)
        found = connection.execute(BOTH).fetchall()
    assert not [row for row in found if row[3] is not False]
    units = {rule: sum(row[4] for row in found if row[0] == rule) for rule in RULES}
    settled = {rule: sum(row[4] for row in found if row[0] == rule and row[1] == row[2]) for rule in RULES}
    assert all(settled[rule] >= 0.99 * units[rule] > 0 for rule in RULES)
    assert {"benefit_cap", "free_school_meals", "pension_credit"} <= {row[0] for row in found if row[1] == "likely"}
