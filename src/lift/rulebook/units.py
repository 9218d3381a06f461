"""What do the units look like that an engine is given: persons, families, households and periods with their facts?

Examples, `lift rules try` and the property tests make `Units` in memory; the build stage makes the same shape as
tables (docs/tables.md). A fact is absent (unknown) or a `Known`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from lift.rulebook.nodes import Level

Scalar = Fraction | date | bool | str


@dataclass(frozen=True)
class Known:
    """What is known of one fact. Numbers and dates: `low` to `high`, None meaning no bound on that side. Flags and
    codes: `low` and `high` are the same value. `fresh` is False past the fact's shelf life."""

    low: Scalar | None
    high: Scalar | None
    fresh: bool = True

    @classmethod
    def exactly(cls, value: Scalar, *, fresh: bool = True) -> Known:
        return cls(value, value, fresh)


@dataclass(frozen=True)
class OneUnit:
    """A person, family, household or period. `family` and `household` are the keys of the units it belongs to (a
    family's own key, a household's own key, where it is one itself; a household has no family)."""

    level: Level
    key: str
    family: str | None
    household: str
    facts: Mapping[str, Known] = field(default_factory=dict)


@dataclass(frozen=True)
class Units:
    """Everything an engine is given. `possible_couples` pairs families whose adults may be a couple, both ways round:
    each is perhaps part of the other, and only perhaps a separate family of the household."""

    units: tuple[OneUnit, ...]
    possible_couples: frozenset[tuple[str, str]] = frozenset()

    def of(self, level: Level) -> tuple[OneUnit, ...]:
        return tuple(u for u in self.units if u.level == level)
