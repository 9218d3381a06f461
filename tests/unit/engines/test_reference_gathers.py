"""Who belongs to a relation, and what do gathers come to over sure, doubtful and missing members?"""

from __future__ import annotations

from typing import Any

import pytest

from lift.engines.reference import ReferenceEngine
from lift.rulebook.answers import Value
from lift.rulebook.model import Relation
from lift.rulebook.nodes import Node
from lift.rulebook.units import OneUnit, Units
from tests.unit.engines.reference_builder import (
    DAY,
    NONE,
    between,
    both,
    code,
    compare,
    exactly,
    fact,
    fact_entry,
    family,
    flag,
    gather,
    household,
    negated,
    period,
    person,
    relation_entry,
    rulebook,
    step_entry,
    step_ref,
    sum_of,
    units,
)

DICTIONARY = [
    fact_entry("free"),
    fact_entry("money", level="person", low=0),
    fact_entry("debt", level="person", high=0),
    fact_entry("swing", level="person"),
    fact_entry("works", "flag", "person"),
    fact_entry("role", "code", "person"),
    fact_entry("free", level="person"),
    fact_entry("income", low=0),
    fact_entry("all_known", "flag"),
    fact_entry("paid", level="period", low=0),
    fact_entry("total", level="household"),
]
MEMBERS = relation_entry("members", "family", "person", "family")
OTHERS = relation_entry("others", "family", "person", "household", outside=True)
NON_DEPENDANTS = relation_entry("non_dependants", "family", "family", "household", other=True)
SIBLINGS = relation_entry("siblings", "person", "person", "family", other=True)
HOUSEMATES = relation_entry("housemates", "person", "person", "household", other=True)
PERIODS = relation_entry("periods", "family", "period", "family")
EVERYBODY = relation_entry("everybody", "household", "person", "household")
RELATIONS: list[Relation] = [MEMBERS, OTHERS, NON_DEPENDANTS, SIBLINGS, HOUSEMATES, PERIODS, EVERYBODY]

MONEY, DEBT, SWING = (fact(name, level="person") for name in ("money", "debt", "swing"))
WORKS = flag("works", "person")
COMPLETE = flag("all_known")


def value(node: Node, given: Units, key: str = "f1", level: Any = "family") -> Value:
    book = rulebook(*DICTIONARY, *RELATIONS, step_entry("t.x", node, level=level))
    return ReferenceEngine(book, DAY).step_value(given, "t.x", key)


def of_members(function: Any, body: Any = None, *people: dict[str, Any], complete: bool | None = True) -> Value:
    """The gather over family f1's members who work, with these facts; `works` absent is perhaps."""
    own: dict[str, Any] = {} if complete is None else {"all_known": complete}
    persons = [person(f"p{i}", **facts) for i, facts in enumerate(people)]
    node = gather(function, "members", body, WORKS, complete_when=COMPLETE)
    return value(node, units(household(), family(**own), *persons))


IN: dict[str, Any] = {"works": True}
OUT: dict[str, Any] = {"works": False}
PERHAPS: dict[str, Any] = {}


def test_count() -> None:
    assert of_members("COUNT") == exactly(0)
    assert of_members("COUNT", None, IN, OUT, PERHAPS) == between(1, 2)
    assert of_members("COUNT", None, IN, OUT, PERHAPS, complete=False) == between(1, None)
    assert of_members("COUNT", None, complete=None) == between(0, None)


def test_sum_over_a_complete_roster() -> None:
    assert of_members("SUM", MONEY) == exactly(0)
    assert of_members("SUM", MONEY, {**IN, "money": 5}, {**IN, "money": (1, 2)}) == between(6, 7)
    assert of_members("SUM", MONEY, {**IN, "money": 5}, {**OUT, "money": 7}) == exactly(5)
    assert of_members("SUM", MONEY, {**IN, "money": 5}, {"money": 7}) == between(5, 12)
    assert of_members("SUM", SWING, {**IN, "swing": 5}, {"swing": -7}) == between(-2, 5)
    assert of_members("SUM", SWING, {**IN, "swing": 5}, {"swing": (-1, 2)}) == between(4, 7)
    assert of_members("SUM", MONEY, {**IN, "money": 5}, PERHAPS) == between(5, None)
    assert of_members("SUM", MONEY, IN) == between(0, None)
    assert of_members("SUM", SWING, {"swing": (3, None)}) == between(0, None)
    assert of_members("SUM", SWING, {**IN, "swing": 5}, OUT) == exactly(5), "whoever is surely out taints nobody"


