"""Does a second process do the work, is an error the same as without it, and does it never outlive this program?"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from lift.beside import begin, beside

ENOUGH = 30  # seconds, for a computer that is busy with other tests


def until(true: Callable[[], bool]) -> bool:
    end = time.monotonic() + ENOUGH
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def test_the_work_is_done_in_another_process() -> None:
    with beside() as other:
        assert other is not None
        work = begin(other, os.getpid)
        assert until(lambda: work.done)
        assert work.result() == other.process.pid != os.getpid()
    assert other.process.returncode is not None  # it is gone, and has been waited for


def test_without_a_second_process_the_work_is_done_here() -> None:
    with beside(wanted=False) as other:
        assert other is None
        assert begin(other, os.getpid).result() == os.getpid()


def test_where_none_can_start_the_work_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with beside() as other:
        assert begin(other, os.getpid).result() == os.getpid()


def test_work_that_waits_is_done_here_while_the_other_is_busy() -> None:
    with beside() as other:
        assert other is not None
        begin(other, time.sleep, ENOUGH)
        assert until(lambda: other.given is not None)
        first, last = begin(other, os.getpid), begin(other, os.getpid)
        assert [first.result(), last.result()] == [os.getpid()] * 2


def test_what_waits_first_is_done_here_while_a_result_is_waited_for() -> None:
    with beside() as other:
        assert other is not None
        slow = begin(other, time.sleep, 0.5)
        assert until(lambda: other.given is slow)
        done: list[str] = []
        first, last = begin(other, done.append, "first"), begin(other, done.append, "last")
        slow.result()
        assert first.done
        assert last.done
        assert done == ["first", "last"]  # a list of this process


def test_next_goes_before_what_waits() -> None:
    with beside() as other:
        assert other is not None
        begin(other, time.sleep, ENOUGH)
        assert until(lambda: other.given is not None)
        later, first = begin(other, os.getpid), begin(other, os.getpid, next_=True)
        assert list(other.waiting) == [first, later]


def test_an_error_is_the_one_that_it_is_here() -> None:
    with beside() as other:
        assert other is not None
        work = begin(other, int, "x")
        assert until(lambda: other.given is None and not other.waiting)
        with pytest.raises(ValueError, match=r"^invalid literal for int\(\) with base 10: 'x'$"):
            work.result()
        after = begin(other, os.getpid)
        assert until(lambda: after.done)
        assert after.result() == other.process.pid  # it goes on


def test_what_cannot_be_handed_over_is_done_here() -> None:
    with beside() as other:
        assert begin(other, lambda: "here").result() == "here"


def test_where_it_dies_the_work_is_done_here() -> None:
    with beside() as other:
        assert other is not None
        begin(other, time.sleep, ENOUGH)
        work = begin(other, os.getpid)
        other.process.kill()
        assert work.result() == os.getpid()


def test_an_error_in_the_block_ends_it_at_once() -> None:
    with pytest.raises(KeyboardInterrupt), beside() as other:
        assert other is not None
        begin(other, time.sleep, ENOUGH)
        assert until(lambda: other.given is not None)
        raise KeyboardInterrupt
    assert other is not None
    assert other.process.returncode is not None


@pytest.mark.skipif(sys.platform == "win32", reason="groups of processes are another matter there")
def test_ctrl_c_at_the_terminal_does_not_reach_it() -> None:
    with beside() as other:
        assert other is not None
        assert os.getpgid(other.process.pid) != os.getpgid(0)


@pytest.mark.skipif(sys.platform == "win32", reason="signals are another matter there")
def test_it_ends_with_a_program_that_is_killed() -> None:
    script = (
        "import time\nfrom lift.beside import begin, beside\n"
        f"with beside() as other:\n    begin(other, time.sleep, {ENOUGH})\n"
        "    while other.given is None: time.sleep(0.01)\n"
        "    print(other.process.pid, flush=True)\n    time.sleep(1000)\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen([sys.executable, "-c", script], env=environment, stdout=subprocess.PIPE) as program:
        assert program.stdout is not None
        other = int(program.stdout.readline())
        os.kill(other, 0)
        program.send_signal(signal.SIGKILL)
        program.wait()
    assert until(lambda: not is_there(other))


def test_this_program_takes_turns_as_before_once_it_is_over() -> None:
    before = sys.getswitchinterval()
    with beside() as other:
        assert other is not None
        assert sys.getswitchinterval() < before
    assert sys.getswitchinterval() == before


def is_there(process: int) -> bool:
    """Whether it runs; one that nobody waits for any more may be kept as a name alone."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    told = subprocess.run(["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True, check=False)
    return told.stdout.strip()[:1] not in ("Z", "")
