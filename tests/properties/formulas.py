"""How is a random formula of a given type written?

Every way of the rule format is taken: each operator, function, gather and conversion has its turn, over whatever names
can be seen. What comes out is text, so that the parser is tested too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from random import Random

from lift.rulebook.nodes import Level
from tests.properties.vocabulary import Kind, Named, Relation, TableName, Vocabulary

MONEY = ("GBP/week", "GBP/month", "GBP/year", "GBP")
_PRICED = (*MONEY, "GBP/four_weeks")
_LITERALS = {
    "count": ("0", "1", "2", "3", "0.5", "2.25", "-1", "-0.75", "7"),
    "years": ("0", "5", "16", "18", "40", "65"),
    "months": ("0", "1", "6", "12", "30", "-2"),
    "days": ("0", "1", "28", "100", "365", "-10"),
    "hours/week": ("0", "16", "24.5", "35"),
}
_FACTORS = ("2", "0.5", "3", "0.65", "-1", "-0.25", "1.1", "0")
_DIVISORS = ("2", "3", "7", "12", "-4", "0.5", "52")
#: Conversions by the unit they give.
_CONVERSIONS = {
    "GBP/week": (
        ("MONTH_TO_WEEK_12_52", "GBP/month"),
        ("YEAR_TO_WEEK_52", "GBP/year"),
        ("YEAR_TO_WEEK_7_365", "GBP/year"),
    ),
    "GBP/month": (
        ("WEEK_TO_MONTH_52_12", "GBP/week"),
        ("YEAR_TO_MONTH_12", "GBP/year"),
        ("FOUR_WEEKS_TO_MONTH_13_12", "GBP/four_weeks"),
    ),
    "GBP/year": (("MONTH_TO_YEAR_12", "GBP/month"), ("WEEK_TO_YEAR_52", "GBP/week")),
}


@dataclass(frozen=True)
class Formulas:
    """Writes formulas as seen from `level`; inside a gather `outer` is the level that gathers."""

    dice: Random
    names: Vocabulary
    level: Level
    outer: Level | None = None

    def of(self, kind: Kind, unit: str = "", codes: Sequence[str] = (), depth: int = 3) -> str:
        if kind == "number":
            return self.number(unit, depth)
        if kind == "flag":
            return self.flag(depth)
        return self.day(depth) if kind == "date" else self.code(codes, depth)

    def _one(self, ways: Sequence[Callable[[], str]]) -> str:
        return self.dice.choice(ways)()

    # --- names -------------------------------------------------------------------------------------------------------

    def seen(self, kind: Kind, unit: str = "", codes: Sequence[str] = ()) -> list[str]:
        """Names of facts, steps and amounts that have this type here."""
        found = list(self.names.seen_from(self.level)) + self._amounts()
        if self.outer is not None:
            found += [replace(one, name=f"this.{one.name}") for one in self.names.own(self.outer)]
        return [one.name for one in found if _fits(one, kind, unit, codes) and not one.no_limit]

    def _amounts(self) -> list[Named]:
        return [one for one in self.names.amounts if one.level in (None, self.level)]

    def _limits(self, unit: str) -> list[str]:
        return [a.name for a in self._amounts() if a.no_limit and _same_unit(a.unit, unit)]

    def _tables(self, kind: Kind, unit: str = "") -> list[TableName]:
        return [t for t in self.names.tables if t.kind == kind and (kind != "number" or _same_unit(t.unit, unit))]

    def _leaf(self, kind: Kind, unit: str = "", codes: Sequence[str] = ()) -> str:
        found = self.seen(kind, unit, codes)
        # Money is never bare: a 0 has its unit only from what it stands beside (`_or_nought`).
        if found and (unit in _PRICED or self.dice.random() < 0.9):
            return self.dice.choice(found)
        if kind == "number":
            return self._literal(unit)
        return {"date": "run_day", "flag": self.dice.choice(("TRUE", "FALSE")), "code": _quoted((*codes, "red")[0])}[
            kind
        ]

    def _literal(self, unit: str) -> str:
        return "0" if unit in _PRICED else self.dice.choice(_LITERALS[_plain(unit)])

    def _or_nought(self, unit: str, depth: int) -> str:
        return "0" if self.dice.random() < 0.2 else self.number(unit, depth)

    def _looked_up(self, table: TableName, depth: int) -> str:
        keys = [self.of(key.kind, key.unit, key.codes, min(depth - 1, 1)) for key in table.keys]
        return f"{table.name}({', '.join(keys)})"

    # --- numbers -----------------------------------------------------------------------------------------------------

    def number(self, unit: str, depth: int) -> str:
        if depth <= 0 or self.dice.random() < 0.15:
            return self._leaf("number", unit)
        again = depth - 1
        ways: list[Callable[[], str]] = [
            lambda: self._leaf("number", unit),
            lambda: f"({self.number(unit, again)} {self.dice.choice('+-')} {self.number(unit, again)})",
            lambda: self._product(unit, again),
            lambda: self._quotient(unit, again),
            lambda: f"(-({self._leaf('number', unit)}))",
            lambda: f"ABS({self.number(unit, again)})",
            lambda: f"{self._whole()}({self._quotient(unit, again)})",
            lambda: self._extreme(unit, again),
            lambda: self._extreme(unit, again),
            lambda: self._choice("number", unit, (), again),
            lambda: self._choice("number", unit, (), again),
        ]
        tables = self._tables("number", unit)
        if tables:
            ways += [lambda: self._looked_up(self.dice.choice(tables), depth)] * 2
        if self.outer is None:
            ways += [lambda: self._gather("number", unit)] * 3
        return self._one([*ways, *self._conversions(unit, again), *self._of_unit(unit, again)])

    def _conversions(self, unit: str, again: int) -> list[Callable[[], str]]:
        def convert() -> str:
            return self._converted(self.dice.choice(_CONVERSIONS[unit]), again)

        return [convert] * 2 if unit in _CONVERSIONS else []

    def conversion(self) -> tuple[str, str]:
        """Any of the conversions: the unit it gives, and the formula."""
        every = [(unit, way) for unit, ways in _CONVERSIONS.items() for way in ways]
        unit, way = self.dice.choice(every)
        return unit, self._converted(way, 1)

    def _converted(self, way: tuple[str, str], depth: int) -> str:
        name, source = way
        return f"{name}({self._typed(source, depth)})"

    def _typed(self, unit: str, depth: int) -> str:
        """A number that carries its unit: a bare 0 would not."""
        found = self.seen("number", unit)
        return (
            f"({self.dice.choice(found)} + {self.number(unit, depth)})"
            if self.dice.random() < 0.4
            else self.dice.choice(found)
        )

    def _of_unit(self, unit: str, again: int) -> list[Callable[[], str]]:
        if unit == "years":
            return [lambda: f"AGE({self.day(0)})", lambda: f"AGE({self.day(again)}, {self.day(again)})"] * 3
        if unit == "days":
            return [lambda: f"DAYS_BETWEEN({self.day(again)}, {self.day(again)})"] * 5
        if unit == "count":
            ways = [lambda: f"IF({self.flag(again)}, 1, 0)", self._ratio]
            return ways + (
                [lambda: self._gather("number", "count", function="COUNT")] * 5 if self.outer is None else []
            )
        return []

    def _product(self, unit: str, again: int) -> str:
        if self.dice.random() < 0.5 or not self._carries(unit):
            return f"({self.dice.choice(_FACTORS)} * {self._typed_or_plain(unit, again)})"
        return self.product_of_facts(unit)

    def product_of_facts(self, unit: str) -> str:
        """Of facts and literals alone: products of steps of products soon pass what can be counted."""
        facts = {fact.name for fact in self.names.facts}
        here = [one for one in self.names.seen_from(self.level) if one.name.rpartition(".")[2] in facts]
        factors = [one.name for one in here if _fits(one, "number", "count", ())] or ["2"]
        of = [one.name for one in here if _fits(one, "number", unit, ())] or [self._typed_or_plain(unit, 0)]
        sides = [self.dice.choice(factors), self.dice.choice(of)]
        self.dice.shuffle(sides)
        return f"({sides[0]} * {sides[1]})"

    def _carries(self, unit: str) -> bool:
        """Whether something here carries the unit: a bare number times a count would be a count."""
        return unit == "count" or bool(self.seen("number", unit))

    def _typed_or_plain(self, unit: str, depth: int) -> str:
        return self._typed(unit, depth) if unit != "count" and self._carries(unit) else self.number(unit, depth)

    def _quotient(self, unit: str, again: int) -> str:
        divisors = [a.name for a in self._amounts() if a.divisor and a.unit == "count"] if self._carries(unit) else []
        k = self.dice.choice([*_DIVISORS, *divisors, *divisors])
        return f"({self._typed_or_plain(unit, again)} / {k})"

    def _ratio(self) -> str:
        """A number without unit from two of one unit: each 500 or part of 500 of savings."""
        divisors = [a for a in self._amounts() if a.divisor and a.unit != "count" and self.seen("number", a.unit)]
        if not divisors:
            return self._leaf("number", "count")
        k = self.dice.choice(divisors)
        return f"CEIL({self._typed(k.unit, 0)} / {k.name})"

    def _whole(self) -> str:
        return self.dice.choice(("CEIL", "FLOOR", "ROUND", "ROUND"))

    def _extreme(self, unit: str, again: int) -> str:
        parts = [self._typed_or_plain(unit, again)] + [
            self._or_nought(unit, again) for _ in range(self.dice.choice((1, 1, 2)))
        ]
        limits = self._limits(unit)
        if limits and self.dice.random() < 0.4:
            return f"LEAST({', '.join([*parts, self.dice.choice(limits)])})"
        return f"{self.dice.choice(('GREATEST', 'LEAST'))}({', '.join(parts)})"

    # --- choice and gathers, of any kind -----------------------------------------------------------------------------

    def _choice(self, kind: Kind, unit: str, codes: Sequence[str], again: int) -> str:
        def branch() -> str:
            return self.of(kind, unit, codes, again)

        if self.dice.random() < 0.55:
            return f"IF({self.flag(again)}, {branch()}, {branch()})"
        whens = " ".join(f"WHEN {self.flag(again)} THEN {branch()}" for _ in range(self.dice.choice((1, 2, 2, 3, 4))))
        return f"CASE {whens} ELSE {branch()} END"

    def _gather(self, kind: Kind, unit: str = "", function: str = "") -> str:
        functions = {"number": ("SUM", "SUM", "MIN", "MAX"), "date": ("MIN", "MAX"), "flag": ("ANY", "EVERY", "ANY")}
        function = function or self.dice.choice(functions[kind])
        options: list[tuple[Relation, str | None]] = []
        for relation in self.names.relations:
            if relation.source == self.level:
                bodies = [
                    one.name
                    for one in self.names.own(relation.target)
                    if _fits(one, kind, unit, ()) and not one.no_limit
                ]
                bare = function == "COUNT" or (function == "ANY" and self.dice.random() < 0.3)
                options += [(relation, None)] if bare else [(relation, body) for body in bodies]
        if not options:
            return self._leaf(kind, unit)
        relation, body = self.dice.choice(options)
        what = relation.name if body is None else f"{relation.name}.{body}"
        if self.dice.random() < 0.3:
            return f"{function}({what})"
        inner = replace(self, level=relation.target, outer=self.level)
        return f"{function}({what} WHERE {inner.flag(self.dice.choice((0, 1, 2)))})"

    def head_count(self) -> str:
        """How many of the related units there are: all, or those of whom something is so."""
        return self._gather("number", "count", function="COUNT")

    # --- dates and codes ---------------------------------------------------------------------------------------------

    def day(self, depth: int) -> str:
        if depth <= 0 or self.dice.random() < 0.3:
            return self._leaf("date")
        again = depth - 1
        ways: list[Callable[[], str]] = [
            lambda: self._leaf("date"),
            lambda: f"ADD_MONTHS({self.day(again)}, {self.number('months', again)})",
            lambda: f"ADD_DAYS({self.day(again)}, {self.number('days', min(again, 1))})",
            lambda: f"{self.dice.choice(('GREATEST', 'LEAST'))}({self.day(again)}, {self.day(again)})",
            lambda: self._choice("date", "", (), again),
        ]
        tables = self._tables("date")
        if tables:
            ways.append(lambda: self._looked_up(self.dice.choice(tables), depth))
        if self.outer is None:
            ways.append(lambda: self._gather("date"))
        return self._one(ways)

    def code(self, codes: Sequence[str], depth: int) -> str:
        if depth <= 0 or self.dice.random() < 0.4:
            return self._leaf("code", "", codes) if self.dice.random() < 0.7 else _quoted(self.dice.choice(codes))
        return self._choice("code", "", codes, depth - 1)

    # --- conditions --------------------------------------------------------------------------------------------------

    def flag(self, depth: int) -> str:
        if depth <= 0 or self.dice.random() < 0.12:
            return self._leaf("flag") if self.dice.random() < 0.6 else self._comparison(0)
        again = depth - 1
        ways: list[Callable[[], str]] = [
            lambda: self._leaf("flag"),
            lambda: self._comparison(again),
            lambda: self._comparison(again),
            lambda: self._comparison(again),
            lambda: f"NOT {self._leaf('flag')}",
            lambda: f"NOT ({self.flag(again)})",
            lambda: "(" + " AND ".join(self.flag(again) for _ in range(self.dice.choice((2, 2, 3)))) + ")",
            lambda: "(" + " OR ".join(self.flag(again) for _ in range(self.dice.choice((2, 2, 3)))) + ")",
            lambda: self._choice("flag", "", (), again),
            lambda: f"({self._leaf('flag')} {self.dice.choice(('=', '<>'))} {self._leaf('flag')})",
            self._about_codes,
        ]
        tables = self._tables("flag")
        if tables:
            ways.append(lambda: self._looked_up(self.dice.choice(tables), depth))
        if self.outer is None:
            ways += [lambda: self._gather("flag")] * 3
        return self._one(ways)

    def _comparison(self, depth: int) -> str:
        if self.dice.random() < 0.25:
            return f"{self.day(depth)} {self._relational()} {self.day(depth)}"
        units = [
            u
            for u in (*MONEY, "count", "count", "years", "days", "hours/week")
            if self.seen("number", u) or u in _LITERALS
        ]
        unit = self.dice.choice(units)
        left = self._typed_or_plain(unit, depth)
        limits = self._limits(unit)
        if limits and self.dice.random() < 0.3:
            return f"{left} {self._relational()} {self._perhaps_endless(unit, limits)}"
        kind = self.dice.random()
        if kind < 0.15:
            return f"({left} BETWEEN {self.number(unit, 0)} AND {self.number(unit, 0)})"
        if kind < 0.25:
            some = ", ".join(self._literal(unit) for _ in range(3))
            return f"{left} IN ({some})"
        return f"{left} {self._relational()} {self._or_nought(unit, depth)}"

    def _perhaps_endless(self, unit: str, limits: Sequence[str]) -> str:
        """What may itself be no_limit: only ever compared, or among others in LEAST."""
        one, other = self.dice.choice(limits), self.dice.choice(limits)
        greatest = f"GREATEST({self._typed_or_plain(unit, 0)}, {one})"
        ways = (one, one, greatest, f"LEAST({one}, {other})", f"LEAST({greatest}, {self._typed_or_plain(unit, 0)})")
        return self.dice.choice(ways)

    def _relational(self) -> str:
        return self.dice.choice(("<", "<=", "<", "<=", ">", ">=", "=", "<>"))

    def _about_codes(self) -> str:
        coded = [one for one in self.names.seen_from(self.level) if one.kind == "code"]
        if not coded:
            return self._leaf("flag")
        one = self.dice.choice(coded)
        if self.dice.random() < 0.4:
            listed = ", ".join(_quoted(code) for code in self.dice.sample(one.codes, self.dice.choice((1, 2))))
            return f"{one.name} IN ({listed})"
        return f"{one.name} {self.dice.choice(('=', '<>'))} {self.code(one.codes, 1)}"


def _fits(one: Named, kind: Kind, unit: str, codes: Sequence[str]) -> bool:
    if one.kind != kind:
        return False
    return _same_unit(one.unit, unit) if kind == "number" else (kind != "code" or tuple(codes) == one.codes)


def _plain(unit: str) -> str:
    return "count" if unit == "fraction" else unit


def _same_unit(a: str, b: str) -> bool:
    return _plain(a) == _plain(b)


def _quoted(code: str) -> str:
    return f"'{code}'"
