"""The caller's media stream: handshake, token, and then the call owns the socket."""

import asyncio
from collections import Counter
from typing import Final

import structlog
from quart import Blueprint, Response, websocket
from werkzeug.exceptions import Forbidden

from callcenter.errors import CallerRefused
from callcenter.floor.floor import Floor
from callcenter.web.media_socket import accept
from callcenter.web.proof import Proof
from callcenter.wire.media import Malformed, Started, parse_from_twilio
from callcenter.wire.sockets import MediaSocket, SocketClosed

START_SECONDS: Final = 5.0
"""A stream says who it is at once; one that does not is nobody's."""

MAX_UNSTARTED: Final = 200
"""Sockets that may be waiting for their `start` at one time."""

MAX_UNSTARTED_OF_ONE: Final = 50
"""Of these, from one address. It may be a proxy's, so it is not one or two."""

POLICY_VIOLATION: Final = 1008
TRY_LATER: Final = 1013

logger = structlog.get_logger()


def media(floor: Floor, proof: Proof) -> Blueprint:
    """The route of Media Streams; a path segment may name the node that is meant."""
    routes = Blueprint("media", __name__)
    unstarted: Counter[str] = Counter()

    @routes.websocket("/media-stream")
    @routes.websocket("/media-stream/<node>")
    async def media_stream(node: str = "") -> Response | None:  # noqa: ARG001  # routing
        try:
            proof.check_handshake(websocket)
        except CallerRefused as error:
            logger.warning("stream_refused", reason=str(error))
            raise Forbidden(str(error)) from error
        socket = await accept(websocket._get_current_object())  # type: ignore[attr-defined]  # noqa: SLF001  # the proxy's own way
        address = websocket.remote_addr or ""
        crowded = unstarted[address] >= MAX_UNSTARTED_OF_ONE
        if crowded or unstarted.total() >= MAX_UNSTARTED:
            await socket.close(TRY_LATER, "too many streams are starting")
            return None
        unstarted[address] += 1
        try:
            started = await _started(socket)
        finally:
            unstarted[address] -= 1
            if not unstarted[address]:
                del unstarted[address]
        if started is None:
            await socket.close(POLICY_VIOLATION, "no stream was started")
        else:
            await _serve(floor, socket, started)
        return None

    return routes


async def _serve(floor: Floor, socket: MediaSocket, started: Started) -> None:
    try:
        await floor.serve(socket, started)
    except CallerRefused as error:
        logger.warning("stream_refused", reason=str(error))
        await socket.close(POLICY_VIOLATION, str(error))
    else:
        await socket.close(1000)


async def _started(socket: MediaSocket) -> Started | None:
    """The stream's `start`, which comes right after `connected`; None if it doesn't."""
    try:
        async with asyncio.timeout(START_SECONDS):
            while True:
                try:
                    message = parse_from_twilio(await socket.receive())
                except Malformed:
                    continue
                if isinstance(message, Started):
                    return message
    except (TimeoutError, SocketClosed):
        return None
