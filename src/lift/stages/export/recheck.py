"""Does a finished file, read back from the disk, hold anybody whom a fresh reading of all that forbids forbids?

The second pair of eyes: plain Python over the files, the suppression list, the register and the run's rows. It imports
nothing that chose the rows, so that one mistake cannot hide in both. It looks one step around each row: home, family,
property number, telephone.
"""

from __future__ import annotations

import csv
import difflib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from lift.workspace.database import database

ALIKE = 0.8
HEADINGS = {"uprn", "nino", "phone", "surname", "forename", "date_of_birth", "postcode", "reason"}
DAYS_AFTER_A_MOVE, DAYS_AFTER_A_DEATH = 90, 183


@dataclass
class Forbidden:
    """What must not be on any file: each mark with the line that names it, and dates of birth with the names there."""

    marks: dict[tuple[str, ...], str] = field(default_factory=dict)
    born: dict[str, list[tuple[str, str, str]]] = field(default_factory=lambda: defaultdict(list))
    """Date of birth to (surname, forename, line)."""


@dataclass
class Row:
    """One row of a file: its number there and the identifiers that stand behind it."""

    number: int
    marks: set[tuple[str, ...]] = field(default_factory=set)
    people: set[tuple[str, str, str]] = field(default_factory=set)
    """Date of birth, surname, forename."""


class SecondCheck:
    """All that forbids, read anew, and who lives and belongs together. One reading serves every file of one export."""

    def __init__(self, core: Path, lists: Sequence[Path], register: Path, today: date) -> None:
        self.forbidden_marks = Forbidden({("marked",): "a mark in the run's own rows"})
        for path in lists:
            if path.suffix != ".toml":
                _read_list(path, today, self.forbidden_marks)
        _read_register(register, self.forbidden_marks)
        self.around = _Around(core, today)

    def forbidden(self, headings: Sequence[str], rows: Sequence[Sequence[str]], *, contacting: bool) -> list[str]:
        """Why rows of a file must not leave, one reason a row; empty if none. The reference is the first column."""
        self.around.read([cells[0] for cells in rows])
        reasons = []
        for row in self._rows(headings, rows, contacting):
            marks = self.forbidden_marks.marks
            line = next((marks[mark] for mark in sorted(row.marks) if mark in marks), None)
            line = line or next(
                filter(None, (_alike(person, self.forbidden_marks) for person in sorted(row.people))), None
            )
            if line is not None:
                reasons.append(f"row {row.number} is forbidden by {line}")
        return reasons

    def _rows(self, headings: Sequence[str], rows: Sequence[Sequence[str]], contacting: bool) -> Iterator[Row]:
        places = {heading.lower().replace(" ", "_"): place for place, heading in enumerate(headings)}
        for number, cells in enumerate(rows, start=2):
            row = Row(number)
            said = {name: cells[place] for name, place in places.items() if place < len(cells)}
            lines = [said.get(name, "") for name in ("address", *(f"address_{n}" for n in (1, 2, 3, 4)), "postcode")]
            _describe_cells(said.get("ask_for", ""), said.get("telephone", ""), "\n".join(filter(None, lines)), row)
            self.around.add_to(row, cells[0], contacting)
            yield row


def _describe_cells(name: str, telephone: str, address: str, row: Row) -> None:
    """What the cells of a call file themselves say; the postcode stands last."""
    surname = _name(name.rsplit(" ", maxsplit=1)[-1])
    postcode = _tight(address.rsplit("\n", maxsplit=1)[-1])
    if surname:
        row.marks |= {("name", surname, postcode), ("surname", surname)}
    if postcode:
        row.marks.add(("postcode", postcode))
        row.marks |= {("house", house, postcode) for house in re.findall(r"[0-9]+[A-Z]?", address.upper())}
    if digits := _telephone(telephone):
        row.marks.add(("phone", digits))


def _alike(person: tuple[str, str, str], forbidden: Forbidden) -> str | None:
    born, surname, forename = person
    for other, first, line in forbidden.born.get(born, ()):
        if surname and other and difflib.SequenceMatcher(None, surname, other).ratio() >= ALIKE:
            return line
        if forename and forename == first:
            return line
    return None


def _read_list(path: Path, today: date, forbidden: Forbidden) -> None:
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
        if any(row.values()) and not _is_over(row.get("applies_to", ""), today):
            _forbid(row, f"{path.name} line {number}", forbidden)


