"""A small scope for tests of formulas: facts, steps, amounts and a table on every level."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from lift.errors import Place
from lift.rulebook.dimensions import parse_unit
from lift.rulebook.model import Fact, Relation
from lift.rulebook.nodes import Level, Type
from lift.rulebook.scope import AmountHead, Scope, StepHead, TableHead

_NOWHERE = Place("test", 1)


def unit(text: str) -> Type:
    found = parse_unit(text)
    assert found is not None
    return found


def fact(level: Level, name: str, kind: Type) -> Fact:
    limits: Any = (Fraction(0), Fraction(1_000_000)) if kind.kind == "number" else None
    return Fact(name, level, kind, "", None, 1, "personal", None, limits, None, None, (), _NOWHERE)


def relation(name: str, source: Level, target: Level) -> Relation:
    return Relation(name, source, target, "family", False, False, None, None, "")


_FACTS: list[tuple[Level, str, Type]] = [
    ("person", "wage", unit("GBP/week")),
    ("person", "born", Type("date")),
    ("person", "role", Type("code", None, ("adult", "child"))),
    ("person", "is_ill", Type("flag")),
    ("family", "savings", unit("GBP")),
    ("family", "rent", unit("GBP/month")),
    ("family", "rooms", unit("count")),
    ("family", "is_couple", Type("flag")),
    ("household", "has_boiler", Type("flag")),
    ("period", "period_start", Type("date")),
    ("period", "earned", unit("GBP/month")),
]
FACTS = {(level, name): fact(level, name, kind) for level, name, kind in _FACTS}
RELATIONS = {
    one.name: one
    for one in (
        relation("adults", "family", "person"),
        relation("siblings", "person", "person"),
        relation("periods", "family", "period"),
    )
}
SCOPE = Scope(
    level="family",
    facts=FACTS,
    relations=RELATIONS,
    steps={
        "need": StepHead("heat.need", "family", unit("GBP/week")),
        "is_grown_up": StepHead("ages.is_grown_up", "person", Type("flag")),
        "moved_in": StepHead("heat.moved_in", "family", Type("date")),
    },
    amounts={
        "rate": AmountHead("heat.rate", unit("GBP/week"), "run_day"),
        "step": AmountHead("heat.step", unit("GBP"), "run_day"),
        "share": AmountHead("heat.share", unit("fraction"), "run_day"),
        "limit": AmountHead("heat.limit", unit("GBP/month"), "period_start"),
    },
    tables={"costs": TableHead("costs", "heat.costs", unit("GBP/week"), (("rooms", unit("count")),), "run_day")},
    rule_levels={"heating": "family", "meals": "person", "bills": "household"},
    without_already=frozenset({"bills"}),
)
