"""Which units and types fit together?

Adding GBP/week to GBP/month, using a flag as a number, or writing money into a formula are mistakes that this module
refuses before any household is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from lift.rulebook.nodes import CONVERSIONS, AmountRef, Call, Constant, Node, Span, Type, Unit
from lift.rulebook.scope import FormulaProblem, TableHead, nearest

__all__ = ["FLAG", "FUNCTIONS", "FormulaProblem", "parse_unit"]

FLAG = Type("flag")
_YEARS = Unit((("years", 1),))
_MONTHS = Unit((("months", 1),))
_DAYS = Unit((("days", 1),))
_PLAIN = Unit()
_UNIT_WORDS = {"GBP", "hours", "years", "months", "days", "weeks"}
_PER_WORDS = {"week", "month", "year", "four_weeks"}


def parse_unit(text: str) -> Type | None:
    """The type of a declared unit: GBP/week, count, years …, flag, date, code; None if there is no such unit."""
    if text in ("flag", "date", "code"):
        return Type(text)  # type: ignore[arg-type]  # narrowed by the test above
    if text in ("count", "fraction"):
        return Type("number", _PLAIN)
    over, _, per = text.partition("/")
    if over not in _UNIT_WORDS or (per and per not in _PER_WORDS) or (text.endswith("/")):
        return None
    return Type("number", Unit(tuple(sorted({over: 1, **({per: -1} if per else {})}.items()))))


@dataclass(frozen=True)
class _Signature:
    least: int
    most: int
    arguments: str
    """n: numbers of one unit, d: date, m/D: a date and then a number of months or days, dd: two dates."""


FUNCTIONS: dict[str, _Signature] = {
    "CEIL": _Signature(1, 1, "n"),
    "FLOOR": _Signature(1, 1, "n"),
    "ROUND": _Signature(1, 1, "n"),
    "ABS": _Signature(1, 1, "n"),
    "GREATEST": _Signature(2, 99, "same"),
    "LEAST": _Signature(2, 99, "same"),
    "AGE": _Signature(1, 2, "age"),
    "ADD_MONTHS": _Signature(2, 2, "months"),
    "ADD_DAYS": _Signature(2, 2, "days"),
    "DAYS_BETWEEN": _Signature(2, 2, "dd"),
}


_TO_NUMBER = {
    "flag": "a flag becomes a number by IF(flag, a, b)",
    "date": "use ADD_DAYS, ADD_MONTHS, DAYS_BETWEEN or AGE",
    "code": "a code becomes a number by a table or by CASE",
}
_USAGE = {
    "AGE": "AGE(birth) or AGE(birth, day)",
    "ADD_MONTHS": "ADD_MONTHS(day, number of months)",
    "ADD_DAYS": "ADD_DAYS(day, number of days)",
    "DAYS_BETWEEN": "DAYS_BETWEEN(from, to)",
    "GREATEST": "GREATEST(a, b, …)",
    "LEAST": "LEAST(a, b, …)",
}


def described(kind: Type) -> str:
    """A type in words: a number of GBP/week, a flag, a date."""
    if kind.kind != "number":
        return f"a {kind.kind}"
    return f"a number of {kind.unit}" if kind.unit is not None and kind.unit.parts else "a number"


def need_flag(node: Node) -> None:
    if node.type.kind != "flag":
        raise FormulaProblem(
            f"a condition is needed here, this is {described(node.type)}", "compare it with something", node.at
        )


def need_number(node: Node) -> None:
    if node.type.kind != "number":
        fix = _TO_NUMBER.get(node.type.kind, "name a number")
        raise FormulaProblem(f"a number is needed here, this is {described(node.type)}", fix, node.at)


def need_date(node: Node) -> None:
    if node.type.kind != "date":
        raise FormulaProblem(
            f"a date is needed here, this is {described(node.type)}",
            "name a date fact, a date step or run_day",
            node.at,
        )


def _is_bare(node: Node) -> bool:
    return node.type.kind == "number" and node.type.unit is None


def _is_zero(node: Node) -> bool:
    return isinstance(node, Constant) and node.value == 0 and not isinstance(node.value, bool)


def same(nodes: Sequence[Node], at: Span, *, cited: bool = True) -> Type:
    """The one type that all nodes share. A literal takes the unit beside it; beside money only 0 may stand, unless no
    figure needs to be `cited`."""
    kinds = {node.type.kind for node in nodes}
    if len(kinds) > 1:
        names = " and ".join(sorted({str(node.type) for node in nodes}))
        dates = "a day is an amount with unit: date and a citation"
        fix = dates if kinds == {"code", "date"} else "make both sides the same type"
        raise FormulaProblem(f"{names} do not go together", fix, at)
    if kinds != {"number"}:
        codes = tuple(dict.fromkeys(c for node in nodes for c in node.type.codes))
        return Type(nodes[0].type.kind, None, codes)
    units = {node.type.unit for node in nodes if node.type.unit is not None}
    if len(units) > 1:
        names = " and ".join(sorted(str(unit) for unit in units))
        convert = "convert one by a named conversion such as MONTH_TO_WEEK_12_52"
        money = all(unit.is_money and len(unit.parts) > 1 for unit in units)
        raise FormulaProblem(f"{names} do not go together", convert if money else "bring both to the same unit", at)
    if not units:
        return Type("number")
    unit = units.pop()
    if unit.is_money and cited:
        for node in nodes:
            if _is_bare(node) and not _is_zero(node):
                raise FormulaProblem(
                    "a bare number stands beside money", "make it an amount with unit, date and citation", node.at
                )
    return Type("number", unit)


def arithmetic(operator: str, left: Node, right: Node, at: Span, *, cited: bool = True) -> Type:
    """The type of left operator right."""
    need_number(left)
    need_number(right)
    if operator in "+-":
        return same([left, right], at, cited=cited)
    if operator == "/":
        _check_divisor(right)
    if left.type.unit is None and right.type.unit is None:
        return Type("number")
    a, b = left.type.unit or _PLAIN, right.type.unit or _PLAIN
    return Type("number", a.times(b, 1 if operator == "*" else -1))


def _check_divisor(node: Node) -> None:
    fix = "divide only by a literal other than 0 or by an amount"
    if isinstance(node, Constant):
        if node.value == 0:
            raise FormulaProblem("division by 0", fix, node.at)
    elif not isinstance(node, AmountRef):
        raise FormulaProblem("division by something that may be 0", fix, node.at)


def comparison(operator: str, left: Node, right: Node, at: Span, *, cited: bool = True) -> None:
    """Checks that the two sides can be compared, and a code against its list of codes."""
    kind = same([left, right], at, cited=cited)
    if operator in ("<", "<=") and not kind.is_ranged:
        raise FormulaProblem(f"{kind} values have no order", "compare with = or <>", at)
    known = left.type.codes or right.type.codes
    for side in (left, right):
        if kind.kind == "code" and isinstance(side, Constant) and known and side.value not in known:
            listed = ", ".join(known)
            fix = nearest(str(side.value), known, f"use one of {listed}")
            raise FormulaProblem(f"'{side.value}' is not among the codes {listed}", fix, side.at)


def call(function: str, arguments: tuple[Node, ...], at: Span, run_day: Node, *, cited: bool = True) -> Node:
    """A function call with its type; AGE gets the run's day as its second argument where it has none."""
    if function in CONVERSIONS:
        return _convert(function, arguments, at)
    shape = FUNCTIONS[function]
    if not shape.least <= len(arguments) <= shape.most:
        count = "1 argument" if len(arguments) == 1 else f"{len(arguments)} arguments"
        usage = _USAGE.get(function, f"{function}(number)")
        raise FormulaProblem(f"{function} has {count}", f"write {usage}", at)
    if shape.arguments == "n":
        need_number(arguments[0])
        return Call(arguments[0].type, at, function, arguments)
    if shape.arguments == "same":
        kind = same(arguments, at, cited=cited)
        if not kind.is_ranged:
            raise FormulaProblem(f"{kind} values have no order", f"{function} takes numbers or dates", at)
        return Call(kind, at, function, arguments)
    need_date(arguments[0])
    if shape.arguments in ("age", "dd"):
        pair = (arguments[0], arguments[1] if len(arguments) > 1 else run_day)
        need_date(pair[1])
        return Call(Type("number", _YEARS if function == "AGE" else _DAYS), at, function, pair)
    wanted = _MONTHS if shape.arguments == "months" else _DAYS
    if arguments[1].type.kind != "number" or arguments[1].type.unit not in (None, _PLAIN, wanted):
        raise FormulaProblem(
            f"{function} adds {wanted}, this is {described(arguments[1].type)}",
            f"give a number of {wanted}",
            arguments[1].at,
        )
    number = arguments[1]
    if isinstance(number, Constant) and isinstance(number.value, Fraction) and number.value.denominator != 1:
        raise FormulaProblem(f"{function} adds whole {wanted}", f"give a whole number of {wanted}", number.at)
    return Call(Type("date"), at, function, arguments)


