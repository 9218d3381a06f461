"""For which purpose, by which law and until when may a list leave, and which columns with it? (`[purpose.NAME]`)

The law that lets a council use what it holds differs from list to list, so each has a block of its own in council.toml,
which the council's own lawyer confirms. LIFT suggests; it never fills a gateway in by itself.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable
from dataclasses import dataclass

from lift.days import in_words
from lift.errors import DisclosureError
from lift.workspace.folder import SETTINGS
from lift.workspace.settings import Purpose, Settings

#: What callers are given: whom to ask for, how, and what to ask; no money, need or anybody else's data.
CALL_FILE = (
    "reference", "ask_for", "telephone", "address", "language_and_format", "letter_sent", "last_contact", "reason",
    "questions", "deadline", "outcome",
)  # fmt: skip
#: What advisers are given: the answer and everything it rests on; no name, address or telephone.
ADVISER_PAGE = ("reference", "about", "worth", "steps", "law", "facts", "origins")
COLUMNS = tuple(dict.fromkeys((*CALL_FILE, *ADVISER_PAGE)))

NEVER = datetime.date(2099, 12, 31)
PUBLIC_TASK = "UK GDPR Article 6(1)(e), public task"
HEALTH = "UK GDPR Article 9(2)(g) with Data Protection Act 2018 Schedule 1 paragraph 6 (statutory purposes)"
_TAKE_UP = (
    "Social Security Administration Act 1992 section 7B with SI 2007/2911 (information held for Housing Benefit and "
    "Council Tax Reduction, used to find and help people who may be entitled to a specified benefit)"
)


@dataclass(frozen=True)
class Suggested:
    """What LIFT suggests for a list. `to_check`: what the lawyer should look at besides."""

    purpose: str
    gateway: str
    to_check: str
    special_category: str = ""


SUGGESTED: dict[str, Suggested] = {
    "benefit_cap": Suggested(
        "Offer families whose benefit cap looks wrong an adviser who checks it with them",
        "Welfare Reform Act 2012 section 131 with SI 2012/1483 regulation 5 (advice and help on the benefit cap)",
        "whether the council's agreement with DWP on Universal Credit data covers it",
        HEALTH,
    ),
    "council_tax_reduction_not_claimed": Suggested(
        "Tell people who get Universal Credit and pay council tax that they may claim the council's reduction",
        "Local Government Finance Act 1992 section 13A and Schedule 1A (the council's own reduction scheme)",
        "whether the council's agreement with DWP on Universal Credit data covers it",
    ),
    "council_tax_reduction_pension_age": Suggested(
        "Tell people over State Pension age who pay council tax that they may claim the reduction the law prescribes",
        "Local Government Finance Act 1992 section 13A and SI 2012/2885 (the scheme prescribed for pensioners)",
        "whether the council may use its benefit data to find people for it",
        HEALTH,
    ),
    "housing_benefit_pension_age": Suggested(
        "Tell people over State Pension age who pay rent that they may claim Housing Benefit, and help them to",
        "Social Security Administration Act 1992 section 134 (Housing Benefit is the council's to administer)",
        "whether the council may use its council tax data to find people for it",
        HEALTH,
    ),
    "non_dependant_deductions_wrong": Suggested(
        "Put right awards of the council's own that deduct for other adults where the law does not",
        "Social Security Administration Act 1992 section 134; Local Government Finance Act 1992 section 13A",
        "nothing beyond the council's own benefit data",
        HEALTH,
    ),
    "pension_credit": Suggested(
        "Tell people over State Pension age that they may claim Pension Credit, and help them to",
        _TAKE_UP,
        "whether SI 2007/2911 names Pension Credit",
    ),
    "free_school_meals": Suggested(
        "Offer free school meals to children whose parents' benefits qualify them",
        "Education Act 1996 section 512ZB (free school meals)",
        "section 7B of the 1992 Act may not reach school meals; which benefit data may be used for them",
    ),
    "pensioner_conversation": Suggested(
        "Talk with people over State Pension age once, about Pension Credit, "
        "help with rent and council tax, Attendance Allowance and caring",
        _TAKE_UP,
        "whether SI 2007/2911 names each of these benefits",
        HEALTH,
    ),
    "council_tax_discounts": Suggested(
        "Tell people that their council tax bill may be too high, and put it right with them",
        "Local Government Finance Act 1992 sections 11 and 13 and Schedule 2, with SI 1992/613 regulations 8 and 14 "
        "(reasonable steps to find out which exemptions and discounts are due)",
        "whether what is held for Housing Benefit and Council Tax Reduction may be used for it; the list may never be "
        "turned round to look for discounts that are not due",
        HEALTH,
    ),
    "check_sample": Suggested(
        "Ask a few families of whom nothing is known, to learn how many the lists miss, and help those who want it",
        "",
        "which law lets the council write to people of whom it holds a council tax account and no more",
    ),
    "families": Suggested(
        "Help families to everything that they may be owed, with one contact each",
        "",
        "every gateway of the lists whose answers stand on it",
        HEALTH,
    ),
}  # fmt: skip
_UNKNOWN = Suggested("Help people to claim what they may be owed", "", "no gateway is suggested for this list")


def purpose_for(settings: Settings, name: str, today: datetime.date) -> Purpose:
    """The purpose for which a list (or the result of a query) may leave today. Raises DisclosureError if there is none
    that is whole and in force."""
    purpose = settings.purpose.get(name)
    if purpose is None:
        raise DisclosureError(
            f"{SETTINGS}: has no [purpose.{name}], so nothing was exported. `lift list {name} --purpose` prints one to "
            "fill in with whoever answers for data protection."
        )
    if not purpose.gateway:
        raise DisclosureError(
            f"{SETTINGS}: purpose.{name} has no gateway, so nothing was exported. The council's lawyer says which law "
            f"lets this list be used; `lift list {name} --purpose` prints a suggestion to confirm."
        )
    blank = [field for field in ("purpose", "lawful_basis", "dpia", "owner") if not getattr(purpose, field)]
    if blank:
        raise DisclosureError(
            f"{SETTINGS}: purpose.{name} leaves {' and '.join(blank)} blank, so nothing was exported. Fill "
            f"{'it' if len(blank) == 1 else 'them'} in with whoever answers for data protection."
        )
    if purpose.expires < today:
        raise DisclosureError(
            f"{SETTINGS}: purpose.{name} ended on {in_words(purpose.expires)}, so nothing was exported. Have "
            f"{purpose.owner} look at it again, and write the new day under expires."
        )
    return purpose


def require_columns(purpose: Purpose, name: str, columns: Iterable[str], how: str = "(--without)") -> None:
    """Raises DisclosureError, naming them, if any column is outside the purpose. `how`: to leave one out."""
    outside = [column for column in columns if column not in purpose.columns]
    if outside:
        raise DisclosureError(
            f"{SETTINGS}: purpose.{name} does not cover {_listed(outside)}, so nothing was exported. Leave "
            f"{'it' if len(outside) == 1 else 'them'} out {how}, or have {purpose.owner} agree and add "
            f"{'it' if len(outside) == 1 else 'them'} under columns."
        )


def _listed(columns: list[str]) -> str:
    return f"the column {columns[0]}" if len(columns) == 1 else f"the columns {', '.join(columns)}"


def suggested_block(name: str, expires: datetime.date, *, invented: bool = False) -> str:
    """A `[purpose.NAME]` to put into council.toml. The gateway stays blank and the suggestion a remark, except for an
    invented council, where nobody needs to confirm anything."""
    told = SUGGESTED.get(name, _UNKNOWN)
    lines = [
        f"[purpose.{name}]",
        *_for_the_lawyer(name),
        f"purpose = {_quoted(told.purpose)}",
        f"gateway = {_quoted((told.gateway or 'As for each list') if invented else '')}",
        f"lawful_basis = {_quoted(PUBLIC_TASK)}",
        f"special_category = {_quoted(told.special_category)}",
        f"dpia = {_quoted('invented' if invented else '')}",
        f"owner = {_quoted('the benefits manager' if invented else '')}",
        f"expires = {expires}",
        f"columns = {_column_lines()}",
    ]
    return "\n".join(lines) + "\n"


def _for_the_lawyer(name: str) -> list[str]:
    told = SUGGESTED.get(name, _UNKNOWN)
    suggestion = [f"# suggested gateway, for the council's lawyer to confirm: {told.gateway}"] if told.gateway else []
    return [*suggestion, f"# for the lawyer to check: {told.to_check}"]


def block_of(name: str, purpose: Purpose) -> str:
    """The block as it stands in council.toml, written anew; with what is for the lawyer while it has no gateway."""
    remarks = [] if purpose.gateway else _for_the_lawyer(name)
    told = [f"{field} = {_quoted(getattr(purpose, field))}" for field in _TEXTS]
    return "\n".join(
        [
            f"[purpose.{name}]",
            *remarks,
            *told,
            f"expires = {purpose.expires}",
            f"columns = {_column_lines(purpose.columns)}",
        ]
    )


_TEXTS = ("purpose", "gateway", "lawful_basis", "special_category", "dpia", "owner")


def first_purposes(today: datetime.date, *, invented: bool) -> str:
    """The blocks of a new council.toml, one for each list that LIFT has a suggestion for."""
    expires = NEVER if invented else end_of_financial_year(today)
    return "\n".join(suggested_block(name, expires, invented=invented) for name in SUGGESTED)


def end_of_financial_year(today: datetime.date) -> datetime.date:
    """The next 31 March, or the one after it if that is less than three months off."""
    first = datetime.date(today.year, 3, 31)
    ends = (first.replace(year=first.year + more) for more in range(3))
    return next(end for end in ends if (end - today).days > 90)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _column_lines(columns: Iterable[str] = COLUMNS) -> str:
    """The columns as TOML, in lines that fit a screen."""
    told, line = [], "   "
    for name in columns:
        if len(line) + len(name) > 112:
            told.append(line)
            line = "   "
        line += f' "{name}",'
    return "[\n" + "\n".join([*told, line]) + "\n]"
