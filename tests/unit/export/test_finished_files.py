"""Does the check on the finished files catch what the first check let through, and are the files what they claim?"""

from __future__ import annotations

import ast
import gc
import io
import re
import shutil
import sys
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from lift.collecting import collecting_nothing
from lift.errors import DisclosureError, StorageError
from lift.stages import export as package
from lift.stages.export import Exported, adviser_page, call_file, gate, held, open_lists, readback, recheck
from lift.stages.export.held import Reason
from lift.workspace import audit
from lift.workspace.cells import bare, clean
from lift.workspace.folder import Workspace
from lift.workspace.purposes import ADVISER_PAGE, CALL_FILE
from lift.workspace.runs import find_run
from lift.workspace.settings import read_settings
from tests.middlemarch import MONTH, copy_of, file_of, finished, lists_of, suppress, table_of, text_of

CALLED = "council_tax_reduction_not_claimed"


def export(workspace: Workspace, name: str, **how: Any) -> Exported:
    with lists_of(workspace) as lists:
        return lists.export(name, **how)


def notes_of(path: Path) -> dict[str, str]:
    return {str(row[0]): str(row[1]) for row in openpyxl.load_workbook(path)["notes"].iter_rows(values_only=True)}


def files_in(workspace: Workspace) -> list[Path]:
    return [path for path in sorted(workspace.lists.rglob("*")) if path.is_file()]


@pytest.fixture(scope="module")
def called(tmp_path_factory: pytest.TempPathFactory) -> Exported:
    """A list that callers work, exported once for all tests that only read its files."""
    return export(copy_of(finished(), tmp_path_factory.mktemp("called") / "council"), CALLED)


# ---- what the files hold ----


def test_callers_get_the_columns_of_the_design_and_no_money(called: Exported) -> None:
    done = called
    rows = table_of(file_of(done.files, "_call_file.xlsx"))
    assert list(rows[0]) == [
        "Reference", "Ask for", "Telephone", "Address", "Language, format", "Letter sent", "Last contact",
        "What it is about", "Ask, in this order", "Deadline", "Outcome",
    ]  # fmt: skip
    assert "£" not in text_of(file_of(done.files, "_call_file.xlsx"))
    assert {row["Outcome"] for row in rows} <= {"", None}
    assert all(row["Ask for"] and row["Address"] and row["Ask, in this order"] for row in rows)
    assert {row["What it is about"] for row in rows} == {
        "The council is checking that people pay no more council tax than they need to."
    }


def test_advisers_get_worth_sum_law_facts_and_origins_and_no_name(called: Exported) -> None:
    done = called
    page = file_of(done.files, "_adviser_page.xlsx")
    rows = table_of(page)
    assert list(rows[0]) == [
        "Reference", "Answer about", "Worth, and what to know", "The sum, step by step", "Law", "Facts",
        "Where each fact comes from",
    ]  # fmt: skip
    likely = next(row for row in rows if row["Worth, and what to know"].startswith("Likely\nabout £"))
    assert "reduction: £" in likely["The sum, step by step"]
    sums = likely["The sum, step by step"].split("\n")
    assert sums[-1].startswith("Due if: habitually resident, is liable for Council Tax, ")
    assert any(re.fullmatch(r"Worth: £[\d.]+ a week = reduction", line) for line in sums)
    assert any(line.endswith(" = (weekly charge − deductions, but not less than 0) × share") for line in sums)
    # What is read of other families alone says nothing of this one.
    assert not any(
        "gross income of family" in line or "gets Income Support" in row["Facts"]
        for row in rows
        for line in row["The sum, step by step"].split("\n")
    )
    assert likely["Law"].startswith("https://www.legislation.gov.uk/")
    assert "gets Universal Credit: yes" in likely["Facts"]
    assert "uc_notices_2026-11-11.csv line " in likely["Where each fact comes from"]
    callers = table_of(file_of(done.files, "_call_file.xlsx"))
    assert {row["Reference"] for row in rows} == {row["Reference"] for row in callers}
    said = text_of(page)
    for row in callers:
        assert row["Ask for"] not in said
        assert row["Address"].split("\n")[0] not in said


