"""Is the picture in the README what the program shows today? It is made by the program itself, from the sample's run.

`LIFT_GOLDEN=write python -m pytest tests/golden` makes it anew.
"""

from __future__ import annotations

import io
import re

import pytest
from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.terminal_theme import DEFAULT_TERMINAL_THEME

from lift.cli.screen import Screen
from lift.cli.summary import closing_screen
from lift.workspace.folder import open_workspace
from lift.workspace.runs import find_run
from tests.golden.test_lists import check_golden
from tests.middlemarch import finished_sample

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
