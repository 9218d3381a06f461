"""Does every operator of the reference engine do what its row of the table says, known, unknown and half known?"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from lift.engines.reference import ReferenceEngine
from lift.errors import EngineError
from lift.rulebook.answers import Value
from lift.rulebook.nodes import CONVERSIONS, Node
from tests.unit.engines.reference_builder import (
    DAY,
    NO_LIMIT,
    NONE,
    Entry,
    amount_entry,
    amount_ref,
    between,
    both,
    call,
    choose,
    code,
    compare,
    day_of,
    either,
    exactly,
    fact,
    fact_entry,
    family,
    flag,
    minus,
    negated,
    one_of,
    rulebook,
    run_day,
    step_entry,
    sum_of,
    units,
)

A, B = fact("a"), fact("b")
P, Q = flag("p"), flag("q")
BIRTH, OTHER_DAY = day_of("birth"), day_of("other_day")
DICTIONARY: list[Entry] = [
    *[fact_entry(name) for name in ("a", "b")],
    *[fact_entry(name, "flag") for name in ("p", "q")],
    *[fact_entry(name, "date") for name in ("birth", "other_day")],
    *[fact_entry(name, "code") for name in ("k", "m")],
    fact_entry("bounded", low=0, high=10),
    amount_entry("no_limit", {date(2020, 1, 1): NO_LIMIT}),
]
LIMITLESS = amount_ref("no_limit")


def value(node: Node, day: date = DAY, **facts: Any) -> Value:
    """The node's value on a family with these facts."""
    book = rulebook(*DICTIONARY, step_entry("t.x", node))
    return ReferenceEngine(book, day).step_value(units(family(**facts)), "t.x", "f1")


def test_a_known_fact_is_itself_and_an_unknown_one_its_bounds() -> None:
    assert value(A, a=5) == exactly(5)
    assert value(A) == NONE
    assert value(fact("bounded")) == between(0, 10)
    assert value(fact("bounded"), bounded=(3, None)) == between(3, 10)
    assert value(fact("bounded"), bounded=(None, 4)) == between(0, 4)


@pytest.mark.parametrize(
    ("operator", "a", "b", "expected"),
    [
        ("+", (1, 2), (10, 20), between(11, 22)),
        ("+", (1, None), (10, 20), between(11, None)),
        ("+", (None, 2), (10, None), NONE),
        ("-", (1, 2), (10, 20), between(-19, -8)),
        ("-", (1, None), (10, 20), between(-19, None)),
        ("-", (1, 2), (None, 20), between(-19, None)),
        ("*", (2, 3), (10, 20), between(20, 60)),
        ("*", (-2, 3), (10, 20), between(-40, 60)),
        ("*", (-2, 3), (-7, 20), between(-40, 60)),
        ("*", (2, None), (10, 20), between(20, None)),
        ("*", (0, None), (0, None), between(0, None)),
        ("*", (None, -1), (None, -2), between(2, None)),
        ("*", (0, 0), (None, None), exactly(0)),
        ("*", (0, 1), (None, None), NONE),
        ("*", (-1, 1), (2, None), NONE),
    ],
)
def test_arithmetic(operator: str, a: Any, b: Any, expected: Value) -> None:
    assert value(sum_of(A, operator, B), a=a, b=b) == expected
    if operator in "+*":
        assert value(sum_of(B, operator, A), a=a, b=b) == expected


def test_a_constant_turns_a_range_round_when_it_is_negative() -> None:
    assert value(sum_of(-2, "*", A), a=(3, None)) == between(None, -6)
    assert value(sum_of(0, "*", A)) == exactly(0)
    assert value(minus(A), a=(3, None)) == between(None, -3)


def test_division_is_exact() -> None:
    assert value(sum_of(A, "/", 3), a=(1, 2)) == between(Fraction(1, 3), Fraction(2, 3))
    assert value(sum_of(A, "/", -4), a=(1, None)) == between(None, Fraction(-1, 4))
    assert value(sum_of(A, "/", B), a=6, b=(2, 3)) == between(2, 3)
    assert value(sum_of(A, "/", B), a=6, b=(2, None)) == between(0, 3)
    assert value(sum_of(A, "/", B), a=6, b=(None, -2)) == between(-3, 0)
    assert value(sum_of(A, "/", B), a=6, b=(0, 3)) == NONE
    assert value(sum_of(A, "/", B), a=6, b=(-1, 3)) == NONE


