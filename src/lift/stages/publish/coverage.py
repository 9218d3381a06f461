"""What does each extract that was not supplied cost, in words that a manager can act on?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lift.errors import ExtractError
from lift.sources.kinds import load_kinds

# In the order in which it pays to ask for them.
COSTS: dict[str, str] = {
    "council_tax_account": "no homes: nothing can be run",
    "ctr_award": "no incomes from Council Tax Reduction; unclaimed reduction is not seen",
    "benefit_claim": "no rents, incomes or savings from Housing Benefit",
    "universal_credit_notice": "no benefit cap list, and nobody is seen who gets Universal Credit and no reduction",
    "ctr_person": "children and other adults on reduction claims are not known, so fewer answers are sure",
    "benefit_person": "children and other adults on Housing Benefit claims are not known, so fewer answers are sure",
    "pupil": "free school meals are only to be asked about: no roll says which children have them",
    "council_tax_resident": "other adults in a home are not known, so the severe disability addition is seldom sure",
    "ward": "wards as council tax accounts hold them: by code, and out of date where wards have changed",
    "contact": "no telephone numbers, languages or formats: letters only",
    "suppression": "no list can be exported",
}


@dataclass(frozen=True)
class Coverage:
    """One kind of extract. `rows`: how many came in; 0 where it was not supplied. `cost`: what is lost without it."""

    kind: str
    title: str
    rows: int
    cost: str


def coverage(rows: Mapping[str, int], *, nil_return: bool) -> tuple[Coverage, ...]:
    """Every kind of extract with its rows, in the order in which it pays to ask for them."""
    kinds = load_kinds()
    names = [*(name for name in COSTS if name in kinds), *(name for name in kinds if name not in COSTS)]
    found = []
    for name in names:
        signed = name == "suppression" and nil_return
        cost = "" if rows.get(name) or signed else COSTS.get(name, "its facts are not known")
        found.append(Coverage(name, kinds[name].title, rows.get(name, 0), cost))
    return tuple(found)


def require_enough(rows: Mapping[str, int], folder: str) -> None:
    """Raises ExtractError unless there are homes, and incomes from at least one benefit."""
    if not rows.get("council_tax_account"):
        raise ExtractError(
            f"{folder}: holds no council tax accounts, from which homes are made. Add that extract, then run again."
        )
    if not rows.get("ctr_award") and not rows.get("benefit_claim"):
        raise ExtractError(
            f"{folder}: holds neither Council Tax Reduction awards nor Housing Benefit claims (SHBE), so no income "
            "is known. Add one of them, then run again."
        )
