"""Is council.toml read as it stands, and every mistake in it told?"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from lift.errors import SettingsError
from lift.rulebook.load import rules_folder
from lift.workspace.folder import Workspace, open_workspace
from lift.workspace.month import run_day
from lift.workspace.purposes import suggested_block
from lift.workspace.settings import first_settings, read_settings


def written(folder: Path, text: str) -> Workspace:
    (folder / "council.toml").write_text(text, encoding="utf-8")
    return Workspace(folder)


def test_a_new_file_reads_back(tmp_path: Path) -> None:
    text = first_settings('Stoke "Newington" \\ Hackney', in_greater_london=True)
    settings = read_settings(written(tmp_path, text))
    assert settings.council.name == 'Stoke "Newington" \\ Hackney'
    assert settings.council.in_greater_london
    assert settings.run.day == "benefits extract"
    assert settings.lists.capacity == {}
    assert settings.retention.exported_lists_days == 14


def test_one_councils_own_scheme_is_left_out_of_anothers_lists_until_it_says_otherwise(tmp_path: Path) -> None:
    local = sorted(path.stem for path in (rules_folder() / "local").glob("*.yaml"))
    assert (
        sorted(read_settings(written(tmp_path, first_settings("Anywhere", in_greater_london=False))).lists.leave_out)
        == local
    )
    invented = first_settings("Middlemarch", in_greater_london=False, invented=True)
    assert read_settings(written(tmp_path, invented)).lists.leave_out == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[council", "council.toml: is not TOML"),
        ("[run]\n", "council.toml: council is missing. Compare with the one that lift init writes."),
        (
            '[council]\nname = "Middlemarch"\ncolour = "red"\n[lists]\nleave_out = "all"\n',
            "council.toml: council.colour is no setting of LIFT. lists.leave_out: input should be a valid tuple. "
            "Compare with the one that lift init writes.",
        ),
        (
            'format = 2\n[council]\nname = "Middlemarch"\n[purpose]\n',
            "council.toml: was written by a newer LIFT (format 2; this one knows 1). Install that version.",
        ),
        (
            '[council]\nname = "Middlemarch"\n[run]\nday = "tomorrow"\n',
            "council.toml: run.day: input should be 'benefits extract', 'accounts extract' or 'end of month'. "
            "Compare with the one that lift init writes.",
        ),
        (
            '[council]\nname = "Middlemarch"\n[lists.capacity]\nfamilies = 0\n',
            "council.toml: lists.capacity: families = 0: a capacity is 1 or more (to drop a list, name it under "
            "leave_out). Compare with the one that lift init writes.",
        ),
        (
            '[council]\nname = "Middlemarch"\n[machine]\nmemory = "lots"\n',
            'council.toml: machine.memory: write it as "4GB". Compare with the one that lift init writes.',
        ),
    ],
)
def test_mistakes_are_told(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SettingsError) as raised:
        read_settings(written(tmp_path, text))
    assert str(raised.value).startswith(message)


def test_what_a_windows_editor_saves_reads_back(tmp_path: Path) -> None:
    text = first_settings("Zürich-on-Sea", in_greater_london=False).replace("\n", "\r\n")
    workspace = written(tmp_path, "")
    workspace.settings.write_bytes(text.encode("utf-8-sig"))
    assert read_settings(workspace).council.name == "Zürich-on-Sea"


def test_a_file_in_another_encoding_is_told(tmp_path: Path) -> None:
    (tmp_path / "council.toml").write_bytes('[council]\nname = "Ynys Môn"\n'.encode("cp1252"))
    with pytest.raises(SettingsError, match=r"is text in another encoding. Save it as UTF-8"):
        read_settings(Workspace(tmp_path))


def test_what_is_decided_at_an_export_does_not_make_another_run(tmp_path: Path) -> None:
    plain = '[council]\nname = "Middlemarch"\n'
    first = read_settings(written(tmp_path, plain)).fingerprint()
    assert read_settings(written(tmp_path, plain + '[machine]\nmemory = "2GB"\nthreads = 1\n')).fingerprint() == first
    assert read_settings(written(tmp_path, plain + "[lists.capacity]\npension_credit = 5\n")).fingerprint() == first
    assert read_settings(written(tmp_path, plain + "[retention]\nexported_lists_days = 3\n")).fingerprint() == first
    purpose = suggested_block("pension_credit", date(2027, 3, 31))
    assert read_settings(written(tmp_path, plain + purpose)).fingerprint() == first
    assert read_settings(written(tmp_path, plain + '[run]\nday = "end of month"\n')).fingerprint() != first
    assert read_settings(written(tmp_path, plain + '[lists]\nleave_out = ["benefit_cap"]\n')).fingerprint() != first


def test_what_is_no_workspace_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"is not a workspace, for there is no council.toml in it"):
        open_workspace(tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match=r"is a file, not a workspace"):
        open_workspace(tmp_path / "file")


FILES = [
    SimpleNamespace(kind="council_tax_account", extract_date=date(2026, 11, 10)),
    SimpleNamespace(kind="benefit_claim", extract_date=date(2026, 11, 5)),
    SimpleNamespace(kind="ctr_award", extract_date=date(2026, 11, 12)),
    SimpleNamespace(kind="universal_credit_notice", extract_date=date(2026, 11, 28)),
]


def test_the_run_day_follows_the_councils_policy() -> None:
    assert run_day("benefits extract", "2026-11", FILES) == date(2026, 11, 12)
    assert run_day("accounts extract", "2026-11", FILES) == date(2026, 11, 10)
    assert run_day("end of month", "2028-02", FILES) == date(2028, 2, 29)
