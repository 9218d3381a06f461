"""What does a person read when an extract is not right? Word for word: where, what, and what to do."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from lift.errors import ExtractError, LiftError, UsageError
from lift.sources.profiles import load_profiles
from lift.stages.intake import intake
from tests.unit.sources.samples import ACCOUNT, accounts, plain, put, record, shbe

Setting = Callable[[Path], object]
ACCOUNTS = "council_tax_account"


def told(folder: Path, **options: object) -> str:
    """The message of the error that this folder causes."""
    connection = duckdb.connect()
    with pytest.raises(LiftError) as caught:
        intake(connection, folder, **options)  # type: ignore[arg-type]
    assert connection.execute("SELECT count(*) FROM duckdb_tables()").fetchall() == [(0,)]
    return str(caught.value)


def swapped(first: str, second: str, count: int = 12) -> str:
    """Accounts with the values of two columns under each other's heading."""
    row = [
        {**ACCOUNT, "account_ref": f"3{i}", first: ACCOUNT.get(second, "X"), second: ACCOUNT.get(first, "Y")}
        for i in range(count)
    ]
    return plain(ACCOUNTS, row)


def headed(change: Callable[[list[str]], list[str]]) -> str:
    """Two accounts under a changed heading line."""
    lines = accounts(2).split("\n")
    return "\n".join([",".join(change(lines[0].split(","))), *lines[1:]])


def without(*names: str) -> Callable[[list[str]], list[str]]:
    return lambda headings: [f"spare_{name}" if name in names else name for name in headings]


NIL = (
    'kind = "suppression"\nsigned_by = "A. Lead"\nrole = "Lead"\nsigned_on = 2026-11-12\n'
    'statement = "Nobody this month."\n'
)
PENCE = plain(ACCOUNTS, [{**ACCOUNT, "account_ref": f"3{i}", "full_charge_annual": "171244"} for i in range(25)])
MIXED = plain(ACCOUNTS, [ACCOUNT, {**ACCOUNT, "account_ref": "2", "extract_date": "2026-11-13"}])
UNREADABLE = plain(ACCOUNTS, [{**ACCOUNT, "account_ref": "", "occupation_start": "never"} for _ in range(3)])

