"""What happens to a step's value after its formula: splitting, proved bounds, rounding, assumed values, circles?"""

from __future__ import annotations

from typing import Any

import pytest

from lift.engines.reference import ReferenceEngine
from lift.errors import EngineError
from lift.rulebook.answers import Value
from lift.rulebook.nodes import Node
from lift.rulebook.units import Units
from tests.unit.engines.reference_builder import (
    DAY,
    NONE,
    Entry,
    as_node,
    between,
    both,
    choose,
    compare,
    either,
    exactly,
    fact,
    fact_entry,
    family,
    flag,
    gather,
    negated,
    relation_entry,
    rulebook,
    step_entry,
    step_ref,
    sum_of,
    units,
)

A, P, Q = fact("a"), flag("p"), flag("q")
DICTIONARY: list[Entry] = [fact_entry("a"), fact_entry("p", "flag"), fact_entry("q", "flag")]


def value(node: Node, *, indicative: bool = False, changes: dict[str, Any] | None = None, **facts: Any) -> Value:
    book = rulebook(*DICTIONARY, step_entry("t.x", node, **(changes or {})))
    return ReferenceEngine(book, DAY).step_value(units(family(**facts)), "t.x", "f1", indicative=indicative)


@pytest.mark.parametrize(
    ("rounding", "number", "expected"),
    [
        ("penny", "0.005", "0.01"),
        ("penny", "-0.005", "-0.01"),
        ("penny", "0.0049", "0"),
        ("penny", "2.01", "2.01"),
        ("up", "0.001", "0.01"),
        ("up", "-0.019", "-0.01"),
        ("down", "0.019", "0.01"),
        ("down", "-0.001", "-0.01"),
        ("none", "0.00123", "0.00123"),
    ],
)
def test_rounding_is_done_once_on_each_end(rounding: str, number: str, expected: str) -> None:
    assert value(A, a=number, changes={"rounding": rounding}) == exactly(expected)
    assert value(A, a=(None, number), changes={"rounding": rounding}) == between(None, expected)


def test_a_quotient_stays_exact_until_the_step_ends() -> None:
    third = sum_of(sum_of(A, "/", 3), "*", 3)
    assert value(third, a="0.01", changes={"rounding": "penny"}) == exactly("0.01")
    assert value(sum_of(A, "/", 2), a="2.01", changes={"rounding": "penny"}) == exactly("1.01")


def test_within_narrows_what_correlation_hides() -> None:
    apart = sum_of(choose(P, 10, 0), "-", choose(P, 10, 0))
    assert value(apart) == between(-10, 10)
    assert value(apart, changes={"within": (as_node(0), as_node(5))}) == between(0, 5)
    assert value(apart, changes={"within": (as_node(0), None)}) == between(0, 10)
    assert value(A, changes={"within": (A, as_node(5))}) == between(None, 5)
    assert value(A, a=(1, 9), changes={"within": (as_node(20), as_node(30))}) == between(1, 9), "a clash is left alone"


def test_within_comes_before_rounding() -> None:
    changes = {"within": (as_node(0), sum_of(1, "/", 3)), "rounding": "penny"}
    assert value(A, a=(0, 9), changes=changes) == between(0, "0.33")


def test_split_on_sees_that_a_flag_is_one_thing_at_a_time() -> None:
    apart = sum_of(choose(P, 10, 0), "-", choose(P, 10, 0))
    assert value(apart, changes={"split_on": (P,)}) == exactly(0)
    assert value(either(P, negated(P))) is None
    assert value(either(P, negated(P)), changes={"split_on": (P,)}) is True
    assert value(apart, p=True, changes={"split_on": (P,)}) == exactly(0)
    exclusive = both(P, Q, either(negated(P), negated(Q)))
    assert value(exclusive) is None
    assert value(exclusive, changes={"split_on": (P, Q)}) is False
    assert value(P, changes={"split_on": (P,)}) is None


def test_split_on_a_step_reaches_this_inside_a_gather_but_nobody_elses() -> None:
    mine, theirs = step_ref("t.flag", "flag", outer=True), step_ref("t.flag", "flag")
    everybody = relation_entry("everybody", "family", "family", "household")
    formula = either(step_ref("t.flag", "flag"), gather("EVERY", "everybody", negated(mine)))
    others = either(step_ref("t.flag", "flag"), gather("EVERY", "everybody", negated(theirs)))
    split = {"split_on": (step_ref("t.flag", "flag"),)}
    entries: list[Entry] = [*DICTIONARY, everybody, step_entry("t.flag", P)]
    book = rulebook(*entries, step_entry("t.x", formula, **split), step_entry("t.y", others, **split))
    engine = ReferenceEngine(book, DAY)
    assert engine.step_value(units(family()), "t.x", "f1") is True
    assert engine.step_value(units(family()), "t.y", "f1") is None


def test_an_assumed_value_is_indicative_only_and_stands_for_what_is_open() -> None:
    changes = {"assume": as_node(7).value}  # type: ignore[attr-defined]
    assert value(A, changes=changes) == NONE
    assert value(A, changes=changes, indicative=True) == exactly(7)
    assert value(A, a=(1, 2), changes=changes, indicative=True) == exactly(7)
    assert value(A, a=3, changes=changes, indicative=True) == exactly(3)
    assert value(P, changes={"assume": False}, indicative=True) is False
    assert value(P, p=True, changes={"assume": False}, indicative=True) is True
    nearly = {**changes, "rounding": "penny"}
    assert value(A, a=("1.001", "1.002"), changes=nearly, indicative=True) == exactly(1), "a point once rounded"


def test_steps_rest_on_steps() -> None:
    book = rulebook(
        *DICTIONARY, step_entry("t.x", sum_of(A, "+", 1)), step_entry("t.y", sum_of(step_ref("t.x"), "*", 2))
    )
    assert ReferenceEngine(book, DAY).step_value(units(family(a=(1, 2))), "t.y", "f1") == between(4, 6)


def test_a_circle_is_named() -> None:
    book = rulebook(step_entry("t.x", sum_of(step_ref("t.y"), "+", 1)), step_entry("t.y", step_ref("t.x")))
    with pytest.raises(EngineError, match=r"t\.x -> t\.y -> t\.x"):
        ReferenceEngine(book, DAY).step_value(units(family()), "t.x", "f1")


def test_a_circle_through_related_units_is_one_too() -> None:
    others = relation_entry("others", "family", "family", "household", other=True)
    book = rulebook(others, step_entry("t.x", gather("SUM", "others", step_ref("t.x"))))
    with pytest.raises(EngineError, match="circle"):
        ReferenceEngine(book, DAY).step_value(units(family("f1"), family("f2")), "t.x", "f1")


def test_a_long_chain_of_steps_is_no_circle() -> None:
    entries = [step_entry(f"t.s{i}", sum_of(step_ref(f"t.s{i - 1}"), "+", 1)) for i in range(1, 2000)]
    book = rulebook(fact_entry("a"), step_entry("t.s0", A), *entries)
    assert ReferenceEngine(book, DAY).step_value(units(family(a=0)), "t.s1999", "f1") == exactly(1999)


def test_unknown_steps_and_units_are_refused() -> None:
    engine = ReferenceEngine(rulebook(*DICTIONARY, step_entry("t.x", compare(A, "<", 1))), DAY)
    nobody: Units = units()
    for step, unit in (("t.nothing", "f1"), ("t.x", "f1")):
        with pytest.raises(EngineError):
            engine.step_value(nobody, step, unit)
