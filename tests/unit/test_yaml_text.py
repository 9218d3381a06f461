"""Do the two readers of YAML give the same for all that came with the program, and is a mistake told the same way?"""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode

from lift.errors import RuleProblems
from lift.rulebook.load import rules_folder
from lift.rulebook.located import read_located_text
from lift.yaml_text import read_text

PACKAGE = Path(read_text.__code__.co_filename).parent
FILES = sorted([*rules_folder().rglob("*.yaml"), *PACKAGE.rglob("*.yaml")])


def told(node: Node) -> list[object]:
    """Everything that is read off a tree of nodes: kinds, values and places."""
    start, end = node.start_mark, node.end_mark
    own = (node.value, node.style or "") if isinstance(node, ScalarNode) else ()
    found: list[object] = [(str(node.tag), start.line, start.column, end.line, end.column, own)]
    if isinstance(node, MappingNode):
        return found + [part for pair in node.value for below in pair for part in told(below)]
    return found if isinstance(node, ScalarNode) else found + [part for below in node.value for part in told(below)]


def test_all_files_are_found() -> None:
    assert len(FILES) > 60


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_both_readers_read_our_files_alike_and_the_quick_one_can(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    quick = YAML(typ="safe")
    assert "CParser" in str(quick.Parser), "ruamel.yaml.clib is not installed"
    exact = read_text(text, lambda yaml: yaml.compose(text), is_ours=False)
    assert told(read_text(text, lambda yaml: yaml.compose(text), is_ours=True)) == told(exact)
    assert told(quick.compose(text)) == told(exact)


@pytest.mark.parametrize(
    "text",
    ["a: b: c\n", "a:\tb\n", "a: 'x' y\n", "a: [b\n", "a: *b\n", "a: &x 1\nb: &x 2\n", "%YAML 1.1\n---\na: yes\n",
     "a: x\ty\n", "a: \x01\n", "a: {b: c:d}\n", "a: x\u2028y\n", "a: 010\n", "a: 1\na: 2\n", ""],
)  # fmt: skip
def test_whatever_a_text_says_and_whoever_wrote_it_it_is_read_and_its_mistakes_are_told_alike(text: str) -> None:
    said = []
    for is_ours in (False, True):
        try:
            said.append(repr(read_located_text(text, "x.yaml", is_ours=is_ours)))
        except RuleProblems as error:
            said.append(str(error))
    assert said[0] == said[1]


def test_what_others_wrote_is_never_given_to_the_quick_reader() -> None:
    """It ends the whole process on text nested so deep."""
    deep = "[" * 100_000
    with pytest.raises((YAMLError, RecursionError)):
        read_text(deep, lambda yaml: yaml.compose(deep), is_ours=False)
    with pytest.raises(RuleProblems):
        read_located_text(deep, "x.yaml")
