"""What does an explanation look like on a page that can be printed? (`lift explain --html`)

One file that needs nothing else: no script, no font, no picture from anywhere. What residents' files say is text here.
Names stand in words, and so do sums; a formula with conditions stands as its rule writes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from lift.days import in_words
from lift.html import page, table
from lift.rulebook.plain import capital, plain_name, plain_text

if TYPE_CHECKING:
    from lift.cli.told import Told
    from lift.stages.explain import ShownStep

STYLE = """
  @page { size: A4; margin: 15mm 14mm 18mm;
    @bottom-left { content: "Offers help only. Destroy when no longer needed."; font: 9px sans-serif; color: #555 }
    @bottom-right { content: "Page " counter(page) " of " counter(pages); font: 9px sans-serif; color: #555 } }
  body { font: 14px/1.4 system-ui, sans-serif; color: #1a1a1a; max-width: 54rem; margin: 1.5rem auto; padding: 0 1rem }
  h1 { font-size: 1.5rem; margin: 0 0 .2rem } h2 { font-size: 1.15rem; margin: 1.6rem 0 .4rem }
  h3 { font-size: 1rem; margin: .9rem 0 .1rem; display: flex; justify-content: space-between; gap: 1rem }
  p { margin: .2rem 0 } .quiet { color: #555 } .law { color: #555; font-size: .9em }
  .formula { font-family: ui-monospace, monospace; font-size: .88em; overflow-wrap: anywhere }
  .offer { border-left: 4px solid #1d5c8a; padding: .4rem 1rem; background: #eef4f9; margin: .8rem 0 }
  .answer { border: 1px solid #1d5c8a; border-radius: 3px; padding: .6rem 1rem; margin: .8rem 0 }
  table { border-collapse: collapse; width: 100%; font-size: .93em }
  th, td { text-align: left; padding: .25rem .5rem; vertical-align: top; border-bottom: 1px solid #ccc }
  td { overflow-wrap: break-word }
  thead { display: table-header-group } tr, .step { break-inside: avoid } h2, h3 { break-after: avoid }
  section + section { break-before: page }
  @media print { body { margin: 0; padding: 0; max-width: none; font-size: 11px } .offer { background: none } }
"""
OTHERS = ("Answer", "Reference", "Verdict", "Rule")
OFFER = (
    "This page only offers help. It may not be used to stop, reduce or investigate an award, nor for recovery, fraud "
    "work or discount reviews."
)


def told_page(title: str, told: Sequence[Told], others: Sequence[Sequence[str]], people: Sequence[str] = ()) -> str:
    """A whole page: each explanation a section. `others`: answers that are only named, with reference and verdict.
    `people`: who they are and where they live, for whoever may see that."""
    parts = [f"<h1>{escape(title)}</h1>", f'<p class="offer">{OFFER}</p>']
    if people:
        parts.append("<div class=answer>" + "".join(f"<p>{escape(line)}</p>" for line in people) + "</div>")
    parts += [_section(one) for one in told]
    if others:
        parts.append("<h2>Other answers</h2>" + table(OTHERS, others))
    return page(title, STYLE, parts)


def _section(told: Told) -> str:
    head, *rest = told.head()
    parts = [f"<section><h2>{escape(head)}</h2>"]
    parts.append("<div class=answer>" + "".join(f"<p>{escape(plain_text(line))}</p>" for line in rest) + "</div>")
    parts += [_asked(*one) for one in told.asked()]
    parts.append("<h2>Step by step</h2>")
    parts += [_step(told, group) for group in told.shown_steps()]
    figures = ((_title(one.name), one.value, in_words(one.since), one.status, one.law) for one in told.figures())
    parts.append("<h2>Figures</h2>" + table(("Figure", "Value", "Since", "How well known", "Law"), figures))
    parts.append("<h2>Facts</h2>" + table(("Fact", "Of", "Value", "Where from"), _facts(told)))
    return "\n".join([*parts, "</section>"])


def _facts(told: Told) -> list[tuple[str, str, str, str]]:
    """The facts; periods of which the same is known stand together, and so do units that share value and rows."""
    whose: dict[tuple[str, str, str], list[str]] = {}
    for name, parts in told.facts_together():
        for unit, value, sources in parts:
            whose.setdefault((name, value, sources), []).append(unit)
    return [
        (_title(name), ", ".join(units), plain_text(value), sources) for (name, value, sources), units in whose.items()
    ]


def _title(name: str) -> str:
    """A name in words that begins a line."""
    return capital(plain_name(name))


def _asked(title: str, value: str, formula: str) -> str:
    return (
        f"<div class=step><h3><span>{escape(title)}</span><span>{escape(value)}</span></h3>"
        f"<p class=formula>= {escape(formula)}</p></div>"
    )


def _step(told: Told, group: list[ShownStep]) -> str:
    """A step with its formula and law once, and for each unit its value and the figures that went into it."""
    first = group[0]
    alone = len(group) == 1 and first.key == told.answer.key
    value = told.step_value(first) if alone else ""
    parts = [f"<div class=step><h3><span>{escape(_title(first.name))}</span><span>{escape(value)}</span></h3>"]
    summed = told.plain_formula(first)
    kind, formula = ("formula", first.formula) if summed is None else ("sum", summed)
    parts.append(f"<p class={kind}>= {escape(formula)}</p>")
    steps = {step.key: step for step in group}
    for keys in told.together(steps, lambda key: (told.step_value(steps[key]), told.goes_in(steps[key]))):
        step = steps[keys[0]]
        figures = " · ".join(f"{plain_name(name)}: {plain_text(figure)}" for name, figure in told.goes_in(step))
        whose = "" if alone else f"{told.units(keys)}: {told.step_value(step)}"
        parts += [f"<p>{escape(line)}</p>" for line in (whose,) if line]
        parts += [f"<p class=quiet>{escape(figures)}</p>"] if figures else []
    parts.append(f"<p class=law>{escape(f'{first.cite}. {first.why}'.strip())}</p></div>")
    return "".join(parts)
