"""`/Calls.json` and `/Calls/{Sid}.json`."""

import asyncio
import re
from collections.abc import Mapping
from typing import Final, TypeAlias

from aiohttp import web
from multidict import MultiDictProxy

from callcenter.simulator.carrier import resources
from callcenter.simulator.carrier.conversation import (
    converse,
    end_by,
    live,
    until_ordered,
)
from callcenter.simulator.carrier.exchange import Exchange
from callcenter.simulator.carrier.interpreter import RunVerb
from callcenter.simulator.carrier.leg import (
    FINAL,
    Direction,
    Fetch,
    HangUp,
    Inline,
    Leg,
    ReplaceDocument,
    StatusCallback,
)
from callcenter.simulator.carrier.operators import Voicemail
from callcenter.simulator.carrier.phone import Phone
from callcenter.simulator.carrier.resources import RestError
from callcenter.simulator.carrier.ringing import pick_up, ring

INLINE_CHARACTERS: Final = 4000
RING_S: Final = 60.0
DETECTION_S: Final = 4.0
"""How long machine detection listens before it makes up its mind."""
FOREVER_S: Final = 14_400.0
_E164: Final = re.compile(r"\+[1-9]\d{6,14}")
_ADDRESS: Final = re.compile(r"(sip|sips|client):\S+")
_NOT_YET_ANSWERED: Final = frozenset({"queued", "initiated", "ringing"})
_ENDABLE: Final = frozenset({"canceled", "completed"})

Form: TypeAlias = MultiDictProxy[str | bytes | bytearray | web.FileField]


class CallRoutes:
    """Create, read, list and update calls."""

    def __init__(self, exchange: Exchange, verbs: Mapping[str, RunVerb]) -> None:
        self._exchange = exchange
        self._verbs = verbs

    def add_to(self, app: web.Application, base: str) -> None:
        app.router.add_get(f"{base}/Calls.json", self.list)
        app.router.add_post(f"{base}/Calls.json", self.create)
        app.router.add_get(f"{base}/Calls/{{sid}}.json", self.read)
        app.router.add_post(f"{base}/Calls/{{sid}}.json", self.update)

    async def list(self, request: web.Request) -> web.Response:
        newest_first = reversed(self._exchange.calls.values())
        legs = [leg for leg in newest_first if _wanted(leg, request.query)]
        bodies = [resources.call(self._exchange, leg) for leg in legs]
        page = resources.page("calls", bodies, request.path, dict(request.query))
        return web.json_response(page)

    async def read(self, request: web.Request) -> web.Response:
        return web.json_response(resources.call(self._exchange, self._leg(request)))

    async def create(self, request: web.Request) -> web.Response:
        form = await request.post()
        _check_parties(form)
        document = _document(form)
        if document is None:
            raise RestError(400, 21205, "Url parameter is required.")
        leg = self._outbound(form)
        self._exchange.calls[leg.sid] = leg
        body = resources.call(self._exchange, leg)

        if "MachineDetection" in form and _text(form, "AsyncAmd") != "true":
            leg.extra_fields["AnsweredBy"] = self._answered_by(leg)

        async def control(tasks: asyncio.TaskGroup) -> None:
            if _text(form, "AsyncAmd") == "true":
                tasks.create_task(self._tell_who_answered(leg, form))
            if limit := _text(form, "TimeLimit"):
                tasks.create_task(self._limit(leg, float(limit)))
            timeout_s = float(_text(form, "Timeout") or RING_S)
            await self._call_out(leg, document, timeout_s, tasks)

        self._exchange.spawn(live(self._exchange, leg, control))
        return web.json_response(body, status=201)

    async def update(self, request: web.Request) -> web.Response:
        form = await request.post()
        leg = self._leg(request)
        status, document = _text(form, "Status"), _document(form)
        if leg.over:
            raise RestError(400, 21220, "Call is not in-progress. Cannot redirect.")
        if url := _text(form, "StatusCallback"):
            leg.status_callback = StatusCallback(url)
        if url := _text(form, "FallbackUrl"):
            leg.fallback_url = url
        if status:
            return await self._end(leg, status)
        if document is None:
            return web.json_response(resources.call(self._exchange, leg))
        if leg.direction is not Direction.INBOUND and not leg.answered:
            raise RestError(400, 21220, "Call is not in-progress. Cannot redirect.")
        leg.order(ReplaceDocument(document))
        return web.json_response(resources.call(self._exchange, leg))

    async def _end(self, leg: Leg, status: str) -> web.Response:
        if status not in _ENDABLE:
            raise RestError(400, 21218, f"Invalid Status: {status}")
        ringing = leg.status in _NOT_YET_ANSWERED
        if status == "canceled" and not ringing:
            raise RestError(400, 21220, "Call is in-progress. Cannot cancel.")
        final = (
            "canceled" if ringing and leg.direction is not Direction.INBOUND else None
        )
        leg.order(HangUp("ended by REST", final))
        body = resources.call(self._exchange, leg)
        body["status"] = final or "completed"
        return web.json_response(body)

    def _leg(self, request: web.Request) -> Leg:
        leg = self._exchange.calls.get(request.match_info["sid"])
        if leg is None:
            raise web.HTTPNotFound
        return leg

    def _answered_by(self, leg: Leg) -> str:
        """Machine detection, never wrong here: in life it is a hint."""
        machine = isinstance(self._exchange.behaviour(leg.to_number), Voicemail)
        return "machine_start" if machine else "human"

    async def _tell_who_answered(self, leg: Leg, form: Form) -> None:
        """Machine detection that does not hold the document up."""
        began_s = asyncio.get_running_loop().time()
        await leg.reaches("in-progress", *FINAL, timeout_s=FOREVER_S)
        url = _text(form, "AsyncAmdStatusCallback")
        if leg.over or not url or "MachineDetection" not in form:
            return
        await self._exchange.wait(DETECTION_S)
        took_s = asyncio.get_running_loop().time() - began_s
        method = _text(form, "AsyncAmdStatusCallbackMethod") or "POST"
        told = {
            "AccountSid": self._exchange.account_sid,
            "CallSid": leg.sid,
            "AnsweredBy": self._answered_by(leg),
            "MachineDetectionDuration": str(round(took_s * 1000)),
        }
        await self._exchange.notify(StatusCallback(url, method), told, leg)

    async def _limit(self, leg: Leg, limit_s: float) -> None:
        """No call outlives its TimeLimit, counted from its answer."""
        await leg.reaches("in-progress", *FINAL, timeout_s=FOREVER_S)
        try:
            await leg.reaches(*FINAL, timeout_s=limit_s)
        except TimeoutError:
            leg.order(HangUp("the time limit is reached", "completed"))

    def _outbound(self, form: Form) -> Leg:
        to, sender = _text(form, "To"), _text(form, "From")
        leg = Leg(
            Phone(to),
            from_number=sender,
            to_number=to,
            direction=Direction.OUTBOUND_API,
            status="queued",
        )
        leg.fallback_url = _text(form, "FallbackUrl") or None
        if url := _text(form, "StatusCallback"):
            events = form.getall("StatusCallbackEvent", ["completed"])
            leg.status_callback = StatusCallback(
                url,
                _text(form, "StatusCallbackMethod") or "POST",
                frozenset(str(event) for event in events),
            )
        return leg

    async def _call_out(
        self,
        leg: Leg,
        document: Fetch | Inline,
        timeout_s: float,
        tasks: asyncio.TaskGroup,
    ) -> None:
        leg.become("initiated")
        leg.become("ringing")
        outcome = await until_ordered(
            leg, ring(self._exchange, leg.to_number, timeout_s)
        )
        match outcome:
            case "in-progress":
                leg.answer()
                pick_up(self._exchange, leg, tasks)
                await converse(self._exchange, leg, document, self._verbs)
            case str(status):
                leg.finish(status, status)
            case HangUp():
                await end_by(self._exchange, leg, outcome)
            case ReplaceDocument():
                raise AssertionError("refused while it rings")


