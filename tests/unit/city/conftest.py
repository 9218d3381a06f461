"""Which cities do the tests look at? Two are made once: the sample's and the minimal one's, as they are committed."""

from __future__ import annotations

from pathlib import Path

import pytest

from lift.city import figures as figures_file
from lift.city import write
from lift.city.figures import Figures
from tests.unit.city.cities import DWELLINGS, MINIMAL_DWELLINGS, MINIMAL_SEED, MONTH, SEED


@pytest.fixture(scope="session")
def figures() -> Figures:
    return figures_file.read()


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    write(folder, dwellings=DWELLINGS, seed=SEED, month=MONTH)
    return folder


@pytest.fixture(scope="session")
def minimal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("minimal")
    write(folder, dwellings=MINIMAL_DWELLINGS, seed=MINIMAL_SEED, month=MONTH, minimal=True)
    return folder
