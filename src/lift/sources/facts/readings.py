"""What does each row of an extract tell of which fact, and in which order are sources believed?

A file of this folder is about one kind of row as build prepares it (`row`) and one level. Reading means:

- `total`: the sum of columns; where one is unknown, only the low end is known. `perhaps` adds columns to the high end
  (blank is none there), `with_partner` columns that count where there is a partner, `net_of_gross` pairs in which a
  gross amount without its net bounds it.
- `column`: a column as it is. `low` and `high`: the two ends. `codes`: a code in other words.
- `cases`: the first that is known to hold gives the value of a flag or code.

`dated` names the column that a fact's age counts from: `as_at` (when assessed), `extract_date`, or another; `fresh`
one that says outright whether it still holds; `no_dated` the last day on which a no was surely true, where that is
another. `when` limits a reading to rows where it is known to hold; all else is
unknown. Blanks were resolved at intake.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from lift.errors import SettingsError
from lift.sources.documents import Strict, read_yaml

FOLDER = Path(__file__).parent
LevelName = Literal["person", "family", "household", "period"]
Wanted = bool | str | list[str]
Condition = dict[str, Wanted]


class CaseShape(Strict):
    """The value where every condition of `when` holds and, if given, one of `any`."""

    value: bool | str = Field(alias="is")
    when: Condition = Field(default_factory=dict)
    any: Condition = Field(default_factory=dict)
    why: str = ""


class ReadingShape(Strict):
    total: list[str] = Field(default_factory=list)
    perhaps: list[str] = Field(default_factory=list)
    with_partner: list[str] = Field(default_factory=list)
    net_of_gross: dict[str, str] = Field(default_factory=dict)
    column: str | None = None
    low: str | None = None
    high: str | None = None
    codes: dict[str, str] = Field(default_factory=dict)
    cases: list[CaseShape] = Field(default_factory=list)
    when: Condition = Field(default_factory=dict)
    kinds: list[str] = Field(default_factory=list)
    fresh: str | None = None
    dated: str = "as_at"
    no_dated: str | None = None
    shown_as: list[str] = Field(default_factory=list)
    why: str = ""

    @model_validator(mode="after")
    def _one_way(self) -> ReadingShape:
        ways = [bool(self.total or self.net_of_gross), bool(self.column), bool(self.low or self.high), bool(self.cases)]
        if sum(ways) != 1:
            raise ValueError("a reading has one of total (or net_of_gross), column, low and high, cases")
        return self

    def names(self) -> tuple[str, ...]:
        """Every column of the prepared row that the reading uses for the fact's value, in order."""
        found = [*self.total, *self.perhaps, *self.with_partner]
        found += [name for pair in self.net_of_gross.items() for name in pair]
        found += [name for name in (self.column, self.low, self.high) if name]
        found += [name for case in self.cases for name in (*case.when, *case.any)]
        return tuple(dict.fromkeys(found))


class FileShape(Strict):
    """`columns_of` lists the prefixes that `own_` stands for in the extract; `facts` maps each fact to its reading."""

    row: str
    level: LevelName
    kinds: list[str]
    columns_of: list[str] = Field(default_factory=list)
    facts: dict[str, ReadingShape]


class ComputedShape(Strict):
    """Facts that build works out from several rows: which columns they rest on."""

    kinds: dict[str, list[str]]
    why: str


class OrderShape(Strict):
    """`default` is the order in which kinds are believed; `facts` names exceptions; `computed` facts have no
    reading."""

    default: list[str]
    facts: dict[str, list[str]] = Field(default_factory=dict)
    computed: dict[LevelName, dict[str, ComputedShape]]


@dataclass(frozen=True)
class Reading:
    """One fact of one kind of row. `shape` says how; `columns` are the extract's own names, for telling the origin;
    `used` all that its value or its conditions rest on."""

    fact: str
    level: LevelName
    row: str
    kinds: tuple[str, ...]
    shape: ReadingShape
    columns: tuple[str, ...]
    used: tuple[str, ...]


@dataclass(frozen=True)
class Origin:
    """One column of one kind that supplies a fact; `priority` 1 is believed first."""

    level: LevelName
    fact: str
    kind: str
    column: str
    priority: int


@dataclass(frozen=True)
class Readings:
    """All readings, with what build works out itself and the order of belief."""

    readings: tuple[Reading, ...]
    order: OrderShape

    def of(self, level: LevelName) -> tuple[Reading, ...]:
        return tuple(r for r in self.readings if r.level == level)

    def priority(self, fact: str, kind: str) -> int:
        """The place of a kind in the order for a fact, from 1."""
        kinds = [*self.order.facts.get(fact, []), *self.order.default]
        return list(dict.fromkeys(kinds)).index(kind) + 1

    def dated_by_extract(self) -> frozenset[tuple[str, str, str]]:
        """Level, fact and kind of what is so on the day of its extract, whenever its row was assessed."""
        return frozenset(
            (one.level, one.fact, kind)
            for one in self.readings
            if one.shape.dated == "extract_date"
            for kind in one.kinds
        )

    def columns(self) -> frozenset[str]:
        """Every column of an extract that some reading names."""
        return frozenset(name for reading in self.readings for name in (*reading.columns, *reading.used))

    def origins(self) -> tuple[Origin, ...]:
        """Every fact's sources, in order of level, fact and priority."""
        found = {
            Origin(r.level, r.fact, kind, column, self.priority(r.fact, kind))
            for r in self.readings
            for kind in r.kinds
            for column in r.columns
        }
        for level, facts in self.order.computed.items():
            for fact, shape in facts.items():
                for kind, columns in shape.kinds.items():
                    found |= {Origin(level, fact, kind, c, self.priority(fact, kind)) for c in columns}
        return tuple(sorted(found, key=lambda o: (o.level, o.fact, o.priority, o.kind, o.column)))


@cache
def load_readings() -> Readings:
    """Every reading that LIFT ships. Raises SettingsError where a file does not fit."""
    order = read_yaml(FOLDER / "order.yaml", OrderShape)
    found: list[Reading] = []
    for path in sorted(FOLDER.glob("*.yaml")):
        if path.name == "order.yaml":
            continue
        shape = read_yaml(path, FileShape)
        for fact, reading in shape.facts.items():
            kinds = tuple(reading.kinds or shape.kinds)
            if unknown := [kind for kind in kinds if kind not in order.default]:
                raise SettingsError(
                    f"{path}: facts.{fact}: {unknown[0]} is not in the order of order.yaml. Add it there."
                )
            used = _spelt((*reading.names(), *reading.when), shape)
            found.append(Reading(fact, shape.level, shape.row, kinds, reading, _columns(reading, shape), used))
    return Readings(tuple(found), order)


def _columns(reading: ReadingShape, file: FileShape) -> tuple[str, ...]:
    """The extract's columns behind a reading; `own_x` is a column of claimant and of partner."""
    if reading.shown_as:
        return tuple(reading.shown_as)
    return _spelt(reading.names(), file)


def _spelt(names: Iterable[str], file: FileShape) -> tuple[str, ...]:
    spelt: list[str] = []
    for name in names:
        if name.startswith("own_") and file.columns_of:
            spelt += [re.sub("^own_", f"{part}_", name) for part in file.columns_of]
        elif not name.startswith("is_") or name in EXTRACT_FLAGS:
            spelt.append(name)
    return tuple(dict.fromkeys(spelt))


# Columns of extracts that begin like the conditions which build derives.
EXTRACT_FLAGS: Mapping[str, str] = {
    "is_joint_tenant": "ctr_person",
    "is_boarder": "ctr_person",
    "is_student": "ctr_person",
}
