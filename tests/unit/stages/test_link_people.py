"""Are rows of one person joined by the right key, and people who contradict each other never?"""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

import pytest

from tests.unit.stages.towns import KEY, Row, Town, account, award, benefit, claimant, notice, partner, place, reference

OLD, YOUNG = date(1950, 3, 2), date(1984, 7, 9)
SWAPPED = date(1950, 2, 3)


@dataclass
class Cases:
    town: Town = field(default_factory=Town)
    rows: dict[str, Row] = field(default_factory=dict)

    def add(self, name: str, kind: str, **columns: object) -> None:
        self.rows[name] = self.town.add(kind, **columns)

    def reason(self, name: str, part: str) -> str:
        return str(self.town.record(self.rows[name], part)["reason"])

    def same(self, *names_and_parts: str) -> bool:
        """`name:part` of each."""
        parts = [one.split(":") for one in names_and_parts]
        return self.town.same(*((self.rows[name], part) for name, part in parts))


def _by_place(cases: Cases) -> None:
    cases.add("uprn account", "council_tax_account", **account(1, "ASH", "ANN"))
    who = claimant("Ash", "Ann", OLD, "MW100001A")
    cases.add("uprn claim", "universal_credit_notice", ctr_ref="X1", sequence_number=1, uprn="00100001",
              claimant_surname="Ash", claimant_forename="Ann")  # fmt: skip
    cases.add("account account", "council_tax_account", **account(2, "BIRCH", "BEN"))
    cases.add("account claim", "ctr_award", **award(2, claimant("Birch", "Ben", OLD), uprn=None))
    cases.add("claim award", "ctr_award", **award(3, claimant("Cherry", "Cath", OLD), uprn=None, account_ref=None))
    cases.add("claim notice", "universal_credit_notice", ctr_ref="TEMPC000003", sequence_number=1,
              claimant_surname="CHERRY", claimant_forename="CATH")  # fmt: skip
    cases.add("bare award", "ctr_award", **award(4, claimant("Date", "Dan", OLD)))
    cases.add("bare notice", "universal_credit_notice", ctr_ref="C000004", sequence_number=1)
    cases.add("nino only award", "ctr_award", **award(5, who | {"claimant_nino": "MW 10 00 05 A"}))
    cases.add("nino only notice", "universal_credit_notice", ctr_ref="C000005", sequence_number=1,
              claimant_nino="mw100005b")  # fmt: skip


def _by_number(cases: Cases) -> None:
    cases.add("nino here", "ctr_award", **award(10, claimant("Elm", "Eve", OLD, "MW100010A")))
    cases.add("nino there", "benefit_claim", **benefit(11, claimant("Married", "Eve", OLD, "MW100010")))
    cases.add("birth here", "ctr_award", **award(12, claimant("Fir", "Fay", YOUNG)))
    cases.add("birth there", "benefit_claim", **benefit(13, claimant("FIR", "FAY", YOUNG), postcode="cv11aa"))
    cases.add("child on claim", "ctr_person", ctr_ref="C000012", role="dependant", surname="Fir", forename="Flo",
              date_of_birth=date(2015, 1, 2), unique_pupil_number="A123456789012")  # fmt: skip
    cases.add("pupil", "pupil", upn="a123456789012", surname="Other", forename="Flo", **place(99))
    cases.add("no uprn parent", "pupil", upn="B1", surname="Kid", forename="Kit", address1="12 High St",
              postcode="CV1 1AA", parent1_surname="Fir", parent1_forename="Fay")  # fmt: skip


