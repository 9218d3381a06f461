"""Is each family contacted once in a month, kept out while a campaign is open, and are files destroyed when due?"""

from __future__ import annotations

import datetime
import shutil
from pathlib import Path

import pytest

from lift.errors import DisclosureError, NotFoundError, UsageError
from lift.stages.export import Exported, open_gate
from lift.stages.export.held import Reason
from lift.stages.export.known import identities_of
from lift.workspace import audit, campaigns, clock, suppressed
from lift.workspace.folder import Workspace
from lift.workspace.register import open_register
from lift.workspace.runs import find_run
from lift.workspace.settings import read_settings
from tests.middlemarch import MONTH, file_of, lists_of, suppress, suppression_file, table_of

DAY = datetime.date(2026, 11, 12)


def export(workspace: Workspace, name: str) -> Exported:
    with lists_of(workspace) as lists:
        return lists.export(name)


def families(workspace: Workspace, name: str) -> set[str]:
    with lists_of(workspace) as lists:
        return {family.reference for family in lists.open(name).families}


def held(workspace: Workspace, name: str) -> dict[Reason, int]:
    with lists_of(workspace) as lists:
        return dict(lists.open(name).shown.held)


# ---- one contact ----


def test_a_family_on_an_exported_list_is_on_no_other_that_month(council: Workspace) -> None:
    meals, cap = families(council, "free_school_meals"), families(council, "benefit_cap")
    assert meals & cap
    export(council, "benefit_cap")
    assert families(council, "free_school_meals") == meals - cap
    assert held(council, "free_school_meals")[Reason.CONTACTED] == len(meals & cap)
    assert families(council, "benefit_cap") == cap  # its own campaign goes on


def test_all_lists_together_name_each_family_once(council: Workspace) -> None:
    everybody = families(council, "families") | families(council, "check_sample")
    with lists_of(council) as lists:
        done = [lists.export(one.name) for one in lists.run.record.lists]
    named = [row["Reference"] for one in done for path in one.files if path.stem.endswith(("_call_file", "_contacts"))
             and path.suffix == ".xlsx" for row in table_of(path)]  # fmt: skip
    assert len(named) == len(set(named))
    assert set(named) == everybody
    assert done[-1].name == "families"
    assert done[-1].files == ()


def later_month(workspace: Workspace) -> None:
    """The run once more, as that of December."""
    newer = workspace.runs / "2026-12"
    shutil.copytree(workspace.runs / MONTH, newer)
    record = newer / "run.json"
    text = record.read_text().replace('"run": "2026-11"', '"run": "2026-12"', 1)
    record.write_text(text.replace('"month": "2026-11"', '"month": "2026-12"', 1))


def test_who_is_in_an_open_campaign_waits_for_the_next_month_too(council: Workspace) -> None:
    cap = families(council, "benefit_cap")
    export(council, "benefit_cap")
    later_month(council)
    assert families(council, "benefit_cap") == set()
    assert held(council, "benefit_cap")[Reason.CONTACTED] == len(cap)
    campaigns.close(council, "benefit_cap", MONTH, DAY)
    assert families(council, "benefit_cap") == cap


@pytest.mark.parametrize(("days", "open_"), [(13, True), (14, True), (15, False)])
def test_a_campaign_is_open_until_its_files_must_go(council: Workspace, days: int, open_: bool) -> None:
    export(council, "benefit_cap")
    (one,) = campaigns.campaigns(council)
    assert (one.opened, one.closes) == (DAY, DAY + datetime.timedelta(days=14))
    assert one.contacts == len(families(council, "benefit_cap")) > 0
    assert one.is_open(DAY + datetime.timedelta(days=days)) is open_


def test_closing_a_campaign_lifts_nothing_in_its_own_month(council: Workspace) -> None:
    export(council, "benefit_cap")
    meals = families(council, "free_school_meals")
    campaigns.close(council, "benefit_cap", MONTH, DAY)
    assert families(council, "free_school_meals") == meals


