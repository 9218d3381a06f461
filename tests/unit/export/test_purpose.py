"""Does a list leave only under a purpose that is whole, in force, and covers every column?"""

from __future__ import annotations

import datetime
import tomllib
from pathlib import Path

import pytest

from lift.errors import DisclosureError, SettingsError, UsageError
from lift.rulebook.load import load_rulebook
from lift.stages.export import Exported
from lift.workspace.folder import Workspace
from lift.workspace.purposes import (
    COLUMNS,
    SUGGESTED,
    block_of,
    end_of_financial_year,
    require_columns,
    suggested_block,
)
from lift.workspace.settings import LOCAL, read_settings
from lift.workspace.start import begin
from lift.workspace.worklists import FAMILIES, rules_wanted, worklists
from tests.middlemarch import lists_of, table_of

NAME = "benefit_cap"


def export(workspace: Workspace, without: list[str] | None = None) -> Exported:
    with lists_of(workspace) as lists:
        return lists.export(NAME, without=without or [])


def stopped(workspace: Workspace) -> str:
    with pytest.raises(DisclosureError) as raised:
        export(workspace)
    assert raised.value.exit_code == 15
    assert list(workspace.lists.rglob("*.*")) == []
    return str(raised.value)


def change(workspace: Workspace, old: str, new: str) -> None:
    """Changes the block of the list that is exported here."""
    text = workspace.settings.read_text()
    block = text[text.index(f"[purpose.{NAME}]") :]
    assert old in block
    workspace.settings.write_text(text.replace(block, block.replace(old, new, 1)))


def test_without_a_purpose_nothing_leaves(council: Workspace) -> None:
    text = council.settings.read_text()
    council.settings.write_text(text.replace(f"[purpose.{NAME}]", "[purpose.other]"))
    assert stopped(council) == (
        "council.toml: has no [purpose.benefit_cap], so nothing was exported. `lift list benefit_cap --purpose` prints "
        "one to fill in with whoever answers for data protection."
    )


def test_without_a_gateway_nothing_leaves(council: Workspace) -> None:
    change(council, 'gateway = "Welfare', 'gateway = "" # "Welfare')
    assert stopped(council) == (
        "council.toml: purpose.benefit_cap has no gateway, so nothing was exported. The council's lawyer says which "
        "law lets this list be used; `lift list benefit_cap --purpose` prints a suggestion to confirm."
    )


def test_what_is_blank_is_named(council: Workspace) -> None:
    change(council, 'dpia = "invented"', 'dpia = "  "')
    change(council, 'owner = "the benefits manager"', 'owner = ""')
    assert stopped(council) == (
        "council.toml: purpose.benefit_cap leaves dpia and owner blank, so nothing was exported. Fill them in with "
        "whoever answers for data protection."
    )


@pytest.mark.parametrize(("expires", "open_"), [("2026-11-11", False), ("2026-11-12", True), ("2026-11-13", True)])
def test_a_purpose_past_its_day_closes_the_door(council: Workspace, expires: str, open_: bool) -> None:
    change(council, "expires = 2099-12-31", f"expires = {expires}")
    if open_:
        assert export(council).files
    else:
        assert stopped(council) == (
            "council.toml: purpose.benefit_cap ended on 11 November 2026, so nothing was exported. Have the benefits "
            "manager look at it again, and write the new day under expires."
        )


def test_columns_outside_the_purpose_are_refused_by_name_and_may_be_left_out(council: Workspace) -> None:
    change(council, ' "telephone",', "")
    change(council, ' "facts",', "")
    assert stopped(council) == (
        "council.toml: purpose.benefit_cap does not cover the columns telephone, facts, so nothing was exported. Leave "
        "them out (--without), or have the benefits manager agree and add them under columns."
    )
    done = export(council, without=["telephone", "facts"])
    for path in done.files:
        assert not {"Telephone", "telephone", "Facts"} & set(table_of(path)[0])
        assert next(iter(table_of(path)[0])).lower() == "reference"


def test_every_column_must_be_covered(council: Workspace) -> None:
    purpose = read_settings(council).purpose[NAME]
    require_columns(purpose, NAME, COLUMNS)
    for name in COLUMNS:
        cut = purpose.model_copy(update={"columns": tuple(one for one in COLUMNS if one != name)})
        with pytest.raises(
            DisclosureError, match=f"does not cover the column {name}, so nothing was exported. Leave it"
        ):
            require_columns(cut, NAME, COLUMNS)


