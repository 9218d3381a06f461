"""How does facts.yaml become the dictionary of facts, the relations and the standing assumptions?"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from lift.rulebook.dimensions import described, parse_unit
from lift.rulebook.expressions import parse_formula
from lift.rulebook.figures import UNITS
from lift.rulebook.located import Located
from lift.rulebook.model import Fact, ProvedBound, Relation, Shown, StandingAssumption
from lift.rulebook.names import check_name
from lift.rulebook.nodes import FactRef, Level, Node, Type, walk
from lift.rulebook.problems import Path_, Problems
from lift.rulebook.scope import Broken, FormulaProblem, Scope, nearest
from lift.rulebook.shape import FactShape, FactsShape, RelationShape

Facts = dict[tuple[Level, str], Fact]
_LIFE = re.compile(r"([1-9]\d*) months?")
_DAYS = re.compile(r"(0|[1-9]\d*) days?")
_LIMITS = "give limits: [low, high], outside which a value is refused"


def read_dictionary(
    shape: FactsShape, located: Located, problems: Problems, broken: frozenset[str] = frozenset()
) -> tuple[Facts, dict[str, Relation], dict[str, StandingAssumption]]:
    """`broken` are names whose entries are wrong and left out of the shape."""
    reader = _Reader(located, problems, Broken(broken))
    facts: Facts = {}
    for level, entries in shape.facts.items():
        for name, entry in entries.items():
            check_name(name, located.key_place(("facts", level, name)), problems)
            facts[level, name] = reader.fact(level, name, entry)
    for (level, name), fact in list(facts.items()):
        bounds = reader.proved_bounds(fact, shape.facts[level][name], facts)
        facts[level, name] = replace(fact, proved_bounds=bounds)
    relations = {name: reader.relation(name, entry, facts) for name, entry in shape.relations.items()}
    return facts, relations, reader.assumptions(shape, facts)


def read_analysts(
    shape: FactsShape, located: Located, problems: Problems, facts: Facts, broken: frozenset[str] = frozenset()
) -> dict[tuple[Level, str], Shown]:
    """The facts that the analysts' view may hold, and how: as they are, or a day by its month. `broken` as above."""
    found: dict[tuple[Level, str], Shown] = {}
    for way, levels in shape.analysts.items():
        for level, names in levels.items():
            for index, name in enumerate(names):
                place = located.place(("analysts", way, level, index))
                fact = facts.get((level, name))
                if fact is None and name in broken:
                    continue
                if fact is None:
                    known = [other for own, other in facts if own == level]
                    problems.add(place, f"{name} is no fact of each {level}", nearest(name, known))
                elif way == "by_month" and fact.type.kind != "date":
                    what = f"{name} is {described(fact.type)}, which has no month"
                    problems.add(place, what, "name it under as_is, or leave it out")
                elif (level, name) in found:
                    problems.add(place, f"{name} is named twice", "keep one of the two")
                found[level, name] = way
    return found


