"""Which parts of a formula become columns of their own, so that no part is written out many times?

A choice repeats its condition and GREATEST its arguments; nested, the SQL would double with every level. A part that is
more than a name and would be repeated becomes a hidden step (`step~1`) in an earlier layer.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from lift.plan.figures import in_force, version_day
from lift.rulebook.model import Formula, Step
from lift.rulebook.nodes import (
    AmountRef,
    Arithmetic,
    Call,
    Choose,
    Compare,
    Constant,
    FactRef,
    Gather,
    IsOneOf,
    Logic,
    Lookup,
    Negate,
    Node,
    Not,
    RunDay,
    StepRef,
    walk,
)

_SMALL = 4


def in_reach(step: Step, day: date) -> Step:
    """The step with only the formulas that can be in force: all of them where a fact picks one. Others may rest on
    amounts that have ended by the day, or begun after it."""
    dated = [(f.start, f) for f in step.formulas if f.start is not None]
    if step.day_node is not None or not dated:
        return step
    chosen = in_force(dated, version_day(step.day, day))
    return replace(step, formulas=() if chosen is None else (replace(chosen, start=None),))


def hoist(step: Step) -> list[Step]:
    """The hidden steps of a step, innermost first, and last the step itself with references to them."""
    if step.split_on:
        # A split puts flags into the formula itself; its parts must stay where they are.
        return [step]
    hoister = _Hoister(step)
    # A bound is laid over both ends of the value, each of which names the other.
    keep = hoister.inside if step.within is None or len(step.formulas) > 1 else hoister.part
    formulas = tuple(replace(f, node=keep(f.node)) for f in step.formulas)
    return [*hoister.hidden, replace(step, formulas=formulas)]


class _Hoister:
    def __init__(self, step: Step) -> None:
        self.step = step
        self.hidden: list[Step] = []

    def part(self, node: Node) -> Node:
        """A part that would be repeated: itself if small, else a reference to a hidden step."""
        node = self.inside(node)
        if len(walk(node)) <= _SMALL and not any(_is_long(n) for n in walk(node)):
            return node
        name = f"{self.step.name}~{len(self.hidden) + 1}"
        formula = Formula(None, node, "", self.step.place)
        hidden = replace(
            self.step,
            name=name,
            type=node.type,
            formulas=(formula,),
            day_node=None,
            rounding="none",
            within=None,
            assume=None,
        )
        self.hidden.append(hidden)
        return StepRef(node.type, node.at, self.step.level, name)

    def inside(self, node: Node) -> Node:
        """The same node over parts that have been hoisted where needed. Gathers keep theirs: another unit's."""
        if isinstance(node, Constant | RunDay | FactRef | StepRef | AmountRef | Gather):
            return node
        if isinstance(node, Choose):
            branches = tuple((self.part(test), self.part(value)) for test, value in node.branches)
            return replace(node, branches=branches, otherwise=self.part(node.otherwise))
        if isinstance(node, Call):
            return replace(node, arguments=tuple(self.part(a) for a in node.arguments))
        if isinstance(node, Lookup):
            return replace(node, keys=tuple(self.part(k) for k in node.keys))
        if isinstance(node, Arithmetic):
            keep = self.part if _is_product(node) else self.inside
            return replace(
                node,
                left=keep(node.left),
                right=keep(node.right) if not isinstance(node.right, AmountRef) else node.right,
            )
        if isinstance(node, Compare):
            return replace(node, left=self.part(node.left), right=self.part(node.right))
        if isinstance(node, IsOneOf):
            return replace(node, value=self.part(node.value))
        if isinstance(node, Logic):
            return replace(node, parts=tuple(self.inside(p) for p in node.parts))
        assert isinstance(node, Negate | Not)
        return replace(node, value=self.inside(node.value))


def _is_long(node: Node) -> bool:
    """Whether its SQL is long, however few its parts."""
    return isinstance(node, Gather | Lookup | Choose) or _is_product(node)


def _is_product(node: Node) -> bool:
    """Whether two ranges are multiplied, of which either end may meet either end."""
    fixed = Constant | AmountRef
    return (
        isinstance(node, Arithmetic)
        and node.operator == "*"
        and not isinstance(node.left, fixed)
        and not isinstance(node.right, fixed)
    )
