"""Which files make up a council's workspace, and where is each of them?"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lift.errors import SettingsError

SETTINGS = "council.toml"


@dataclass(frozen=True)
class Workspace:
    """One council's folder. Nothing here says that a file is there; `open_workspace` does, for the settings."""

    root: Path

    @property
    def settings(self) -> Path:
        return self.root / SETTINGS

    @property
    def key(self) -> Path:
        """The council's own secret, from which references are made. Never in a database, never in a run."""
        return self.root / "reference.key"

    @property
    def profiles(self) -> Path:
        return self.root / "profiles"

    @property
    def rules(self) -> Path:
        return self.root / "rules"

    @property
    def templates(self) -> Path:
        return self.root / "templates"

    @property
    def runs(self) -> Path:
        return self.root / "runs"

    @property
    def lists(self) -> Path:
        return self.root / "lists"

    @property
    def register(self) -> Path:
        return self.root / "register.duckdb"

    @property
    def audit(self) -> Path:
        return self.root / "audit.jsonl"

    @property
    def work(self) -> Path:
        """Ours alone: wiped when a command that uses it begins and ends."""
        return self.root / ".work"

    @property
    def lock(self) -> Path:
        return self.root / ".lock"

    @property
    def audit_lock(self) -> Path:
        """Two people may put questions at the same time; their entries follow one another."""
        return self.root / ".audit.lock"

    @property
    def fault_log(self) -> Path:
        """Kinds of unexpected error and places in the program, never a value."""
        return self.root / "faults.log"


def open_workspace(root: Path) -> Workspace:
    """The workspace in a folder. Raises SettingsError if there is none."""
    if root.exists() and not root.is_dir():
        raise SettingsError(f"{root}: is a file, not a workspace. Give the folder that holds {SETTINGS}.")
    if not (root / SETTINGS).is_file():
        raise SettingsError(
            f"{root}: is not a workspace, for there is no {SETTINGS} in it. Go to one, name one with -w, or make one "
            "with: lift init DIR"
        )
    return Workspace(root)
