"""How does one entry under `steps:` become a step with checked formulas?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

from lift.rulebook.dimensions import described, parse_unit
from lift.rulebook.expressions import parse_formula
from lift.rulebook.figures import UNITS, no_such, read_value, some_such
from lift.rulebook.located import Located, Source
from lift.rulebook.model import Formula, Special, Step
from lift.rulebook.nodes import Choose, Constant, FactRef, Node, Span, StepRef, Type, walk
from lift.rulebook.problems import Path_, Problems
from lift.rulebook.scope import FIXED_DAYS, FormulaProblem, Scope, nearest
from lift.rulebook.shape import RuleShape, SharedShape, StepShape

RESERVED = ("who", "eligible", "possible_when", "already", "advice_first")
#: Where a formula that could not be read stands, so that nothing more is said of it.
_BROKEN = Span(-1, -1)
_REASON = "add why: a sentence that the list can show"


def assemble_steps(
    shape: RuleShape | SharedShape, located: Located, scope: Scope, problems: Problems
) -> dict[str, Step]:
    """The steps of a file by full name."""
    found: dict[str, Step] = {}
    for name, entry in shape.steps.items():
        if name in RESERVED or name.startswith(("worth_", "evidence_")):
            problems.add(located.key_place(("steps", name)), f"{name} is a name the answers use", "choose another name")
            continue
        level = entry.each or shape.each
        maker = StepMaker(located, scope.at(level), problems, ("steps", name), shape.in_force_on)
        found[f"{shape.id}.{name}"] = maker.step(f"{shape.id}.{name}", entry)
    return found


@dataclass(frozen=True)
class StepMaker:
    """Makes one step; a formula that cannot be read becomes a constant, so that the other mistakes still show."""

    located: Located
    scope: Scope
    problems: Problems
    path: Path_
    default_day: str

    def step(self, full_name: str, entry: StepShape) -> Step:
        kind = self._type(entry)
        self._check_head(entry)
        texts = entry.formula if isinstance(entry.formula, dict) else {None: entry.formula}
        in_order = sorted(texts.items(), key=lambda entry: entry[0] or date.min)
        formulas = tuple(self._formula(day, text, kind) for day, text in in_order)
        day = entry.in_force_on or self.default_day
        default_round = "penny" if kind.is_money else "none"
        return Step(
            name=full_name,
            level=self.scope.level,
            type=kind,
            formulas=formulas,
            cite=entry.cite,
            why=entry.why or "",
            day=day,
            day_node=self._day_node(day) if None not in texts else None,
            rounding=entry.round or default_round,  # type: ignore[arg-type]  # one of the four words
            within=self._within(entry, kind),
            split_on=self._split_on(entry, formulas),
            assume=self._assume(entry, kind),
            place=self.located.key_place(self.path),
        )

    def _type(self, entry: StepShape) -> Type:
        kind = parse_unit(entry.unit)
        if kind is None:
            self.problems.add(self.located.place((*self.path, "unit")), f"{entry.unit} is no unit", UNITS)
            return Type("number")
        if kind.kind == "code" and not entry.codes:
            self.problems.add(self.located.key_place(self.path), f"{self.path[-1]} has no codes", "add codes: [a, b]")
        return Type("code", None, tuple(entry.codes or ())) if kind.kind == "code" else kind

    def _check_head(self, entry: StepShape) -> None:
        name = self.path[-1]
        if not entry.cite.strip():
            place = self.located.key_place(self.path)
            self.problems.add(place, f"{name} has no citation", "add cite: with the provision it rests on")
        for before, after in pairwise(entry.formula if isinstance(entry.formula, dict) else ()):
            if after < before:
                place = self.located.key_place((*self.path, "is", str(after)))
                self.problems.add(place, f"the dates of {name} are out of order", "put the earliest first")

    def _formula(self, day: date | None, text: str, kind: Type) -> Formula:
        path = (*self.path, "is") if day is None else (*self.path, "is", str(day))
        node = self.node(text, path, kind)
        return Formula(day, node, " ".join(text.split()), self.located.place(path), Source(self.located, path))

    def node(self, text: str, path: Path_, kind: Type) -> Node:
        """The tree of a text that should have this type."""
        try:
            found = parse_formula(text, self.scope)
            if self.path[-1] not in self.scope.broken.names:
                _check_type(found, kind)
        except FormulaProblem as error:
            self.problems.add_formula(self.located, path, error)
            return Constant(kind, _BROKEN, Fraction(0))
        return found

    def _day_node(self, day: str) -> Node | None:
        if day in FIXED_DAYS:
            return None
        own = (*self.path, "in_force_on")
        path: Path_ = own if own in self.located.places else ("in_force_on",)
        try:
            return self.scope.day_node(day, str(self.path[-1]), Span(0, len(day)))
        except FormulaProblem as error:
            self.problems.add_formula(self.located, path, error)
            return None

    def _within(self, entry: StepShape, kind: Type) -> tuple[Node | None, Node | None] | None:
        if entry.within is None:
            return None
        place = self.located.place((*self.path, "within"))
        if not kind.is_ranged:
            self.problems.add(place, f"a {kind.kind} has no low and high", "take within: out")
            return None
        low, high = (self._end(raw, index, kind) for index, raw in enumerate(entry.within))
        if isinstance(low, Constant) and isinstance(high, Constant) and low.value > high.value:  # type: ignore[operator]
            self.problems.add(place, "within has its low above its high", "write within: [low, high]")
        return low, high

    def _end(self, raw: Any, index: int, kind: Type) -> Node | None:
        if raw is None:
            return None
        if isinstance(raw, int | Decimal) and kind.kind == "number":
            return Constant(kind, Span(), Fraction(str(raw)))
        return self.node(str(raw), (*self.path, "within", index), kind)

    def _split_on(self, entry: StepShape, formulas: tuple[Formula, ...]) -> tuple[Node, ...]:
        read = {(n.level, n.name) for f in formulas for n in walk(f.node) if isinstance(n, FactRef | StepRef)}
        found: list[Node] = []
        for index, name in enumerate(entry.split_on):
            path = (*self.path, "split_on", index)
            prefix, _, last = name.rpartition(".")
            try:
                node = self.scope.name(prefix or None, last, Span(0, len(name)))
            except FormulaProblem as error:
                self.problems.add_formula(self.located, path, error)
                continue
            if node.type.kind != "flag" or not isinstance(node, FactRef | StepRef):
                what = f"split_on takes flags, {name} is {described(node.type)}"
                self.problems.add(self.located.place(path), what, "name flag facts or flag steps")
            elif (node.level, node.name) not in read and not any(f.node.at == _BROKEN for f in formulas):
                what = f"the formula does not read {name}, so there is nothing to split"
                self.problems.add(self.located.place(path), what, "name a flag that the formula itself reads")
            found.append(node)
        return tuple(found)

    def _assume(self, entry: StepShape, kind: Type) -> Any:
        if entry.assume is None:
            return None
        value = read_value(entry.assume, kind)
        place = self.located.place((*self.path, "assume"))
        if value is None or isinstance(value, Special):
            self.problems.add(place, f"the assumed value is {no_such(kind)}", f"assume {some_such(kind)}")
        if not (entry.why or "").strip():
            self.problems.add(place, "an assumption stands here without a reason", _REASON)
        return value


def _check_type(node: Node, kind: Type) -> None:
    fits = node.type.kind == kind.kind
    if fits and kind.kind == "number":
        bare = node.type.unit is None
        zero = isinstance(node, Constant) and node.value == 0
        fits = node.type.unit == kind.unit or (bare and (zero or not kind.is_money))
    if not fits:
        fix = "change the unit, or convert by a named conversion such as MONTH_TO_WEEK_12_52"
        if kind.kind != "number" or node.type.kind != "number":
            fix = "compare it with something" if kind.kind == "flag" else "change the unit, or the formula"
        raise FormulaProblem(f"this is {described(node.type)}, and {described(kind)} is needed", fix, node.at)
    for code in _codes(node) if kind.codes else ():
        if code.value not in kind.codes:
            listed = ", ".join(kind.codes)
            fix = nearest(str(code.value), kind.codes, f"use one of {listed}")
            raise FormulaProblem(f"'{code.value}' is not among the codes {listed}", fix, code.at)


def _codes(node: Node) -> list[Constant]:
    """The literals that a formula may come out as."""
    if isinstance(node, Choose):
        return [found for value in (*[v for _, v in node.branches], node.otherwise) for found in _codes(value)]
    return [node] if isinstance(node, Constant) else []
