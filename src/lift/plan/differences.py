"""By how much, and in which direction, does a formula move if some facts become others?

Every formula is read in two worlds, before and after. To take one range from the other would blur the difference by all
that both share: an unknown rent is the same rent in both. So the difference is worked out on the formula itself: what
both share cancels, a choice is compared branch by branch, and a bound that no range would show (GREATEST moves at most
as far as one of its arguments) is written beside it. Trees in, trees out: no engine knows of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal as OneOf

from lift.rulebook.model import Rulebook, Special, Step
from lift.rulebook.nodes import (
    CONVERSIONS,
    AmountRef,
    Arithmetic,
    Call,
    Choose,
    Compare,
    Constant,
    FactRef,
    Gather,
    Level,
    Logic,
    Negate,
    Node,
    Not,
    Span,
    StepRef,
    Type,
    over_children,
    walk,
)
from lift.rulebook.signs import Sign, Signs

Direction = OneOf["same", "up", "down", "either"]
"""Of a number: never lower after (up), never higher (down). Of a flag: it only ever becomes true (up), or false."""

_TURNED: dict[Direction, Direction] = {"same": "same", "up": "down", "down": "up", "either": "either"}
_NOWHERE = Span()
_FLAG = Type("flag")
_TWO = 2
#: A difference that would be longer than this is left to the ranges of both worlds.
_LONGEST = 600


def after_name(name: str, label: str = "") -> str:
    """What a step is called in the world after. `label`: of the scenario, where several stand in one rulebook."""
    return f"{name}__if{label}"


def change_name(name: str, label: str = "") -> str:
    """The step that holds by how much a number moves."""
    return f"{name}__change{label}"


def joined(directions: list[Direction]) -> Direction:
    """The direction of what moves with several others."""
    found = {one for one in directions if one != "same"}
    return found.pop() if len(found) == 1 else "either" if found else "same"


@dataclass(frozen=True)
class Worlds:
    """What is other in the world after: facts, each with the step that holds its value then, and steps that rest on
    them. `moves`: in which direction each of these steps moves."""

    facts: Mapping[tuple[Level, str], str]
    steps: Mapping[str, Step]
    moves: Mapping[str, Direction]
    signs: Signs
    book: Rulebook
    label: str = ""

    # ---- two worlds ----

    def is_touched(self, node: Node) -> bool:
        """Whether a formula may be other in the world after."""
        return any(
            (isinstance(part, FactRef) and (part.level, part.name) in self.facts)
            or (isinstance(part, StepRef) and part.name in self.steps)
            for part in walk(node)
        )

    def after(self, node: Node) -> Node:
        """The formula, read in the world after."""
        if isinstance(node, FactRef) and (node.level, node.name) in self.facts:
            return StepRef(node.type, node.at, node.level, self.facts[node.level, node.name], node.outer)
        if isinstance(node, StepRef) and node.name in self.steps:
            return replace(node, name=after_name(node.name, self.label))
        return over_children(node, self.after)

    # ---- how far a number moves ----

    def change(self, node: Node) -> Node:
        """The formula in the world after less the formula in the world before."""
        if not self.is_touched(node):
            return _nought(node)
        if isinstance(node, StepRef):
            return replace(node, name=change_name(node.name, self.label))
        if isinstance(node, FactRef):
            name = change_name(self.facts[node.level, node.name], self.label)
            return StepRef(node.type, node.at, node.level, name, node.outer)
        if isinstance(node, Arithmetic):
            return self._arithmetic(node)
        if isinstance(node, Negate):
            return replace(node, value=self.change(node.value))
        if isinstance(node, Choose):
            return self._choose(node)
        if isinstance(node, Call):
            return self._call(node)
        if isinstance(node, Gather):
            return self._gather(node)
        return self._plain(node, node)

    def difference(self, late: Node, early: Node) -> Node:
        """One formula read in the world after, less another one read in the world before."""
        if alike(late, early):
            return self.change(late)
        if isinstance(late, Choose):
            branches = tuple((self.after(test), self.difference(value, early)) for test, value in late.branches)
            return Choose(late.type, _NOWHERE, branches, self.difference(late.otherwise, early))
        if isinstance(early, Choose):
            branches = tuple((test, self.difference(late, value)) for test, value in early.branches)
            return Choose(late.type, _NOWHERE, branches, self.difference(late, early.otherwise))
        if _is_extreme(late) and not self._may_be_endless(late):
            assert isinstance(late, Call)
            return replace(late, arguments=tuple(self.difference(one, early) for one in late.arguments))
        if _is_extreme(early) and not self._may_be_endless(early):
            assert isinstance(early, Call)
            other = "LEAST" if early.function == "GREATEST" else "GREATEST"
            return replace(early, function=other, arguments=tuple(self.difference(late, e) for e in early.arguments))
        return self._of_sums(late, early)

    def _of_sums(self, late: Node, early: Node) -> Node:
        """Terms that stand in both cancel, but for how far they move themselves."""
        mine, others = _terms(late), _terms(early)
        moved: list[tuple[int, Node]] = []
        rest: list[tuple[int, Node]] = []
        for sign, term in mine:
            match = next((i for i, (other, t) in enumerate(others) if other == sign and alike(t, term)), None)
            if match is None:
                rest.append((sign, self.after(term)))
            else:
                others.pop(match)
                moved.append((sign, self.change(term)))
        return _sum([*moved, *rest, *[(-sign, term) for sign, term in others]], late.type)

    def _plain(self, late: Node, early: Node) -> Node:
        return _minus(self.after(late), early)

    def _arithmetic(self, node: Arithmetic) -> Node:
        if node.operator in ("+", "-"):
            return _sum([(sign, self.change(term)) for sign, term in _terms(node)], node.type)
        if node.operator == "/":
            return replace(node, left=self.change(node.left))
        left, right = self.is_touched(node.left), self.is_touched(node.right)
        by_left = replace(node, left=self.change(node.left), right=self.after(node.right)) if left else None
        by_right = replace(node, right=self.change(node.right)) if right else None
        return _sum([(1, part) for part in (by_left, by_right) if part is not None], node.type)

    def _choose(self, node: Choose) -> Node:
        cases = [*node.branches, (None, node.otherwise)]
        if not any(test is not None and self.is_touched(test) for test, _ in cases):
            branches = tuple((test, self.change(value)) for test, value in node.branches)
            return replace(node, branches=branches, otherwise=self.change(node.otherwise))
        ways = [self.direction(test) for test, _ in node.branches]
        late: list[tuple[Node | None, Node]] = []
        for i, (test, value) in enumerate(cases):
            early = [
                (other_test, self.difference(value, other))
                for j, (other_test, other) in enumerate(cases)
                if not (j < i and ways[j] in ("up", "same")) and not (i < j and ways[i] in ("down", "same"))
            ]
            late.append((None if test is None else self.after(test), _cases(node.type, early)))
        return _cases(node.type, late)

    def _call(self, node: Call) -> Node:
        if node.function in CONVERSIONS:
            return replace(node, arguments=(self.change(node.arguments[0]), *node.arguments[1:]))
        if _is_extreme(node) and not self._may_be_endless(node):
            return self._extreme(node)
        if node.function in ("CEIL", "FLOOR"):
            moved_by = self.change(node.arguments[0])
            return _clamped(self._plain(node, node), _call("FLOOR", (moved_by,)), _call("CEIL", (moved_by,)))
        return self._plain(node, node)

    def _extreme(self, node: Call) -> Node:
        """GREATEST and LEAST move at most as far as one of their arguments; and as far as one that is chosen before and
        after."""
        moved = tuple(self.change(argument) for argument in node.arguments)
        otherwise = _clamped(self._plain(node, node), _call("LEAST", moved), _call("GREATEST", moved))
        if len(node.arguments) != _TWO:
            return otherwise
        first, second = node.arguments
        low, high = (second, first) if node.function == "GREATEST" else (first, second)
        cases = [
            (self._always("<=", low, high), moved[0]),
            (self._always("<=", high, low), moved[1]),
        ]
        return Choose(node.type, _NOWHERE, tuple(cases), otherwise)

    def _always(self, operator: OneOf["<", "<="], left: Node, right: Node) -> Node:
        """Whether a comparison holds before and after."""
        before = Compare(_FLAG, _NOWHERE, operator, left, right)
        return Logic(_FLAG, _NOWHERE, "AND", (before, self.after(before)))

    def _gather(self, node: Gather) -> Node:
        """A sum moves as its members do; who is related at all must be the same in both worlds."""
        same_members = not any(
            part is not None and self.is_touched(part) for part in (node.relation_where, node.complete_when)
        )
        if node.function not in ("SUM", "COUNT") or not same_members:
            return self._plain(node, node)
        body = node.body if node.body is not None else Constant(node.type, _NOWHERE, Fraction(1))
        if node.where is None or not self.is_touched(node.where):
            return replace(node, function="SUM", body=self.change(body))
        within = Choose(body.type, _NOWHERE, ((node.where, body),), _nought(body))
        return replace(node, function="SUM", body=self.change(within), where=None)

    def _may_be_endless(self, node: Node) -> bool:
        """Whether some part may be no_limit, with which nothing may be counted."""
        return any(
            isinstance(part, AmountRef)
            and any(cell.value is Special.NO_LIMIT for _, cell in self.book.amounts[part.name].versions)
            for part in walk(node)
        )

    # ---- in which direction ----

    def direction(self, node: Node) -> Direction:
        """In which direction a number or a flag moves, as far as the formula shows it."""
        if not self.is_touched(node):
            return "same"
        if isinstance(node, StepRef):
            return self.moves[node.name]
        if isinstance(node, FactRef):
            return self.moves[self.facts[node.level, node.name]]
        if node.type.kind == "number":
            return of_sign(self.signs.of(self.change(node)))
        if isinstance(node, Not):
            return _TURNED[self.direction(node.value)]
        if isinstance(node, Logic):
            return joined([self.direction(part) for part in node.parts])
        if isinstance(node, Compare):
            return self._comparison(node)
        if isinstance(node, Choose) and not any(self.is_touched(test) for test, _ in node.branches):
            return joined([self.direction(value) for value in (*[v for _, v in node.branches], node.otherwise)])
        return self._of_some(node) if isinstance(node, Gather) else "either"

    def _comparison(self, node: Compare) -> Direction:
        if node.operator not in ("<", "<=") or node.left.type.kind != "number":
            return "either"
        return of_sign(self.signs.of(_minus(self.change(node.right), self.change(node.left))))

    def _of_some(self, node: Gather) -> Direction:
        """ANY rises with its condition and with who is looked at; EVERY falls with who is looked at."""
        shared = [part for part in (node.relation_where, node.complete_when) if part is not None]
        if node.function not in ("ANY", "EVERY") or any(self.is_touched(part) for part in shared):
            return "either"
        where = self.direction(node.where) if node.where is not None else "same"
        body = self.direction(node.body) if node.body is not None else "same"
        return joined([where if node.function == "ANY" else _TURNED[where], body])

    def of_award(self, node: Node, fact: FactRef) -> Direction:
        """In which direction a flag moves that becomes this formula; in it the fact itself stands for what it was."""
        if isinstance(node, FactRef) and (node.level, node.name) == (fact.level, fact.name):
            return "same"
        if isinstance(node, Constant) and isinstance(node.value, bool):
            return "up" if node.value else "down"
        if isinstance(node, Choose):
            return joined([self.of_award(v, fact) for v in (*[v for _, v in node.branches], node.otherwise)])
        if isinstance(node, Logic):
            parts = [self.of_award(part, fact) for part in node.parts]
            way: Direction = "up" if node.operator == "OR" else "down"
            return way if "same" in parts or way in parts else "either"
        return "either"


def of_sign(sign: Sign) -> Direction:
    if sign.never_negative:
        return "same" if sign.never_positive else "up"
    return "down" if sign.never_positive else "either"


def is_short(node: Node) -> bool:
    """Whether a difference is short enough to be worked out."""
    return len(walk(node)) <= _LONGEST


# ---- trees -----------------------------------------------------------------------------------------------------------


def alike(one: Node, other: Node) -> bool:
    """Whether two formulas say the same, wherever they are written."""
    return _placeless(one) == _placeless(other)


def _placeless(node: Node) -> Node:
    return over_children(replace(node, at=_NOWHERE), _placeless)


def _terms(node: Node, sign: int = 1) -> list[tuple[int, Node]]:
    """The terms of a sum, each with its sign."""
    if isinstance(node, Arithmetic) and node.operator in ("+", "-"):
        return [*_terms(node.left, sign), *_terms(node.right, sign if node.operator == "+" else -sign)]
    if isinstance(node, Negate):
        return _terms(node.value, -sign)
    return [] if _is_nought(node) else [(sign, node)]


def without_term(node: Node, term: Node) -> Node:
    """A formula less one term, which cancels where the formula is a sum that it stands in."""
    terms = _terms(node)
    own = next((i for i, (sign, one) in enumerate(terms) if sign > 0 and alike(one, term)), None)
    rest = [*terms, (-1, term)] if own is None else terms[:own] + terms[own + 1 :]
    return _sum(rest, node.type)


def _sum(terms: list[tuple[int, Node]], kind: Type) -> Node:
    there = [(sign, node) for sign, node in terms if not _is_nought(node)]
    total: Node | None = None
    for sign, node in sorted(there, key=lambda term: -term[0]):
        if total is None:
            total = node if sign > 0 else Negate(kind, _NOWHERE, node)
        else:
            total = Arithmetic(kind, _NOWHERE, "+" if sign > 0 else "-", total, node)
    return total if total is not None else Constant(kind, _NOWHERE, Fraction(0))


def _minus(left: Node, right: Node) -> Node:
    return _sum([(1, left), (-1, right)], left.type)


def _nought(node: Node) -> Node:
    return Constant(node.type, _NOWHERE, Fraction(0))


def _is_nought(node: Node) -> bool:
    return isinstance(node, Constant) and not isinstance(node.value, bool) and node.value == 0


def _is_extreme(node: Node) -> bool:
    return isinstance(node, Call) and node.function in ("GREATEST", "LEAST") and node.type.kind == "number"


def _call(function: str, arguments: tuple[Node, ...]) -> Node:
    if len(arguments) > 1 and all(alike(one, arguments[0]) for one in arguments):
        return arguments[0]
    if function in ("CEIL", "FLOOR") and _is_nought(arguments[0]):
        return arguments[0]
    return Call(arguments[0].type, _NOWHERE, function, arguments)


def _clamped(node: Node, low: Node, high: Node) -> Node:
    return low if alike(low, high) else _call("GREATEST", (_call("LEAST", (node, high)), low))


def _cases(kind: Type, cases: list[tuple[Node | None, Node]]) -> Node:
    """A choice whose last case needs no test, for one of them is always met."""
    *branches, (_, otherwise) = cases
    if all(alike(value, otherwise) for _, value in branches):
        return otherwise
    tested = tuple((test, value) for test, value in branches if test is not None)
    return Choose(kind, _NOWHERE, tested, otherwise)
