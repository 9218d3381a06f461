"""Does the check on the finished files catch what the first check let through, and are files safe to open?"""

from __future__ import annotations

import ast
import csv
import io
import sys
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from lift.errors import DisclosureError
from lift.stages import export
from lift.stages.export import held, readback, recheck
from lift.stages.export.columns import clean, neutral
from lift.workspace import audit
from lift.workspace.database import database
from lift.workspace.folder import Workspace
from lift.workspace.runs import find_run
from tests.middlemarch import MONTH, lists_of, suppress

# Formulas, links and commands as attackers write them, in every disguise that OWASP and the spreadsheet makers name.
PAYLOADS = (
    "=1+1", "=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", "\r=1+1", "\n=1+1", "\0=1+1", " =1+1",
    "\u00a0=1+1",
    "\uff1d1+1", "\uff0b1", "\uff0d1", "\uff20SUM(A1)", '=HYPERLINK("http://x.example","click")', "{=SUM(A1)}",
    "=IMPORTXML(CONCAT(A1),\"//a\")", "=DDE(\"cmd\",\"/C calc\",\"x\")", "https://x.example/?q=1", "mailto:x@x.example",
    "file:///etc/passwd", "internal:Sheet1!A1", "external:c:\\x.xlsx", "\u202e=1+1", "\ufeff=1+1", "_x003D_1+1",
)  # fmt: skip
TEXT = ("name", "address", "postcode", "ward", "worth", "questions", "assumptions", "source")


def test_there_are_27_payloads() -> None:
    assert len(set(PAYLOADS)) == 27


@pytest.fixture
def poisoned(council: Workspace) -> Workspace:
    """Every payload in every text column of the ranked tables, a row each."""
    with database(find_run(council).core) as connection:
        for number, payload in enumerate(PAYLOADS, start=1):
            for column in TEXT:
                connection.execute(
                    f"UPDATE ranked SET {column} = ? WHERE list = 'free_school_meals' AND rank = ?", [payload, number]
                )
            for column in ("name", "address", "postcode", "ward", "start_with", "likely", "possible"):
                connection.execute(f"UPDATE ranked_family SET {column} = ? WHERE rank = ?", [payload, number])
    return council


@pytest.mark.parametrize("name", ["free_school_meals", "families"])
def test_no_payload_becomes_a_formula_or_a_link(poisoned: Workspace, name: str) -> None:
    with lists_of(poisoned) as lists:
        done = lists.export(name)
    book = openpyxl.load_workbook(done.workbook)
    assert [sheet.sheet_state for sheet in book.worksheets] == ["visible", "visible"]
    assert book.sheetnames == [name, "notes"]
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert not [cell for cell in cells if cell.hyperlink or cell.comment]
    with zipfile.ZipFile(done.workbook) as archive:
        assert set(archive.namelist()) == readback.EXPECTED_PARTS
        assert not [
            part for part in archive.namelist() if b"<f>" in archive.read(part) or b"hyperlink" in archive.read(part)
        ]
    rows = list(csv.reader(io.StringIO(done.csv.read_text(encoding="utf-8-sig"), newline="")))
    found = [cell for row in rows[1:] for cell in row]
    assert not [
        cell for cell in found if cell.lstrip(" \u00a0").startswith(tuple("=+-@\t\r\n\0\uff1d\uff0b\uff0d\uff20"))
    ]
    assert not [cell for cell in found if any(ord(character) < 32 or character in "\u202e\ufeff" for character in cell)]
    assert sum(cell.startswith("'") for cell in found) > 90


def test_text_is_cleaned_without_losing_what_it_says() -> None:
    assert clean("Zoë\u00a0O'Brien\u200b\x07 Núñez") == "Zoë\u00a0O'Brien   Núñez"
    assert clean("one?\ntwo?") == "one?\ntwo?"
    assert neutral("one?\ntwo?") == "one? two?"
    assert neutral("O'Brien") == "O'Brien"
    assert neutral("  -5 High Street") == "'  -5 High Street"
    assert neutral("") == ""


def test_leading_noughts_and_long_numbers_stay_text(poisoned: Workspace) -> None:
    with database(find_run(poisoned).core) as connection:
        connection.execute("UPDATE ranked_family SET ward = '00123', postcode = '1E10' WHERE rank = 40")
    with lists_of(poisoned) as lists:
        done = lists.export("families")
    values = {cell.value for row in openpyxl.load_workbook(done.workbook).worksheets[0].iter_rows() for cell in row}
    assert {"00123", "1E10"} <= values


# ---- the second pair of eyes ----


