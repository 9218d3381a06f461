"""Prints the specifications as docs/expressions.md, a manual of what every operator does when facts are missing.

`python -m tests.spec.print_manual` writes it; `--check` only says whether it is as printed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from tests.spec.specs import DAY, UNKNOWN, Group, Spec, groups

MANUAL = Path(__file__).resolve().parents[2] / "docs" / "expressions.md"
_HEAD = """# What every expression does

Council files are full of holes. A rule is worked out over everything that an unknown could be: a number or a date has a
low and a high, where "none" is no bound on that side, and a condition is true, false or unknown. This page shows, row
by row, what that means.

It is printed from `tests/spec/groups/` by `python -m tests.spec.print_manual`; do not edit it. Every row is run on
every engine. `docs/rule-format.md` says how rules are written. Unless a row says otherwise the day is 6 May 2026, and
what is not given is not known. Where a value is past its shelf life or a figure is weak, the verdict sees less than the
*indicative* reading does: the row then shows both.
"""


def manual() -> str:
    parts = [_HEAD, _contents(), *(_page(group) for group in groups())]
    return "\n".join(parts)


def _contents() -> str:
    return "\n".join(f"- [{group.title}](#{_anchor(group.title)})" for group in groups()) + "\n"


def _anchor(title: str) -> str:
    return "".join(c for c in title.lower().replace(" ", "-") if c.isalnum() or c == "-")


def _page(group: Group) -> str:
    lines = [f"## {group.title}", "", group.about, ""]
    if group.tables:
        lines += ["The tables used below:", "", *(f"- {_table(n, t)}" for n, t in group.tables.items()), ""]
    if group.rules:
        lines += ["The rules used below:", "", *(f"- *{n}*: {_rule(r)}" for n, r in group.rules.items()), ""]
    return "\n".join([*lines, *_rows(group), ""])


def _rows(group: Group) -> Iterator[str]:
    if all(spec.refused is not None for spec in group.specs):
        yield from ("| | formula | why |", "|---|---|---|")
        yield from (_row(spec.title, _code(spec.formula), spec.why) for spec in group.specs)
    elif all(spec.rule is not None for spec in group.specs):
        yield from ("| | rule | what is known | answer | why |", "|---|---|---|---|---|")
        for spec in group.specs:
            yield _row(spec.title, _named_rule(spec, group), _known(spec, group), _answer(spec.then), spec.why)
    elif any(isinstance(_results(spec)[0], tuple) for spec in group.specs):
        yield from ("| | formula | what is known | low | high | why |", "|---|---|---|---|---|---|")
        for spec in group.specs:
            low, high = _ends(spec)
            yield _row(spec.title, _formula(spec), _known(spec, group), low, high, spec.why)
    else:
        yield from ("| | formula | what is known | result | why |", "|---|---|---|---|---|")
        for spec in group.specs:
            yield _row(spec.title, _formula(spec), _known(spec, group), _shown(_results(spec)[0]), spec.why)


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _code(text: Any) -> str:
    return f"`{' '.join(str(text).split())}`"


# --- the formula ------------------------------------------------------------------------------------------------------


def _formula(spec: Spec) -> str:
    if isinstance(spec.formula, Mapping):
        shown = "; ".join(f"from {_date(day)} {_code(text)}" for day, text in spec.formula.items())
    else:
        shown = _code(spec.formula)
    earlier = "".join(
        f"{_code(name)} is {_code(step['is'])}{_options(step)}; then " for name, step in spec.steps.items()
    )
    return f"{earlier}{shown}{_options(spec.step)}"


def _options(step: Mapping[str, Any]) -> str:
    words: dict[str, Callable[[Any], str]] = {
        "round": lambda v: {"up": "rounded up", "down": "rounded down", "none": "not rounded", "penny": "rounded"}[v],
        "within": lambda v: f"within {_end(v[0])} and {_end(v[1])}",
        "split_on": lambda v: f"split on {', '.join(_code(name) for name in v)}",
        "assume": lambda v: f"assuming {_scalar(v)}",
        "in_force_on": lambda v: f"in force on {_code(v)}",
        "each": lambda v: f"of each {v}",
    }
    said = [word(step[name]) for name, word in words.items() if name in step]
    return f" ({'; '.join(said)})" if said else ""


def _end(value: Any) -> str:
    return "none" if value is None else _code(value)


def _named_rule(spec: Spec, group: Group) -> str:
    named = [name for name, rule in group.rules.items() if rule is spec.rule]
    return f"*{named[0]}*" if named else _rule(spec.rule or {})


def _rule(rule: Mapping[str, Any]) -> str:
    parts: list[str] = []
    for name, value in rule.items():
        if name == "worth":
            parts += [f"{part} {_code(text) if part != 'in_kind' else text}" for part, text in value.items()]
        elif name == "evidence":
            parts += [f"{one['strength']} sign {_code(one['when'])}" for one in value]
        else:
            parts.append(f"{name} {_code(value)}")
    return "; ".join(parts)


# --- what is known ----------------------------------------------------------------------------------------------------


def _known(spec: Spec, group: Group) -> str:
    parts = list(_facts("", spec.given.get("family") or {}))
    household = dict(spec.given.get("household") or {})
    others = household.pop("non_dependants", [])
    parts += _facts("household ", household)
    parts += [_somebody(spec, f"members[{i}]", "member", m) for i, m in enumerate(spec.given.get("members") or [])]
    parts += [_somebody(spec, f"periods[{i}]", "period", p) for i, p in enumerate(spec.given.get("periods") or [])]
    parts += [_somebody(spec, "", "another family", other) for other in others]
    parts += [_amount(name, entry) for name, entry in spec.amounts.items()]
    parts += [_table(name, entry) for name, entry in spec.tables.items() if group.tables.get(name) is not entry]
    if spec.rule is not None:
        parts += [f"{_code(n)} is {_code(step['is'])}{_options(step)}" for n, step in spec.steps.items()]
    if spec.day != DAY:
        parts.append(f"run on {_date(spec.day)}")
    if not spec.assumptions:
        parts.append("standing assumptions switched off")
    return "; ".join(parts) or "nothing"


def _somebody(spec: Spec, name: str, what: str, facts: Mapping[str, Any]) -> str:
    facts = dict(facts)
    couple = "perhaps of one couple with this one" if facts.pop("possible_partner", False) else ""
    said = ", ".join([*_facts("", facts), *([couple] if couple else [])])
    mark = "this " if spec.subject == name and name else ""
    return f"{mark}{what} ({said or 'nothing known'})"


def _facts(before: str, facts: Mapping[str, Any]) -> Iterator[str]:
    for name, value in facts.items():
        yield f"{before}{_code(name)} {_cell(value)}"


def _cell(value: Any) -> str:
    if isinstance(value, Mapping) and "value" not in value:
        stale = ", past its shelf life" if value.get("stale") else ""
        low, high = value.get("low"), value.get("high")
        if high is None:
            return f"{_scalar(low)} or more{stale}" if not isinstance(low, date) else f"{_scalar(low)} or later{stale}"
        if low is None:
            return f"{_scalar(high)} or less{stale}"
        return f"{_scalar(low)} to {_scalar(high)}{stale}"
    if isinstance(value, Mapping):
        return f"{_scalar(value['value'])}, past its shelf life"
    return _scalar(value)


def _amount(name: str, entry: Mapping[str, Any]) -> str:
    status = entry["status"]
    said = "; ".join(f"from {_date(day)} {_figure(cell, status)}" for day, cell in entry["is"].items())
    picked = f", picked by {_code(entry['in_force_on'])}" if "in_force_on" in entry else ""
    covers = f", covers to {_date(entry['covers_to'])}" if "covers_to" in entry else ""
    return f"{_code(name)}{picked}{covers}: {said}"


def _figure(cell: Any, status: str) -> str:
    if not isinstance(cell, Mapping):
        weak = f" ({status.replace('_', ' ')})" if status not in ("verified", "derived") and cell is not None else ""
        return f"{'not known' if cell is None else _scalar(cell)}{weak}"
    value = "not known" if cell.get("value") is None else f"{_scalar(cell['value'])} ({cell.get('status', status)})"
    return value + (
        f" within {_scalar(cell['within'][0])} and {_scalar(cell['within'][1])}" if "within" in cell else ""
    )


def _table(name: str, entry: Mapping[str, Any]) -> str:
    keys = ", ".join(
        f"{next(iter(k))} ({next(iter(k.values()))})" if isinstance(k, Mapping) else str(k) for k in entry["by"]
    )
    versions = "; ".join(
        f"from {_date(day)} "
        + ", ".join(f"{' '.join(_scalar(k) for k in row[:-1])} → {_figure(row[-1], 'verified')}" for row in rows)
        for day, rows in entry["is"].items()
    )
    picked = f", picked by {_code(entry['in_force_on'])}" if "in_force_on" in entry else ""
    return f"{_code(name)} by {keys}{picked}: {versions}"


# --- the result -------------------------------------------------------------------------------------------------------


def _results(spec: Spec) -> tuple[Any, Any]:
    """Proved and indicative: for numbers and dates a pair of ends, else the value."""

    def pair(value: Any) -> Any:
        if spec.unit in ("flag", "code"):
            return value
        if value == UNKNOWN:
            return (None, None)
        return (value.get("low"), value.get("high")) if isinstance(value, Mapping) else (value, value)

    return pair(spec.then), pair(spec.then if spec.indicative is ... else spec.indicative)


def _ends(spec: Spec) -> tuple[str, str]:
    proved, indicative = _results(spec)
    if not isinstance(proved, tuple):
        shown = _shown(proved) + (f" (indicative {_shown(indicative)})" if indicative != proved else "")
        return shown, shown
    ends = []
    for mine, loose in zip(proved, indicative, strict=True):
        also = f" (indicative {_shown_end(loose)})" if proved != indicative else ""
        ends.append(_shown_end(mine) + also)
    return ends[0], ends[1]


def _shown_end(value: Any) -> str:
    return "none" if value is None else _scalar(value)


def _shown(value: Any) -> str:
    return "unknown" if value in (None, UNKNOWN) else _scalar(value)


def _answer(then: Mapping[str, Any]) -> str:
    if then == {"verdict": None}:
        return "no answer"
    return "; ".join(f"{name} {_expected(value)}" for name, value in then.items())


def _expected(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"{_shown_end(value.get('low'))} to {_shown_end(value.get('high'))}"
    if isinstance(value, list):
        return ", ".join(value) if value else "none"
    return _shown(value)


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return _date(value)
    return str(value).replace("_", " ") if value in ("no_limit", "ended") else str(value)


def _date(value: Any) -> str:
    return f"{value.day} {value:%B %Y}"


def main(arguments: list[str]) -> int:
    text = manual()
    if "--check" not in arguments:
        MANUAL.write_text(text, encoding="utf-8")
        return 0
    if MANUAL.is_file() and MANUAL.read_text(encoding="utf-8") == text:
        return 0
    print("docs/expressions.md is not as printed. Run python -m tests.spec.print_manual.")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