def test_savings_a_penny_over_carry_a_whole_pound() -> None:
    over = call("GREATEST", sum_of(A, "-", 10000), 0)
    steps = call("CEIL", sum_of(over, "/", 500))
    assert value(steps, a="10000.00") == exactly(0)
    assert value(steps, a="10000.01") == exactly(1)
    assert value(steps, a="10500.00") == exactly(1)
    assert value(steps, a="10500.01") == exactly(2)
    assert value(steps, a=(None, 10000)) == exactly(0)
    assert value(steps) == between(0, None)


@pytest.mark.parametrize(
    ("a", "expected"),
    [
        ((2, 5), between(2, 5)),
        ((-5, -2), between(2, 5)),
        ((-5, 2), between(0, 5)),
        ((None, -2), between(2, None)),
        ((3, None), between(3, None)),
        ((None, 3), between(0, None)),
        ((None, None), between(0, None)),
    ],
)
def test_abs(a: Any, expected: Value) -> None:
    assert value(call("ABS", A), a=a) == expected


@pytest.mark.parametrize(
    ("function", "number", "expected"),
    [
        ("CEIL", "2.1", 3),
        ("CEIL", "-2.1", -2),
        ("FLOOR", "2.9", 2),
        ("FLOOR", "-2.1", -3),
        ("ROUND", "2.5", 3),
        ("ROUND", "-2.5", -3),
        ("ROUND", "2.4", 2),
        ("ROUND", "-2.4", -2),
        ("ROUND", "-0.4", 0),
    ],
)
def test_rounding_to_a_whole(function: str, number: str, expected: int) -> None:
    assert value(call(function, A), a=number) == exactly(expected)
    assert value(call(function, A), a=(number, None)) == between(expected, None)


def test_one_known_low_holds_the_greatest_up_and_one_known_high_the_least_down() -> None:
    assert value(call("GREATEST", A, 0)) == between(0, None)
    assert value(call("GREATEST", A, 0), a=(None, 5)) == between(0, 5)
    assert value(call("GREATEST", A, B), a=(1, 9), b=(3, 4)) == between(3, 9)
    assert value(call("GREATEST", A, B)) == NONE
    assert value(call("LEAST", A, 0)) == between(None, 0)
    assert value(call("LEAST", A, 0), a=(-5, None)) == between(-5, 0)
    assert value(call("LEAST", A, B), a=(1, 9), b=(3, 4)) == between(1, 4)
    first, last = date(2026, 1, 1), date(2026, 3, 1)
    assert value(call("GREATEST", BIRTH, OTHER_DAY), birth=first, other_day=(last, None)) == between(last, None)


def test_a_choice_is_the_hull_of_what_is_still_reachable() -> None:
    simple = choose(P, A, B)
    assert value(simple, p=True, a=1, b=9) == exactly(1)
    assert value(simple, p=False, a=1, b=9) == exactly(9)
    assert value(simple, a=1, b=9) == between(1, 9)
    assert value(simple, a=1, b=(9, None)) == between(1, None)
    assert value(simple, a=1) == NONE
    three = choose(P, 1, Q, 2, 3)
    assert value(three, q=True) == between(1, 2), "a true condition ends the list"
    assert value(three, q=False) == between(1, 3)
    assert value(three, p=False) == between(2, 3)
    assert value(three) == between(1, 3), "an unknown one keeps it going"


def test_a_choice_of_flags_or_codes_is_known_if_all_reachable_ones_agree() -> None:
    assert value(choose(P, True, True)) is True
    assert value(choose(P, True, False)) is None
    assert value(choose(P, True, Q)) is None
    assert value(choose(P, True, Q), p=False, q=False) is False
    assert value(choose(P, "a", Q, "a", "b"), q=True) == "a"
    assert value(choose(P, "a", "b")) is None