def _contradictions(cases: Cases) -> None:
    cases.add("father", "ctr_award", **award(20, claimant("Gale", "Guy", OLD, "MW100020A")))
    cases.add("son", "ctr_person", ctr_ref="C000020", account_ref=reference(20), role="non_dependant", surname="Gale",
              forename="Guy", date_of_birth=YOUNG)  # fmt: skip
    cases.add("shared name", "pupil", upn="C1", surname="Kid", forename="Kay", parent1_surname="Gale",
              parent1_forename="Guy", **place(20))  # fmt: skip
    cases.add("liable father", "council_tax_account", **account(20, "GALE", "GUY"))
    cases.add("resident son", "council_tax_resident", account_ref=reference(20), uprn=place(20)["uprn"],
              role="other_adult", surname="Gale", forename="Guy")  # fmt: skip
    for name, forename in (("twin one", "Hal"), ("twin two", "Hugo")):
        cases.add(name, "ctr_person", ctr_ref="C000020", role="dependant", surname="Gale", forename=forename,
                  date_of_birth=date(2012, 5, 5))  # fmt: skip
        cases.add(f"{name} at school", "pupil", surname="GALE", forename=forename.upper(),
                  date_of_birth=date(2012, 5, 5), **place(20))  # fmt: skip
    cases.add("one nino", "ctr_award", **award(21, claimant("Holt", "Ian", OLD, "MW100021A")))
    cases.add("other nino", "benefit_claim", **benefit(21, claimant("Holt", "Ian", OLD, "MW100022A")))
    other_half = partner("Ives", "Jan", OLD, "MW100023A")
    cases.add("couple of one nino", "ctr_award", **award(23, claimant("Ives", "Jo", OLD, "MW100023A"), **other_half))
    cases.add("mother", "council_tax_account", **account(24, "JAY", "JADE", title="Ms"))
    cases.add("daughter", "pupil", surname="Jay", forename="Jade", date_of_birth=date(2014, 2, 1), **place(24))


def _names(cases: Cases) -> None:
    in_one = {"title": None, "surname": None, "forename": None, "name_raw": "KNOX,MR & MRS KEN"}
    cases.add("joint", "council_tax_account", **(account(30, "", "") | in_one))
    couple = partner("Knox", "Kim", OLD) | {"partner_sex": "female"}
    cases.add("joint claim", "ctr_award", **award(30, claimant("Knox", "Ken", OLD, claimant_sex="male"), **couple))
    cases.add("initial", "council_tax_account", **account(31, "LANE", "L"))
    cases.add("initial claim", "ctr_award", **award(31, claimant("Lane", "Leo", OLD, claimant_sex="male")))
    cases.add("initial of unknown sex", "council_tax_account", **account(32, "MOSS", "M", title=None))
    cases.add("named of unknown sex", "ctr_award", **award(32, claimant("Moss", "Max", OLD)))
    cases.add("accent", "council_tax_account", **account(33, "O'BRIEN", "RENÉE"))
    cases.add("no accent", "ctr_award", **award(33, claimant("OBrien", "Renee", OLD)))
    cases.add("typed nought", "council_tax_account", **account(34, "P0LE", "PAU1"))
    cases.add("typed letter", "ctr_award", **award(34, claimant("Pole", "Paul", OLD)))


JOINT = {"title": None, "surname": None, "forename": None}


