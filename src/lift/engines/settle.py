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

from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType

from lift.engines.combinations import (
    FIRST_CONTEXTS,
    contexts_of,
    each_left_out,
    each_turned,
    not_to_try,
    price,
    sets_of,
    split_up,
)
from lift.engines.trials import (
    Asked,
    Context,
    Gap,
    Line,
    OpenAnswer,
    Trial,
    TryOut,
    closer,
    gaps_of,
    has_two_ends,
    untried,
)
from lift.rulebook.answers import Question
from lift.rulebook.model import Rule, Rulebook
from lift.rulebook.questions import askable, conditions_of_bounds, turning_points

#: A verdict is closed in upon where it turns at most so often.
CLOSING_ROUNDS = 12
#: Of so many answers each question is tried by itself, and tells which are worth it for the others; those that made no
#: difference are tried all at once.
SAMPLE = 250
#: So few questions are all tried at once: to leave some out takes a round of its own, and a round has its price.
FEW_LINES = 1000


def search(book: Rulebook, rule: Rule, asked: Sequence[Sequence[Asked]], try_out: TryOut) -> list[tuple[Question, ...]]:
    """For each open answer of a rule, given what could be asked about it in order of cost, what to ask."""
    tries = _Tries(book, rule, try_out)
    answers = [OpenAnswer(i, [Line(i, (), one) for one in questions]) for i, questions in enumerate(asked)]
    lines = [line for answer in answers for line in answer.lines]
    if len(lines) > FEW_LINES:
        tries.leave_out(answers)
    tries.ask(lines)
    open_ones = [answer for answer in answers if not any(line.alone for line in answer.lines)]
    for answer in open_ones:
        answer.undecided = [i for i, line in enumerate(answer.lines) if not line.is_settled_so_far]
        answer.telling = {i for i, line in enumerate(answer.lines) if line.is_telling}
    tries.go_through(open_ones)
    tries.put_together([answer for answer in open_ones if not answer.open_contexts])
    return [answer.result() for answer in answers]


