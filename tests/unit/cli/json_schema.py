"""Does a JSON value fit a schema? As much of JSON Schema as docs/rules-try.schema.json uses, and no more."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

_KNOWN = {"$schema", "$defs", "title", "$ref", "oneOf", "enum", "type", "pattern", "items"}
_KNOWN |= {"required", "properties", "additionalProperties"}


def mistakes(value: Any, schema: Any, root: Any, at: str = "line") -> Iterator[str]:
    """What does not fit, each with its place."""
    assert set(schema) <= _KNOWN, f"this test does not know {set(schema) - _KNOWN}"
    if "$ref" in schema:
        name = schema["$ref"].removeprefix("#/$defs/")
        yield from mistakes(value, root["$defs"][name], root, at)
    if "oneOf" in schema:
        fits = [not list(mistakes(value, one, root, at)) for one in schema["oneOf"]]
        if sum(fits) != 1:
            yield f"{at} fits {sum(fits)} of {len(fits)} shapes"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{at} is {value}"
    if "type" in schema:
        types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        if not any(_is(value, kind) for kind in types):
            yield f"{at} is no {types}"
    if "pattern" in schema and isinstance(value, str) and not re.search(schema["pattern"], value):
        yield f"{at} is {value}"
    if "items" in schema and isinstance(value, list):
        for index, item in enumerate(value):
            yield from mistakes(item, schema["items"], root, f"{at}[{index}]")
    if isinstance(value, dict):
        yield from _object(value, schema, root, at)


def _object(value: dict[str, Any], schema: Any, root: Any, at: str) -> Iterator[str]:
    for name in schema.get("required", []):
        if name not in value:
            yield f"{at}.{name} is missing"
    properties = schema.get("properties", {})
    for name, part in value.items():
        rest = schema.get("additionalProperties", {})
        if name in properties:
            yield from mistakes(part, properties[name], root, f"{at}.{name}")
        elif rest is False:
            yield f"{at}.{name} is not in the schema"
        else:
            yield from mistakes(part, rest, root, f"{at}.{name}")


def _is(value: Any, kind: str) -> bool:
    if kind == "null":
        return value is None
    if kind == "boolean":
        return isinstance(value, bool)
    if kind == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if kind == "number":
        return isinstance(value, int | Decimal) and not isinstance(value, bool)
    return isinstance(value, {"string": str, "array": list, "object": dict}[kind])
