"""Does `lift explain` add up by hand: each step with its figures, each fact with its file, line and date?"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from lift.cli.answers import write_json
from lift.cli.explain import plain_lines, print_told
from lift.cli.told import Told
from lift.cli.told_object import explanation_object
from lift.engines.duckdb.tables import make_tables
from lift.errors import NotFoundError
from lift.rulebook.answers import Question
from lift.rulebook.check import short
from lift.rulebook.load import load_rulebook
from lift.rulebook.model import Rulebook
from lift.stages.explain import explain_run
from lift.trial.given import Given, laid_over, read_given

_DAY = date(2026, 5, 1)
_SON = {"household_role": "non_dependant", "is_close_relative_of_head": True, "date_of_birth": "1985-04-01"}


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return load_rulebook(examples=False, bases=True)


def _database(book: Rulebook, given: Given, path: Path) -> Path:
    """A run's database: the units, where some facts of the family come from, and what would settle its answer."""
    with duckdb.connect(str(path)) as connection:
        make_tables(connection, book, given.units)
        for statement in _SOURCES.split(";\n"):
            connection.execute(statement)
    return path


_SOURCES = """
CREATE TABLE answer (rule VARCHAR, unit_key VARCHAR, verdict VARCHAR, settled_by VARCHAR);
INSERT INTO answer VALUES ('attendance_allowance', 'xfm0', 'unknown', NULL),
    ('benefit_cap', 'xf', 'ruled_out', NULL), ('attendance_allowance', 'xn0m0', 'possible', NULL),
    ('pension_credit', 'xf', 'possible', 'person:xfm0:private_pension;;');
CREATE TABLE extract_file (file_id INTEGER, name VARCHAR, extract_date DATE);
INSERT INTO extract_file VALUES (1, 'shbe.txt', DATE '2026-04-28'), (2, 'ctr.csv', DATE '2026-04-30');
CREATE TABLE unit_source (level VARCHAR, unit_key VARCHAR, kind VARCHAR, file_id INTEGER, line INTEGER, as_at DATE);
INSERT INTO unit_source VALUES ('family', 'xf', 'benefit_claim', 1, 39, DATE '2026-04-01'),
    ('family', 'xf', 'ctr_award', 2, 7, NULL), ('person', 'xfm0', 'benefit_claim', 1, 39, DATE '2026-04-01');
CREATE TABLE conflict (level VARCHAR, unit_key VARCHAR, fact VARCHAR);
CREATE TABLE fact_source (level VARCHAR, fact VARCHAR, kind VARCHAR, priority INTEGER, by_extract BOOLEAN);
INSERT INTO fact_source VALUES ('family', 'savings', 'benefit_claim', 1, FALSE),
    ('family', 'savings', 'ctr_award', 2, FALSE), ('person', 'state_pension', 'benefit_claim', 1, FALSE)
"""


