"""What happens in a month's run? Seven verbs in order; read this first.

    extracts -> 1 intake -> 2 link -> 3 build -> 4 assess -> 5 rank -> 6 publish -> 7 track

The stages meet in the tables of one database (docs/tables.md), built in a work folder that gets its name when all of it
is on disk: a crash leaves no run or a whole one. (Track, the comparison with earlier runs, comes later; the register
keeps what it will need.) Files that leave LIFT are no part of a run: `stages/export` writes them, suppressed at that
very moment.
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import lift
from lift.collecting import collecting_nothing
from lift.errors import DisclosureError
from lift.rulebook.kept import keep_readings
from lift.rulebook.load import load_rulebook, rules_folder
from lift.rulebook.model import Rulebook
from lift.stages.assess import AssessReport, assess
from lift.stages.build import build
from lift.stages.due import awaited, up_to_date
from lift.stages.export.showing import Showing, showing_in_the_making
from lift.stages.intake import IntakeReport, intake
from lift.stages.link import link
from lift.stages.publish import Draft, publish
from lift.stages.publish.checked import Checked, checked
from lift.stages.publish.coverage import require_enough
from lift.stages.rank import RankReport, rank
from lift.workspace import audit
from lift.workspace.busy import at_work
from lift.workspace.campaigns import destroy_due
from lift.workspace.clock import export_day, today
from lift.workspace.database import Connection, database
from lift.workspace.folder import Workspace
from lift.workspace.key import read_key
from lift.workspace.month import (
    Incoming,
    check_room,
    copy_rules,
    identity_of,
    incoming_of,
    profiles_of,
    run_day,
    same_run,
    told_where_they_stand,
)  # fmt: skip
from lift.workspace.register import bring_up_to_date
from lift.workspace.runs import PublishedRun, next_id, read_run
from lift.workspace.settings import Settings, read_settings
from lift.workspace.worklists import Worklist, rules_wanted, worklists
from lift.workspace.writing import move_into_place, private_folder


@dataclass
class Job:
    """A run in the making: what it rests on, then what each stage has found."""

    workspace: Workspace
    settings: Settings
    incoming: Incoming
    book: Rulebook
    rules: tuple[str, ...]
    lists: tuple[Worklist, ...]
    day_asked: datetime.date | None
    identity: str
    run: str
    folder: Path
    watch: Watch
    seconds: dict[str, float] = field(default_factory=dict)
    received: IntakeReport = field(init=False)
    day: datetime.date = field(init=False)
    assessed: AssessReport = field(init=False)
    ranked: RankReport = field(init=False)
    warnings: tuple[str, ...] = ()
    showing: Showing = field(init=False)


def _intake(job: Job, connection: Connection) -> str:
    job.received = intake(
        connection,
        job.incoming.folder,
        month=job.incoming.month,
        profiles=profiles_of(job.workspace),
        progress=job.watch.reading,
    )
    require_enough(job.received.rows, f"incoming/{job.incoming.month}")
    job.day = job.day_asked or run_day(job.settings.run.day, job.incoming.month, job.received.files)
    lines = sum(file.lines for file in job.received.files)
    return f"{len(job.received.files)} files, {lines:,} lines, {job.received.refused:,} refused"


def _link(job: Job, connection: Connection) -> str:
    made = link(connection, key=read_key(job.workspace))
    return f"{made.records:,} records are {made.persons:,} people in {made.homes:,} homes"


def _build(job: Job, connection: Connection) -> str:
    london = job.settings.council.in_greater_london
    made = build(connection, day=job.day, key=read_key(job.workspace), facts=job.book.facts, in_greater_london=london)
    job.warnings = awaited(made.awaiting_new_rates, made.rates_since)
    differing = sum(made.conflicts.values())
    return f"{made.families:,} families; {differing:,} fact{'' if differing == 1 else 's'} on which sources differ"


def _assess(job: Job, connection: Connection) -> str:
    due = up_to_date(job.book, job.rules, job.day)
    job.rules, job.warnings = due.rules, (*job.warnings, *due.warnings)
    job.lists = worklists(job.book.rules, job.rules, job.settings.lists.leave_out)
    job.assessed = assess(connection, job.book, job.day, job.rules)
    return f"{sum(number for _, _, number in job.assessed.counts):,} answers by {len(job.rules)} rules, as at {job.day}"


def _rank(job: Job, connection: Connection) -> str:
    smallest = job.settings.lists.smallest_worth
    job.ranked = rank(connection, job.book, job.lists, job.day, smallest_worth=smallest)
    return f"{job.ranked.rows:,} rows on {len(job.ranked.lists)} lists"


def _publish(job: Job, connection: Connection) -> str:
    without_view = _hold_back(job, connection)
    publish(
        connection,
        job.folder,
        Draft(
            job.run,
            job.incoming.month,
            job.day,
            job.settings.council.name,
            job.identity,
            job.assessed.plan_hash,
            job.seconds,
            without_view,
            job.warnings,
        ),
        job.received,
        job.book,
        job.rules,
        job.ranked.lists,
    )
    return f"runs/{job.run}"


def _hold_back(job: Job, connection: Connection) -> str:
    """Makes `held_person` and `held_home`, as for an export, and counts whom the lists show now; or says why analysts
    get no view of this run."""
    days = [job.day, *(file.extract_date for file in job.received.files)]
    try:
        job.showing = showing_in_the_making(
            connection, job.workspace, job.settings, job.incoming.month, days, job.ranked.lists
        )
    except DisclosureError as error:
        job.showing = Showing(trouble=str(error))
        return f"{error} Then run the month again."
    return ""


STAGES: dict[str, Callable[[Job, Connection], str]] = {
    "intake": _intake,
    "link": _link,
    "build": _build,
    "assess": _assess,
    "rank": _rank,
    "publish": _publish,
}


class Watch(Protocol):
    """Who is told how far the run is."""

    def started(self, stage: str) -> None: ...
    def reading(self, file: str, done: int, size: int) -> None: ...
    def finished(self, stage: str, told: str, seconds: float) -> None: ...


@dataclass(frozen=True)
class Outcome:
    """The run, and whether it was made now; if not, it rests on the very same extracts, rules and settings. `showing`:
    what its lists showed when it was made, where it was."""

    run: PublishedRun
    is_new: bool
    showing: Showing | None = None


def run_month(
    workspace: Workspace, month: str, watch: Watch, *, day: datetime.date | None = None, threads: int | None = None
) -> Outcome:
    """One month's run. `day`: what answers are worked out for, in place of the council's policy. Raises LiftError."""
    settings = read_settings(workspace)
    read_key(workspace)
    incoming = incoming_of(workspace, settings, month)
    if not settings.council.invented:
        destroy_due(workspace, today())
    with at_work(workspace) as work:
        bring_up_to_date(workspace)
        check_room(workspace, incoming)
        rules = copy_rules(workspace, rules_folder(), work / "rules")
        with told_where_they_stand(workspace, rules):
            book = load_rulebook(rules, examples=False)
        identity = identity_of(incoming, book.hashes, settings, str(day), lift.__version__)
        known = same_run(workspace, identity)
        if known is not None:
            return Outcome(known, is_new=False)
        run = next_id(workspace, month)
        folder = private_folder(work / run)
        (work / "rules").rename(folder / "rules")
        keep_readings(folder / "rules", book.hashes.items())
        wanted = rules_wanted(book.rules, settings)
        lists = worklists(book.rules, wanted, settings.lists.leave_out)
        job = Job(workspace, settings, incoming, book, wanted, lists, day, identity, run, folder, watch)
        _make(job, private_folder(work / "spill"), settings.machine.threads if threads is None else threads)
        move_into_place(folder, workspace.runs / run)
        audit.record(workspace, {"what": "run", "run": run, "identity": identity})
        bring_up_to_date(workspace)
    published = read_run(workspace, run)
    if settings.council.invented:  # its clock has come to the day of these files
        destroy_due(workspace, export_day(settings, published.record.days))
    return Outcome(published, is_new=True, showing=job.showing)


def _make(job: Job, spill: Path, threads: int) -> None:
    memory = job.settings.machine.memory
    core = job.folder / "core.duckdb"
    with collecting_nothing(), database(core, spill=spill, memory=memory, threads=threads) as connection:
        for name, stage in STAGES.items():
            job.watch.started(name)
            began = time.monotonic()
            told = stage(job, connection)
            job.seconds[name] = round(time.monotonic() - began, 2)
            job.watch.finished(name, told, job.seconds[name])


def check_month(workspace: Workspace, month: str, watch: Watch) -> Checked:
    """Reads a month's extracts without making a run of them. Raises LiftError."""
    settings = read_settings(workspace)
    incoming = incoming_of(workspace, settings, month)
    with at_work(workspace) as work:
        check_room(workspace, incoming)
        with database(work / "check.duckdb", spill=private_folder(work / "spill")) as connection:
            received = intake(
                connection, incoming.folder, month=month, profiles=profiles_of(workspace), progress=watch.reading
            )
            return checked(connection, received)