def test_the_columns_that_leave_are_those_that_a_purpose_names() -> None:
    assert {c.purpose_name for c in call_file.COLUMNS} == set(CALL_FILE)
    assert {c.purpose_name for c in call_file.FOR_MACHINES} == set(CALL_FILE)
    assert [c.key for c in adviser_page.COLUMNS] == list(ADVISER_PAGE)


def test_whoever_could_lose_by_a_claim_is_on_no_callers_file(council: Workspace) -> None:
    """Every answer on a wrongly applied cap goes to an adviser; of the conversation couples of mixed age do, whether it
    is about Pension Credit or about council tax, and carers to whom something may be paid, for it may cost the one they
    care for an addition."""
    done = export(council, "benefit_cap")
    assert [path.parent.name for path in done.files] == ["advisers", "machines", "advisers"]
    assert "No caller rings them." in notes_of(file_of(done.files, "_contacts.xlsx"))["For whom"]
    both = export(council, "pensioner_conversation")
    callers = {row["Reference"] for row in table_of(file_of(both.files, "_call_file.xlsx"))}
    advised = {row["Reference"] for row in table_of(file_of(both.files, "_contacts.xlsx"))}
    assert callers
    assert len(advised) == 8
    pages = table_of(file_of(both.files, "_adviser_page.xlsx"))
    # A family stands on the page once for each finding, and one of them is enough.
    told = {row["Reference"] for row in pages if "To an adviser first" in row["Worth, and what to know"]}
    assert advised <= told
    assert not callers & told


def test_machines_get_the_same_families_in_columns_of_their_own(called: Exported) -> None:
    done = called
    people, machines = (table_of(file_of(done.files, f"_call_file.{kind}")) for kind in ("xlsx", "csv"))
    assert [row["Reference"] for row in people] == [row["reference"] for row in machines]
    assert list(machines[0]) == [column.key for column in call_file.FOR_MACHINES]
    for told, row in zip(people, machines, strict=True):
        assert row["telephone"] == ("" if told["Telephone"] == "letter only" else told["Telephone"])
        lines = [row[f"address_{line}"] for line in (1, 2, 3, 4)] + [row["postcode"]]
        assert "\n".join(filter(None, lines)) == told["Address"]
        asked = [row[f"question_{place}"] for place in (1, 2, 3)]
        assert row["further_questions"] == row["how_to_ask"] == ""
        numbered = [f"{place}. {question}" for place, question in enumerate(asked, start=1) if question]
        assert "\n".join(numbered) == told["Ask, in this order"]


def test_the_outcome_is_chosen_from_a_list_without_a_hidden_part(called: Exported) -> None:
    path = file_of(called.files, "_call_file.xlsx")
    sheet = openpyxl.load_workbook(path).worksheets[0]
    (rule,) = sheet.data_validations.dataValidation
    assert rule.type == "list"
    assert str(rule.formula1).strip('"').split(",") == list(call_file.OUTCOMES)
    assert str(rule.sqref) == f"K2:K{sheet.max_row}"
    for code in (
        "claimed", "awarded", "already had", "not entitled", "no answer", "wrong number", "moved", "died",
        "do not contact", "call back", "letter or interpreter wanted", "safeguarding concern",
        "passed to welfare adviser", "passed to debt", "passed to Early Help", "passed to law centre",
    ):  # fmt: skip
        assert code in call_file.OUTCOMES
    assert readback.read_workbook(path.read_bytes()).faults == ()


def test_the_notes_say_what_the_list_is_and_is_not(council: Workspace) -> None:
    notes = notes_of(file_of(export(council, "pension_credit").files, "_call_file.xlsx"))
    assert notes["List"] == "Pension Credit"
    assert notes["Offers help only"] == (
        "This list only offers help. It must not be used to stop, reduce or investigate an award, nor for recovery, "
        "fraud work or discount reviews. Not being on it decides nothing."
    )
    assert notes["Run"] == "2026-11, worked out for 12 November 2026; exported on 12 November 2026"
    assert "reviewed by: nobody yet" in notes["Rule"]
    assert "Suppression list of 12 November 2026 (suppressions_2026-11-12.csv)" in notes["Read"]
    assert notes["Assumed"].startswith("habitually resident: ")
    assert notes["Held back by"] == (
        "suppression list of 12 November 2026; the council's register; the marks in the extracts themselves"
    )
    assert notes["Order"].startswith("A deadline within 60 days first; then likely before possible; ")
    assert notes["Purpose"] == "Tell people over State Pension age that they may claim Pension Credit, and help them to"
    assert notes["Legal gateway"].startswith("Social Security Administration Act 1992 section 7B with SI 2007/2911")
    assert notes["Owner"] == "the benefits manager; purpose in force until 31 December 2099"
    assert notes["Destroy after"] == "26 November 2026"
    assert "leave nothing on voicemail" in notes["For whom"]


