"""How do facts written by hand (rule examples, `lift rules try`) become units?

The shape is in docs/rule-format.md. Whatever is not given is unknown; a mistake is named by its place, never by its value.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from lift.errors import FactError
from lift.rulebook.model import Fact, Rulebook
from lift.rulebook.nodes import Level
from lift.rulebook.units import Known, OneUnit, Scalar, Units

_ADULTS = ("claimant", "partner")
_TOP = ("family", "members", "household", "periods")
_YEAR = re.compile(r"(19|20)\d\d")


@dataclass
class Given:
    """The units of one example. `names` says for each key how the writer would call the unit (members[0] …)."""

    units: Units
    names: dict[str, str] = field(default_factory=dict)

    def key(self, name: str) -> str:
        """The key of a unit by its written name. Raises FactError."""
        for key, known in self.names.items():
            if known == name:
                return key
        raise FactError(f"there is no unit {name} here. Name one of {', '.join(self.names.values())}.")


def laid_over(base: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """`given` over a base: facts one by one, members by position, lists of others and periods as a whole."""
    found = {
        "family": {**(base.get("family") or {}), **(given.get("family") or {})},
        "household": {**(base.get("household") or {}), **(given.get("household") or {})},
        "members": _members(base.get("members") or [], given.get("members") or []),
        "periods": given["periods"] if given.get("periods") is not None else base.get("periods"),
    }
    unknown = set(given) - set(_TOP)
    if unknown:
        name = sorted(map(str, unknown))[0]
        raise FactError(f"{name} is no place for facts. {_nearest(name, list(_TOP))}")
    return found


def _members(base: list[Any], given: list[Any]) -> list[dict[str, Any]]:
    count = max(len(base), len(given))
    padded = [(base[i] if i < len(base) else {}, given[i] if i < len(given) else {}) for i in range(count)]
    return [{**under, **over} for under, over in padded]


def read_given(book: Rulebook, given: Mapping[str, Any], *, prefix: str = "") -> Given:
    """The units of one example or one line of facts. Raises FactError for an unknown fact, a wrong type, or a value
    outside the fact's limits."""
    return _Reader(book, prefix).read(laid_over({}, given))


class _Reader:
    def __init__(self, book: Rulebook, prefix: str) -> None:
        self.book, self.prefix = book, prefix
        self.units: list[OneUnit] = []
        self.names: dict[str, str] = {}
        self.couples: set[tuple[str, str]] = set()
        self.household = f"{prefix}h"

    def read(self, given: Mapping[str, Any]) -> Given:
        household = dict(given["household"])
        others = household.pop("non_dependants", None) or []
        family = f"{self.prefix}f"
        self._add("household", self.household, None, household, "household")
        self._family(family, "family", given["family"], given["members"], "members")
        for index, entry in enumerate(others):
            self._other(index, dict(entry), family)
        for index, entry in enumerate(given["periods"] or []):
            self._add("period", f"{self.prefix}d{index}", family, dict(entry), f"periods[{index}]")
        return Given(Units(tuple(self.units), frozenset(self.couples)), self.names)

    def _family(self, key: str, name: str, facts: Mapping[str, Any], members: list[Any], member_name: str) -> None:
        self._add("family", key, key, dict(facts), name)
        roles = []
        for index, member in enumerate(members):
            filled = {"role": self._role(index, member, members), **member}
            roles.append(filled["role"])
            self._add("person", f"{key}m{index}", key, filled, f"{member_name}[{index}]")
        adults = sum(role in _ADULTS for role in roles)
        if facts.get("is_couple") is True and adults < 2:
            # The other half of a known couple exists, whether or not anything is known of them.
            self._add("person", f"{key}m{len(members)}", key, {"role": "partner"}, f"{member_name}[{len(members)}]")

    def _role(self, index: int, member: Any, members: list[Any]) -> str:
        if not isinstance(member, dict):
            raise FactError(f"members[{index}] is not a set of facts. Write {{role: claimant, …}}.")
        return "claimant" if index == 0 else "child"

    def _other(self, index: int, entry: dict[str, Any], family: str) -> None:
        """Another family of the household: family facts and those of its one adult mixed, or with members of its own."""
        key, name = f"{self.prefix}n{index}", f"household.non_dependants[{index}]"
        if entry.pop("possible_partner", None) is True:
            self.couples |= {(family, key), (key, family)}
        members = entry.pop("members", None)
        person = {n: v for n, v in entry.items() if ("family", n) not in self.book.facts}
        facts = {n: v for n, v in entry.items() if ("family", n) in self.book.facts}
        if members is not None and person:
            first = sorted(person)[0]
            raise FactError(f"{name}.{first} belongs to a person. Write it into one of its members.")
        self._family(key, name, facts, members if members is not None else [person], f"{name}.members")

    def _add(self, level: Level, key: str, family: str | None, facts: dict[str, Any], name: str) -> None:
        known: dict[str, Known] = {}
        for fact_name, raw in facts.items():
            fact = self.book.facts.get((level, fact_name))
            if fact is None:
                names = [n for own, n in self.book.facts if own == level]
                raise FactError(f"{name}.{fact_name} is no fact of a {level}. {_nearest(fact_name, names)}")
            value = read_cell(fact, raw, f"{name}.{fact_name}")
            if value is not None:
                known[fact_name] = value
        self.units.append(OneUnit(level, key, family, self.household, known))
        self.names[key] = name


