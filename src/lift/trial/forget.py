"""Does forgetting something ever turn an answer round?

Each example is run again with one fact, member or period left out. That may turn yes or no into unknown and widen a
range; it may never turn yes into no, or move a range off the truth. Facts with a standing assumption are tried with the
assumption off. A rule that says yes when nothing is known is refused, and a `within` must hold wherever a step is
known.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from lift.engines.reference import ReferenceEngine
from lift.rulebook.answers import Answer, Range
from lift.rulebook.check import closure
from lift.rulebook.model import Example, Formula, Rule, Rulebook, Step
from lift.rulebook.nodes import Node
from lift.trial.examples import Failure, facts_of_example, make_engine, subject, together
from lift.trial.given import Given, read_given

_STRUCTURE = ("role", "possible_partner", "members", "non_dependants")


@dataclass(frozen=True)
class Forgotten:
    """An example's facts with one thing left out; `assumption` where that is a fact with a standing assumption."""

    what: str
    given: dict[str, Any]
    assumption: bool = False


def forgettings(book: Rulebook, given: dict[str, Any]) -> Iterator[Forgotten]:
    """Every way to leave one thing out of some facts."""
    for path, facts in _places(given):
        for name in facts:
            if name in _STRUCTURE or facts[name] is None:
                continue
            copy = deepcopy(given)
            _at(copy, path)[name] = None
            yield Forgotten(f"{_written(path)}.{name}", copy, name in book.assumptions)
    yield from _units_left_out(given)


def _places(given: dict[str, Any]) -> Iterator[tuple[tuple[str | int, ...], dict[str, Any]]]:
    """Every set of facts in an example, with its path."""
    yield ("family",), given["family"]
    yield ("household",), given["household"]
    for name in ("members", "periods"):
        for index, facts in enumerate(given[name] or []):
            yield (name, index), facts
    for index, other in enumerate(given["household"].get("non_dependants") or []):
        yield ("household", "non_dependants", index), other
        for number, member in enumerate(other.get("members") or []):
            yield ("household", "non_dependants", index, "members", number), member


def _at(given: Any, path: tuple[str | int, ...]) -> Any:
    for part in path:
        given = given[part]
    return given


def _written(path: tuple[str | int, ...]) -> str:
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")


def _units_left_out(given: dict[str, Any]) -> Iterator[Forgotten]:
    """A partner, child, other family or period of whom nothing is known any more, not even that they exist."""
    for index in range(len(given["members"]) - 1, 0, -1):
        copy = deepcopy(given)
        role = copy["members"].pop(index).get("role", "child")
        if role == "child":
            copy["household"]["children_complete"] = None
        else:
            copy["family"]["is_couple"] = None
            copy["household"]["adults_complete"] = None
        yield Forgotten(f"members[{index}]", copy)
    for index in range(len(given["household"].get("non_dependants") or [])):
        copy = deepcopy(given)
        copy["household"]["non_dependants"].pop(index)
        copy["household"] |= {"adults_complete": None, "non_dependants_complete": None, "children_complete": None}
        yield Forgotten(f"household.non_dependants[{index}]", copy)
    for index in range(len(given["periods"] or [])):
        copy = deepcopy(given)
        copy["periods"].pop(index)
        copy["family"] |= {"periods_complete": None, "latest_period_is_known": None}
        yield Forgotten(f"periods[{index}]", copy)


def run_forgetting(
    book: Rulebook, rules: Sequence[str], engines: Sequence[str] = ("duckdb", "reference")
) -> list[Failure]:
    """Everything that forgetting turned round, in file order."""
    failures: list[Failure] = []
    for name in rules:
        rule = book.rules[name]
        by_day: dict[date, list[Example]] = defaultdict(list)
        for example in rule.examples:
            by_day[example.day].append(example)
        for day, examples in sorted(by_day.items()):
            for engine in engines:
                failures += _forget_on_day(book, rule, day, examples, engine)
        failures += _nothing_known(book, rule, engines)
        failures += _within_holds(book, rule)
    return sorted(failures, key=lambda f: (f.place.path, f.place.line, f.engine, f.what))


