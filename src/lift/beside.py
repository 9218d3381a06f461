"""How is work shared with a second process, so that both cores of a computer are busy?

Work is a function of a module with arguments, and the same wherever it is done. A second process saves time and nothing
else: where it cannot start, dies or fails, the work is done here, so that an error comes out as it would without it. It
ends with this program, however that ends, and Ctrl-C does not reach it: whoever is asked to stop is this program.
"""

from __future__ import annotations

import contextlib
import gc
import os
import pickle
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib import import_module
from queue import SimpleQueue
from typing import IO, Any, Generic, TypeVar

Result = TypeVar("Result")

# The second process finds modules where this one does; what it then does is `serve`.
_PROGRAM = "import pickle, sys; sys.path[:] = pickle.load(sys.stdin.buffer); from lift.beside import serve; serve()"
# Ctrl-C goes to all processes of a terminal's group: the second one has a group of its own.
_APART: dict[str, Any] = {"start_new_session": True}
if sys.platform == "win32":
    _APART = {"creationflags": subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP}
#: Seconds after which a wait looks up, for Windows tells nobody of Ctrl-C who waits without end.
_LOOK_UP = 0.2
#: Seconds after which Python lets another thread go on. Work goes through a pipe in many small pieces, and for each the
#: second process waits as long as that while this one is busy; by default 25 times this.
_TURN = 0.0002


@dataclass(eq=False)
class Work(Generic[Result]):
    """Something to be done by either process."""

    function: Callable[..., Result]
    arguments: tuple[Any, ...]
    beside: Beside | None
    done: bool = False
    found: Any = None

    def result(self) -> Result:
        """What came of it. While the second process is at it, other work that nobody has begun is done here. Raises
        what the function raises."""
        if self.beside is not None:
            self.beside.wait_for(self)
        if not self.done:
            self.do()
        self.arguments = ()
        return self.found  # type: ignore[no-any-return]  # what the function gave back

    def do(self) -> None:
        self.found = self.function(*self.arguments)
        self.done = True


@dataclass(eq=False)
class Beside:
    """A second process and the work that nobody has begun yet. Made by `beside`."""

    process: subprocess.Popen[bytes]
    waiting: deque[Work[Any]] = field(default_factory=deque)
    given: Work[Any] | None = None
    alive: bool = True
    news: threading.Condition = field(default_factory=threading.Condition)

    def begin(self, function: Callable[..., Result], *arguments: Any, next_: bool = False) -> Work[Result]:
        """Hands work over. `next_`: before what waits already."""
        work = Work(function, arguments, self)
        with self.news:
            (self.waiting.appendleft if next_ else self.waiting.append)(work)
            self.news.notify_all()
        return work

    def wait_for(self, work: Work[Any]) -> None:
        """Until the second process has done it or will not; meanwhile what waits first is done here: it is asked for
        first, and a list that is whole early can leave while the second process works on the next."""
        while True:
            with self.news:
                if work in self.waiting:
                    self.waiting.remove(work)
                    return
                if work is not self.given or not self.alive:
                    return
                other = self.waiting.popleft() if self.waiting else None
                if other is None:
                    self.news.wait(_LOOK_UP)
            if other is not None:
                with contextlib.suppress(
                    Exception
                ):  # it is done again, and the error raised, where its result is asked
                    other.do()

    def feed(self) -> None:
        """Gives the second process one piece of work after the other, until it or this program ends."""
        to, back = self.process.stdin, self.process.stdout
        assert to is not None and back is not None
        try:
            _send(to, sys.path)
            while (work := self._next()) is not None:
                _send(to, (work.function, work.arguments))
                work.done, work.found = pickle.load(back)
                with self.news:
                    self.given = None
                    self.news.notify_all()
        except Exception:
            # Whatever it was, this program does the work; what went wrong with the work itself comes out there.
            pass
        with self.news:
            self.alive, self.given = False, None
            self.news.notify_all()

    def _next(self) -> Work[Any] | None:
        with self.news:
            while self.alive and not self.waiting:
                self.news.wait()
            self.given = self.waiting.popleft() if self.alive else None
            return self.given

    def end(self) -> None:
        with self.news:
            self.alive = False
            self.waiting.clear()
            self.news.notify_all()
        self.process.kill()


@contextlib.contextmanager
def beside(*, wanted: bool = True) -> Iterator[Beside | None]:
    """A second process for as long as the block lasts; None where it is not wanted or cannot start."""
    process = _start() if wanted else None
    if process is None:
        yield None
        return
    other = Beside(process)
    feeding = threading.Thread(target=other.feed, daemon=True)
    feeding.start()
    turn = sys.getswitchinterval()
    sys.setswitchinterval(_TURN)
    try:
        yield other
    finally:
        sys.setswitchinterval(turn)
        other.end()
        feeding.join()
        for pipe in (process.stdin, process.stdout):
            with contextlib.suppress(OSError):  # what it was not given any more
                assert pipe is not None
                pipe.close()
        process.wait()


def begin(other: Beside | None, function: Callable[..., Result], *arguments: Any, next_: bool = False) -> Work[Result]:
    """Work for whoever comes to it first; without a second process it is done when its result is asked for."""
    return Work(function, arguments, None) if other is None else other.begin(function, *arguments, next_=next_)


def read_module(name: str) -> None:
    """Work that reads the module which later work needs, and all that it imports."""
    import_module(name)


def _start() -> subprocess.Popen[bytes] | None:
    try:
        return subprocess.Popen(
            [sys.executable, "-c", _PROGRAM],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            **_APART,
        )
    except (OSError, ValueError):
        return None


def _send(to: IO[bytes], what: Any) -> None:
    to.write(pickle.dumps(what, pickle.HIGHEST_PROTOCOL))
    to.flush()


def serve() -> None:
    """The second process: does the work that comes in, and gives back whether it was done and what came of it."""
    back = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    sys.stdout = sys.stderr  # nothing but results may come out there
    gc.disable()  # as `collecting` has it: work is rows and cells, and the process does not live long
    work: SimpleQueue[Any] = SimpleQueue()
    threading.Thread(target=_listen, args=(work,), daemon=True).start()
    while True:
        function, arguments = work.get()
        try:
            answer = (True, function(*arguments))
        except BaseException:
            answer = (False, None)
        _send(back, answer)


def _listen(work: SimpleQueue[Any]) -> None:
    """Ends the process, whatever it is at, as soon as nobody is there any more who could give it work."""
    try:
        while True:
            work.put(pickle.load(sys.stdin.buffer))
    except BaseException:
        os._exit(0)
