"""Does the answer to a question leave only through the gate that lists leave through? (`lift query --output`)"""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from lift.cli.main import run_app
from lift.workspace import audit
from lift.workspace.campaigns import exported_files
from lift.workspace.database import database
from lift.workspace.folder import Workspace
from lift.workspace.purposes import NEVER, suggested_block
from lift.workspace.register import read_register
from lift.workspace.runs import find_run
from tests.middlemarch import copy_of, file_of, finished, suppress, table_of

NAME = "pensioners_with_savings"
ASKED = "pension_credit.verdict = 'likely'"
READS = ("pension_credit.verdict", "savings", "tenure")


@pytest.fixture
def council(tmp_path: Path) -> Workspace:
    return copy_of(finished(), tmp_path / "council")


def allow(council: Workspace, *columns: str) -> None:
    """Puts a purpose for the question into council.toml."""
    block = suggested_block(NAME, NEVER, invented=True).replace('"reference",', f'"reference", {listed(columns)}')
    settings = council.settings.read_text(encoding="utf-8")
    council.settings.write_text(f"{settings}\n{block}", encoding="utf-8")


def listed(columns: tuple[str, ...]) -> str:
    return " ".join(f'"{name}",' for name in columns)


def put(council: Workspace, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = run_app(["query", *arguments, "-w", str(council.root), "--plain"])
    said = capsys.readouterr()
    return code, said.out, said.err


def write(council: Workspace, capsys: pytest.CaptureFixture[str], *more: str) -> tuple[list[Path], str]:
    code, out, err = put(
        council, capsys, ASKED, "--select", "savings, household.tenure, 0 - savings", "--output", NAME, *more
    )
    assert (code, err) == (0, "")
    return sorted(path for path in council.lists.rglob("*") if path.is_file()), out


def sure_of(council: Workspace) -> set[str]:
    with database(find_run(council).core, read_only=True) as core:
        rows = core.execute(
            "SELECT unit_key FROM answer WHERE rule = 'pension_credit' AND verdict = 'likely'"
        ).fetchall()
    return {str(key) for (key,) in rows}


def test_rows_leave_as_a_workbook_and_a_csv_of_references(
    council: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    allow(council, *READS)
    files, out = write(council, capsys)
    assert [path.relative_to(council.lists).as_posix() for path in files] == [
        f"2026-11/analysts/{NAME}.xlsx", f"2026-11/machines/{NAME}.csv",
    ]  # fmt: skip
    people, machines = table_of(files[0]), table_of(files[1])
    assert list(people[0]) == ["Reference", "savings", "household.tenure", "0 - savings"]
    assert list(machines[0]) == [
        "reference", "savings_low", "savings_high", "household_tenure", "0_savings_low", "0_savings_high",
    ]  # fmt: skip
    assert {row["Reference"] for row in people} <= sure_of(council)
    assert len(people) > 5
    rich = next(row for row in machines if row["savings_low"] == row["savings_high"] != "0.00")
    assert rich["0_savings_low"] == f"minus {rich['savings_low']}"
    assert f"{len(people)} families written, " in out
    assert "Destroy after 26 November 2026" in out
    notes = {str(row[0]): str(row[1]) for row in openpyxl.load_workbook(files[0])["notes"].iter_rows(values_only=True)}
    assert notes["List"] == ASKED
    assert notes["Reads"] == "pension_credit.verdict, savings, tenure"
    assert notes["Destroy after"] == "26 November 2026"


def test_a_column_is_as_wide_as_its_heading(council: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    allow(council, *READS, "pension_credit.worth_weekly")
    asked = "savings, pension_credit.worth_weekly"
    assert put(council, capsys, ASKED, "--select", asked, "--output", NAME)[::2] == (0, "")
    sheet = openpyxl.load_workbook(next(council.lists.rglob("*.xlsx"))).worksheets[0]
    wide = {
        str(cell.value): sheet.column_dimensions[letter].width for letter, cell in zip("ABC", sheet[1], strict=True)
    }
    assert wide["savings"] < 26
    assert wide["pension_credit.worth_weekly"] > len("pension_credit.worth_weekly")


def test_it_is_logged_and_will_be_deleted_when_due(council: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    allow(council, *READS)
    files, _ = write(council, capsys)
    assert [entry["what"] for entry in audit.entries(council)][-2:] == ["query", "export"]
    with read_register(council) as register:
        known = {one.file: one.list for one in exported_files(register)}
    assert known == {path.relative_to(council.root).as_posix(): NAME for path in files}


def test_whoever_was_suppressed_after_the_run_is_left_out(
    council: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    allow(council, *READS)
    files, _ = write(council, capsys)
    before = [row["reference"] for row in table_of(file_of(files, ".csv"))]
    with database(find_run(council).core, read_only=True) as core:
        ((uprn,),) = core.execute(
            "SELECT min(uprn) FROM address JOIN family USING (household_key) WHERE family_key = ?", [before[0]]
        ).fetchall()
    suppress(council, {"uprn": str(uprn), "reason": "objected"})
    files, out = write(council, capsys)
    after = [row["reference"] for row in table_of(file_of(files, ".csv"))]
    assert before[0] not in after
    assert set(after) < set(before)
    assert "fewer than 10 held back" in out


def test_nothing_leaves_without_a_purpose_or_beyond_it(council: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = put(council, capsys, ASKED, "--output", NAME)
    assert code == 15
    assert err == (
        f"lift: council.toml: has no [purpose.{NAME}], so nothing was exported. `lift list {NAME} --purpose` prints "
        "one to fill in with whoever answers for data protection.\n"
    )
    allow(council, "savings")
    code, _, err = put(
        council, capsys, f"{ASKED} AND household.tenure = 'owner'", "--select", "savings", "--output", NAME
    )
    assert code == 15
    assert err == (
        f"lift: council.toml: purpose.{NAME} does not cover the columns pension_credit.verdict, tenure, so nothing was "
        "exported. Leave them out of the question, or have the benefits manager agree and add them under columns.\n"
    )
    assert not [path for path in council.lists.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--output", NAME, "--count"],
         "--output writes rows. Counts may be copied from the screen, or taken with --json."),
        (["--output", NAME, "--rule", "draft.yaml"],
         "a draft has been read by nobody, so its answers cannot leave. Put it into rules/ and run the month."),
        (["--replace"], "--replace goes with --output"),
        (["--output", "pension_credit"],
         "--output pension_credit: a list has that name. Take another one, so that neither replaces the other."),
        (["--output", "../out"],
         "--output ../out: a name of small letters, figures and underscores is needed, such as oldest_tenants. The "
         "files are written below lists/, under [purpose.NAME] of council.toml."),
    ],
)  # fmt: skip
def test_what_cannot_be_written_is_said(
    council: Workspace, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert put(council, capsys, ASKED, *arguments) == (2, "", f"lift: {message}\n")


def test_a_file_that_was_changed_is_replaced_only_on_demand(
    council: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    allow(council, *READS)
    files, _ = write(council, capsys)
    files[1].write_text("changed", encoding="utf-8")
    code, _, err = put(council, capsys, ASKED, "--output", NAME)
    assert code == 19
    assert "was changed since LIFT wrote it" in err
    assert files[1].read_text(encoding="utf-8") == "changed"
    write(council, capsys, "--replace")
    assert files[1].read_text(encoding="utf-8") != "changed"
