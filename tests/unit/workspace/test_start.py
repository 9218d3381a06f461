"""Is a new workspace complete, private, and never made over an old one?"""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from lift.errors import NotFoundError, SettingsError
from lift.sources.examine import examine
from lift.sources.kinds import load_kinds
from lift.sources.nil_return import NilReturnShape
from lift.sources.profiles import load_profiles
from lift.sources.recognise import recognise
from lift.workspace.key import make_key, read_key
from lift.workspace.start import begin


def test_a_workspace_holds_settings_key_templates_and_places(tmp_path: Path) -> None:
    workspace = begin(tmp_path / "council", "Middlemarch").workspace
    there = {path.name for path in workspace.root.iterdir()}
    assert there == {"council.toml", "reference.key", "incoming", "profiles", "rules", "templates", "runs", "lists"}
    for path in workspace.root.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_every_kind_has_a_template_that_is_recognised_as_that_kind(tmp_path: Path) -> None:
    workspace = begin(tmp_path / "council", "Middlemarch").workspace
    profiles = load_profiles()
    for kind in load_kinds():
        found = recognise(examine(workspace.templates / f"{kind}.csv"), profiles)
        assert found.profile.kind.name == kind


def test_the_nil_return_template_has_every_field_and_no_signature(tmp_path: Path) -> None:
    workspace = begin(tmp_path / "council", "Middlemarch").workspace
    text = (workspace.templates / "nil_return.toml").read_text()
    for field in NilReturnShape.model_fields:
        assert f"\n{field} = " in text
    assert 'signed_by = ""' in text


def test_keys_are_random_kept_and_never_made_anew_on_the_quiet(tmp_path: Path) -> None:
    one = begin(tmp_path / "one", "Middlemarch").workspace
    two = begin(tmp_path / "two", "Middlemarch").workspace
    assert read_key(one) != read_key(two)
    assert len(read_key(one)) == 32
    before = read_key(one)
    make_key(one)
    assert read_key(one) == before
    one.key.write_text("abc\n")
    with pytest.raises(SettingsError, match=r"reference.key: is damaged. Bring it back from the safe copy"):
        read_key(one)
    one.key.unlink()
    with pytest.raises(SettingsError, match=r"reference.key: is missing from the workspace"):
        read_key(one)


def test_nothing_is_made_over_what_is_there(tmp_path: Path) -> None:
    folder = tmp_path / "council"
    begin(folder, "Middlemarch")
    key = (folder / "reference.key").read_bytes()
    with pytest.raises(SettingsError, match=r"is a workspace already"):
        begin(folder, "Middlemarch")
    assert (folder / "reference.key").read_bytes() == key
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "letter.txt").write_text("")
    with pytest.raises(SettingsError, match=r"is not an empty folder"):
        begin(tmp_path / "letters", "Middlemarch")
    with pytest.raises(SettingsError, match=r"is not an empty folder"):
        begin(tmp_path / "letters" / "letter.txt", "Middlemarch")


def test_a_sample_without_extracts_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"holds no extracts"):
        begin(tmp_path / "council", "Middlemarch", sample=tmp_path)
    assert not (tmp_path / "council").exists()


def test_a_name_too_short_for_its_settings_makes_nothing(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"^the council's name has at least 2 letters. Nothing was made.$"):
        begin(tmp_path / "council", "T")
    assert list(tmp_path.iterdir()) == []
    assert begin(tmp_path / "council", "Ty").workspace.settings.is_file()
