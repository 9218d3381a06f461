"""By which SQL does a field's text become a typed value, and by which is it refused?

Every column has a condition for refusal and an expression for its value. The condition is tried on all rows first, so
that the expression only ever meets text that fits: it casts strictly, and a failure there is a fault of LIFT's.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from lift.sources.amounts import pattern, pounds_sql, split_unit
from lift.sources.frames import FRAME, words_in
from lift.sources.layout import Layout
from lift.sources.profiles import Reading, Table

EARLIEST_YEAR, LATEST_YEAR = 1850, 2150
NEVER = "false"  # a condition that no row meets
FEW = 4  # cells of one shape, below which it is quicker to try each by itself
WHOLE_NUMBER = "-?[0-9]{1,9}"
DECIMAL_NUMBER = r"[0-9]{1,7}(?:\.[0-9]{1,2})?"
DATE_WORDS = {
    "%d": "dd",
    "%m": "mm",
    "%Y": "yyyy",
    "%y": "yy",
    "%b": "Mon",
    "%H": "hh",
    "%M": "mm",
    "%S": "ss",
    "%f": "ffffff",
}


@dataclass(frozen=True)
class Test:
    """A reason to refuse a row: `condition` is SQL that is true for it. `column` None: the row as a whole."""

    column: str | None
    reason: str
    message: str
    condition: str
    text: str | None = None  # SQL of the cell's text
    shape: str | None = None  # the pattern that a filled text must match, if that is the whole test

    @property
    def field(self) -> str | None:
        """The one field that the test hangs on; None if it hangs on several, or on none."""
        return only_field(self.condition)


@dataclass(frozen=True)
class TypedTable:
    """A table's SQL for one file. `values` gives the expression of every column that is not null throughout.

    `days` and `conditions` are columns to be worked out first, by name: the dates in the text, then on which rows a
    blank has its special meaning. `tests` are all reasons to refuse a row, column by column.
    """

    table: Table
    values: Mapping[str, str]
    days: Mapping[str, str]
    conditions: Mapping[str, str]
    tests: tuple[Test, ...]

    def rows_for(self, sql: str) -> str:
        """The rows of the frame with what the SQL wants worked out first."""
        conditions = {name: condition for name, condition in self.conditions.items() if name in words_in(sql)}
        words = words_in(" ".join([sql, *conditions.values()]))
        rows = FRAME
        for layer in ({name: day for name, day in self.days.items() if name in words}, conditions):
            if layer:
                rows = f"(SELECT *{''.join(f', {found} AS {name}' for name, found in layer.items())} FROM {rows})"
        return rows


def typed_table(table: Table, layout: Layout, extract_date: datetime.date | None) -> TypedTable:
    """The SQL over a frame with `line` and `f<n>` (null when blank) that reads one table of one file."""
    readings = {reading.name: reading for reading in table.readings}
    raw = {name: _raw(reading, layout) for name, reading in readings.items()}
    # A date is worked out once a row: its test and its value ask for it several times over.
    dates = {
        name: (f"day_{i}_{'_'.join(f'f{field}' for field in layout.fields_of(reading))}", _parsed_date(reading, text))
        for i, (name, reading) in enumerate(readings.items())
        if reading.column.type == "date" and (text := raw[name]) is not None
    }
    days = {name: day for name, (day, _) in dates.items()}
    day = _day_sql(readings.get("extract_date"), raw.get("extract_date"), days.get("extract_date"), extract_date)
    values = {
        name: day if name == "extract_date" else _filled(readings.get(name), raw.get(name), days.get(name), day)
        for name in table.kind.columns
    }
    conditions: dict[str, str] = {}
    for name, reading in readings.items():
        values[name] = _with_blank(reading, raw[name], values, conditions)
    tests = _tests(table, readings, raw, days, values, extract_date)
    return TypedTable(
        table=table,
        values={name: value for name, value in values.items() if value != "NULL"},
        days=dict(dates.values()),
        conditions={name: condition for condition, name in conditions.items()},
        tests=tuple(tests),
    )


def text_sql(text: str) -> str:
    """A string as a SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def only_field(sql: str) -> str | None:
    """The field `f<n>` that an expression reads, by itself or as a day, if it reads just that one."""
    words = re.sub("'(?:[^']|'')*'", "", sql)
    fields = set(re.findall(r"(?:\b|_)(f[0-9]+)(?=\b|_)", words))
    return fields.pop() if len(fields) == 1 and not re.search(r"\bwhen_[0-9]", words) else None


