"""Does every profile fit its kind, and is a council's mistake in one told before any file is read?"""

from __future__ import annotations

from pathlib import Path

import pytest

from lift.errors import SettingsError
from lift.sources.documents import read_yaml
from lift.sources.kinds import load_kinds
from lift.sources.profile_shape import ProfileShape
from lift.sources.profiles import PROFILES_FOLDER, load_profiles, normalise, read_profile

SHIPPED = sorted(PROFILES_FOLDER.glob("*.yaml"))
START = """profile: ours
title: Ours
evidence: our own
structure: headed
delimiters: [comma]
dates: ["%d/%m/%Y"]
"""
TABLE = """tables:
  council_tax_account:
    columns:
      account_ref: {from: Account}
"""


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_profile_names_canonical_columns_only(path: Path) -> None:
    shape = read_yaml(path, ProfileShape)
    assert shape.profile == path.stem
    for kind, table in shape.tables.items():
        assert set(table.columns) <= set(load_kinds()[kind].columns)


def test_every_kind_has_a_plain_profile_that_maps_each_of_its_columns() -> None:
    book = load_profiles().profiles
    for kind in load_kinds().values():
        (table,) = book[f"plain_{kind.name}"].tables
        assert table.kind is kind
        assert [reading.name for reading in table.readings] == list(kind.columns)


def test_bank_details_ethnicity_and_landlord_are_dropped_by_every_supplier_profile_that_may_meet_them() -> None:
    book = load_profiles().profiles
    assert set(book["shbe_raw"].drop) == {247, 288, 289, *range(300, 308)}
    for name in ("academy_council_tax", "academy_ctr_awards"):
        for heading in ("bank_account", "ethnic_group", "landlord_name"):
            assert normalise(heading) in book[name].drop


def test_each_position_of_shbe_is_spoken_for_once() -> None:
    profile = load_profiles().profiles["shbe_raw"]
    used = {field for table in profile.tables for reading in table.readings for field in reading.fields} | {1}
    assert used | set(profile.drop) | set(profile.unused) == set(range(1, 342))
    assert not used & (set(profile.drop) | set(profile.unused))


def test_blanks_on_passported_claims_are_never_nought() -> None:
    profile = load_profiles().profiles["shbe_raw"]
    readings = {reading.name: reading for reading in profile.tables[0].readings}
    for name, reading in readings.items():
        if reading.blank.meaning in ("zero", "none") and name.startswith(("claimant_", "premium_", "tariff_")):
            assert reading.blank.when == {"passport_code": ["standard"]}, name
    assert readings["claimant_capital_total"].blank.meaning == "unknown"
    assert readings["claimant_attendance_allowance"].blank.meaning == "unknown"


def bad(tmp_path: Path, text: str) -> str:
    path = tmp_path / "ours.yaml"
    path.write_text(text)
    with pytest.raises(SettingsError) as caught:
        read_profile(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    return message.removeprefix(f"{path}: ")


def column(line: str) -> str:
    return START + TABLE + f"      {line}\n"


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("surnam: {}", "council_tax_account has no column surnam. Did you mean surname?"),
        ("full_charge_annual: {}", "full_charge_annual: money needs a unit."),
        ("full_charge_annual: {unit: GBP/week}", "unit GBP/week must be converted to GBP/year: name one of"),
        ("surname: {unit: GBP}", "surname: only money has a unit and a conversion."),
        ("surname: {codes: {a: b}}", "surname: only flags and codes have codes."),
        ("band: {codes: {one: Z}}", "band: Z is not among its codes (A-, A, B"),
        ("band: {other_codes: Z}", "band: Z is not among its codes (A-, A, B"),
        ("band: {constant: Z}", "band: Z is not among its codes (A-, A, B"),
        ("surname: {blank: zero}", "surname: a blank is zero for numbers only."),
        ("full_charge_annual: {unit: GBP/year, blank: none}", "a blank number is unknown or zero, not none."),
        ("band: {blank: perhaps}", "a blank is unknown, none, zero or one of its codes, not perhaps."),
        ("band: {as: nothing}", "there is no group nothing. Add it under groups, or correct the name."),
        ("surname: {from: a, joined: [b, c]}", "a column has one source: from, joined, first_of, constant or header"),
        ("surname: {header: true}", "surname: only extract_date comes from the header record."),
        (
            "full_charge_annual: {unit: GBP/year, blank: {is: zero, when: {surname: [x]}}}",
            "blank.when: surname is no code or flag of council_tax_account, or lacks one of these codes.",
        ),
    ],
)
def test_a_mistake_in_a_column_is_told(tmp_path: Path, line: str, complaint: str) -> None:
    assert complaint in bad(tmp_path, column(line))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (START + "tables: {things: {}}\n", "tables: there is no kind things. Known kinds: benefit_claim, "),
        (START + TABLE + "drop: [{fields: [ACCOUNT], why: x}]\n", "field account is both kept and left out."),
        (
            START + TABLE + "drop: [{fields: [a], why: x}]\nunused: [{fields: [a], why: x}]\n",
            "field a stands under drop and under unused.",
        ),
        (START + TABLE + "width: 3\n", "width, header and trailer belong to files of records only"),
        (START + TABLE + "set_aside: {X: x}\n", "records, set_aside and several tables need a record_field"),
        (START + TABLE + "record_field: kind\n", "with a record_field, every table says which records it takes"),
        (START + TABLE + "sentinels: {none: [soon]}\n", "sentinels: soon is not a date. Write it as 2099-12-31."),
        (START.replace("headed", "records") + TABLE, "a file of records needs width, header, trailer and record_field"),
    ],
)
def test_a_mistake_in_a_profile_is_told(tmp_path: Path, text: str, complaint: str) -> None:
    assert complaint in bad(tmp_path, text)


def test_a_position_nobody_speaks_for_is_told(tmp_path: Path) -> None:
    text = PROFILES_FOLDER.joinpath("shbe_raw.yaml").read_text().replace("[288, 289]", "[288]")
    assert "position 289 is not spoken for, or is none of the 341. List it once." in bad(tmp_path, text)


def test_a_council_adds_profiles_but_cannot_take_a_name_in_use(tmp_path: Path) -> None:
    path = tmp_path / "ours.yaml"
    path.write_text(START + TABLE)
    assert "ours" in load_profiles(tmp_path).profiles
    path.write_text(START.replace("profile: ours", "profile: shbe_raw") + TABLE)
    with pytest.raises(SettingsError, match=r"the profile shbe_raw exists already in .*Give this one a name"):
        load_profiles(tmp_path)


def test_headings_are_compared_by_letters_and_digits() -> None:
    assert normalise("  Weekly CTS  entitlement ") == normalise("weekly_cts_ENTITLEMENT") == "weeklyctsentitlement"
    assert normalise(12) == 12
