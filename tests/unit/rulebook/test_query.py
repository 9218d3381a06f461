"""What does a question mean, and what is said of one that means nothing?"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from lift.rulebook.load import load_rulebook
from lift.rulebook.model import Rulebook
from lift.rulebook.nodes import Compare, Constant, FactRef, Gather, Level, Logic, Node, StepRef, walk
from lift.rulebook.query import CONDITION, QUESTION, Query, QueryError, read_query

ANSWERED = ("attendance_allowance", "benefit_cap", "free_school_meals", "pension_credit")
WARDS = ["Binley", "Foleshill", "Longford"]


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return load_rulebook(examples=False)


def ask(book: Rulebook, condition: str, each: Level = "family", **more: Any) -> Query:
    return read_query(book, ANSWERED, each, condition, codes={("household", "ward"): WARDS}, **more)


def said(book: Rulebook, condition: str, each: Level = "family", **more: Any) -> str:
    with pytest.raises(QueryError) as error:
        ask(book, condition, each, **more)
    assert error.value.exit_code == 10
    return str(error.value)


def facts(*nodes: Node) -> list[tuple[str, str]]:
    """Level and name of every fact that formulas read."""
    return [(node.level, node.name) for tree in nodes for node in walk(tree) if isinstance(node, FactRef)]


def test_the_question_of_the_handbook(book: Rulebook) -> None:
    asked = ask(book, "pension_credit.verdict = 'likely' AND household.arrears > 200 AND ward = 'Longford'")
    condition = asked.condition
    assert isinstance(condition, Logic)
    assert facts(*condition.parts) == [
        ("family", "pension_credit__verdict"),
        ("household", "arrears"),
        ("household", "ward"),
    ]
    assert [column.text for column in asked.select] == ["pension_credit.verdict", "household.arrears", "ward"]


def test_it_becomes_one_more_rule_and_the_run_s_own_stay(book: Rulebook) -> None:
    asked = ask(book, "savings > 10", select="savings, is_couple")
    rule = asked.book.rules[QUESTION]
    assert rule.step_names == (CONDITION, "Question.select_1", "Question.select_2")
    assert {name: asked.book.rules[name] for name in book.rules} == dict(book.rules)
    assert set(book.steps) < set(asked.book.steps)


def test_figures_stand_bare_beside_money_here_and_nowhere_else(book: Rulebook) -> None:
    for condition in (
        "savings > 200",
        "200 < savings + 50",
        "savings BETWEEN 1 AND 2",
        "savings IN (100, 200)",
        "IF(is_couple, savings, 20) > 10",
        "GREATEST(savings, 16000) > 3",
    ):
        ask(book, condition)


def test_a_day_in_quotes_is_a_day(book: Rulebook) -> None:
    condition = ask(book, "date_of_birth < '1946-05-01'", "person").condition
    assert isinstance(condition, Compare)
    assert isinstance(condition.right, Constant)
    assert condition.right.value == date(1946, 5, 1)


def test_a_name_may_be_of_the_unit_or_above_it_with_or_without_a_prefix(book: Rulebook) -> None:
    for condition in ("savings > 1", "family.savings > 1"):
        whole = ask(book, condition).condition
        assert whole is not None
        assert facts(whole) == [("family", "savings")]
    for condition in ("tenure = 'owner'", "household.tenure = 'owner'"):
        ask(book, condition, "person")


def test_answers_of_people_are_gathered(book: Rulebook) -> None:
    gather = ask(book, "ANY(members WHERE free_school_meals.verdict = 'likely')").condition
    assert isinstance(gather, Gather)
    assert isinstance(gather.where, Compare)
    assert gather.where.left == FactRef(
        gather.where.left.type, gather.where.left.at, "person", "free_school_meals__verdict"
    )
    ask(book, "COUNT(residents WHERE pension_credit.verdict = 'likely') > 0", "household")


def test_a_step_of_a_rule_may_be_asked_for(book: Rulebook) -> None:
    condition = ask(book, "pension_credit.income < 200").condition
    assert isinstance(condition, Compare)
    assert isinstance(condition.left, StepRef)
    assert condition.left.name == "pension_credit.income"


def test_commas_in_brackets_and_quotes_part_nothing(book: Rulebook) -> None:
    asked = ask(
        book, "savings > 1", select=" savings ,IF(is_couple, 'a,b', 'c') , COUNT(children WHERE year_group > 1)"
    )
    assert [column.text for column in asked.select] == [
        "savings",
        "IF(is_couple, 'a,b', 'c')",
        "COUNT(children WHERE year_group > 1)",
    ]


def test_without_a_condition_everybody_is_asked_about(book: Rulebook) -> None:
    asked = ask(book, "", by="ward")
    assert asked.condition is None
    assert [column.text for column in asked.by] == ["ward"]


def test_what_a_gather_names_is_no_column(book: Rulebook) -> None:
    asked = ask(book, "COUNT(children WHERE year_group > 1) > 1 AND NOT is_couple AND savings > 1 AND savings < 5")
    assert [column.text for column in asked.select] == ["is_couple", "savings"]


# ---- word for word ----


def test_every_slip_is_told_at_once_with_its_caret_and_the_nearest_name(book: Rulebook) -> None:
    text = "pension_credit.verdct = 'likely' AND wrd = 'Longford' AND household.arears > 3"
    assert said(book, text) == (
        "the question, character 1: pension_credit has no answer and no step verdct\n"
        f"    {text}\n"
        "    ^^^^^^^^^^^^^^^^^^^^^\n"
        "    Fix: did you mean verdict?\n"
        "the question, character 38: unknown name wrd\n"
        f"    {text}\n"
        "                                         ^^^\n"
        "    Fix: did you mean ward?\n"
        "the question, character 59: unknown name arears\n"
        f"    {text}\n"
        "                                                              ^^^^^^^^^^^^^^^^\n"
        "    Fix: did you mean arrears?"
    )


@pytest.mark.parametrize(
    ("condition", "each", "what", "fix"),
    [
        ("pensoin_credit.verdict = 'likely'", "family", "unknown prefix pensoin_credit",
         "did you mean pension_credit?"),
        ("pension_credit = 'likely'", "family", "pension_credit is a rule",
         "ask for one of its answers: pension_credit.verdict …"),
        ("pension_credit.verdict = 'likly'", "family",
         "'likly' is not among the codes in_payment, ruled_out, likely, possible, unknown, not_asked", "did you "
         "mean likely?"),
        ("ward = 'Longfrod'", "family", "'Longfrod' is not among the codes Binley, Foleshill, Longford",
         "did you mean Longford?"),
        ("ward = 'Radford Semele'", "family", "'Radford Semele' is not among the codes Binley, Foleshill, Longford",
         "use one of Binley, Foleshill, Longford"),
        ("zzzz = 1", "family", "unknown name zzzz", "docs/facts.md lists the names"),
        ("savings", "family", "a condition is needed here, this is a number of GBP", "compare it with something"),
        ("savings <", "family", "the formula cannot be read near <",
         "look for a bracket, an operator or a quote that is missing"),
        ("savings > universal_credit_award", "family", "GBP and GBP/month do not go together",
         "bring both to the same unit"),
        ("state_pension > 3", "family", "state_pension belongs to each person, this formula is of each family",
         "gather it over a relation from family to person"),
        ("free_school_meals.verdict = 'likely'", "family",
         "free_school_meals.verdict is of each person, and here each family is asked about",
         "ask with --each person, or gather it: ANY(members WHERE free_school_meals.verdict = …)"),
        ("pension_credit.verdict = 'likely'", "household",
         "pension_credit.verdict is of each family, and here each household is asked about", "ask with --each family"),
        ("council_tax_reduction_not_claimed.verdict = 'likely'", "family",
         "this run holds no answers of council_tax_reduction_not_claimed",
         "take one of attendance_allowance, benefit_cap, free_school_meals, pension_credit, or another run"),
        ("date_of_birth > '1946-02-30'", "person", "there is no day 1946-02-30", "write a day as '2026-11-12'"),
        ("COALESCE(savings, 0) > 1", "family", "COALESCE may not stand in a formula",
         "leave the unknown unknown; an assumption is a step with assume: and why:"),
        ("savings IS NULL", "family", "IS NULL and IS TRUE may not stand in a formula",
         "leave the unknown unknown; an assumption is a step with assume: and why:"),
        ("savings > 1; DROP TABLE family", "family", "the formula cannot be read near DROP",
         "look for a bracket, an operator or a quote that is missing"),
        ("(SELECT max(savings) FROM family) > 1", "family", "a SELECT may not stand in a formula",
         "gather a relation: SUM(relation.x WHERE condition)"),
        ("read_csv('x') = 'y'", "family", "unknown function or table read_csv", "docs/facts.md lists the names"),
    ],
)  # fmt: skip
def test_what_is_said_of_one_slip(book: Rulebook, condition: str, each: Level, what: str, fix: str) -> None:
    lines = said(book, condition, each).split("\n")
    assert lines[0].partition(": ")[2] == what
    assert lines[1] == f"    {condition}"
    assert lines[-1] == f"    Fix: {fix}"


def test_a_slip_in_an_option_is_told_by_its_name_and_place(book: Rulebook) -> None:
    assert said(book, "savings > 1", select="savings, savngs") == (
        "--select, character 10: unknown name savngs\n"
        "    savings, savngs\n"
        "             ^^^^^^\n"
        "    Fix: did you mean savings?"
    )
    assert said(book, "", by="tenur").startswith("--by, character 1: unknown name tenur\n")
