"""What do the Council Tax Reduction awards and the members of their claims say, as Academy queries write them?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from lift.city.claims import bill
from lift.city.days import age, tax_year_start
from lift.city.extracts.row import Extract, Row, cells, day, flag, money
from lift.city.extracts.shown import state_pension_shown
from lift.city.figures import Figures
from lift.city.law.pension_credit import tariff_income
from lift.city.law.universal_credit import child_benefit_week
from lift.city.people import Claim, Family, Home, Person

# Every income that Pension Credit counts; a standard claim writes nought where there is none.
COUNTED = (
    "earnings_employed_gross", "earnings_employed_net", "earnings_self_gross", "earnings_self_net", "personal_pension",
    "occupational_pension", "state_pension", "pension_credit_savings", "severe_disablement_allowance",
    "maternity_allowance", "jsa_contributory", "esa_basic", "esa_wrag", "esa_support", "esa_contributory",
    "subtenant_income", "boarder_income", "industrial_injuries", "carers_allowance", "statutory_sick_pay",
    "war_disablement_pension", "war_widow_pension", "bereavement_allowance", "widowed_parent_allowance",
    "widows_benefit", "maintenance_received", "other_income",
)  # fmt: skip
DISREGARDED = ("attendance_allowance", "dla_care", "pip_daily_living", "pip_mobility", "child_benefit")
HEADINGS = (
    "extract_date", "claim_id", "check_digit", "hb_claim_ref", "ctax_ref", "status_ind", "scheme_type", "from_date",
    "to_date", "ctb_end_reason", "ctr_weekly", "eligible_ct_annual", "scheme_band", "excess_income_weekly",
    "applicable_amount_weekly", "alternative_maximum", "passport_code", "universal_credit_flag",
    "universal_credit_last_period_end", "uprn", "addr1", "addr2", "addr3", "addr4", "post_code", "tenancy_type", "nino",
    "title", "surname", "forename", "birth_date", "gender", "hours_worked", "partner_flag", "partner_nino",
    "partner_surname", "partner_forename", "partner_birth_date", "partner_gender", "claimant_capital_total",
    "partner_capital_total", "tariff_income_weekly", "premium_severe_disability", "premium_carer",
    "premium_disabled_child", *(f"claimant_{name}" for name in (*COUNTED, *DISREGARDED)),
    *(f"partner_{name}" for name in (*COUNTED, *DISREGARDED)),
)  # fmt: skip
MEMBER_HEADINGS = (
    "extract_date", "claim_id", "check_digit", "ctax_ref", "person_ref", "type", "nino", "unique_pupil_num", "title",
    "surname", "forename", "birth_date", "gender", "from_date", "to_date", "disable_ind", "student_ind",
    "disability_benefit_ind", "joint_tenant_ind", "boarder_ind", "hours_worked", "nondep_gross_weekly",
    "nondep_deduction_weekly",
)  # fmt: skip
STATUS = {"live": "L", "suspended": "S", "ended": "E", "refused": "R"}
REASONS = {"capital": "CAP", "income": "INC", "": ""}
PASSPORTS = {"guarantee": "pension_credit_guarantee", "standard": "standard", "universal_credit": "universal_credit"}
TENANCY = {"owner": "owner", "mortgage": "owner", "private": "private", "council": "council"}
OPEN_END = "31/12/2099"
SEX = {"male": "1", "female": "2"}
CARE = {"lower": "attendance_allowance_lower", "higher": "attendance_allowance_higher"}
MOBILITY = {"lower": "disability_lowest", "higher": "mobility_enhanced"}
GROWN_FROM = 18


def _award(claim: Claim, home: Home, on: date, figures: Figures) -> dict[str, str]:
    """The award of the year's period; an award nobody has looked at since keeps its old first day."""
    first = claim.started if claim.state_pension_year else max(claim.started, tax_year_start(on))
    first = claim.assessed or first
    over = max(claim.income - claim.applicable, 0)
    values = {
        "claim_id": claim.ctr_ref[:-1],
        "check_digit": claim.ctr_ref[-1],
        "hb_claim_ref": claim.hb_ref,
        "ctax_ref": home.account.ref,
        "status_ind": STATUS[claim.status],
        "scheme_type": "PEN" if claim.scheme == "pension_age" else "WA",
        "from_date": day(first),
        "to_date": day(claim.ended) or OPEN_END,
        "ctb_end_reason": REASONS[claim.refusal],
        "ctr_weekly": money(claim.ctr_week),
        "eligible_ct_annual": money(bill(home.dwelling, home.account, on, figures).charge),
        "alternative_maximum": flag(claim.alternative_maximum),
        "passport_code": "" if claim.alternative_maximum else PASSPORTS[claim.passport],
    }
    if claim.alternative_maximum:
        return values
    if claim.passport != "guarantee":
        values |= {"excess_income_weekly": money(over), "applicable_amount_weekly": money(claim.applicable)}
    return values


def _who(family: Family, home: Home) -> dict[str, str]:
    claimant, partner, dwelling = family.claimant, family.partner, home.dwelling
    values = dict(zip(("addr1", "addr2", "addr3", "addr4"), dwelling.lines, strict=True))
    values |= {
        "uprn": dwelling.uprn,
        "post_code": dwelling.postcode,
        "tenancy_type": TENANCY.get(dwelling.tenure, dwelling.tenure),
        "nino": claimant.nino,
        "title": claimant.title,
        "surname": claimant.surname,
        "forename": claimant.forename,
        "birth_date": day(claimant.born),
        "gender": SEX[claimant.sex],
        "hours_worked": str(claimant.hours),
        "partner_flag": "one" if partner else "none",
    }
    if partner:
        values |= {
            "partner_nino": partner.nino,
            "partner_surname": partner.surname,
            "partner_forename": partner.forename,
            "partner_birth_date": day(partner.born),
            "partner_gender": SEX[partner.sex],
        }
    return values


def _counted(person: Person, claim: Claim, on: date, figures: Figures) -> dict[str, str]:
    amounts = dict.fromkeys(COUNTED, 0) | {
        "earnings_employed_gross": person.gross_earnings,
        "earnings_employed_net": person.net_earnings,
        "occupational_pension": person.private_pension,
        "state_pension": state_pension_shown(person, claim, on, figures),
        "carers_allowance": person.carers_allowance,
        "other_income": person.other_income,
    }
    return {name: money(amount) for name, amount in amounts.items()}


def _disregarded(person: Person, on: date, figures: Figures) -> dict[str, str]:
    """Disability benefits where they are recorded; blank says nothing."""
    values: dict[str, str] = {}
    for name, rate, table in (
        ("attendance_allowance", person.attendance_allowance, CARE),
        ("dla_care", person.dla_care, CARE),
        ("pip_daily_living", person.pip_daily_living, CARE),
        ("pip_mobility", person.pip_mobility, MOBILITY),
    ):
        if rate:
            values[name] = money(figures.rate(table[rate], on))
    return values


def _means(family: Family, claim: Claim, on: date, figures: Figures) -> dict[str, str]:
    values: dict[str, str] = {}
    if claim.alternative_maximum:
        return values
    savings = claim.savings_in_reduction if claim.savings_in_reduction is not None else claim.savings_shown
    if savings is not None:
        values["claimant_capital_total"] = money(savings)
    for prefix, person in (("claimant_", family.claimant), ("partner_", family.partner)):
        if person is None:
            continue
        shown: dict[str, str] = {}
        if claim.passport == "standard":
            shown |= _counted(person, claim, on, figures)
        if claim.shows_disability_benefits:
            shown |= _disregarded(person, on, figures)
        values |= {prefix + name: value for name, value in shown.items()}
    if claim.passport == "standard":
        values["claimant_pension_credit_savings"] = money(family.savings_credit)
        values["tariff_income_weekly"] = money(tariff_income(savings, on, figures)) if savings is not None else ""
        values["premium_severe_disability"] = flag(claim.severe_premium)
        values["premium_carer"] = flag(any(adult.entitled_as_carer for adult in family.adults))
    if family.partner and savings is not None:
        values["partner_capital_total"] = money(0)
    return values


