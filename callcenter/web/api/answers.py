"""What the API says: data as JSON, and every refusal in one shape."""

import re
from collections.abc import Sequence
from typing import Any, Final

import msgspec
from pydantic import BaseModel, ConfigDict, Field
from quart import Response

JSON: Final = "application/json"
NOT_FOR_CACHES: Final = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}

CODES: Final = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    408: "too_slow",
    409: "conflict",
    413: "too_large",
    415: "not_json",
    416: "range_not_satisfiable",
    422: "invalid",
    429: "too_many_requests",
    500: "internal_error",
    503: "unavailable",
}
"""The word for each status: a program decides by it, a person reads the message."""


class ErrorDetail(BaseModel):
    """What is wrong."""

    code: str = Field(description="A word for programs.", examples=["invalid"])
    message: str = Field(description="A sentence for people.")
    field: str | None = Field(
        default=None, description="What of the request is wrong, if it is one thing."
    )


class ErrorAnswer(BaseModel):
    """Every refusal looks like this."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "error": {
                        "code": "invalid",
                        "message": "Input should be less than or equal to 200",
                        "field": "limit",
                    }
                }
            ]
        }
    )

    error: ErrorDetail


class ApiError(Exception):
    """The request is refused: status, sentence, and perhaps a field."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        field: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.field = field
        self.headers = headers or {}


def not_found(what: str) -> ApiError:
    """There is nothing by that name."""
    return ApiError(404, f"There is no such {what}.")


def data(content: object, status: int = 200) -> Response:
    """The content as JSON."""
    body = msgspec.json.encode(content)
    return Response(body, status, content_type=JSON, headers=NOT_FOR_CACHES)


def refusal(error: ApiError) -> Response:
    """The one shape of errors."""
    detail: dict[str, Any] = {
        "code": CODES.get(error.status, "refused"),
        "message": str(error),
    }
    if error.field is not None:
        detail["field"] = error.field
    answer = data({"error": detail}, error.status)
    answer.headers.update(error.headers)
    return answer


_UNPRINTABLE: Final = re.compile("[\x00\ud800-\udfff]")


def storable(value: object) -> bool:
    """Whether a database can hold all text in it: no NUL, no half characters."""
    if isinstance(value, str):
        return _UNPRINTABLE.search(value) is None
    if isinstance(value, dict):
        return all(storable(one) for pair in value.items() for one in pair)
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        return all(storable(one) for one in value)
    return True
