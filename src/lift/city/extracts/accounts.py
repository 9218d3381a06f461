"""What do the council tax accounts say, as a query on an Academy database writes them?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from lift.city.claims import Bill, bill
from lift.city.extracts.row import Extract, Row, cells, day, flag, money
from lift.city.figures import Figures
from lift.city.law.council_tax import REDUCED_BAND
from lift.city.people import Account, Claim, Home, Person
from lift.city.standing import is_liable

HEADINGS = (
    "extract_date", "live_ind", "account_ref", "account_cd", "property_ref", "uprn", "lead_liab_name",
    "lead_liab_title",
    "lead_liab_forename", "lead_liab_surname", "liab_name_2", "liab_title_2", "liab_forename_2", "liab_surname_2",
    "liab_type", "addr1", "addr2", "addr3", "addr4", "postcode", "vo_band", "band_charged", "ward_code", "for_addr1",
    "for_addr2", "for_postcode", "occupation_date", "vacation_date", "gross_charge", "discount_1", "discount_1_percent",
    "discount_1_amount", "disregard_1", "disregard_count", "exemption_class", "dis_band_red", "premium_code", "ctr_ind",
    "amt_benefit", "net_charge", "notice_balance", "prior_balance", "amt_costs", "paymeth_code", "recov_stage",
    "breathing_space_ind", "do_not_contact", "vulnerable_ind",
)  # fmt: skip
OPEN_END = "31/12/2099"
DISREGARDS = {"student": "STU", "severe_mental_impairment": "SMI", "": ""}
STAGES = {
    "": "NONE",
    "hold": "HOLD",
    "reminder1": "REM1",
    "final_notice": "FINAL",
    "summons": "SUMM",
    "liability_order": "LO",
    "arrangement": "ARRG",
    "enforcement_agent": "EA",
}
WITH_COSTS = ("summons", "liability_order", "arrangement", "enforcement_agent")
ELSEWHERE = {"void": ("EMPTY", "9"), "second_home": ("SECOND", "7")}


def full_name(one: Person) -> str:
    """SURNAME,MR FORENAME, as the database keeps it."""
    return f"{one.surname.upper()},{one.title.upper()} {one.forename.upper()}"


def liable_people(home: Home) -> list[Person]:
    """The liable persons in the account's order: residents, or a landlord or owner who lives elsewhere."""
    known = {adult.id: adult for family in home.families for adult in family.adults}
    if home.landlord:
        known[home.landlord.id] = home.landlord
    return [known[reference] for reference in home.account.liable]


def _names(account: Account, liable: list[Person]) -> dict[str, str]:
    if account.name:
        return {"lead_liab_name": account.name, "lead_liab_surname": account.name}
    first = liable[0]
    values = {
        "lead_liab_name": full_name(first),
        "lead_liab_title": first.title,
        "lead_liab_forename": first.forename,
        "lead_liab_surname": first.surname,
    }
    if len(liable) > 1:
        second = liable[1]
        values |= {
            "liab_name_2": full_name(second),
            "liab_title_2": second.title,
            "liab_forename_2": second.forename,
            "liab_surname_2": second.surname,
        }
    return values


def _place(home: Home, wards: dict[str, str]) -> dict[str, str]:
    dwelling, account = home.dwelling, home.account
    charged = REDUCED_BAND[dwelling.band] if account.disabled_band_reduction else dwelling.band
    values = dict(zip(("addr1", "addr2", "addr3", "addr4"), dwelling.lines, strict=True))
    values |= {"postcode": dwelling.postcode, "vo_band": dwelling.band, "band_charged": charged}
    values |= {"property_ref": dwelling.property_ref, "uprn": dwelling.uprn, "ward_code": wards[dwelling.ward]}
    if account.forwarding:
        lines = account.forwarding
        values |= {"for_addr1": lines[0], "for_addr2": lines[1], "for_postcode": lines[2]}
    return values


