"""The Quart application: routes, and one place where errors become answers."""

from typing import Final

import structlog
from quart import Quart, Response, g

from callcenter.errors import CallerRefused
from callcenter.floor.floor import Floor
from callcenter.web.health import Readiness, Warnings, health
from callcenter.web.media import media
from callcenter.web.operators import operators
from callcenter.web.proof import Proof
from callcenter.web.rungs import rungs
from callcenter.web.voice import twiml_response, voice

MAX_FORM_BYTES: Final = 64 * 1024
"""Twilio's largest form has a few kB."""

logger = structlog.get_logger()


def create_app(
    floor: Floor,
    proof: Proof,
    readiness: Readiness,
    warnings: Warnings = tuple,
) -> Quart:
    """The application of one node; its floor must be running."""
    app = Quart("callcenter", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_FORM_BYTES
    app.register_blueprint(voice(floor, proof))
    app.register_blueprint(operators(floor, proof))
    app.register_blueprint(rungs(floor, proof))
    app.register_blueprint(media(floor, proof))
    app.register_blueprint(health(readiness, warnings))

    @app.errorhandler(CallerRefused)
    async def refused(error: CallerRefused) -> tuple[str, int]:
        logger.warning("request_refused", reason=str(error))
        return f"Refused: {error}.\n", 403

    @app.errorhandler(500)
    async def broken(error: Exception) -> Response:
        """A webhook always answers with TwiML: else the caller hears Twilio's own.

        To Twilio, that is: the document has the operators' numbers in it.
        """
        cause = getattr(error, "original_exception", None) or error
        logger.error("request_failed", error=type(cause).__name__, exc_info=cause)
        if not getattr(g, "proved", False):
            return Response("Something went wrong.\n", 500)
        return twiml_response(floor.fallback())

    return app
