"""How does Ctrl-C stop what DuckDB is at, at once?

Python hears of Ctrl-C only when the statement in hand ends, and DuckDB itself looks up only sometimes. The operating
system's own handler, though, writes to a socket at once: a thread that waits there tells the connections in use to
stop. It goes on until Python has heard, since a statement may begin between the two; then nothing is interrupted any
more, so that whatever is put back in order may end in peace. Where Ctrl-C is ignored (a job in the background) or
somebody else deals with it, nothing is changed.
"""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

import duckdb

_AGAIN = 0.05  # seconds from one telling to the next
_in_use: list[duckdb.DuckDBPyConnection] = []
_watches: list[threading.Thread] = []  # one at most


@contextmanager
def stoppable(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """For as long as the block lasts, Ctrl-C stops what the connection is at, which raises KeyboardInterrupt."""
    _in_use.append(connection)
    try:
        with _watching():
            yield
    finally:
        _in_use[:] = [one for one in _in_use if one is not connection]


@contextmanager
def _watching() -> Iterator[None]:
    """The outermost block has the watch; so has only the main thread, which alone is told of signals."""
    is_ours = threading.current_thread() is threading.main_thread() and not _watches
    if not is_ours or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return
    heard = threading.Event()

    def hear(number: int, frame: FrameType | None) -> None:
        # DuckDB may be who looked up: it would first wait for what its other threads are at.
        _interrupt()
        heard.set()
        signal.default_int_handler(number, frame)

    listening, told = socket.socketpair()  # on Windows signals are written to a socket only
    watch = threading.Thread(target=_watch, args=(listening, heard), daemon=True)
    with listening, told:
        told.setblocking(False)
        before = signal.set_wakeup_fd(told.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGINT, hear)
        _watches.append(watch)
        watch.start()
        try:
            yield
        finally:
            _watches.clear()
            signal.signal(signal.SIGINT, signal.default_int_handler)
            signal.set_wakeup_fd(before)
            heard.set()
            told.close()
            watch.join()


def _watch(listening: socket.socket, heard: threading.Event) -> None:
    """Until the other end is closed."""
    while numbers := listening.recv(64):
        if signal.SIGINT not in numbers:
            continue
        while not heard.wait(_AGAIN):
            _interrupt()
        heard.clear()


def was_stopped(error: BaseException | None) -> bool:
    """Whether an error came of Ctrl-C: DuckDB has errors of its own for it, perhaps beneath another one, such as for
    the transaction which it ended."""
    while error is not None:
        if isinstance(error, KeyboardInterrupt | duckdb.InterruptException) or str(error) == "Query interrupted":
            return True
        error = error.__cause__ or error.__context__
    return False


def _interrupt() -> None:
    for connection in [*_in_use]:
        with suppress(duckdb.Error):  # closed a moment ago
            connection.interrupt()