@pytest.fixture(scope="module")
def core(book: Rulebook, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One widow with a private pension nobody knows, and her son."""
    facts = {
        "family": {"savings": 12000, "habitually_resident": None},
        "members": [{"private_pension": None, "gets_attendance_allowance": True}],
        "household": {"non_dependants": [_SON]},
    }
    given = read_given(book, laid_over(book.bases["single_pensioner_owner"], facts), prefix="x")
    return _database(book, given, tmp_path_factory.mktemp("run") / "core.duckdb")


@pytest.fixture(scope="module")
def told(book: Rulebook, core: Path) -> Told:
    (one,) = explain_run(core, book, _DAY, "xf", ["pension_credit"]).explanations
    return Told(book, one)


@pytest.fixture(scope="module")
def lines(told: Told) -> list[list[str]]:
    return [line.split("\t") for line in plain_lines(told)]


def _of(lines: list[list[str]], kind: str, name: str) -> list[list[str]]:
    return [line for line in lines if line[:2] == [kind, name]]


def test_the_answer_comes_first_with_what_would_settle_it(told: Told) -> None:
    assert told.head() == [
        "Pension Credit: possible, ask first",
        "The family, on 1 May 2026; no officer has signed this rule off yet",
        "Worth: from £0.00 to £135.15 a week",
        "Assumed, because nothing shows it: habitually resident.",
        "One answer settles it:",
        "  How much do you get a week from works or private pensions? (private_pension, the claimant (xfm0))",
    ]


@pytest.mark.parametrize(
    ("settled_by", "said"),
    [
        ((), ["No answer from the family is known to settle it: it rests on figures or records that are not known."]),
        (
            (Question("family", "xf", "is_couple", True), Question("family", "xf", "savings", True)),
            [
                "Any one of these answers settles it:",
                "  Do you live with a husband, wife or partner? (is_couple, the family)",
                "  Do you and your partner have savings or investments, and about how much? (savings, the family)",
            ],
        ),
        (
            (Question("family", "xf", "is_couple", False, True), Question("family", "xf", "savings", False, True)),
            [
                "These answers settle it together, whatever they are:",
                "  Do you live with a husband, wife or partner? (is_couple, the family)",
                "  Do you and your partner have savings or investments, and about how much? (savings, the family)",
            ],
        ),
        (
            (Question("family", "xf", "is_couple", False),),
            [
                "It rests on these answers, and they may not be enough:",
                "  Do you live with a husband, wife or partner? (is_couple, the family)",
            ],
        ),
    ],
)
def test_what_would_settle_it_is_said_in_each_case(
    told: Told, settled_by: tuple[Question, ...], said: list[str]
) -> None:
    other = Told(told.book, replace(told.one, answer=replace(told.answer, settled_by=settled_by)))
    assert other.head()[4:] == said


def test_what_goes_into_a_step_adds_up_to_it(lines: list[list[str]]) -> None:
    ((_, _, unit, value, formula, goes_in, law),) = _of(lines, "step", "deemed_income")
    assert unit == "the family"
    assert value == "£4.00 a week"
    assert formula == "deemed_rate * CEIL(GREATEST(savings - capital_ignored, 0) / deemed_step)"
    assert goes_in == ("deemed_rate £1.00 a week; savings £12,000.00; capital_ignored £10,000.00; deemed_step £500.00")
    assert law == "SI 2002/1792 reg 15(6); SI 2006/214 reg 29(2); SI 2012/2885 Sch 1 para 37"


def test_a_sum_over_adults_shows_the_familys_own_and_no_others(lines: list[list[str]]) -> None:
    ((_, _, _, value, _, goes_in, _),) = _of(lines, "step", "counted_earnings")
    assert value == "£0.00 a week"
    assert "net_earnings of the claimant (xfm0) £0.00 a week" in goes_in
    assert "xn0" not in goes_in


def test_others_of_the_home_are_shown_where_the_rule_looks_at_them(lines: list[list[str]]) -> None:
    ((_, _, _, value, _, goes_in, _),) = _of(lines, "step", "lives_with_another_adult")
    assert value == "not known"
    assert "is_ignored_for_severe_disability of another person of the home (xn0m0) not known" in goes_in


def test_steps_stand_after_those_they_read(told: Told) -> None:
    seen: set[str] = set()
    for group in told.shown_steps():
        for step in group:
            read = {name.partition(" of ")[0] for name, _ in told.goes_in(step)}
            later = {one.name.rpartition(".")[2] for one in told.one.steps} - seen - {step.name.rpartition(".")[2]}
            assert not read & later
        seen.add(group[0].name.rpartition(".")[2])


def test_a_figure_has_its_day_status_and_law(lines: list[list[str]]) -> None:
    assert _of(lines, "figure", "guarantee_single") == [
        ["figure", "guarantee_single", "£238.00 a week", "6 April 2026", "verified", "SI 2002/1792 reg 6(1)(b)"]
    ]


def test_a_figure_that_is_not_sure_says_what_it_counts_as(lines: list[list[str]]) -> None:
    ((*_, value, since, status, _),) = _of(lines, "figure", "earnings_disregard_higher")
    assert (value, since, status) == (
        "£20.00 a week (not sure, counts as from £5.00 to £20.00 a week)", "6 October 2003", "unconfirmed",
    )  # fmt: skip
    ((*_, goes_in, _),) = _of(lines, "step", "earnings_disregard")
    assert f"earnings_disregard_higher {value}" in goes_in


def test_a_table_shows_the_row_that_was_looked_up_and_its_law(lines: list[list[str]]) -> None:
    ((*_, goes_in, _),) = _of(lines, "step", "pension_age_day")
    assert goes_in == "date_of_birth 2 March 1948; pension_age_months from 1 January 1900: 792 months"
    assert _of(lines, "figure", "pension_age_months") == [
        ["figure", "pension_age_months", "by date_of_birth", "14 May 2014", "verified, unconfirmed",
         "Pensions Act 1995 Sch 4 para 1, as amended by Pensions Act 2014 s.26"]
    ]  # fmt: skip


def test_figures_past_their_last_day_say_so(book: Rulebook, core: Path) -> None:
    (one,) = explain_run(core, book, date(2027, 4, 12), "xf", ["pension_credit"]).explanations
    found = {figure.name: (figure.value, figure.status) for figure in Told(book, one).figures()}
    assert found["guarantee_single"] == (
        "£238.00 a week (not sure, counts as not known)",
        "verified, to 11 April 2027 only",
    )


def test_a_no_that_lasts_no_day_is_not_called_out_of_date(book: Rulebook, tmp_path: Path) -> None:
    facts = {
        "family": {"gets_pension_credit": {"value": False, "stale": True}, "savings": {"value": 900, "stale": True}}
    }
    given = read_given(book, laid_over(book.bases["single_pensioner_owner"], facts), prefix="x")
    place = _database(book, given, tmp_path / "core.duckdb")
    (one,) = explain_run(place, book, _DAY, "xf", ["pension_credit"]).explanations
    told = [line.split("\t") for line in plain_lines(Told(book, one))]
    assert _of(told, "fact", "gets_pension_credit")[0][3] == "no, when last told; it may have begun since"
    assert _of(told, "fact", "savings")[0][3] == "£900.00, but out of date"


def test_figures_that_the_answer_does_not_rest_on_are_left_out(lines: list[list[str]]) -> None:
    assert _of(lines, "figure", "disabled_child_lower_rate") == []


def test_a_fact_has_its_files_lines_and_days_in_order_of_priority(lines: list[list[str]]) -> None:
    assert _of(lines, "fact", "savings") == [
        ["fact", "savings", "the family", "£12,000.00", "shbe.txt line 39 as at 1 April 2026; ctr.csv line 7"]
    ]


def test_an_unknown_fact_has_its_question_and_an_assumed_one_says_so(lines: list[list[str]]) -> None:
    (unknown,) = _of(lines, "fact", "private_pension")
    assert unknown[3:] == ["not known", "ask: How much do you get a week from works or private pensions?"]
    (assumed,) = _of(lines, "fact", "habitually_resident")
    assert assumed[3] == "not known, assumed yes"


def test_a_fact_on_which_its_sources_differ_says_so_and_names_both(book: Rulebook, tmp_path: Path) -> None:
    facts = {"family": {"savings": {"low": 4000, "high": 9000}, "gets_pension_credit": None}}
    given = read_given(book, laid_over(book.bases["single_pensioner_owner"], facts), prefix="x")
    core = _database(book, given, tmp_path / "core.duckdb")
    with duckdb.connect(str(core)) as connection:
        connection.execute("INSERT INTO conflict VALUES ('family', 'xf', 'savings'), ('family', 'xf', 'is_couple')")
    (one,) = explain_run(core, book, _DAY, "xf", ["pension_credit"]).explanations
    lines = [line.split("\t") for line in plain_lines(Told(book, one))]
    assert _of(lines, "fact", "savings")[0][3:] == [
        "from £4,000.00 to £9,000.00, for its sources differ",
        "shbe.txt line 39 as at 1 April 2026; ctr.csv line 7",
    ]


def test_what_is_not_payable_has_its_figure(lines: list[list[str]]) -> None:
    assert _of(lines, "asked", "Not payable below") == [
        ["asked", "Not payable below", "£0.10 a week", "smallest_award"]
    ]


def test_a_gather_says_of_how_many_it_knows(lines: list[list[str]]) -> None:
    ((_, _, _, value, _, goes_in, _),) = _of(lines, "step", "child_additions")
    assert value == "£0.00 a week"
    assert "children none known" in goes_in


def test_periods_of_which_the_same_is_said_stand_together(book: Rulebook, tmp_path: Path) -> None:
    base = book.bases["capped_family"]
    changes = [{"period_start": f"2026-0{month}-12", "is_latest": month == 4} for month in (4, 3, 2, 1)]
    periods = [{**base["periods"][0], **change} for change in changes]
    periods[3]["cap_reduction"] = 10
    given = read_given(book, laid_over(base, {"periods": periods}), prefix="x")
    core = _database(book, given, tmp_path / "core.duckdb")
    with duckdb.connect(str(core)) as connection:
        connection.execute("INSERT INTO extract_file VALUES (3, 'uc.csv', '2026-04-30')")
        connection.execute(
            "INSERT INTO fact_source VALUES ('period', 'cap_reduction', 'universal_credit_notice', 1, FALSE)"
        )
        connection.execute("""INSERT INTO unit_source SELECT 'period', period_key, 'universal_credit_notice', 3,
            month(period_start_low) + CASE WHEN month(period_start_low) > 3 THEN 5 ELSE 0 END, period_start_low
            FROM period""")
    (one,) = explain_run(core, book, _DAY, "xf", ["benefit_cap"]).explanations
    told = Told(book, one)
    reductions = [fact.key for fact in told.shown_facts() if fact.name == "cap_reduction"]
    together = told.together(reductions, lambda key: told.fact_value(told.facts[key, "cap_reduction"]))
    assert [told.units(keys) for keys in together] == [
        "the period from 12 January 2026",
        "the 3 periods from 12 February 2026 to 12 April 2026",
    ]
    first, *same = (told.facts[key, "cap_reduction"] for key in together[1])
    assert told.sources(first, *same) == "uc.csv lines 2 to 3, 9, as at 12 February 2026 to 12 April 2026"
    assert told.sources(first) == "uc.csv line 2 as at 12 February 2026"
    read = {short(group[0].name): [name for name, _ in told.goes_in(group[0])] for group in told.shown_steps()}
    assert read["loss_so_far"] == [
        "overcharge_of_the_period of the period from 12 January 2026",
        "overcharge_of_the_period of the 2 periods from 12 February 2026 to 12 March 2026",
        "overcharge_of_the_period of the period from 12 April 2026",
    ]
    assert read["overcharge_now"] == ["overcharge of the period from 12 April 2026"]


def test_months_that_do_not_count_are_one_line_with_what_they_were(book: Rulebook, tmp_path: Path) -> None:
    """Free school meals look at three months, of which the earliest is not known here; nine others are told of."""
    base = book.bases["lone_parent_on_universal_credit"]
    earned = {10: 500, 9: 317, 8: None, 7: 429, 6: 279, 5: 279, 4: 300, 3: 279, 2: 279, 1: 279}
    periods = [
        {**base["periods"][0], "period_start": f"2026-{month:02}-11", "is_latest": month == 10, "period_earnings": pay}
        for month, pay in earned.items()
    ]
    family = {"universal_credit_earnings": 700, "gets_universal_credit": True}
    given = read_given(book, laid_over(base, {"family": family, "periods": periods}), prefix="x")
    core = _database(book, given, tmp_path / "core.duckdb")
    with duckdb.connect(str(core)) as connection:
        ((child,),) = connection.execute("SELECT person_key FROM person WHERE role = 'child' LIMIT 1").fetchall()
        connection.execute("INSERT INTO extract_file VALUES (3, 'uc.csv', '2026-11-11')")
        connection.execute("""INSERT INTO fact_source SELECT 'period', unnest(['period_start', 'period_earnings']),
            'universal_credit_notice', 1, FALSE""")
        connection.execute("""INSERT INTO unit_source SELECT 'period', period_key, 'universal_credit_notice', 3,
            month(period_start_low), (period_start_low + INTERVAL 1 MONTH - INTERVAL 1 DAY)::DATE FROM period""")
    (one,) = explain_run(core, book, date(2026, 11, 12), child, ["free_school_meals"]).explanations
    told = Told(book, one)
    read = {short(group[0].name): told.goes_in(group[0]) for group in told.shown_steps()}
    assert read["earnings_one_period_before"] == [
        ("period_start", "11 October 2026"),
        ("period_earnings of the period from 11 September 2026", "£317.00 a month"),
        (
            "periods_before",
            "the period from 11 September 2026 (the 8 other periods from 11 January 2026 to 11 August 2026 left out)",
        ),
    ]
    assert dict(read["is_within_limit_of_two_or_three"])["periods_before"] == (
        "the 2 periods from 11 August 2026 to 11 September 2026 "
        "(the 7 other periods from 11 January 2026 to 11 July 2026 left out)"
    )
    facts = [(name, *part) for name, parts in told.facts_together() for part in parts if name.startswith("period_")]
    asked = "ask: How much did you earn in that month after tax?"
    others = "uc.csv lines 1 to 7, as at 10 February 2026 to 10 August 2026"
    every = "uc.csv lines 1 to 10, as at 10 February 2026 to 10 November 2026"
    assert facts == [
        (
            "period_earnings",
            "the period from 11 September 2026",
            "£317.00 a month",
            "uc.csv line 9 as at 10 October 2026",
        ),
        (
            "period_earnings",
            "the period from 11 October 2026",
            "£500.00 a month",
            "uc.csv line 10 as at 10 November 2026",
        ),
        (
            "period_earnings",
            "the 7 other periods from 11 January 2026 to 11 July 2026",
            "from £279.00 to £429.00 a month",
            others,
        ),
        (
            "period_start",
            "the 10 periods from 11 January 2026 to 11 October 2026",
            "from 11 January 2026 to 11 October 2026",
            every,
        ),
        ("period_earnings", "the period from 11 August 2026", "not known", asked),
    ]
    # Another program is given every month.
    given_on = [one for one in explanation_object(told)["facts"] if one["fact"] == "period_earnings"]
    assert len(given_on) == len(earned)


def test_each_fact_is_as_at_the_day_its_age_counts_from(book: Rulebook, tmp_path: Path) -> None:
    """What a claim was assessed on is of that day; that it is paid is of the day of the extract; a birth is ageless."""
    given = read_given(book, book.bases["single_pensioner_owner"], prefix="x")
    core = _database(book, given, tmp_path / "core.duckdb")
    with duckdb.connect(str(core)) as connection:
        connection.execute("""INSERT INTO fact_source VALUES ('person', 'date_of_birth', 'benefit_claim', 1, FALSE),
            ('family', 'is_on_low_income_record', 'ctr_award', 1, TRUE)""")
        connection.execute("UPDATE unit_source SET as_at = '2026-04-02' WHERE kind = 'ctr_award'")
    (one,) = explain_run(core, book, _DAY, "xf", ["pension_credit"]).explanations
    days = {fact.name: {o.kind: o.as_at for o in fact.origins} for fact in one.facts if fact.origins}
    assert days["savings"] == {"benefit_claim": date(2026, 4, 1), "ctr_award": date(2026, 4, 2)}
    assert days["is_on_low_income_record"] == {"ctr_award": date(2026, 4, 30)}
    assert days["date_of_birth"] == {"benefit_claim": date(2026, 4, 28)}
    with duckdb.connect(str(core)) as connection:
        connection.execute("ALTER TABLE fact_source DROP by_extract")  # a run of LIFT 0.1
    (one,) = explain_run(core, book, _DAY, "xf", ["pension_credit"]).explanations
    days = {fact.name: {o.kind: o.as_at for o in fact.origins} for fact in one.facts if fact.origins}
    assert days["date_of_birth"] == {"benefit_claim": date(2026, 4, 1)}


def test_a_family_is_told_in_its_order(book: Rulebook, tmp_path: Path) -> None:
    given = read_given(book, book.bases["capped_family"], prefix="x")
    (one,) = explain_run(
        _database(book, given, tmp_path / "core.duckdb"), book, _DAY, "xf", ["benefit_cap"]
    ).explanations
    told = Told(book, one)
    roles = [fact.value for fact in sorted(one.facts, key=lambda fact: told._order(fact.key)) if fact.name == "role"]
    assert roles == ["claimant", "partner", "child", "child"]


def test_json_holds_the_same_figures_exactly(told: Told) -> None:
    text = write_json(explanation_object(told))
    found: Any = json.loads(text)
    assert found["reference"] == "xf"
    assert found["verdict"] == "possible"
    deemed = next(step for step in found["steps"] if step["step"] == "deemed_income")
    assert deemed["value"] == {"low": 4.0, "high": 4.0}
    assert '"low": 4.00, "high": 4.00' in text
    savings = next(fact for fact in found["facts"] if fact["fact"] == "savings")
    assert savings["sources"][0] == {"kind": "benefit_claim", "file": "shbe.txt", "line": 39, "as_at": "2026-04-01"}
    assert found["settled_by"][0]["settles"] is True


def test_the_screen_shows_every_step_with_its_law(told: Told, capfd: pytest.CaptureFixture[str]) -> None:
    print_told(told)
    text = " ".join(capfd.readouterr().out.split())
    assert "deemed_income £4.00 a week" in text
    assert "SI 2012/2885 Sch 1 para 37. Savings over 10,000 pounds count as 1 pound a week" in text


def test_a_version_that_a_period_picks_is_the_one_shown(book: Rulebook, tmp_path: Path) -> None:
    base = book.bases["capped_family"]
    period = {**base["periods"][0], "period_start": "2026-03-12"}
    given = read_given(book, laid_over(base, {"periods": [period]}), prefix="x")
    place = _database(book, given, tmp_path / "core.duckdb")
    (one,) = explain_run(place, book, _DAY, "xf", ["benefit_cap"]).explanations
    told = Told(book, one)
    (group,) = [group for group in told.shown_steps() if group[0].name == "benefit_cap.is_exempt_by_earnings"]
    assert ("earnings_threshold", "£846.00 a month") in told.goes_in(group[0])
    assert [str(a.since) for a in told.shown_amounts() if a.name.endswith("earnings_threshold")] == ["2025-04-07"]


def test_a_reference_that_is_not_in_the_run_says_what_to_do(book: Rulebook, core: Path) -> None:
    with pytest.raises(NotFoundError, match="no such reference in this run"):
        explain_run(core, book, _DAY, "f0000", ["pension_credit"])


def test_without_a_rule_what_stands_on_a_list_is_explained_and_the_rest_named(book: Rulebook, core: Path) -> None:
    explained = explain_run(core, book, _DAY, "xf")
    assert [(one.answer.rule, one.answer.key) for one in explained.explanations] == [("pension_credit", "xf")]
    assert [(one.rule, one.key, one.verdict) for one in explained.others] == [
        ("attendance_allowance", "xfm0", "unknown"),
        ("benefit_cap", "xf", "ruled_out"),
    ]
    assert explained.people == ("xfm0",)


def test_a_rule_that_is_named_is_explained_whatever_it_answers(book: Rulebook, core: Path) -> None:
    explained = explain_run(core, book, _DAY, "xf", ["attendance_allowance"])
    assert [(one.answer.rule, one.answer.key) for one in explained.explanations] == [("attendance_allowance", "xfm0")]
    assert explained.others == ()


def test_signs_of_a_need_have_their_reasons(book: Rulebook, tmp_path: Path) -> None:
    facts = {"household": {"has_disabled_band_reduction": True}}
    given = read_given(book, laid_over(book.bases["single_pensioner_owner"], facts), prefix="x")
    place = _database(book, given, tmp_path / "core.duckdb")
    (one,) = explain_run(place, book, _DAY, "xfm0", ["attendance_allowance"]).explanations
    head = Told(book, one).head()
    at = head.index("Signs of a need: strong.")
    assert head[at + 1].startswith(
        "  strong: The home has a room or space that a substantially and permanently disabled"
    )
    assert head[at + 2].startswith("It rests on these answers") or not head[at + 2].startswith("  ")


def test_a_home_stands_for_everybody_in_it(book: Rulebook, core: Path) -> None:
    home = explain_run(core, book, _DAY, "xf").household
    explained = explain_run(core, book, _DAY, home)
    assert {one.answer.key for one in explained.explanations} == {"xf", "xn0m0"}
    assert explained.people == ("xfm0", "xn0m0")
