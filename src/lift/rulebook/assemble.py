"""How do a rule's answers (eligible, worth, already …) become steps with checked formulas, and the rule itself?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from lift.errors import Place
from lift.rulebook.dimensions import FLAG, parse_unit
from lift.rulebook.located import Located, Source
from lift.rulebook.model import AWARDED, Award, Evidence, Example, Fact, Formula, Outweighs, Rule, Step
from lift.rulebook.nodes import LEVELS, Choose, FactRef, Level, walk
from lift.rulebook.problems import Problems
from lift.rulebook.scope import Scope, nearest
from lift.rulebook.shape import RuleShape
from lift.rulebook.steps import RESERVED, StepMaker

#: The worth's parts that are money, with their units, in the order the first counts.
WORTH_UNITS = {"weekly": "GBP/week", "monthly": "GBP/month", "yearly": "GBP/year", "one_off": "GBP", "arrears": "GBP"}


def assemble_rule(
    shape: RuleShape, located: Located, scope: Scope, shared: Sequence[str], file_hash: str, problems: Problems
) -> tuple[Rule, dict[str, Step]]:
    """The rule and the steps of its answers, under their reserved names."""
    texts = _answer_texts(shape)
    steps: dict[str, Step] = {}
    for name, (text, path, unit) in texts.items():
        maker = StepMaker(located, scope, problems, path, shape.in_force_on)
        steps[f"{shape.id}.{name}"] = _answer_step(maker, shape, name, text, unit)
    _check_worth(shape, located, texts, problems)
    if shape.covers[0] > shape.covers[1]:
        place = located.place(("covers",))
        problems.add(place, "the covered days end before they begin", "write covers: [first day, last day]")
        problems.damaged.add(shape.id)
    worth = tuple(part for part in WORTH_UNITS if f"worth_{part}" in texts)
    rule = Rule(
        id=shape.id,
        name=shape.name,
        kind=shape.kind,
        level=shape.each,
        law=shape.law,
        reviewed_on=shape.reviewed.date,
        reviewed_by=shape.reviewed.by,
        public_funds=shape.public_funds,
        covers=(shape.covers[0], shape.covers[1]),
        uses=tuple(shape.uses),
        step_names=(*shared, *[f"{shape.id}.{name}" for name in shape.steps]),
        answers={name: f"{shape.id}.{name}" for name in texts},
        worth=(*worth, *(["in_kind"] if shape.worth.in_kind else [])),
        worth_to=shape.worth.to,
        in_kind=shape.worth.in_kind or "",
        evidence=tuple(
            Evidence(f"{shape.id}.evidence_{i}", e.strength, e.why) for i, e in enumerate(shape.evidence, 1)
        ),
        seen_in=tuple(shape.seen_in),
        opens=tuple(shape.opens),
        if_awarded=_if_awarded(shape, located, scope, problems),
        outreach=dict(shape.outreach),
        examples=tuple(_example(shape, located, index) for index in range(len(shape.examples))),
        hash=file_hash,
        place=located.key_place(("id",)),
        note=" ".join((shape.note or "").split()),
        outweighs=_outweighs(shape, located, scope, problems),
    )
    return rule, steps


def _answer_texts(shape: RuleShape) -> dict[str, tuple[str, tuple[str | int, ...], str]]:
    """Reserved name to formula, where it stands, and its unit."""
    texts: dict[str, tuple[str, tuple[str | int, ...], str]] = {}
    for name in RESERVED:
        text = getattr(shape, name)
        if text is not None:
            texts[name] = (text, (name,), "flag")
    for part, unit in WORTH_UNITS.items():
        text = getattr(shape.worth, part)
        if text is not None:
            texts[f"worth_{part}"] = (text, ("worth", part), unit)
    first = next((unit for part, unit in WORTH_UNITS.items() if f"worth_{part}" in texts), "GBP/week")
    if shape.worth.at_least is not None:
        texts["worth_at_least"] = (shape.worth.at_least, ("worth", "at_least"), first)
    if shape.worth.yearly_value is not None:
        texts["worth_in_kind_yearly"] = (shape.worth.yearly_value, ("worth", "yearly_value"), "GBP/year")
    for index, evidence in enumerate(shape.evidence):
        texts[f"evidence_{index + 1}"] = (evidence.when, ("evidence", index, "when"), "flag")
    return texts


def _answer_step(maker: StepMaker, shape: RuleShape, name: str, text: str, unit: str) -> Step:
    kind = FLAG if unit == "flag" else parse_unit(unit)
    assert kind is not None
    place, source = maker.located.place(maker.path), Source(maker.located, maker.path)
    formula = Formula(None, maker.node(text, maker.path, kind), " ".join(text.split()), place, source)
    return Step(
        name=f"{shape.id}.{name}",
        level=shape.each,
        type=kind,
        formulas=(formula,),
        cite=shape.law,
        why="",
        day="run_day",
        day_node=None,
        rounding="none" if unit == "flag" else "penny",
        within=None,
        split_on=(),
        assume=None,
        place=place,
    )


def _check_worth(shape: RuleShape, located: Located, texts: Mapping[str, object], problems: Problems) -> None:
    if shape.worth.at_least is not None and not any(f"worth_{part}" in texts for part in WORTH_UNITS):
        place = located.place(("worth", "at_least"))
        problems.add(
            place, "at_least has nothing to be compared with", "give weekly, monthly, yearly, one_off or arrears"
        )
    if shape.worth.yearly_value is not None and shape.worth.in_kind is None:
        place = located.place(("worth", "yearly_value"))
        problems.add(
            place, "yearly_value is the value of what is given in kind", "add in_kind: what it is, or write yearly:"
        )


def _outweighs(shape: RuleShape, located: Located, scope: Scope, problems: Problems) -> Outweighs | None:
    """The rules of which an award brings less than it takes away, each of which must be there."""
    if shape.outweighs is None:
        return None
    for index, name in enumerate(shape.outweighs.rules):
        if name not in scope.rule_levels and name not in scope.broken:
            place = located.place(("outweighs", "rules", index))
            problems.add(place, f"there is no rule {name}", nearest(name, scope.rule_levels))
    return Outweighs(tuple(shape.outweighs.rules), shape.outweighs.cite, " ".join(shape.outweighs.why.split()))


def _if_awarded(shape: RuleShape, located: Located, scope: Scope, problems: Problems) -> tuple[Award, ...]:
    """What the award would make of facts. A plain key is a fact of the rule's own level, of the unit to which the award
    is made; `level.fact` one of every unit of that level, whose formula says whom it concerns."""
    found: list[Award] = []
    for key, text in shape.if_awarded.items():
        level, _, name = key.rpartition(".")
        own = not level or level == shape.each
        fact = scope.facts.get((level or shape.each, name))  # type: ignore[arg-type]  # another word is no level
        if fact is None:
            if name not in scope.broken:
                _no_such_fact(located.key_place(("if_awarded", key)), key, scope, problems)
            continue
        path = ("if_awarded", key)
        marks = {(one, AWARDED): mark_fact(AWARDED, one, located.place(path)) for one in LEVELS}
        inside = replace(scope.at(fact.level), facts={**scope.facts, **marks}, in_scenario=True)
        node = StepMaker(located, inside, problems, path, shape.in_force_on).node(text, path, fact.type)
        if not any(isinstance(part, FactRef) and part.name == AWARDED for part in walk(node)):
            if not own:
                what = f"{key} does not say which {fact.level} it concerns"
                problems.add(located.place(path), what, f"write {AWARDED} AND …, or IF({AWARDED}, …, {name})")
            before = FactRef(fact.type, node.at, fact.level, name)
            awarded = FactRef(FLAG, node.at, fact.level, AWARDED)
            node = Choose(fact.type, node.at, ((awarded, node),), before)
        place, source = located.place(path), Source(located, path)
        found.append(Award(fact.level, name, Formula(None, node, " ".join(text.split()), place, source)))
    return tuple(found)


def _no_such_fact(place: Place, key: str, scope: Scope, problems: Problems) -> None:
    name = key.rpartition(".")[2]
    levels = [own for own, fact in scope.facts if fact == name]
    if levels:
        what = f"if_awarded names {key}, and {name} is a fact of each {levels[0]}"
        problems.add(place, what, f"write {levels[0]}.{name}: {AWARDED} AND …")
    else:
        what = f"if_awarded names {key}, which is no fact"
        problems.add(place, what, nearest(name, {fact for _, fact in scope.facts}))


def mark_fact(name: str, level: Level, place: Place) -> Fact:
    """Whom an award concerns, as a fact of a level."""
    return Fact(
        name=name, level=level, type=FLAG, meaning="", question=None, cost=5, sensitivity="household",
        shelf_life=None, limits=None, low=None, high=None, proved_bounds=(), place=place,
    )  # fmt: skip


def _example(shape: RuleShape, located: Located, index: int) -> Example:
    entry = shape.examples[index]
    place = located.place(("examples", index))
    return Example(
        entry.name, entry.source or "", entry.date, entry.base, entry.subject, entry.given, entry.then, place
    )
