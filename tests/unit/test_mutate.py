"""Does `make mutate` make single mistakes, tell those that examples notice from those they do not, and account for
every one of a share of them?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from lift.errors import Place
from lift.rulebook.dimensions import parse_unit
from lift.rulebook.load import load_rulebook
from lift.rulebook.model import Cell, Rulebook, Table, TableKey
from lift.rulebook.nodes import Type
from mutate.__main__ import main, never_made, tallied
from mutate.accepted import Accepted, Survivors, read_survivors
from mutate.figures import wrong_tables
from mutate.mistakes import Mutant, mistyped, mutants
from mutate.noticing import Citations, Examples

_HOUSE = Path(__file__).parents[1] / "messages" / "bad_rules" / "house"
#: One mistake in so many is made in the tests; `make mutate` makes all.
_SHARE = 240


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return load_rulebook(_HOUSE)


@pytest.fixture(scope="module")
def law() -> Rulebook:
    return load_rulebook(bases=True)


@pytest.fixture(scope="module")
def examples(law: Rulebook) -> Examples:
    return Examples(law)


def test_mistakes_are_single_and_each_has_a_name_and_a_place(book: Rulebook) -> None:
    made = list(mutants(book, ["heating"]))
    assert len({one.shown for one in made}) == len(made)
    said = {one.shown for one in made}
    assert {
        "weekly_rate: from 2026-04-06: 21 -> 20.99",
        "weekly_rate: from 2026-04-06: 21 -> 21.01",
        "weekly_rate: 2026-04-06 -> 2026-04-05",
        "weekly_rate: 2026-04-06 -> 2026-04-07",
        "need: IF(household.has_boiler, weekly_rate, 0) + bonus: + -> -",
        "need: IF(household.has_boiler, weekly_rate, 0): branches swapped",
        "eligible: is_resident: left out",
        "cost_by_rooms: from 2026-04-06, row 3, rooms: 5 -> 6",
        "ceiling: from 1990-01-01: 16000 -> 16000.01",
    } <= said
    for one in made:
        wrong = one.made_in(book)
        parts: list[tuple[Mapping[str, Any], Mapping[str, Any]]] = [
            (wrong.amounts, book.amounts),
            (wrong.tables, book.tables),
            (wrong.steps, book.steps),
            (wrong.rules, book.rules),
        ]
        assert sum(after[name] != before[name] for after, before in parts for name in before) == 1
        assert one.place.line > 0


def test_bands_begin_a_penny_off_and_a_first_band_only_later() -> None:
    pounds = parse_unit("GBP/week")
    assert pounds is not None

    def row(least: int, value: int) -> tuple[tuple[str, Fraction], Cell]:
        return ("either", Fraction(least)), Cell(Fraction(value), "verified")

    keys = (TableKey("kind", Type("code", None, ("either", "other")), False), TableKey("income", pounds, True))
    rows = (row(0, 5), row(100, 7), row(200, 7))
    table = Table("a.b", pounds, keys, "c", "run_day", ((date(2026, 4, 6), rows),), Place("a.yaml", 1))
    said = [wrong.what for wrong in wrong_tables(table, date(2026, 4, 6))]
    assert [what for what in said if "income" in what] == [
        "from 2026-04-06, row 1, income: 0 -> 0.01",
        "from 2026-04-06, row 2, income: 100 -> 99.99",
        "from 2026-04-06, row 2, income: 100 -> 100.01",
    ]
    assert said[0] == "from 2026-04-06, row 1: 5 -> 4.99"


def test_only_examples_that_read_the_mistake_are_run_and_the_first_that_notices_ends_it(
    law: Rulebook, examples: Examples
) -> None:
    rates = [one for one in mutants(law, ["attendance_allowance"]) if one.shown.startswith("lower_rate: from 2026")]
    assert [one.shown.rpartition(" ")[2] for one in rates] == ["76.69", "76.71"]
    reading = [one.example.day for one in examples.reading(rates[0])]
    assert 0 < len(reading) < len(law.rules["attendance_allowance"].examples)
    assert all(day >= date(2026, 4, 6) for day in reading)
    assert all(examples.notice(one) for one in rates)


def test_a_rule_without_examples_notices_nothing(law: Rulebook) -> None:
    bare = replace(law, rules={name: replace(rule, examples=()) for name, rule in law.rules.items()})
    examples = Examples(bare)
    assert not any(examples.notice(one) for one in list(mutants(bare, ["attendance_allowance"]))[::10])


def test_what_an_award_makes_of_facts_is_noticed_by_what_follows_from_it(law: Rulebook, examples: Examples) -> None:
    (wrong,) = (
        one
        for one in mutants(law, ["attendance_allowance"])
        if one.shown == "if_awarded: gets_attendance_allowance: True -> False"
    )
    assert examples.notice(wrong)


def _known(mutant: Mutant, kind: str) -> Survivors:
    one = Accepted(mutant.owner, mutant.shown, kind, "a reason")  # type: ignore[arg-type]
    return Survivors({(one.owner, one.shown): one}, frozenset({one.owner}))


def test_an_accepted_survivor_that_is_noticed_now_or_cannot_be_made_any_more_is_stale(
    law: Rulebook, examples: Examples
) -> None:
    made = [one for one in mutants(law, ["attendance_allowance"]) if one.shown.startswith("lower_rate: from 2026")][:1]
    known = _known(made[0], "equivalent")
    tallies, stale = tallied(examples, made, known)
    assert stale == [f"attendance_allowance, {made[0].shown}: it is noticed now. Take it out."]
    assert tallies["attendance_allowance"].noticed == 1
    assert never_made(law, known, made, ["attendance_allowance"]) == []
    gone = f"attendance_allowance, {made[0].shown}: there is no such mistake. "
    gone += "Take it out, or name it as python -m mutate does."
    assert never_made(law, known, [], ["attendance_allowance"]) == [gone]
    assert never_made(law, known, [], ["pension_credit"]) == []


@pytest.mark.parametrize(("kind", "equivalent", "counted"), [("equivalent", 1, 0), ("open", 0, 1)])
def test_an_equivalent_mistake_is_no_mistake_and_an_open_one_counts(
    law: Rulebook, kind: str, equivalent: int, counted: int
) -> None:
    bare = replace(law, rules={name: replace(rule, examples=()) for name, rule in law.rules.items()})
    made = list(mutants(bare, ["attendance_allowance"]))[:1]
    tallies, stale = tallied(Examples(bare), made, _known(made[0], kind))
    tally = tallies["attendance_allowance"]
    assert (tally.equivalent, tally.made, tally.survivors, stale) == (equivalent, counted, [], [])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a:\n  - {part: b, mistake: c, kind: equivalent, why: ' '}\n", "survivors.yaml: a, b: c has no reason."),
        (
            "a:\n  - {part: b, mistake: [c, c], kind: open, why: d}\n",
            "survivors.yaml: a, b: c is accepted twice. Take one out.",
        ),
    ],
)
def test_a_survivor_is_accepted_once_and_with_a_reason(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "survivors.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=said):
        read_survivors(file)


def test_a_share_of_all_mistakes_is_noticed_or_accounted_for(law: Rulebook, examples: Examples) -> None:
    """Of the files that survivors.yaml names. Those accepted take longest, for every example is run: `make mutate`
    looks whether they are still unnoticed."""
    made, known = list(mutants(law)), read_survivors()
    assert known.held
    assert never_made(law, known, [*made, *mistyped(law)], {one.owner for one in made}) == []
    chosen = [one for one in made if one.owner in known.held and (one.owner, one.shown) not in known.accepted]
    tallies, _ = tallied(examples, chosen[::_SHARE], known)
    assert [one.shown for tally in tallies.values() for one in tally.survivors] == []


def test_names_in_the_files_and_the_command_are_those_of_files(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["atendance_allowance"])
    assert "there is no file of rules atendance_allowance; name some of " in capsys.readouterr().err


def test_kinds_of_mistakes_are_all_made(law: Rulebook) -> None:
    """Each that the law gives occasion for: a kind that is made no more would raise the share unseen."""
    ends = Counter(one.what.rpartition(": ")[2] for one in mutants(law))
    for what in ("< -> <=", "= -> <>", "+ -> -", "AND -> OR", "left out", "NOT left out", "GREATEST -> LEAST"):
        assert ends[what] > 0, what


def test_a_mistyped_citation_is_noticed_by_the_list_of_instruments(law: Rulebook) -> None:
    made = {one.shown: one for one in mistyped(law, ["attendance_allowance"])}
    citations = Citations(law)
    for wrong in (
        "SSCBA 1993 s.65(3), Sch 4 Pt III",
        "SSCBA 1992 s.66(3), Sch 4 Pt III",
        "SSCBA 1992 s.65(3), Sch 5 Pt III",
    ):
        assert citations.notice(made[f"higher_rate: cites {wrong}"]), wrong
    tallies, _ = tallied(citations, list(mistyped(law)), read_survivors())
    share = sum(tally.noticed for tally in tallies.values()) / sum(tally.made for tally in tallies.values())
    assert share > 0.9
