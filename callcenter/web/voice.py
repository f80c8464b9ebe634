"""Twilio's webhooks: each view parses, asks the floor, and answers with TwiML."""

from typing import Final

from quart import Blueprint, Response, request

from callcenter.domain.ids import AttemptId
from callcenter.floor.floor import Floor
from callcenter.web.proof import Proof
from callcenter.wire.webhooks import (
    BadForm,
    parse_dial_ended,
    parse_stream_status,
    parse_voice_request,
)

MOST_DIGITS: Final = 4
"""Of a number that we wrote into an address ourselves."""


def twiml_response(document: str) -> Response:
    """A document for Twilio."""
    return Response(document, content_type="text/xml; charset=utf-8")


def voice(floor: Floor, proof: Proof) -> Blueprint:  # noqa: C901  # one view each
    """The routes that Twilio's telephone network calls."""
    routes = Blueprint("voice", __name__)

    @routes.route("/incoming-call", methods=["GET", "POST"])
    async def incoming_call() -> Response:
        form = await proof.check(request)
        asked, base = parse_voice_request(form), proof.base(request)
        return twiml_response(await floor.answer(asked, base, _waited(form)))

    @routes.post("/voice/after-stream")
    async def after_stream() -> Response:
        form = await proof.check(request)
        asked, base = parse_voice_request(form), proof.base(request)
        return twiml_response(await floor.after_stream(asked, base, _waited(form)))

    @routes.post("/voice/dial-ended")
    async def dial_ended() -> Response:
        form = await proof.check(request)
        ended = parse_dial_ended(form)
        base = proof.base(request)
        return twiml_response(await floor.dial_ended(attempt_of(form), ended, base))

    @routes.route("/voice/fallback", methods=["GET", "POST"])
    async def fallback() -> Response:
        await proof.check(request)
        return twiml_response(floor.fallback(base=proof.base(request)))

    @routes.post("/voice/status")
    async def status() -> tuple[str, int]:
        asked = parse_voice_request(await proof.check(request))
        await floor.status(asked, proof.base(request))
        return "", 204

    @routes.post("/voice/stream-status")
    async def stream_status() -> tuple[str, int]:
        floor.stream_status(parse_stream_status(await proof.check(request)))
        return "", 204

    @routes.errorhandler(BadForm)
    async def bad_form(_: BadForm) -> Response:
        """Signed, and yet not a form of Twilio's: whoever hears it gets a person."""
        if request.path in {"/voice/status", "/voice/stream-status"}:
            return Response("", 204)
        return twiml_response(floor.fallback())

    return routes


def _waited(form: dict[str, str]) -> int:
    """How often a caller was asked to wait; our own addresses say so."""
    text = form.get("waited", "")[:MOST_DIGITS]
    return int(text) if text.isdecimal() else 0


def attempt_of(form: dict[str, str]) -> AttemptId:
    """Which attempt to reach an operator our own address is about."""
    return AttemptId(form.get("attempt", ""))
