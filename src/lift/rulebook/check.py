"""What is wrong in a rulebook that no single formula shows? (Circles, gaps, ended amounts, straddled changes.)"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

from lift.errors import Place
from lift.rulebook.model import Amount, Award, Cell, Fact, Formula, Rule, Rulebook, Special, Step, Table
from lift.rulebook.nodes import (
    AmountRef,
    Arithmetic,
    Call,
    Compare,
    FactRef,
    Level,
    Lookup,
    Node,
    StepRef,
    children,
    walk,
)
from lift.rulebook.problems import Problems
from lift.rulebook.scope import FIXED_DAYS


def check_rulebook(book: Rulebook, problems: Problems, *, examples: bool) -> None:
    """Adds everything that is wrong. A rule of which some part is missing already is not looked at as a whole."""
    for step in book.steps.values():
        _check_no_limit(step, book, problems)
        _check_divisors(step, book, problems)
    _check_circles(book, problems)
    for rule in book.rules.values():
        _check_awards(rule, book, problems)
    for rule in book.rules.values():
        if problems.damaged & {rule.id, *rule.uses}:
            continue
        _check_rule(rule, problems)
        _check_in_force(rule, book, problems)
        if examples:
            _check_examples(rule, book, problems)
            _check_straddled(rule, book, problems)


def roots(step: Step) -> list[Node]:
    """Every tree that belongs to a step."""
    found = [formula.node for formula in step.formulas]
    found += [n for n in (step.within or ()) if n is not None]
    return found + ([step.day_node] if step.day_node is not None else []) + list(step.split_on)


def references(step: Step) -> list[Node]:
    return [node for root in roots(step) for node in walk(root)]


def short(name: str) -> str:
    """The last part of a full name, as its file writes it."""
    return name.rpartition(".")[2]


def _check_no_limit(step: Step, book: Rulebook, problems: Problems) -> None:
    """What may be no_limit is compared, or stands in LEAST and GREATEST; it is no step's own value. (As a proved bound
    it is none.)"""
    for formula in step.formulas:
        for node in (formula.node, *_counted_with(formula.node)):
            _refuse_no_limit(node, formula.part(node.at), book, problems)
    for end in step.within or ():
        for node in () if end is None else _counted_with(end):
            _refuse_no_limit(node, step.place, book, problems)


def _counted_with(root: Node) -> Iterable[Node]:
    """The parts of a formula that are neither compared nor arguments of LEAST or GREATEST."""
    for parent in walk(root):
        if not isinstance(parent, Compare) and not _is_extreme(parent):
            yield from children(parent)


def _refuse_no_limit(node: Node, place: Place, book: Rulebook, problems: Problems) -> None:
    if not isinstance(node, AmountRef | Call) or not _may_be_no_limit(node, book):
        return
    if isinstance(node, AmountRef):
        name, fix = short(node.name), "compare it, or take LEAST or GREATEST of it"
    else:
        name, fix = f"this {node.function}", "compare it, or take LEAST of it and something that always has a limit"
    problems.add(place, f"{name} may be no_limit, so it cannot be counted with", fix)


def _may_be_no_limit(node: Node, book: Rulebook) -> bool:
    """The least of several is no_limit only if all are, the greatest if one is."""
    if isinstance(node, AmountRef):
        return any(cell.value is Special.NO_LIMIT for _, cell in book.amounts[node.name].versions)
    if isinstance(node, Call) and _is_extreme(node):
        of = all if node.function == "LEAST" else any
        return of(_may_be_no_limit(argument, book) for argument in node.arguments)
    return False


def _is_extreme(node: Node) -> bool:
    return isinstance(node, Call) and node.function in ("LEAST", "GREATEST")


def _check_divisors(step: Step, book: Rulebook, problems: Problems) -> None:
    for formula in step.formulas:
        for node in walk(formula.node):
            if isinstance(node, Arithmetic) and node.operator == "/" and isinstance(node.right, AmountRef):
                reason = _may_be_zero(book.amounts[node.right.name])
                if reason is not None:
                    what = f"{short(node.right.name)} {reason}, so nothing can be divided by it"
                    problems.add(formula.part(node.right.at), what, "give it a figure, or a within: that leaves out 0")


def _may_be_zero(amount: Amount) -> str | None:
    for day, cell in amount.versions:
        if isinstance(cell.value, Special):
            return f"is {cell.value.value} from {day}"
        if cell.value == 0:
            return f"is 0 from {day}"
        if cell.is_weak and cell.within is None:
            return f"may be anything from {day}"
        if cell.is_weak and cell.within is not None and _holds_zero(*cell.within):
            return f"may be 0 from {day}"
    return None if amount.covers_to is None else f"may be anything after {amount.covers_to}"


def _holds_zero(low: object, high: object) -> bool:
    return isinstance(low, Fraction) and isinstance(high, Fraction) and low <= 0 <= high


def _check_circles(book: Rulebook, problems: Problems) -> None:
    done: set[str] = set()

    def visit(name: str, above: tuple[str, ...]) -> None:
        if name in above:
            _circle(list(above[above.index(name) :]), book, problems)
        elif name not in done and name in book.steps:
            for below in sorted({n.name for n in references(book.steps[name]) if isinstance(n, StepRef)}):
                visit(below, (*above, name))
            done.add(name)

    for name in book.steps:
        visit(name, ())


def _check_awards(rule: Rule, book: Rulebook, problems: Problems) -> None:
    """An award changes how things are, not what is known of them: who belongs to a home is as before."""
    complete = {key for relation in book.relations.values() for key in _facts_in(relation.complete_when)}
    for award in rule.if_awarded:
        if (award.level, award.fact) in complete:
            what = f"{award.fact} says whether everybody is known, which no award changes"
            problems.add(award.formula.place, what, "take it out")
    _check_award_circles(rule, book, problems)


def _facts_in(node: Node | None) -> set[tuple[str, str]]:
    return {(n.level, n.name) for n in walk(node) if isinstance(n, FactRef)} if node is not None else set()


Item = tuple[str, str, str]
"""("fact" or "step", level, name)."""


def _check_award_circles(rule: Rule, book: Rulebook, problems: Problems) -> None:
    """What an award makes of a fact may rest on the fact as it was, and on nothing that the award changes by way of
    it."""
    awards: dict[Item, Award] = {("fact", award.level, award.fact): award for award in rule.if_awarded}

    def below(item: Item) -> list[Item]:
        """What an item is worked out from after the award."""
        kind, _, name = item
        if kind == "step":
            return [_item(n) for n in references(book.steps[name]) if _is_item(n, book)]
        if item not in awards:
            return []
        read = [_item(n) for n in walk(awards[item].formula.node) if _is_item(n, book)]
        return [other for other in read if other != item]

    def visit(item: Item, above: tuple[Item, ...], done: set[Item]) -> None:
        if item in above:
            ring = [*above[above.index(item) :], item]
            formula = awards[above[0]].formula
            shown = " -> ".join(name for _, _, name in ring)
            at = next((n.at for n in walk(formula.node) if _is_item(n, book) and _item(n) == ring[1]), formula.node.at)
            what = f"the award would rest on itself: {shown}"
            problems.add(formula.part(at), what, "take the fact itself, or a step that does not read it")
        elif item not in done:
            done.add(item)
            for other in below(item):
                visit(other, (*above, item), done)

    for item in awards:
        visit(item, (), set())


def _is_item(node: Node, book: Rulebook) -> bool:
    return isinstance(node, FactRef) or (isinstance(node, StepRef) and node.name in book.steps)


def _item(node: Node) -> Item:
    assert isinstance(node, FactRef | StepRef)
    return ("fact" if isinstance(node, FactRef) else "step", node.level, node.name)


def _circle(ring: list[str], book: Rulebook, problems: Problems) -> None:
    """One message for each circle, at its first step by name, at the characters that name the next one."""
    start = ring.index(min(ring))
    ring = [*ring[start:], *ring[:start], ring[start]]
    shown = " -> ".join(map(short, ring))
    step, place = book.steps[ring[0]], book.steps[ring[0]].place
    for formula in step.formulas:
        for node in walk(formula.node):
            if isinstance(node, StepRef) and node.name == ring[1]:
                place = formula.part(node.at)
                break
    problems.add(place, f"these steps go round in a circle: {shown}", "let one of them rest on facts or amounts alone")


def _check_rule(rule: Rule, problems: Problems) -> None:
    if rule.makes_a_list and "possible_when" not in rule.answers:
        fix = "say what must be known true before an unknown is worth anybody's time"
        problems.add(rule.place, f"{rule.id} has no possible_when", fix)
    if rule.kind != "measure" and not rule.worth:
        fix = "give worth: weekly, monthly, yearly, one_off, arrears or in_kind"
        problems.add(rule.place, f"{rule.id} has no worth", fix)


def closure(rule: Rule, book: Rulebook) -> list[Step]:
    """Every step that the rule's answers and its shown steps rest on, each once, in first-met order."""
    found: dict[str, Step] = {}

    def visit(name: str) -> None:
        if name in found or name not in book.steps:
            return
        found[name] = book.steps[name]
        for node in references(book.steps[name]):
            if isinstance(node, StepRef):
                visit(node.name)

    for name in [*rule.answers.values(), *rule.step_names]:
        visit(name)
    return list(found.values())