def _nearest(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    return f"Did you mean {close[0]}?" if close else "docs/facts.md lists the facts."


def read_cell(fact: Fact, raw: Any, where: str) -> Known | None:
    """One cell: a value, null (None: unknown), {low, high}, or {value, stale: true}."""
    if raw is None:
        return None
    if isinstance(raw, dict):
        return _read_mapping(fact, raw, where)
    low, high = _ends(fact, raw, where)
    return _within_limits(fact, Known(low, high), where)


def _read_mapping(fact: Fact, raw: dict[str, Any], where: str) -> Known | None:
    unknown = set(raw) - {"low", "high", "value", "stale"}
    if unknown:
        raise FactError(
            f"{where}: {sorted(unknown)[0]} is no part of a cell. Write a value, {{low, high}} or {{value, stale}}."
        )
    fresh = raw.get("stale") is not True
    if "value" in raw:
        if raw["value"] is None:
            return None
        low, high = _ends(fact, raw["value"], where)
        return _within_limits(fact, Known(low, high, fresh), where)
    if fact.type.kind not in ("number", "date"):
        raise FactError(f"{where} is a {fact.type}: it has no low and high. Write its value, or null.")
    low = None if raw.get("low") is None else _ends(fact, raw["low"], where)[0]
    high = None if raw.get("high") is None else _ends(fact, raw["high"], where)[1]
    if low is not None and high is not None and low > high:  # type: ignore[operator]  # both of the fact's type
        raise FactError(f"{where} has a low above its high. Swap them.")
    return _within_limits(fact, Known(low, high, fresh), where)


def _ends(fact: Fact, raw: Any, where: str) -> tuple[Scalar, Scalar]:
    """The earliest and latest a written value can mean: the same, but for a date given as a bare year."""
    kind = fact.type.kind
    if kind == "number" and isinstance(raw, int | Decimal) and not isinstance(raw, bool):
        value = Fraction(str(raw))
        if (value * 10_000).denominator != 1 or (
            fact.type.unit is not None and fact.type.unit.is_money and (value * 100).denominator != 1
        ):
            raise FactError(f"{where} has more decimal places than its unit. Write pounds and pence.")
        return value, value
    if kind == "date":
        found = _date_ends(raw)
        if found is not None:
            return found
    if kind == "flag" and isinstance(raw, bool):
        return raw, raw
    if kind == "code" and isinstance(raw, str) and raw in fact.type.codes:
        return raw, raw
    wanted = f"one of {', '.join(fact.type.codes)}" if kind == "code" else f"a {fact.type}"
    raise FactError(f"{where} is not {wanted}. Write {wanted}, or null where it is not known.")


def _date_ends(raw: Any) -> tuple[date, date] | None:
    if isinstance(raw, date):
        return raw, raw
    if _YEAR.fullmatch(str(raw)):
        return date(int(str(raw)), 1, 1), date(int(str(raw)), 12, 31)
    try:
        found = date.fromisoformat(str(raw))
    except ValueError:
        return None
    return found, found


def _within_limits(fact: Fact, known: Known, where: str) -> Known:
    if fact.limits is not None:
        low, high = fact.limits
        for end in (known.low, known.high):
            if end is not None and not low <= end <= high:  # type: ignore[operator]  # of the fact's type
                raise FactError(f"{where} is outside {low} to {high}. Check it, or leave it out.")
    return known
