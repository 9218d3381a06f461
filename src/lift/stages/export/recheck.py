"""Does a finished list, read back from the disk, hold anybody whom a fresh reading of the suppression list forbids?

The second pair of eyes: plain Python over the files and the run's rows. It imports nothing that chose the rows, so that
one mistake cannot hide in both. It looks one step around each row: home, family, property number, telephone.
"""

from __future__ import annotations

import csv
import difflib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from lift.workspace.database import database

ALIKE = 0.8
HEADINGS = {"uprn", "nino", "phone", "surname", "forename", "date_of_birth", "postcode", "reason"}


@dataclass
class Forbidden:
    """What the suppression list forbids, each mark with the list's line that names it."""

    marks: dict[tuple[str, ...], str] = field(default_factory=dict)
    born: dict[str, list[tuple[str, str, str]]] = field(default_factory=lambda: defaultdict(list))
    """Date of birth to (surname, forename, line)."""


@dataclass
class Row:
    """One row of the list: its number in the file and the identifiers that stand behind it."""

    number: int
    marks: set[tuple[str, ...]] = field(default_factory=set)
    people: set[tuple[str, str, str]] = field(default_factory=set)
    """Date of birth, surname, forename."""


def forbidden_rows(rows: Sequence[dict[str, str]], core: Path, lists: Sequence[Path], run_day: date) -> list[str]:
    """Why these rows must not leave, one reason a row; empty if none. `rows`: heading to cell, in the file's order."""
    forbidden = Forbidden({("marked",): "a mark on its council tax account"})
    for path in lists:
        if path.suffix != ".toml":
            _read_list(path, run_day, forbidden)
    reasons = []
    for row in _with_identifiers(rows, core):
        line = next((forbidden.marks[mark] for mark in sorted(row.marks) if mark in forbidden.marks), None)
        line = line or next(filter(None, (_alike(person, forbidden) for person in sorted(row.people))), None)
        if line is not None:
            reasons.append(f"row {row.number} is forbidden by {line}")
    return reasons


def _alike(person: tuple[str, str, str], forbidden: Forbidden) -> str | None:
    born, surname, forename = person
    for other, first, line in forbidden.born.get(born, ()):
        if surname and other and difflib.SequenceMatcher(None, surname, other).ratio() >= ALIKE:
            return line
        if forename and forename == first:
            return line
    return None


def _read_list(path: Path, run_day: date, forbidden: Forbidden) -> None:
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    first = text.split("\n", 1)[0]
    delimiter = max(",;|\t", key=first.count)
    reader = csv.reader(text.replace("\r", "").split("\n"), delimiter=delimiter)
    headings = [re.sub(r"[^a-z0-9]+", "_", heading.strip().lower()).strip("_") for heading in next(reader)]
    if not set(headings) >= HEADINGS:
        raise ValueError("headings")
    for number, cells in enumerate(reader, start=2):
        row = {heading: cell.strip() for heading, cell in zip(headings, cells, strict=False)}
        if any(row.values()) and not _is_over(row.get("applies_to", ""), run_day):
            _forbid(row, f"{path.name} line {number}", forbidden)


def _is_over(text: str, run_day: date) -> bool:
    day = _day(text)
    return day is not None and day < run_day


def _day(text: str) -> date | None:
    for written in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(text, written).date()
        except ValueError:
            continue
    return None


def _forbid(row: dict[str, str], line: str, forbidden: Forbidden) -> None:
    surname, forename = _name(row["surname"]), _name(row["forename"].split(" ")[0])
    postcode, born = _tight(row["postcode"]), _day(row["date_of_birth"])
    marks = set(_numbers(row["uprn"], row.get("account_ref", ""), row["nino"], row["phone"]))
    if surname and postcode:
        marks.add(("name", surname, postcode))
    for house in re.findall(r"[0-9]+[A-Z]?", row.get("address1", "").upper()) if postcode else ():
        marks.add(("house", house, postcode))
    for mark in marks:
        forbidden.marks.setdefault(mark, line)
    if born is not None:
        forbidden.born[born.isoformat()].append((surname, forename, line))
    if not marks and born is None:
        weak = ("initial", surname, forename[:1]) if surname and forename else ("surname", surname)
        forbidden.marks.setdefault(weak if surname else ("postcode", postcode), line)


def _numbers(uprn: str, account: str, nino: str, phone: str) -> Iterator[tuple[str, ...]]:
    for kind, value in (("uprn", uprn.lstrip("0")), ("account", _tight(account).removeprefix("TEMP").lstrip("0"))):
        if value:
            yield kind, value
    if _tight(nino):
        yield "nino", _tight(nino)[:8]
    if telephone := _telephone(phone):
        yield "phone", telephone


def _telephone(text: str | None) -> str:
    """The last ten digits; none for numbers such as 00000000000, which only fill a space."""
    digits = re.sub(r"\D", "", text or "")[-10:]
    return digits if len(digits) == 10 and len(set(digits)) > 2 else ""


def _tight(text: str | None) -> str:
    return re.sub(r"[^A-Z0-9]", "", (text or "").upper())


def _name(text: str | None) -> str:
    plain = unicodedata.normalize("NFKD", text or "").upper().replace("0", "O").replace("1", "L")
    return re.sub(r"[^A-Z]", "", plain)