def _forget_on_day(book: Rulebook, rule: Rule, day: date, examples: list[Example], engine: str) -> list[Failure]:
    whole: list[Given] = []
    tried: list[tuple[int, Forgotten, Given]] = []
    for index, example in enumerate(examples):
        facts = facts_of_example(book, example)
        whole.append(read_given(book, facts, prefix=f"e{index:04d}"))
        for number, forgotten in enumerate(forgettings(book, facts)):
            given = read_given(book, forgotten.given, prefix=f"e{index:04d}x{number:04d}")
            tried.append((index, forgotten, given))
    before = make_engine(engine, book, day).answers([rule.id], together(whole))
    failures: list[Failure] = []
    for assumption in (False, True):
        mine = [entry for entry in tried if entry[1].assumption == assumption]
        runner = make_engine(engine, book, day, assumptions=not assumption)
        after = runner.answers([rule.id], together(given for _, _, given in mine)) if mine else []
        by_key = {answer.key: answer for answer in after}
        for index, forgotten, given in mine:
            example = examples[index]
            first = subject(rule, whole[index], before, example.subject)
            second = _same_unit(first, given, by_key, whole[index])
            what = turned_round(first, second)
            if what:
                failures.append(
                    Failure(rule.id, example.name, engine, example.place, f"forgetting {forgotten.what} {what}")
                )
    return failures


def _same_unit(first: Answer | None, given: Given, by_key: dict[str, Answer], whole: Given) -> Answer | None:
    """The answer for the unit of the same written name; None where that unit itself was left out."""
    if first is None:
        return None
    name = whole.names[first.key]
    keys = [key for key, known in given.names.items() if known == name]
    return by_key.get(keys[0]) if keys else None


def turned_round(first: Answer | None, second: Answer | None) -> str:
    """What forgetting did that it must not; empty where all is well."""
    if first is None or second is None:
        return ""
    for name in ("eligible", "already"):
        before, after = getattr(first, name), getattr(second, name)
        if before is not None and after is not None and before != after:
            return f"turned {name} from {str(before).lower()} to {str(after).lower()}"
    for part, before in first.worth.items():
        if not _holds(second.worth[part], before):
            return f"moved {part} off what it was"
    return ""


def _holds(wide: Range, narrow: Range) -> bool:
    low = wide.low is None or (narrow.low is not None and wide.low <= narrow.low)  # type: ignore[operator]
    high = wide.high is None or (narrow.high is not None and wide.high >= narrow.high)  # type: ignore[operator]
    return low and high


def _nothing_known(book: Rulebook, rule: Rule, engines: Sequence[str]) -> list[Failure]:
    """A rule that says yes when nothing at all is known."""
    given = read_given(book, {"members": [{"role": "claimant"}, {"role": "child"}], "periods": [{}]}, prefix="nothing")
    failures: list[Failure] = []
    for engine in engines:
        for answer in make_engine(engine, book, rule.covers[1]).answers([rule.id], given.units):
            if answer.eligible is True or answer.already is True:
                what = "says yes with nothing known: let it rest on a fact"
                failures.append(Failure(rule.id, "nothing known", engine, rule.place, what))
                break
    return failures


def _within_holds(book: Rulebook, rule: Rule) -> list[Failure]:
    """A step that an example makes a point lies inside its own `within`."""
    bounded = [step for step in closure(rule, book) if step.within is not None]
    if not bounded:
        return []
    steps = dict(book.steps)
    for step in bounded:
        assert step.within is not None
        steps[step.name] = replace(step, within=None)
        steps |= {
            f"{step.name}__{side}": _bound(step, f"{step.name}__{side}", n)
            for side, n in zip(("low", "high"), step.within, strict=True)
            if n
        }
    loose = replace(book, steps=steps)
    failures: list[Failure] = []
    for example in rule.examples:
        given = read_given(book, facts_of_example(book, example))
        engine = ReferenceEngine(loose, example.day)
        for step in bounded:
            for unit in given.units.of(step.level):
                if _outside(engine, given, step, unit.key, steps):
                    what = f"{step.name.rpartition('.')[2]} lies outside its within"
                    failures.append(Failure(rule.id, example.name, "reference", step.place, what))
    return failures


def _bound(step: Step, name: str, node: Node) -> Step:
    return replace(
        step,
        name=name,
        formulas=(Formula(None, node, "", step.place),),
        within=None,
        split_on=(),
        rounding="none",
        assume=None,
        day_node=None,
    )


def _outside(engine: ReferenceEngine, given: Given, step: Step, key: str, steps: dict[str, Step]) -> bool:
    value = engine.step_value(given.units, step.name, key)
    if not isinstance(value, Range) or value.low is None or value.low != value.high:
        return False
    for side in ("low", "high"):
        name = f"{step.name}__{side}"
        bound = engine.step_value(given.units, name, key) if name in steps else None
        if isinstance(bound, Range):
            if side == "low" and bound.low is not None and value.low < bound.low:  # type: ignore[operator]
                return True
            if side == "high" and bound.high is not None and value.low > bound.high:  # type: ignore[operator]
                return True
    return False
