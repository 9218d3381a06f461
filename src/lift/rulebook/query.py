"""What does a question put to a finished run mean? (`lift query`; docs/questions.md)

A question is written in the language of rules, with four freedoms: an answer of the run is named RULE.verdict,
RULE.worth_weekly and so on, a step of a rule RULE.step; a fact of the home needs no `household.` before it; figures
stand bare, for a question makes no law; and a day is written '2026-11-12'. It becomes steps of a rule of its own, so
that what is not known stays unknown exactly as it does in a rule.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from lift.errors import Place, Problem, RuleError
from lift.rulebook.answered import answer_facts
from lift.rulebook.answers import Value
from lift.rulebook.check import short
from lift.rulebook.dimensions import FLAG, described
from lift.rulebook.expressions import parse_formula
from lift.rulebook.model import Formula, Rule, Rulebook, Step
from lift.rulebook.nodes import Constant, FactRef, Gather, Level, Node, Span, StepRef, Type, children, walk
from lift.rulebook.scope import ABOVE, FormulaProblem, Scope, StepHead, nearest

#: The rule that a question becomes. No rule file can have this id: check_name takes no capital letter.
QUESTION = "Question"
CONDITION = f"{QUESTION}.condition"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_EVERY_DAY = (date.min, date.max)


class QueryError(RuleError):
    """A question that cannot be put as it stands."""


@dataclass(frozen=True)
class Column:
    """Something asked for: its text, the step that works it out, and what it is."""

    text: str
    step: str
    type: Type


@dataclass(frozen=True)
class FoundRow:
    """One unit that answers to a question: a value for each column asked for. `sure`: it answers to it whatever the
    unknown facts are."""

    reference: str
    sure: bool
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Query:
    """A question as it can be put: about which units, which condition must hold, what is shown and what counts go by.
    `book` is the run's own, with the question as one more rule."""

    level: Level
    text: str
    select: tuple[Column, ...]
    by: tuple[Column, ...]
    book: Rulebook

    @property
    def condition(self) -> Node | None:
        step = self.book.steps.get(CONDITION)
        return None if step is None else step.formulas[0].node

    @property
    def reads(self) -> tuple[str, ...]:
        """Every fact, answer and step that the question names, as docs/facts.md and `lift rules show` name them."""
        trees = [*self.shown, *([] if self.condition is None else [self.condition])]
        named = {node.name for tree in trees for node in walk(tree) if isinstance(node, FactRef | StepRef)}
        return tuple(sorted(name.replace("__", ".") for name in named))

    @property
    def shown(self) -> list[Node]:
        """What the asker sees of a unit that the condition holds for."""
        return [self.book.steps[column.step].formulas[0].node for column in (*self.select, *self.by)]


