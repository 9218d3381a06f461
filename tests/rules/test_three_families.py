"""Do the three families that docs/three-families.md works out by hand come out so?"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lift.rulebook.load import load_rulebook
from lift.rulebook.located import read_located_text
from lift.trial.examples import run_examples

PAGE = Path(__file__).parents[2] / "docs" / "three-families.md"


def families() -> list[Any]:
    """Title, then what stands in the family's YAML."""
    parts = re.findall(r"^## \d\. (.*?)$.*?^```yaml\n(.*?)^```", PAGE.read_text("utf-8"), flags=re.M | re.S)
    return [pytest.param(read_located_text(text, PAGE.name).value, id=title) for title, text in parts]


@pytest.mark.parametrize("family", families())
def test_what_was_worked_out_by_hand_comes_out(family: dict[str, Any]) -> None:
    book = load_rulebook()
    for name, then in family["then"].items():
        rule = book.rules[name]
        example = replace(
            rule.examples[0],
            name="by hand",
            day=family["date"],
            base=family["base"],
            given=family["given"],
            then=then,
            subject=family.get("subject", {}).get(name),
        )
        only = replace(book, rules={**book.rules, name: replace(rule, examples=(example,))})
        assert [str(failure) for failure in run_examples(only, [name])] == []


def test_there_are_three() -> None:
    assert len(families()) == 3
