"""Whether a schema that an MCP server offers is one at all.

The Realtime API refuses the whole session for one broken tool. This looks at the shape
of what nests, which is what servers get wrong; it is not all of JSON Schema.
"""

from collections.abc import Mapping
from typing import Any, Final

MAX_DEPTH: Final = 12
"""Of schemas in schemas; deeper ones no model fills in."""

_NAMED: Final = ("properties", "patternProperties", "$defs", "definitions")
_LISTED: Final = ("anyOf", "allOf", "oneOf", "prefixItems")
_SINGLE: Final = ("additionalProperties", "items", "not")
_TYPES: Final = frozenset(
    ("object", "array", "string", "number", "integer", "boolean", "null")
)


def fault(schema: object, depth: int = 0) -> str:
    """What is wrong with it, in words for the log; nothing is "". Never raises."""
    if depth > MAX_DEPTH:
        return "its schema is too deep"
    if isinstance(schema, bool):
        return ""
    if not isinstance(schema, Mapping):
        return "a schema in it is no object"
    return (
        _fault_of_type(schema)
        or _fault_of_lists(schema)
        or _fault_of_named(schema, depth)
        or _fault_of_others(schema, depth)
    )


def _fault_of_type(schema: Mapping[str, Any]) -> str:
    if "type" not in schema:
        return ""
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    known = types and all(isinstance(one, str) and one in _TYPES for one in types)
    return "" if known else "its schema has a type that there is not"


def _fault_of_lists(schema: Mapping[str, Any]) -> str:
    required = schema.get("required", [])
    if not isinstance(required, list) or not all(isinstance(r, str) for r in required):
        return "its schema's required is no list of names"
    if not isinstance(schema.get("enum", []), list):
        return "its schema's enum is no list"
    return ""


def _fault_of_named(schema: Mapping[str, Any], depth: int) -> str:
    for key in _NAMED:
        named = schema.get(key, {})
        if not isinstance(named, Mapping):
            return f"its schema's {key} is no object"
        for one in named.values():
            if found := fault(one, depth + 1):
                return found
    return ""


def _fault_of_others(schema: Mapping[str, Any], depth: int) -> str:
    inner: list[object] = [schema[key] for key in _SINGLE if key in schema]
    for key in _LISTED:
        listed = schema.get(key, [])
        if not isinstance(listed, list):
            return f"its schema's {key} is no list"
        inner += listed
    return next(filter(None, (fault(one, depth + 1) for one in inner)), "")
