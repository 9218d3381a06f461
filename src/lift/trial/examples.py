"""Do the examples in a rule file come out as written, on every engine?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from lift.engines.base import Engine
from lift.engines.duckdb import DuckDBEngine
from lift.engines.in_memory import settle
from lift.engines.reference import ReferenceEngine
from lift.errors import FactError, Place
from lift.rulebook.answers import Answer, Range, Value
from lift.rulebook.model import Example, Rule, Rulebook
from lift.rulebook.units import Units
from lift.trial import awarded
from lift.trial.given import Given, laid_over, read_given

ENGINES: Mapping[str, type[DuckDBEngine] | type[ReferenceEngine]] = {
    "duckdb": DuckDBEngine,
    "reference": ReferenceEngine,
}


@dataclass(frozen=True)
class Failure:
    """One thing that did not come out as it should."""

    rule: str
    example: str
    engine: str
    """Its name, or those of all that say so."""
    place: Place
    what: str

    def __str__(self) -> str:
        return (
            f"{self.place.path}:{self.place.line}: {self.rule}, example '{self.example}' on {self.engine}: {self.what}"
        )


def make_engine(name: str, book: Rulebook, day: date, *, assumptions: bool = True) -> Engine:
    return ENGINES[name](book, day, assumptions=assumptions)


def facts_of_example(book: Rulebook, example: Example) -> dict[str, Any]:
    """An example's facts laid over its base. Raises FactError for a base that does not exist."""
    if example.base is not None and example.base not in book.bases:
        raise FactError(
            f"{example.place.path}:{example.place.line}: there is no base {example.base} in rules/bases.yaml."
        )
    return laid_over(book.bases.get(example.base or "", {}), example.given)


def together(parts: Iterable[Given]) -> Units:
    """Several examples side by side, so that an engine starts once for all of them."""
    every = list(parts)
    units = tuple(unit for given in every for unit in given.units.units)
    return Units(units, frozenset(pair for given in every for pair in given.units.possible_couples))


def run_examples(
    book: Rulebook, rules: Sequence[str], engines: Sequence[str] = ("duckdb", "reference")
) -> list[Failure]:
    """Every example of the rules on every engine; what did not come out, in file order."""
    failures: list[Failure] = []
    for name in rules:
        rule = book.rules[name]
        by_day: dict[date, list[tuple[int, Example]]] = defaultdict(list)
        for index, example in enumerate(rule.examples):
            by_day[example.day].append((index, example))
        for day, examples in sorted(by_day.items()):
            failures += _run_day(book, rule, day, examples, engines)
    return sorted(failures, key=lambda f: (f.place.path, f.place.line, f.engine, f.what))


def grouped(failures: Sequence[Failure]) -> list[Failure]:
    """What several engines say alike is said once."""
    engines: dict[Failure, list[str]] = {}
    for failure in failures:
        engines.setdefault(replace(failure, engine=""), []).append(failure.engine)
    return [replace(failure, engine=" and ".join(names)) for failure, names in engines.items()]


def _run_day(
    book: Rulebook, rule: Rule, day: date, examples: list[tuple[int, Example]], engines: Sequence[str]
) -> list[Failure]:
    given = {i: read_given(book, facts_of_example(book, e), prefix=f"e{i:04d}") for i, e in examples}
    units = together(given.values())
    failures: list[Failure] = []
    for engine in engines:
        made = make_engine(engine, book, day)
        answers = made.answers([rule.id], units, keep_steps=True)
        if any(name in example.then for _, example in examples for name in ASKED):
            answers = settle(made, book, units, answers)
        found = {index: subject(rule, given[index], answers, example.subject) for index, example in examples}
        follows = _what_follows(made, book, rule, day, given, examples, found)
        for index, example in examples:
            differing = compare(rule, found[index], {k: v for k, v in example.then.items() if k != awarded.WANTED})
            for name, value in follows.get(index, {}).items():
                differing += _differs(f"if_awarded {name}", value, example.then[awarded.WANTED][name])
            failures += [Failure(rule.id, example.name, engine, example.place, what) for what in differing]
    return failures


