"""How is a whole random rulebook written: amounts, tables, steps on every level, and a rule for each level?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from lift.rulebook.load import load_rulebook
from lift.rulebook.model import Rulebook
from lift.rulebook.nodes import LEVELS, Level
from tests.properties.formulas import MONEY, Formulas
from tests.properties.paths import DICTIONARY
from tests.properties.vocabulary import ABOVE, Kind, Named, TableName, Vocabulary, read_vocabulary
from tests.properties.yaml_text import to_yaml

STEPS = 10
#: Besides, of what chance alone would bring too seldom: conversions, of which there are many, and two places where an
#: engine that is wrong shows only on few units (a product of two ranges, a count of people who may be missing).
_SURE = ("conversion", "conversion", "conversion", "product", "head_count")
_STEP_LEVELS: tuple[Level, ...] = ("person", "person", "family", "family", "family", "household", "period")
_STEP_UNITS = (
    *MONEY, "GBP/week", "GBP/week", "GBP/month", "GBP/month",
    "count", "count", "years", "years", "days", "months", "hours/week",
)  # fmt: skip
#: Levels that have facts to multiply and people to count.
_WITH_PEOPLE: tuple[Level, ...] = ("person", "family")
COVERS = [date(2020, 1, 1), date(2031, 1, 1)]
_BEGIN = date(2015, 1, 5)
_CHANGES = (date(2024, 4, 8), date(2025, 4, 7), date(2026, 4, 6), date(2026, 5, 4))
#: Days with something at stake: a benefit week that began before the rates of April, a leap council-tax year.
RUN_DAYS = (date(2026, 5, 6), date(2026, 4, 7), date(2026, 4, 5), date(2025, 4, 8), date(2024, 3, 15))
_DAY_FACTS: dict[Level, tuple[str, ...]] = {
    "person": ("since", "born"), "family": ("start",), "household": ("seen",), "period": ("month",)
}  # fmt: skip
_FIGURES = {
    "GBP/week": ("10.00", "57.35", "163.37", "0", "227.10"),
    "GBP/month": ("50.00", "393.45", "1229.42"),
    "GBP/year": ("1200.00", "104.99", "3333.33"),
    "GBP": ("6000", "16000", "250.00", "0.01"),
    "GBP/four_weeks": ("100.00", "212.12"),
    "count": ("2", "3", "7", "0.65", "1.1"),
    "months": ("1", "6", "30"),
    "years": ("16", "18", "66"),
}  # fmt: skip


@dataclass(frozen=True)
class Written:
    """A random rulebook: its files, the loaded book, and the day it is run for."""

    files: Mapping[str, str]
    book: Rulebook
    day: date

    @property
    def rules(self) -> list[str]:
        return [f"r_{level}" for level in LEVELS]


def write_rulebook(dice: Random, folder: Path) -> Written:
    """A random rulebook in `folder`, through the loader."""
    files = _Writer(dice, read_vocabulary()).files()
    (folder / "common").mkdir(parents=True, exist_ok=True)
    (folder / "facts.yaml").write_bytes(DICTIONARY.read_bytes())
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return Written(files, load_rulebook(folder, examples=False), dice.choice(RUN_DAYS))


class _Writer:
    def __init__(self, dice: Random, names: Vocabulary) -> None:
        self.dice, self.names = dice, names
        self.in_payment = [level for level in LEVELS if dice.random() < 0.7]

    def files(self) -> dict[str, str]:
        amounts = self._amounts()
        tables = self._tables()
        steps = {f"s{number}": self._step(f"s{number}") for number in range(STEPS)}
        steps |= {f"t{number}": self._sure_step(f"t{number}", what) for number, what in enumerate(_SURE)}
        shared = {"id": "shared", "law": "none", "each": "person", "amounts": amounts, "tables": tables, "steps": steps}
        files = {"common/shared.yaml": to_yaml(shared)}
        for level in LEVELS:
            files[f"r_{level}.yaml"] = to_yaml(self._rule(level))
        return files

    def _formulas(self, level: Level) -> Formulas:
        return Formulas(self.dice, self.names, level)

    # --- amounts -----------------------------------------------------------------------------------------------------

    def _amounts(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for unit in _FIGURES:
            for number in range(2 if unit in ("GBP/week", "count", "GBP") else 1):
                # One of each unit can be read on every level, and is never no_limit.
                self._amount(found, unit, f"a{len(found)}", anywhere=number == 0)
        self._amount(found, "GBP/week", "divisor_week", anywhere=True, divisor=True)
        self._amount(found, "count", "divisor_count", anywhere=self.dice.random() < 0.5, divisor=True)
        for unit in ("GBP/week", "GBP", "count"):
            self._amount(found, unit, f"limit{len(found)}", anywhere=self.dice.random() < 0.5, limit=True)
        self._plain(found, "date", lambda: self.dice.choice((date(2025, 4, 7), date(1960, 4, 6), date(2026, 5, 6))))
        self._plain(found, "flag", lambda: self.dice.random() < 0.5)
        self._plain(found, "code", lambda: self.dice.choice(("red", "amber", "green")), ("red", "amber", "green"))
        found["ended_rate"] = {
            "unit": "GBP/week",
            "cite": "reg 9",
            "status": "verified",
            "is": {_BEGIN: 5.25, _CHANGES[1]: "ended"},
        }
        return found

    def _amount(
        self, found: dict[str, Any], unit: str, name: str, *, anywhere: bool, divisor: bool = False, limit: bool = False
    ) -> None:
        day, level = (None, None) if anywhere else self._picked_by()
        cells = self._versions(lambda: self._cell(unit, divisor), by_fact=level is not None)
        if limit:
            some = self.dice.choice(list(cells))
            weak = {"value": "no_limit", "status": "projected"}
            cells[some] = "no_limit" if self.dice.random() < 0.8 else weak
        elif level is not None and len(cells) > 1 and not divisor and self.dice.random() < 0.2:
            cells[max(cells)] = "ended"
        status = "verified" if divisor else self._status()
        entry: dict[str, Any] = {"unit": unit, "cite": "reg 1", "status": status, "is": cells}
        if self.dice.random() < 0.15 and not divisor:
            entry["covers_to"] = max(*cells, self.dice.choice((date(2026, 4, 5), date(2026, 4, 20), date(2027, 4, 4))))
        if day is not None or self.dice.random() < 0.2:
            entry["in_force_on"] = day or "benefit_week"
        found[name] = entry
        self.names.amounts.append(Named(name, level, "number", unit, (), limit, divisor))

    def _picked_by(self) -> tuple[str | None, Level | None]:
        if self.dice.random() < 0.5:
            return None, None
        level = self.dice.choice(LEVELS)
        return self.dice.choice(_DAY_FACTS[level]), level

    def _versions(self, cell: Callable[[], Any], *, by_fact: bool = False) -> dict[date, Any]:
        changes = sorted(self.dice.sample(_CHANGES, self.dice.choice((0, 1, 1, 2, 3))))
        first = self.dice.choice((_BEGIN, date(2023, 1, 1))) if by_fact else _BEGIN
        return {day: cell() for day in (first, *changes)}

    def _status(self) -> str:
        return self.dice.choice(("verified", "verified", "verified", "single_source", "derived", "projected"))

    def _cell(self, unit: str, divisor: bool) -> Any:
        figures = [Figure(text) for text in _FIGURES[unit] if not (divisor and text == "0")]
        value: Any = self.dice.choice(figures)
        if self.dice.random() < 0.65:
            return value
        ends = sorted((value, self.dice.choice(figures), self.dice.choice(figures)), key=lambda f: float(f.text))
        low, high = ends[0], ends[-1]
        # Nothing can be divided by a figure that may be anything.
        within = {} if self.dice.random() < 0.3 and not divisor else {"within": [low, high]}
        if self.dice.random() < 0.3:
            return {"value": None, **within}
        return {"value": value, "status": self.dice.choice(("projected", "unconfirmed", "verified")), **within}

    def _plain(self, found: dict[str, Any], kind: Kind, value: Callable[[], Any], codes: tuple[str, ...] = ()) -> None:
        """An amount that is a date, a flag or a code."""
        name = f"some_{kind}"

        def cell() -> Any:
            within = {"within": [date(1960, 1, 1), date(2026, 5, 6)]} if kind == "date" else {}
            weak = {"value": value(), "status": "projected", **within}
            return value() if self.dice.random() < 0.75 else self.dice.choice((weak, {"value": None}))

        entry = {"unit": kind, "cite": "reg 2", "status": "verified", "is": self._versions(cell)}
        found[name] = {**entry, **({"codes": list(codes)} if codes else {})}
        self.names.amounts.append(Named(name, None, kind, "", codes))

    # --- tables ------------------------------------------------------------------------------------------------------

    def _tables(self) -> dict[str, Any]:
        savings, hours = Named("savings", None, "number", "GBP"), Named("hours", None, "number", "hours/week")
        rooms, born = Named("rooms", None, "number", "count"), Named("born", None, "date")
        role = Named("role", None, "code", "", ("claimant", "partner", "child"))
        tenure = Named("tenure", None, "code", "", ("own", "rent", "let"))
        gets_hb, start = Named("gets_hb", None, "flag"), Named("start", None, "date")
        money = ["0", "100.00", "5000.50", "16000"]
        found: dict[str, Any] = {}
        self._table(found, "by_savings", "GBP/week", [(savings, "band", money)])
        self._table(found, "by_hours", "GBP/month", [(hours, "band", ["0", "16", "30.25"])])
        self._table(found, "by_role", "GBP", [(role, None, ["claimant", "partner", "child"])])
        self._table(found, "by_rooms", "GBP/week", [(rooms, "exact", ["0", "1", "2", "3", "4"])])
        self._table(
            found, "by_birth", "months", [(born, "band", [date(1930, 1, 1), date(1954, 10, 6), date(1980, 1, 31)])]
        )
        self._table(found, "by_two", "GBP/week", [(hours, "band", ["0", "24"]), (tenure, None, ["own", "rent", "let"])])
        self._table(
            found,
            "by_three",
            "count",
            [(gets_hb, None, [True, False]), (rooms, "exact", ["1", "2"]), (savings, "band", money)],
        )
        self._table(found, "by_day", "date", [(tenure, None, ["own", "rent", "let"])])
        self._table(found, "by_start", "flag", [(start, "band", [date(2021, 1, 1), date(2025, 4, 7)])])
        self._table(
            found, "by_exact_start", "years", [(start, "exact", [date(2026, 5, 5), date(2026, 5, 6), date(2026, 5, 7)])]
        )
        return found

    def _table(
        self, found: dict[str, Any], name: str, unit: str, keys: list[tuple[Named, str | None, list[Any]]]
    ) -> None:
        kind: Kind = unit if unit in ("date", "flag") else "number"  # type: ignore[assignment]  # one of the two words
        by = [key.name if how is None else {key.name: how} for key, how, _ in keys]
        level: Level | None = None
        entry: dict[str, Any] = {"unit": unit, "by": by, "cite": "reg 3", "status": self._status()}
        if self.dice.random() < 0.2:
            entry["in_force_on"] = self.dice.choice(("benefit_week", "run_day"))
        entry["is"] = self._versions(lambda: self._rows(unit, keys))
        found[name] = entry
        if level is None:
            self.names.tables.append(TableName(name, kind, unit, tuple(key for key, _, _ in keys)))

    def _rows(self, unit: str, keys: list[tuple[Named, str | None, list[Any]]]) -> list[list[Any]]:
        rows: list[list[Any]] = [[]]
        for _, how, values in keys:
            kept = values if self.dice.random() < 0.7 else [v for v in values if self.dice.random() < 0.7] or values[:1]
            shown = [Figure(v) if isinstance(v, str) and how is not None else v for v in kept]
            rows = [[*row, value] for row in rows for value in shown]
        full = len(rows) <= 4 or self.dice.random() < 0.6
        kept_rows = rows if full else [row for row in rows if self.dice.random() < 0.8] or rows[:1]
        slope = self.dice.random() < 0.5
        cells = [self._table_cell(unit) for _ in kept_rows]
        if slope and unit in _FIGURES:
            cells = sorted(
                (self.dice.choice([Figure(t) for t in _FIGURES[unit]]) for _ in kept_rows), key=lambda f: float(f.text)
            )
            cells = cells[::-1] if self.dice.random() < 0.3 else cells
        return [[*row, cell] for row, cell in zip(kept_rows, cells, strict=True)]

    def _table_cell(self, unit: str) -> Any:
        if unit == "date":
            value: Any = self.dice.choice((date(2025, 6, 1), date(2026, 5, 6), date(2026, 5, 7)))
            return value if self.dice.random() < 0.8 else {"value": value, "status": "projected"}
        if unit == "flag":
            return self.dice.choice((True, False, True, {"value": True, "status": "unconfirmed"}))
        return self._cell(unit, divisor=False)

    # --- steps -------------------------------------------------------------------------------------------------------

    def _step(self, name: str) -> dict[str, Any]:
        level = self.dice.choice(_STEP_LEVELS)
        kind: Kind = self.dice.choice(("number",) * 6 + ("flag",) * 3 + ("date", "code", "code"))
        unit: str = ""
        codes: tuple[str, ...] = ()
        if kind == "number":
            unit = self.dice.choice(_STEP_UNITS)
        if kind == "code":
            codes = self.dice.choice(
                (("red", "amber", "green"), ("own", "rent", "let"), ("claimant", "partner", "child"))
            )
        entry = {"unit": unit or kind, "cite": "reg 4", "each": level, **({"codes": list(codes)} if codes else {})}
        formulas = self._formulas(level)
        kinds = self.dice.random()
        if kinds < 0.14 and unit in MONEY:
            entry |= self._bounded(formulas, unit)
        elif kinds < 0.24:
            entry |= self._split(formulas, kind, unit, codes, level)
        elif kinds < 0.38:
            entry |= self._dated(formulas, kind, unit, codes, level)
        else:
            entry["is"] = formulas.of(kind, unit, codes)
        if kind == "number" and self.dice.random() < (0.5 if unit in MONEY else 0.2):
            entry["round"] = self._rounding()
        if self.dice.random() < 0.12:
            entry |= {"assume": self._assumed(kind, unit, codes), "why": "It is assumed."}
        self.names.steps.append(Named(name, level, kind, unit, tuple(codes)))
        return entry

    def _rounding(self) -> str:
        return self.dice.choice(("penny", "none", "up", "down"))

    def _sure_step(self, name: str, what: str) -> dict[str, Any]:
        level = self.dice.choice(LEVELS if what == "conversion" else _WITH_PEOPLE)
        write = self._formulas(level)
        ways: dict[str, Callable[[], tuple[str, str]]] = {
            "conversion": write.conversion,
            "product": lambda: ("GBP/week", write.product_of_facts("GBP/week")),
            "head_count": lambda: ("count", write.head_count()),
        }
        unit, text = ways[what]()
        self.names.steps.append(Named(name, level, "number", unit))
        return {"unit": unit, "cite": "reg 5", "each": level, "is": text, "round": self._rounding()}

    def _bounded(self, formulas: Formulas, unit: str) -> dict[str, Any]:
        """A formula with a bound that is true of it whatever the facts are, though its range may not show it."""
        a, b, test = formulas.number(unit, 1), formulas.number(unit, 1), formulas.flag(1)
        ways: list[tuple[str, list[Any]]] = [
            (f"({a} - LEAST({a}, {b}))", [0, None]),
            (f"(GREATEST({a}, {b}) - {a})", [Figure("0"), None]),
            (f"({a} - ({a}))", [0, 0]),
            (f"IF({test}, {a}, {b})", [f"LEAST({a}, {b})", f"GREATEST({a}, {b})"]),
            (f"IF({test}, {a}, -({a}))", [f"-ABS({a})", f"ABS({a})"]),
        ]
        text, within = self.dice.choice(ways)
        # Rounding comes after the bound, which it could otherwise step over.
        return {"is": text, "within": within}

    def _split(self, formulas: Formulas, kind: Kind, unit: str, codes: Any, level: Level) -> dict[str, Any]:
        """A choice by one or two flags that other parts of the formula look at too."""
        flags = [one.name for one in self.names.seen_from(level) if one.kind == "flag"]
        chosen = self.dice.sample(flags, min(len(flags), self.dice.choice((1, 1, 2))))
        branches = formulas.of(kind, unit, codes, 2), formulas.of(kind, unit, codes, 2)
        text = f"IF({' AND '.join(chosen)}, {branches[0]}, {branches[1]})"
        if kind == "number":
            text = f"({text} - IF(NOT {chosen[-1]}, {formulas.number(unit, 1)}, {formulas.number(unit, 1)}))"
        if level == "family" and kind == "flag" and self.dice.random() < 0.5 and "." not in chosen[0]:
            text = f"({text} OR ANY(members WHERE works AND this.{chosen[0]}))"
        return {"is": text, "split_on": chosen}

    def _dated(self, formulas: Formulas, kind: Kind, unit: str, codes: Any, level: Level) -> dict[str, Any]:
        how = self.dice.random()
        if how < 0.25 and unit == "GBP/week":
            other = formulas.number(unit, 1)
            return {"is": {_BEGIN: f"LEAST(ended_rate, {other})", _CHANGES[1]: formulas.number(unit, 2)}}
        by_fact = how < 0.65
        texts = self._versions(lambda: formulas.of(kind, unit, codes, 2), by_fact=by_fact)
        days = [one.name for one in self.names.seen_from(level) if one.kind == "date"]
        if by_fact and days:
            return {"is": texts, "in_force_on": self.dice.choice(days)}
        texts = {(_BEGIN if index == 0 else day): text for index, (day, text) in enumerate(texts.items())}
        return {"is": texts, **({"in_force_on": "benefit_week"} if how > 0.85 else {})}

    def _assumed(self, kind: Kind, unit: str, codes: Any) -> Any:
        if kind == "number":
            return Figure(self.dice.choice(_FIGURES.get(unit, ("3", "0"))))
        if kind == "date":
            return date(2026, 1, 1)
        return self.dice.random() < 0.5 if kind == "flag" else self.dice.choice(codes)

    # --- rules -------------------------------------------------------------------------------------------------------

    def _rule(self, level: Level) -> dict[str, Any]:
        write = self._formulas(level)
        rule: dict[str, Any] = {
            "id": f"r_{level}", "name": f"Of each {level}", "kind": "entitlement", "each": level, "law": "none",
            "reviewed": {"date": date(2026, 1, 1), "by": None}, "covers": COVERS, "uses": ["shared"],
            "eligible": write.flag(3), "possible_when": write.flag(1),
        }  # fmt: skip
        if self.dice.random() < 0.4:
            rule["who"] = write.flag(1)
        if level in self.in_payment:
            rule["already"] = write.flag(0)
        if self.dice.random() < 0.5:
            rule["advice_first"] = write.flag(1)
        strengths = [
            self.dice.choice(("strong", "medium", "medium", "weak")) for _ in range(self.dice.choice((0, 2, 3)))
        ]
        rule["evidence"] = [{"when": write.flag(1), "strength": s, "why": "A sign."} for s in strengths]
        rule["worth"] = self._worth(write)
        shown = [other for other in (level, *ABOVE[level]) if other in self.in_payment]
        if shown and self.dice.random() < 0.3:
            rule["eligible"] = f"({rule['eligible']} AND NOT r_{self.dice.choice(shown)}.in_payment)"
        return rule

    def _worth(self, write: Formulas) -> dict[str, Any]:
        units = {"weekly": "GBP/week", "monthly": "GBP/month", "yearly": "GBP/year", "one_off": "GBP", "arrears": "GBP"}
        parts = self.dice.sample(sorted(units), self.dice.choice((0, 1, 1, 2)))
        worth: dict[str, Any] = {part: write.number(units[part], 2) for part in parts}
        if not parts or self.dice.random() < 0.2:
            worth["in_kind"] = "something"
            if self.dice.random() < 0.6:
                worth["yearly_value"] = write.number("GBP/year", 1)
        if parts and self.dice.random() < 0.6:
            first = next(part for part in units if part in parts)
            worth["at_least"] = write.number(units[first], 0)
        return worth


@dataclass(frozen=True)
class Figure:
    """A number as it is written in the file."""

    text: str

    def __str__(self) -> str:
        return self.text


def with_day(written: Written, day: date) -> Written:
    return replace(written, day=day)
