"""Homes of which no amount or date is known are answered by a plan of their own: are the answers the same?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb
import pytest

from benchmarks.households import sample_units
from lift.engines.duckdb import apart
from lift.engines.duckdb.answers import fill_answers, run_answers
from lift.engines.duckdb.apart import parts_of
from lift.rulebook.load import load_rulebook
from lift.rulebook.model import Rulebook
from tests.middlemarch import small_city

DAY = date(2026, 11, 12)


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return load_rulebook(examples=False)


@pytest.fixture(scope="module")
def town(book: Rulebook) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        sample_units(connection, book, small_city() / "incoming" / "2026-11")
        yield connection


def _answers(town: duckdb.DuckDBPyConnection, book: Rulebook) -> list[tuple[object, ...]]:
    fill_answers(town, run_answers(town, book, DAY, sorted(book.rules)), book, temporary=True)
    return town.execute("SELECT * FROM answer ORDER BY rule, unit_key").fetchall()


def _parts(town: duckdb.DuckDBPyConnection, book: Rulebook) -> list[range | None]:
    return [part.homes for part in parts_of(town, book, sorted(book.rules))]


def test_numbers_stand_for_keys_and_silent_homes_come_last(town: duckdb.DuckDBPyConnection, book: Rulebook) -> None:
    for level, above in (("family", ["household"]), ("person", ["family", "household"]), ("period", ["family"])):
        for one in above:
            differ = town.execute(f"""SELECT count(*) FROM {level} u LEFT JOIN {one} a USING ({one}_key)
                WHERE u.{one}_id IS DISTINCT FROM a.{one}_id""").fetchone()
            assert differ == (0,)
    for level in ("household", "family", "person", "period"):
        numbers = town.execute(
            f"SELECT min({level}_id), max({level}_id) + 1, count(DISTINCT {level}_id), count(*) FROM {level}"
        )
        first, end, different, units = numbers.fetchall()[0]
        assert (first, end, different) == (0, units, units)
    couples = town.execute("""SELECT count(*),
            count(*) FILTER (c.family_id = f.family_id AND c.other_family_id = o.family_id)
        FROM possible_couple c JOIN family f USING (family_key) JOIN family o ON o.family_key = c.other_family_key""")
    found, right = couples.fetchall()[0]
    assert found == right > 10
    ((told, homes),) = town.execute(
        """SELECT (SELECT max(household_id) + 1 FROM period), (SELECT count(*) FROM household)"""
    ).fetchall()
    first_silent, end = apart._first_silent(town, book)
    assert told <= first_silent < 0.8 * homes
    assert end == homes


def test_answers_are_the_same_in_two_parts_and_in_one(
    town: duckdb.DuckDBPyConnection, book: Rulebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _parts(town, book) == [None]  # too small to be worth a second plan
    whole = _answers(town, book)
    monkeypatch.setattr(apart, "WORTH_A_PLAN", 1)
    told, silent = _parts(town, book)
    assert told is not None and silent is not None and told.stop == silent.start
    assert _answers(town, book) == whole
    assert len(whole) > 500


def test_an_amount_in_the_last_home_makes_one_part_of_all(
    town: duckdb.DuckDBPyConnection, book: Rulebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart, "WORTH_A_PLAN", 1)
    town.execute("BEGIN")
    town.execute("""UPDATE person SET state_pension_low = 200, state_pension_high = 200
        WHERE household_id = (SELECT max(household_id) FROM person)""")
    ((last, homes),) = town.execute(
        "SELECT (SELECT max(household_id) FROM person), (SELECT count(*) FROM household)"
    ).fetchall()
    assert _parts(town, book) == ([None] if last + 1 == homes else [range(last + 1), range(last + 1, homes)])
    town.execute("ROLLBACK")
