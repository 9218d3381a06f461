"""Are the extracts true to their formats, and is every planted fault where the truth says?"""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from pathlib import Path

import pytest

from tests.unit.city.cities import INCOMING, TRUTH, table

NINO = re.compile(r"MW\d{6}[A-D]")
POSTCODE = re.compile(r"MM\d{1,2} \d[A-Z]{2}")
FULL = {
    "contacts", "council_tax_accounts", "council_tax_residents", "ctr_awards", "ctr_members", "school_roll_primary",
    "school_roll_secondary", "shbe", "suppressions", "uc_notices", "wards",
}  # fmt: skip
SPINE = {"council_tax_accounts", "ctr_awards", "ctr_members", "uc_notices"}


def incoming(folder: Path) -> dict[str, Path]:
    files = (folder / INCOMING).iterdir()
    return {re.sub(r"_\d{4}-\d\d-\d\d$", "", path.stem): path for path in files}


def decoded(path: Path) -> str:
    content = path.read_bytes()
    if "accounts" in path.name:
        return content.decode("cp1252")
    return content.decode("utf-8-sig" if "primary" in path.name else "utf-8")


def lines(path: Path) -> list[str]:
    return decoded(path).splitlines()


def faults(folder: Path) -> dict[tuple[str, int], str]:
    found = table(folder / TRUTH / "faults.csv")
    return {(row["file"], int(row["line"])): row["effect"] for row in found}


def test_which_files(sample: Path, minimal: Path) -> None:
    assert incoming(sample).keys() == FULL
    assert incoming(minimal).keys() == SPINE | {"nil_return"}


@pytest.mark.parametrize("name", sorted(FULL - {"shbe"}))
def test_every_sound_line_has_the_headings_width(sample: Path, name: str) -> None:
    path = incoming(sample)[name]
    planted = faults(sample)
    rows = list(csv.reader(io.StringIO(decoded(path))))
    assert len(rows) == len(lines(path)), "no row runs over a line's end"
    for number, row in enumerate(rows, start=1):
        if planted.get((path.name, number)) != "refused":
            assert len(row) == len(rows[0]), (path.name, number)


def test_shbe_is_header_records_trailer(sample: Path) -> None:
    path = incoming(sample)["shbe"]
    text = lines(path)
    planted = faults(sample)
    assert text[0] == "HDR|9990|12-11-2026"
    assert text[-1] == f"TRL|{len(text) - 2}"
    letters = set()
    for number, line in enumerate(text[1:-1], start=2):
        letters.add(line[0])
        if planted.get((path.name, number)) != "refused":
            assert len(line.split("|")) == 341, number
    assert letters == {"D", "C", "S", "T"}


def test_accents_stand_in_a_cp1252_file_that_is_not_utf_8(sample: Path) -> None:
    content = incoming(sample)["council_tax_accounts"].read_bytes()
    with pytest.raises(UnicodeDecodeError):
        content.decode("utf-8")
    assert "O'Brien" in content.decode("cp1252")
    assert incoming(sample)["school_roll_primary"].read_bytes().startswith(b"\xef\xbb\xbf")


def test_dates_of_the_extracts(sample: Path) -> None:
    rows = table(incoming(sample)["uc_notices"])
    assert {row["Extract Date"] for row in rows} == {"11/11/2026"}
    assert max(date(*map(int, reversed(row["AP End"].split("/")))) for row in rows if row["AP End"]) < date(
        2026, 11, 11
    )


def test_numbers_are_nobodys(sample: Path) -> None:
    people = table(sample / TRUTH / "people.csv")
    ninos = [row["nino"] for row in people if row["nino"]]
    assert len(ninos) == len(set(ninos))
    assert all(NINO.fullmatch(nino) for nino in ninos)
    phones = [row["phone"] for row in people if row["phone"]]
    assert len(phones) == len(set(phones))
    towns = [f"01{place} 496 0" for place in (13, 14, 15, 16, 17, 18, 21, 31, 41, 51, 61)]
    drama = ("01632 960", "07700 900", "0191 498 0", "020 7946 0", "029 2018 0", *towns)
    assert all(phone.startswith(drama) for phone in phones)
    postcodes = {row["postcode"].upper() for row in table(incoming(sample)["contacts"]) if " " in row["postcode"]}
    assert postcodes
    assert all(POSTCODE.fullmatch(code) for code in postcodes)


