"""Which parts of an accepted row name a person, and in which columns?

A claim names two, an account up to two, a pupil's row three. Each part becomes one `record`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

# What a part may say, in the order of the record's raw columns.
RAW_FIELDS = (
    "nino", "title", "surname", "forename", "whole_name", "date_of_birth", "sex", "phone", "upn", "uprn", "account_ref",
    "hb_ref", "ctr_ref", "address1", "address2", "address3", "address4", "postcode",
)  # fmt: skip
_DATES = ("date_of_birth",)
_ADDRESS = {name: name for name in ("address1", "address2", "address3", "address4", "postcode")}

# A title of two, or a name of two: MR & MRS, MR AND MRS.
_JOINT = "regexp_matches(upper({0}), '(&|\\+| AND )')"


@dataclass(frozen=True)
class Part:
    """`columns` maps raw fields to SQL over the row. `grown`: this part is always somebody of 16 or over. `second`:
    the second of two persons that one name tells of."""

    kind: str
    name: str
    columns: Mapping[str, str]
    where: str = "TRUE"
    grown: bool = True
    second: bool = False
    fields: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        blank = {name: "NULL::DATE" if name in _DATES else "NULL::VARCHAR" for name in RAW_FIELDS}
        object.__setattr__(self, "fields", blank | dict(self.columns))


def _adult(kind: str, part: str, place: Mapping[str, str], where: str = "TRUE") -> Part:
    """Claimant or partner of a claim for Housing Benefit or Council Tax Reduction."""
    person = {
        "nino": f"{part}_nino",
        "title": f"{part}_title",
        "surname": f"{part}_surname",
        "forename": f"{part}_forename1",
        "date_of_birth": f"{part}_date_of_birth",
        "sex": f"{part}_sex",
    }
    phone = {"phone": "claimant_phone"} if part == "claimant" else {}
    return Part(kind, part, person | phone | dict(place), where)


# A partner of whom nothing but the flag is known is a person all the same. One who has died or left is not there.
_PARTNER = """(partner_flag IN ('one', 'several') OR partner_surname IS NOT NULL OR partner_nino IS NOT NULL
    OR partner_date_of_birth IS NOT NULL) AND partner_death_date IS NULL"""
_NOT_LEFT = " AND (partner_end IS NULL OR partner_end > extract_date)"
# A supplier that has one claim number for both schemes fills claim_key alone.
_HB_REFS = {"hb_ref": "coalesce(hb_ref, CASE WHEN ctr_ref IS NULL THEN claim_key END)", "ctr_ref": "ctr_ref"}
_HB_PLACE = {**_ADDRESS, **_HB_REFS, "uprn": "uprn"}
_CTR_PLACE = {**_ADDRESS, "hb_ref": "hb_ref", "ctr_ref": "ctr_ref", "uprn": "uprn", "account_ref": "account_ref"}
_UC_PLACE = {**_ADDRESS, "uprn": "uprn", "ctr_ref": "ctr_ref", "account_ref": "account_ref"}
_UC_PARTNER = """is_couple OR partner_surname IS NOT NULL OR partner_nino IS NOT NULL
    OR partner_date_of_birth IS NOT NULL"""


def _credit(part: str, where: str = "TRUE") -> Part:
    names = ("nino", "surname", "forename", "date_of_birth")
    return Part("universal_credit_notice", part, {n: f"{part}_{n}" for n in names} | _UC_PLACE, where)


def _member(kind: str, part: str, role: str, columns: Mapping[str, str], *, grown: bool) -> Part:
    names = ("title", "surname", "forename", "date_of_birth")
    return Part(kind, part, {n: n for n in names} | dict(columns), f"role = '{role}'", grown)


_CTR_MEMBER = {
    "nino": "nino",
    "sex": "sex",
    "upn": "unique_pupil_number",
    "account_ref": "account_ref",
    "ctr_ref": "ctr_ref",
}

_ACCOUNT_PLACE = {**_ADDRESS, "uprn": "uprn", "account_ref": "account_ref"}
_LIABLE_1 = {
    "nino": "nino",
    "title": "title",
    "surname": "surname",
    "forename": "forename",
    "whole_name": "name_raw",
    "date_of_birth": "date_of_birth",
    **_ACCOUNT_PLACE,
}
_LIABLE_2 = {
    "title": "liable2_title",
    "surname": "liable2_surname",
    "forename": "liable2_forename",
    "whole_name": "liable2_name_raw",
    "date_of_birth": "liable2_date_of_birth",
    **_ACCOUNT_PLACE,
}
_HAS_LIABLE_2 = "(liable2_surname IS NOT NULL OR liable2_name_raw IS NOT NULL)"
_TWO_IN_ONE = "coalesce(name_raw, concat(surname, ',', title, ' ', forename))"


def _parent(number: int) -> Part:
    names = ("title", "surname", "forename", "nino", "date_of_birth", "phone")
    columns = {n: f"parent{number}_{n}" for n in names} | _ADDRESS | {"uprn": "uprn"}
    named = f"parent{number}_surname IS NOT NULL OR parent{number}_nino IS NOT NULL"
    return Part("pupil", f"parent_{number}", columns, named)


_RESIDENT = {n: n for n in ("nino", "title", "surname", "forename", "date_of_birth", "account_ref", "uprn")}
_CONTACT_NAMES = ("nino", "title", "surname", "forename", "date_of_birth", "phone")
_SUPPRESSED = ("nino", "surname", "forename", "date_of_birth", "phone", "uprn", "account_ref", "address1", "postcode")

PARTS: tuple[Part, ...] = (
    Part("council_tax_account", "liable_1", _LIABLE_1),
    Part("council_tax_account", "liable_2", _LIABLE_2, _HAS_LIABLE_2),
    Part(
        "council_tax_account",
        "liable_2",
        {"whole_name": _TWO_IN_ONE, **_ACCOUNT_PLACE},
        f"NOT {_HAS_LIABLE_2} AND {_JOINT.format(_TWO_IN_ONE)}",
        second=True,
    ),
    _adult("ctr_award", "claimant", _CTR_PLACE),
    _adult("ctr_award", "partner", _CTR_PLACE, _PARTNER),
    _adult("benefit_claim", "claimant", _HB_PLACE),
    _adult("benefit_claim", "partner", _HB_PLACE, _PARTNER + _NOT_LEFT),
    _credit("claimant"),
    _credit("partner", _UC_PARTNER),
    _member("ctr_person", "child", "dependant", _CTR_MEMBER, grown=False),
    _member("ctr_person", "non_dependant", "non_dependant", _CTR_MEMBER, grown=True),
    # The reference of a dependant is a child's number that other claims use too; only a non-dependant's is a NINO.
    _member("benefit_person", "child", "dependant", _HB_REFS, grown=False),
    _member("benefit_person", "non_dependant", "non_dependant", {**_HB_REFS, "nino": "reference_or_nino"}, grown=True),
    Part("council_tax_resident", "resident", _RESIDENT, "role IN ('other_adult', 'partner')"),
    Part("council_tax_resident", "liable_again", _RESIDENT, "role IS NULL OR role = 'liable'"),
    Part("council_tax_resident", "child", _RESIDENT, "role = 'child'", grown=False),
    Part(
        "pupil",
        "pupil",
        {n: n for n in ("surname", "forename", "date_of_birth", "sex", "upn", "uprn")} | _ADDRESS,
        grown=False,
    ),
    _parent(1),
    _parent(2),
    Part(
        "contact",
        "contact",
        {n: n for n in (*_CONTACT_NAMES, "uprn", "account_ref", "hb_ref", "ctr_ref")} | _ADDRESS,
    ),
    Part("suppression", "suppressed", {n: n for n in _SUPPRESSED}),
)
KINDS = tuple(dict.fromkeys(part.kind for part in PARTS))
