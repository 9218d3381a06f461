"""What becomes of dates, codes, flags, numbers and blanks, cell by cell?"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from pathlib import Path

import pytest

from lift.sources.profiles import load_profiles
from tests.unit.sources.samples import ACCOUNT, plain, put, read, rows

PROFILE = """profile: ours
title: Ours
evidence: our own
structure: headed
delimiters: [comma]
dates: ["%d/%m/%Y", "%d-%b-%y"]
sentinels: {unknown: [1900-01-01], none: [9999-12-31]}
tables:
  pupil:
    columns:
      extract_date: {from: day, dates: ["%Y-%m-%d"]}
      upn: {first_of: [new number, old number]}
      surname: {}
      forename: {constant: unknown}
      date_of_birth: {from: born, two_digit_years: past}
      on_roll_to: {from: left, blank: none}
      fsm_eligible: {from: meals, codes: {FREE: "true", PAID: "false", ASKED: null}, blank: {is: none, why: said so}}
      sex: {from: sex, codes: {F: female, M: male}, other_codes: unknown}
      fsm_country: {from: country, codes: {E: england}, other_codes: wales}
      fsm_category: {from: tier, codes: {T: targeted}, blank: {is: other, when: {fsm_country: [england]}}}
"""
HEADINGS = "day,new number,old number,surname,born,left,meals,sex,country,tier"


def one(folder: Path, **cells: str) -> tuple[object, ...]:
    """The row that these cells give, by the profile above."""
    profile = folder / "profiles" / "ours.yaml"
    profile.parent.mkdir()
    profile.write_text(PROFILE)
    given = {"day": "2026-11-12", "surname": "EXAMPLE", "born": "01/09/2015", "new": "N1", **cells}
    values = [given.get(heading.split()[0] if " " in heading else heading, "") for heading in HEADINGS.split(",")]
    put(folder / "in", "file.csv", f"{HEADINGS}\n{','.join(values)}\n")
    connection, _ = read(folder / "in", profiles=load_profiles(profile.parent))
    columns = "upn, date_of_birth, on_roll_to, fsm_eligible, sex, fsm_country, fsm_category, forename"
    found = rows(connection, f"SELECT {columns} FROM pupil")
    return found[0] if found else tuple(rows(connection, "SELECT column_name, reason FROM refusal"))


def day(year: int, month: int, number: int) -> datetime.date:
    return datetime.date(year, month, number)


UPN, BORN, LEFT, MEALS, SEX, COUNTRY, TIER, FORENAME = range(8)


@pytest.mark.parametrize(
    ("cells", "column", "value"),
    [
        ({"born": "1/9/2015"}, BORN, day(2015, 9, 1)),
        ({"born": "  01/09/2015 "}, BORN, day(2015, 9, 1)),
        ({"born": "2-Jan-06"}, BORN, day(2006, 1, 2)),
        ({"born": "2-Jan-46"}, BORN, day(1946, 1, 2)),  # two digits in the future are a century ago
        ({"born": "02/01/2046"}, BORN, day(2046, 1, 2)),  # four digits are taken at their word
        ({"born": "01/01/1900"}, BORN, None),
        ({"born": "29/02/2016"}, BORN, day(2016, 2, 29)),
        ({"left": "31/12/9999"}, LEFT, None),
        ({"left": "2-Jan-46"}, LEFT, day(2046, 1, 2)),  # only a column that says `past` is put back a century
        ({"left": ""}, LEFT, None),
        ({"left": "31/07/2027"}, LEFT, day(2027, 7, 31)),
        ({"meals": "free"}, MEALS, True),
        ({"meals": " PAID"}, MEALS, False),
        ({"meals": "ASKED"}, MEALS, None),
        ({"meals": ""}, MEALS, False),
        ({"sex": "f"}, SEX, "female"),
        ({"sex": "X"}, SEX, None),
        ({"country": "E"}, COUNTRY, "england"),
        ({"country": "elsewhere"}, COUNTRY, "wales"),
        ({"country": ""}, COUNTRY, None),  # blank is no code, not another code
        ({"tier": "T"}, TIER, "targeted"),
        ({"tier": "", "country": "E"}, TIER, "other"),
        ({"tier": "", "country": "W"}, TIER, None),
        ({"tier": "", "country": ""}, TIER, None),
        ({"new": "N1", "old": "O1"}, UPN, "N1"),
        ({"new": " ", "old": "O1"}, UPN, "O1"),
        ({}, FORENAME, "unknown"),
    ],
)
def test_a_cell_becomes(tmp_path: Path, cells: Mapping[str, str], column: int, value: object) -> None:
    assert one(tmp_path, **cells)[column] == value


@pytest.mark.parametrize(
    ("cells", "column", "reason"),
    [
        ({"born": "31/02/2015"}, "date_of_birth", "bad_date"),
        ({"born": "01/09/15"}, "date_of_birth", "bad_date"),
        ({"born": "01/09/1815"}, "date_of_birth", "bad_date"),
        ({"born": "2015-09-01"}, "date_of_birth", "bad_date"),
        ({"meals": "maybe"}, "fsm_eligible", "bad_flag"),
        ({"tier": "Q"}, "fsm_category", "unknown_code"),
        ({"new": "", "surname": ""}, None, "nothing_to_join"),
    ],
)
def test_a_cell_is_refused(tmp_path: Path, cells: Mapping[str, str], column: str | None, reason: str) -> None:
    other = {"country": "E", **cells} if "surname" not in cells else cells
    assert (column, reason) in _refusals(tmp_path, other)


def _refusals(folder: Path, cells: Mapping[str, str]) -> list[tuple[object, ...]]:
    """The refusals of a file with one sound row and this one."""
    profile = folder / "profiles" / "ours.yaml"
    profile.parent.mkdir()
    profile.write_text(PROFILE)
    given = {"day": "2026-11-12", "surname": "EXAMPLE", "born": "01/09/2015", "new": "N1", **cells}
    sound = "2026-11-12,N2,,SOUND,01/09/2015,,,,,"
    values = [given.get(heading.split()[0] if " " in heading else heading, "") for heading in HEADINGS.split(",")]
    put(folder / "in", "file.csv", f"{HEADINGS}\n{sound}\n{','.join(values)}\n")
    connection, report = read(folder / "in", profiles=load_profiles(profile.parent))
    assert (report.accepted, report.refused) == (1, 1)
    return rows(connection, "SELECT column_name, reason FROM refusal")


@pytest.mark.parametrize(
    ("column", "text", "value"),
    [
        ("disregarded_adults_count", "2", 2),
        ("disregarded_adults_count", "2.0", "bad_number"),
        ("disregarded_adults_count", "1e2", "bad_number"),
        ("discount_percent", "25", 25),
        ("discount_percent", "12.345", "bad_number"),
        ("breathing_space", "Y", True),
        ("breathing_space", "n", False),
        ("breathing_space", "", None),
        ("uprn", "000100", "100"),
        ("uprn", "0", None),
        ("nino", "ab 12-34 56 c", "AB123456C"),
        ("nino", "--", None),
        ("disabled_band_reduction", "", False),
        ("ctr_amount_annual", "", 0),
        ("balance_current", "", None),
        ("occupation_end", "", None),
    ],
)
def test_a_plain_account_cell(tmp_path: Path, column: str, text: str, value: object) -> None:
    sound, tried = ACCOUNT, {**ACCOUNT, "account_ref": "2", column: text}
    connection, report = read(put(tmp_path, "a.csv", plain("council_tax_account", [sound, tried])).parent)
    if isinstance(value, str) and value.startswith("bad_"):
        assert rows(connection, "SELECT line, column_name, reason FROM refusal") == [(3, column, value)]
    else:
        assert report.refused == 0
        assert rows(connection, f"SELECT {column} FROM council_tax_account WHERE line = 3") == [(value,)]


def test_a_column_that_no_file_holds_is_null_and_said_to_be_unknown(tmp_path: Path) -> None:
    text = "account_ref,property_ref,surname,address1,postcode,band,occupation_start,discount_type\n" + (
        "1,P,A,1 HIGH ST,CV1 1AA,B,2001-04-01,\n"
    )
    connection, _ = read(put(tmp_path, "a_2026-11-12.csv", text).parent)
    found = "SELECT discount_type, ctr_amount_annual, disabled_band_reduction FROM council_tax_account"
    assert rows(connection, found) == [("none", None, None)]
    described = "SELECT column_name, heading, blank FROM extract_column WHERE column_name IN (?, ?, ?) ORDER BY 1"
    wanted = ["ctr_amount_annual", "discount_type", "extract_date"]
    assert connection.execute(described, wanted).fetchall() == [
        ("ctr_amount_annual", None, "unknown"),
        ("discount_type", "discount_type", "none"),
        ("extract_date", "the file as a whole", "unknown"),
    ]
