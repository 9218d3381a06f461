"""What do the council's own lists say: contacts, suppressions, other adults that council tax knows of, and wards?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from lift.city.extracts.row import Extract, Row, cells, day, flag
from lift.city.figures import Figures
from lift.city.names import LANGUAGES
from lift.city.people import Home, Person
from lift.city.places import postcode, stream
from lift.city.registrar import UNUSED_NINO

CONTACT_HEADINGS = (
    "extract_date", "account_ref", "uprn", "nino", "title", "surname", "forename", "date_of_birth", "address1",
    "address2", "postcode", "phone", "language", "format", "interpreter_needed", "preferred_channel", "speak_to",
    "speak_to_name", "last_contact", "verified_on", "source",
)  # fmt: skip
SUPPRESSION_HEADINGS = (
    "extract_date", "uprn", "account_ref", "nino", "phone", "surname", "forename", "date_of_birth", "address1",
    "postcode", "reason", "applies_from", "applies_to", "source", "acknowledged", "acknowledged_by",
)  # fmt: skip
RESIDENT_HEADINGS = (
    "extract_date", "account_ref", "property_ref", "uprn", "person_ref", "title", "surname", "forename",
    "date_of_birth", "role", "resident_from", "disregard_type",
)  # fmt: skip
WARD_HEADINGS = ("extract_date", "uprn", "postcode", "ward_code", "ward_name")
ISO = "%Y-%m-%d"
LEAD = "Safeguarding lead"


def contact_rows(home: Home, on: date, phones: dict[str, str], seed: int) -> Iterator[Row]:
    """One row for each person whose telephone number the council holds."""
    for family in home.families:
        for one in family.adults:
            if one.id in phones:
                yield _contact(home, one, on, phones[one.id], seed)


def _contact(home: Home, one: Person, on: date, phone: str, seed: int) -> Row:
    chance = stream(seed, "contacts", one.id)
    language = chance.choice(LANGUAGES) if chance.random() < 0.06 else ""
    values = {
        "extract_date": day(on, ISO),
        "account_ref": home.account.ref if one.id in home.account.liable else "",
        "uprn": home.dwelling.uprn,
        "nino": one.nino if chance.random() < 0.5 else "",
        "title": one.title,
        "surname": one.surname,
        "forename": one.forename,
        "date_of_birth": day(one.born, ISO),
        "address1": home.dwelling.lines[0],
        "address2": home.dwelling.lines[1],
        "postcode": home.dwelling.postcode,
        "phone": phone,
        "language": language,
        "format": "large_print" if chance.random() < 0.04 else "standard",
        "interpreter_needed": flag(bool(language) and chance.random() < 0.5),
        "preferred_channel": chance.choice(("letter", "phone", "text", "")),
        "speak_to": "self",
        "verified_on": day(on - timedelta(days=chance.randrange(20, 900)), ISO),
        "source": "council tax",
    }
    return Row(cells(CONTACT_HEADINGS, values), (one.id,), home.dwelling.index, not home.trap, one.id)


def misspelt(name: str) -> str:
    """A name with two letters the wrong way round."""
    return name[:1] + name[2:3] + name[1:2] + name[3:] if len(name) > 3 else name + "e"


def _spaced(nino: str) -> str:
    return " ".join((nino[:2], nino[2:4], nino[4:6], nino[6:8], nino[8:]))


def _protection(home: Home, phones: dict[str, str]) -> dict[str, str]:
    """What the row says of the household, by the way it is protected."""
    family, dwelling = home.families[0], home.dwelling
    one = family.claimant
    name = {"surname": one.surname, "forename": one.forename}
    ways: dict[str, dict[str, str]] = {
        "uprn": {"uprn": dwelling.uprn, "reason": "domestic_abuse"},
        "nino": {"nino": _spaced(one.nino), "reason": "protected"},
        "phone": {"phone": phones.get(one.id, "").replace(" ", ""), "reason": "unsafe_address"},
        "name_and_postcode": name | {"postcode": dwelling.postcode, "reason": "witness"},
        "misspelt": {
            "surname": misspelt(one.surname),
            "forename": one.forename,
            "date_of_birth": day(one.born, ISO),
            "reason": "objected",
        },
        "reason_blank": name | {"uprn": dwelling.uprn},
        "reason_unknown": {"nino": one.nino, "reason": "see file note"},
        "deceased": name | {"date_of_birth": day(one.born, ISO), "nino": one.nino, "reason": "deceased"},
        "past": {"uprn": dwelling.uprn, "reason": "marac"},
    }
    if home.suppressed == "partner_nino":
        partner = family.partner
        if partner is None:
            raise ValueError("planted as a couple")
        return {"nino": partner.nino, "reason": "do_not_contact"}
    return ways[home.suppressed]


def _protected(home: Home) -> tuple[str, ...]:
    """Whom the row speaks of: nobody by name where it gives a property or a telephone number alone."""
    family = home.families[0]
    if home.suppressed in ("uprn", "phone", "past"):
        return ()
    one = family.partner if home.suppressed == "partner_nino" and family.partner else family.claimant
    return (one.id,)


def suppression_rows(homes: list[Home], on: date, phones: dict[str, str], with_stranger: bool) -> Iterator[Row]:
    for home in homes:
        if not home.suppressed:
            continue
        values = {"extract_date": day(on, ISO), "source": "safeguarding"} | _protection(home, phones)
        if home.suppressed == "past":
            values |= {
                "applies_from": day(on - timedelta(days=900), ISO),
                "applies_to": day(on - timedelta(days=400), ISO),
            }
        yield Row(cells(SUPPRESSION_HEADINGS, values), _protected(home), home.dwelling.index, False)
    if with_stranger:
        yield _elsewhere(on)


def _elsewhere(on: date) -> Row:
    """A row that matches nobody in the extracts, as a named lead has acknowledged."""
    values = {
        "extract_date": day(on, ISO),
        "surname": "Ladislaw-Featherstone",
        "forename": "Josephine",
        "date_of_birth": "1979-02-17",
        "nino": UNUSED_NINO,
        "postcode": postcode(19 * 20 * 20 * 200),
        "reason": "refuge",
        "source": "safeguarding",
        "acknowledged": "Y",
        "acknowledged_by": LEAD,
    }
    return Row(cells(SUPPRESSION_HEADINGS, values), (), -1, False)


def resident_rows(home: Home, on: date, figures: Figures, seed: int) -> Iterator[Row]:
    """Adults besides those liable whom the council tax system happens to know of; every planted home's."""
    if home.account.kind != "person" or len(home.households) != 1:
        return
    liable = home.account.liable
    for family in home.families:
        for one in family.adults:
            if one.id in liable:
                continue
            known = stream(seed, "residents", one.id).randrange(1000) < figures.single["resident_rows"]
            if known or home.trap:
                yield _resident(home, one, on, one is family.partner and family.claimant.id in liable)