def _bare_wives(cases: Cases) -> None:
    """MR & MRS, or an initial, at an address where a grown-up daughter of that surname lives too."""
    daughter = {"role": "non_dependant", "sex": "female", "title": "Miss"}
    for number, name in ((50, "STONE"), (51, "SWIFT"), (52, "TRENT"), (53, "VANCE"), (54, "WELCH")):
        cases.add(f"{name} account", "council_tax_account",
                  **(account(number, "", "") | JOINT | {"name_raw": f"{name},MR & MRS TOM"}))  # fmt: skip
        cases.add(f"{name} daughter", "ctr_person", ctr_ref=f"C{number:06}", account_ref=reference(number),
                  surname=name, forename="Una", date_of_birth=YOUNG, **daughter)  # fmt: skip
    # No claim names the wife.
    cases.add("STONE award", "ctr_award", **award(50, claimant("Stone", "Tom", OLD, claimant_sex="male")))
    # The claim names her, with her sex or without.
    wife = partner("Swift", "Uma", OLD) | {"partner_sex": "female"}
    cases.add("SWIFT award", "ctr_award", **award(51, claimant("Swift", "Tom", OLD, claimant_sex="male"), **wife))
    credit = {"sequence_number": 1, "uprn": place(52)["uprn"], "claimant_surname": "Trent"}
    cases.add("TRENT notice", "universal_credit_notice", ctr_ref="C000152", **credit, claimant_forename="Tom",
              partner_surname="Trent", partner_forename="Ursula", is_couple=True)  # fmt: skip
    # The wife claims, and the husband is the partner; the widow claims alone.
    cases.add("VANCE notice", "universal_credit_notice", ctr_ref="C000153", **(credit | {
        "uprn": place(53)["uprn"], "claimant_surname": "Vance"}), claimant_forename="Ursula",
        partner_surname="Vance", partner_forename="Tom", is_couple=True)  # fmt: skip
    cases.add("WELCH award", "ctr_award", **award(54, claimant("Welch", "Uma", OLD, claimant_sex="female")))
    # The daughter has a claim of her own for Universal Credit, and her sex from the claim that lists her.
    cases.add("STONE notice", "universal_credit_notice", ctr_ref="C000150", **(credit | {
        "uprn": place(50)["uprn"], "claimant_surname": "Stone"}), claimant_forename="Una")  # fmt: skip
    cases.add("initial mother", "council_tax_account", **account(55, "YOUNG", "U", title="Mrs"))
    cases.add("initial award", "ctr_award", **award(55, claimant("Young", "Tom", OLD, claimant_sex="male")))
    cases.add("initial daughter", "ctr_person", ctr_ref="C000055", account_ref=reference(55), surname="Young",
              forename="Una", date_of_birth=YOUNG, **daughter)  # fmt: skip
    cases.add("initial parent", "council_tax_account", **account(56, "ZEAL", "U", title="Mrs"))
    cases.add("parent at school", "pupil", surname="Zeal", forename="Zak", parent1_surname="Zeal",
              parent1_forename="Uma", parent1_title="Mrs", **place(56))  # fmt: skip
    # Whose telephone: the contact of a non-dependant names no account, that of the liable does.
    cases.add("phone mother", "council_tax_account", **account(57, "ADAIR", "GRACE", title="Mrs"))
    cases.add("phone daughter", "contact", surname="Adair", forename="G", title="Mrs", date_of_birth=YOUNG,
              phone="0114 496 0521", **place(57))  # fmt: skip
    cases.add("phone of mother", "contact", account_ref=reference(57), surname="Adair", forename="G", title="Mrs",
              **place(57))  # fmt: skip


# Of the claimant "Nan Nye, born 2 March 1950, MW123456A" another extract of the same claim says this.
ONE_SLIP = {
    "number with one character wrong": claimant("Nye", "Nan", OLD, "MW123457A"),
    "number with neighbours swapped": claimant("Nye", "Nan", OLD, "MW213456A"),
    "prefix with neighbours swapped": claimant("Nye", "Nan", OLD, "WM123456A"),
    "day and month swapped": claimant("NYE", "NAN", SWAPPED, "MW123456A"),
}
NOT_ONE_SLIP = {
    "number with two wrong": claimant("Nye", "Nan", OLD, "MW123478A"),
    "number with two apart swapped": claimant("Nye", "Nan", OLD, "MW321456A"),
    "both wrong": claimant("Nye", "Nan", SWAPPED, "MW123457A"),
    "day wrong": claimant("Nye", "Nan", date(1950, 3, 3), "MW123456A"),
    "year wrong": claimant("Nye", "Nan", date(1951, 3, 2), "MW123456A"),
    "swapped in another year": claimant("Nye", "Nan", date(1951, 2, 3), "MW123456A"),
    "twin with the next number": claimant("Nye", "Nat", OLD, "MW123457A"),
    "partner of one initial": claimant("Nye", "Nora", SWAPPED, "MW123456A"),
    "other surname": claimant("Nyes", "Nan", OLD, "MW123457A"),
    "initial for the name": claimant("Nye", "N", OLD, "MW123457A"),
    "son of one name": claimant("Nye", "Nan", YOUNG, "MW123457A"),
    "son with the father's number": claimant("Nye", "Nan", YOUNG, "MW123456A"),
    "son without a number": claimant("Nye", "Nan", YOUNG),
    "swapped, without a number": claimant("Nye", "Nan", SWAPPED),
}