def _wanted(leg: Leg, query: Mapping[str, str]) -> bool:
    has = {
        "Status": leg.status,
        "To": leg.to_number,
        "From": leg.from_number,
        "ParentCallSid": leg.parent_sid,
    }
    return all(query.get(name, value) == value for name, value in has.items())


def _text(form: Form, name: str) -> str:
    return str(form.get(name, ""))


def _document(form: Form) -> Fetch | Inline | None:
    """Given both, Twilio ignores the `Twiml`."""
    if url := _text(form, "Url"):
        if not url.startswith(("http://", "https://")):
            raise RestError(400, 21205, f"Url is not a valid URL: {url}")
        return Fetch(url, _text(form, "Method") or "POST")
    if twiml := _text(form, "Twiml"):
        if len(twiml) > INLINE_CHARACTERS:
            text = f"Twiml may have {INLINE_CHARACTERS} characters at most"
            raise RestError(400, 32018, text)
        return Inline(twiml)
    return None


def _check_parties(form: Form) -> None:
    to, sender = _text(form, "To"), _text(form, "From")
    if not to:
        raise RestError(400, 21201, "No 'To' number is specified")
    if not _E164.fullmatch(to) and not _ADDRESS.fullmatch(to):
        text = f"The phone number you are attempting to call, {to}, is not valid."
        raise RestError(400, 21211, text)
    if not sender:
        raise RestError(400, 21213, "'From' phone number is required")
    if not _E164.fullmatch(sender) and not _ADDRESS.fullmatch(sender):
        text = f"The source phone number provided, {sender}, is not valid."
        raise RestError(400, 21212, text)
