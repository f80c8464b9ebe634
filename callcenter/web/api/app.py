"""The API as part of the application: its routes, errors and document."""

from typing import Any, Final

import structlog
from pydantic import BaseModel, Field
from quart import Quart, Response, request
from werkzeug.exceptions import HTTPException

from callcenter.errors import BadValue, StorageError
from callcenter.storage.filters import BadFilter
from callcenter.web.api.acts import acts
from callcenter.web.api.agents import agents
from callcenter.web.api.answers import ApiError, refusal
from callcenter.web.api.appointments import appointments
from callcenter.web.api.calls import calls
from callcenter.web.api.desk import ApiDesk
from callcenter.web.api.docs_page import POLICY, STYLE, page_of
from callcenter.web.api.document import document_of
from callcenter.web.api.endpoints import PREFIX, Endpoints, Operation
from callcenter.web.api.figures import figures
from callcenter.web.api.gate import Gate
from callcenter.web.api.hooks import hooks
from callcenter.web.api.keys import keys
from callcenter.web.api.messages import messages
from callcenter.web.api.operators import operators
from callcenter.web.api.people import people
from callcenter.web.api.recordings import recordings
from callcenter.web.api.streams import streams
from callcenter.web.api.tickets import tickets

ALL: Final = (
    calls,
    streams,
    acts,
    recordings,
    operators,
    agents,
    tickets,
    appointments,
    messages,
    people,
    figures,
    hooks,
    keys,
)
"""Who declares operations."""

SENTENCES: Final = {413: "The body is too large.", 416: "There is no such range."}
OUR_FAULT: Final = "Something went wrong here; it is in the log."
EVERY_METHOD: Final = ["GET", "POST", "PUT", "PATCH", "DELETE"]

logger = structlog.get_logger()


class DocumentAnswer(BaseModel):
    """An OpenAPI document."""

    openapi: str = Field(examples=["3.1.0"])
    info: dict[str, Any]
    paths: dict[str, Any]
    components: dict[str, Any]


def install(app: Quart, desk: ApiDesk) -> Endpoints:
    """Put the API into the application."""
    api = Endpoints(Gate(desk.keys, desk.clock, desk.rules))
    for declare in ALL:
        declare(api, desk)
    document: dict[str, Any] = {}
    _show(api, document)
    routes = api.routes

    @routes.route("/", methods=EVERY_METHOD, defaults={"rest": ""})
    @routes.route("/<path:rest>", methods=EVERY_METHOD)
    async def anything_else(rest: str) -> Response:  # noqa: ARG001  # routing
        allowed = api.methods_of(request.path)
        if allowed:
            headers = {"Allow": ", ".join(allowed)}
            raise ApiError(405, "That cannot be done here.", headers=headers)
        raise ApiError(404, f"There is nothing here; see {PREFIX}/docs.")

    routes.register_error_handler(ApiError, _refused)
    routes.register_error_handler(BadFilter, _bad_filter)
    routes.register_error_handler(BadValue, _bad_filter)
    routes.register_error_handler(StorageError, _no_database)
    routes.register_error_handler(HTTPException, _http)
    routes.register_error_handler(Exception, _broken)
    app.register_blueprint(routes)
    document |= document_of(app, api)
    return api


def _show(api: Endpoints, document: dict[str, Any]) -> None:
    @api.add(
        Operation("GET", "/openapi.json", "document", None, DocumentAnswer, public=True)
    )
    async def get_openapi() -> object:
        """This document."""
        return document

    @api.add(
        Operation("GET", "/docs", "document", None, media="text/html", public=True)
    )
    async def get_docs() -> Response:
        """This document, for people."""
        page = page_of(document, "docs.css")
        headers = {"Content-Security-Policy": POLICY}
        return Response(page, content_type="text/html; charset=utf-8", headers=headers)

    @api.add(
        Operation("GET", "/docs.css", "document", None, media="text/css", public=True)
    )
    async def get_docs_style() -> Response:
        """The look of the page for people."""
        return Response(STYLE, content_type="text/css; charset=utf-8")


async def _refused(error: ApiError) -> Response:
    return refusal(error)


async def _bad_filter(error: BadFilter | BadValue) -> Response:
    return refusal(ApiError(422, str(error)))


async def _no_database(error: StorageError) -> Response:
    logger.warning("api_without_database", reason=str(error))
    sentence = "The database cannot be reached just now; try again."
    return refusal(ApiError(503, sentence, headers={"Retry-After": "2"}))


async def _http(error: HTTPException) -> Response:
    """What the framework found wrong."""
    status = error.code or 500
    sentence = SENTENCES.get(status, error.name)
    return refusal(ApiError(status, f"{sentence.rstrip('.')}."))


async def _broken(error: Exception) -> Response:
    logger.error("api_failed", error=type(error).__name__, exc_info=error)
    return refusal(ApiError(500, OUR_FAULT))