CASES: dict[str, tuple[dict[str, str | bytes], str]] = {
    "empty file": (
        {"a.csv": b""},
        "a.csv: is empty. Ask the supplier's system for the extract again, or remove the file.",
    ),
    "no rows": (
        {"a.csv": plain(ACCOUNTS, [])},
        "a.csv: has a heading line and no rows. Ask for the extract again, or remove it to run without.",
    ),
    "missing and unexpected heading": (
        {"a.csv": headed(without("band", "postcode"))},
        "a.csv: its heading line fits no profile. The nearest is plain_council_tax_account, but the file lacks "
        "postcode, band and has columns that nobody expects (number 22: spare_postcode, number 23: spare_band). "
        "Correct the headings, or add a profile for this file.",
    ),
    "two columns of one name": (
        {"a.csv": headed(lambda names: ["Surname " if name == "forename" else name for name in names])},
        "a.csv: columns 7 and 8 have the same heading (Surname). Rename or remove one of them.",
    ),
    "no heading line": (
        {"a.csv": accounts(3).split("\n", 1)[1]},
        "a.csv: its first line is no heading line of any known profile, nor does it hold records. Add the heading "
        "line, or a profile for this file.",
    ),
    "swapped date and text": (
        {"a.csv": swapped("occupation_start", "surname")},
        "a.csv: most values under occupation_start are not dates as the profile expects them. Two columns may be "
        "swapped: compare the headings with what stands below them, or correct the profile.",
    ),
    "swapped code and amount": (
        {"a.csv": swapped("band", "full_charge_annual")},
        "a.csv: most values under band are not codes that the profile lists. Two columns may be swapped: compare the "
        "headings with what stands below them, or correct the profile.",
    ),
    "swapped postcode and surname": (
        {"a.csv": swapped("postcode", "surname")},
        "a.csv: most values under postcode are not postcodes. Two columns may be swapped: compare the headings with"
        " what stands below them, or correct the profile.",
    ),
    "damaged UPRNs": (
        {"a.csv": plain(ACCOUNTS, [{**ACCOUNT, "account_ref": f"3{i}", "uprn": "1.0E+11"} for i in range(12)])},
        "a.csv: most values under uprn are not UPRNs of up to 12 digits. Two columns may be swapped: compare the "
        "headings with what stands below them, or correct the profile.",
    ),
    "pence for pounds": (
        {"a.csv": PENCE},
        "a.csv: half of the amounts under full_charge_annual are above 9000 GBP/year, which cannot be. Does it hold"
        " pence or pounds, and for which period? Correct the unit in the profile.",
    ),
    "not one row readable": (
        {"a.csv": UNREADABLE},
        "a.csv: not one of its 3 rows can be read. Check that it is the right file and that the profile "
        "plain_council_tax_account suits it.",
    ),
    "rows of several days": (
        {"a.csv": MIXED},
        "a.csv: its rows are of 2 different days (extract_date). Council tax accounts must all be of one day: ask "
        "for such an extract.",
    ),
    "files of several days": (
        {"a.csv": accounts(1), "b.csv": accounts(2).replace("2026-11-12", "2026-11-13")},
        "b.csv: is of 2026-11-13, but a.csv of 2026-11-12. Council tax accounts must all be of one day: keep the "
        "newer file only.",
    ),
    "no day": (
        {"a.csv": accounts(1).replace("extract_date,", "").replace("2026-11-12,", "")},
        "a.csv: the day it was written is not known. Add a column extract_date, put the day into the file's name "
        "(2026-11-12), or give it in extracts.toml.",
    ),
    "too old": (
        {"a.csv": accounts(1).replace("2026-11-12", "2026-09-30")},
        "a.csv: is of 2026-09-30, too old for the run of 2026-11 (Council tax accounts may be a month old). Ask for"
        " a newer extract.",
    ),
    "too new": (
        {"a.csv": accounts(1).replace("2026-11-12", "2026-12-01")},
        "a.csv: is of 2026-12-01, after the month of this run (2026-11). Put it into the folder of its own month, "
        "or run that month.",
    ),
    "same file twice": (
        {"a.csv": accounts(1), "copy.csv": accounts(1)},
        "copy.csv: is the same file as a.csv, byte for byte. Remove one of them.",
    ),
    "same lines saved differently": (
        {"a.csv": accounts(1), "b.csv": b"\xef\xbb\xbf" + accounts(1).replace("\n", "\r\n").encode()},
        "b.csv: holds the same lines as a.csv, saved differently. Remove one.",
    ),
    "same extract written anew": (
        {"a.csv": accounts(12), "b.csv": accounts(11) + accounts(1, account_ref="30000009X").split("\n", 1)[1]},
        "b.csv: most of its rows are of the same account_ref as rows of a.csv, so one extract seems to be here twice. "
        "Keep the newer only.",
    ),
    "a workbook": (
        {"a.csv": b"PK\x03\x04" + bytes(100)},
        "a.csv: is an Excel workbook or a zip archive, not plain text. Save it as CSV (UTF-8) and put that file here.",
    ),
    "UTF-16": (
        {"a.csv": accounts(1).encode("utf-16")},
        "a.csv: is text in UTF-16, not plain text. Save it as CSV (UTF-8) and put that file here.",
    ),
    "binary": (
        {"a.csv": bytes(range(20)) * 2 + bytes(60)},
        "a.csv: is not plain text. Save it as CSV (UTF-8) and put that file here.",
    ),
    "carriage returns alone": (
        {"a.csv": accounts(2).replace("\n", "\r")},
        "a.csv: its lines end in carriage returns alone. Save it as CSV with Windows line ends.",
    ),
    "SHBE without its end": (
        {"s.txt": shbe([record("D")]).rsplit("TRL", 1)[0]},
        "s.txt: has no trailer record at line 2, its last: it was cut short. Ask for the whole extract.",
    ),
    "SHBE cut in mid-record": (
        {"s.txt": shbe([record("D"), record("D")])[:900]},
        "s.txt: has no trailer record at line 3, its last: it was cut short. Ask for the whole extract.",
    ),
    "SHBE header alone": (
        {"s.txt": "HDR|4610|12-11-2026\n"},
        "s.txt: has no trailer record at line 1, its last: it was cut short. Ask for the whole extract.",
    ),
    "SHBE with records missing": (
        {"s.txt": shbe([record("D"), record("D")], count=3)},
        "s.txt: its trailer record counts 3 records, but the file holds 2. It was cut short or changed: ask for the"
        " whole extract.",
    ),
    "SHBE with an unreadable count": (
        {"s.txt": shbe([record("D")]).replace("TRL|1", "TRL|many")},
        "s.txt: field 2 of its trailer record (line 3) is no number, so nothing proves that the file is whole. Ask "
        "for the extract again.",
    ),
    "SHBE without its start": (
        {"s.txt": shbe([record("D")]).split("\n", 1)[1]},
        "s.txt: begins with a record where the header record with the reference date should stand. Its start is "
        "missing: ask for the whole extract.",
    ),
    "SHBE without a day": (
        {"s.txt": shbe([record("D")], day="soon")},
        "s.txt: field 3 of its header record (line 1) is no date, so its reference date is not known. Ask for the "
        "extract again.",
    ),
    "SHBE of another month": (
        {"s.txt": shbe([record("D")], day="12-08-2026")},
        "s.txt: is of 2026-08-12, too old for the run of 2026-11 (Housing Benefit claims may be a month old). Ask "
        "for a newer extract.",
    ),
    "a list that names no file": (
        {"a.csv": accounts(1), "extracts.toml": '["b.csv"]\nextract_date = 2026-11-12\n'},
        "extracts.toml: names the file b.csv, which is not here. Correct the name, or remove the entry.",
    ),
    "a list with an unknown profile": (
        {"a.csv": accounts(1), "extracts.toml": '["a.csv"]\nprofile = "mine"\n'},
        "a.csv: there is no profile mine. Known profiles: academy_council_tax, academy_ctr_awards, "
        "academy_ctr_members, plain_benefit_claim, plain_benefit_person, plain_contact, plain_council_tax_account, "
        "plain_council_tax_resident, plain_ctr_award, plain_ctr_person, plain_pupil, plain_suppression, "
        "plain_universal_credit_notice, plain_ward, shbe_raw, sims_school_roll, uc_notices.",
    ),
    "a list with an unknown word": (
        {"a.csv": accounts(1), "extracts.toml": '["a.csv"]\nday = 2026-11-12\n'},
        "extracts.toml: a.csv.day: extra inputs are not permitted. Compare with templates/extracts.toml of "
        "the workspace.",
    ),
    "an unsigned nil return": (
        {"a.csv": accounts(1), "nil_return.toml": NIL.replace('"A. Lead"', '""')},
        "nil_return.toml: signed_by: string should have at least 3 characters. Fill it in as "
        "templates/nil_return.toml shows.",
    ),
    "an old nil return": (
        {"a.csv": accounts(1), "nil_return.toml": NIL.replace("2026-11-12", "2026-09-12")},
        "nil_return.toml: is of 2026-09-12, too old for the run of 2026-11 (Suppression list may be a month old). "
        "Ask for a newer extract.",
    ),
    "a nil return beside a list with rows": (
        {"s.csv": plain("suppression", [{"uprn": "1", "extract_date": "2026-11-12"}]), "nil_return.toml": NIL},
        "s.csv: has rows, but nil_return.toml says that nobody is to be suppressed. Remove whichever is wrong.",
    ),
    "several files at fault": (
        {"a.csv": b"", "b.csv": b"%PDF-1.7", "c.csv": accounts(1)},
        "a.csv: is empty. Ask the supplier's system for the extract again, or remove the file.\n"
        "b.csv: is a PDF, not plain text. Save it as CSV (UTF-8) and put that file here.",
    ),
}


