"""What was a family's Universal Credit in each assessment period, and what did the benefit cap take off?

The awards follow from how the family stands (`Terms`) by the generator's own arithmetic. A planted mistake of the
department (a cap that should not be there, or too much of one) is named in `mistake`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from lift.city.days import add_months, age, last_period
from lift.city.figures import Figures
from lift.city.law import universal_credit as law
from lift.city.people import Credit, Dwelling, Family, Period, Person, Terms

HISTORY_FROM = date(2025, 4, 7)  # figures.yaml holds no earlier rates
LEAST_WORKED_OUT = 3  # assessment periods

# Which family it was on a day, and where it lived; None before there was one.
Whereabouts = Callable[[date], tuple[Family, Dwelling] | None]


def elements(family: Family, terms: Terms, start: date, figures: Figures) -> law.Elements:
    """The maximum amount of the period that starts on a day."""
    end = add_months(start, 1) - timedelta(days=1)
    births = [child.born for child in family.children if child.born <= end]
    lower = sum(child.child_disability == "lower" for child in family.children)
    higher = sum(child.child_disability == "higher" for child in family.children)
    health = {"lcwra": "universal_credit_lcwra", "lcwra_new": "universal_credit_lcwra_new"}.get(terms.health)
    return law.Elements(
        standard=law.standard_allowance(
            family.partner is not None, any(age(adult.born, end) >= 25 for adult in family.adults), start, figures
        ),
        child=law.child_element(births, start, figures),
        disabled_child_lower=lower * figures.rate("universal_credit_disabled_child_lower", start),
        disabled_child_higher=higher * figures.rate("universal_credit_disabled_child_higher", start),
        lcw=figures.rate("universal_credit_lcw", start) if terms.health == "lcw" else 0,
        lcwra=figures.rate(health, start) if health else 0,
        carer=figures.rate("universal_credit_carer", start) if terms.carer else 0,
        childcare=terms.childcare,
        housing=law.housing_element(terms.rent_week, terms.allowance_week),
    )


def exemptions(family: Family) -> law.Exemptions:
    """Benefits that lift the cap: those of claimant, partner and dependent children, nobody else's."""
    return law.Exemptions(
        disability_benefit=family.exempting_benefit
        or any(person.gets_disability_benefit or person.gets_dla_or_pip for person in family.members),
        carers_allowance=any(adult.carers_allowance or adult.entitled_as_carer for adult in family.adults),
    )


def _imposed(
    parts: law.Elements, entitled: int, unexempted: int, terms: Terms, family: Family, start: date, figures: Figures
) -> int:
    """What the department took in error, by the mistake planted."""
    benefit, is_family = _counted(family, start, figures)
    if terms.mistake == "maximum_used":
        return min(law.cap_reduction(parts, parts.maximum, benefit, is_family, start, figures), entitled)
    if terms.mistake == "childcare_overlooked":
        bare = replace(parts, childcare=0)
        return law.cap_reduction(bare, entitled, benefit, is_family, start, figures)
    if terms.mistake == "single_level_used":
        return law.cap_reduction(parts, entitled, benefit, False, start, figures)
    if terms.mistake == "child_benefit_assumed":
        assumed = law.child_benefit_week(len(family.children), start, figures)
        return law.cap_reduction(parts, entitled, assumed, is_family, start, figures)
    return unexempted


def _counted(family: Family, start: date, figures: Figures) -> tuple[int, bool]:
    """Child Benefit a week, and whether the level for a family applies."""
    children = len(family.children) if family.child_benefit else 0
    is_family = family.partner is not None or bool(family.children)
    return law.child_benefit_week(children, start, figures), is_family


def period(family: Family, dwelling: Dwelling, terms: Terms, start: date, earnings: int, figures: Figures) -> Period:
    parts = elements(family, terms, start, figures)
    entitled = law.entitlement(parts, earnings, terms.other_income, start, figures)
    benefit, is_family = _counted(family, start, figures)
    unexempted = law.cap_reduction(parts, entitled, benefit, is_family, start, figures)
    right = 0 if law.is_exempt(parts, earnings, exemptions(family), start, figures) else unexempted
    taken = _imposed(parts, entitled, unexempted, terms, family, start, figures) if terms.mistake else right
    end = add_months(start, 1) - timedelta(days=1)
    return Period(start, end, parts, earnings, terms.other_income, entitled, taken, right, unexempted, family, dwelling)


def _earnings(terms: Terms, back: int) -> int:
    """Earnings some periods before the last; the earliest named goes on for those before it."""
    return terms.earnings[max(len(terms.earnings) - 1 - back, 0)]


def award(where: Whereabouts, terms: Terms, known_on: date, figures: Figures, notice_ref: str = "") -> Credit | None:
    """The claim with its periods up to a day, earliest first; the last has ended by then. None before the first.

    Only those are worked out that somebody asks for: the notices kept, or as many as an earnings test looks back.
    """
    if terms.last is None:
        raise ValueError("the town says which period of the award is its last")
    latest = min(last_period(terms.day_of_month, known_on)[0], terms.last)
    starts = [(back, add_months(terms.last, -back)) for back in range(terms.periods - 1, -1, -1)]
    starts = [(back, start) for back, start in starts if HISTORY_FROM <= start <= latest]
    # One more than is kept: a notice may leave out what the one before it told.
    wanted = max(terms.kept + 1 if terms.told else 0, LEAST_WORKED_OUT)
    periods = []
    for back, start in starts[-wanted:]:
        found = where(add_months(start, 1) - timedelta(days=1))
        if found is not None:
            family, dwelling = found
            # By the rent of the home they then had.
            then = family.terms or terms
            periods.append(period(family, dwelling, then, start, _earnings(then, back), figures))
    if not periods:
        return None
    return Credit(
        periods=tuple(periods),
        earlier=len(starts) - len(periods),
        told=terms.told,
        kept=terms.kept,
        notice_ref=notice_ref,
        closed=periods[-1].end if terms.closed and latest == terms.last else None,
        savings=terms.savings,
        social_rent=terms.social_rent,
    )


def rooms(children: Sequence[Person]) -> int:
    """Bedrooms a family's rent allowance is reckoned by: one, and one for every two children, at most four."""
    return min(1 + (len(children) + 1) // 2, 4)