def test_the_call_file_shows_when_letters_went_out_and_the_last_contact(council: Workspace) -> None:
    name = "council_tax_reduction_not_claimed"
    export(council, name)
    campaigns.letters_sent(council, name, MONTH, datetime.date(2026, 11, 14))
    rows = table_of(file_of(export(council, name).files, ".csv"))
    assert {row["letter_sent"] for row in rows} == {"2026-11-14"}
    assert any(row["last_contact"] for row in rows) is False
    later_month(council)
    campaigns.close(council, name, MONTH, DAY)
    again = table_of(file_of(export(council, name).files, ".csv"))
    assert {row["letter_sent"] for row in again} == {""}
    assert {row["last_contact"] for row in again} == {"2026-11-12"}


def test_a_campaign_that_there_is_not_is_told(council: Workspace) -> None:
    with pytest.raises(NotFoundError) as raised:
        campaigns.close(council, "benefit_cap", MONTH, DAY)
    assert str(raised.value) == "there is no campaign benefit_cap of 2026-11. There is: none yet."
    export(council, "benefit_cap")
    with pytest.raises(NotFoundError) as raised:
        campaigns.letters_sent(council, "benefit_cap", "2026-10", DAY)
    assert str(raised.value) == "there is no campaign benefit_cap of 2026-10. There is: benefit_cap of 2026-11."


# ---- destroyed when due ----


@pytest.mark.parametrize(("days", "gone"), [(13, False), (14, False), (15, True)])
def test_files_go_the_day_after_they_are_due(council: Workspace, days: int, gone: bool) -> None:
    files = export(council, "benefit_cap").files
    kept = council.lists / "somebody's own.txt"
    kept.write_text("")
    told = campaigns.destroy_due(council, DAY + datetime.timedelta(days=days))
    assert [path.exists() for path in files] == [not gone] * 3
    assert told == (sorted(str(path.relative_to(council.root)) for path in files) if gone else [])
    assert kept.exists()
    if gone:
        assert not (council.lists / MONTH).exists()
        assert audit.entries(council)[-1]["what"] == "destroyed"
        assert campaigns.destroy_due(council, DAY + datetime.timedelta(days=days)) == []


