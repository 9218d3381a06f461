"""Is nobody in any file whom the council must not contact, however little its files say of it?

From the extracts to the exported files, over random small cities (`protected_cities`). A few here; `make protect` tries
1,000, and says what it found.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from lift.errors import DisclosureError
from lift.pipeline import run_month
from lift.workspace.database import database
from lift.workspace.folder import Workspace
from lift.workspace.runs import find_run
from lift.workspace.start import begin
from tests.middlemarch import Quiet, copy_of, lists_of, text_of
from tests.properties.protected_cities import DAY, MONTH, WAYS, Cities, cities, write

CITIES = int(os.environ.get("LIFT_CITIES", "50"))
EACH = 50  # cities in one council: a run costs the same for one home as for hundreds


@dataclass
class Found:
    """What all councils came to."""

    cities: int = 0
    planted: Counter[str] = field(default_factory=Counter)
    protected: int = 0
    files: int = 0
    listed: int = 0
    free: int = 0
    held_without_need: int = 0


def council(folder: Path, made: Cities) -> Workspace:
    """A workspace of these cities in which the month has been run."""
    (folder / "sample" / "truth").mkdir(parents=True)
    write(made, folder / "sample" / "incoming" / MONTH)
    workspace = begin(folder / "council", "Middlemarch", sample=folder / "sample").workspace
    run_month(workspace, MONTH, Quiet())
    return workspace


def export_all(workspace: Workspace) -> dict[str, str]:
    """Every file that leaves, with all that it says."""
    with lists_of(workspace) as lists:
        files = [path for one in lists.run.record.lists for path in lists.export(one.name).files]
    return {path.name: text_of(path) for path in files}


def references(workspace: Workspace) -> dict[str, set[str]]:
    """Property number to every reference that stands for the home, its families or its people; only homes that a list
    would name."""
    with database(find_run(workspace).core, read_only=True) as connection:
        rows = connection.execute("""SELECT a.uprn, p.household_key, p.family_key, p.person_key FROM person p
            JOIN address a USING (household_key) SEMI JOIN ranked r ON r.household_key = p.household_key""").fetchall()
    found: dict[str, set[str]] = {}
    for uprn, *keys in rows:
        found.setdefault(str(uprn), set()).update(map(str, filter(None, keys)))
    return found


WORD = re.compile(r"[a-z0-9]+", re.I)


def check(folder: Path, seed: int, number: int, found: Found) -> None:
    """One council of several cities: nobody protected is in any file, and most of the others are."""
    made = cities(seed, number)
    workspace = council(folder, made)
    known = references(workspace)
    files = export_all(workspace)
    said = {word.lower() for text in files.values() for word in WORD.findall(text)}
    phones = {re.sub(r"\D", "", line) for text in files.values() for line in text.replace(",", "\n").split("\n")}
    found.cities += number
    found.files += len(files)
    for home in made.homes:
        way = made.protected.get(home.number)
        signs = {sign.split()[0].lower() for sign in home.signs} | known.get(home.uprn, set())
        numbers = {re.sub(r"\D", "", person.phone) for person in home.people if person.phone}
        if way is not None:
            assert home.uprn in known, f"seed {seed}: home {home.number} ({way}) would be on no list anyway"
            shown = signs & said or numbers & phones
            assert not shown, f"seed {seed}: home {home.number}, protected by {way}, is in a file"
            found.protected += 1
            found.planted[way] += 1
        elif home.uprn in known:
            found.free += 1
            found.listed += bool(known[home.uprn] & said)


def test_nobody_who_must_not_be_contacted_is_in_any_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = Found()
    for batch in range(max(1, CITIES // EACH)):
        check(tmp_path / str(batch), batch, min(EACH, CITIES), found)
    assert found.listed >= 0.95 * found.free  # those whom nothing holds back are there, or nothing would be proved
    assert found.protected >= found.cities
    if CITIES >= 1000:
        assert set(found.planted) == set(WAYS)
        with capsys.disabled():
            print(
                f"\n{found.cities:,} small cities: {found.protected:,} homes that must not be contacted, by "
                f"{len(WAYS)} ways of saying so: 0 in {found.files:,} files; "
                f"{found.listed:,} of {found.free:,} others listed."
            )


def test_the_same_homes_are_listed_once_nothing_protects_them(tmp_path: Path) -> None:
    """Or the test above would prove nothing: without list and marks every planted home is in a file."""
    made = cities(0, 15)
    planted = set(made.protected)
    made.suppressions = [{"surname": "Nobody", "nino": "MW999999A", "acknowledged": "Y", "acknowledged_by": "Lead"}]
    for home in made.homes:
        home.marks, home.award_marks, home.contact_marks, home.is_refused = {}, {}, {}, False
    workspace = council(tmp_path, made)
    known, text = references(workspace), "\n".join(export_all(workspace).values())
    for home in made.homes:
        if home.number in planted:
            assert any(reference in text for reference in known[home.uprn])


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A council of three cities in which the month has been run."""
    return council(tmp_path_factory.mktemp("small"), cities(1, 3)).root


@pytest.mark.parametrize("case", ["missing", "stale", "empty", "torn", "without a column"])
def test_without_a_sure_list_nobody_at_all_is_in_any_file(small: Path, tmp_path: Path, case: str) -> None:
    workspace = copy_of(small, tmp_path / "council")
    path = workspace.root / "incoming" / MONTH / f"suppression_{DAY}.csv"
    text = path.read_text()
    if case == "missing":
        path.unlink()
    else:
        path.write_text({
            "stale": text.replace("2026-11-12,", "2026-11-04,"),
            "empty": text.split("\n")[0] + "\n",
            "torn": text[:-9],
            "without a column": text.replace(",nino,", ",insurance,", 1),
        }[case])  # fmt: skip
    for name in ("pension_credit", "free_school_meals", "families"):
        with pytest.raises(DisclosureError), lists_of(workspace) as lists:
            lists.export(name)
    assert [file for file in workspace.lists.rglob("*") if file.is_file()] == []


def test_a_run_needs_no_list_and_counts_all_the_same(small: Path, tmp_path: Path) -> None:
    workspace = copy_of(small, tmp_path / "council")
    with_list = find_run(workspace).record
    (workspace.root / "incoming" / MONTH / f"suppression_{DAY}.csv").unlink()
    without = run_month(workspace, MONTH, Quiet()).run.record
    assert without.run == f"{MONTH}-b"
    assert without.lists == with_list.lists
