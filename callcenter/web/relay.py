"""Webhooks of calls that another node has: that one answers, and we pass it on.

Twilio's own signature travels with the request, so the other node believes Twilio and
not us.
"""

from collections.abc import Awaitable, Callable
from typing import Final

from quart import Quart, Response, current_app, request

from callcenter.domain.ids import CallSid
from callcenter.errors import CallIsElsewhere
from callcenter.floor.neighbours import Neighbours
from callcenter.wire.orders import Document, Webhook
from callcenter.wire.webhooks import REPETITION_FIELD

PASSED_ON: Final = ("Host", "X-Twilio-Signature", REPETITION_FIELD)

NO_DOCUMENT: Final = ("/voice/status", "/voice/stream-status")
"""If the node with the call says nothing, it will find out by itself that it is over;
to take the call up instead would be to end it under its caller."""


def relay(
    app: Quart, neighbours: Neighbours
) -> Callable[[Webhook], Awaitable[Document]]:
    """Let the application ask its neighbours; returns how it answers theirs."""

    @app.errorhandler(CallIsElsewhere)
    async def elsewhere(error: CallIsElsewhere) -> Response:
        document = await neighbours.answer(await _asked(error.call_sid))
        if document is None and request.path in NO_DOCUMENT:
            return Response("", 204)
        if document is None:
            document = await neighbours.insist(CallSid(error.call_sid), _once_more)
        return _response(document)

    async def here(webhook: Webhook) -> Document:
        async with app.test_request_context(
            webhook.target,
            method=webhook.method,
            headers=webhook.headers,
            form=_form(webhook) if webhook.method == "POST" else None,
        ):
            return await _document(await app.full_dispatch_request())

    return here


async def _asked(call_sid: str) -> Webhook:
    form = await request.form
    query = request.query_string.decode("ascii", "replace")
    return Webhook(
        call_sid,
        request.method,
        f"{request.path}?{query}" if query else request.path,
        {name: request.headers[name] for name in PASSED_ON if name in request.headers},
        list(form.items(multi=True)),
    )


def _form(webhook: Webhook) -> dict[str, str]:
    return dict(webhook.form)


async def _once_more() -> Document:
    app: Quart = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001  # the proxy's own way
    return await _document(await app.dispatch_request())


async def _document(answer: object) -> Document:
    response = await current_app.make_response(answer)  # type: ignore[arg-type]
    if not isinstance(response, Response):
        raise TypeError(f"a webhook's view answered with {type(response).__name__}")
    body = await response.get_data(as_text=True)
    return Document(response.status_code, response.content_type or "", body)


def _response(document: Document) -> Response:
    return Response(
        document.body, document.status, content_type=document.content_type or None
    )
