"""Running TwiML on a leg, one document after another."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final, TypeAlias
from urllib.parse import urljoin

from callcenter.simulator.carrier.exchange import Exchange
from callcenter.simulator.carrier.leg import Fetch, Inline, Leg, OpenAction
from callcenter.simulator.carrier.lines import Announcement, Line
from callcenter.simulator.carrier.records import Happening, Source
from callcenter.simulator.carrier.twiml import (
    UNKNOWN_IN_SCHEMA,
    BadDocument,
    Document,
    Verb,
    parse,
)
from callcenter.simulator.carrier.webhooks import HTTP_FAILURE, Reply, WebhookFailed

APPLICATION_ERROR: Final = "We are sorry, an application error has occurred. Goodbye."
BAD_CONTENT_TYPE: Final = 12300
TWIML_TYPES: Final = frozenset({"text/xml", "application/xml", "text/html"})


@dataclass(frozen=True, slots=True)
class Finished:
    """The leg's TwiML is over."""

    status: str | None = None
    """None: `completed` if it was answered."""
    reason: str = "the document ended"
    explicit: bool = False
    """A verb ended the call. Otherwise it ran out of verbs (and a screened callee is
    connected)."""


Step: TypeAlias = Fetch | Finished | None
"""What follows a verb: another document, the end, or the next verb."""

RunVerb: TypeAlias = Callable[["Execution", Verb], Awaitable[Step]]


class Execution:
    """One leg's run through documents; what a verb gets to work with.

    Cancelling `run` is how a REST update or a hang-up takes the leg away from it.
    """

    def __init__(
        self, exchange: Exchange, leg: Leg, verbs: Mapping[str, RunVerb]
    ) -> None:
        self.exchange = exchange
        self.leg = leg
        self.verbs = verbs
        self.base_url = ""
        """The current document's URL; empty when it came inline."""

    async def run(self, start: Fetch | Inline) -> Finished:
        """Execute from this document on, until the leg's TwiML is over."""
        step: Step | Inline = start
        while isinstance(step, Fetch | Inline):
            document = await self._load_or_rescue(step)
            if document is None:
                return await self._apologise()
            step = await self._perform(document)
        if step is not None:
            return step
        return Finished(None if self.leg.answered else "no-answer")

    def resolve(self, url: str) -> str:
        """An `action`, relative to the current document; empty means that document."""
        return urljoin(self.base_url, url) if url else self.base_url

    def action(
        self, verb: Verb, fields: Mapping[str, str] | None = None
    ) -> Fetch | None:
        """The request that follows this verb, if it names one."""
        if not (url := verb.attribute("action")):
            return None
        return Fetch(self.resolve(url), verb.attribute("method", "POST"), fields or {})

    @asynccontextmanager
    async def waiting(
        self, fetch: Fetch | None, fields: Callable[[], Mapping[str, str]]
    ) -> AsyncIterator[None]:
        """While inside, a hang-up still requests this action.

        An interruption leaves it open for whoever deals with the hang-up.
        """
        if fetch is None:
            yield
            return
        opened = OpenAction(fetch, fields)
        self.leg.open_actions.append(opened)
        yield
        self.leg.open_actions.remove(opened)

    async def play(self, audio: bytes, source: Source = Source.SAY) -> None:
        """Let the leg hear this; return when it is over. Answers the call."""
        self.leg.answer()
        announcement = Announcement(audio, source)
        self.leg.line = announcement
        try:
            await announcement.played.wait()
        finally:
            if self.leg.line is announcement:
                self.leg.line = Line()

    async def say(self, text: str) -> None:
        self.leg.answer()
        self.leg.phone.happen(Happening.SAID, text)
        await self.play(await self.exchange.voice(text))

    async def _perform(self, document: Document) -> Step:
        for complaint in document.complaints:
            self.exchange.warn(UNKNOWN_IN_SCHEMA, complaint, self.leg)
        for verb in document.verbs:
            run = self.verbs.get(verb.name)
            if run is None:
                text = f"<{verb.name}> is not simulated; skipped"
                self.exchange.warn(UNKNOWN_IN_SCHEMA, text, self.leg)
                continue
            step = await run(self, verb)
            if step is not None:
                return step
        return None

    async def _load_or_rescue(self, source: Fetch | Inline) -> Document | None:
        try:
            return await self._load(source)
        except (WebhookFailed, BadDocument) as failure:
            return await self._rescue(source, failure)

    async def _load(self, source: Fetch | Inline) -> Document:
        if isinstance(source, Inline):
            self.base_url = ""
            return parse(source.twiml)
        fields = self.exchange.fields(self.leg) | dict(source.fields)
        reply = await self.exchange.webhooks.send(source.method, source.url, fields)
        self.base_url = reply.url
        return _document_of(reply)

    async def _rescue(
        self, source: Fetch | Inline, failure: WebhookFailed | BadDocument
    ) -> Document | None:
        """The fallback's document, or None if there is none, or it fails too."""
        self.exchange.warn(failure.code, str(failure), self.leg)
        fallback = self.leg.fallback_url
        if not fallback:
            return None
        failed_url = source.url if isinstance(source, Fetch) else ""
        fields = {"ErrorCode": str(failure.code), "ErrorUrl": failed_url}
        try:
            return await self._load(Fetch(fallback, "POST", fields))
        except (WebhookFailed, BadDocument) as second:
            self.exchange.warn(second.code, f"fallback: {second}", self.leg)
            return None

    async def _apologise(self) -> Finished:
        await self.say(APPLICATION_ERROR)
        return Finished(reason="application error", explicit=True)


def _document_of(reply: Reply) -> Document:
    if not 200 <= reply.status < 300:
        text = f"Got HTTP {reply.status} response to {reply.url}"
        raise WebhookFailed(HTTP_FAILURE, reply.url, text)
    kind = reply.content_type
    if kind.startswith("audio/"):
        return Document((Verb("Play", {}, (), reply.url),), ())
    if kind == "text/plain":
        return _plain(reply.body)
    if kind not in TWIML_TYPES:
        text = f"Invalid Content-Type {kind!r} from {reply.url}"
        raise WebhookFailed(BAD_CONTENT_TYPE, reply.url, text)
    return parse(reply.body)


def _plain(text: str) -> Document:
    try:
        return parse(text)
    except BadDocument:
        return Document((Verb("Say", {}, (), text.strip()),), ())
