"""Whatever is forgotten, does the reference engine still allow what was true?

Random formulas over random households: the value with everything known must lie within the value with some of it
forgotten, and a condition may turn unknown but never to its opposite.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lift.engines.reference import ReferenceEngine
from lift.rulebook.answers import Range, Value
from lift.rulebook.nodes import Node
from lift.rulebook.units import OneUnit, Units
from tests.unit.engines.reference_builder import (
    DAY,
    Entry,
    between,
    both,
    call,
    choose,
    compare,
    either,
    fact,
    fact_entry,
    family,
    flag,
    gather,
    key,
    look_up,
    minus,
    negated,
    person,
    relation_entry,
    rulebook,
    step_entry,
    step_ref,
    sum_of,
    table_entry,
    units,
)

NUMBERS, FLAGS = ("a", "b"), ("p", "q")
ENTRIES: list[Entry] = [
    *[fact_entry(name) for name in NUMBERS],
    *[fact_entry(name, "flag") for name in FLAGS],
    fact_entry("age", level="person", low=0),
    fact_entry("works", "flag", "person"),
    fact_entry("complete", "flag"),
    table_entry("bands", [key()], {date(2020, 1, 1): [(-10, 5), (0, -2), (3, 7)]}),
    relation_entry("members", "family", "person", "family"),
    step_entry("t.older", compare(3, "<", fact("age", level="person")), level="person"),
    step_entry("t.scaled", sum_of(fact("age", level="person"), "*", 2), level="person"),
]
WORKS, COMPLETE = flag("works", "person"), flag("complete")


def _numbers(inner: st.SearchStrategy[Node], flags: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return st.one_of(
        st.builds(sum_of, inner, st.sampled_from("+-*"), inner),
        st.builds(lambda a, k: sum_of(a, "/", k), inner, st.sampled_from([-3, 2, 7])),
        st.builds(minus, inner),
        st.builds(call, st.sampled_from(["GREATEST", "LEAST"]), inner, inner),
        st.builds(call, st.sampled_from(["CEIL", "FLOOR", "ROUND", "ABS"]), inner),
        st.builds(choose, flags, inner, flags, inner, inner),
        st.builds(lambda n: look_up("bands", n), inner),
    )


def _conditions(numbers: st.SearchStrategy[Node], inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return st.one_of(
        st.builds(compare, numbers, st.sampled_from(["<", "<=", "=", "<>"]), numbers),
        st.builds(both, inner, inner),
        st.builds(either, inner, inner),
        st.builds(negated, inner),
        st.builds(choose, inner, inner, inner),
    )


def _gathers(functions: list[str], bodies: list[Any]) -> st.SearchStrategy[Node]:
    where = st.sampled_from([None, WORKS, negated(WORKS)])
    return st.builds(
        lambda f, body, c: gather(f, "members", None if f == "COUNT" else body, c, complete_when=COMPLETE),
        st.sampled_from(functions), st.sampled_from(bodies), where,
    )  # fmt: skip


LEAF_FLAGS = st.one_of(
    st.sampled_from([flag(n) for n in FLAGS]), _gathers(["ANY", "EVERY"], [step_ref("t.older", "flag", "person")])
)
AGES = [fact("age", level="person"), step_ref("t.scaled", level="person")]
LEAF_NUMBERS = st.one_of(st.sampled_from([fact(n) for n in NUMBERS]), _gathers(["SUM", "COUNT"], AGES))
SIMPLE_NUMBERS = st.recursive(LEAF_NUMBERS, lambda inner: _numbers(inner, LEAF_FLAGS), max_leaves=4)
CONDITIONS = st.recursive(LEAF_FLAGS, lambda inner: _conditions(SIMPLE_NUMBERS, inner), max_leaves=4)
FORMULAS = st.one_of(CONDITIONS, st.recursive(LEAF_NUMBERS, lambda inner: _numbers(inner, CONDITIONS), max_leaves=5))

POINT = st.integers(-12, 12).map(lambda n: Fraction(n, 2))
AWAY = st.integers(0, 9).map(lambda n: Fraction(n, 2))
FACTS = st.fixed_dictionaries({**dict.fromkeys(NUMBERS, POINT), **dict.fromkeys(FLAGS, st.booleans())})
PERSON = st.fixed_dictionaries({"age": st.integers(0, 9), "works": st.booleans()})


def _home(own: dict[str, Any], people: list[tuple[int, dict[str, Any]]], *, complete: bool) -> Units:
    persons: list[OneUnit] = [person(f"p{number}", **facts) for number, facts in people]
    return units(family(**own, complete=complete), *persons)


@st.composite
def _forgotten(draw: st.DrawFn, facts: dict[str, Any]) -> dict[str, Any]:
    """The same facts, some of them gone and some numbers only known to lie around the truth."""
    kept: dict[str, Any] = {}
    for name, held in facts.items():
        how = draw(st.sampled_from(["kept", "gone", "low", "high", "both"]))
        below, above = (held, held) if isinstance(held, bool) else (held - draw(AWAY), held + draw(AWAY))
        below = max(below, 0) if name == "age" else below  # as the dictionary says of every age
        if how == "kept" or (how != "gone" and isinstance(held, bool)):
            kept[name] = held
        elif how != "gone":
            kept[name] = (below if how != "high" else None, above if how != "low" else None)
    return kept


def _allows(wide: Value, narrow: Value) -> bool:
    if not isinstance(wide, Range) or not isinstance(narrow, Range):
        return wide is None or wide == narrow
    low = wide.low is None or (narrow.low is not None and wide.low <= narrow.low)  # type: ignore[operator]
    high = wide.high is None or (narrow.high is not None and wide.high >= narrow.high)  # type: ignore[operator]
    return low and high


@given(data=st.data(), formula=FORMULAS, own=FACTS, people=st.lists(PERSON, max_size=3))
def test_forgetting_may_widen_but_never_moves_off_the_truth(
    data: st.DataObject, formula: Node, own: dict[str, Any], people: list[dict[str, Any]]
) -> None:
    engine = ReferenceEngine(rulebook(*ENTRIES, step_entry("t.x", formula)), DAY)
    everybody = list(enumerate(people))
    truth = engine.step_value(_home(own, everybody, complete=True), "t.x", "f1")
    complete = data.draw(st.booleans())
    remembered = everybody if complete else [p for p in everybody if data.draw(st.booleans())]
    hazy = [(number, data.draw(_forgotten(facts))) for number, facts in remembered]
    partly = engine.step_value(_home(data.draw(_forgotten(own)), hazy, complete=complete), "t.x", "f1")
    assert _allows(partly, truth)


@given(formula=FORMULAS, own=FACTS, people=st.lists(PERSON, max_size=2))
def test_with_everything_known_there_is_no_range(
    formula: Node, own: dict[str, Any], people: list[dict[str, Any]]
) -> None:
    engine = ReferenceEngine(rulebook(*ENTRIES, step_entry("t.x", formula)), DAY)
    truth = engine.step_value(_home(own, list(enumerate(people)), complete=True), "t.x", "f1")
    # Below the table's first band there is nothing to know, whatever is known.
    if "Lookup" not in repr(formula):
        assert truth == between(truth.low, truth.low) if isinstance(truth, Range) else truth is not None
