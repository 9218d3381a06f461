"""Which facts can an open answer rest on at all, so that no other question need be tried?

A step whose value is known is no way to anything behind it: whatever is asked about the facts it reads, it keeps its
value. So only facts to which some chain of open steps leads can make a difference.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from lift.rulebook.check import roots
from lift.rulebook.model import Relation, Rule, Rulebook
from lift.rulebook.nodes import Compare, Constant, FactRef, Gather, Level, Node, StepRef, children
from lift.rulebook.questions import deciding

Scope = Literal["own", "family", "home"]
"""Which units of a household: the subject and those above it; those of its family besides; all."""
SCOPES: tuple[Scope, ...] = ("own", "family", "home")


@dataclass(frozen=True, order=True)
class Way:
    """On which units a fact may matter: how far from the subject, and by which relation they were gathered, if any."""

    scope: Scope
    relation: str = ""


def only_with(relation: Relation, book: Rulebook) -> tuple[str, bool, str] | None:
    """The one code that units of a relation have (True), or do not have: the name of the fact, which, and the code.
    None where the relation's condition is another, or the fact can be out of date."""
    where = relation.where
    if not isinstance(where, Compare) or where.operator not in ("=", "<>") or not isinstance(where.right, Constant):
        return None
    fact, code = where.left, where.right.value
    if not isinstance(fact, FactRef) or fact.outer or not isinstance(code, str):
        return None
    if book.facts[fact.level, fact.name].shelf_life is not None:
        return None
    return fact.name, where.operator == "=", code


Read = tuple[str, Level, str]
"""Name and level of a fact or step that a formula reads, and where: `here`, `above`, or on the units of a relation."""


class Chains:
    """What each step of a rule reads, and how far a question can be from the subject."""

    def __init__(self, book: Rulebook, rule: Rule, places: Mapping[tuple[Level, str], int]) -> None:
        self.book, self.places = book, places
        self.roots = list(deciding(rule).answers.values())
        self.reads: dict[tuple[bool, Level, str], list[tuple[bool, Read]]] = {}

    def follow(self, open_steps: set[tuple[str, Scope]], *, is_plain: bool) -> list[tuple[int, Way]]:
        """The places of the facts that open steps lead to from the answer, each with the ways in which they do."""
        found: set[tuple[int, Way]] = set()
        seen: set[tuple[bool, str, Level, Way]] = set()
        waiting = [(True, name, self.book.steps[name].level, Way("own")) for name in self.roots]
        while waiting:
            one = waiting.pop()
            is_step, name, level, way = one
            if one in seen or (is_step and (name, way.scope) not in open_steps):
                continue
            seen.add(one)
            if not is_step and (level, name) in self.places:
                found.add((self.places[level, name], way))
            for below_is_step, (read, of, where) in self._reads_of(is_step, level, name):
                waiting.append((below_is_step, read, of, self._way(way, where, is_plain=is_plain)))
        return sorted(found)

    def _way(self, way: Way, where: str, *, is_plain: bool) -> Way:
        """Where a read leads. Where families are in doubt, a family may be anybody at home."""
        if where == "here":
            return way
        if where == "above":
            return Way("home" if way.scope == "home" else "own")
        link = self.book.relations[where].link
        return Way("family" if link == "family" and is_plain and way.scope != "home" else "home", where)

    def _reads_of(self, is_step: bool, level: Level, name: str) -> list[tuple[bool, Read]]:
        """What a step reads, or what says whether a fact has a proved bound."""
        key = (is_step, level, name)
        if key not in self.reads:
            bounds = () if is_step else self.book.facts[level, name].proved_bounds
            trees = roots(self.book.steps[name]) if is_step else [bound.when for bound in bounds]
            self.reads[key] = [read for tree in trees for read in self._reads(tree, level)]
        return self.reads[key]

    def _reads(self, node: Node, level: Level, relation: Relation | None = None) -> Iterator[tuple[bool, Read]]:
        """Everything a formula of a level reads, and whether it is a step. `relation`: inside a gather over it."""
        if isinstance(node, FactRef | StepRef):
            where = "here" if node.level == level else "above"
            if relation is not None and not node.outer:
                where = relation.name
            yield isinstance(node, StepRef), (node.name, node.level, where)
        elif isinstance(node, Gather):
            if node.complete_when is not None:
                yield from self._reads(node.complete_when, level)
            for inner in (node.body, node.where, node.relation_where):
                if inner is not None:
                    yield from self._reads(inner, level, self.book.relations[node.relation])
        else:
            for below in children(node):
                yield from self._reads(below, level, relation)
