"""In which ways could what is not known really be? (Worlds drawn at random, each consistent with all that is known.)

Unknown facts take values within their bounds and limits and within what a scheme proves; standing assumptions hold
where they are in force; possible couples are couples or not; a child of an unknown family belongs to one; weak figures
take a value; and where a roster is not complete there may be people whom nobody has told us of.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from random import Random

from lift.rulebook.model import Cell, Fact, Rulebook, Special
from lift.rulebook.nodes import Level, Type
from lift.rulebook.units import Known, OneUnit, Scalar, Units
from tests.properties.exact import UNDEFINED, Being, Exact, Figure, Here, World, exact
from tests.properties.homes import pool

_ATTEMPTS = 20


def weak_figures(dice: Random, book: Rulebook, day: date) -> dict[Figure, Exact]:
    """A value for every weak figure: within what it declares, or anything."""
    found: dict[Figure, Exact] = {}
    for name, amount in book.amounts.items():
        lapsed = amount.covers_to is not None and day > amount.covers_to
        for number, (_, cell) in enumerate(amount.versions):
            if cell.is_weak or lapsed:
                found[name, number, 0] = _figure(dice, cell, amount.type)
    for name, table in book.tables.items():
        for number, (_, rows) in enumerate(table.versions):
            for row, (_, cell) in enumerate(rows):
                if cell.is_weak:
                    found[name, number, row] = _figure(dice, cell, table.type)
    return found


def _figure(dice: Random, cell: Cell, kind: Type) -> Exact:
    if cell.value is Special.ENDED:
        return cell.value
    if cell.within is not None:
        low, high = cell.within
        middle = low + (high - low) / 2  # type: ignore[operator]  # of one type
        return dice.choice((low, high, middle))
    if kind.kind == "number":
        return dice.choice(
            (
                Fraction(0),
                Fraction(-5),
                Fraction("57.35"),
                Fraction(20000),
                Special.NO_LIMIT if cell.value is Special.NO_LIMIT else Fraction(1),
            )
        )
    if kind.kind == "date":
        return date(dice.choice((1950, 2025, 2026, 2027)), dice.choice((1, 5, 12)), 6)
    return dice.random() < 0.5 if kind.kind == "flag" else dice.choice(kind.codes)


def completed(
    dice: Random, book: Rulebook, day: date, units: Units, figures: dict[Figure, Exact], *, assumptions: bool
) -> World | None:
    """One world, or None where none was found (what is known contradicts itself in most)."""
    assumed = {(a.level, a.fact): a.assumed for a in book.assumptions.values()} if assumptions else {}
    for _ in range(_ATTEMPTS):
        maker = _Maker(dice, book, day, units, assumed)
        if maker.fill_facts():
            maker.find_families()
            maker.join_couples()
            maker.add_people()
            return World(book, day, maker.beings, maker.couples, figures)
    return None


class _Maker:
    def __init__(
        self, dice: Random, book: Rulebook, day: date, units: Units, assumed: dict[tuple[Level, str], bool]
    ) -> None:
        self.dice, self.book, self.day, self.units, self.assumed = dice, book, day, units, assumed
        self.beings: list[Being] = []
        self.couples: frozenset[tuple[str, str]] = frozenset()
        self.lost = {(unit.level, unit.key) for unit in units.units if _is_lost(unit)}

    def _world(self, beings: list[Being]) -> World:
        return World(self.book, self.day, beings, self.couples, {})

    # --- facts -------------------------------------------------------------------------------------------------------

    def fill_facts(self) -> bool:
        """Every fact of every unit; False where that contradicts what a scheme proves."""
        sure = self._world([replace(_being(unit), facts=self._sure(unit)) for unit in self.units.units])
        plain = [fact for fact in self.book.facts.values() if not fact.proved_bounds]
        filled = [
            replace(_being(u), facts={f.name: self._fill(f, u) for f in plain if f.level == u.level})
            for u in self.units.units
        ]
        world = self._world(filled)
        for unit, known, being in zip(self.units.units, sure.beings, filled, strict=True):
            facts = dict(being.facts)
            for fact in self.book.facts.values():
                if fact.level == unit.level and fact.proved_bounds:
                    low, high = self._proved(fact, unit, Here(sure, known), Here(world, being))
                    if low is not None and high is not None and low > high:
                        return False
                    facts[fact.name] = self._within(fact, low, high)
            self.beings.append(replace(being, facts=facts))
        return True

    def _sure(self, unit: OneUnit) -> dict[str, Exact]:
        facts = {f.name: UNDEFINED for f in self.book.facts.values() if f.level == unit.level}
        found: dict[str, Exact] = {**facts}
        for name in facts:
            known = self._held(self.book.facts[unit.level, name], unit)
            if known.low is not None and known.low == known.high:
                found[name] = known.low
        return found

    def _held(self, fact: Fact, unit: OneUnit) -> Known:
        """What is proved of a fact: nothing of a stale one; a standing assumption where nothing is."""
        known = unit.facts.get(fact.name, Known(None, None))
        if not known.fresh and fact.shelf_life is not None:
            known = Known(None, None)
        if known.low is None and known.high is None and (fact.level, fact.name) in self.assumed:
            return Known.exactly(self.assumed[fact.level, fact.name])
        return known

    def _fill(self, fact: Fact, unit: OneUnit) -> Exact:
        known = self._held(fact, unit)
        return self._within(fact, known.low, known.high)

    def _within(self, fact: Fact, low: Scalar | None, high: Scalar | None) -> Scalar:
        """A value of the fact between two ends, where None is the fact's own."""
        if fact.type.kind in ("flag", "code"):
            return low if low is not None else self.dice.choice(pool(fact))
        inside = [v for v in pool(fact) if (low is None or v >= low) and (high is None or v <= high)]  # type: ignore[operator]  # of the fact's type
        return self.dice.choice([*inside, *(end for end in (low, high) if end is not None)])

    def _proved(self, fact: Fact, unit: OneUnit, sure: Here, here: Here) -> tuple[Fraction | None, Fraction | None]:
        """The ends of a fact with proved bounds. Two sources that surely contradict each other prove nothing."""
        known = self._held(fact, unit)
        if _is_empty(_narrowed(fact, known, sure)):
            return None, None
        return _narrowed(fact, known, here)

    # --- families ----------------------------------------------------------------------------------------------------

    def find_families(self) -> None:
        """A family for everybody whose family is not known: one of the household, or one that lives elsewhere."""
        found: list[Being] = []
        for being in self.beings:
            if (being.level, being.key) not in self.lost:
                found.append(being)
                continue
            at_home = [b.key for b in self.beings if b.level == "family" and b.household == being.household]
            family = self.dice.choice([*at_home, f"{being.key}x"])
            if family not in at_home:
                found += [
                    self._stranger("household", f"{family}h", None, f"{family}h"),
                    self._stranger("family", family, family, f"{family}h"),
                ]
            found.append(replace(being, family=family))
        self.beings = found

    def join_couples(self) -> None:
        pairs = sorted({(min(pair), max(pair)) for pair in self.units.possible_couples})
        joined = [pair for pair in pairs if self.dice.random() < 0.5]
        self.couples = frozenset(joined) | frozenset((b, a) for a, b in joined)

    # --- people nobody has told us of --------------------------------------------------------------------------------

    def add_people(self) -> None:
        households = [b.key for b in self.beings if b.level == "household"]
        for number in range(self.dice.choice((0, 1, 2, 3))):
            household = self.dice.choice(households)
            level: Level = self.dice.choice(("person", "person", "period", "family"))
            families = [b.key for b in self.beings if b.level == "family" and b.household == household]
            key = f"{household}new{number}"
            if level != "family" and not families:
                continue
            family = key if level == "family" else self.dice.choice(families)
            being = self._stranger(level, key, family, household)
            if self._may_be_there(being):
                self.beings.append(being)

    def _stranger(self, level: Level, key: str, family: str | None, household: str) -> Being:
        facts = {f.name: self._within(f, None, None) for f in self.book.facts.values() if f.level == level}
        return Being(level, key, family, household, facts)

    def _may_be_there(self, being: Being) -> bool:
        """Whether everybody who would be related is known to have, or may have, somebody missing."""
        world = self._world([*self.beings, being])
        for relation in self.book.relations.values():
            for gatherer in self.beings:
                if gatherer.level != relation.source or not world.is_related(relation, gatherer, being):
                    continue
                inside = relation.where is None or exact(relation.where, Here(world, being, gatherer)) is not False
                unknown_family = relation.link == "family" and (gatherer.level, gatherer.key) in self.lost
                if inside and not unknown_family:
                    complete = relation.complete_when is None or exact(relation.complete_when, Here(world, gatherer))
                    if complete is not False:
                        return False
        return True


def _is_lost(unit: OneUnit) -> bool:
    return unit.level in ("person", "period") and unit.family is None


def _being(unit: OneUnit) -> Being:
    return Being(unit.level, unit.key, unit.family, unit.household, {})


def _narrowed(fact: Fact, known: Known, here: Here) -> tuple[Fraction | None, Fraction | None]:
    """What is known of the fact within the bounds whose conditions are true."""
    bounds = [b for b in fact.proved_bounds if exact(b.when, here) is True]
    lows = [end for end in (known.low, *(b.low for b in bounds)) if isinstance(end, Fraction)]
    highs = [end for end in (known.high, *(b.high for b in bounds)) if isinstance(end, Fraction)]
    return max(lows, default=None), min(highs, default=None)


def _is_empty(ends: tuple[Fraction | None, Fraction | None]) -> bool:
    low, high = ends
    return low is not None and high is not None and low > high
