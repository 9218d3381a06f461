"""Is everybody who must not be contacted off every list, however they are named, and nothing exported on a doubt?"""

from __future__ import annotations

import csv
import datetime
import shutil
from collections.abc import Mapping
from typing import Any

import pytest

from lift.errors import DisclosureError
from lift.workspace.database import database
from lift.workspace.folder import Workspace
from lift.workspace.runs import find_run
from tests import middlemarch
from tests.middlemarch import MONTH, lists_of, small_city, suppress, suppression_file, text_of

LISTS = ("pension_credit", "free_school_meals", "benefit_cap", "pensioner_conversation", "families")


def query(workspace: Workspace, sql: str) -> list[tuple[Any, ...]]:
    with database(find_run(workspace).core, read_only=True) as connection:
        return connection.execute(sql).fetchall()


def references(workspace: Workspace, *names: str) -> set[str]:
    """Every family that may be shown now."""
    with lists_of(workspace) as lists:
        return {family.reference for name in names or LISTS for family in lists.open(name).families}


def truth(name: str) -> list[dict[str, str]]:
    with (small_city() / "truth" / MONTH / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def homes_at(workspace: Workspace, uprns: set[str]) -> set[str]:
    rows = query(
        workspace,
        "SELECT household_key, uprn FROM address UNION SELECT household_key, r.uprn FROM record r JOIN "
        "address_link USING (record_id)",
    )
    return {str(home) for home, uprn in rows if uprn in uprns}


def homes_listed(workspace: Workspace) -> set[str]:
    return homes_of(workspace, references(workspace, "families"))


def homes_of(workspace: Workspace, shown: set[str]) -> set[str]:
    units = query(
        workspace,
        "SELECT person_key, household_key FROM person UNION SELECT family_key, household_key FROM family "
        "UNION SELECT household_key, household_key FROM household",
    )
    return {str(home) for unit, home in units if unit in shown}


def test_no_planted_home_that_must_not_be_contacted_is_on_any_list(council: Workspace) -> None:
    forbidden = {trap["uprn"] for trap in truth("traps") if trap["must_not_be_contacted"] == "yes"}
    assert len(forbidden) >= 12
    assert not homes_listed(council) & homes_at(council, forbidden)


def test_without_suppression_those_homes_would_be_listed(council: Workspace) -> None:
    """Or the test above would prove nothing."""
    forbidden = {trap["uprn"] for trap in truth("traps") if trap["must_not_be_contacted"] == "yes"}
    ranked = {str(home) for (home,) in query(council, "SELECT household_key FROM ranked")}
    assert len(ranked & homes_at(council, forbidden)) >= 10


def test_a_protection_that_has_ended_holds_nobody_back(council: Workspace) -> None:
    ended = {trap["uprn"] for trap in truth("traps") if trap["trap"] == "protected_past"}
    assert homes_listed(council) & homes_at(council, ended)


@pytest.fixture(scope="module")
def couple(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A listed family of two on a claim, with everything that a row could name: claimant, partner, phone, account."""
    council = middlemarch.copy_of(middlemarch.finished(), tmp_path_factory.mktemp("couple") / "council")
    shown = references(council, "families")
    rows = query(
        council,
        """SELECT p.family_key, p.household_key, r.nino, r.surname_key, r.forename_key, r.date_of_birth, r.postcode,
            r.uprn, c.address1, a.account_ref, c.phone, q.nino AS partner_nino
        FROM person p JOIN person_link l USING (person_key) JOIN record r USING (record_id)
        JOIN person o ON o.family_key = p.family_key AND o.role = 'partner'
        JOIN person_link m ON m.person_key = o.person_key JOIN record q ON q.record_id = m.record_id
            AND q.part = 'partner'
        JOIN address a ON a.household_key = p.household_key
        JOIN person_link n ON n.person_key = p.person_key JOIN record t ON t.record_id = n.record_id
            AND t.kind = 'contact'
        JOIN contact c ON c.file_id = t.file_id AND c.line = t.line
        WHERE p.role = 'claimant' AND r.kind IN ('ctr_award', 'benefit_claim') AND r.part = 'claimant'
            AND r.nino IS NOT NULL AND r.uprn IS NOT NULL
            AND q.nino IS NOT NULL AND length(r.surname_key) >= 5 AND day(r.date_of_birth) <= 12
            AND day(r.date_of_birth) <> month(r.date_of_birth) ORDER BY p.family_key""",
    )
    names = (
        "family", "home", "nino", "surname", "forename", "born", "postcode", "uprn", "address1", "account_ref", "phone",
        "partner_nino",
    )  # fmt: skip
    found = [dict(zip(names, row, strict=True)) for row in rows]
    return next(one for one in found if one["family"] in shown)


def _ways(one: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    born, swapped = one["born"], one["born"].replace(month=one["born"].day, day=one["born"].month)
    misspelt = one["surname"][0] + one["surname"][2] + one["surname"][1] + one["surname"][3:]
    return {
        "uprn": {"uprn": one["uprn"]},
        "uprn with noughts": {"uprn": "000" + one["uprn"]},
        "nino with spaces": {"nino": " ".join((one["nino"][:2], one["nino"][2:4], one["nino"][4:].lower()))},
        "the partner's nino": {"nino": one["partner_nino"]},
        "account": {"account_ref": one["account_ref"]},
        "phone": {"phone": one["phone"]},
        "phone from abroad": {"phone": "+44 (0)" + one["phone"].lstrip("0")},
        "surname and postcode": {
            "surname": one["surname"].title(), "postcode": one["postcode"].replace(" ", "").lower(),
        },
        "misspelt surname and postcode": {"surname": misspelt, "postcode": one["postcode"]},
        "surname and birth": {"surname": one["surname"], "date_of_birth": f"{born:%d/%m/%Y}"},
        "misspelt surname and birth": {"surname": misspelt, "date_of_birth": born.isoformat()},
        "surname and birth, day and month swapped": {"surname": one["surname"], "date_of_birth": swapped.isoformat()},
        "another surname, forename and birth": {
            "surname": "Qqqqqq", "forename": one["forename"], "date_of_birth": born.isoformat()
        },
        "address": {"address1": one["address1"].upper(), "postcode": one["postcode"]},
        "postcode alone": {"postcode": one["postcode"]},
        "surname and forename alone": {"surname": one["surname"], "forename": one["forename"]},
        "surname alone": {"surname": one["surname"]},
    }  # fmt: skip


WAYS = (
    "uprn", "uprn with noughts", "nino with spaces", "the partner's nino", "account", "phone", "phone from abroad",
    "surname and postcode", "misspelt surname and postcode", "surname and birth", "misspelt surname and birth",
    "surname and birth, day and month swapped", "another surname, forename and birth", "address", "postcode alone",
    "surname and forename alone", "surname alone",
)  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_any_one_way_of_naming_somebody_holds_the_whole_home_back(
    council: Workspace, couple: dict[str, Any], way: str
) -> None:
    suppress(council, {**_ways(couple)[way], "reason": "domestic_abuse"})
    with lists_of(council) as lists:
        assert couple["home"] not in homes_of(council, {one.reference for one in lists.open("families").families})
        done = lists.export("families")  # the check on the finished files must agree, and not stop the rest
    assert len(done.files) == 5
    assert not [path for path in done.files if couple["family"] in text_of(path)]


def test_every_way_of_naming_is_tried(couple: dict[str, Any]) -> None:
    assert set(_ways(couple)) == set(WAYS)


@pytest.mark.parametrize("reason", ["", "see file note", "in_prison", "objected", "deceased"])
def test_any_reason_or_none_protects(council: Workspace, couple: dict[str, Any], reason: str) -> None:
    suppress(council, {"uprn": couple["uprn"], "reason": reason})
    assert couple["home"] not in homes_listed(council)


@pytest.mark.parametrize(
    ("dates", "held"),
    [
        ({"applies_to": "2026-11-11"}, False),
        ({"applies_to": "2026-11-12"}, True),
        ({"applies_from": "2027-01-01"}, True),
        ({"applies_from": "2020-01-01", "applies_to": "2099-12-31"}, True),
    ],
)
def test_only_an_end_before_the_runs_day_lifts_a_protection(
    council: Workspace, couple: dict[str, Any], dates: dict[str, str], held: bool
) -> None:
    suppress(council, {"uprn": couple["uprn"], "reason": "marac", **dates})
    assert (couple["home"] not in homes_listed(council)) is held


def test_whoever_shares_a_telephone_is_held_back(council: Workspace, couple: dict[str, Any]) -> None:
    """Another family's contact row gives the same number."""
    others = query(
        council,
        f"""SELECT l.person_key, a.household_key, r.phone, r.record_id FROM record r
        JOIN person_link l USING (record_id) JOIN address_link a USING (record_id)
        WHERE r.kind = 'contact' AND a.household_key <> '{couple["home"]}' ORDER BY 1""",
    )
    shown = homes_listed(council)
    other = next(row for row in others if row[1] in shown)
    with database(find_run(council).core) as connection:
        connection.execute(
            "UPDATE record SET phone = ? WHERE record_id = ?", ["44" + couple["phone"].replace(" ", "")[1:], other[3]]
        )
    suppress(council, {"nino": couple["nino"], "reason": "protected"})
    left = homes_listed(council)
    assert couple["home"] not in left
    assert other[1] not in left


def test_a_number_that_is_nobodys_spreads_to_nobody(council: Workspace, couple: dict[str, Any]) -> None:
    with database(find_run(council).core) as connection:
        connection.execute("UPDATE record SET phone = '00000000000' WHERE kind = 'contact'")
    suppress(council, {"nino": couple["nino"], "reason": "protected"})
    assert len(homes_listed(council)) > 30


FLAGS = ("do_not_contact", "sensitive", "breathing_space")


@pytest.mark.parametrize("flag", FLAGS)
def test_a_mark_on_the_council_tax_account_is_enough(council: Workspace, couple: dict[str, Any], flag: str) -> None:
    _mark_account(council, couple["home"], f"{flag} = TRUE")
    assert couple["home"] not in homes_listed(council)


def test_an_account_of_somebody_who_died_is_held_back(council: Workspace, couple: dict[str, Any]) -> None:
    _mark_account(council, couple["home"], "exemption_class = 'F'")
    assert couple["home"] not in homes_listed(council)


@pytest.mark.parametrize(
    ("days", "named", "held"), [(10, False, True), (-3, False, True), (400, False, False), (400, True, True)]
)
def test_a_death_on_a_claim_holds_it_back_for_half_a_year_or_while_a_file_names_the_dead(
    council: Workspace, couple: dict[str, Any], days: int, named: bool, held: bool
) -> None:
    day = datetime.date(2026, 11, 12) - datetime.timedelta(days=days)
    at_home = f"""(file_id, line) IN (SELECT (r.file_id, r.line) FROM record r JOIN address_link a USING (record_id)
        WHERE a.household_key = '{couple["home"]}')"""
    change = {"partner_death_date": f"CASE WHEN {at_home} THEN DATE '{day}' END"}
    change |= {} if named else {"partner_nino": "NULL", "partner_date_of_birth": "NULL"}
    with database(find_run(council).core) as connection:
        for kind in ("ctr_award", "benefit_claim"):
            names = [str(row[0]) for row in connection.execute(f"DESCRIBE {kind}").fetchall()]
            shown = ", ".join(f"{change[name]} AS {name}" if name in change else name for name in names)
            connection.execute(f"CREATE TABLE changed_{kind} AS SELECT {shown} FROM {kind}")
            connection.execute(f"DROP VIEW {kind}")
            connection.execute(f"CREATE VIEW {kind} AS SELECT * FROM changed_{kind}")
    assert (couple["home"] not in homes_listed(council)) is held


def _mark_account(workspace: Workspace, home: str, change: str) -> None:
    """The account as the extract would hold it with this mark."""
    with database(find_run(workspace).core) as connection:
        connection.execute("CREATE TABLE changed AS SELECT * FROM council_tax_account")
        connection.execute("DROP VIEW council_tax_account")
        connection.execute(f"""UPDATE changed SET {change} WHERE (file_id, line) IN
            (SELECT (r.file_id, r.line) FROM record r
            JOIN address_link a USING (record_id)
            WHERE r.kind = 'council_tax_account' AND a.household_key = '{home}')""")
        connection.execute("CREATE VIEW council_tax_account AS SELECT * FROM changed")


# ---- fail closed ----


def stopped(workspace: Workspace) -> str:
    """The message with which an export is stopped; nothing may have been written."""
    with pytest.raises(DisclosureError) as raised, lists_of(workspace) as lists:
        lists.export("pension_credit")
    assert raised.value.exit_code == 15
    assert list(workspace.lists.rglob("*.*")) == []
    return str(raised.value)


def test_a_row_that_matches_nobody_stops_everything_and_is_told_by_its_line(council: Workspace) -> None:
    nobody = {"surname": "Ladislaw-Featherstone", "nino": "MW999999A", "reason": "refuge"}
    suppress(council, nobody, nobody)
    message = stopped(council)
    assert message == (
        "rows of the suppression list that match nobody in this run's extracts: suppressions_2026-11-12.csv line 2, 3. "
        "Somebody may be missed, so nothing was exported. Correct them, or have a lead who knows why acknowledge them: "
        "lift suppressions acknowledge 2 3 --help"
    )


@pytest.mark.parametrize(
    "said", [{"acknowledged": "Y"}, {"acknowledged": "N", "acknowledged_by": "Lead"}, {"acknowledged_by": "Lead"}]
)
def test_only_a_named_lead_acknowledges_a_row(council: Workspace, said: dict[str, str]) -> None:
    suppress(council, {"nino": "MW999999A", "reason": "refuge", **said})
    assert "that match nobody" in stopped(council)
    suppress(council, {"nino": "MW999999A", "reason": "refuge", "acknowledged": "Y", "acknowledged_by": "Lead"})
    assert references(council)


def test_no_list_no_export(council: Workspace) -> None:
    suppression_file(council).unlink()
    assert stopped(council) == (
        "there is no suppression list in incoming, so no list can be shown or exported. Put one into "
        "the month's folder (templates/suppression.csv shows how), or have a lead sign nil_return.toml."
    )


def test_a_heading_line_alone_is_no_nil_return(council: Workspace) -> None:
    suppress(council)
    assert stopped(council) == (
        "suppressions_2026-11-12.csv: has no rows, so no list can be shown or exported. If nobody needs to be "
        "suppressed, have a lead sign nil_return.toml."
    )


NIL = """kind = "suppression"
signed_by = "Harriet Bulstrode"
role = "Safeguarding lead"
signed_on = {day}
statement = "I have checked, and nobody needs to be suppressed this month."
"""


def sign(workspace: Workspace, day: str) -> None:
    (workspace.root / "incoming" / MONTH / "nil_return.toml").write_text(NIL.format(day=day))


def test_a_signed_nil_return_opens_the_door_but_not_for_the_extracts_own_marks(council: Workspace) -> None:
    suppression_file(council).unlink()
    sign(council, "2026-11-12")
    marked = {
        trap["uprn"] for trap in truth("traps") if trap["trap"] in ("protected_do_not_contact", "protected_sensitive")
    }
    assert references(council)
    assert not homes_listed(council) & homes_at(council, marked)


def test_a_nil_return_beside_rows_is_a_contradiction(council: Workspace) -> None:
    sign(council, "2026-11-12")
    assert "has rows, but nil_return.toml says that nobody needs to be suppressed" in stopped(council)


@pytest.mark.parametrize(("day", "ends"), [("2026-11-05", False), ("2026-11-04", True)])
def test_a_list_older_than_a_week_before_the_runs_day_is_stale(council: Workspace, day: str, ends: bool) -> None:
    old = suppression_file(council)
    text = old.read_text().replace("2026-11-12,", f"{day},")
    old.unlink()
    (old.parent / f"suppressions_{day}.csv").write_text(text)
    if ends:
        assert stopped(council) == (
            "the newest suppression list (2026-11) is of 2026-11-04, more than 7 days before 2026-11-12, so no list "
            "can be shown or exported. Put a newer list into incoming/2026-11."
        )
    else:
        assert references(council)


def test_a_stale_nil_return_does_not_count(council: Workspace) -> None:
    suppression_file(council).unlink()
    sign(council, "2026-11-01")
    assert "is of 2026-11-01, more than 7 days before" in stopped(council)


def test_the_newest_list_counts_even_when_it_came_after_the_run(council: Workspace, couple: dict[str, Any]) -> None:
    newer = council.root / "incoming" / "2026-12"
    newer.mkdir()
    shutil.copy(suppression_file(council), newer / "list_2026-12-01.csv")
    text = (newer / "list_2026-12-01.csv").read_text().split("\n")[0]
    cells = ["2026-12-01", couple["uprn"], *[""] * (text.count(",") - 1)]
    (newer / "list_2026-12-01.csv").write_text(f"{text}\n{','.join(cells)}\n")
    assert couple["home"] not in homes_listed(council)


def test_a_row_that_cannot_be_read_stops_everything(council: Workspace) -> None:
    path = suppression_file(council)
    path.write_text(path.read_text() + "2026-11-12,9990000001\n")
    message = stopped(council)
    assert message.startswith("rows of the suppression list that cannot be read: suppressions_2026-11-12.csv line ")
    assert "9990000001" not in message


def test_a_list_in_a_new_layout_stops_everything(council: Workspace) -> None:
    path = suppression_file(council)
    path.write_text(path.read_text().replace("uprn,account_ref", "property,account_ref", 1))
    message = stopped(council)
    assert message.startswith(
        "2026-11: a file cannot be told from a suppression list, so no list can be shown or exported. "
        "suppressions_2026-11-12.csv: "
    )


def test_lists_of_two_days_stop_everything(council: Workspace) -> None:
    path = suppression_file(council)
    shutil.copy(path, path.with_name("more_2026-11-11.csv"))
    text = path.with_name("more_2026-11-11.csv").read_text().replace("2026-11-12,", "2026-11-11,")
    path.with_name("more_2026-11-11.csv").write_text(text)
    assert "holds suppression lists of 2 different days" in stopped(council)
