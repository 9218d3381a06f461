"""Which planted homes try the reading and joining of files: odd accounts, shared houses, people who share a name?"""

from __future__ import annotations

from dataclasses import replace

from lift.city import ordinary
from lift.city.people import Home, Terms
from lift.city.planted.trap import Trap, child, grown, non_dependant, old, one, registered
from lift.city.town import Town

FILES = "files"


def _supported_housing(town: Town) -> Home:
    """Specified accommodation: Universal Credit for living costs, Housing Benefit for the rent."""
    family = one(town, grown(town, 47), "150")
    return ordinary.supported_home(town, family, Terms(without_housing=True))


def _father_and_son(town: Town) -> Home:
    """Father and son of one name at one address: the father is liable, the son is on Universal Credit."""
    father = replace(old(town, 74, "184.90"), sex="male", title="Mr", forename="Edward")
    son = replace(grown(town, 44, father.surname), sex="male", title="Mr", forename="Edward")
    home = town.pensioner_home(one(town, father, "2000"), "council", (non_dependant(town, son),))
    father_family, son_family = home.families
    son_family = town.with_terms(son_family, home.dwelling, Terms())
    return replace(home, households=(replace(home.households[0], families=(father_family, son_family)),))


def _twins(town: Town) -> Home:
    """Twins whose forenames begin alike: one has free meals, the other has not."""
    parent = grown(town, 36)
    first = replace(registered(child(town, parent, 9), town), forename="Amina")
    second = child(town, parent, 9)
    second = replace(second, born=first.born, forename="Amira", sex=first.sex)
    if first.pupil and second.pupil:
        second = replace(
            second, pupil=replace(second.pupil, school=first.pupil.school, year_group=first.pupil.year_group)
        )
    return town.credit_home(one(town, parent, "200", children=(first, second)), Terms(), "council")


TRAPS = (
    Trap("account_void", FILES, "An empty home.", ordinary.void),
    Trap("account_estate", FILES, "Executors, class F.", ordinary.estate),
    Trap("account_business", FILES, "A business as liable party.", ordinary.business),
    Trap("account_students", FILES, "A house of students, class N.", ordinary.students),
    Trap("account_second_home", FILES, "A second home.", ordinary.second_home),
    Trap("claim_specified_accommodation", FILES, "Housing Benefit for supported housing beside Universal Credit.",
         _supported_housing),
    Trap("account_shared_house", FILES, "Several families at one property number.", ordinary.shared_house),
    Trap("link_father_and_son", FILES, "Father and son of one name at one address.", _father_and_son),
    Trap("link_twins", FILES, "Twins with forenames that begin alike, one of them with free meals.", _twins),
)  # fmt: skip
