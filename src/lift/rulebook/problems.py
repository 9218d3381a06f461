"""How are mistakes in rule files collected, so that all are shown at once, each where it stands?"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from lift.errors import Place, Problem, RuleProblems
from lift.rulebook.located import Located
from lift.rulebook.scope import FollowsProblem, FormulaProblem, nearest

Shape = TypeVar("Shape", bound=BaseModel)
Path_ = tuple[str | int, ...]

#: Sections of named entries: a broken entry is left out, and what rests on its name is not complained of again.
_ENTRIES = {
    "amounts": 2, "tables": 2, "steps": 2, "relations": 2, "standing_assumptions": 2, "facts": 3, "instruments": 2,
}  # fmt: skip
_MOST_ROUNDS = 5
_DATE_KEY = re.compile(r"datetime\.date\((\d+), (\d+), (\d+)\)")


@dataclass
class Problems:
    """Everything found wrong so far."""

    found: list[Problem] = field(default_factory=list)
    damaged: set[str] = field(default_factory=set)
    """Files of which some part is missing because it is wrong: nothing that rests on the whole is said of them."""

    def add(self, place: Place, what: str, fix: str) -> None:
        problem = Problem(place, what, fix)
        if problem not in self.found:
            self.found.append(problem)

    def add_formula(self, located: Located, path: Iterable[str | int], error: FormulaProblem) -> None:
        """A mistake in a formula, at its own characters. What only follows from another mistake is left out."""
        for one in (error, *error.others):
            if not isinstance(one, FollowsProblem):
                self.add(located.part(path, one.at.start, one.at.end), one.what, one.fix)

    def at(self, place: Place) -> bool:
        """Whether something is wrong at exactly this place already."""
        return any(problem.place == place for problem in self.found)

    def raise_if_any(self) -> None:
        if self.found:
            raise RuleProblems(self.found)


@dataclass(frozen=True)
class Read(Generic[Shape]):
    """A file's value in its shape, without the parts that were wrong, whose names are `broken`; `whole` if none was."""

    shape: Shape
    broken: frozenset[str] = frozenset()
    whole: bool = True


def read_shape(
    shape: type[Shape], located: Located, problems: Problems, stand_in: Mapping[str, Any] | None = None
) -> Read[Shape] | None:
    """The file's value in its shape. Parts that are wrong are added to the problems and left out; top-level keys that
    are wrong or missing take their `stand_in`. None where nothing can be made of the rest."""
    if not isinstance(located.value, dict) or not located.value:
        problems.add(Place(located.name, 1), "the file holds no keys", "see docs/rule-format.md for what belongs here")
        return None
    value, broken, gone = copy.copy(located.value), set[str](), set[str]()
    for number in range(_MOST_ROUNDS):
        try:
            return Read(shape.model_validate(value), frozenset(broken), whole=number == 0)
        except ValidationError as error:
            details = error.errors(include_url=False)
            paths = [_known_path(located, _owner(detail)) for detail in details]
            for path, detail in _one_each(paths, details, gone):
                _add_detail(shape, located, path, detail, problems)
            wrong = {_part(path, detail) for path, detail in zip(paths, details, strict=True)}
            gone |= {str(path[0]) for path in wrong if len(path) == 1}
            broken |= {str(path[-1]) for path in wrong if path and path[0] in _ENTRIES}
            value = _without(value, wrong, stand_in or {})
    return None


def _one_each(paths: list[Path_], details: list[Any], gone: set[str]) -> list[tuple[Path_, Any]]:
    """One complaint for each place, and none where a part of it has its own: a value that fits none of several types is
    complained of for each of them. What is missing because it was wrong is not missed."""
    seen: dict[Any, tuple[Path_, Any]] = {}
    for path, detail in zip(paths, details, strict=True):
        last = str(detail["loc"][-1])
        named = detail["type"] in ("missing", "extra_forbidden")
        below = any(len(other) > len(path) and other[: len(path)] == path for other in paths)
        if not (below and not named) and not (detail["type"] == "missing" and not path and last in gone):
            seen.setdefault((path, last) if named else path, (path, detail))
    return list(seen.values())


def _part(path: Path_, detail: Any) -> Path_:
    """The path of what must go: the key itself where it is unknown, else the entry or the top-level key it is in."""
    if detail["type"] == "extra_forbidden":
        return path
    if path and path[0] in _ENTRIES and len(path) >= _ENTRIES[str(path[0])]:
        return path[: _ENTRIES[str(path[0])]]
    if len(path) > 1 and isinstance(path[1], int):
        return path[:2]
    return path[:1] or (str(detail["loc"][0]),)


def _without(value: Any, wrong: set[Path_], stand_in: Mapping[str, Any]) -> Any:
    """The value without these parts; a list keeps its other items."""
    found = copy.copy(value)
    by_key: dict[Any, set[Path_]] = {}
    for path in wrong:
        by_key.setdefault(path[0], set()).add(path[1:])
    if isinstance(found, list):
        items = [
            _without(item, by_key[i], {}) if () not in by_key.get(i, {()}) else item for i, item in enumerate(found)
        ]
        return [item for i, item in enumerate(items) if () not in by_key.get(i, set())]
    for label, below in by_key.items():
        key = next((k for k in found if str(k) == str(label)), label)
        if () not in below and isinstance(found.get(key), dict | list):
            found[key] = _without(found[key], below, {})
        else:
            found.pop(key, None)
            if label in stand_in:
                found[key] = stand_in[label]
    return found


