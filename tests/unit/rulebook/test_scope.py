"""What does a name mean on each level, and what is said of one that means nothing?"""

from __future__ import annotations

from dataclasses import replace

import pytest

from lift.rulebook.nodes import AmountRef, FactRef, Level, Span, StepRef
from lift.rulebook.scope import Broken, FollowsProblem, FormulaProblem, all_of, nearest
from tests.unit.rulebook.names_in_scope import SCOPE

_AT = Span(2, 5)


def _wrong(prefix: str | None, name: str, level: Level = "family") -> FormulaProblem:
    with pytest.raises(FormulaProblem) as raised:
        SCOPE.at(level).name(prefix, name, _AT)
    assert raised.value.at == _AT
    return raised.value


def test_a_step_stands_before_an_amount() -> None:
    assert isinstance(SCOPE.name(None, "need", _AT), StepRef)
    assert isinstance(SCOPE.name(None, "rate", _AT), AmountRef)


@pytest.mark.parametrize("level", ["person", "period"])
def test_persons_and_periods_look_up_to_family_and_household(level: Level) -> None:
    for prefix, name in (("family", "savings"), ("household", "has_boiler")):
        found = SCOPE.at(level).name(prefix, name, _AT)
        assert isinstance(found, FactRef)
        assert found.level == prefix


def test_a_household_has_nothing_above_it() -> None:
    assert _wrong("family", "savings", "household").what == "a household has no family above it"


def test_nothing_has_a_person_above_it() -> None:
    assert _wrong("person", "wage").fix == "gather it over a relation from family to person"


def test_a_name_of_another_level_says_how_to_reach_it() -> None:
    assert _wrong(None, "savings", "person").fix == "write family.savings"
    assert _wrong(None, "wage").fix == "gather it over a relation from family to person"
    assert _wrong(None, "is_grown_up").what == "is_grown_up belongs to each person, this formula is of each family"


def test_the_nearest_name_is_suggested_whatever_its_case() -> None:
    assert _wrong(None, "Savings").fix == "did you mean savings?"
    assert _wrong(None, "savngs").fix == "did you mean savings?"
    assert _wrong(None, "zebra").fix == "declare it, or choose a name that is declared"
    assert nearest("zebra", ["horse"], "look it up") == "look it up"


def test_another_rule_shows_nothing_but_whether_it_is_in_payment() -> None:
    found = SCOPE.name("heating", "in_payment", _AT)
    assert isinstance(found, StepRef)
    assert found.name == "heating.already"
    assert _wrong("heating", "eligible").what.startswith("receipt is not entitlement")
    assert _wrong("heating", "need").what == "a rule shows others nothing but in_payment, not need"
    assert _wrong("bills", "in_payment", "household").what == "bills has no already, so nothing is known of its payment"
    assert _wrong("meals", "in_payment").what == "meals is asked of each person, this formula is of each family"


def test_a_rule_of_a_level_above_can_be_asked() -> None:
    found = SCOPE.at("person").name("heating", "in_payment", _AT)
    assert isinstance(found, StepRef)
    assert found.level == "family"


def test_this_has_a_meaning_only_inside_a_gather() -> None:
    assert _wrong("this", "savings").what == "this. has a meaning only inside a gather"
    inside = SCOPE.into(SCOPE.relations["adults"], _AT)
    found = inside.name("this", "savings", _AT)
    assert isinstance(found, FactRef)
    assert found.outer


def test_a_gather_does_not_stand_inside_a_gather() -> None:
    inside = SCOPE.into(SCOPE.relations["adults"], _AT)
    with pytest.raises(FormulaProblem, match="a gather stands inside a gather"):
        inside.into(SCOPE.relations["siblings"], _AT)


def test_a_relation_leads_from_its_own_level() -> None:
    with pytest.raises(FormulaProblem, match="siblings leads from each person, this formula is of each family"):
        SCOPE.relation("siblings", _AT)


def test_a_broken_name_is_not_complained_of_again() -> None:
    scope = replace(SCOPE, broken=Broken(frozenset({"savings", "ceiling"})))
    for name in ("savings", "ceiling"):
        with pytest.raises(FollowsProblem):
            scope.name(None, name, _AT)
    with pytest.raises(FormulaProblem) as raised:
        scope.name(None, "zebra", _AT)
    assert not isinstance(raised.value, FollowsProblem)


def test_where_a_whole_file_is_missing_any_unknown_name_may_be_its_own() -> None:
    scope = replace(SCOPE, broken=Broken(every=True))
    with pytest.raises(FollowsProblem):
        scope.name(None, "zebra", _AT)
    assert isinstance(scope.name(None, "savings", _AT), FactRef)


def test_real_mistakes_hide_those_that_only_follow() -> None:
    real, follows = FormulaProblem("a", "b", _AT), FollowsProblem("c", "d", _AT)
    assert all_of([follows, real]) is real
    assert real.others == ()
    assert all_of([follows]) is follows


def test_the_runs_day_and_the_benefit_week_need_no_node() -> None:
    assert SCOPE.day_node("run_day", "rate", _AT) is None
    assert SCOPE.day_node("benefit_week", "rate", _AT) is None
    assert isinstance(SCOPE.day_node("moved_in", "rate", _AT), StepRef)


def test_a_day_must_be_a_date_and_be_within_reach() -> None:
    with pytest.raises(FormulaProblem, match="which is no date fact and no date step"):
        SCOPE.day_node("savings", "rate", _AT)
    with pytest.raises(FormulaProblem) as raised:
        SCOPE.day_node("period_start", "rate", _AT)
    assert raised.value.fix == "name rate in a step that has period_start"
