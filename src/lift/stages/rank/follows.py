"""What else would change if the award of an answer on a list were made, and could anybody lose by it?

Each answer is looked at by itself, as if its award alone were made. For a family with several likely awards one more
case makes them all at once: what they bring together is never the sum of what each brings alone.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from duckdb import DuckDBPyConnection

from lift.engines.duckdb.awards import Case, Change, follow
from lift.rulebook.answered import A_YEAR
from lift.rulebook.model import Rule, Rulebook
from lift.stages.rank.words import A_TIME, ONCE, money

Row = Mapping[str, Any]
Finding = tuple[str, str]
"""Rule and unit."""
Ends = tuple[Decimal | None, Decimal | None]

SURE, UNSURE = "yes", "check"
_NOUGHT = Decimal(0)


@dataclass(frozen=True)
class Follows:
    """`lines`: what would change, in words, for each finding. `cost`: whether an award could cost the family or
    somebody in its home something: yes, check (it is not known), or nothing. `together`: the low and the high end of
    what a family's likely awards bring a year, all at once."""

    lines: Mapping[Finding, tuple[str, ...]] = field(default_factory=dict)
    cost: Mapping[Finding, str] = field(default_factory=dict)
    together: Mapping[str, Ends] = field(default_factory=dict)


def what_follows(
    connection: DuckDBPyConnection, book: Rulebook, rules: Sequence[str], day: datetime.date, rows: Iterable[Row]
) -> Follows:
    """Of these rows of lists. `rules`: those whose answers are looked at. Raises EngineError."""
    findings = {(row["rule"], row["reference"]): row for row in rows}
    alone = {number: finding for number, finding in enumerate(sorted(findings)) if book.rules[finding[0]].if_awarded}
    several = _several(book, findings)
    cases = [
        *(Case(n, findings[one]["household_key"], {one[0]: (one[1],)}) for n, one in alone.items()),
        *(_joint(len(findings) + n, own) for n, own in enumerate(several.values())),
    ]
    by_case: dict[int, list[Change]] = defaultdict(list)
    for change in follow(connection, book, rules, day, cases):
        by_case[change.case].append(change)
    words = {one: _in_words(book, findings[one], by_case[number]) for number, one in alone.items()}
    cost = {one: _cost(book, findings[one], by_case[number]) for number, one in alone.items()}
    together = {
        family: _together(book, own, by_case[len(findings) + n]) for n, (family, own) in enumerate(several.items())
    }
    return Follows({one: told for one, told in words.items() if told}, cost, together)


# ---- cost ------------------------------------------------------------------------------------------------------------


def _cost(book: Rulebook, row: Row, changes: Iterable[Change]) -> str:
    """Whether something that is paid, or that is surely due, falls, and what the award itself brings does not make up
    for it. Nothing that the family gets makes up for what others lose."""
    held = [one for one in changes if _is_held(book.rules[one.rule], one)]
    own = [one for one in held if one.family == row["family_key"]]
    others = [one for one in held if one not in own]
    if _is_lost(row["yearly_high"], own):
        return SURE
    if _makes_up_for(row["yearly_low"], own):
        held = others
    outweighs = book.rules[row["rule"]].outweighs
    counted = [one for one in held if one in others or outweighs is None or one.rule not in outweighs.rules]
    found = [_falls(low, high) for one in counted for low, high in one.parts.values()]
    return SURE if SURE in found else UNSURE if UNSURE in found else ""


def _makes_up_for(least: Decimal | None, changes: Iterable[Change]) -> bool:
    """Whether an award of at least this much a year is no less than the most that may fall beside it."""
    for part, (low, _) in _ends(changes):
        fall = None if low is None or part in ONCE else min(low, _NOUGHT) * A_YEAR[part]
        least = _plus(least, fall)
    return least is not None and least >= 0


def _is_lost(most: Decimal | None, changes: Iterable[Change]) -> bool:
    """Whether an award of at most this much a year is surely less than what falls beside it."""
    for part, (_, high) in _ends(changes):
        most = _plus(most, None if high is None else high * A_YEAR.get(part, 0))
    return most is not None and most < 0


def _ends(changes: Iterable[Change]) -> Iterator[tuple[str, Ends]]:
    for one in changes:
        yield from one.parts.items()


def _is_held(rule: Rule, one: Change) -> bool:
    """Whether there is something to lose. What is merely opened nobody loses by having more opened."""
    return rule.kind != "opened" and (one.already is not False or one.due_before is True)


def _only_falls(one: Change) -> bool:
    """Whether nothing of it may rise."""
    return all(high is not None and high <= 0 for _, high in one.parts.values())


def _falls(low: Decimal | None, high: Decimal | None) -> str:
    if high is not None and high < 0:
        return SURE
    return UNSURE if low is None or low < 0 else ""


# ---- words -----------------------------------------------------------------------------------------------------------


