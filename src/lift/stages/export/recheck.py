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

from lift.errors import DisclosureError
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
    export. Raises DisclosureError if a list has other headings than the template's, as a profile of the council's own
    allows: what forbids then cannot be read without the code that it is to check."""

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
        if self.name is None and self.telephone is None and not self.address:
            return set()  # an adviser page says nothing of its own

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
    if missing := HEADINGS - set(headings):
        raise DisclosureError(
            f"{path.name}: its heading line lacks {', '.join(sorted(missing))}, by which finished files are checked "
            "again, so nothing was exported. Name the columns of a suppression list as templates/suppression.csv does."
        )
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

# What the rows of extracts say, as they say it. Few of some 900,000 are forbidden by something, so nothing is made for
# all of them: identifiers are compared once for each that is told anywhere, and links are read of what was found alone.
_SAID = """
    CREATE OR REPLACE TEMP VIEW second_said AS
    SELECT record_id, uprn, account_ref, nino8, phone, coalesce(surname_key, '') AS surname,
        coalesce(forename_key, '') AS forename, date_of_birth AS born, postcode, address_match
    FROM record WHERE kind <> 'suppression'"""
_MARKS = """
    CREATE OR REPLACE TEMP TABLE second_mark AS
    SELECT unnest($kinds) AS kind, unnest($firsts) AS first, unnest($seconds) AS second, unnest($places) AS place"""
# Each identifier that is told, with the form in which marks have it; empty where none is told.
_FORMS = {
    "uprn": "ltrim(coalesce(told, ''), '0')",
    "account_ref": """ltrim(
        regexp_replace(regexp_replace(upper(coalesce(told, '')), '[^A-Z0-9]', '', 'g'), '^TEMP', ''), '0')""",
    "nino8": "left(regexp_replace(upper(coalesce(told, '')), '[^A-Z0-9]', '', 'g'), 8)",
    "phone": "right(regexp_replace(coalesce(told, ''), '[^0-9]', '', 'g'), 10)",
    "postcode": "regexp_replace(upper(coalesce(told, '')), '[^A-Z0-9]', '', 'g')",
}
# Two names on one date of birth: compared in Python, each pair once.
_BORN = """
    SELECT DISTINCT born, surname, forename FROM second_said
    WHERE born IN (SELECT CAST(unnest($days) AS DATE)) ORDER BY ALL"""
_ALIKE = """
    CREATE OR REPLACE TEMP TABLE second_alike AS
    SELECT CAST(unnest($days) AS DATE) AS born, unnest($surnames) AS surname, unnest($forenames) AS forename,
        unnest($places) AS place"""


def _form(column: str) -> str:
    """Makes `second_COLUMN`: each identifier as it is told, and as marks have it."""
    return f"""CREATE OR REPLACE TEMP TABLE second_{column} AS
        SELECT told, {_FORMS[column]} AS form FROM (SELECT DISTINCT {column} AS told FROM second_said)"""


def _by(kind: str, column: str) -> str:
    """Rows with an identifier that is marked."""
    return f"""SELECT r.record_id, m.place FROM second_said r JOIN (
            SELECT t.told, m.place FROM second_{column} t JOIN second_mark m ON m.kind = '{kind}' AND m.first = t.form
        ) m ON r.{column} IS NOT DISTINCT FROM m.told"""


_HITS = (
    "CREATE OR REPLACE TEMP TABLE second_hit AS WITH found AS ("
    + " UNION ALL ".join(
        (
            _by("uprn", "uprn"),
            _by("account", "account_ref"),
            _by("nino", "nino8"),
            _by("phone", "phone"),
            _by("postcode", "postcode"),
            """SELECT r.record_id, m.place FROM second_said r
        JOIN second_mark m ON m.kind = 'surname' AND m.first = r.surname""",
            """SELECT r.record_id, m.place FROM second_said r
        JOIN second_mark m ON m.kind = 'initial' AND m.first = r.surname AND m.second = left(r.forename, 1)""",
            """SELECT r.record_id, m.place FROM second_said r JOIN (
            SELECT t.told, m.first AS surname, m.place
            FROM second_postcode t JOIN second_mark m ON m.kind = 'name' AND m.second = t.form
        ) m ON r.surname = m.surname AND r.postcode IS NOT DISTINCT FROM m.told""",
            """SELECT r.record_id, m.place FROM (
            SELECT r.record_id, t.form, unnest(string_split(split_part(r.address_match, '|', 2), '/')) AS house
            FROM second_said r JOIN second_postcode t ON r.postcode IS NOT DISTINCT FROM t.told
            WHERE t.form IN (SELECT second FROM second_mark WHERE kind = 'house')
        ) r JOIN second_mark m ON m.kind = 'house' AND m.first = r.house AND m.second = r.form""",
            """SELECT r.record_id, s.place FROM second_said r
        JOIN second_alike s USING (born, surname, forename)""",
        )
    )
    + """)
    SELECT l.person_key AS key, f.place FROM found f JOIN person_link l USING (record_id)
    UNION SELECT a.household_key, f.place FROM found f JOIN address_link a USING (record_id)"""
)


def _homes_of(people: str) -> str:
    """The homes of people (`key`, place), by the run's units and by the rows of extracts."""
    return f"""SELECT p.household_key AS key, k.place FROM person p JOIN {people} k ON k.key = p.person_key
        UNION SELECT a.household_key, k.place FROM {people} k JOIN person_link l ON l.person_key = k.key
            JOIN address_link a USING (record_id)"""