def test_no_count_below_ten_can_be_read_off_or_worked_out(council: Workspace) -> None:
    done = export(council, "free_school_meals")
    notes = notes_of(file_of(done.files, "_call_file.xlsx"))
    assert 0 < done.shown.held_in_all < 10
    sure = done.shown.shown
    assert notes["Rows"].endswith(f"{sure} families shown of between {sure} and {sure + 9} found")
    assert notes["Left out"].count("fewer than 10") == 9
    with lists_of(council) as lists:
        shown = lists.open("pension_credit").shown
    assert shown.held_in_all >= 10
    told = notes_of(file_of(export(council, "pension_credit").files, "_call_file.xlsx"))
    assert told["Rows"].endswith(f"of about {5 * round(shown.found / 5)} found")


def test_a_list_is_cut_to_what_the_team_can_work(council: Workspace) -> None:
    text = council.settings.read_text().replace("# pension_credit = 120", "pension_credit = 5")
    council.settings.write_text(text)
    done = export(council, "pension_credit")
    assert done.shown.shown == 5
    assert len(table_of(file_of(done.files, "_call_file.xlsx"))) == 5
    notes = notes_of(file_of(done.files, "_call_file.xlsx"))
    assert f"more than the team can work this month: {done.shown.over_capacity}" in notes["Left out"]
    assert done.shown.over_capacity > 5


# ---- text that is not what it seems ----


def test_text_is_cleaned_without_losing_what_it_says() -> None:
    assert clean("Zoë\u00a0O'Brien\u200b\x07 Núñez") == "Zoë\u00a0O'Brien   Núñez"
    assert clean("one?\ntwo?") == "one?\ntwo?"
    assert bare("one?\ntwo?") == "one? two?"
    assert bare("O'Brien") == "O'Brien"
    assert bare("  -5 High Street") == "5 High Street"
    assert bare(" =+-@\uff1d 1+1") == "1+1"
    assert bare("") == ""