def _is_among(value: str, known: Iterable[str]) -> str:
    """SQL for a value being one of these; false for null.

    DuckDB makes a join of a longer IN (and an IN of list_contains): of a table, dozens, slow to plan and to run.
    """
    return f"(list_position([{', '.join(known)}], {value}) IS NOT NULL)"


def _date(day: datetime.date) -> str:
    return f"DATE '{day.isoformat()}'"


def _raw(reading: Reading, layout: Layout) -> str | None:
    """The text of the column, null when blank; None when the file does not hold it."""
    fields = [f"f{i}" for i in layout.fields_of(reading)]
    if not fields:
        return None
    if reading.how == "first_of" and len(fields) > 1:
        return f"coalesce({', '.join(fields)})"
    if reading.how == "joined":
        # Without its first part it is no reference: a check character alone would be that of many.
        return f"CASE WHEN {fields[0]} IS NOT NULL THEN concat({', '.join(fields)}) END"
    return fields[0]


def _day_sql(reading: Reading | None, raw: str | None, day: str | None, extract_date: datetime.date | None) -> str:
    """The day of the extract: as the row says, else as the file does."""
    whole = "NULL" if extract_date is None else _date(extract_date)
    if reading is None or raw is None or day is None:
        return whole
    own = _date_value(reading, raw, day, "NULL")
    return own if extract_date is None else f"coalesce({own}, {whole})"


def _filled(reading: Reading | None, raw: str | None, day: str | None, extract_day: str) -> str:
    """The value of a filled cell; `day` is the date in it."""
    if reading is not None and reading.how == "constant":
        constant = text_sql(reading.constant or "")
        return f"{constant} = 'true'" if reading.column.type == "flag" else constant
    if reading is None or raw is None:
        return "NULL"
    makers: dict[str, Callable[[], str]] = {
        "text": lambda: _text_value(reading, raw),
        "integer": lambda: f"CAST({raw} AS INTEGER)",
        "decimal": lambda: f"CAST({raw} AS DECIMAL(9,2))",
        "money": lambda: pounds_sql(raw, reading.unit or "GBP", reading.convert),
        "date": lambda: _date_value(reading, raw, day or "NULL", extract_day),
        "flag": lambda: _coded(reading, raw),
        "code": lambda: _coded(reading, raw),
    }
    return makers[reading.column.type]()


def _text_value(reading: Reading, raw: str) -> str:
    if reading.column.looks_like == "nino":
        bare = f"nullif(upper(regexp_replace({raw}, '[^0-9A-Za-z]', '', 'g')), '')"
        return f"CASE WHEN regexp_full_match({raw}, '[0-9A-Z]+') THEN {raw} ELSE {bare} END"
    if reading.column.looks_like == "uprn":
        return f"CASE WHEN {raw} LIKE '0%' THEN nullif(ltrim({raw}, '0'), '') ELSE {raw} END"
    return raw


def _parsed_date(reading: Reading, raw: str) -> str:
    """The text as a date by the first format that fits, else null.

    A format that fails costs fifty times one that fits, so the text's outline chooses which ones to try first.
    """
    outlines: dict[str, list[str]] = {}
    for written in reading.dates:
        outlines.setdefault(_outline(written), []).append(written)
    arms = "".join(
        f" WHEN {raw} LIKE {text_sql(outline)} THEN {_strptime(raw, alike)}" for outline, alike in outlines.items()
    )
    return f"CAST(CASE{arms} ELSE {_strptime(raw, reading.dates)} END AS DATE)"


def _strptime(raw: str, formats: Sequence[str]) -> str:
    return f"try_strptime({raw}, [{', '.join(text_sql(written) for written in formats)}])"


