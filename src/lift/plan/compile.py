"""How do rules and a day become a plan?

A plan is a list of named SELECTs over the tables that build makes (docs/tables.md), in layers, and where each rule's
answer and each step stand in the last of them. It depends on the rules, the day and, for speed, on what is true of the
facts in every row (`Profiles`); never on a household.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from lift.collecting import collecting_nothing
from lift.errors import CoverageError, NotFoundError
from lift.plan import gathers, inputs, related, render, sql, tallies, verdicts
from lift.plan.conditions import logic
from lift.plan.demand import Readers, only_of, readers_of
from lift.plan.hoist import hoist, in_reach
from lift.plan.inputs import WORST, FactProfile, Profiles
from lift.plan.layout import GatherTable, Stored, Table, id_of, settle_needs, store
from lift.plan.related import Kinship
from lift.plan.sql import Sql
from lift.plan.translate import Translator
from lift.plan.values import Code, Day, Flag, Number, Value
from lift.rulebook.check import closure, references, roots
from lift.rulebook.model import Fact, Relation, Rule, Rulebook, Step
from lift.rulebook.nodes import LEVELS, AmountRef, FactRef, Gather, Level, Lookup, Node, StepRef, children, walk
from lift.rulebook.signs import MAY_BE_EITHER, Signs

Order = tuple[int, int]
"""Phase, and layer within it."""
Item = tuple[str, Level, str]
"""("fact", level, name) or ("step", level, full name)."""


#: The profile of this column says whether every unit's family is known.
FAMILY_KEY = "family_key"
_MAY_BE_LOST: tuple[Level, ...] = ("person", "period")


@dataclass(frozen=True)
class Plan:
    """Named SELECTs in order; `answers` names, for each level asked about, the table of answers and its rules; `steps`
    where each kept step stands: (step, proved) to its level, table and columns."""

    day: date
    rules: tuple[str, ...]
    selects: tuple[render.Named, ...]
    answers: tuple[verdicts.AnswerTable, ...]
    steps: dict[tuple[str, bool], tuple[str, Stored]]
    hash: str


@dataclass(frozen=True)
class Options:
    """How a plan is made. `assumptions`: standing assumptions hold. `keep_steps`: all steps stay readable, both ways of
    evaluating them; `keep_proved`: these steps do, as they are proved. `settled_only`: of each answer, nothing but its
    verdict if that is settled. `proved_only`: what is told indicatively is as it is proved. `homes`: the numbers of the
    households that are looked at; None is all."""

    profiles: Profiles | None = None
    has_couples: bool = True
    assumptions: bool = True
    keep_steps: bool = False
    keep_proved: tuple[str, ...] = ()
    settled_only: bool = False
    proved_only: bool = False
    homes: range | None = None


def plan_hash(book: Rulebook, rules: Sequence[str], day: date) -> str:
    """Identity of what the rules say on a day: the files they rest on and the day."""
    digest = hashlib.sha256(day.isoformat().encode())
    for rule in sorted(rules):
        digest.update(f"{rule}={book.rules[rule].hash};".encode())
    for name, file_hash in book.hashes.items():
        if name == "facts.yaml" or name.startswith("common/"):
            digest.update(f"{name}={file_hash};".encode())
    return digest.hexdigest()


def compile_plan(book: Rulebook, rules: Sequence[str], day: date, options: Options | None = None) -> Plan:
    """The plan of some rules for a day. Raises CoverageError for a day that a rule does not cover."""
    for rule in rules:
        if rule not in book.rules:
            raise NotFoundError(f"there is no rule {rule}. `lift rules list` shows them.")
        first, last = book.rules[rule].covers
        if not first <= day <= last:
            raise CoverageError(
                f"{rule} covers {first} to {last}, not {day}. Choose another day, or bring its rates up to date."
            )
    with collecting_nothing():
        return _Compiler(book, [book.rules[r] for r in rules], day, options or Options()).compile()


@dataclass
class _Compiler:
    book: Rulebook
    rules: list[Rule]
    day: date
    options: Options
    steps: dict[str, Step] = field(default_factory=dict)
    layers: dict[Item, Order] = field(default_factory=dict)
    differing: dict[Item, bool] = field(default_factory=dict)
    stored: dict[tuple[Item, bool], Stored] = field(default_factory=dict)
    readers: dict[str, Readers] = field(default_factory=dict)
    current: dict[Level, Table] = field(default_factory=dict)
    tables: list[Table] = field(default_factory=list)

    @property
    def assumptions_hold(self) -> bool:
        return self.options.assumptions

    @property
    def settled_only(self) -> bool:
        return self.options.settled_only

    @property
    def kinship(self) -> Kinship:
        lost = frozenset(level for level in _MAY_BE_LOST if not self.profile(level, FAMILY_KEY).certain)
        return Kinship(self.options.has_couples, lost)

    def compile(self) -> Plan:
        for rule in self.rules:
            for step in closure(rule, self.book):
                if step.name not in self.steps:
                    self.steps |= {part.name: part for part in hoist(in_reach(step, self.day))}
        if not self.options.keep_steps:
            asked = [*(name for rule in self.rules for name in rule.answers.values()), *self.options.keep_proved]
            bounds = [bound.when for fact in self.book.facts.values() for bound in fact.proved_bounds]
            self.readers = readers_of(self.steps, self.book.relations, asked, bounds)
        self._first_layer()
        self._later_layers()
        answers = [verdicts.answer_table(self, level) for level in LEVELS if any(r.level == level for r in self.rules)]
        kept = self._kept_steps(list(self.steps), (True, False)) if self.options.keep_steps else {}
        kept |= self._kept_steps(self.options.keep_proved, (True,))
        settle_needs(self.tables)
        names = tuple(rule.id for rule in self.rules)
        selects = render.render(self.tables, self.book.relations, self.kinship, self.options.homes)
        return Plan(self.day, names, selects, tuple(answers), kept, plan_hash(self.book, names, self.day))

    # ---- what differs between the proved and the indicative evaluation ----

    def differs(self, item: Item) -> bool:
        if self.options.proved_only:
            return False
        if item not in self.differing:
            self.differing[item] = False
            kind, level, name = item
            self.differing[item] = (
                self._fact_differs(level, name) if kind == "fact" else self._step_differs(self.steps[name])
            )
        return self.differing[item]

    def _fact_differs(self, level: Level, name: str) -> bool:
        fact = self.book.facts[level, name]
        if inputs.can_be_stale(fact, self.profile(level, name)):
            return True
        return any(self.differs(dep) for bound in fact.proved_bounds for dep in _reads(bound.when))

    def _step_differs(self, step: Step) -> bool:
        if step.assume is not None:
            return True
        for node in references(step):
            if isinstance(node, AmountRef):
                amount = self.book.amounts[node.name]
                lapsed = amount.covers_to is not None and self.day > amount.covers_to
                if lapsed or any(cell.is_weak and cell.value is not None for _, cell in amount.versions):
                    return True
            if isinstance(node, Lookup):
                table = self.book.tables[node.table]
                if any(cell.is_weak and cell.value is not None for _, rows in table.versions for _, cell in rows):
                    return True
        return any(self.differs(dep) for dep in self._deps(step))

    def profile(self, level: Level, name: str) -> FactProfile:
        profiles = self.options.profiles
        return WORST if profiles is None else profiles.get((level, name), FactProfile(present=False))

    # ---- phases and layers ----

    def _deps(self, step: Step) -> list[Item]:
        return [dep for node in references(step) for dep in _direct(node)]

    def layer(self, item: Item) -> Order:
        """The phase an item is worked out in, and its layer within the phase. Facts as built are phase 0, layer 0."""
        if item not in self.layers:
            kind, level, name = item
            if kind == "fact":
                trees = [bound.when for bound in self.book.facts[level, name].proved_bounds]
            else:
                trees = roots(self.steps[name])
            phase, depth = (0, -1) if kind == "fact" else (0, 0)
            for dep, apart in [pair for tree in trees for pair in _reads_from(tree, level)]:
                before, under = self.layer(dep)
                phase, depth = max((phase, depth), (before + 1, 0) if apart else (before, under))
            self.layers[item] = (phase, depth + 1)
        return self.layers[item]

    def _first_layer(self) -> None:
        for level in LEVELS:
            table = Table(f"{level}_0", level, None)
            self.current[level] = table
            self.tables.append(table)
        for name in self.steps:
            self.layer(("step", self.steps[name].level, name))
        for kind, level, name in list(self.layers):
            if kind == "fact":
                self._store_fact(level, name)

    def _store_fact(self, level: Level, name: str) -> None:
        """The fact as built, in the first layer; under a name of its own where proved bounds are laid over it later."""
        fact = self.book.facts[level, name]
        bounded = bool(fact.proved_bounds)
        table = self.current[level]
        for proved in self._modes(("fact", level, name)):
            value = inputs.fact_value(
                fact, self.profile(level, name), "u", proved=proved, assumed=self.assumed(level, name)
            )
            suffix = ("__as_built" if bounded else "") + ("" if proved else "__ind")
            key: Item = ("as built" if bounded else "fact", level, name)
            self.stored[key, proved] = store(f"{name}{suffix}", level, value, table)
        if self.assumed(level, name) is not None:
            plain = inputs.fact_value(fact, self.profile(level, name), "u", proved=True, assumed=None)
            assert isinstance(plain, Flag)
            unknown = Flag(sql.is_null(plain.sql), True)
            self.stored[("fact", level, f"{name}__unknown"), True] = store(f"{name}__unknown", level, unknown, table)

    def assumed(self, level: Level, name: str) -> bool | None:
        assumption = self.book.assumptions.get(name)
        if assumption is None or assumption.level != level or not self.options.assumptions:
            return None
        return assumption.assumed

    def _modes(self, item: Item) -> tuple[bool, ...]:
        return (True, False) if self.differs(item) else (True,)

    def _later_layers(self) -> None:
        last = max((phase for phase, _ in self.layers.values()), default=0)
        for phase in range(last + 1):
            items = [item for item, own in self.layers.items() if own[0] == phase and own != (0, 0)]
            levels = [level for level in LEVELS if any(item[1] == level for item in items)]
            made = {level: self._phase(level, phase, [i for i in items if i[1] == level]) for level in levels}
            self.current |= made

    def _phase(self, level: Level, phase: int, items: list[Item]) -> Table:
        """One phase of one level: a table that joins what comes from elsewhere, then a table a layer."""
        head = Table(f"{level}_{phase}_from", level, self.current[level])
        self.tables.append(head)
        table = head
        for depth in sorted({self.layers[item][1] for item in items}):
            table = Table(f"{level}_{phase}_{depth}", level, table, head)
            self.tables.append(table)
            for item in items:
                if self.layers[item][1] == depth:
                    for proved in self._modes(item):
                        self._store_item(item, proved, table)
        return table

    def _store_item(self, item: Item, proved: bool, table: Table) -> None:
        kind, level, name = item
        suffix = "" if proved else "__ind"
        if kind == "fact":
            value: Value = self._bounded_fact(self.book.facts[level, name], proved, table)
            column = f"{name}{suffix}"
        else:
            value = self.translator(table, proved, of=name).step(self.steps[name])
            column = name.replace(".", "__").replace("~", "_part_") + suffix
        self.stored[item, proved] = store(column, level, value, table)

    def _bounded_fact(self, fact: Fact, proved: bool, table: Table) -> Value:
        place = Place(self, table, proved)
        built = place.read(("as built", fact.level, fact.name))
        assert isinstance(built, Number)
        return inputs.bounded(fact, built, [self.translator(table, proved).flag(b.when) for b in fact.proved_bounds])

    def translator(self, table: Table, proved: bool, *, of: str = "") -> Translator:
        """Writes formulas for a place in the plan; `of`: the step they belong to."""
        return Translator(self.book, self.day, proved, Place(self, table, proved, of=of))

    def readers_of(self, step: str) -> Readers:
        """Who reads a step. What belongs to no step, or is kept for whoever may ask, is read of every unit."""
        if not step or self.options.keep_steps:
            return {None}
        return self.readers.get(step, set())

    def _kept_steps(self, names: Sequence[str], modes: Sequence[bool]) -> dict[tuple[str, bool], tuple[str, Stored]]:
        kept: dict[tuple[str, bool], tuple[str, Stored]] = {}
        for name in names:
            step = self.steps[name]
            if "~" in name:
                continue
            for proved in modes:
                stored = self.find(("step", step.level, name), proved)
                self.current[step.level].needs |= set(stored.columns)
                self.current[step.level].keep = True
                kept[name, proved] = (self.current[step.level].name, stored)
        return kept

    def find(self, item: Item, proved: bool) -> Stored:
        return self.stored.get((item, proved)) or self.stored[item, True]


def _reads_from(tree: Node, level: Level) -> list[tuple[Item, bool]]:
    """Everything a formula reads, and whether it comes from elsewhere: another level, or the far side of a gather."""
    found: list[tuple[Item, bool]] = []
    if isinstance(tree, Gather):
        inner = [n for n in (tree.body, tree.where, tree.relation_where) if n is not None]
        found += [(dep, True) for node in inner for dep in _reads(node)]
        return found + (_reads_from(tree.complete_when, level) if tree.complete_when is not None else [])
    found += [(dep, dep[1] != level) for dep in _direct(tree)]
    return found + [pair for below in children(tree) for pair in _reads_from(below, level)]


def _direct(node: Node) -> list[Item]:
    if isinstance(node, FactRef):
        return [("fact", node.level, node.name)]
    return [("step", node.level, node.name)] if isinstance(node, StepRef) else []


def _reads(node: Node) -> list[Item]:
    return [dep for below in walk(node) for dep in _direct(below)]


@dataclass
class Place:
    """One place in the plan from which values are read: a table being made, or a gather for it."""

    compiler: _Compiler
    table: Table
    proved: bool
    inside: GatherTable | None = None
    of: str = ""
    """The step that is worked out here."""

    def fact(self, node: FactRef) -> Value:
        return self.read(("fact", node.level, node.name), outer=node.outer)

    def step(self, node: StepRef) -> Value:
        return self.read(("step", node.level, node.name), outer=node.outer)

    def read(self, item: Item, *, outer: bool = False) -> Value:
        stored = self.compiler.find(item, self.proved)
        alias, prefix = self._alias(stored, outer)
        value = stored.read(alias, prefix)
        reader = self.table.level if self.inside is None else self.inside.target.level
        if stored.level == "family" and reader in self.compiler.kinship.lost and not outer:
            return if_there_is(sql.column(alias, id_of("family")), value)
        return value

    def _alias(self, stored: Stored, outer: bool) -> tuple[str, str]:
        """The alias and prefix a stored value is read under; notes that its table must keep the columns."""
        alias, table = self._source(stored.level, outer)
        table.needs |= set(stored.columns)
        head = self.table.head
        if self.inside is not None or stored.level == self.table.level or head is None:
            return alias, ""
        prefix = f"{stored.level}__"
        head.columns |= {f"{prefix}{name}": sql.column(alias, name) for name in stored.columns}
        self._base.needs |= {f"{prefix}{name}" for name in stored.columns}
        return "u", prefix

    @property
    def _base(self) -> Table:
        assert self.table.base is not None
        return self.table.base

    def _source(self, level: Level, outer: bool) -> tuple[str, Table]:
        if self.inside is None:
            if level == self.table.level:
                return "u", self._base
            (self.table.head or self.table).above[level] = self.compiler.current[level]
            return level, self.compiler.current[level]
        if outer:
            self.inside.reads_source = True
            return "s", self.inside.source
        if level == self.inside.target.level:
            return "t", self.inside.target
        self.inside.above[level] = self.compiler.current[level]
        return f"t_{level}", self.compiler.current[level]

    def gather(self, node: Gather, outside: Translator) -> Value:
        assert self.inside is None, "a gather inside a gather: put it into a step of the related unit"
        relation = self.compiler.book.relations[node.relation]
        head = self.table.head or self.table
        assert head.base is not None
        name = f"{head.name}__{relation.name}"
        target = self.compiler.current[relation.target]
        group = head.gathers.setdefault(name, GatherTable(name, relation.name, head.base, target))
        inner = replace(outside, columns=replace(self, inside=group), inside_gather=True)
        readers = self.compiler.readers_of(self.of)
        if readers:
            group.only_sources.append(self._only_source(group, only_of(readers)))
        tests = [inner.flag(node.where)] if node.where is not None else []
        if node.relation_where is not None:
            own = inner.flag(node.relation_where)
            group.only = own.sql if own.certain else sql.is_not_false(own.sql)
            tests += [] if own.certain else [own]
        member = logic("AND", [related.belongs(relation, self.compiler.kinship), *tests])
        body = inner.value(node.body) if node.body is not None else None
        signs = Signs(self.compiler.book, self.compiler.day)
        sign = signs.of(node.body) if node.body is not None else MAY_BE_EITHER
        parts = gathers.Gathering(
            member,
            self._is_complete(node, relation, outside),
            _Aggregates(self, group),
            sign.never_negative,
            sign.never_positive,
        )
        return gathers.gathered(node.function, parts, body)

    def _only_source(self, group: GatherTable, condition: FactRef | None) -> Sql | None:
        """The condition of the units that anybody reads this step of, as it stands in the gather's source."""
        if condition is None or condition.level != group.source.level:
            return None
        stored = self.compiler.find(("fact", condition.level, condition.name), True)
        group.source.needs |= set(stored.columns)
        test = stored.read("s", "")
        assert isinstance(test, Flag)
        return test.sql if test.certain else sql.is_not_false(test.sql)

    def gathered_column(self, group: GatherTable, name: str) -> Sql:
        """A column of a gather as it reaches this table."""
        head = self.table.head
        if head is None:
            return sql.column(group.name, name)
        head.columns[f"{group.name}__{name}"] = sql.column(group.name, name)
        self._base.needs.add(f"{group.name}__{name}")
        return sql.column("u", f"{group.name}__{name}")

    def _is_complete(self, node: Gather, relation: Relation, outside: Translator) -> Flag:
        """Whether nobody can be missing: of a unit whose family is not known, any of that family may be."""
        parts = [outside.flag(node.complete_when)] if node.complete_when is not None else []
        if relation.link == "family" and relation.source in self.compiler.kinship.lost:
            parts.append(Flag(sql.negation(sql.is_null(sql.column("u", id_of("family")))), True))
        return logic("AND", parts)


