"""Small invented cities in which some must not be contacted: who they are, and how little the files may say of it.

Every home holds somebody whom a list would name. In each city some are protected, have died or asked not to be
contacted, and what says so stands in one place only: one source, the partner alone, the address alone, a misspelt name,
a telephone that another home gives too, a row that cannot be read. Nobody has a name, telephone or street of anybody
else's, so that whoever is in a file can be told by any of them.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from lift.sources.kinds import load_kinds

MONTH, DAY = "2026-11", date(2026, 11, 12)
CHILD = date(2016, 5, 9)


@dataclass
class Person:
    """Somebody with a name and number of their own."""

    surname: str
    forename: str
    born: date
    nino: str
    phone: str = ""


@dataclass
class Home:
    """A pensioner or a couple, or a parent with a child at school, at an address of its own."""

    number: int
    street: str
    postcode: str
    people: list[Person]
    is_pensioner: bool
    marks: dict[str, str] = field(default_factory=dict)
    award_marks: dict[str, str] = field(default_factory=dict)
    contact_marks: dict[str, str] = field(default_factory=dict)
    is_refused: bool = False
    moved_out: list[Person] = field(default_factory=list)

    @property
    def uprn(self) -> str:
        return f"{8_800_000_000 + self.number}"

    @property
    def account(self) -> str:
        return f"4{self.number:08d}"

    @property
    def claimant(self) -> Person:
        return self.people[0]

    @property
    def signs(self) -> set[str]:
        """What tells in any file that it speaks of this home."""
        return {self.street, self.uprn, self.account, *(p.surname for p in self.people), *(p.nino for p in self.people)}


@dataclass
class Cities:
    """Several small cities in one council: homes, the rows of the suppression list, and who must be in no file."""

    homes: list[Home] = field(default_factory=list)
    suppressions: list[dict[str, str]] = field(default_factory=list)
    protected: dict[int, str] = field(default_factory=dict)
    """Home's number to the way in which it is protected."""


_CONSONANTS, _VOWELS = "bcdfghjklmnprstvwz", "aeiou"


class _Registrar:
    """Names, numbers and streets, none of them twice and no two names alike."""

    def __init__(self, chance: Random) -> None:
        self.chance, self.number, self.taken = chance, 0, set[str]()

    def word(self, syllables: int) -> str:
        while True:
            word = "".join(self.chance.choice(_CONSONANTS) + self.chance.choice(_VOWELS) for _ in range(syllables))
            if word not in self.taken:
                self.taken.add(word)
                return word.title()

    def person(self, born: date) -> Person:
        self.number += 1
        phone = f"07700 {900_000 + self.number:06d}" if self.chance.random() < 0.7 else ""
        return Person(self.word(4), self.word(2), born, f"MW{self.number:06d}{self.chance.choice('ABCD')}", phone)


def cities(seed: int, number: int) -> Cities:
    """So many small cities; the same for the same seed."""
    chance = Random(f"protected cities {seed}")
    registrar, made = _Registrar(chance), Cities()
    for city in range(number):
        homes = [_home(registrar, chance, city, len(made.homes) + place) for place in range(chance.randint(3, 7))]
        if chance.random() < 0.3:
            _share_telephone(chance.sample(homes, 2))
        for target in chance.sample(homes, chance.randint(1, 2)):
            way = chance.choice(list(WAYS))
            WAYS[way](target, chance, made)
            _protect(made, homes, target, way)
        made.homes += homes
    chance.shuffle(made.suppressions)
    return made


def _home(registrar: _Registrar, chance: Random, city: int, number: int) -> Home:
    pensioner = chance.random() < 0.6
    born = date(chance.randint(1936, 1955), chance.randint(1, 12), chance.randint(1, 28))
    young = date(chance.randint(1978, 1999), chance.randint(1, 12), chance.randint(1, 28))
    people = [registrar.person(born if pensioner else young)]
    if pensioner and chance.random() < 0.5:
        people.append(registrar.person(born - timedelta(days=chance.randint(-300, 900))))
    if not pensioner:
        people.append(registrar.person(CHILD.replace(month=chance.randint(1, 12))))
        people[1].phone = ""
    postcode = f"MM{10 + city % 80} {city // 80 % 9 + 1}{_CONSONANTS[number % 18].upper()}A"
    return Home(number, f"{registrar.word(3)} Lane", postcode, people, pensioner)


