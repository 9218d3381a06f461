"""Does a finished file, read back from the disk, hold anybody whom a fresh reading of all that forbids forbids?

The second pair of eyes: the files, the suppression list, the register and the run's rows, read anew. It imports nothing
that chose the rows, so that one mistake cannot hide in both. It looks one step around each row: home, family, property
number, telephone. What is forbidden is few against all that a run holds, so the steps are gone backwards and once for
all files: from the rows of extracts that something forbids to every reference that is one step from them.
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

from lift.workspace.database import Connection, database

ALIKE = 0.8
HEADINGS = {"uprn", "nino", "phone", "surname", "forename", "date_of_birth", "postcode", "reason"}
DAYS_AFTER_A_MOVE, DAYS_AFTER_A_DEATH = 90, 183

Mark = tuple[str, ...]
MARKED: Mark = ("marked",)


@dataclass
class Forbidden:
    """What must not be on any file: each mark with the line that names it, and dates of birth with the names there."""

    marks: dict[Mark, str] = field(default_factory=dict)
    born: dict[str, list[tuple[str, str, str]]] = field(default_factory=lambda: defaultdict(list))
    """Date of birth to (surname, forename, line)."""


class SecondCheck:
    """All that forbids, read anew, and every reference of the run that it forbids. One reading serves every file of one
    export."""

    def __init__(self, core: Path, lists: Sequence[Path], register: Path, today: date) -> None:
        forbidden = Forbidden({MARKED: "a mark in the run's own rows"})
        for path in lists:
            if path.suffix != ".toml":
                _read_list(path, today, forbidden)
        _read_register(register, forbidden)
        self.core = core
        self.places = {mark: place for place, mark in enumerate(sorted(forbidden.marks))}
        """Of several marks that forbid a row, the first in this order is named; those of people come after them."""
        self.lines = [forbidden.marks[mark] for mark in self.places]
        self.known: set[str] = set()
        with database(core, read_only=True) as connection:
            self.lines += _make_hits(connection, self.places, forbidden)
            _spread(connection, self.places[MARKED], today)
            self.forbidden_references: dict[str, int] = dict(connection.execute(_REFERENCES).fetchall())
            self.waiting = {str(key) for (key,) in connection.execute(_WAITING_REFERENCES).fetchall()}

    def forbidden(self, headings: Sequence[str], rows: Sequence[Sequence[str]], *, contacting: bool) -> list[str]:
        """Why rows of a file must not leave, one reason a row; empty if none. The reference is the first column."""
        unknown = self._unknown({cells[0] for cells in rows})
        said = _Said.by(headings)
        reasons = []
        for number, cells in enumerate(rows, start=2):
            found = [self.places[mark] for mark in said.marks(cells) if mark in self.places]
            if (place := self.forbidden_references.get(cells[0])) is not None:
                found.append(place)
            if contacting and cells[0] in self.waiting:
                found.append(self.places[MARKED])
            if found:
                reasons.append(f"row {number} is forbidden by {self.lines[min(found)]}")
            elif cells[0] in unknown:
                reasons.append(f"row {number} has a reference that the run does not hold")
        return reasons

    def _unknown(self, references: set[str]) -> set[str]:
        """Those that stand for nobody of the run, so that nothing could forbid them."""
        new = references - self.known
        if new:
            with database(self.core, read_only=True) as connection:
                found = connection.execute(_KNOWN, {"new": sorted(new)}).fetchall()
            self.known |= {str(key) for (key,) in found}
        return new - self.known


@dataclass(frozen=True)
class _Said:
    """Where the cells of a file stand that themselves say who somebody is."""

    name: int | None
    telephone: int | None
    address: tuple[int, ...]

    @classmethod
    def by(cls, headings: Sequence[str]) -> _Said:
        places = {heading.lower().replace(" ", "_"): place for place, heading in enumerate(headings)}
        lines = ("address", *(f"address_{n}" for n in (1, 2, 3, 4)), "postcode")
        there = tuple(places[line] for line in lines if line in places)
        return cls(places.get("ask_for"), places.get("telephone"), there)

    def marks(self, cells: Sequence[str]) -> set[Mark]:
        """Short rows lack their last cells."""

        def cell(place: int | None) -> str:
            return cells[place] if place is not None and place < len(cells) else ""

        address = "\n".join(filter(None, map(cell, self.address)))
        return _marks_of_cells(cell(self.name), cell(self.telephone), address)


def _marks_of_cells(name: str, telephone: str, address: str) -> set[Mark]:
    """What the cells of a call file themselves say; the postcode stands last."""
    marks: set[Mark] = set()
    surname = _name(name.rsplit(" ", maxsplit=1)[-1])
    postcode = _tight(address.rsplit("\n", maxsplit=1)[-1])
    if surname:
        marks |= {("name", surname, postcode), ("surname", surname)}
    if postcode:
        marks.add(("postcode", postcode))
        marks |= {("house", house, postcode) for house in re.findall(r"[0-9]+[A-Z]?", address.upper())}
    if digits := _telephone(telephone):
        marks.add(("phone", digits))
    return marks


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


# ---- which references are one step from what is forbidden ----

# Each row of an extract with the person and home it is of, and its identifiers as the marks have them.
_ROWS = """
    CREATE OR REPLACE TEMP TABLE second_row AS
    WITH said AS (
        SELECT l.person_key, a.household_key, ltrim(coalesce(r.uprn, ''), '0') AS uprn,
            regexp_replace(upper(coalesce(r.account_ref, '')), '[^A-Z0-9]', '', 'g') AS account,
            left(regexp_replace(upper(coalesce(r.nino8, '')), '[^A-Z0-9]', '', 'g'), 8) AS nino,
            right(regexp_replace(coalesce(r.phone, ''), '[^0-9]', '', 'g'), 10) AS phone,
            coalesce(r.surname_key, '') AS surname, coalesce(r.forename_key, '') AS forename, r.date_of_birth AS born,
            regexp_replace(upper(coalesce(r.postcode, '')), '[^A-Z0-9]', '', 'g') AS postcode,
            string_split(split_part(r.address_match, '|', 2), '/') AS houses
        FROM record r LEFT JOIN person_link l USING (record_id) LEFT JOIN address_link a USING (record_id)
        WHERE r.kind <> 'suppression' AND (l.person_key IS NOT NULL OR a.household_key IS NOT NULL)
    )
    SELECT * REPLACE (
        ltrim(CASE WHEN starts_with(account, 'TEMP') THEN substr(account, 5) ELSE account END, '0') AS account,
        -- Numbers such as 00000000000 only fill a space.
        CASE WHEN length(phone) = 10 AND len(list_distinct(string_split(phone, ''))) > 2 THEN phone ELSE '' END
        AS phone)
    FROM said"""
_MARKS = """
    CREATE OR REPLACE TEMP TABLE second_mark AS
    SELECT unnest($kinds) AS kind, unnest($firsts) AS first, unnest($seconds) AS second, unnest($places) AS place"""
# Two names on one date of birth: compared in Python, each pair once.
_BORN = """
    SELECT DISTINCT born, surname, forename FROM second_row
    WHERE born IN (SELECT CAST(unnest($days) AS DATE)) ORDER BY ALL"""
_ALIKE = """
    CREATE OR REPLACE TEMP TABLE second_alike AS
    SELECT CAST(unnest($days) AS DATE) AS born, unnest($surnames) AS surname, unnest($forenames) AS forename,
        unnest($places) AS place"""


def _by(kind: str, first: str, second: str = "''", rows: str = "second_row") -> str:
    return f"""SELECT r.person_key, r.household_key, m.place FROM {rows} r
        JOIN second_mark m ON m.kind = '{kind}' AND m.first = {first} AND m.second = {second}"""


_HITS = "CREATE OR REPLACE TEMP TABLE second_hit AS " + " UNION ALL ".join(
    (
        _by("uprn", "r.uprn"),
        _by("account", "r.account"),
        _by("nino", "r.nino"),
        _by("phone", "r.phone"),
        _by("surname", "r.surname"),
        _by("initial", "r.surname", "left(r.forename, 1)"),
        _by("name", "r.surname", "r.postcode"),
        _by("postcode", "r.postcode"),
        _by("house", "r.house", "r.postcode", "(SELECT *, unnest(houses) AS house FROM second_row)"),
        """SELECT r.person_key, r.household_key, s.place FROM second_row r
        JOIN second_alike s USING (born, surname, forename)""",
    )
)

# From rows to people and homes (`second_key`), from those to whoever has the telephone of such a person, and from these
# to homes (`second_home`), homes on the same property number (`second_place`) and the people of all of them.
_SPREAD = (
    """CREATE OR REPLACE TEMP TABLE second_lives AS
    SELECT person_key, family_key, household_key FROM person
    UNION SELECT l.person_key, NULL, a.household_key FROM person_link l JOIN address_link a USING (record_id)""",
    """CREATE OR REPLACE TEMP TABLE second_direct AS
    SELECT key, min(place) AS place FROM (
        SELECT person_key AS key, place FROM second_hit UNION ALL SELECT household_key, place FROM second_hit)
    WHERE key IS NOT NULL GROUP BY key""",
    """CREATE OR REPLACE TEMP TABLE second_phone AS
    SELECT r.phone, min(d.place) AS place FROM second_row r JOIN second_direct d ON d.key = r.person_key
    WHERE r.phone <> '' GROUP BY r.phone""",
    """CREATE OR REPLACE TEMP TABLE second_key AS
    SELECT key, min(place) AS place FROM (
        FROM second_direct
        UNION ALL SELECT r.person_key, t.place FROM second_row r JOIN second_phone t USING (phone)
        UNION ALL SELECT r.household_key, t.place FROM second_row r JOIN second_phone t USING (phone))
    WHERE key IS NOT NULL GROUP BY key""",
    """CREATE OR REPLACE TEMP TABLE second_home AS
    SELECT household_key, min(place) AS place FROM (
        SELECT key AS household_key, place FROM second_key
        UNION ALL SELECT l.household_key, k.place FROM second_lives l JOIN second_key k ON k.key = l.person_key
        UNION ALL SELECT household_key, $marked FROM second_marked)
    WHERE household_key IS NOT NULL GROUP BY household_key""",
    """CREATE OR REPLACE TEMP TABLE second_place AS
    SELECT household_key, min(place) AS place FROM (
        FROM second_home
        UNION ALL SELECT a.household_key, h.place FROM address a JOIN address b USING (uprn)
            JOIN second_home h ON h.household_key = b.household_key)
    GROUP BY household_key""",
    """CREATE OR REPLACE TEMP TABLE second_person AS
    SELECT person_key, min(place) AS place FROM (
        SELECT l.person_key, h.place FROM second_lives l JOIN second_place h USING (household_key)
        UNION ALL SELECT l.person_key, k.place FROM second_lives l JOIN second_key k ON k.key = l.person_key)
    GROUP BY person_key""",
    """CREATE OR REPLACE TEMP TABLE second_family AS
    SELECT p.family_key, min(s.place) AS place FROM person p JOIN second_person s USING (person_key)
    WHERE p.family_key IS NOT NULL GROUP BY p.family_key""",
)
_REFERENCES = """
    SELECT reference, min(place) FROM (
        SELECT person_key AS reference, place FROM second_person
        UNION ALL FROM second_family
        UNION ALL FROM second_place
        UNION ALL SELECT l.household_key, s.place FROM second_lives l JOIN second_person s USING (person_key)
        UNION ALL SELECT d.period_key, f.place FROM period d JOIN second_family f USING (family_key)
        UNION ALL SELECT d.period_key, h.place FROM period d JOIN second_place h USING (household_key))
    WHERE reference IS NOT NULL GROUP BY reference"""
# The home, and the family's own people, behind a reference; a home stands for itself alone.
_WAITING_REFERENCES = """
    WITH family AS (SELECT DISTINCT p.family_key FROM person p JOIN second_waiting w ON w.key = p.person_key)
    SELECT key FROM second_waiting
    UNION SELECT p.person_key FROM person p JOIN second_waiting w ON w.key = p.household_key
    UNION SELECT p.person_key FROM person p SEMI JOIN family USING (family_key)
    UNION SELECT p.family_key FROM person p JOIN second_waiting w ON w.key = p.household_key
    UNION SELECT family_key FROM family
    UNION SELECT d.period_key FROM period d JOIN second_waiting w ON w.key = d.household_key
    UNION SELECT d.period_key FROM period d SEMI JOIN family USING (family_key)"""
_KNOWN = """
    SELECT reference FROM (SELECT unnest($new) AS reference) WHERE reference IN (
        SELECT person_key FROM person UNION ALL SELECT family_key FROM person
        UNION ALL SELECT household_key FROM address UNION ALL SELECT period_key FROM period)"""


def _make_hits(connection: Connection, places: dict[Mark, int], forbidden: Forbidden) -> list[str]:
    """Makes `second_row`, and `second_hit`: each row that something forbids, with the place of it. Returns the lines at
    the places after those of the marks."""
    connection.execute(_ROWS)
    marks = [(*mark, "", "")[:3] for mark in places]
    kinds, firsts, seconds = zip(*marks, strict=True)
    connection.execute(_MARKS, {"kinds": kinds, "firsts": firsts, "seconds": seconds, "places": list(places.values())})
    people: list[tuple[str, str, str, int]] = []
    lines: list[str] = []
    for born, surname, forename in connection.execute(_BORN, {"days": sorted(forbidden.born)}).fetchall():
        line = _alike((born.isoformat(), surname, forename), forbidden)
        if line is not None:
            people.append((born.isoformat(), surname, forename, len(places) + len(lines)))
            lines.append(line)
    names = ("days", "surnames", "forenames", "places")
    connection.execute(_ALIKE, {name: [one[at] for one in people] for at, name in enumerate(names)})
    connection.execute(_HITS)
    return lines


def _spread(connection: Connection, marked: int, today: date) -> None:
    """Makes the tables that `_REFERENCES` and `_WAITING_REFERENCES` read. `marked`: the place of MARKED."""
    death = today - timedelta(days=DAYS_AFTER_A_DEATH)
    move = today - timedelta(days=DAYS_AFTER_A_MOVE)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE second_marked AS {_MARKED_HOMES}", {"death": death})
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE second_waiting AS FROM ({_WAITING}) w(key) WHERE key IS NOT NULL", {"move": move}
    )
    for statement in _SPREAD:
        connection.execute(statement, {"marked": marked} if "$marked" in statement else None)


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
