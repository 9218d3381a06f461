"""Are the sample's lists, screens and picture what they were? A change of any byte is meant, or a mistake.

`LIFT_GOLDEN=write python -m pytest tests/golden` writes them anew; the commit then says why they changed.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import textwrap
from pathlib import Path

import pytest
from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.terminal_theme import DEFAULT_TERMINAL_THEME

from lift.cli.main import run_app
from lift.cli.screen import Screen
from lift.cli.summary import closing_screen
from lift.pipeline import run_month
from lift.stages.export.showing import showing_of
from lift.workspace.folder import Workspace, open_workspace
from lift.workspace.runs import find_run
from tests.middlemarch import MONTH, SAMPLE, Quiet, copy_of, finished_sample, lists_of, new_workspace, table_of

HERE = Path(__file__).parent
# In the order in which a team works them; `families` comes last, when everybody has been contacted from another list.
NAMES = (
    "benefit_cap", "non_dependant_deductions_wrong", "council_tax_reduction_not_claimed",
    "council_tax_reduction_pension_age", "housing_benefit_pension_age", "pension_credit", "free_school_meals",
    "pensioner_conversation", "council_tax_discounts", "check_sample", "families",
)  # fmt: skip
FILES = (
    "benefit_cap_contacts", "check_sample_call_file", "council_tax_discounts_call_file",
    "council_tax_reduction_not_claimed_call_file", "council_tax_reduction_pension_age_call_file",
    "free_school_meals_call_file", "pension_credit_call_file", "pension_credit_contacts",
    "pensioner_conversation_call_file", "pensioner_conversation_contacts",
)  # fmt: skip
# Nobody in the sample is proved to miss Housing Benefit over pension age, for no file tells the rent of somebody who
# never claimed it, and nothing is deducted wrongly, so that these have no files.
NOBODY = ("housing_benefit_pension_age", "non_dependant_deductions_wrong")
PAGES = tuple(name for name in NAMES[:-2] if name not in NOBODY)
ANSWERS = 5


def check_golden(name: str, content: bytes) -> None:
    path = HERE / name
    if os.environ.get("LIFT_GOLDEN") == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    assert path.is_file(), f"{name} is not there: LIFT_GOLDEN=write python -m pytest tests/golden"
    assert content.decode() == path.read_bytes().decode(), f"{name} has changed"


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = copy_of(finished_sample(), tmp_path_factory.mktemp("golden") / "council")
    with lists_of(workspace) as lists:
        for one in lists.run.record.lists:
            lists.export(one.name)
    return workspace


def test_every_list_of_the_run_has_a_golden_file(exported: Workspace) -> None:
    assert tuple(one.name for one in find_run(exported).record.lists) == NAMES
    assert tuple(sorted(path.stem for path in (exported.lists / MONTH / "machines").iterdir())) == FILES


@pytest.mark.parametrize("name", FILES)
def test_a_call_file_of_the_sample(exported: Workspace, name: str) -> None:
    check_golden(f"lists/{name}.csv", (exported.lists / MONTH / "machines" / f"{name}.csv").read_bytes())


@pytest.mark.parametrize("name", PAGES)
def test_the_first_answers_of_an_adviser_page_of_the_sample(exported: Workspace, name: str) -> None:
    rows = table_of(exported.lists / MONTH / "advisers" / f"{name}_adviser_page.xlsx")
    told = [
        f"{heading}\n{textwrap.indent(str(cell), '    ')}\n" for row in rows[:ANSWERS] for heading, cell in row.items()
    ]
    check_golden(f"lists/{name}_adviser_page.txt", "".join(told).encode())


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("summary", ["summary"]),
        ("lists", ["list"]),
        ("pension_credit", ["list", "pension_credit"]),
        ("check", ["check", "--month", MONTH]),
    ],
)
def test_a_screen_of_the_sample(
    exported: Workspace, capsys: pytest.CaptureFixture[str], name: str, arguments: list[str]
) -> None:
    assert run_app([*arguments, "--plain", "-w", str(exported.root)]) == 0
    lines = capsys.readouterr().out.splitlines(keepends=True)
    timed = [line for line in lines if not line.endswith(" s\n")]
    check_golden(f"screens/{name}.txt", "".join(timed).encode())


# ---- the picture in the README, which the program makes itself ----

# Rich's own frame fetches its letters from the internet; a reader's own will do.
FRAME = re.sub(r"@font-face \{\{.*?\}\}\s*", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
WIDTH = 152


def test_the_picture_is_the_closing_screen_of_the_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    console = Console(
        record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, color_system="truecolor", highlight=False
    )
    monkeypatch.setattr(Screen, "_console", lambda self, **_: console)
    screen = Screen()
    screen.plain = False
    workspace = open_workspace(finished_sample())
    console.print("$ lift run --month 2026-11", style="bold green")
    closing_screen(screen, workspace, find_run(workspace))
    picture = console.export_svg(title="LIFT", theme=DEFAULT_TERMINAL_THEME, code_format=FRAME, unique_id="lift")
    assert "url(" not in re.sub(r"url\(#", "", picture)
    check_golden("../../docs/summary.svg", f"{picture.rstrip()}\n".encode())


def test_where_the_families_of_the_sample_live_of_whom_nothing_is_known(exported: Workspace) -> None:
    check_golden("lists/unknown_income.csv", find_run(exported).unseen.read_bytes())


def digests(workspace: Workspace) -> dict[str, str]:
    files = [path for path in (workspace.lists / MONTH).rglob("*") if path.is_file()]
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_one_thread_gives_the_same_bytes_as_all_of_them(exported: Workspace, tmp_path: Path) -> None:
    """A second run from the extracts on, with one thread, and every list exported: CSV and workbook alike."""
    workspace = new_workspace(tmp_path / "council", SAMPLE)
    showing = run_month(workspace, MONTH, Quiet(), threads=1).showing
    with lists_of(workspace) as lists:
        # What the closing screen was handed is what is worked out of the finished run.
        assert showing is not None
        assert showing == showing_of(lists.gate)
        assert showing.lists["pension_credit"].held_in_all
        for one in lists.run.record.lists:
            lists.export(one.name)
    assert len(digests(workspace)) == 2 * len(FILES) + len(PAGES)
    assert digests(workspace) == digests(exported)