def _share_telephone(homes: list[Home]) -> None:
    phone = homes[0].claimant.phone or f"01632 {960_000 + homes[0].number:06d}"
    for home in homes:
        home.claimant.phone = phone


def _protect(made: Cities, homes: list[Home], target: Home, way: str) -> None:
    """The home, and every home that can be reached from it by shared telephones."""
    reached, before = {target.number}, -1
    while len(reached) != before:
        before = len(reached)
        phones = {p.phone for home in homes if home.number in reached for p in home.people if p.phone}
        reached |= {home.number for home in homes if phones & {p.phone for p in home.people}}
    if way in ONE_FAMILY:
        reached = {target.number}
    for number in reached:
        made.protected.setdefault(number, way)


# ---- the ways in which so little may be said ----


def _row(made: Cities, **cells: str) -> None:
    made.suppressions.append({"reason": "protected", **cells})


def _misspelt(name: str, chance: Random) -> str:
    """Two letters swapped, one doubled, or one left out."""
    place = chance.randrange(1, len(name) - 2)
    kind = chance.randrange(3)
    if kind == 0:
        return name[:place] + name[place + 1] + name[place] + name[place + 2 :]
    return name[:place] + name[place] * (2 if kind == 1 else 0) + name[place + 1 :]


def _by_uprn(home: Home, chance: Random, made: Cities) -> None:
    _row(made, uprn="0" * chance.randrange(3) + home.uprn)


def _by_nino(home: Home, chance: Random, made: Cities) -> None:
    nino = home.claimant.nino
    _row(
        made,
        nino=chance.choice(
            (nino, nino.lower(), f"{nino[:2]} {nino[2:4]} {nino[4:6]} {nino[6:8]} {nino[8:]}", nino[:8])
        ),
    )


def _by_account(home: Home, chance: Random, made: Cities) -> None:
    _row(made, account_ref=home.account)


def _by_telephone(home: Home, chance: Random, made: Cities) -> None:
    home.claimant.phone = home.claimant.phone or f"01632 {960_000 + home.number:06d}"
    tight = home.claimant.phone.replace(" ", "")
    _row(made, phone=chance.choice((tight, home.claimant.phone, "+44 (0)" + tight[1:], "0044" + tight[1:])))


def _by_name_and_postcode(home: Home, chance: Random, made: Cities) -> None:
    _row(
        made,
        surname=home.claimant.surname.upper(),
        postcode=home.postcode.replace(" ", chance.choice(("", " "))).lower(),
    )


def _by_misspelt_name_and_postcode(home: Home, chance: Random, made: Cities) -> None:
    _row(made, surname=_misspelt(home.claimant.surname, chance), postcode=home.postcode)


def _by_misspelt_name_and_birth(home: Home, chance: Random, made: Cities) -> None:
    _row(made, surname=_misspelt(home.claimant.surname, chance), date_of_birth=home.claimant.born.isoformat())


def _by_forename_and_birth(home: Home, chance: Random, made: Cities) -> None:
    _row(made, surname="Quxxington", forename=home.claimant.forename, date_of_birth=f"{home.claimant.born:%d/%m/%Y}")


def _by_address(home: Home, chance: Random, made: Cities) -> None:
    _row(made, address1=f"{home.number} {home.street}".upper(), postcode=home.postcode)


def _by_the_others_number(home: Home, chance: Random, made: Cities) -> None:
    """The partner's or, where there is only a child, the child's own name and birth."""
    other = home.people[-1]
    if home.is_pensioner:
        _row(made, nino=other.nino)
    else:
        _row(made, surname=other.surname, forename=other.forename, date_of_birth=other.born.isoformat())


