"""What is given in a rule's worked example, in words?

Names stand in words and values with their units, so that an officer reads an example without knowing its YAML. What
is not said comes from the example's base, which is put into words the same way, once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from lift.days import in_words
from lift.rulebook.model import Rulebook
from lift.rulebook.nodes import Level, Type
from lift.rulebook.page import money, shown
from lift.rulebook.plain import capital, plain_name

_ADULTS = {"claimant": "The claimant", "partner": "The partner", "child": "A child"}


def given_in_words(book: Rulebook, given: Mapping[str, Any]) -> list[str]:
    """A sentence for each unit of which something is said, in the order in which it is written."""
    return [f"{who}: {said}." for who, said in _units(book, given)]


def base_in_words(name: str) -> str:
    """*Single pensioner owner*, as examples name what they start from."""
    return capital(plain_name(name))


def _units(book: Rulebook, given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for part, raw in given.items():
        if part == "family":
            yield from _unit(book, "The family", raw, ("family",))
        elif part == "household":
            yield from _household(book, raw)
        elif part == "members":
            for index, member in enumerate(raw or []):
                yield from _unit(book, _member(index, member), member, ("person",))
        else:
            yield from _periods(book, raw)


def _member(index: int, member: Mapping[str, Any]) -> str:
    """Who it is. Without a role the first is the claimant; later ones are those of the base, by their place."""
    role = member.get("role", "claimant" if index == 0 else "")
    return _ADULTS.get(role, f"Member {index + 1}")


def _household(book: Rulebook, raw: Mapping[str, Any] | None) -> Iterator[tuple[str, str]]:
    facts = dict(raw or {})
    others = facts.pop("non_dependants", ())
    yield from _unit(book, "The home", facts, ("household",))
    if others is None:
        yield "Other families in the home", "not known"
    elif isinstance(others, list) and not others and "non_dependants" in (raw or {}):
        yield "Other families in the home", "none"
    for index, other in enumerate(others or ()):
        known = dict(other)
        members = known.pop("members", None) or []
        possible = known.pop("possible_partner", False)
        who = f"Other family {index + 1}"
        yield from _unit(book, f"{who}, perhaps the partner" if possible else who, known, ("family", "person"))
        for place, member in enumerate(members):
            yield from _unit(book, f"{who}, {_member(place, member).lower()}", member, ("person",))


def _periods(book: Rulebook, raw: Any) -> Iterator[tuple[str, str]]:
    if not raw:
        yield "Months", "not known" if raw is None else "none"
    for index, period in enumerate(raw or []):
        yield from _unit(book, f"Month {index + 1}", period, ("period",))


def _unit(
    book: Rulebook, who: str, facts: Mapping[str, Any] | None, levels: tuple[Level, ...]
) -> Iterator[tuple[str, str]]:
    said = []
    for name, raw in (facts or {}).items():
        if name == "role" and raw in _ADULTS:
            continue
        fact = next((book.facts[level, name] for level in levels if (level, name) in book.facts), None)
        kind = fact.type if fact is not None else Type("code")
        said.append(f"{plain_name(name)}: {_value(raw, kind)}")
    if said or facts:
        yield who, "; ".join(said) or "nothing else is said"


def _value(raw: Any, kind: Type) -> str:
    if isinstance(raw, Mapping):
        if "value" in raw:
            return _value(raw["value"], kind) + (" (out of date)" if raw.get("stale") else "")
        low, high = (raw.get(end) for end in ("low", "high"))
        ends = [words for words in (_end("at least", low, kind), _end("at most", high, kind)) if words]
        return " and ".join(ends) + (" (out of date)" if raw.get("stale") else "")
    if raw is None:
        return "not known"
    if kind.kind == "date":
        return in_words(raw) if isinstance(raw, date) else _day(str(raw))
    if isinstance(raw, int | Decimal) and not isinstance(raw, bool):
        return money(Fraction(raw), kind)
    return raw.replace("_", " ") if isinstance(raw, str) else shown(raw)


def _end(words: str, raw: Any, kind: Type) -> str:
    return "" if raw is None else f"{words} {_value(raw, kind)}"


def _day(written: str) -> str:
    """A year, or a day in quotes."""
    return f"some day of {written}" if written.isdigit() else in_words(date.fromisoformat(written))