def _resident(home: Home, one: Person, on: date, is_partner: bool) -> Row:
    values = {
        "extract_date": day(on, ISO),
        "account_ref": home.account.ref,
        "property_ref": home.dwelling.property_ref,
        "uprn": home.dwelling.uprn,
        "person_ref": "2",
        "title": one.title,
        "surname": one.surname,
        "forename": one.forename,
        "role": "partner" if is_partner else "other_adult",
        "resident_from": day(home.account.started, ISO),
        "disregard_type": "severe_mental_impairment" if one.is_mentally_impaired else "none",
    }
    return Row(cells(RESIDENT_HEADINGS, values), (one.id,), home.dwelling.index, not home.trap, one.id)


def contact_extract(found: tuple[Row, ...], on: date) -> Extract:
    return Extract(f"contacts_{on.isoformat()}.csv", "contact", CONTACT_HEADINGS, found)


def suppression_extract(found: tuple[Row, ...], on: date) -> Extract:
    return Extract(f"suppressions_{on.isoformat()}.csv", "suppression", SUPPRESSION_HEADINGS, found)


def resident_extract(found: tuple[Row, ...], on: date) -> Extract:
    return Extract(f"council_tax_residents_{on.isoformat()}.csv", "council_tax_resident", RESIDENT_HEADINGS, found)


def ward_rows(homes: list[Home], on: date, codes: dict[str, str]) -> Iterator[Row]:
    """The ward of each postcode; the council's gazetteer has every one in a single ward."""
    found = {home.dwelling.postcode: home.dwelling.ward for home in homes}
    for code, name in found.items():
        values = {"extract_date": day(on, ISO), "postcode": code, "ward_code": codes[name], "ward_name": name}
        yield Row(cells(WARD_HEADINGS, values), (), -1, False)


def ward_extract(found: tuple[Row, ...], on: date) -> Extract:
    return Extract(f"wards_{on.isoformat()}.csv", "ward", WARD_HEADINGS, found)


def nil_return(on: date) -> str:
    """The signed statement that nobody needs to be suppressed, as kinds/suppression.yaml words it."""
    return (
        'kind = "suppression"\n'
        'signed_by = "Harriet Bulstrode"\n'
        f'role = "{LEAD}"\n'
        f"signed_on = {on.isoformat()}\n"
        'statement = "I have checked, and nobody needs to be suppressed this month."\n'
    )