@pytest.mark.parametrize("name", ["pension_credit", "free_school_meals", "families"])
def test_the_second_check_alone_stops_a_list_that_the_first_let_through(
    council: Workspace, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    with lists_of(council) as lists:
        earlier = lists.export(name)
    assert earlier.csv.exists()

    def nobody(connection: Any, *_: Any) -> held.Held:
        connection.execute("CREATE OR REPLACE TEMP TABLE held_person (person_key VARCHAR)")
        connection.execute("CREATE OR REPLACE TEMP TABLE held_home (household_key VARCHAR)")
        return held.Held(0, 0)

    monkeypatch.setattr(export, "hold_back", nobody)
    with pytest.raises(DisclosureError) as raised, lists_of(council) as lists:
        lists.export(name)
    message = str(raised.value)
    assert message.startswith(f"{name}: the finished list was stopped and deleted: row ")
    assert "is forbidden by" in message
    assert raised.value.exit_code == 15
    assert list(council.lists.rglob("*.*")) == []
    assert audit.entries(council)[-1]["what"] == "export"  # the earlier one; the stopped one never left


def test_the_second_check_finds_every_home_that_the_first_holds_back(council: Workspace) -> None:
    """Over the whole sample: what the first check holds back of each list, the second would have stopped too."""
    run = find_run(council)
    with lists_of(council) as lists:
        files = lists.protection.files
        rows = lists._connection.execute(
            """SELECT reference, name, address, postcode, household_key IN (FROM held_home) FROM ranked_family"""
        ).fetchall()
    for reference, name, address, postcode, is_held in rows:
        cells = {"Reference": reference, "Name": name, "Address": address, "Postcode": postcode}
        stopped = recheck.forbidden_rows([cells], run.core, files, run.record.day)
        assert bool(stopped) == is_held, reference


def test_the_second_check_shares_no_code_with_the_first() -> None:
    allowed = set(sys.stdlib_module_names) | {"lift"}
    for module in (recheck, readback):
        tree = ast.parse(Path(str(module.__file__)).read_text())
        found = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        found |= {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
        assert {name.split(".")[0] for name in found} <= allowed
        assert {name for name in found if name.startswith("lift")} <= {"lift.workspace.database"}


def test_a_list_that_changed_its_headings_cannot_be_checked_again_and_stops(council: Workspace) -> None:
    path = suppress(council, {"uprn": "9990000001", "reason": "marac"})
    run = find_run(council)
    with lists_of(council) as lists:
        done = lists.export("benefit_cap")
    path.write_text(path.read_text().replace("surname", "last_name"))
    reasons = export.reasons_to_stop(done.csv, done.workbook, run.core, [path], run.record.day)
    assert reasons == [
        "the suppression list cannot be read again: its headings are not those of templates/suppression.csv"
    ]


# ---- the workbook as a file ----


def rewritten(workbook: Path, part: str, change: tuple[str, str], *, extra: str = "") -> bytes:
    """The workbook with one part changed, and perhaps one more part."""
    content = io.BytesIO()
    with zipfile.ZipFile(workbook) as old, zipfile.ZipFile(content, "w") as new:
        for name in old.namelist():
            text = old.read(name).decode()
            assert name != part or change[0] in text
            new.writestr(name, text.replace(*change, 1) if name == part else text)
        if extra:
            new.writestr(extra, "<x/>")
    return content.getvalue()


SHEET, BOOK = "xl/worksheets/sheet1.xml", "xl/workbook.xml"


@pytest.mark.parametrize(
    ("part", "change", "extra", "fault"),
    [
        (SHEET, ("<v>", "<f>1+1</f><v>"), "", "xl/worksheets/sheet1.xml holds <f>"),
        (SHEET, ("</sheetData>", '</sheetData><hyperlinks><hyperlink ref="A1"/></hyperlinks>'), "",
         "xl/worksheets/sheet1.xml holds <hyperlink>"),
        (BOOK, ('name="notes"', 'name="notes" state="hidden"'), "", "the workbook has a hidden sheet"),
        (BOOK, ("_xlnm.Print_Titles", "secret"), "", "the workbook defines a name"),
        (BOOK, ("<x/>", "<x/>"), "xl/vbaProject.bin", "the workbook has a part xl/vbaProject.bin"),
        ("_rels/.rels", ("<Relationship ", '<Relationship TargetMode="External" '), "",
         "_rels/.rels points out of the workbook"),
    ],
    ids=["formula", "link", "hidden sheet", "name", "macro", "outside"],
)  # fmt: skip
def test_a_workbook_with_anything_unexpected_is_at_fault(
    council: Workspace, part: str, change: tuple[str, str], extra: str, fault: str
) -> None:
    with lists_of(council) as lists:
        done = lists.export("benefit_cap")
    assert readback.read_workbook(done.workbook.read_bytes()).faults == ()
    if extra:
        change = ("<sheets>", "<sheets>")
    assert fault in readback.read_workbook(rewritten(done.workbook, part, change, extra=extra)).faults


def test_a_live_cell_in_the_csv_is_at_fault() -> None:
    faults = readback.read_csv(b"Name,Worth\r\n =1+1,\xef\xbc\x8b1\r\nfine,fine,more\r\n").faults
    assert faults == (
        "CSV row 2 has a cell that begins a formula",
        "CSV row 2 has a cell that begins a formula",
        "CSV row 3 has 3 cells, not 2",
    )


def test_csv_and_workbook_must_hold_the_same_list(council: Workspace) -> None:
    with lists_of(council) as lists:
        done = lists.export("benefit_cap")
    written, workbook = readback.read_csv(done.csv.read_bytes()), readback.read_workbook(done.workbook.read_bytes())
    assert readback.differences(written, workbook) == []
    written.rows[3][1] = "Somebody Else"
    assert readback.differences(written, workbook) == ["row 5: CSV and workbook differ in column 2"]
    written.rows.pop()
    assert readback.differences(written, workbook) == ["CSV and workbook have different columns or numbers of rows"]


# ---- what an export is and leaves ----


def test_two_exports_are_the_same_bytes_and_private(council: Workspace) -> None:
    with lists_of(council) as lists:
        first = {name: lists.export(name) for name in ("pension_credit", "families")}
        before = {path: path.read_bytes() for done in first.values() for path in (done.csv, done.workbook)}
        for name in first:
            lists.export(name)
    assert {path: path.read_bytes() for path in before} == before
    assert {path.stat().st_mode & 0o777 for path in before} == {0o600}
    assert sorted(path.name for path in (council.lists / MONTH).iterdir()) == sorted(path.name for path in before)


def test_every_export_is_in_the_audit_record(council: Workspace) -> None:
    with lists_of(council) as lists:
        done = lists.export("benefit_cap")
    entry = audit.entries(council)[-1]
    assert (entry["what"], entry["run"], entry["list"], entry["rows"]) == ("export", MONTH, "benefit_cap", done.rows)
    assert len(entry["sha256"]) == 2
    assert len(entry["suppression"]) == 1


def test_nothing_leaves_once_the_audit_record_was_changed(council: Workspace) -> None:
    council.audit.write_text(council.audit.read_text().replace('"run"', '"ran"', 1))
    with pytest.raises(Exception, match=r"audit.jsonl:1: was changed"), lists_of(council) as lists:
        lists.export("benefit_cap")
    assert list(council.lists.rglob("*.*")) == []


def test_a_list_is_cut_to_what_the_team_can_work(council: Workspace) -> None:
    text = council.settings.read_text().replace("# pension_credit = 120", "pension_credit = 5")
    council.settings.write_text(text)
    with lists_of(council) as lists:
        opened = lists.open("pension_credit")
        done = lists.export("pension_credit")
    assert [row[0] for row in opened.rows] == [1, 2, 3, 4, 5]
    notes = {row[0].value: str(row[1].value) for row in openpyxl.load_workbook(done.workbook)["notes"].iter_rows()}
    assert notes["Rows"].startswith("5 shown of ")
    assert "more than the team can work this month" in notes["Rows"]


def test_the_notes_say_what_the_list_is_and_is_not(council: Workspace) -> None:
    with lists_of(council) as lists:
        done = lists.export("pension_credit")
    rows = openpyxl.load_workbook(done.workbook)["notes"].iter_rows(values_only=True)
    notes = {str(name): str(said) for name, said in rows}
    assert notes["Offers help only"] == (
        "This list only offers help. It must not be used to stop, reduce or investigate an award, nor for "
        "recovery, fraud "
        "work or discount reviews. Not being on it decides nothing."
    )
    assert notes["Run"] == "2026-11, worked out for 12 November 2026"
    assert notes["Destroy after"] == "12 December 2026"
    assert "reviewed by nobody yet" in notes["Rule"]
    assert "Suppression list of 12 November 2026 (suppressions_2026-11-12.csv)" in notes["Read"]
    assert notes["Assumed"].startswith("habitually resident: ")
    assert notes["Held back by"].startswith("list of 12 November 2026; ")