def _discounts(account: Account, due: Bill) -> dict[str, str]:
    values = {"disregard_1": DISREGARDS[account.disregard], "disregard_count": str(account.disregarded_adults or "")}
    values |= {"exemption_class": account.exemption, "dis_band_red": flag(account.disabled_band_reduction)}
    if account.single_person_discount and not account.exemption:
        values |= {"discount_1": "SPD", "discount_1_percent": "25.00", "discount_1_amount": money(due.discount)}
    if account.kind in ELSEWHERE:
        values["premium_code"] = ELSEWHERE[account.kind][0]
    return values


def live_reduction(home: Home) -> Claim | None:
    """The live reduction claim of a liable family, which the account is credited with."""
    for family in home.families:
        claim = family.claim
        if claim and claim.ctr_ref and claim.status == "live" and is_liable(family, home.account):
            return claim
    return None


def _money(home: Home, due: Bill, on: date, figures: Figures) -> dict[str, str]:
    claim, account = live_reduction(home), home.account
    credited = min(claim.ctr_week * 365 // 7, due.charge) if claim else 0
    net = due.charge - credited
    return {
        "gross_charge": money(due.full),
        "ctr_ind": flag(claim is not None),
        "amt_benefit": money(credited) if claim else "",
        "net_charge": money(net),
        "notice_balance": money(net * 4 // 10),
        "prior_balance": money(account.arrears),
        "amt_costs": money(figures.rate("court_costs", on) if account.stage in WITH_COSTS else 0),
        "paymeth_code": "DD01" if home.dwelling.index % 3 else "CASHM",
        "recov_stage": STAGES[account.stage],
        "breathing_space_ind": flag(account.breathing_space),
        "do_not_contact": flag(account.do_not_contact),
        "vulnerable_ind": flag(account.sensitive),
    }


def _liability(home: Home) -> str:
    account = home.account
    if account.kind in ELSEWHERE:
        return ELSEWHERE[account.kind][1]
    if len(account.liable) > 1:
        return "1"
    return "7" if home.landlord else "6" if home.dwelling.tenure in ("owner", "mortgage") else "4"


def row(home: Home, on: date, figures: Figures, wards: dict[str, str]) -> Row:
    account, liable = home.account, liable_people(home)
    due = bill(home.dwelling, account, on, figures)
    values = {"extract_date": day(on), "live_ind": "1", "account_ref": account.ref[:-1], "account_cd": account.ref[-1]}
    values |= _names(account, liable) | _place(home, wards) | _discounts(account, due) | _money(home, due, on, figures)
    values |= {"liab_type": _liability(home), "occupation_date": day(account.started), "vacation_date": OPEN_END}
    return Row(
        cells(HEADINGS, values), tuple(one.id for one in liable), home.dwelling.index, not home.trap, account.ref
    )


def closed(home: Home, before: Home, on: date, figures: Figures, wards: dict[str, str]) -> Row:
    """The account of whoever lived there before, which the query writes as not live."""
    left = account_end(home)
    values = {"extract_date": day(on), "live_ind": "0"}
    values |= {"account_ref": before.account.ref[:-1], "account_cd": before.account.ref[-1]}
    values |= _names(before.account, liable_people(before)) | _place(before, wards)
    values |= {"occupation_date": day(before.account.started), "vacation_date": day(left), "liab_type": "4"}
    values |= {"gross_charge": money(bill(home.dwelling, before.account, on, figures).full), "discount_1": ""}
    return Row(cells(HEADINGS, values), before.account.liable, home.dwelling.index, False, before.account.ref)


def account_end(home: Home) -> date:
    return home.account.started - timedelta(days=1)


def rows(homes: list[Home], on: date, figures: Figures, wards: dict[str, str]) -> Iterator[Row]:
    for home in homes:
        if home.before and home.before.account.ref != home.account.ref:
            yield closed(home, home.before, on, figures, wards)
        yield row(home, on, figures, wards)


def extract(found: tuple[Row, ...], on: date) -> Extract:
    return Extract(
        name=f"council_tax_accounts_{on.isoformat()}.csv",
        kind="council_tax_account",
        headings=HEADINGS,
        rows=found,
        encoding="cp1252",
        newline="\r\n",
    )
