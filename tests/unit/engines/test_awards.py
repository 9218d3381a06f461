"""Does an award that is supposed in one home of a run change what it should there, and nothing elsewhere?"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from lift.engines.duckdb import awards, run
from lift.engines.duckdb.awards import Case, Change, follow
from lift.engines.duckdb.tables import make_tables
from lift.rulebook.load import load_rulebook
from lift.rulebook.units import Units
from lift.trial.given import laid_over, read_given

DAY = date(2026, 11, 22)
BOOK = load_rulebook(examples=False, bases=True)
ALONE = ("pension_credit", "attendance_allowance")


def run_of(*homes: dict[str, Any]) -> duckdb.DuckDBPyConnection:
    base = BOOK.bases["single_pensioner_owner"]
    given = [read_given(BOOK, laid_over(base, home), prefix=f"e{n}").units for n, home in enumerate(homes)]
    connection = duckdb.connect()
    make_tables(connection, BOOK, Units(tuple(unit for one in given for unit in one.units)))
    return connection


def told(changes: list[Change]) -> list[tuple[int, str, str, Any]]:
    return [(one.case, one.rule, one.unit, one.parts.get("weekly")) for one in changes]


def test_each_case_is_a_world_of_its_own() -> None:
    """Two homes; in the second the addition is barred by a paid carer."""
    connection = run_of({}, {"members": [{"has_paid_carer": True}]})
    cases = [Case(n, f"e{n}h", {"attendance_allowance": (f"e{n}fm0",)}) for n in (0, 1)]
    more = (Decimal("86.05"), Decimal("86.05"))
    assert told(follow(connection, BOOK, ALONE, DAY, cases)) == [(0, "pension_credit", "e0f", more)]


def test_two_cases_of_one_home_never_meet() -> None:
    """Of a couple both must get a disability benefit: the award of one alone brings no addition, that of both two.

    By hand: 369.80 is 6.55 above 363.25, so of savings credit 20.10 - 0.4 x 6.55 = 17.48 is paid; with two additions
    535.35 - 369.80 = 165.55 of guarantee credit and all 20.10 of savings credit, 168.17 more."""
    couple = {
        "family": {"is_couple": True},
        "members": [{}, {**BOOK.bases["single_pensioner_owner"]["members"][0], "role": "partner"}],
    }
    connection = run_of(couple)
    one, other = (Case(n, "e0h", {"attendance_allowance": (f"e0fm{n}",)}) for n in (0, 1))
    both = Case(2, "e0h", {"attendance_allowance": ("e0fm0", "e0fm1")})
    double = (Decimal("168.17"), Decimal("168.17"))
    found = told(follow(connection, BOOK, ALONE, DAY, [one, other, both]))
    assert found == [(2, "pension_credit", "e0f", double)]


def test_cases_of_different_awards_stand_in_one_plan_and_never_meet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pension Credit for one, Attendance Allowance for the other, both for the third: each as it comes out by itself,
    and all of them however long a statement may be and whatever has a plan of its own."""
    connection = run_of({}, {}, {"family": {"savings": 0}})
    among = ("pension_credit", "attendance_allowance", "free_tv_licence", "cold_weather_payment")
    cases = [
        Case(0, "e0h", {"pension_credit": ("e0f",)}),
        Case(1, "e1h", {"attendance_allowance": ("e1fm0",)}),
        Case(2, "e2h", {"pension_credit": ("e2f",), "attendance_allowance": ("e2fm0",)}),
        Case(3, "e2h", {"pension_credit": ("e2f",)}),
        Case(4, "e0h", {"benefit_cap": ("e0f",)}),
    ]
    apart = [change for case in cases for change in follow(connection, BOOK, among, DAY, [case])]
    assert {change.case for change in apart} == {0, 1, 2, 3}
    assert follow(connection, BOOK, among, DAY, cases) == apart
    monkeypatch.setattr(run, "LONG", 1)
    assert follow(connection, BOOK, among, DAY, cases) == apart
    monkeypatch.setattr(awards, "MANY", 2)
    assert follow(connection, BOOK, among, DAY, cases) == apart


def test_the_run_is_left_as_it_was() -> None:
    connection = run_of({})
    before = connection.execute("SELECT * FROM person").fetchall()
    tables = connection.execute("SELECT table_name FROM duckdb_tables() ORDER BY ALL").fetchall()
    connection.execute("BEGIN")
    connection.execute("CREATE TABLE written (a INTEGER)")  # as a stage has, when it asks
    follow(connection, BOOK, ALONE, DAY, [Case(0, "e0h", {"attendance_allowance": ("e0fm0",)})])
    connection.execute("ROLLBACK")
    assert connection.execute("SELECT * FROM person").fetchall() == before
    left = [name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables() ORDER BY ALL").fetchall()]
    assert {name for (name,) in tables} >= {name for name in left if name in ("person", "family", "household")}


@pytest.mark.parametrize("award", ["benefit_cap", "free_school_meals"])
def test_an_award_that_changes_nothing_else_brings_no_change(award: str) -> None:
    unit = "e0f" if BOOK.rules[award].level == "family" else "e0fm0"
    assert follow(run_of({}), BOOK, ALONE, DAY, [Case(0, "e0h", {award: (unit,)})]) == []
