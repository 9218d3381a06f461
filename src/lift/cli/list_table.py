"""How are the lists of a run shown in one table, with their counts and with how many families are held back?"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lift.cli.screen import Screen
    from lift.stages.export.notes import Shown
    from lift.workspace.runs import RunRecord


def list_table(screen: Screen, record: RunRecord, shown: Mapping[str, Shown], *, families: bool) -> None:
    """Every list, in the order in which a team works them. `shown`: list to what it shows now, none if nothing may be
    shown. `families`: say also how many each shows."""
    from lift.stages.publish.report import money_in_words

    headings = ["List", "#Likely", "#Ask first", "#May have it", "#Held back", "#£ a year, at least", "What it is"]
    rows = []
    for one in record.lists:
        counts = [f"{number:,}" for number in (one.likely, one.possible, one.may_already_have)]
        now = shown.get(one.name)
        if families:
            counts.append("none" if now is None else f"{now.shown:,}")
        rows.append([one.name, *counts, held_in_words(now), money_in_words(one), one.title])
    if families:
        headings.insert(4, "#To contact")
    screen.table(headings, rows, whole=("List",), spare=("What it is",))


def held_in_words(shown: Shown | None) -> str:
    """How many families are held back from a list, so that no small number is told."""
    from lift.stages.export.notes import rough

    return "all" if shown is None else rough(shown.held_in_all)
