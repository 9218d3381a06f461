"""Who moved, died or parted in the city's last year?

Homes are made as they are on the last day. Here some of them get a past: other people before them, or the same people
elsewhere, or one more of them. Births, birthdays and claims need none: they follow from their dates. Planted homes keep
out of it all: they are what they were built for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from lift.city import means, ordinary
from lift.city.days import age, dates_of
from lift.city.law import pension_age
from lift.city.people import Dwelling, Family, Home, Household, Person
from lift.city.town import RENTED, Town, account_ref

YEAR = 365
YEARS_APART = 12
WHOLE = 1000
TENURES = ("owner", "mortgage", "private", "council", "housing_association")

Fits = Callable[[Home], bool]


class Year:
    """Gives the homes of a district their last year."""

    def __init__(self, town: Town, homes: list[Home], chance: Random) -> None:
        self.town, self.homes, self.chance = town, list(homes), chance
        self.rates = town.figures.shares["events_in_a_year"]
        self.free = [place for place, home in enumerate(homes) if _is_free(home)]
        chance.shuffle(self.free)

    def pass_by(self) -> list[Home]:
        for place in self._some("widowed", self._is_lone_pensioner):
            self._widowed(place)
        for place in self._some("parted", self._may_have_parted):
            self._parted(place)
        for tenure in TENURES:
            self._moved(self._some(f"moved_{tenure}", _held_by(tenure)))
        return self.homes

    def _some(self, rate: str, fits: Fits) -> list[int]:
        """As many of the homes that fit as the yearly rate says; they are free no longer."""
        fitting = [place for place in self.free if fits(self.homes[place])]
        chosen = fitting[: (len(fitting) * self.rates[rate] + WHOLE // 2) // WHOLE]
        self._take(*chosen)
        return chosen

    def _take(self, *places: int) -> None:
        taken = set(places)
        self.free = [place for place in self.free if place not in taken]

    def _day(self) -> date:
        """A day of the last year. A month's files are written within days of each other: nothing happens meanwhile, so
        that all of them know of it or none."""
        day = self.town.day - timedelta(days=self.chance.randrange(YEAR))
        dates = dates_of(day)
        return dates.roll if dates.roll < day <= dates.day else day

    def _long_before(self) -> date:
        return self.town.day - timedelta(days=self.chance.randrange(YEAR + 1, 15 * YEAR))

    def _at(self, place: int) -> None:
        """Whoever is made now belongs to this dwelling."""
        self.town.index = self.homes[place].dwelling.index
        self.town.registrar.begin_home(self.chance)

    # One fewer

    def _is_lone_pensioner(self, home: Home) -> bool:
        return _is_alone(home) and pension_age.has_reached(
            home.families[0].claimant.born, self.town.day, self.town.figures
        )

    def _may_have_parted(self, home: Home) -> bool:
        return len(home.families) == 1 and not home.families[0].partner and self._is_young(home)

    def _is_young(self, home: Home) -> bool:
        return age(home.families[0].claimant.born, self.town.day) < 60

    def _widowed(self, place: int) -> None:
        self._at(place)
        home, day = self.homes[place], self._day()
        (family,) = home.families
        partner = means.pensioner(self.town, family.claimant.surname, other=family.claimant)
        self.homes[place] = _one_fewer_since(day, home, replace(partner, died=day))

    def _parted(self, place: int) -> None:
        """A couple until that day: one stays, the other lives alone elsewhere in the city or has left it."""
        self._at(place)
        home, day = self.homes[place], self._day()
        claimant = home.families[0].claimant
        other = next((n for n in self.free if self._may_be_former_partner(self.homes[n], claimant)), None)
        if other is None:
            partner = means.worker(self.town, 20, 65, other=claimant)
        else:
            partner = self.homes[other].families[0].claimant
        self.homes[place] = _one_fewer_since(day, home, partner)
        if other is not None:
            self._take(other)
            self._arrived(other, day, self.homes[place].before)

    def _may_be_former_partner(self, home: Home, claimant: Person) -> bool:
        if not (_is_alone(home) and home.dwelling.tenure == "private" and self._is_young(home)):
            return False
        one = home.families[0].claimant
        return one.sex != claimant.sex and abs(one.born.year - claimant.born.year) <= YEARS_APART

    # Moves

    def _moved(self, movers: list[int]) -> None:
        """Pairs of homes: the people of the first lived in the second until those of the second came from outside.
        Whoever is left over came from outside."""
        pairs = len(movers) * self.rates["of_moves_within_the_city"] // (2 * WHOLE)
        for first, second in zip(movers[:pairs], movers[pairs : 2 * pairs], strict=True):
            day = self._day()
            origin = self._lived_at(self.homes[first], self.homes[second].dwelling)
            self._arrived(first, day, origin)
            self.homes[second] = _since(day, self.homes[second], before=origin, origin=None)
        for place in movers[2 * pairs :]:
            self._arrived(place, self._day(), origin=None)

    def _lived_at(self, home: Home, dwelling: Dwelling) -> Home:
        """The people of one home in the dwelling where others live now."""
        households = tuple(self._with_rent_of(dwelling, household) for household in home.households)
        return self._under_former_account(replace(home, dwelling=dwelling, households=households))

    def _with_rent_of(self, dwelling: Dwelling, household: Household) -> Household:
        head, *others = household.families
        if head.terms is not None and head.terms.rent_week and dwelling.tenure in RENTED:
            head = replace(head, terms=self.town.with_rent(head.terms, head, dwelling))
        return replace(household, families=(head, *others))

    def _under_former_account(self, home: Home) -> Home:
        ref = account_ref(home.dwelling.index, former=True)
        return replace(home, account=replace(home.account, ref=ref, started=self._long_before()))

    def _arrived(self, place: int, day: date, origin: Home | None) -> None:
        """Today's people moved in on a day; before them lived others, who have left the city."""
        self._at(place)
        home = self.homes[place]
        others = ordinary.former_occupiers(self.town, home.dwelling.tenure)
        before = self._under_former_account(replace(others, dwelling=home.dwelling))
        self.homes[place] = _since(day, home, before, origin)


