"""Lists in pages: a cursor says where the last page ended."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime
from typing import Annotated, Any, Final

import msgspec
from pydantic import AfterValidator, AwareDatetime, Field

from callcenter.web.api.answers import ApiError
from callcenter.web.api.endpoints import Query

MOST: Final = 200
USUAL: Final = 50
MOST_CURSOR: Final = 300

FIRST_YEAR: Final = 1971
LAST_YEAR: Final = 2999


def _sane(moment: datetime) -> datetime:
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(f"the year must be from {FIRST_YEAR} to {LAST_YEAR}")
    return moment.astimezone(UTC)


Moment = Annotated[AwareDatetime, AfterValidator(_sane)]
"""ISO 8601 with its zone."""

Word = Annotated[str, Field(max_length=200)]


class Page(Query):
    """How much, and from where."""

    limit: int = Field(default=USUAL, ge=1, le=MOST, description="How many at most.")
    cursor: str | None = Field(
        default=None, max_length=MOST_CURSOR, description="`next` of the page before."
    )


def cursor_of(*place: object) -> str:
    """The place after which the next page begins; opaque to whoever keeps it."""
    return urlsafe_b64encode(msgspec.json.encode(place)).decode().rstrip("=")


def place_of(cursor: str, shape: Any) -> Any:  # noqa: ANN401  # a type, and one of it
    """What `cursor_of` was given. Raises ApiError."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        return msgspec.json.decode(urlsafe_b64decode(padded), type=shape)
    except (ValueError, binascii.Error, msgspec.MsgspecError) as error:
        raise ApiError(422, "It is no cursor of ours.", field="cursor") from error
