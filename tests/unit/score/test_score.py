"""Does `python -m score` run a city and say how well the run tells the truth?"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from lift.city import write
from score.__main__ import main
from tests.middlemarch import DAY

Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("score") / "city"
    write(folder, dwellings=260, seed=5, month=DAY.replace(day=1), months=2)
    return folder


def test_two_months_are_run_and_marked(city: Path, capsys: Capture) -> None:
    assert main([str(city), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert list(told) == ["2026-10", "2026-11"]
    for marks in told.values():
        by_rule = {one["rule"]: one for one in marks["lists"]}
        assert by_rule["pension_credit"]["likely"] > 20
        assert by_rule["pension_credit"]["wrong"] == by_rule["pension_credit"]["missed_though_proved"] == []
        assert by_rule["free_school_meals"]["likely"] > 5
        assert marks["links"]["right"] > 400
        assert marks["refusals"]["right"]["width"] > 5
    # The planted award of which the council's claim does not know yet.
    (credit,) = (one for one in told["2026-11"]["lists"] if one["rule"] == "pension_credit")
    assert credit["already_had"] == credit["already_had_and_asked"] >= 1


def test_a_wrong_truth_is_noticed(city: Path, tmp_path: Path, capsys: Capture) -> None:
    """The truth of the last month is turned round: whoever was entitled is not."""
    turned = tmp_path / "city"
    shutil.copytree(city, turned)
    shutil.rmtree(turned / "incoming" / "2026-10")
    path = turned / "truth" / "2026-11" / "entitlements.csv"
    text = path.read_text().replace(",yes,no,53.10,week,yes,,likely,no,", ",no,no,,,no,,,yes,")
    path.write_text(text)
    assert main([str(turned), "--names"]) == 1
    told = capsys.readouterr().out
    assert "guarantee_tenant" in told.split("pension_credit: wrong: ")[1].split("; missed")[0]
    assert "Linkage: " in told and "Lines refused as planted: bad_date" in told
