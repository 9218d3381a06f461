"""How do facts written by hand (rule examples, `lift rules try`) become units?

The shape is in docs/rule-format.md. Whatever is not given is unknown; a mistake is named by its place, never by its
value.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import zip_longest
from typing import Any

from lift.errors import FactError
from lift.rulebook.dimensions import described
from lift.rulebook.model import Fact, Rulebook
from lift.rulebook.nodes import Level
from lift.rulebook.units import Known, OneUnit, Scalar, Units

_ADULTS = ("claimant", "partner")
_TOP = ("family", "members", "household", "periods")
_YEAR = re.compile(r"(19|20)[0-9]{2}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOST_DIGITS = 15


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
    """`given` over a base: facts one by one, members by position, lists of others and periods as a whole. Raises
    FactError for what is no set or list of facts."""
    unknown = sorted(str(name) for name in given if name not in _TOP)
    if unknown:
        raise FactError(f"{unknown[0]} is no place for facts. {_nearest(unknown[0], list(_TOP))}")
    periods = given["periods"] if given.get("periods") is not None else base.get("periods")
    return {
        "family": _facts(base.get("family"), "family") | _facts(given.get("family"), "family"),
        "household": _facts(base.get("household"), "household") | _facts(given.get("household"), "household"),
        "members": _members(_items(base.get("members"), "members"), _items(given.get("members"), "members")),
        "periods": None if periods is None else _items(periods, "periods"),
    }


def _facts(raw: Any, where: str) -> dict[str, Any]:
    if raw is None:
        return {}
    if not isinstance(raw, Mapping) or not all(isinstance(name, str) for name in raw):
        raise FactError(f"{where} is no set of facts. Write {{fact: value, …}}.")
    return dict(raw)


def _items(raw: Any, where: str) -> list[dict[str, Any]]:
    if raw is None:
        return []
    if not isinstance(raw, list):
        raise FactError(f"{where} is no list. Write [{{fact: value, …}}, …].")
    return [_facts(item, f"{where}[{index}]") for index, item in enumerate(raw)]


def _members(base: list[dict[str, Any]], given: list[dict[str, Any]]) -> list[dict[str, Any]]:
    nothing: dict[str, Any] = {}
    return [{**under, **over} for under, over in zip_longest(base, given, fillvalue=nothing)]


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
        others = _items(household.pop("non_dependants", None), "household.non_dependants")
        family = f"{self.prefix}f"
        self._add("household", self.household, None, household, "household")
        self._family(family, "family", given["family"], given["members"], "members")
        for index, entry in enumerate(others):
            self._other(index, dict(entry), family)
        for index, entry in enumerate(given["periods"] or []):
            self._add("period", f"{self.prefix}d{index}", family, entry, f"periods[{index}]")
        return Given(Units(tuple(self.units), frozenset(self.couples)), self.names)

    def _family(self, key: str, name: str, facts: Mapping[str, Any], members: list[Any], member_name: str) -> None:
        self._add("family", key, key, dict(facts), name)
        roles = []
        for index, member in enumerate(members):
            filled = {"role": "claimant" if index == 0 else "child", **member}
            roles.append(filled["role"])
            self._add("person", f"{key}m{index}", key, filled, f"{member_name}[{index}]")
        adults = sum(role in _ADULTS for role in roles)
        couple = facts.get("is_couple")
        couple = couple.get("value") if isinstance(couple, Mapping) else couple
        if couple is True and adults < 2:
            # The other half of a known couple exists, whether or not anything is known of them.
            self._add("person", f"{key}m{len(members)}", key, {"role": "partner"}, f"{member_name}[{len(members)}]")

    def _other(self, index: int, entry: dict[str, Any], family: str) -> None:
        """Another family of the household: family facts and those of its one adult mixed, or its own members."""
        key, name = f"{self.prefix}n{index}", f"household.non_dependants[{index}]"
        possible = entry.pop("possible_partner", False)
        if not isinstance(possible, bool):
            raise FactError(f"{name}.possible_partner is not a flag. Write true, or leave it out.")
        if possible:
            self.couples |= {(family, key), (key, family)}
        members = entry.pop("members", None)
        if members is not None:
            members = _items(members, f"{name}.members")
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
    unknown = sorted(str(part) for part in raw if part not in ("low", "high", "value", "stale"))
    if unknown:
        fix = "Write a value, {low, high} or {value, stale}."
        raise FactError(f"{where}: {unknown[0]} is no part of a cell. {fix}")
    if "value" in raw and ("low" in raw or "high" in raw):
        raise FactError(f"{where} has both a value and a low or high. Keep one of them.")
    stale = raw.get("stale", False)
    if not isinstance(stale, bool):
        raise FactError(f"{where}.stale is not a flag. Write true, or leave it out.")
    if "value" in raw:
        if raw["value"] is None:
            return None
        low, high = _ends(fact, raw["value"], where)
        return _within_limits(fact, Known(low, high, not stale), where)
    if not fact.type.is_ranged:
        raise FactError(f"{where} is a {fact.type}: it has no low and high. Write its value, or null.")
    least = None if raw.get("low") is None else _ends(fact, raw["low"], where)[0]
    most = None if raw.get("high") is None else _ends(fact, raw["high"], where)[1]
    if least is not None and most is not None and least > most:  # type: ignore[operator]  # both of the fact's type
        raise FactError(f"{where} has a low above its high. Swap them.")
    return _within_limits(fact, Known(least, most, not stale), where)


def _ends(fact: Fact, raw: Any, where: str) -> tuple[Scalar, Scalar]:
    """The earliest and latest a written value can mean: the same, but for a date given as a bare year."""
    kind = fact.type.kind
    if kind == "number" and isinstance(raw, int | Decimal) and not isinstance(raw, bool):
        value = _number(fact, raw, where)
        return value, value
    found = _date_ends(raw) if kind == "date" else None
    if found is not None:
        return found
    if kind == "flag" and isinstance(raw, bool):
        return raw, raw
    if kind == "code" and isinstance(raw, str) and (raw in fact.type.codes or not fact.type.codes):
        return raw, raw
    if kind == "code":
        wanted = f"one of {', '.join(fact.type.codes)}" if fact.type.codes else "a code in quotes"
    else:
        wanted = {"number": described(fact.type), "date": "a date such as 1948-03-02"}.get(kind, "true or false")
    raise FactError(f"{where} is not {wanted}. Write {wanted}, or null where it is not known.")


def _number(fact: Fact, raw: int | Decimal, where: str) -> Fraction:
    if isinstance(raw, Decimal) and not (raw.is_finite() and abs(raw.adjusted()) <= _MOST_DIGITS):
        raise FactError(f"{where} is no plain number. Write it like 184.90.")
    value, unit = Fraction(raw), fact.type.unit
    words = [] if unit is None else [name for name, _ in unit.parts]
    if "GBP" in words:
        places, fix = 2, "Write pounds and pence."
    elif "hours" in words or _is_share(fact):
        places, fix = 4, "Write at most four."
    else:
        places, fix = 0, "Write a whole number."
    if (value * 10**places).denominator != 1:
        raise FactError(f"{where} has more decimal places than its unit. {fix}")
    return value


def _is_share(fact: Fact) -> bool:
    return fact.limits is not None and isinstance(fact.limits[1], Fraction) and fact.limits[1] <= 1


def _date_ends(raw: Any) -> tuple[date, date] | None:
    if isinstance(raw, date):
        return raw, raw
    if isinstance(raw, int | str) and _YEAR.fullmatch(str(raw)):
        return date(int(raw), 1, 1), date(int(raw), 12, 31)
    if not isinstance(raw, str) or not _DAY.fullmatch(raw):
        return None
    try:
        found = date.fromisoformat(raw)
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
