"""Does `lift rules try` keep to docs/rules-try.md?"""

from __future__ import annotations

import io
import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from lift.cli.main import run_app
from lift.rulebook.load import load_rulebook
from lift.rulebook.model import Rulebook
from lift.trial.asked import Asked, Refused, answer_lines
from tests.unit.cli.json_schema import mistakes

_DOCS = Path(__file__).parents[3] / "docs"
_SCHEMA = json.loads((_DOCS / "rules-try.schema.json").read_text(encoding="utf-8"))

WIDOW = '{"base": "single_pensioner_owner"}'
OPEN = '{"base": "single_pensioner_owner", "members": [{"private_pension": null}]}'


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return load_rulebook(examples=False, bases=True)


@pytest.fixture(autouse=True)
def _read_once(monkeypatch: pytest.MonkeyPatch, book: Rulebook) -> None:
    """Reading the rules takes longer than answering from them: all calls here share one reading."""
    monkeypatch.setattr("lift.rulebook.load.load_rulebook", lambda **_: book)


class Tried:
    """What one call printed and how it ended."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err
        self.lines: list[Any] = [json.loads(line, parse_float=Decimal) for line in out.splitlines()]


def _try(
    capfd: pytest.CaptureFixture[str], tmp_path: Path, lines: list[str], *options: str, rule: str = "pension_credit"
) -> Tried:
    file = tmp_path / "facts.jsonl"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    code = run_app(["rules", "try", rule, "--date", "2026-05-01", "--facts", str(file), *options])
    out, err = capfd.readouterr()
    return Tried(code, out, err)


def test_a_known_case_comes_out_as_the_documentation_says(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    tried = _try(capfd, tmp_path, [WIDOW])
    (line,) = tried.lines
    assert tried.code == 0
    assert line["rule"] == "pension_credit"
    assert line["date"] == "2026-05-01"
    assert line["unit"] == "family"
    assert line["verdict"] == "likely"
    assert line["worth"] == {"weekly": {"low": Decimal("53.10"), "high": Decimal("53.10")}}
    assert line["steps"]["guarantee"] == {"low": Decimal("238.00"), "high": Decimal("238.00")}
    assert line["steps"]["of_age"] is True
    assert line["steps_of"]["members[0]"]["pension_age_day"] == {"low": "2014-03-02", "high": "2014-03-02"}
    assert line["settled_by"] == []


def test_money_is_written_with_two_places(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert '"weekly": {"low": 53.10, "high": 53.10}' in _try(capfd, tmp_path, [WIDOW]).out


def test_every_line_fits_the_schema(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    lines = [WIDOW, OPEN, '{"members": [{"role": "child"}]}', "{", '{"base": "pensioner_couple"}', "{}"]
    for rule in ("pension_credit", "attendance_allowance", "free_school_meals", "benefit_cap"):
        tried = _try(capfd, tmp_path, lines, "--no-questions", rule=rule)
        assert len(tried.lines) == len(lines)
        for line in tried.lines:
            assert list(mistakes(line, _SCHEMA, _SCHEMA)) == []


def test_the_schema_names_every_key_that_the_documentation_explains() -> None:
    text = (_DOCS / "rules-try.md").read_text(encoding="utf-8")
    for key in _SCHEMA["$defs"]["answered"]["properties"]:
        assert f"`{key}`" in text or f'"{key}"' in text


def test_what_would_settle_it_is_asked_in_words(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (line,) = _try(capfd, tmp_path, [OPEN]).lines
    assert line["verdict"] == "possible"
    assert line["settled_by"] == [
        {
            "unit": "members[0]",
            "fact": "private_pension",
            "question": "How much do you get a week from works or private pensions?",
            "settles": True,
            "together": False,
        }
    ]


def test_without_questions_nothing_is_looked_for(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (line,) = _try(capfd, tmp_path, [OPEN], "--no-questions").lines
    assert line["settled_by"] == []


def test_both_engines_print_the_same_bytes(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    lines = [WIDOW, OPEN, '{"base": "pensioner_couple", "family": {"is_couple": null}}', "{}"]
    duckdb, reference = (_try(capfd, tmp_path, lines, "--engine", name).out for name in ("duckdb", "reference"))
    assert duckdb == reference


def test_a_bad_line_is_answered_with_its_number_and_the_rest_go_on(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    lines = [WIDOW, "", '{"family": {"savngs": 4000}}', "not json", '{"family": {"savings": 1, "savings": 2}}', WIDOW]
    tried = _try(capfd, tmp_path, lines)
    assert tried.code == 16
    assert [line.get("line") for line in tried.lines] == [None, 3, 4, 5, None]
    assert tried.lines[1]["error"] == "family.savngs is no fact of a family. Did you mean savings?"
    assert tried.lines[2]["error"] == "this line is not JSON at column 1. Write one object of facts a line."
    assert tried.lines[3]["error"] == "savings stands twice in one place. Keep one of the two."


#: A line of facts, then its message.
WRONG = """
[]
    this line is no object of facts. Write {…} around it.
{"family": []}
    family is no set of facts. Write {fact: value, …}.
{"members": {}}
    members is no list. Write [{fact: value, …}, …].
{"members": ["Ann"]}
    members[0] is no set of facts. Write {fact: value, …}.
{"home": {}}
    home is no place for facts. docs/facts.md lists the facts.
{"family": {"savings": "lots"}}
    family.savings is not a number of GBP. Write a number of GBP, or null where it is not known.
{"family": {"savings": true}}
    family.savings is not a number of GBP. Write a number of GBP, or null where it is not known.
{"family": {"savings": 1.005}}
    family.savings has more decimal places than its unit. Write pounds and pence.
{"family": {"savings": -1}}
    family.savings is outside 0 to 10000000. Check it, or leave it out.
{"family": {"savings": 1e400}}
    family.savings is no plain number. Write it like 184.90.
{"family": {"savings": NaN}}
    NaN is no number. Write null where a value is not known.
{"family": {"savings": {"low": 5, "high": 4}}}
    family.savings has a low above its high. Swap them.
{"family": {"savings": {"value": 5, "low": 4}}}
    family.savings has both a value and a low or high. Keep one of them.
{"family": {"savings": {"value": 5, "stale": "yes"}}}
    family.savings.stale is not a flag. Write true, or leave it out.
{"family": {"savings": {"from": 5}}}
    family.savings: from is no part of a cell. Write a value, {low, high} or {value, stale}.
{"family": {"is_couple": {"low": true}}}
    family.is_couple is a flag: it has no low and high. Write its value, or null.
{"family": {"is_couple": "yes"}}
    family.is_couple is not true or false. Write true or false, or null where it is not known.
{"members": [{"date_of_birth": "2.3.1948"}]}
    members[0].date_of_birth is not a date such as 1948-03-02. Write a date such as 1948-03-02, or null where it is not known.
{"members": [{"date_of_birth": "1948-02-30"}]}
    members[0].date_of_birth is not a date such as 1948-03-02. Write a date such as 1948-03-02, or null where it is not known.
{"members": [{"role": "husband"}]}
    members[0].role is not one of claimant, partner, child. Write one of claimant, partner, child, or null where it is not known.
{"members": [{"year_group": 6.5}]}
    members[0].year_group has more decimal places than its unit. Write a whole number.
{"base": 5}
    base is no name. Write it in quotes.
{"for": "members[7]"}
    there is no unit members[7] here. Name one of household, family.
{"for": "household"}
    for names household, and pension_credit is asked of each family. Name one of family.
{"household": {"non_dependants": [{"possible_partner": "yes"}]}}
    household.non_dependants[0].possible_partner is not a flag. Write true, or leave it out.
{"household": {"non_dependants": [{"members": [], "wage": 5}]}}
    household.non_dependants[0].wage belongs to a person. Write it into one of its members.
