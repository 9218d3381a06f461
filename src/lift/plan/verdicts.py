"""How do a rule's answers become a verdict? (The rows of lift.rulebook.answers, as SQL.)"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from lift.plan import ranges, sql
from lift.plan.assumed import facts_read
from lift.plan.conditions import logic
from lift.plan.layout import Table, key_of
from lift.plan.sql import Sql
from lift.plan.translate import Translator
from lift.plan.values import PENNY, Flag, Number, flag
from lift.rulebook.model import Rule, Rulebook, Step
from lift.rulebook.nodes import FactRef, Level, Span, StepRef, Type

_MONEY = "DECIMAL(14,2)"
_IN_KIND = "worth_in_kind_yearly"


class Compiling(Protocol):
    """What of the compiler is needed here."""

    book: Rulebook
    day: date
    steps: dict[str, Step]
    current: dict[Level, Table]
    tables: list[Table]

    @property
    def assumptions_hold(self) -> bool: ...

    @property
    def settled_only(self) -> bool: ...

    @property
    def rules(self) -> Sequence[Rule]: ...

    def translator(self, table: Table, proved: bool) -> Translator: ...


@dataclass(frozen=True)
class AnswerTable:
    """The last table of a level: for each rule, columns `RULE__verdict` and so on (see `answer_columns`)."""

    level: Level
    table: str
    key: str
    rules: tuple[str, ...]
    worth: dict[str, tuple[str, ...]]
    """Money parts of each rule's worth, in order."""
    in_kind: frozenset[str]
    """The rules whose worth in kind has a value a year: columns `RULE__in_kind_low` and so on."""


def answer_columns(rule: str, worth: Sequence[str]) -> list[str]:
    """The columns of one rule in the answer table, in order; `worth` are its parts that have one."""
    plain = [
        "asked",
        "verdict",
        "eligible",
        "already",
        "possible_when",
        "may_already_have",
        "evidence",
        "advice_first",
        "assumptions",
    ]
    ends = [f"{part}_{end}" for part in worth for end in ("low", "high", "indicative_low", "indicative_high")]
    return [f"{rule}__{name}" for name in [*plain, *ends]]


def answer_table(compiler: Compiling, level: Level) -> AnswerTable:
    """Adds the last table of a level, with the answers of every rule that asks about that level."""
    table = Table(f"{level}_answers", level, compiler.current[level], keep=True)
    compiler.tables.append(table)
    rules = [rule for rule in compiler.rules if rule.level == level]
    worth: dict[str, tuple[str, ...]] = {}
    for rule in rules:
        worth[rule.id] = tuple(part for part in rule.worth if part != "in_kind")
        _Answers(compiler, table, rule).add()
    table.needs |= set(table.columns)
    in_kind = frozenset(rule.id for rule in rules if _is_valued_in_kind(rule))
    return AnswerTable(level, table.name, key_of(level), tuple(rule.id for rule in rules), worth, in_kind)


def _is_valued_in_kind(rule: Rule) -> bool:
    return "in_kind" in rule.worth and _IN_KIND in rule.answers


