"""`lift rules`: what do the rules say, are they well written, and what do they answer for facts given by hand?"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sized
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any

import typer

from lift.cli.screen import Json, Plain, Screen, WorkspaceAt

if TYPE_CHECKING:
    from lift.errors import Problem
    from lift.rulebook.model import Rule, Rulebook
    from lift.trial.asked import Answered, Asked, Refused

app = typer.Typer(no_args_is_help=True, help="The law as data: list, read, check, test and try the rules.")


class EngineName(StrEnum):
    duckdb = "duckdb"
    reference = "reference"


RuleId = Annotated[str, typer.Argument(metavar="RULE", help="The rule's id, as `lift rules list` shows it.")]


def own_rules(ctx: typer.Context, given: Path | None) -> Path | None:
    """The council's own rules: of the workspace that is named, or of this folder where it is one."""
    from lift.cli.screen import workspace_at
    from lift.workspace.folder import Workspace

    named = given or ctx.find_root().params.get("workspace") or os.environ.get("LIFT_WORKSPACE")
    place = workspace_at(ctx, given) if named else Workspace(Path())
    return place.rules if place.settings.is_file() and place.rules.is_dir() else None


def _book(ctx: typer.Context, workspace: Path | None, *, examples: bool = True) -> Rulebook:
    from lift.rulebook.load import load_rulebook

    return load_rulebook(examples=examples, bases=True, beside=own_rules(ctx, workspace))


def find_rule(book: Rulebook, name: str) -> Rule:
    """The rule of this id. Raises NotFoundError with the one most like it."""
    from lift.errors import NotFoundError
    from lift.rulebook.scope import nearest

    if name not in book.rules:
        raise NotFoundError(f"there is no rule {name}: {nearest(name, book.rules)} `lift rules list` shows all.")
    return book.rules[name]


# ---- list and show ----


@app.command("list")
def list_rules(ctx: typer.Context, workspace: WorkspaceAt = None, as_json: Json = False, plain: Plain = False) -> None:
    """All rules, the days they cover, how well their figures are known, and who has signed them off."""
    from lift.cli.answers import write_json
    from lift.cli.paper import print_grid

    book = _book(ctx, workspace)
    if as_json:
        typer.echo(write_json([_rule_object(book, rule) for rule in book.rules.values()]))
        return
    heading = ("rule", "name", "kind", "of each", "from", "to", "rates to", "figures", "examples", "reviewed by")
    rows = [_rule_row(book, rule) for rule in book.rules.values()]
    print_grid(heading, rows, plain=Screen(plain=plain).plain, whole=("rule", "from", "to", "rates to"))


def _figures(book: Rulebook, rule: Rule) -> dict[str, int]:
    """How many of the figures in force on the last covered day are known how well."""
    from collections import Counter

    from lift.rulebook.check import amounts_of

    counts: Counter[str] = Counter()
    for amount in amounts_of(rule, book):
        cells = [cell for start, cell in amount.versions if start <= rule.covers[1]]
        if cells:
            counts["not_known" if cells[-1].value is None else cells[-1].status] += 1
    return dict(sorted(counts.items()))


def _rule_object(book: Rulebook, rule: Rule) -> dict[str, Any]:
    from lift.rulebook.check import rates_to

    return {
        "id": rule.id,
        "name": rule.name,
        "kind": rule.kind,
        "each": rule.level,
        "covers": list(rule.covers),
        "rates_to": rates_to(rule, book),
        "figures": _figures(book, rule),
        "examples": len(rule.examples),
        "reviewed": {"date": rule.reviewed_on, "by": rule.reviewed_by},
        "law": rule.law,
        "hash": rule.hash,
    }


def _rule_row(book: Rulebook, rule: Rule) -> list[str]:
    from lift.rulebook.check import rates_to

    figures = ", ".join(f"{count} {status.replace('_', ' ')}" for status, count in _figures(book, rule).items())
    covers = [str(day or "") for day in (*rule.covers, rates_to(rule, book))]
    reviewed = rule.reviewed_by or "nobody yet"
    return [rule.id, rule.name, rule.kind, rule.level, *covers, figures, str(len(rule.examples)), reviewed]


@app.command("show")
def show_rule(
    ctx: typer.Context,
    rule: RuleId,
    day: Annotated[
        datetime | None, typer.Option("--day", formats=["%Y-%m-%d"], help="Only what is in force on this day.")
    ] = None,
    workspace: WorkspaceAt = None,
    as_json: Json = False,
    plain: Plain = False,
) -> None:
    """One rule as a page: figures with their law and status, steps, questions, and what residents are told."""
    from lift.cli.answers import write_json
    from lift.cli.paper import page_object, print_page
    from lift.rulebook.page import rule_page

    book = _book(ctx, workspace)
    page = rule_page(book, find_rule(book, rule), day.date() if day else None)
    if as_json:
        typer.echo(write_json(page_object(page)))
    else:
        print_page(page, plain=Screen(plain=plain).plain)


