"""How is a rulebook written whose conditions are few and often open, so that questions about them settle something?

The wide rules of `rulebooks.py` rest on so much that hardly any few answers settle them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from lift.rulebook.load import load_rulebook
from tests.properties.paths import DICTIONARY
from tests.properties.rulebooks import COVERS, Figure, Written
from tests.properties.yaml_text import to_yaml

_DAY = date(2026, 5, 6)
_FAMILY = (
    "couple", "gets_hb", "gets_gc", "tenure = 'own'", "tenure IN ('rent', 'let')", "household.area = 'north'",
    "household.in_town", "resident", "savings < low_limit", "savings < IF(couple, high_limit, low_limit)",
    "savings > low_limit - other", "swing + loss < rate", "swing < IF(gets_hb, rate, -rate)",
    "swing BETWEEN -rate AND rate", "rooms >= 2", "start < since_day", "months_known", "weak_flag",
    "ANY(listed WHERE works)", "ANY(members WHERE works)", "EVERY(kids.carer)",
    "COUNT(listed WHERE works AND NOT carer) >= 2", "COUNT(outsiders WHERE works) < 1",
    "ANY(lodgers WHERE gets_hb AND couple)", "ANY(outsiders.counts)", "SUM(listed.pay) < rate", "shared_flag",
    "need > rate",
)  # fmt: skip
_PERSON = (
    "works", "carer", "lawful", "band = 'red'", "pay < rate", "pay + debt < IF(works, rate, small_rate)",
    "born < old_day", "family.couple", "family.gets_gc", "family.shared_flag", "household.area = 'south'",
    "ANY(siblings WHERE works)", "ANY(housemates WHERE carer AND works)", "hours > 16", "counts",
)  # fmt: skip


def write_small_rulebook(dice: Random, folder: Path, eligible: str | None = None) -> Written:
    """A rulebook of a rule for families and one for persons; of families on one condition, if it is given."""
    (folder / "facts.yaml").write_bytes(DICTIONARY.read_bytes())
    for level, atoms in (("family", _FAMILY), ("person", _PERSON)):
        rule = _rule(dice, level, atoms)
        if level == "family" and eligible is not None:
            rule = {**rule, "eligible": eligible, "worth": {"in_kind": "something"}}
        (folder / f"r_{level}.yaml").write_text(to_yaml(rule), encoding="utf-8")
    (folder / "common").mkdir()
    (folder / "common" / "shared.yaml").write_text(to_yaml(_shared(dice)), encoding="utf-8")
    return SmallWritten({}, load_rulebook(folder, examples=False), _DAY)


class SmallWritten(Written):
    """The same, with fewer rules."""

    @property
    def rules(self) -> list[str]:
        return ["r_family", "r_person"]


def _condition(dice: Random, atoms: Sequence[str], depth: int) -> str:
    if depth == 0 or dice.random() < 0.15:
        atom = dice.choice(atoms)
        return f"(NOT ({atom}))" if dice.random() < 0.3 else f"({atom})"
    parts = [_condition(dice, atoms, depth - 1) for _ in range(dice.choice((2, 2, 3)))]
    if dice.random() < 0.2:
        return f"IF({parts[0]}, {parts[1]}, {_condition(dice, atoms, depth - 1)})"
    return "(" + dice.choice((" AND ", " OR ")).join(parts) + ")"


def _figure(unit: str, value: Any, **more: Any) -> dict[str, Any]:
    return {"unit": unit, "cite": "reg 1", "status": "verified", "is": {date(2015, 1, 5): value}, **more}


def _shared(dice: Random) -> dict[str, Any]:
    low = dice.choice(("250.00", "6000", "15999.99"))
    unsure = {"value": Figure("20.00"), "status": "unconfirmed", "within": [Figure("5.00"), Figure("20.00")]}
    amounts = {
        "low_limit": _figure("GBP", Figure(low)),
        "high_limit": _figure("GBP", Figure(dice.choice(("16000", "16000.01", "39000")))),
        "other": _figure("GBP", Figure("50")),
        "rate": _figure("GBP/week", Figure(dice.choice(("0.01", "57.35", "163.37")))),
        "small_rate": _figure("GBP/week", unsure if dice.random() < 0.5 else Figure("10.00")),
        "since_day": _figure("date", date(2025, 4, 7)),
        "old_day": _figure("date", date(1960, 4, 6)),
        "weak_flag": _figure("flag", {"value": True, "status": "projected"}),
    }
    counts = _condition(dice, ("works", "carer", "family.gets_gc"), 1)
    shared_flag = _condition(dice, _FAMILY[:12], 1)
    need = f"GREATEST(swing, IF({dice.choice(('couple', 'gets_gc'))}, rate, 0)) + IF(gets_hb, small_rate, 0)"
    steps = {
        "counts": {"unit": "flag", "each": "person", "cite": "reg 2", "is": counts},
        "shared_flag": {"unit": "flag", "each": "family", "cite": "reg 2", "is": shared_flag},
        "need": {"unit": "GBP/week", "each": "family", "cite": "reg 2", "is": need},
    }
    return {"id": "shared", "law": "none", "each": "person", "amounts": amounts, "steps": steps}


def _rule(dice: Random, level: str, atoms: Sequence[str]) -> dict[str, Any]:
    worth = {"family": "GREATEST(rate - swing, 0)", "person": "GREATEST(rate - pay, 0)"}[level]
    return {
        "id": f"r_{level}", "name": f"Of each {level}", "kind": "entitlement", "each": level, "law": "none",
        "reviewed": {"date": date(2026, 1, 1), "by": None}, "covers": COVERS, "uses": ["shared"],
        "eligible": _condition(dice, atoms, dice.choice((1, 2, 2))), "possible_when": "TRUE",
        **({"already": dice.choice(atoms[:3])} if dice.random() < 0.4 else {}),
        **({"who": dice.choice(atoms[:3])} if dice.random() < 0.2 else {}),
        "worth": {"weekly": worth, **({"at_least": "small_rate"} if dice.random() < 0.3 else {})},
    }  # fmt: skip
