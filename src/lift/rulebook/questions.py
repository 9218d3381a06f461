"""Which questions could settle a rule for a unit, and at which points does an answer to one make a difference?

Both engines ask the same questions at the same points, so that they agree on what would settle it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from fractions import Fraction

from lift.rulebook.check import closure, facts_of, references
from lift.rulebook.model import Fact, Rule, Rulebook
from lift.rulebook.nodes import LEVELS, AmountRef, Lookup, Type
from lift.rulebook.units import Scalar

#: A verdict that no further answer could change.
SETTLED = ("in_payment", "ruled_out", "likely")


def askable(book: Rulebook, rule: Rule) -> list[Fact]:
    """The facts a rule rests on that a resident can be asked about, the cheapest first, in one fixed order."""
    facts = [book.facts[ref.level, ref.name] for ref in facts_of(rule, book) if (ref.level, ref.name) in book.facts]
    return sorted((f for f in facts if f.question), key=rank)


def rank(fact: Fact) -> tuple[int, int, str]:
    """Cheapest first; then from the person outwards; then by name."""
    return (fact.cost, LEVELS.index(fact.level), fact.name)


def ends(fact: Fact) -> tuple[Scalar, ...]:
    """The values an answer is first tried at: both ends of a number or date, every value of a flag or code."""
    if fact.type.kind == "flag":
        return (True, False)
    if fact.type.kind == "code":
        return fact.type.codes
    assert fact.limits is not None
    return fact.limits


def turning_points(book: Rulebook, rules: Iterable[Rule], fact: Fact) -> tuple[Scalar, ...]:
    """Where a formula may change as the fact moves: every figure of its unit that the rules use, and just past it."""
    if fact.type.kind not in ("number", "date") or fact.limits is None:
        return ()
    values = {value for rule in rules for value in _figures(book, rule, fact.type)}
    values |= {end for bound in fact.proved_bounds for end in (bound.low, bound.high) if end is not None}
    past = _just_past(fact.type)
    points = {point for value in values for point in (value, value + past)}  # type: ignore[operator]  # of the fact's type
    low, high = fact.limits
    return tuple(sorted(point for point in points if low < point < high))  # type: ignore[operator]  # of one type


def _just_past(kind: Type) -> Fraction | timedelta:
    if kind.kind == "date":
        return timedelta(days=1)
    return Fraction(1, 100) if kind.unit is not None and kind.unit.is_money else Fraction(1)


def _figures(book: Rulebook, rule: Rule, kind: Type) -> set[Fraction | date]:
    """Figures of the same type among the amounts a rule uses, and the keys and figures of its tables."""
    found: set[Fraction | date] = set()
    for step in closure(rule, book):
        for node in references(step):
            if isinstance(node, AmountRef) and book.amounts[node.name].type == kind:
                cells = [cell.value for _, cell in book.amounts[node.name].versions]
                found |= {value for value in cells if isinstance(value, Fraction | date)}
            if isinstance(node, Lookup):
                table = book.tables[node.table]
                for position, key in enumerate(table.keys):
                    if key.type == kind or (key.type.kind == kind.kind == "date"):
                        found |= {row[0][position] for _, rows in table.versions for row in rows}  # type: ignore[misc]  # keys of this type
    return found
