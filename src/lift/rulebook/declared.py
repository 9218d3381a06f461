"""Which names may a rule file use, and does each of them mean one thing?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lift.rulebook.dimensions import parse_unit
from lift.rulebook.figures import amount_head
from lift.rulebook.located import Located
from lift.rulebook.model import Amount, Table
from lift.rulebook.names import check_name
from lift.rulebook.nodes import Level, Span, Type
from lift.rulebook.problems import Problems
from lift.rulebook.scope import FIXED_DAYS, AmountHead, Broken, Scope, StepHead, TableHead
from lift.rulebook.shape import RuleShape, SharedShape, StepShape
from lift.rulebook.tables import table_head


@dataclass
class RuleFile:
    """One rule or shared file on its way to becoming steps. `broken` are names whose entries are wrong; `whole` is
    False where some part had to be left out."""

    located: Located
    shape: RuleShape | SharedShape
    path: Path
    broken: set[str]
    whole: bool
    amounts: dict[str, Amount] = field(default_factory=dict)
    tables: dict[str, Table] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.shape.id


def step_type(step: StepShape) -> Type:
    """The type a step declares; a plain number where that cannot be read (`steps.py` says so)."""
    kind = parse_unit(step.unit) or Type("number")
    return Type("code", None, tuple(step.codes or ())) if kind.kind == "code" else kind


def steps_without_type(steps: Mapping[str, StepShape]) -> set[str]:
    """Steps whose unit cannot be read, or that have no codes to choose from; `steps.py` says so."""
    return {name for name, s in steps.items() if parse_unit(s.unit) is None or (s.unit == "code" and not s.codes)}


def scope_of(file: RuleFile, used: list[RuleFile], base: Scope, rules: Mapping[str, RuleShape]) -> Scope:
    """The scope of a file's formulas: its own names and those of the shared files it uses."""
    steps: dict[str, StepHead] = {}
    amounts: dict[str, AmountHead] = {}
    tables: dict[str, TableHead] = {}
    for source in [*used, file]:
        for name, step in source.shape.steps.items():
            level: Level = step.each or source.shape.each
            steps[name] = StepHead(f"{source.id}.{name}", level, step_type(step))
        amounts |= {name: amount_head(amount) for name, amount in source.amounts.items()}
        tables |= {name: table_head(name, table) for name, table in source.tables.items()}
    broken = base.broken.names | {name for f in [*used, file] for name in f.broken}
    return Scope(
        level=file.shape.each,
        facts=base.facts,
        relations=base.relations,
        steps=steps,
        amounts=amounts,
        tables=tables,
        rule_levels={name: shape.each for name, shape in rules.items()},
        rule_steps=base.rule_steps,
        without_already=frozenset(name for name, shape in rules.items() if shape.already is None),
        broken=Broken(frozenset(broken), every=len({f.id for f in used} & set(file.shape.uses)) < len(file.shape.uses)),
    )


def steps_of_rules(rules: Mapping[str, RuleShape]) -> dict[tuple[str, str], StepHead]:
    """The steps of every rule, by rule and name."""
    return {
        (rule, name): StepHead(f"{rule}.{name}", step.each or shape.each, step_type(step))
        for rule, shape in rules.items()
        for name, step in shape.steps.items()
    }


def check_names(file: RuleFile, used: list[RuleFile], base: Scope, problems: Problems) -> None:
    """A name means one thing in a file: no two declarations, and none that hides a fact."""
    taken = {name for source in used for entries in _sections(source).values() for name in entries}
    for section, entries in _sections(file).items():
        for name, entry in entries.items():
            place = file.located.key_place((section, name))
            check_name(name, place, problems)
            level = (entry.each or file.shape.each) if isinstance(entry, StepShape) else None
            hidden = [lv for lv, fact in base.facts if fact == name and level in (None, lv)]
            if name in taken:
                problems.add(place, f"the name {name} is already taken", "choose another name")
            elif hidden:
                problems.add(place, f"{name} is the name of a fact of each {hidden[0]}", "choose another name")
            taken.add(name)


def _sections(file: RuleFile) -> dict[str, Mapping[str, Any]]:
    return {"steps": file.shape.steps, "amounts": file.shape.amounts, "tables": file.shape.tables}


def check_days(file: RuleFile, scope: Scope, problems: Problems) -> None:
    """Adds the amounts and tables that are in force by a day which nobody declares, and remembers them as broken."""
    dates = scope.dates()
    sections: dict[str, Mapping[str, Amount | Table]] = {"amounts": file.amounts, "tables": file.tables}
    for section, figures in sections.items():
        for name, figure in figures.items():
            day = figure.day.rpartition(".")[2]
            if day not in FIXED_DAYS and day not in dates and day not in scope.broken:
                own = (section, name, "in_force_on")
                place = file.located.place(own if own in file.located.places else ("in_force_on",))
                problem = scope.no_day(figure.day, Span())
                problems.add(place, problem.what, problem.fix)
                file.broken.add(name)