@dataclass(frozen=True)
class _Aggregates:
    """What one gather adds to its grouped SELECT, each thing only once, as one place reads it (gathers.Aggregates)."""

    place: Place
    group: GatherTable

    def aggregate(self, value: Sql) -> Sql:
        known = [name for name, other in self.group.aggregates.items() if other == value]
        name = known[0] if known else f"a{len(self.group.aggregates) + 1}"
        self.group.aggregates[name] = value
        return self.place.gathered_column(self.group, name)

    def state(self, test: Sql) -> tuple[Sql, Sql]:
        name, place = self.group.tallies.state(test)
        word = self.place.gathered_column(self.group, name)
        return tallies.is_sure(word, place), tallies.is_perhaps(word, place)

    def count(self, test: Sql) -> Sql:
        name, place = self.group.tallies.count(test)
        return tallies.counted(self.place.gathered_column(self.group, name), place)


def if_there_is(key: Sql, value: Value) -> Value:
    """A value read from a unit above that may not be there: then nothing is known of it."""
    there = sql.negation(sql.is_null(key))
    if isinstance(value, Flag):
        return Flag(sql.case([(there, value.sql)]), False)
    if isinstance(value, Code):
        return Code(sql.case([(there, value.sql)]), False)
    low = None if value.low is None else sql.case([(there, value.low)])
    high = low if value.point else (None if value.high is None else sql.case([(there, value.high)]))
    if isinstance(value, Day):
        return replace(value, low=low, high=high, low_certain=False, high_certain=False, constant=None)
    unlimited = value.unlimited if not value.infinite else there
    return replace(
        value, low=low, high=high, low_certain=False, high_certain=False, constant=None, least=None, most=None,
        infinite=False, unlimited=unlimited,
    )  # fmt: skip