def _read_register(path: Path, forbidden: Forbidden) -> None:
    """The council's own suppressions that have not ended."""
    if not path.exists():
        return
    with database(path, read_only=True) as connection:
        found = connection.execute("SELECT * FROM suppressed WHERE ended IS NULL ORDER BY number")
        names = [str(column[0]) for column in found.description]
        for cells in found.fetchall():
            row = {name: "" if cell is None else str(cell) for name, cell in zip(names, cells, strict=True)}
            _forbid(row, f"the register's suppression {row['number']}", forbidden)


def _is_over(text: str, today: date) -> bool:
    day = _day(text)
    return day is not None and day < today


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
_PERIODS = "SELECT period_key, family_key, household_key FROM period"
_RECORDS = """
    SELECT l.person_key, a.household_key, r.uprn, r.account_ref, r.nino8, r.phone, r.surname_key, r.forename_key,
        r.date_of_birth, r.postcode, r.address_match
    FROM record r LEFT JOIN person_link l USING (record_id) LEFT JOIN address_link a USING (record_id)
    WHERE r.kind <> 'suppression'
        AND (l.person_key IN (SELECT unnest($keys)) OR a.household_key IN (SELECT unnest($keys)))"""
_CALLERS = """
    SELECT right(regexp_replace(r.phone, '[^0-9]', '', 'g'), 10) AS telephone, l.person_key
    FROM record r JOIN person_link l USING (record_id) WHERE r.kind <> 'suppression' AND r.phone IS NOT NULL"""
_SAME_PLACE = """
    SELECT a.household_key, b.household_key FROM address a JOIN address b USING (uprn)
    WHERE a.household_key <> b.household_key"""

# Homes where the run's own rows say: not to be contacted, in a breathing space, or somebody has died.
_MARKED_HOMES = """
    WITH place AS (SELECT r.kind, r.file_id, r.line, a.household_key, r.entity
        FROM record r JOIN address_link a USING (record_id))
    SELECT p.household_key FROM place p JOIN council_tax_account c USING (file_id, line)
    WHERE p.kind = 'council_tax_account'
        AND (c.do_not_contact OR c.sensitive OR c.breathing_space OR c.exemption_class = 'F' OR p.entity = 'estate')
    UNION SELECT p.household_key FROM place p JOIN ctr_award c USING (file_id, line)
    WHERE p.kind = 'ctr_award' AND (c.refusal_reason = 'died' OR c.partner_death_date >= $death)
    UNION SELECT p.household_key FROM place p JOIN benefit_claim c USING (file_id, line)
    WHERE p.kind = 'benefit_claim' AND c.partner_death_date >= $death"""
# Homes, and people, that are left off for a while: a move, a parting, somebody who acts for them.
_WAITING = """
    WITH place AS (SELECT r.kind, r.file_id, r.line, a.household_key, l.person_key
        FROM record r LEFT JOIN address_link a USING (record_id) LEFT JOIN person_link l USING (record_id))
    SELECT p.household_key FROM place p JOIN council_tax_account c USING (file_id, line)
    WHERE p.kind = 'council_tax_account' AND c.occupation_start >= $move
    UNION SELECT p.household_key FROM place p JOIN council_tax_resident c USING (file_id, line)
    WHERE p.kind = 'council_tax_resident' AND greatest(c.resident_from, c.resident_to) >= $move
    UNION SELECT p.household_key FROM place p JOIN benefit_claim c USING (file_id, line)
    WHERE p.kind = 'benefit_claim' AND c.partner_end >= $move
    UNION SELECT p.person_key FROM place p JOIN benefit_claim c USING (file_id, line)
    WHERE p.kind = 'benefit_claim' AND c.appointee
    UNION SELECT p.person_key FROM place p JOIN ctr_award c USING (file_id, line)
    WHERE p.kind = 'ctr_award' AND c.appointee
    UNION SELECT p.person_key FROM place p JOIN contact c USING (file_id, line)
    WHERE p.kind = 'contact' AND c.speak_to <> 'self'
    UNION SELECT p.household_key FROM place p JOIN contact c USING (file_id, line)
    WHERE p.kind = 'contact' AND c.speak_to <> 'self'
        AND NOT EXISTS (FROM person q WHERE q.person_key = p.person_key)"""


