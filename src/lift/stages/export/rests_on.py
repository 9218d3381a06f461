"""On which members of a family do a rule's steps and facts of persons rest?

A rule may read the state pension of adults and the school of children. What it does not read of somebody is not shown,
though the plan works it out for everybody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from lift.rulebook.model import Rule, Rulebook
from lift.rulebook.nodes import Compare, Constant, FactRef, Gather, Logic, Node, StepRef, children

#: The person whom an answer is about, where it is about one person.
SUBJECT = "subject"
ROLES = frozenset({"claimant", "partner", "child"})


def persons_read(rule: Rule, book: Rulebook) -> Mapping[str, frozenset[str]]:
    """Name of each person's step or fact to the roles for which it is read. People of other families are left out."""
    start = frozenset({SUBJECT}) if rule.level == "person" else ROLES
    found: dict[str, set[str]] = defaultdict(set)
    done: set[tuple[str, frozenset[str]]] = set()
    queue = [(formula.node, start) for name in rule.answers.values() for formula in book.steps[name].formulas]
    while queue:
        node, roles = queue.pop()
        for name, own in _read(node, roles, start, book):
            found[name] |= own
            if name in book.steps and (name, own) not in done:
                done.add((name, own))
                queue += [(formula.node, own) for formula in book.steps[name].formulas]
    return {name: frozenset(roles) for name, roles in found.items()}


def _read(
    node: Node, roles: frozenset[str], outer: frozenset[str], book: Rulebook
) -> Iterator[tuple[str, frozenset[str]]]:
    """Names of steps and facts read from a node, with the roles of the persons they are read on. A family's, a home's
    and a period's keep the roles in hand, for what they read of persons is told by their own gathers."""
    if isinstance(node, Gather):
        inner = _gathered(node, roles, book)
        for below in (node.body, node.where):
            if below is not None and inner:
                yield from _read(below, inner, roles, book)
    elif isinstance(node, StepRef | FactRef):
        yield node.name, outer if node.outer else roles
    else:
        for below in children(node):
            yield from _read(below, roles, outer, book)


def _gathered(node: Gather, roles: frozenset[str], book: Rulebook) -> frozenset[str]:
    """The roles that a gather looks at; none where it looks at other families."""
    relation = book.relations[node.relation]
    if relation.link != "family" or relation.outside:
        return frozenset()
    if relation.target != "person":
        return roles
    tests = [test for test in (node.relation_where, node.where) if test is not None]
    return frozenset(role for role in ROLES if all(_may_be(test, role) for test in tests))


def _may_be(test: Node, role: str) -> bool:
    """Whether somebody of that role may meet the test."""
    if isinstance(test, Logic) and test.operator == "AND":
        return all(_may_be(part, role) for part in test.parts)
    if not isinstance(test, Compare) or not isinstance(test.left, FactRef) or not isinstance(test.right, Constant):
        return True
    tells = test.left.name == "role" and not test.left.outer and test.operator in ("=", "<>")
    return not tells or (test.right.value == role) == (test.operator == "=")
