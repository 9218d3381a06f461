"""On which figures does the invented city rest, and what is each on a given day?

They stand in `city/figures.yaml`, outside the program, each with its citation. Money is read into whole pence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from ruamel.yaml import YAML

# Beside the package where it is installed; at the top of the repository where it is worked on.
PLACES = (Path(__file__).with_name("figures.yaml"), Path(__file__).parents[3] / "city" / "figures.yaml")


Bands = tuple[tuple[int, int], ...]
Held = TypeVar("Held")


@dataclass(frozen=True)
class Figures:
    """Everything the generator takes from `figures.yaml`."""

    rates: dict[str, tuple[tuple[date, int], ...]]
    pension_age: tuple[tuple[date, int], ...]
    shares: dict[str, dict[str, int]]
    single: dict[str, int]
    lists: dict[str, tuple[int, ...]]
    mess: dict[str, int]
    tables: dict[str, tuple[tuple[date, Bands], ...]]

    def rate(self, name: str, day: date) -> int:
        """The figure in force on a day: whole pence, or a plain number where the file says `plain`."""
        return _in_force(self.rates[name], name, day)

    def band(self, name: str, amount: int, day: date) -> int:
        """What a table gives for an amount of nought or more; both in hundredths of what the file says."""
        found = 0
        for lowest, value in _in_force(self.tables[name], name, day):
            if lowest <= amount:
                found = value
        return found


def _in_force(dated: Sequence[tuple[date, Held]], name: str, day: date) -> Held:
    held = [value for first_day, value in dated if first_day <= day]
    if not held:
        raise ValueError(f"figures.yaml has no {name} for {day.isoformat()}")
    return held[-1]


def _pence(value: Any) -> int:
    exact = Decimal(str(value)) * 100
    if exact != exact.to_integral_value():
        raise ValueError(f"figures.yaml: {value} is not whole pence")
    return int(exact)


def _table(entry: dict[str, Any]) -> tuple[tuple[date, Bands], ...]:
    return tuple(
        sorted((day, tuple((_pence(low), _pence(value)) for low, value in bands)) for day, bands in entry["is"].items())
    )


def _rate(entry: dict[str, Any]) -> tuple[tuple[date, int], ...]:
    plain = bool(entry.get("plain"))
    pairs = [(day, int(value) if plain else _pence(value)) for day, value in entry["is"].items()]
    return tuple(sorted(pairs))


@dataclass
class _Calibration:
    """The shares and counts of the file, by the form they have there."""

    shares: dict[str, dict[str, int]] = field(default_factory=dict)
    single: dict[str, int] = field(default_factory=dict)
    lists: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def take(self, name: str, value: Any) -> None:
        if isinstance(value, dict):
            self.shares[name] = {str(key): int(part) for key, part in value.items()}
        elif isinstance(value, list):
            self.lists[name] = tuple(map(int, value))
        else:
            self.single[name] = int(value)


def read(path: Path | None = None) -> Figures:
    """Read the figures file; raises FileNotFoundError or ValueError with the reason."""
    where = path or next((place for place in PLACES if place.is_file()), None)
    if where is None:
        raise FileNotFoundError(2, "not found: name the file with --figures", "figures.yaml")
    with where.open(encoding="utf-8") as file:
        content: dict[str, Any] = YAML(typ="safe").load(file)
    calibration = _Calibration()
    for name, entry in content["calibration"].items():
        calibration.take(name, entry["is"])
    bands = tuple((first, years * 12 + months) for first, years, months in content["pension_age"]["bands"])
    return Figures(
        rates={name: _rate(entry) for name, entry in content["rates"].items()},
        pension_age=bands,
        shares=calibration.shares,
        single=calibration.single,
        lists=calibration.lists,
        tables={name: _table(entry) for name, entry in content["tables"].items()},
        mess={name: int(value) for name, value in content["mess"]["is"].items()},
    )