@app.command("page")
def page_rules(
    ctx: typer.Context,
    into: Annotated[
        Path, typer.Option("--into", metavar="FOLDER", help="Where the pages go; made if it is not there.")
    ],
    rules: Annotated[list[str] | None, typer.Argument(metavar="[RULE]...", help="Which rules; default: all.")] = None,
    workspace: WorkspaceAt = None,
    as_json: Json = False,
) -> None:
    """Write rules as HTML pages to read or print: law beside formula, figures by year, examples, and an index."""
    from lift.cli.answers import write_json
    from lift.cli.rule_pages import left_over, shown_rules, write_pages
    from lift.rulebook.load import load_rulebook, rules_folder

    own = own_rules(ctx, workspace)
    book = load_rulebook(bases=True, beside=own)
    names = list(dict.fromkeys(find_rule(book, name).id for name in rules or book.rules))
    written = write_pages(book, shown_rules(book, own, rules_folder()), names, into)
    stale = left_over(into, book.rules)
    if as_json:
        typer.echo(write_json({"written": [str(path) for path in written], "of_no_rule": [str(p) for p in stale]}))
        return
    typer.echo(f"{len(written) - 1} page{'' if len(written) == 2 else 's'} and {written[-1]} written.")
    for path in stale:
        typer.echo(f"{path} belongs to no rule any more: delete it.")


# ---- check and test ----


@app.command("check")
def check_rules(
    ctx: typer.Context,
    path: Annotated[
        Path | None,
        typer.Argument(metavar="[FOLDER|FILE]", help="A folder of rules, or one rule file; default: all rules in use."),
    ] = None,
    workspace: WorkspaceAt = None,
    as_json: Json = False,
) -> None:
    """Look for mistakes in rule files, without running them: all at once, each with its place and the fix."""
    from lift.cli.answers import write_json
    from lift.errors import RuleError, RuleProblems

    book, problems = _checked(path, own_rules(ctx, workspace))
    if as_json:
        typer.echo(write_json([_problem_object(problem) for problem in problems]))
    elif problems:
        typer.echo(str(RuleProblems(problems)))
    elif book is not None:
        counts: dict[str, Sized] = {
            "rule": book.rules,
            "step": book.steps,
            "amount": book.amounts,
            "table": book.tables,
            "fact": book.facts,
        }
        said = ", ".join(f"{len(found)} {name}{'' if len(found) == 1 else 's'}" for name, found in counts.items())
        typer.echo(f"No mistake found in {said}.")
    if problems:
        raise typer.Exit(RuleError.exit_code)


def _checked(path: Path | None, own: Path | None) -> tuple[Rulebook | None, list[Problem]]:
    from lift.errors import UsageError
    from lift.rulebook.load import read_rulebook
    from lift.trial.written import written_wrongly

    if path is not None and not path.exists():
        raise UsageError(f"there is no file or folder {path}. Give a folder of rules or a rule file.")
    folder, only = None, None
    if path is not None:
        place = path if path.is_dir() else path.parent
        place = place.parent if place.name in ("common", "local") and not (place / "facts.yaml").is_file() else place
        if (place / "facts.yaml").is_file():
            folder, own = place, None
        elif path.is_dir():
            own = path
        else:
            only = path
    book, problems = read_rulebook(folder, only=only, beside=own)
    found = [*problems.found, *(written_wrongly(book, problems.damaged) if book is not None else [])]
    return book, sorted(found, key=lambda p: (p.place.path, p.place.line, p.place.column, p.what))


def _problem_object(problem: Problem) -> dict[str, Any]:
    place = problem.place
    return {
        "file": place.path,
        "line": place.line,
        "column": place.column,
        "width": place.width,
        "what": problem.what,
        "fix": problem.fix,
    }


@app.command("test")
def test_rules(
    ctx: typer.Context,
    rules: Annotated[list[str] | None, typer.Argument(metavar="[RULE]...", help="Which rules; default: all.")] = None,
    engine: Annotated[EngineName | None, typer.Option(help="Only on this engine; default: on every one.")] = None,
    examples_only: Annotated[bool, typer.Option("--examples-only", help="Leave out the forgetting trials.")] = False,
    workspace: WorkspaceAt = None,
    as_json: Json = False,
    plain: Plain = False,
) -> None:
    """Run the examples of rules on every engine, and once more with each fact, member and period forgotten."""
    from lift.cli.answers import write_json
    from lift.cli.paper import print_grid
    from lift.errors import ExampleError, RuleProblems
    from lift.trial.written import written_wrongly

    book = _book(ctx, workspace)
    wrong = written_wrongly(book)
    if wrong:
        raise RuleProblems(wrong)
    names = [find_rule(book, name).id for name in rules or book.rules]
    engines = [engine.value] if engine else [name.value for name in EngineName]
    with _progress(as_json=as_json, plain=plain) as begun:
        tried = [_try_rule(book, name, engines, begun, forgetting=not examples_only) for name in names]
    failures = [failure for one in tried for failure in one["failures"]]
    if as_json:
        typer.echo(write_json(tried))
    else:
        for failure in failures:
            typer.echo(failure)
        heading = ("rule", "examples", "left out once", "engines", "failed")
        rows = [
            [*(str(one[k]) for k in ("rule", "examples", "forgotten")), ", ".join(engines), str(len(one["failures"]))]
            for one in tried
        ]
        print_grid(heading, rows, plain=Screen(plain=plain).plain)
    if failures:
        raise typer.Exit(ExampleError.exit_code)


