"""How are the names and sums of rules put for somebody who knows the law and no code?

A sum in plain words is done by hand as it stands: `GREATEST(guarantee - income, 0)` reads *guarantee − income, but not
less than 0*, and a conversion says by what it multiplies. A formula with conditions is no sum: read aloud, nested
conditions mislead, and what came of them is told by the steps.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import NamedTuple

from lift.rulebook.check import short
from lift.rulebook.nodes import (
    CONVERSIONS,
    AmountRef,
    Arithmetic,
    Call,
    Compare,
    Constant,
    FactRef,
    Gather,
    Logic,
    Lookup,
    Negate,
    Node,
    Not,
    StepRef,
    children,
)
from lift.rulebook.page import shown

# Benefits are written as they write themselves.
_PROPER = (
    "Universal Credit", "Pension Credit", "Housing Benefit", "Attendance Allowance", "Child Benefit", "Council Tax",
    "Income Support", "State Pension", "Armed Forces Independence Payment", "Warm Home Discount",
    "Cold Weather Payment", "Employment and Support Allowance", "Crisis and Resilience Fund", "Greater London",
)  # fmt: skip
_SPELT = {
    **{name.lower(): name for name in _PROPER},
    "council tax reduction": "Council Tax Reduction", "carers allowance": "Carer's Allowance",
    "income based jobseekers allowance": "income-based Jobseeker's Allowance",
    "income related employment and support allowance": "income-related Employment and Support Allowance",
    "social fund funeral payment": "Social Fund funeral payment", "dla": "DLA", "pip": "PIP", "nhs": "NHS", "tv": "TV",
    "lcwra": "LCWRA", "dwp": "DWP", "mixed age": "mixed-age", "state funded": "state-funded", "london": "London",
    "cap exempting": "cap-exempting", "low income": "low-income",
    "non dependant": "non-dependant", "non dependants": "non-dependants",
}  # fmt: skip
_NAMES = re.compile(rf"\b({'|'.join(sorted(_SPELT, key=len, reverse=True))})\b")
_CODE = re.compile(r"\b[a-z]+(?:_[a-z0-9]+)+\b")
# How a flag is denied: the beginning of its name, and what stands in its place.
_DENIED = {
    "is ": "is not ", "has ": "does not have ", "gets ": "does not get ", "meets ": "does not meet ",
    "lives ": "does not live ", "takes ": "does not take ", "works ": "does not work ", "needs ": "does not need ",
}  # fmt: skip
_COMPARED = {"<": "is less than", "<=": "is at most", "=": "is", "<>": "is not"}
_TURNED = {"<": "is more than", "<=": "is at least", "=": "is", "<>": "is not"}
_ROUNDED = {
    "CEIL": "rounded up to a whole number", "FLOOR": "rounded down to a whole number",
    "ROUND": "rounded to a whole number",
}  # fmt: skip
_SIGNS = {"+": "+", "-": "\u2212", "*": "\u00d7", "/": "\u00f7"}
# How tightly the parts of a sum hold together; what holds less than its place needs stands in brackets.
_WHOLE, _SUM, _PRODUCT, _NAME = range(4)


class Put(NamedTuple):
    """An amount in words, and whether it is exactly 1, so that to multiply or divide by it changes the unit alone."""

    words: str
    is_one: bool = False


Figure = Callable[[AmountRef], Put]


@cache
def plain_name(name: str) -> str:
    """A step's, fact's or amount's name in words: `gets_pip_daily_living` is *gets PIP daily living*."""
    return _NAMES.sub(lambda found: _SPELT[found[0]], short(name).replace("_", " "))


def plain_text(text: str) -> str:
    """A sentence in which names stand as rules write them, with those in words."""
    return _CODE.sub(lambda found: plain_name(found[0]), text)


def capital(words: str) -> str:
    """Words that begin a line."""
    return words[:1].upper() + words[1:]