_PEOPLE = """
    SELECT person_key, family_key, household_key FROM person
    UNION SELECT l.person_key, NULL, a.household_key FROM person_link l JOIN address_link a USING (record_id)"""
_RECORDS = """
    SELECT l.person_key, a.household_key, r.uprn, r.account_ref, r.nino8, r.phone, r.surname_key, r.forename_key,
        r.date_of_birth, r.postcode, r.address_match
    FROM record r LEFT JOIN person_link l USING (record_id) LEFT JOIN address_link a USING (record_id)
    WHERE r.kind <> 'suppression'
        AND (l.person_key IN (SELECT unnest($keys)) OR a.household_key IN (SELECT unnest($keys)))"""
_CALLERS = """
    SELECT right(regexp_replace(r.phone, '[^0-9]', '', 'g'), 10) AS telephone, l.person_key
    FROM record r JOIN person_link l USING (record_id) WHERE r.kind <> 'suppression' AND r.phone IS NOT NULL"""
_MARKED = """
    SELECT a.household_key FROM council_tax_account c
    JOIN record r ON r.kind = 'council_tax_account' AND r.file_id = c.file_id AND r.line = c.line
    JOIN address_link a USING (record_id)
    WHERE c.do_not_contact OR c.sensitive OR c.breathing_space OR c.exemption_class = 'F' OR r.entity = 'estate'"""
_SAME_PLACE = """
    SELECT a.household_key, b.household_key FROM address a JOIN address b USING (uprn)
    WHERE a.household_key <> b.household_key"""


def _with_identifiers(rows: Sequence[dict[str, str]], core: Path) -> Iterator[Row]:
    """Each row with what its own cells say, and what the run holds on its home, family, property and telephones."""
    around = _Around(core, [cells["Reference"] for cells in rows])
    for number, cells in enumerate(rows, start=2):
        row = Row(number)
        name, postcode = _name(cells["Name"].split(" ")[-1]), _tight(cells["Postcode"])
        row.marks |= {("name", name, postcode), ("surname", name), ("postcode", postcode)}
        row.marks |= {("house", house, postcode) for house in re.findall(r"[0-9]+[A-Z]?", cells["Address"].upper())}
        around.add_to(row, cells["Reference"])
        yield row


class _Around:
    """Who lives, belongs or is telephoned together with the listed, and which identifiers the run's rows give them."""

    def __init__(self, core: Path, references: Sequence[str]) -> None:
        self.homes: dict[str, set[str]] = defaultdict(set)
        self.people: dict[str, set[str]] = defaultdict(set)
        self.place: dict[str, set[str]] = defaultdict(set)
        self.callers: dict[str, set[str]] = defaultdict(set)
        self.records: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
        with database(core, read_only=True) as connection:
            for person, family, home in connection.execute(_PEOPLE).fetchall():
                for key in filter(None, (person, family, home)):
                    self.homes[key].add(home)
                    self.people[key].add(person)
            for home, other in connection.execute(_SAME_PLACE).fetchall():
                self.place[home].add(other)
            for telephone, person in connection.execute(_CALLERS).fetchall():
                if _telephone(telephone):
                    self.callers[telephone].add(person)
            self.marked = {str(key) for (key,) in connection.execute(_MARKED).fetchall() if key}
            near = {key for reference in references for keys in self._near(reference) for key in keys}
            self._read(connection, near)
            phones = {_telephone(record[3]) for key in near for record in self.records[key]}
            self._read(connection, {person for phone in phones for person in self.callers[phone]} - near)

    def _read(self, connection: Any, keys: set[str]) -> None:
        for person, home, *identifiers in connection.execute(_RECORDS, {"keys": sorted(keys)}).fetchall():
            for key in {person, home} & keys:
                self.records[key].append(tuple(identifiers))

    def _near(self, reference: str) -> tuple[set[str], set[str]]:
        """Homes and people one step around a reference."""
        homes = set(self.homes[reference]) | {reference}
        homes |= {other for person in self.people[reference] for other in self.homes[person]}
        homes |= {other for home in homes for other in self.place[home]}
        return homes, set().union(*(self.people[home] for home in homes), self.people[reference])

    def add_to(self, row: Row, reference: str) -> None:
        """Marks and people of everybody one step around a reference, and of whoever shares a telephone with them."""
        homes, people = self._near(reference)
        records = [record for key in homes | people for record in self.records[key]]
        phones = {_telephone(record[3]) for record in records} - {""}
        records += [record for phone in phones for person in self.callers[phone] for record in self.records[person]]
        for record in records:
            _describe(record, row)
        row.marks |= {("marked",) for _ in homes & self.marked}


def _describe(record: tuple[Any, ...], row: Row) -> None:
    uprn, account, nino, phone, surname, forename, born, postcode, address = record
    row.marks |= set(_numbers(uprn or "", account or "", nino or "", phone or ""))
    row.marks |= {("surname", surname or ""), ("initial", surname or "", (forename or "")[:1])}
    row.marks |= {("name", surname or "", _tight(postcode)), ("postcode", _tight(postcode))}
    if address:
        row.marks |= {("house", house, _tight(postcode)) for house in address.split("|")[1].split("/")}
    if born is not None:
        row.people.add((born.isoformat(), surname or "", forename or ""))
