"""What does a rule say, as a page an officer can read against the law?

A page is headings, sentences and tables, so that the screen (`lift rules show`) and the generated `docs/rules/*.md` say
the same. `day` narrows it to what is in force on one day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

from lift.days import in_words
from lift.rulebook.answers import Range, Value
from lift.rulebook.check import amounts_of, closure, facts_of, rates_to, short, tables_of
from lift.rulebook.model import WEAK, Amount, Cell, Example, Fact, Formula, Rule, Rulebook, Special, Step, Table
from lift.rulebook.nodes import Type, Unit
from lift.rulebook.units import Scalar

_PER = {"week": "a week", "month": "a month", "year": "a year", "four_weeks": "for four weeks"}
_KINDS = {
    "entitlement": "entitlement",
    "under_award": "award that looks too low",
    "detector": "detector of a likely mistake",
    "measure": "measure",
    "opened": "opened by another award",
}
_EACH = {"person": "each person", "family": "each family", "household": "each household", "period": "each period"}
#: What the parts of a worth are called.
WORTH = {
    "worth_weekly": "Worth a week",
    "worth_monthly": "Worth a month",
    "worth_yearly": "Worth a year",
    "worth_one_off": "Worth once",
    "worth_arrears": "Arrears",
    "worth_in_kind_yearly": "Its value a year, in no cash total",
    "worth_at_least": "Not payable below",
}
_ANSWERS = {
    "who": "Asked only of",
    "eligible": "Entitled if",
    "already": "In payment already if",
    "possible_when": "Worth asking about if it is known that",
    **WORTH,
    "advice_first": "Goes to an adviser first if",
}
_ROUNDING = {"up": "rounded up to the next penny", "down": "rounded down to the penny", "none": "not rounded"}


@dataclass(frozen=True)
class Code:
    """A formula or name, to be shown as it is written."""

    text: str


Cell_ = str | Code


@dataclass(frozen=True)
class Grid:
    """A table. A cell is a text, or code."""

    heading: tuple[str, ...]
    rows: tuple[tuple[Cell_, ...], ...]


@dataclass(frozen=True)
class Section:
    """A heading with sentences, points and a table below it."""

    title: str
    sentences: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    grid: Grid | None = None


@dataclass(frozen=True)
class Page:
    title: str
    sentences: tuple[str, ...]
    sections: tuple[Section, ...]


def rule_page(book: Rulebook, rule: Rule, day: date | None = None) -> Page:
    """The page of a rule; with `day` only what is in force on it, without examples."""
    sections = [
        _answers(book, rule),
        _figures(book, rule, day),
        *_tables(book, rule, day),
        _steps(book, rule, day),
        _evidence(book, rule),
        _facts(book, rule),
        _assumed(book, rule),
        _outreach(rule),
        *([_sources(book, rule), _examples(rule)] if day is None else []),
    ]
    return Page(rule.name, _head(book, rule), tuple(s for s in sections if s.sentences or s.points or s.grid))


def _head(book: Rulebook, rule: Rule) -> tuple[str, ...]:
    weak = [short(a.name) for a in amounts_of(rule, book) if _weak_now(a, rule.covers[1])]
    found = [
        f"Rule `{rule.id}`, {_KINDS[rule.kind]}, asked of {_EACH[rule.level]}, "
        f"for days from {in_words(rule.covers[0])} to {in_words(rule.covers[1])}.",
        f"Law: {rule.law}",
        signed_off(rule),
        *([rule.note] if rule.note else []),
        f"Written in `{rule.place.path}`.",
    ]
    known_to = rates_to(rule, book)
    if known_to is not None and known_to < rule.covers[1]:
        found.append(f"Rates are known to {in_words(known_to)}; on later days nobody is called likely on them.")
    if weak:
        found.append(f"Figures that a verdict does not rest on, because they are not confirmed: {', '.join(weak)}.")
    if rule.public_funds:
        found.append("Public funds: letters carry the advice line for people with a visa condition.")
    if rule.seen_in:
        found.append(f"Would be seen in payment in: {_listed(rule.seen_in)}.")
    if rule.opens:
        # What has a rule of its own goes by that rule's name.
        named = [book.rules[name].name if name in book.rules else name for name in rule.opens]
        found.append(f"Opens the way to: {_listed(named)}.")
    if rule.outweighs:
        named = [book.rules[name].name if name in book.rules else name for name in rule.outweighs.rules]
        why = f"{rule.outweighs.why} ({rule.outweighs.cite})"
        found.append(f"Brings more than it may take away of: {_listed(named)}. {why}")
    return tuple(found)


def signed_off(rule: Rule) -> str:
    """Who answers for the rule."""
    if rule.reviewed_by is None:
        return "No officer has signed this rule off yet."
    return f"Signed off by {rule.reviewed_by} on {in_words(rule.reviewed_on)}."


def _weak_now(amount: Amount, day: date) -> bool:
    cells = [cell for start, cell in amount.versions if start <= day]
    return bool(cells) and cells[-1].is_weak


def _listed(names: Iterable[str]) -> str:
    return ", ".join(name.replace("_", " ") for name in names)


# ---- what it answers ----


def _answers(book: Rulebook, rule: Rule) -> Section:
    rows: list[tuple[Cell_, ...]] = []
    for name, title in _ANSWERS.items():
        if name in rule.answers:
            rows.append((title, Code(book.steps[rule.answers[name]].formulas[-1].text)))
    points = [f"In kind: {rule.in_kind}"] if rule.in_kind else []
    points += [f"Paid to the {rule.worth_to}."] if rule.worth and rule.worth_to != "resident" else []
    if rule.if_awarded:
        points += [
            f"If it were awarded, {award.fact} of the {award.level}: {award.formula.text}." for award in rule.if_awarded
        ]
    return Section("What it answers", points=tuple(points), grid=Grid(("", "formula"), tuple(rows)))


def _evidence(book: Rulebook, rule: Rule) -> Section:
    rows = [(entry.strength, Code(book.steps[entry.step].formulas[-1].text), entry.why) for entry in rule.evidence]
    grid = Grid(("strength", "signal", "why"), tuple(rows)) if rows else None
    return Section("Signals of a need that no record holds", grid=grid)


# ---- figures ----


def _figures(book: Rulebook, rule: Rule, day: date | None) -> Section:
    rows = []
    used = {amount.name for amount in amounts_of(rule, book)}
    for amount in [a for a in book.amounts.values() if a.name in used]:
        for start, cell in _versions(amount.versions, day):
            known = " ".join(part for part in (f"{status(cell)}.", amount.note) if part)
            row = (Code(short(amount.name)), money(cell.value, amount.type), in_words(start), known, amount.cite)
            rows.append(row)
    heading = ("figure", "value", "from", "how well known", "law")
    sentences = (f"In force on {in_words(day)}.",) if day is not None else ()
    return Section("Figures", sentences if rows else (), grid=Grid(heading, tuple(rows)) if rows else None)


def _versions(versions: Iterable[tuple[date, Any]], day: date | None) -> list[tuple[date, Any]]:
    found = list(versions)
    return found if day is None else [v for v in found if v[0] <= day][-1:]


def status(cell: Cell) -> str:
    """How well a figure is known, and between what it lies where a verdict does not rest on it."""
    words = "not known" if cell.value is None else cell.status.replace("_", " ")
    if cell.within is not None and (cell.value is None or cell.status in WEAK):
        words += f", between {shown(cell.within[0])} and {shown(cell.within[1])}"
    return f"{words}. {cell.note.rstrip('.')}" if cell.note else words


def _tables(book: Rulebook, rule: Rule, day: date | None) -> list[Section]:
    return [
        _table(table, start, rows) for table in tables_of(rule, book) for start, rows in _versions(table.versions, day)
    ]


def _table(table: Table, start: date, rows: Any) -> Section:
    heading = tuple(f"{key.name.replace('_', ' ')}{' from' if key.banded else ''}" for key in table.keys)
    grid = Grid((*heading, str(table.type)), tuple((*map(shown, keys), _cell(cell)) for keys, cell in rows))
    return Section(f"Table {short(table.name)}, from {in_words(start)}", (f"Law: {table.cite}",), grid=grid)


def _cell(cell: Cell) -> str:
    value = shown(cell.value)
    return f"{value} ({status(cell)})" if cell.is_weak else value


# ---- steps ----


def _steps(book: Rulebook, rule: Rule, day: date | None) -> Section:
    rows: list[tuple[Cell_, ...]] = [
        (Code(short(step.name)), Code(formula.text), step.cite, step_in_words(step, formula, rule))
        for step, formula in shown_formulas(book, rule, day)
    ]
    return Section("Steps", grid=Grid(("step", "formula", "law", "why"), tuple(rows)) if rows else None)


def shown_formulas(book: Rulebook, rule: Rule, day: date | None = None) -> list[tuple[Step, Formula]]:
    """Every formula of the steps that a page shows, in reading order; with `day` those in force on it."""
    needed = {step.name for step in closure(rule, book)}
    return [
        (book.steps[name], formula)
        for name in rule.step_names
        if name in needed
        for _, formula in _versions([(f.start or date.min, f) for f in book.steps[name].formulas], day)
    ]


def step_in_words(step: Step, formula: Formula, rule: Rule) -> str:
    """Why the step is there, since when it is worked out so, and how, where that is out of the ordinary."""
    since = f" From {in_words(formula.start)}." if formula.start is not None else ""
    return f"{step.why}{since}{_manner(step, rule)}".strip()


def _manner(step: Step, rule: Rule) -> str:
    """How the step is worked out, where that is out of the ordinary."""
    usual = "penny" if step.type.is_money else "none"
    words = [type_in_words(step.type).capitalize()]
    words += [f"for {_EACH[step.level]}"] if step.level != rule.level else []
    parts = [" ".join(words)]
    parts += [_ROUNDING[step.rounding]] if step.rounding != usual and step.rounding in _ROUNDING else []
    parts += [f"taken as {shown(step.assume)} for ranking where it is not known"] if step.assume is not None else []
    return f" {', '.join(parts)}."


# ---- facts and people ----


def _facts(book: Rulebook, rule: Rule) -> Section:
    rows = []
    for reference in facts_of(rule, book):
        fact = book.facts[reference.level, reference.name]
        assumption = book.assumptions.get(fact.name)
        asked = fact.question or (f"Not asked: assumed {shown(assumption.assumed)}." if assumption else "Not asked.")
        rows.append((Code(fact.name), fact.level, fact.meaning, asked))
    sentence = "Any of them may be unknown. What follows from the others is still worked out, as a range."
    grid = Grid(("fact", "of each", "meaning", "question to a resident"), tuple(rows))
    return Section("Facts it rests on", (sentence,) if rows else (), grid=grid if rows else None)


def _assumed(book: Rulebook, rule: Rule) -> Section:
    read = dict.fromkeys(reference.name for reference in facts_of(rule, book))
    found = [book.assumptions[name] for name in read if name in book.assumptions]
    points = tuple(f"`{one.fact}` is taken as {shown(one.assumed)} where it is not known. {one.why}" for one in found)
    return Section("Standing assumptions", points=points)


def _outreach(rule: Rule) -> Section:
    return Section("What residents are told", points=tuple(_told(rule.outreach)))


def _told(outreach: Mapping[str, Any]) -> Iterable[str]:
    for name, value in outreach.items():
        text = "; ".join(map(str, value)) if isinstance(value, list) else str(value)
        if text:
            yield f"{name.replace('_', ' ').capitalize().replace('dwp', 'DWP')}: {text}"


def _sources(book: Rulebook, rule: Rule) -> Section:
    """Where each figure was read; figures with the same sources stand together."""
    figures: dict[tuple[str, ...], list[str]] = {}
    read: list[Amount | Table] = [*amounts_of(rule, book), *tables_of(rule, book)]
    for figure in read:
        figures.setdefault(figure.source, []).append(short(figure.name))
    rows = tuple(
        (", ".join(names), " ".join(source) or "no address noted")
        for source, names in sorted(figures.items(), key=lambda one: (not one[0], one[1]))
    )
    return Section("Where the figures were read", grid=Grid(("figures", "addresses"), rows) if rows else None)


def _examples(rule: Rule) -> Section:
    rows = tuple((_titled(example), in_words(example.day), expected(example.then)) for example in rule.examples)
    return Section("Examples", grid=Grid(("example", "day", "comes out as"), rows) if rows else None)


def _titled(example: Example) -> str:
    return f"{example.name} ({example.source})" if example.source else example.name


def expected(then: Mapping[str, Any]) -> str:
    """What an example should come out as."""
    parts = []
    for name, value in then.items():
        if isinstance(value, Mapping) and name in ("steps", "indicative_steps"):
            parts += [f"{step} {_wanted(wanted)}" for step, wanted in value.items()]
        else:
            wanted = "none" if name == "evidence" and value is None else _wanted(value)
            parts.append(wanted if name == "verdict" else f"{name.replace('_', ' ')} {wanted}")
    return ", ".join(parts)


def _wanted(value: Any) -> str:
    if isinstance(value, Mapping):
        low, high = value.get("low"), value.get("high")
        return f"from {_wanted(low)} to {'no bound' if high is None else _wanted(high)}"
    if isinstance(value, list):
        return " and ".join(map(str, value)) or "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "unknown" if value is None else in_words(value) if isinstance(value, date) else str(value).replace("_", " ")


# ---- words ----


def type_in_words(kind: Type) -> str:
    """pounds a week, number, months, yes or no, day, one of a, b."""
    if kind.kind != "number":
        codes = f"one of {', '.join(kind.codes)}" if kind.codes else "a code of the council's own"
        return {"flag": "yes or no", "date": "a day"}.get(kind.kind, codes)
    over, _, per = str(kind.unit or "number").partition("/")
    return f"{ {'GBP': 'pounds', 'count': 'a number'}.get(over, over) } {_PER.get(per, per)}".strip()


def money(value: Scalar | Special | None, kind: Type) -> str:
    """A value with its unit, pounds with pence."""
    if kind.kind != "number" or not isinstance(value, Fraction):
        return shown(value)
    if kind.is_money:
        if value.numerator < 0:
            return f"-{money(-value, kind)}"
        return f"£{_decimal(value, 2)} {_per(kind.unit)}".strip()
    return f"{_decimal(value, 0)} {kind.unit}" if kind.unit is not None and kind.unit.parts else _decimal(value, 0)


@cache
def _per(unit: Unit | None) -> str:
    """A week, a month: what a rate is for."""
    per = str(unit).partition("/")[2]
    return _PER.get(per, per)


def value_in_words(value: Value, kind: Type) -> str:
    """A value, or a range by its exact ends; an unknown end is left out."""
    if not isinstance(value, Range):
        return ("yes" if value else "no") if isinstance(value, bool) else str(value or "not known")
    low = _end(value.low, kind)
    high = low if value.high == value.low else _end(value.high, kind)
    if low == high:
        return low or "not known"
    if low and high:
        return f"from {_without_per(low, kind)} to {high}"
    return f"at least {low}" if low else f"at most {high}"


def _without_per(money: str, kind: Type) -> str:
    """£5.00 of *£5.00 a week*: a range says once by what time it is."""
    return money.partition(" ")[0] if kind.is_money else money


def worth_in_words(part: str) -> str:
    """What a part of a worth is called where its value says by what time it is: `worth_weekly` is *Worth*."""
    title = WORTH[part]
    return "Worth" if title.startswith("Worth") else title


def stale_in_words(fact: Fact, value: Value) -> str:
    """What is said after a value past its shelf life. A no to "do you get it?" proves nothing a day later."""
    return "when last told; it may have begun since" if value is False and fact.no_lasts == 0 else "but out of date"


def _end(end: Any, kind: Type) -> str:
    if end is None:
        return ""
    return money(Fraction(end) if isinstance(end, int | Decimal) else end, kind)


def shown(value: Scalar | Special | None) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Fraction):
        return _decimal(value, 0 if value.denominator == 1 else 2)
    if isinstance(value, Special):
        return {"no_limit": "no limit", "ended": "ended"}[value.value]
    return "not known" if value is None else in_words(value) if isinstance(value, date) else str(value)


def _decimal(value: Fraction, places: int) -> str:
    over, under = value.numerator, value.denominator
    while over * 10**places % under and places < 6:
        places += 1
    whole, rest = divmod(over * 10**places, under)
    scaled = round(value * 10**places) if rest else whole
    digits = f"{abs(scaled):0{places + 1}d}"
    pounds, pence = (digits[:-places], f".{digits[-places:]}") if places else (digits, "")
    return f"{'-' if scaled < 0 else ''}{int(pounds):,}{pence}"


def markdown(page: Page) -> str:
    """The page as Markdown."""
    lines = [f"# {page.title}", "", *[line for sentence in page.sentences for line in (sentence, "")]]
    for section in page.sections:
        lines += [f"## {section.title}", "", *[line for sentence in section.sentences for line in (sentence, "")]]
        if section.points:
            lines += [*[f"- {point}" for point in section.points], ""]
        if section.grid is not None:
            lines += [*_markdown_grid(section.grid), ""]
    return "\n".join(lines)


def _markdown_grid(grid: Grid) -> list[str]:
    rows = ["| " + " | ".join(_markdown_cell(cell) for cell in row) + " |" for row in grid.rows]
    return ["| " + " | ".join(grid.heading) + " |", "|" + "---|" * len(grid.heading), *rows]


def _markdown_cell(cell: Cell_) -> str:
    text = cell.text if isinstance(cell, Code) else cell
    safe = " ".join(text.split()).replace("|", "\\|")
    return f"`{safe}`" if isinstance(cell, Code) else safe
