"""What does an explanation look like to another program? (`lift explain --json`)"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from lift.cli.answers import answer_object, value_of
from lift.rulebook.answers import Range
from lift.rulebook.check import short

if TYPE_CHECKING:
    from lift.cli.told import Told
    from lift.stages.explain import KnownFact, ShownAmount, ShownStep


def explanation_object(told: Told) -> dict[str, Any]:
    """The answer as `lift rules try` gives it, its steps with the law behind them, and the facts with their sources."""
    names = {key: told.unit(key) for key in told.levels}
    answer = answer_object(told.book, told.answer, names)
    for gone in ("steps", "indicative_steps"):
        answer.pop(gone)
    return {
        "rule": told.one.rule.id,
        "date": told.one.day,
        "reference": told.answer.key,
        **answer,
        "formulas": dict(told.one.answer_formulas),
        "steps": [_step(told, step) for group in told.shown_steps() for step in group],
        "amounts": [_amount(told, amount) for amount in told.shown_amounts()],
        "facts": [_fact(told, fact) for fact in told.shown_facts()],
    }


def _step(told: Told, step: ShownStep) -> dict[str, Any]:
    kind = told.book.steps[step.name].type
    return {
        "step": short(step.name),
        "unit": told.unit(step.key),
        "reference": step.key,
        "value": value_of(step.proved, kind),
        "indicative": value_of(step.indicative, kind),
        "formula": step.formula,
        "goes_in": [{"name": name, "value": value} for name, value in told.goes_in(step)],
        "law": step.cite,
        "why": step.why,
    }


def _amount(told: Told, amount: ShownAmount) -> dict[str, Any]:
    kind = told.book.amounts[amount.name].type
    value = amount.value
    if isinstance(value, Fraction):
        value = value_of(Range(value, value), kind)["low"]
    return {
        "amount": short(amount.name),
        "value": value,
        "counts_as": None if amount.span is None else value_of(amount.span, kind),
        "unit": amount.unit,
        "since": amount.since,
        "status": amount.status,
        "law": amount.cite,
    }


def _fact(told: Told, fact: KnownFact) -> dict[str, Any]:
    value = fact.value
    if isinstance(value, Range):
        value = Range(_exact(value.low), _exact(value.high))
    return {
        "fact": fact.name,
        "unit": told.unit(fact.key),
        "reference": fact.key,
        "value": value_of(value, told.book.facts[fact.level, fact.name].type),
        "fresh": fact.fresh,
        "assumed": fact.assumed,
        "sources": [{"kind": o.kind, "file": o.file, "line": o.line, "as_at": o.as_at} for o in fact.origins],
    }


def _exact(end: Any) -> Any:
    return Fraction(end) if isinstance(end, int | Decimal) else end
