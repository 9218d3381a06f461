"""Which names may a random formula use? What the dictionary declares, and what the random rulebook has made so far."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Literal

from ruamel.yaml import YAML

from lift.rulebook.nodes import Level
from tests.properties.paths import DICTIONARY

Kind = Literal["number", "date", "flag", "code"]
ABOVE: dict[Level, tuple[Level, ...]] = {
    "person": ("family", "household"),
    "period": ("family", "household"),
    "family": ("household",),
    "household": (),
}


@dataclass(frozen=True)
class Named:
    """A fact, step or amount: its name, level (None: of every level), kind, and unit or codes."""

    name: str
    level: Level | None
    kind: Kind
    unit: str = ""
    codes: tuple[str, ...] = ()
    no_limit: bool = False
    """Only to be compared, or to stand in LEAST."""
    divisor: bool = False
    """A number that is never 0."""


@dataclass(frozen=True)
class TableName:
    name: str
    kind: Kind
    unit: str
    keys: tuple[Named, ...]
    """What may stand as each key: its kind, unit and codes."""


@dataclass(frozen=True)
class Relation:
    name: str
    source: Level
    target: Level


@dataclass
class Vocabulary:
    """Everything that has a name."""

    facts: list[Named]
    relations: list[Relation]
    steps: list[Named] = field(default_factory=list)
    amounts: list[Named] = field(default_factory=list)
    tables: list[TableName] = field(default_factory=list)

    def seen_from(self, level: Level) -> Iterator[Named]:
        """Facts and steps of the level and those above it, as a formula of that level writes them."""
        for one in (*self.facts, *self.steps):
            if one.level == level:
                yield one
            elif one.level in ABOVE[level]:
                yield replace(one, name=f"{one.level}.{one.name}")

    def own(self, level: Level) -> Iterator[Named]:
        return (one for one in (*self.facts, *self.steps) if one.level == level)


@cache
def _dictionary() -> dict[str, Any]:
    return dict(YAML(typ="safe").load(DICTIONARY.read_text(encoding="utf-8")))


def read_vocabulary() -> Vocabulary:
    shape = _dictionary()
    facts = [
        Named(name, level, entry["type"], str(entry.get("unit", "")), tuple(entry.get("codes", ())))
        for level, entries in shape["facts"].items()
        for name, entry in entries.items()
    ]
    relations = [Relation(name, entry["from"], entry["to"]) for name, entry in shape["relations"].items()]
    return Vocabulary(facts, relations)