"""  # noqa: E501  # messages, each on its own line


def _wrong() -> list[Any]:
    texts = WRONG.strip("\n").splitlines()
    return [pytest.param(line, error.strip(), id=line) for line, error in zip(texts[::2], texts[1::2], strict=True)]


@pytest.mark.parametrize(("line", "error"), _wrong())
def test_every_wrong_fact_has_its_message(book: Rulebook, line: str, error: str) -> None:
    asked = Asked(book, book.rules["pension_credit"], date(2026, 5, 1), engine="reference")
    assert list(answer_lines(asked, [line])) == [Refused(1, error)]


def test_an_unknown_base_is_answered_with_those_there_are(book: Rulebook) -> None:
    asked = Asked(book, book.rules["pension_credit"], date(2026, 5, 1), engine="reference")
    (refused,) = answer_lines(asked, ['{"base": "nobody"}'])
    assert isinstance(refused, Refused)
    assert refused.error == f"there is no base nobody. Name one of {', '.join(book.bases)}."


def test_a_line_chooses_its_unit_and_its_base(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    lines = ['{"for": "members[1]"}', '{"base": "single_pensioner_owner"}']
    tried = _try(capfd, tmp_path, lines, "--base", "pensioner_couple", "--no-questions", rule="attendance_allowance")
    assert [line["unit"] for line in tried.lines] == ["members[1]", "members[0]"]
    assert [[other["unit"] for other in line["others"]] for line in tried.lines] == [["members[0]"], []]


def test_a_rule_that_asks_about_nobody_answers_with_null(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (line,) = _try(capfd, tmp_path, ['{"members": [{"role": "child"}]}'], rule="attendance_allowance").lines
    assert line["unit"] is None
    assert line["verdict"] is None
    assert line["others"] == []


def test_without_assumptions_a_likely_answer_falls_back(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    held = _try(capfd, tmp_path, [WIDOW], "--no-questions").lines[0]
    off = _try(capfd, tmp_path, [WIDOW], "--no-questions", "--no-assumptions").lines[0]
    assert (held["verdict"], held["assumptions"]) == ("likely", ["habitually_resident"])
    assert (off["verdict"], off["eligible"], off["assumptions"]) == ("possible", None, [])


def test_batches_change_nothing(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    lines = [WIDOW, "{", OPEN, "{}", WIDOW]
    one, all_ = (_try(capfd, tmp_path, lines, "--batch", size).out for size in ("1", "1000"))
    assert one == all_


def test_facts_come_from_standard_input(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    class Stdin:
        buffer = io.BytesIO(b"\xef\xbb\xbf" + WIDOW.encode() + b"\r\n\xff\n")

    monkeypatch.setattr("sys.stdin", Stdin)
    code = run_app(["rules", "try", "pension_credit", "--date", "2026-05-01", "--facts", "-", "--no-questions"])
    first, second = map(json.loads, capfd.readouterr().out.splitlines())
    assert code == 16
    assert first["verdict"] == "likely"
    assert second == {"line": 2, "error": "this line is not JSON at column 1. Write one object of facts a line."}


def _end(capfd: pytest.CaptureFixture[str], tmp_path: Path, *arguments: str) -> tuple[int, str]:
    file = tmp_path / "facts.jsonl"
    file.write_text(WIDOW, encoding="utf-8")
    code = run_app(["rules", "try", "--date", "2026-05-01", "--facts", str(file), *arguments])
    return code, capfd.readouterr().err


def test_a_rule_that_is_not_there_is_named_with_the_nearest(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    told = "there is no rule pension_credt: did you mean pension_credit? `lift rules list` shows all."
    assert _end(capfd, tmp_path, "pension_credt") == (17, f"lift: {told}\n")


def test_a_day_that_is_not_covered_is_refused(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    first, last = load_rulebook(examples=False).rules["pension_credit"].covers
    told = f"pension_credit covers {first} to {last}, not 2090-01-01. Choose another day."
    assert _end(capfd, tmp_path, "pension_credit", "--date", "2090-01-01") == (18, f"lift: {told}\n")


def test_a_file_that_is_not_there_is_named(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    words = ["rules", "try", "pension_credit", "--date", "2026-05-01", "--facts", str(tmp_path / "none.jsonl")]
    assert run_app(words) == 2
    assert "none.jsonl cannot be read: No such file or directory." in capfd.readouterr().err
