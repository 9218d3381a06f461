"""In which ward is a home put, and how much of what is owed on its account is overdue?"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.unit.stages.towns import Row, Town, account


def town(*wards: dict[str, Any], **more: Any) -> tuple[Town, Row]:
    """One account, whose own ward code is E1, and a list of wards."""
    made = Town()
    row = made.add("council_tax_account", **(account(7, "LEE", "ANN") | {"ward_code": "E1"} | more))
    for ward in wards:
        made.add("ward", **ward)
    made.link().build()
    return made, row


def ward_of(*wards: dict[str, Any], **more: Any) -> Any:
    made, row = town(*wards, **more)
    return made.household(row, "liable_1")["ward"]


AT_THE_PROPERTY = {"uprn": "000100007", "ward_code": "E2", "ward_name": "Longford"}
IN_THE_POSTCODE = {"postcode": "cv11aa", "ward_code": "E3", "ward_name": "Foleshill"}
THE_CODE = {"ward_code": "E1", "ward_name": "Holbrooks"}


def test_without_a_list_the_code_on_the_account_stands() -> None:
    assert ward_of() == "E1"


def test_without_a_list_and_a_code_nothing_is_known() -> None:
    assert ward_of(ward_code=None) is None


def test_the_code_takes_the_name_that_the_list_gives_it() -> None:
    assert ward_of(THE_CODE) == "Holbrooks"


def test_the_property_comes_before_the_postcode_and_that_before_the_code() -> None:
    assert ward_of(THE_CODE, IN_THE_POSTCODE, AT_THE_PROPERTY) == "Longford"
    assert ward_of(THE_CODE, IN_THE_POSTCODE) == "Foleshill"


def test_a_ward_without_a_name_has_the_name_of_its_code_or_the_code() -> None:
    listed = AT_THE_PROPERTY | {"ward_code": "E1", "ward_name": None}
    assert ward_of(listed, THE_CODE) == "Holbrooks"
    assert ward_of(listed) == "E1"


def test_a_property_or_postcode_in_two_wards_tells_nothing() -> None:
    twice = AT_THE_PROPERTY | {"ward_code": "E4", "ward_name": "Radford"}
    assert ward_of(AT_THE_PROPERTY, twice, THE_CODE) == "Holbrooks"
    split = IN_THE_POSTCODE | {"ward_code": "E4", "ward_name": "Radford"}
    assert ward_of(IN_THE_POSTCODE, split, THE_CODE) == "Holbrooks"
    assert ward_of(THE_CODE, THE_CODE | {"ward_name": "Other"}) == "E1"


def test_the_postcode_of_another_property_tells_nothing_of_this_one() -> None:
    """Its neighbours may lie over the boundary."""
    assert ward_of(IN_THE_POSTCODE | {"uprn": "100008"}, ward_code=None) is None


def test_the_line_of_the_list_is_kept_as_the_source() -> None:
    made, row = town(THE_CODE, AT_THE_PROPERTY)
    home = made.household(row, "liable_1")["household_key"]
    found = made.all("FROM unit_source WHERE unit_key = ? AND kind = 'ward'", home)
    assert [one["line"] for one in found] == [4]


OWED = {"balance_prior_years": 100, "costs_outstanding": 20, "balance_current": 500}


@pytest.mark.parametrize(
    ("stage", "low", "high"),
    [
        ("none", 120, 120),
        ("reminder1", 120, 620),
        ("reminder2", 120, 620),
        ("hold", 120, 620),
        (None, 120, 620),
        ("final_notice", 620, 620),
        ("summons", 620, 620),
        ("enforcement_agent", 620, 620),
    ],
)
def test_this_years_balance_is_overdue_once_a_final_notice_has_made_it_due(
    stage: str | None, low: int, high: int
) -> None:
    made, row = town(**OWED, recovery_stage=stage)
    home = made.household(row, "liable_1")
    assert (home["arrears_low"], home["arrears_high"], home["arrears_fresh"]) == (Decimal(low), Decimal(high), True)


@pytest.mark.parametrize("missing", ["balance_prior_years", "costs_outstanding", "balance_current"])
def test_arrears_have_no_high_end_where_a_part_is_not_held(missing: str) -> None:
    known = sum(amount for name, amount in OWED.items() if name != missing)
    made, row = town(**(OWED | {missing: None}), recovery_stage="summons")
    home = made.household(row, "liable_1")
    assert (home["arrears_low"], home["arrears_high"]) == (Decimal(known), None)


def test_a_credit_pays_no_other_debt() -> None:
    made, row = town(balance_prior_years=-300, costs_outstanding=20, balance_current=-50, recovery_stage="summons")
    home = made.household(row, "liable_1")
    assert (home["arrears_low"], home["arrears_high"]) == (Decimal(20), Decimal(20))
