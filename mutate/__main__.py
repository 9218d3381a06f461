"""`make mutate`: what share of single mistakes in the rules do the rules' own examples notice?

`python -m mutate [RULE]... [--every N]`: one mistake in N, always the same ones. A mistake survives if every example of
every rule that rests on the mutated part comes out as written, on the reference engine. Questions are not asked again.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction

from lift.errors import LiftError, Place
from lift.rulebook.check import amounts_of, closure, short, tables_of
from lift.rulebook.load import load_rulebook
from lift.rulebook.model import Amount, Cell, Example, Rule, Rulebook, Step, Table
from lift.rulebook.nodes import Type
from lift.trial.examples import ASKED, run_examples
from mutate.formulas import changed


@dataclass(frozen=True)
class Mutant:
    """A rulebook with one mistake, where it is, what it is, and which rules could notice."""

    book: Rulebook
    owner: str
    place: Place
    what: str
    rules: tuple[str, ...]


def mutants(book: Rulebook, wanted: Sequence[str]) -> Iterator[Mutant]:
    """Every single mistake in what the wanted rules rest on, in a fixed order."""
    rests: dict[str, list[str]] = defaultdict(list)
    for name in wanted:
        rule = book.rules[name]
        parts: list[Step | Amount | Table] = [*closure(rule, book), *amounts_of(rule, book), *tables_of(rule, book)]
        for part in parts:
            rests[part.name].append(name)
    for name, rules in rests.items():
        yield from _of(book, name, tuple(rules))


def _of(book: Rulebook, name: str, rules: tuple[str, ...]) -> Iterator[Mutant]:
    owner = name.partition(".")[0]
    if name in book.amounts:
        amount = book.amounts[name]
        for versions, what in _versions(amount, min(book.rules[rule].covers[0] for rule in rules)):
            other = replace(book, amounts={**book.amounts, name: replace(amount, versions=versions)})
            yield Mutant(other, owner, amount.place, f"{short(name)}: {what}", rules)
    elif name in book.tables:
        table = book.tables[name]
        for index, (start, rows) in enumerate(table.versions):
            for row, (keys, cell) in enumerate(rows):
                for other_cell, what in _cells(cell, table.type):
                    new_rows = (*rows[:row], (keys, other_cell), *rows[row + 1 :])
                    new = (*table.versions[:index], (start, new_rows), *table.versions[index + 1 :])
                    made = replace(book, tables={**book.tables, name: replace(table, versions=new)})
                    yield Mutant(made, owner, table.place, f"{short(name)} from {start}, row {row + 1}: {what}", rules)
    else:
        step = book.steps[name]
        for index, formula in enumerate(step.formulas):
            for node, at, what in changed(formula.node, book.amounts):
                formulas = (*step.formulas[:index], replace(formula, node=node), *step.formulas[index + 1 :])
                made = replace(book, steps={**book.steps, name: replace(step, formulas=formulas)})
                yield Mutant(made, owner, formula.part(at), f"{short(name)}: {what}", rules)


def _versions(amount: Amount, first: date) -> Iterator[tuple[tuple[tuple[date, Cell], ...], str]]:
    """Each cell with another value, and, where a covered day could tell, beginning a day later."""
    for index, (start, cell) in enumerate(amount.versions):
        is_past = index + 1 < len(amount.versions) and amount.versions[index + 1][0] <= first
        if is_past:
            continue
        for other, what in _cells(cell, amount.type):
            yield (*amount.versions[:index], (start, other), *amount.versions[index + 1 :]), f"from {start}: {what}"
        if start > first and index and amount.versions[index - 1][1].value != cell.value:
            later = start + timedelta(days=1)
            yield (*amount.versions[:index], (later, cell), *amount.versions[index + 1 :]), f"{start} for {later}"


def _cells(cell: Cell, kind: Type) -> Iterator[tuple[Cell, str]]:
    if isinstance(cell.value, bool):
        yield replace(cell, value=not cell.value), "the contrary"
    elif isinstance(cell.value, Fraction) and not cell.is_weak:
        more = cell.value + (Fraction(1, 100) if kind.is_money or cell.value.denominator != 1 else 1)
        yield replace(cell, value=more), f"{float(cell.value)} for {float(more)}"
    elif cell.is_weak and cell.within is not None and isinstance(cell.within[1], Fraction):
        low, high = cell.within
        yield replace(cell, within=(low, high + 1)), f"at most {float(high)} for {float(high + 1)}"


def is_noticed(mutant: Mutant) -> bool:
    """Whether some example does not come out as written."""
    for name in mutant.rules:
        rule = mutant.book.rules[name]
        by_day: dict[date, list[Example]] = defaultdict(list)
        for example in rule.examples:
            then = {part: value for part, value in example.then.items() if part not in ASKED}
            if then:
                by_day[example.day].append(replace(example, then=then))
        for examples in by_day.values():
            if _differs(mutant.book, rule, examples):
                return True
    return False


def _differs(book: Rulebook, rule: Rule, examples: list[Example]) -> bool:
    only = replace(rule, examples=tuple(examples))
    try:
        return bool(run_examples(replace(book, rules={**book.rules, rule.id: only}), [rule.id], ("reference",)))
    except (LiftError, ArithmeticError, LookupError, TypeError, ValueError, AssertionError):
        return True


def main(arguments: list[str]) -> int:
    """Prints survivors and the share noticed by file."""
    parser = argparse.ArgumentParser(prog="python -m mutate", description=__doc__)
    parser.add_argument("rules", nargs="*")
    parser.add_argument("--every", type=int, default=1)
    given = parser.parse_args(arguments)
    book = load_rulebook(bases=True)
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for mutant in list(mutants(book, given.rules or list(book.rules)))[:: given.every]:
        noticed = is_noticed(mutant)
        counts[mutant.owner][0] += noticed
        counts[mutant.owner][1] += 1
        if not noticed:
            print(f"{mutant.place.path}:{mutant.place.line}: {mutant.what}")
    for owner, (found, made) in counts.items():
        print(f"{owner}: {found} of {made} noticed, {100 * found / made:.1f}%")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