@dataclass(frozen=True)
class QueryScope(Scope):
    """The names that a question may use: those of the dictionary, and the answers and steps of rules."""

    answers: Mapping[str, Rule] = field(default_factory=dict)
    unanswered: Mapping[str, Rule] = field(default_factory=dict)
    own_steps: Mapping[str, StepHead] = field(default_factory=dict)
    """The steps of rules by full name."""

    def text(self, text: str, at: Span) -> Node:
        if not _DAY.fullmatch(text):
            return super().text(text, at)
        try:
            return Constant(Type("date"), at, date.fromisoformat(text))
        except ValueError as error:
            raise FormulaProblem(f"there is no day {text}", "write a day as '2026-11-12'", at) from error

    def name(self, prefix: str | None, name: str, at: Span) -> Node:
        if prefix == self.level:
            return self._own(name, at)
        if prefix in self.unanswered:
            what = f"this run holds no answers of {prefix}"
            raise FormulaProblem(what, f"take one of {', '.join(self.answers)}, or another run", at)
        return super().name(prefix, name, at)

    def _own(self, name: str, at: Span) -> Node:
        """A bare name is of the unit asked about, else of a unit above it."""
        for level in (self.level, *ABOVE[self.level]):
            fact = self.facts.get((level, name))
            if fact is not None:
                return FactRef(fact.type, at, level, name)
        if name in self.answers:
            raise FormulaProblem(f"{name} is a rule", f"ask for one of its answers: {name}.verdict …", at)
        return super()._own(name, at)

    def _known(self, level: Level) -> list[str]:
        own = [name for at, name in self.facts if at in (level, *ABOVE[level]) and "__" not in name]
        return [*own, *self.answers]

    def _unknown_of(self, what: str, name: str, known: Iterable[str], at: Span) -> FormulaProblem:
        return FormulaProblem(f"unknown {what} {name}", nearest(name, known, "docs/facts.md lists the names"), at)

    def _other_rule(self, rule: str, name: str, at: Span) -> Node:
        answers = answer_facts(self.answers[rule])
        steps = {short(full): head for full, head in self._steps_of(rule)}
        if name in answers:
            self._check_reach(rule, f"{rule}.{name}", answers[name].level, at)
            return FactRef(answers[name].type, at, answers[name].level, answers[name].name)
        if name in steps:
            self._check_reach(rule, f"{rule}.{name}", steps[name].level, at)
            return StepRef(steps[name].type, at, steps[name].level, steps[name].full_name)
        named = f"ask for one of {', '.join(answers)}, or a step that lift rules show {rule} shows"
        raise FormulaProblem(f"{rule} has no answer and no step {name}", nearest(name, [*answers, *steps], named), at)

    def _steps_of(self, rule: str) -> list[tuple[str, StepHead]]:
        return [(name, self.own_steps[name]) for name in self.answers[rule].step_names]

    def _check_reach(self, rule: str, name: str, level: Level, at: Span) -> None:
        if level == self.level or level in ABOVE[self.level]:
            return
        what = f"{name} is of each {level}, and here each {self.level} is asked about"
        relations = [one.name for one in self.relations.values() if (one.source, one.target) == (self.level, level)]
        gather = "" if not relations or self.outer else f", or gather it: ANY({_widest(relations)} WHERE {name} = …)"
        raise FormulaProblem(what, f"ask with --each {level}{gather}", at)


def _widest(relations: Sequence[str]) -> str:
    return next((name for name in ("members", "residents", "periods") if name in relations), relations[0])


def read_query(
    book: Rulebook,
    answered: Sequence[str],
    level: Level,
    condition: str,
    *,
    select: str = "",
    by: str = "",
    codes: Mapping[tuple[Level, str], Sequence[str]] | None = None,
) -> Query:
    """The question, checked. `answered`: the rules whose answers the run holds; `codes`: those of facts whose list is
    the council's own. Raises QueryError with everything that is wrong, each with a caret and the fix."""
    facts = dict(book.facts)
    for own, listed in (codes or {}).items():
        facts[own] = replace(facts[own], type=Type("code", None, tuple(listed)))
    for rule in answered:
        facts |= {(fact.level, fact.name): fact for fact in answer_facts(book.rules[rule]).values()}
    whole = replace(book, facts=facts)
    reader = _Reader(_scope(whole, answered, level))
    steps = {CONDITION: reader.condition(condition)} if condition.strip() else {}
    if not (select or by).strip() and CONDITION in steps:
        select = _named(steps[CONDITION], condition)
    shown, counted = reader.columns("--select", select), reader.columns("--by", by)
    reader.raise_if_any()
    steps |= {step.name: step for step in (*shown, *counted)}
    question = _rule(level, tuple(steps))
    book = replace(whole, steps={**book.steps, **steps}, rules={**book.rules, QUESTION: question})
    return Query(level, condition, tuple(map(_column, shown)), tuple(map(_column, counted)), book)


def _scope(book: Rulebook, answered: Sequence[str], level: Level) -> QueryScope:
    heads = {name: StepHead(name, step.level, step.type) for name, step in book.steps.items()}
    return QueryScope(
        level=level,
        facts=book.facts,
        relations=book.relations,
        rule_levels={name: book.rules[name].level for name in answered},
        cited=False,
        answers={name: book.rules[name] for name in answered},
        unanswered={name: rule for name, rule in book.rules.items() if name not in answered},
        own_steps=heads,
    )


