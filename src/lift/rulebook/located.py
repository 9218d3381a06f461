"""How does YAML become plain values that remember where they stood?

Read with YAML 1.2 (`on:` and `yes` stay text), duplicate keys refused, numbers exact (never floating point), and for
every value its line and column, so that each message can point at it.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from ruamel.yaml.error import MarkedYAMLError, ReusedAnchorWarning, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode
from ruamel.yaml.reader import ReaderError

from lift.errors import Place, Problem, RuleProblems
from lift.yaml_text import read_text

Path_ = tuple[str | int, ...]

#: Plain numbers, as an officer writes them. YAML also knows 1_000, 0x1F, 010, 1e3 and .inf: traps in a file of law.
PLAIN_NUMBER = re.compile(r"[-+]?(0|[1-9][0-9]*)(\.[0-9]+)?")
_MOST_VALUES = 200_000


@dataclass(frozen=True)
class Text:
    """Where a text stands in its file: lines and columns from 0, and how it is quoted or folded."""

    first_line: int
    first_column: int
    last_line: int
    last_column: int
    style: str


@dataclass(frozen=True)
class Located:
    """The plain value of a YAML file, and the place of each part by its path of keys and indexes."""

    name: str
    value: Any
    lines: Sequence[str]
    places: dict[Path_, Place]
    key_places: dict[Path_, Place]
    texts: dict[Path_, Text]

    def place(self, path: Iterable[str | int]) -> Place:
        """The nearest known place of a path: its own, else its parent's."""
        wanted = tuple(path)
        while wanted and wanted not in self.places:
            wanted = wanted[:-1]
        return self.places[wanted] if wanted else Place(self.name, 1)

    def key_place(self, path: Iterable[str | int]) -> Place:
        wanted = tuple(path)
        return self.key_places.get(wanted) or self.place(wanted)

    def part(self, path: Iterable[str | int], start: int, end: int) -> Place:
        """The place of the characters `start` to `end` of a text, on whichever line of a folded text they stand."""
        wanted = tuple(path)
        text = self.texts.get(wanted)
        if text is None:
            return self.place(wanted)
        value = str(self._value(wanted))
        spots = _spots(value, text, self.lines)
        if not spots:
            return self.place(wanted)
        line, column = spots[min(start, len(spots) - 1)]
        last_line, last_column = spots[min(max(end, start + 1), len(spots)) - 1]
        width = last_column + 1 - column if last_line == line else len(self.lines[line].rstrip()) - column
        return _place(self.name, self.lines, line, column, width)

    def _value(self, path: Path_) -> Any:
        found = self.value
        for part in path:
            keyed = {str(key): value for key, value in found.items()} if isinstance(found, dict) else None
            found = found[part] if keyed is None else keyed[str(part)]
        return found


@dataclass(frozen=True)
class Source:
    """The text at a path of a file."""

    located: Located
    path: Path_

    def part(self, start: int, end: int) -> Place:
        return self.located.part(self.path, start, end)


def _spots(value: str, text: Text, lines: Sequence[str]) -> list[tuple[int, int]]:
    """The line and column of each character of a text. Folding changes white space only, so that the characters between
    are found again one by one; a quote or backslash that is doubled in the file is stepped over."""
    line, column = text.first_line, text.first_column
    if text.style in (">", "|"):
        line, column = line + 1, 0
    elif text.style:
        column += 1
    spots: list[tuple[int, int]] = []
    for character in value:
        if character.isspace():
            spots.append((line, column))
            continue
        while line <= text.last_line and line < len(lines) and lines[line][column : column + 1] != character:
            line, column = (line, column + 1) if column < len(lines[line]) else (line + 1, 0)
        spots.append((line, column))
        doubled = text.style == "'" and character == "'"
        column += 2 if doubled else 1
    return [spot for spot in spots if spot[0] < len(lines)] or []