@pytest.mark.parametrize(
    ("a", "b", "less", "at_most", "equal"),
    [
        (1, 2, True, True, False),
        (2, 2, False, True, True),
        (3, 2, False, False, False),
        ((1, 2), (2, 3), None, True, None),
        ((1, 2), (3, 4), True, True, False),
        ((2, 3), (1, 2), False, None, None),
        ((3, 4), (1, 2), False, False, False),
        ((None, 1), 2, True, True, False),
        ((None, 2), 2, None, True, None),
        ((2, None), 2, False, None, None),
        ((3, None), 2, False, False, False),
        ((None, None), 2, None, None, None),
        ((2, 2), (2, None), None, True, None),
    ],
)
def test_comparison(a: Any, b: Any, less: Value, at_most: Value, equal: Value) -> None:
    facts = {"a": a, "b": b}
    assert value(compare(A, "<", B), **facts) is less
    assert value(compare(A, "<=", B), **facts) is at_most
    assert value(compare(A, "=", B), **facts) is equal
    assert value(compare(A, "<>", B), **facts) is (None if equal is None else not equal)


def test_dates_compare_as_numbers_do() -> None:
    early, late = date(2026, 1, 1), date(2026, 2, 1)
    assert value(compare(BIRTH, "<", OTHER_DAY), birth=early, other_day=(late, None)) is True
    assert value(compare(BIRTH, "<=", run_day()), birth=(None, DAY)) is True
    assert value(compare(BIRTH, "=", OTHER_DAY), birth=early, other_day=early) is True
    assert value(compare(BIRTH, "<", OTHER_DAY), birth=early) is None


def test_equality_of_flags_and_codes_needs_both_known() -> None:
    assert value(compare(P, "=", Q), p=True, q=True) is True
    assert value(compare(P, "=", Q), p=True, q=False) is False
    assert value(compare(P, "=", Q), p=True) is None
    assert value(compare(P, "=", P)) is None
    assert value(compare(code("k"), "=", "a"), k="a") is True
    assert value(compare(code("k"), "<>", "a"), k="b") is True
    assert value(compare(code("k"), "=", code("m")), k="a") is None


def test_in() -> None:
    assert value(one_of(code("k"), "a", "b"), k="b") is True
    assert value(one_of(code("k"), "a", "b"), k="c") is False
    assert value(one_of(code("k"), "a", "b")) is None
    assert value(one_of(A, 1, 2), a=2) is True
    assert value(one_of(A, 1, 2), a=(1, 2)) is None
    assert value(one_of(A, 1, 2), a=(3, None)) is False


_THREE = (True, False, None)


@pytest.mark.parametrize("p", _THREE)
@pytest.mark.parametrize("q", _THREE)
def test_logic(p: bool | None, q: bool | None) -> None:
    facts: dict[str, Any] = {name: held for name, held in (("p", p), ("q", q)) if held is not None}
    expected_and = False if p is False or q is False else None if p is None or q is None else True
    expected_or = True if p is True or q is True else None if p is None or q is None else False
    assert value(both(P, Q), **facts) is expected_and
    assert value(either(P, Q), **facts) is expected_or
    assert value(negated(P), **facts) is (None if p is None else not p)


def test_age_is_least_for_the_latest_birth_on_the_earliest_day() -> None:
    age = call("AGE", BIRTH, OTHER_DAY)
    on = date(2026, 5, 6)
    assert value(age, birth=date(1960, 5, 6), other_day=on) == exactly(66)
    assert value(age, birth=date(1960, 5, 7), other_day=on) == exactly(65)
    year = (date(1960, 1, 1), date(1960, 12, 31))
    assert value(age, birth=year, other_day=on) == between(65, 66)
    assert value(age, birth=(None, date(1960, 1, 1)), other_day=on) == between(66, None)
    assert value(age, birth=year) == NONE
    assert value(age, birth=date(1960, 1, 1), other_day=(on, None)) == between(66, None)


def test_born_on_29_february_an_age_is_reached_on_1_march_of_a_common_year() -> None:
    age = call("AGE", BIRTH, OTHER_DAY)
    born = date(1960, 2, 29)
    assert value(age, birth=born, other_day=date(2026, 2, 28)) == exactly(65)
    assert value(age, birth=born, other_day=date(2026, 3, 1)) == exactly(66)
    assert value(age, birth=born, other_day=date(2028, 2, 29)) == exactly(68)