@pytest.mark.parametrize("case", list(CASES))
def test_a_bad_extract_is_told_in_one_breath(tmp_path: Path, case: str) -> None:
    files, message = CASES[case]
    for name, content in files.items():
        put(tmp_path, name, content)
    assert told(tmp_path, month="2026-11") == message


def test_every_such_mistake_has_the_same_exit_code(tmp_path: Path) -> None:
    put(tmp_path, "a.csv", b"")
    with pytest.raises(ExtractError) as caught:
        intake(duckdb.connect(), tmp_path)
    assert caught.value.exit_code == 11


def test_a_heading_line_that_ran_into_a_row_is_never_repeated(tmp_path: Path) -> None:
    put(tmp_path, "a.csv", accounts(3).replace("\n", ",", 1).replace("EXAMPLE1", "SECRETNAME"))
    message = told(tmp_path)
    assert "SECRETNAME" not in message
    assert "has columns that nobody expects (numbers 59, 60, 61, 62, " in message


OURS = """profile: {name}
title: Ours
evidence: our own
structure: headed
delimiters: [comma]
dates: ["%Y-%m-%d"]
tables:
  contact:
    columns: {{surname: {{}}, phone: {{}}, email: {{from: mail}}}}
"""


def test_two_profiles_that_fit_alike_are_both_named(tmp_path: Path) -> None:
    for name in ("one", "two"):
        put(tmp_path / "profiles", f"{name}.yaml", OURS.format(name=name))
    put(tmp_path / "in", "c.csv", "surname,phone,mail\nA,1,b\n")
    assert told(tmp_path / "in", profiles=load_profiles(tmp_path / "profiles")) == (
        "c.csv: fits the profiles one and two alike. Name one for this file in extracts.toml."
    )


