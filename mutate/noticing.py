"""Which examples read a part of the rules, and does one of them notice a mistake in it?

Every example is worked out once on the right rulebook by the reference engine, which notes what it reads on the way;
a mistake is then put only to the examples that read the mistaken part, one by one, up to the first that notices.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

from lift.engines.reference import ReferenceEngine
from lift.engines.reference.dated import KeyReading, in_reach, rows_in_reach
from lift.engines.reference.evaluate import Evaluation
from lift.engines.reference.values import Evaluated
from lift.errors import LiftError
from lift.plan.differences import after_name
from lift.rulebook.answers import Range
from lift.rulebook.citations import Citation, Cited, read_citation
from lift.rulebook.model import Example, Rule, Rulebook
from lift.rulebook.nodes import AmountRef, Level, Lookup, Node, StepRef, walk
from lift.rulebook.signs import Sign
from lift.rulebook.units import OneUnit, Units
from lift.trial.awarded import WANTED, changes
from lift.trial.examples import ASKED, compare, facts_of_example, run_examples, subject
from lift.trial.given import Given, read_given
from mutate.mistakes import Mutant

#: What a mistaken formula may run into: an example that comes to nothing has noticed.
_BREAKS = (LiftError, ArithmeticError, LookupError, TypeError, ValueError, AssertionError)


class _Noting(Evaluation):
    """An evaluation that notes the full name of every step, amount and table it reads, and each cell by identity."""

    def __init__(self, book: Rulebook, day: date, units: Units, noted: set[str | int], *, indicative: bool) -> None:
        super().__init__(book, day, units, indicative=indicative, assumptions=True)
        self.noted = noted

    def step(self, level: Level, name: str, unit: OneUnit) -> Evaluated:
        self.noted.add(name)
        return super().step(level, name, unit)

    def amount(self, name: str, day: Range | None) -> Evaluated:
        amount = self.rulebook.amounts[name]
        cells, _ = in_reach(amount.versions, day or self._fixed_day(amount.day))
        self.noted |= {name, *map(id, cells)}
        return super().amount(name, day)

    def table_row(self, table: str, keys: Sequence[KeyReading], day: Range | None) -> Evaluated:
        dated = self.rulebook.tables[table]
        versions, _ = in_reach(dated.versions, day or self._fixed_day(dated.day))
        for rows in versions:
            # Keys that lie outside the table find every row that a band moved by one could bring them.
            touched = rows_in_reach(rows, keys)
            self.noted |= {id(cell) for cell in ([cell for _, cell in rows] if touched is None else touched)}
        self.noted.add(table)
        return super().table_row(table, keys, day)

    def sign(self, node: Node) -> Sign:
        self._note_below(node)
        return super().sign(node)

    def _note_below(self, node: Node) -> None:
        """A sign is read off formulas and figures without any unit."""
        for below in walk(node):
            if isinstance(below, AmountRef):
                self.noted |= {below.name, *(id(cell) for _, cell in self.rulebook.amounts[below.name].versions)}
            elif isinstance(below, Lookup):
                rows = [row for _, version in self.rulebook.tables[below.table].versions for row in version]
                self.noted |= {below.table, *(id(cell) for _, cell in rows)}
            elif isinstance(below, StepRef) and below.name in self.rulebook.steps and below.name not in self.noted:
                self.noted.add(below.name)
                for formula in self.rulebook.steps[below.name].formulas:
                    self._note_below(formula.node)


class _NotingEngine(ReferenceEngine):
    """The reference engine, with every evaluation noted in one set."""

    def __init__(self, book: Rulebook, day: date, noted: set[str | int] | None = None) -> None:
        super().__init__(book, day)
        self.book, self.day = book, day
        self.noted: set[str | int] = set() if noted is None else noted

    def with_rulebook(self, rulebook: Rulebook) -> _NotingEngine:
        return _NotingEngine(rulebook, self.day, self.noted)

    def _evaluation(self, units: Units, *, indicative: bool) -> Evaluation:
        return _Noting(self.book, self.day, units, self.noted, indicative=indicative)


@dataclass(frozen=True)
class _Ready:
    """What one example says, of itself or of what would follow from an award; its facts read."""

    rule: str
    example: Example
    then: Mapping[str, Any]
    given: Given
    noted: frozenset[str | int]

    @property
    def of_award(self) -> bool:
        return WANTED in self.then

    def reads(self, mutant: Mutant) -> bool:
        if isinstance(mutant.part, Rule):
            return self.of_award and self.rule == mutant.part.id
        if "assumptions" in self.then:
            return True  # which assumptions are in force is read off formulas, whether or not they are reached
        return not self.noted.isdisjoint(mutant.by if mutant.by is not None else {mutant.name})


@dataclass
class Examples:
    """All examples of a rulebook, each with what it reads. Questions are not asked again."""

    book: Rulebook
    plain: dict[str, list[_Ready]] = field(default_factory=dict, init=False)

    @cached_property
    def awards(self) -> list[_Ready]:
        """Those that say what would follow from an award, of every rule."""
        return [one for rule in self.book.rules.values() for one in _of_awards(self.book, rule)]

    def reading(self, mutant: Mutant) -> Iterator[_Ready]:
        """The examples that could notice, those that cost least first. A rule's are read when first asked for."""
        for rule in mutant.rules:
            if rule not in self.plain:
                self.plain[rule] = list(_plain(self.book, self.book.rules[rule]))
            yield from [one for one in self.plain[rule] if one.reads(mutant)]
        yield from [one for one in self.awards if one.reads(mutant)]

    def notice(self, mutant: Mutant) -> bool:
        """Whether some example does not come out as written."""
        book = mutant.made_in(self.book)
        for one in self.reading(mutant):
            if _comes_out_otherwise(book, one):
                # It is likeliest to notice the next mistake in the same part.
                among = self.awards if one.of_award else self.plain[one.rule]
                among.remove(one)
                among.insert(0, one)
                return True
        return False


