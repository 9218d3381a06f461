"""What may be known of a person, a family, a home and a period, as one page? (docs/facts.md)"""

from __future__ import annotations

from lift.rulebook.model import Fact, Rulebook
from lift.rulebook.nodes import LEVELS, Level
from lift.rulebook.page import Code, Grid, Page, Section, shown, type_in_words

_TITLES: dict[Level, str] = {
    "person": "Of each person",
    "family": "Of each family",
    "household": "Of each home",
    "period": "Of each assessment period",
}


def dictionary_page(book: Rulebook) -> Page:
    """Every fact, relation and standing assumption of `rules/facts.yaml`."""
    sentences = (
        "What a rule may use. A fact that no source gives is unknown, never nothing. Past its shelf life a value may "
        "inform a ranking and never a verdict. Values outside the limits are refused.",
        "Written in `rules/facts.yaml`; [rule-format.md](rule-format.md) says what each key means.",
    )
    levels = tuple(_level(book, level) for level in LEVELS)
    return Page("The dictionary of facts", sentences, (*levels, _bounds(book), _relations(book), _assumptions(book)))


def _level(book: Rulebook, level: Level) -> Section:
    rows = tuple(_row(fact) for (own, _), fact in book.facts.items() if own == level)
    heading = ("fact", "value", "meaning", "question to a resident", "cost", "sensitivity", "shelf life", "limits")
    return Section(_TITLES[level], grid=Grid(heading, rows) if rows else None)


def _row(fact: Fact) -> tuple[str | Code, ...]:
    question = fact.question or "never asked"
    cost = str(fact.cost) if fact.question else ""
    limits = " to ".join(map(shown, fact.limits)) if fact.limits is not None else ""
    sensitivity = fact.sensitivity.replace("_", " ")
    return (
        Code(fact.name),
        type_in_words(fact.type),
        fact.meaning,
        question,
        cost,
        sensitivity,
        _shelf_life(fact),
        limits,
    )


def _shelf_life(fact: Fact) -> str:
    if fact.is_uprated:
        return f"{_life(fact)}, and not beyond the next new rates"
    if fact.no_lasts is None:
        return _life(fact)
    days = f"{fact.no_lasts} {'day' if fact.no_lasts == 1 else 'days'} after its own day"
    return f"{_life(fact)}; a no {days if fact.no_lasts else 'on its own day only'}"


def _life(fact: Fact) -> str:
    if fact.shelf_life is None:
        return "never out of date"
    months = set(fact.shelf_life.values())
    if len(months) == 1:
        return f"{months.pop()} months"
    return ", ".join(f"{number} months ({name.replace('_', ' ')})" for name, number in fact.shelf_life.items())


def _bounds(book: Rulebook) -> Section:
    """Bounds that hold of every value, and those that a scheme proves."""
    rows = []
    for fact in book.facts.values():
        if fact.low is not None or fact.high is not None:
            rows.append((Code(fact.name), _range(fact.low, fact.high), "always", ""))
        for bound in fact.proved_bounds:
            rows.append((Code(fact.name), _range(bound.low, bound.high), bound.why, bound.cite))
    return Section(
        "Bounds that hold even where the value is not known", grid=Grid(("fact", "bound", "when", "law"), tuple(rows))
    )


def _range(low: object, high: object) -> str:
    parts = [f"at least {shown(low)}"] if low is not None else []  # type: ignore[arg-type]  # a number or a date
    parts += [f"at most {shown(high)}"] if high is not None else []  # type: ignore[arg-type]
    return " and ".join(parts)


def _relations(book: Rulebook) -> Section:
    rows = tuple((Code(r.name), r.source, r.target, r.meaning) for r in book.relations.values())
    sentence = (
        "A rule gathers over them: `SUM(adults.state_pension)`, `COUNT(children)`, `ANY(others_18_plus WHERE …)`."
    )
    return Section("Relations", (sentence,), grid=Grid(("relation", "from each", "to each", "meaning"), rows))


def _assumptions(book: Rulebook) -> Section:
    rows = tuple((Code(a.fact), shown(a.assumed), a.why) for a in book.assumptions.values())
    sentence = "The closed list of what is taken for granted where it is not known; every list says so."
    return Section("Standing assumptions", (sentence,), grid=Grid(("fact", "assumed", "why"), rows))
