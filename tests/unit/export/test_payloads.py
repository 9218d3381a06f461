"""Does a text of the extracts stay a text in everything that a run and its exports write?

Every payload stands in every text column of every source of a small city. Two libraries open what comes of it: openpyxl
here, LibreOffice where it is installed (`make test-real`).
"""

from __future__ import annotations

import csv
import io
import re
import shutil
import subprocess
import zipfile
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest

from lift.cli.main import run_app
from lift.stages.export import readback
from lift.stages.export.columns import Column
from lift.stages.export.workbook import make_workbook
from lift.workspace.cells import clean
from lift.workspace.database import database
from lift.workspace.folder import Workspace
from lift.workspace.runs import find_run
from tests.middlemarch import MONTH, new_workspace
from tests.unit.export.payloads import PAYLOADS, put_in

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
#: One of the last that are put in.
LAST = "%0A=1+1"
#: Parts of payloads that are left of them when blanks and invisible signs are gone.
CORES = ("cmd|' /C calc'!A0", "HYPERLINK(", "WEBSERVICE(", "IMPORTXML(", "<r><t>rich</t></r>", "<script>")


@pytest.fixture(scope="module")
def council(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A council whose every extract is full of them, with a finished run, everything exported."""
    workspace = new_workspace(tmp_path_factory.mktemp("payloads") / "council")
    written = put_in(workspace.root / "incoming" / MONTH, date(2026, 11, 1))
    assert len(written) >= 8
    for pairs in written.values():
        whole = {name for name, text in pairs if text == LAST}
        assert len(whole) >= 2
        assert all(sum(name == one for one, _ in pairs) >= 27 for name in whole)
    everywhere = {name for pairs in written.values() for name, text in pairs if text == LAST}
    assert {"council_tax_account.surname", "contact.phone", "benefit_claim.claimant_surname"} <= everywhere
    assert run_app(["run", "--month", MONTH, "-w", str(workspace.root), "--plain"]) == 0
    assert run_app(["list", "--export", "-w", str(workspace.root), "--plain"]) == 0
    return workspace


def files(workspace: Workspace, *endings: str) -> list[Path]:
    """What was written for people and machines."""
    run = workspace.runs / MONTH
    made = sorted(path for top in (workspace.lists, run) for path in top.rglob("*") if path.suffix in endings)
    return [path for path in made if "rules" not in path.relative_to(workspace.root).parts]


def test_they_come_as_far_as_people_look(council: Workspace) -> None:
    """Else nothing would be proved."""
    said = "\n".join(
        str(cell)
        for path in files(council, ".xlsx")
        for sheet in openpyxl.load_workbook(path)
        for row in sheet.iter_rows(values_only=True)
        for cell in row
    )
    assert [core for core in CORES if core not in said] == []


@pytest.mark.parametrize("text", PAYLOADS)
def test_a_cell_of_its_own_holds_the_text_that_was_put_in(text: str) -> None:
    made = make_workbook("list", date(2026, 11, 12), [Column("name", "Name", 40)], [(text,)], [("About", text)], "foot")
    assert readback.read_workbook(made).faults == ()
    cell = openpyxl.load_workbook(io.BytesIO(made), rich_text=True)["list"]["A2"]
    assert (cell.data_type, cell.value.strip()) == ("s", clean(text))


def test_workbooks_hold_no_live_cell_link_or_hidden_part(council: Workspace) -> None:
    paths = files(council, ".xlsx")
    assert len(paths) > 8
    for path in paths:
        book = openpyxl.load_workbook(path, rich_text=True)
        assert not book.defined_names
        with zipfile.ZipFile(path) as parts:
            assert not [name for name in parts.namelist() if "external" in name.lower() or name.endswith(".bin")]
        for sheet in book:
            assert sheet.sheet_state == "visible"
            assert not any(d.hidden for d in (*sheet.column_dimensions.values(), *sheet.row_dimensions.values()))
            for row in sheet.iter_rows():
                for cell in row:
                    assert cell.hyperlink is None
                    assert cell.data_type in ("s", "n", "d"), (path.name, cell.coordinate)
                    assert type(cell.value).__name__ != "CellRichText", (path.name, cell.coordinate)


def test_no_cell_of_a_csv_begins_a_formula(council: Workspace) -> None:
    paths = files(council, ".csv")
    assert len(paths) > 6
    for path in paths:
        with path.open(encoding="utf-8-sig", newline="") as file:
            for number, row in enumerate(csv.reader(file, strict=True), start=1):
                for cell in row:
                    assert not cell.lstrip(" \u00a0\u200b\u202e").startswith(FORMULA_STARTS), (path.name, number)
                    assert "\x1b" not in cell, (path.name, number)


class Tags(HTMLParser):
    """The tags and attributes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[tuple[str, str]] = set()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.seen |= {(tag, name) for name, _ in attributes} | {(tag, "")}


def test_pages_and_screens_show_them_as_text(
    council: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with database(find_run(council).core, read_only=True) as core:
        keys = core.execute("SELECT DISTINCT family_key FROM ranked ORDER BY family_key").fetchall()
    for (key,) in keys:
        asked = ["explain", key, "-w", str(council.root), "--names", "she rang back today", "--plain"]
        run_app(asked)
        assert "\x1b" not in capsys.readouterr().out
        run_app([*asked[:-1], "--html", str(tmp_path / f"{key}.html")])
        if len([*tmp_path.glob("*.html")]) == 3:
            break  # most homes of this council are held back, and one page is like another
    pages = [*files(council, ".html"), *tmp_path.glob("*.html")]
    assert len(pages) > 3
    for page in pages:
        tags = Tags()
        tags.feed(page.read_text(encoding="utf-8"))
        assert not {tag for tag, _ in tags.seen} & {"script", "img", "iframe", "r", "t", "f"}
        assert not {name for _, name in tags.seen if name.startswith("on") or name in ("href", "src")}


@pytest.mark.real
def test_libreoffice_finds_texts_and_nothing_else(council: Workspace, tmp_path: Path) -> None:
    """Workbooks, and the files for machines, which some will open in it all the same."""
    office = next(filter(None, map(shutil.which, ("soffice", "libreoffice", "localc"))), None)
    assert office is not None, "LibreOffice is not installed"
    paths = files(council, ".xlsx", ".csv")
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    for number, path in enumerate(paths):
        shutil.copy(path, tmp_path / f"{number}{path.suffix}")
    copies = [str(tmp_path / f"{number}{path.suffix}") for number, path in enumerate(paths)]
    command = [office, profile, "--headless", "--convert-to", "fods", "--outdir", str(tmp_path), *copies]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    for number, path in enumerate(paths):
        content = (tmp_path / f"{number}.fods").read_text(encoding="utf-8")
        names = _names(content)
        assert "table-cell" in names, path.name
        assert names & {"formula", "a", "script", "dde-link", "dde-source", "event-listener", "object"} == set(), (
            path.name
        )
        assert not re.search(r'table:visibility="(collapse|filter)"|table:display="false"', content), path.name


def _names(content: str) -> set[str]:
    """The names of all elements and attributes of its tables."""
    office = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
    body = ElementTree.fromstring(content).find(f"{office}body")
    assert body is not None
    return {name.rpartition("}")[2] for element in body.iter() for name in (element.tag, *element.keys())}