def read_located(
    file: Path,
    name: str,
    *,
    until_key: str | None = None,
    collect: list[Problem] | None = None,
    is_ours: bool = False,
) -> Located:
    """The file's values with their places. `name` is the path as users know it. `until_key` leaves out that top-level
    key and all below it, for speed: examples are only read where they are run. Values that cannot be read go to
    `collect` as null, if it is given. `is_ours`: as `lift.yaml_text` says. Raises RuleProblems."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        reason = error.strerror or "it cannot be opened"
        raise _unreadable(name, f"this file cannot be read: {reason}", "make it a file that you may read") from error
    except UnicodeDecodeError as error:
        line = file.read_bytes()[: error.start].count(b"\n") + 1
        raise _unreadable(name, "this file is not UTF-8", "save it as UTF-8 in your editor", line) from error
    if until_key is not None:
        head, found, _ = text.partition(f"\n{until_key}:")
        text = head + "\n" if found else text
    return read_located_text(text, name, collect=collect, is_ours=is_ours)


def _unreadable(name: str, what: str, fix: str, line: int = 1) -> RuleProblems:
    return RuleProblems([Problem(Place(name, line), what, fix)])


def read_located_text(text: str, name: str, *, collect: list[Problem] | None = None, is_ours: bool = False) -> Located:
    """As `read_located`, from a text."""
    lines = text.splitlines()
    root = _compose(text, name, lines, is_ours=is_ours)
    reader = _Reader(name, lines)
    value = reader.read(root, ()) if root is not None else {}
    if collect is not None:
        collect += reader.problems
    elif reader.problems:
        raise RuleProblems(reader.problems)
    return Located(name, value, lines, reader.places, reader.key_places, reader.texts)


def _compose(text: str, name: str, lines: Sequence[str], *, is_ours: bool) -> Node | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", ReusedAnchorWarning)
            root: Node | None = read_text(text, lambda yaml: yaml.compose(text), is_ours=is_ours)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = _place(name, lines, mark.line if mark else 0, mark.column if mark else 0, 1)
        raise RuleProblems([Problem(place, *_yaml_mistake(str(error.problem or error.context)))]) from error
    except ReusedAnchorWarning as error:
        anchor = str(error).partition("'")[2].partition("'")[0]
        line = text[: text.rfind(f"&{anchor}")].count("\n") + 1
        raise _unreadable(name, f"the anchor &{anchor} stands here twice", "give one another name", line) from error
    except ReaderError as error:
        line = text[: error.position].count("\n") + 1
        raise _unreadable(name, "a character that cannot be seen stands in this line", "take it out", line) from error
    except (YAMLError, RecursionError) as error:
        raise _unreadable(name, "this is not YAML that can be read", "see docs/rule-format.md") from error
    return root


def _yaml_mistake(complaint: str) -> tuple[str, str]:
    """What the YAML reader complains of, in plain words, and the fix."""
    if "'\\t'" in complaint:
        return "a tab stands here", "indent with spaces"
    if complaint.startswith("mapping values"):
        return "a colon and a space stand inside a value", "put quotes round the value, or begin a new line"
    return f"this is not YAML: {complaint.removeprefix('but ')}", "mend the indentation, quotes or colon here"


def _place(name: str, lines: Sequence[str], line: int, column: int, width: int) -> Place:
    text = lines[line] if line < len(lines) else ""
    return Place(name, line + 1, column + 1, text, width)


class _Reader:
    def __init__(self, name: str, lines: Sequence[str]) -> None:
        self.name, self.lines = name, lines
        self.places: dict[Path_, Place] = {}
        self.key_places: dict[Path_, Place] = {}
        self.texts: dict[Path_, Text] = {}
        self.problems: list[Problem] = []
        self._above: list[int] = []

    def read(self, node: Node, path: Path_) -> Any:
        start, end = node.start_mark, node.end_mark
        same_line = start.line == end.line
        width = end.column - start.column if same_line else 1
        quoted = isinstance(node, ScalarNode) and node.style in ("'", '"')
        column = start.column + (1 if quoted else 0)
        place = _place(self.name, self.lines, start.line, column, max(width - 2 * quoted, 1))
        self.places[path] = place
        if isinstance(node, ScalarNode):
            self.texts[path] = Text(start.line, start.column, end.line, end.column, node.style or "")
            return self._scalar(node, place)
        if id(node) in self._above or len(self.places) > _MOST_VALUES:
            self.problems.append(Problem(place, "this alias goes round in a circle", "write out what is meant"))
            return None
        self._above.append(id(node))
        if isinstance(node, MappingNode):
            found: Any = self._mapping(node, path)
        else:
            found = [self.read(item, (*path, index)) for index, item in enumerate(node.value)]
        self._above.pop()
        return found

    def _mapping(self, node: MappingNode, path: Path_) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            mark = key_node.start_mark
            place = _place(self.name, self.lines, mark.line, mark.column, _width(key_node))
            if not isinstance(key_node, ScalarNode):
                self.problems.append(Problem(place, "a key is one word or date", "put quotes round it if it is text"))
                continue
            before = len(self.problems)
            key = self._scalar(key_node, place)
            if len(self.problems) > before:
                continue
            label = key if isinstance(key, int) and not isinstance(key, bool) else str(key)
            if key in found:
                self.problems.append(Problem(place, f"{key} stands here twice", "keep one of the two"))
            self.key_places[(*path, label)] = place
            found[key] = self.read(value_node, (*path, label))
        return found

    def _scalar(self, node: ScalarNode, place: Place) -> Any:
        text = str(node.value)
        kind = str(node.tag).rpartition(":")[2]
        if kind in ("int", "float"):
            if not PLAIN_NUMBER.fullmatch(text):
                fix = "write it like 1000 or 227.10, or put quotes round it if it is text"
                self.problems.append(Problem(place, f"{text} is no plain number", fix))
                return None
            return Decimal(text) if "." in text else int(text)
        if kind == "timestamp":
            return self._date(text, place)
        if kind == "bool":
            return text.lower() == "true"
        if kind not in ("str", "null", "merge"):
            self.problems.append(Problem(place, f"the tag {node.tag} has no meaning here", "take it out"))
        return None if kind == "null" else text

    def _date(self, text: str, place: Place) -> date | None:
        try:
            if len(text) != len("2026-04-06"):
                raise ValueError
            return date.fromisoformat(text)
        except ValueError:
            fix = "write a day like 2026-04-06, or put quotes round it if it is text"
            self.problems.append(Problem(place, f"{text} is no day of the calendar", fix))
            return None


def _width(node: Node) -> int:
    start, end = node.start_mark, node.end_mark
    return max(end.column - start.column, 1) if start.line == end.line else 1
