"""What do SUM, COUNT, MIN, MAX, ANY and EVERY come to over members some of whom only perhaps belong?

A member is surely in (True) or perhaps in (None); those surely out are left out beforehand. A roster that is not
known to be complete may hold members of whom nothing is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from lift.engines.reference import ranges
from lift.engines.reference.logic import all_of, any_of, opposite
from lift.engines.reference.values import Evaluated, as_flag, as_range
from lift.rulebook.answers import Range
from lift.rulebook.signs import Sign

NOTHING = ranges.exactly(Fraction(0))


@dataclass(frozen=True)
class Member:
    """`body` is the gathered value read on the member; True where a gather has no body."""

    surely_in: bool
    body: Evaluated


def count(members: list[Member], *, complete: bool) -> Range:
    surely = sum(m.surely_in for m in members)
    return Range(Fraction(surely), Fraction(len(members)) if complete else None)


def total(members: list[Member], sign: Sign, *, complete: bool) -> Range:
    """SUM. Whoever is perhaps in adds nothing or the value; whoever may be missing, anything of the body's sign."""
    result = NOTHING
    for member in members:
        body = as_range(member.body)
        result = ranges.add(result, body if member.surely_in else ranges.hull([NOTHING, body]))
    if complete:
        return result
    return Range(result.low if sign.never_negative else None, result.high if sign.never_positive else None)


def lowest(members: list[Member], *, complete: bool) -> Range:
    """MIN. Anybody not surely out may hold it down; only those surely in hold it down for certain."""
    possible = [as_range(m.body).low for m in members]
    surely = [as_range(m.body).high for m in members if m.surely_in]
    return Range(ranges.lowest_if_all_known(possible) if complete else None, ranges.lowest_known(surely))


def highest(members: list[Member], *, complete: bool) -> Range:
    """MAX, the mirror image of MIN."""
    possible = [as_range(m.body).high for m in members]
    surely = [as_range(m.body).low for m in members if m.surely_in]
    return Range(ranges.highest_known(surely), ranges.highest_if_all_known(possible) if complete else None)


def anybody(members: list[Member], *, complete: bool) -> bool | None:
    """ANY. False needs everybody to be known of."""
    found = any_of(all_of([m.surely_in or None, as_flag(m.body)]) for m in members)
    return None if found is False and not complete else found


def everybody(members: list[Member], *, complete: bool) -> bool | None:
    """EVERY. True needs everybody to be known of."""
    found = all_of(any_of([opposite(m.surely_in or None), as_flag(m.body)]) for m in members)
    return None if found is True and not complete else found
