"""The verbs that need one leg only."""

import asyncio
from collections.abc import Mapping
from typing import Final

from callcenter.simulator.carrier.interpreter import (
    Execution,
    Finished,
    RunVerb,
    Step,
)
from callcenter.simulator.carrier.leg import Fetch, StatusCallback
from callcenter.simulator.carrier.lines import Line, Recorder
from callcenter.simulator.carrier.records import (
    Happening,
    Recording,
    Source,
    new_sid,
)
from callcenter.simulator.carrier.sound import beep
from callcenter.simulator.carrier.twiml import Verb
from callcenter.wire.mulaw import FRAME_MS

GATHER_TIMEOUT_S: Final = 5.0
RECORD_TIMEOUT_S: Final = 5.0
RECORD_MAX_S: Final = 3600.0
RECORD_KEYS: Final = "1234567890*#"
TRANSCRIBED_MS: Final = (2_000, 120_000)
_MS: Final = 1000


async def say(run: Execution, verb: Verb) -> Step:
    for _ in range(int(verb.attribute("loop", "1")) or 1):
        await run.say(verb.text)
    return None


async def play(run: Execution, verb: Verb) -> Step:
    """The audio is not fetched: that it was to be played is noted."""
    run.leg.phone.happen(Happening.SAID, f"[plays {run.resolve(verb.text)}]")
    await run.play(b"", Source.PLAY)
    return None


async def pause(run: Execution, verb: Verb) -> Step:
    """A pause does not answer: as first verb, the caller hears it ring."""
    await run.exchange.wait(verb.seconds("length", 1.0))
    return None


async def redirect(run: Execution, verb: Verb) -> Step:
    return Fetch(run.resolve(verb.text), verb.attribute("method", "POST"))


async def reject(run: Execution, verb: Verb) -> Step:
    reason = verb.attribute("reason", "rejected")
    if run.leg.answered:
        run.exchange.warn(12200, "<Reject> after the call was answered", run.leg)
        return None
    status = "busy" if reason == "busy" else "no-answer"
    return Finished(status, f"rejected: {reason}", explicit=True)


async def hangup(run: Execution, verb: Verb) -> Step:
    """As first verb it answers, and bills, before it hangs up."""
    del verb
    run.leg.answer()
    return Finished("completed", "hung up by the server", explicit=True)


async def gather(run: Execution, verb: Verb) -> Step:
    """Keys pressed during the prompt count, and cut it off."""
    leg = run.leg
    leg.answer()
    _forget_keys(run)
    if "dtmf" not in verb.attribute("input", "dtmf"):
        run.exchange.warn(12200, "speech input is not simulated", leg)
    leg.phone.happen(Happening.ASKED)
    digits = await _prompt_and_collect(run, verb)
    wanted = digits is not None or verb.flag("actionOnEmptyResult")
    if not wanted:
        return None
    url = run.resolve(verb.attribute("action"))
    fields = {"Digits": digits or "", "FinishedOnKey": "", "msg": "Gather End"}
    return Fetch(url, verb.attribute("method", "POST"), fields)


async def _prompt_and_collect(run: Execution, verb: Verb) -> str | None:
    """The digits; None if no key was pressed at all."""
    async with asyncio.TaskGroup() as both:
        prompt = both.create_task(_prompt(run, verb))
        first = both.create_task(run.leg.keys.get())
        await asyncio.wait({prompt, first}, return_when=asyncio.FIRST_COMPLETED)
        timeout_s = run.exchange.hurried_s(verb.seconds("timeout", GATHER_TIMEOUT_S))
        if not first.done():
            await asyncio.wait({first}, timeout=timeout_s)
        prompt.cancel()
        first.cancel()
    if first.cancelled():
        return None
    return await _collect(run, verb, first.result(), timeout_s)


async def _collect(run: Execution, verb: Verb, key: str, timeout_s: float) -> str:
    finish = verb.attribute("finishOnKey", "#")
    wanted = int(verb.attribute("numDigits", "0"))
    digits = ""
    while key not in finish:
        digits += key
        if len(digits) == wanted:
            break
        try:
            async with asyncio.timeout(timeout_s):
                key = await run.leg.keys.get()
        except TimeoutError:
            break
    return digits


