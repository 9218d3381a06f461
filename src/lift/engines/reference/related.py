"""Which units are related to which: surely (True), perhaps (None) or surely not (False)?"""

from __future__ import annotations

from lift.engines.reference.logic import all_of, opposite, same
from lift.errors import EngineError
from lift.rulebook.model import Relation
from lift.rulebook.nodes import Level
from lift.rulebook.units import OneUnit, Units


class Neighbours:
    """The units of one run, found by key, and how they are related."""

    def __init__(self, units: Units) -> None:
        self._by_key: dict[tuple[Level, str], OneUnit] = {}
        self._in_household: dict[tuple[Level, str], list[OneUnit]] = {}
        self._in_family: dict[tuple[Level, str | None], list[OneUnit]] = {}
        for unit in units.units:
            self._by_key[unit.level, unit.key] = unit
            self._in_household.setdefault((unit.level, unit.household), []).append(unit)
            self._in_family.setdefault((unit.level, unit.family), []).append(unit)
        self._may_be_one_with: dict[str | None, set[str]] = {}
        for a, b in units.possible_couples:
            self._may_be_one_with.setdefault(a, set()).add(b)
            self._may_be_one_with.setdefault(b, set()).add(a)

    def one(self, level: Level, key: str) -> OneUnit:
        unit = self._by_key.get((level, key))
        if unit is None:
            raise EngineError(f"no {level} has the key that was asked for; give a key of the units at hand")
        return unit

    def above(self, unit: OneUnit, level: Level) -> OneUnit | None:
        """The unit itself, or its family or household; None where the units hold none (an unknown parent)."""
        if level == unit.level:
            return unit
        if level not in ("family", "household") or unit.level == "household":
            raise EngineError(f"a {unit.level} has no {level} above it; gather over a relation")
        key = unit.family if level == "family" else unit.household
        return self._by_key.get((level, key)) if key is not None else None

    def related(self, relation: Relation, unit: OneUnit) -> list[tuple[OneUnit, bool | None]]:
        """Every unit of the relation's target that is surely or perhaps linked, before any WHERE."""
        links = [(other, self._link(relation, unit, other)) for other in self._within_reach(relation, unit)]
        return [(other, link) for other, link in links if link is not False]

    def _within_reach(self, relation: Relation, unit: OneUnit) -> list[OneUnit]:
        at_home = self._in_household.get((relation.target, unit.household), [])
        if relation.link == "household" or unit.family is None:
            return at_home
        families = [unit.family, *sorted(self._may_be_one_with.get(unit.family, set()) - {unit.family})]
        known = [other for family in families for other in self._in_family.get((relation.target, family), [])]
        return [*known, *(other for other in at_home if other.family is None and other.level != "household")]

    def may_miss(self, relation: Relation, unit: OneUnit) -> bool:
        """Whether related units may be missing whatever a roster says: of an unknown family, anybody may be."""
        return relation.link == "family" and unit.family is None and unit.level != "household"

    def _link(self, relation: Relation, unit: OneUnit, other: OneUnit) -> bool | None:
        one_family = self._is_one_family(unit, other)
        parts = [True if relation.link == "household" else one_family]
        if relation.outside:
            parts.append(opposite(one_family))
        if relation.other:
            oneself = (unit.level, unit.key) == (other.level, other.key)
            parts.append(opposite(one_family) if other.level == "family" else not oneself)
        return all_of(parts)

    def _is_one_family(self, unit: OneUnit, other: OneUnit) -> bool | None:
        """Unknown where a parent is, and for the two halves of a possible couple. A household is of no family."""
        if unit.level == "household" or other.level == "household":
            return False
        if (unit.level, unit.key) == (other.level, other.key):
            return True
        if unit.family != other.family and other.family in self._may_be_one_with.get(unit.family, set()):
            return None
        return same(unit.family, other.family)
