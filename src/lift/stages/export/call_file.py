"""What does a caller need of a family, and nothing more: whom to ask for, how, and what to ask?

No figure, no need, no debt and nobody else's data. Letter first: whoever cannot safely be reached by telephone, or
wants letters, has no number here.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, zip_longest
from typing import Any

from duckdb import DuckDBPyConnection

from lift.rulebook.plain import listed
from lift.stages.export.columns import Column
from lift.workspace.cells import Cell

OUTCOMES = (
    "claimed", "awarded", "already had", "not entitled", "no answer", "wrong number", "moved", "died", "do not contact",
    "call back", "letter or interpreter wanted", "safeguarding concern", "passed to welfare adviser", "passed to debt",
    "passed to Early Help", "passed to law centre",
)  # fmt: skip
MOST_QUESTIONS = 3
# On no call does the council ask for what a fraudster would ask for.
NEVER_ASKED = re.compile(r"date of birth|when were you born|national insurance|\bbank\b|sort code|account number", re.I)
LETTER_ONLY = "letter only"

COLUMNS = (
    Column("reference", "Reference", 19),
    Column("ask_for", "Ask for", 17),
    Column("telephone", "Telephone", 13),
    Column("address", "Address", 21),
    Column("language_and_format", "Language, format", 12),
    Column("letter_sent", "Letter sent", 12, "date"),
    Column("last_contact", "Last contact", 12, "date"),
    Column("reason", "What it is about", 23),
    Column("questions", "Ask, in this order", 35),
    Column("deadline", "Deadline", 11, "date"),
    Column("outcome", "Outcome", 17, choices=OUTCOMES),
)
FOR_MACHINES = (
    Column("reference", "", 0),
    Column("ask_for", "", 0),
    Column("telephone", "", 0),
    *(Column(f"address_{line}", "", 0, covered_by="address") for line in (1, 2, 3, 4)),
    Column("postcode", "", 0, covered_by="address"),
    Column("language", "", 0, covered_by="language_and_format"),
    Column("format", "", 0, covered_by="language_and_format"),
    Column("letter_sent", "", 0, "date"),
    Column("last_contact", "", 0, "date"),
    Column("reason", "", 0),
    *(Column(f"question_{place}", "", 0, covered_by="questions") for place in (1, 2, 3)),
    Column("further_questions", "", 0, covered_by="questions"),
    Column("how_to_ask", "", 0, covered_by="questions"),
    Column("deadline", "", 0, "date"),
    Column("outcome", "", 0),
)


@dataclass(frozen=True)
class Reach:
    """How one person can be reached. `telephone` is empty where only a letter is safe or wanted."""

    telephone: str
    language: str
    format: str
    last_contact: datetime.date | None


@dataclass(frozen=True)
class Family:
    """A family on a list with all its rows there, in order. `to_adviser`: an award could cost it something."""

    reference: str
    contact_key: str | None
    household_key: str
    rows: tuple[Mapping[str, Any], ...]

    @property
    def to_adviser(self) -> bool:
        return any(row["advice_first"] for row in self.rows)


@dataclass(frozen=True)
class Entry:
    """One family's line, for people and for machines."""

    people: tuple[Cell, ...]
    machines: tuple[Cell, ...]


def entry_of(
    family: Family,
    reach: Reach,
    lines: Sequence[str],
    reason: str,
    otherwise: Sequence[str],
    letter_sent: datetime.date | None,
    last_contact: datetime.date | None,
) -> Entry:
    """`lines`: the lines of the address, the postcode last. `otherwise`: what is asked where nothing is left to settle.
    `last_contact`: by an earlier campaign."""
    first = family.rows[0]
    asking = asking_for(family.rows)
    questions = asking.questions or [one for one in otherwise if _may_ask(one)][:1]
    contacts = [day for day in (reach.last_contact, last_contact) if day is not None]
    last = max(contacts, default=None)
    deadline = min((row["deadline"] for row in family.rows if row["deadline"]), default=None)
    spoken = "; ".join(filter(None, (reach.language, reach.format)))
    numbered = [f"{place}. {question}" for place, question in enumerate(questions, start=1)]
    *above, postcode = lines or [""]
    asked = (*questions, *[""] * MOST_QUESTIONS)[:MOST_QUESTIONS]
    further = " ".join(questions[MOST_QUESTIONS:])
    telephone = reach.telephone or LETTER_ONLY
    return Entry(
        (family.reference, first["name"], telephone, "\n".join(filter(None, lines)), spoken, letter_sent, last, reason,
         "\n".join((*asking.how, *numbered)), deadline, ""),
        (family.reference, first["name"], reach.telephone, *(above + [""] * 4)[:4], postcode, reach.language,
         reach.format, letter_sent, last, reason, *asked, further, " ".join(asking.how), deadline, ""),
    )  # fmt: skip


@cache
def _may_ask(question: str) -> bool:
    """Of thousands of families the same few questions are asked."""
    return NEVER_ASKED.search(question) is None


@dataclass(frozen=True)
class Asking:
    """What a caller asks of a family, in order, and which of the questions are worth nothing unless all are asked."""

    questions: Sequence[str]
    how: Sequence[str]


