"""Which version of an amount, a table or a step does the reference engine use, and how does it read weak cells?"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from lift.engines.reference import ReferenceEngine
from lift.errors import EngineError
from lift.rulebook.answers import Value
from lift.rulebook.model import Amount, Step, Table
from lift.rulebook.nodes import Node
from tests.unit.engines.reference_builder import (
    DAY,
    ENDED,
    NO_LIMIT,
    NONE,
    amount_entry,
    amount_ref,
    between,
    call,
    cell,
    code,
    compare,
    day_of,
    exactly,
    fact,
    fact_entry,
    family,
    flag,
    key,
    look_up,
    rulebook,
    step_entry,
    sum_of,
    table_entry,
    units,
)

APRIL_25, APRIL_26, MAY_26 = date(2025, 4, 7), date(2026, 4, 6), date(2026, 5, 6)
DICTIONARY = [
    fact_entry("start", "date"),
    fact_entry("income"),
    fact_entry("rooms"),
    fact_entry("area", "code"),
    fact_entry("p", "flag"),
]
RATE = amount_ref("rate")
RATE_AT_START = amount_ref("rate", day_of("start"))


def value(
    node: Node | dict[Any, Any],
    *entries: Amount | Table | Step,
    day: date = DAY,
    indicative: bool = False,
    **facts: Any,
) -> Value:
    changes = facts.pop("changes", {})
    book = rulebook(*DICTIONARY, *entries, step_entry("t.x", node, **changes))
    return ReferenceEngine(book, day).step_value(units(family(**facts)), "t.x", "f1", indicative=indicative)


def test_the_plans_day_picks_the_version_in_force() -> None:
    rate = amount_entry("rate", {APRIL_25: 100, APRIL_26: 200})
    assert value(RATE, rate, day=date(2026, 4, 5)) == exactly(100)
    assert value(RATE, rate, day=APRIL_26) == exactly(200)
    assert value(RATE, rate, day=date(2025, 4, 6)) == NONE, "before the first version there is none"


def test_a_benefit_week_begins_on_monday() -> None:
    rate = amount_entry("rate", {APRIL_25: 100, date(2026, 4, 8): 200}, day="benefit_week")
    assert value(RATE, rate, day=date(2026, 4, 12)) == exactly(100), "the week of Monday 6 April"
    assert value(RATE, rate, day=date(2026, 4, 13)) == exactly(200)


def test_a_date_fact_reaches_every_version_it_may_mean() -> None:
    rate = amount_entry("rate", {APRIL_25: 100, APRIL_26: 200, MAY_26: 150})
    assert value(RATE_AT_START, rate, start=date(2026, 4, 5)) == exactly(100)
    assert value(RATE_AT_START, rate, start=(date(2026, 4, 5), APRIL_26)) == between(100, 200)
    assert value(RATE_AT_START, rate, start=(APRIL_26, None)) == between(150, 200)
    assert value(RATE_AT_START, rate, start=(date(2025, 4, 6), APRIL_26)) == NONE
    assert value(RATE_AT_START, rate) == NONE


def test_an_amount_that_ended_is_a_mistake_on_the_plans_day_and_unknown_by_a_fact() -> None:
    rate = amount_entry("rate", {APRIL_25: 100, APRIL_26: ENDED})
    assert value(RATE, rate, day=APRIL_25) == exactly(100)
    with pytest.raises(EngineError, match="ended"):
        value(RATE, rate)
    assert value(RATE_AT_START, rate, start=MAY_26) == NONE
    assert value(RATE_AT_START, rate, start=APRIL_25) == exactly(100)


def test_no_limit_by_a_fact() -> None:
    rate = amount_entry("rate", {APRIL_25: 100, APRIL_26: NO_LIMIT})
    below = compare(fact("income"), "<=", RATE_AT_START)
    assert value(below, rate, start=MAY_26, income=999) is True
    assert value(below, rate, start=APRIL_25, income=999) is False
    assert value(below, rate, start=(APRIL_25, MAY_26), income=999) is None
    assert value(below, rate, start=(APRIL_25, MAY_26), income=100) is True


def test_a_weak_cell_is_its_within_for_the_verdict_and_its_value_otherwise() -> None:
    for status in ("projected", "unconfirmed"):
        bounded = amount_entry("rate", {APRIL_25: cell(100, status, (90, 110))})
        assert value(RATE, bounded) == between(90, 110)
        assert value(RATE, bounded, indicative=True) == exactly(100)
        bare = amount_entry("rate", {APRIL_25: cell(100, status)})
        assert value(RATE, bare) == NONE
        assert value(RATE, bare, indicative=True) == exactly(100)
    for status in ("single_source", "derived"):
        assert value(RATE, amount_entry("rate", {APRIL_25: cell(100, status)})) == exactly(100)


def test_a_cell_without_a_value_is_weak() -> None:
    bounded = amount_entry("rate", {APRIL_25: cell(None, within=(90, 110))})
    assert value(RATE, bounded, indicative=True) == between(90, 110)
    assert value(RATE, amount_entry("rate", {APRIL_25: cell(None)}), indicative=True) == NONE
    weak_flag = amount_entry("rate", {APRIL_25: cell(True, "projected")}, kind="flag")
    assert value(amount_ref("rate", kind="flag"), weak_flag) is None
    assert value(amount_ref("rate", kind="flag"), weak_flag, indicative=True) is True


def test_past_covers_to_an_amount_is_weak() -> None:
    rate = amount_entry("rate", {APRIL_25: 100, APRIL_26: cell(200, within=(150, 250))}, covers_to=date(2026, 5, 5))
    assert value(RATE, rate, day=date(2026, 5, 5)) == exactly(200)
    assert value(RATE, rate, day=date(2026, 5, 6)) == between(150, 250)
    assert value(RATE, rate, day=date(2026, 5, 6), indicative=True) == exactly(200)
    assert value(RATE_AT_START, rate, start=APRIL_25) == NONE


# --- tables ------------------------------------------------------------------------------------------------------

BANDS = table_entry("bands", [key()], {APRIL_25: [(0, "20.40"), (192, "46.85"), (279, "64.35")]})
BY_INCOME = look_up("bands", fact("income"))


def test_bands_are_half_open_and_the_last_has_no_end() -> None:
    assert value(BY_INCOME, BANDS, income=0) == exactly("20.40")
    assert value(BY_INCOME, BANDS, income="191.99") == exactly("20.40")
    assert value(BY_INCOME, BANDS, income=192) == exactly("46.85")
    assert value(BY_INCOME, BANDS, income=99999) == exactly("64.35")


def test_a_range_touches_bands() -> None:
    assert value(BY_INCOME, BANDS, income=(100, 192)) == between("20.40", "46.85")
    assert value(BY_INCOME, BANDS, income=(192, None)) == between("46.85", "64.35")
    assert value(BY_INCOME, BANDS, income=(-1, 5)) == NONE, "perhaps below the first band"
    assert value(BY_INCOME, BANDS) == NONE


def test_a_code_is_matched_and_an_unknown_one_means_all_rows() -> None:
    areas = table_entry("areas", [key("code", banded=False)], {APRIL_25: [("a", 1), ("b", 2), ("c", 3)]})
    by_area = look_up("areas", code("area"))
    assert value(by_area, areas, area="b") == exactly(2)
    assert value(by_area, areas) == between(1, 3)
    holes = table_entry("areas", [key("code", banded=False)], {APRIL_25: [("a", 1), ("b", 2)]})
    assert value(by_area, holes, area="c") == NONE
    assert value(by_area, holes) == NONE, "it may be c, which has no row"


def test_a_flag_may_be_a_key() -> None:
    table = table_entry("t", [key("flag", banded=False)], {APRIL_25: [(True, 1), (False, 2)]})
    assert value(look_up("t", flag("p")), table, p=False) == exactly(2)
    assert value(look_up("t", flag("p")), table) == between(1, 2)
    half = table_entry("t", [key("flag", banded=False)], {APRIL_25: [(True, 1)]})
    assert value(look_up("t", flag("p")), half) == NONE


def test_an_exact_number_stands_for_whole_things() -> None:
    rents = table_entry("rents", [key(banded=False)], {APRIL_25: [(1, 100), (2, 150), (4, 300)]})
    by_rooms = look_up("rents", fact("rooms"))
    assert value(by_rooms, rents, rooms=2) == exactly(150)
    assert value(by_rooms, rents, rooms=(1, 2)) == between(100, 150)
    assert value(by_rooms, rents, rooms=(2, 4)) == NONE, "3 has no row"
    assert value(by_rooms, rents, rooms=3) == NONE
    assert value(by_rooms, rents, rooms=(1, None)) == NONE


def test_each_code_may_have_bands_of_its_own() -> None:
    rows = [(0, "a", 1), (10, "a", 2), (5, "b", 3), (0, "c", 4)]
    table = table_entry("t", [key(), key("code", banded=False)], {APRIL_25: rows})
    by_both = look_up("t", fact("income"), code("area"))
    assert value(by_both, table, income=7, area="a") == exactly(1)
    assert value(by_both, table, income=7, area="b") == exactly(3)
    assert value(by_both, table, income=4, area="b") == NONE
    assert value(by_both, table, income=7) == between(1, 4)
    assert value(by_both, table, income=4) == NONE, "b has no band for 4"
    assert value(by_both, table, income=(7, 12), area="a") == between(1, 2)


def test_tables_are_dated_and_their_cells_may_be_weak() -> None:
    table = table_entry("t", [key()], {APRIL_25: [(0, 1)], APRIL_26: [(0, cell(2, "projected", (1, 4)))]})
    assert value(look_up("t", 5), table, day=APRIL_25) == exactly(1)
    assert value(look_up("t", 5), table) == between(1, 4)
    assert value(look_up("t", 5), table, indicative=True) == exactly(2)
    at_start = look_up("t", 5, day=day_of("start"))
    assert value(at_start, table, start=(APRIL_25, None), indicative=True) == between(1, 2)
    assert value(look_up("t", 5), table, day=date(2025, 1, 1)) == NONE


def test_a_date_key_is_banded() -> None:
    rows = [(date(1954, 10, 6), 792), (date(1960, 4, 6), 793), (date(1961, 3, 6), 804)]
    table = table_entry("months", [key("date")], {date(2014, 5, 14): rows})
    reached = call("ADD_MONTHS", day_of("start"), look_up("months", day_of("start")))
    assert value(reached, table, start=date(1960, 4, 5)) == exactly(date(2026, 4, 5))
    year_only = (date(1961, 1, 1), date(1961, 12, 31))
    assert value(reached, table, start=year_only) == between(date(2027, 2, 1), date(2028, 12, 31))


# --- steps -------------------------------------------------------------------------------------------------------


def test_formulas_are_dated_as_amounts_are() -> None:
    versions = {APRIL_25: fact("income"), APRIL_26: sum_of(fact("income"), "*", 2)}
    assert value(versions, income=5, day=APRIL_25) == exactly(5)
    assert value(versions, income=5) == exactly(10)
    assert value(versions, income=5, day=date(2025, 1, 1)) == NONE
    week = {"day": "benefit_week"}
    late = {APRIL_25: fact("income"), date(2026, 4, 8): 0}
    assert value(late, income=5, day=date(2026, 4, 12), changes=week) == exactly(5)


def test_a_formula_may_be_picked_by_a_date_fact() -> None:
    versions = {APRIL_25: fact("income"), APRIL_26: sum_of(fact("income"), "*", 2)}
    by_start = {"day": "start", "day_node": day_of("start")}
    assert value(versions, income=5, start=APRIL_25, changes=by_start) == exactly(5)
    assert value(versions, income=5, start=(APRIL_25, None), changes=by_start) == between(5, 10)
    assert value(versions, income=5, changes=by_start) == NONE
    flags = {APRIL_25: compare(fact("income"), "<", 3), APRIL_26: compare(fact("income"), "<", 4)}
    assert value(flags, income=5, start=(APRIL_25, None), changes=by_start) is False
    assert value(flags, income=3, start=(APRIL_25, None), changes=by_start) is None
