"""Appointments for calendars: one for a caller, and a feed for each resource.

The address is the key: without the right seal nobody learns even whether there is
something.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol

from quart import Blueprint, Response, request

from callcenter.domain.house import House
from callcenter.domain.schedule import Appointment
from callcenter.errors import StorageError
from callcenter.wire.invitations import feed, invitation
from callcenter.wire.links import ENDING, Links

MIME: Final = "text/calendar; charset=utf-8"

KEPT_DAYS: Final = 30
"""How long a past appointment is still shown; afterwards it is nobody's business."""

NOTHING: Final = "There is nothing here.\n"
LATER: Final = "The calendar cannot be read just now.\n"


class Appointments(Protocol):
    """See callcenter.storage.schedule."""

    async def find(self, code: str) -> Appointment | None: ...

    async def resources(self) -> Sequence[str]: ...

    async def of_resource(
        self, resource: str, since: datetime
    ) -> Sequence[Appointment]: ...


def calendar(
    book: Appointments, house: House, links: Links, now: Callable[[], datetime]
) -> Blueprint:
    """The routes that need no login."""
    routes = Blueprint("calendar", __name__)

    @routes.get("/a/<name>")
    async def one(name: str) -> Response:
        code = links.code_of(name.removesuffix(ENDING))
        if code is None or not name.endswith(ENDING):
            return _nothing()
        found = await book.find(code)
        if found is None or found.held_until is not None:
            return _nothing()
        if found.slot.ends_at < now() - timedelta(days=KEPT_DAYS):
            return _nothing()
        return _shown(invitation(found, house, now()), f"{code}{ENDING}")

    @routes.get("/calendar/<path:name>")
    async def of_resource(name: str) -> Response:
        resource = name.removesuffix(ENDING)
        key = request.args.get("key", "")
        if not name.endswith(ENDING) or not links.opens_feed(resource, key):
            return _nothing()
        since = now() - timedelta(days=KEPT_DAYS)
        coming = await book.of_resource(resource, since)
        return _shown(feed(resource, coming, house, now()), "")

    @routes.errorhandler(StorageError)
    async def broken(_: StorageError) -> Response:
        return Response(LATER, 503, content_type="text/plain")

    return routes


def _shown(written: bytes, filename: str) -> Response:
    answer = Response(written, content_type=MIME)
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Robots-Tag"] = "noindex"
    if filename:
        answer.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return answer


def _nothing() -> Response:
    return Response(NOTHING, 404, content_type="text/plain")
