"""What may a resident be asked about an open answer, and what may each answer still be?

Whatever the engine, these are the questions, the values that are tried for each, and the points at which a formula may
change; `engines/settle.py` finds out which of them settle a verdict.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from math import ceil, floor

from lift.rulebook.answers import Question
from lift.rulebook.check import closure, facts_of, references
from lift.rulebook.model import Fact, Formula, Rule, Rulebook, Step
from lift.rulebook.nodes import LEVELS, AmountRef, FactRef, Gather, Level, Lookup, Span, Type, walk
from lift.rulebook.units import Scalar

#: A verdict that no further answer could change.
SETTLED = ("in_payment", "ruled_out", "likely")

#: What they rest on, besides the first part of the worth (lift.rulebook.answers).
_DECIDING = ("who", "eligible", "already", "worth_at_least")

Between = tuple[Scalar | None, Scalar | None]
"""What is known of a number or date: low and high; None is the dictionary's own limit."""


def deciding(rule: Rule) -> Rule:
    """The rule with no more answers than its settled verdicts rest on."""
    money = next((part for part in rule.worth if part != "in_kind"), None)
    wanted = [*_DECIDING, *([f"worth_{money}"] if money else [])]
    answers = {name: rule.answers[name] for name in wanted if name in rule.answers}
    return replace(rule, answers=answers, step_names=(), worth=(money,) if money else (), evidence=())


def facts_behind(book: Rulebook, rule: Rule) -> list[Fact]:
    """Every fact the rule's answers rest on, and those that say what a scheme proves of them."""
    read = facts_of(rule, book)
    facts = [book.facts[ref.level, ref.name] for ref in read if (ref.level, ref.name) in book.facts]
    facts += _conditions(book, facts)
    return list({(fact.level, fact.name): fact for fact in facts}.values())


def conditions_of_bounds(book: Rulebook, rule: Rule) -> list[Fact]:
    """The facts that say whether a scheme proves something of those a rule rests on."""
    return _conditions(book, facts_behind(book, rule))


def _conditions(book: Rulebook, facts: Iterable[Fact]) -> list[Fact]:
    whens = [node for fact in facts for bound in fact.proved_bounds for node in walk(bound.when)]
    return [book.facts[node.level, node.name] for node in whens if isinstance(node, FactRef)]


def askable(book: Rulebook, rule: Rule) -> list[Fact]:
    """Those of them that a resident can be asked about, the cheapest first, in one fixed order."""
    return sorted((fact for fact in facts_behind(book, rule) if fact.question), key=rank)


def rank(fact: Fact) -> tuple[int, int, str]:
    """Cheapest first; then from the person outwards; then by name."""
    return (fact.cost, LEVELS.index(fact.level), fact.name)


def gathered_levels(book: Rulebook, rule: Rule) -> frozenset[Level]:
    """The levels of which a rule may look at other units than its own: those it gathers, and families above them."""
    gathers = [n for step in closure(rule, book) for n in references(step) if isinstance(n, Gather)]
    targets = {book.relations[n.relation].target for n in gathers}
    return frozenset(targets | ({"family"} if targets & {"person", "period"} else set()))


# ---- what an answer may be ----


def ends(fact: Fact, known: Between = (None, None)) -> tuple[int, ...]:
    """The values an answer is first tried at, as whole numbers from low to high: both ends of a number or date and of
    every bound that a scheme may prove; every value of a flag or code."""
    if fact.type.kind == "flag":
        return (0, 1)
    if fact.type.kind == "code":
        return tuple(range(len(fact.type.codes)))
    low, high = _limits(fact, known)
    bounds = [_steps(fact, end) for bound in fact.proved_bounds for end in (bound.low, bound.high) if end is not None]
    return tuple(sorted({low, high, *(ceil(end) for end in bounds if low < end < high)}))


def _limits(fact: Fact, known: Between) -> tuple[int, int]:
    assert fact.limits is not None
    (low, high), (least, most) = known, fact.limits
    return ceil(_steps(fact, least if low is None else low)), floor(_steps(fact, most if high is None else high))


def turning_points(book: Rulebook, rule: Rule, fact: Fact) -> tuple[int, ...]:
    """Where a formula may change as the fact moves: every figure of its unit that the rule uses, and just past it; as
    whole numbers."""
    if not fact.type.is_ranged:
        return ()
    figures = {floor(_steps(fact, value)) for value in _figures(book, rule, fact.type)}
    return tuple(sorted({point for figure in figures for point in (figure, figure + 1)}))


