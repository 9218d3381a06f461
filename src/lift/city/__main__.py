"""`python -m lift.city OUT --dwellings N --seed S --month 2026-11`: where is the city to be written, and how large?"""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path

from lift.city import write


def _month(text: str) -> date:
    try:
        year, month = text.split("-")
        return date(int(year), int(month), 1)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a month: write it as 2026-11") from None


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m lift.city", description="Write an invented council's extracts.")
    parser.add_argument("out", type=Path, help="folder to write incoming/ and truth/ into")
    parser.add_argument("--dwellings", type=int, default=300, help="how many dwellings (300)")
    parser.add_argument("--seed", type=int, default=1871, help="whole number that the whole city follows from (1871)")
    parser.add_argument("--month", type=_month, default=date(2026, 11, 1), help="month of the extracts (2026-11)")
    parser.add_argument("--minimal", action="store_true", help="accounts, reduction and Universal Credit only")
    parser.add_argument("--figures", type=Path, help="a figures file in place of city/figures.yaml")
    chosen = parser.parse_args(arguments)
    try:
        write(
            chosen.out,
            dwellings=chosen.dwellings,
            seed=chosen.seed,
            month=chosen.month,
            minimal=chosen.minimal,
            figures=chosen.figures,
        )
    except (ValueError, OSError) as error:
        print(f"lift.city: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