def _credit(family: Family, on: date, figures: Figures) -> dict[str, str]:
    """What a Universal Credit claim adds: the flag, the last period, Child Benefit for the cap."""
    if family.credit is None:
        return {"universal_credit_flag": "N"}
    children = len(family.children) if family.child_benefit else 0
    return {
        "universal_credit_flag": "Y",
        "universal_credit_last_period_end": day(family.credit.latest.end),
        "claimant_child_benefit": money(child_benefit_week(children, on, figures)),
    }


def rows(home: Home, on: date, figures: Figures) -> Iterator[Row]:
    for family in home.families:
        claim = family.claim
        if claim is None or not claim.in_reduction_extract:
            continue
        values = {"extract_date": day(on)} | _award(claim, home, on, figures) | _who(family, home)
        values |= _means(family, claim, on, figures) | _credit(family, on, figures)
        ids = tuple(adult.id for adult in family.adults)
        yield Row(cells(HEADINGS, values), ids, home.dwelling.index, not home.trap, claim.ctr_ref)


def member_rows(home: Home, on: date, figures: Figures) -> Iterator[Row]:
    by_id = {family.id: family for family in home.families}
    for family in home.families:
        claim = family.claim
        if claim is None or not claim.in_reduction_extract:
            continue
        number = 1
        for child in family.children:
            yield _member(
                home, claim, child, number, on, {"type": "D", "disable_ind": flag(bool(child.child_disability))}
            )
            number += 1
        for reference in claim.non_dependants:
            other = by_id[reference].claimant
            known = {
                "type": "N",
                "nino": other.nino,
                "disability_benefit_ind": flag(other.gets_disability_benefit),
                "hours_worked": str(other.hours),
                "nondep_gross_weekly": money(other.gross_earnings),
                "nondep_deduction_weekly": money(_deduction(other, on, figures)),
            }
            yield _member(home, claim, other, number, on, known)
            number += 1


def _deduction(other: Person, on: date, figures: Figures) -> int:
    """The lowest deduction for an adult not in paid work; others of this city work little enough for the same."""
    if age(other.born, on) < GROWN_FROM or other.gets_disability_benefit:
        return 0
    return figures.rate("non_dependant_reduction_lowest", on)


def _member(home: Home, claim: Claim, one: Person, number: int, on: date, known: dict[str, str]) -> Row:
    values = {
        "extract_date": day(on),
        "claim_id": claim.ctr_ref[:-1],
        "check_digit": claim.ctr_ref[-1],
        "ctax_ref": home.account.ref,
        "person_ref": str(number),
        "unique_pupil_num": one.pupil.upn if one.pupil else "",
        "title": one.title,
        "surname": one.surname,
        "forename": one.forename,
        "birth_date": day(one.born),
        "gender": SEX[one.sex],
        "from_date": day(max(claim.started, one.born)),
        "to_date": OPEN_END,
        "student_ind": "N",
        "joint_tenant_ind": "N",
        "boarder_ind": "N",
    }
    key = f"{claim.ctr_ref}/{one.id}"
    return Row(cells(MEMBER_HEADINGS, values | known), (one.id,), home.dwelling.index, not home.trap, key)


def award_extract(found: tuple[Row, ...], on: date) -> Extract:
    return Extract(f"ctr_awards_{on.isoformat()}.csv", "ctr_award", HEADINGS, found)


def member_extract(found: tuple[Row, ...], on: date) -> Extract:
    return Extract(f"ctr_members_{on.isoformat()}.csv", "ctr_person", MEMBER_HEADINGS, found)
