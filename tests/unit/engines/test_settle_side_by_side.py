"""Rules are settled side by side: does what goes wrong with one stop the others, and come out?"""

from __future__ import annotations

from dataclasses import dataclass
from threading import Barrier

import duckdb
import pytest

from lift.engines.duckdb.settle import _side_by_side
from lift.errors import EngineError

_ENDLESS = "SELECT count(*) FROM range(1_000_000_000_000) a WHERE a.range % 7 = 3"


@dataclass
class _Fails:
    connection: duckdb.DuckDBPyConnection
    together: Barrier

    def settle(self) -> None:
        self.together.wait(10)
        raise EngineError("the engine could not work it out")


@dataclass
class _Endless:
    connection: duckdb.DuckDBPyConnection
    together: Barrier
    stopped: bool = False

    def settle(self) -> None:
        self.together.wait(10)
        try:
            self.connection.execute(_ENDLESS)
        except duckdb.InterruptException:
            self.stopped = True
            raise


def test_a_rule_that_fails_stops_the_others_and_its_error_comes_out() -> None:
    with duckdb.connect(config={"threads": 2}) as connection:
        together = Barrier(2)
        endless = _Endless(connection.cursor(), together)
        with pytest.raises(EngineError, match=r"^the engine could not work it out$"):
            _side_by_side([endless, _Fails(connection.cursor(), together)], 2)  # type: ignore[list-item]
        assert endless.stopped
