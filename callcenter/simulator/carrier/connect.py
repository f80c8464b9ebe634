"""`<Connect><Stream>`: the leg talks to the server's socket."""

import asyncio
from collections.abc import Mapping
from typing import Final

from callcenter.simulator.carrier.exchange import Exchange
from callcenter.simulator.carrier.faults import StreamFaults
from callcenter.simulator.carrier.handshake import (
    HandshakeFailed,
    StreamSocket,
    open_socket,
)
from callcenter.simulator.carrier.interpreter import Execution, Step
from callcenter.simulator.carrier.leg import Leg, StatusCallback
from callcenter.simulator.carrier.phone import Phone
from callcenter.simulator.carrier.records import utc_now
from callcenter.simulator.carrier.stream import MediaStream, StreamEnd
from callcenter.simulator.carrier.twiml import UNKNOWN_IN_SCHEMA, Verb

BAD_URL: Final = 31923
BAD_TRACK: Final = 31941
PARAMETER_CHARACTERS: Final = 500
"""Name and value of one <Parameter> together stay below this."""
SECOND_SOCKET_CLOSED: Final = 0
"""Not one of Twilio's codes: the server got rid of the faulty second socket."""
_SECOND_SOCKET_AFTER_S: Final = 0.2


async def connect(run: Execution, verb: Verb) -> Step:
    """Blocks the document until the server closes the stream, or it fails."""
    noun = next((child for child in verb.children if child.name == "Stream"), None)
    if noun is None:
        text = "<Connect> without <Stream> is not simulated; skipped"
        run.exchange.warn(UNKNOWN_IN_SCHEMA, text, run.leg)
        return None
    run.leg.answer()
    action = run.action(verb)
    async with run.waiting(action, dict):
        await _stream(run, noun)
    return action


async def _stream(run: Execution, noun: Verb) -> None:
    url, leg, exchange = noun.attribute("url"), run.leg, run.exchange
    if "?" in url or not url:
        exchange.warn(BAD_URL, f"Stream URL with a query, or none: {url!r}", leg)
        url = url.partition("?")[0]
    if noun.attribute("track", "inbound_track") != "inbound_track":
        exchange.warn(BAD_TRACK, "Invalid track for <Connect>", leg)
        return
    faults = leg.stream_faults
    parameters = dict(faults.parameters or _parameters(run, noun))
    await exchange.wait(faults.open_after_s)
    try:
        socket = await _open(exchange, url, faults)
    except HandshakeFailed as failure:
        exchange.warn(failure.code, str(failure), leg)
        _report(run, noun, "", "stream-error", str(failure))
        return
    stream = MediaStream(exchange, leg, socket, parameters, faults)
    _report(run, noun, stream.sid, "stream-started")
    end = StreamEnd()
    try:
        end = await _converse(run, stream, url, parameters)
    finally:
        event = "stream-error" if end.error else "stream-stopped"
        _report(run, noun, stream.sid, event, end.error)


async def _converse(
    run: Execution, stream: MediaStream, url: str, parameters: dict[str, str]
) -> StreamEnd:
    if not run.leg.stream_faults.second_socket:
        return await stream.converse()
    async with asyncio.TaskGroup() as both:
        twin = both.create_task(_knock_again(run, url, parameters))
        try:
            return await stream.converse()
        finally:
            twin.cancel()


async def _knock_again(run: Execution, url: str, parameters: dict[str, str]) -> None:
    """One webhook delivered twice leads to two sockets with the same CallSid."""
    await asyncio.sleep(_SECOND_SOCKET_AFTER_S)
    faults = run.leg.stream_faults
    try:
        socket = await _open(run.exchange, url, faults)
    except HandshakeFailed as failure:
        run.exchange.warn(failure.code, f"second socket: {failure}", run.leg)
        return
    bystander = Leg(
        Phone(run.leg.from_number),
        from_number=run.leg.from_number,
        to_number=run.leg.to_number,
        direction=run.leg.direction,
    )
    bystander.sid = run.leg.sid
    twin = MediaStream(run.exchange, bystander, socket, parameters, faults)
    end = await twin.converse()
    run.exchange.warn(
        SECOND_SOCKET_CLOSED, f"second socket closed: {end.error}", run.leg
    )


def _parameters(run: Execution, noun: Verb) -> Mapping[str, str]:
    pairs: dict[str, str] = {}
    for child in noun.children:
        name, value = child.attribute("name"), child.attribute("value")
        if len(name) + len(value) >= PARAMETER_CHARACTERS:
            run.exchange.warn(UNKNOWN_IN_SCHEMA, f"<Parameter> {name} too long")
            continue
        pairs[name] = value
    return pairs


def _report(
    run: Execution, noun: Verb, stream_sid: str, event: str, error: str = ""
) -> None:
    """Stream status callback; delivered in the background."""
    if not (url := noun.attribute("statusCallback")):
        return
    fields = {
        "AccountSid": run.exchange.account_sid,
        "CallSid": run.leg.sid,
        "StreamSid": stream_sid,
        "StreamName": noun.attribute("name", stream_sid),
        "StreamEvent": event,
        "Timestamp": utc_now().isoformat(),
    }
    if error:
        fields["StreamError"] = error
    method = noun.attribute("statusCallbackMethod", "POST")
    callback = StatusCallback(run.resolve(url), method)
    run.exchange.spawn(run.exchange.notify(callback, fields, run.leg))


async def _open(exchange: Exchange, url: str, faults: StreamFaults) -> StreamSocket:
    return await open_socket(
        exchange.webhooks,
        url,
        faults.signature,
        signed_as_wss=exchange.options.sign_stream_as_wss,
    )
