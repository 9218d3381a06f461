"""What happened to the city's people in its last year, day by day?"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from lift.city.days import add_months
from lift.city.generate import Brief, District
from lift.city.law import pension_age
from lift.city.people import Family, Home, Person

HEADINGS = ("day", "event", "person_id", "family_id", "uprn", "other_uprn")
YEAR = timedelta(days=365)
GROWN_AT = 18


@dataclass(frozen=True)
class Event:
    """`uprn` is where the person lived on the day, `other_uprn` where they came from or went to, if in the city."""

    day: date
    what: str
    person: str
    family: str
    uprn: str
    other_uprn: str = ""


def rows(brief: Brief, district: District) -> Iterator[Sequence[str]]:
    """The events of a district in order of their days."""
    last = brief.last.day
    here = {family.id for home in district.homes for family in home.families}
    told = (event for home in district.homes for event in of_home(home, brief, here))
    found = [event for event in told if last - YEAR <= event.day <= last]
    for event in sorted(found, key=lambda event: (event.day, event.person, event.what)):
        yield event.day.isoformat(), event.what, event.person, event.family, event.uprn, event.other_uprn


def of_home(home: Home, brief: Brief, here: Container[str]) -> Iterator[Event]:
    """What befell the people of a home, and those who lived there before and are `here` no longer."""
    if home.since is not None and home.before is not None:
        yield from _changes(home, home.before, home.since)
        for family in home.before.families:
            if family.id not in here:
                yield from (event for event in _of_family(family, home, brief) if event.day < home.since)
    came_from_outside = home.since if home.before and home.origin is None else None
    for family in home.families:
        for event in _of_family(family, home, brief):
            if came_from_outside is None or event.day >= came_from_outside:
                yield event


def _changes(home: Home, before: Home, since: date) -> Iterator[Event]:
    """Who came, who left, who is left behind."""
    uprn = home.dwelling.uprn
    here = {family.id for family in home.families}
    for family in before.families:
        if family.id in here:
            yield from _partner_gone(family, uprn, since)
        elif home.landlord is not None and home.landlord.died:
            yield Event(since, "died", family.claimant.id, family.id, uprn)
        else:
            # Whoever moved within the city is told of where they arrived.
            for one in family.members:
                yield Event(since, "left_home", one.id, family.id, uprn)
    known = {family.id for family in before.families}
    origin = home.origin.dwelling.uprn if home.origin else ""
    for family in home.families:
        if family.id not in known:
            for one in family.members:
                if one.born < since:
                    yield Event(since, "moved_in", one.id, family.id, uprn, origin)


def _partner_gone(family: Family, uprn: str, since: date) -> Iterator[Event]:
    partner = family.partner
    if partner is not None:
        yield Event(since, "died" if partner.died else "parted", partner.id, family.id, uprn)


def _of_family(family: Family, home: Home, brief: Brief) -> Iterator[Event]:
    uprn = home.dwelling.uprn

    def event(day: date, what: str, one: Person) -> Event:
        return Event(day, what, one.id, family.id, uprn)

    for one in family.members:
        yield event(one.born, "born", one)
        yield event(add_months(one.born, 12 * GROWN_AT), "turned_18", one)
        yield event(pension_age.reached_on(one.born, brief.figures), "reached_pension_age", one)
        if one.attendance_allowance_from:
            yield event(one.attendance_allowance_from, "attendance_allowance_began", one)
    claimant = family.claimant
    if family.guarantee_credit_from:
        yield event(family.guarantee_credit_from, "guarantee_credit_began", claimant)
    if family.application:
        yield event(family.application.started, "claim_began", claimant)
        if family.application.changes.get("ended"):
            yield event(family.application.changes["ended"], "claim_ended", claimant)
    if family.terms and family.terms.last:
        yield event(add_months(family.terms.last, 1 - family.terms.periods), "universal_credit_began", claimant)
        if family.terms.closed:
            yield event(add_months(family.terms.last, 1), "universal_credit_ended", claimant)
