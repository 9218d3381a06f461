"""Does every engine do what the manual of expressions says, row by row? And does the manual leave nothing out?"""

from __future__ import annotations

from typing import get_args, get_type_hints

import pytest

from lift.rulebook import nodes
from lift.rulebook.check import references
from lift.rulebook.dimensions import FUNCTIONS
from lift.rulebook.nodes import CONVERSIONS, Arithmetic, Call, Compare, Gather, Logic, Node
from tests.spec.print_manual import MANUAL, manual
from tests.spec.specs import ENGINES, Spec, all_specs, groups, refusal, rulebook, run

RUN = [spec for spec in all_specs() if spec.refused is None]
REFUSED = [spec for spec in all_specs() if spec.refused is not None]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("spec", RUN, ids=lambda spec: f"{spec.id} {spec.title}")
def test_as_specified(spec: Spec, engine: str) -> None:
    assert run(spec, engine) == [], f"{spec.formula or spec.rule}"


@pytest.mark.parametrize("spec", REFUSED, ids=lambda spec: f"{spec.id} {spec.title}")
def test_refused(spec: Spec) -> None:
    assert spec.refused is not None
    assert spec.refused in refusal(spec)


def _nodes() -> list[Node]:
    books = [rulebook(group.name) for group in groups() if any(spec.refused is None for spec in group.specs)]
    return [node for book in books for step in book.steps.values() for node in references(step)]


def test_every_function_conversion_and_gather_has_a_row() -> None:
    found = _nodes()
    called = {node.function for node in found if isinstance(node, Call)}
    assert called == {*FUNCTIONS, *CONVERSIONS}
    gathered = {node.function for node in found if isinstance(node, Gather)}
    assert gathered == set(get_args(get_type_hints(Gather)["function"]))


def test_every_kind_of_node_and_every_operator_has_a_row() -> None:
    found = _nodes()
    kinds = {
        kind for kind in vars(nodes).values() if isinstance(kind, type) and issubclass(kind, Node) and kind is not Node
    }
    assert {type(node) for node in found} == kinds
    for kind in (Arithmetic, Compare, Logic):
        used = {node.operator for node in found if isinstance(node, kind)}
        assert used == set(get_args(get_type_hints(kind)["operator"]))


def test_the_manual_is_as_printed() -> None:
    assert MANUAL.read_text(encoding="utf-8") == manual(), "run: python -m tests.spec.print_manual"


def test_no_two_rows_have_one_title() -> None:
    for group in groups():
        titles = [spec.title for spec in group.specs]
        assert len(set(titles)) == len(titles), group.title
