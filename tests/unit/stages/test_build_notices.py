"""Which Universal Credit notice counts for which month, what holds from before, and what is not told?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from lift.plan.layout import IDS, KEYS
from lift.stages.build.notices import ELEMENTS
from tests.unit.stages.towns import Row, Town, account, notice

ALL_KNOWN = dict.fromkeys(ELEMENTS, 0) | {"element_standard": 400, "element_housing": 500}
AUGUST, SEPTEMBER, OCTOBER = date(2026, 8, 5), date(2026, 9, 5), date(2026, 10, 5)


@dataclass
class Cases:
    town: Town = field(default_factory=Town)
    rows: dict[str, Row] = field(default_factory=dict)

    def told(self, name: str, number: int, sequence: int, starts: date, **more: Any) -> None:
        who = {"claimant_surname": f"N{number}", "claimant_forename": "Una", "is_couple": False}
        self.rows[name] = self.town.add("universal_credit_notice", **(notice(number, sequence, starts) | who | more))

    def family(self, name: str) -> dict[str, Any]:
        return self.town.family(self.rows[name])

    def period(self, name: str, starts: date) -> dict[str, Any]:
        (found,) = [p for p in self.town.periods(self.rows[name]) if p["period_start_low"] == starts]
        return found


def _histories(cases: Cases) -> None:
    cases.told("first word", 1, 1, SEPTEMBER, award_month=300, notice_type="award")
    cases.told("correction", 1, 3, SEPTEMBER, award_month=200, file_id=7)
    cases.told("latest", 1, 2, OCTOBER, award_month=100)
    cases.told("gap begins", 2, 1, date(2026, 6, 5), award_month=300, notice_type="award", **ALL_KNOWN)
    cases.told("gap ends", 2, 2, date(2026, 10, 5), award_month=250)
    cases.told("whole", 3, 1, AUGUST, award_month=900, capital=3000, **ALL_KNOWN)
    cases.told("short", 3, 2, OCTOBER, award_month=850, earnings_net_month=100, self_employed_net_month=0)
    cases.told("before uprating", 4, 1, date(2026, 3, 5), award_month=900, **ALL_KNOWN)
    cases.told("after uprating", 4, 2, OCTOBER, award_month=850)
    cases.told("before a birth", 9, 1, SEPTEMBER, award_month=900, **ALL_KNOWN)
    cases.told("after a birth", 9, 2, OCTOBER, award_month=1200)
    cases.told("award before closing", 5, 1, SEPTEMBER, award_month=300)
    cases.told("closed", 5, 2, SEPTEMBER, notice_type="closed")
    cases.told("closing again", 6, 1, AUGUST, notice_type="closed", claimant_nino="MW100006A",
               claimant_date_of_birth=date(1990, 1, 1), notice_date=date(2026, 9, 1))  # fmt: skip
    cases.told("new claim", 7, 1, OCTOBER, award_month=10, claimant_nino="MW100006A",
               claimant_date_of_birth=date(1990, 1, 1))  # fmt: skip
    cases.told("old history", 8, 1, date(2026, 5, 5), award_month=300, notice_date=date(2026, 6, 8), **ALL_KNOWN)


def _amounts(cases: Cases) -> None:
    sums = {"earnings_net_month": 500, "other_income_month": 50}
    cases.told("capped", 20, 1, OCTOBER, award_month=700, benefit_cap_reduction_month=150, sanction=False, **ALL_KNOWN)
    cases.told("cap not told", 21, 1, OCTOBER, award_month=700, sanction=False, **ALL_KNOWN)
    cases.told("sanctioned", 22, 1, OCTOBER, award_month=700, benefit_cap_reduction_month=0, sanction=True, **ALL_KNOWN)
    cases.told("sanction not told", 23, 1, OCTOBER, award_month=700, benefit_cap_reduction_month=0)
    cases.told("pay", 24, 1, OCTOBER, award_month=1, self_employed_net_month=0, capital=6000, **sums)
    cases.told("profit", 25, 1, OCTOBER, award_month=1, self_employed_net_month=20, capital="6000.01", **sums)
    cases.told("pay half told", 26, 1, OCTOBER, award_month=1, **sums)
    cases.told("nil", 27, 1, OCTOBER, award_month=0, notice_type="nil_award")
    cases.told("nothing told", 28, 1, OCTOBER)
    extra = {"element_lcwra": 429, "element_carer": 0, "element_disabled_child_higher": 500, "element_childcare": 80}
    cases.told("elements", 29, 1, OCTOBER, **(ALL_KNOWN | extra))


@pytest.fixture(scope="module")
def cases() -> Iterator[Cases]:
    made = Cases()
    _histories(made)
    _amounts(made)
    made.town.link().build()
    yield made
    made.town.connection.close()


def _points(unit: dict[str, Any], fact: str) -> tuple[Any, Any]:
    return unit[f"{fact}_low"], unit[f"{fact}_high"]


def test_the_latest_sequence_of_a_period_wins_whichever_file_it_came_in(cases: Cases) -> None:
    assert _points(cases.period("latest", SEPTEMBER), "universal_credit_entitlement") == (200, None)
    (source,) = cases.town.all(
        "SELECT * FROM unit_source WHERE level = 'period' AND unit_key = ?",
        cases.period("latest", SEPTEMBER)["period_key"],
    )
    assert (source["file_id"], source["line"]) == (7, cases.rows["correction"].line)


def test_the_latest_period_is_the_last_month_not_the_last_word(cases: Cases) -> None:
    assert [p["is_latest"] for p in cases.town.periods(cases.rows["latest"])] == [False, True]
    assert _points(cases.family("latest"), "universal_credit_award") == (100, 100)
    assert cases.family("latest")["latest_period_is_known"] is True


def test_a_month_without_a_notice_is_a_period_of_which_nothing_is_known(cases: Cases) -> None:
    periods = cases.town.periods(cases.rows["gap begins"])
    assert [p["period_start_low"] for p in periods] == [date(2026, month, 5) for month in (6, 7, 8, 9, 10)]
    known = [{name for name, value in p.items() if value is not None} for p in periods[1:4]]
    assert known == [{*KEYS["period"], *IDS["period"], "period_start_low", "period_start_high", "is_latest"}] * 3


def test_elements_and_capital_hold_from_an_earlier_notice_and_money_does_not(cases: Cases) -> None:
    family, period = cases.family("short"), cases.period("short", OCTOBER)
    assert _points(family, "universal_credit_maximum") == (900, 900)
    assert _points(family, "savings") == (3000, 3000)
    assert _points(period, "period_earnings") == (100, 100)
    assert period["has_lcwra_element"] is False
    assert _points(cases.family("after uprating"), "universal_credit_earnings") == (None, None)


def test_an_uprating_ends_what_holds(cases: Cases) -> None:
    assert _points(cases.family("after uprating"), "universal_credit_maximum") == (None, None)
    assert _points(cases.period("after uprating", date(2026, 3, 5)), "childcare_element") == (0, 0)


def test_an_award_above_what_is_held_ends_it(cases: Cases) -> None:
    assert _points(cases.family("after a birth"), "universal_credit_maximum") == (None, None)
    assert cases.period("after a birth", OCTOBER)["has_carer_element"] is None
    assert _points(cases.period("after a birth", SEPTEMBER), "childcare_element") == (0, 0)


def test_a_claim_is_open_until_a_notice_closes_it(cases: Cases) -> None:
    assert cases.family("latest")["gets_universal_credit"] is True
    assert cases.family("new claim")["gets_universal_credit"] is True
    assert cases.family("closing again")["family_key"] == cases.family("new claim")["family_key"]


def test_a_closed_claim_is_a_record_and_no_award(cases: Cases) -> None:
    family = cases.family("closed")
    assert family["gets_universal_credit"] is False
    assert family["is_on_low_income_record"] is True
    assert _points(family, "universal_credit_award") == (None, None)


def test_the_award_ages_by_itself_while_elements_hold(cases: Cases) -> None:
    family = cases.family("old history")
    assert (family["universal_credit_award_fresh"], family["universal_credit_maximum_fresh"]) == (False, True)
    assert family["gets_universal_credit_fresh"] is True


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("capped", 850, 850),
        ("cap not told", 700, 900),
        ("sanctioned", 700, 900),
        ("sanction not told", 700, None),
        ("nothing told", None, None),
    ],
)
def test_entitlement_is_the_award_and_the_cap_only_where_that_is_proved(
    cases: Cases, name: str, low: int | None, high: int | None
) -> None:
    assert _points(cases.period(name, OCTOBER), "universal_credit_entitlement") == (low, high)


def test_a_cap_not_told_is_unknown(cases: Cases) -> None:
    assert _points(cases.period("capped", OCTOBER), "cap_reduction") == (150, 150)
    assert _points(cases.period("cap not told", OCTOBER), "cap_reduction") == (None, None)


@pytest.mark.parametrize(
    ("name", "earnings", "unearned", "capped"),
    [
        ("pay", (500, 500), (50, 50), (0, Decimal("11.54"))),
        ("profit", (520, None), (50, None), (0, Decimal("11.54"))),
        ("pay half told", (500, None), (50, None), (0, Decimal("11.54"))),
        ("nothing told", (None, None), (None, None), (0, None)),
    ],
)
def test_means_are_ranges_where_a_part_is_not_told(
    cases: Cases, name: str, earnings: tuple[Any, Any], unearned: tuple[Any, Any], capped: tuple[Any, Any]
) -> None:
    family = cases.family(name)
    assert _points(family, "universal_credit_earnings") == earnings
    assert _points(family, "universal_credit_unearned_income") == unearned
    assert _points(family, "other_capped_benefits") == capped


def test_a_nil_award_is_a_live_claim(cases: Cases) -> None:
    family = cases.family("nil")
    assert (family["gets_universal_credit"], family["universal_credit_is_nil"]) == (True, True)
    assert cases.period("nil", OCTOBER)["period_is_nil"] is True


def test_elements_are_flags_by_their_amounts(cases: Cases) -> None:
    period = cases.period("elements", OCTOBER)
    flags = (
        "has_lcwra_element",
        "has_carer_element",
        "has_disabled_child_addition",
        "has_higher_disabled_child_addition",
    )
    assert [period[name] for name in flags] == [True, False, True, True]
    assert _points(period, "childcare_element") == (80, 80)
    blank = cases.period("nothing told", OCTOBER)
    assert [blank[name] for name in flags] == [None] * 4


def test_periods_are_complete_from_a_first_award_up_to_the_day(cases: Cases) -> None:
    assert cases.family("latest")["periods_complete"] is True
    assert cases.family("old history")["periods_complete"] is None
    assert cases.family("nothing told")["periods_complete"] is None


def test_a_feed_that_stopped_holds_nothing() -> None:
    town = Town()
    row = town.add("universal_credit_notice", **notice(1, 1, date(2026, 6, 5), notice_date=date(2026, 7, 8)),
                   claimant_surname="Una", award_month=1, **ALL_KNOWN)  # fmt: skip
    town.link().build()
    family = town.family(row)
    assert (family["gets_universal_credit"], family["gets_universal_credit_fresh"]) == (True, False)
    assert family["universal_credit_maximum_fresh"] is False
    town.connection.close()


def test_a_notice_older_than_the_uprating_holds_nothing() -> None:
    town = Town()
    row = town.add("universal_credit_notice", **notice(1, 1, date(2026, 2, 5), notice_date=date(2026, 3, 8)),
                   claimant_surname="Una", **ALL_KNOWN)  # fmt: skip
    town.add("universal_credit_notice", **notice(2, 1, OCTOBER), claimant_surname="Ulf")
    town.link().build()
    assert town.family(row)["universal_credit_maximum_fresh"] is False
    town.connection.close()


def test_families_last_told_of_before_the_uprating_are_counted() -> None:
    """The rates of 2026-27 began on Monday 6 April: a period that ended on the 5th is told at the rates before."""
    town = Town()
    for number, ends in enumerate((date(2026, 4, 5), date(2026, 4, 6), date(2026, 4, 7), date(2026, 4, 5)), start=1):
        dated = notice(number, 1, date(2026, 3, 6)) | {"assessment_period_end": ends}
        closed = {"notice_type": "closed"} if number == 4 else {}
        town.add("universal_credit_notice", **(dated | closed), claimant_surname=f"N{number}", **ALL_KNOWN)
    built = town.link().build(date(2026, 4, 20)).built
    assert (built.awaiting_new_rates, built.rates_since) == (1, date(2026, 4, 6))
    built = town.build(date(2026, 4, 5)).built
    assert (built.awaiting_new_rates, built.rates_since) == (0, date(2025, 4, 7))
    town.connection.close()


def test_two_notices_of_one_sequence_that_differ_are_both_left_out() -> None:
    town = Town()
    same = {"claimant_surname": "Una", "is_couple": False}
    before = town.add("universal_credit_notice", **notice(1, 1, SEPTEMBER), **same, award_month=300)
    one = town.add("universal_credit_notice", **notice(1, 2, OCTOBER), **same, award_month=200)
    other = town.add("universal_credit_notice", **notice(1, 2, OCTOBER), **same, award_month=250)
    # The same notice twice is no contradiction, and a sequence may begin anew with each period.
    twice = [town.add("universal_credit_notice", **notice(2, 1, OCTOBER), **same, award_month=10) for _ in range(2)]
    town.add("universal_credit_notice", **notice(2, 1, SEPTEMBER), **same, award_month=20)
    town.link().build()
    refused = town.all("SELECT line, fact FROM build_refusal ORDER BY line")
    assert refused == [{"line": row.line, "fact": "sequence_number"} for row in (one, other)]
    assert [p["period_start_low"] for p in town.periods(before)] == [SEPTEMBER]
    assert town.family(before)["gets_universal_credit"] is True
    assert [p["period_start_low"] for p in town.periods(twice[0])] == [SEPTEMBER, OCTOBER]
    town.connection.close()


def test_a_period_that_ends_before_it_begins_is_told_and_lasts_a_month() -> None:
    town = Town()
    dated = notice(1, 1, OCTOBER) | {"assessment_period_end": date(2020, 1, 1)}
    row = town.add("universal_credit_notice", **dated, claimant_surname="Una", award_month=300)
    sound = town.add("universal_credit_notice", **notice(2, 1, OCTOBER), claimant_surname="Ulf", award_month=300)
    town.link().build()
    refused = town.all("SELECT line, fact, reason FROM build_refusal")
    assert refused == [
        {"line": row.line, "fact": "assessment_period_end", "reason": "before the day that the period began"}
    ]
    assert [town.family(one)["universal_credit_award_fresh"] for one in (row, sound)] == [True, True]
    town.connection.close()


def test_a_period_outside_the_dictionary_is_refused() -> None:
    town = Town()
    row = town.add("universal_credit_notice", **notice(1, 1, date(2012, 6, 5)), claimant_surname="Una", award_month=1)
    town.add("council_tax_account", **account(1, "UNA", ""))
    town.link().build()
    assert town.all("SELECT * FROM period") == []
    refused = town.all("SELECT level, kind, line, fact FROM build_refusal")
    assert refused == [{"level": "period", "kind": "universal_credit_notice", "line": row.line, "fact": "period_start"}]
    town.connection.close()


@pytest.mark.parametrize(("ends", "told"), [(date(2026, 11, 14), False), (date(2026, 11, 15), True)])
def test_a_period_far_longer_than_a_month_is_told_and_lasts_a_month(ends: date, told: bool) -> None:
    town = Town()
    dated = notice(1, 1, OCTOBER) | {"assessment_period_end": ends}
    town.add("universal_credit_notice", **dated, claimant_surname="Una", award_month=300)
    town.link().build()
    refused = [row["reason"] for row in town.all("FROM build_refusal")]
    assert refused == (["far more than a month after the period began"] if told else [])
    town.connection.close()
