"""What would follow from an award: which other answers move, in which direction, and by how much?

For the rules whose award is supposed, the rulebook is written out a second time: every step that rests on a fact which
the award changes stands in it twice, before and after, and of every such number a third step holds by how much it moves
(`differences`). The result is one more rulebook, so that every engine runs it as it runs any other.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction

from lift.plan.differences import (
    Direction,
    Worlds,
    after_name,
    alike,
    change_name,
    is_short,
    joined,
    of_sign,
    without_term,
)
from lift.plan.hoist import in_reach
from lift.plan.pence import Pence
from lift.rulebook.assemble import mark_fact
from lift.rulebook.check import references
from lift.rulebook.model import AWARDED, Award, Formula, Rule, Rulebook, Step
from lift.rulebook.nodes import (
    LEVELS,
    Arithmetic,
    Call,
    Choose,
    Compare,
    Constant,
    FactRef,
    Level,
    Logic,
    Node,
    Span,
    StepRef,
    Type,
    over_children,
    walk,
)
from lift.rulebook.scope import ABOVE
from lift.rulebook.signs import Sign, Signs
from lift.rulebook.units import Known, OneUnit, Units

_FLAG = Type("flag")
_NOWHERE = Span()
_PENCE = Constant(Type("number"), _NOWHERE, Fraction(100))


@dataclass(frozen=True)
class Affected:
    """One rule whose answer may move. `rule` is the rule in the scenario's rulebook that tells by how much: its worth
    is the change in what is received, `eligible` whether there is an entitlement after the award, `advice_first`
    whether there is one already (as it is proved), `already` whether it is in payment. `direction` is how what is
    received may move."""

    name: str
    rule: str
    level: Level
    direction: Direction


@dataclass(frozen=True)
class Scenario:
    """`book` with what follows if these rules' awards are made; `marks` names for each of them the flag fact by which a
    unit, whatever it belongs to and whatever belongs to it, is marked as the one to which the award is made."""

    book: Rulebook
    marks: Mapping[str, str]
    affected: tuple[Affected, ...]

    @property
    def rules(self) -> tuple[str, ...]:
        return tuple(one.rule for one in self.affected)


def mark_of(rule: str) -> str:
    """The fact that marks the units which a rule's award concerns."""
    return f"{AWARDED}_{rule}"


def scenario(book: Rulebook, awards: Sequence[str], among: Sequence[str], day: date, *, label: str = "") -> Scenario:
    """What would follow for the answers of `among` if the awards of the rules `awards` were made. `label` ends the
    names of what is written, so that scenarios can stand beside each other (`all_in_one`).

    Rules that do not cover the day are left out of both."""
    made = [book.rules[name] for name in sorted(awards) if book.rules[name].covers_day(day)]
    looked_at = [book.rules[name] for name in sorted(among) if book.rules[name].covers_day(day)]
    writer = _Writer(book, day, label)
    for rule in made:
        for award in rule.if_awarded:
            writer.add_award(rule.id, award)
    affected = [one for rule in looked_at for one in writer.add_rule(rule)]
    facts = {
        **book.facts,
        **{
            (level, mark_of(rule.id)): mark_fact(mark_of(rule.id), level, rule.place)
            for rule in made
            for level in LEVELS
        },
    }
    rules = {**book.rules, **writer.rules}
    written = replace(book, facts=facts, steps={**book.steps, **writer.new}, rules=rules)
    return Scenario(written, {rule.id: mark_of(rule.id) for rule in made}, tuple(affected))


def all_in_one(scenarios: Sequence[Scenario]) -> Rulebook:
    """The rulebook in which several scenarios of one rulebook stand beside each other, each with a label of its own.
    What none of their awards changes stands in it once."""
    books = [one.book for one in scenarios]
    return replace(
        books[0],
        facts={key: fact for book in books for key, fact in book.facts.items()},
        steps={name: step for book in books for name, step in book.steps.items()},
        rules={name: rule for book in books for name, rule in book.rules.items()},
    )


def mark_units(units: Units, level: Level, awarded: Collection[str], mark: str) -> Units:
    """The units with the mark set on these of a level, on what they belong to and on what belongs to them."""
    mine = [unit for unit in units.units if unit.level == level and unit.key in awarded]
    families, households = {unit.family for unit in mine} - {None}, {unit.household for unit in mine}

    def concerns(unit: OneUnit) -> bool:
        if unit.level == level:
            return unit.key in awarded
        if unit.level in ABOVE[level]:
            return unit.key in (families if unit.level == "family" else households)
        if level in ABOVE[unit.level]:
            return unit.family in families if level == "family" else unit.household in households
        return False

    marked = (replace(unit, facts={**unit.facts, mark: Known.exactly(concerns(unit))}) for unit in units.units)
    return replace(units, units=tuple(marked))


