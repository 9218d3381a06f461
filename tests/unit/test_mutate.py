"""Does `make mutate` make single mistakes, and tell those that examples notice from those they do not?"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from lift.rulebook.load import load_rulebook
from lift.rulebook.model import Rulebook
from mutate.__main__ import is_noticed, mutants

_HOUSE = Path(__file__).parents[1] / "messages" / "bad_rules" / "house"


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return load_rulebook(_HOUSE)


def test_mistakes_are_single_and_each_has_a_place(book: Rulebook) -> None:
    made = list(mutants(book, ["heating"]))
    assert len({(one.place, one.what) for one in made}) == len(made)
    said = {one.what for one in made}
    assert "weekly_rate: from 2026-04-06: 21.0 for 21.01" in said
    assert "weekly_rate: 2026-04-06 for 2026-04-07" in said
    assert "need: + for -" in said
    assert "need: branches swapped" in said
    for one in made:
        parts = [(one.book.amounts, book.amounts), (one.book.tables, book.tables), (one.book.steps, book.steps)]
        assert sum(after[name] != before[name] for after, before in parts for name in before) == 1


def test_a_rule_without_examples_notices_nothing_and_the_law_notices_a_wrong_rate(book: Rulebook) -> None:
    bare = {name: replace(rule, examples=()) for name, rule in book.rules.items()}
    assert not any(is_noticed(one) for one in mutants(replace(book, rules=bare), ["heating"]))
    law = load_rulebook(bases=True)
    rates = [one for one in mutants(law, ["attendance_allowance"]) if one.what.startswith("lower_rate: from 2026")]
    assert [is_noticed(one) for one in rates] == [True]
