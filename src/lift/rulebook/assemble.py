"""How do the texts of one rule file become steps and answers with checked formulas?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from lift.rulebook.dimensions import FLAG, parse_unit
from lift.rulebook.expressions import parse_formula
from lift.rulebook.figures import read_value
from lift.rulebook.located import Located
from lift.rulebook.model import Evidence, Example, Formula, Rule, Special, Step
from lift.rulebook.nodes import Constant, FactRef, Node, Span, StepRef, Type
from lift.rulebook.problems import Problems
from lift.rulebook.scope import FormulaProblem, Scope
from lift.rulebook.shape import RuleShape, SharedShape, StepShape

#: The worth's parts that are money, with their units, in the order the first counts.
WORTH_UNITS = {"weekly": "GBP/week", "monthly": "GBP/month", "yearly": "GBP/year", "one_off": "GBP", "arrears": "GBP"}
_RESERVED = ("who", "eligible", "possible_when", "already", "advice_first")
_FIXED_DAYS = ("run_day", "benefit_week")


def assemble_steps(shape: RuleShape | SharedShape, located: Located, scope: Scope, problems: Problems) -> dict[str, Step]:
    """The steps of a file by full name."""
    found: dict[str, Step] = {}
    for name, entry in shape.steps.items():
        if name in _RESERVED or name.startswith(("worth_", "evidence_")):
            problems.add(located.key_place(("steps", name)), f"{name} is a name the answers use", "choose another name")
            continue
        level = entry.each or shape.each
        maker = _StepMaker(located, scope.at(level), problems, ("steps", name), shape.in_force_on)
        found[f"{shape.id}.{name}"] = maker.step(f"{shape.id}.{name}", entry)
    return found


class _StepMaker:
    """Makes one step; a formula that cannot be read becomes a constant, so that the other mistakes still show."""

    def __init__(self, located: Located, scope: Scope, problems: Problems, path: tuple[str, ...], default_day: str) -> None:
        self.located, self.scope, self.problems, self.path, self.default_day = located, scope, problems, path, default_day

    def step(self, full_name: str, entry: StepShape) -> Step:
        kind = self._type(entry)
        if not entry.cite.strip():
            self.problems.add(self.located.key_place(self.path), "the step has no citation", "give cite: the provision")
        texts = entry.formula if isinstance(entry.formula, dict) else {None: entry.formula}
        if list(texts) != sorted(texts, key=lambda d: d or date.min):
            self.problems.add(self.located.place((*self.path, "is")), "the dates are out of order", "put the earliest first")
        formulas = tuple(self._formula(day, text, kind) for day, text in texts.items())
        day = entry.in_force_on or self.default_day
        dated = None not in texts
        default_round = "penny" if kind.unit is not None and kind.unit.is_money else "none"
        return Step(
            name=full_name,
            level=self.scope.level,
            type=kind,
            formulas=formulas,
            cite=entry.cite,
            why=entry.why or "",
            day=day,
            day_node=self._day_node(day) if dated else None,
            rounding=entry.round or default_round,  # type: ignore[arg-type]  # one of the four words
            within=self._within(entry, kind),
            split_on=self._split_on(entry),
            assume=self._assume(entry, kind),
            place=self.located.key_place(self.path),
        )

    def _type(self, entry: StepShape) -> Type:
        kind = parse_unit(entry.unit)
        if kind is None:
            self.problems.add(self.located.place((*self.path, "unit")), f"{entry.unit} is no unit", "write GBP/week, count, flag, date, code …")
            return Type("number")
        return Type("code", None, tuple(entry.codes or ())) if kind.kind == "code" else kind

    def _formula(self, day: date | None, text: str, kind: Type) -> Formula:
        path = (*self.path, "is") if day is None else (*self.path, "is", str(day))
        node = self.node(text, path, kind)
        return Formula(day, node, " ".join(text.split()), self.located.place(path))

    def node(self, text: str, path: tuple[str | int, ...], kind: Type) -> Node:
        """The tree of a text that should have this type."""
        try:
            found = parse_formula(text, self.scope)
            _check_type(found, kind)
        except FormulaProblem as error:
            self.problems.add_formula(self.located, path, text, error)
            return Constant(kind, Span(), Fraction(0))
        return found

    def _day_node(self, day: str) -> Node | None:
        if day in _FIXED_DAYS:
            return None
        try:
            return self.scope.day_node(day, Span(0, len(day)))
        except FormulaProblem as error:
            self.problems.add(self.located.place((*self.path, "in_force_on")), error.what, error.fix)
            return None

    def _within(self, entry: StepShape, kind: Type) -> tuple[Node | None, Node | None] | None:
        if entry.within is None:
            return None
        ends = [self._end(raw, index, kind) for index, raw in enumerate(entry.within)]
        return ends[0], ends[1]

    def _end(self, raw: Any, index: int, kind: Type) -> Node | None:
        if raw is None:
            return None
        if isinstance(raw, int | Decimal):
            return Constant(kind, Span(), Fraction(str(raw)))
        return self.node(str(raw), (*self.path, "within", index), kind)

    def _split_on(self, entry: StepShape) -> tuple[Node, ...]:
        found: list[Node] = []
        for index, name in enumerate(entry.split_on):
            place = self.located.place((*self.path, "split_on", index))
            prefix, _, last = name.rpartition(".")
            try:
                node = self.scope.name(prefix or None, last, Span(0, len(name)))
            except FormulaProblem as error:
                self.problems.add(place, error.what, error.fix)
                continue
            if node.type.kind != "flag" or not isinstance(node, FactRef | StepRef):
                self.problems.add(place, f"split_on takes flags, {name} is a {node.type}", "name flag facts or flag steps")
            found.append(node)
        return tuple(found)

    def _assume(self, entry: StepShape, kind: Type) -> Any:
        if entry.assume is None:
            return None
        value = read_value(entry.assume, kind)
        place = self.located.place((*self.path, "assume"))
        if value is None or isinstance(value, Special):
            self.problems.add(place, f"the assumed value is no {kind}", f"assume a {kind}")
        if not entry.why:
            self.problems.add(place, "an assumption without a reason", "add why: a sentence the list can show")
        return value


def _check_type(node: Node, kind: Type) -> None:
    fits = node.type.kind == kind.kind
    if fits and kind.kind == "number":
        bare = node.type.unit is None
        zero = isinstance(node, Constant) and node.value == 0
        fits = node.type.unit == kind.unit or (bare and (zero or not (kind.unit and kind.unit.is_money)))
    if not fits:
        raise FormulaProblem(f"this is a {node.type}, the step is a {kind}", "change the unit, or convert by a named conversion", node.at)


def assemble_rule(
    shape: RuleShape, located: Located, scope: Scope, shared: Sequence[str], file_hash: str, problems: Problems
) -> tuple[Rule, dict[str, Step]]:
    """The rule and the steps of its answers, under their reserved names."""
    texts = _answer_texts(shape)
    steps: dict[str, Step] = {}
    for name, (text, path, unit) in texts.items():
        steps[f"{shape.id}.{name}"] = _answer_step(shape, located, scope, problems, name, text, path, unit)
    worth = tuple(part for part in WORTH_UNITS if f"worth_{part}" in texts)
    rule = Rule(
        id=shape.id,
        name=shape.name,
        kind=shape.kind,
        level=shape.each,
        law=shape.law,
        reviewed_on=shape.reviewed.date,
        reviewed_by=shape.reviewed.by,
        public_funds=shape.public_funds,
        covers=(shape.covers[0], shape.covers[1]),
        uses=tuple(shape.uses),
        step_names=(*shared, *[f"{shape.id}.{name}" for name in shape.steps]),
        answers={name: f"{shape.id}.{name}" for name in texts},
        worth=(*worth, *(["in_kind"] if shape.worth.in_kind else [])),
        worth_to=shape.worth.to,
        in_kind=shape.worth.in_kind or "",
        evidence=tuple(Evidence(f"{shape.id}.evidence_{i}", e.strength, e.why) for i, e in enumerate(shape.evidence, 1)),
        seen_in=tuple(shape.seen_in),
        opens=tuple(shape.opens),
        if_awarded=_if_awarded(shape.if_awarded),
        outreach=dict(shape.outreach),
        examples=tuple(_example(shape, located, index) for index in range(len(shape.examples))),
        hash=file_hash,
        place=located.place(()),
    )
    return rule, steps



def _answer_texts(shape: RuleShape) -> dict[str, tuple[str, tuple[str | int, ...], str]]:
    """Reserved name to formula, where it stands, and its unit."""
    texts: dict[str, tuple[str, tuple[str | int, ...], str]] = {}
    for name in _RESERVED:
        text = getattr(shape, name)
        if text is not None:
            texts[name] = (text, (name,), "flag")
    for part, unit in WORTH_UNITS.items():
        text = getattr(shape.worth, part)
        if text is not None:
            texts[f"worth_{part}"] = (text, ("worth", part), unit)
    first = next((unit for part, unit in WORTH_UNITS.items() if f"worth_{part}" in texts), "GBP/week")
    if shape.worth.at_least is not None:
        texts["worth_at_least"] = (shape.worth.at_least, ("worth", "at_least"), first)
    if shape.worth.yearly_value is not None:
        texts["worth_in_kind_yearly"] = (shape.worth.yearly_value, ("worth", "yearly_value"), "GBP/year")
    for index, evidence in enumerate(shape.evidence):
        texts[f"evidence_{index + 1}"] = (evidence.when, ("evidence", index, "when"), "flag")
    return texts


def _answer_step(
    shape: RuleShape, located: Located, scope: Scope, problems: Problems, name: str, text: str, path: Any, unit: str
) -> Step:
    kind = FLAG if unit == "flag" else parse_unit(unit)
    assert kind is not None
    maker = _StepMaker(located, scope, problems, path, shape.in_force_on)
    node = maker.node(text, path, kind)
    formula = Formula(None, node, " ".join(text.split()), located.place(path))
    rounding = "none" if unit == "flag" else "penny"
    return Step(
        f"{shape.id}.{name}", shape.each, kind, (formula,), shape.law, "", "run_day", None, rounding, None, (), None, located.place(path)  # type: ignore[arg-type]
    )


def _if_awarded(entries: Mapping[str, Any]) -> dict[str, Any]:
    return {n: Fraction(str(v)) if isinstance(v, int | Decimal) and not isinstance(v, bool) else v for n, v in entries.items()}


def _example(shape: RuleShape, located: Located, index: int) -> Example:
    entry = shape.examples[index]
    place = located.place(("examples", index))
    return Example(entry.name, entry.source or "", entry.date, entry.base, entry.subject, entry.given, entry.then, place)