class _Tries:
    """The rounds of the search. Each asks the engine once, for all open answers together."""

    def __init__(self, book: Rulebook, rule: Rule, try_out: TryOut) -> None:
        self.book, self.rule, self.try_out = book, rule, try_out
        self.turning: dict[int, tuple[int, ...]] = {}
        self.conditions = {(fact.level, fact.name) for fact in conditions_of_bounds(book, rule)}
        self.conditions |= {(assumption.level, name) for name, assumption in book.assumptions.items()}

    def _try(self, wanted: Iterable[tuple[Line, Iterable[int]]]) -> None:
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

    def leave_out(self, answers: Sequence[OpenAnswer]) -> None:
        """Of questions with two values to try: where all of them answered low leave the verdict open, so does each
        answered low alone, and need not be tried; and likewise high. (What is settled by one answer stays settled when
        more is known, unless an answer contradicts something: such questions take no part.)"""
        wanted: list[tuple[list[Line], int]] = []
        for answer in answers:
            lines = [line for line in answer.lines if has_two_ends(line.asked) and self._is_free(line.asked)]
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

    def _all_at_once(self, wanted: Sequence[tuple[list[Line], int]]) -> list[tuple[list[Line], int]]:
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

    def ask(self, lines: Sequence[Line]) -> None:
        """Works out of each line whether its question settles the verdict alone, whatever the answer."""
        self._try((line, untried(line)) for line in lines)
        for line in lines:
            line.alone = line.is_settled_so_far and not line.asked.fact.type.is_ranged
        measured = [line for line in lines if line.asked.fact.type.is_ranged]
        self._close_in(measured)
        doubtful = self._unproved((line, gaps_of(line)) for line in measured if line.is_settled_so_far)
        self._try((line, self._inside(line, runs)) for line, runs in doubtful)
        self._close_in([line for line, _ in doubtful])
        again = [line for line, _ in doubtful if line.is_settled_so_far]
        self._unproved((line, gaps_of(line, self.turning[line.asked.place])) for line in again)

    def _close_in(self, lines: Sequence[Line]) -> None:
        """Tries points between neighbours with different verdicts until they stand next to each other."""
        for _ in range(CLOSING_ROUNDS):
            closing = [(line, points) for line in lines if line.is_settled_so_far and (points := closer(line))]
            if not closing:
                return
            self._try(closing)

    def _unproved(self, lines: Iterable[tuple[Line, list[Gap]]]) -> list[tuple[Line, list[Gap]]]:
        """Tries whole ranges over which the verdict seems to be one: only they prove what lies between the points.
        Lines where all are proved settle the verdict alone; the others come back, with the ranges that stay open."""
        wanted = list(lines)
        trials = [Trial(line.answer, line.base, line.put(*gap)) for line, gaps in wanted for gap in gaps]
        verdicts = iter(self._tried(trials))
        found = []
        for line, mine in wanted:
            unproved = [gap for gap, verdict in zip(mine, verdicts, strict=False) if verdict is None]
            line.alone = not unproved and not closer(line)
            if unproved:
                found.append((line, unproved))
        return found

    def _inside(self, line: Line, gaps: Sequence[Gap]) -> list[int]:
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

    def go_through(self, answers: Sequence[OpenAnswer]) -> None:
        """Answers every question in a few ways that each leave it open alone. Where that settles it, which of them can
        be left out? Where it does not, which could settle it if answered another way?"""
        digits = len(askable(self.book, self.rule)).bit_length()
        self._try_whole((answer, contexts_of(answer, digits, first=True)) for answer in answers)
        unmoved = [answer for answer in answers if not answer.telling and not answer.settled_contexts]
        self._try_whole((answer, contexts_of(answer, digits, first=False)) for answer in unmoved)
        movable = [answer for answer in answers if answer.telling or answer.settled_contexts]
        # The first context tells of most questions; the others are for what it leaves out.
        for part in (slice(1), slice(1, FIRST_CONTEXTS)):
            needed = self._vary(movable[:SAMPLE], part)
            others = movable[SAMPLE:]
            self._vary(others, part, self._needless(others, part, needed) if len(others) > SAMPLE else {})

    def _try_whole(self, wanted: Iterable[tuple[OpenAnswer, Sequence[Context]]]) -> None:
        pairs = [(answer, context) for answer, contexts in wanted for context in contexts]
        verdicts = self._tried([Trial(answer.number, context) for answer, context in pairs])
        for (answer, context), verdict in zip(pairs, verdicts, strict=True):
            (answer.open_contexts if verdict is None else answer.settled_contexts).append(context)

    def _needless(
        self, answers: Sequence[OpenAnswer], part: slice, needed: Collection[int]
    ) -> dict[int, Collection[int]]:
        """The lines without which each context settles the verdict, left out all at once, by the identity of the
        context: so it does without each of them. Those of facts at the places `needed` are not among them."""
        wanted: list[tuple[Context, dict[int, int], Trial]] = []
        for answer in answers:
            known = not_to_try(answer)
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
        self, answers: Sequence[OpenAnswer], part: slice, needless: Mapping[int, Collection[int]] = MappingProxyType({})
    ) -> set[int]:
        """Tries each question by itself, but for `needless` lines of a context. Gives back the places of the facts
        without which some context opened again."""
        trials: list[Trial] = []
        meant: list[tuple[OpenAnswer, int, bool]] = []
        for answer in answers:
            for was_open, found in ((False, answer.settled_contexts), (True, answer.open_contexts)):
                for context in found[part]:
                    for i, trial in (each_turned if was_open else each_left_out)(answer, context):
                        if was_open or i not in needless.get(id(context), ()):
                            meant.append((answer, i, was_open))
                            trials.append(trial)
        needed: set[int] = set()
        doubtful: list[tuple[OpenAnswer, int, Trial]] = []
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

    def put_together(self, answers: Sequence[OpenAnswer]) -> None:
        """Looks for the fewest and cheapest questions that settle it together, whatever the answers."""
        candidates = [(answer, chosen) for answer in answers for chosen in sets_of(answer)]
        split = [split_up(answer, chosen) for answer, chosen in candidates]
        self.ask([line for lines in split for line in lines])
        for (answer, chosen), lines in zip(candidates, split, strict=True):
            if all(line.alone for line in lines):
                answer.together = min((answer.together, chosen), key=lambda found: price(answer, found))
