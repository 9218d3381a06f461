"""Is a file's profile found by what the file holds, whatever its name and the order of its columns?"""

from __future__ import annotations

from pathlib import Path

import pytest

from lift.errors import ExtractError
from lift.sources.examine import examine
from lift.sources.kinds import load_kinds
from lift.sources.layout import Layout
from lift.sources.profiles import load_profiles
from lift.sources.recognise import recognise
from lift.sources.templates import template, write_templates
from tests.unit.sources.samples import put, record, shbe


def layout(folder: Path, content: str, name: str = "file.txt", wanted: str | None = None) -> Layout:
    return recognise(examine(put(folder, name, content)), load_profiles(), wanted)


@pytest.mark.parametrize("kind", list(load_kinds()))
def test_the_template_of_a_kind_is_recognised_as_its_plain_file(tmp_path: Path, kind: str) -> None:
    found = layout(tmp_path, template(load_kinds()[kind]))
    assert found.profile.name == f"plain_{kind}"
    assert found.headings == tuple(load_kinds()[kind].columns)


@pytest.mark.parametrize("kind", list(load_kinds()))
def test_the_least_that_a_plain_file_may_hold_is_recognised(tmp_path: Path, kind: str) -> None:
    needed = [name for name, column in load_kinds()[kind].columns.items() if column.need != "optional"]
    found = layout(tmp_path, ";".join(needed) + "\n")
    assert (found.profile.name, found.delimiter) == (f"plain_{kind}", ";")


def test_templates_are_written_for_every_kind_and_never_over_a_file(tmp_path: Path) -> None:
    put(tmp_path, "pupil.csv", "mine\n")
    paths = write_templates(tmp_path)
    assert [path.stem for path in paths] == list(load_kinds())
    assert (tmp_path / "pupil.csv").read_text() == "mine\n"
    assert (tmp_path / "contact.csv").read_text() == ",".join(load_kinds()["contact"].columns) + "\n"


def test_order_case_space_and_file_name_do_not_matter(tmp_path: Path) -> None:
    line = '"Reason",POSTCODE , address1,Date Of Birth,Forename,surname,Phone,NINO,UPRN\n'
    found = layout(tmp_path, line, "council_tax_account.csv")
    assert found.profile.name == "plain_suppression"
    assert found.index["dateofbirth"] == 3


def test_raw_shbe_is_recognised_by_its_records_or_its_header_alone(tmp_path: Path) -> None:
    assert layout(tmp_path, shbe([record("D")])).profile.name == "shbe_raw"
    assert layout(tmp_path, record("D") + "\n").profile.name == "shbe_raw"
    assert layout(tmp_path, "HDR|4610|12-11-2026\n").profile.name == "shbe_raw"


def test_a_named_profile_is_tried_alone(tmp_path: Path) -> None:
    line = template(load_kinds()["contact"])
    assert layout(tmp_path, line, wanted="plain_contact").profile.name == "plain_contact"
    with pytest.raises(ExtractError, match="no heading line of any known profile"):
        layout(tmp_path, line, wanted="uc_notices")


def test_of_two_headings_for_a_column_the_preferred_one_is_read(tmp_path: Path) -> None:
    line = "UPN,Surname,Legal Surname,Forename,DOB,FSM Eligible\n"
    found = layout(tmp_path, line)
    (reading,) = [reading for reading in found.profile.tables[0].readings if reading.name == "surname"]
    assert found.fields_of(reading) == (2,)