def _add_detail(shape: type[BaseModel], located: Located, path: Path_, detail: Any, problems: Problems) -> None:
    last = str(detail["loc"][-1]) if detail["loc"] else ""
    kind = detail["type"]
    place = located.key_place(path) if last == "[key]" else located.place(path)
    if kind == "extra_forbidden":
        near = nearest(last, _keys_of(shape, path[:-1]), "take it out, or see docs/rule-format.md")
        problems.add(located.key_place(path), f"unknown key {last}", near)
    elif kind == "missing" and last == "cite":
        problems.add(located.key_place(path), f"{path[-1]} has no citation", "add cite: with the provision it rests on")
    elif kind == "missing":
        owner = f"{_shown(path)}: " if path else ""
        problems.add(
            located.key_place(path), f"{owner}the key {last} is missing", f"add {last}: (see docs/rule-format.md)"
        )
    elif path[0] in _DATED and len(path) == 3 and path[-1] == "is":
        problems.add(place, f"{path[1]} gives no {_DATED[path[0]][0]}", _DATED[path[0]][1])
    elif not problems.at(place):
        what, fix = _mistake(detail)
        problems.add(place, f"{_shown(path)} {what}", fix)


_DATED: dict[str | int, tuple[str, str]] = {
    "amounts": ("value from a day on", "write is: {2026-04-06: 227.10}, from which day it has which value"),
    "tables": ("rows from a day on", "write is: {2026-04-06: [[key, value], …]}, from which day it has which rows"),
    "steps": ("formula", "write is: and a formula, or from which day which formula holds"),
}


def _shown(path: Path_) -> str:
    """A part's name as an officer would call it: the last key, with the item's number in a list."""
    names = [part for part in path if isinstance(part, str)]
    if not names:
        return "this"
    after = path[len(path) - path[::-1].index(names[-1]) :]
    return names[-1] + "".join(f"[{part}]" for part in after)


_PLAIN = {
    "string_type": ("is no text", "write a text, in quotes if it looks like a number, a date, true or false"),
    "dict_type": ("is no set of keys", "write it as key: value, one a line"),
    "list_type": ("is no list", "write it in square brackets, or one a line behind a dash"),
    "too_short": ("has too few entries", "see docs/rule-format.md for what belongs here"),
    "too_long": ("has too many entries", "see docs/rule-format.md for what belongs here"),
    "bool_type": ("is neither true nor false", "write true or false"),
    "bool_parsing": ("is neither true nor false", "write true or false"),
    "int_type": ("is no plain number", "write it like 1000 or 227.10"),
    "int_parsing": ("is no plain number", "write it like 1000 or 227.10"),
    "date_type": ("is no day", "write a day like 2026-04-06"),
    "date_from_datetime_parsing": ("is no day", "write a day like 2026-04-06"),
    "date_from_datetime_inexact": ("is no day", "write a day like 2026-04-06"),
    "date_parsing": ("is no day", "write a day like 2026-04-06"),
}


def _mistake(detail: Any) -> tuple[str, str]:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "literal_error":
        allowed = str(context["expected"]).replace("'", "")
        return f"is not {allowed}", f"write {allowed}"
    if kind in ("model_type", "model_attributes_type", "dataclass_type"):
        return "is no set of keys", "write it as key: value, one a line"
    if kind in ("less_than_equal", "greater_than_equal"):
        limit = f"at most {context['le']}" if "le" in context else f"at least {context['ge']}"
        return f"is not {limit}", f"write a number that is {limit}"
    return _PLAIN.get(kind, ("does not fit here", "see docs/rule-format.md for what belongs here"))


def _owner(detail: Any) -> tuple[Any, ...]:
    """What a complaint is about; for something missing, what it is missing from."""
    loc: tuple[Any, ...] = detail["loc"]
    return loc[:-1] if detail["type"] == "missing" else loc


def _known_path(located: Located, loc: Iterable[Any]) -> Path_:
    """The path of a complaint as far as the file has it; Pydantic names types and writes dates in its own way."""
    path: Path_ = ()
    for part in loc:
        day = _DATE_KEY.fullmatch(str(part))
        step = "{:04d}-{:02d}-{:02d}".format(*map(int, day.groups())) if day else part
        if (*path, step) in located.places:
            path = (*path, step)
    return path


def _keys_of(shape: type[BaseModel], path: Path_) -> list[str]:
    """The keys that may stand at a path: those of the shape itself, or of the entry named there."""
    names = {f.alias or n for n, f in shape.model_fields.items()}
    if not path:
        return sorted(names)
    inner = shape.model_fields.get(str(path[0]))
    models = _models(inner.annotation) if inner is not None else []
    return sorted({f.alias or n for model in models for n, f in model.model_fields.items()})


def _models(annotation: Any) -> list[type[BaseModel]]:
    """Every shape that an annotation holds, and those within them."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        below = [m for f in annotation.model_fields.values() for m in _models(f.annotation)]
        return [annotation, *below]
    return [m for part in getattr(annotation, "__args__", ()) for m in _models(part)]