class _Answers:
    """The answer columns of one rule."""

    def __init__(self, compiler: Compiling, table: Table, rule: Rule) -> None:
        self.compiler, self.table, self.rule = compiler, table, rule

    def add(self) -> None:
        rule = self.rule
        eligible = logic("AND", [self._flag("eligible", True), self._flag("who", True, default=True)])
        already = self._flag("already", True, default=False)
        money = [part for part in rule.worth if part != "in_kind"]
        settled = self._settled(eligible, already, money)
        self._put("asked", sql.is_not_false(self._flag("who", True, default=True).sql))
        if self.compiler.settled_only:
            self._put("verdict", sql.case(settled))
            return
        possible = self._flag("possible_when", False, default=False)
        verdict = sql.case([*settled, (sql.is_true(possible.sql), sql.text("possible"))], sql.text("unknown"))
        self._put("verdict", verdict)
        self._put("eligible", eligible.sql)
        self._put("already", already.sql)
        self._put("possible_when", possible.sql)
        likely = sql.one_of(verdict, [sql.text("likely"), sql.text("possible")])
        self._put("may_already_have", sql.both([likely, sql.is_null(already.sql)]))
        self._put("evidence", self._evidence())
        self._put("advice_first", self._flag("advice_first", True, default=False).sql)
        self._put("assumptions", self._assumptions())
        parts = {part: f"worth_{part}" for part in money} | ({"in_kind": _IN_KIND} if _is_valued_in_kind(rule) else {})
        for part, step in parts.items():
            self._put_worth(part, step, "", True)
            self._put_worth(part, step, "indicative_", False)

    def _put(self, name: str, value: Sql) -> None:
        self.table.columns[f"{self.rule.id}__{name}"] = value

    def _step(self, name: str, proved: bool) -> Number | Flag | None:
        full = self.rule.answers.get(name)
        if full is None:
            return None
        step = self.compiler.steps[full]
        node = StepRef(step.type, Span(), step.level, full)
        found = self.compiler.translator(self.table, proved).value(node)
        assert isinstance(found, Number | Flag)
        return found

    def _flag(self, name: str, proved: bool, default: bool = False) -> Flag:
        found = self._step(name, proved)
        return found if isinstance(found, Flag) else flag(default)

    def _settled(self, eligible: Flag, already: Flag, money: Sequence[str]) -> list[tuple[Sql, Sql]]:
        """The verdicts that nothing more could change, each with its test."""
        too_little, enough = self._against_minimum(money)
        likely = [sql.is_true(eligible.sql)] + ([enough] if enough is not None else [])
        ruled_out = [sql.is_true(sql.negation(eligible.sql))] + ([too_little] if too_little is not None else [])
        return [
            (sql.is_true(already.sql), sql.text("in_payment")),
            (sql.either(ruled_out), sql.text("ruled_out")),
            (sql.both(likely), sql.text("likely")),
        ]

    def _against_minimum(self, money: Sequence[str]) -> tuple[Sql | None, Sql | None]:
        """Whether the worth's high is below the legal minimum's low; whether its low is at least the minimum's high."""
        least = self._step("worth_at_least", True)
        worth = self._step(f"worth_{money[0]}", True) if money else None
        if not isinstance(least, Number) or not isinstance(worth, Number):
            return None, None
        scale = ranges.common_scale([least, worth])
        worth, least = worth.at_scale(scale), least.at_scale(scale)
        below = sql.FALSE if worth.high is None or least.low is None else sql.is_true(sql.less(worth.high, least.low))
        enough = (
            sql.FALSE if worth.low is None or least.high is None else sql.is_true(sql.at_most(least.high, worth.low))
        )
        return below, enough

    def _evidence(self) -> Sql:
        found: dict[str, list[Sql]] = {"strong": [], "medium": [], "weak": []}
        for index, evidence in enumerate(self.rule.evidence, 1):
            found[evidence.strength].append(sql.is_true(self._flag(f"evidence_{index}", False).sql))
        branches: list[tuple[Sql, Sql]] = []
        if found["strong"]:
            branches.append((sql.either(found["strong"]), sql.text("strong")))
        if found["medium"]:
            ones = [sql.case([(test, sql.integer(1))], sql.integer(0)) for test in found["medium"]]
            total = ones[0]
            for one in ones[1:]:
                total = sql.add(total, one)
            branches.append((sql.at_most(sql.integer(2), total), sql.text("strong")))
            branches.append((sql.either(found["medium"]), sql.text("medium")))
        if found["weak"]:
            branches.append((sql.either(found["weak"]), sql.text("weak")))
        return sql.case(branches) if branches else sql.cast(sql.NULL, "VARCHAR")

    def _assumptions(self) -> Sql:
        """The standing assumptions in force, by name, comma between them; empty text where there is none."""
        if not self.compiler.assumptions_hold:
            return sql.text("")
        read = facts_read(self.compiler.book, self.rule, self.compiler.day)
        parts: list[Sql] = []
        for name, assumption in sorted(self.compiler.book.assumptions.items()):
            if (assumption.level, name) in read:
                node = FactRef(Type("flag"), Span(), assumption.level, f"{name}__unknown")
                unknown = self.compiler.translator(self.table, True).value(node)
                assert isinstance(unknown, Flag)
                parts.append(sql.case([(unknown.sql, sql.text(name))]))
        return sql.function("CONCAT_WS", sql.text(","), *parts) if parts else sql.text("")

    def _put_worth(self, part: str, step: str, prefix: str, proved: bool) -> None:
        value = self._step(step, proved)
        assert isinstance(value, Number)
        at = value.at_scale(PENNY)
        for end, name in ((at.low, "low"), (at.high, "high")):
            self._put(f"{part}_{prefix}{name}", sql.cast(sql.NULL, _MONEY) if end is None else _pounds(end))


def _pounds(pence: Sql) -> Sql:
    """Whole pence as exact pounds: DuckDB's `/` would make a DOUBLE of it."""
    return sql.cast(sql.times(sql.cast(pence, "DECIMAL(18,0)"), sql.cast(sql.text("0.01"), "DECIMAL(3,2)")), _MONEY)