def _slips(cases: Cases) -> None:
    for number, (name, said) in enumerate((ONE_SLIP | NOT_ONE_SLIP).items(), start=200):
        apart = {"uprn": None, "postcode": None, "address1": None}
        right = claimant("Nye", "Nan", OLD, f"MW{number}456A")
        # Everybody's number is another, so that only the claim can bring two together.
        digits = {"123": str(number), "213": _turned(number, 0, 1), "321": _turned(number, 0, 2)}
        nino = said["claimant_nino"]
        who = said | {"claimant_nino": nino and f"{nino[:2]}{digits[nino[2:5]]}{nino[5:]}"}
        cases.add(f"{name} in the award", "ctr_award", **award(number, right))
        cases.add(name, "benefit_claim", **(benefit(number, who, ctr_ref=f"C{number:06d}") | apart))
    # The other extract's slip stands on another claim, or the two are not the same part of one.
    right, slip = claimant("Orr", "Olive", OLD, "MW230456A"), claimant("Orr", "Olive", OLD, "MW230457A")
    cases.add("other claim in the award", "ctr_award", **award(230, right))
    cases.add("other claim", "benefit_claim", **benefit(230, slip))
    cases.add("non-dependant in the award", "ctr_award", **award(231, claimant("Orr", "Otto", OLD, "MW231456A")))
    cases.add("non-dependant", "ctr_person", ctr_ref="C000231", role="non_dependant", surname="Orr", forename="Otto",
              date_of_birth=OLD, nino="MW231457A")  # fmt: skip
    pair = partner("Orr", "Olga", OLD, "MW232456A")
    cases.add("partner in the award", "ctr_award", **award(232, claimant("Orr", "Oz", YOUNG), **pair))
    cases.add("partner", "benefit_claim", **(benefit(232, claimant("Orr", "Oz", YOUNG), ctr_ref="C000232")
              | pair | {"partner_nino": "MW232465A"}))  # fmt: skip


def _turned(number: int, one: int, other: int) -> str:
    digits = list(str(number))
    digits[one], digits[other] = digits[other], digits[one]
    return "".join(digits)


@pytest.fixture(scope="module")
def cases() -> Iterator[Cases]:
    made = Cases()
    for add in (_by_place, _by_number, _contradictions, _names, _bare_wives, _slips):
        add(made)
    made.town.link()
    yield made
    made.town.connection.close()


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        ("uprn account:liable_1", "uprn claim:claimant", "uprn"),
        ("account account:liable_1", "account claim:claimant", "account_ref"),
        ("claim award:claimant", "claim notice:claimant", "claim_ref"),
        ("bare award:claimant", "bare notice:claimant", "claim_ref"),
        ("nino only award:claimant", "nino only notice:claimant", "claim_ref"),
        ("nino here:claimant", "nino there:claimant", "nino8_and_date_of_birth"),
        ("birth here:claimant", "birth there:claimant", "surname_date_of_birth_postcode"),
        ("child on claim:child", "pupil:pupil", "upn"),
        ("birth here:claimant", "no uprn parent:parent_1", "address_and_name"),
    ],
)
def test_each_key_joins_and_gives_its_reason(cases: Cases, one: str, other: str, reason: str) -> None:
    assert cases.same(one, other)
    assert cases.reason(*other.split(":")) == reason


