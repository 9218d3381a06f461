"""Is every figure cited, and read as the law prints it?"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from lift.city import figures as figures_file
from lift.city.figures import PLACES, Figures

CONTENT = YAML(typ="safe").load(next(place for place in PLACES if place.is_file()).read_text(encoding="utf-8"))
STATUSES = {"verified", "single_source", "derived", "projected", "assumed", "documented", "inferred", "calibrated"}


@pytest.mark.parametrize("name", [*CONTENT["rates"], *CONTENT["tables"], *CONTENT["calibration"]])
def test_every_figure_says_what_it_is_and_where_it_comes_from(name: str) -> None:
    entry = CONTENT["rates"].get(name) or CONTENT["tables"].get(name) or CONTENT["calibration"][name]
    assert entry["says"].endswith(".")
    assert entry["cite"]
    given = entry["status"]
    assert set(given.values() if isinstance(given, dict) else [given]) <= STATUSES


def test_a_rate_changes_on_its_day(figures: Figures) -> None:
    assert figures.rate("pension_credit_single", date(2026, 4, 5)) == 22710
    assert figures.rate("pension_credit_single", date(2026, 4, 6)) == 23800


def test_a_day_before_the_first_rate_is_an_error(figures: Figures) -> None:
    with pytest.raises(ValueError, match="no pension_credit_single for 2025-04-06"):
        figures.rate("pension_credit_single", date(2025, 4, 6))


def test_part_of_a_penny_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "figures.yaml"
    text = "rates:\n  a: {says: x, cite: y, status: verified, is: {2026-01-01: 1.005}}\n"
    path.write_text(text + "pension_age: {bands: []}\ncalibration: {}\ntables: {}\nmess: {is: {}}\n", encoding="utf-8")
    with pytest.raises(ValueError, match="not whole pence"):
        figures_file.read(path)


def test_shares_that_end_in_the_rest_leave_a_rest(figures: Figures) -> None:
    assert sum(figures.shares["unoccupied"].values()) < 1000
    for whole in ("tenure_pensioner", "tenure_working_age", "households_pensioner", "households_working_age"):
        assert sum(figures.shares[whole].values()) == 1000
