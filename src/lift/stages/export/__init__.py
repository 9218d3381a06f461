"""How does a list leave LIFT: a call file, contacts for advisers, an adviser page, and the call file for machines?

Who stands on it is worked out at that very moment, from the run, the newest suppression list and the register; what
becomes of the files is `gate`'s business.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Any

from lift.beside import Work, begin, beside
from lift.collecting import collecting_nothing
from lift.errors import NotFoundError, UsageError
from lift.rulebook.load import load_rulebook
from lift.rulebook.model import Rule, Rulebook
from lift.stages.export import adviser_page, call_file
from lift.stages.export.call_file import Entry, Family, address_lines, entry_of, reach_of
from lift.stages.export.columns import Column
from lift.stages.export.gate import Gate, Sheet, open_gate
from lift.stages.export.notes import ADVISERS, CALLERS, PAGE, About, Shown, notes_of
from lift.workspace.campaigns import Contact, campaign_of, last_contacts
from lift.workspace.cells import Cell
from lift.workspace.folder import Workspace
from lift.workspace.register import listed_since, read_register
from lift.workspace.runs import ListCount, PublishedRun
from lift.workspace.settings import Settings
from lift.workspace.worklists import SAMPLE_QUESTIONS, reason_for

#: So many answers are worked out at a time, be it here or in a second process.
AT_A_TIME = 7_000
#: From so many answers on, a second process saves more time than it takes to start.
WORTH_A_PROCESS = 2_000


@dataclass(frozen=True)
class OpenList:
    """A list as it may be shown: whoever is held back is gone from it, and whoever the team has no time for."""

    name: str
    title: str
    rules: tuple[Rule, ...]
    families: tuple[Family, ...]
    shown: Shown


@dataclass(frozen=True)
class Exported:
    """The files of a list that left, none if nobody was left on it."""

    name: str
    files: tuple[Path, ...]
    shown: Shown


@dataclass(frozen=True)
class _Past:
    """What the register tells of a list: whom other lists name already, when letters went out, the day of each family's
    last contact by another campaign, and the month from which each answer has stood on the list."""

    busy: Sequence[Contact]
    letters_sent: datetime.date | None
    before: Mapping[str, datetime.date]
    since: Mapping[str, str]


@dataclass
class _Prepared:
    """A list that is worked out, or being so, and not written yet. `called`: its sheets of contacts. `answers`: rows
    of its adviser page, in parts; `page`: that page, once all of them are there."""

    opened: OpenList
    about: About
    columns: _Columns
    called: list[Sheet]
    answers: tuple[Work[list[tuple[Cell, ...]]], ...]
    page: Sheet | None = None

    @property
    def is_worked_out(self) -> bool:
        return all(part.done for part in self.answers)

    @cached_property
    def contacts(self) -> list[Contact]:
        return [Contact(family.reference, family.contact_key) for family in self.opened.families]


@dataclass(frozen=True)
class Lists:
    """The lists of one run, suppressed by the newest list. Made by `open_lists`."""

    gate: Gate
    book: Rulebook

    @property
    def run(self) -> PublishedRun:
        return self.gate.run

    def open(self, name: str) -> OpenList:
        """A list without anybody who is held back, cut to the team's capacity. Raises NotFoundError."""
        return self._open(name, self.gate.standing.busy([name])[name])

    def _open(self, name: str, busy: Iterable[Contact]) -> OpenList:
        """`busy`: whom other lists name."""
        one = list_of(self.run, name)
        found = self.gate.standing.families(name, busy)
        shown = self.gate.standing.counted(one, found)
        free = [key for key, reason in found.items() if reason is None]
        kept = tuple(_family(rows) for rows in self.gate.standing.rows(name, free[: shown.shown]).values())
        return OpenList(name, one.title, tuple(self.book.rules[rule] for rule in one.rules), kept, shown)

    def export(self, name: str, *, without: Iterable[str] = (), replace: bool = False) -> Exported:
        """Writes a list's files. `without`: columns to leave out. `replace`: also over files that somebody changed.
        Raises DisclosureError, leaving nothing, if anything is not as it must be."""
        (done,) = self.export_all([name], without=without, replace=replace)
        return done

    def export_all(
        self, names: Sequence[str], *, without: Iterable[str] = (), replace: bool = False
    ) -> Iterator[Exported]:
        """Writes the files of these lists, one list after the other, each as `export` would. All are worked out before
        the first is written."""
        columns = _Columns(frozenset(without))
        for name in names:
            self.gate.purpose(name, columns.all())
        past = self._past(names)
        prepared: list[_Prepared] = []
        for name in names:
            others = [contact for one in prepared for contact in one.contacts]
            prepared.append(self._prepare(name, columns, past[name], others))
        if any(one.opened.families for one in prepared):
            self.gate.second()
        while prepared:
            one = prepared.pop(0)
            self._make_page(one, next_=True)
            # While this list is written and checked, the second process has the pages of those that are worked out.
            for later in prepared:
                if later.is_worked_out:
                    self._make_page(later)
            sheets = [*one.called, *([one.page] if one.page is not None else [])]
            files = self.gate.send(one.opened.name, sheets, contacts=one.contacts, contacting=True, replace=replace)
            yield Exported(one.opened.name, tuple(files), one.opened.shown)

    def _past(self, names: Sequence[str]) -> dict[str, _Past]:
        """All that the register tells of these lists, read at once and before the first of them is written."""
        month, busy = self.run.record.month, self.gate.standing.busy(names)
        with read_register(self.gate.workspace) as register:
            campaigns = {name: campaign_of(register, name, month) for name in names}
            return {
                name: _Past(
                    busy[name],
                    campaign.letters_sent if campaign else None,
                    last_contacts(register, (name, month)),
                    listed_since(register, name, month),
                )
                for name, campaign in campaigns.items()
            }

    def _prepare(self, name: str, columns: _Columns, past: _Past, others: Iterable[Contact]) -> _Prepared:
        """`others`: whom lists name that leave together with this one, before it."""
        purpose = self.gate.purpose(name, columns.all())
        opened = self._open(name, [*past.busy, *others])
        about = About(
            name, opened.title, opened.rules, opened.shown, self.gate.protection.in_words, purpose, self.gate.today,
            self.gate.destroy_after,
        )  # fmt: skip
        answers = self._answers(opened, past) if opened.rules else ()
        return _Prepared(opened, about, columns, self._called(opened, about, columns, past), answers)

    def _called(self, opened: OpenList, about: About, columns: _Columns, past: _Past) -> list[Sheet]:
        """Whom callers ring, and whom advisers do, as far as there is anybody."""
        entries = self._entries(opened, past) if opened.families else {}
        sheets = []
        for folder, audience, name, to_adviser in (
            ("callers", CALLERS, f"{opened.name}_call_file", False),
            ("advisers", ADVISERS, f"{opened.name}_contacts", True),
        ):
            own = [entries[family.reference] for family in opened.families if family.to_adviser == to_adviser]
            if own:
                notes = notes_of(self.run.record, self.book, about, audience, f"{len(own):,} families here, a row each")
                sheets.append(self.gate.begun(columns.contacts(f"{folder}/{name}", opened.title, own, notes)))
        return sheets

    def _make_page(self, one: _Prepared, *, next_: bool = False) -> None:
        """The adviser page, where the list has one. `next_`: it is needed before all others."""
        if one.page is not None or not one.opened.rules or not one.opened.families:
            return
        page = [row for part in one.answers for row in part.result()]
        notes = notes_of(self.run.record, self.book, one.about, PAGE, f"{len(page):,} answers here, a row each")
        place = f"advisers/{one.opened.name}_adviser_page"
        one.page = self.gate.begun(one.columns.page(place, one.opened.title, page, notes), next_=next_)

    def _entries(self, opened: OpenList, past: _Past) -> dict[str, Entry]:
        connection = self.gate.connection
        reach = reach_of(connection, [one.contact_key for one in opened.families if one.contact_key])
        lines = address_lines(connection, [one.household_key for one in opened.families])
        return {
            one.reference: entry_of(
                one,
                reach[str(one.contact_key)],
                lines.get(one.household_key, []),
                reason_for(opened.name, self._outreach(one)),
                self._outreach(one)[0].get("ask_first", ()) if opened.rules else SAMPLE_QUESTIONS,
                past.letters_sent,
                past.before.get(one.reference),
            )
            for one in opened.families
        }

    def _outreach(self, family: Family) -> list[Mapping[str, Any]]:
        """What the rules of a family's answers say of how residents are told; nothing for one on no rule's list."""
        return [self.book.rules[row["rule"]].outreach for row in family.rows if row["rule"]]

    def _answers(self, opened: OpenList, past: _Past) -> tuple[Work[list[tuple[Cell, ...]]], ...]:
        """The rows of the adviser page, whose parts may be worked out in either process."""
        record, since = self.run.record, past.since
        return tuple(
            begin(
                self.gate.beside, adviser_page.page_rows, self.run.core, self.book, record.day, part,
                {row["reference"]: since[row["reference"]] for one in part for row in one.rows
                 if row["reference"] in since},
                record.month,
            )
            for part in _parts(opened.families)
        )  # fmt: skip


