"""Of which units does anybody read a step?

A step that is only gathered over a relation with a condition (the latest of a family's periods) need not be right for
units that the condition leaves out: nobody reads it there, so that what it gathers in its turn is left out too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from lift.rulebook.check import roots
from lift.rulebook.model import Relation, Step
from lift.rulebook.nodes import FactRef, Gather, Level, Node, StepRef, children

Readers = set[FactRef | None]
"""The conditions under which a step is read; None: of every unit."""


def only_of(readers: Readers) -> FactRef | None:
    """The one condition that every reader keeps to, if there is one."""
    return next(iter(readers)) if len(readers) == 1 else None


def readers_of(
    steps: Mapping[str, Step], relations: Mapping[str, Relation], asked: Iterable[str], others: Iterable[Node]
) -> dict[str, Readers]:
    """Step by step, who reads it. `asked` are read of every unit; `others` are trees outside any step."""
    search = _Search(steps, relations)
    for name in asked:
        search.reach(name, None)
    for tree in others:
        search.visit(tree, None, None)
    return search.found


@dataclass
class _Search:
    steps: Mapping[str, Step]
    relations: Mapping[str, Relation]
    found: dict[str, Readers] = field(default_factory=dict)

    def reach(self, name: str, reader: FactRef | None) -> None:
        step, readers = self.steps.get(name), self.found.setdefault(name, set())
        if step is None or reader in readers:
            return
        readers.add(reader)
        for tree in roots(step):
            self.visit(tree, step.level, reader)

    def visit(self, node: Node, level: Level | None, reader: FactRef | None) -> None:
        """A tree read on `level` by those who read its step under the condition `reader`."""
        if isinstance(node, StepRef):
            self.reach(node.name, reader if node.level == level else None)
        elif isinstance(node, Gather):
            if node.complete_when is not None:
                self.visit(node.complete_when, level, reader)
            condition = node.relation_where
            inner = condition if isinstance(condition, FactRef) and not condition.outer else None
            for part in (node.body, node.where, condition):
                if part is not None:
                    self._visit_related(part, self.relations[node.relation].target, inner, (level, reader))
        else:
            for child in children(node):
                self.visit(child, level, reader)

    def _visit_related(
        self, node: Node, level: Level, reader: FactRef | None, outside: tuple[Level | None, FactRef | None]
    ) -> None:
        if isinstance(node, StepRef):
            own_level, own_reader = outside if node.outer else (level, reader)
            self.reach(node.name, own_reader if node.level == own_level else None)
        for child in children(node):
            self._visit_related(child, level, reader, outside)
