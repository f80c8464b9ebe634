"""Server-Sent Events: the facts of one call, or of all that are live."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any, Final

import msgspec
import structlog
from pydantic import Field
from quart import Response, request

from callcenter.domain.events import EVENTS
from callcenter.domain.ids import CallId
from callcenter.domain.scopes import Scope
from callcenter.errors import StorageError
from callcenter.storage.summaries import facts_after
from callcenter.web.api import call_shapes as shapes
from callcenter.web.api.answers import ApiError, not_found
from callcenter.web.api.desk import ApiDesk
from callcenter.web.api.endpoints import Endpoints, Operation, Query
from callcenter.web.api.following import (
    BEAT_SECONDS,
    END,
    Plain,
    follow,
    follow_all,
)
from callcenter.web.api.gate import Visitor, visitor

MIME: Final = "text/event-stream"
HEADERS: Final = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
HEARTBEAT: Final = b": still here\n\n"
RETRY: Final = b"retry: 2000\n\n"
LAST: Final = "Last-Event-ID"

MOST_STREAMS: Final = 100
"""At one node; each costs a task and a place in the bus."""

MOST_SEQUENCE: Final = 2**31 - 1

logger = structlog.get_logger()


class AfterQuery(Query):
    """From where on."""

    after: int | None = Field(
        default=None,
        ge=0,
        le=MOST_SEQUENCE,
        description="Only facts of a higher sequence; like `Last-Event-ID`.",
    )


class KindQuery(Query):
    """Which facts."""

    kinds: str = Field(
        default="",
        max_length=2_000,
        description="Names with commas, such as `CallAnswered,CallEnded`; empty: all.",
    )


def streams(api: Endpoints, desk: ApiDesk) -> None:
    """Declare the operations."""
    room = asyncio.Semaphore(MOST_STREAMS)

    @api.add(
        Operation(
            "GET",
            "/calls/<call_id>/events",
            "calls",
            Scope.CALLS_READ,
            shapes.Events,
            query=AfterQuery,
            stream=shapes.StreamedEvent,
            headers=(LAST,),
        )
    )
    async def call_events(call_id: str, query: AfterQuery) -> object:
        """The facts of a call: those on record first, then as they happen.

        As a stream that ends with CallEnded; or, with `Accept: application/json`,
        those on record now.
        """
        call = await _call_of(desk, call_id)
        after = _resumed(query.after)
        await desk.audit.note(visitor().name, "call.followed", call)
        if _wants_json():
            facts = await facts_after(desk.database, call, after)
            return {"items": facts}
        if await _over(desk, call, after):
            return Response("", 204)  # a browser's EventSource then asks no more
        facts_of = follow(desk.database, desk.bus, call, after)
        return _streamed(facts_of, visitor(), room, all_calls=False)

    @api.add(
        Operation(
            "GET",
            "/events",
            "calls",
            Scope.CALLS_READ,
            query=KindQuery,
            stream=shapes.StreamedEvent,
        )
    )
    async def all_events(query: KindQuery) -> object:
        """The facts of all calls at all nodes, from now on."""
        kinds = {one.strip() for one in query.kinds.split(",") if one.strip()}
        if unknown := kinds - EVENTS.keys():
            sentence = f"There is no kind {min(unknown)!r}."
            raise ApiError(422, sentence, field="kinds")
        await desk.audit.note(visitor().name, "calls.followed", "calls")
        return _streamed(
            _only(follow_all(desk.bus), kinds), visitor(), room, all_calls=True
        )


async def _call_of(desk: ApiDesk, call_id: str) -> CallId:
    call = CallId(call_id)
    if await facts_after(desk.database, call, -1):
        return call
    raise not_found("call")


def _resumed(asked: int | None) -> int:
    """Where the client was; a stream that breaks is taken up by its last id."""
    said = request.headers.get(LAST, "")
    if said.isascii() and said.isdecimal() and len(said) < 10:
        return int(said)
    return -1 if asked is None else asked


async def _over(desk: ApiDesk, call: CallId, after: int) -> bool:
    """Whether there was an end, and nothing is left to tell."""
    if after < 0:
        return False
    facts = await facts_after(desk.database, call, -1)
    ends = [fact["sequence"] for fact in facts if fact["kind"] == END]
    return bool(ends) and min(ends) <= after


def _wants_json() -> bool:
    accepted = request.accept_mimetypes
    return accepted.best_match([MIME, "application/json"], MIME) != MIME


async def _only(
    facts: AsyncIterator[Plain | None], kinds: set[str]
) -> AsyncIterator[Plain | None]:
    async for fact in facts:
        if fact is None or not kinds or fact["kind"] in kinds:
            yield fact


def _streamed(
    facts: AsyncIterator[Plain | None],
    who: Visitor,
    room: asyncio.Semaphore,
    *,
    all_calls: bool,
) -> Response:
    if request.method == "HEAD":
        return Response("", content_type=MIME, headers=HEADERS)
    if room.locked():
        sentence = "This node streams to as many as it can."
        raise ApiError(503, sentence, headers={"Retry-After": "5"})
    written = _written(facts, who, room, all_calls=all_calls)
    answer = Response(written, content_type=MIME, headers=HEADERS)
    answer.timeout = None  # Quart's own would cut it off after a minute
    return answer


async def _written(
    facts: Any,  # noqa: ANN401  # an asynchronous generator
    who: Visitor,
    room: asyncio.Semaphore,
    *,
    all_calls: bool,
) -> AsyncIterator[bytes]:
    """The stream's bytes, while the visitor may still come in.

    That is asked at every beat, and also when so much happens that there is none.
    """
    loop = asyncio.get_running_loop()
    async with room, aclosing(facts):
        yield RETRY
        asked_at = loop.time()
        try:
            async for fact in facts:
                if fact is None or loop.time() - asked_at >= BEAT_SECONDS:
                    if not await who.still():
                        return
                    asked_at = loop.time()
                yield HEARTBEAT if fact is None else event_of(fact, all_calls=all_calls)
        except StorageError as error:  # the client comes back, and goes on
            logger.warning("stream_ended", reason=str(error))


def event_of(fact: Plain, *, all_calls: bool) -> bytes:
    """One event; of all calls, its id names the call, too."""
    number = str(fact["sequence"])
    name = f"{fact['call_id']}:{number}" if all_calls else number
    body = msgspec.json.encode(fact)
    return b"id: %s\nevent: %s\ndata: %s\n\n" % (
        name.encode(),
        fact["kind"].encode(),
        body,
    )