def test_sum_over_an_incomplete_roster_keeps_the_side_that_a_sign_holds() -> None:
    assert of_members("SUM", MONEY, {**IN, "money": 5}, complete=False) == between(5, None)
    assert of_members("SUM", DEBT, {**IN, "debt": -5}, complete=None) == between(None, -5)
    assert of_members("SUM", SWING, {**IN, "swing": 5}, complete=False) == NONE
    assert of_members("SUM", MONEY, complete=False) == between(0, None)


def test_min_and_max() -> None:
    assert of_members("MIN", SWING) == NONE
    assert of_members("MAX", SWING) == NONE
    sure = ({**IN, "swing": (1, 4)}, {**IN, "swing": (2, 3)})
    assert of_members("MIN", SWING, *sure) == between(1, 3)
    assert of_members("MAX", SWING, *sure) == between(2, 4)
    assert of_members("MIN", SWING, *sure, {"swing": 0}) == between(0, 3)
    assert of_members("MAX", SWING, *sure, {"swing": 9}) == between(2, 9)
    assert of_members("MIN", SWING, {"swing": 5}) == between(5, None), "nobody is surely in"
    assert of_members("MAX", SWING, {"swing": 5}) == between(None, 5)
    assert of_members("MIN", SWING, *sure, PERHAPS) == between(None, 3)
    assert of_members("MAX", SWING, *sure, IN) == between(2, None)
    assert of_members("MIN", SWING, *sure, complete=False) == between(None, 3)
    assert of_members("MAX", SWING, *sure, complete=None) == between(2, None)


POSITIVE = compare(0, "<", SWING)


def test_any_and_every() -> None:
    positive = step_ref("t.positive", "flag", "person")

    def both_of(*people: dict[str, Any], complete: bool | None = True) -> tuple[Value, Value]:
        book = rulebook(
            *DICTIONARY,
            *RELATIONS,
            step_entry("t.positive", POSITIVE, level="person"),
            *[
                step_entry(f"t.{name}", gather(name, "members", positive, WORKS, complete_when=COMPLETE))
                for name in ("ANY", "EVERY")
            ],
        )
        own: dict[str, Any] = {} if complete is None else {"all_known": complete}
        given = units(family(**own), *[person(f"p{i}", **facts) for i, facts in enumerate(people)])
        engine = ReferenceEngine(book, DAY)
        return engine.step_value(given, "t.ANY", "f1"), engine.step_value(given, "t.EVERY", "f1")

    yes, no = {"swing": 1}, {"swing": -1}
    assert both_of() == (False, True)
    assert both_of(complete=False) == (None, None)
    assert both_of({**IN, **yes}, {**IN, **no}) == (True, False)
    assert both_of({**IN, **yes}, {**IN, **no}, complete=False) == (True, False)
    assert both_of({**IN, **yes}) == (True, True)
    assert both_of({**IN, **yes}, complete=None) == (True, None)
    assert both_of({**IN, **no}, complete=None) == (None, False)
    assert both_of(yes) == (None, True), "whoever is perhaps in can't make EVERY false if they pass"
    assert both_of(no) == (False, None)
    assert both_of(IN) == (None, None)
    assert both_of({**OUT, **yes}) == (False, True)


def test_a_bare_any_asks_whether_there_is_anybody() -> None:
    assert of_members("ANY") is False
    assert of_members("ANY", None, complete=False) is None
    assert of_members("ANY", None, PERHAPS) is None
    assert of_members("ANY", None, PERHAPS, IN) is True


def test_an_unknown_rate_for_no_children_taints_nobody() -> None:
    none = gather("COUNT", "members")
    assert value(sum_of(fact("free"), "*", none), units(family())) == exactly(0)


# --- who belongs -------------------------------------------------------------------------------------------------

CITY = units(
    household(),
    household("h2"),
    family("f1"),
    family("f2"),
    family("f3", "h2"),
    person("p1"),
    person("p2"),
    person("p3", "f2"),
    person("p4", "f3", "h2"),
    period("m1"),
    period("m2", "f2"),
)
COUPLE = units(*CITY.units, couples=[("f1", "f2"), ("f2", "f1")])


