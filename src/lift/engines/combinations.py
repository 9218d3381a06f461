"""In which ways are all questions about an open answer tried at once, and which sets of them are worth trying?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import combinations, product
from math import comb, prod
from operator import getitem

from lift.engines.trials import Context, Line, OpenAnswer, Trial
from lift.rulebook.questions import is_within_bounds

#: So many ways to answer every question are tried; more where none of them, nor any answer alone, settles anything.
FIRST_CONTEXTS = 4
#: Sets of this many questions are looked for, or the set of all that are necessary, while no more than so many are to
#: be tried, and so many answers to all but one of them (fewer where that one is a number or date).
MOST_TOGETHER, MOST_SETS, MOST_ANSWERS, MOST_MEASURED = 3, 28, 32, 8


# ---- contexts: every question answered ----


def contexts_of(answer: OpenAnswer, digits: int, *, first: bool) -> list[Context]:
    """Ways to answer every question that leave it open alone, each once: first all low, all high, and by turns; then
    others, until each two questions about different facts are once answered low and high, and once high and low."""
    lines = [answer.lines[i] for i in answer.undecided]
    values = [_possible_values(line) for line in lines]
    two = [(False, len(mine) > 1) for mine in values]
    found: dict[tuple[bool, ...], int] = {}
    patterns = _patterns(tuple(line.asked.place for line in lines), digits)
    for number, highs in enumerate(patterns[:FIRST_CONTEXTS] if first else patterns):
        found.setdefault(tuple(map(getitem, two, highs)), number)
    # Contexts share what they put: there are many of them, and each engine reads it anew.
    puts = [(line.put(mine[0]), line.put(mine[-1])) for line, mine in zip(lines, values, strict=True)]
    return [
        tuple(map(getitem, puts, highs))
        for highs, number in found.items()
        if lines and first == (number < FIRST_CONTEXTS)
    ]


def _possible_values(line: Line) -> list[int]:
    """The values that leave it open alone; of a fact with proved bounds those that no answer beside can contradict,
    where there are any."""
    values = line.open_values
    if not line.asked.fact.proved_bounds:
        return values
    return [value for value in values if is_within_bounds(line.asked.fact, value)] or values


@lru_cache
def _patterns(places: Sequence[int], digits: int) -> list[list[bool]]:
    """Which questions are answered high: none; all; then by the digits of their places in base two, and the reverse."""
    found = [[False for _ in places], [True for _ in places]]
    for digit in range(digits):
        found.append([bool(place >> digit & 1) for place in places])
        found.append([not place >> digit & 1 for place in places])
    return found


def each_left_out(answer: OpenAnswer, context: Context) -> Iterator[tuple[int, Trial]]:
    """The context without each question of which it is not known yet that it is necessary, or, where the verdict can
    stay open, that it makes a difference."""
    known = not_to_try(answer)
    for place, i in enumerate(answer.undecided):
        if i not in known:
            yield i, Trial(answer.number, context, without=context[place][0])


def not_to_try(answer: OpenAnswer) -> set[int]:
    """Lines of which it is known already what to leave them out would tell."""
    return answer.telling if answer.open_contexts else answer.necessary


def each_turned(answer: OpenAnswer, context: Context) -> Iterator[tuple[int, Trial]]:
    """The context with another answer to each question of which it is not known yet that it makes a difference."""
    for place, i in enumerate(answer.undecided):
        if i not in answer.telling:
            line = answer.lines[i]
            for value in line.verdicts:
                if value != context[place][1] and is_within_bounds(line.asked.fact, value):
                    yield i, Trial(answer.number, context, line.put(value))


# ---- sets of questions ----


def sets_of(answer: OpenAnswer) -> Iterator[tuple[int, ...]]:
    """Sets of questions worth trying: all that are necessary, and few others that make a difference."""
    needed = tuple(sorted(answer.necessary))
    others = [i for i in sorted(answer.telling) if i not in answer.necessary]
    sizes = range(max(2, len(needed)), max(MOST_TOGETHER, len(needed)) + 1)
    for size in sizes:
        more = size - len(needed)
        if comb(len(others), more) > MOST_SETS:
            return
        for chosen in combinations(others, more):
            together = tuple(sorted((*needed, *chosen)))
            if _answers_to(answer, together) <= MOST_ANSWERS:
                yield together


def _measured_last(answer: OpenAnswer, together: Sequence[int]) -> tuple[list[int], int]:
    """The questions whose answers are gone through one by one, and the last, of which all answers are tried at once."""
    last = next((i for i in together if answer.lines[i].asked.fact.type.is_ranged), together[-1])
    return [i for i in together if i != last], last


def _answers_to(answer: OpenAnswer, together: Sequence[int]) -> int:
    """How many answers to all but one of the questions have to be tried."""
    first, last = _measured_last(answer, together)
    if any(answer.lines[i].asked.fact.type.is_ranged for i in first):
        return MOST_ANSWERS + 1
    # Of a number or date many values are tried for each of them.
    many = MOST_ANSWERS // MOST_MEASURED if answer.lines[last].asked.fact.type.is_ranged else 1
    return many * prod(len(answer.lines[i].open_values) for i in first)


def split_up(answer: OpenAnswer, together: Sequence[int]) -> list[Line]:
    """A line for each answer to all questions but one. (An answer that settles it alone needs no other question.)"""
    first, last = _measured_last(answer, together)
    values = [[answer.lines[i].put(value) for value in answer.lines[i].open_values] for i in first]
    return [Line(answer.number, base, answer.lines[last].asked) for base in product(*values)]


def price(answer: OpenAnswer, together: Sequence[int]) -> tuple[bool, int, int, Sequence[int]]:
    """Fewest first, then cheapest, then in the order of the questions; nothing found comes last."""
    return (not together, len(together), sum(answer.lines[i].asked.fact.cost for i in together), together)
