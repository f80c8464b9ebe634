"""What the model may write as arguments, and what it hears when it wrote them wrong."""

import re
from difflib import get_close_matches
from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_core import ErrorDetails

MAX_ITEMS: Final = 5
"""Complaints about one call of a tool; whoever gets five right finds the sixth."""

_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]+")
"""Controls (PostgreSQL stores no NUL) and marks that turn a line's direction."""

Topic: TypeAlias = Annotated[
    Literal["general", "scheduling", "support"],
    Field(description="What the matter is about, so that the right person answers."),
]
Code: TypeAlias = Annotated[
    str,
    Field(
        description="The code that the caller was given, such as K7M4X.",
        min_length=1,
        max_length=40,
    ),
]
When: TypeAlias = Annotated[
    str,
    Field(
        description="Local date and time, such as 2026-11-27T09:00, exactly as "
        "find_free_slots gave it.",
        min_length=1,
        max_length=40,
    ),
]


class Arguments(BaseModel):
    """The parameters of a tool: these and no others, of these types and no others."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    @field_validator("*", mode="before")
    @classmethod
    def _tidy(cls, value: object) -> object:
        """One line of plain text: names and messages go to forms, logs and speech."""
        if not isinstance(value, str):
            return value
        return " ".join(_CONTROLS.sub(" ", value).split())


def schema_of(arguments: type[BaseModel]) -> dict[str, Any]:
    """JSON Schema without pydantic's titles: the model pays for every word."""
    schema = arguments.model_json_schema()
    properties = {
        name: {key: value for key, value in about.items() if key != "title"}
        for name, about in schema.get("properties", {}).items()
    }
    return {
        "type": "object",
        "properties": properties,
        "required": schema.get("required", []),
        "additionalProperties": False,
    }


def complaints(tool: str, known: list[str], error: ValidationError) -> str:
    """What the model should correct, parameter by parameter; it takes the `known`."""
    found = [_complaint(one, known) for one in error.errors()[:MAX_ITEMS]]
    takes = ", ".join(known) or "nothing"
    return (
        f"{tool}: {'; '.join(found)}. It takes: {takes}. Correct this and call again."
    )


def _complaint(one: ErrorDetails, known: list[str]) -> str:
    if not one["loc"]:
        return "the arguments must be one JSON object"
    name = str(one["loc"][0])
    match one["type"]:
        case "missing":
            return f"'{name}' is missing: ask the caller if you do not know it"
        case "extra_forbidden":
            near = get_close_matches(name, known, n=1)
            hint = f" (did you mean '{near[0]}'?)" if near else ""
            return f"there is no parameter '{name[:40]}'{hint}"
        case "string_too_short":
            return f"'{name}' is empty: ask the caller if you do not know it"
        case _:
            return f"'{name}': {str(one['msg'])[:1].lower()}{str(one['msg'])[1:]}"
