"""As much as a run's rows say of whoever stands behind a reference, so that they can be kept off lists for good."""

from __future__ import annotations

from pathlib import Path

from lift.errors import NotFoundError
from lift.workspace.database import database
from lift.workspace.suppressed import Identity

# A person's rows, of each thing the one that says most; a home by its property number, or its address.
_PEOPLE = """
    SELECT any_value(a.uprn ORDER BY a.uprn), NULL, max(r.nino), max(r.phone),
        first(r.surname_key ORDER BY r.kind, r.line) FILTER (r.surname_key IS NOT NULL),
        first(r.forename_key ORDER BY length(r.forename_key) DESC, r.forename_key),
        max(r.date_of_birth), any_value(a.address1 ORDER BY a.address1), any_value(a.postcode ORDER BY a.postcode)
    FROM person p JOIN person_link l USING (person_key) JOIN record r USING (record_id)
    LEFT JOIN address a ON a.household_key = p.household_key
    WHERE p.person_key = $reference OR p.family_key = $reference
        OR p.family_key IN (SELECT family_key FROM period WHERE period_key = $reference)
    GROUP BY p.person_key ORDER BY p.person_key"""
_HOME = """
    SELECT uprn, account_ref, NULL, NULL, NULL, NULL, NULL, address1, postcode FROM address
    WHERE household_key = $reference"""


def identities_of(core: Path, reference: str) -> list[Identity]:
    """One for each person behind a reference, or for the home. Raises NotFoundError."""
    with database(core, read_only=True) as connection:
        for query in (_PEOPLE, _HOME):
            rows = connection.execute(query, {"reference": reference}).fetchall()
            if rows:
                return [Identity(*row) for row in rows]
    raise NotFoundError("no such reference in the newest run. Copy it from a list.")
