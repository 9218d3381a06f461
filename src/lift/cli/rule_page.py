"""What does a rule look like on a page that an adviser hands to a tribunal? (`lift rules page`)

One file that needs nothing else. It says what `lift rules show` says, laid out for reading against the law: each step's
reason and law beside its formula, figures one column a benefit year, examples with what is given in words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

from lift.days import in_words
from lift.html import breaking, page
from lift.rulebook.check import amounts_of, short
from lift.rulebook.model import Amount, Cell, Example, Formula, Rule, Rulebook, Step
from lift.rulebook.nodes import AmountRef, Lookup, walk
from lift.rulebook.page import (
    Code,
    Grid,
    Section,
    expected,
    money,
    rule_page,
    shown_formulas,
    signed_off,
    status,
    step_in_words,
)
from lift.rulebook.plain import Put, capital, plain_name, plain_sum, plain_text
from lift.rulebook.worked import base_in_words, given_in_words
from lift.rulebook.years import Year, before, held_in, is_known_in, years_of

#: Stands in every page of ours, so that a page is only ever written over by its successor.
MARK = "<!-- written by lift rules page -->"
STYLE = """
  @page { size: A4; margin: 15mm 14mm 18mm;
    @bottom-left { content: "%(foot)s"; font: 9px sans-serif; color: #555 }
    @bottom-right { content: "Page " counter(page) " of " counter(pages); font: 9px sans-serif; color: #555 } }
  body { font: 15px/1.45 system-ui, sans-serif; color: #1a1a1a; max-width: 66rem; margin: 1.5rem auto; padding: 0 1rem }
  h1 { font-size: 1.7em; margin: 0 0 .3em } h2 { font-size: 1.25em; margin: 1.4em 0 .3em }
  h3 { font-size: 1em; margin: 0 } p { margin: .25rem 0 } ul { margin: .25rem 0; padding-left: 1.2rem }
  a { color: #1d5c8a; overflow-wrap: anywhere }
  code { font-family: ui-monospace, monospace; font-size: .88em; overflow-wrap: anywhere }
  pre { font: .86em/1.4 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; margin: 0 }
  .quiet { color: #555 } .mark { color: #555; font-size: .9em; display: block }
  .weak { color: #8a3b00; font-weight: 600 }
  .state { border-left: 4px solid #1d5c8a; padding: .4rem 1rem; background: #eef4f9; margin: .8rem 0 }
  .sign { border: 1px solid #1a1a1a; padding: .6rem 1rem 1rem; margin: 1rem 0; break-inside: avoid }
  .sign td { border-bottom: 1px dotted #555; height: 2.2rem; vertical-align: bottom }
  .sign td:first-child { width: 8rem }
  table { border-collapse: collapse; width: 100%% }
  th, td { text-align: left; padding: .3rem .5rem; vertical-align: top; border-bottom: 1px solid #ccc;
    overflow-wrap: break-word }
  .figures, .steps, .examples { table-layout: fixed } .figures { font-size: .88em }
  .figures col:first-child { width: 25%% }
  .steps col:first-child { width: 50%% } .examples col:nth-child(2) { width: 9rem }
  .examples col:last-child { width: 30%% }
  thead { display: table-header-group } tr { break-inside: avoid } h2, h3 { break-after: avoid }
  @media print { body { margin: 0; padding: 0; max-width: none; font-size: 11px } .state { background: none }
    a { color: inherit; text-decoration: none } th, td { padding: .2em .4em }
    .examples col:nth-child(2) { width: 6.5rem } }
"""
_TICKED = re.compile(r"`([^`]*)`")
_ADDRESS = re.compile(r"https://[^\s<>\"']+")


@dataclass(frozen=True)
class Shown:
    """A rule, whether it is the council's own, and the rule of the same file that it stands in place of."""

    rule: Rule
    is_own: bool = False
    replaces: str = ""


def page_of_rule(book: Rulebook, one: Shown) -> str:
    """A whole HTML page without anything from elsewhere."""
    rule = one.rule
    told = rule_page(book, rule)
    parts = [
        MARK,
        f"<h1>{escape(told.title)}</h1>",
        _state(one),
        *(_sentence(one) for one in told.sentences if one != signed_off(rule)),
    ]
    parts.append(f'<p class="quiet">This version of the rule: <code>{rule.hash[:16]}</code></p>')
    for section in told.sections:
        if section.title == "Figures":
            parts += _figures(book, rule)
        elif section.title == "Steps":
            parts += _steps(book, rule)
        elif section.title == "Examples":
            parts += _examples(book, rule)
        else:
            parts += section_parts(section)
    parts.append(_sign_off(rule))
    return page(told.title, style(f"{rule.name}. {signed_off(rule)}"), parts)


def style(foot: str) -> str:
    """The style, with what stands at the foot of each page of paper: a text in CSS, inside HTML."""
    safe = "".join(c if c.isalnum() or c in " .,;:()-'" else f"\\{ord(c):x} " for c in foot)
    return STYLE % {"foot": safe}


def _state(one: Shown) -> str:
    lines = [signed_off(one.rule)]
    if one.is_own:
        lines.append(f"This is the council's own rule, in {one.rule.place.path}.")
        if one.replaces:
            lines.append(f"It stands in place of {one.replaces}, which came with the program.")
    return '<div class="state">' + "".join(f"<p>{escape(line)}</p>" for line in lines) + "</div>"


def _sign_off(rule: Rule) -> str:
    rows = [
        ("Officer", rule.reviewed_by or ""),
        ("Role", ""),
        ("Date", in_words(rule.reviewed_on) if rule.reviewed_by else ""),
        ("Signature", ""),
    ]
    body = "".join(f"<tr><td>{name}</td><td>{escape(text)}</td></tr>" for name, text in rows)
    return (
        f'<div class="sign"><h2 style="margin-top:0">Sign-off</h2><p>{escape(signed_off(rule))}</p><p>I have compared '
        "each figure, step and date on this page with the law it cites.</p>"
        f"<table>{body}</table></div>"
    )


# ---- what is laid out as it is ----


def section_parts(section: Section) -> list[str]:
    parts = [f"<h2>{escape(section.title)}</h2>", *map(_sentence, section.sentences)]
    if section.points:
        parts.append("<ul>" + "".join(f"<li>{_inline(point)}</li>" for point in section.points) + "</ul>")
    if section.grid is not None:
        parts.append(_grid(section.grid))
    return parts


def _sentence(text: str) -> str:
    return f"<p>{_inline(text)}</p>"


def _grid(grid: Grid) -> str:
    rows = [[_code(c.text) if isinstance(c, Code) else _inline(c) for c in row] for row in grid.rows]
    return table(grid.heading, rows)


def table(heading: Sequence[str], rows: Iterable[Sequence[str]], kind: str = "", columns: int = 0) -> str:
    """A table whose cells are HTML already."""
    head = "".join(f"<th>{escape(title)}</th>" for title in heading)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    cols = f"<colgroup>{'<col>' * columns}</colgroup>" if columns else ""
    named = f' class="{kind}"' if kind else ""
    return f"<table{named}>{cols}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _code(text: str) -> str:
    return f"<code>{breaking(text)}</code>"


def _inline(text: str) -> str:
    """Text, in which names between backticks are code and addresses can be followed."""
    parts = _TICKED.split(text)
    return "".join(_code(part) if index % 2 else _linked(part) for index, part in enumerate(parts))


def _linked(text: str) -> str:
    found, at = "", 0
    for match in _ADDRESS.finditer(text):
        address = match[0].rstrip(".,;)")
        found += breaking(text[at : match.start()]) + f'<a href="{escape(address)}">{breaking(address)}</a>'
        at = match.start() + len(address)
    return found + breaking(text[at:])


# ---- figures by year ----


def _figures(book: Rulebook, rule: Rule) -> list[str]:
    amounts = amounts_of(rule, book)
    years = [year for year in years_of(rule) if year.ends > rule.covers[0]]
    earlier = [amount for amount in amounts if before(amount.versions, years[0])]
    heading = ["Figure", *(["Before"] if earlier else []), *(year.title for year in years)]
    rows = [
        [
            _figure(amount),
            *([_cells(amount, before(amount.versions, years[0]))] if earlier else []),
            *(_year(amount, year, first=index == 0) for index, year in enumerate(years)),
        ]
        for amount in amounts
    ]
    said = (
        "One column a benefit year, which begins with the new rates in April. What is <span class=weak>not "
        "confirmed</span> decides nothing: a verdict sees what it lies between."
    )
    return [f"<h2>Figures by year</h2><p class=quiet>{said}</p>", table(heading, rows, "figures", len(heading))]


def _figure(amount: Amount) -> str:
    law = f'<span class="mark">{_inline(amount.cite)}</span>'
    note = f'<span class="mark">{_inline(amount.note)}</span>' if amount.note else ""
    return f"<b>{escape(capital(plain_name(amount.name)))}</b> {_code(short(amount.name))}{law}{note}"


def _year(amount: Amount, year: Year, *, first: bool) -> str:
    if not is_known_in(amount, year):
        said = f"Known to {in_words(amount.covers_to)}; later days rest on no figure."
        return f'<span class="weak">{escape(said)}</span>'
    held = held_in(amount.versions, year)
    if not held:
        return "–"
    unchanged = not first and len(held) == 1 and held[0][0] < year.begins.replace(day=1)
    return '<span class="quiet">as before</span>' if unchanged else _cells(amount, held)


def _cells(amount: Amount, versions: Iterable[tuple[date, Cell]]) -> str:
    return "".join(_cell(amount, start, cell) for start, cell in versions)


def _cell(amount: Amount, start: date, cell: Cell) -> str:
    kind = "mark weak" if cell.is_weak else "mark"
    return (
        f"<div>{escape(money(cell.value, amount.type))}<span class=mark>from {in_words(start)}</span>"
        f'<span class="{kind}">{_inline(status(cell))}</span></div>'
    )


# ---- law beside formula ----


def _steps(book: Rulebook, rule: Rule) -> list[str]:
    rows = [(_reason(step, f, rule), _formula(book, f)) for step, f in shown_formulas(book, rule)]
    return ["<h2>Step by step: the law beside the formula</h2>", table(("Law", "Formula"), rows, "steps", 2)]


def _reason(step: Step, formula: Formula, rule: Rule) -> str:
    return (
        f"<h3>{escape(capital(plain_name(step.name)))}</h3><p>{_inline(step_in_words(step, formula, rule))}</p>"
        f"<p class=quiet>{_inline(step.cite)}</p>"
    )


def _formula(book: Rulebook, formula: Formula) -> str:
    in_words_too = plain_sum(formula.node, lambda ref: Put(plain_name(ref.name), _is_one(book.amounts[ref.name])))
    parts = [f"<pre>{breaking(' '.join(formula.text.split()))}</pre>"]
    if in_words_too and in_words_too != formula.text.replace("_", " "):
        parts.append(f"<p>= {escape(in_words_too)}</p>")
    marks = "; ".join(_marks(book, formula))
    return "".join(parts) + (f'<p class="mark">{marks}</p>' if marks else "")


def _is_one(amount: Amount) -> bool:
    return all(cell.value == 1 for _, cell in amount.versions)


def _marks(book: Rulebook, formula: Formula) -> Iterator[str]:
    """How well each figure of a formula is known, as its newest cell says."""
    seen = set()
    for node in walk(formula.node):
        name = node.name if isinstance(node, AmountRef) else node.table if isinstance(node, Lookup) else None
        if name is None or name in seen:
            continue
        seen.add(name)
        words, weak = _newest(book, name)
        said = f"{plain_name(name)}: {words}"
        yield f'<span class="weak">{escape(said)}</span>' if weak else escape(said)


def _newest(book: Rulebook, name: str) -> tuple[str, bool]:
    """How well it is known now, and whether all of it is weak. A table may be known in part."""
    amount = book.amounts.get(name)
    table_cells = [] if amount is not None else [cell for _, cell in book.tables[name].versions[-1][1]]
    cells = [amount.versions[-1][1]] if amount is not None else table_cells
    states = dict.fromkeys("not known" if cell.value is None else cell.status.replace("_", " ") for cell in cells)
    return " and in part ".join(states), all(cell.is_weak for cell in cells)


# ---- worked examples ----


def _examples(book: Rulebook, rule: Rule) -> list[str]:
    parts = ["<h2>Worked examples</h2>"]
    parts.append(
        '<p class="quiet">Each is worked out again whenever the rule changes, and the rule is refused if one does not '
        "come out. People and homes are made up.</p>"
    )
    rows = [(_given(book, one), in_words(one.day), _inline(plain_text(expected(one.then)))) for one in rule.examples]
    parts.append(table(("Example and what is given", "Day", "Comes out as"), rows, "examples", 3))
    bases = sorted({one.base for one in rule.examples if one.base is not None and one.base in book.bases})
    if bases:
        parts.append("<h2>What the examples start from</h2>")
        rows_of_bases = [(escape(base_in_words(name)), _lines(book, name)) for name in bases]
        parts.append(table(("Named", "Facts, where an example says nothing else"), rows_of_bases, "", 0))
    return parts


def _lines(book: Rulebook, base: str) -> str:
    return "<br>".join(_inline(line) for line in given_in_words(book, book.bases[base]))


def _given(book: Rulebook, one: Example) -> str:
    lines = [f"<b>{escape(one.name)}</b>"]
    lines += [_inline(line) for line in given_in_words(book, one.given)]
    lines += [f'<span class="quiet">Asked of {escape(one.subject)}.</span>'] if one.subject else []
    if one.base is not None:
        rest = "All else as in" if one.given else "As in"
        lines.append(f'<span class="quiet">{rest}: {escape(base_in_words(one.base))}.</span>')
    lines += [f'<span class="quiet">{_inline(one.source)}</span>'] if one.source else []
    return "<br>".join(lines)