def in_reading_order(rule: Rule, book: Rulebook, *, with_answers: bool = False) -> list[Step]:
    """The rule's steps so that each stands after those it reads."""
    found: dict[str, Step] = {}
    answers = set(rule.answers.values())

    def visit(name: str) -> None:
        if name in found or name not in book.steps:
            return
        step = book.steps[name]
        for node in references(step):
            if isinstance(node, StepRef) and node.name != name:
                visit(node.name)
        found[name] = step

    for step in closure(rule, book):
        visit(step.name)
    return [step for name, step in found.items() if with_answers or name not in answers]


def facts_of(rule: Rule, book: Rulebook) -> list[FactRef]:
    """Every fact the rule reads, directly or through steps, each once by level and name, in first-met order."""
    found: dict[tuple[str, str], FactRef] = {}
    for step in closure(rule, book):
        for node in references(step):
            if isinstance(node, FactRef):
                found.setdefault((node.level, node.name), node)
    return list(found.values())


def facts_read(book: Rulebook, rules: Iterable[str]) -> dict[tuple[Level, str], Fact]:
    """Every fact that some rules read, those included on which the proved bounds of another rest."""
    found: dict[tuple[Level, str], Fact] = {}
    queue: list[Node] = [fact for rule in rules for fact in facts_of(book.rules[rule], book)]
    while queue:
        node = queue.pop()
        if isinstance(node, FactRef) and (node.level, node.name) not in found:
            fact = found[node.level, node.name] = book.facts[node.level, node.name]
            queue += [below for bound in fact.proved_bounds for below in walk(bound.when)]
    return found


