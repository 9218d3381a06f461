"""How is an answer written as JSON? (`lift rules try`; docs/rules-try.md is the reference, with a JSON Schema.)

Money is an exact decimal with two places, never a floating-point number, so the text is written here and not by a
library that would round it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from lift.rulebook.answers import Answer, Range, Value, decimal_text
from lift.rulebook.model import Rulebook
from lift.rulebook.nodes import Type


@dataclass(frozen=True)
class Exact:
    """A number already written as JSON."""

    text: str


def write_json(value: Any) -> str:
    """One line of JSON; `Exact` numbers stand as they are written."""
    if isinstance(value, Exact):
        return value.text
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{json.dumps(str(k))}: {write_json(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(write_json(item) for item in value) + "]"
    if isinstance(value, date):
        return json.dumps(value.isoformat())
    return json.dumps(value, ensure_ascii=False)


def value_of(value: Value, kind: Type) -> Any:
    """A flag or code as it is, a number or date as its low and high; null is unknown or no bound."""
    if not isinstance(value, Range):
        return value
    places = 2 if kind.is_money else 0
    return {"low": _end(value.low, places, up=False), "high": _end(value.high, places, up=True)}


def _end(value: Fraction | date | None, places: int, *, up: bool) -> Any:
    return Exact(decimal_text(value, least_places=places, up=up)) if isinstance(value, Fraction) else value


_MONEY = 2


def answer_object(book: Rulebook, answer: Answer, names: Mapping[str, str]) -> dict[str, Any]:
    """An answer in the documented order of keys. `names`: how the writer of the facts calls each unit."""
    return {
        "unit": names[answer.key],
        "verdict": answer.verdict,
        "eligible": answer.eligible,
        "already": answer.already,
        "possible_when": answer.possible_when,
        "may_already_have": answer.may_already_have,
        "worth": {part: _money(found) for part, found in answer.worth.items()},
        "indicative_worth": {part: _money(found) for part, found in answer.indicative_worth.items()},
        "steps": steps_object(book, answer.steps),
        "indicative_steps": steps_object(book, _differing(answer)),
        "settled_by": [
            {
                "unit": names[question.key],
                "fact": question.fact,
                "question": book.facts[question.level, question.fact].question,
                "settles": question.settles,
                "together": question.together,
            }
            for question in answer.settled_by
        ],
        "assumptions": list(answer.assumptions),
        "evidence": answer.evidence,
        "advice_first": answer.advice_first,
    }


def _money(found: Range) -> dict[str, Any]:
    return {"low": _end(found.low, _MONEY, up=False), "high": _end(found.high, _MONEY, up=True)}


def steps_object(book: Rulebook, steps: Mapping[str, Value]) -> dict[str, Any]:
    """Short step names to values: they are unique within a rule and the shared files it uses."""
    return {name.rpartition(".")[2]: value_of(value, book.steps[name].type) for name, value in steps.items()}


def _differing(answer: Answer) -> dict[str, Value]:
    """Steps that stale facts, weak figures or assumptions make out otherwise."""
    return {n: v for n, v in answer.indicative_steps.items() if n not in answer.steps or v != answer.steps[n]}