def _without_reason(home: Home, chance: Random, made: Cities) -> None:
    _row(made, uprn=home.uprn, reason=chance.choice(("", "see file", "???", "closed")))


def _has_died(home: Home, chance: Random, made: Cities) -> None:
    _row(made, nino=home.claimant.nino, surname=home.claimant.surname, reason="deceased")


def _wants_no_contact(home: Home, chance: Random, made: Cities) -> None:
    _row(
        made,
        surname=home.claimant.surname,
        forename=home.claimant.forename,
        postcode=home.postcode,
        reason="do_not_contact",
    )


def _marked_on_the_account(home: Home, chance: Random, made: Cities) -> None:
    home.marks[chance.choice(("do_not_contact", "sensitive", "breathing_space"))] = "Y"


def _class_f(home: Home, chance: Random, made: Cities) -> None:
    home.marks["exemption_class"] = "F"


def _claim_says_died(home: Home, chance: Random, made: Cities) -> None:
    home.award_marks["refusal_reason"] = "died"


def _partner_died(home: Home, chance: Random, made: Cities) -> None:
    if home.is_pensioner:
        del home.people[1:]
    home.award_marks |= {"partner_death_date": (DAY - timedelta(days=chance.randrange(0, 183))).isoformat(),
                         "partner_surname": "Gone", "partner_date_of_birth": "1944-02-03"}  # fmt: skip


def _cannot_be_read(home: Home, chance: Random, made: Cities) -> None:
    """The account's row would say do not contact, and is refused for a broken date."""
    home.is_refused = True
    home.marks["do_not_contact"] = "Y"


def _just_moved(home: Home, chance: Random, made: Cities) -> None:
    home.marks["occupation_start"] = (DAY - timedelta(days=chance.randrange(0, 91))).isoformat()


def _appointee(home: Home, chance: Random, made: Cities) -> None:
    if chance.random() < 0.5:
        home.award_marks["appointee"] = "Y"
    else:
        home.claimant.phone = home.claimant.phone or f"01632 {960_000 + home.number:06d}"
        home.contact_marks["speak_to"] = chance.choice(("appointee", "deputy", "attorney"))


WAYS = {
    "property number": _by_uprn, "National Insurance number": _by_nino, "account": _by_account,
    "telephone": _by_telephone, "name and postcode": _by_name_and_postcode,
    "misspelt name and postcode": _by_misspelt_name_and_postcode,
    "misspelt name and birth": _by_misspelt_name_and_birth, "forename and birth": _by_forename_and_birth,
    "address": _by_address, "the other one only": _by_the_others_number,
    "no reason": _without_reason, "died": _has_died, "wants no contact": _wants_no_contact,
    "mark on the account": _marked_on_the_account, "class F": _class_f, "claim ended by death": _claim_says_died,
    "partner died": _partner_died, "row that cannot be read": _cannot_be_read, "just moved": _just_moved,
    "appointee": _appointee,
}  # fmt: skip
#: Held back for a while: nobody else is, whatever they share.
ONE_FAMILY = ("just moved", "appointee")


# ---- the files ----


def write(made: Cities, folder: Path, *, with_list: bool = True) -> None:
    """The month's extracts of all these cities. `with_list` False: no suppression list."""
    folder.mkdir(parents=True, exist_ok=True)
    rows: dict[str, list[dict[str, Any]]] = {}
    for home in made.homes:
        for kind, row in _rows(home):
            rows.setdefault(kind, []).append({"extract_date": DAY.isoformat(), **row})
    if with_list:
        rows["suppression"] = [{"extract_date": DAY.isoformat(), **row} for row in made.suppressions]
    for kind, found in rows.items():
        with (folder / f"{kind}_{DAY}.csv").open("w", newline="", encoding="utf-8") as file:
            headings = list(load_kinds()[kind].columns)
            writer = csv.DictWriter(file, headings, lineterminator="\n")
            writer.writeheader()
            writer.writerows(found)


