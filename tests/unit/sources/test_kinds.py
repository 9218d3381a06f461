"""Is every kind of extract described whole, and is a mistake in a description told with its place?"""

from __future__ import annotations

from pathlib import Path

import pytest

from lift.errors import SettingsError
from lift.sources.kinds import KINDS_FOLDER, load_kinds, read_kind

KINDS = [
    "benefit_claim",
    "benefit_person",
    "contact",
    "council_tax_account",
    "council_tax_resident",
    "ctr_award",
    "ctr_person",
    "pupil",
    "suppression",
    "universal_credit_notice",
    "ward",
]
START = """kind: thing
title: Things
short: things
row: one thing
key: [ref]
months_back: 1
snapshot: true
columns:
  ref: {type: text, need: value, meaning: its reference}
"""


def test_the_kinds_are_those_of_the_design() -> None:
    assert list(load_kinds()) == KINDS


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_knows_its_day_and_says_what_each_column_means(name: str) -> None:
    kind = load_kinds()[name]
    assert (KINDS_FOLDER / f"{name}.yaml").is_file()
    assert kind.columns["extract_date"].type == "date"
    assert kind.columns["extract_date"].need == "value"
    assert all(column.meaning for column in kind.columns.values())
    assert kind.key or kind.one_of


def test_money_is_in_pounds_for_a_named_period_or_a_sum() -> None:
    units = {
        column.unit for kind in load_kinds().values() for column in kind.columns.values() if column.type == "money"
    }
    assert units == {"GBP", "GBP/week", "GBP/month", "GBP/year"}


def test_what_could_reveal_a_person_is_marked() -> None:
    for kind in load_kinds().values():
        for name, column in kind.columns.items():
            if "nino" in name or "surname" in name or "date_of_birth" in name:
                assert column.sensitivity in ("identity", "safety"), f"{kind.name}.{name}"


@pytest.mark.parametrize(
    ("more", "complaint"),
    [
        ("  a: {type: text, unit: GBP, meaning: x}\n", "money needs a unit, and nothing else has one"),
        ("  a: {type: money, meaning: x}\n", "money needs a unit, and nothing else has one"),
        ("  a: {type: code, meaning: x}\n", "a code needs its codes"),
        ("  a: {type: float, meaning: x}\n", "columns.a.type: input should be"),
        ("  A b: {type: text, meaning: x}\n", "A b is no column name"),
        ("  a: {type: text, meaning: x, colour: red}\n", "columns.a.colour: extra inputs are not permitted"),
        ("one_of: [nothing]\n", "nothing is not among the columns"),
    ],
)
def test_a_mistake_is_told_with_its_file_and_place(tmp_path: Path, more: str, complaint: str) -> None:
    path = tmp_path / "thing.yaml"
    path.write_text(START + more)
    with pytest.raises(SettingsError) as caught:
        read_kind(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert complaint in str(caught.value)


def test_a_key_given_twice_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "thing.yaml"
    path.write_text(START + "  ref: {type: text, meaning: again}\n")
    with pytest.raises(SettingsError, match=r"thing\.yaml:10: found duplicate key"):
        read_kind(path)
