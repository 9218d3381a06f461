"""Does the reference engine give the verdicts, row by row, that `lift.rulebook.answers` promises?"""

from __future__ import annotations

from typing import Any

import pytest

from lift.engines.reference import ReferenceEngine
from lift.errors import EngineError
from lift.rulebook.answers import Answer
from lift.rulebook.model import Rulebook
from tests.unit.engines.reference_builder import (
    DAY,
    NONE,
    Entry,
    amount_entry,
    amount_ref,
    assumption,
    between,
    both,
    cell,
    exactly,
    fact,
    fact_entry,
    family,
    flag,
    gather,
    household,
    person,
    relation_entry,
    rule_entry,
    rulebook,
    stale,
    step_entry,
    step_ref,
    units,
)

ANSWERS = ("who", "eligible", "possible_when", "already", "worth_weekly", "worth_at_least", "advice_first")
FLAGS = ("applies", "eligible", "worth_asking", "gets_it", "s1", "m1", "m2", "w1", "risky", "habitually_resident")
STEPS = {
    "who": flag("applies"),
    "eligible": flag("eligible"),
    "possible_when": flag("worth_asking"),
    "already": flag("gets_it"),
    "worth_weekly": fact("gain"),
    "worth_at_least": amount_ref("least"),
    "advice_first": flag("risky"),
}
EVIDENCE = (("s1", "strong"), ("m1", "medium"), ("m2", "medium"), ("w1", "weak"))


def book(answers: tuple[str, ...] = ANSWERS, least: Any = "0.10", **steps: Any) -> Rulebook:
    nodes = {**STEPS, **steps}
    used = {name: nodes[name] for name in answers}
    entries: list[Entry] = [
        *[fact_entry(name, "flag") for name in FLAGS],
        fact_entry("gain"),
        fact_entry("in_london", "flag", "household"),
        assumption("habitually_resident"),
        assumption("in_london", level="household"),
        amount_entry("least", {DAY: least}),
        *[step_entry(f"r.{name}", node) for name, node in used.items()],
        *[step_entry(f"r.{name}", flag(name)) for name, _ in EVIDENCE],
        relation_entry("non_dependants", "family", "family", "household", other=True),
        rule_entry("r", answers, evidence=EVIDENCE, step_names=tuple(f"r.{name}" for name in used)),
    ]
    return rulebook(*entries)


def answer(rules: Rulebook | None = None, *, keep_steps: bool = False, **facts: Any) -> Answer:
    held = {"applies": True, **facts}
    found = ReferenceEngine(rules or book(), DAY).answers(["r"], units(family(**held)), keep_steps=keep_steps)
    assert len(found) == 1
    return found[0]


SURE: dict[str, Any] = {"eligible": True, "gain": 5, "gets_it": False}


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [
        ({**SURE, "gets_it": True}, "in_payment"),
        ({"gets_it": True, "eligible": False}, "in_payment"),
        ({**SURE, "eligible": False}, "ruled_out"),
        ({"eligible": False}, "ruled_out"),
        ({**SURE, "gain": "0.09"}, "ruled_out"),
        ({**SURE, "gain": (None, "0.09")}, "ruled_out"),
        ({"gain": "0.09"}, "ruled_out"),
        (SURE, "likely"),
        ({**SURE, "gain": "0.10"}, "likely"),
        ({**SURE, "gain": ("0.10", None)}, "likely"),
        ({**SURE, "gain": ("0.09", 5)}, "unknown"),
        ({**SURE, "gain": ("0.09", 5), "worth_asking": True}, "possible"),
        ({"gain": 5, "worth_asking": True}, "possible"),
        ({"worth_asking": True}, "possible"),
        ({"worth_asking": False}, "unknown"),
        ({}, "unknown"),
    ],
)
def test_rows(facts: dict[str, Any], verdict: str) -> None:
    assert answer(**facts).verdict == verdict


def test_stale_facts_make_nothing_likely_or_in_payment() -> None:
    asked: dict[str, Any] = {"worth_asking": True}
    assert answer(**{**SURE, "eligible": stale(True)}, **asked).verdict == "possible"
    assert answer(**{**SURE, "gain": stale(5)}, **asked).verdict == "possible"
    assert answer(**{**SURE, "gets_it": stale(True)}, **asked).verdict == "likely"
    assert answer(**{**SURE, "eligible": stale(False)}, **asked).verdict == "possible"
    assert answer(worth_asking=stale(True)).verdict == "possible", "possible_when is indicative"
    assert answer(**{**SURE, "gain": stale(5)}).indicative_worth == {"weekly": exactly(5)}
    assert answer(**{**SURE, "gain": stale(5)}).worth == {"weekly": NONE}


def test_a_weak_minimum_is_its_range() -> None:
    weak = book(least=cell("0.10", "unconfirmed", ("0.01", "0.50")))
    assert answer(weak, **{**SURE, "gain": "0.50"}).verdict == "likely"
    assert answer(weak, **{**SURE, "gain": "0.49"}).verdict == "unknown"
    assert answer(weak, **{**SURE, "gain": "0.01"}).verdict == "unknown"
    assert answer(weak, **{**SURE, "gain": "0.009"}).verdict == "ruled_out"
    bare = book(least=cell("0.10", "unconfirmed"))
    assert answer(bare, **SURE).verdict == "unknown"


def test_an_assumed_value_is_never_behind_a_likely() -> None:
    rules = book()
    assumed = step_entry("r.eligible", flag("eligible"), assume=True)
    possible = step_entry("r.possible_when", step_ref("r.eligible", "flag"))
    steps = {**rules.steps, "r.eligible": assumed, "r.possible_when": possible}
    found = answer(Rulebook(**{**vars(rules), "steps": steps}), gain=5, gets_it=False, keep_steps=True)
    assert (found.verdict, found.eligible, found.possible_when) == ("possible", None, True)
    assert (found.steps["r.eligible"], found.indicative_steps["r.eligible"]) == (None, True)


