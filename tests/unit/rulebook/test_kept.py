"""Is a finished run's rulebook the same when it is read quickly a second time?"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from lift.errors import RuleProblems
from lift.rulebook import load
from lift.rulebook.kept import FOLDER, keep_readings
from lift.rulebook.load import load_rulebook

_HOUSE = Path(__file__).parents[2] / "messages" / "bad_rules" / "house"


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    folder = tmp_path / "rules"
    shutil.copytree(_HOUSE, folder)
    keep_readings(folder, load_rulebook(folder, examples=False).hashes.items())
    return folder


def _no_yaml(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the YAML was read")

    monkeypatch.setattr(load, "read_located", refuse)


def test_nothing_differs_but_the_places(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = load_rulebook(_HOUSE, examples=False)
    _no_yaml(monkeypatch)
    after = load_rulebook(kept, examples=False)
    assert after.hashes == before.hashes
    assert {n: a.versions for n, a in after.amounts.items()} == {n: a.versions for n, a in before.amounts.items()}
    assert {n: t.versions for n, t in after.tables.items()} == {n: t.versions for n, t in before.tables.items()}
    assert {n: (s.level, s.type, s.rounding) for n, s in after.steps.items()} == {
        n: (s.level, s.type, s.rounding) for n, s in before.steps.items()
    }
    for name, step in before.steps.items():
        assert [(f.start, f.node) for f in after.steps[name].formulas] == [(f.start, f.node) for f in step.formulas]
    assert list(after.facts) == list(before.facts)


def test_a_changed_file_is_read_again(kept: Path) -> None:
    heating = kept / "heating.yaml"
    heating.write_text(heating.read_text(encoding="utf-8").replace("21.00", "22.00"), encoding="utf-8")
    amount = load_rulebook(kept, examples=False).amounts["heating.weekly_rate"]
    assert str(amount.versions[-1][1].value) == "22"


def test_examples_are_read_from_the_file_itself(kept: Path) -> None:
    assert len(load_rulebook(kept).rules["heating"].examples) == 2


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 2, "sha256": "x", "value": {}}'])
def test_a_kept_reading_that_is_damaged_is_passed_over(kept: Path, text: str) -> None:
    (kept / FOLDER / "heating.yaml.json").write_text(text, encoding="utf-8")
    assert "heating.weekly_rate" in load_rulebook(kept, examples=False).amounts


def test_a_mistake_still_has_its_place(kept: Path) -> None:
    place = kept / FOLDER / "heating.yaml.json"
    text = place.read_text(encoding="utf-8")
    place.write_text(json.dumps(json.loads(text.replace("deemed_rate * CEIL", "deemd_rate * CEIL"))), encoding="utf-8")
    heating = kept / "heating.yaml"
    heating.write_text(heating.read_text(encoding="utf-8").replace("+ bonus", "+ bonsu"), encoding="utf-8")
    with pytest.raises(RuleProblems, match=r"heating\.yaml:78:52: unknown name bonsu"):
        load_rulebook(kept, examples=False)