def _convert(function: str, arguments: tuple[Node, ...], at: Span) -> Node:
    source, target, _ = CONVERSIONS[function]
    wanted = parse_unit(source)
    if len(arguments) != 1 or arguments[0].type != wanted:
        found = described(arguments[0].type) if arguments else "nothing"
        raise FormulaProblem(f"{function} converts {source}, this is {found}", f"give it one number in {source}", at)
    kind = parse_unit(target)
    assert kind is not None
    return Call(kind, at, function, arguments)


def lookup(table: TableHead, arguments: tuple[Node, ...], at: Span) -> None:
    """Checks number and types of a table's keys."""
    if len(arguments) != len(table.keys):
        raise FormulaProblem(
            f"{table.name} is looked up by {len(table.keys)}, not {len(arguments)}",
            f"give {', '.join(k for k, _ in table.keys)}",
            at,
        )
    for (name, kind), argument in zip(table.keys, arguments, strict=True):
        plain = argument.type.unit in (None, _PLAIN) or kind.unit is None or argument.type.unit == kind.unit
        if argument.type.kind != kind.kind or not plain:
            raise FormulaProblem(
                f"key {name} of {table.name} is {described(kind)}, this is {described(argument.type)}",
                "give the key the table declares",
                argument.at,
            )


def gather(function: str, body: Node | None, at: Span) -> Type:
    """The type of a gather."""
    if function == "COUNT":
        if body is not None:
            raise FormulaProblem("COUNT counts units, not values", "write COUNT(relation WHERE condition)", at)
        return Type("number", _PLAIN)
    if function in ("ANY", "EVERY"):
        if body is not None:
            need_flag(body)
        elif function == "EVERY":
            raise FormulaProblem("EVERY needs a flag to test", "write EVERY(relation.flag WHERE condition)", at)
        return FLAG
    if body is None:
        raise FormulaProblem(f"{function} needs a value to gather", f"write {function}(relation.x WHERE condition)", at)
    if function == "SUM" or body.type.kind != "date":
        need_number(body)
    return body.type