@dataclass(frozen=True)
class _Known(Signs):
    """Signs that remembers those of the changes, which rest on each other many times over."""

    known: Mapping[str, Sign] = field(default_factory=dict)

    def _step(self, step: Step | None, passed: tuple[str, ...]) -> Sign:
        return self.known[step.name] if step is not None and step.name in self.known else super()._step(step, passed)


class _Writer:
    """Writes the steps of the world after, each after those that it rests on."""

    def __init__(self, book: Rulebook, day: date, label: str) -> None:
        self.book, self.day, self.label = book, day, label
        self.new: dict[str, Step] = {}
        self.rules: dict[str, Rule] = {}
        self.facts: dict[tuple[Level, str], str] = {}
        self.steps: dict[str, Step] = {}
        self.moves: dict[str, Direction] = {}
        self.signs: dict[str, Sign] = {}
        self.waiting: dict[tuple[Level, str], list[tuple[str, Award]]] = {}
        self.untouched: set[str] = set()
        # The steps of the rulebook and those written so far; seen by all below as they grow.
        self.every: Mapping[str, Step] = ChainMap(self.new, dict(book.steps))
        self.pence = Pence(book, day, self.every)
        signs = _Known(replace(book, steps=self.every), day, self.signs)
        self.worlds = Worlds(self.facts, self.steps, self.moves, signs, book, label)

    # ---- facts ----

    def add_award(self, rule: str, award: Award) -> None:
        self.waiting.setdefault((award.level, award.fact), []).append((rule, award))
        self.facts[award.level, award.fact] = after_name(f"{award.level}.{award.fact}", self.label)

    def _write_fact(self, key: tuple[Level, str]) -> None:
        """The fact after every award that changes it, one upon the other."""
        name = self.facts[key]
        if name in self.new:
            return
        level, fact = key
        before = FactRef(self.book.facts[key].type, _NOWHERE, level, fact)
        value: Node = before
        direction: list[Direction] = []
        for rule, award in self.waiting[key]:
            self._write_all(_without(award.formula.node, before))
            marked = _marked(award.formula.node, rule)
            direction.append(self.worlds.of_award(marked, before))
            value = self._laid_over(marked, before, value)
        first = self.waiting[key][0][1]
        step = _step(name, level, value, like=self.book.facts[key].type, place=first.formula)
        self.new[name] = step
        self.moves[name] = joined(direction)
        if step.type.kind == "number":
            moved = _less(value, before)
            self._write_change(name, StepRef(step.type, _NOWHERE, level, name), before, moved, step, exact=True)

    def _laid_over(self, node: Node, fact: FactRef, value: Node) -> Node:
        """An award's formula in the world after, with the fact as it was before this award."""
        if isinstance(node, FactRef) and (node.level, node.name) == (fact.level, fact.name) and not node.outer:
            return value
        if isinstance(node, FactRef | StepRef):
            return self.worlds.after(node)
        return over_children(node, lambda part: self._laid_over(part, fact, value))

    # ---- steps ----

    def _write_all(self, node: Node) -> None:
        """Everything that a formula reads, as it is in the world after."""
        for part in walk(node):
            if isinstance(part, FactRef) and (part.level, part.name) in self.facts:
                self._write_fact((part.level, part.name))
            elif isinstance(part, StepRef):
                self._write_step(part.name)

    def _write_step(self, name: str) -> None:
        if name in self.steps or name in self.untouched or name not in self.every:
            return
        step = in_reach(self.every[name], self.day)
        read = references(step)
        for node in read:
            self._write_all(node)
        if not any(self.worlds.is_touched(node) for node in read):
            self.untouched.add(name)
            return
        self._write_after(step)

    def _write_after(self, step: Step) -> None:
        worlds = self.worlds
        within = step.within and (
            None if step.within[0] is None else worlds.after(step.within[0]),
            None if step.within[1] is None else worlds.after(step.within[1]),
        )
        late = replace(
            step,
            name=after_name(step.name, self.label),
            formulas=tuple(replace(f, node=worlds.after(f.node)) for f in step.formulas),
            within=within,
            day_node=None if step.day_node is None else worlds.after(step.day_node),
            split_on=tuple(worlds.after(node) for node in step.split_on),
        )
        self.new[late.name] = late
        simple = len(step.formulas) == 1 and step.assume is None and not step.split_on
        node = step.formulas[0].node if simple else None
        self.steps[step.name] = step
        if step.type.kind != "number":
            is_flag = step.type.kind == "flag" and node is not None
            self.moves[step.name] = worlds.direction(node) if is_flag and node is not None else "either"
            return
        moved = worlds.change(node) if node is not None else None
        mine = StepRef(step.type, _NOWHERE, step.level, step.name)
        exact = step.rounding == "none" or (node is not None and self.pence.always(node))
        self._write_change(step.name, replace(mine, name=late.name), mine, moved, step, exact=exact)

    def _write_change(self, name: str, late: Node, early: Node, moved: Node | None, like: Step, *, exact: bool) -> None:
        """By how much a number moves: what it is after less what it is before, and no further than its formula
        shows."""
        within: tuple[Node, Node] | None = None
        sign = Sign(False, False)
        if moved is not None and is_short(moved):
            parts = f"{change_name(name, self.label)}_by_formula"
            self.new[parts] = _step(parts, like.level, moved, like=like.type, place=like.formulas[0])
            sign = self.signs[parts] = self.worlds.signs.of(moved)
            by_formula = StepRef(like.type, _NOWHERE, like.level, parts)
            within = self._in_whole_pence(by_formula, exact, self._may_cross_nought(name, like))
            within = (_above(within[0], sign.never_negative), _below_nought(within[1], sign.never_positive))
        change = change_name(name, self.label)
        node = Arithmetic(like.type, _NOWHERE, "-", late, early)
        written = _step(change, like.level, node, like=like.type, place=like.formulas[0])
        self.new[change] = replace(written, within=within)
        self.signs[change] = sign
        self.moves[name] = of_sign(sign)

    def _may_cross_nought(self, name: str, like: Step) -> bool:
        return not self.worlds.signs.of(StepRef(like.type, _NOWHERE, like.level, name)).never_negative

    def _in_whole_pence(self, node: Node, exact: bool, may_cross: bool) -> tuple[Node, Node]:
        """Two amounts in whole pence differ by no more than what lies between the pence around their exact difference;
        by a penny more where one is below nought and the other above, for both round away from it."""
        if exact:
            return node, node
        pence = Arithmetic(node.type, _NOWHERE, "*", node, _PENCE)
        low, high = (
            Arithmetic(node.type, _NOWHERE, "/", Call(node.type, _NOWHERE, way, (pence,)), _PENCE)
            for way in ("FLOOR", "CEIL")
        )
        if not may_cross:
            return low, high
        penny = Constant(node.type, _NOWHERE, Fraction(1, 100))
        return (
            Arithmetic(node.type, _NOWHERE, "-", low, penny),
            Arithmetic(node.type, _NOWHERE, "+", high, penny),
        )

    # ---- rules ----

    def add_rule(self, rule: Rule) -> list[Affected]:
        """The rule of what becomes of a rule's answers; none where nothing that it answers can move."""
        own = {
            name: StepRef(self.book.steps[full].type, _NOWHERE, rule.level, full) for name, full in rule.answers.items()
        }
        received = self._write_received(rule, own)
        watched = [own["eligible"], *received.values()]
        for node in watched:
            self._write_all(node)
        if not any(self.worlds.is_touched(node) for node in watched):
            return []
        answers = {name: rule.answers[name] for name in ("who", "already") if name in rule.answers}
        eligible = self.worlds.after(own["eligible"])
        assert isinstance(eligible, StepRef)
        answers |= {"eligible": eligible.name, "advice_first": own["eligible"].name}
        for part, node in received.items():
            if self.worlds.is_touched(node):
                answers[f"worth_{part}"] = self._still_where_nothing_moves(rule, part, node)
            else:
                nothing = f"{rule.id}.no_change_{part}"
                value = Constant(node.type, _NOWHERE, Fraction(0))
                place = self.every[node.name].formulas[0]
                self.new[nothing] = _step(nothing, rule.level, value, like=node.type, place=place)
                answers[f"worth_{part}"] = nothing
        name = after_name(rule.id, self.label)
        self.rules[name] = replace(
            rule, id=name, kind="measure", step_names=(), answers=answers, worth=tuple(received), in_kind="",
            evidence=(), opens=(), if_awarded=(), examples=(),
        )  # fmt: skip
        moves = [self.worlds.direction(node) for node in watched]
        return [Affected(rule.id, name, rule.level, joined(moves))]

    def _still_where_nothing_moves(self, rule: Rule, part: str, received: StepRef) -> str:
        """The step of a change, which is nought where no fact behind it is other after the award, however little is
        known of the rest: with an entitlement unknown before and after, the ranges of both do not show that.

        Only where every such fact is a number of the household, for all units of a home read the same one."""
        change = change_name(received.name, self.label)
        behind = self._facts_behind(received.name, set())
        if not behind or any(level != "household" or not self._is_number(level, fact) for level, fact in behind):
            return change
        moved = [
            StepRef(self.new[self.facts[key]].type, _NOWHERE, "household", change_name(self.facts[key], self.label))
            for key in sorted(behind)
        ]
        tests = tuple(Compare(_FLAG, _NOWHERE, "=", node, Constant(node.type, _NOWHERE, Fraction(0))) for node in moved)
        still = tests[0] if len(tests) == 1 else Logic(_FLAG, _NOWHERE, "AND", tests)
        nothing = Constant(received.type, _NOWHERE, Fraction(0))
        node = Choose(received.type, _NOWHERE, ((still, nothing),), replace(received, name=change))
        name = f"{rule.id}.change_{part}{self.label}"
        self.new[name] = _step(name, rule.level, node, like=received.type, place=self.every[received.name].formulas[0])
        return name

    def _is_number(self, level: Level, fact: str) -> bool:
        return self.book.facts[level, fact].type.kind == "number"

    def _facts_behind(self, name: str, seen: set[str]) -> set[tuple[Level, str]]:
        """The facts that the award changes and on which a step rests, through whatever steps."""
        if name in seen or name not in self.every:
            return set()
        seen.add(name)
        found: set[tuple[Level, str]] = set()
        for node in references(in_reach(self.every[name], self.day)):
            if isinstance(node, FactRef) and (node.level, node.name) in self.facts:
                found.add((node.level, node.name))
            elif isinstance(node, StepRef):
                found |= self._facts_behind(node.name, seen)
        return found

    def _write_received(self, rule: Rule, own: Mapping[str, StepRef]) -> dict[str, StepRef]:
        """Of each part of a worth that is paid again and again or once: what is received if everything is claimed."""
        parts = [part for part in rule.worth if part not in ("in_kind", "arrears")]
        if not parts:
            return {}
        paid: Node = own["eligible"]
        if "worth_at_least" in own:
            enough = Compare(_FLAG, _NOWHERE, "<=", own["worth_at_least"], own[f"worth_{rule.worth[0]}"])
            paid = Logic(_FLAG, _NOWHERE, "AND", (paid, enough))
        found: dict[str, StepRef] = {}
        for part in parts:
            worth = own[f"worth_{part}"]
            name = f"{rule.id}.received_{part}"
            node = Choose(worth.type, _NOWHERE, ((paid, worth),), Constant(worth.type, _NOWHERE, Fraction(0)))
            step = _step(name, rule.level, node, like=worth.type, place=self.book.steps[worth.name].formulas[0])
            self.new[name] = step
            found[part] = StepRef(worth.type, _NOWHERE, rule.level, name)
        return found


