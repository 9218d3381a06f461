"""What tree does a formula become, with which unit, and where do its parts stand?"""

from __future__ import annotations

from fractions import Fraction

import pytest

from lift.rulebook.expressions import parse_formula
from lift.rulebook.nodes import (
    AmountRef,
    Arithmetic,
    Call,
    Choose,
    Compare,
    Constant,
    FactRef,
    Gather,
    IsOneOf,
    Logic,
    Lookup,
    Negate,
    Node,
    Not,
    RunDay,
    StepRef,
    walk,
)
from lift.rulebook.scope import FormulaProblem
from tests.unit.rulebook.names_in_scope import SCOPE


def _family(text: str) -> Node:
    return parse_formula(text, SCOPE)


def _person(text: str) -> Node:
    return parse_formula(text, SCOPE.at("person"))


def _problem(text: str, level: str = "family") -> FormulaProblem:
    with pytest.raises(FormulaProblem) as raised:
        parse_formula(text, SCOPE.at(level))  # type: ignore[arg-type]
    return raised.value


@pytest.mark.parametrize(
    ("text", "kind", "type_"),
    [
        ("savings", FactRef, "GBP"),
        ("need", StepRef, "GBP/week"),
        ("rate", AmountRef, "GBP/week"),
        ("run_day", RunDay, "date"),
        ("household.has_boiler", FactRef, "flag"),
        ("heating.in_payment", StepRef, "flag"),
        ("7", Constant, "number"),
        ("-7.5", Constant, "number"),
        ("TRUE", Constant, "flag"),
        ("'child'", Constant, "code"),
        ("(savings)", FactRef, "GBP"),
        ("-savings", Negate, "GBP"),
        ("need + rate", Arithmetic, "GBP/week"),
        ("need - 0", Arithmetic, "GBP/week"),
        ("2 * need", Arithmetic, "GBP/week"),
        ("need * rooms", Arithmetic, "GBP/week"),
        ("need / 2", Arithmetic, "GBP/week"),
        ("savings / step", Arithmetic, "count"),
        ("need / share", Arithmetic, "GBP/week"),
        ("2 + 3", Arithmetic, "number"),
        ("savings <= step", Compare, "flag"),
        ("savings > 0", Compare, "flag"),
        ("rooms <> 3", Compare, "flag"),
        ("is_couple = TRUE", Compare, "flag"),
        ("run_day = moved_in", Compare, "flag"),
        ("rooms BETWEEN 1 AND 3", Logic, "flag"),
        ("rooms IN (1, 2, -3)", IsOneOf, "flag"),
        ("rooms NOT IN (1, 2)", Not, "flag"),
        ("NOT is_couple", Not, "flag"),
        ("is_couple AND TRUE", Logic, "flag"),
        ("IF(is_couple, need, 0)", Choose, "GBP/week"),
        ("CASE WHEN is_couple THEN 1 WHEN TRUE THEN 2 ELSE 3 END", Choose, "number"),
        ("CEIL(savings / step)", Call, "count"),
        ("ROUND(need)", Call, "GBP/week"),
        ("ABS(need - rate)", Call, "GBP/week"),
        ("GREATEST(need, rate, 0)", Call, "GBP/week"),
        ("LEAST(run_day, moved_in)", Call, "date"),
        ("AGE(moved_in)", Call, "years"),
        ("ADD_MONTHS(run_day, 3)", Call, "date"),
        ("ADD_DAYS(run_day, rooms)", Call, "date"),
        ("DAYS_BETWEEN(moved_in, run_day)", Call, "days"),
        ("MONTH_TO_WEEK_12_52(rent)", Call, "GBP/week"),
        ("YEAR_TO_MONTH_12(WEEK_TO_YEAR_52(need))", Call, "GBP/month"),
        ("costs(rooms)", Lookup, "GBP/week"),
        ("costs(3)", Lookup, "GBP/week"),
        ("SUM(adults.wage)", Gather, "GBP/week"),
        ("COUNT(adults)", Gather, "count"),
        ("COUNT(adults WHERE is_ill)", Gather, "count"),
        ("MIN(adults.born)", Gather, "date"),
        ("MAX(adults.wage WHERE wage > 0)", Gather, "GBP/week"),
        ("ANY(adults)", Gather, "flag"),
        ("ANY(adults.is_grown_up)", Gather, "flag"),
        ("EVERY(adults.is_ill WHERE role = 'adult')", Gather, "flag"),
        ("sum(adults.wage)", Gather, "GBP/week"),
    ],
)
def test_a_formula_becomes_a_tree_with_its_unit(text: str, kind: type[Node], type_: str) -> None:
    found = _family(text)
    assert type(found) is kind
    assert str(found.type) == type_


