"""Rows of claims, accounts and rolls by a name each, and what the town they stand in makes of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tests.unit.stages.towns import Row, Town, account, award, benefit, claimant, place

OLD, OLDER, YOUNG = date(1950, 3, 2), date(1948, 1, 9), date(1984, 7, 9)


# What a standard claim fills with nought where there is none, as the profiles leave it.
NONE_ASSESSED = (
    "state_pension", "personal_pension", "occupational_pension", "earnings_employed_net", "earnings_self_net",
    "earnings_employed_gross", "earnings_self_gross", "carers_allowance", "jsa_contributory", "esa_basic", "esa_wrag",
    "esa_support", "maternity_allowance", "severe_disablement_allowance", "bereavement_allowance", "widows_benefit",
    "other_income", "pension_credit_savings", "widowed_parent_allowance", "incapacity_short_lower",
    "incapacity_short_higher", "incapacity_long",
)  # fmt: skip


def assessed(*parts: str, **amounts: Any) -> dict[str, Any]:
    return {f"{part}_{name}": 0 for part in parts or ("claimant",) for name in NONE_ASSESSED} | amounts


@dataclass
class Cases:
    town: Town = field(default_factory=Town)
    rows: dict[str, Row] = field(default_factory=dict)

    def award(self, name: str, number: int, **more: Any) -> None:
        who = claimant(f"A{number}", "Ann", OLD, f"MW2{number:05d}A")
        self.rows[name] = self.town.add("ctr_award", **(award(number, who, claimant_capital_total=4000) | more))

    def benefit(self, name: str, number: int, **more: Any) -> None:
        who = claimant(f"A{number}", "Ann", OLD, f"MW2{number:05d}A")
        self.rows[name] = self.town.add("benefit_claim", **(benefit(number, who, ctr_ref=f"C{number:06d}") | more))

    def account(self, name: str, number: int, **more: Any) -> None:
        self.rows[name] = self.town.add("council_tax_account", **(account(number, f"L{number}", "LEO") | more))

    def pupil(self, name: str, number: int, **more: Any) -> None:
        who = {"surname": f"K{number}", "forename": "Kit", "date_of_birth": date(2014, 5, 5), "year_group": "7"}
        self.rows[name] = self.town.add("pupil", **(who | place(number) | more))

    def person(self, name: str, fact: str, part: str = "claimant") -> Any:
        return self._fact(self.town.person(self.rows[name], part), fact)

    def family(self, name: str, fact: str, part: str = "claimant") -> Any:
        return self._fact(self.town.family(self.rows[name], part), fact)

    def home(self, name: str, fact: str, part: str = "liable_1") -> Any:
        return self._fact(self.town.household(self.rows[name], part), fact)

    @staticmethod
    def _fact(unit: dict[str, Any], fact: str) -> Any:
        return unit[fact] if fact in unit else (unit[f"{fact}_low"], unit[f"{fact}_high"])

    def refused(self, name: str) -> list[tuple[str, str]]:
        row = self.rows[name]
        found = self.town.all(
            "SELECT fact, reason FROM build_refusal WHERE kind = ? AND line = ? ORDER BY ALL", row.kind, row.line
        )
        return [(one["fact"], one["reason"]) for one in found]


def two_sources(cases: Cases) -> None:
    same = assessed(claimant_state_pension=150)
    cases.award("agree", 30, **same)
    cases.benefit("agree too", 30, **same, claimant_capital_total=4000)
    cases.award("disagree", 31, **same)
    cases.benefit("disagree too", 31, **same, claimant_capital_total=9000, passport_code="standard")
    cases.award("passport differs", 32, **same, passport_code="pension_credit_guarantee")
    cases.benefit("passport differs too", 32, **same)
    cases.award("stale alone", 33, **same, award_start=date(2025, 4, 1))
    cases.award("ended", 34, **same, status="ended", award_end=date(2026, 9, 30), claimant_capital_total=1)
    cases.benefit("live beside ended", 34, **same, claimant_capital_total=4000, ctr_ref=None)
    cases.benefit("assessed with an old award", 35, **same, claimant_capital_total=4000)
    cases.award("old award", 35, **same, award_start=date(2024, 5, 1))
    cases.account("account says no", 36, surname="A36", forename="ANN", ctr_flag=False)
    cases.award("claim says yes", 36, **same)
