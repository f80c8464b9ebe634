"""Twilio's webhooks about calls that we place."""

from typing import Final

from quart import Blueprint, Response, request

from callcenter.floor.outbound import Outbound
from callcenter.web.proof import Proof
from callcenter.web.voice import twiml_response
from callcenter.wire import twiml
from callcenter.wire.webhooks import BadForm, parse_placed, parse_placed_ended

NO_DOCUMENTS: Final = {"/callback/status", "/callback/machine"}


def callbacks(outbound: Outbound, proof: Proof) -> Blueprint:
    """The routes of legs that were created by us; each address has its try's id."""
    routes = Blueprint("callbacks", __name__)

    @routes.post("/callback/answered")
    async def answered() -> Response:
        asked = parse_placed(await proof.check(request))
        return twiml_response(await outbound.answered(asked, proof.base(request)))

    @routes.post("/callback/chosen")
    async def chosen() -> Response:
        asked = parse_placed(await proof.check(request))
        return twiml_response(await outbound.chosen(asked, proof.base(request)))

    @routes.post("/callback/status")
    async def status() -> tuple[str, int]:
        ended = parse_placed_ended(await proof.check(request))
        await outbound.ended(ended, proof.base(request))
        return "", 204

    @routes.post("/callback/machine")
    async def machine() -> tuple[str, int]:
        asked = parse_placed(await proof.check(request))
        await outbound.machine(asked, proof.base(request))
        return "", 204

    @routes.errorhandler(BadForm)
    async def bad_form(_: BadForm) -> Response:
        """Signed, and yet not a form of Twilio's."""
        if request.path in NO_DOCUMENTS:
            return Response("", 204)
        return twiml_response(twiml.hang_up())

    return routes
