"""How does a test put a handful of accepted rows before link and build?

A `Town` takes rows of the canonical tables as intake would leave them. `add` gives a handle by which a test asks later
who a part of that row turned out to be.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

import duckdb

from lift.rulebook.load import load_rulebook
from lift.rulebook.model import Fact
from lift.rulebook.nodes import Level
from lift.sources.kinds import SQL_TYPES, load_kinds
from lift.stages.build import BuildReport, build
from lift.stages.link import LinkReport, link

DAY = date(2026, 11, 12)
KEY = b"a council's own key, never stored"


@cache
def dictionary() -> Mapping[tuple[Level, str], Fact]:
    """The facts of rules/facts.yaml."""
    return load_rulebook(examples=False).facts


@dataclass(frozen=True)
class Row:
    """One accepted row, by the line it stood on."""

    kind: str
    line: int


@dataclass
class Town:
    """Rows on their way through link and build."""

    threads: int = 2
    rows: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    linked: LinkReport = field(init=False, repr=False)
    built: BuildReport = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.connection = duckdb.connect()
        self.connection.execute(f"SET threads = {self.threads}")
        for kind in load_kinds().values():
            columns = "".join(f", {name} {SQL_TYPES[column.type]}" for name, column in kind.columns.items())
            self.connection.execute(f"CREATE TABLE {kind.name} (file_id INTEGER, line INTEGER{columns})")

    def add(self, kind: str, **columns: Any) -> Row:
        """A row of the kind, written on the day unless it says otherwise."""
        line = len(self.rows) + 2
        row = {"file_id": 1, "line": line, "extract_date": DAY} | columns
        self.rows.append((kind, row))
        names = ", ".join(row)
        self.connection.execute(f"INSERT INTO {kind} ({names}) VALUES ({', '.join('?' * len(row))})", [*row.values()])
        return Row(kind, line)

    def link(self) -> Town:
        self.linked = link(self.connection, key=KEY)
        return self

    def build(self, day: date = DAY, *, in_greater_london: bool = False) -> Town:
        self.built = build(self.connection, day=day, key=KEY, facts=dictionary(), in_greater_london=in_greater_london)
        return self

    def all(self, query: str, *values: Any) -> list[dict[str, Any]]:
        found = self.connection.execute(query, [*values])
        names = [column[0] for column in found.description]
        return [dict(zip(names, values, strict=True)) for values in found.fetchall()]

    def record(self, row: Row, part: str) -> dict[str, Any]:
        (found,) = self.all(
            """SELECT r.*, p.person_key, p.reason, a.household_key, a.reason AS address_reason
            FROM record r LEFT JOIN person_link p USING (record_id) LEFT JOIN address_link a USING (record_id)
            WHERE r.kind = ? AND r.line = ? AND r.part = ?""",
            row.kind, row.line, part,
        )  # fmt: skip
        return found

    def key(self, row: Row, part: str = "claimant") -> str:
        return str(self.record(row, part)["person_key"])

    def home(self, row: Row, part: str = "claimant") -> str:
        return str(self.record(row, part)["household_key"])

    def same(self, *parts: tuple[Row, str]) -> bool:
        """Whether all these parts are one person."""
        return len({self.key(row, part) for row, part in parts}) == 1

    def person(self, row: Row, part: str = "claimant") -> dict[str, Any]:
        (found,) = self.all("SELECT * FROM person WHERE person_key = ?", self.key(row, part))
        return found

    def is_unit(self, row: Row, part: str = "claimant") -> bool:
        return bool(self.all("SELECT 1 FROM person WHERE person_key = ?", self.key(row, part)))

    def family(self, row: Row, part: str = "claimant") -> dict[str, Any]:
        family = self.person(row, part)["family_key"]
        (found,) = self.all("SELECT * FROM family WHERE family_key = ?", family)
        return found

    def household(self, row: Row, part: str = "claimant") -> dict[str, Any]:
        household = self.person(row, part)["household_key"]
        (found,) = self.all("SELECT * FROM household WHERE household_key = ?", household)
        return found

    def periods(self, row: Row, part: str = "claimant") -> list[dict[str, Any]]:
        family = self.person(row, part)["family_key"]
        return self.all("SELECT * FROM period WHERE family_key = ? ORDER BY period_start_low", family)

    def may_be_couple(self, one: tuple[Row, str], other: tuple[Row, str]) -> bool:
        """Whether the families of two parts are paired, both ways round."""
        keys = [self.person(*part)["family_key"] for part in (one, other)]
        pairs = {(r["family_key"], r["other_family_key"]) for r in self.all("FROM possible_couple")}
        return {(keys[0], keys[1]), (keys[1], keys[0])} <= pairs


def place(number: int) -> dict[str, Any]:
    """Where the house of a number is."""
    return {
        "uprn": f"10{number:04d}",
        "address1": f"{number} High Street",
        "address2": "Middlemarch",
        "postcode": "CV1 1AA",
    }


def reference(number: int) -> str:
    return f"3{number:07d}5"


def account(number: int, surname: str, forename: str, **more: Any) -> dict[str, Any]:
    """The council tax account of a house, with one liable person who lives there."""
    return {
        **place(number),
        "account_ref": reference(number),
        "property_ref": f"P{number}",
        "title": "Mr",
        "surname": surname,
        "forename": forename,
        "liability_type": "resident",
        "band": "B",
        "band_charged": "B",
        "occupation_start": date(2015, 4, 1),
        "full_charge_annual": 1400,
        "discount_type": "none",
        "discount_amount_annual": 0,
        "exemption_class": "none",
        "disabled_band_reduction": False,
        "ctr_flag": False,
        "ctr_amount_annual": 0,
        "net_charge_annual": 1400,
        **more,
    }


def claimant(surname: str, forename: str, born: date | None, nino: str | None = None, **more: Any) -> dict[str, Any]:
    return {
        "claimant_surname": surname,
        "claimant_forename1": forename,
        "claimant_date_of_birth": born,
        "claimant_nino": nino,
        **more,
    }


def partner(surname: str, forename: str, born: date | None, nino: str | None = None) -> dict[str, Any]:
    return {
        "partner_flag": "one",
        "partner_surname": surname,
        "partner_forename1": forename,
        "partner_date_of_birth": born,
        "partner_nino": nino,
    }


def award(number: int, who: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A live pension-age Council Tax Reduction award of a single claimant, assessed on means."""
    return {
        **place(number),
        "ctr_ref": f"C{number:06d}",
        "account_ref": reference(number),
        "status": "live",
        "scheme_class": "pension_age",
        "passport_code": "standard",
        "award_start": date(2026, 4, 1),
        "weekly_award": 15,
        "alternative_maximum": False,
        "partner_flag": "none",
        "non_dependants_count": 0,
        "dependants_count": 0,
        **who,
        **more,
    }


def benefit(number: int, who: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A live Housing Benefit claim of a single claimant, assessed on means; like SHBE it has no UPRN."""
    where = {name: value for name, value in place(number).items() if name != "uprn"}
    return {
        **where,
        "claim_key": f"{number:08d}",
        "hb_ref": f"{number:08d}",
        "record_type": "live",
        "passport_code": "standard",
        "hb_status": "in_payment",
        "hb_weekly": 80,
        "tenancy_type": "council",
        "partner_flag": "none",
        "non_dependants_count": 0,
        "dependants_count": 0,
        **who,
        **more,
    }


def notice(number: int, sequence: int, starts: date, **more: Any) -> dict[str, Any]:
    """A Universal Credit notice of the award of a house's claim."""
    return {
        **place(number),
        "ctr_ref": f"C{number:06d}",
        "sequence_number": sequence,
        "notice_type": "change",
        "notice_date": DAY,
        "assessment_period_start": starts,
        **more,
    }
