"""What does an engine give back for one rule and one unit?

Two evaluations stand behind every answer:

* **proved**: weak amounts are their `within` (or nothing), a fact past its shelf life is unknown (its bounds still
  hold), a step's `assume` is ignored. What is settled here is settled whatever the unknown facts are.
* **indicative**: weak amounts have their value (where there is one), a stale fact its value, and a step with `assume`
  that comes out unknown (a flag or code that is None, a number or date that is not one point) has the assumed value.

Standing assumptions hold in both, unless they are switched off. The verdict, row by row:

1. `in_payment`: `already`, proved, is true
2. `ruled_out`: `eligible`, proved, is false, or the worth's proved high is below the low of `at_least`
3. `likely`: `eligible`, proved, is true and the worth's proved low is at least the high of `at_least` (no worth:
   eligible alone)
4. `possible`: neither, and `possible_when`, indicative, is true
5. `unknown`

`eligible` is taken together with `who` (both must be true). A unit whose `who`, proved, is false has no answer at all.
The first part of the worth is the one compared with `at_least`; without `at_least` a known eligible is enough, and a
proved high that is not above 0 does not rule out. A rule without `already` has `already` false.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Literal as OneOf

from lift.rulebook.nodes import Level

Verdict = OneOf["in_payment", "ruled_out", "likely", "possible", "unknown"]


@dataclass(frozen=True)
class Range:
    """Lowest and highest possible value of a number or a date; None is no bound on that side."""

    low: Fraction | date | None
    high: Fraction | date | None


_MOST_PLACES = 12


def decimal_text(value: Fraction, *, least_places: int = 0, up: bool = False) -> str:
    """The exact decimal. One without end is cut after twelve places, downwards, or upwards for a high end."""
    places = least_places
    while places < _MOST_PLACES and (value * 10**places).denominator != 1:
        places += 1
    scaled = value * 10**places
    whole = -(-scaled.numerator // scaled.denominator) if up else scaled.numerator // scaled.denominator
    sign, digits = ("-" if whole < 0 else ""), f"{abs(whole):0{places + 1}d}"
    return sign + (digits if places == 0 else f"{digits[:-places]}.{digits[-places:]}")


#: A number or date is a Range, a flag True, False or None (unknown), a code a text or None (unknown).
Value = Range | bool | str | None


@dataclass(frozen=True)
class Question:
    """An unknown fact, of which unit, and whether knowing it alone would settle the verdict, whatever it turns out to
    be; or whether it would together with the other questions of the answer. With neither it only makes a difference."""

    level: Level
    key: str
    fact: str
    settles: bool
    together: bool = False


@dataclass(frozen=True)
class Answer:
    rule: str
    level: Level
    key: str
    verdict: Verdict
    eligible: bool | None
    already: bool | None
    possible_when: bool | None
    may_already_have: bool
    """`already` is unknown and the verdict is likely or possible: first ask whether they get it already."""
    worth: Mapping[str, Range]
    """Part (weekly, …) to its proved range."""
    indicative_worth: Mapping[str, Range]
    steps: Mapping[str, Value] = field(default_factory=dict)
    """Full step name to its proved value on this unit, for steps of its own level; empty where not asked for."""
    indicative_steps: Mapping[str, Value] = field(default_factory=dict)
    assumptions: tuple[str, ...] = ()
    """Standing assumptions in force here: facts that the rule reads (directly or through steps) on this unit or a unit
    above it and that are unknown; sorted."""
    evidence: OneOf["strong", "medium", "weak"] | None = None
    """Graded from the signals that are true (indicative): any strong or two medium is strong; one medium; any weak."""
    advice_first: bool | None = False
    settled_by: tuple[Question, ...] = ()
    """What to ask about a possible answer, the cheapest first: questions each of which settles it alone; where there is
    none, the fewest that settle it together; else those whose answers make a difference."""