def test_a_row_that_joins_nobody_says_alone(cases: Cases) -> None:
    assert cases.reason("couple of one nino", "partner") == "alone"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("father:claimant", "son:non_dependant"),
        ("one nino:claimant", "other nino:claimant"),
        ("couple of one nino:claimant", "couple of one nino:partner"),
        ("twin one:child", "twin two:child"),
        ("twin one at school:pupil", "twin two at school:pupil"),
        ("mother:liable_1", "daughter:pupil"),
        ("initial of unknown sex:liable_1", "named of unknown sex:claimant"),
        ("joint:liable_1", "joint:liable_2"),
    ],
)
def test_contradicting_people_are_never_joined(cases: Cases, one: str, other: str) -> None:
    assert not cases.same(one, other)


@pytest.mark.parametrize("name", ONE_SLIP)
def test_one_slip_in_another_extract_of_the_claim_is_forgiven(cases: Cases, name: str) -> None:
    assert cases.same(f"{name} in the award:claimant", f"{name}:claimant")
    assert cases.reason(name, "claimant") == "claim_ref_and_one_slip"


def test_a_slip_of_the_partner_is_forgiven_too(cases: Cases) -> None:
    assert cases.same("partner in the award:partner", "partner:partner")
    assert not cases.same("partner in the award:partner", "partner:claimant")


@pytest.mark.parametrize("name", [*NOT_ONE_SLIP, "other claim"])
def test_more_than_one_slip_is_another_person(cases: Cases, name: str) -> None:
    assert not cases.same(f"{name} in the award:claimant", f"{name}:claimant")


def test_a_non_dependant_is_no_claimant_by_a_slip(cases: Cases) -> None:
    assert not cases.same("non-dependant in the award:claimant", "non-dependant:non_dependant")


def test_the_reference_of_somebody_with_a_slip_is_that_of_most_extracts() -> None:
    """Which extract slipped, and whether the slip has been put right, changes nobody's reference."""
    right, wrong = claimant("Nye", "Nan", OLD, "MW123456A"), claimant("Nye", "Nan", SWAPPED, "MW123456A")

    def key(in_award: dict[str, object], in_benefit: dict[str, object]) -> str:
        town = Town()
        made = town.add("ctr_award", **award(1, in_award))
        town.add("benefit_claim", **benefit(1, in_benefit, ctr_ref="C000001"))
        town.add("contact", surname="Nye", forename="Nan", nino="MW123456A", date_of_birth=OLD, **place(1))
        found = town.link().key(made)
        town.connection.close()
        return found

    assert len({key(right, right), key(right, wrong), key(wrong, right)}) == 1


def test_a_name_that_father_and_son_share_is_joined_to_neither(cases: Cases) -> None:
    assert not cases.same("shared name:parent_1", "father:claimant")
    assert not cases.same("shared name:parent_1", "son:non_dependant")


def test_of_two_of_one_name_the_liable_is_the_claimant_of_the_reduction(cases: Cases) -> None:
    assert cases.same("liable father:liable_1", "father:claimant")


def test_a_resident_besides_the_liable_is_the_other_of_that_name(cases: Cases) -> None:
    assert cases.same("resident son:resident", "son:non_dependant")


def test_twins_at_school_are_the_twins_on_the_claim(cases: Cases) -> None:
    assert cases.same("twin one:child", "twin one at school:pupil")
    assert cases.same("twin two:child", "twin two at school:pupil")


def test_a_joint_name_is_both_halves_of_the_couple(cases: Cases) -> None:
    assert cases.same("joint:liable_1", "joint claim:claimant")
    assert cases.same("joint:liable_2", "joint claim:partner")


@pytest.mark.parametrize("name", ["STONE", "SWIFT", "TRENT", "VANCE", "WELCH"])
def test_the_wife_of_an_account_is_no_grown_up_daughter(cases: Cases, name: str) -> None:
    assert not cases.same(f"{name} account:liable_2", f"{name} daughter:non_dependant")


def test_a_daughter_who_claims_for_herself_is_not_her_mother(cases: Cases) -> None:
    assert cases.same("STONE daughter:non_dependant", "STONE notice:claimant")
    assert not cases.same("STONE account:liable_2", "STONE notice:claimant")