def _in_words(book: Rulebook, row: Row, changes: Sequence[Change]) -> tuple[str, ...]:
    """A line for each other answer of the family; of other families in the home only that something may fall, for a
    family is shown nobody else's affairs."""
    own = [one for one in changes if one.family == row["family_key"] or one.family is None]
    lines = [_line(book.rules[one.rule], one) for one in own if (one.rule, one.unit) != (row["rule"], row["reference"])]
    others = {
        _falls(*ends)
        for one in changes
        if one not in own and _is_held(book.rules[one.rule], one)
        for ends in one.parts.values()
    }
    if SURE in others:
        lines.append("Somebody else in the home would get less")
    elif UNSURE in others:
        lines.append("Somebody else in the home may get less: not known")
    return tuple(dict.fromkeys(line for line in lines if line))


def _line(rule: Rule, one: Change) -> str:
    told = [text for part, (low, high) in one.parts.items() if (text := _moved(part, low, high))]
    begins = _begins(rule, one)
    if begins:
        amounts = [text for part, ends in one.parts.items() if (text := _amount(part, *ends))]
        return f"{begins} {rule.name}" + (f", {' and '.join(amounts)}" if amounts else "")
    if not told or rule.kind == "opened" or (_only_falls(one) and not _is_held(rule, one)):
        return ""
    what = " and ".join(told)
    if one.already is True:
        return f"{rule.name}: {what}"
    return f"{rule.name}, {'if they get it' if one.already is None else 'not claimed yet'}: {what}"


def _begins(rule: Rule, one: Change) -> str:
    """Whether an entitlement begins, as it may where it is opened by others alone."""
    if one.already is True or one.due_before is True or one.due_after is False:
        return ""
    if one.due_after and one.due_before is False:
        return "Opens"
    return "May open" if rule.kind == "opened" or not one.parts else ""


def _amount(part: str, low: Decimal | None, high: Decimal | None) -> str:
    """What is newly due."""
    often = A_TIME[part]
    if low is not None and low == high:
        return f"about {money(low)} {often}" if low > 0 else ""
    if low is not None and low > 0:
        return f"at least {money(low)} {often}"
    return f"up to {money(high)} {often}" if high is not None and high > 0 else ""


def _moved(part: str, low: Decimal | None, high: Decimal | None) -> str:
    """How a part of a worth moves; empty where it does not."""
    often = A_TIME[part]
    if low == high == 0:
        return ""
    if low is not None and low == high:
        return f"about {money(abs(low))} {often} {_more(low)}"
    if low is not None and low >= 0:
        return _up("more", low, high, often)
    if high is not None and high <= 0:
        return _up("less", -high, None if low is None else -low, often)
    if low is None and high is None:
        return "may change, by how much is not known"
    ends = [f"{money(abs(end))} {often} {_more(end)}" for end in (low, high) if end is not None]
    return f"may change, {' to '.join(ends)}" if len(ends) > 1 else "may change, by how much is not known"


def _more(amount: Decimal) -> str:
    return "more" if amount > 0 else "less"


def _up(word: str, least: Decimal, most: Decimal | None, often: str) -> str:
    if most is None:
        return f"at least {money(least)} {often} {word}" if least else f"{word} or the same, by how much is not known"
    if least:
        return f"between {money(least)} and {money(most)} {often} {word}"
    return f"up to {money(most)} {often} {word}"


# ---- all at once -----------------------------------------------------------------------------------------------------


def _several(book: Rulebook, findings: Mapping[Finding, Row]) -> dict[str, list[Row]]:
    """The families with more than one likely award of money to themselves, each with these rows."""
    sure: dict[str, list[Row]] = defaultdict(list)
    for (rule, _), row in sorted(findings.items()):
        ruled = book.rules[rule]
        pays = ruled.worth_to == "resident" and any(part in A_YEAR for part in ruled.worth)
        if row["verdict"] == "likely" and not row["may_already_have"] and pays and ruled.if_awarded:
            sure[row["family_key"]].append(row)
    return {family: rows for family, rows in sure.items() if len(rows) > 1}


def _joint(number: int, rows: Sequence[Row]) -> Case:
    awards: dict[str, tuple[str, ...]] = {}
    for row in rows:
        awards[row["rule"]] = (*awards.get(row["rule"], ()), row["reference"])
    return Case(number, rows[0]["household_key"], awards)


def _together(book: Rulebook, rows: Sequence[Row], changes: Sequence[Change]) -> Ends:
    """What the awards bring a year: each as it then is, and what becomes of what is in payment already."""
    family, listed = rows[0]["family_key"], {(row["rule"], row["reference"]) for row in rows}
    low: Decimal | None = _NOUGHT
    high: Decimal | None = _NOUGHT
    for row in rows:
        low, high = _plus(low, row["yearly_low"]), _plus(high, row["yearly_high"])
    for one in changes:
        mine = one.family == family and book.rules[one.rule].worth_to == "resident"
        if mine and ((one.rule, one.unit) in listed or one.already is True):
            for part, (least, most) in one.parts.items():
                if part not in ONCE:
                    low = _plus(low, None if least is None else least * A_YEAR[part])
                    high = _plus(high, None if most is None else most * A_YEAR[part])
    return low, high


def _plus(total: Decimal | None, more: Decimal | None) -> Decimal | None:
    return None if total is None or more is None else total + more