class _Around:
    """Who lives, belongs or is telephoned together with the listed, and which identifiers the run's rows give them."""

    def __init__(self, core: Path, today: date) -> None:
        self.core = core
        self.homes: dict[str, set[str]] = defaultdict(set)
        self.people: dict[str, set[str]] = defaultdict(set)
        self.family: dict[str, set[str]] = defaultdict(set)
        self.lives: dict[str, set[str]] = defaultdict(set)
        self.place: dict[str, set[str]] = defaultdict(set)
        self.callers: dict[str, set[str]] = defaultdict(set)
        self.records: dict[str, list[_Record]] = {}
        with database(core, read_only=True) as connection:
            for person, family, home in connection.execute(_PEOPLE).fetchall():
                for key in filter(None, (person, family, home)):
                    self.homes[key].add(home)
                    self.people[key].add(person)
                if family is not None:
                    self.family[person].add(family)
                    for key in (person, family, home):
                        self.lives[key].add(home)
            for period, family, home in connection.execute(_PERIODS).fetchall():
                self.homes[period].add(home)
                self.lives[period].add(home)
                self.people[period] |= self.people.get(family, set())
            for home, other in connection.execute(_SAME_PLACE).fetchall():
                self.place[home].add(other)
            for telephone, person in connection.execute(_CALLERS).fetchall():
                if _telephone(telephone):
                    self.callers[telephone].add(person)
            death = today - timedelta(days=DAYS_AFTER_A_DEATH)
            move = today - timedelta(days=DAYS_AFTER_A_MOVE)
            self.marked = {str(key) for (key,) in connection.execute(_MARKED_HOMES, {"death": death}).fetchall() if key}
            self.waiting = {str(key) for (key,) in connection.execute(_WAITING, {"move": move}).fetchall() if key}

    def read(self, references: Sequence[str]) -> None:
        """The rows of everybody around these references that are not known yet."""
        near = {key for reference in references for keys in self._near(reference) for key in keys}
        with database(self.core, read_only=True) as connection:
            self._read(connection, near - set(self.records))
            phones = {record.telephone for key in near for record in self.records[key]}
            self._read(connection, {person for phone in phones for person in self.callers[phone]} - set(self.records))

    def _read(self, connection: Any, keys: set[str]) -> None:
        for key in keys:
            self.records[key] = []
        for person, home, *identifiers in connection.execute(_RECORDS, {"keys": sorted(keys)}).fetchall():
            record = _described(identifiers)
            for key in {person, home} & keys:
                self.records[key].append(record)

    def _near(self, reference: str) -> tuple[set[str], set[str]]:
        """Homes and people one step around a reference."""
        homes = set(self.homes.get(reference, ())) | {reference}
        homes |= {other for person in self.people.get(reference, ()) for other in self.homes[person]}
        homes |= {other for home in homes for other in self.place.get(home, ())}
        own = self.people.get(reference, set())
        return homes, set().union(*(self.people.get(home, set()) for home in homes), own)

    def add_to(self, row: Row, reference: str, contacting: bool) -> None:
        """Marks and people of everybody one step around a reference, and of whoever shares a telephone with them."""
        homes, people = self._near(reference)
        records = [record for key in homes | people for record in self.records[key]]
        phones = {record.telephone for record in records} - {""}
        records += [record for phone in phones for person in self.callers[phone] for record in self.records[person]]
        for record in records:
            row.marks |= record.marks
            row.people |= record.people
        if homes & self.marked or (contacting and self._own(reference) & self.waiting):
            row.marks.add(("marked",))

    def _own(self, reference: str) -> set[str]:
        """The home and the family's own people behind a reference."""
        people = self.people.get(reference, set()) if not reference.startswith("h") else set()
        families = {family for person in people for family in self.family.get(person, ())}
        members = {person for family in families for person in self.people[family]}
        return self.lives.get(reference, set()) | people | members


@dataclass(frozen=True)
class _Record:
    """What one row of an extract tells of somebody, described once however often the row is met."""

    marks: frozenset[tuple[str, ...]]
    people: frozenset[tuple[str, str, str]]
    telephone: str


def _described(identifiers: Sequence[Any]) -> _Record:
    """`identifiers`: the columns of _RECORDS from the property number on."""
    uprn, account, nino, phone, surname, forename, born, postcode, address = identifiers
    last, first, place = surname or "", forename or "", _tight(postcode)
    marks = {*_numbers(uprn or "", account or "", nino or "", phone or "")}
    marks |= {("surname", last), ("initial", last, first[:1]), ("name", last, place), ("postcode", place)}
    if address:
        marks |= {("house", house, place) for house in address.split("|")[1].split("/")}
    people = () if born is None else ((born.isoformat(), last, first),)
    return _Record(frozenset(marks), frozenset(people), _telephone(phone))