def test_only_columns_can_be_left_out_and_never_the_reference(council: Workspace) -> None:
    with pytest.raises(UsageError) as raised:
        export(council, without=["telefone"])
    assert str(raised.value) == "telefone is no column that can be left out. Did you mean telephone?"
    with pytest.raises(UsageError) as raised:
        export(council, without=["reference"])
    assert str(raised.value).startswith("reference is no column that can be left out. ")


def test_a_purpose_with_a_mistake_is_told_where_it_stands(council: Workspace) -> None:
    change(council, "gateway =", "gatway =")
    with pytest.raises(SettingsError) as raised:
        export(council)
    assert str(raised.value).startswith(
        "council.toml: purpose.benefit_cap.gateway is missing. purpose.benefit_cap.gatway "
    )


# ---- what a council begins with ----


def test_a_new_council_has_suggestions_to_confirm_and_no_gateway(tmp_path: Path) -> None:
    workspace = begin(tmp_path / "council", "Middlemarch").workspace
    settings = read_settings(workspace)
    text = workspace.settings.read_text()
    assert not settings.council.invented
    book = load_rulebook(examples=False)
    able = [name for name, rule in book.rules.items() if rule.makes_a_list]
    lists = [one.name for one in worklists(book.rules, able)] + [FAMILIES]
    assert set(settings.purpose) == set(lists) == set(SUGGESTED)
    assert set(able) - set(rules_wanted(book.rules, settings)) == set(LOCAL)
    assert {purpose.gateway for purpose in settings.purpose.values()} == {""}
    assert text.count("# suggested gateway, for the council's lawyer to confirm: ") == len(lists) - 2
    for purpose in settings.purpose.values():
        assert purpose.columns == COLUMNS
        assert (purpose.expires.month, purpose.expires.day) == (3, 31)
        assert 90 < (purpose.expires - datetime.date.today()).days <= 456


def test_only_an_invented_council_begins_with_everything_filled_in(tmp_path: Path) -> None:
    (tmp_path / "sample" / "incoming" / "2026-11").mkdir(parents=True)
    (tmp_path / "sample" / "incoming" / "2026-11" / "file.csv").write_text("")
    real = begin(tmp_path / "real", "Middlemarch", sample=tmp_path / "sample").workspace
    assert not read_settings(real).council.invented
    assert {purpose.gateway for purpose in read_settings(real).purpose.values()} == {""}
    (tmp_path / "sample" / "truth").mkdir()
    invented = read_settings(begin(tmp_path / "invented", "Middlemarch", sample=tmp_path / "sample").workspace)
    assert invented.council.invented
    assert all(purpose.gateway for purpose in invented.purpose.values())


def test_the_next_end_of_the_financial_year_or_the_one_after_if_it_is_near() -> None:
    day = datetime.date
    assert end_of_financial_year(day(2026, 11, 28)) == day(2027, 3, 31)
    assert end_of_financial_year(day(2026, 12, 30)) == day(2027, 3, 31)
    assert end_of_financial_year(day(2026, 12, 31)) == day(2028, 3, 31)
    assert end_of_financial_year(day(2027, 3, 31)) == day(2028, 3, 31)
    assert end_of_financial_year(day(2027, 4, 1)) == day(2028, 3, 31)


def test_a_printed_block_reads_back(council: Workspace) -> None:
    purpose = read_settings(council).purpose[NAME]
    assert tomllib.loads(block_of(NAME, purpose))["purpose"][NAME] == {
        **purpose.model_dump(), "columns": list(purpose.columns)
    }  # fmt: skip
    assert "#" not in block_of(NAME, purpose)
    without = block_of(NAME, purpose.model_copy(update={"gateway": ""}))
    assert without.splitlines()[1].startswith("# suggested gateway, for the council's lawyer to confirm: ")
    assert tomllib.loads(without)["purpose"][NAME]["gateway"] == ""
    own = tomllib.loads(suggested_block("boiler_grant", datetime.date(2027, 3, 31)))["purpose"]["boiler_grant"]
    assert (own["gateway"], own["owner"], own["expires"]) == ("", "", datetime.date(2027, 3, 31))
