"""What can go wrong, and with which exit code does the program say so?

Every error that a user can cause is a `LiftError`. Its message says where, what and what to do, in one breath,
and never carries a resident's data: file, line and column, not names, numbers or addresses.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


class LiftError(Exception):
    """A mistake the user can mend. `exit_code` tells an operator the cause without reading logs."""

    exit_code: ClassVar[int] = 1
    cause: ClassVar[str] = "something went wrong"


class UsageError(LiftError):
    exit_code = 2
    cause = "the command was not understood"


class RuleError(LiftError):
    exit_code = 10
    cause = "a rule file, facts.yaml or a formula is wrong"


class ExtractError(LiftError):
    exit_code = 11
    cause = "an extract cannot be read"


class SettingsError(LiftError):
    exit_code = 12
    cause = "council.toml or the workspace is wrong"


class ExampleError(LiftError):
    exit_code = 13
    cause = "a rule's example or trial failed"


class EngineError(LiftError):
    exit_code = 14
    cause = "the engine could not run the plan"


class DisclosureError(LiftError):
    exit_code = 15
    cause = "something was not shown or exported, to protect residents"


class FactError(LiftError):
    exit_code = 16
    cause = "the facts contradict each other or are outside their limits"


class NotFoundError(LiftError):
    exit_code = 17
    cause = "no such run, list, rule or reference"


class CoverageError(LiftError):
    exit_code = 18
    cause = "the day lies outside the years a rule covers"


class StorageError(LiftError):
    exit_code = 19
    cause = "a file or folder could not be read or written"


ALL_ERRORS: tuple[type[LiftError], ...] = (
    LiftError,
    UsageError,
    RuleError,
    ExtractError,
    SettingsError,
    ExampleError,
    EngineError,
    DisclosureError,
    FactError,
    NotFoundError,
    CoverageError,
    StorageError,
)


@dataclass(frozen=True)
class Place:
    """Where in a file: path as the user knows it, line and column from 1, and the text of that line."""

    path: str
    line: int
    column: int = 1
    text: str = ""
    width: int = 1

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


@dataclass(frozen=True)
class Problem:
    """One thing wrong at one place, with the fix."""

    place: Place
    what: str
    fix: str

    def __str__(self) -> str:
        lines = [f"{self.place}: {self.what}"]
        if self.place.text:
            lines += [f"    {line}" for line in _pointed(self.place)]
        lines.append(f"    Fix: {self.fix}")
        return "\n".join(lines)


_WIDEST = 110


def _pointed(place: Place) -> tuple[str, str]:
    """The line and the caret below it; of a long line only the part around the caret."""
    first = place.column - 1
    start = 0 if len(place.text) <= _WIDEST else max(0, min(first - _WIDEST // 2, len(place.text) - _WIDEST))
    text = place.text[start : start + _WIDEST].replace("\t", " ")
    before, after = ("…" if start else ""), ("…" if start + _WIDEST < len(place.text) else "")
    width = max(1, min(place.width, start + _WIDEST - first))
    return before + text + after, " " * (first - start + len(before)) + "^" * width


class RuleProblems(RuleError):
    """Everything wrong in the rule files, all at once, in file and line order."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(problems, key=lambda p: (p.place.path, p.place.line, p.place.column, p.what))
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        super().__init__("\n".join([*map(str, self.problems), f"{count} in the rule files."]))


def as_sentence(message: str) -> str:
    """An error's message, which goes on after `lift:`, where it begins a sentence of its own."""
    return message[:1].upper() + message[1:]