@pytest.mark.parametrize(
    ("name", "wife"),
    [
        ("SWIFT", "SWIFT award:partner"),
        ("TRENT", "TRENT notice:partner"),
        ("VANCE", "VANCE notice:claimant"),
        ("WELCH", "WELCH award:claimant"),
    ],
)
def test_the_wife_of_an_account_is_the_wife_of_the_claim(cases: Cases, name: str, wife: str) -> None:
    assert cases.same(f"{name} account:liable_2", wife)


def test_an_initial_of_the_liable_is_no_non_dependant(cases: Cases) -> None:
    assert not cases.same("initial mother:liable_1", "initial daughter:non_dependant")


def test_an_initial_of_the_liable_may_be_a_parent_at_school(cases: Cases) -> None:
    assert cases.same("initial parent:liable_1", "parent at school:parent_1")


def test_an_initial_gives_nobody_the_telephone_of_another_at_the_address(cases: Cases) -> None:
    assert not cases.same("phone mother:liable_1", "phone daughter:contact")


def test_an_initial_with_the_account_is_a_contact_of_the_liable(cases: Cases) -> None:
    assert cases.same("phone mother:liable_1", "phone of mother:contact")


def test_names_meet_across_initials_accents_and_typing(cases: Cases) -> None:
    assert cases.same("initial:liable_1", "initial claim:claimant")
    assert cases.same("accent:liable_1", "no accent:claimant")
    assert cases.same("typed nought:liable_1", "typed letter:claimant")


def test_two_people_of_one_identity_have_two_references(cases: Cases) -> None:
    """Claimant and partner with one NINO and birthday: an error in the file, not one person."""
    row = cases.rows["couple of one nino"]
    assert cases.town.key(row, "claimant") != cases.town.key(row, "partner")


def test_the_reference_is_the_keyed_hash_of_the_strongest_identity(cases: Cases) -> None:
    expected = hmac.digest(KEY, b"nino MW100010 1950-03-02 ", "sha256").hex()[:16]
    assert cases.town.key(cases.rows["nino here"]) == f"p{expected}"


def _two(order: int) -> dict[str, str]:
    """The same three rows in two orders, as two months' files may hold them."""
    town = Town()
    rows = [
        ("ctr_award", award(40, claimant("Quill", "Quin", OLD, "MW100040A"))),
        ("council_tax_account", account(40, "QUILL", "QUIN")),
        ("council_tax_account", account(41, "REED", "RAY")),
    ]
    added = {columns["address1"] + kind: town.add(kind, **columns) for kind, columns in rows[::order]}
    town.link()
    parts = {name: "claimant" if row.kind == "ctr_award" else "liable_1" for name, row in added.items()}
    keys = {name: town.key(row, parts[name]) + town.home(row, parts[name]) for name, row in added.items()}
    town.connection.close()
    return keys


def test_references_stay_when_lines_move() -> None:
    assert _two(1) == _two(-1)


def test_another_key_gives_other_references(cases: Cases) -> None:
    expected = hmac.digest(b"another", b"nino MW100010 1950-03-02 ", "sha256").hex()[:16]
    assert cases.town.key(cases.rows["nino here"]) != f"p{expected}"


def test_the_report_counts_every_record_once(cases: Cases) -> None:
    ((records, persons),) = cases.town.connection.execute(
        "SELECT (SELECT count(*) FROM record), (SELECT count(DISTINCT person_key) FROM person_link)"
    ).fetchall()
    assert cases.town.linked.records == records
    assert cases.town.linked.persons == persons
    assert sum(cases.town.linked.reasons.values()) + sum(cases.town.linked.not_persons.values()) == records


def test_notices_that_say_the_same_are_one_person() -> None:
    town = Town()
    for sequence in (1, 2):
        town.add(
            "universal_credit_notice", **notice(50, sequence, date(2026, 9 + sequence, 5), claimant_surname="Snow")
        )
    town.link()
    assert town.linked.persons == 1
    assert town.linked.reasons == {"same_words": 2}
    town.connection.close()