@dataclass(frozen=True)
class _Place(Place):
    """Where in what the asker typed: of one line, so the character is enough."""

    def __str__(self) -> str:
        return f"{self.path}, character {self.column}"


@dataclass
class _Reader:
    """Reads the parts of a question, and gathers what is wrong in them."""

    scope: QueryScope
    problems: list[Problem] = field(default_factory=list)

    def condition(self, text: str) -> Step:
        node = self._node("the question", text, 0, text)
        if node.type.kind != "flag" and not self.problems:
            error = FormulaProblem(
                f"a condition is needed here, this is {described(node.type)}", "compare it with something", node.at
            )
            self._add("the question", text, 0, error)
        return self._step(CONDITION, node, text)

    def columns(self, option: str, text: str) -> list[Step]:
        steps = []
        for number, (start, part) in enumerate(_parts(text), start=1):
            node = self._node(option, part, start, text)
            steps.append(self._step(f"{QUESTION}.{option.lstrip('-')}_{number}", node, part.strip()))
        return steps

    def _node(self, where: str, part: str, start: int, text: str) -> Node:
        try:
            return parse_formula(part, self.scope)
        except FormulaProblem as error:
            for one in (error, *error.others):
                self._add(where, text, start, one)
            return Constant(FLAG, Span(), True)

    def _add(self, where: str, text: str, start: int, error: FormulaProblem) -> None:
        at = start + error.at.start
        place = _Place(where, 1, at + 1, text, max(1, error.at.end - error.at.start))
        self.problems.append(Problem(place, error.what, error.fix))

    def _step(self, name: str, node: Node, text: str) -> Step:
        place = Place("the question", 1)
        return Step(
            name=name,
            level=self.scope.level,
            type=node.type,
            formulas=(Formula(None, node, text, place),),
            cite="",
            why="",
            day="run_day",
            day_node=None,
            rounding="penny" if node.type.is_money else "none",
            within=None,
            split_on=(),
            assume=None,
            place=place,
        )

    def raise_if_any(self) -> None:
        if self.problems:
            raise QueryError("\n".join(map(str, self.problems)))


def _named(condition: Step, text: str) -> str:
    """What a condition names of the unit itself, in its own words: worth seeing beside each reference."""
    found: dict[tuple[Level, str], str] = {}

    def look(node: Node) -> None:
        if isinstance(node, FactRef | StepRef):
            found.setdefault((node.level, node.name), text[node.at.start : node.at.end])
        elif not isinstance(node, Gather):
            for below in children(node):
                look(below)

    look(condition.formulas[0].node)
    return ", ".join(found.values())


def _parts(text: str) -> list[tuple[int, str]]:
    """What stands between commas that are in no bracket and no quotes, each with the place where it begins."""
    if not text.strip():
        return []
    starts, depth, quoted = [0], 0, False
    for place, character in enumerate(text):
        quoted ^= character == "'"
        depth += 0 if quoted else {"(": 1, ")": -1}.get(character, 0)
        if character == "," and depth == 0 and not quoted:
            starts.append(place + 1)
    return [(start, text[start : end - 1]) for start, end in zip(starts, [*starts[1:], len(text) + 1], strict=True)]


def _column(step: Step) -> Column:
    return Column(step.formulas[0].text, step.name, step.type)


def _rule(level: Level, steps: tuple[str, ...]) -> Rule:
    return Rule(
        id=QUESTION, name="a question", kind="measure", level=level, law="", reviewed_on=None, reviewed_by=None,
        public_funds=False, covers=_EVERY_DAY, uses=(), step_names=steps, answers={}, worth=(), worth_to="resident",
        in_kind="", evidence=(), seen_in=(), opens=(), if_awarded=(), outreach={}, examples=(), hash="",
        place=Place("the question", 1),
    )  # fmt: skip
