"""Which planted households try the benefit cap: rightly applied, wrongly applied, not applied?"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from lift.city.days import last_period
from lift.city.people import Home, Mistake, Terms
from lift.city.planted.trap import Trap, child, grown, non_dependant, one, pair, pounds
from lift.city.town import Town

RULE = "benefit_cap"
RENT = 21000
ABOUT = ("child_disability", "gets_pip", "exempting_benefit", "child_benefit", "fresh")


def terms(**known: Any) -> Terms:
    """A rent high enough to meet the cap; a full year and more of notices."""
    known.setdefault("rent_week", RENT)
    known.setdefault("social_rent", True)
    known.setdefault("periods", 13)
    return Terms(**known)


def lone_parent(town: Town, children: int, known: Terms, **about: Any) -> Home:
    parent = grown(town, 34)
    if about.pop("gets_pip", False):
        parent = replace(parent, pip_daily_living="lower")
    young = tuple(child(town, parent, 3 + 3 * place) for place in reversed(range(children)))
    disability = about.pop("child_disability", "")
    if disability:
        young = (replace(young[0], child_disability=disability), *young[1:])
    others = tuple(about.pop("others", ()))
    if about.pop("fresh", False):
        about["changes"] = {"assessed": town.day - timedelta(days=18)}
    known_of = {name: about.pop(name) for name in ("child_benefit", "exempting_benefit") if name in about}
    family = one(town, parent, "500", children=young, **known_of)
    return town.credit_home(family, known, "housing_association", others, **about)


def _right(town: Town, earnings: str = "0", **known: Any) -> Home:
    return lone_parent(town, 4, terms(earnings=(0, pounds(earnings)), **known))


def _wrong(town: Town, mistake: Mistake = "exemption_overlooked", **known: Any) -> Home:
    about = {name: known.pop(name) for name in ABOUT if name in known}
    return lone_parent(town, 4, terms(mistake=mistake, **known), **about)


def _childcare_overlooked(town: Town) -> Home:
    known = {"earnings": (pounds("640"),), "childcare": pounds("400"), "fresh": True}
    return _wrong(town, "childcare_overlooked", **known)


def _earnings(town: Town, pay: str) -> Home:
    """Net pay in the last period; the department capped the award either way."""
    return lone_parent(town, 5, terms(mistake="exemption_overlooked", earnings=(0, pounds(pay)), rent_week=26000))


def _across_april(town: Town) -> Home:
    """850.00 in a period that began before 6 April 2026 passed the threshold of 846; afterwards nothing was earned."""
    latest, _ = last_period(20, town.notices_known_on)
    since_march = max((latest.year - 2026) * 12 + latest.month - 3, 1)
    pay = (0, pounds("850"), *((0,) * since_march))
    return lone_parent(
        town, 4, terms(mistake="exemption_overlooked", earnings=pay, day_of_month=20, periods=len(pay) + 1)
    )


def _non_dependant_pip(town: Town) -> Home:
    """The disability benefit of a grown-up son is not the family's: the cap is right."""
    son = replace(grown(town, 22), pip_daily_living="higher")
    return lone_parent(town, 4, terms(), others=(non_dependant(town, son),))


def _single(town: Town) -> Home:
    """One person without children: the lower cap."""
    family = one(town, grown(town, 41), "200")
    return town.credit_home(family, terms(rent_week=24000), "housing_association")


def _couple_at_single_level(town: Town) -> Home:
    """A couple without children takes the family level."""
    partner = grown(town, 44)
    family = pair(town, grown(town, 45), partner, "300")
    return town.credit_home(family, terms(rent_week=24000, mistake="single_level_used"), "housing_association")


TRAPS = (
    Trap("cap_right", RULE, "Four children, high rent, no exemption: rightly capped.", _right),
    Trap("cap_lcw_only", RULE, "Limited capability for work alone does not lift the cap.",
         lambda town: _right(town, health="lcw")),
    Trap("cap_lcwra", RULE, "Capped although the award has the LCWRA element.",
         lambda town: _wrong(town, health="lcwra")),
    Trap("cap_lcwra_new", RULE, "The same with the element at the rate of new claims.",
         lambda town: _wrong(town, health="lcwra_new")),
    Trap("cap_carer", RULE, "Capped although the award has the carer element.", lambda town: _wrong(town, carer=True)),
    Trap("cap_disabled_child", RULE, "Capped although the award has the lower disabled child addition.",
         lambda town: _wrong(town, child_disability="lower")),
    Trap("cap_disabled_child_higher", RULE, "The higher addition, which may rest on sight alone: a question first.",
         lambda town: _wrong(town, child_disability="higher")),
    Trap("cap_claimant_pip", RULE, "Capped although the claimant's own PIP is on a claim assessed last month.",
         lambda town: _wrong(town, gets_pip=True, fresh=True)),
    Trap("cap_claimant_pip_stale", RULE, "The same, but the claim was last assessed in April: ask first.",
         lambda town: _wrong(town, gets_pip=True)),
    Trap("cap_earnings_880_99", RULE, "Net pay of 880.99: a penny short of the threshold, rightly capped.",
         lambda town: _earnings(town, "880.99")),
    Trap("cap_earnings_881_00", RULE, "Net pay of 881.00: the cap does not apply.",
         lambda town: _earnings(town, "881.00")),
    Trap("cap_earnings_across_april", RULE, "850.00 earned in the period from 20 March 2026; rightly capped now.",
         _across_april),
    Trap("cap_maximum_used", RULE, "The department capped the maximum amount, not the award after earnings.",
         lambda town: _wrong(town, "maximum_used", earnings=(pounds("700"),), fresh=True)),
    Trap("cap_childcare_overlooked", RULE, "The childcare element was not set against the excess.",
         _childcare_overlooked),
    Trap("cap_unseen_benefit", RULE, "Guardian's Allowance, which lifts the cap and is in no file.",
         lambda town: _wrong(town, exempting_benefit=True)),
    Trap("cap_child_benefit_assumed", RULE, "Child Benefit was counted that the family never claimed.",
         lambda town: _wrong(town, "child_benefit_assumed", child_benefit=False)),
    Trap("cap_non_dependant_pip", RULE, "Only a grown-up son at home gets PIP: rightly capped.", _non_dependant_pip),
    Trap("cap_single", RULE, "One person without children: rightly capped at the lower level.", _single),
    Trap("cap_couple_single_level", RULE, "A couple without children, capped at the level for one.",
         _couple_at_single_level),
)  # fmt: skip