def test_greater_is_turned_round() -> None:
    found = _family("savings >= step")
    assert isinstance(found, Compare)
    assert (found.operator, type(found.left), type(found.right)) == ("<=", AmountRef, FactRef)


def test_a_decimal_is_exact() -> None:
    found = _family("0.1")
    assert isinstance(found, Constant)
    assert found.value == Fraction(1, 10)


def test_ands_of_ands_are_one() -> None:
    found = _family("is_couple AND (TRUE AND FALSE) AND household.has_boiler")
    assert isinstance(found, Logic)
    assert len(found.parts) == 4


def test_an_or_within_an_and_stays_apart() -> None:
    found = _family("is_couple AND (TRUE OR FALSE)")
    assert isinstance(found, Logic)
    assert [type(part) for part in found.parts] == [FactRef, Logic]


def test_multiplication_binds_closer_than_addition() -> None:
    found = _family("need + rate * 2")
    assert isinstance(found, Arithmetic)
    assert (found.operator, type(found.right)) == ("+", Arithmetic)


def test_the_age_of_somebody_is_taken_on_the_runs_day() -> None:
    found = _person("AGE(born)")
    assert isinstance(found, Call)
    assert type(found.arguments[1]) is RunDay


def test_inside_a_gather_names_belong_to_the_related_unit_and_this_to_ones_own() -> None:
    found = _person("COUNT(siblings WHERE born < this.born)")
    assert isinstance(found, Gather)
    refs = [node for node in walk(found) if isinstance(node, FactRef)]
    assert [(ref.name, ref.outer) for ref in refs] == [("born", False), ("born", True)]


def test_inside_a_gather_one_looks_upwards_from_the_related_unit() -> None:
    found = _family("ANY(adults WHERE family.is_couple)")
    assert [node.level for node in walk(found) if isinstance(node, FactRef)] == ["family"]


def test_an_amount_by_a_fact_carries_the_day_that_picks_it() -> None:
    found = parse_formula("earned > limit", SCOPE.at("period"))
    (amount,) = [node for node in walk(found) if isinstance(node, AmountRef)]
    assert isinstance(amount.day, FactRef)
    assert amount.day.name == "period_start"


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("need + savngs", "savngs"),
        ("IF(is_couple, need, savngs)", "savngs"),
        ("need + costs(savngs)", "savngs"),
        ("need + rent", "need + rent"),
        ("(need + rent) * 2", "need + rent"),
        ("IF(need, 1, 2)", "need"),
        ("GREATEST(need, rent)", "GREATEST(need, rent)"),
        ("1 + CASE WHEN need THEN 1 ELSE 2 END", "need"),
        ("SUM(adlts.wage)", "adlts.wage"),
        ("ANY(adults WHERE wge > 0)", "wge"),
        ("COALESCE(need, 0) + need", "COALESCE(need, 0)"),
        ("savings IS NULL", "savings IS NULL"),
        ("NOT need", "need"),
        ("need / savings", "savings"),
        ("CAST(need AS INT)", "CAST"),
        ("need + (rate", "rate"),
        ("rooms IN ('a')", "rooms IN ('a')"),
        ("role = 'adlt'", "role"),
    ],
)
def test_a_mistake_points_at_its_own_characters(text: str, part: str) -> None:
    at = _problem(text).at
    assert text[at.start : at.end] == part


def test_a_code_that_is_not_on_the_list_is_pointed_at() -> None:
    text = "role = 'adlt'"
    at = _problem(text, "person").at
    assert text[at.start : at.end] == "'adlt'"


def test_all_mistakes_of_a_formula_are_reported_together() -> None:
    problem = _problem("IF(is_cuple, ned, sum(adlts.wage)) + rte")
    assert [one.what for one in (problem, *problem.others)] == [
        "unknown name is_cuple",
        "unknown name ned",
        "unknown relation adlts",
        "unknown name rte",
    ]


def test_a_formula_may_be_nested_deeply() -> None:
    assert isinstance(_family("(" * 100 + "need" + ")" * 100), StepRef)


def test_a_formula_nested_too_deeply_is_refused_and_not_a_crash() -> None:
    assert _problem("(" * 5000 + "1" + ")" * 5000).what == "the formula is nested too deeply"


@pytest.mark.parametrize("text", ["DROP TABLE person", "SELECT 1", "update", "a; b", "x := 1", "f(x => 1)", "#", "{x}"])
def test_what_is_no_expression_is_refused(text: str) -> None:
    assert _problem(text).fix


def test_a_comment_is_passed_over() -> None:
    found = _family("need /* what the law calls need */ + rate")
    assert isinstance(found, Arithmetic)
    assert (type(found.left), type(found.right)) == (StepRef, AmountRef)
