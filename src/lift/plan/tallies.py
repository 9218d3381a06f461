"""How do many small results of one gather travel in few aggregates?

A state (surely, perhaps, no) takes two bits and a count fifteen. Thirty states share one BIT_OR, four counts one SUM:
over 200,000 households, 29 aggregates of their own took four times as long as the same in eleven.
A unit with no related unit has no row, so that its word is NULL: no state is set and every count is 0.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lift.plan import sql
from lift.plan.sql import Sql

#: No unit has more related units than this; build refuses larger households. It bounds sums, so that none overflows.
MOST_RELATED = 10_000
_STATES = 30
_COUNTS = 4
_COUNT_BITS = 15
assert MOST_RELATED < 2**_COUNT_BITS


@dataclass
class Tallies:
    """The states and counts of one gather, each only once, and the words that hold them."""

    states: list[Sql] = field(default_factory=list)
    counts: list[Sql] = field(default_factory=list)

    def state(self, test: Sql) -> tuple[str, int]:
        """The word that says whether a test is true, or unknown, of some related unit; and the state's place in it."""
        index = _place(self.states, test)
        return f"states_{index // _STATES + 1}", index % _STATES

    def count(self, test: Sql) -> tuple[str, int]:
        """The word that holds how many related units a test is true of, and the count's place in it."""
        index = _place(self.counts, test)
        return f"counts_{index // _COUNTS + 1}", index % _COUNTS

    def words(self) -> dict[str, Sql]:
        """The aggregates by name."""
        found: dict[str, Sql] = {}
        for number, part in enumerate(_split(self.states, _STATES), 1):
            bits = [_state_bits(test, place) for place, test in enumerate(part)]
            found[f"states_{number}"] = sql.function("BIT_OR", _sum(bits))
        for number, part in enumerate(_split(self.counts, _COUNTS), 1):
            ones = [_times(_one(test), _COUNT_BITS * place) for place, test in enumerate(part)]
            found[f"counts_{number}"] = sql.cast(sql.function("SUM", _sum(ones)), "BIGINT")
        return found


def is_sure(word: Sql, place: int) -> Sql:
    """Whether the state's test is true of some related unit; never NULL."""
    return _has(word, 2 * place + 1)


def is_perhaps(word: Sql, place: int) -> Sql:
    """Whether the state's test is unknown of some related unit; never NULL."""
    return _has(word, 2 * place)


def counted(word: Sql, place: int) -> Sql:
    """The count; never NULL."""
    whole = sql.coalesce(word, sql.integer(0))
    shifted = whole if place == 0 else sql.quotient(whole, 1 << (_COUNT_BITS * place))
    return sql.bits_in_common(shifted, sql.integer((1 << _COUNT_BITS) - 1))


def _place(known: list[Sql], test: Sql) -> int:
    for index, other in enumerate(known):
        if other == test:
            return index
    known.append(test)
    return len(known) - 1


def _split(tests: list[Sql], size: int) -> list[list[Sql]]:
    return [tests[start : start + size] for start in range(0, len(tests), size)]


def _state_bits(test: Sql, place: int) -> Sql:
    """2 where the test is true, 1 where unknown, 0 where false, moved to its place: the test is worked out once."""
    doubled = sql.times(sql.cast(test, "BIGINT"), sql.integer(2 << (2 * place)))
    return sql.coalesce(doubled, sql.integer(1 << (2 * place)))


def _one(test: Sql) -> Sql:
    return sql.coalesce(sql.cast(test, "BIGINT"), sql.integer(0))


def _times(value: Sql, bits: int) -> Sql:
    return sql.scaled(value, 1 << bits)


def _sum(parts: list[Sql]) -> Sql:
    total = parts[0]
    for part in parts[1:]:
        total = sql.add(total, part)
    return total


def _has(word: Sql, bit: int) -> Sql:
    return sql.is_true(sql.unequal(sql.bits_in_common(word, sql.integer(1 << bit)), sql.integer(0)))
