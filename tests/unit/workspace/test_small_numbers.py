"""Can nobody be picked out of a count, nor worked out from several?"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lift.workspace.small_numbers import HIDDEN, in_words, told, total


@pytest.mark.parametrize(
    ("count", "shown"),
    [(0, None), (1, None), (9, None), (10, 10), (11, 10), (12, 10), (13, 15), (15, 15), (17, 15), (18, 20), (102, 100),
     (103, 105), (1_000_002, 1_000_000)],
)  # fmt: skip
def test_under_ten_is_hidden_and_the_rest_is_rounded_to_five(count: int, shown: int | None) -> None:
    assert told(count, count) == shown


@pytest.mark.parametrize(("people", "homes", "shown"), [(12, 9, None), (12, 10, 10), (40, 1, None), (9, 9, None)])
def test_many_people_in_few_homes_are_hidden(people: int, homes: int, shown: int | None) -> None:
    assert told(people, homes) == shown


def test_a_total_adds_up_what_is_shown() -> None:
    assert total([10, None, 25]) == 35
    assert total([None, None]) is None
    assert total([]) is None


def test_words() -> None:
    assert (in_words(None), in_words(1230)) == (HIDDEN, "1,230")


@settings(max_examples=500)
@given(st.lists(st.integers(0, 60), min_size=1, max_size=8))
def test_a_hidden_count_is_pinned_down_by_the_whole_only_where_all_that_are_hidden_are_nine(counts: list[int]) -> None:
    """The table, and the count of the whole asked for in another question. Rounding to five cannot do better: two cells
    of nine are eighteen, which is told as twenty. The questions are logged for that reason."""
    shown = [told(count, count) for count in counts]
    whole = told(sum(counts), sum(counts))
    most = [9 if one is None else one + 2 for one in shown]
    least = [0 if one is None else max(10, one - 2) for one in shown]
    hidden = {count for count, one in zip(counts, shown, strict=True) if one is None}
    for place, one in enumerate(shown):
        if one is None:
            low = max(0, (0 if whole is None else whole - 2) - (sum(most) - most[place]))
            high = min(9, (9 if whole is None else whole + 2) - (sum(least) - least[place]))
            assert low <= counts[place] <= high
            assert low < high or hidden == {9}
