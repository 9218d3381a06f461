"""`lift`: which commands are there, and how does the program end when something goes wrong?

Whatever goes wrong ends in one message on standard error and an exit code that tells the cause; never in a traceback,
never with a resident's data.
"""

from __future__ import annotations

import errno
import os
import re
import sys
import traceback
from pathlib import Path
from typing import Annotated

import typer

from lift.cli import campaigns, rules, suppressions
from lift.cli.check import check
from lift.cli.demo import demo
from lift.cli.explain import explain
from lift.cli.init import init
from lift.cli.lists import list_
from lift.cli.query import query
from lift.cli.run import run as run_month
from lift.cli.runs import runs
from lift.cli.sample import sample
from lift.cli.summary import summary
from lift.errors import ALL_ERRORS, LiftError, StorageError

FAULT = 70
STOPPED = 130
UNHARMED = "Earlier runs and lists are as they were."
NOT_ALLOWED = "this user may not read or write it"


def _epilog() -> str:
    codes = [(0, "done"), *((error.exit_code, error.cause) for error in ALL_ERRORS)]
    codes += [(FAULT, "a fault of LIFT itself"), (STOPPED, "stopped by the user")]
    return "Exit codes: " + " · ".join(f"{code} {cause}" for code, cause in codes)


app = typer.Typer(
    name="lift",
    help="Finds households that miss out on support, from extracts a council already holds, and shows why.",
    epilog=_epilog(),
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback(invoke_without_command=True)
def _lift(
    ctx: typer.Context,
    workspace: Annotated[
        Path | None,
        typer.Option(
            "--workspace",
            "-w",
            metavar="DIR",
            help="The council's workspace. [default: $LIFT_WORKSPACE, else this folder]",
        ),
    ] = None,
    version: Annotated[bool, typer.Option("--version", help="Print the version and end.")] = False,
) -> None:
    if version:
        import lift

        typer.echo(f"lift {lift.__version__}")
    elif ctx.invoked_subcommand is None:
        typer.echo(ctx.get_help())


app.command("init")(init)
app.command("check")(check)
app.command("run")(run_month)
app.command("summary")(summary)
app.command("runs")(runs)
app.command("list")(list_)
app.command("explain")(explain)
app.command("query")(query)
app.add_typer(campaigns.app, name="campaigns")
app.add_typer(suppressions.app, name="suppressions")
app.add_typer(rules.app, name="rules")
app.command("demo")(demo)
app.command("sample")(sample)


def run_app(arguments: list[str] | None = None) -> int:
    """Runs one command and returns its exit code."""
    os.umask(0o077)
    try:
        code = app(arguments, standalone_mode=False, prog_name="lift")
    except LiftError as error:
        return _end(str(error), error.exit_code)
    except typer.TyperException as error:
        return _usage(error)
    except (KeyboardInterrupt, typer.Abort):
        return _end(f"Stopped. {UNHARMED}", STOPPED)
    except BrokenPipeError:
        # Whoever read the output (head, less) has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        return _end(_of_the_system(error), StorageError.exit_code)
    except Exception as error:
        from lift.workspace.stopping import was_stopped

        return _end(f"Stopped. {UNHARMED}", STOPPED) if was_stopped(error) else _fault(error)
    if code == STOPPED:
        return _end(f"Stopped. {UNHARMED}", STOPPED)
    return code if isinstance(code, int) else 0


def run() -> None:
    """The program `lift`."""
    sys.exit(run_app())


def _end(message: str, code: int) -> int:
    typer.echo(f"lift: {message}", err=True)
    return code


def _of_the_system(error: OSError) -> str:
    """What the operating system would not do, and what to do about it."""
    place = Path(error.filename).name if isinstance(error.filename, str) else "a file"
    what, fix = {
        errno.EACCES: (NOT_ALLOWED, "Check its permissions, or ask whoever looks after this computer. "),
        errno.EPERM: (NOT_ALLOWED, "Check its permissions, or ask whoever looks after this computer. "),
        errno.EROFS: ("it lies on a disk that can only be read", "Work in a folder on another disk. "),
        errno.ENOSPC: ("the disk is full", "Free some space, then try again. "),
    }.get(error.errno or 0, (error.strerror or type(error).__name__, ""))
    return f"{place}: {what}. {fix}{UNHARMED}"


#: What Typer says of a date that is none.
_NO_DAY = re.compile(r"Value error, '(.*)' does not match the formats '.*'")


def _usage(error: typer.TyperException) -> int:
    context = getattr(error, "ctx", None)
    hint = f" Try: {context.command_path} --help" if context is not None else ""
    message = _NO_DAY.sub(r"'\1' is not a day; write it as 2026-11-12", error.format_message()).rstrip(".")
    message = message.replace("Value error, ", "")
    end = "" if message.endswith("?") else "."
    return _end(f"{message[:1].lower()}{message[1:]}{end}{hint}", error.exit_code)


def _fault(error: Exception) -> int:
    """A fault of ours: the kind of error and the places in the program go into a private file, and nothing else, for an
    error's own words may hold a resident's data."""
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
    log = _fault_log()
    if log is not None:
        with log.open("a", encoding="utf-8") as file:
            file.write(f"{type(error).__name__}\n" + "".join(f"  {place}\n" for place in places))
        log.chmod(0o600)
    kept = f" Details without data are in {log}; send them with a report." if log is not None else ""
    last = places[-1] if places else "an unknown place"
    return _end(
        f"a fault of LIFT itself ({type(error).__name__} at {last}). Earlier runs are as they were.{kept}", FAULT
    )


def _fault_log() -> Path | None:
    """The fault log of the workspace in hand, if there is one."""
    from lift.workspace.folder import Workspace

    named = os.environ.get("LIFT_WORKSPACE") or "."
    for place, word in enumerate(sys.argv):
        if word in ("-w", "--workspace") and place + 1 < len(sys.argv):
            named = sys.argv[place + 1]
        elif word.startswith("--workspace="):
            named = word.partition("=")[2]
    workspace = Workspace(Path(named))
    return workspace.fault_log if workspace.settings.is_file() else None


if __name__ == "__main__":
    run()
