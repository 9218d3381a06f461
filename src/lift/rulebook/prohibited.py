"""Would a question, or a draft rule, be a list for a discount review or for fraud work?

A single person discount set against signs of a second adult is such a list: nobody gains from it but whoever stops the
discount. LIFT only offers help, so it is refused. Where the condition cannot hold for anybody who has the discount, the
same facts find people who miss it, and that is welcome.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lift.errors import DisclosureError
from lift.rulebook.check import roots
from lift.rulebook.dimensions import FLAG
from lift.rulebook.model import Rule, Rulebook
from lift.rulebook.nodes import Compare, Constant, FactRef, Gather, Logic, Node, Not, Span, StepRef, children

DISCOUNT = "has_single_person_discount"
#: What shows that an account has a discount, that one or another.
KIND, KIND_OF_SINGLE_PERSON_DISCOUNT = "council_tax_discount", "quarter"
_SHOW_A_DISCOUNT = frozenset({DISCOUNT, KIND, "council_tax_before_discounts"})
#: What tells of another adult in the home.
_TELL = frozenset(
    {
        "adults_complete", "non_dependants_complete", "is_couple", "household_role", "is_close_relative_of_head",
        "is_joint_since_moving_in", "role", "gross_income", "works_16_hours_or_more",
    }
)  # fmt: skip
#: Gathers that do: whatever looks at other adults, and how many people there are.
_OTHER_ADULTS = frozenset({"partner", "non_dependants", "others_18_plus"})
_ADULTS = frozenset({"adults", "members", "residents"})


def refuse_discount_review(book: Rulebook, condition: Node | None, shown: Iterable[Node]) -> None:
    """Raises DisclosureError for a question that sets the discount against signs of a second adult. `condition`: what
    must hold, if anything; `shown`: whatever else the asker would see."""
    reads = _Reads(book)
    for node in (*(() if condition is None else (condition,)), *shown):
        reads.add(node)
    if not reads.discount or not reads.signs:
        return
    if condition is not None and _holds_with_discount(condition, book) is False:
        return
    raise DisclosureError(
        f"this sets single person discounts against signs of a second adult ({', '.join(sorted(reads.signs))}), which "
        "would be a discount review. LIFT only offers help: no list of it may be used to stop, reduce or investigate "
        f"an award. Leave one of the two out; to find who misses the discount, ask for NOT {DISCOUNT}."
    )


def refuse_review_rule(book: Rulebook, rule: Rule) -> None:
    """The same for a rule: its condition is `eligible`, and its answer and steps are what is seen."""
    steps = [book.steps[name] for name in (*rule.answers.values(), *rule.step_names)]
    condition = StepRef(FLAG, Span(), rule.level, rule.answers["eligible"])
    refuse_discount_review(book, condition, [node for step in steps for node in roots(step)])


@dataclass
class _Reads:
    """What formulas read, through steps too. A relation's own conditions are no question of the asker's."""

    book: Rulebook

    def __post_init__(self) -> None:
        self.discount = False
        self.signs: set[str] = set()
        self._seen: set[str] = set()

    def add(self, node: Node) -> None:
        if isinstance(node, FactRef):
            self.discount |= node.name in _SHOW_A_DISCOUNT
            self.signs |= {node.name} & _TELL
        elif isinstance(node, StepRef):
            self._step(node.name)
        elif isinstance(node, Gather):
            counts = node.function == "COUNT" and node.relation in _ADULTS
            if counts or node.relation in _OTHER_ADULTS:
                self.signs.add(f"{node.function}({node.relation})")
            for below in (node.body, node.where):
                if below is not None:
                    self.add(below)
        else:
            for below in children(node):
                self.add(below)

    def _step(self, name: str) -> None:
        if name not in self._seen and name in self.book.steps:
            self._seen.add(name)
            for root in roots(self.book.steps[name]):
                self.add(root)


def _holds_with_discount(node: Node, book: Rulebook) -> bool | None:
    """Whether a condition holds where the discount is given, whatever else is so; None where that depends."""
    if isinstance(node, FactRef):
        return True if node.name == DISCOUNT else None
    if isinstance(node, StepRef):
        formulas = book.steps[node.name].formulas if node.name in book.steps else ()
        return _holds_with_discount(formulas[0].node, book) if len(formulas) == 1 else None
    if isinstance(node, Constant):
        return node.value if isinstance(node.value, bool) else None
    if isinstance(node, Not):
        inner = _holds_with_discount(node.value, book)
        return None if inner is None else not inner
    if isinstance(node, Logic):
        parts = [_holds_with_discount(part, book) for part in node.parts]
        settles = node.operator == "OR"
        if settles in parts:
            return settles
        return None if None in parts else not settles
    if isinstance(node, Compare) and node.operator in ("=", "<>") and _is_kind_of_discount(node.left):
        if not isinstance(node.right, Constant):
            return None
        return (node.right.value == KIND_OF_SINGLE_PERSON_DISCOUNT) == (node.operator == "=")
    if isinstance(node, Compare) and node.operator in ("=", "<>") and node.left.type.kind == "flag":
        left, right = _holds_with_discount(node.left, book), _holds_with_discount(node.right, book)
        return None if left is None or right is None else (left == right) == (node.operator == "=")
    return None


def _is_kind_of_discount(node: Node) -> bool:
    return isinstance(node, FactRef) and node.name == KIND