def test_several_notices_for_one_period_and_twelve_periods_for_some(sample: Path) -> None:
    by_claim: dict[str, list[tuple[int, str]]] = {}
    for row in table(incoming(sample)["uc_notices"]):
        if row["Sequence No"]:
            by_claim.setdefault(row["Claim Number"], []).append((int(row["Sequence No"]), row["AP Start"]))
    assert any(len({start for _, start in notices}) >= 12 for notices in by_claim.values())
    assert any(len({start for _, start in notices}) < len(notices) for notices in by_claim.values())


def test_rows_not_live_are_written(sample: Path) -> None:
    text = lines(incoming(sample)["council_tax_accounts"])
    assert any(line.split(",")[1] == "0" for line in text[1:])


def test_nil_return_of_the_minimal_set(minimal: Path) -> None:
    text = incoming(minimal)["nil_return"].read_text(encoding="utf-8")
    keys = [line.split(" = ")[0] for line in text.splitlines()]
    assert keys == [
        "kind",
        "signed_by",
        "role",
        "signed_on",
        "statement",
    ]
    assert "signed_on = 2026-11-12" in text


def test_every_kind_of_fault_is_planted(sample: Path) -> None:
    found = {row["fault"] for row in table(sample / TRUTH / "faults.csv")}
    assert found == {
        "row_twice", "nino_missing", "nino_spaces", "nino_lower_case", "nino_placeholder", "uprn_missing",
        "uprn_leading_noughts", "date_impossible", "birth_date_sentinel", "postcode_without_space", "line_broken",
        "column_shifted", "savings_differ", "nino_mistyped", "uprn_nought", "postcode_mistyped",
        "birth_day_and_month_swapped", "name_misspelt", "name_with_digits", "name_initial", "names_in_one",
        "reference_noughts_lost",
    }  # fmt: skip


def test_faults_stand_where_the_truth_says(sample: Path) -> None:
    by_name = {path.name: lines(path) for path in incoming(sample).values()}
    rows = table(sample / TRUTH / "faults.csv")
    for row in rows:
        line = by_name[row["file"]][int(row["line"]) - 1]
        if row["fault"] == "row_twice":
            assert line == by_name[row["file"]][int(row["line"]) - 2]
        if row["fault"] == "nino_placeholder":
            assert "ZX999999XZ" in line
        if row["fault"] == "date_impossible":
            assert re.search(r"31[/-]02[/-]2024", line)
        if row["fault"] == "birth_date_sentinel":
            assert "1900" in line
        if row["fault"] == "uprn_leading_noughts":
            assert "009990" in line
        if row["fault"] == "uprn_nought":
            assert ",0," in line and not re.search(r",9990\d{6},", line)
        if row["fault"] == "names_in_one":
            assert re.search(r'"[^"]+,MRS? & MRS? |"[^"]+,(MR|MRS|MS|MISS) & (MR|MRS|MS|MISS) ', line)
        if row["fault"] == "name_with_digits":
            assert re.search(r"[A-Za-z][a-zA-Z']*[01]", line)


def test_planted_households_carry_no_fault_of_chance(sample: Path) -> None:
    planted = {row["uprn"] for row in table(sample / TRUTH / "traps.csv")}
    by_name = {path.name: lines(path) for path in incoming(sample).values()}
    for row in table(sample / TRUTH / "faults.csv"):
        line = by_name[row["file"]][int(row["line"]) - 1]
        assert not planted & set(re.findall(r"\b9990\d{6}\b", line)), row