def amounts_of(rule: Rule, book: Rulebook) -> list[Amount]:
    names = dict.fromkeys(n.name for s in closure(rule, book) for n in references(s) if isinstance(n, AmountRef))
    return [book.amounts[name] for name in names]


def rates_to(rule: Rule, book: Rulebook) -> date | None:
    """The last day on which every figure of the rule that runs out is known; None where none does."""
    return min((amount.covers_to for amount in amounts_of(rule, book) if amount.covers_to is not None), default=None)


def tables_of(rule: Rule, book: Rulebook) -> list[Table]:
    names = dict.fromkeys(n.table for s in closure(rule, book) for n in references(s) if isinstance(n, Lookup))
    return [book.tables[name] for name in names]


# ---- what is in force on the covered days ----


def _check_in_force(rule: Rule, book: Rulebook, problems: Problems) -> None:
    """On every covered day a formula, amount and table has begun; a formula may not use an amount that has ended."""
    after = rule.covers[1] + timedelta(days=1)
    for step in closure(rule, book):
        first = step.formulas[0].start
        if first is not None and step.day in FIXED_DAYS and first > rule.covers[0]:
            what = f"{rule.id} covers {rule.covers[0]}, and no formula of {short(step.name)} is in force before {first}"
            problems.add(step.place, what, "begin a formula earlier, or cover fewer days")
        starts = [rule.covers[0], *[max(f.start or rule.covers[0], rule.covers[0]) for f in step.formulas[1:]], after]
        for formula, (begins, ends) in zip(step.formulas, pairwise(starts), strict=True):
            if begins < ends:
                _check_formula(formula, begins, ends, book, problems)


