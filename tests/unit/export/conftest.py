"""A council that has been run, for tests to copy."""

from __future__ import annotations

from pathlib import Path

import pytest

from lift.workspace.folder import Workspace
from tests import middlemarch


@pytest.fixture
def council(tmp_path: Path) -> Workspace:
    """A fresh copy of the finished workspace."""
    return middlemarch.copy_of(middlemarch.finished(), tmp_path / "council")
