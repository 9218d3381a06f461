"""Can a formula ever be negative or positive? The careful answer wherever it cannot be seen."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from lift.rulebook.nodes import Node
from lift.rulebook.signs import Sign, Signs
from tests.unit.engines.reference_builder import (
    DAY,
    ENDED,
    NO_LIMIT,
    amount_entry,
    amount_ref,
    as_node,
    call,
    cell,
    choose,
    day_of,
    fact,
    fact_entry,
    flag,
    gather,
    key,
    look_up,
    minus,
    rulebook,
    run_day,
    step_entry,
    step_ref,
    sum_of,
    table_entry,
)

UP, DOWN, ZERO, EITHER = Sign(True, False), Sign(False, True), Sign(True, True), Sign(False, False)
START, LATER = date(2020, 1, 1), date(2026, 1, 1)
PLUS, LESS, ANY = fact("plus"), fact("less"), fact("any")
BOOK = rulebook(
    fact_entry("plus", low=0),
    fact_entry("less", high=0),
    fact_entry("any"),
    fact_entry("bounded", low=-1, high=1),
    fact_entry("day", "date", low=date(2000, 1, 1)),
    amount_entry("rate", {START: 5, LATER: 0}),
    amount_entry("turns", {START: 5, LATER: -1}),
    amount_entry("ends", {START: 5, LATER: ENDED}),
    amount_entry("unlimited", {START: 5, LATER: NO_LIMIT}),
    amount_entry("weak", {START: cell(5, "projected")}),
    amount_entry("weak_within", {START: cell(5, "projected", (0, 9))}),
    amount_entry("weak_around", {START: cell(5, "projected", (-1, 9))}),
    amount_entry("no_value", {START: cell(None, within=(0, 9))}),
    amount_entry("outdated", {START: 5}, covers_to=date(2026, 5, 5)),
    amount_entry("current", {START: 5}, covers_to=DAY),
    table_entry("bands", [key()], {START: [(0, 1), (5, 2)]}),
    table_entry("mixed", [key()], {START: [(0, 1)], LATER: [(0, -2)]}),
    step_entry("t.plus", PLUS),
    step_entry("t.turns", {START: PLUS, LATER: LESS}),
    step_entry("t.within", ANY, within=(as_node(0), None)),
    step_entry("t.ceiling", ANY, within=(None, LESS)),
    step_entry("t.assumed", PLUS, assume=Fraction(-1)),
    step_entry("t.assumed_too", PLUS, assume=Fraction(1)),
    step_entry("t.circle", step_ref("t.circle")),
)


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (as_node(3), UP),
        (as_node(-3), DOWN),
        (as_node(0), ZERO),
        (PLUS, UP),
        (LESS, DOWN),
        (ANY, EITHER),
        (fact("bounded"), EITHER),
        (day_of("day"), EITHER),
        (run_day(), EITHER),
        (minus(PLUS), DOWN),
        (sum_of(PLUS, "+", PLUS), UP),
        (sum_of(PLUS, "+", LESS), EITHER),
        (sum_of(PLUS, "-", LESS), UP),
        (sum_of(LESS, "-", PLUS), DOWN),
        (sum_of(PLUS, "-", PLUS), EITHER),
        (sum_of(PLUS, "*", PLUS), UP),
        (sum_of(LESS, "*", LESS), UP),
        (sum_of(PLUS, "*", LESS), DOWN),
        (sum_of(PLUS, "*", ANY), EITHER),
        (sum_of(LESS, "/", amount_ref("rate")), DOWN),
        (choose(flag("p"), PLUS, 5), UP),
        (choose(flag("p"), PLUS, LESS), EITHER),
        (call("CEIL", LESS), DOWN),
        (call("ROUND", PLUS), UP),
        (call("MONTH_TO_YEAR_12", PLUS), UP),
        (call("YEAR_TO_WEEK_7_365", LESS), DOWN),
        (call("ABS", ANY), UP),
        (call("ABS", 0), ZERO),
        (call("GREATEST", ANY, 0), UP),
        (call("GREATEST", LESS, 0), ZERO),
        (call("GREATEST", LESS, LESS), DOWN),
        (call("LEAST", ANY, LESS), DOWN),
        (call("LEAST", PLUS, PLUS), UP),
        (call("AGE", day_of("day"), run_day()), EITHER),
        (amount_ref("rate"), UP),
        (amount_ref("turns"), EITHER),
        (amount_ref("ends"), UP),
        (amount_ref("unlimited"), UP),
        (amount_ref("weak"), EITHER),
        (amount_ref("weak_within"), UP),
        (amount_ref("weak_around"), EITHER),
        (amount_ref("no_value"), UP),
        (amount_ref("outdated"), EITHER),
        (amount_ref("current"), UP),
        (look_up("bands", ANY), UP),
        (look_up("mixed", ANY), EITHER),
        (step_ref("t.plus"), UP),
        (step_ref("t.turns"), EITHER),
        (step_ref("t.within"), UP),
        (step_ref("t.ceiling"), DOWN),
        (step_ref("t.assumed"), EITHER),
        (step_ref("t.assumed_too"), UP),
        (step_ref("t.circle"), EITHER),
        (gather("COUNT", "members"), UP),
        (gather("SUM", "members", PLUS), UP),
        (gather("MIN", "members", LESS), DOWN),
    ],
)
def test_signs(node: Node, expected: Any) -> None:
    assert Signs(BOOK, DAY).of(node) == expected