def _held_by(tenure: str) -> Fits:
    return lambda home: home.dwelling.tenure == tenure


def _is_free(home: Home) -> bool:
    return not home.trap and home.since is None and home.account.kind == "person" and len(home.households) == 1


def _is_alone(home: Home) -> bool:
    return len(home.families) == 1 and len(home.families[0].members) == 1


def _one_fewer_since(day: date, home: Home, partner: Person) -> Home:
    """The home of somebody whose partner was there until a day."""
    (household,) = home.households
    (family,) = household.families
    together = replace(household, families=(replace(family, partner=partner),))
    liable = (family.claimant.id, partner.id)
    account = replace(home.account, liable=liable, single_person_discount=False)
    before = replace(home, account=account, households=(together,))
    return replace(home, since=day, before=before, origin=before)


def _since(day: date, home: Home, before: Home, origin: Home | None) -> Home:
    """The home of people who moved in on a day; who was no family of the city's before can have claimed nothing."""
    known = {family.id for family in origin.families} if origin else set()
    households = tuple(
        replace(one, families=tuple(f if f.id in known else _claimed_since(day, f) for f in one.families))
        for one in home.households
    )
    account = replace(home.account, started=day)
    return replace(home, account=account, households=households, since=day, before=before, origin=origin)


def _claimed_since(day: date, family: Family) -> Family:
    application = family.application
    if application is None or application.started >= day:
        return family
    changes = dict(application.changes)
    if changes.get("started"):
        changes["started"] = max(changes["started"], day)
    for name in ("assessed", "ended"):
        if changes.get(name) and changes[name] < day:
            changes |= {name: None} if name == "assessed" else {"ended": None, "status": "live"}
    return replace(family, application=replace(application, started=day, changes=changes))
