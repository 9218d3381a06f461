"""Which questions would settle a possible verdict? (One search for every engine; each tries answers out its own way.)

Answers are tried, not derived: what a trial finds settled is settled whatever else is unknown, for the engine works in
ranges. So a claim of this module holds for every value that an answer may have, and never rests on a sample of them:

* **alone**: the verdict is settled at every value tried, and over the whole range between each two of them;
* **together**: no question does alone, and these do, whatever each answer is; none of them can be left out;
* **in part**: no few questions do. Each of these makes a difference: there is a household, like this one in everything
  known, in which the answer settles what would otherwise stay open.

docs/decisions/0004-questions.md says why, and what is not found.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import combinations, pairwise, product
from math import comb, prod
from operator import getitem
from types import MappingProxyType
from typing import NamedTuple

from lift.rulebook.answers import Question
from lift.rulebook.model import Fact, Rule, Rulebook
from lift.rulebook.nodes import Level
from lift.rulebook.questions import askable, conditions_of_bounds, is_within_bounds, turning_points

#: More people than this at one address: only the family's own facts are asked about.
LARGE_HOUSEHOLD = 8
#: A verdict is closed in upon where it turns, by this many points at a time, and at most so often.
CLOSING_POINTS, CLOSING_ROUNDS = 7, 12
#: So many ways to answer every question are tried; more where none of them, nor any answer alone, settles anything.
FIRST_CONTEXTS = 4
#: Of so many answers each question is tried by itself, and tells which are worth it for the others; those that made no
#: difference are tried all at once.
SAMPLE = 250
#: Sets of this many questions are looked for, or the set of all that are necessary, while no more than so many are to
#: be tried, and so many answers to all but one of them (fewer where that one is a number or date).
MOST_TOGETHER, MOST_SETS, MOST_ANSWERS, MOST_MEASURED = 3, 28, 32, 8


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
"""An answer to each question of `_Answer.undecided`, in their order."""
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


def search(book: Rulebook, rule: Rule, asked: Sequence[Sequence[Asked]], try_out: TryOut) -> list[tuple[Question, ...]]:
    """For each open answer of a rule, given what could be asked about it in order of cost, what to ask."""
    tries = _Tries(book, rule, try_out)
    answers = [_Answer(i, [_Line(i, (), one) for one in questions]) for i, questions in enumerate(asked)]
    tries.leave_out(answers)
    tries.ask([line for answer in answers for line in answer.lines])
    open_ones = [answer for answer in answers if not any(line.alone for line in answer.lines)]
    for answer in open_ones:
        answer.undecided = [i for i, line in enumerate(answer.lines) if not line.is_settled_so_far]
        answer.telling = {i for i, line in enumerate(answer.lines) if line.is_telling}
    tries.go_through(open_ones)
    tries.put_together([answer for answer in open_ones if not answer.open_contexts])
    return [answer.result() for answer in answers]


@dataclass(slots=True)
class _Line:
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
class _Answer:
    """One open answer, and what has been found out of it."""

    number: int
    lines: list[_Line]
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


class _Tries:
    """The rounds of the search. Each asks the engine once, for all open answers together."""

    def __init__(self, book: Rulebook, rule: Rule, try_out: TryOut) -> None:
        self.book, self.rule, self.try_out = book, rule, try_out
        self.turning: dict[int, tuple[int, ...]] = {}
        self.conditions = {(fact.level, fact.name) for fact in conditions_of_bounds(book, rule)}
        self.conditions |= {(assumption.level, name) for name, assumption in book.assumptions.items()}

    def _try(self, wanted: Iterable[tuple[_Line, Iterable[int]]]) -> None:
        """Tries values of questions, and keeps what comes out in order of the values."""
        pairs = [(line, value) for line, values in wanted for value in values]
        if not pairs:
            return
        trials = [Trial(line.answer, line.base, line.put(value)) for line, value in pairs]
        changed = {}
        for (line, value), verdict in zip(pairs, self.try_out(trials), strict=True):
            line.verdicts[value] = verdict
            changed[id(line)] = line
        for line in changed.values():
            line.put_in_order()

    # ---- one question alone ----

    def leave_out(self, answers: Sequence[_Answer]) -> None:
        """Of questions with two values to try: where all of them answered low leave the verdict open, so does each
        answered low alone, and need not be tried; and likewise high. (What is settled by one answer stays settled when
        more is known, unless an answer contradicts something: such questions take no part.)"""
        wanted: list[tuple[list[_Line], int]] = []
        for answer in answers:
            lines = [line for line in answer.lines if _has_two_ends(line.asked) and self._is_free(line.asked)]
            if len(lines) > 1:
                wanted += [(lines, 0), (lines, -1)]
        settled = self._all_at_once(wanted)
        sample, others = settled[:SAMPLE], settled[SAMPLE:]
        if len(others) <= SAMPLE:
            return
        self._try((line, (line.asked.values[end],)) for lines, end in sample for line in lines)
        decisive = {
            (line.asked.place, end) for lines, end in sample for line in lines
            if line.verdicts[line.asked.values[end]] is not None
        }  # fmt: skip
        fewer = [([one for one in lines if (one.asked.place, end) not in decisive], end) for lines, end in others]
        pairs = zip(others, fewer, strict=True)
        worth_it = [left for (lines, _), left in pairs if 1 < len(left[0]) < len(lines)]
        if len(worth_it) > SAMPLE:
            self._all_at_once(worth_it)

    def _all_at_once(self, wanted: Sequence[tuple[list[_Line], int]]) -> list[tuple[list[_Line], int]]:
        """Answers questions all low (0) or all high (-1). Where that leaves the verdict open, so does each of them; the
        others come back."""
        trials = [
            Trial(lines[0].answer, tuple(line.put(line.asked.values[end]) for line in lines)) for lines, end in wanted
        ]
        settled = []
        for (lines, end), verdict in zip(wanted, self._tried(trials), strict=True):
            if verdict is not None:
                settled.append((lines, end))
                continue
            for line in lines:
                line.verdicts[line.asked.values[end]] = None
                line.put_in_order()
        return settled

    def ask(self, lines: Sequence[_Line]) -> None:
        """Works out of each line whether its question settles the verdict alone, whatever the answer."""
        self._try((line, _untried(line)) for line in lines)
        for line in lines:
            line.alone = line.is_settled_so_far and not line.asked.fact.type.is_ranged
        measured = [line for line in lines if line.asked.fact.type.is_ranged]
        self._close_in(measured)
        doubtful = self._unproved((line, _gaps(line)) for line in measured if line.is_settled_so_far)
        self._try((line, self._inside(line, runs)) for line, runs in doubtful)
        self._close_in([line for line, _ in doubtful])
        again = [line for line, _ in doubtful if line.is_settled_so_far]
        self._unproved((line, _gaps(line, self.turning[line.asked.place])) for line in again)

    def _close_in(self, lines: Sequence[_Line]) -> None:
        """Tries points between neighbours with different verdicts until they stand next to each other."""
        for _ in range(CLOSING_ROUNDS):
            closing = [(line, points) for line in lines if line.is_settled_so_far and (points := _closer(line))]
            if not closing:
                return
            self._try(closing)

    def _unproved(self, lines: Iterable[tuple[_Line, list[Gap]]]) -> list[tuple[_Line, list[Gap]]]:
        """Tries whole ranges over which the verdict seems to be one: only they prove what lies between the points.
        Lines where all are proved settle the verdict alone; the others come back, with the ranges that stay open."""
        wanted = list(lines)
        trials = [Trial(line.answer, line.base, line.put(*gap)) for line, gaps in wanted for gap in gaps]
        verdicts = iter(self._tried(trials))
        found = []
        for line, mine in wanted:
            unproved = [gap for gap, verdict in zip(mine, verdicts, strict=False) if verdict is None]
            line.alone = not unproved and not _closer(line)
            if unproved:
                found.append((line, unproved))
        return found

    def _inside(self, line: _Line, gaps: Sequence[Gap]) -> list[int]:
        """The turning points within some ranges."""
        fact, place = line.asked.fact, line.asked.place
        if place not in self.turning:
            self.turning[place] = turning_points(self.book, self.rule, fact)
        return [p for p in self.turning[place] if any(low < p < high for low, high in gaps) and p not in line.verdicts]

    def _is_condition(self, asked: Asked) -> bool:
        """Whether an answer may contradict what is known or assumed: by it a scheme could prove something, or a
        standing assumption fall. Then it may open what was settled without it."""
        return (asked.level, asked.fact.name) in self.conditions

    def _is_free(self, asked: Asked) -> bool:
        """Whether no answer to it can contradict anything else: to know it besides never opens what was settled
        without."""
        return not asked.fact.proved_bounds and not self._is_condition(asked)

    def _tried(self, trials: Sequence[Trial]) -> Sequence[str | None]:
        return self.try_out(trials) if trials else []

    # ---- which questions are needed, and which make a difference ----

    def go_through(self, answers: Sequence[_Answer]) -> None:
        """Answers every question in a few ways that each leave it open alone. Where that settles it, which of them can
        be left out? Where it does not, which could settle it if answered another way?"""
        digits = len(askable(self.book, self.rule)).bit_length()
        self._try_whole((answer, _contexts(answer, digits, first=True)) for answer in answers)
        unmoved = [answer for answer in answers if not answer.telling and not answer.settled_contexts]
        self._try_whole((answer, _contexts(answer, digits, first=False)) for answer in unmoved)
        movable = [answer for answer in answers if answer.telling or answer.settled_contexts]
        # The first context tells of most questions; the others are for what it leaves out.
        for part in (slice(1), slice(1, FIRST_CONTEXTS)):
            needed = self._vary(movable[:SAMPLE], part)
            others = movable[SAMPLE:]
            self._vary(others, part, self._needless(others, part, needed) if len(others) > SAMPLE else {})

    def _try_whole(self, wanted: Iterable[tuple[_Answer, Sequence[Context]]]) -> None:
        pairs = [(answer, context) for answer, contexts in wanted for context in contexts]
        verdicts = self._tried([Trial(answer.number, context) for answer, context in pairs])
        for (answer, context), verdict in zip(pairs, verdicts, strict=True):
            (answer.open_contexts if verdict is None else answer.settled_contexts).append(context)

    def _needless(self, answers: Sequence[_Answer], part: slice, needed: Collection[int]) -> dict[int, Collection[int]]:
        """The lines without which each context settles the verdict, left out all at once, by the identity of the
        context: so it does without each of them. Those of facts at the places `needed` are not among them."""
        wanted: list[tuple[Context, dict[int, int], Trial]] = []
        for answer in answers:
            known = _not_to_try(answer)
            for context in answer.settled_contexts[part]:
                left_out = {
                    place: i for place, i in enumerate(answer.undecided)
                    if i not in known and context[place][0].place not in needed and self._is_free(context[place][0])
                }  # fmt: skip
                if len(left_out) > 1:
                    base = tuple(put for place, put in enumerate(context) if place not in left_out)
                    wanted.append((context, left_out, Trial(answer.number, base)))
        if len(wanted) <= SAMPLE:
            return {}
        verdicts = self._tried([trial for _, _, trial in wanted])
        return {
            id(context): left_out.values()
            for (context, left_out, _), verdict in zip(wanted, verdicts, strict=True)
            if verdict is not None
        }

    def _vary(
        self, answers: Sequence[_Answer], part: slice, needless: Mapping[int, Collection[int]] = MappingProxyType({})
    ) -> set[int]:
        """Tries each question by itself, but for `needless` lines of a context. Gives back the places of the facts
        without which some context opened again."""
        trials: list[Trial] = []
        meant: list[tuple[_Answer, int, bool]] = []
        for answer in answers:
            for was_open, found in ((False, answer.settled_contexts), (True, answer.open_contexts)):
                for context in found[part]:
                    for i, trial in (_turned if was_open else _left_out)(answer, context):
                        if was_open or i not in needless.get(id(context), ()):
                            meant.append((answer, i, was_open))
                            trials.append(trial)
        needed: set[int] = set()
        doubtful: list[tuple[_Answer, int, Trial]] = []
        for (answer, i, was_open), trial, verdict in zip(meant, trials, self._tried(trials), strict=True):
            asked = answer.lines[i].asked
            if was_open == (verdict is None):
                continue
            if was_open and self._is_condition(asked):
                doubtful.append((answer, i, trial._replace(put=None, without=asked)))
                continue
            answer.telling.add(i)
            if not was_open:
                answer.necessary.add(i)
                needed.add(asked.place)
        # Beside an answer that contradicts something another one may settle what was settled without either.
        for (answer, i, _), verdict in zip(doubtful, self._tried([t for _, _, t in doubtful]), strict=True):
            if verdict is None:
                answer.telling.add(i)
        return needed

    # ---- several questions together ----

    def put_together(self, answers: Sequence[_Answer]) -> None:
        """Looks for the fewest and cheapest questions that settle it together, whatever the answers."""
        candidates = [(answer, chosen) for answer in answers for chosen in _sets(answer)]
        split = [_split(answer, chosen) for answer, chosen in candidates]
        self.ask([line for lines in split for line in lines])
        for (answer, chosen), lines in zip(candidates, split, strict=True):
            if all(line.alone for line in lines):
                answer.together = min((answer.together, chosen), key=lambda found: _price(answer, found))


def _has_two_ends(asked: Asked) -> bool:
    return len(asked.values) > 1 and asked.fact.type.kind != "code"


def _untried(line: _Line) -> list[int]:
    return [value for value in line.asked.values if value not in line.verdicts]


def _gaps(line: _Line, apart: Sequence[int] = ()) -> list[Gap]:
    """The ranges between neighbours with one verdict; those that touch are one, but for those that touch at `apart`."""
    found: list[Gap] = []
    for (low, before), (high, behind) in pairwise(line.verdicts.items()):
        if before == behind:
            touches = found and found[-1][1] == low and low not in apart
            start = found.pop()[0] if touches else low
            found.append((start, high))
    return [(low, high) for low, high in found if high - low > 1]


def _closer(line: _Line) -> list[int]:
    """Points between two neighbours with different verdicts."""
    found: list[int] = []
    for (low, before), (high, behind) in pairwise(line.verdicts.items()):
        if before != behind:
            places = {(high - low) * i // (CLOSING_POINTS + 1) for i in range(1, CLOSING_POINTS + 1)} - {0}
            found += [low + place for place in sorted(places)]
    return found


# ---- contexts: every question answered ----


def _contexts(answer: _Answer, digits: int, *, first: bool) -> list[Context]:
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


def _possible_values(line: _Line) -> list[int]:
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


def _left_out(answer: _Answer, context: Context) -> Iterator[tuple[int, Trial]]:
    """The context without each question of which it is not known yet that it is necessary, or, where the verdict can
    stay open, that it makes a difference."""
    known = _not_to_try(answer)
    for place, i in enumerate(answer.undecided):
        if i not in known:
            yield i, Trial(answer.number, context, without=context[place][0])


def _not_to_try(answer: _Answer) -> set[int]:
    """Lines of which it is known already what to leave them out would tell."""
    return answer.telling if answer.open_contexts else answer.necessary


def _turned(answer: _Answer, context: Context) -> Iterator[tuple[int, Trial]]:
    """The context with another answer to each question of which it is not known yet that it makes a difference."""
    for place, i in enumerate(answer.undecided):
        if i not in answer.telling:
            line = answer.lines[i]
            for value in line.verdicts:
                if value != context[place][1] and is_within_bounds(line.asked.fact, value):
                    yield i, Trial(answer.number, context, line.put(value))


# ---- sets of questions ----


def _sets(answer: _Answer) -> Iterator[tuple[int, ...]]:
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


def _measured_last(answer: _Answer, together: Sequence[int]) -> tuple[list[int], int]:
    """The questions whose answers are gone through one by one, and the last, of which all answers are tried at once."""
    last = next((i for i in together if answer.lines[i].asked.fact.type.is_ranged), together[-1])
    return [i for i in together if i != last], last


def _answers_to(answer: _Answer, together: Sequence[int]) -> int:
    """How many answers to all but one of the questions have to be tried."""
    first, last = _measured_last(answer, together)
    if any(answer.lines[i].asked.fact.type.is_ranged for i in first):
        return MOST_ANSWERS + 1
    # Of a number or date many values are tried for each of them.
    many = MOST_ANSWERS // MOST_MEASURED if answer.lines[last].asked.fact.type.is_ranged else 1
    return many * prod(len(answer.lines[i].open_values) for i in first)


def _split(answer: _Answer, together: Sequence[int]) -> list[_Line]:
    """A line for each answer to all questions but one. (An answer that settles it alone needs no other question.)"""
    first, last = _measured_last(answer, together)
    values = [[answer.lines[i].put(value) for value in answer.lines[i].open_values] for i in first]
    return [_Line(answer.number, base, answer.lines[last].asked) for base in product(*values)]


def _price(answer: _Answer, together: Sequence[int]) -> tuple[bool, int, int, Sequence[int]]:
    """Fewest first, then cheapest, then in the order of the questions; nothing found comes last."""
    return (not together, len(together), sum(answer.lines[i].asked.fact.cost for i in together), together)
