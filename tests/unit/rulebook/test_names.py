"""Which words can be names?"""

from __future__ import annotations

import pytest

from lift.errors import Place
from lift.rulebook.expressions import parse_formula
from lift.rulebook.load import load_rulebook
from lift.rulebook.names import check_name
from lift.rulebook.problems import Problems
from lift.rulebook.scope import FormulaProblem
from tests.unit.rulebook.names_in_scope import SCOPE


def _wrong(name: str) -> list[str]:
    problems = Problems()
    check_name(name, Place("x", 1), problems)
    return [problem.what for problem in problems.found]


@pytest.mark.parametrize(
    "name", ["rent", "is_18_or_over", "a", "order", "date", "update", "income_2", "lowest", "key_worker"]
)
def test_words_that_can_be_names(name: str) -> None:
    assert _wrong(name) == []


@pytest.mark.parametrize("name", ["", "Rent", "rent-free", "2nd", "_rent", "rent_", "is__couple", "rént", "a b"])
def test_words_that_no_formula_could_hold(name: str) -> None:
    assert _wrong(name) == [f"{name} is no name"]


@pytest.mark.parametrize("name", ["and", "case", "sum", "family", "this", "run_day", "select", "true"])
def test_words_that_mean_something_already(name: str) -> None:
    assert _wrong(name) == [f"{name} has a meaning of its own in a formula"]


@pytest.mark.parametrize("name", ["rent_low", "rent_high", "rent_fresh", "person_key"])
def test_ends_that_tables_use(name: str) -> None:
    assert len(_wrong(name)) == 1


@pytest.mark.parametrize("name", ["order", "date", "update", "desc", "comment", "row", "first", "end_day", "values"])
def test_a_name_that_is_allowed_can_be_read_in_a_formula(name: str) -> None:
    assert _wrong(name) == []
    for text in (f"{name} + 1", f"IF({name}, 1, 2)", f"SUM(adults.{name} WHERE {name} > 1)", f"NOT {name}"):
        with pytest.raises(FormulaProblem) as raised:
            parse_formula(text, SCOPE)
        assert raised.value.what.startswith(f"unknown name {name}"), text


def test_every_name_of_the_law_is_one() -> None:
    book = load_rulebook(examples=False)
    names = [*[name for _, name in book.facts], *book.relations, *book.rules]
    names += [full.rpartition(".")[2] for full in [*book.amounts, *book.tables]]
    assert [name for name in names if _wrong(name)] == []