def _check_formula(formula: Formula, begins: date, ends: date, book: Rulebook, problems: Problems) -> None:
    for node in walk(formula.node):
        if isinstance(node, AmountRef) and node.day is None:
            amount = book.amounts[node.name]
            _check_begun(amount, amount.versions[0][0], begins, problems)
            for day, until in _ended(amount):
                if day < ends and until > begins:
                    what = f"{short(amount.name)} ended on {day}, and this formula still uses it"
                    fix = f"give the step a formula from {day} that does without it"
                    problems.add(formula.part(node.at), what, fix)
        elif isinstance(node, Lookup) and node.day is None:
            table = book.tables[node.table]
            _check_begun(table, table.versions[0][0], begins, problems)


def _check_begun(figure: Amount | Table, first: date, begins: date, problems: Problems) -> None:
    if first > begins:
        what = f"{short(figure.name)} has no value from {begins}, when it is first needed, to {first}"
        problems.add(figure.place, what, "begin it earlier, with null where the figure is not known")


def _ended(amount: Amount) -> Iterable[tuple[date, date]]:
    """From which day to which the amount does not exist."""
    days = [day for day, _ in amount.versions]
    for (day, cell), until in zip(amount.versions, [*days[1:], date.max], strict=True):
        if cell.value is Special.ENDED:
            yield day, until


# ---- examples ----


def _check_examples(rule: Rule, book: Rulebook, problems: Problems) -> None:
    for example in rule.examples:
        if example.base is not None and example.base not in book.bases:
            problems.add(
                example.place, f"there is no base {example.base}", "name one of rules/bases.yaml, or add it there"
            )
        if not rule.covers_day(example.day):
            what = f"the example's day {example.day} lies outside the days that {rule.id} covers"
            problems.add(example.place, what, f"choose a day from {rule.covers[0]} to {rule.covers[1]}")


def _check_straddled(rule: Rule, book: Rulebook, problems: Problems) -> None:
    """Every change of an amount, a table or a formula within the covered days needs an example on each side."""
    days = [example.day for example in rule.examples]
    for name, day, place in _changes(rule, book):
        inside = rule.covers[0] < day <= rule.covers[1]
        if inside and not (any(d < day for d in days) and any(d >= day for d in days)):
            what = f"{name} changes on {day}, and the examples of {rule.id} do not stand on both sides of it"
            problems.add(place, what, f"add an example before {day} and one on or after it")


def _changes(rule: Rule, book: Rulebook) -> Iterable[tuple[str, date, Place]]:
    """What changes, on which day, and where it stands; only what changes by the run's own day."""
    figures: list[Amount | Table] = [*amounts_of(rule, book), *tables_of(rule, book)]
    for figure in figures:
        said = [_said(version) for _, version in figure.versions]
        for (before, after), (day, _) in zip(pairwise(said), figure.versions[1:], strict=True):
            if figure.day in FIXED_DAYS and before != after:
                yield short(figure.name), day, figure.place
    for step in closure(rule, book):
        for formula in step.formulas[1:]:
            if step.day in FIXED_DAYS and formula.start is not None:
                yield short(step.name), formula.start, formula.place


def _said(version: object) -> object:
    """What counts as a change: a new value, not a new status of the same one."""
    return version.value if isinstance(version, Cell) else version
