"""How does a council begin? With a folder for settings, a key, templates and each month's extracts."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from lift.errors import NotFoundError, SettingsError
from lift.sources.templates import write_templates
from lift.workspace.clock import today
from lift.workspace.folder import Workspace
from lift.workspace.key import make_key
from lift.workspace.purposes import first_purposes
from lift.workspace.settings import SHORTEST_NAME, first_settings, read_settings
from lift.workspace.writing import PRIVATE_FILE, private_folder, write_whole

NIL_RETURN_TEMPLATE = """\
# For a month with nobody to suppress. A named lead fills this in, saves it as nil_return.toml, and puts it into the
# month's folder of extracts in place of a suppression list. A list without rows is not enough.
kind = "suppression"
signed_by = ""                  # the lead's name
role = "Safeguarding lead"
signed_on = 2026-01-01          # the day of signing: the same month as the extracts, or the month before
statement = "I have checked, and nobody needs to be suppressed this month."
"""

EXTRACTS_TEMPLATE = """\
# Where a file says its day neither in a column nor in its name, or suits two profiles: fill this in, save it as
# extracts.toml, and put it into the month's folder, beside the files that it names. One table a file.
["name of the file.csv"]
extract_date = 2026-11-12        # the day it was written
# profile = "plain_ctr_award"    # which profile it is written in; lift check says which one it took
"""

TEMPLATES_README = """\
An empty file for each kind of extract that LIFT reads, with the headings it expects. Use one where no profile fits what
your supplier's system writes: fill it in, save it as CSV (UTF-8) under any name, and put it into the month's folder.

  suppression.csv       everybody who must not be contacted. WITHOUT IT NO LIST LEAVES LIFT. Fill in whatever is
                        known of each person; a reason left blank protects. A row that matches nobody in the
                        extracts stops every export until a lead acknowledges it: with Y under acknowledged and
                        a name under acknowledged_by, or with `lift suppressions acknowledge`.
  nil_return.toml       what a lead signs instead, in a month with nobody to suppress.
  extracts.toml         the day of a file that does not say it, or which of two profiles it is written in.
  contact.csv           how people can be reached.
  ward.csv              the ward of each property or postcode, as at a day: council tax systems seldom follow when
                        wards change. A row without uprn and postcode names a ward code.
  the rest              council tax, Council Tax Reduction, Housing Benefit, Universal Credit, school rolls.

A date in each file's name (2026-11-12) tells LIFT of which day it is; a column extract_date does so too. What stands
under each heading, and in which words, is in LIFT's docs/columns.md; how to teach it another layout, docs/extracts.md.
"""


@dataclass(frozen=True)
class Begun:
    """A new workspace, and the months of extracts that were copied into it."""

    workspace: Workspace
    months: tuple[str, ...]


def begin(folder: Path, name: str, *, in_greater_london: bool = False, sample: Path | None = None) -> Begun:
    """Makes a workspace. Raises SettingsError if there is one already, NotFoundError if `sample` holds no extracts."""
    workspace = Workspace(folder)
    if len(name) < SHORTEST_NAME:
        raise SettingsError(f"the council's name has at least {SHORTEST_NAME} letters. Nothing was made.")
    if workspace.settings.exists():
        raise SettingsError(f"{folder}: is a workspace already. Nothing was changed; give another folder.")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise SettingsError(f"{folder}: is not an empty folder. Nothing was changed; give a new or an empty folder.")
    months = _months(sample) if sample is not None else []
    private_folder(folder)
    incoming = private_folder(folder / "incoming")
    for place in (workspace.profiles, workspace.rules, workspace.runs, workspace.lists, workspace.templates):
        private_folder(place)
    for path in write_templates(workspace.templates):
        path.chmod(PRIVATE_FILE)
    write_whole(workspace.templates / "nil_return.toml", NIL_RETURN_TEMPLATE.encode())
    write_whole(workspace.templates / "extracts.toml", EXTRACTS_TEMPLATE.encode())
    write_whole(workspace.templates / "README.txt", TEMPLATES_README.encode())
    make_key(workspace)
    for month in months:
        _copy(month, private_folder(incoming / month.name))
    # The settings come last: a folder that has them is whole.
    write_whole(workspace.settings, _settings(name, in_greater_london, sample).encode())
    read_settings(workspace)
    return Begun(workspace, tuple(month.name for month in months))


def _settings(name: str, in_greater_london: bool, sample: Path | None) -> str:
    """An invented council, known by the truth that lies beside its extracts, needs no lawyer and no clock."""
    invented = sample is not None and (sample / "truth").is_dir()
    purposes = first_purposes(today(), invented=invented)
    return first_settings(name, in_greater_london=in_greater_london, invented=invented, purposes=purposes)


def _months(sample: Path) -> list[Path]:
    incoming = sample / "incoming"
    months = sorted(path for path in incoming.iterdir() if path.is_dir()) if incoming.is_dir() else []
    if not months:
        raise NotFoundError(
            f"{sample}: holds no extracts (looked for incoming/2026-11 and the like). Give the folder sample_data of "
            "the source code, or leave --sample out."
        )
    return months


def _copy(month: Path, target: Path) -> None:
    for path in sorted(month.iterdir()):
        if path.is_file():
            shutil.copyfile(path, target / path.name)
            (target / path.name).chmod(PRIVATE_FILE)


def sample_folder() -> Path:
    """The invented council that comes with the source code. Raises NotFoundError where it is not there."""
    folder = Path(__file__).resolve().parents[3] / "sample_data"
    if not folder.is_dir():
        raise NotFoundError(
            "sample_data was not found: it comes with the source code, not with the installed program. Run this in "
            "a copy of the source, or give the folder with --sample."
        )
    return folder
