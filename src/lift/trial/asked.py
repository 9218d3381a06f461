"""What does a rule answer for households given as facts, one a line? (The engine room of `lift rules try`.)

Lines are read in batches and a batch is put before the engine side by side, so that it starts once for many. A line
that cannot be read is refused on its own, with its number, and the others go on.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any

from lift.engines.base import UnitSteps
from lift.engines.in_memory import settle
from lift.errors import CoverageError, FactError
from lift.rulebook.answers import Answer, Value
from lift.rulebook.model import Rule, Rulebook
from lift.trial.examples import make_engine, subject, together
from lift.trial.given import Given, laid_over, read_given

#: Keys of a line beside the facts.
_BESIDE = ("base", "for")


@dataclass(frozen=True)
class Asked:
    """What is asked of every line: the rule, the day, the base of lines that name none, and the engine."""

    book: Rulebook
    rule: Rule
    day: date
    base: str | None = None
    engine: str = "duckdb"
    assumptions: bool = True
    questions: bool = True


@dataclass(frozen=True)
class Answered:
    """The answer for the unit a line asks about (None: the rule asks about none of them), those for further units of
    the line, and how the writer calls each unit."""

    answer: Answer | None
    others: tuple[Answer, ...]
    names: dict[str, str]
    steps: UnitSteps
    """The steps of every unit of the line: key to full step name to proved value."""


@dataclass(frozen=True)
class Refused:
    """A line whose facts cannot be used."""

    line: int
    error: str


@dataclass(frozen=True)
class _Read:
    given: Given
    wanted: str | None


def check_covered(rule: Rule, day: date) -> None:
    """Raises CoverageError for a day that the rule does not cover, on whichever engine."""
    first, last = rule.covers
    if not first <= day <= last:
        raise CoverageError(f"{rule.id} covers {first} to {last}, not {day}. Choose another day.")


def answer_lines(asked: Asked, lines: Iterable[str], *, batch: int = 1000) -> Iterator[Answered | Refused]:
    """One result for each line that is not blank, in the same order."""
    numbered = ((number, text) for number, text in enumerate(lines, 1) if text.strip("\ufeff \t\r\n"))
    while some := list(islice(numbered, batch)):
        read = [_read(asked, number, text, f"x{index:05d}") for index, (number, text) in enumerate(some)]
        yield from _answers(asked, read)


def _read(asked: Asked, number: int, text: str, prefix: str) -> _Read | Refused:
    try:
        facts = _parse(text.strip("\ufeff \t\r\n"))
        base, wanted = (_word(facts.pop(key, None), key) for key in _BESIDE)
        given = read_given(asked.book, laid_over(_base(asked, base or asked.base), facts), prefix=prefix)
        _check_wanted(asked.rule, given, wanted)
    except FactError as error:
        return Refused(number, str(error))
    return _Read(given, wanted)


def _check_wanted(rule: Rule, given: Given, wanted: str | None) -> None:
    if wanted is None:
        return
    key = given.key(wanted)
    if not any(unit.key == key for unit in given.units.of(rule.level)):
        fitting = [given.names[unit.key] for unit in given.units.of(rule.level)]
        choice = f"Name one of {', '.join(fitting)}." if fitting else "There is none here."
        raise FactError(f"for names {wanted}, and {rule.id} is asked of each {rule.level}. {choice}")


def _parse(text: str) -> dict[str, Any]:
    """A line's facts, numbers exact. Raises FactError without quoting what stands there."""
    try:
        found = json.loads(text, parse_float=Decimal, parse_constant=_no_number, object_pairs_hook=_once_each)
    except json.JSONDecodeError as error:
        raise FactError(f"this line is not JSON at column {error.colno}. Write one object of facts a line.") from error
    except (ValueError, RecursionError) as error:
        raise FactError("this line is not JSON that can be read. Write one object of facts a line.") from error
    if not isinstance(found, dict):
        raise FactError("this line is no object of facts. Write {…} around it.")
    return found


def _no_number(text: str) -> Any:
    raise FactError(f"{text} is no number. Write null where a value is not known.")


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise FactError(f"{name} stands twice in one place. Keep one of the two.")
        found[name] = value
    return found


def _word(value: Any, key: str) -> str | None:
    if value is not None and not isinstance(value, str):
        raise FactError(f"{key} is no name. Write it in quotes.")
    return value


def _base(asked: Asked, name: str | None) -> Any:
    if name is None:
        return {}
    if name not in asked.book.bases:
        raise FactError(f"there is no base {name}. Name one of {', '.join(asked.book.bases)}.")
    return asked.book.bases[name]


def _answers(asked: Asked, read: list[_Read | Refused]) -> Iterator[Answered | Refused]:
    whole = [one for one in read if isinstance(one, _Read)]
    units = together(one.given for one in whole)
    engine = make_engine(asked.engine, asked.book, asked.day, assumptions=asked.assumptions)
    found, steps = engine.answers_and_steps([asked.rule.id], units) if whole else ([], {})
    if asked.questions:
        found = settle(engine, asked.book, units, found)
    by_key = {answer.key: answer for answer in found}
    for one in read:
        if isinstance(one, Refused):
            yield one
            continue
        mine = [by_key[key] for key in one.given.names if key in by_key]
        answer = subject(asked.rule, one.given, mine, one.wanted)
        others = tuple(a for a in mine if answer is None or a.key != answer.key)
        mine_too = {key: _in_order(asked.rule, steps.get(key, {})) for key in one.given.names}
        yield Answered(answer, others, one.given.names, mine_too)


def _in_order(rule: Rule, steps: dict[str, Value]) -> dict[str, Value]:
    return {name: steps[name] for name in rule.step_names if name in steps}
