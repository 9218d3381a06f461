"""Where do the families live of whom nothing about income is known? Counts alone, for posters and bill inserts.

No extract tells what they live on, so no rule can say anything of them, and they are on no list. `unknown_income.csv`
counts them by ward and council tax band; a small count is not told, and all others are rounded.
"""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from lift.workspace.small_numbers import in_words, told, total
from lift.workspace.writing import csv_of

EVERY = "all"
_UNTOLD = "not known"
_HEADINGS = ("ward", "council tax band", "families")

_COUNTS = f"""
    WITH unseen AS (
        SELECT coalesce(h.ward, '{_UNTOLD}') AS ward, coalesce(h.council_tax_band, '{_UNTOLD}') AS band,
            f.family_key, f.household_key
        FROM family f JOIN household h USING (household_key) WHERE f.is_on_low_income_record IS NOT TRUE
    )
    SELECT coalesce(ward, '{EVERY}') AS ward, coalesce(band, '{EVERY}') AS band, count(DISTINCT family_key),
        count(DISTINCT household_key)
    FROM unseen GROUP BY GROUPING SETS ((ward, band), (ward), (band))
    ORDER BY ward = '{EVERY}', ward, band = '{EVERY}', band"""


def unseen(connection: DuckDBPyConnection) -> bytes:
    """Ward, band and rounded number of families; `all` for every ward or band. The last row is the sum of the wards as
    they are shown, so that no small count can be worked out from it."""
    rows = [
        (ward, band, told(families, homes)) for ward, band, families, homes in connection.execute(_COUNTS).fetchall()
    ]
    together = total(count for _, band, count in rows if band == EVERY)
    shown = [(ward, band, in_words(count)) for ward, band, count in (*rows, (EVERY, EVERY, together))]
    return csv_of(_HEADINGS, shown)


# A claim of Housing Benefit or Council Tax Reduction tells more of income than a notice of Universal Credit does.
_KNOWN = """
    SELECT count(*) FILTER (on_benefit), count(*) FILTER (NOT on_benefit) FROM (
        SELECT EXISTS (FROM unit_source s WHERE s.level = 'family' AND s.unit_key = f.family_key
            AND s.kind IN ('ctr_award', 'benefit_claim')) AS on_benefit
        FROM family f WHERE f.is_on_low_income_record)"""


def seen(connection: DuckDBPyConnection) -> dict[str, int]:
    """How many families are on a Housing Benefit or Council Tax Reduction record, and how many on notices of Universal
    Credit alone."""
    ((on_benefit, alone),) = connection.execute(_KNOWN).fetchall()
    return {"families_on_benefit_record": on_benefit, "families_on_universal_credit_alone": alone}
