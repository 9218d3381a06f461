"""How does the reference engine read a fact: fresh, stale, bounded by a scheme, assumed, or of a unit above?"""

from __future__ import annotations

from typing import Any

from lift.engines.reference import ReferenceEngine
from lift.rulebook.answers import Value
from lift.rulebook.nodes import Node
from tests.unit.engines.reference_builder import (
    DAY,
    NONE,
    Entry,
    assumption,
    between,
    both,
    code,
    compare,
    exactly,
    fact,
    fact_entry,
    family,
    flag,
    household,
    negated,
    person,
    proved,
    rulebook,
    stale,
    step_entry,
    step_ref,
    units,
)

ON_HOUSING_BENEFIT = both(flag("gets_hb"), negated(flag("gets_guarantee_credit")))
DICTIONARY: list[Entry] = [
    fact_entry("savings", low=0, proved=[proved(ON_HOUSING_BENEFIT, high=16000), proved(flag("owns_much"), low=9000)]),
    fact_entry("gets_hb", "flag"),
    fact_entry("gets_guarantee_credit", "flag"),
    fact_entry("owns_much", "flag"),
    fact_entry("habitually_resident", "flag"),
    fact_entry("tenure", "code", "household"),
    assumption("habitually_resident"),
]
SAVINGS = fact("savings")
HB: dict[str, Any] = {"gets_hb": True, "gets_guarantee_credit": False}


def value(node: Node, *, indicative: bool = False, assumptions: bool = True, **facts: Any) -> Value:
    book = rulebook(*DICTIONARY, step_entry("t.x", node))
    engine = ReferenceEngine(book, DAY, assumptions=assumptions)
    return engine.step_value(units(family(**facts)), "t.x", "f1", indicative=indicative)


def test_a_proved_bound_holds_while_its_condition_is_known_true() -> None:
    assert value(SAVINGS, **HB) == between(0, 16000)
    assert value(SAVINGS, gets_hb=True) == between(0, None)
    assert value(SAVINGS, gets_hb=False, gets_guarantee_credit=False) == between(0, None)
    assert value(SAVINGS, **HB, owns_much=True) == between(9000, 16000)


def test_a_proved_bound_narrows_what_is_half_known() -> None:
    assert value(SAVINGS, **HB, savings=(10000, 20000)) == between(10000, 16000)
    assert value(SAVINGS, **HB, savings=(10000, None)) == between(10000, 16000)
    assert value(SAVINGS, **HB, savings=16000) == exactly(16000)


def test_a_value_wholly_outside_a_proved_bound_makes_the_fact_unknown() -> None:
    assert value(SAVINGS, **HB, savings=20000) == between(0, None)
    assert value(SAVINGS, **HB, savings=(16001, None)) == between(0, None)
    assert value(SAVINGS, savings=20000) == exactly(20000)


def test_bounds_that_contradict_each_other_leave_the_dictionary_alone() -> None:
    clash = [proved(flag("gets_hb"), high=100), proved(flag("gets_hb"), low=200)]
    book = rulebook(
        fact_entry("savings", low=0, proved=clash), fact_entry("gets_hb", "flag"), step_entry("t.x", SAVINGS)
    )
    assert ReferenceEngine(book, DAY).step_value(units(family(gets_hb=True)), "t.x", "f1") == between(0, None)


def test_past_its_shelf_life_a_value_is_indicative_only_and_bounds_still_hold() -> None:
    assert value(SAVINGS, savings=stale(5000)) == between(0, None)
    assert value(SAVINGS, savings=stale(5000), indicative=True) == exactly(5000)
    assert value(SAVINGS, **HB, savings=stale(20000)) == between(0, 16000)
    assert value(flag("gets_hb"), gets_hb=stale(True)) is None
    assert value(flag("gets_hb"), gets_hb=stale(True), indicative=True) is True


def test_a_stale_condition_proves_no_bound_but_indicates_one() -> None:
    facts: dict[str, Any] = {"gets_hb": stale(True), "gets_guarantee_credit": False}
    assert value(SAVINGS, **facts) == between(0, None)
    assert value(SAVINGS, indicative=True, **facts) == between(0, 16000)


def test_a_standing_assumption_stands_for_what_is_unknown_in_both_evaluations() -> None:
    resident = flag("habitually_resident")
    for indicative in (False, True):
        assert value(resident, indicative=indicative) is True
        assert value(resident, indicative=indicative, habitually_resident=False) is False
        assert value(resident, indicative=indicative, assumptions=False) is None
    assert value(resident, habitually_resident=stale(False)) is True
    assert value(resident, habitually_resident=stale(False), indicative=True) is False
    assert value(flag("gets_hb")) is None


def test_names_look_upwards_and_a_unit_that_is_not_there_says_nothing() -> None:
    book = rulebook(
        *DICTIONARY,
        step_entry("t.rich", compare(SAVINGS, "<=", 10)),
        step_entry("t.savings", SAVINGS, level="person"),
        step_entry("t.tenure", code("tenure", "household"), level="person"),
        step_entry("t.resident", flag("habitually_resident"), level="person"),
        step_entry("t.family_rich", step_ref("t.rich", "flag"), level="person"),
    )
    home = units(household(tenure="a"), family(savings=5), person("p1"), person("lost", of=None, household="nowhere"))
    engine = ReferenceEngine(book, DAY)
    names = ("t.savings", "t.tenure", "t.resident", "t.family_rich")
    assert [engine.step_value(home, name, "p1") for name in names] == [exactly(5), "a", True, True]
    assert [engine.step_value(home, name, "lost") for name in names] == [NONE, None, None, None]
