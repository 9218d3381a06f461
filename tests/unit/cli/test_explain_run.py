"""Who sees what of an explanation: names for the benefits team, the view for analysts, and a page that prints?"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path

import pytest

from lift.cli.main import run_app
from lift.cli.told_page import told_page
from lift.rulebook.plain import plain_name
from lift.workspace import audit
from lift.workspace.analysts import open_view
from lift.workspace.database import database
from lift.workspace.folder import Workspace
from lift.workspace.runs import find_run
from tests import middlemarch


@pytest.fixture(scope="module")
def council(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return middlemarch.copy_of(middlemarch.finished(), tmp_path_factory.mktemp("explain") / "council")


@pytest.fixture(scope="module")
def couple(council: Workspace) -> str:
    """A couple for whom Pension Credit is likely."""
    with open_view(find_run(council)) as connection:
        query = "SELECT min(family_key) FROM family WHERE is_couple AND pension_credit__verdict = 'likely'"
        return str(connection.execute(query).fetchall()[0][0])


def explain(council: Workspace, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = run_app(["explain", *arguments, "-w", str(council.root)])
    told = capsys.readouterr()
    return code, told.out, told.err


def names_in(council: Workspace, family: str) -> set[str]:
    with database(find_run(council).core, read_only=True) as connection:
        rows = connection.execute(
            """SELECT DISTINCT r.surname FROM record r JOIN person_link l USING (record_id)
            JOIN person p USING (person_key) WHERE p.family_key = ? AND r.surname IS NOT NULL""",
            [family],
        ).fetchall()
    return {str(row[0]) for row in rows}


def test_nobody_is_named_unless_asked_for_with_a_reason(
    council: Workspace, couple: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = len(audit.entries(council))
    code, out, _ = explain(council, capsys, couple, "--plain")
    assert code == 0
    assert not any(name in out.upper() for name in names_in(council, couple))
    code, out, _ = explain(council, capsys, couple, "--names", "she rang back", "--plain")
    assert code == 0
    people = out.split("\n")[:3]
    assert all(re.fullmatch(r"[A-Z' -]+ \(p[0-9a-f]{16}\)", line) for line in people[:2])
    assert any(name in people[0] for name in names_in(council, couple))
    assert re.search(r"\d+ .+, MM\d+ \d[A-Z]{2}$", people[2])
    (entry,) = audit.entries(council)[before:]
    assert {name: entry[name] for name in ("what", "run", "reference", "why")} == {
        "what": "names",
        "run": "2026-11",
        "reference": couple,
        "why": "she rang back",
    }


def test_names_without_a_reason_are_not_shown(
    council: Workspace, couple: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert explain(council, capsys, couple, "--names", "  x ") == (
        2,
        "",
        'lift: --names needs the reason, for example: --names "she rang back on 3 December"\n',
    )


HELD = (
    15,
    "",
    "lift: somebody in this home must not be contacted, so nothing about it is shown. Take it to whoever leads on "
    "safeguarding.\n",
)


def test_no_home_is_explained_in_which_somebody_is_held_back(
    council: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = find_run(council)
    with database(None) as connection:
        connection.execute(f"ATTACH '{run.core}' AS core (READ_ONLY)")
        connection.execute(f"ATTACH '{run.view}' AS view (READ_ONLY)")
        held = connection.execute(
            "SELECT family_key FROM core.family ANTI JOIN view.family USING (family_key) ORDER BY family_key"
        ).fetchall()
    assert len(held) >= 12
    before = len(audit.entries(council))
    for (family,) in held[:3]:
        for how in ([], ["--names", "she rang back"], ["--html", str(tmp_path / "why.html")], ["--json"]):
            assert explain(council, capsys, str(family), "pension_credit", *how) == HELD
    assert not list(tmp_path.iterdir())
    assert len(audit.entries(council)) == before


def test_whoever_asked_since_the_run_not_to_be_contacted_is_neither_named_nor_printed(
    council: Workspace, couple: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = middlemarch.copy_of(council.root, tmp_path / "council")
    asked = ["--reason", "do_not_contact", "--by", "benefits manager", "-w", str(mine.root)]
    assert run_app(["suppressions", "add", couple, *asked]) == 0
    capsys.readouterr()
    for how in (["--names", "she rang back"], ["--html", str(tmp_path / "why.html")]):
        assert explain(mine, capsys, couple, *how) == HELD
    assert not (tmp_path / "why.html").exists()


def test_a_page_is_remembered(council: Workspace, couple: str, page: Path) -> None:
    assert [entry["file"] for entry in audit.entries(council) if entry["what"] == "page"] == [str(page)]


# ---- for analysts ----


@pytest.fixture
def analysts(council: Workspace, tmp_path: Path) -> Workspace:
    """A workspace as docs/questions.md says to make for them."""
    run, root = find_run(council), tmp_path / "analysts"
    folder = root / "runs" / run.id
    folder.mkdir(parents=True)
    shutil.copy(council.settings, root)
    for name in ("run.json", "analyst.duckdb"):
        shutil.copy(run.folder / name, folder)
    shutil.copytree(run.rules, folder / "rules")
    return Workspace(root)


def test_analysts_have_the_explanation_without_birthdays_and_lines(
    council: Workspace, analysts: Workspace, couple: str, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = explain(council, capsys, couple, "pension_credit", "--plain")[1].split("\n")
    code, out, err = explain(analysts, capsys, couple, "pension_credit", "--plain")
    assert (code, err) == (0, "")
    lines = out.split("\n")
    assert lines[0] == whole[0] == "Pension Credit: likely"
    born = [line.split("\t") for line in lines if line.startswith("fact\tdate_of_birth")]
    assert born
    assert all(re.match(r"from 1 \w+ \d{4} to \d\d \w+ \d{4}$", row[3]) for row in born)
    assert " line " not in out
    assert "shbe_2026-11-12.txt as at" in out
    assert not any(name in out.upper() for name in names_in(council, couple))


def test_analysts_cannot_have_names(analysts: Workspace, couple: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert explain(analysts, capsys, couple, "--names", "I would like to know") == (
        17,
        "",
        "lift: run 2026-11: its core.duckdb is not here, and names stand nowhere else.\n",
    )


def test_analysts_may_put_questions(analysts: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_app(["query", "savings < 100", "-w", str(analysts.root), "--plain"]) == 0
    assert "families" in capsys.readouterr().out
    assert [entry["what"] for entry in audit.entries(analysts)] == ["query"]


# ---- as JSON and as a page ----


def test_json_names_what_it_does_not_explain(
    council: Workspace, couple: str, capsys: pytest.CaptureFixture[str]
) -> None:
    _, out, _ = explain(council, capsys, couple, "--json")
    told = json.loads(out)
    assert [one["rule"] for one in told if "steps" in one] == ["pension_credit"]
    others = [one for one in told if "steps" not in one]
    assert others
    assert all(set(one) == {"rule", "reference", "verdict"} for one in others)


@pytest.fixture(scope="module")
def page(council: Workspace, couple: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "why.html"
    assert run_app(["explain", couple, "--html", str(path), "-w", str(council.root)]) == 0
    return path


def test_the_page_holds_what_the_screen_says_and_needs_nothing_else(
    council: Workspace, couple: str, page: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = page.read_text(encoding="utf-8")
    assert not re.search(r"src=|href=|url\(|@import|<script|<link|https?:", text)
    assert page.stat().st_mode & 0o777 == 0o600
    said = unescape(re.sub(r"<[^>]*>", "", text.replace("<wbr>", "")))
    sums = set()
    for line in explain(council, capsys, couple, "--plain")[1].split("\n"):
        cells = line.split("\t")
        wanted = {"step": (3,), "figure": (2, 3, 5), "fact": (3,), "asked": (1, 2, 3)}.get(cells[0], ())
        for place in wanted:
            assert cells[place] in said, cells
        if cells[0] in ("step", "figure", "fact"):
            assert plain_name(cells[1]).lower() in said.lower(), cells
        # A formula with conditions stands as it is written, a sum in words.
        sums |= {cells[1]} if cells[0] == "step" and cells[4] not in said else set()
    assert len(sums) == text.count("<p class=sum>") > 3
    assert "= pensions and other income of all adults + counted earnings + deemed income" in said
    assert "This page only offers help." in said


def test_a_page_is_never_written_over_nor_into_a_folder_that_is_not_there(
    council: Workspace, couple: str, page: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = page.read_bytes()
    assert explain(council, capsys, couple, "--html", str(page)) == (
        19,
        "",
        f"lift: {page}: is there already, and is never written over. Give another name, or move it away.\n",
    )
    assert page.read_bytes() == before
    elsewhere = page.parent / "none" / "why.html"
    assert explain(council, capsys, couple, "--html", str(elsewhere)) == (
        19,
        "",
        f"lift: {elsewhere.parent}: there is no such folder. Make it, or give another place.\n",
    )


def test_what_the_files_say_is_text_on_the_page() -> None:
    """A name that is a script must not run."""
    text = told_page("<script>alert(1)</script>", [], [("<b>a</b>", "x", "y", "z")], ["<img src=x onerror=alert(1)>"])
    assert "<script>" not in text
    assert "<img" not in text
    assert "<b>" not in text


BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@pytest.mark.real
def test_the_page_prints_on_a4_with_nothing_cut_off(page: Path, tmp_path: Path) -> None:
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    assert browser is not None, "chromium is not installed"
    paper = tmp_path / "why.pdf"
    options = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--no-pdf-header-footer",
        "--host-resolver-rules=MAP * ~NOTFOUND",
    ]
    profile = f"--user-data-dir={tmp_path / 'profile'}"
    subprocess.run(
        [browser, *options, profile, f"--print-to-pdf={paper}", page.as_uri()],
        check=True,
        capture_output=True,
        timeout=120,
    )
    text = subprocess.run(["pdftotext", "-layout", str(paper), "-"], check=True, capture_output=True, text=True).stdout
    information = subprocess.run(["pdfinfo", str(paper)], check=True, capture_output=True, text=True).stdout
    assert re.search(r"Page size: +59[45]\.\d+ x 84[12]\.\d+ pts \(A4\)", information)
    assert 2 <= int(re.search(r"Pages: +(\d+)", information).group(1)) <= 16  # type: ignore[union-attr]
    assert re.findall(r"Page (\d+) of", text) == [str(n) for n in range(1, text.count("\f") + 1)]
    tight = re.sub(r"\s+", "", text)
    said = unescape(
        re.sub(
            r"<[^>]*>", " ", re.sub(r"<style>.*?</style>|<title>.*?</title>|<wbr>", "", page.read_text(), flags=re.S)
        )
    )
    words = [word for word in said.split() if len(word) > 3]
    lost = [word for word in words if word not in tight]
    # A word may be broken over a page's end; more than a few would be cut off.
    assert len(lost) <= len(words) // 200, lost[:20]
