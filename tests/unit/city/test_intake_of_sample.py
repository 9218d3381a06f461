"""Does intake refuse the planted lines of the sample, and no other?"""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from lift.stages.intake import intake
from tests.unit.city.cities import INCOMING, TRUTH, table


@pytest.mark.parametrize("city", ["sample", "minimal"])
def test_refusals_are_the_planted_faults(city: str, request: pytest.FixtureRequest) -> None:
    folder: Path = request.getfixturevalue(city)
    with duckdb.connect() as connection:
        report = intake(connection, folder / INCOMING, month="2026-11")
        names = {file.file_id: file.name for file in report.files}
        found = connection.execute("SELECT file_id, line FROM refusal").fetchall()
    planted = {
        (row["file"], int(row["line"])) for row in table(folder / TRUTH / "faults.csv") if row["effect"] == "refused"
    }
    assert len(planted) >= 10
    assert {(names[file_id], line) for file_id, line in found} == planted
    assert report.refused == len(planted)
    assert report.suppressions_are_complete
    assert (report.nil_return is not None) == (city == "minimal")
