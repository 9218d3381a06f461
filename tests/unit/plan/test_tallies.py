"""Do states and counts come back out of the words they share, however many there are?"""

from __future__ import annotations

from random import Random

import duckdb
import pytest

from lift.plan import sql
from lift.plan.tallies import MOST_RELATED, Tallies, counted, is_perhaps, is_sure


def _read(states: int, counts: int, rows: list[list[bool | None]]) -> tuple[list[tuple[bool, bool]], list[int]]:
    """What a grouped SELECT over `rows` gives back for its first `states` and `counts` columns as tests."""
    tallies = Tallies()
    columns = [f"c{index}" for index in range(max(states, counts))]
    at = [tallies.state(sql.column("t", name)) for name in columns[:states]]
    held = [tallies.count(sql.column("t", name)) for name in columns[:counts]]
    words = ", ".join(f"{value.sql('duckdb')} AS {name}" for name, value in tallies.words().items())
    reads = [f(sql.column("g", name), place) for name, place in at for f in (is_sure, is_perhaps)]
    reads += [counted(sql.column("g", name), place) for name, place in held]
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE t ({', '.join(f'{name} BOOLEAN' for name in columns)})")
        connection.executemany(f"INSERT INTO t VALUES ({', '.join('?' * len(columns))})", rows)
        query = f"SELECT {', '.join(r.sql('duckdb') for r in reads)} FROM (SELECT {words} FROM t) g"
        found = connection.execute(query).fetchall()[0]
    pairs = [(bool(found[2 * index]), bool(found[2 * index + 1])) for index in range(states)]
    return pairs, [int(value) for value in found[2 * states :]]


@pytest.mark.parametrize(("states", "counts"), [(1, 1), (30, 4), (31, 5), (70, 9)])
def test_every_state_and_count_comes_back(states: int, counts: int) -> None:
    dice = Random(states)
    rows = [[dice.choice([True, False, False, None]) for _ in range(max(states, counts))] for _ in range(3)]
    columns = list(zip(*rows, strict=True))
    pairs, numbers = _read(states, counts, rows)
    assert pairs == [(True in column, None in column) for column in columns[:states]]
    assert numbers == [column.count(True) for column in columns[:counts]]


def test_the_largest_household_is_counted() -> None:
    assert _read(1, 4, [[True] * 4] * MOST_RELATED) == ([(True, False)], [MOST_RELATED] * 4)


def test_a_test_asked_twice_stands_once() -> None:
    tallies = Tallies()
    test = sql.column("t", "c")
    assert tallies.state(test) == tallies.state(test.copy()) == ("states_1", 0)
    assert tallies.count(test) == tallies.count(test.copy()) == ("counts_1", 0)
    assert list(tallies.words()) == ["states_1", "counts_1"]