@dataclass
class Citations:
    """How often each provision is cited in a rulebook."""

    book: Rulebook
    times: Counter[Cited] = field(init=False)

    def __post_init__(self) -> None:
        bounds = [bound.cite for fact in self.book.facts.values() for bound in fact.proved_bounds]
        self.times = Counter(
            one for cite in (*(part.cite for part in self.book.cited_parts), *bounds) for one in self._read(cite).named
        )

    def _read(self, cite: str) -> Citation:
        return read_citation(cite, self.book.instruments, self.book.not_law)

    def notice(self, mutant: Mutant) -> bool:
        """Whether `lift rules check` would name the mistyped citation, or what is cited no longer."""
        assert mutant.cite is not None
        right = next(part.cite for part in self.book.cited_parts if part.name == mutant.name)
        wrong = self._read(mutant.cite)
        listed = {Cited(one.name, p) for one in self.book.instruments.values() for p in ("", *one.provisions)}
        left = Counter(self._read(right).named) - Counter(wrong.named)
        gone = [one for one in left if one.provision and self.times[one] == 1]
        return wrong.is_wrong or bool(gone) or not set(wrong.named) <= listed


def _plain(book: Rulebook, rule: Rule) -> Iterator[_Ready]:
    for example in rule.examples:
        then = {part: value for part, value in example.then.items() if part not in (*ASKED, WANTED)}
        if then:
            given = read_given(book, facts_of_example(book, example))
            engine = _NotingEngine(book, example.day)
            engine.answers([rule.id], given.units, keep_steps=_wants_steps(then))
            yield _Ready(rule.id, example, then, given, frozenset(engine.noted))


def _of_awards(book: Rulebook, rule: Rule) -> Iterator[_Ready]:
    """An award is seen through both worlds: what is read after it stands under a name of its own."""
    after = {after_name(step): step for step in book.steps}
    for example in rule.examples:
        if WANTED in example.then:
            given = read_given(book, facts_of_example(book, example))
            engine = _NotingEngine(book, example.day)
            answer = subject(rule, given, engine.answers([rule.id], given.units), example.subject)
            if answer is not None:
                changes(engine, book, rule, example.day, given.units, {0: (example, answer)})
            noted = {after.get(name, name) if isinstance(name, str) else name for name in engine.noted}
            then = {WANTED: example.then[WANTED]}
            yield _Ready(rule.id, example, then, given, frozenset(engine.noted | noted))


def _wants_steps(then: Mapping[str, Any]) -> bool:
    return "steps" in then or "indicative_steps" in then


def _comes_out_otherwise(book: Rulebook, one: _Ready) -> bool:
    rule = book.rules[one.rule]
    engine = ReferenceEngine(book, one.example.day)
    try:
        if one.of_award:
            only = replace(rule, examples=(replace(one.example, then=one.then),))
            changed = replace(book, rules={**book.rules, rule.id: only})
            return bool(run_examples(changed, [rule.id], ("reference",)))
        answers = engine.answers([rule.id], one.given.units, keep_steps=_wants_steps(one.then))
        return bool(compare(rule, subject(rule, one.given, answers, one.example.subject), one.then))
    except _BREAKS:
        return True
