"""On which figures does the invented city rest, and what is each on a given day?

They stand in `city/figures.yaml`, outside the program, each with its citation. Money is read into whole pence.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

# Beside the package where it is installed; at the top of the repository where it is worked on.
PLACES = (Path(__file__).with_name("figures.yaml"), Path(__file__).parents[3] / "city" / "figures.yaml")


@dataclass(frozen=True)
class Figures:
    """Everything the generator takes from `figures.yaml`."""

    rates: dict[str, tuple[tuple[date, int], ...]]
    pension_age: tuple[tuple[date, int], ...]
    shares: dict[str, dict[str, int]]
    single: dict[str, int]
    mess: dict[str, int]

    def rate(self, name: str, day: date) -> int:
        """The figure in force on a day: whole pence, or a plain number where the file says `plain`."""
        found: int | None = None
        for first_day, value in self.rates[name]:
            if first_day <= day:
                found = value
        if found is None:
            raise ValueError(f"figures.yaml has no {name} for {day.isoformat()}")
        return found


def _pence(value: Any) -> int:
    exact = Decimal(str(value)) * 100
    if exact != exact.to_integral_value():
        raise ValueError(f"figures.yaml: {value} is not whole pence")
    return int(exact)


def _rate(entry: dict[str, Any]) -> tuple[tuple[date, int], ...]:
    plain = bool(entry.get("plain"))
    pairs = [(day, int(value) if plain else _pence(value)) for day, value in entry["is"].items()]
    return tuple(sorted(pairs))


def _split(entries: dict[str, Any]) -> tuple[dict[str, dict[str, int]], dict[str, int]]:
    shares: dict[str, dict[str, int]] = {}
    single: dict[str, int] = {}
    for name, entry in entries.items():
        value = entry["is"]
        if isinstance(value, dict):
            shares[name] = {str(key): int(part) for key, part in value.items()}
        else:
            single[name] = _pence(value) if isinstance(value, float) else int(value)
    return shares, single


def read(path: Path | None = None) -> Figures:
    """Read the figures file; raises FileNotFoundError or ValueError with the reason."""
    where = path or next((place for place in PLACES if place.is_file()), None)
    if where is None:
        raise FileNotFoundError("figures.yaml was not found: name the file with --figures")
    with where.open(encoding="utf-8") as file:
        content: dict[str, Any] = YAML(typ="safe").load(file)
    shares, single = _split(content["calibration"])
    bands = tuple((first, years * 12 + months) for first, years, months in content["pension_age"]["bands"])
    return Figures(
        rates={name: _rate(entry) for name, entry in content["rates"].items()},
        pension_age=bands,
        shares=shares,
        single=single,
        mess={name: int(value) for name, value in content["mess"]["is"].items()},
    )
