"""What is tried to find what would settle an answer: questions with answers put to them, and what came of each?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from lift.rulebook.answers import Question
from lift.rulebook.model import Fact
from lift.rulebook.nodes import Level

#: More people than this at one address: only the family's own facts are asked about.
LARGE_HOUSEHOLD = 8
#: A verdict is closed in upon where it turns by this many points at a time.
CLOSING_POINTS = 7


class Asked(NamedTuple):
    """A question about one unknown fact of one unit. `place`: of the fact among those the rule may ask about; `values`:
    those its answer is first tried at, by what is known of it (`ends`); `number`: how the engine that tries it numbers
    the unit.

    Values are whole numbers throughout the search (`as_number`): neighbours differ by one, and to reckon with fractions
    and dates takes many times as long."""

    level: Level
    key: str
    fact: Fact
    place: int
    values: tuple[int, ...]
    number: int = 0


Put = tuple[Asked, int, int]
"""A question, and between which values its answer lies."""


Context = tuple[Put, ...]
"""An answer to each question of `OpenAnswer.undecided`, in their order."""
Gap = tuple[int, int]
"""Two values of a number or date, and all that lies between them."""


class Trial(NamedTuple):
    """Some questions answered in the household of one open answer, by its number: those of `base`, which many trials
    share, but for `without`; and `put` besides, or in place of another answer to the same question."""

    answer: int
    base: tuple[Put, ...]
    put: Put | None = None
    without: Asked | None = None

    @property
    def puts(self) -> tuple[Put, ...]:
        """Every question with what is put as its answer."""
        gone = self.without or (self.put[0] if self.put else None)
        kept = tuple(put for put in self.base if put[0] is not gone)
        return kept if self.put is None else (*kept, self.put)


TryOut = Callable[[Sequence[Trial]], Sequence[str | None]]
"""What an engine does: the verdict of every trial, in order; `NOT_ASKED` where the rule no longer asks, which settles
it as well; None where it is still open."""


@dataclass(slots=True)
class Line:
    """One question asked where some others (`base`) have been answered, and the verdict at each value tried."""

    answer: int
    base: tuple[Put, ...]
    asked: Asked
    verdicts: dict[int, str | None] = field(default_factory=dict)
    alone: bool = False

    def put(self, low: int, high: int | None = None) -> Put:
        """The question with an answer, or with one between two values."""
        return (self.asked, low, low if high is None else high)

    def put_in_order(self) -> None:
        """Has the values tried stand from low to high: contexts take the first and the last."""
        self.verdicts = {value: self.verdicts[value] for value in sorted(self.verdicts)}

    @property
    def is_settled_so_far(self) -> bool:
        return None not in self.verdicts.values()

    @property
    def is_telling(self) -> bool:
        """Whether some answer settles the verdict."""
        return any(verdict is not None for verdict in self.verdicts.values())

    @property
    def open_values(self) -> list[int]:
        """The values, from low to high, at which the verdict stays open."""
        return [value for value, verdict in self.verdicts.items() if verdict is None]


@dataclass(slots=True)
class OpenAnswer:
    """One open answer, and what has been found out of it."""

    number: int
    lines: list[Line]
    undecided: list[int] = field(default_factory=list)
    """Lines that some answer leaves open."""
    settled_contexts: list[Context] = field(default_factory=list)
    open_contexts: list[Context] = field(default_factory=list)
    """Every question answered in some way: where that settles the verdict, and where even that leaves it open."""
    necessary: set[int] = field(default_factory=set)
    """Lines without which some answers to all the others leave it open."""
    telling: set[int] = field(default_factory=set)
    """Lines that make a difference."""
    together: tuple[int, ...] = ()

    def result(self) -> tuple[Question, ...]:
        alone = [i for i, line in enumerate(self.lines) if line.alone]
        chosen = alone or sorted(self.together) or sorted(self.telling)
        asked = [self.lines[i].asked for i in chosen]
        return tuple(Question(q.level, q.key, q.fact.name, bool(alone), bool(self.together)) for q in asked)


def has_two_ends(asked: Asked) -> bool:
    return len(asked.values) > 1 and asked.fact.type.kind != "code"


def untried(line: Line) -> list[int]:
    return [value for value in line.asked.values if value not in line.verdicts]


def gaps_of(line: Line, apart: Sequence[int] = ()) -> list[Gap]:
    """The ranges between neighbours with one verdict; those that touch are one, but for those that touch at `apart`."""
    found: list[Gap] = []
    for (low, before), (high, behind) in pairwise(line.verdicts.items()):
        if before == behind:
            touches = found and found[-1][1] == low and low not in apart
            start = found.pop()[0] if touches else low
            found.append((start, high))
    return [(low, high) for low, high in found if high - low > 1]


def closer(line: Line) -> list[int]:
    """Points between two neighbours with different verdicts."""
    found: list[int] = []
    for (low, before), (high, behind) in pairwise(line.verdicts.items()):
        if before != behind:
            places = {(high - low) * i // (CLOSING_POINTS + 1) for i in range(1, CLOSING_POINTS + 1)} - {0}
            found += [low + place for place in sorted(places)]
    return found
