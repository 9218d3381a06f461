"""What has this council decided? (`council.toml`)

Text from outside: an unknown word is a mistake, never passed over.
"""

from __future__ import annotations

import datetime
import hashlib
import re
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from lift.errors import SettingsError
from lift.workspace.folder import SETTINGS, Workspace

FORMAT = 1
RunDay = Literal["benefits extract", "accounts extract", "end of month"]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


SHORTEST_NAME = 2


class Council(Strict):
    """`invented`: a council that nobody lives in. Its files never grow older, so its clock stands still."""

    name: str = Field(min_length=SHORTEST_NAME)
    in_greater_london: bool = False
    invented: bool = False


class Sources(Strict):
    folder: str = "incoming"


class Run(Strict):
    day: RunDay = "benefits extract"


class Lists(Strict):
    """`smallest_worth`: pounds a week; an answer that can come to no more than less is on no list. `capacity`: how many
    families of each list the team can work in a month; lists not named have no limit."""

    leave_out: tuple[str, ...] = ()
    smallest_worth: Decimal = Field(default=Decimal("1.00"), ge=0, le=100, decimal_places=2)
    capacity: dict[str, int] = Field(default_factory=dict)

    @field_validator("capacity")
    @classmethod
    def _somebody(cls, capacity: dict[str, int]) -> dict[str, int]:
        for name, families in capacity.items():
            if families < 1:
                raise ValueError(
                    f"{name} = {families}: a capacity is 1 or more (to drop a list, name it under leave_out)"
                )
        return capacity


class Purpose(Strict):
    """Why, by which law and until when a list may leave, and which columns with it (workspace/purposes.py). What is
    blank here closes the export, not the run."""

    purpose: str
    gateway: str
    lawful_basis: str
    special_category: str = ""
    dpia: str
    owner: str
    expires: datetime.date
    columns: tuple[str, ...]

    @field_validator("purpose", "gateway", "lawful_basis", "special_category", "dpia", "owner")
    @classmethod
    def _no_blanks(cls, text: str) -> str:
        return " ".join(text.split())


class Retention(Strict):
    exported_lists_days: int = Field(default=14, ge=1, le=31)


class Machine(Strict):
    """Limits for one run; by default all processors, and as much memory as DuckDB allows itself."""

    memory: str = ""
    threads: int = Field(default=0, ge=0)

    @field_validator("memory")
    @classmethod
    def _a_size(cls, memory: str) -> str:
        if memory and not re.fullmatch(r"[0-9]+ ?(MB|GB)", memory):
            raise ValueError('write it as "4GB"')
        return memory


class Settings(Strict):
    """The whole file."""

    format: int = FORMAT
    council: Council
    sources: Sources = Sources()
    run: Run = Run()
    lists: Lists = Lists()
    purpose: dict[str, Purpose] = Field(default_factory=dict)
    retention: Retention = Retention()
    machine: Machine = Machine()

    def incoming(self, workspace: Workspace) -> Path:
        """The folder that holds one folder of extracts a month."""
        return workspace.root / self.sources.folder

    def fingerprint(self) -> str:
        """What may change a run's results: not the machine's limits, nor what is decided when a list is exported."""
        lists = self.lists.model_copy(update={"capacity": {}})
        said = self.model_copy(update={"lists": lists}).model_dump_json(exclude={"machine", "purpose", "retention"})
        return hashlib.sha256(said.encode()).hexdigest()


def read_settings(workspace: Workspace) -> Settings:
    """Raises SettingsError: where, what, what to do."""
    try:
        document = tomllib.loads(workspace.settings.read_text(encoding="utf-8-sig"))
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{SETTINGS}: is not TOML ({error}). Mend it at that place.") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{SETTINGS}: is text in another encoding. Save it as UTF-8.") from None
    except OSError as error:
        raise SettingsError(f"{SETTINGS}: cannot be read ({type(error).__name__}). Check its permissions.") from None
    written_by = document.get("format", FORMAT)
    if isinstance(written_by, int) and written_by > FORMAT:
        raise SettingsError(
            f"{SETTINGS}: was written by a newer LIFT (format {written_by}; this one knows {FORMAT}). Install that "
            "version."
        )
    try:
        return Settings.model_validate(document)
    except ValidationError as error:
        raise SettingsError(f"{SETTINGS}: {_complaints(error)} Compare with the one that lift init writes.") from None


def _complaints(error: ValidationError) -> str:
    """Everything that does not fit, a sentence each."""
    found = []
    for one in error.errors(include_url=False):
        place = ".".join(str(part) for part in one["loc"])
        if one["type"] == "extra_forbidden":
            found.append(f"{place} is no setting of LIFT.")
        elif one["type"] == "missing":
            found.append(f"{place} is missing.")
        else:
            message = one["msg"].removeprefix("Value error, ")
            found.append(f"{place}: {message[:1].lower()}{message[1:]}.")
    return " ".join(found)


TEMPLATE = """\
# Settings of this council. Everything here is read again at each run. A line with # at its start is a remark.
format = {format}

[council]
name = {name}
in_greater_london = {london}        # the benefit cap is higher there
{invented}
[sources]
folder = "incoming"             # below it one folder a month: incoming/2026-11

[run]
day = "benefits extract"        # the day that answers are worked out for, one of:
                                #   "benefits extract": the day of the latest Housing Benefit or Reduction extract
                                #   "accounts extract": the day of the council tax extract
                                #   "end of month":     the last day of the month

[lists]
# lists, or rules, that the team does not work, for example ["attendance_allowance"]
{left_out}leave_out = [{local}]
smallest_worth = 1.00           # £ a week; what cannot come to as much, whatever is not known, is on no list

[lists.capacity]                # how many families of a list the team can work in a month; without a line here, all
# pension_credit = 120

[retention]
exported_lists_days = 14        # how long an exported list is kept (31 at most); then LIFT deletes it

[machine]
# memory = "4GB"                # limits for one run, where the computer has other work to do
# threads = 2
"""


#: Rules by the scheme of one council, which would promise another's residents what theirs does not pay.
LOCAL = ("council_tax_reduction_not_claimed",)
LEFT_OUT = """\
# council_tax_reduction_not_claimed goes by one council's scheme, not by yours. To use it, copy its file from LIFT's
# rules/local into rules/ here, put your own scheme's figures into it, and take its name out of this line.
"""
INVENTED = "invented = true                 # nobody lives here: the clock stands still at the day of its files\n"
PURPOSES = """
# Purposes. Without one that is whole and in force no list leaves LIFT: which law lets it be used, on what basis, who
# answers for it, until when, and which columns may leave. Gateways are suggestions for the council's lawyer to confirm;
# copy one into gateway = "..." once that is done.

"""


def first_settings(name: str, *, in_greater_london: bool, invented: bool = False, purposes: str = "") -> str:
    """The text of a new `council.toml`. `purposes`: its `[purpose.NAME]` blocks."""
    quoted = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    text = TEMPLATE.format(
        format=FORMAT,
        name=quoted,
        london=str(in_greater_london).lower(),
        invented=INVENTED if invented else "",
        left_out="" if invented else LEFT_OUT,
        local="" if invented else ", ".join(f'"{name}"' for name in LOCAL),
    )
    return text + (PURPOSES + purposes if purposes else "")