@contextmanager
def _progress(*, as_json: bool, plain: bool) -> Iterator[Callable[[str], None]]:
    """Says what is being tried, on the screen of a person who waits."""
    if Screen(as_json=as_json, plain=plain).plain:
        yield lambda _: None
        return
    from lift.cli.paper import make_console

    with make_console(stderr=True).status("") as status:
        yield status.update


def _try_rule(
    book: Rulebook, name: str, engines: list[str], begun: Callable[[str], None], *, forgetting: bool
) -> dict[str, Any]:
    from lift.trial.examples import facts_of_example, grouped, run_examples
    from lift.trial.forget import forgettings, run_forgetting

    examples = book.rules[name].examples
    begun(f"{name}: examples")
    failures = run_examples(book, [name], engines)
    forgotten = 0
    if forgetting:
        begun(f"{name}: with each fact, member and period forgotten")
        failures += run_forgetting(book, [name], engines)
        forgotten = sum(1 for example in examples for _ in forgettings(book, facts_of_example(book, example)))
    return {
        "rule": name,
        "examples": len(examples),
        "forgotten": forgotten,
        "engines": engines,
        "failures": [str(failure) for failure in grouped(failures)],
    }


# ---- try ----


@app.command("try")
def try_rule(
    ctx: typer.Context,
    rule: RuleId,
    day: Annotated[datetime, typer.Option("--date", formats=["%Y-%m-%d"], help="The day the answer is for.")],
    facts: Annotated[
        Path, typer.Option("--facts", metavar="FILE", help="One JSON object of facts a line; - reads standard input.")
    ],
    base: Annotated[str | None, typer.Option(help="Named facts of rules/bases.yaml to lay each line over.")] = None,
    engine: Annotated[EngineName, typer.Option(help="What works the answers out.")] = EngineName.duckdb,
    no_assumptions: Annotated[bool, typer.Option("--no-assumptions", help="Leave out standing assumptions.")] = False,
    no_questions: Annotated[
        bool, typer.Option("--no-questions", help="Do not look for what would settle it; faster.")
    ] = False,
    batch: Annotated[
        int, typer.Option(min=1, max=10_000, help="Lines answered together; 1 for a conversation.")
    ] = 1000,
    workspace: WorkspaceAt = None,
) -> None:
    """What a rule answers for facts given by hand: one JSON answer a line, in order (docs/rules-try.md)."""
    from lift.errors import FactError
    from lift.trial.asked import Asked, Refused, answer_lines, check_covered

    book = _book(ctx, workspace, examples=False)
    found = find_rule(book, rule)
    check_covered(found, day.date())
    asked = Asked(
        book, found, day.date(), base, engine.value, assumptions=not no_assumptions, questions=not no_questions
    )
    write = _answer_writer(asked)
    bad = False
    with _lines(facts) as lines:
        for result in answer_lines(asked, lines, batch=batch):
            bad = bad or isinstance(result, Refused)
            write(result)
    if bad:
        raise typer.Exit(FactError.exit_code)


@contextmanager
def _lines(facts: Path) -> Iterator[IO[str]]:
    """The lines of a file or of standard input, as UTF-8; what is not UTF-8 is no JSON either, line by line."""
    import io

    from lift.errors import UsageError

    if str(facts) == "-":
        yield io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8", errors="replace")
        return
    try:
        handle = facts.open(encoding="utf-8", errors="replace")
    except OSError as error:
        reason = error.strerror or "it cannot be opened"
        raise UsageError(f"{facts} cannot be read: {reason}. Give a file of one JSON object a line, or -.") from error
    with handle:
        yield handle


def _answer_writer(asked: Asked) -> Any:
    """Writes results as JSON lines, each at once."""
    from lift.cli.answers import write_json
    from lift.plan.compile import plan_hash
    from lift.trial.asked import Refused

    hashes = {"rule_hash": asked.rule.hash, "plan_hash": plan_hash(asked.book, [asked.rule.id], asked.day)}
    out = sys.stdout.buffer

    def write(result: Answered | Refused) -> None:
        if isinstance(result, Refused):
            line: dict[str, Any] = {"line": result.line, "error": result.error}
        else:
            line = {"rule": asked.rule.id, "date": asked.day, **_answered(asked.book, result), **hashes}
        out.write(write_json(line).encode() + b"\n")
        out.flush()

    return write


def _answered(book: Rulebook, result: Answered) -> dict[str, Any]:
    from lift.cli.answers import answer_object, steps_object

    none = {"unit": None, "verdict": None}
    first = answer_object(book, result.answer, result.names) if result.answer is not None else none
    asked_about = {one.key for one in [result.answer, *result.others] if one is not None}
    around = {key: steps for key, steps in result.steps.items() if steps and key not in asked_about}
    return {
        **first,
        "others": [answer_object(book, other, result.names) for other in result.others],
        "steps_of": {result.names[key]: steps_object(book, steps) for key, steps in around.items()},
    }