def _rows(home: Home) -> list[tuple[str, dict[str, Any]]]:
    one, place = (
        home.claimant,
        {"uprn": home.uprn, "address1": f"{home.number} {home.street}", "postcode": home.postcode},
    )
    occupied = {"occupation_start": "31/02/2015" if home.is_refused else "2015-04-01"}
    account = place | occupied | {
        "account_ref": home.account, "property_ref": f"P{home.number}", "surname": one.surname,
        "forename": one.forename, "nino": one.nino, "liability_type": "resident", "band": "B", "band_charged": "B",
        "full_charge_annual": "1400", "discount_type": "none", "exemption_class": "none",
        "ctr_flag": "Y", "ctr_amount_annual": "900",
    }  # fmt: skip
    found: list[tuple[str, dict[str, Any]]] = [("council_tax_account", account | home.marks)]
    found.append(("ctr_award", place | _award(home) | home.award_marks))
    if not home.is_pensioner:
        found += _credit(home, place)
    if one.phone:
        found.append(("contact", place | home.contact_marks | {
            "account_ref": home.account, "nino": one.nino, "surname": one.surname, "forename": one.forename,
            "date_of_birth": one.born.isoformat(), "phone": one.phone, "verified_on": "2026-05-01",
        }))  # fmt: skip
    return found


def _award(home: Home) -> dict[str, Any]:
    one = home.claimant
    row = {
        "ctr_ref": f"C{home.number:07d}", "account_ref": home.account, "status": "live", "award_start": "2026-04-01",
        "scheme_class": "pension_age" if home.is_pensioner else "working_age", "weekly_award": "15.00",
        "alternative_maximum": "N", "passport_code": "standard" if home.is_pensioner else "universal_credit",
        "claimant_nino": one.nino, "claimant_surname": one.surname, "claimant_forename1": one.forename,
        "claimant_date_of_birth": one.born.isoformat(), "partner_flag": "none", "non_dependants_count": "0",
        "dependants_count": "0" if home.is_pensioner else "1", "claimant_capital_total": "900",
        "claimant_state_pension": "150.00" if home.is_pensioner else "",
    }  # fmt: skip
    if home.is_pensioner and len(home.people) > 1:
        other = home.people[1]
        row |= {"partner_flag": "one", "partner_nino": other.nino, "partner_surname": other.surname,
                "partner_forename1": other.forename, "partner_date_of_birth": other.born.isoformat()}  # fmt: skip
    return row


def _credit(home: Home, place: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    one, child = home.people
    notice = place | {
        "ctr_ref": f"C{home.number:07d}", "account_ref": home.account, "sequence_number": "1", "notice_type": "award",
        "notice_date": "2026-11-05", "assessment_period_start": "2026-10-05", "assessment_period_end": "2026-11-04",
        "claimant_nino": one.nino, "claimant_surname": one.surname, "claimant_forename": one.forename,
        "claimant_date_of_birth": one.born.isoformat(), "is_couple": "N", "award_month": "800.00",
        "earnings_net_month": "0.00", "element_standard": "400.14", "child_count": "1",
    }  # fmt: skip
    member = {
        "ctr_ref": f"C{home.number:07d}", "account_ref": home.account, "role": "dependant", "surname": child.surname,
        "forename": child.forename, "date_of_birth": child.born.isoformat(),
    }  # fmt: skip
    pupil = place | {
        "upn": f"Z{990_000_000_000 + home.number}", "surname": child.surname, "forename": child.forename,
        "date_of_birth": child.born.isoformat(), "fsm_eligible": "N", "fsm_country": "england", "year_group": "5",
        "school_type": "state", "parent1_surname": one.surname, "parent1_forename": one.forename,
        "parent1_nino": one.nino, "parent1_date_of_birth": one.born.isoformat(),
    }  # fmt: skip
    pupil_columns = load_kinds()["pupil"].columns
    return [
        ("universal_credit_notice", notice),
        ("ctr_person", member),
        ("pupil", {name: value for name, value in pupil.items() if name in pupil_columns}),
    ]
