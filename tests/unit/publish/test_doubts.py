"""Does differences.csv say where both sides of a difference stand, even where no line or one extract alone is known?"""

from __future__ import annotations

import duckdb

from lift.stages.publish.doubts import differences

_TABLES = """
CREATE TABLE extract_file AS SELECT * FROM (VALUES
    (1, 'shbe.txt'), (2, 'ctr.csv'), (3, 'members.csv')) t(file_id, name);
CREATE TABLE unit_source AS SELECT * FROM (VALUES
    ('family', 'f1', 'benefit_claim', 1, 7), ('family', 'f1', 'ctr_award', 2, 3),
    ('family', 'f1', 'ctr_award', 2, 9),
    ('family', 'f2', 'ctr_award', 2, 5),
    ('person', 'p2', 'ctr_person', 3, 4), ('person', 'p3', 'ctr_person', 3, 8)
) t(level, unit_key, kind, file_id, line);
CREATE TABLE conflict AS SELECT * FROM (VALUES
    ('family', 'f1', 'savings', 'benefit_claim', 'ctr_award', 'range', NULL),
    ('family', 'f2', 'is_couple', 'ctr_award', 'ctr_award', 'unknown', NULL),
    ('person', 'p1', 'date_of_birth', 'pupil', 'universal_credit_notice', 'range', NULL),
    ('person', 'p2', 'role', 'ctr_person', 'ctr_person', 'unknown', 'p3'),
    ('person', 'p3', 'role', 'ctr_person', 'ctr_person', 'unknown', 'p2')
) t(level, unit_key, fact, kind_1, kind_2, treated_as, other_key)
"""


def test_both_sides_have_a_place() -> None:
    with duckdb.connect() as connection:
        connection.execute(_TABLES)
        lines = differences(connection).decode("utf-8-sig").splitlines()
    assert lines[1:] == [
        "f1,family,savings,shbe.txt line 7,ctr.csv line 3; ctr.csv line 9,anything from one to the other",
        'f2,family,is couple,ctr.csv line 5,"another line of the same extract, or another of these",not known',
        "p1,person,date of birth,School rolls,Universal Credit notices,anything from one to the other",
        "p2,person,family of a child,members.csv line 4,members.csv line 8,not known",
        "p3,person,family of a child,members.csv line 8,members.csv line 4,not known",
    ]