def test_a_real_councils_files_go_by_todays_date(council: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """An invented council's clock stands still, so that it can be shown for ever; a real one's runs."""
    files = export(council, "benefit_cap").files
    monkeypatch.setattr(clock, "today", lambda: datetime.date(2026, 11, 27))
    families(council, "benefit_cap")
    assert all(path.exists() for path in files)
    council.settings.write_text(council.settings.read_text().replace("invented = true", ""))
    with pytest.raises(DisclosureError, match=r"is of 2026-11-12, more than 7 days before 2026-11-27"):
        families(council, "benefit_cap")
    assert not any(path.exists() for path in files)


@pytest.mark.parametrize(("today", "stopped"), [("2026-11-11", "after today"), ("2026-11-12", ""), ("2026-11-19", ""),
                                                ("2026-11-20", "more than 7 days")])  # fmt: skip
def test_a_real_councils_suppression_list_grows_old(
    council: Workspace, monkeypatch: pytest.MonkeyPatch, today: str, stopped: str
) -> None:
    monkeypatch.setattr(clock, "today", lambda: datetime.date.fromisoformat(today))
    council.settings.write_text(council.settings.read_text().replace("invented = true", ""))
    if stopped:
        with pytest.raises(DisclosureError, match=stopped):
            families(council, "benefit_cap")
    else:
        assert families(council, "benefit_cap")


# ---- the register's own suppressions ----


def add(workspace: Workspace, reference: str, reason: str = "objected") -> None:
    suppressed.suppress(
        workspace, reference, reason, "call centre", DAY, identities_of(find_run(workspace).core, reference)
    )


def test_whoever_asks_is_off_every_list_at_once_and_for_good(council: Workspace) -> None:
    before = families(council, "pension_credit")
    one = sorted(before)[0]
    add(council, one)
    assert families(council, "pension_credit") == before - {one}
    assert one not in families(council, "families")
    suppress(council, {"uprn": "9990000222", "reason": "marac"})  # a newer list does not undo it
    assert one not in families(council, "families")
    entry = audit.entries(council)[-1]
    assert (entry["what"], entry["reference"], entry["asked_by"]) == ("suppressed", one, "call centre")
    suppressed.lift_suppression(council, one, "benefits manager", DAY)
    assert one in families(council, "families")
    with pytest.raises(NotFoundError, match=f"the register keeps no suppression of {one}"):
        suppressed.lift_suppression(council, one, "benefits manager", DAY)


def test_a_suppression_holds_though_the_reference_changes(council: Workspace) -> None:
    """References follow from what is known of somebody; the register keeps who it is."""
    one = sorted(families(council, "pension_credit"))[0]
    add(council, one)
    with open_register(council) as register:
        register.execute("UPDATE suppressed SET reference = 'f0000'")
    assert one not in families(council, "families")


def test_a_home_and_a_person_can_be_kept_off_too(council: Workspace) -> None:
    with lists_of(council) as lists:
        family = lists.open("pension_credit").families[0]
    for reference in (family.household_key, str(family.contact_key)):
        add(council, reference)
        assert family.reference not in families(council, "families")
        suppressed.lift_suppression(council, reference, "x", DAY)
        assert family.reference in families(council, "families")
    with pytest.raises(NotFoundError, match="no such reference in the newest run"):
        identities_of(find_run(council).core, "f0000")


# ---- acknowledging ----


NOBODY = {"nino": "MW999999A", "surname": "Nobody-Here", "reason": "refuge"}


def test_an_acknowledged_row_opens_the_door_and_stays_so_in_later_lists(council: Workspace) -> None:
    suppress(council, NOBODY)
    with pytest.raises(DisclosureError, match="that match nobody"):
        families(council, "benefit_cap")
    with open_gate(council, read_settings(council), find_run(council), all_matched=False) as gate:
        (row,) = gate.protection.unmatched
    suppressed.acknowledge(council, [(row.digest, "list line 2")], "Harriet Bulstrode", "Lead", "moved away", DAY)
    assert families(council, "benefit_cap")
    old = suppression_file(council)
    suppress(council, {"uprn": "9990000222", "reason": "marac"}, NOBODY)  # the same row, further down
    old.rename(old.with_name("suppressions_2026-11-13.csv"))
    assert families(council, "benefit_cap")
    suppress(council, NOBODY | {"forename": "Nan"})
    with pytest.raises(DisclosureError, match="that match nobody"):
        families(council, "benefit_cap")
    entry = audit.entries(council)[-1]
    assert (entry["what"], entry["lead"], entry["rows"]) == ("acknowledged", "Harriet Bulstrode", ["list line 2"])


def test_an_acknowledgement_holds_nothing_that_names_anybody(council: Workspace) -> None:
    with open_register(council) as register:
        columns = {row[0] for row in register.execute("DESCRIBE acknowledged").fetchall()}
    assert columns == {"row", "lead", "role", "why", "since"}
    assert suppressed.digest_of(b"k", ["MW999999A", None]) != suppressed.digest_of(b"l", ["MW999999A", None])
    assert suppressed.digest_of(b"k", ["a", None, "b"]) != suppressed.digest_of(b"k", ["a", "b", None])


def test_the_lists_of_an_unknown_name_and_columns_are_told(council: Workspace) -> None:
    with pytest.raises(NotFoundError) as raised, lists_of(council) as lists:
        lists.open("pension_credits")
    assert str(raised.value) == (
        "run 2026-11 has no list pension_credits. Did you mean pension_credit? `lift list` shows them all."
    )
    with pytest.raises(UsageError), lists_of(council) as lists:
        lists.export("pension_credit", without=["name"])


def test_nothing_of_an_export_stays_in_the_way_of_the_next(council: Workspace) -> None:
    export(council, "benefit_cap")
    assert not [path for path in council.root.rglob("*") if path.name.startswith(".part-")]
    assert not Path(council.work).exists()
