"""How does a council start that has no supplier profile? With an empty file that has the right headings."""

from __future__ import annotations

from pathlib import Path

from lift.sources.kinds import Kind, load_kinds


def template(kind: Kind) -> str:
    """The heading line of the plain CSV for a kind: every column by its own name."""
    return ",".join(kind.columns) + "\n"


def write_template(kind: Kind, folder: Path) -> Path:
    """Writes `<kind>.csv` into the folder, with a heading line and no rows. An existing file is left as it is."""
    path = folder / f"{kind.name}.csv"
    if not path.exists():
        path.write_text(template(kind), encoding="utf-8", newline="")
    return path


def write_templates(folder: Path) -> list[Path]:
    """An empty template for every kind."""
    folder.mkdir(parents=True, exist_ok=True)
    return [write_template(kind, folder) for kind in load_kinds().values()]