def _parts(families: Sequence[Family]) -> Iterator[Sequence[Family]]:
    """The families in order, a part of them at a time."""
    start = answers = 0
    for end, family in enumerate(families, start=1):
        answers += len(family.rows)
        if answers >= AT_A_TIME or end == len(families):
            yield families[start:end]
            start, answers = end, 0


@dataclass(frozen=True)
class _Columns:
    """The columns of a list's files without those that a purpose does not cover."""

    without: frozenset[str]

    def all(self) -> list[Column]:
        """Every column that would leave. Raises UsageError for a name that is no column, or that rows are known by."""
        columns = [*call_file.COLUMNS, *call_file.FOR_MACHINES, *adviser_page.COLUMNS]
        known = list(dict.fromkeys(column.purpose_name for column in columns))
        for name in sorted(self.without):
            if name not in known or name == "reference":
                near = get_close_matches(name, known[1:], 1)
                hint = f"Did you mean {near[0]}?" if near else f"There is {', '.join(known[1:])}."
                raise UsageError(f"{name} is no column that can be left out. {hint}")
        return self._kept(columns)

    def _kept(self, columns: Sequence[Column]) -> list[Column]:
        return [column for column in columns if column.purpose_name not in self.without]

    def _cut(self, columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> tuple[tuple[Cell, ...], ...]:
        places = [place for place, column in enumerate(columns) if column.purpose_name not in self.without]
        if len(places) == len(columns):
            return tuple(tuple(row) for row in rows)
        return tuple(tuple(row[place] for place in places) for row in rows)

    def contacts(self, place: str, title: str, entries: Sequence[Entry], notes: Sequence[tuple[str, str]]) -> Sheet:
        return Sheet(
            place,
            title,
            tuple(self._kept(call_file.COLUMNS)),
            self._cut(call_file.COLUMNS, (entry.people for entry in entries)),
            notes,
            tuple(self._kept(call_file.FOR_MACHINES)),
            self._cut(call_file.FOR_MACHINES, (entry.machines for entry in entries)),
        )

    def page(self, place: str, title: str, rows: Iterable[Sequence[Cell]], notes: Sequence[tuple[str, str]]) -> Sheet:
        columns = adviser_page.COLUMNS
        return Sheet(place, title, tuple(self._kept(columns)), self._cut(columns, rows), notes)


@contextmanager
def open_lists(
    workspace: Workspace, settings: Settings, run: PublishedRun, *, to_export: Sequence[str] = ()
) -> Iterator[Lists]:
    """The run's lists by its own rules, for as long as the block lasts. `to_export`: those that will be exported; where
    they are long, a second process starts. Raises DisclosureError if nothing may leave."""
    answers = sum(one.likely + one.possible for one in run.record.lists if one.name in to_export)
    with (
        collecting_nothing(),
        beside(wanted=answers >= WORTH_A_PROCESS) as other,
        open_gate(workspace, settings, run, other=other) as gate,
    ):
        yield Lists(gate, load_rulebook(run.rules, examples=False))


def list_of(run: PublishedRun, name: str) -> ListCount:
    """What the run says of a list. Raises NotFoundError."""
    for one in run.record.lists:
        if one.name == name:
            return one
    near = get_close_matches(name, [one.name for one in run.record.lists], 1)
    hint = f" Did you mean {near[0]}?" if near else ""
    raise NotFoundError(f"run {run.id} has no list {name}.{hint} `lift list` shows them all.")


def _family(rows: Sequence[Mapping[str, Any]]) -> Family:
    first = rows[0]
    return Family(first["family_key"], first["contact_key"], first["household_key"], tuple(rows))


__all__ = ["Exported", "Gate", "Lists", "OpenList", "Sheet", "list_of", "open_gate", "open_lists"]
