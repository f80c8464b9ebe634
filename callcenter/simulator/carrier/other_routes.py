"""The account, its numbers, its messages, its recordings."""

import struct
from typing import Final

from aiohttp import web

from callcenter.simulator.carrier import resources
from callcenter.simulator.carrier.exchange import Exchange
from callcenter.simulator.carrier.resources import RestError

_MULAW_FORMAT: Final = 7
_SAMPLE_RATE: Final = 8000
MESSAGE_CHARACTERS: Final = 1600
_SETTINGS: Final = {
    "VoiceUrl": "voice_url",
    "VoiceMethod": "voice_method",
    "VoiceFallbackUrl": "voice_fallback_url",
    "StatusCallback": "status_callback",
    "StatusCallbackMethod": "status_callback_method",
    "FriendlyName": "friendly_name",
}


class OtherRoutes:
    """Small resources, each read or written whole."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def add_to(self, app: web.Application, base: str) -> None:
        get, post = app.router.add_get, app.router.add_post
        get(f"{base}.json", self.account)
        get(f"{base}/IncomingPhoneNumbers.json", self.numbers)
        get(f"{base}/IncomingPhoneNumbers/{{sid}}.json", self.number)
        post(f"{base}/IncomingPhoneNumbers/{{sid}}.json", self.configure)
        get(f"{base}/Messages.json", self.messages)
        post(f"{base}/Messages.json", self.send_message)
        get(f"{base}/Messages/{{sid}}.json", self.message)
        get(f"{base}/Recordings/{{sid}}", self.recording)
        get(f"{base}/Recordings/{{sid}}.wav", self.recording)

    async def account(self, request: web.Request) -> web.Response:
        del request
        return web.json_response(resources.account(self._exchange))

    async def numbers(self, request: web.Request) -> web.Response:
        number = self._exchange.number
        wanted = request.query.get("PhoneNumber", number.phone_number)
        bodies = (
            [resources.phone_number(self._exchange, number)]
            if wanted in number.phone_number
            else []
        )
        query = dict(request.query)
        page = resources.page("incoming_phone_numbers", bodies, request.path, query)
        return web.json_response(page)

    async def number(self, request: web.Request) -> web.Response:
        number = self._exchange.number
        if request.match_info["sid"] != number.sid:
            raise web.HTTPNotFound
        return web.json_response(resources.phone_number(self._exchange, number))

    async def configure(self, request: web.Request) -> web.Response:
        form = await request.post()
        number = self._exchange.number
        if request.match_info["sid"] != number.sid:
            raise web.HTTPNotFound
        for name, attribute in _SETTINGS.items():
            if name in form:
                setattr(number, attribute, str(form[name]))
        return await self.number(request)

    async def messages(self, request: web.Request) -> web.Response:
        bodies = list(reversed(self._exchange.messages.values()))
        query = dict(request.query)
        return web.json_response(
            resources.page("messages", bodies, request.path, query)
        )

    async def message(self, request: web.Request) -> web.Response:
        body = self._exchange.messages.get(request.match_info["sid"])
        if body is None:
            raise web.HTTPNotFound
        return web.json_response(body)

    async def send_message(self, request: web.Request) -> web.Response:
        form = await request.post()
        to, sender = str(form.get("To", "")), str(form.get("From", ""))
        text = str(form.get("Body", ""))
        if not to:
            raise RestError(400, 21604, "A 'To' phone number is required.")
        if not to.startswith("+"):
            raise RestError(400, 21211, f"Invalid 'To' Phone Number: {to}")
        if not text:
            raise RestError(400, 21602, "Message body is required.")
        if len(text) > MESSAGE_CHARACTERS:
            limit = f"The message body exceeds {MESSAGE_CHARACTERS} characters."
            raise RestError(400, 21617, limit)
        body = resources.message(self._exchange, to, sender, text)
        self._exchange.messages[str(body["sid"])] = body
        return web.json_response(body, status=201)

    async def recording(self, request: web.Request) -> web.Response:
        sid = request.match_info["sid"].removesuffix(".wav")
        recording = self._exchange.recordings.get(sid)
        if recording is None:
            raise web.HTTPNotFound
        return web.Response(body=wav(recording.audio), content_type="audio/x-wav")


def wav(mulaw: bytes) -> bytes:
    """μ-law in its container."""
    layout = struct.pack("<HHIIHH", _MULAW_FORMAT, 1, _SAMPLE_RATE, _SAMPLE_RATE, 1, 8)
    chunks = b"fmt " + struct.pack("<I", len(layout)) + layout
    chunks += b"data" + struct.pack("<I", len(mulaw)) + mulaw
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks
