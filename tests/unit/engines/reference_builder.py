"""How do tests of engines write rulebooks, formulas and units in few words, without YAML?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

from lift.errors import Place
from lift.rulebook.answers import Range
from lift.rulebook.model import (
    Amount,
    Cell,
    Evidence,
    Fact,
    Formula,
    ProvedBound,
    Relation,
    Rule,
    Rulebook,
    Special,
    StandingAssumption,
    Step,
    Table,
    TableKey,
)
from lift.rulebook.nodes import (
    AmountRef,
    Arithmetic,
    Call,
    Choose,
    Compare,
    Constant,
    FactRef,
    Gather,
    IsOneOf,
    Kind,
    Level,
    Logic,
    Lookup,
    Negate,
    Node,
    Not,
    RunDay,
    Span,
    StepRef,
    Type,
)
from lift.rulebook.units import Known, OneUnit, Scalar, Units

NUMBER, DATE, FLAG, CODE = Type("number"), Type("date"), Type("flag"), Type("code", codes=("a", "b", "c"))
TYPES: dict[Kind, Type] = {"number": NUMBER, "date": DATE, "flag": FLAG, "code": CODE}
NOWHERE, SOMEWHERE = Span(), Place("rules/test.yaml", 1)
NO_LIMIT, ENDED = Special.NO_LIMIT, Special.ENDED
DAY = date(2026, 5, 6)  # a Wednesday
NONE = Range(None, None)


#: Anything a rulebook may hold.
Entry = Fact | Relation | StandingAssumption | Amount | Table | Step | Rule


# --- formulas ----------------------------------------------------------------------------------------------------


def as_node(value: Any) -> Node:
    """A node as it stands; a scalar becomes a constant."""
    if isinstance(value, Node):
        return value
    if isinstance(value, bool):
        return Constant(FLAG, NOWHERE, value)
    return Constant(CODE, NOWHERE, value) if isinstance(value, str) else Constant(NUMBER, NOWHERE, Fraction(value))


def fact(name: str, kind: Kind = "number", level: Level = "family", *, outer: bool = False) -> FactRef:
    return FactRef(TYPES[kind], NOWHERE, level, name, outer)


def flag(name: str, level: Level = "family", *, outer: bool = False) -> FactRef:
    return fact(name, "flag", level, outer=outer)


def code(name: str, level: Level = "family", *, outer: bool = False) -> FactRef:
    return fact(name, "code", level, outer=outer)


def day_of(name: str, level: Level = "family") -> FactRef:
    return fact(name, "date", level)


def step_ref(name: str, kind: Kind = "number", level: Level = "family", *, outer: bool = False) -> StepRef:
    return StepRef(TYPES[kind], NOWHERE, level, name, outer)


def amount_ref(name: str, day: Node | None = None, kind: Kind = "number") -> AmountRef:
    return AmountRef(TYPES[kind], NOWHERE, name, day)


def run_day() -> RunDay:
    return RunDay(DATE, NOWHERE)


def look_up(table: str, *keys: Any, day: Node | None = None) -> Lookup:
    return Lookup(NUMBER, NOWHERE, table, tuple(as_node(k) for k in keys), day)


def sum_of(left: Any, operator: Any, right: Any) -> Arithmetic:
    return Arithmetic(NUMBER, NOWHERE, operator, as_node(left), as_node(right))


def minus(value: Any) -> Negate:
    return Negate(NUMBER, NOWHERE, as_node(value))


def compare(left: Any, operator: Any, right: Any) -> Compare:
    return Compare(FLAG, NOWHERE, operator, as_node(left), as_node(right))


def one_of(value: Any, *options: Any) -> IsOneOf:
    constants = tuple(n for n in map(as_node, options) if isinstance(n, Constant))
    return IsOneOf(FLAG, NOWHERE, as_node(value), constants)


def both(*parts: Any) -> Logic:
    return Logic(FLAG, NOWHERE, "AND", tuple(as_node(p) for p in parts))


def either(*parts: Any) -> Logic:
    return Logic(FLAG, NOWHERE, "OR", tuple(as_node(p) for p in parts))


def negated(value: Any) -> Not:
    return Not(FLAG, NOWHERE, as_node(value))


def choose(*branches_and_otherwise: Any) -> Choose:
    """`choose(c1, a, c2, b, otherwise)`."""
    *pairs, last = (as_node(n) for n in branches_and_otherwise)
    return Choose(last.type, NOWHERE, tuple(zip(pairs[::2], pairs[1::2], strict=True)), last)


def call(function: str, *arguments: Any) -> Call:
    nodes = tuple(as_node(a) for a in arguments)
    keeps = function in ("GREATEST", "LEAST", "ADD_MONTHS", "ADD_DAYS")
    return Call(nodes[0].type if keeps else NUMBER, NOWHERE, function, nodes)


def gather(
    function: Any,
    relation: str,
    body: Any = None,
    where: Any = None,
    relation_where: Any = None,
    complete_when: Any = None,
) -> Gather:
    kind = FLAG if function in ("ANY", "EVERY") else NUMBER
    nodes = [None if n is None else as_node(n) for n in (body, where, relation_where, complete_when)]
    return Gather(kind, NOWHERE, function, relation, *nodes)


# --- rulebook ----------------------------------------------------------------------------------------------------


def fact_entry(
    name: str, kind: Kind = "number", level: Level = "family", low: Any = None, high: Any = None, proved: Any = ()
) -> Fact:
    low, high = (Fraction(end) if isinstance(end, int | str) else end for end in (low, high))
    life = {"pension_age": 12, "working_age": 2}
    return Fact(name, level, TYPES[kind], "", None, 1, "", life, None, low, high, tuple(proved), SOMEWHERE)


def proved(when: Any, low: Any = None, high: Any = None) -> ProvedBound:
    low, high = (None if end is None else Fraction(end) for end in (low, high))
    return ProvedBound(low, high, as_node(when), "cite", "why")


def cell(value: Any, status: Any = "verified", within: Any = None) -> Cell:
    kept = Fraction(value) if isinstance(value, int | str) and not isinstance(value, bool) else value
    ends = None if within is None else tuple(Fraction(w) if isinstance(w, int | str) else w for w in within)
    return Cell(kept, status, ends)  # type: ignore[arg-type]  # two ends of one kind


def amount_entry(
    name: str, versions: Mapping[date, Any], day: str = "run_day", covers_to: date | None = None, kind: Kind = "number"
) -> Amount:
    cells = tuple((start, c if isinstance(c, Cell) else cell(c)) for start, c in versions.items())
    return Amount(name, TYPES[kind], "cite", (), day, covers_to, cells, SOMEWHERE)


def table_entry(name: str, keys: Sequence[TableKey], versions: Mapping[date, Sequence[tuple[Any, ...]]]) -> Table:
    """Rows are tuples of the keys and then the cell."""
    dated = []
    for start, rows in versions.items():
        made = [
            (tuple(_key(k) for k in row[:-1]), row[-1] if isinstance(row[-1], Cell) else cell(row[-1])) for row in rows
        ]
        dated.append((start, tuple(made)))
    return Table(name, NUMBER, tuple(keys), "cite", "run_day", tuple(dated), SOMEWHERE)


def _key(raw: Any) -> Scalar:
    return Fraction(raw) if isinstance(raw, int) and not isinstance(raw, bool) else raw


def key(kind: Kind = "number", *, banded: bool = True) -> TableKey:
    return TableKey("key", TYPES[kind], banded)


def step_entry(name: str, formula: Any, **changes: Any) -> Step:
    """`formula` is a node, a scalar, or a map from date (or None) to either."""
    versions = formula if isinstance(formula, dict) else {None: formula}
    formulas = tuple(Formula(start, as_node(node), "", SOMEWHERE) for start, node in versions.items())
    kind = formulas[0].node.type
    entry = Step(name, "family", kind, formulas, "cite", "", "run_day", None, "none", None, (), None, SOMEWHERE)
    return replace(entry, **changes)


def relation_entry(name: str, source: Level, target: Level, link: Any, **changes: Any) -> Relation:
    entry = Relation(name, source, target, link, False, False, None, None, "")
    return replace(entry, **changes)


def assumption(name: str, assumed: bool = True, level: Level = "family") -> StandingAssumption:
    return StandingAssumption(name, level, assumed, "why")


def rule_entry(
    rule_id: str,
    answers: Sequence[str],
    level: Level = "family",
    evidence: Sequence[tuple[str, Any]] = (),
    **changes: Any,
) -> Rule:
    """A rule whose answers are the steps of those reserved names, already in the rulebook."""
    money = [a for a in answers if a.startswith("worth_") and a not in ("worth_at_least", "worth_in_kind_yearly")]
    parts = tuple(a.removeprefix("worth_") for a in money)
    graded = tuple(Evidence(f"{rule_id}.{step}", strength, "") for step, strength in evidence)
    entry = Rule(
        id=rule_id, name=rule_id, kind="entitlement", level=level, law="", reviewed_on=None, reviewed_by=None,
        public_funds=False, covers=(date.min, date.max), uses=(), step_names=(),
        answers={a: f"{rule_id}.{a}" for a in answers}, worth=parts, worth_to="resident", in_kind="", evidence=graded,
        seen_in=(), opens=(), if_awarded=(), outreach={}, examples=(), hash="", place=SOMEWHERE,
    )  # fmt: skip
    return replace(entry, **changes)


def rulebook(*entries: Entry) -> Rulebook:
    return Rulebook(
        facts={(e.level, e.name): e for e in entries if isinstance(e, Fact)},
        relations={e.name: e for e in entries if isinstance(e, Relation)},
        assumptions={e.fact: e for e in entries if isinstance(e, StandingAssumption)},
        amounts={e.name: e for e in entries if isinstance(e, Amount)},
        tables={e.name: e for e in entries if isinstance(e, Table)},
        steps={e.name: e for e in entries if isinstance(e, Step)},
        rules={e.id: e for e in entries if isinstance(e, Rule)},
    )


# --- units -------------------------------------------------------------------------------------------------------


def known(value: Any) -> Known:
    """A `Known` as it stands, `(low, high)` or one exact value; numbers may be written as texts such as "0.01"."""
    if isinstance(value, Known):
        return value
    if isinstance(value, tuple):
        low, high = (None if end is None else _scalar(end) for end in value)
        return Known(low, high)
    return Known.exactly(_scalar(value))


def _scalar(value: Any) -> Scalar:
    if isinstance(value, bool | date):
        return value
    if isinstance(value, str) and not value.lstrip("-").replace(".", "").isdigit():
        return value
    return Fraction(value)


def stale(value: Any) -> Known:
    return replace(known(value), fresh=False)


def family(key: str = "f1", household: str = "h1", **facts: Any) -> OneUnit:
    return _unit("family", key, key, household, facts)


def person(key: str, of: str | None = "f1", household: str = "h1", **facts: Any) -> OneUnit:
    return _unit("person", key, of, household, facts)


def period(key: str, of: str = "f1", household: str = "h1", **facts: Any) -> OneUnit:
    return _unit("period", key, of, household, facts)


def household(key: str = "h1", **facts: Any) -> OneUnit:
    return _unit("household", key, None, key, facts)


def _unit(level: Level, unit: str, of: str | None, home: str, facts: Mapping[str, Any]) -> OneUnit:
    return OneUnit(level, unit, of, home, {name: known(value) for name, value in facts.items()})


def units(*every: OneUnit, couples: Sequence[tuple[str, str]] = ()) -> Units:
    return Units(every, frozenset(couples))


def between(low: Any, high: Any) -> Range:
    """A range; texts and whole numbers become fractions."""
    ends = [end if end is None or isinstance(end, date) else Fraction(end) for end in (low, high)]
    return Range(ends[0], ends[1])


def exactly(value: Any) -> Range:
    return between(value, value)