async def _prompt(run: Execution, verb: Verb) -> None:
    nested: Mapping[str, RunVerb] = {"Say": say, "Play": play, "Pause": pause}
    for child in verb.children:
        if child.name in nested:
            await nested[child.name](run, child)
        else:
            run.exchange.warn(12200, f"<{child.name}> within <Gather>", run.leg)
    run.leg.phone.happen(Happening.PROMPTED)


async def record(run: Execution, verb: Verb) -> Step:
    """Voicemail. Empty recordings go on to the next verb."""
    run.leg.answer()
    if verb.attribute("playBeep", "true") == "true":
        await run.play(beep(), Source.BEEP)
    recorder = Recorder()
    sid = new_sid("RE")
    url = verb.attribute("action")
    fetch = Fetch(run.resolve(url), verb.attribute("method", "POST"))

    def hung_up() -> Mapping[str, str]:
        return _keep(run, verb, sid, recorder) | {"Digits": "hangup"}

    async with run.waiting(fetch, hung_up):
        digits = await _take_down(run, verb, recorder)
    if not recorder.audible:
        return None
    fields = _keep(run, verb, sid, recorder) | {"Digits": digits}
    return Fetch(fetch.url, fetch.method, fields)


async def _take_down(run: Execution, verb: Verb, recorder: Recorder) -> str:
    """Record until a key, silence or the limit; return the key.

    Silence is a part of the media, which no `hurry` shortens.
    """
    leg = run.leg
    quiet_ms = verb.seconds("timeout", RECORD_TIMEOUT_S) * _MS
    limit_ms = verb.seconds("maxLength", RECORD_MAX_S) * _MS
    keys = verb.attribute("finishOnKey", RECORD_KEYS)
    _forget_keys(run)
    leg.line = recorder
    leg.phone.happen(Happening.RECORDING)
    try:
        while recorder.quiet_ms < quiet_ms and recorder.total_ms < limit_ms:
            await asyncio.sleep(FRAME_MS / _MS)
            while not leg.keys.empty():
                if (key := leg.keys.get_nowait()) in keys:
                    return key
    finally:
        if leg.line is recorder:
            leg.line = Line()
    return ""


def _keep(run: Execution, verb: Verb, sid: str, recorder: Recorder) -> dict[str, str]:
    """File the recording; return what an action is told about it."""
    exchange = run.exchange
    exchange.recordings[sid] = Recording(sid, run.leg.sid, recorder.audio)
    account = f"/2010-04-01/Accounts/{exchange.account_sid}"
    fields = {
        "RecordingSid": sid,
        "RecordingUrl": f"{exchange.api_url}{account}/Recordings/{sid}",
        "RecordingDuration": str(round(recorder.total_ms / _MS)),
    }
    if callback_url := verb.attribute("recordingStatusCallback"):
        callback = StatusCallback(run.resolve(callback_url))
        told = fields | {
            "AccountSid": exchange.account_sid,
            "CallSid": run.leg.sid,
            "RecordingStatus": "completed",
            "RecordingChannels": "1",
            "RecordingSource": "RecordVerb",
        }
        exchange.spawn(exchange.notify(callback, told, run.leg))
    if verb.flag("transcribe"):
        _transcribe(run, verb, fields, recorder.total_ms)
    return fields


def _transcribe(
    run: Execution, verb: Verb, recording: dict[str, str], length_ms: int
) -> None:
    """Have a recording written down: it must not be too short, nor too long."""
    exchange = run.exchange
    text = exchange.options.transcription
    fits = TRANSCRIBED_MS[0] <= length_ms <= TRANSCRIBED_MS[1]
    url = verb.attribute("transcribeCallback")
    if not url:
        return
    told = {
        "AccountSid": exchange.account_sid,
        "CallSid": run.leg.sid,
        "CallStatus": run.leg.status,
        "From": run.leg.from_number,
        "To": run.leg.to_number,
        "TranscriptionSid": new_sid("TR"),
        "TranscriptionStatus": "completed" if fits and text else "failed",
        "TranscriptionText": text if fits else "",
        "RecordingSid": recording["RecordingSid"],
        "RecordingUrl": recording["RecordingUrl"],
    }
    callback = StatusCallback(run.resolve(url))
    exchange.spawn(exchange.notify(callback, told, run.leg))


def _forget_keys(run: Execution) -> None:
    while not run.leg.keys.empty():
        run.leg.keys.get_nowait()
