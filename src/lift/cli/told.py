"""What does an explanation say: each step in words, with whose it is and every figure that goes into it?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from lift.cli.told_figures import Figure, amount_in_words, rows_in_words
from lift.cli.told_world import ToldWorld
from lift.days import in_words
from lift.rulebook.answers import Range, Value
from lift.rulebook.check import short
from lift.rulebook.nodes import (
    AmountRef,
    Compare,
    Constant,
    FactRef,
    Gather,
    Lookup,
    Node,
    StepRef,
    Type,
    children,
    walk,
)
from lift.rulebook.page import stale_in_words, value_in_words, worth_in_words
from lift.rulebook.plain import Put, capital, plain_name, plain_sum

if TYPE_CHECKING:
    from lift.rulebook.model import Rulebook
    from lift.stages.explain import Explanation, KnownFact, ShownAmount, ShownStep

_ASKED = {
    "eligible": "Entitled",
    "already": "In payment already",
    "possible_when": "Worth asking about",
    "advice_first": "To an adviser first",
}
VERDICTS = {
    "in_payment": "in payment already",
    "ruled_out": "ruled out",
    "likely": "likely",
    "possible": "possible, ask first",
    "unknown": "not known",
}
_NUMBER = Type("number")
_ROLES = ("claimant", "partner", "child")


@dataclass(frozen=True)
class _Reference:
    """A step, fact or amount (no key) that a formula reads; `gathered` from a related unit; `left_out`: of a period
    that the gather's condition surely leaves out; `roster`: it only tells whether all of those are known; `since`: the
    version of an amount that a fact of the unit picks."""

    key: str
    name: str
    gathered: bool = False
    left_out: bool = False
    roster: bool = False
    since: date | None = None


class Told:
    """One explanation in words."""

    def __init__(self, book: Rulebook, one: Explanation) -> None:
        self.book, self.one, self.answer = book, one, one.answer
        self.facts = {(fact.key, fact.name): fact for fact in one.facts}
        self.steps = {(step.key, step.name): step for step in one.steps}
        self.amounts = {amount.name: amount for amount in one.amounts}
        self.tables = {table.name: table for table in one.tables}
        self.families = {unit.key: unit.family for unit in one.units}
        self.levels = {unit.key: unit.level for unit in one.units}
        self.home = next((unit.key for unit in one.units if unit.level == "household"), "")
        self.world = ToldWorld(book, one, self.facts, self.steps)
        self.reached: set[tuple[str, str]] = set()
        self.passed_over: set[tuple[str, str]] = set()
        self.picked: dict[str, set[date]] = {}
        for name in one.rule.answers.values():
            self._reach(book.steps[name].formulas[-1].node, self.answer.key)

    # ---- whom a figure is about ----

    def is_own(self, key: str) -> bool:
        """Whether a unit belongs to the family that the answer is about, or is the home itself."""
        return self.families.get(key) in (None, self.families.get(self.answer.key)) or self.levels[key] == "household"

    def unit(self, key: str) -> str:
        """What a unit is to the one asked about: the claimant, a child, the family, the home, a period."""
        level = self.levels[key]
        if level == "household":
            return "the home"
        if level == "family":
            return "the family" if self.is_own(key) else f"another family of the home ({key})"
        if level == "period":
            start = self.facts.get((key, "period_start"))
            return f"the period from {self.value(start.value)}" if start else f"a period ({key})"
        role = self.facts.get((key, "role"))
        word = str(role.value) if role is not None and role.value is not None else "person"
        return f"the {word} ({key})" if self.is_own(key) else f"another person of the home ({key})"

    def units(self, keys: Sequence[str], other: str = "") -> str:
        """Several periods in order of time, or one unit."""
        first, last = (self.facts.get((key, "period_start")) for key in (keys[0], keys[-1]))
        if len(keys) == 1 or first is None or last is None:
            return self.unit(keys[0]).replace("the period", f"the {other}period", 1)
        return f"the {len(keys)} {other}periods from {self.value(first.value)} to {self.value(last.value)}"

    def together(self, keys: Iterable[str], said: Callable[[str], object]) -> list[list[str]]:
        """Units in their order; those periods together that follow one another and of which the same is said."""
        found: list[list[str]] = []
        for key in keys:
            same = found and self.levels[key] == "period" and said(found[-1][-1]) == said(key)
            if same:
                found[-1].append(key)
            else:
                found.append([key])
        return found

    def shown_steps(self) -> list[list[ShownStep]]:
        """The steps that the answer rests on, each after those it reads; each with all of its units."""
        groups: dict[str, list[ShownStep]] = {}
        for step in self.one.steps:
            if (step.key, step.name) in self.reached:
                groups.setdefault(step.name, []).append(step)
        return [sorted(group, key=lambda step: self._order(step.key)) for group in groups.values()]

    def shown_facts(self) -> list[KnownFact]:
        """The facts that the answer rests on, known ones first; with those of periods that its steps leave out."""
        mine = [fact for fact in self.one.facts if (fact.key, fact.name) in self.reached | self.passed_over]
        return sorted(mine, key=lambda fact: (is_unknown(fact), fact.name, self._order(fact.key)))

    def facts_together(self) -> list[tuple[str, list[tuple[str, str, str]]]]:
        """The name of each fact, known ones first, with: of whom, what is known, and where from. Periods of which the
        same is known stand together, and so do those that every step leaves out."""
        groups: dict[tuple[bool, str], list[KnownFact]] = {}
        for fact in self.shown_facts():
            groups.setdefault((is_unknown(fact), fact.name), []).append(fact)
        return [(name, list(self._of_whom(facts))) for (_, name), facts in groups.items()]

    def _of_whom(self, facts: Sequence[KnownFact]) -> Iterator[tuple[str, str, str]]:
        if facts[0].name == "period_start":  # a period is called by its first day
            yield self._together_told(facts, "")
            return
        counted = {fact.key: fact for fact in facts if (fact.key, fact.name) in self.reached}
        for keys in self.together(counted, lambda key: self.fact_value(counted[key])):
            yield self._together_told([counted[key] for key in keys], "")
        if left := [fact for fact in facts if fact.key not in counted]:
            yield self._together_told(left, "other ")

    def _together_told(self, facts: Sequence[KnownFact], other: str) -> tuple[str, str, str]:
        whose = self.units([fact.key for fact in facts], other)
        return whose, self._span(facts), self.sources(facts[0], *facts[1:])

    def _span(self, facts: Sequence[KnownFact]) -> str:
        """What is known of all of them: one value, or from the least to the greatest."""
        told = list(dict.fromkeys(map(self.fact_value, facts)))
        ranges = [fact.value for fact in facts if isinstance(fact.value, Range)]
        if len(told) == 1 or len(ranges) < len(facts):
            return "; ".join(told)
        lows, highs = [one.low for one in ranges], [one.high for one in ranges]
        low = None if None in lows else min(lows)  # type: ignore[type-var]
        high = None if None in highs else max(highs)  # type: ignore[type-var]
        return self.value(Range(low, high), self.book.facts[facts[0].level, facts[0].name].type)

    def shown_amounts(self) -> list[ShownAmount]:
        """The figures that the answer rests on, each in the versions that were picked."""
        found = []
        for amount in self.one.amounts:
            if ("", amount.name) in self.reached:
                picked = sorted(self.picked.get(amount.name, ()))
                found += [self._version(amount, since) for since in picked] or [amount]
        return found

    def _version(self, amount: ShownAmount, since: date) -> ShownAmount:
        from lift.stages.explain import shown_amount

        return shown_amount(self.book.amounts[amount.name], since, self.one.day)

    def figures(self) -> list[Figure]:
        """The amounts and tables that the answer rests on. What a table says stands under the steps that look it up."""
        amounts = [
            Figure(short(one.name), self.amount_value(one), one.since, one.status.replace("_", " "), one.cite)
            for one in self.shown_amounts()
        ]
        return amounts + [
            Figure(
                short(one.name),
                f"by {', '.join(key.name for key in self.book.tables[one.name].keys)}",
                one.since,
                one.status.replace("_", " "),
                one.cite,
            )
            for one in self.one.tables
            if ("", one.name) in self.reached
        ]

    def _order(self, key: str) -> tuple[int, str, str]:
        """The claimant before the partner before children; periods in order of time; other units by reference."""
        start, role = self.facts.get((key, "period_start")), self.facts.get((key, "role"))
        place = _ROLES.index(str(role.value)) if role is not None and role.value in _ROLES else len(_ROLES)
        return (place, str(start.value.low) if start is not None and isinstance(start.value, Range) else "", key)

    def _reach(self, node: Node, key: str) -> None:
        self.reached |= {("", below.table) for below in walk(node) if isinstance(below, Lookup)}
        for below in self._references(node, key, key):
            if below.since is not None:
                self.picked.setdefault(below.name, set()).add(below.since)
            if below.left_out:
                if (below.key, below.name) in self.facts:
                    self.passed_over.add((below.key, below.name))
            elif (below.key, below.name) not in self.reached:
                self.reached.add((below.key, below.name))
                step = self.steps.get((below.key, below.name))
                if step is not None:
                    self._reach(self._formula(step), below.key)

    def _formula(self, step: ShownStep) -> Node:
        return next(f.node for f in self.book.steps[step.name].formulas if f.text == step.formula)

    # ---- figures ----

    def plain_formula(self, step: ShownStep) -> str | None:
        """A step's formula in plain words, if it is a sum; its figures stand beside it."""
        return plain_sum(self._formula(step), lambda amount: Put(plain_name(amount.name)))

    def value(self, value: Value, kind: Type = _NUMBER) -> str:
        """A value or range in words and exact figures."""
        return value_in_words(value, kind)

    def step_value(self, step: ShownStep) -> str:
        kind = self.book.steps[step.name].type
        told = self.value(step.proved, kind)
        if step.indicative != step.proved:
            told += f" (for ranking {self.value(step.indicative, kind)})"
        return told

    def fact_value(self, fact: KnownFact) -> str:
        if fact.assumed is not None:
            return f"not known, assumed {'yes' if fact.assumed else 'no'}"
        meant = self.book.facts[fact.level, fact.name]
        told = self.value(fact.value, meant.type)
        if fact.differs:
            told += ", for its sources differ"
        return told if fact.fresh else f"{told}, {stale_in_words(meant, fact.value)}"

    def amount_value(self, amount: ShownAmount) -> str:
        return amount_in_words(amount, self.book.amounts[amount.name].type)

    def sources(self, fact: KnownFact, *same: KnownFact) -> str:
        """Files, lines and days; `same` are the same fact of later periods."""
        if same:
            return self._sources_of([fact, *same])
        rows: dict[tuple[str, date | None], list[int]] = {}
        for origin in fact.origins:
            rows.setdefault((origin.file, origin.as_at), []).extend([] if origin.line is None else [origin.line])
        told = [
            f"{file} {_lines_in_words(lines)}".rstrip() + (f" as at {in_words(day)}" if day else "")
            for (file, day), lines in rows.items()
        ]
        question = self.book.facts[fact.level, fact.name].question if is_unknown(fact) else None
        if question:
            told.append(f"ask: {question}")
        if not told and fact.name == "lives_in_greater_london":
            told.append("council.toml")
        return "; ".join(told)

    def _sources_of(self, facts: Sequence[KnownFact]) -> str:
        lines: dict[str, list[int]] = {}
        for fact in facts:
            for origin in fact.origins:
                lines.setdefault(origin.file, []).extend([] if origin.line is None else [origin.line])
        days = sorted(origin.as_at for fact in facts for origin in fact.origins if origin.as_at)
        dated = f", as at {in_words(days[0])} to {in_words(days[-1])}" if days else ""
        told = [f"{file} {_lines_in_words(at)}".rstrip() for file, at in lines.items()]
        return "; ".join(told) + dated if told else self.sources(facts[0])

    # ---- what goes into a step ----

    def goes_in(self, step: ShownStep) -> list[tuple[str, str]]:
        """Every name that the step's formula reads, with its value; those of other units with whose they are."""
        found: dict[str, str] = {}
        periods: dict[str, dict[str, str]] = {}
        passed_over: set[str] = set()
        counted: set[str] = set()
        for below in self._references(self._formula(step), step.key, step.key):
            if below.roster and not self._leaves_open(below):
                continue
            if below.gathered and self.levels.get(below.key) == "period":
                (passed_over if below.left_out else counted).add(below.key)
                if not below.left_out and below.name != "period_start":  # a period is called by its first day
                    periods.setdefault(short(below.name), {})[below.key] = self._told(below)
                continue
            whose = f" of {self.unit(below.key)}" if below.gathered else ""
            found.setdefault(f"{short(below.name)}{whose}", self._told(below))
        for name, told in periods.items():
            for keys in self.together(sorted(told, key=self._order), told.get):
                found[f"{name} of {self.units(keys)}"] = told[keys[0]]
        for node in walk(self._formula(step)):
            if isinstance(node, Gather):
                related = self._related(node, step.key)
                if passed_over & set(related):
                    found[node.relation] = self._counted(counted & set(related), passed_over - counted)
                elif not related or (node.body is None and node.where is None):
                    found.setdefault(node.relation, f"{len(related):,} known" if related else "none known")
        for lookup in _lookups(self._formula(step)):
            at = [self._held(key, step.key) for key in lookup.keys]
            rows = rows_in_words(self.book.tables[lookup.table], self.tables[lookup.table], at)
            found.setdefault(short(lookup.table), rows)
        return list(found.items())

    def _counted(self, counted: Iterable[str], passed_over: Iterable[str]) -> str:
        """Which periods a formula counts, and how many it leaves out."""
        mine, others = sorted(counted, key=self._order), sorted(passed_over, key=self._order)
        told = self.units(mine) if mine else "none counts"
        return f"{told} ({self.units(others, 'other ')} left out)" if others else told

    def _held(self, node: Node, key: str) -> Value:
        """What is known of a fact or step of a unit; nothing of a formula."""
        if not isinstance(node, FactRef | StepRef):
            return None
        own = (self._above(key, node.level), node.name)
        return self.facts[own].value if own in self.facts else self.steps[own].proved if own in self.steps else None

    def _leaves_open(self, below: _Reference) -> bool:
        fact = self.facts.get((below.key, below.name))
        return fact is not None and fact.value is not True and below.name != "is_couple"

    def _told(self, below: _Reference) -> str:
        if (below.key, below.name) in self.steps:
            return self.step_value(self.steps[below.key, below.name])
        if (below.key, below.name) in self.facts:
            return self.fact_value(self.facts[below.key, below.name])
        amount = self.amounts[below.name]
        return self.amount_value(amount if below.since is None else self._version(amount, below.since))

    def _references(self, node: Node, key: str, outer: str) -> Iterator[_Reference]:
        """What a formula reads on a unit; inside a gather `outer` is the unit that gathers."""
        if isinstance(node, Gather):
            yield from self._gathered(node, key, outer)
        elif isinstance(node, AmountRef):
            if node.name in self.amounts:
                yield _Reference("", node.name, since=self._picked(node, key, outer))
        elif isinstance(node, FactRef | StepRef):
            own = self._above(outer if node.outer else key, node.level)
            if (own, node.name) in self.facts or (own, node.name) in self.steps:
                yield _Reference(own, node.name)
        else:
            for below in children(node):
                yield from self._references(below, key, outer)

    def _gathered(self, node: Gather, key: str, outer: str) -> Iterator[_Reference]:
        for other in self._related(node, key):
            out = (
                node.where is not None
                and self.levels[other] == "period"
                and self.world.leaves_out(node.where, other, key)
            )
            for below in (node.body, node.where):
                if below is not None:
                    for reference in self._references(below, other, key):
                        gathered = reference.key in (other, self._above(other, "family"))
                        left_out = out and reference.key == other
                        yield replace(reference, gathered=gathered, left_out=left_out)
        if node.complete_when is not None:
            for reference in self._references(node.complete_when, key, outer):
                yield replace(reference, roster=True)

    def _picked(self, node: AmountRef, key: str, outer: str) -> date | None:
        """The version that a day of the unit picks, where that day is known."""
        if not isinstance(node.day, FactRef | StepRef):
            return None
        held = self._held(node.day, outer if node.day.outer else key)
        if not isinstance(held, Range) or held.low is None or held.low != held.high:
            return None
        starts = [start for start, _ in self.book.amounts[node.name].versions if start <= held.low]  # type: ignore[operator]
        return max(starts, default=None)

    def _above(self, key: str, level: str) -> str:
        """The unit of a level that a unit is, or belongs to."""
        if self.levels[key] == level:
            return key
        return self.home if level == "household" else str(self.families.get(key))

    def _related(self, node: Gather, key: str) -> list[str]:
        """The units that a gather may look at: of the same family, or of the same home."""
        relation = self.book.relations[node.relation]
        own = self.families.get(key)
        found = [other for other, level in self.levels.items() if level == relation.target]
        if relation.link == "family":
            found = [other for other in found if self.families.get(other) == own]
        if relation.outside or (relation.other and relation.target == "family"):
            found = [other for other in found if self.families.get(other) != own]
        found = [other for other in found if not (relation.other and other == key)]
        return [other for other in found if not self._is_out(node.relation_where, other)]

    def _is_out(self, test: Node | None, key: str) -> bool:
        """Whether a unit's role, or its flag, is known to be one that the relation leaves out."""
        if isinstance(test, FactRef):
            flag = self.facts.get((key, test.name))
            return flag is not None and flag.value is False
        if not isinstance(test, Compare) or not isinstance(test.left, FactRef) or not isinstance(test.right, Constant):
            return False
        fact = self.facts.get((key, test.left.name))
        if fact is None or fact.value is None or test.operator not in ("=", "<>"):
            return False
        return (fact.value == test.right.value) != (test.operator == "=")

    # ---- the whole ----

    def head(self) -> list[str]:
        """The answer in a few sentences."""
        answer, rule = self.answer, self.one.rule
        reviewed = (
            f"signed off by {rule.reviewed_by}" if rule.reviewed_by else "no officer has signed this rule off yet"
        )
        lines = [
            f"{rule.name}: {VERDICTS[answer.verdict]}",
            f"{capital(self.unit(answer.key))}, on {in_words(self.one.day)}; {reviewed}",
        ]
        for part, proved in answer.worth.items():
            kind = self._worth_type(part)
            told = f"{worth_in_words(_worth_name(part))}: {self.value(proved, kind)}"
            ranked = answer.indicative_worth[part]
            lines.append(told if ranked == proved else f"{told} (for ranking {self.value(ranked, kind)})")
        if answer.may_already_have:
            lines.append("Perhaps in payment already: ask that first.")
        if answer.assumptions:
            lines.append(
                f"Assumed, because nothing shows it: {', '.join(n.replace('_', ' ') for n in answer.assumptions)}."
            )
        if answer.evidence:
            lines += [f"Signs of a need: {answer.evidence}.", *self._signs()]
        lines += self._questions()
        return lines

    def _signs(self) -> Iterator[str]:
        """Why there are signs, and how much each of them weighs."""
        for number, sign in enumerate(self.one.rule.evidence, start=1):
            if self.one.answer_values.get(f"evidence_{number}") is True:
                yield f"  {sign.strength}: {sign.why}"

    def _worth_type(self, part: str) -> Type:
        return self.book.steps[self.one.rule.answers[_worth_name(part)]].type

    def _questions(self) -> Iterator[str]:
        asked = self.answer.settled_by
        if self.answer.verdict != "possible":
            return
        if not asked:
            yield "No answer from the family is known to settle it: it rests on figures or records that are not known."
        elif asked[0].settles:
            yield "One answer settles it:" if len(asked) == 1 else "Any one of these answers settles it:"
        elif asked[0].together:
            yield "These answers settle it together, whatever they are:"
        else:
            yield "It rests on these answers, and they may not be enough:"
        for question in asked:
            fact = self.book.facts[question.level, question.fact]
            yield f"  {fact.question} ({question.fact}, {self.unit(question.key)})"

    def asked(self) -> list[tuple[str, str, str]]:
        """What the rule asks, what came out, and its formula."""
        found = []
        for name, title in _ASKED.items():
            if name in self.one.answer_formulas:
                value = self.value(getattr(self.answer, name))
                found.append((title, value, self.one.answer_formulas[name]))
        for name, text in self.one.answer_formulas.items():
            part = "in_kind" if name == "worth_in_kind_yearly" else name.removeprefix("worth_")
            if part in self.answer.worth:
                value = self.value(self.answer.worth[part], self._worth_type(part))
                found.append((worth_in_words(name), value, text))
            elif name == "worth_at_least":
                kind = self.book.steps[self.one.rule.answers[name]].type
                found.append(("Not payable below", self.value(self.one.answer_values[name], kind), text))
        return found


def _worth_name(part: str) -> str:
    """The step behind a part of the worth."""
    return "worth_in_kind_yearly" if part == "in_kind" else f"worth_{part}"


def _lookups(node: Node) -> Iterator[Lookup]:
    """The tables that a formula looks up for its own unit; in a gather each unit has a row of its own."""
    if isinstance(node, Lookup):
        yield node
    if not isinstance(node, Gather):
        for below in children(node):
            yield from _lookups(below)


def _lines_in_words(lines: Sequence[int]) -> str:
    """line 5; lines 5, 9; lines 5 to 9, 12; nothing where no line is held."""
    if not lines:
        return ""
    runs: list[list[int]] = []
    for line in sorted(set(lines)):
        if runs and line == runs[-1][-1] + 1:
            runs[-1].append(line)
        else:
            runs.append([line])
    shown = ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]} to {run[-1]}" for run in runs)
    return f"line{'s' if len(runs) > 1 or len(runs[0]) > 1 else ''} {shown}"


def is_unknown(fact: KnownFact) -> bool:
    return fact.value is None or (isinstance(fact.value, Range) and fact.value.low is None is fact.value.high)