def test_months_are_clamped_to_the_months_end() -> None:
    later = call("ADD_MONTHS", BIRTH, A)
    assert value(later, birth=date(2025, 1, 31), a=1) == exactly(date(2025, 2, 28))
    assert value(later, birth=date(2024, 1, 31), a=1) == exactly(date(2024, 2, 29))
    assert value(later, birth=date(2025, 3, 31), a=-1) == exactly(date(2025, 2, 28))
    assert value(later, birth=date(1954, 10, 6), a=792) == exactly(date(2020, 10, 6))
    assert value(later, birth=date(2025, 1, 31), a=(1, None)) == between(date(2025, 2, 28), None)
    assert value(later, birth=(None, date(2025, 1, 31)), a=1) == between(None, date(2025, 2, 28))
    assert value(later, birth=date(9999, 12, 1), a=1) == NONE


def test_days() -> None:
    later = call("ADD_DAYS", BIRTH, A)
    assert value(later, birth=date(2025, 12, 31), a=1) == exactly(date(2026, 1, 1))
    assert value(later, birth=date(9999, 12, 31), a=(0, 1)) == between(date(9999, 12, 31), None)
    assert value(later, birth=date.min, a=-1) == NONE
    apart = call("DAYS_BETWEEN", BIRTH, OTHER_DAY)
    first, second = date(2026, 1, 1), date(2026, 1, 11)
    assert value(apart, birth=first, other_day=second) == exactly(10)
    assert value(apart, birth=second, other_day=first) == exactly(-10)
    assert value(apart, birth=(first, second), other_day=second) == between(0, 10)
    assert value(apart, birth=first) == NONE
    assert value(apart, birth=(first, None), other_day=second) == between(None, 10)


@pytest.mark.parametrize(("name", "factor"), [(n, f) for n, (_, _, f) in CONVERSIONS.items() if f is not None])
def test_conversions_are_exact(name: str, factor: Fraction) -> None:
    assert value(call(name, A), a=(1, None)) == between(factor, None)


def test_a_year_in_weeks_follows_the_council_tax_year_of_the_run() -> None:
    weekly = call("YEAR_TO_WEEK_7_365", A)
    assert value(weekly, a=730, day=date(2026, 4, 1)) == exactly(14)
    assert value(weekly, a=732, day=date(2027, 4, 1)) == exactly(14), "1 April 2027 to 31 March 2028 has 366 days"
    assert value(weekly, a=730, day=date(2027, 3, 31)) == exactly(14)


def test_no_limit_compares_as_plus_infinity() -> None:
    for held in (5, (0, None), (None, None)):
        assert value(compare(A, "<=", LIMITLESS), a=held) is True
        assert value(compare(A, "<", LIMITLESS), a=held) is True
        assert value(compare(LIMITLESS, "<=", A), a=held) is False
        assert value(compare(LIMITLESS, "<", A), a=held) is False
        assert value(compare(A, "=", LIMITLESS), a=held) is False
        assert value(compare(A, "<>", LIMITLESS), a=held) is True
    assert value(compare(LIMITLESS, "<=", LIMITLESS)) is True
    assert value(compare(LIMITLESS, "<", LIMITLESS)) is False


def test_no_limit_among_others() -> None:
    assert value(call("LEAST", A, LIMITLESS), a=(1, 2)) == between(1, 2)
    assert value(compare(A, "<", call("LEAST", LIMITLESS, LIMITLESS))) is True
    assert value(compare(A, "<", call("GREATEST", B, LIMITLESS))) is True
    assert value(choose(P, A, LIMITLESS), a=3) == between(3, None)
    assert value(compare(A, "<", choose(P, LIMITLESS, LIMITLESS))) is True
    assert value(LIMITLESS) == NONE


@pytest.mark.parametrize("node", [sum_of(LIMITLESS, "+", 1), call("CEIL", LIMITLESS), minus(LIMITLESS)])
def test_no_limit_cannot_be_reckoned_with(node: Node) -> None:
    with pytest.raises(EngineError, match="no_limit"):
        value(node)


@pytest.mark.parametrize(
    "node", [sum_of(P, "+", 1), both(A), compare(A, "=", P), sum_of(BIRTH, "+", 1), call("AGE", A, OTHER_DAY)]
)
def test_an_unchecked_formula_is_refused_not_guessed(node: Node) -> None:
    with pytest.raises(EngineError, match="types"):
        value(node, p=True, a=1, birth=DAY, other_day=DAY)


def test_unknown_names_and_functions_are_refused() -> None:
    for node in (fact("nobody"), amount_ref("nobody"), call("SQRT", A), fact("a", outer=True)):
        with pytest.raises(EngineError):
            value(node, a=1)