_FIRST_DAY = date(1970, 1, 1)


def as_number(fact: Fact, value: Scalar) -> int:
    """A value of a fact as a whole number, in the order of the values: its smallest steps, days since 1970, the place
    of its code, 0 for no and 1 for yes. So two neighbouring values differ by one."""
    if isinstance(value, str):
        return fact.type.codes.index(value)
    steps = _steps(fact, value)
    assert steps.denominator == 1, "a value between two steps of its fact"
    return int(steps)


def as_value(fact: Fact, number: int) -> Scalar:
    """The value that a whole number stands for."""
    kind = fact.type.kind
    if kind == "flag":
        return bool(number)
    if kind == "code":
        return fact.type.codes[number]
    return _FIRST_DAY + timedelta(days=number) if kind == "date" else number * fact.smallest_step


def _steps(fact: Fact, value: Scalar) -> Fraction:
    """A number, date or flag in smallest steps of its fact."""
    if isinstance(value, date):
        return Fraction((value - _FIRST_DAY).days)
    assert isinstance(value, Fraction | bool)
    return value / fact.smallest_step if isinstance(value, Fraction) else Fraction(value)


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


# ---- facts that a scheme proves something of ----


def is_within_bounds(fact: Fact, number: int) -> bool:
    """Whether a value fits everything that a scheme may prove of the fact, so that no other fact can contradict it."""
    return not any(
        (bound.low is not None and number < _steps(fact, bound.low))
        or (bound.high is not None and number > _steps(fact, bound.high))
        for bound in fact.proved_bounds
    )


def bounds_rulebook(book: Rulebook, facts: Iterable[Fact]) -> tuple[Rulebook, dict[str, Fact]]:
    """The rulebook with a measure for each level that shows what is proved of those of the facts that have proved
    bounds, and these by the name of the step that shows them. The measures are named `asked_LEVEL`."""
    shown = {f"asked_{fact.level}.{fact.name}": fact for fact in facts if fact.proved_bounds}
    steps = {name: _shown(name, fact) for name, fact in shown.items()}
    rules = {f"asked_{level}": _measure(level, shown) for level in dict.fromkeys(fact.level for fact in shown.values())}
    return replace(book, steps={**book.steps, **steps}, rules={**book.rules, **rules}), shown


def _shown(name: str, fact: Fact) -> Step:
    formula = Formula(None, FactRef(fact.type, Span(), fact.level, fact.name), fact.name, fact.place)
    return Step(name, fact.level, fact.type, (formula,), "", "", "run_day", None, "none", None, (), None, fact.place)


def _measure(level: Level, facts: dict[str, Fact]) -> Rule:
    names = tuple(name for name, fact in facts.items() if fact.level == level)
    return Rule(
        id=f"asked_{level}", name="What is proved", kind="measure", level=level, law="", reviewed_on=None,
        reviewed_by=None, public_funds=False, covers=(date.min, date.max), uses=(), step_names=names, answers={},
        worth=(), worth_to="", in_kind="", evidence=(), seen_in=(), opens=(), if_awarded=(), outreach={}, examples=(),
        hash="", place=facts[names[0]].place,
    )  # fmt: skip


# ---- as text, in the table of answers ----


#: Whether a question settles the answer alone, or together with others: in the order in which they are written.
_HOW = ((True, False), (False, True), (False, False))


def written(questions: Sequence[Question]) -> str:
    """Questions as the table of answers keeps them (docs/tables.md): alone;together;in part."""
    return ";".join(
        " ".join(f"{q.level}:{q.key}:{q.fact}" for q in questions if (q.settles, q.together) == how) for how in _HOW
    )


def read_written(text: str | None) -> tuple[Question, ...]:
    """The questions that `written` wrote; none of nothing. (Runs of LIFT 0.1 hold two parts: alone; in part.)"""
    parts = (text or ";;").split(";")
    if len(parts) < len(_HOW):
        parts.insert(1, "")
    found = []
    for part, (settles, together) in zip(parts, _HOW, strict=True):
        for one in part.split():
            level, key, fact = one.split(":")
            found.append(Question(level, key, fact, settles, together))  # type: ignore[arg-type]  # a level's name
    return tuple(found)
