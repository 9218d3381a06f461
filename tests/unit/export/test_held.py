"""Who is held back by what the extracts themselves say, for how long, and how far does it spread?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest

from lift.sources.tables import LINEAGE_TABLES
from lift.stages.export.gate import mark_references
from lift.stages.export.held import Reason, hold_back, link_records
from lift.stages.export.waiting import find_waiting
from tests.unit.stages.towns import DAY, Row, Town, account, award, benefit, claimant, notice, partner, place, reference

OLD = date(1948, 3, 2)


def ago(days: int) -> date:
    return DAY - timedelta(days=days)


@dataclass
class Street:
    """Houses, each with one case, in one town."""

    town: Town = field(default_factory=Town)
    rows: dict[str, Row] = field(default_factory=dict)
    number: int = 0

    @staticmethod
    def surname(number: int) -> str:
        return f"Qu{'aeiou'[number % 5]}{chr(97 + number % 26)}{chr(97 + number // 26)}ster"

    def house(self, name: str, kind: str = "ctr_award", **more: Any) -> int:
        """A house with an account and a claim of one pensioner, whom `more` is said of in this kind of row."""
        self.number += 1
        number = self.number
        surname = self.surname(number)
        own: dict[str, dict[str, Any]] = {"council_tax_account": {}, "ctr_award": {}, "benefit_claim": {}} | {
            kind: more
        }
        nino = f"MW{number:06d}A"
        born = own["ctr_award"].pop("born", OLD.replace(year=1940 + number % 20))
        who = claimant(surname, "Kim", born, nino)
        self.town.add("council_tax_account", **account(number, surname.upper(), "KIM", **own["council_tax_account"]))
        self.rows[name] = self.town.add("ctr_award", **award(number, who, **own["ctr_award"]))
        if kind == "benefit_claim":
            self.town.add("benefit_claim", **benefit(number, who, ctr_ref=f"C{number:06d}", **own["benefit_claim"]))
        if kind == "contact":
            self.town.add(
                "contact", **place(number), nino=nino, surname=surname, forename="Kim", date_of_birth=born, **more
            )
        if kind == "council_tax_resident":
            lodger = {"surname": "Lodger", "forename": f"L{chr(97 + number % 26)}o", "role": "other_adult"}
            where = {"account_ref": reference(number), "uprn": place(number)["uprn"]}
            self.town.add("council_tax_resident", **where, **lodger, **more)
        return number

    def unread(self, kind: str, raw: str) -> None:
        """A row that intake refused."""
        self.town.connection.execute("INSERT INTO refused_line VALUES (?, 2, ?)", [KINDS.index(kind) + 100, raw])


KINDS = ("council_tax_account", "ctr_award", "benefit_claim", "contact", "pupil")


def _of_safety(street: Street) -> None:
    street.house("nothing said")
    street.house("do not contact", "council_tax_account", do_not_contact=True)
    street.house("sensitive", "council_tax_account", sensitive=True)
    street.house("breathing space", "council_tax_account", breathing_space=True)
    street.house("class F", "council_tax_account", exemption_class="F")
    street.house("claim ended by death", refusal_reason="died", status="ended")
    street.house("claim ended otherwise", refusal_reason="income", status="ended")
    street.house("born 113 years ago", born=DAY.replace(year=DAY.year - 113))
    street.house("born before that", born=DAY.replace(year=DAY.year - 113) - timedelta(days=1))


def _of_moves(street: Street) -> None:
    for days, word in ((0, "today"), (90, "90 days ago"), (91, "91 days ago"), (-20, "in the future")):
        street.house(f"moved {word}", "council_tax_account", occupation_start=ago(days))
    for days in (90, 91):
        single = {"discount_type": "single_person", "discount_start": ago(days)}
        street.house(f"single since {days} days", "council_tax_account", **single)
        street.house(f"resident since {days} days", "council_tax_resident", resident_from=ago(days))
        street.house(
            f"resident left {days} days ago", "council_tax_resident", resident_from=ago(999), resident_to=ago(days)
        )
        gone = partner(f"Left{'ab'[days - 90]}er", "Lou", OLD, f"MW{900000 + days}A") | {"partner_end": ago(days)}
        street.house(f"partner left {days} days ago", "benefit_claim", **gone)
        street.house(f"claim moved {days} days ago", refusal_reason="moved", status="ended", award_end=ago(days))
    street.house("other discount", "council_tax_account", discount_type="disregard_25", discount_start=ago(3))


def _of_claims(street: Street) -> None:
    for days, word in ((60, "lately"), (130, "long ago")):
        number = street.house(f"parted {word}")
        couple = {"is_couple": True, "assessment_period_end": ago(days)}
        street.town.add("universal_credit_notice", **notice(number, 1, ago(days + 30), **couple))
        alone = {"is_couple": False, "assessment_period_end": ago(days - 30)}
        street.town.add("universal_credit_notice", **notice(number, 2, ago(days - 1), **alone))
    number = street.house("joined lately")
    street.town.add("universal_credit_notice",
                    **notice(number, 1, ago(90), is_couple=False, assessment_period_end=ago(60)))  # fmt: skip
    street.town.add("universal_credit_notice",
                    **notice(number, 2, ago(59), is_couple=True, assessment_period_end=ago(29)))  # fmt: skip
    apart = partner("Aparter", "Ann", date(1950, 1, 9), "MW800001A")
    street.house("claims with somebody elsewhere", "benefit_claim", **apart)
    street.number += 1
    own = account(street.number, "APARTER", "ANN", nino="MW800001A", date_of_birth=date(1950, 1, 9))
    street.town.add("council_tax_account", **own)
    who = claimant("Aparter", "Ann", date(1950, 1, 9), "MW800001A")
    street.rows["is claimed for elsewhere"] = street.town.add("ctr_award", **award(street.number, who))


def _of_appointees(street: Street) -> None:
    for word in ("appointee", "deputy", "attorney", "self"):
        street.house(f"speak to {word}", "contact", speak_to=word)
    street.house("speak to nobody knows", "contact", speak_to=None)
    for word in ("appointee", "self"):  # an initial alone joins nobody: it may be anybody of the address
        number = street.house(f"speak to {word}, an initial")
        told = {"surname": street.surname(number), "forename": "K", "speak_to": word}
        street.town.add("contact", **place(number), **told)
    street.house("appointee on the reduction", appointee=True)
    street.house("appointee on the rent", "benefit_claim", appointee=True)


def _of_rows_that_cannot_be_read(street: Street) -> None:
    number = street.house("unread by property")
    street.unread("council_tax_account", f'10/11/2026,1,,"SOMEBODY,MR",{place(number)["uprn"]},31/02/2024')
    number = street.house("unread by account in two parts")
    street.unread("council_tax_account", f"x,{reference(number)[:-1]},{reference(number)[-1]},31/02/2024")
    number = street.house("unread by number")
    street.unread("benefit_claim", f"MW {number:06d} A|x")
    number = street.house("unread by name and postcode")
    street.unread("contact", f'2026-11-10,"{street.surname(number).upper()},MR KIM",cv11aa')
    number = street.house("unread on a school roll")
    street.unread("pupil", f"x,{place(number)['uprn']}")


@pytest.fixture(scope="module")
def found() -> dict[str, Reason | None]:
    """Case to why its family is held back."""
    street = Street()
    for statement in LINEAGE_TABLES:
        street.town.connection.execute(statement)
    for place_, kind in enumerate(KINDS, start=100):
        said = f"{place_}, '{kind}', 'x', '{kind}', '', 0, '', '2026-11-10', 1, 1, 0, 0, 1, 0, 0"
        street.town.connection.execute(f"INSERT INTO extract_file VALUES ({said})")
    makers: tuple[Callable[[Street], None], ...] = (
        _of_safety, _of_moves, _of_claims, _of_appointees, _of_rows_that_cannot_be_read,
    )  # fmt: skip
    for make in makers:
        make(street)
    street.town.link().build()
    link_records(street.town.connection)
    hold_back(street.town.connection, [], DAY)
    find_waiting(street.town.connection, DAY)
    mark_references(street.town.connection)
    reasons = {row["reference"]: Reason(row["reason"]) for row in street.town.all("FROM held_or_waiting")}
    return {name: reasons.get(str(street.town.family(row)["family_key"])) for name, row in street.rows.items()}


FREE = None
EXPECTED: dict[str, Reason | None] = {
    "nothing said": FREE,
    "do not contact": Reason.MUST_NOT,
    "sensitive": Reason.MUST_NOT,
    "breathing space": Reason.BREATHING_SPACE,
    "class F": Reason.DIED,
    "claim ended by death": Reason.DIED,
    "claim ended otherwise": FREE,
    "born 113 years ago": FREE,
    "born before that": Reason.DIED,
    "moved today": Reason.MOVED,
    "moved 90 days ago": Reason.MOVED,
    "moved 91 days ago": FREE,
    "moved in the future": Reason.MOVED,
    "single since 90 days": Reason.MOVED,
    "single since 91 days": FREE,
    "resident since 90 days": Reason.MOVED,
    "resident since 91 days": FREE,
    "resident left 90 days ago": Reason.MOVED,
    "resident left 91 days ago": FREE,
    "partner left 90 days ago": Reason.MOVED,
    "partner left 91 days ago": FREE,
    "claim moved 90 days ago": Reason.MOVED,
    "claim moved 91 days ago": FREE,
    "other discount": FREE,
    "parted lately": Reason.MOVED,
    "parted long ago": FREE,
    "joined lately": FREE,
    "claims with somebody elsewhere": Reason.MOVED,
    "is claimed for elsewhere": Reason.MOVED,
    "speak to appointee": Reason.APPOINTEE,
    "speak to appointee, an initial": Reason.APPOINTEE,
    "speak to self, an initial": FREE,
    "speak to deputy": Reason.APPOINTEE,
    "speak to attorney": Reason.APPOINTEE,
    "speak to self": FREE,
    "speak to nobody knows": FREE,
    "appointee on the reduction": Reason.APPOINTEE,
    "appointee on the rent": Reason.APPOINTEE,
    "unread by property": Reason.NOT_READ,
    "unread by account in two parts": Reason.NOT_READ,
    "unread by number": Reason.NOT_READ,
    "unread by name and postcode": Reason.NOT_READ,
    "unread on a school roll": FREE,
}


@pytest.mark.parametrize("name", EXPECTED)
def test_why_a_family_is_held_back(found: dict[str, Reason | None], name: str) -> None:
    assert found[name] == EXPECTED[name]


def test_every_case_is_asked(found: dict[str, Reason | None]) -> None:
    assert set(found) == set(EXPECTED)
