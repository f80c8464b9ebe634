"""The OpenAPI document: made by quart-schema of what is declared beside each view."""

from collections.abc import Iterable
from typing import Any, Final

from pydantic import BaseModel
from quart import Quart
from quart_schema import Info, QuartSchema, Tag
from quart_schema.conversion import model_schema
from quart_schema.documentation import (
    document_querystring,
    document_request,
    document_response,
)
from quart_schema.openapi import HttpSecurityScheme, OpenAPIProvider
from typing_extensions import override
from werkzeug.routing import Rule

from callcenter import __version__
from callcenter.domain.scopes import Scope
from callcenter.web.api.answers import JSON, ErrorAnswer
from callcenter.web.api.endpoints import PREFIX, Endpoints, Operation

EVENTS: Final = "text/event-stream"
KEY: Final = "key"

DESCRIPTION: Final = (
    "Calls, what was said and done in them, and what became of it. Send a key in "
    "`Authorization: Bearer cck_…`; `callcenter keys create` makes one. Lists come in "
    "pages: `next` is the `cursor` of the one that follows. Times are ISO 8601 with "
    "their zone. Answers may get more fields in time; none is taken away."
)

TAGS: Final = {
    "calls": "Calls, their transcripts and facts, live and past.",
    "recordings": "What was recorded.",
    "operators": "People who take calls.",
    "agents": "The roster.",
    "tickets": "What was promised to be looked into.",
    "appointments": "What is booked.",
    "messages": "Voicemails, messages and wishes to be called back.",
    "people": "What is known of a number.",
    "figures": "Counts and alarms.",
    "webhooks": "Addresses that are told of calls.",
    "keys": "Keys of programs.",
    "document": "This document.",
}

ERRORS: Final = {
    400: "The body is not JSON.",
    401: "No key, or a wrong, revoked or old one.",
    403: "The key lacks the scope.",
    404: "There is no such thing.",
    409: "It is in conflict with what is there.",
    413: "The body is too large.",
    416: "There is no such range.",
    422: "Something has a value that cannot be; `field` says which.",
    429: "Too often: wait as long as `Retry-After` says.",
    500: "Our fault; it is in the log.",
    503: "The database cannot be reached just now; try again.",
}


class _Provider(OpenAPIProvider):
    """Of the API alone, in the order of its declarations."""

    endpoints: Endpoints

    @override
    def generate_rules(self) -> Iterable[Rule]:
        known = self.endpoints.operations
        places = {name: place for place, name in enumerate(known)}
        rules = [one for one in self._app.url_map.iter_rules() if one.endpoint in known]
        return sorted(rules, key=lambda rule: places[rule.endpoint])

    @override
    def operation_id(self, method: str, path: str, func: Any) -> str | None:
        return str(func.__name__)


def document_of(app: Quart, api: Endpoints) -> dict[str, Any]:
    """The document of all that is declared, once the routes are in the application."""
    for name, value in {"CONVERT_CASING": False, "CONVERSION_PREFERENCE": None}.items():
        app.config.setdefault(f"QUART_SCHEMA_{name}", value)
    for endpoint, operation in api.operations.items():
        _describe(app.view_functions[endpoint], operation)
    info = Info("callcenter", __version__, description=DESCRIPTION)
    scheme = HttpSecurityScheme("bearer", bearer_format="cck_…")
    tags: list[Tag | dict[str, Any]] = [Tag(name, text) for name, text in TAGS.items()]
    settings = QuartSchema(info=info, tags=tags, security_schemes={KEY: scheme})
    provider = _Provider(app, settings)
    provider.endpoints = api
    document = provider.schema()
    for operation in api.operations.values():
        path = _path(operation)
        _complete(
            document, document["paths"][path][operation.method.lower()], operation
        )
    document["paths"] = dict(document["paths"])
    return document


def _describe(view: Any, operation: Operation) -> None:  # noqa: ANN401  # any function
    """What quart-schema reads of a view."""
    if operation.query is not None:
        document_querystring(operation.query)(view)
    if operation.body is not None:
        document_request(operation.body)(view)
    if operation.answer is not None:
        document_response(operation.answer, operation.status)(view)


def _complete(
    document: dict[str, Any], told: dict[str, Any], operation: Operation
) -> None:
    """What quart-schema does not know: errors, scopes, media, headers."""
    components = document["components"]["schemas"]
    told["tags"] = [operation.tag]
    told["security"] = [] if operation.public else [{KEY: []}]
    if operation.scope is not None:
        told["x-scope"] = operation.scope.value
        told["description"] = _with_scope(told, operation.scope)
    for header in operation.headers:
        schema = {"type": "string"}
        told["parameters"].append({"name": header, "in": "header", "schema": schema})
    if operation.body is not None:
        told["requestBody"]["required"] = True
    answers = told["responses"] = {
        str(status): answer for status, answer in told["responses"].items()
    }
    good = answers.setdefault(str(operation.status), {"description": "Done."})
    _add_media(good, operation, components)
    if operation.stream is not None and operation.answer is not None:
        answers["204"] = {"description": "It is over, and nothing is left to tell."}
    error = _component(components, ErrorAnswer)
    for status in operation.statuses:
        answer = {"description": ERRORS[status], "content": {JSON: {"schema": error}}}
        if status == 429:
            wait = {"schema": {"type": "integer"}, "description": "Seconds."}
            answer["headers"] = {"Retry-After": wait}
        answers[str(status)] = answer


def _add_media(
    good: dict[str, Any], operation: Operation, components: dict[str, Any]
) -> None:
    if operation.stream is not None:
        schema = _component(components, operation.stream)
        good.setdefault("content", {})[EVENTS] = {
            "schema": {"type": "string", "x-event-data": schema}
        }
    elif operation.answer is None and operation.status == 200:
        binary = {"type": "string", "format": "binary"}
        schema = binary if operation.media != JSON else {"type": "object"}
        good["content"] = {operation.media: {"schema": schema}}
        if "Range" in operation.headers:
            good["description"] = "All of it."


def _with_scope(told: dict[str, Any], scope: Scope) -> str:
    text = str(told.get("description", "")).strip()
    return f"{text}\n\nScope: `{scope.value}`.".strip()


def _component(components: dict[str, Any], model: type[BaseModel]) -> dict[str, str]:
    """The model under its name, and a reference to it."""
    schema = model_schema(model, schema_mode="serialization")
    components.update(schema.pop("$defs", {}))
    components[model.__name__] = schema
    return {"$ref": f"#/components/schemas/{model.__name__}"}


def _path(operation: Operation) -> str:
    return PREFIX + operation.rule.replace("<", "{").replace(">", "}")