def _outline(written: str) -> str:
    """How a date in this format looks when its parts are padded: a LIKE pattern such as `__/__/____`."""
    return re.sub("%(.)", lambda part: "_" * {"Y": 4, "b": 3, "f": 3}.get(part[1], 2), written)


def _date_value(reading: Reading, raw: str, day: str, extract_day: str) -> str:
    sentinels = map(_date, reading.sentinels)
    value = f"CASE WHEN {_is_among(day, sentinels)} THEN NULL ELSE {day} END" if reading.sentinels else day
    short = [written for written in reading.dates if "%y" in written]
    if not (reading.years_in_the_past and short):
        return value
    # `2-Jan-46` is read as 2046; somebody born after the extract was written was born a century before.
    too_late = f"{_strptime(raw, short)} IS NOT NULL AND {day} > {extract_day}"
    return f"CASE WHEN {too_late} THEN CAST({day} - INTERVAL 100 YEAR AS DATE) ELSE {value} END"


def _coded(reading: Reading, raw: str) -> str:
    if reading.codes is None:
        return raw
    words = set(reading.codes.values())
    if words == {"true", "false"} and reading.other_codes == "refuse":
        true = [word for word, code in reading.codes.items() if code == "true"]
        return f"CASE WHEN {raw} IS NOT NULL THEN {_is_among(f'upper({raw})', map(text_sql, true))} END"
    arms = "".join(f" WHEN {text_sql(word)} THEN {_code_sql(reading, code)}" for word, code in reading.codes.items())
    if reading.other_codes in ("refuse", "unknown"):
        return f"CASE upper({raw}){arms} END"
    # A blank cell holds no code at all, not another one.
    other = _code_sql(reading, reading.other_codes)
    return f"CASE WHEN {raw} IS NOT NULL THEN CASE upper({raw}){arms} ELSE {other} END END"


def _code_sql(reading: Reading, code: str | None) -> str:
    if code is None:
        return "NULL"
    return code if reading.column.type == "flag" else text_sql(code)


def _with_blank(reading: Reading, raw: str | None, values: Mapping[str, str], conditions: dict[str, str]) -> str:
    """The value, or what a blank means. Elsewhere absent never becomes nought."""
    value = values[reading.name]
    blank = _blank_sql(reading)
    if raw is None or blank is None:
        return value
    if not reading.blank.when:
        return f"CASE WHEN {raw} IS NULL THEN {blank} ELSE {value} END"
    condition = " AND ".join(
        _is_among(f"CAST({values[name]} AS VARCHAR)", map(text_sql, codes))
        for name, codes in reading.blank.when.items()
    )
    # A hundred columns of SHBE share one condition: worked out once a row, and planned once.
    name = conditions.setdefault(condition, f"when_{len(conditions)}")
    return f"CASE WHEN {raw} IS NULL AND {name} THEN {blank} ELSE {value} END"


def _blank_sql(reading: Reading) -> str | None:
    """What a blank becomes, or None if it stays null (unknown, or a text or day that there is none of)."""
    meaning, column = reading.blank.meaning, reading.column
    if meaning == "zero":
        return "0"
    if column.type == "flag":
        return {"none": "false", "true": "true", "false": "false"}.get(meaning)
    if column.type == "code" and isinstance(column.codes, list) and meaning in column.codes:
        return text_sql(meaning)
    return None


def _tests(
    table: Table,
    readings: dict[str, Reading],
    raw: dict[str, str | None],
    days: dict[str, str],
    values: dict[str, str],
    extract_date: datetime.date | None,
) -> Iterable[Test]:
    for name, column in table.kind.columns.items():
        reading, text = readings.get(name), raw.get(name)
        if column.need == "value" and not (name == "extract_date" and extract_date is not None):
            blank = f"({values[name]}) IS NULL" if column.type == "text" else f"{text or 'NULL'} IS NULL"
            if reading is None or reading.how != "constant":
                yield Test(
                    name, "missing", "is blank, and every row needs it: fill it in where the file comes from", blank
                )
        if reading is not None and text is not None:
            test = _type_test(reading, text, days.get(name, "NULL"))
            if test is not None:
                yield test
    if table.kind.one_of:
        filled = [values[name] for name in table.kind.one_of if raw.get(name) is not None]
        none = " AND ".join(f"({value}) IS NULL" for value in filled) or "true"
        message = f"none of {', '.join(table.kind.one_of)} is filled, so this row can be joined to nothing: fill one in"
        yield Test(None, "nothing_to_join", message, none)