# From rows to people and homes (`second_key`), from those to whoever has the telephone of such a person, and from these
# to homes (`second_home`), homes on the same property number (`second_place`) and the people of all of them.
_SPREAD = (
    """CREATE OR REPLACE TEMP TABLE second_direct AS
    SELECT key, min(place) AS place FROM second_hit WHERE key IS NOT NULL GROUP BY key""",
    """CREATE OR REPLACE TEMP TABLE second_called AS
    WITH number AS (
        SELECT t.form, min(d.place) AS place FROM second_direct d JOIN person_link l ON l.person_key = d.key
        JOIN second_said r USING (record_id) JOIN second_phone t ON t.told = r.phone GROUP BY t.form
        -- Numbers such as 00000000000 only fill a space. Asked of `max`, so that it is asked of these numbers alone.
        HAVING length(max(t.form)) = 10 AND len(list_distinct(string_split(max(t.form), ''))) > 2
    )
    SELECT r.record_id, n.place
    FROM number n JOIN second_phone t USING (form) JOIN second_said r ON r.phone = t.told""",
    """CREATE OR REPLACE TEMP TABLE second_key AS
    SELECT key, min(place) AS place FROM (
        FROM second_direct
        UNION ALL SELECT l.person_key, c.place FROM second_called c JOIN person_link l USING (record_id)
        UNION ALL SELECT a.household_key, c.place FROM second_called c JOIN address_link a USING (record_id))
    WHERE key IS NOT NULL GROUP BY key""",
    f"""CREATE OR REPLACE TEMP TABLE second_home AS
    SELECT household_key, min(place) AS place FROM (
        SELECT key AS household_key, place FROM second_key
        UNION ALL {_homes_of("second_key")}
        UNION ALL SELECT household_key, $marked FROM second_marked)
    WHERE household_key IS NOT NULL GROUP BY household_key""",
    """CREATE OR REPLACE TEMP TABLE second_place AS
    SELECT household_key, min(place) AS place FROM (
        FROM second_home
        UNION ALL SELECT a.household_key, h.place FROM address a JOIN address b USING (uprn)
            JOIN second_home h ON h.household_key = b.household_key)
    GROUP BY household_key""",
    """CREATE OR REPLACE TEMP TABLE second_person AS
    SELECT key, min(place) AS place FROM (
        FROM second_key
        UNION ALL SELECT p.person_key, h.place FROM person p JOIN second_place h USING (household_key)
        UNION ALL SELECT l.person_key, h.place FROM second_place h JOIN address_link a USING (household_key)
            JOIN person_link l USING (record_id))
    WHERE key IS NOT NULL GROUP BY key""",
    """CREATE OR REPLACE TEMP TABLE second_family AS
    SELECT p.family_key, min(s.place) AS place FROM person p JOIN second_person s ON s.key = p.person_key
    WHERE p.family_key IS NOT NULL GROUP BY p.family_key""",
)
_REFERENCES = f"""
    SELECT reference, min(place) FROM (
        SELECT key AS reference, place FROM second_person
        UNION ALL FROM second_family
        UNION ALL FROM second_place
        UNION ALL {_homes_of("second_person")}
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
    """Makes `second_hit`: people and homes of each row that something forbids, with the place of it. Returns the lines
    at the places after those of the marks."""
    connection.execute(_SAID)
    for column in _FORMS:
        connection.execute(_form(column))
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
    WITH marked AS (
        SELECT 'council_tax_account' AS kind, file_id, line FROM council_tax_account
        WHERE do_not_contact OR sensitive OR breathing_space OR exemption_class = 'F'
        UNION ALL SELECT 'ctr_award', file_id, line FROM ctr_award
        WHERE refusal_reason = 'died' OR partner_death_date >= $death
        UNION ALL SELECT 'benefit_claim', file_id, line FROM benefit_claim WHERE partner_death_date >= $death
    ), found AS (
        SELECT r.record_id FROM record r SEMI JOIN marked USING (kind, file_id, line)
        UNION SELECT record_id FROM record WHERE kind = 'council_tax_account' AND entity = 'estate'
    )
    SELECT DISTINCT a.household_key FROM address_link a SEMI JOIN found USING (record_id)"""
# Homes, and people, that are left off for a while: a move, a parting, somebody who acts for them.
_WAITING = """
    WITH told AS (
        SELECT 'council_tax_account' AS kind, file_id, line, 'home' AS whom FROM council_tax_account
        WHERE occupation_start >= $move
        UNION ALL SELECT 'council_tax_resident', file_id, line, 'home' FROM council_tax_resident
        WHERE greatest(resident_from, resident_to) >= $move
        UNION ALL SELECT 'benefit_claim', file_id, line, 'home' FROM benefit_claim WHERE partner_end >= $move
        UNION ALL SELECT 'benefit_claim', file_id, line, 'person' FROM benefit_claim WHERE appointee
        UNION ALL SELECT 'ctr_award', file_id, line, 'person' FROM ctr_award WHERE appointee
        UNION ALL SELECT 'contact', file_id, line, 'either' FROM contact WHERE speak_to <> 'self'
    ), found AS MATERIALIZED (
        SELECT r.record_id, t.whom FROM record r JOIN told t USING (kind, file_id, line)
    ), known AS (
        SELECT f.record_id FROM found f JOIN person_link l USING (record_id) SEMI JOIN person p USING (person_key)
    )
    SELECT l.person_key FROM found f JOIN person_link l USING (record_id) WHERE f.whom <> 'home'
    UNION SELECT a.household_key FROM found f JOIN address_link a USING (record_id)
    WHERE f.whom = 'home' OR f.whom = 'either' AND f.record_id NOT IN (FROM known)"""