def test_a_folder_among_the_files(tmp_path: Path) -> None:
    put(tmp_path / "2026-11" / "accounts.csv", "a.csv", accounts(1))
    assert told(tmp_path / "2026-11") == (
        "accounts.csv: is a folder, not a file. Put the extracts themselves into 2026-11."
    )


def test_a_pipe_among_the_files(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.csv")
    assert told(tmp_path) == "a.csv: is no file that can be read. Copy the extract itself here."


def test_a_file_in_place_of_the_folder(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", accounts(1))
    assert told(path) == f"{path}: is a file, not a folder. Give the folder that holds the month's extracts."


def test_a_folder_that_is_not_there_or_empty(tmp_path: Path) -> None:
    missing = tmp_path / "2026-11"
    assert told(missing) == f"{missing}: does not exist. Give the folder that holds the month's extracts."
    assert told(tmp_path) == f"{tmp_path}: holds no extracts. Put the suppliers' files there, then run again."


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "a.csv", accounts(1))

    def refuse(*_: object, **__: object) -> object:
        raise PermissionError

    monkeypatch.setattr(Path, "open", refuse)
    assert told(tmp_path) == ("a.csv: cannot be read (PermissionError). Check its permissions, or copy it here again.")


def test_a_month_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"^November is not a month\. Write it as 2026-11\.$"):
        intake(duckdb.connect(), tmp_path, month="November")


def test_a_row_is_refused_in_words_a_clerk_can_use(tmp_path: Path) -> None:
    wrong = {**ACCOUNT, "band": "Z", "occupation_start": "31/02/2001", "full_charge_annual": "1e3", "ctr_flag": "eh"}
    more = {**ACCOUNT, "account_ref": "", "disregarded_adults_count": "2.5", "discount_percent": "1,5x"}
    text = plain(ACCOUNTS, [ACCOUNT, wrong, more]) + '1,"2\n1,2\n'
    connection = duckdb.connect()
    intake(connection, put(tmp_path, "a.csv", text).parent, extract_date=datetime.date(2026, 11, 12))
    found = connection.execute("SELECT line, column_name, message FROM refusal").fetchall()
    assert found == [
        (3, "band", "is a code that the profile does not list: correct it, or add the code to the profile"),
        (
            3,
            "occupation_start",
            "is not a date written as yyyy-mm-dd or dd/mm/yyyy, from 1850 to 2150: correct it, or the profile",
        ),
        (
            3,
            "full_charge_annual",
            "is not an amount in pounds with at most two decimals: correct it where the file comes from",
        ),
        (
            3,
            "ctr_flag",
            "is not a yes or no (known: 1, Y, YES, T, TRUE, 0, N, NO, F, FALSE): correct it, or the profile",
        ),
        (4, None, "has 59 fields where the heading line has 58: look for a delimiter or line break inside a field"),
        (
            5,
            None,
            "has a quotation mark that is not closed, or closed in mid-field: write the row on one line, marks "
            "inside doubled",
        ),
        (6, None, "has 2 fields where the heading line has 58: look for a delimiter or line break inside a field"),
    ]
