"""How do random households look: persons, families, periods, possible couples, and what is known of each?

Values come from small pools that the figures of the random rules come from too, so that thresholds are met, and met
exactly. How much is known differs from household to household, from everything to nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from random import Random

from lift.rulebook.model import Fact, Rulebook
from lift.rulebook.nodes import Level
from lift.rulebook.units import Known, OneUnit, Scalar, Units

Kept = Mapping[tuple[Level, str], str]
"""How a batch keeps some facts in every household: `known`, `absent` or `fresh`; so that the plan can specialise."""

_POUNDS = ("0", "0.01", "9.99", "10", "16", "57.35", "100", "163.37", "227.10", "250.50", "393.45", "600", "850")
_SAVINGS = (
    "0",
    "99.99",
    "100",
    "250.50",
    "5000.50",
    "5999.99",
    "6000",
    "6000.01",
    "15999.99",
    "16000",
    "16000.01",
    "39999.99",
)
_SHARES = ("0", "0.25", "0.3333", "0.5", "1")
_HOURS = ("0", "15.9999", "16", "24", "24.5", "30.25", "59.75")
_DAYS = (
    "1930-01-01", "1954-10-05", "1954-10-06", "1960-02-29", "1960-04-06", "1980-01-31", "2004-02-29", "2008-05-06",
    "2008-05-07", "2010-05-06", "2024-01-31", "2024-02-29", "2024-04-08", "2025-04-06", "2025-04-07", "2026-03-31",
    "2026-04-06", "2026-05-05", "2026-05-06",
)  # fmt: skip


@dataclass(frozen=True)
class Homes:
    """Many households side by side."""

    units: Units
    homes: tuple[str, ...]

    def of(self, home: str) -> Units:
        mine = tuple(unit for unit in self.units.units if unit.household == home)
        keys = {unit.key for unit in mine}
        return Units(mine, frozenset(pair for pair in self.units.possible_couples if pair[0] in keys))


def random_homes(dice: Random, book: Rulebook, count: int) -> Homes:
    """`count` households with keys h0, h1 …"""
    kept = _kept(dice, book)
    lost = dice.random() < 0.5
    builders = [_Home(dice, book, kept, f"h{number}", may_be_lost=lost) for number in range(count)]
    units = tuple(unit for builder in builders for unit in builder.units)
    couples = frozenset(pair for builder in builders for pair in builder.couples)
    return Homes(Units(units, couples), tuple(builder.key for builder in builders))


def _kept(dice: Random, book: Rulebook) -> Kept:
    if dice.random() < 0.4:
        return {}
    return {place: dice.choice(("known", "known", "absent", "fresh", "mixed", "mixed")) for place in book.facts}


_POOLS: dict[tuple[Level, str], list[Scalar]] = {}


def pool(fact: Fact) -> list[Scalar]:
    """Values within the fact's limits (flags and codes: all there are). Every rulebook has the one dictionary."""
    place = (fact.level, fact.name)
    if place not in _POOLS:
        _POOLS[place] = _pool(fact)
    return _POOLS[place]


def _pool(fact: Fact) -> list[Scalar]:
    if fact.type.kind == "flag":
        return [True, False]
    if fact.type.kind == "code":
        return list(fact.type.codes)
    if fact.type.kind == "date":
        days: list[Scalar] = [date.fromisoformat(text) for text in _DAYS]
        return [day for day in days if _is_within(day, fact)]
    texts: Sequence[str] = [str(whole) for whole in range(-3, 10)]
    if fact.type.unit is not None and fact.type.unit.is_money:
        texts = [*_POUNDS, *_SAVINGS, *(f"-{text}" for text in _POUNDS)]
    elif fact.name in ("hours", "share"):
        texts = _HOURS if fact.name == "hours" else _SHARES
    return [value for value in map(Fraction, texts) if _is_within(value, fact)]