@dataclass(frozen=True)
class _Reader:
    located: Located
    problems: Problems
    broken: Broken

    def fact(self, level: Level, name: str, entry: FactShape) -> Fact:
        path: Path_ = ("facts", level, name)
        return Fact(
            name=name,
            level=level,
            type=self._type(name, entry, path),
            meaning=entry.meaning,
            question=entry.question,
            cost=entry.cost,
            sensitivity=entry.sensitivity,
            shelf_life=self._shelf_life(entry.shelf_life, path),
            limits=self._limits(name, entry, path),
            low=_exact(entry.bounds.low),
            high=_exact(entry.bounds.high),
            proved_bounds=(),
            place=self.located.key_place(path),
            no_lasts=self._no_lasts(name, entry, path),
            is_uprated=self._is_uprated(name, entry, path),
            of_partner=entry.of_partner,
        )

    def _type(self, name: str, entry: FactShape, path: Path_) -> Type:
        if entry.type == "number":
            kind = parse_unit(entry.unit or "")
            if kind is not None and kind.kind == "number":
                return kind
            what = f"{entry.unit} is no unit of a number" if entry.unit else f"{name} is a number without a unit"
            self.problems.add(self.located.place((*path, "unit")), what, UNITS.replace(", flag, date or code", ""))
            return Type("number")
        if entry.unit is not None:
            fix = "take unit: out, or write type: number"
            self.problems.add(self.located.place((*path, "unit")), f"a {entry.type} has no unit", fix)
        if entry.type == "code" and not entry.codes:
            self.problems.add(self.located.key_place(path), f"{name} has no codes", "add codes: [a, b]")
        if entry.codes == "any":
            if entry.question is not None:
                what = f"{name} may be any code, so no answer to its question can be foreseen"
                self.problems.add(
                    self.located.place((*path, "question")), what, "take question: out, or list its codes"
                )
            return Type("code")
        return Type("code", None, tuple(entry.codes or ())) if entry.type == "code" else Type(entry.type)

    def _limits(self, name: str, entry: FactShape, path: Path_) -> Any:
        if entry.type not in ("number", "date"):
            for key, given in (("limits", entry.limits is not None), ("bounds", entry.bounds.given)):
                if given:
                    self.problems.add(
                        self.located.place((*path, key)), f"a {entry.type} has no {key}", f"take {key}: out"
                    )
            return None
        if entry.limits is None:
            self.problems.add(self.located.key_place(path), f"{name} has no limits", _LIMITS)
            return None
        low, high = (_exact(end) for end in entry.limits)
        wanted = date if entry.type == "date" else Fraction
        if not isinstance(low, wanted) or not isinstance(high, wanted) or low >= high:  # type: ignore[operator]
            self.problems.add(
                self.located.place((*path, "limits")), f"the limits of {name} are no low and high", _LIMITS
            )
            return None
        for end in (_exact(entry.bounds.low), _exact(entry.bounds.high)):
            if end is not None and not isinstance(end, wanted):
                place = self.located.place((*path, "bounds"))
                self.problems.add(place, f"the bounds of {name} are not of its type", f"give each as a {entry.type}")
        return low, high

    def _shelf_life(self, value: Any, path: Path_) -> dict[str, int] | None:
        if value == "never":
            return None
        classes = value if isinstance(value, dict) else {"pension_age": value, "working_age": value}
        months: dict[str, int] = {}
        for claim_class, text in classes.items():
            match = _LIFE.fullmatch(str(text))
            if match is None:
                own = (*path, "shelf_life", claim_class)
                place = self.located.place(own if isinstance(value, dict) else (*path, "shelf_life"))
                self.problems.add(place, f"the shelf life {text} cannot be read", "write never, or it like 12 months")
            else:
                months[claim_class] = int(match.group(1))
        return months

    def _no_lasts(self, name: str, entry: FactShape, path: Path_) -> int | None:
        if entry.no_lasts is None:
            return None
        place = self.located.place((*path, "no_lasts"))
        match = _DAYS.fullmatch(entry.no_lasts)
        if entry.type != "flag":
            self.problems.add(place, f"a {entry.type} is never a no", "take no_lasts: out")
        elif entry.shelf_life == "never":
            self.problems.add(
                place, f"{name} never grows old, so neither does a no", "give shelf_life:, or take no_lasts: out"
            )
        elif match is None:
            self.problems.add(
                place, f"how long a no lasts cannot be read from {entry.no_lasts}", "write it like 0 days"
            )
        return int(match.group(1)) if match else None

    def _is_uprated(self, name: str, entry: FactShape, path: Path_) -> bool:
        if entry.uprated:
            place = self.located.place((*path, "uprated"))
            kind = parse_unit(entry.unit or "")
            if kind is None or not kind.is_money:
                self.problems.add(place, f"{name} is no money, so no rate of it goes up", "take uprated: out")
            elif entry.shelf_life == "never":
                what = f"{name} never grows old, so no new rate ends it"
                self.problems.add(place, what, "give shelf_life:, or take uprated: out")
        return entry.uprated

    def _formula(self, text: str, scope: Scope, path: Path_) -> Node | None:
        try:
            node = parse_formula(text, scope)
        except FormulaProblem as error:
            self.problems.add_formula(self.located, path, error)
            return None
        if node.type.kind != "flag":
            what = f"a condition is needed here, this is {described(node.type)}"
            self.problems.add(self.located.place(path), what, "compare it with something")
            return None
        return node

    def proved_bounds(self, fact: Fact, entry: FactShape, facts: Facts) -> tuple[ProvedBound, ...]:
        found = []
        for index, bound in enumerate(entry.proved_bounds):
            path: Path_ = ("facts", fact.level, fact.name, "proved_bounds", index)
            place = self.located.place(path)
            node = self._formula(bound.when, Scope(fact.level, facts, broken=self.broken), (*path, "when"))
            if fact.type.kind != "number" or (bound.low is None and bound.high is None):
                self.problems.add(place, "a proved bound is a low or a high of a number", "give low: or high:")
            if node is None:
                continue
            found.append(ProvedBound(_exact(bound.low), _exact(bound.high), node, bound.cite, bound.why))
            if any(isinstance(n, FactRef) and n.name == fact.name for n in walk(node)):
                what = f"the bound of {fact.name} rests on {fact.name} itself"
                self.problems.add(self.located.place((*path, "when")), what, "rest it on other facts")
        return tuple(found)

    def relation(self, name: str, entry: RelationShape, facts: Facts) -> Relation:
        path: Path_ = ("relations", name)
        inner = Scope(entry.target, facts, outer=entry.source, broken=self.broken)
        outer = Scope(entry.source, facts, broken=self.broken)
        where = self._formula(entry.where, inner, (*path, "where")) if entry.where else None
        complete = self._formula(entry.complete_when, outer, (*path, "complete_when")) if entry.complete_when else None
        return Relation(
            name=name,
            source=entry.source,
            target=entry.target,
            link=entry.link,
            other=entry.other,
            outside=entry.outside == "family",
            where=where,
            complete_when=complete,
            meaning=entry.meaning,
        )

    def assumptions(self, shape: FactsShape, facts: Facts) -> dict[str, StandingAssumption]:
        found: dict[str, StandingAssumption] = {}
        for name, entry in shape.standing_assumptions.items():
            levels = [level for level, fact in facts if fact == name and facts[level, fact].type.kind == "flag"]
            if len(levels) != 1:
                place = self.located.key_place(("standing_assumptions", name))
                if name not in self.broken:
                    fix = "declare the flag under facts first"
                    self.problems.add(place, f"{name} is not the name of one flag fact", fix)
                continue
            found[name] = StandingAssumption(name, levels[0], entry.assumed, entry.why)
        return found


def _exact(value: Any) -> Any:
    return Fraction(str(value)) if isinstance(value, int | Decimal) else value