def test_without_a_minimum_a_known_eligible_is_enough() -> None:
    no_minimum = book(("eligible", "already", "worth_weekly"))
    assert answer(no_minimum, eligible=True).verdict == "likely"
    assert answer(no_minimum, eligible=True, gain=-5).verdict == "likely", "nothing to compare with"
    assert answer(book(("eligible",)), eligible=True).worth == {}


def test_a_rule_without_already_is_never_in_payment_and_without_possible_when_never_possible() -> None:
    bare = answer(book(("eligible",)))
    assert (bare.already, bare.possible_when, bare.verdict, bare.advice_first) == (False, False, "unknown", False)
    assert answer(book(("already",)), gets_it=False).eligible is None


def test_a_rule_may_ask_for_anothers_already_even_where_it_has_none() -> None:
    rules = book(("eligible",), eligible=step_ref("r.already", "flag"))
    assert answer(rules).eligible is False


def test_who_is_part_of_eligible_and_a_unit_surely_not_meant_has_no_answer() -> None:
    engine = ReferenceEngine(book(), DAY)
    given = units(family("f1", applies=False, **SURE), family("f2", **SURE), family("f3", applies=True, **SURE))
    found = engine.answers(["r"], given)
    assert [(a.key, a.eligible, a.verdict) for a in found] == [("f2", None, "unknown"), ("f3", True, "likely")]
    assert engine.answers(["r"], units(family(applies=stale(False)))) != []


def test_may_already_have() -> None:
    assert answer(eligible=True, gain=5).may_already_have is True
    assert answer(worth_asking=True).may_already_have is True
    assert answer(worth_asking=True, gets_it=stale(True)).may_already_have is True
    assert answer(**SURE).may_already_have is False
    assert answer().may_already_have is False


@pytest.mark.parametrize(
    ("signals", "grade"),
    [
        ({}, None),
        ({"w1": True}, "weak"),
        ({"m1": True, "w1": True}, "medium"),
        ({"m1": True, "m2": True}, "strong"),
        ({"s1": True}, "strong"),
        ({"s1": False, "m2": stale(True)}, "medium"),
    ],
)
def test_evidence(signals: dict[str, Any], grade: str | None) -> None:
    assert answer(**signals).evidence == grade


def test_advice_first_is_proved() -> None:
    assert answer(risky=True).advice_first is True
    assert answer(risky=stale(True)).advice_first is None
    assert answer().advice_first is None


def test_standing_assumptions_in_force_are_named() -> None:
    resident = both(flag("eligible"), flag("habitually_resident"), flag("in_london", "household"))
    rules = book(eligible=both(True, step_ref("r.already", "flag")), already=resident)
    home = household()

    def assumed(*, on: bool = True, **facts: Any) -> tuple[str, ...]:
        engine = ReferenceEngine(rules, DAY, assumptions=on)
        return engine.answers(["r"], units(home, family(applies=True, **facts)))[0].assumptions

    assert assumed() == ("habitually_resident", "in_london")
    assert assumed(habitually_resident=True) == ("in_london",)
    assert assumed(habitually_resident=stale(True)) == ("habitually_resident", "in_london")
    assert assumed(on=False) == ()
    assert answer(book()).assumptions == ()


def test_an_assumption_about_a_related_unit_is_not_ones_own() -> None:
    theirs = gather("ANY", "non_dependants", flag("habitually_resident"))
    mine = gather("ANY", "non_dependants", flag("habitually_resident", outer=True))
    assert answer(book(eligible=theirs)).assumptions == ()
    assert answer(book(eligible=mine)).assumptions == ("habitually_resident",)
    complete = gather("ANY", "non_dependants", complete_when=flag("habitually_resident"))
    assert answer(book(eligible=complete)).assumptions == ("habitually_resident",)


def test_steps_are_kept_where_asked_for() -> None:
    found = answer(keep_steps=True, **{**SURE, "gain": (1, 2)})
    assert found.steps["r.worth_weekly"] == between(1, 2)
    assert found.steps["r.eligible"] is True
    assert set(found.steps) == {f"r.{name}" for name in ANSWERS}
    assert answer(**SURE).steps == {}


def test_answers_come_rule_by_rule_and_in_the_units_order() -> None:
    rules = rulebook(
        fact_entry("p", "flag", "person"),
        step_entry("a.eligible", flag("p", "person"), level="person"),
        step_entry("b.eligible", True),
        rule_entry("a", ("eligible",), level="person"),
        rule_entry("b", ("eligible",)),
    )
    given = units(person("p2"), family("f2"), person("p1"), family("f1"))
    found = ReferenceEngine(rules, DAY).answers(["b", "a"], given)
    assert [(a.rule, a.key) for a in found] == [("b", "f2"), ("b", "f1"), ("a", "p2"), ("a", "p1")]
    assert ReferenceEngine(rules, DAY).answers(["a"], units(family())) == []


def test_what_is_given_in_kind_has_its_value_a_year() -> None:
    rules = rulebook(
        step_entry("r.eligible", True),
        step_entry("r.worth_in_kind_yearly", 174),
        rule_entry("r", ("eligible", "worth_in_kind_yearly"), worth=("in_kind",)),
    )
    assert ReferenceEngine(rules, DAY).answers(["r"], units(family()))[0].worth == {"in_kind": exactly(174)}


def test_a_rule_that_is_not_there_is_refused() -> None:
    with pytest.raises(EngineError, match="no rule"):
        ReferenceEngine(book(), DAY).answers(["nothing"], units())