@pytest.mark.parametrize(
    ("relation", "key", "level", "alone", "perhaps_a_couple"),
    [
        ("members", "f1", "family", exactly(2), between(2, 3)),
        ("others", "f1", "family", exactly(1), between(0, 1)),
        ("others", "f3", "family", exactly(0), exactly(0)),
        ("non_dependants", "f1", "family", exactly(1), between(0, 1)),
        ("siblings", "p1", "person", exactly(1), between(1, 2)),
        ("siblings", "p3", "person", exactly(0), between(0, 2)),
        ("housemates", "p1", "person", exactly(2), exactly(2)),
        ("periods", "f1", "family", exactly(1), between(1, 2)),
        ("everybody", "h1", "household", exactly(3), exactly(3)),
    ],
)
def test_who_belongs(relation: str, key: str, level: Any, alone: Value, perhaps_a_couple: Value) -> None:
    node = gather("COUNT", relation)
    assert value(node, CITY, key, level) == alone
    assert value(node, COUPLE, key, level) == perhaps_a_couple


def test_a_couple_named_one_way_round_counts_both_ways() -> None:
    one_way = units(*CITY.units, couples=[("f2", "f1")])
    assert value(gather("COUNT", "members"), one_way) == between(2, 3)


def test_a_child_of_an_unknown_family_is_perhaps_anybodys_at_home() -> None:
    lost: OneUnit = person("p9", of=None)
    given = units(*CITY.units, lost)
    assert value(gather("COUNT", "members"), given) == between(2, 3)
    assert value(gather("COUNT", "members"), given, "f3") == exactly(1), "another household"
    assert value(gather("COUNT", "others"), given) == between(1, 2)
    # Whose brother or sister they are is not known, nor whether that family lives here at all.
    assert value(gather("COUNT", "siblings"), given, "p9", "person") == between(0, None)
    assert value(gather("ANY", "siblings"), given, "p9", "person") is None


def test_the_relations_condition_and_the_gathers_both_narrow() -> None:
    given = units(
        family(),
        person("p1", role="a", works=True),
        person("p2", role="b", works=True),
        person("p3", works=True),
        person("p4", role="a"),
        person("p5", role="a", works=False),
    )
    node = gather("COUNT", "members", None, WORKS, compare(code("role", "person"), "=", "a"))
    assert value(node, given) == between(1, 3)


def test_this_means_the_unit_that_gathers() -> None:
    mine = fact("money", level="person", outer=True)
    older = gather("COUNT", "siblings", None, compare(mine, "<", MONEY))
    given = units(family(), *[person(f"p{n}", money=n) for n in range(4)], person("p9"))
    assert value(older, given, "p1", "person") == between(2, 3)
    assert value(older, given, "p3", "person") == between(0, 1)


def test_inside_a_gather_other_names_belong_to_the_related_unit_and_those_above_it() -> None:
    richer = gather("COUNT", "others", None, compare(fact("income", outer=True), "<", fact("income")))
    given = units(family("f1", income=5), family("f2", income=9), person("p1", "f2"), person("p2", "f1"))
    assert value(richer, given) == exactly(1)
    assert value(richer, given, "f2") == exactly(0)


def test_complete_when_is_read_on_the_gathering_unit() -> None:
    complete = both(COMPLETE, negated(gather("ANY", "members", WORKS)))
    node = gather("COUNT", "non_dependants", complete_when=complete)
    known = units(family("f1", all_known=True), family("f2"), person("p1", works=False))
    unknown = units(family("f1", all_known=True), family("f2"), person("p1"))
    assert value(node, known) == exactly(1)
    assert value(node, unknown) == between(1, None)


def test_gathers_read_steps_of_the_related_unit() -> None:
    each = step_entry("t.each", gather("SUM", "members", MONEY, WORKS))
    book = rulebook(
        *DICTIONARY, *RELATIONS, each, step_entry("t.x", gather("SUM", "non_dependants", step_ref("t.each")))
    )
    given = units(
        family("f1"), family("f2"), family("f3"), person("p1", "f2", money=4, works=True), person("p2", "f3", money=3)
    )
    assert ReferenceEngine(book, DAY).step_value(given, "t.x", "f1") == between(4, 7)
