"""Who is in which family, as what, and who may be whose partner?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest

from tests.unit.stages.towns import Row, Town, account, award, benefit, claimant, notice, partner, place, reference

OLD, OLDER, YOUNG, CHILD = date(1950, 3, 2), date(1948, 1, 9), date(1984, 7, 9), date(2014, 5, 5)
SEPTEMBER, OCTOBER = date(2026, 9, 5), date(2026, 10, 5)


@dataclass
class Cases:
    town: Town = field(default_factory=Town)
    rows: dict[str, Row] = field(default_factory=dict)

    def add(self, name: str, kind: str, **columns: object) -> None:
        self.rows[name] = self.town.add(kind, **columns)

    def member(
        self, name: str, number: int, role: str, surname: str, forename: str, born: date, **more: object
    ) -> None:
        claim = {"ctr_ref": f"C{number:06d}", "account_ref": reference(number), "role": role}
        self.add(name, "ctr_person", **claim, surname=surname, forename=forename, date_of_birth=born, **more)

    def pupil(self, name: str, number: int, surname: str, forename: str, born: date, **more: object) -> None:
        self.add(name, "pupil", surname=surname, forename=forename, date_of_birth=born, **place(number), **more)

    def family_key(self, name: str, part: str) -> str:
        return str(self.town.person(self.rows[name], part)["family_key"])

    def is_couple(self, name: str, part: str = "claimant") -> bool | None:
        return self.town.family(self.rows[name], part)["is_couple"]  # type: ignore[no-any-return]

    def may_be_couple(self, one: str, other: str) -> bool:
        return self.town.may_be_couple(*((self.rows[x.split(":")[0]], x.split(":")[1]) for x in (one, other)))

    def conflicts(self, unit_key: str) -> list[tuple[str, str, str, str]]:
        found = self.town.all("SELECT * FROM conflict WHERE unit_key = ? ORDER BY ALL", unit_key)
        return [(row["fact"], row["kind_1"], row["kind_2"], row["treated_as"]) for row in found]


def _couples(cases: Cases) -> None:
    cases.add("couple", "ctr_award", **award(1, claimant("Ash", "Ann", OLD), **partner("Ash", "Al", OLDER)))
    cases.add("flag only", "ctr_award", **award(2, claimant("Birch", "Ben", OLD), partner_flag="one"))
    cases.add("flag only account", "council_tax_account",
              **account(2, "BIRCH", "BEN", liable2_surname="ROWE", liable2_forename="RUTH"))  # fmt: skip
    cases.add("single", "ctr_award", **award(3, claimant("Cole", "Cy", OLD)))
    cases.add("joint claim", "universal_credit_notice", **notice(4, 1, OCTOBER), is_couple=True,
              claimant_nino="MW100004A", partner_nino="MW100104A")  # fmt: skip
    cases.add("two liable", "council_tax_account",
              **account(5, "DALE", "DON", liable2_surname="DALE", liable2_forename="DEE"))  # fmt: skip
    cases.add("undecided", "ctr_award", **award(6, claimant("Eden", "Eva", OLD), partner_flag=None))
    cases.add("undecided account", "council_tax_account",
              **account(6, "EDEN", "EVA", liable2_surname="FOX", liable2_forename="FLO"))  # fmt: skip
    cases.add("swapped one", "benefit_claim", **benefit(7, claimant("Gill", "Gus", OLD, "MW100007A"),
              **partner("Gill", "Gwen", OLDER, "MW100107A"), ctr_ref="C000007"))  # fmt: skip
    cases.add("swapped two", "ctr_award", **award(7, claimant("Gill", "Gwen", OLDER, "MW100107A"),
              **partner("Gill", "Gus", OLD, "MW100007A")))  # fmt: skip
    cases.add("disputed couple", "ctr_award",
              **award(8, claimant("Hay", "Hal", OLD, "MW100008A"), **partner("Hay", "Hope", OLD)))  # fmt: skip
    cases.add("disputed single", "benefit_claim", **benefit(8, claimant("Hay", "Hal", OLD, "MW100008A")))
    dead = partner("Ivy", "Ivo", OLD) | {"partner_death_date": date(2026, 6, 1)}
    cases.add("dead partner", "benefit_claim", **benefit(9, claimant("Ivy", "Ida", OLD), **dead))
    denied = partner("Judd", "Joy", OLD) | {"partner_flag": "none"}
    cases.add("contradictory flag", "ctr_award", **award(10, claimant("Judd", "Jim", OLD), **denied))
    old_word = award(11, claimant("Kent", "Kai", OLD, "MW100011A"), award_start=date(2024, 4, 1))
    cases.add("stale single", "ctr_award", **old_word)
    cases.add("fresh couple", "universal_credit_notice", **notice(11, 1, OCTOBER), claimant_nino="MW100011A",
              partner_nino="MW100111A", is_couple=True)  # fmt: skip


def _others(cases: Cases) -> None:
    counts = {"non_dependants_count": 2, "dependants_count": 2}
    cases.add("full house", "ctr_award", **award(20, claimant("Lamb", "Liz", OLD), **counts))
    cases.member("son", 20, "non_dependant", "Lamb", "Lee", YOUNG)
    cases.member("lodger", 20, "non_dependant", "Lodge", "Lou", YOUNG, is_boarder=True)
    cases.member("child on claim", 20, "dependant", "Lamb", "Lily", CHILD)
    cases.pupil("same child at school", 20, "LAMB", "LILY", CHILD)
    cases.member("child who left", 20, "dependant", "Lamb", "Luke", CHILD, end_date=date(2026, 1, 1))
    cases.member("claimant again", 20, "non_dependant", "Lamb", "Liz", OLD)
    cases.add("grouped", "ctr_award", **award(21, claimant("Mead", "Meg", OLD), non_dependants_count=1))
    cases.member("grouped one", 21, "non_dependant", "Mead", "Max", YOUNG)
    cases.member("grouped other", 21, "non_dependant", "Page", "Pam", YOUNG)


def _children(cases: Cases) -> None:
    cases.add("parent at home", "council_tax_account", **account(30, "NASH", "NELL", title="Ms"))
    cases.pupil("child of a parent", 30, "NASH", "NED", CHILD, parent1_surname="Nash", parent1_forename="Nell")
    cases.pupil("child of nobody known", 30, "OTHER", "OLA", CHILD)
    cases.pupil("child of a stranger", 30, "OTHER", "OTTO", CHILD, parent1_surname="Other", parent1_forename="Una")
    cases.add("parent elsewhere", "ctr_award", **award(31, claimant("Park", "Pete", YOUNG, "MW100031A")))
    cases.pupil("child elsewhere", 32, "PARK", "POP", CHILD, parent1_surname="Park", parent1_forename="Pete",
                parent1_nino="MW100031A", parent1_date_of_birth=YOUNG)  # fmt: skip
    cases.pupil("child alone", 33, "QUIN", "QUEENIE", CHILD, parent1_surname="Quin", parent1_forename="Quentin")
    cases.pupil("left school", 34, "RUSH", "ROY", CHILD, on_roll_to=date(2026, 7, 20))
    for number, name in ((35, "first claim"), (36, "second claim")):
        cases.add(name, "ctr_award", **award(number, claimant(f"Sand{number}", "Sid", YOUNG), dependants_count=1))
        cases.member(f"child on {name}", number, "dependant", "Sand", "Sol", CHILD, nino="MW100999A")


def _copied_children(cases: Cases) -> None:
    """Pairs of rows of one child, or of two who look like one, on claims at two postcodes."""
    alike: dict[str, Any] = {"surname": "Tate", "forename": "Tom", "born": CHILD}
    pairs: dict[tuple[str, str], tuple[dict[str, Any], dict[str, Any]]] = {
        ("third claim", "fourth claim"): ({}, {}),
        ("pupil numbers one", "pupil numbers other"): (
            {"surname": "Upton", "unique_pupil_number": "A999000000001"},
            {"surname": "Upton", "unique_pupil_number": "B999000000002"},
        ),
        ("sexes one", "sexes other"): ({"surname": "Vane", "sex": "female"}, {"surname": "Vane", "sex": "male"}),
        ("birthdays one", "birthdays other"): ({"surname": "Webb"}, {"surname": "Webb", "born": date(2014, 5, 6)}),
        ("initials one", "initials other"): (
            {"surname": "York", "forename": "T"},
            {"surname": "York", "forename": "T"},
        ),
    }
    number = 50
    for names, differing in pairs.items():
        for name, more in zip(names, differing, strict=True):
            claim = name if name.endswith("claim") else f"{name} claim"
            row = f"child on {name}" if name.endswith("claim") else name
            where = {"postcode": f"CV{number} 1AA"}
            parent = claimant(f"Parent{number}", "Pat", YOUNG)
            cases.add(claim, "ctr_award", **award(number, parent, dependants_count=1) | where)
            cases.member(row, number, "dependant", **alike | more)
            number += 1


# Rows are of 12 November 2026: born a day too early to be a dependant, and just late enough.
DEPENDANTS = {"of 20": date(2006, 11, 12), "of 19": date(2006, 11, 13), "of 76": date(1950, 1, 1)}


def _grown_dependants(cases: Cases) -> None:
    for number, (name, born) in enumerate(DEPENDANTS.items(), start=70):
        cases.add(f"claim with one {name}", "ctr_award",
                  **award(number, claimant(f"Ash{number}", "Ada", OLD), dependants_count=1))  # fmt: skip
        cases.member(name, number, "dependant", f"Ash{number}", "Al", born)
    cases.add("claim with a slip", "ctr_award", **award(75, claimant("Birch", "Bo", OLD), dependants_count=1))
    cases.member("slip", 75, "dependant", "Birch", "Bea", date(1915, 5, 6), unique_pupil_number="D999000000001")
    cases.pupil("slip at school", 75, "BIRCH", "BEA", CHILD, upn="D999000000001")


def _former(cases: Cases) -> None:
    cases.add("refused alone", "ctr_award", **award(40, claimant("Todd", "Tia", OLD), status="refused",
              refusal_reason="income"))  # fmt: skip
    cases.add("ended tenant", "ctr_award", **award(41, claimant("Udall", "Una", OLD), status="ended",
              award_end=date(2026, 8, 1)))  # fmt: skip
    cases.add("new tenant", "universal_credit_notice", **notice(42, 1, OCTOBER) | place(41), claimant_surname="Vale")
    cases.add("died", "ctr_award", **award(43, claimant("West", "Will", OLD), status="ended", refusal_reason="died",
              award_end=date(2026, 8, 1)))  # fmt: skip
    cases.add("estate", "council_tax_account",
              **account(44, "EXECUTORS OF X YORK (DECD)", "") | {"forename": None, "exemption_class": "F"})  # fmt: skip
    cases.add("landlord", "council_tax_account", **account(45, "ZEAL", "ZACK", liability_type="owner"))


@pytest.fixture(scope="module")
def cases() -> Iterator[Cases]:
    made = Cases()
    for add in (_couples, _others, _children, _copied_children, _grown_dependants, _former):
        add(made)
    made.town.link().build()
    yield made
    made.town.connection.close()


def test_an_assessed_couple_is_one_family(cases: Cases) -> None:
    assert cases.is_couple("couple") is True
    assert cases.family_key("couple", "claimant") == cases.family_key("couple", "partner")
    assert cases.town.person(cases.rows["couple"])["role"] == "claimant"
    assert cases.town.person(cases.rows["couple"], "partner")["role"] == "partner"


def test_a_partner_of_whom_only_the_flag_is_known_is_a_person(cases: Cases) -> None:
    other = cases.town.person(cases.rows["flag only"], "partner")
    assert cases.is_couple("flag only") is True
    assert other["role"] == "partner" and other["date_of_birth_low"] is None
    assert other["family_key"] == cases.family_key("flag only", "claimant")


def test_another_adult_may_be_that_unnamed_partner(cases: Cases) -> None:
    assert cases.may_be_couple("flag only:claimant", "flag only account:liable_2")


def test_no_partner_on_the_claim_is_no_couple(cases: Cases) -> None:
    assert cases.is_couple("single") is False


def test_a_joint_claim_is_a_couple(cases: Cases) -> None:
    assert cases.is_couple("joint claim") is True
    assert cases.family_key("joint claim", "claimant") == cases.family_key("joint claim", "partner")


@pytest.mark.parametrize(
    ("one", "other"),
    [("two liable:liable_1", "two liable:liable_2"), ("undecided account:liable_1", "undecided account:liable_2")],
)
def test_two_liable_names_may_be_a_couple_and_are_two_families(cases: Cases, one: str, other: str) -> None:
    names = [x.split(":") for x in (one, other)]
    assert [cases.is_couple(*name) for name in names] == [None, None]
    assert cases.family_key(*names[0]) != cases.family_key(*names[1])
    assert cases.may_be_couple(one, other)


def test_claims_that_swap_the_roles_are_one_couple(cases: Cases) -> None:
    assert cases.is_couple("swapped one") is True
    assert cases.family_key("swapped one", "partner") == cases.family_key("swapped two", "claimant")


def test_claims_that_differ_leave_the_couple_open_and_say_so(cases: Cases) -> None:
    assert cases.is_couple("disputed couple") is None
    assert cases.may_be_couple("disputed couple:claimant", "disputed couple:partner")
    told = cases.conflicts(cases.family_key("disputed couple", "claimant"))
    assert ("is_couple", "benefit_claim", "ctr_award", "unknown") in told


@pytest.mark.parametrize("name", ["dead partner", "contradictory flag"])
def test_a_claim_at_odds_with_itself_settles_no_couple(cases: Cases, name: str) -> None:
    assert cases.is_couple(name) is None


def test_a_current_word_outweighs_a_stale_one(cases: Cases) -> None:
    family = cases.town.family(cases.rows["fresh couple"])
    assert (family["is_couple"], family["is_couple_fresh"]) == (True, True)
    assert cases.family_key("stale single", "claimant") == family["family_key"]


def test_every_other_adult_is_a_family_by_role(cases: Cases) -> None:
    roles = {
        name: cases.town.family(cases.rows[name], part)["household_role"]
        for name, part in (("full house", "claimant"), ("son", "non_dependant"), ("lodger", "non_dependant"))
    }
    assert roles == {"full house": "head", "son": "non_dependant", "lodger": "boarder"}
    assert len({cases.family_key("son", "non_dependant"), cases.family_key("full house", "claimant")}) == 2


def test_others_counted_singly_are_no_couple_and_those_grouped_may_be(cases: Cases) -> None:
    assert cases.is_couple("son", "non_dependant") is False
    assert cases.is_couple("grouped one", "non_dependant") is None
    assert cases.may_be_couple("grouped one:non_dependant", "grouped other:non_dependant")


def test_a_claimant_listed_as_non_dependant_is_refused_there(cases: Cases) -> None:
    line = cases.rows["claimant again"].line
    refused = cases.town.all("SELECT * FROM build_refusal WHERE kind = 'ctr_person' AND line = ?", line)
    assert [(row["fact"], row["reason"]) for row in refused] == [
        ("household_role", "also claimant or partner of the same claim")
    ]
    assert cases.town.family(cases.rows["full house"])["household_role"] == "head"


def test_a_child_on_the_claim_belongs_to_the_claimant(cases: Cases) -> None:
    child = cases.town.person(cases.rows["child on claim"], "child")
    assert child["role"] == "child"
    assert child["family_key"] == cases.family_key("full house", "claimant")
    assert child["person_key"] == cases.town.key(cases.rows["same child at school"], "pupil")


def test_somebody_who_left_the_claim_is_not_there(cases: Cases) -> None:
    assert not cases.town.is_unit(cases.rows["child who left"], "child")


def test_a_pupil_belongs_to_the_parent_of_the_same_home(cases: Cases) -> None:
    assert cases.family_key("child of a parent", "pupil") == cases.family_key("parent at home", "liable_1")


@pytest.mark.parametrize("name", ["child of nobody known", "child elsewhere", "child of a stranger"])
def test_a_pupil_without_a_parent_there_is_a_family_of_its_own(cases: Cases, name: str) -> None:
    child = cases.town.person(cases.rows[name], "pupil")
    members = cases.town.all("SELECT role FROM person WHERE family_key = ?", child["family_key"])
    assert [row["role"] for row in members] == ["child"]


def test_a_parent_known_from_school_alone_is_shown_with_the_child(cases: Cases) -> None:
    assert cases.town.person(cases.rows["child alone"], "parent_1")["role"] == "claimant"
    assert cases.family_key("child alone", "pupil") == cases.family_key("child alone", "parent_1")


def test_a_parent_known_from_school_alone_is_nobody_where_others_live(cases: Cases) -> None:
    assert not cases.town.is_unit(cases.rows["child of a stranger"], "parent_1")


def test_a_pupil_who_has_left_is_nobody(cases: Cases) -> None:
    assert not cases.town.is_unit(cases.rows["left school"], "pupil")


def test_a_child_of_two_claims_is_told_and_is_surely_in_neither_family(cases: Cases) -> None:
    child = cases.town.person(cases.rows["child on first claim"], "child")
    assert child["family_key"] not in {cases.family_key(name, "claimant") for name in ("first claim", "second claim")}
    assert cases.conflicts(child["person_key"]) == [("role", "ctr_person", "ctr_person", "unknown")]
    for name in ("first claim", "second claim"):
        assert cases.town.household(cases.rows[name])["children_complete"] is None


def test_a_child_copied_into_a_claim_at_another_address_is_told_though_nothing_joins_the_two(cases: Cases) -> None:
    rows = [cases.rows[f"child on {name}"] for name in ("third claim", "fourth claim")]
    assert not cases.town.same(*((row, "child") for row in rows))
    keys = [cases.town.key(row, "child") for row in rows]
    for row, key, other, claim in zip(rows, keys, keys[::-1], ("third claim", "fourth claim"), strict=True):
        (told,) = cases.town.all("SELECT * FROM conflict WHERE unit_key = ?", key)
        assert (told["fact"], told["treated_as"], told["other_key"]) == ("role", "unknown", other)
        assert cases.town.person(row, "child")["family_key"] != cases.family_key(claim, "claimant")
        assert cases.town.household(cases.rows[claim])["children_complete"] is None


@pytest.mark.parametrize("which", ["pupil numbers", "sexes", "birthdays", "initials"])
def test_children_of_one_name_who_differ_otherwise_are_two(cases: Cases, which: str) -> None:
    for side in ("one", "other"):
        child = cases.rows[f"{which} {side}"]
        assert cases.conflicts(cases.town.key(child, "child")) == []
        assert cases.town.person(child, "child")["family_key"] == cases.family_key(f"{which} {side} claim", "claimant")
        assert cases.town.household(cases.rows[f"{which} {side} claim"])["children_complete"] is True


@pytest.mark.parametrize("name", DEPENDANTS)
def test_a_dependant_of_20_or_over_is_told_and_is_surely_nobodys_child(cases: Cases, name: str) -> None:
    row, claim = cases.rows[name], f"claim with one {name}"
    is_child = name == "of 19"
    person = cases.town.person(row, "child")
    assert (person["family_key"] == cases.family_key(claim, "claimant")) == is_child
    assert (person["date_of_birth_low"] == DEPENDANTS[name]) == is_child
    assert cases.town.household(cases.rows[claim])["children_complete"] is (True if is_child else None)
    told = cases.town.all("SELECT fact, reason FROM build_refusal WHERE unit_key = ?", person["person_key"])
    wrong = {"fact": "date_of_birth", "reason": "20 or over where a child stands"}
    assert told == ([] if is_child else [wrong])


def test_a_slip_in_a_childs_birthday_is_one_where_another_row_tells_it(cases: Cases) -> None:
    child = cases.town.person(cases.rows["slip"], "child")
    assert child["family_key"] == cases.family_key("claim with a slip", "claimant")
    assert child["date_of_birth_low"] == child["date_of_birth_high"] == CHILD
    assert cases.town.household(cases.rows["claim with a slip"])["children_complete"] is True
    told = cases.town.all("SELECT reason FROM build_refusal WHERE unit_key = ?", child["person_key"])
    assert told == [{"reason": "20 or over where a child stands"}]


def test_somebody_refused_is_shown_where_nobody_else_lives(cases: Cases) -> None:
    assert cases.town.is_unit(cases.rows["refused alone"])
    assert not cases.town.is_unit(cases.rows["ended tenant"])


@pytest.mark.parametrize(("name", "part"), [("died", "claimant"), ("estate", "liable_1"), ("landlord", "liable_1")])
def test_the_dead_and_those_who_live_elsewhere_are_not_there(cases: Cases, name: str, part: str) -> None:
    assert not cases.town.is_unit(cases.rows[name], part)


def test_everybody_has_one_family_and_one_home(cases: Cases) -> None:
    orphans = cases.town.all("""
        SELECT p.person_key FROM person p LEFT JOIN family f USING (family_key, household_key)
        LEFT JOIN household h ON h.household_key = p.household_key
        WHERE f.family_key IS NULL OR h.household_key IS NULL""")
    twice = cases.town.all("SELECT person_key FROM person GROUP BY person_key HAVING count(*) > 1")
    assert (orphans, twice) == ([], [])