def listed(parts: Sequence[str]) -> str:
    """a; a and b; a, b and c."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def plain_sum(node: Node, figure: Figure) -> str | None:
    """The formula in words, if it is a sum. `figure`: how an amount is put, for its name alone adds up to nothing."""
    return _Reader(figure).read(node, _WHOLE) if is_sum(node) else None


def plain_conditions(node: Node, figure: Figure) -> str | None:
    """What must all be true, in words, where it is no more than names and comparisons."""
    parts = node.parts if isinstance(node, Logic) and node.operator == "AND" else (node,)
    if not all(_is_plain(part) for part in parts):
        return None
    return listed([_Reader(figure).condition(part) for part in parts])


def is_sum(node: Node) -> bool:
    """Whether it is figures put together, without conditions."""
    if isinstance(node, Constant | FactRef | StepRef | AmountRef):
        return True
    if isinstance(node, Arithmetic | Negate | Lookup):
        return all(is_sum(below) for below in children(node))
    if isinstance(node, Call):
        known = node.function in _ROUNDED or node.function in CONVERSIONS or node.function in ("GREATEST", "LEAST")
        return known and all(is_sum(argument) for argument in node.arguments)
    if not isinstance(node, Gather):
        return False
    if node.function == "COUNT":
        return node.where is None or isinstance(node.where, FactRef | StepRef)
    return node.function == "SUM" and node.where is None and isinstance(node.body, FactRef | StepRef)


def _is_plain(node: Node) -> bool:
    if isinstance(node, Compare):
        return is_sum(node.left) and is_sum(node.right)
    return isinstance(node.value if isinstance(node, Not) else node, FactRef | StepRef)


class _Reader:
    """Reads one formula aloud."""

    def __init__(self, figure: Figure) -> None:
        self.figure = figure

    def read(self, node: Node, place: int) -> str:
        """The words of a node; in brackets where it holds together less than its place needs."""
        words, holds = self._words(node)
        return f"({words})" if holds < place else words

    def condition(self, node: Node) -> str:
        if isinstance(node, Not):
            return _denied(self.read(node.value, _NAME))
        if not isinstance(node, Compare):
            return self.read(node, _WHOLE)
        # As it is written: the parser turns `a > b` round.
        left, right = node.left, node.right
        turned = left.at.start > right.at.start
        first, second = (right, left) if turned else (left, right)
        said = (_TURNED if turned else _COMPARED)[node.operator]
        return f"{self.read(first, _SUM)} {said} {self.read(second, _SUM)}"

    def _words(self, node: Node) -> tuple[str, int]:
        if isinstance(node, Constant):
            return shown(node.value) if not isinstance(node.value, str) else node.value.replace("_", " "), _NAME
        if isinstance(node, FactRef | StepRef):
            return plain_name(node.name), _NAME
        if isinstance(node, AmountRef):
            return self.figure(node).words, _NAME
        if isinstance(node, Lookup):
            keys = " and ".join(self.read(key, _NAME) for key in node.keys)
            return f"the {plain_name(node.table)} for {keys}", _NAME
        if isinstance(node, Arithmetic):
            return self._arithmetic(node)
        if isinstance(node, Negate):
            return f"\u2212{self.read(node.value, _NAME)}", _SUM
        if isinstance(node, Call):
            return self._call(node)
        assert isinstance(node, Gather)
        return _gathered(node), _PRODUCT

    def _arithmetic(self, node: Arithmetic) -> tuple[str, int]:
        if node.operator in "*/" and isinstance(node.right, AmountRef) and self.figure(node.right).is_one:
            return self._words(node.left)
        holds = _SUM if node.operator in "+-" else _PRODUCT
        right = holds if node.operator in "+*" else holds + 1
        return f"{self.read(node.left, holds)} {_SIGNS[node.operator]} {self.read(node.right, right)}", holds

    def _call(self, node: Call) -> tuple[str, int]:
        if node.function in ("GREATEST", "LEAST"):
            return self._bounded(node.function, node.arguments)
        if node.function in CONVERSIONS:
            return f"{self.read(node.arguments[0], _PRODUCT)} {_factor(node.function)}", _PRODUCT
        return f"{self.read(node.arguments[0], _SUM)}, {_ROUNDED[node.function]}", _WHOLE

    def _bounded(self, name: str, arguments: Sequence[Node]) -> tuple[str, int]:
        """The greater of A and B; of a sum and nought: the sum, but not less than 0."""
        rest = [one for one in arguments if not (isinstance(one, Constant) and one.value == 0)]
        if len(rest) == 1 < len(arguments):
            return f"{self.read(rest[0], _SUM)}, but not {'less' if name == 'GREATEST' else 'more'} than 0", _WHOLE
        parts = [self.read(one, _SUM) for one in arguments]
        words = {"GREATEST": ("greater", "greatest"), "LEAST": ("lesser", "least")}[name]
        return f"the {words[len(parts) > 2]} of {listed(parts)}", _WHOLE


def _gathered(node: Gather) -> str:
    who = plain_name(node.relation)
    if node.function == "COUNT":
        where = f" ({plain_name(node.where.name)})" if isinstance(node.where, FactRef | StepRef) else ""
        return f"number of {who}{where}"
    assert isinstance(node.body, FactRef | StepRef)
    one_only = node.relation.startswith("latest_")
    return f"{plain_name(node.body.name)} of {'the' if one_only else 'all'} {who}"


def _denied(words: str) -> str:
    for begins, instead in _DENIED.items():
        if words.startswith(begins):
            return instead + words.removeprefix(begins)
    return f"not {words}"


def _factor(name: str) -> str:
    """As the conversion is named: MONTH_TO_WEEK_12_52 is x 12 / 52."""
    numbers, factor = re.findall(r"\d+", name), CONVERSIONS[name][2]
    if factor is None:
        return "\u00d7 7 \u00f7 the days of the year"
    if len(numbers) == 2:
        return f"\u00d7 {numbers[0]} \u00f7 {numbers[1]}"
    return f"{_SIGNS['*'] if factor > 1 else _SIGNS['/']} {numbers[0]}"
