"""Does each row land in the right home, and does a house of many households stay many?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

import pytest

from tests.unit.stages.towns import Row, Town, account, award, benefit, claimant, notice, place, reference

OLD = date(1950, 3, 2)
ELSEWHERE = {"forwarding_address1": "1 Far Road", "forwarding_postcode": "ZZ9 9ZZ"}


@dataclass
class Cases:
    town: Town = field(default_factory=Town)
    rows: dict[str, Row] = field(default_factory=dict)

    def add(self, name: str, kind: str, **columns: object) -> None:
        self.rows[name] = self.town.add(kind, **columns)

    def home(self, name: str, part: str = "claimant") -> str:
        return self.town.home(self.rows[name], part)

    def reason(self, name: str, part: str = "claimant") -> str:
        return str(self.town.record(self.rows[name], part)["address_reason"])


def _one_account(cases: Cases) -> None:
    cases.add("account", "council_tax_account", **account(1, "ASH", "ANN"))
    cases.add("by uprn", "universal_credit_notice", **notice(1, 1, date(2026, 10, 5)), claimant_surname="Nobody")
    cases.add(
        "by account", "ctr_award", **award(2, claimant("Ash", "Ann", OLD), uprn=None, account_ref=f"0{reference(1)}")
    )
    cases.add("by claim", "benefit_claim", **benefit(2, claimant("Ash", "A", OLD), ctr_ref="C000002", postcode=None))
    cases.add("by address", "pupil", upn="A1", surname="Kid", forename="Kit", address1="1 HIGH ST", postcode="cv1 1aa")
    cases.add("elsewhere", "council_tax_account", **account(3, "BIRCH", "BEN", date_of_birth=OLD))
    cases.add("by person", "benefit_claim", **benefit(99, claimant("Birch", "Ben", OLD), address1="Flat 77"))
    cases.add("child of the claim", "benefit_person", claim_key="00000002", hb_ref="00000002", ctr_ref="C000002",
              role="dependant", surname="Ash", forename="Al")  # fmt: skip


def _many_households(cases: Cases) -> None:
    for number, name in ((10, "upper"), (11, "lower")):
        shared = place(10) | {"account_ref": reference(number)}
        cases.add(f"{name} account", "council_tax_account", **(account(number, name.upper(), "XENA") | shared))
        cases.add(f"{name} claim", "ctr_award", **(award(number, claimant(name, "Zed", OLD)) | shared))
    cases.add("tenant of neither", "universal_credit_notice", **(notice(12, 1, date(2026, 10, 5)) | place(10)),
              claimant_surname="Third")  # fmt: skip
    cases.add("liable tenant", "universal_credit_notice", **(notice(13, 1, date(2026, 10, 5)) | place(10)),
              claimant_surname="Upper", claimant_forename="Xena")  # fmt: skip
    cases.add("landlord", "council_tax_account", **account(20, "LORD", "LEN", liability_type="owner", **ELSEWHERE))
    for number in (21, 22):
        where = notice(number, 1, date(2026, 10, 5)) | place(20)
        cases.add(f"room {number}", "universal_credit_notice", **where, claimant_surname=f"Room{number}")
    firm = account(30, "ACME LETTINGS LTD", "") | {"forename": None, "title": None}
    cases.add("firm", "council_tax_account", **firm)
    cases.add("tenant of a firm", "universal_credit_notice", **notice(30, 1, date(2026, 10, 5)), claimant_surname="Zoe")
    cases.add("bill sent on", "council_tax_account", **account(31, "AGED", "AVA", **ELSEWHERE))
    cases.add("bill sent on claim", "ctr_award", **award(31, claimant("Aged", "Ava", OLD)))


def _no_account(cases: Cases) -> None:
    cases.add("lone claim", "ctr_award", **award(40, claimant("Oak", "Oz", OLD), account_ref=None))
    cases.add("neighbour in the same flat", "universal_credit_notice", **(notice(41, 1, date(2026, 10, 5)) | place(40)),
              claimant_surname="Elm")  # fmt: skip
    cases.add("pupil there by address", "pupil", upn="Z1", surname="Oak", address1="40 High St", postcode="CV1 1AA")
    cases.add("stranger", "contact", surname="Odd", forename="Oli", phone="01632 960000", **place(77))
    cases.add("known", "contact", surname="Ash", forename="Ann", phone="01632 960001", account_ref=reference(1))
    cases.add("held", "suppression", surname="Ash", uprn=place(1)["uprn"])


@pytest.fixture(scope="module")
def cases() -> Iterator[Cases]:
    made = Cases()
    for add in (_one_account, _many_households, _no_account):
        add(made)
    made.town.link()
    yield made
    made.town.connection.close()


@pytest.mark.parametrize(
    ("name", "part", "account_name", "reason"),
    [
        ("by uprn", "claimant", "account", "uprn"),
        ("by account", "claimant", "account", "account_ref"),
        ("by claim", "claimant", "account", "claim_ref"),
        ("child of the claim", "child", "account", "claim_ref"),
        ("by address", "pupil", "account", "address"),
        ("by person", "claimant", "elsewhere", "person_at_postcode"),
        ("known", "contact", "account", "account_ref"),
    ],
)
def test_each_key_places_a_row_and_gives_its_reason(
    cases: Cases, name: str, part: str, account_name: str, reason: str
) -> None:
    assert cases.home(name, part) == cases.home(account_name, "liable_1")
    assert cases.reason(name, part) == reason


def test_two_accounts_at_one_uprn_are_two_households(cases: Cases) -> None:
    assert cases.home("upper account", "liable_1") != cases.home("lower account", "liable_1")
    assert cases.home("upper claim") == cases.home("upper account", "liable_1")
    assert cases.home("lower claim") == cases.home("lower account", "liable_1")


def test_there_a_liable_name_shows_which(cases: Cases) -> None:
    assert cases.home("liable tenant") == cases.home("upper account", "liable_1")
    assert cases.home("tenant of neither") not in (
        cases.home("upper account", "liable_1"),
        cases.home("lower account", "liable_1"),
    )


@pytest.mark.parametrize(
    ("account_name", "claims"), [("landlord", ["room 21", "room 22"]), ("firm", ["tenant of a firm"])]
)
def test_where_the_liable_live_elsewhere_each_claim_is_a_household(
    cases: Cases, account_name: str, claims: list[str]
) -> None:
    homes = {cases.home(account_name, "liable_1"), *(cases.home(name) for name in claims)}
    assert len(homes) == 1 + len(claims)


def test_a_bill_sent_on_leaves_the_claimant_at_home(cases: Cases) -> None:
    assert cases.home("bill sent on claim") == cases.home("bill sent on", "liable_1")


def test_without_an_account_the_uprn_is_the_home(cases: Cases) -> None:
    assert cases.home("lone claim") == cases.home("neighbour in the same flat")
    assert cases.home("lone claim") == cases.home("pupil there by address", "pupil")


def test_a_contact_makes_no_home_and_a_suppression_is_linked_to_nothing(cases: Cases) -> None:
    assert cases.home("stranger", "contact") == "None"
    held = cases.town.record(cases.rows["held"], "suppressed")
    assert (held["person_key"], held["household_key"]) == (None, None)
    assert held["surname_key"] == "ASH" and held["uprn"] == "100001"


def test_each_home_is_an_address_once_with_the_account_as_held(cases: Cases) -> None:
    addresses = cases.town.all("SELECT household_key, account_ref, uprn FROM address")
    assert len({row["household_key"] for row in addresses}) == len(addresses) == cases.town.linked.homes
    held = {row["household_key"]: row["account_ref"] for row in addresses}
    assert held[cases.home("account", "liable_1")] == reference(1)
    assert held[cases.home("lone claim")] is None
