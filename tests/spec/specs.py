"""What does each operator and each row of the semantics do? (Data in groups/, run here on every engine.)

Each specification is a tiny rule of its own, in a rules folder of its own group, over facts written as in a rule's
examples. One run of an engine answers a whole group.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from lift.engines.base import Engine
from lift.engines.duckdb import DuckDBEngine
from lift.engines.in_memory import settle
from lift.engines.reference import ReferenceEngine
from lift.errors import RuleProblems
from lift.rulebook.answers import Answer, Range, Value
from lift.rulebook.load import load_rulebook
from lift.rulebook.located import read_located
from lift.rulebook.model import Rulebook
from lift.trial.examples import ASKED, as_value, compare, subject, together
from lift.trial.given import Given, read_given
from tests.properties.yaml_text import to_yaml

HERE = Path(__file__).parent
DAY = date(2026, 5, 6)
UNKNOWN = "unknown"


@dataclass(frozen=True)
class Spec:
    """One row. `formula` (with `unit`) or `rule`; `then` and `indicative` as in a rule's example, or `refused`."""

    group: str
    number: int
    title: str
    why: str
    formula: Any = None
    unit: str = "flag"
    codes: tuple[str, ...] = ()
    each: str = "family"
    step: Mapping[str, Any] = field(default_factory=dict)
    steps: Mapping[str, Any] = field(default_factory=dict)
    amounts: Mapping[str, Any] = field(default_factory=dict)
    tables: Mapping[str, Any] = field(default_factory=dict)
    rule: Mapping[str, Any] | None = None
    given: Mapping[str, Any] = field(default_factory=dict)
    subject: str | None = None
    day: date = DAY
    assumptions: bool = True
    then: Any = None
    indicative: Any = ...
    refused: str | None = None

    @property
    def id(self) -> str:
        return f"{self.group}_{self.number:02d}"


@dataclass(frozen=True)
class Group:
    """A page of the manual: its rows, and the tables and rules that several of them share."""

    name: str
    title: str
    about: str
    tables: Mapping[str, Any]
    rules: Mapping[str, Any]
    specs: tuple[Spec, ...]


@cache
def groups() -> tuple[Group, ...]:
    return tuple(_read_group(file) for file in sorted((HERE / "groups").glob("*.yaml")))


def _read_group(file: Path) -> Group:
    shape: dict[str, Any] = dict(read_located(file, file.name).value)
    name = f"g{file.name[:2]}"
    tables, rules = shape.get("tables", {}), shape.get("rules", {})
    specs = tuple(_read_spec(name, i, dict(entry), tables, rules) for i, entry in enumerate(shape["specs"], 1))
    return Group(name, shape["title"], shape["about"], tables, rules, specs)


def _read_spec(
    group: str, number: int, entry: dict[str, Any], tables: Mapping[str, Any], rules: Mapping[str, Any]
) -> Spec:
    entry["subject"] = entry.pop("for", None)
    if isinstance(entry.get("tables"), list):
        entry["tables"] = {name: tables[name] for name in entry["tables"]}
    if isinstance(entry.get("rule"), str):
        entry["rule"] = rules[entry["rule"]]
    fields: dict[str, Any] = {k: tuple(v) if k == "codes" else v for k, v in entry.items()}
    return Spec(group=group, number=number, **fields)


def all_specs() -> list[Spec]:
    return [spec for group in groups() for spec in group.specs]


# --- the tiny rulebook ------------------------------------------------------------------------------------------------


def rule_text(spec: Spec) -> str:
    """The rule file of one specification."""
    figures = {n: {"cite": "an invented law", **entry} for n, entry in spec.amounts.items()}
    tables = {n: {"cite": "an invented law", **entry} for n, entry in spec.tables.items()}
    steps = {n: {"cite": "an invented law", **entry} for n, entry in spec.steps.items()}
    if spec.formula is not None:
        codes = {"codes": list(spec.codes)} if spec.codes else {}
        steps["shown"] = {"unit": spec.unit, **codes, "cite": "an invented law", **spec.step, "is": spec.formula}
    rule = spec.rule or {"eligible": "TRUE"}
    head = {
        "id": spec.id, "name": spec.title, "kind": "measure" if spec.rule is None else "entitlement", "each": spec.each,
        "law": "an invented law", "reviewed": {"date": date(2026, 1, 1), "by": None},
        "covers": [spec.day, date(2031, 1, 1)],
    }  # fmt: skip
    return to_yaml({**head, "amounts": figures, "tables": tables, "steps": steps, **rule})


def load(specs: list[Spec]) -> Rulebook:
    """A rules folder that holds these specifications and nothing else. Raises RuleProblems."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "facts.yaml").write_bytes((HERE / "dictionary.yaml").read_bytes())
        for spec in specs:
            (Path(folder) / f"{spec.id}.yaml").write_text(rule_text(spec), encoding="utf-8")
        return load_rulebook(Path(folder), examples=False)


@cache
def rulebook(group: str) -> Rulebook:
    return load([spec for spec in all_specs() if spec.group == group and spec.refused is None])


# --- running ----------------------------------------------------------------------------------------------------------

ENGINES = ("reference", "duckdb", "duckdb, unspecialised")


def make_engine(name: str, book: Rulebook, day: date, assumptions: bool) -> Engine:
    if name == "reference":
        return ReferenceEngine(book, day, assumptions=assumptions)
    return DuckDBEngine(book, day, assumptions=assumptions, specialise=name == "duckdb")


@cache
def _answers(engine: str, group: str, day: date, assumptions: bool) -> tuple[dict[str, Given], list[Answer]]:
    """Every specification of a group that is of this day, over the households of all of them."""
    specs = [
        s
        for s in all_specs()
        if s.group == group and s.refused is None and (s.day, s.assumptions) == (day, assumptions)
    ]
    book = rulebook(group)
    given = {spec.id: read_given(book, spec.given, prefix=f"{spec.id}_") for spec in specs}
    units = together(given.values())
    made = make_engine(engine, book, day, assumptions)
    answers = made.answers([spec.id for spec in specs], units, keep_steps=True)
    if any(name in spec.then for spec in specs if isinstance(spec.then, Mapping) for name in ASKED):
        answers = settle(made, book, units, answers)
    return given, answers


def run(spec: Spec, engine: str) -> list[str]:
    """What an engine does not do as specified; nothing where all is well."""
    given, answers = _answers(engine, spec.group, spec.day, spec.assumptions)
    rule = rulebook(spec.group).rules[spec.id]
    answer = subject(rule, given[spec.id], answers, spec.subject)
    if spec.rule is not None:
        return compare(rule, answer, spec.then)
    if answer is None:
        return ["there is no answer"]
    name = f"{spec.id}.shown"
    found = _differs("proved", answer.steps[name], spec.then)
    expected = spec.then if spec.indicative is ... else spec.indicative
    return found + _differs("indicative", answer.indicative_steps[name], expected)


def _differs(reading: str, got: Value, wanted: Any) -> list[str]:
    expected = expected_value(wanted, got)
    return [] if got == expected else [f"{reading}: {got}, not {expected}"]


def expected_value(wanted: Any, like: Value) -> Value:
    if wanted == UNKNOWN:
        return Range(None, None) if isinstance(like, Range) else None
    if (
        isinstance(wanted, Decimal | int | date | Mapping)
        and not isinstance(wanted, bool)
        and not isinstance(like, Range)
    ):
        return Range(None, None)
    return as_value(wanted, like)


def refusal(spec: Spec) -> str:
    """The message with which the loader refuses a specification; empty where it does not."""
    try:
        load([spec])
    except RuleProblems as error:
        return str(error)
    return ""
