"""How far is a rule covered, one benefit year after the other?

A benefit year begins with the new rates, on the first Monday from 6 April on. A rule of council tax begins its years on
1 April, as its cover says.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from lift.rulebook.check import amounts_of, tables_of
from lift.rulebook.model import Amount, Cell, Rule, Rulebook

#: The first year that pages and their index show; arrears reach back no further.
FIRST_YEAR = 2023
_T = TypeVar("_T")


@dataclass(frozen=True)
class Year:
    """A benefit year: its first day, and the first day of the next."""

    begins: date
    ends: date

    @property
    def title(self) -> str:
        """2026-27."""
        return f"{self.begins.year}-{(self.begins.year + 1) % 100:02d}"


@dataclass(frozen=True)
class Coverage:
    """What a rule has for a year that it covers. Counts are of figures; a table is one, and weak if any row is."""

    year: Year
    begins: date
    ends: date
    """The first and last covered day in the year."""
    figures: int
    unknown: int
    """Without a figure, or with one that holds no longer."""
    weak: int
    single_source: int
    examples: int


def years_of(rule: Rule, until: int | None = None) -> list[Year]:
    """The years from FIRST_YEAR on to that of the rule's last day, or to the one that begins in `until`."""
    found: list[Year] = []
    first = FIRST_YEAR
    while (first <= until) if until is not None else (_start(rule, first) <= rule.covers[1]):
        found.append(Year(_start(rule, first), _start(rule, first + 1)))
        first += 1
    return found


def _start(rule: Rule, year: int) -> date:
    if (rule.covers[0].month, rule.covers[0].day) == (4, 1):
        return date(year, 4, 1)
    sixth = date(year, 4, 6)
    return sixth + timedelta(days=-sixth.weekday() % 7)


def coverage(book: Rulebook, rule: Rule, year: Year) -> Coverage | None:
    """None for a year of which the rule says nothing."""
    begins, ends = max(rule.covers[0], year.begins), min(rule.covers[1], year.ends - timedelta(days=1))
    if begins > ends:
        return None
    cells = [[cell for _, cell in held] for held in (held_in(a.versions, year) for a in amounts_of(rule, book))]
    late = [amount.covers_to is not None and amount.covers_to < begins for amount in amounts_of(rule, book)]
    tables = [[cell for _, rows in held_in(t.versions, year) for _, cell in rows] for t in tables_of(rule, book)]
    states = [_state(one, late=expired) for one, expired in zip(cells, late, strict=True)]
    states += [_state_of_table(one) for one in tables]
    examples = sum(year.begins <= example.day < year.ends for example in rule.examples)
    unknown, weak, single = (states.count(state) for state in ("unknown", "weak", "single_source"))
    return Coverage(year, begins, ends, len(states), unknown, weak, single, examples)


def _state(cells: Sequence[Cell], *, late: bool) -> str:
    if late or not cells or any(cell.value is None for cell in cells):
        return "unknown"
    if any(cell.is_weak for cell in cells):
        return "weak"
    return "single_source" if any(cell.status == "single_source" for cell in cells) else "known"


def _state_of_table(cells: Sequence[Cell]) -> str:
    """Without a figure only where no row has one."""
    if all(cell.value is None for cell in cells):
        return "unknown"
    return "weak" if any(cell.is_weak for cell in cells) else _state(cells, late=False)


def held_in(versions: Iterable[tuple[date, _T]], year: Year) -> list[tuple[date, _T]]:
    """The version in force when the year begins, and those that begin in it. What begins on or after the next 1 April
    belongs to the next year: benefits and council tax change some days apart."""
    found = list(versions)
    last = date(year.ends.year, 4, 1)
    return [v for v in found if v[0] <= year.begins][-1:] + [v for v in found if year.begins < v[0] < last]


def before(versions: Iterable[tuple[date, _T]], year: Year) -> list[tuple[date, _T]]:
    """What was in force before a year, and is no more when it begins."""
    found = [v for v in versions if v[0] <= year.begins]
    return found[:-1]


def is_known_in(amount: Amount, year: Year) -> bool:
    """Whether the amount's figures reach into the year."""
    return amount.covers_to is None or amount.covers_to >= year.begins
