"""Which cities do the tests look at? Two small ones, made once: with every source, and with the least there can be."""

from __future__ import annotations

from pathlib import Path

import pytest

from lift.city import figures as figures_file
from lift.city.figures import Figures
from tests.middlemarch import small_city


@pytest.fixture(scope="session")
def figures() -> Figures:
    return figures_file.read()


@pytest.fixture(scope="session")
def sample() -> Path:
    return small_city()


@pytest.fixture(scope="session")
def minimal() -> Path:
    return small_city(dwellings=240, seed=1872, minimal=True)
