"""What does a formula come to while it is being worked out?

A number or date is a `Range`, a flag or code its value or None; besides there is `no_limit`, an exact plus infinity,
which may be compared and be one of the arguments of GREATEST and LEAST, and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from lift.engines.reference import ranges
from lift.errors import EngineError
from lift.rulebook.answers import Range, Value
from lift.rulebook.model import Special
from lift.rulebook.nodes import Kind
from lift.rulebook.units import Scalar

Evaluated = Range | bool | str | Special | None

NO_LIMIT = Special.NO_LIMIT


def known(scalar: Scalar) -> Evaluated:
    return ranges.exactly(scalar) if isinstance(scalar, Fraction | date) else scalar


def unknown(kind: Kind) -> Evaluated:
    """What stands for a value of which nothing is known."""
    return ranges.NOTHING_KNOWN if kind in ("number", "date") else None


def as_range(value: Evaluated) -> Range:
    if isinstance(value, Range):
        return value
    if value is NO_LIMIT:
        raise EngineError("no_limit may be compared or stand in GREATEST and LEAST, nothing else; date the formula")
    raise EngineError("a flag or code stands where a number or date is needed; check the formula's types")


def as_flag(value: Evaluated) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    raise EngineError("a number, date or code stands where a flag is needed; check the formula's types")


def as_answer(value: Evaluated) -> Value:
    """What is shown: no_limit is a number without bounds."""
    return ranges.NOTHING_KNOWN if isinstance(value, Special) else value


def is_open(value: Evaluated) -> bool:
    """Whether something is still to be known: a flag or code that is None, a range that is not one point."""
    return not ranges.is_point(value) if isinstance(value, Range) else value is None


def hull(values: Sequence[Evaluated]) -> Evaluated:
    """Everything that any of the values allows: of flags and codes the value if all agree, else unknown."""
    limited = [v for v in values if v is not NO_LIMIT]
    if not limited:
        return NO_LIMIT
    if any(isinstance(v, Range) for v in limited):
        around = ranges.hull([as_range(v) for v in limited])
        # An infinite branch holds no low end down, and leaves no high end.
        return around if len(limited) == len(values) else Range(around.low, None)
    return limited[0] if all(v == limited[0] for v in limited) else None
