"""In which order, and in which tables, are facts, steps and gathers worked out?

A step may read its own level's steps in an earlier layer of the same phase; other levels, and whatever it gathers,
must stand in an earlier phase. Each phase of a level begins with one SELECT that joins all it reads from elsewhere; its
layers are then plain columns over columns, so that only the ends of phases are ever written out. A gather is a SELECT
of its own, grouped by the unit that gathers. Columns are carried only as far as somebody needs them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from lift.plan import sql
from lift.plan.sql import Sql
from lift.plan.tallies import Tallies
from lift.plan.values import Code, Day, Flag, Number, Value, the_same_everywhere
from lift.rulebook.nodes import Level

KEYS: dict[Level, tuple[str, ...]] = {
    "person": ("person_key", "family_key", "household_key"),
    "family": ("family_key", "household_key"),
    "household": ("household_key",),
    "period": ("period_key", "family_key", "household_key"),
}
"""The keys of a level's table as built (docs/tables.md), its own first."""
IDS: dict[Level, tuple[str, ...]] = {
    level: tuple(key.replace("_key", "_id") for key in keys) for level, keys in KEYS.items()
}
"""The numbers that build gives each unit beside its key (docs/tables.md). Plans go by them: text keys made
every join and table a third dearer."""


def key_of(level: Level) -> str:
    return KEYS[level][0]


def id_of(level: Level) -> str:
    return IDS[level][0]


@dataclass
class Table:
    """One layer of one level: the columns it adds to those it carries from `base` (None: the facts as built)."""

    name: str
    level: Level
    base: Table | None
    head: Table | None = None
    """The first table of the phase, where units above and gathers are joined once for all its layers (None: here)."""
    columns: dict[str, Sql] = field(default_factory=dict)
    needs: set[str] = field(default_factory=set)
    """Columns that later tables read from this one."""
    keep: bool = False
    """Made even if nobody reads a column of it: somebody reads its rows."""
    above: dict[Level, Table] = field(default_factory=dict)
    gathers: dict[str, GatherTable] = field(default_factory=dict)


@dataclass
class GatherTable:
    """What one level gathers over one relation in one layer: aggregates by the gathering unit's key."""

    name: str
    relation: str
    source: Table
    target: Table
    aggregates: dict[str, Sql] = field(default_factory=dict)
    tallies: Tallies = field(default_factory=Tallies)
    reads_source: bool = False
    only: Sql | None = None
    """The relation's own condition: rows surely outside it are left out before anything is grouped."""
    above: dict[Level, Table] = field(default_factory=dict)
    only_sources: list[Sql | None] = field(default_factory=list)
    """For each thing gathered, the condition of the units it is gathered for (None: all), read under `s`."""

    @property
    def source_condition(self) -> Sql | None:
        """The condition that all of them share."""
        first = self.only_sources[0] if self.only_sources else None
        return first if all(other == first for other in self.only_sources) else None

    @property
    def finds_anything(self) -> bool:
        return bool(self.aggregates or self.tallies.states or self.tallies.counts)

    @property
    def columns(self) -> dict[str, Sql]:
        """Every aggregate by the name of its column."""
        return self.aggregates | self.tallies.words()


@dataclass(frozen=True)
class Stored:
    """A value that stands in columns of a table: which, and how to read it under an alias."""

    level: Level
    columns: tuple[str, ...]
    read: Callable[[str, str], Value]
    """The value by the alias it stands under, and what its columns' names begin with there."""


def store(name: str, level: Level, value: Value, table: Table) -> Stored:
    """Puts a value into columns of the table; missing ends, and what is the same in every row, take none."""
    value = the_same_everywhere(value)
    if value.constant is not None if not isinstance(value, Number) else (value.constant is not None or value.infinite):
        return Stored(level, (), lambda alias, prefix: value)
    if isinstance(value, Flag | Code):
        if sql.is_literal(value.sql):
            return Stored(level, (), lambda alias, prefix: value)
        table.columns[name] = value.sql
        kind: type[Flag] | type[Code] = type(value)
        certain = value.certain
        return Stored(level, (name,), lambda alias, prefix: kind(sql.column(alias, prefix + name), certain))
    return _store_range(name, level, value, table)


def _store_range(name: str, level: Level, value: Number | Day, table: Table) -> Stored:
    low_name, high_name = (name, name) if value.point else (f"{name}__low", f"{name}__high")
    ends = {low_name: value.low, high_name: value.high}
    endless = f"{name}__unlimited"
    if isinstance(value, Number):
        ends[endless] = value.unlimited
    present = {n: e for n, e in ends.items() if e is not None and not sql.is_literal(e)}
    for column, end in present.items():
        table.columns[column] = end

    def read(alias: str, prefix: str) -> Value:
        low = sql.column(alias, prefix + low_name) if low_name in present else value.low
        high = sql.column(alias, prefix + high_name) if high_name in present else value.high
        if isinstance(value, Day):
            return replace(value, low=low, high=high)
        unlimited = sql.column(alias, prefix + endless) if endless in present else value.unlimited
        return replace(value, low=low, high=high, unlimited=unlimited)

    return Stored(level, tuple(present), read)


def settle_needs(tables: Iterable[Table]) -> None:
    """Carries each needed column down to the table that makes it. `tables` in order of making."""
    for table in reversed(list(tables)):
        if table.base is not None:
            table.base.needs |= table.needs - set(table.columns)
        table.columns = {name: value for name, value in table.columns.items() if name in table.needs}