def _is_within(value: Scalar, fact: Fact) -> bool:
    low, high = fact.limits or (None, None)
    ends = [(low, fact.low), (high, fact.high)]
    above = all(end is None or value >= end for end in ends[0])  # type: ignore[operator]  # of the fact's type
    return above and all(end is None or value <= end for end in ends[1])  # type: ignore[operator]  # of the fact's type


class _Home:
    def __init__(self, dice: Random, book: Rulebook, kept: Kept, key: str, *, may_be_lost: bool) -> None:
        self.dice, self.book, self.kept, self.key = dice, book, kept, key
        self.may_be_lost = may_be_lost
        self.knows = dice.choice((0.0, 0.3, 0.6, 0.6, 0.9, 1.0))
        self.units: list[OneUnit] = []
        self.couples: set[tuple[str, str]] = set()
        self._add("household", key, None)
        families = [f"{key}f{number}" for number in range(dice.choice((1, 1, 2, 2, 3)))]
        for family in families:
            self._family(family)
        self._couples(families)

    def _family(self, family: str) -> None:
        self._add("family", family, family)
        for number in range(self.dice.choice((0, 1, 1, 2, 2, 3, 4))):
            self._add("person", f"{family}p{number}", self._of(family))
        for number in range(self.dice.choice((0, 0, 1, 2))):
            self._add("period", f"{family}d{number}", self._of(family))

    def _of(self, family: str) -> str | None:
        return None if self.may_be_lost and self.dice.random() < 0.12 else family

    def _couples(self, families: list[str]) -> None:
        for index, one in enumerate(families):
            for other in families[index + 1 :]:
                if self.dice.random() < 0.3:
                    self.couples |= {(one, other), (other, one)}

    def _add(self, level: Level, key: str, family: str | None) -> None:
        facts: dict[str, Known] = {}
        for (own, name), fact in self.book.facts.items():
            if own == level:
                known = self._known(fact, self.kept.get((level, name), "mixed"))
                if known is not None:
                    facts[name] = known
        self.units.append(OneUnit(level, key, family, self.key, facts))

    def _known(self, fact: Fact, how: str) -> Known | None:
        value = self.dice.choice(pool(fact))
        if how == "known":
            return Known.exactly(value)
        if how == "absent":
            return None
        if self.dice.random() >= self.knows:
            return self._in_part(fact, value)
        fresh = how == "fresh" or self.dice.random() < 0.85
        return Known.exactly(value, fresh=fresh)

    def _in_part(self, fact: Fact, value: Scalar) -> Known | None:
        """Nothing, or a range; of a date perhaps the year."""
        chance = self.dice.random()
        if fact.type.kind in ("flag", "code") or chance < 0.5:
            return None
        fresh = self.dice.random() < 0.85
        if isinstance(value, date) and chance < 0.7:
            return _clipped(fact, Known(date(value.year, 1, 1), date(value.year, 12, 31), fresh))
        other = self.dice.choice(pool(fact))
        low, high = sorted((value, other))  # of the fact's type
        if chance < 0.8:
            return Known(low, high, fresh)
        return Known(low, None, fresh) if chance < 0.9 else Known(None, high, fresh)


def _clipped(fact: Fact, known: Known) -> Known:
    """The same within the fact's limits."""
    assert fact.limits is not None and known.low is not None and known.high is not None
    low, high = fact.limits
    return replace(known, low=max(low, known.low), high=min(high, known.high))  # dates


def forgetting(dice: Random, units: Units, read: frozenset[tuple[Level, str]]) -> Units | None:
    """The same household with one fact forgotten that is known and among those `read`; None if there is none."""
    places = [(unit, name) for unit in units.units for name in sorted(unit.facts) if (unit.level, name) in read]
    if not places:
        return None
    chosen, name = dice.choice(places)
    kept = tuple(
        replace(unit, facts={n: k for n, k in unit.facts.items() if n != name}) if unit is chosen else unit
        for unit in units.units
    )
    return Units(kept, units.possible_couples)
