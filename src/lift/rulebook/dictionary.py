"""How does facts.yaml become the dictionary of facts, the relations and the standing assumptions?"""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import Any

from lift.rulebook.dimensions import parse_unit
from lift.rulebook.expressions import parse_formula
from lift.rulebook.located import Located
from lift.rulebook.model import Fact, ProvedBound, Relation, StandingAssumption
from lift.rulebook.nodes import FactRef, Level, Node, Type, walk
from lift.rulebook.problems import Problems
from lift.rulebook.scope import FormulaProblem, Scope
from lift.rulebook.shape import FactShape, FactsShape, ProvedBoundShape, RelationShape

Facts = dict[tuple[Level, str], Fact]
_LIFE = re.compile(r"(\d+) months?")


def read_dictionary(
    shape: FactsShape, located: Located, problems: Problems
) -> tuple[Facts, dict[str, Relation], dict[str, StandingAssumption]]:
    facts: Facts = {}
    for level, entries in shape.facts.items():
        for name, entry in entries.items():
            facts[level, name] = _fact(level, name, entry, located, problems)
    for (level, name), fact in list(facts.items()):
        facts[level, name] = _with_proved_bounds(fact, shape.facts[level][name], facts, located, problems)
    relations = {n: _relation(n, entry, facts, located, problems) for n, entry in shape.relations.items()}
    return facts, relations, _assumptions(shape, facts, located, problems)


def _fact(level: Level, name: str, entry: FactShape, located: Located, problems: Problems) -> Fact:
    path = ("facts", level, name)
    kind: Type = Type(entry.type)
    if entry.type == "number":
        unit = parse_unit(entry.unit or "")
        if unit is None or unit.kind != "number":
            problems.add(located.place((*path, "unit")), f"fact {name} has no unit that is known", "give unit: GBP/week, GBP, count, years …")
        kind = unit or Type("number")
        if entry.limits is None:
            problems.add(located.key_place(path), f"fact {name} has no limits", "give limits: [low, high] outside which a value is refused")
    elif entry.type == "code":
        kind = Type("code", None, tuple(entry.codes or ()))
        if not entry.codes:
            problems.add(located.key_place(path), f"fact {name} has no codes", "give codes: [a, b]")
    return Fact(
        name=name,
        level=level,
        type=kind,
        meaning=entry.meaning,
        question=entry.question,
        cost=entry.cost,
        sensitivity=entry.sensitivity,
        shelf_life=_shelf_life(entry.shelf_life, located, path, problems),
        limits=_pair(entry.limits),
        low=_exact(entry.bounds.low),
        high=_exact(entry.bounds.high),
        proved_bounds=(),
        place=located.key_place(path),
    )


def _exact(value: Any) -> Any:
    return Fraction(str(value)) if isinstance(value, int | Decimal) else value


def _pair(values: list[Any] | None) -> Any:
    return (_exact(values[0]), _exact(values[1])) if values else None


def _shelf_life(value: Any, located: Located, path: Any, problems: Problems) -> dict[str, int] | None:
    if value == "never":
        return None
    classes = value if isinstance(value, dict) else {"pension_age": value, "working_age": value}
    months: dict[str, int] = {}
    for claim_class, text in classes.items():
        match = _LIFE.fullmatch(str(text))
        if match is None:
            problems.add(located.place((*path, "shelf_life")), f"shelf_life {text} cannot be read", "write never, or a number of months such as 12 months")
        else:
            months[claim_class] = int(match.group(1))
    return months


def _formula(text: str, scope: Scope, located: Located, path: Any, problems: Problems) -> Node | None:
    try:
        node = parse_formula(text, scope)
    except FormulaProblem as error:
        problems.add_formula(located, path, text, error)
        return None
    if node.type.kind != "flag":
        problems.add(located.place(path), "a condition is needed here", "compare something, or name a flag")
        return None
    return node


def _with_proved_bounds(fact: Fact, entry: FactShape, facts: Facts, located: Located, problems: Problems) -> Fact:
    bounds = []
    for index, bound in enumerate(entry.proved_bounds):
        path = ("facts", fact.level, fact.name, "proved_bounds", index, "when")
        node = _formula(bound.when, Scope(fact.level, facts), located, path, problems)
        if node is not None:
            bounds.append(_bound(bound, node))
            if any(isinstance(n, FactRef) and n.name == fact.name for n in walk(node)):
                problems.add(located.place(path), f"the bound of {fact.name} rests on {fact.name} itself", "rest it on other facts")
    return Fact(**{**fact.__dict__, "proved_bounds": tuple(bounds)})


def _bound(bound: ProvedBoundShape, node: Node) -> ProvedBound:
    return ProvedBound(_exact(bound.low), _exact(bound.high), node, bound.cite, bound.why)


def _relation(name: str, entry: RelationShape, facts: Facts, located: Located, problems: Problems) -> Relation:
    path = ("relations", name)
    inner = Scope(entry.target, facts, outer=entry.source)
    where = _formula(entry.where, inner, located, (*path, "where"), problems) if entry.where else None
    outer = Scope(entry.source, facts)
    complete = (
        _formula(entry.complete_when, outer, located, (*path, "complete_when"), problems) if entry.complete_when else None
    )
    return Relation(
        name, entry.source, entry.target, entry.link, entry.other, entry.outside == "family", where, complete, entry.meaning
    )


def _assumptions(
    shape: FactsShape, facts: Facts, located: Located, problems: Problems
) -> dict[str, StandingAssumption]:
    found: dict[str, StandingAssumption] = {}
    for name, entry in shape.standing_assumptions.items():
        levels = [level for level, fact in facts if fact == name and facts[level, fact].type.kind == "flag"]
        if len(levels) != 1:
            place = located.key_place(("standing_assumptions", name))
            problems.add(place, f"{name} is not the name of one flag fact", "declare the flag under facts first")
            continue
        found[name] = StandingAssumption(name, levels[0], entry.assumed, entry.why)
    return found


