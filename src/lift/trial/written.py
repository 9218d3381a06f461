"""Are the examples of a rule, and the bases they start from, written so that they can be run at all?

A static check: no rule is run. What the examples expect is tried by `lift.trial.examples`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, get_args

from lift.errors import FactError, Place, Problem
from lift.rulebook.answers import Verdict
from lift.rulebook.model import Example, Rule, Rulebook
from lift.rulebook.scope import nearest
from lift.trial.awarded import WANTED
from lift.trial.examples import ASKED, facts_of_example
from lift.trial.given import laid_over, read_given

_PLAIN = ("verdict", "eligible", "already", "possible_when", "may_already_have", "evidence", "advice_first")
_LISTS = ("assumptions", *ASKED)
_STEPS = ("steps", "indicative_steps")
_SEE = "see docs/rule-format.md"


def written_wrongly(book: Rulebook, damaged: Collection[str] = ()) -> list[Problem]:
    """Every base and example that names a fact, unit, step or result that does not exist, or gives a wrong value. Of
    `damaged` files (as `read_rulebook` reports them) some part is missing, so what rests on it is not complained of."""
    if "facts" in damaged:
        return []
    found = {name: list(_base(book, name, facts)) for name, facts in book.bases.items()}
    problems = [problem for wrong in found.values() for problem in wrong]
    for rule in book.rules.values():
        for example in rule.examples if rule.id not in damaged else ():
            if example.base is None or not found.get(example.base, ["no such base"]):
                problems += _given(book, example)
            problems += _then(book, rule, example)
    return problems


def _base(book: Rulebook, name: str, facts: Any) -> Iterator[Problem]:
    place = book.base_places[name]
    if not isinstance(facts, Mapping):
        yield Problem(
            place, f"base {name} is no set of facts", "write family:, members:, household: and periods: below it"
        )
        return
    try:
        read_given(book, laid_over(facts, {}))
    except FactError as error:
        yield _problem(place, f"base {name}", error)


def _given(book: Rulebook, example: Example) -> Iterator[Problem]:
    try:
        given = read_given(book, facts_of_example(book, example))
        if example.subject is not None:
            given.key(example.subject)
    except FactError as error:
        yield _problem(example.place, f"example '{example.name}'", error)


def _problem(place: Place, owner: str, error: FactError) -> Problem:
    what, _, fix = str(error).partition(". ")
    return Problem(place, f"{owner}: {what}", (fix[:1].lower() + fix[1:]).rstrip(".") or _SEE)


def _then(book: Rulebook, rule: Rule, example: Example) -> Iterator[Problem]:
    parts = [part for part in rule.worth if part != "in_kind" or "worth_in_kind_yearly" in rule.answers]
    known = [*_PLAIN, *parts, *[f"indicative_{part}" for part in parts], *_LISTS, *_STEPS]
    known += [WANTED] if rule.if_awarded else []
    owner = f"example '{example.name}': then."
    for name, wanted in example.then.items():
        if name not in known:
            yield Problem(
                example.place,
                f"{owner}{name} is nothing that {rule.id} answers",
                nearest(name, known, f"write one of {', '.join(known)}"),
            )
        elif name == "verdict" and wanted is not None and wanted not in get_args(Verdict):
            yield Problem(
                example.place, f"{owner}verdict is no verdict", f"write {', '.join(get_args(Verdict))} or null"
            )
        elif name == WANTED:
            yield from _then_awarded(book, example, f"{owner}{name}", wanted)
        elif name in _STEPS:
            yield from _then_steps(book, rule, example, f"{owner}{name}", wanted)


def _then_awarded(book: Rulebook, example: Example, owner: str, wanted: Any) -> Iterator[Problem]:
    if not isinstance(wanted, Mapping):
        yield Problem(example.place, f"{owner} is no set of rules", "write if_awarded: {rule: change}")
        return
    for name in wanted:
        if name not in book.rules:
            what = f"{owner}: there is no rule {name}"
            yield Problem(example.place, what, nearest(str(name), book.rules, f"name one of {', '.join(book.rules)}"))


def _then_steps(book: Rulebook, rule: Rule, example: Example, owner: str, wanted: Any) -> Iterator[Problem]:
    levels = {full.rpartition(".")[2]: book.steps[full].level for full in rule.step_names if full in book.steps}
    if not isinstance(wanted, Mapping):
        yield Problem(example.place, f"{owner} is no set of steps", "write steps: {name: value}")
        return
    for name in wanted:
        if name not in levels:
            yield Problem(
                example.place,
                f"{owner}: {rule.id} has no step {name}",
                nearest(str(name), levels, f"name one of {', '.join(levels)}"),
            )
        elif levels[name] != rule.level:
            what = f"{owner}: {name} is a step of each {levels[name]}, {rule.id} is asked of each {rule.level}"
            yield Problem(example.place, what, "look at the step that gathers it")