def _what_follows(
    engine: Engine,
    book: Rulebook,
    rule: Rule,
    day: date,
    given: Mapping[int, Given],
    examples: Sequence[tuple[int, Example]],
    found: Mapping[int, Answer | None],
) -> Mapping[int, Mapping[str, Value]]:
    """Of the examples that say so, what would follow from the award."""
    asked = {
        index: (example, answer)
        for index, example in examples
        if awarded.WANTED in example.then and (answer := found[index]) is not None
    }
    if not asked:
        return {}
    return awarded.changes(engine, book, rule, day, together(given[index] for index in asked), asked)


def subject(rule: Rule, given: Given, answers: Sequence[Answer], wanted: str | None) -> Answer | None:
    """The answer an example is about: the unit it names, else the first of its units that has one."""
    mine = {answer.key: answer for answer in answers if answer.key in given.names and answer.rule == rule.id}
    if wanted is not None:
        return mine.get(given.key(wanted))
    for key in given.names:
        if key in mine:
            return mine[key]
    return None


def compare(rule: Rule, answer: Answer | None, then: Mapping[str, Any]) -> list[str]:
    """What in the answer differs from what the example says."""
    if answer is None:
        return [] if then == {"verdict": None} else ["the rule gives this unit no answer"]
    found: list[str] = []
    for name, wanted in then.items():
        found += _differences(rule, answer, name, wanted)
    return found


#: What an example may say of questions: which settle it alone, which together, which only make a difference.
ASKED = {"settled_by": (True, False), "settled_together": (False, True), "rests_on": (False, False)}
_PLAIN = ("verdict", "eligible", "already", "possible_when", "may_already_have", "evidence", "advice_first")


def _differences(rule: Rule, answer: Answer, name: str, wanted: Any) -> list[str]:
    if name in _PLAIN:
        got = getattr(answer, name)
        return [] if got == wanted else [f"{name} is {_show(got)}, not {_show(wanted)}"]
    if name in answer.worth:
        return _differs(name, answer.worth[name], wanted)
    if name.startswith("indicative_") and name.removeprefix("indicative_") in answer.indicative_worth:
        return _differs(name, answer.indicative_worth[name.removeprefix("indicative_")], wanted)
    if name == "assumptions":
        return (
            []
            if list(answer.assumptions) == list(wanted)
            else [f"assumptions are {list(answer.assumptions)}, not {wanted}"]
        )
    if name in ASKED:
        found = [q.fact for q in answer.settled_by if (q.settles, q.together) == ASKED[name]]
        return [] if found == list(wanted) else [f"{name} is {found}, not {list(wanted)}"]
    if name in ("steps", "indicative_steps"):
        values = answer.steps if name == "steps" else answer.indicative_steps
        return [d for step, value in wanted.items() for d in _step_differs(rule, values, step, value)]
    return [f"then: {name} is nothing an answer has"]


def _step_differs(rule: Rule, values: Mapping[str, Value], step: str, wanted: Any) -> list[str]:
    full = [name for name in values if name.rpartition(".")[2] == step]
    if not full:
        return [f"there is no step {step} of each {rule.level}"]
    return _differs(step, values[full[-1]], wanted)


def _differs(name: str, got: Value, wanted: Any) -> list[str]:
    expected = as_value(wanted, got)
    return [] if got == expected else [f"{name} is {_show(got)}, not {_show(expected)}"]


def as_value(wanted: Any, like: Value) -> Value:
    """An expected value as written in an example: a scalar, {low, high}, or null for nothing known."""
    if not isinstance(like, Range):
        return wanted  # type: ignore[no-any-return]  # flags and codes are compared as they are
    if isinstance(wanted, Mapping):
        return Range(_exact(wanted.get("low")), _exact(wanted.get("high")))
    return Range(_exact(wanted), _exact(wanted))


def _exact(value: Any) -> Any:
    return Fraction(str(value)) if isinstance(value, int | Decimal) and not isinstance(value, bool) else value


def _show(value: Any) -> str:
    if isinstance(value, Range):
        return (
            _show(value.low)
            if value.low == value.high and value.low is not None
            else f"{_show(value.low)} to {_show(value.high)}"
        )
    if isinstance(value, Fraction):
        return (
            str(value.numerator)
            if value.denominator == 1
            else (f"{float(value):.2f}" if (value * 100).denominator == 1 else str(value))
        )
    return "unknown" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
