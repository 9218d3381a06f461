"""Which few families does nobody know anything about, and who would be asked? Lists are blind where no extract speaks.

Each month one family in seventy or so, drawn from those that stand on no list and of whom no income is known, is asked
by letter like everybody else. What they answer tells how much the lists miss. The draw is by a hash of the family's
keyed reference and the month: nobody can foresee it without the council's key, and the same run draws the same.
"""

from __future__ import annotations

import datetime

from duckdb import DuckDBPyConnection

from lift.stages.rank.words import name_in_words

#: Between 1 and 2 in a hundred.
SHARE = 0.015

_DRAW = """
    CREATE OR REPLACE TEMP TABLE rank_sample AS
    SELECT c.family_key, c.household_key, c.contact_key,
        row_number() OVER (ORDER BY sha256(concat(c.family_key, ' ', $month)), c.family_key) AS drawn
    FROM rank_contact c JOIN family f USING (family_key) JOIN person p ON p.person_key = c.contact_key
    WHERE $share > 0 AND f.is_on_low_income_record IS NOT TRUE AND p.role <> 'child'
        AND c.family_key NOT IN (SELECT contact_family_key FROM rank_answer WHERE contact_family_key IS NOT NULL)
    QUALIFY drawn <= ceil($share * count(*) OVER ())"""

_CHECK_SAMPLE = """
    SELECT s.drawn, s.family_key, s.household_key, s.contact_key, n.title, n.forename, n.surname, p.address, p.postcode,
        p.ward
    FROM rank_sample s LEFT JOIN rank_name n ON n.person_key = s.contact_key
    LEFT JOIN rank_place p USING (household_key) ORDER BY s.drawn"""


def draw(connection: DuckDBPyConnection, day: datetime.date, *, wanted: bool) -> None:
    """Makes `rank_sample`, which holds nobody unless the list is wanted. After `rank_contact` and `rank_answer`."""
    connection.execute(_DRAW, {"month": f"{day:%Y-%m}", "share": SHARE if wanted else 0})


def drawn(connection: DuckDBPyConnection) -> list[tuple[object, ...]]:
    """The rows of table `check_sample`, in the order of the draw. After `rank_name` and `rank_place`."""
    return [
        (
            place,
            family,
            home,
            contact,
            name_in_words(title, forename, surname),
            address or "",
            postcode or "",
            ward or "",
        )
        for place, family, home, contact, title, forename, surname, address, postcode, ward in connection.execute(
            _CHECK_SAMPLE
        ).fetchall()
    ]