def _type_test(reading: Reading, raw: str, day: str) -> Test | None:
    """The test that text fits the column's type, or None if any text does."""
    column = reading.column
    if column.type in ("flag", "code"):
        return _code_test(reading, raw)
    if column.type == "date":
        written = " or ".join(_in_words(written) for written in reading.dates)
        message = (
            f"is not a date written as {written}, from {EARLIEST_YEAR} to {LATEST_YEAR}: correct it, or the profile"
        )
        return Test(reading.name, "bad_date", message, _bad_date(reading, raw, day))
    shape = _shape(reading)
    if shape is None:
        return None
    reason, what = {
        "money": ("bad_money", f"is not an amount in {_money_words(reading.unit or 'GBP')}"),
        "integer": ("bad_number", "is not a whole number"),
        "decimal": ("bad_number", "is not a number with at most two decimals"),
    }[column.type]
    condition = f"{raw} IS NOT NULL AND NOT regexp_full_match({raw}, {text_sql(shape)})"
    return Test(reading.name, reason, f"{what}: correct it where the file comes from", condition, raw, shape)


def _shape(reading: Reading) -> str | None:
    if reading.column.type == "money":
        return pattern(reading.unit or "GBP")
    return {"integer": WHOLE_NUMBER, "decimal": DECIMAL_NUMBER}.get(reading.column.type)


def _bad_date(reading: Reading, raw: str, day: str) -> str:
    # CASE tries the next arm only on what the arm before left.
    middle, reach = (EARLIEST_YEAR + LATEST_YEAR) // 2, (LATEST_YEAR - EARLIEST_YEAR) // 2
    arms = f" WHEN {raw} IS NULL THEN false WHEN abs(year({day}) - {middle}) <= {reach} THEN false"
    if reading.sentinels:
        arms += f" WHEN {_is_among(day, map(_date, reading.sentinels))} THEN false"
    return f"CASE{arms} ELSE true END"


def _code_test(reading: Reading, raw: str) -> Test | None:
    if reading.codes is None or reading.other_codes != "refuse":
        return None
    condition = f"{raw} IS NOT NULL AND NOT {_is_among(f'upper({raw})', map(text_sql, reading.codes))}"
    shape = f"(?i:{'|'.join(re.escape(word) for word in reading.codes)})"
    if reading.column.type == "flag":
        message = f"is not a yes or no (known: {', '.join(reading.codes)}): correct it, or the profile"
        return Test(reading.name, "bad_flag", message, condition, raw, shape)
    message = "is a code that the profile does not list: correct it, or add the code to the profile"
    return Test(reading.name, "unknown_code", message, condition, raw, shape)


def _money_words(unit: str) -> str:
    return "whole pence" if split_unit(unit)[0] == "pence" else "pounds with at most two decimals"


def _in_words(written: str) -> str:
    for code, word in DATE_WORDS.items():
        written = written.replace(code, word)
    return written


def any_fires(tests: Iterable[Test]) -> str:
    """SQL that is true if any test may fire, and never false for a row that one refuses.

    Cells of a shape are tried together: a row of 100 amounts costs one match, not 100.
    """
    alike: dict[str, list[Test]] = {}
    conditions: list[str] = []
    for test in tests:
        if test.shape is None:
            conditions.append(f"({test.condition})")
        else:
            alike.setdefault(test.shape, []).append(test)
    for shape, group in alike.items():
        if len(group) < FEW:
            conditions += [f"({test.condition})" for test in group]
            continue
        # Unit separator: no accepted line holds it, so it cannot hide in a field. concat_ws leaves blanks out.
        joined = f"concat_ws(chr(31), {', '.join(test.text or 'NULL' for test in group)})"
        row = rf"(?:{shape}(?:\x1f{shape})*)?"
        conditions.append(f"NOT regexp_full_match({joined}, {text_sql(row)})")
    return " OR ".join(conditions) or NEVER
