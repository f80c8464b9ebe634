"""Twilio's webhooks about what is below the operators on the ladder."""

import asyncio
from typing import Final

from quart import Blueprint, Response, request

from callcenter.domain.ids import AttemptId
from callcenter.floor.floor import Floor
from callcenter.floor.rungs import Rungs
from callcenter.web.proof import Proof
from callcenter.web.voice import twiml_response
from callcenter.wire.hold_music import hold_music
from callcenter.wire.webhooks import (
    BadForm,
    parse_dial_ended,
    parse_transcription,
    parse_voice_request,
    parse_voicemail,
)

NO_DOCUMENTS: Final = {
    "/voice/voicemail-recorded",
    "/voice/voicemail-transcribed",
    "/operator/status",
}

MUSIC_KEPT_SECONDS: Final = 7 * 24 * 3600


def rungs(floor: Floor, proof: Proof) -> Blueprint:  # noqa: C901  # one view each
    """The routes that Twilio calls when no operator took the call, or one has left."""
    routes, asked = Blueprint("rungs", __name__), Rungs(floor)

    @routes.post("/voice/voicemail-done")
    async def voicemail_done() -> Response:
        told = parse_voicemail(await proof.check(request))
        return twiml_response(await asked.voicemail_done(told, proof.base(request)))

    @routes.post("/voice/voicemail-recorded")
    async def voicemail_recorded() -> tuple[str, int]:
        told = parse_voicemail(await proof.check(request))
        await asked.voicemail_recorded(told, proof.base(request))
        return "", 204

    @routes.post("/voice/voicemail-transcribed")
    async def voicemail_transcribed() -> tuple[str, int]:
        told = parse_transcription(await proof.check(request))
        await asked.voicemail_transcribed(told, proof.base(request))
        return "", 204

    @routes.post("/voice/line")
    async def line() -> Response:
        asked_now = parse_voice_request(await proof.check(request))
        return twiml_response(await asked.line(asked_now, proof.base(request)))

    @routes.post("/voice/fallback-ended")
    async def fallback_ended() -> Response:
        ended = parse_dial_ended(await proof.check(request))
        return twiml_response(asked.fallback_ended(ended, proof.base(request)))

    @routes.post("/operator/status")
    async def leg_status() -> tuple[str, int]:
        form = await proof.check(request)
        leg, attempt = parse_voice_request(form), AttemptId(form.get("attempt", ""))
        await asked.leg_status(leg, attempt, proof.base(request))
        return "", 204

    @routes.get("/sounds/hold.wav")
    async def music() -> Response:
        """Nobody's secret, and so not signed: Twilio keeps it after the first time."""
        sound = await asyncio.to_thread(hold_music)
        answer = Response(sound, content_type="audio/wav")
        answer.cache_control.public = True
        answer.cache_control.max_age = MUSIC_KEPT_SECONDS
        return answer

    @routes.post("/voice/offered")
    async def offered() -> Response:
        answer = parse_voice_request(await proof.check(request))
        return twiml_response(await asked.offered(answer, proof.base(request)))

    @routes.errorhandler(BadForm)
    async def bad_form(_: BadForm) -> Response:
        """Signed, and yet not a form of Twilio's: whoever hears it gets a person."""
        if request.path in NO_DOCUMENTS:
            return Response("", 204)
        return twiml_response(floor.fallback())

    return routes
