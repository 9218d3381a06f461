"""How does a run tell of itself on one page that can be printed and passed round? It names nobody."""

from __future__ import annotations

import datetime
from html import escape

from lift.days import in_words, month_and_year
from lift.html import page, table
from lift.sources.kinds import load_kinds
from lift.workspace.runs import FileRead, ListCount, RunRecord

STYLE = """
  @page { size: A4; margin: 15mm 14mm 18mm;
    @bottom-left { content: "Lists only offer help."; font: 9px sans-serif; color: #555 }
    @bottom-right { content: "Page " counter(page) " of " counter(pages); font: 9px sans-serif; color: #555 } }
  body { font: 15px/1.45 system-ui, sans-serif; color: #1a1a1a; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
  h1 { font-size: 1.6rem; margin-bottom: .2rem } h2 { font-size: 1.15rem; margin-top: 2rem }
  table { border-collapse: collapse; width: 100% }
  th, td { text-align: left; padding: .3rem .6rem; vertical-align: top; border-bottom: 1px solid #ccc }
  td.n, th.n { text-align: right; font-variant-numeric: tabular-nums }
  td:nth-child(3) { white-space: nowrap } .quiet { color: #555 }
  .offer { border-left: 4px solid #1d5c8a; padding: .4rem 1rem; background: #eef4f9 }
  thead { display: table-header-group } tr { break-inside: avoid } h2 { break-after: avoid }
  @media print { body { margin: 0; padding: 0; max-width: none; font-size: 11px } .offer { background: none } }
"""
OFFER = (
    "Lists only offer help. None may be used to stop, reduce or investigate an award, nor for recovery, fraud work "
    "or discount reviews. Not being on a list decides nothing."
)


def report_page(record: RunRecord) -> str:
    """A whole HTML page without anything from elsewhere."""
    parts = [
        f"<h1>{escape(record.council)}: {escape(month_in_words(record))}</h1>",
        f'<p class="quiet">Run {escape(record.run)}, {record.worked_out}.</p>',
        f'<p class="offer">{OFFER}</p>',
        "<h2>What was read</h2>",
        table(("File", "What it is", "As at", "#Lines", "#Refused"), (_file(file) for file in record.files)),
        f"<p>{doubts_in_words(record)}</p>",
        "<h2>What was not supplied</h2>",
        table(("Extract", "What it costs"), ([one.title, one.cost] for one in record.missing))
        if record.missing
        else "<p>Nothing.</p>",
        "<h2>Who is known</h2>",
        f"<p>{record.people:,} people in {record.families:,} families and {record.households:,} homes. "
        f"{record.families_on_benefit_record:,} families are on a record of Housing Benefit or Council Tax Reduction, "
        f"{record.families_on_universal_credit_alone:,} on notices of Universal Credit alone. Of "
        f"{record.families_unseen:,} nothing about income is known: they are on no list, and that does not mean that "
        "nothing is due to them. Where they live stands in unknown_income.csv, by ward and council tax band.</p>",
        "<h2>What was found</h2>",
        table(("List", "#Likely", "#Ask first", "#May have it", "£ a year, at least"), map(_list, record.lists)),
        '<p class="quiet">Likely, ask first and may have it count answers; lists overlap, so never add them up. £ a '
        "year: the low end of what is likely and surely not in payment; if new: as much, if the families counted under "
        "may have it do not get it yet. Homes that are held back are counted here and are on no exported list.</p>",
    ]
    if record.warnings:
        parts += ["<h2>Warnings</h2>", "".join(f"<p>{escape(warning)}</p>" for warning in record.warnings)]
    return page(f"{record.council}, run {record.run}", STYLE, parts)


def doubts_in_words(record: RunRecord) -> str:
    """What was not believed of the rows that were read, and where that stands; empty if all of it was."""
    left_out, unlikely, differing = record.values_left_out, record.values_unlikely, record.facts_differing
    told = []
    if left_out:
        one = left_out == 1
        told.append(
            f"{left_out:,} value{'' if one else 's'} in rows that were kept cannot be so and "
            f"{'was' if one else 'were'} left out (refusals.csv)"
        )
    if unlikely:
        one = unlikely == 1
        told.append(
            f"{unlikely:,} value{'' if one else 's'} {'is' if one else 'are'} unlikely and used as "
            f"{'it is' if one else 'they are'} (refusals.csv)"
        )
    if differing:
        told.append(f"on {differing:,} fact{'' if differing == 1 else 's'} two extracts differ (differences.csv)")
    text = "; ".join(told)
    return f"{text[0].upper()}{text[1:]}." if text else ""


def month_in_words(record: RunRecord) -> str:
    return month_and_year(datetime.date(int(record.month[:4]), int(record.month[5:]), 1))


def money_in_words(one: ListCount) -> str:
    """A year's worth, low end: whole pounds, and whose they are. What is due only to those who do not have it already
    stands apart, with that condition."""
    if one.yearly_low is None:
        return one.money
    if not one.likely:
        return "not known"
    told = [f"£{int(one.yearly_low):,}"] if one.likely > one.may_already_have else []
    told += [f"£{int(one.perhaps_low):,} if new"] if one.perhaps_low else []
    pounds = " + ".join(told)
    return pounds if one.money == "resident" else f"{pounds} ({one.money})"


def _file(file: FileRead) -> list[str]:
    day = file.extract_date
    return [file.name, load_kinds()[file.kind].title, in_words(day), f"{file.lines:,}", f"{file.refused:,}"]


def _list(one: ListCount) -> list[str]:
    return [one.title, f"{one.likely:,}", f"{one.possible:,}", f"{one.may_already_have:,}", money_in_words(one)]
