"""How does YAML become plain values that remember where they stood?

Read with YAML 1.2 (`on:` and `yes` stay text), duplicate keys refused, numbers exact (never floating point), and for
every value its line and column, so that each message can point at it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from lift.errors import Place, Problem, RuleProblems

Path_ = tuple[str | int, ...]


@dataclass(frozen=True)
class Located:
    """The plain value of a YAML file, and the place of each part by its path of keys and indexes."""

    name: str
    value: Any
    places: dict[Path_, Place]
    key_places: dict[Path_, Place]
    multiline: frozenset[Path_]
    """Texts that run over several lines, whose offsets cannot be told as one line's columns."""

    def place(self, path: Iterable[str | int]) -> Place:
        """The nearest known place of a path: its own, else its parent's."""
        wanted = tuple(path)
        while wanted not in self.places and wanted:
            wanted = wanted[:-1]
        return self.places.get(wanted, Place(self.name, 1))

    def key_place(self, path: Iterable[str | int]) -> Place:
        wanted = tuple(path)
        return self.key_places.get(wanted) or self.place(wanted)


def read_located(file: Path, name: str, *, until_key: str | None = None) -> Located:
    """The file's values with their places. `name` is the path as users know it. `until_key` leaves out that top-level
    key and all below it, for speed: examples are only read where they are run. Raises RuleProblems."""
    text = file.read_text(encoding="utf-8")
    if until_key is not None:
        head, found, _ = text.partition(f"\n{until_key}:")
        text = head + "\n" if found else text
    return read_located_text(text, name)


def read_located_text(text: str, name: str) -> Located:
    lines = text.splitlines()
    yaml = YAML(typ="safe", pure=True)
    try:
        root = yaml.compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark
        place = _place(name, lines, mark.line if mark else 0, mark.column if mark else 0, 1)
        what = f"this is not YAML: {error.problem or error.context}"
        raise RuleProblems([Problem(place, what, "mend the indentation, quotes or colon here")]) from error
    reader = _Reader(name, lines)
    value = reader.read(root, ()) if root is not None else {}
    if reader.problems:
        raise RuleProblems(reader.problems)
    return Located(name, value, reader.places, reader.key_places, frozenset(reader.multiline))


def _place(name: str, lines: list[str], line: int, column: int, width: int) -> Place:
    text = lines[line] if line < len(lines) else ""
    return Place(name, line + 1, column + 1, text, width)


class _Reader:
    def __init__(self, name: str, lines: list[str]) -> None:
        self.name, self.lines = name, lines
        self.places: dict[Path_, Place] = {}
        self.key_places: dict[Path_, Place] = {}
        self.multiline: set[Path_] = set()
        self.problems: list[Problem] = []

    def read(self, node: Node, path: Path_) -> Any:
        same_line = node.start_mark.line == node.end_mark.line
        width = node.end_mark.column - node.start_mark.column if same_line else 1
        quoted = isinstance(node, ScalarNode) and node.style in ("'", '"')
        column = node.start_mark.column + (1 if quoted else 0)
        self.places[path] = _place(self.name, self.lines, node.start_mark.line, column, max(width - 2 * quoted, 1))
        if isinstance(node, MappingNode):
            return self._mapping(node, path)
        if isinstance(node, SequenceNode):
            return [self.read(item, (*path, index)) for index, item in enumerate(node.value)]
        if not same_line:
            self.multiline.add(path)
        return self._scalar(node, path)

    def _mapping(self, node: MappingNode, path: Path_) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key = self._scalar(key_node, path)
            place = _place(self.name, self.lines, key_node.start_mark.line, key_node.start_mark.column, len(str(key_node.value)))
            label = key if isinstance(key, int) and not isinstance(key, bool) else str(key)
            if key in found:
                self.problems.append(Problem(place, f"{key} stands here twice", "keep one of the two"))
            self.key_places[(*path, label)] = place
            found[key] = self.read(value_node, (*path, label))
        return found

    def _scalar(self, node: Node, path: Path_) -> Any:
        text = str(node.value)
        kind = node.tag.rsplit(":", 1)[-1]
        try:
            if kind == "int":
                return int(text.replace("_", ""), 0) if not text.lstrip("+-").startswith("0") or len(text) == 1 else int(text)
            if kind == "float":
                return Decimal(text)
            if kind == "timestamp" and len(text) == 10:
                return date.fromisoformat(text)
        except (ValueError, ArithmeticError):
            place = self.places.get(path, Place(self.name, node.start_mark.line + 1))
            self.problems.append(Problem(place, f"{text} cannot be read as {kind}", "write a plain number, or a date as 2026-04-06"))
            return None
        if kind == "bool":
            return text.lower() == "true"
        return None if kind == "null" else text