def asking_for(rows: Iterable[Mapping[str, Any]]) -> Asking:
    """Up to three questions over all of a family's answers, in their order: one of each answer first. Questions that
    settle an answer only together are asked whole, be they more than three, for some of them would settle nothing."""
    found: dict[str, None] = {}
    whole: list[tuple[list[str], bool]] = []
    for asked in chain.from_iterable(zip_longest(*map(_in_turn, rows), fillvalue=())):
        may_ask = [one for one in asked if _may_ask(one)]
        more = len(may_ask) < len(asked)
        fits = len(found.keys() | set(may_ask)) <= MOST_QUESTIONS
        if may_ask and (fits or (len(asked) > 1 and not whole)):
            found |= dict.fromkeys(may_ask)
            whole += [(may_ask, more)] if len(asked) > 1 else []
    questions = list(found)
    return Asking(questions, list(dict.fromkeys(_only_together(questions, *one) for one in whole)))


def _in_turn(row: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """The questions of one answer in the order in which they are asked, those that settle it only together as one."""
    questions = row["questions"].split("\n") if row["questions"] else []
    whole = len(questions) - (row.get("only_together") or 0)  # runs of LIFT 0.1 do not say
    return [*((one,) for one in questions[:whole]), *([tuple(questions[whole:])] if questions[whole:] else [])]


def _only_together(questions: Sequence[str], needed: Sequence[str], more: bool) -> str:
    """How to ask those of the questions that are needed together. `more`: besides what no caller may ask."""
    numbers = sorted(questions.index(one) + 1 for one in needed)
    first, last = numbers[0], numbers[-1]
    if len(numbers) == len(questions):
        which = {1: "this", 2: "both"}.get(last, f"all {last}")
    elif last - first + 1 == len(numbers) > 2:
        which = f"{first} to {last}"
    else:
        which = listed([str(number) for number in numbers])
    settled = "it is settled only together with what an adviser asks" if more else "only together do they settle it"
    return f"Ask {which}: {settled}."


_FORMATS = {
    "large_print": "large print", "braille": "Braille", "easy_read": "easy read", "audio": "audio",
    "sign_language": "sign language", "other": "ask for the format",
}  # fmt: skip
_CHANNELS_BY_TELEPHONE = (None, "phone", "text")

# In how many homes each number is given.
_NUMBERS = """
    CREATE TEMP TABLE IF NOT EXISTS held_number AS
    SELECT r.phone, count(DISTINCT coalesce(p.household_key, r.household_key)) AS homes
    FROM held_phone r LEFT JOIN person p USING (person_key) GROUP BY r.phone"""
# One row a person: the contact list's own number first, then what claims and schools hold; of several, the latest. A
# number that two homes give is nobody's to call: the wrong one may answer.
_REACH = """
    WITH wanted AS (SELECT unnest($people) AS person_key),
    telephone AS (
        SELECT r.person_key, r.phone, n.homes FROM held_phone r JOIN wanted USING (person_key)
        JOIN held_number n USING (phone)
        LEFT JOIN contact c ON r.kind = 'contact' AND c.file_id = r.file_id AND c.line = r.line
        QUALIFY row_number() OVER (PARTITION BY r.person_key ORDER BY r.kind <> 'contact', c.verified_on DESC NULLS
            LAST, r.kind, r.file_id, r.line) = 1
    ), told AS (
        SELECT r.person_key, c.language, c.format, c.interpreter_needed, c.preferred_channel,
            max(c.last_contact) OVER (PARTITION BY r.person_key) AS last_contact
        FROM held_link r JOIN wanted USING (person_key)
        JOIN contact c ON r.kind = 'contact' AND c.file_id = r.file_id AND c.line = r.line
        QUALIFY row_number() OVER (PARTITION BY r.person_key ORDER BY c.verified_on DESC NULLS LAST, c.file_id, c.line)
            = 1
    )
    SELECT w.person_key, t.phone, t.homes, c.language, c.format, c.interpreter_needed, c.preferred_channel,
        c.last_contact
    FROM wanted w LEFT JOIN telephone t USING (person_key) LEFT JOIN told c USING (person_key)"""


def reach_of(connection: DuckDBPyConnection, people: Sequence[str]) -> dict[str, Reach]:
    """How each of these persons can be reached. After `hold_back`."""
    connection.execute(_NUMBERS)
    rows = connection.execute(_REACH, {"people": sorted(set(people))}).fetchall()
    return {str(row[0]): _reach(*row[1:]) for row in rows}


def _reach(
    phone: str | None,
    homes: int | None,
    language: str | None,
    written: str | None,
    interpreter: bool | None,
    channel: str | None,
    last_contact: datetime.date | None,
) -> Reach:
    callable_ = phone is not None and homes == 1 and channel in _CHANNELS_BY_TELEPHONE
    spoken = ", ".join(filter(None, (language, "interpreter" if interpreter else "")))
    return Reach(_telephone(phone or "") if callable_ else "", spoken, _FORMATS.get(written or "", ""), last_contact)


def _telephone(ten: str) -> str:
    """The last ten digits of a number as it is dialled and read out: 020 7946 0000, 0161 496 0000, 07700 900123."""
    number = ten if ten.startswith("0") else f"0{ten}"
    if number.startswith("02"):
        return f"{number[:3]} {number[3:7]} {number[7:]}"
    if number.startswith("011") or (number.startswith("01") and number[3] == "1"):
        return f"{number[:4]} {number[4:7]} {number[7:]}"
    return f"{number[:5]} {number[5:]}"


_ADDRESSES = """
    SELECT household_key,
        list_filter([address1, address2, address3, address4, postcode], lambda x: coalesce(x, '') <> '')
    FROM address WHERE household_key IN (SELECT unnest($homes))"""


def address_lines(connection: DuckDBPyConnection, homes: Sequence[str]) -> dict[str, list[str]]:
    """Each home's address, the postcode last."""
    rows = connection.execute(_ADDRESSES, {"homes": sorted(set(homes))}).fetchall()
    return {str(home): [str(line) for line in lines] for home, lines in rows}