def _step(name: str, level: Level, node: Node, *, like: Type, place: Formula) -> Step:
    formula = replace(place, start=None, node=node, text="", source=None)
    return Step(
        name=name, level=level, type=like, formulas=(formula,), cite="", why="", day="run_day", day_node=None,
        rounding="none", within=None, split_on=(), assume=None, place=place.place,
    )  # fmt: skip


def _above(node: Node, never_negative: bool) -> Node:
    return _extreme("GREATEST", node) if never_negative else node


def _below_nought(node: Node, never_positive: bool) -> Node:
    return _extreme("LEAST", node) if never_positive else node


def _extreme(function: str, node: Node) -> Node:
    return Call(node.type, _NOWHERE, function, (node, Constant(node.type, _NOWHERE, Fraction(0))))


def _marked(node: Node, rule: str) -> Node:
    """The formula of an award, with the mark of this rule's own award in it."""
    if isinstance(node, FactRef) and node.name == AWARDED:
        return replace(node, name=mark_of(rule))
    return over_children(node, lambda part: _marked(part, rule))


def _less(value: Node, fact: FactRef) -> Node:
    """What an award makes of a number, less what it was."""
    if alike(value, fact):
        return Constant(fact.type, _NOWHERE, Fraction(0))
    if isinstance(value, Choose):
        branches = tuple((test, _less(branch, fact)) for test, branch in value.branches)
        return replace(value, branches=branches, otherwise=_less(value.otherwise, fact))
    return without_term(value, fact)


def _without(node: Node, fact: FactRef) -> Node:
    """The formula with the fact itself taken out: of it nothing has to be written before."""
    if isinstance(node, FactRef) and (node.level, node.name) == (fact.level, fact.name):
        return Constant(node.type, _NOWHERE, False)
    return over_children(node, lambda part: _without(part, fact))
