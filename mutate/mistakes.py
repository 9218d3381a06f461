"""Which single mistakes could stand in a file of rules, and which rules' examples could notice each?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from lift.errors import Place
from lift.rulebook.check import amounts_of, closure, short, tables_of
from lift.rulebook.citations import numbers_changed
from lift.rulebook.model import Amount, Formula, Rule, Rulebook, Step, Table
from mutate.figures import wrong_amounts, wrong_steps, wrong_tables
from mutate.formulas import changed

_MOST_TEXT = 60


@dataclass(frozen=True)
class Mutant:
    """One mistake: the part that is wrong in place of the right one, where, what, and which rules rest on it."""

    part: Step | Amount | Table | Rule
    """A whole rule where the mistake is in what an award makes of facts."""
    name: str
    """The full name of the step, amount or table; RULE.if_awarded of what an award makes."""
    place: Place
    what: str
    rules: tuple[str, ...]
    by: frozenset[int] | None = None
    """The cells, by identity, one of which an example must read to notice; None where the part's name says it."""
    cite: str | None = None
    """The mistyped citation; no example rests on it, the list of instruments does."""

    @property
    def owner(self) -> str:
        return self.name.partition(".")[0]

    @property
    def shown(self) -> str:
        return f"{short(self.name)}: {self.what}"

    def made_in(self, book: Rulebook) -> Rulebook:
        """The rulebook with this mistake."""
        if isinstance(self.part, Rule):
            return replace(book, rules={**book.rules, self.part.id: self.part})
        if isinstance(self.part, Amount):
            return replace(book, amounts={**book.amounts, self.name: self.part})
        if isinstance(self.part, Table):
            return replace(book, tables={**book.tables, self.name: self.part})
        return replace(book, steps={**book.steps, self.name: self.part})


def mutants(book: Rulebook, owners: Sequence[str] | None = None) -> Iterator[Mutant]:
    """Every single mistake in the files of these names (default: all), in a fixed order. A part on which no rule rests
    is left out: nobody reads it."""
    seen: dict[str, int] = defaultdict(int)
    for name, rules in resting(book).items():
        if owners is None or name.partition(".")[0] in owners:
            for mutant in _of(book, name, rules):
                yield _told_apart(mutant, seen)
    for rule in book.rules.values():
        if owners is None or rule.id in owners:
            for mutant in _of_awards(book, rule):
                yield _told_apart(mutant, seen)


def mistyped(book: Rulebook, owners: Sequence[str] | None = None) -> Iterator[Mutant]:
    """Every citation in these files with one number, or letter in brackets, taken for the next."""
    seen: dict[str, int] = defaultdict(int)
    answers = {name for rule in book.rules.values() for name in rule.answers.values()}
    for part in book.cited_parts:
        if part.name not in answers and (owners is None or part.name.partition(".")[0] in owners):
            for other in numbers_changed(part.cite):
                wrong = replace(part, cite=other)
                yield _told_apart(Mutant(wrong, part.name, part.place, f"cites {other}", (), cite=other), seen)


def resting(book: Rulebook) -> Mapping[str, tuple[str, ...]]:
    """Full name of a step, amount or table, to the rules that rest on it."""
    rests: dict[str, list[str]] = defaultdict(list)
    for rule in book.rules.values():
        parts: list[Step | Amount | Table] = [*closure(rule, book), *amounts_of(rule, book), *tables_of(rule, book)]
        for part in parts:
            rests[part.name].append(rule.id)
    return {name: tuple(rules) for name, rules in rests.items()}


def _told_apart(mutant: Mutant, seen: dict[str, int]) -> Mutant:
    """The second of two alike says so, so that a mistake is named without its line, which moves."""
    key = f"{mutant.name}: {mutant.what}"
    seen[key] += 1
    return mutant if seen[key] == 1 else replace(mutant, what=f"{mutant.what} ({seen[key]})")


def _of(book: Rulebook, name: str, rules: tuple[str, ...]) -> Iterator[Mutant]:
    first = min(book.rules[rule].covers[0] for rule in rules)
    last = max(book.rules[rule].covers[1] for rule in rules)
    if name in book.amounts:
        amount = book.amounts[name]
        for wrong in wrong_amounts(amount, first, last):
            yield Mutant(wrong.part, name, amount.place, wrong.what, rules, wrong.by)
    elif name in book.tables:
        table = book.tables[name]
        for wrong in wrong_tables(table, first):
            yield Mutant(wrong.part, name, table.place, wrong.what, rules, wrong.by)
    else:
        step = book.steps[name]
        for wrong in wrong_steps(step, first):
            yield Mutant(wrong.part, name, step.place, wrong.what, rules)
        for index, formula in enumerate(step.formulas):
            if index + 1 < len(step.formulas) and (step.formulas[index + 1].start or first) <= first:
                continue
            for formula_then, place, what in _formulas(formula, book):
                formulas = (*step.formulas[:index], formula_then, *step.formulas[index + 1 :])
                yield Mutant(replace(step, formulas=formulas), name, place, what, rules)


def _of_awards(book: Rulebook, rule: Rule) -> Iterator[Mutant]:
    for index, award in enumerate(rule.if_awarded):
        for formula, place, what in _formulas(award.formula, book):
            awards = (*rule.if_awarded[:index], replace(award, formula=formula), *rule.if_awarded[index + 1 :])
            name = f"{rule.id}.if_awarded"
            yield Mutant(replace(rule, if_awarded=awards), name, place, f"{award.fact}: {what}", (rule.id,))


def _formulas(formula: Formula, book: Rulebook) -> Iterator[tuple[Formula, Place, str]]:
    since = "" if formula.start is None else f"from {formula.start}: "
    for node, at, what in changed(formula.node, book.amounts):
        text = formula.text[at.start : at.end]
        text = text if len(text) <= _MOST_TEXT else f"{text[: _MOST_TEXT - 2].rstrip()} …"
        said = what if what.lower().startswith(f"{text} ->".lower()) else f"{text}: {what}"
        yield replace(formula, node=node), formula.part(at), f"{since}{said}"
