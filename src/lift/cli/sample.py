"""`lift sample`: what would a month of a council look like, if nobody in it existed?"""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Annotated

import typer

from lift.cli.screen import Json, Plain, Screen


def sample(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder for the invented city.")],
    dwellings: Annotated[
        int, typer.Option("--dwellings", metavar="N", help="How many dwellings; Coventry has 153,630.")
    ] = 2000,
    seed: Annotated[
        int, typer.Option("--seed", metavar="S", help="A whole number; the same one gives the same city.")
    ] = 1871,
    month: Annotated[
        str, typer.Option("--month", metavar="YYYY-MM", help="The month, or the last of several.")
    ] = "2026-11",
    months: Annotated[
        int, typer.Option("--months", metavar="K", help="How many months up to that one, 12 at most.")
    ] = 1,
    minimal: Annotated[
        bool,
        typer.Option(
            "--minimal",
            help="Only what a council can begin with: accounts, Council Tax Reduction, Universal Credit, a nil return.",
        ),
    ] = False,
    figures: Annotated[
        Path | None, typer.Option("--figures", metavar="FILE", help="Another figures file. [default: the city's own]")
    ] = None,
    as_json: Json = False,
    plain: Plain = False,
) -> None:
    """Write an invented city: extracts as suppliers send them, mess and all, and the truth about everybody in it."""
    from lift.city import write
    from lift.errors import UsageError

    screen = Screen(as_json=as_json, plain=plain)
    screen.say(f"Making a city of {dwellings:,} dwellings that do not exist.")
    try:
        write(
            folder,
            dwellings=dwellings,
            seed=seed,
            month=_first_day(month),
            months=months,
            minimal=minimal,
            figures=figures,
        )
    except FileExistsError as error:
        raise UsageError(
            f"{folder}: holds an incoming/ or a truth/ already. Nothing was changed; give a new or an empty folder."
        ) from error
    except ValueError as error:
        raise UsageError(f"lift sample: {error}. Nothing was written.") from error
    made = sorted(path.name for path in (folder / "incoming").iterdir())
    files = [path for path in (folder / "incoming").glob("*/*") if path.is_file()]
    size = sum(path.stat().st_size for path in files)
    between = made[0] if len(made) == 1 else f"{made[0]} to {made[-1]}"
    screen.heading(f"{folder} is ready: {len(files)} files of {between}, {size / 1_000_000:,.1f} MB.")
    screen.say("  incoming/   the extracts, a folder a month; faults of real files are planted in them")
    screen.say("  truth/      who is who and entitled to what, and what is planted; LIFT never reads it")
    screen.say(f"\nNext:\n  lift init council --sample {folder}\n  lift run --month {made[-1]} -w council")
    screen.answer(
        {
            "folder": str(folder),
            "dwellings": dwellings,
            "seed": seed,
            "months": made,
            "files": len(files),
            "bytes": size,
        }
    )


def _first_day(month: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(f"{month}-01")
    except ValueError:
        raise ValueError(f"{month} is not a month; write it as 2026-11") from None
