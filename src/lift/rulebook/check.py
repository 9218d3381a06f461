"""What is wrong in a rulebook that no single formula shows? (Circles, gaps, ended amounts, straddled changes.)"""

from __future__ import annotations

from datetime import date

from lift.rulebook.model import Amount, Rule, Rulebook, Special, Step
from lift.rulebook.nodes import AmountRef, Call, Compare, Constant, FactRef, Lookup, Node, StepRef, children, walk
from lift.rulebook.problems import Problems

_FIXED_DAYS = ("run_day", "benefit_week")


def check_rulebook(book: Rulebook, problems: Problems, *, examples: bool) -> None:
    """Adds everything that is wrong."""
    for step in book.steps.values():
        _check_references(step, book, problems)
        _check_no_limit(step, book, problems)
    _check_circles(book, problems)
    for rule in book.rules.values():
        _check_rule(rule, book, problems)
        _check_ended_and_gaps(rule, book, problems)
        if examples:
            _check_straddled(rule, book, problems)


def roots(step: Step) -> list[Node]:
    """Every tree that belongs to a step."""
    found = [formula.node for formula in step.formulas]
    found += [n for n in (step.within or ()) if n is not None]
    return found + ([step.day_node] if step.day_node is not None else []) + list(step.split_on)


def references(step: Step) -> list[Node]:
    return [node for root in roots(step) for node in walk(root)]


def _check_references(step: Step, book: Rulebook, problems: Problems) -> None:
    for node in references(step):
        if isinstance(node, StepRef) and node.name not in book.steps:
            rule = node.name.partition(".")[0]
            problems.add(step.place, f"{rule} has no already, so nothing is known of its payment", f"give rules/{rule}.yaml an already: formula")


def _check_no_limit(step: Step, book: Rulebook, problems: Problems) -> None:
    for root in roots(step):
        for parent in walk(root):
            for child in children(parent):
                if isinstance(child, AmountRef) and _has(book.amounts[child.name], Special.NO_LIMIT):
                    compared = isinstance(parent, Compare) or (isinstance(parent, Call) and parent.function in ("LEAST", "GREATEST"))
                    if not compared:
                        short = child.name.rpartition(".")[2]
                        problems.add(step.place, f"{short} may be no_limit, so it cannot be counted with", "compare it, or take LEAST or GREATEST")
                if isinstance(parent, Compare | Call) and isinstance(child, AmountRef):
                    continue


def _has(amount: Amount, special: Special) -> bool:
    return any(cell.value is special for _, cell in amount.versions)


def _check_circles(book: Rulebook, problems: Problems) -> None:
    done: set[str] = set()

    def visit(name: str, above: tuple[str, ...]) -> None:
        if name in above:
            ring = [*above[above.index(name) :], name]
            shown = " -> ".join(n.rpartition(".")[2] for n in ring)
            problems.add(book.steps[min(ring)].place, f"steps go round in a circle: {shown}", "let one of them rest on facts or amounts")
            return
        if name in done or name not in book.steps:
            return
        for node in references(book.steps[name]):
            if isinstance(node, StepRef):
                visit(node.name, (*above, name))
            elif isinstance(node, AmountRef | Lookup):
                continue
        done.add(name)

    for name in book.steps:
        visit(name, ())


def _check_rule(rule: Rule, book: Rulebook, problems: Problems) -> None:
    if rule.covers[0] > rule.covers[1]:
        problems.add(rule.place, "covers ends before it begins", "write covers: [first day, last day]")
    if rule.kind != "measure" and "possible_when" not in rule.answers:
        problems.add(rule.place, f"{rule.id} has no possible_when", "say what must be known before an unknown is worth anybody's time")
    if rule.kind != "measure" and not rule.worth:
        problems.add(rule.place, f"{rule.id} has no worth", "give worth: weekly, monthly, yearly, one_off, arrears or in_kind")
    for fact in rule.if_awarded:
        if not any(name == fact for _, name in book.facts):
            problems.add(rule.place, f"if_awarded names {fact}, which is no fact", "name a fact of facts.yaml")


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


def facts_of(rule: Rule, book: Rulebook) -> list[FactRef]:
    """Every fact the rule reads, directly or through steps, each once by level and name, in first-met order."""
    found: dict[tuple[str, str], FactRef] = {}
    for step in closure(rule, book):
        for node in references(step):
            if isinstance(node, FactRef):
                found.setdefault((node.level, node.name), node)
    return list(found.values())


def amounts_of(rule: Rule, book: Rulebook) -> list[Amount]:
    names = dict.fromkeys(n.name for s in closure(rule, book) for n in references(s) if isinstance(n, AmountRef))
    return [book.amounts[name] for name in names]


def _check_ended_and_gaps(rule: Rule, book: Rulebook, problems: Problems) -> None:
    """An amount read on a covered day must have begun; a formula in force may not use an ended one."""
    for step in closure(rule, book):
        for position, formula in enumerate(step.formulas):
            begins = max(formula.start or rule.covers[0], rule.covers[0])
            later = [f.start for f in step.formulas[position + 1 :] if f.start is not None]
            ends = min([*later, rule.covers[1]])
            for node in walk(formula.node):
                if isinstance(node, AmountRef) and node.day is None:
                    _check_amount(book.amounts[node.name], begins, ends, formula.place, problems)
        first = step.formulas[0].start
        if first is not None and step.day in _FIXED_DAYS and first > rule.covers[0]:
            problems.add(step.place, f"no formula is in force from {rule.covers[0]} to {first}", "begin the formula earlier, or cover fewer days")


def _check_amount(amount: Amount, begins: date, ends: date, place: object, problems: Problems) -> None:
    short = amount.name.rpartition(".")[2]
    if amount.versions[0][0] > begins:
        problems.add(amount.place, f"{short} has no value from {begins} to {amount.versions[0][0]}", "begin it earlier, with null where it is not known")
    for day, cell in amount.versions:
        if cell.value is Special.ENDED and day < ends:
            problems.add(amount.place, f"{short} ended on {day}, but a formula still uses it", "give the step a dated formula from that day")


def _check_straddled(rule: Rule, book: Rulebook, problems: Problems) -> None:
    """Every change of an amount within the covered days needs an example on each side."""
    days = sorted({example.day for example in rule.examples})
    for amount in amounts_of(rule, book):
        if amount.day not in _FIXED_DAYS:
            continue
        for (_, before), (day, after) in zip(amount.versions, amount.versions[1:], strict=False):
            inside = rule.covers[0] < day <= rule.covers[1]
            if inside and before.value != after.value and not (any(d < day for d in days) and any(d >= day for d in days)):
                short = amount.name.rpartition(".")[2]
                problems.add(rule.place, f"{short} changes on {day}, and no example of {rule.id} stands on both sides", "add an example before and one after")


