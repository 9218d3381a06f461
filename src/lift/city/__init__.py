"""How is an invented council made, with supplier files as real ones are and the truth beside them?

`write` makes Middlemarch: dwellings, households, incomes and awards from a seed; the month's extracts with realistic
faults; and `truth/`, worked out by the package's own arithmetic. It never imports the rulebook, the plan or an engine.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from lift.city import figures as figures_file
from lift.city.extracts.lists import nil_return
from lift.city.extracts.row import Placed, render
from lift.city.generate import extracts, make
from lift.city.truth import tables


def write(
    folder: Path,
    *,
    dwellings: int,
    seed: int,
    month: date,
    minimal: bool = False,
    figures: Path | None = None,
) -> None:
    """Write `incoming/YYYY-MM/` and `truth/` into the folder; the same bytes for the same arguments.

    `minimal`: council tax accounts, Council Tax Reduction and Universal Credit only, with a signed nil return of
    suppressions. Raises ValueError for a month without rates, FileNotFoundError without a figures file.
    """
    city = make(figures_file.read(figures), dwellings, seed, month, minimal)
    incoming = folder / "incoming" / month.strftime("%Y-%m")
    incoming.mkdir(parents=True, exist_ok=True)
    placed: list[Placed] = []
    for extract in extracts(city, minimal):
        content, rows = render(extract)
        (incoming / extract.name).write_bytes(content)
        placed += rows
    if minimal:
        (incoming / "nil_return.toml").write_bytes(nil_return(city.day).encode())
    tables.write(folder / "truth", city, placed, minimal)
