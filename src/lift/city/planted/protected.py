"""Which planted households must appear on no list, whatever they are entitled to?"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from lift.city.people import Home, Terms
from lift.city.planted.trap import Trap, child, grown, old, one, pair, pensioner
from lift.city.town import Town

RULE = "suppression"


def _pensioner(town: Town, way: str, **about: Any) -> Home:
    """Plainly entitled to Pension Credit, and protected in one way."""
    return pensioner(town, 78, "180.00", "3000", suppressed=way, **about)


def _family(town: Town, way: str) -> Home:
    """Plainly entitled to free meals, and protected in one way."""
    parent = grown(town, 32)
    family = one(town, parent, "100", children=(child(town, parent, 8),))
    return town.credit_home(family, Terms(), "council", suppressed=way)


def _partner_only(town: Town) -> Home:
    husband = old(town, 80, "184.90")
    wife = old(town, 79, "60.00", surname=husband.surname)
    return town.pensioner_home(pair(town, husband, wife, "1000"), "council", suppressed="partner_nino")


def _deceased(town: Town) -> Home:
    """Died last month; the claim has not caught up."""
    person = replace(old(town, 90, "184.90"), died=town.day - timedelta(days=24))
    return town.pensioner_home(one(town, person, "3000"), "council", suppressed="deceased")


TRAPS = (
    Trap("protected_by_uprn", RULE, "On the suppression list by property number only.",
         lambda town: _pensioner(town, "uprn")),
    Trap("protected_by_nino", RULE, "By National Insurance number only, written with spaces.",
         lambda town: _pensioner(town, "nino")),
    Trap("protected_by_phone", RULE, "By telephone number only.", lambda town: _pensioner(town, "phone")),
    Trap("protected_by_name_and_postcode", RULE, "By name and postcode.",
         lambda town: _pensioner(town, "name_and_postcode")),
    Trap("protected_misspelt", RULE, "By a misspelt name and the right date of birth.",
         lambda town: _pensioner(town, "misspelt")),
    Trap("protected_reason_blank", RULE, "A row without a reason protects as well.",
         lambda town: _pensioner(town, "reason_blank")),
    Trap("protected_reason_unknown", RULE, "A reason nobody has heard of protects as well.",
         lambda town: _pensioner(town, "reason_unknown")),
    Trap("protected_family", RULE, "A mother in hiding with her child, by property number.",
         lambda town: _family(town, "uprn")),
    Trap("protected_partner", RULE, "Only the partner is on the list.", _partner_only),
    Trap("protected_deceased", RULE, "The claimant has died.", _deceased),
    Trap("protected_do_not_contact", RULE, "Marked do not contact on the council tax account only.",
         lambda town: _pensioner(town, "", account={"do_not_contact": True})),
    Trap("protected_sensitive", RULE, "Marked sensitive on the council tax account only.",
         lambda town: _pensioner(town, "", account={"sensitive": True})),
    Trap("protected_breathing_space", RULE, "In a debt breathing space on the account.",
         lambda town: _pensioner(town, "", account={"breathing_space": True, "arrears": 61240, "stage": "hold"})),
    Trap("protected_past", RULE, "A protection that ended last year: may be contacted.",
         lambda town: _pensioner(town, "past")),
)  # fmt: skip
