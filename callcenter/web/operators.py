"""Twilio's webhooks about operators: their legs, and the conferences they wait in."""

from typing import Final

import structlog
from quart import Blueprint, Response, request

from callcenter.floor.floor import Floor
from callcenter.floor.operator_calls import OperatorCalls
from callcenter.web.proof import Proof
from callcenter.web.voice import attempt_of, twiml_response
from callcenter.wire import twiml
from callcenter.wire.webhooks import (
    BadForm,
    caller_of,
    parse_conference,
    parse_voice_request,
)

WENT_WRONG: Final = "I am sorry, something went wrong. Thank you. Goodbye."

logger = structlog.get_logger()

NO_DOCUMENTS: Final = {"/operator/leg-status", "/voice/conference-status"}


def operators(floor: Floor, proof: Proof) -> Blueprint:  # noqa: C901  # one view each
    """The routes of operators' legs: dialled ones, and calls of their own."""
    routes, calls = Blueprint("operators", __name__), OperatorCalls(floor)

    @routes.route("/operator/brief", methods=["GET", "POST"])
    async def brief() -> Response:
        form = await proof.check(request)
        asked, base = parse_voice_request(form), proof.base(request)
        if caller := caller_of(form):
            told = await calls.brief(asked, attempt_of(form), caller, base)
            return twiml_response(told)
        return twiml_response(await floor.brief(asked, attempt_of(form), base))

    @routes.route("/operator/accept", methods=["GET", "POST"])
    async def accept() -> Response:
        form = await proof.check(request)
        asked, base = parse_voice_request(form), proof.base(request)
        if caller := caller_of(form):
            told = await calls.accept(asked, attempt_of(form), caller, base)
            return twiml_response(told)
        return twiml_response(await floor.accept(asked, attempt_of(form), base))

    @routes.post("/operator/leg-status")
    async def leg_status() -> tuple[str, int]:
        form = await proof.check(request)
        asked, base = parse_voice_request(form), proof.base(request)
        if caller := caller_of(form):
            await calls.leg_status(asked, attempt_of(form), caller, base)
        return "", 204

    @routes.post("/voice/conference-status")
    async def conference_status() -> tuple[str, int]:
        form = await proof.check(request)
        told, base = parse_conference(form), proof.base(request)
        if caller := caller_of(form):
            await calls.conference_told(told, attempt_of(form), caller, base)
        return "", 204

    @routes.errorhandler(500)
    async def broken(error: Exception) -> Response:
        """Nobody else is dialled from an operator's own telephone."""
        cause = getattr(error, "original_exception", None) or error
        logger.error("request_failed", error=type(cause).__name__, exc_info=cause)
        return twiml_response(twiml.hang_up(WENT_WRONG))

    @routes.errorhandler(BadForm)
    async def bad_form(_: BadForm) -> Response:
        """Signed, and yet not a form of Twilio's."""
        if request.path in NO_DOCUMENTS:
            return Response("", 204)
        return twiml_response(twiml.hang_up(WENT_WRONG))

    return routes