def test_a_text_too_long_for_a_cell_is_told_and_nothing_is_written(
    council: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(package, "reason_for", lambda *_: "x" * 32_768)
    with pytest.raises(StorageError, match=r"row 2, column 8: its text is too long for a spreadsheet"):
        export(council, CALLED)
    assert files_in(council) == []
    monkeypatch.setattr(package, "reason_for", lambda *_: "x" * 32_767)
    assert export(council, CALLED).files


# ---- the second pair of eyes ----


@pytest.mark.parametrize(
    ("name", "worth_a_process"), [("pension_credit", 0), ("free_school_meals", 1_000_000), ("families", 0)]
)
def test_the_second_check_alone_stops_a_list_that_the_first_let_through(
    council: Workspace, monkeypatch: pytest.MonkeyPatch, name: str, worth_a_process: int
) -> None:
    """Whichever process reads anew what forbids."""
    monkeypatch.setattr(package, "WORTH_A_PROCESS", worth_a_process)
    assert export(council, name).files
    hold_back = held.hold_back

    def nobody(connection: Any, *arguments: Any) -> None:
        hold_back(connection, *arguments)
        connection.execute("DELETE FROM held_person")
        connection.execute("DELETE FROM held_home")

    monkeypatch.setattr(gate, "hold_back", nobody)
    with pytest.raises(DisclosureError) as raised:
        export(council, name)
    message = str(raised.value)
    assert message.startswith(f"{name}: the finished files were stopped and deleted: ")
    assert " is forbidden by " in message
    assert raised.value.exit_code == 15
    assert files_in(council) == []
    # The earlier export is on record, what was stopped never left.
    assert [entry["what"] for entry in audit.entries(council)].count("export") == 1


def test_the_second_check_finds_every_family_that_the_first_holds_back_for_safety(council: Workspace) -> None:
    """Over the whole sample: whom the first check holds back, the second would have stopped too, and nobody else."""
    run = find_run(council)
    with lists_of(council) as lists:
        opened = lists.gate
        rows = opened.connection.execute("""SELECT r.reference, r.name, r.address, r.postcode, h.reason
            FROM ranked_family r LEFT JOIN held_reference h USING (reference)""").fetchall()
        second = recheck.SecondCheck(run.core, opened.protection.files, council.register, opened.today)
    assert sum(row[4] is not None for row in rows) >= 10
    cells = [[reference, name, "", f"{address}\n{postcode}"] for reference, name, address, postcode, _ in rows]
    stopped = numbers(second.forbidden(["Reference", "Ask for", "Telephone", "Address"], cells, contacting=False))
    by_reference = numbers(second.forbidden(["reference"], [row[:1] for row in cells], contacting=False))
    for number, (reference, *_, reason) in enumerate(rows, start=2):
        if reason is None or reason != Reason.NOT_READ:
            assert (number in stopped) == (reason is not None), reference
    assert by_reference <= stopped  # an adviser page tells less of its own: no name, no address


def numbers(reasons: list[str]) -> set[int]:
    """The rows that a check names."""
    return {int(reason.split()[1]) for reason in reasons}


def test_a_reference_that_the_run_does_not_hold_is_stopped(council: Workspace) -> None:
    """Nothing could forbid it, so nothing could be sure of it either."""
    with lists_of(council) as lists:
        own = [[one.reference] for one in lists.open("pension_credit").families]
        gate_ = lists.gate
        second = recheck.SecondCheck(gate_.run.core, gate_.protection.files, council.register, gate_.today)
    assert second.forbidden(["reference"], own, contacting=True) == []
    told = second.forbidden(["reference"], [*own[:2], ["f0123456789abcdef"], own[0]], contacting=True)
    assert told == ["row 4 has a reference that the run does not hold"]


def test_the_second_check_shares_no_code_with_the_first() -> None:
    allowed = set(sys.stdlib_module_names) | {"lift"}
    for module in (recheck, readback):
        tree = ast.parse(Path(str(module.__file__)).read_text())
        found = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        found |= {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
        assert {name.split(".")[0] for name in found} <= allowed
        assert {name for name in found if name.startswith("lift")} <= {"lift.errors", "lift.workspace.database"}


def test_a_list_in_a_layout_of_the_councils_own_cannot_be_checked_again_and_stops(council: Workspace) -> None:
    """The first reading knows the layout by its profile; the second shares no code with it, and knows the template."""
    path = suppress(council, {"uprn": "9990000001", "reason": "marac"})
    done = export(council, "benefit_cap")
    path.write_text(path.read_text().replace("surname", "last_name", 1).replace("phone", "telephone", 1))
    (council.profiles / "own_list.yaml").write_text(
        "profile: own_list\ntitle: Our list\nevidence: ours\nstructure: headed\ndelimiters: [comma]\n"
        'dates: ["%Y-%m-%d"]\ntables:\n  suppression:\n    other_columns: own_name\n'
        "    columns: {surname: {from: last_name}, phone: {from: telephone}}\n"
    )
    before = {file: file.read_bytes() for file in files_in(council)}
    with pytest.raises(DisclosureError) as stopped:
        export(council, "benefit_cap")
    assert str(stopped.value) == (
        f"{path.name}: its heading line lacks phone, surname, by which finished files are checked again, so nothing "
        "was exported. Name the columns of a suppression list as templates/suppression.csv does."
    )
    assert {file: file.read_bytes() for file in files_in(council)} == before
    assert set(done.files) == set(before)


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


SHEET, BOOK, TEXTS = "xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/sharedStrings.xml"


@pytest.mark.parametrize(
    ("part", "change", "extra", "fault"),
    [
        (SHEET, ("<v>", "<f>1+1</f><v>"), "", "xl/worksheets/sheet1.xml holds <f>"),
        (SHEET, ("</sheetData>", '</sheetData><hyperlinks><hyperlink ref="A1"/></hyperlinks>'), "",
         "xl/worksheets/sheet1.xml holds <hyperlink>"),
        (SHEET, ("<formula1>", "<formula1>notes!A1:A9&amp;"), "",
         "xl/worksheets/sheet1.xml has a drop-down that is more than words"),
        (SHEET, ("</row>", "</row><!-- more -->"), "", "xl/worksheets/sheet1.xml holds something besides plain cells"),
        (SHEET, (' t="s"><v>0</v>', ' t="str"><v>1</v>'), "",
         "xl/worksheets/sheet1.xml holds something besides plain cells"),
        (SHEET, ("<v>0</v>", "<v>99999</v>"), "", "xl/worksheets/sheet1.xml points at a text that is not there"),
        (SHEET, ("<sheetData>", "<sheetData >"), "", "xl/worksheets/sheet1.xml has no rows"),
        (TEXTS, ("<si><t>", "<si><r/><t>"), "", "xl/sharedStrings.xml holds more than plain texts"),
        (TEXTS, ("<si><t>", "<si><t>&hidden;"), "", "xl/sharedStrings.xml holds more than plain texts"),
        (BOOK, ('name="notes"', 'name="notes" state="hidden"'), "", "the workbook has a hidden sheet"),
        (BOOK, ("_xlnm.Print_Titles", "secret"), "", "the workbook defines a name"),
        (BOOK, ("<sheets>", "<sheets>"), "xl/vbaProject.bin", "the workbook has a part xl/vbaProject.bin"),
        ("_rels/.rels", ("<Relationship ", '<Relationship TargetMode="External" '), "",
         "_rels/.rels points out of the workbook"),
    ],
    ids=["formula", "link", "drop-down", "remark", "other cell", "no text", "no rows", "rich text", "entity",
         "hidden sheet", "name", "macro", "outside"],
)  # fmt: skip
def test_a_workbook_with_anything_unexpected_is_at_fault(
    called: Exported, part: str, change: tuple[str, str], extra: str, fault: str
) -> None:
    workbook = file_of(called.files, "_call_file.xlsx")
    assert readback.read_workbook(workbook.read_bytes()).faults == ()
    assert fault in readback.read_workbook(rewritten(workbook, part, change, extra=extra)).faults


def test_a_live_cell_in_the_csv_is_at_fault() -> None:
    faults = readback.read_csv(b"name,worth\r\n =1+1,\xef\xbc\x8b1\r\nfine,fine,more\r\n").faults
    assert faults == (
        "CSV row 2 has a cell that begins a formula",
        "CSV row 2 has a cell that begins a formula",
        "CSV row 3 has 3 cells, not 2",
    )


def test_workbook_and_csv_must_hold_the_same_families(called: Exported) -> None:
    done = called
    paths = [file_of(done.files, "_call_file.xlsx"), file_of(done.files, "_call_file.csv")]
    read = [readback.read_workbook(paths[0].read_bytes()), readback.read_csv(paths[1].read_bytes())]
    assert readback.same_references(paths, read) == []
    read[1].rows[3], read[1].rows[4] = read[1].rows[4], read[1].rows[3]
    told = [f"{CALLED}_call_file: workbook and CSV hold different references"]
    assert readback.same_references(paths, read) == told
    read[1].rows.pop()
    assert readback.same_references(paths, read) == told


def test_no_finished_workbook_stays_in_memory(council: Workspace) -> None:
    """Though its parts hold one another, and nobody looks for such circles during an export."""

    def sheets() -> int:
        return sum(
            type(one).__name__ == "Worksheet" and "xlsxwriter" in type(one).__module__ for one in gc.get_objects()
        )

    gc.collect()
    before = sheets()
    with collecting_nothing():
        assert export(council, "benefit_cap").files
        assert sheets() == before


# ---- what an export is and leaves ----


def test_two_exports_are_the_same_bytes_and_private(council: Workspace) -> None:
    first = {name: export(council, name) for name in ("pension_credit", "free_school_meals")}
    before = {path: path.read_bytes() for done in first.values() for path in done.files}
    for name in first:
        export(council, name)
    assert {path: path.read_bytes() for path in before} == before
    assert {path.stat().st_mode & 0o777 for path in before} == {0o600}
    assert {path.parent.stat().st_mode & 0o777 for path in before} == {0o700}
    assert files_in(council) == sorted(before)


def test_every_export_is_in_the_audit_record(council: Workspace) -> None:
    done = export(council, "benefit_cap")
    entry = audit.entries(council)[-1]
    assert (entry["what"], entry["run"], entry["list"]) == ("export", MONTH, "benefit_cap")
    assert [one["file"] for one in entry["files"]] == [str(path.relative_to(council.root)) for path in done.files]
    assert [one["rows"] for one in entry["files"]] == [done.shown.shown] * 3
    assert entry["purpose"]["owner"] == "the benefits manager"
    assert entry["destroy_after"] == "2026-11-26"
    assert len(entry["suppression"]) == 1
    assert entry["acknowledged"] == [["suppressions_2026-11-12.csv", 13, "Safeguarding lead"]]


def test_nothing_leaves_once_the_audit_record_was_changed(council: Workspace) -> None:
    council.audit.write_text(council.audit.read_text().replace('"run"', '"ran"', 1))
    with pytest.raises(Exception, match=r"audit.jsonl:1: was changed"):
        export(council, "benefit_cap")
    assert files_in(council) == []


def test_what_callers_wrote_is_never_written_over_by_mistake(council: Workspace) -> None:
    path = file_of(export(council, CALLED).files, "_call_file.xlsx")
    book = openpyxl.load_workbook(path)
    book.worksheets[0]["K2"] = "claimed"
    book.save(path)
    worked, others = path.read_bytes(), {file: file.read_bytes() for file in files_in(council) if file != path}
    with pytest.raises(StorageError) as raised:
        export(council, CALLED)
    assert str(raised.value) == (
        f"lists/2026-11/callers/{CALLED}_call_file.xlsx: is there already, and was changed since LIFT wrote it "
        "(outcomes, perhaps). Nothing was exported. Move it away first, or write over it with --replace."
    )
    assert path.read_bytes() == worked
    assert {file: file.read_bytes() for file in others} == others
    export(council, CALLED, replace=True)
    assert path.read_bytes() != worked


def test_a_file_that_lift_never_wrote_is_left_alone(council: Workspace) -> None:
    path = council.lists / MONTH / "callers" / f"{CALLED}_call_file.xlsx"
    path.parent.mkdir(parents=True)
    path.write_text("somebody's own")
    with pytest.raises(StorageError, match="is there already"):
        export(council, CALLED)
    assert path.read_text() == "somebody's own"


def test_files_of_whom_nobody_may_be_contacted_any_more_are_deleted(council: Workspace) -> None:
    """First everybody of the list, then a suppression of each of them: nothing is written, and the old files go."""
    done = export(council, "benefit_cap")
    rows = table_of(file_of(done.files, "_contacts.csv"))
    suppress(council, *({"postcode": row["postcode"], "address1": row["address_1"]} for row in rows))
    again = export(council, "benefit_cap")
    assert again.files == ()
    assert again.shown.shown == 0
    assert files_in(council) == []
    assert audit.entries(council)[-1]["deleted"] == sorted(str(path.relative_to(council.root)) for path in done.files)


def test_only_the_newest_run_is_exported(council: Workspace) -> None:
    """A later run may know of deaths and wishes that this one does not."""
    newer = council.runs / f"{MONTH}-b"
    shutil.copytree(council.runs / MONTH, newer)
    record = newer / "run.json"
    record.write_text(record.read_text().replace('"run": "2026-11"', '"run": "2026-11-b"', 1))
    old = find_run(council, MONTH)
    with open_lists(council, read_settings(council), old) as lists:
        assert lists.open("pension_credit").families
        with pytest.raises(DisclosureError) as raised:
            lists.export("pension_credit")
    assert str(raised.value) == (
        "run 2026-11 is not the newest: since then people may have died, moved or asked not to be contacted. Nothing "
        "was exported. Export from run 2026-11-b."
    )
