"""When is everybody who lives somewhere known, and when is that past its day?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest

from tests.unit.stages.towns import Row, Town, account, award, benefit, claimant, notice, partner, place, reference

OLD, YOUNG, CHILD = date(1950, 3, 2), date(1984, 7, 9), date(2014, 5, 5)
ROSTERS = ("adults_complete", "non_dependants_complete", "children_complete")


@dataclass
class Cases:
    town: Town = field(default_factory=Town)
    claims: dict[str, Row] = field(default_factory=dict)

    def claim(self, name: str, number: int, account_name: str = "", **more: Any) -> None:
        """A single claimant of one name at a house of their own, with an account."""
        surname = f"C{'ABCDEFGHIJ'[number // 10]}{'ABCDEFGHIJ'[number % 10]}"
        self.town.add("council_tax_account", **account(number, account_name or surname, "ANN", title="Ms"))
        self.claims[name] = self.town.add("benefit_claim", **benefit(number, claimant(surname, "Ann", OLD), **more))

    def member(self, number: int, role: str, surname: str, forename: str, born: date) -> None:
        self.town.add("benefit_person", claim_key=f"{number:08d}", hb_ref=f"{number:08d}", role=role, surname=surname,
                      forename=forename, date_of_birth=born)  # fmt: skip

    def two(self, name: str, number: int, more: dict[str, Any]) -> None:
        """A claimant with one other adult, of whom council tax says more."""
        who, other = f"C{'ABCDEFGHIJ'[number % 10]}X", {"nino": f"AB1234{number}C", "date_of_birth": YOUNG}
        self.town.add("council_tax_account", **account(number, who, "ANN", title="Ms"))
        self.claims[name] = self.town.add(
            "ctr_award", **award(number, claimant(who, "Ann", OLD), non_dependants_count=1)
        )
        named = {"role": "non_dependant", "surname": "Other", "forename": "Cam", **other}
        self.town.add("ctr_person", ctr_ref=f"C{number:06d}", **named)
        self.resident(f"carer of {name}", number, "Cam", **other, **more)

    def resident(self, name: str, number: int, forename: str, **more: Any) -> None:
        at = {"account_ref": reference(number), "uprn": place(number)["uprn"], "role": "other_adult"}
        self.claims[name] = self.town.add("council_tax_resident", **at, surname="Other", forename=forename, **more)


_ENDED = {"disregard_from": date(2024, 1, 1), "disregard_to": date(2025, 1, 1)}
# Number, claimant and what council tax says of the other adult there; beside the last there is a third.
_CARED_FOR: tuple[tuple[int, str, dict[str, Any]], ...] = (
    (22, "cared for", {"disregard_type": "carer"}),
    (23, "cared for once", {"disregard_type": "carer", **_ENDED}),
    (24, "with a student", {"disregard_type": "student"}),
    (25, "with a carer and another", {"disregard_type": "carer"}),
)


def _make() -> Cases:
    cases = Cases()
    cases.claim("alone", 1)
    cases.claim("couple", 2, **partner("Cac", "Bob", OLD))
    cases.claim("unnamed partner", 3, partner_flag="one")
    cases.claim("two partners", 4, partner_flag="several")
    cases.claim("with a son", 5, non_dependants_count=1)
    cases.member(5, "non_dependant", "Son", "Sid", YOUNG)
    cases.claim("son not listed", 6, non_dependants_count=1)
    cases.claim("son not counted", 7)
    cases.member(7, "non_dependant", "Son", "Sol", YOUNG)
    cases.claim("with a child", 8, dependants_count=1)
    cases.member(8, "dependant", "Kid", "Kay", CHILD)
    cases.claim("child not listed", 9, dependants_count=1)
    cases.claim("another name on the account", 10, "STRANGER")
    cases.claim("another adult in council tax", 11)
    cases.resident("other", 11, "Olly")
    cases.resident("carer", 20, "Cara", disregard_type="carer")
    cases.resident("carer once", 20, "Cora", disregard_type="carer", **_ENDED)
    cases.resident("student", 20, "Stu", disregard_type="student")
    cases.resident("impaired", 20, "Ida", disregard_type="severe_mental_impairment")
    cases.resident("impaired once", 20, "Ivy", disregard_type="severe_mental_impairment", **_ENDED)
    later = {"disregard_from": date(2026, 12, 1)}
    cases.resident("impaired from December", 20, "Isa", disregard_type="severe_mental_impairment", **later)
    cases.resident("in hospital", 20, "Hal", disregard_type="hospital_or_care_home")
    cases.resident("in hospital once", 20, "Hew", disregard_type="hospital_or_care_home", **_ENDED)
    cases.town.add("council_tax_account", **account(20, "LIABLE", "LIZ"))
    for number, name, more in _CARED_FOR:
        cases.two(name, number, more)
    cases.town.add("ctr_person", ctr_ref="C000025", role="non_dependant", surname="Other", forename="Kim",
                   date_of_birth=YOUNG)  # fmt: skip
    cases.claim("another claim there", 12)
    cases.town.add(
        "universal_credit_notice", **(notice(98, 1, date(2026, 10, 5)) | place(12)), claimant_surname="Guest"
    )
    cases.claim("another child at school", 13)
    cases.town.add("pupil", surname="Kid", forename="Kit", date_of_birth=CHILD, **place(13))
    cases.claim("joint tenancy", 14, joint_tenancy=True)
    cases.claim("boarder's rent", 15, claimant_boarder_income=40)
    cases.claim("counts blank", 16, non_dependants_count=None, dependants_count=None)
    cases.claim("still awaiting", 17, record_type="awaiting")
    cases.claim("stale", 18, ctr_ref="C000018")
    old = award(18, claimant("CBI", "Ann", OLD), award_start=date(2024, 4, 1), non_dependants_count=None)
    cases.town.add("ctr_award", **old)
    cases.town.add("council_tax_account", **account(19, "LIABLE", "LEN"))
    return cases


@pytest.fixture(scope="module")
def cases() -> Iterator[Cases]:
    made = _make()
    made.town.link().build()
    yield made
    made.town.connection.close()


@pytest.mark.parametrize(
    ("name", "adults", "others", "children"),
    [
        ("alone", True, True, True),
        ("couple", True, True, True),
        ("unnamed partner", True, True, True),
        ("two partners", None, None, None),
        ("with a son", True, True, None),
        ("son not listed", None, None, None),
        ("son not counted", None, None, None),
        ("with a child", True, True, True),
        ("child not listed", True, True, None),
        ("another name on the account", None, None, None),
        ("another adult in council tax", None, None, None),
        ("another claim there", None, None, None),
        ("another child at school", True, True, None),
        ("joint tenancy", None, None, None),
        ("boarder's rent", None, None, None),
        ("counts blank", None, None, None),
        ("still awaiting", None, None, None),
        ("stale", True, True, True),
    ],
)
def test_a_roster_is_complete_only_where_a_claim_proves_it(
    cases: Cases, name: str, adults: bool | None, others: bool | None, children: bool | None
) -> None:
    household = cases.town.household(cases.claims[name])
    assert [household[roster] for roster in ROSTERS] == [adults, others, children]


def test_a_roster_is_as_fresh_as_its_claim(cases: Cases) -> None:
    fresh = {name: cases.town.household(cases.claims[name])["adults_complete_fresh"] for name in ("alone", "stale")}
    assert fresh == {"alone": True, "stale": False}


def test_one_liable_name_proves_nothing(cases: Cases) -> None:
    (home,) = cases.town.all("SELECT h.* FROM household h JOIN address a USING (household_key) WHERE uprn = '100019'")
    assert [home[roster] for roster in ROSTERS] == [None, None, None]


def test_the_report_counts_complete_rosters(cases: Cases) -> None:
    counted = ", ".join(f"count({roster}) AS {roster}" for roster in ROSTERS)
    assert [cases.town.built.complete] == cases.town.all(f"SELECT {counted} FROM household")


@pytest.mark.parametrize(("name", "is_carer"), [("carer", True), ("carer once", None), ("student", None)])
def test_a_carers_disregard_counts_while_it_lasts(cases: Cases, name: str, is_carer: bool | None) -> None:
    assert cases.town.person(cases.claims[name], "resident")["is_disregarded_as_carer"] is is_carer


@pytest.mark.parametrize(
    ("name", "fact", "known"),
    [
        ("impaired", "has_severe_mental_impairment_disregard", True),
        ("impaired once", "has_severe_mental_impairment_disregard", None),
        ("impaired from December", "has_severe_mental_impairment_disregard", None),
        ("impaired from December", "is_disregarded_for_council_tax", None),
        ("in hospital", "lives_in_funded_care_home", True),
        ("in hospital once", "lives_in_funded_care_home", None),
    ],
)
def test_every_disregard_counts_from_its_first_day_until_its_last(
    cases: Cases, name: str, fact: str, known: bool | None
) -> None:
    assert cases.town.person(cases.claims[name], "resident")[fact] is known


@pytest.mark.parametrize(
    ("name", "has_carer"),
    [("cared for", True), ("cared for once", None), ("with a student", None), ("with a carer and another", None)],
)
def test_of_two_who_live_together_the_one_who_is_no_carer_is_cared_for(
    cases: Cases, name: str, has_carer: bool | None
) -> None:
    fact = "has_unpaid_carer_disregarded_for_council_tax"
    assert cases.town.person(cases.claims[name])[fact] is has_carer
    assert cases.town.person(cases.claims[f"carer of {name}"], "resident")[fact] is None


@pytest.mark.parametrize(("refused", "complete"), [(0, True), (1, None)])
def test_a_list_of_members_stands_for_counts_only_while_whole(refused: int, complete: bool | None) -> None:
    """A CTR file without counts: nobody listed is nobody there, unless a line of the list was refused."""
    town = Town()
    counts = {"non_dependants_count": None, "dependants_count": None}
    row = town.add("ctr_award", **award(1, claimant("Ash", "Ann", OLD), **counts))
    town.connection.execute("CREATE TABLE extract_kind (file_id INTEGER, kind VARCHAR, rows INTEGER)")
    town.connection.execute("CREATE TABLE extract_file (file_id INTEGER, refused INTEGER)")
    town.connection.execute("INSERT INTO extract_kind VALUES (2, 'ctr_person', 0)")
    town.connection.execute("INSERT INTO extract_file VALUES (2, ?)", [refused])
    town.link().build()
    household = town.household(row)
    assert [household[roster] for roster in ROSTERS] == [complete] * 3
    town.connection.close()
