"""Does `lift query` say who and how many in plain words, in JSON and by exit code?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lift.cli.main import run_app
from lift.workspace.folder import Workspace
from lift.workspace.runs import RECORD, Missing, find_run
from tests import middlemarch

NOTES = (
    "Who must not be contacted is in none of this. It only offers help: it may not be used to stop, reduce or "
    "investigate an award, and not being in it decides nothing.\n"
)
WARDS = "Note: wards are as council tax accounts hold them, which may be out of date: this run had no list of wards.\n"


@pytest.fixture(scope="module")
def council(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return middlemarch.copy_of(middlemarch.finished(), tmp_path_factory.mktemp("asked") / "council")


def query(council: Workspace, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = run_app(["query", *arguments, "-w", str(council.root)])
    told = capsys.readouterr()
    return code, told.out, told.err


def test_rows(council: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = query(
        council, capsys, "pension_credit.verdict = 'likely' AND savings < 9000", "--rows", "1", "--plain",
        "--select", "pension_credit.worth_weekly, savings, household.tenure, COUNT(children)",
    )  # fmt: skip
    assert (code, err) == (0, "")
    lines = out.split("\n")
    assert lines[0] == "Run 2026-11, worked out for 12 November 2026"
    assert lines[1] == "Reference\tpension_credit.worth_weekly\tsavings\thousehold.tenure\tCOUNT(children)"
    reference, worth, savings, tenure, children = lines[2].split("\t")
    assert reference.startswith("f")
    assert len(reference) == 17
    assert worth.startswith(("£", "from £", "at least £"))
    assert worth.endswith("a week")
    assert savings.startswith("£")
    assert tenure in ("owner", "council_tenant", "housing_association_tenant", "private_tenant", "not known")
    assert children in ("0", "at least 0", "not known")
    assert lines[3].endswith(" families, 1 row shown (--rows shows more, --count counts).")
    assert lines[4].startswith("Besides, it is not known of ")
    assert out.endswith(NOTES)


def test_nobody(council: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = query(council, capsys, "savings > 900000 AND savings < 0", "--plain")
    assert code == 0
    assert out == f"Run 2026-11, worked out for 12 November 2026\n0 families.\n{NOTES}"
    assert err == ""


def test_perhaps(council: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = query(council, capsys, "savings < 10000", "--include-unknown", "--rows", "1000", "--plain")
    assert code == 0
    rows = [line.split("\t") for line in out.split("\n") if line.startswith("f")]
    assert {row[1] for row in rows if row[0] != "families"} == {"yes", "perhaps"}
    assert "It is not known of " in out


def test_counts(council: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = query(council, capsys, "savings < 10000", "--count", "--by", "ward,tenure", "--plain")
    assert (code, err) == (0, "")
    lines = out.split("\n")
    assert lines[1] == "ward\ttenure\tFamilies"
    cells = [line.split("\t")[2] for line in lines[2:-5]]
    assert "[c]" in cells
    assert {cell for cell in cells if cell != "[c]" and int(cell) % 5} == set()
    assert lines[-5].startswith("All that is shown\t\t")
    assert lines[-4].startswith("Not known of ")
    assert lines[-3] == (
        "[c] is a count from 0 to 9; the others are rounded to the nearest 5, and a total adds up what is shown."
    )


def test_a_run_without_a_list_of_wards_says_so(
    council: Workspace, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    without = middlemarch.copy_of(council.root, tmp_path / "council")
    record = find_run(without).record
    lacking = record.model_copy(update={"missing": (*record.missing, Missing(kind="ward", title="Wards", cost=""))})
    (without.runs / record.run / RECORD).write_text(lacking.model_dump_json(), encoding="utf-8")
    assert query(without, capsys, "--count", "--by", "ward", "--plain")[2] == WARDS
    assert query(without, capsys, "--count", "--by", "tenure", "--each", "household", "--plain")[2] == ""


def test_a_draft_alone_is_counted_by_verdict(
    council: Workspace, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    draft = tmp_path / "two_rooms.yaml"
    draft.write_text(
        "id: two_rooms\nname: Two rooms\nkind: measure\neach: family\nlaw: none\n"
        "reviewed: {date: 2026-11-01, by: null}\ncovers: [2026-04-01, 2027-03-31]\neligible: is_couple\n"
    )
    code, out, err = query(council, capsys, "--rule", str(draft), "--plain")
    assert code == 0
    assert out.split("\n")[1] == "two_rooms.verdict\tFamilies"
    assert [line.split("\t")[0] for line in out.split("\n")[2:5]] == ["likely", "ruled_out", "unknown"]
    assert err == "Note: two_rooms.yaml is a draft: nobody has reviewed it, and it is in no list.\n"


def test_rows_as_json(council: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = query(
        council, capsys, "savings < 9000", "--select", "savings, is_couple", "--rows", "2", "--include-unknown",
        "--json",
    )  # fmt: skip
    assert code == 0
    told = json.loads(out)
    assert (told["run"], told["day"], told["condition"]) == ("2026-11", "2026-11-12", "savings < 9000")
    assert len(told["rows"]) == 2
    assert told["sure"] > 2
    assert set(told["rows"][0]) == {"reference", "sure", "values"}
    assert set(told["rows"][0]["values"]["savings"]) == {"low", "high"}
    assert told["rows"][0]["values"]["is_couple"] in (True, False, None)


def test_counts_as_json(council: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = query(council, capsys, "", "--count", "--by", "is_couple", "--json")
    assert code == 0
    told = json.loads(out)
    assert [cell["of"] for cell in told["cells"]] == [{"is_couple": one} for one in ("no", "yes", "not known")]
    assert told["sure"] == sum(cell["sure"] or 0 for cell in told["cells"])


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ([], 2, "lift: ask something, for example: lift query \"pension_credit.verdict = 'likely' AND ward = "
        "'Longford'\""),
        (["savings > 1", "--by", "ward"], 2, "lift: --by belongs to --count: lift query EXPRESSION --count --by ward"),
        (["savings > 1", "--count", "--select", "savings"], 2,
         "lift: --select shows rows and --count counts them. Keep one of the two."),
        (["savings > 1", "--each", "town"], 2,
         "lift: invalid value for '--each': 'town' is not one of 'person', 'family', 'household', 'period'. Try: "
         "lift query --help"),
        (["savings > 1", "--run", "2026-10"], 17, "lift: there is no run 2026-10 here. There is 2026-11."),
        (["savngs > 1"], 10,
         "lift: the question, character 1: unknown name savngs\n    savngs > 1\n    ^^^^^^\n    Fix: did you mean "
         "savings?"),
        (["has_single_person_discount AND COUNT(adults) > 1"], 15,
         "lift: this sets single person discounts against signs of a second adult (COUNT(adults)), which would be a "
         "discount "
         "review. LIFT only offers help: no list of it may be used to stop, reduce or investigate an award. Leave "
         "one of "
         "the two out; to find who misses the discount, ask for NOT has_single_person_discount."),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_ends_with_one_message_and_its_code(
    council: Workspace, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, said: str
) -> None:
    before = find_run(council).view.read_bytes()
    assert query(council, capsys, *arguments) == (code, "", f"{said}\n")
    assert find_run(council).view.read_bytes() == before


def test_a_run_without_a_view_says_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    workspace = middlemarch.copy_of(middlemarch.finished(), tmp_path / "council")
    find_run(workspace).view.unlink()
    assert query(workspace, capsys, "savings > 1") == (
        17,
        "",
        "lift: run 2026-11 has no analyst.duckdb, which questions and explanations are read from. It was made by a "
        "LIFT that wrote none: run the month again.\n",
    )
