"""How are mistakes in rule files collected, so that all are shown at once, each where it stands?"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from lift.errors import Place, Problem, RuleProblems
from lift.rulebook.located import Located
from lift.rulebook.nodes import Span
from lift.rulebook.scope import FormulaProblem

Shape = TypeVar("Shape", bound=BaseModel)


@dataclass
class Problems:
    """Everything found wrong so far."""

    found: list[Problem] = field(default_factory=list)

    def add(self, place: Place, what: str, fix: str) -> None:
        problem = Problem(place, what, fix)
        if problem not in self.found:
            self.found.append(problem)

    def add_formula(self, located: Located, path: Iterable[str | int], text: str, error: FormulaProblem) -> None:
        self.add(formula_place(located, tuple(path), text, error.at), error.what, error.fix)

    def raise_if_any(self) -> None:
        if self.found:
            raise RuleProblems(self.found)


def formula_place(located: Located, path: tuple[str | int, ...], text: str, at: Span) -> Place:
    """Where a span of a formula stands: a column of its line, or (over several lines) of the formula itself."""
    place = located.place(path)
    width = max(at.end - at.start, 1)
    if path in located.multiline or path not in located.places:
        return Place(place.path, place.line, at.start + 1, text, width)
    return Place(place.path, place.line, place.column + at.start, place.text, width)


def read_shape(shape: type[Shape], located: Located, value: Any, problems: Problems) -> Shape | None:
    """The value in its shape, or None with the problems added."""
    if not isinstance(value, dict):
        problems.add(Place(located.name, 1), "the file holds no keys", "see docs/rule-format.md for what belongs here")
        return None
    try:
        return shape.model_validate(value)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            _add_detail(shape, located, detail, problems)
        return None


def _add_detail(shape: type[BaseModel], located: Located, detail: Any, problems: Problems) -> None:
    path = _known_path(located, detail["loc"])
    last = str(detail["loc"][-1]) if detail["loc"] else ""
    kind = detail["type"]
    if kind == "extra_forbidden":
        near = difflib.get_close_matches(last, _keys_of(shape), n=1, cutoff=0.6)
        fix = f"did you mean {near[0]}?" if near else "take it out, or see docs/rule-format.md"
        problems.add(located.key_place(path), f"unknown key {last}", fix)
    elif kind == "missing":
        problems.add(located.key_place(path), f"{last} is missing", f"add {last}: (see docs/rule-format.md)")
    else:
        problems.add(located.place(path), f"{'.'.join(map(str, path))}: {str(detail['msg']).lower()}", "see docs/rule-format.md")


def _known_path(located: Located, loc: Iterable[Any]) -> tuple[str | int, ...]:
    path: tuple[str | int, ...] = ()
    for part in loc:
        step: str | int = part if isinstance(part, int) else str(part)
        if (*path, step) in located.places:
            path = (*path, step)
    return path


def _keys_of(shape: type[BaseModel]) -> list[str]:
    names = {f.alias or n for n, f in shape.model_fields.items()}
    return sorted(names | {"is", "unit", "cite", "why", "each", "note", "status", "source", "within", "assume", "round", "split_on"})
