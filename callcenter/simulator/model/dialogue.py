"""The protocol of one session: what each event of the client brings about."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Protocol

from callcenter.simulator.model import configuration, formats, requests, usage
from callcenter.simulator.model.conversation import Conversation, Item, parse_item
from callcenter.simulator.model.faults import Faults
from callcenter.simulator.model.hearing import Began, Ears, Ended, Heard, Hearing
from callcenter.simulator.model.identifiers import new_id
from callcenter.simulator.model.reply import Line, Pace, Reply, Speaks
from callcenter.simulator.model.scene import Scene
from callcenter.simulator.model.schema import Json, Refused
from callcenter.wire import mulaw


class Wire(Line, Protocol):
    """The connection, as the dialogue needs it."""

    def start(self, work: Coroutine[object, object, None]) -> None: ...


@dataclass(frozen=True, slots=True)
class Studio:
    """What all sessions of a simulator share."""

    ears: Ears
    voice: Speaks
    pace: Pace
    session_s: float
    unix_time_s: Callable[[], float]


class Dialogue:
    """The state of one session. `receive` is called for one event after another."""

    def __init__(self, wire: Wire, studio: Studio, faults: Faults, model: str) -> None:
        expires_at = int(studio.unix_time_s() + studio.session_s)
        self.config = configuration.created(new_id("sess"), model, expires_at)
        self.conversation = Conversation()
        self.hearing = Hearing(studio.ears)
        self.active: Reply | None = None
        self._wire, self._studio, self._faults = wire, studio, faults
        self._utterance_id = new_id("item")
        self._cached = usage.Tokens()
        self._updates = self._responses = self._finished = self._turns = 0
        self._configure_hearing()

    async def receive(self, event: Json) -> None:
        """One event of the client; what is wrong with it is answered by an `error`."""
        try:
            await self._dispatch(requests.check(event), event)
        except Refused as refused:
            await self.complain(
                refused.code,
                refused.message,
                param=refused.param,
                event_id=event.get("event_id"),
            )

    async def complain(
        self,
        code: str,
        message: str,
        *,
        param: str | None = None,
        event_id: str | None = None,
    ) -> None:
        """Send an `error`; the session goes on."""
        about = {"param": param, "event_id": event_id}
        error = {"type": "invalid_request_error", "code": code, "message": message}
        await self._wire.send("error", error={**error, **about})

    async def _dispatch(self, kind: str, event: Json) -> None:
        match kind:
            case "input_audio_buffer.append":
                await self._append(event["audio"])
            case "session.update":
                await self._update(event["session"])
            case "response.create":
                await self._create_response(event.get("response") or {})
            case "response.cancel":
                self._cancel(event.get("response_id"))
            case "input_audio_buffer.commit":
                await self._commit(self.hearing.commit(), respond=False)
            case "input_audio_buffer.clear":
                self.hearing.clear()
                await self._wire.send("input_audio_buffer.cleared")
            case _:
                await self._edit(kind, event)

    async def _edit(self, kind: str, event: Json) -> None:
        """The four verbs of `conversation.item`."""
        send, item_id = self._wire.send, event.get("item_id", "")
        match kind:
            case "conversation.item.create":
                item = parse_item(event["item"], new_id("item"))
                await self._add(item, event.get("previous_item_id"))
            case "conversation.item.retrieve":
                item = self.conversation.get(item_id)
                found = item.to_json(with_audio=True)
                await send("conversation.item.retrieved", item=found)
            case "conversation.item.delete":
                self.conversation.delete(item_id)
                await send("conversation.item.deleted", item_id=item_id)
            case "conversation.item.truncate":
                heard_ms = event["audio_end_ms"]
                self.conversation.get(item_id, "truncate").truncate(heard_ms)
                at = {"item_id": item_id, "content_index": event["content_index"]}
                await send("conversation.item.truncated", **at, audio_end_ms=heard_ms)
            case _:
                raise AssertionError(kind)

    async def _update(self, change: Json) -> None:
        self._updates += 1
        if self._faults.ignore_updates:
            return
        if self._updates == self._faults.reject_update:
            raise Refused("invalid_value", "Simulated: this update is refused.")
        spoken = self.conversation.has_spoken
        self.config = configuration.updated(self.config, change, has_spoken=spoken)
        self._configure_hearing()
        await self._wire.send("session.updated", session=self.config)

    def _configure_hearing(self) -> None:
        self.hearing.configure(self.config["audio"]["input"]["turn_detection"])

    async def _append(self, audio: str) -> None:
        audio_format = self.config["audio"]["input"]["format"]
        for heard in self.hearing.append(formats.from_client(audio, audio_format)):
            await self._react(heard)

    async def _react(self, heard: Heard) -> None:
        detection = self.config["audio"]["input"]["turn_detection"] or {}
        self._turns += 1
        if isinstance(heard, Began):
            at = {"audio_start_ms": heard.at_ms, "item_id": self._utterance_id}
            await self._wire.send("input_audio_buffer.speech_started", **at)
            if self.active and detection.get("interrupt_response"):
                self.active.stop("turn_detected")
            return
        at = {"audio_end_ms": heard.at_ms, "item_id": self._utterance_id}
        await self._wire.send("input_audio_buffer.speech_stopped", **at)
        await self._commit(heard, respond=bool(detection.get("create_response")))

    async def _commit(self, ended: Ended, *, respond: bool) -> None:
        item = Item(self._utterance_id, role="user", spoken=True, audio=ended.audio)
        self._utterance_id = new_id("item")
        before = self.items[-1].id if self.items else None
        at = {"item_id": item.id, "previous_item_id": before}
        await self._wire.send("input_audio_buffer.committed", **at)
        await self._add(item)
        item.text = await ended.utterance.finish()
        if self.config["audio"]["input"]["transcription"]:
            self._wire.start(self._transcribe(item))
        if respond:
            if self.active and self.active.is_stopped:
                await self.active.over.wait()
            await self._create_response({})

    @property
    def items(self) -> list[Item]:
        return self.conversation.items

    async def _add(self, item: Item, after: str | None = None) -> None:
        before = self.conversation.add(item, after)
        at = {"previous_item_id": before, "item": item.to_json()}
        await self._wire.send("conversation.item.added", **at)
        await self._wire.send("conversation.item.done", **at)

    async def _transcribe(self, item: Item) -> None:
        await asyncio.sleep(self._studio.pace.transcribe_ms / 1_000)
        if self._faults.no_transcription:
            return
        kind = "conversation.item.input_audio_transcription"
        at = {"item_id": item.id, "content_index": 0}
        if item.text:
            await self._wire.send(f"{kind}.delta", **at, delta=item.text)
        seconds = -(-mulaw.milliseconds(item.audio) // 1_000)
        used = {"type": "duration", "seconds": seconds}
        await self._wire.send(
            f"{kind}.completed", **at, transcript=item.text, usage=used
        )

    async def _create_response(self, wish: Json) -> None:
        requests.check_response(wish)
        in_conversation = wish.get("conversation") != "none"
        if in_conversation and self.active:
            raise Refused(
                "conversation_already_has_active_response",
                "Conversation already has an active response in progress: "
                f"{self.active.id}. Wait until the response is finished before "
                "creating a new one.",
            )
        reply = self._reply(wish, in_conversation=in_conversation)
        if in_conversation:
            self.active = reply
        self._wire.start(self._run(reply))

    def _reply(self, wish: Json, *, in_conversation: bool) -> Reply:
        self._responses += 1
        self._turns += 1
        items = list(self.items)
        if "input" in wish:
            items = [parse_item(given, new_id("item")) for given in wish["input"]]
        wanted = {**self.config, **wish}
        tools = [] if wanted["tool_choice"] == "none" else wanted["tools"]
        return Reply(
            line=self._wire,
            conversation=self.conversation,
            session=self.config,
            voice=self._studio.voice,
            pace=self._studio.pace,
            faults=self._faults,
            scene=Scene(tuple(tools), items, wish.get("instructions") or ""),
            number=self._responses,
            cached=self._cached,
            in_conversation=in_conversation,
            metadata=wish.get("metadata"),
            modality=wanted["output_modalities"][0],
        )

    async def _run(self, reply: Reply) -> None:
        await reply.run()
        self._cached = reply.read.cached
        if self.active is reply:  # before the client can know, or it may be too early
            self.active = None
        await self._wire.send("response.done", response=reply.to_json())
        reply.over.set()
        self._wire.start(self._await_caller(reply.unplayed_s, self._turns))
        self._finished += 1
        if self._finished == self._faults.close_after_responses:
            await self._wire.close(self._faults.close_code)

    async def _await_caller(self, unplayed_s: float, turn: int) -> None:
        """Take the caller's silence for a turn, if the session has a limit to it."""
        detection = self.config["audio"]["input"]["turn_detection"] or {}
        idle_ms = detection.get("idle_timeout_ms")
        if idle_ms is None:
            return
        await asyncio.sleep(unplayed_s + idle_ms / 1_000)
        if turn != self._turns or self.active:
            return
        end_ms = self.hearing.heard_ms
        await self._wire.send(
            "input_audio_buffer.timeout_triggered",
            audio_start_ms=max(0, end_ms - idle_ms),
            audio_end_ms=end_ms,
            item_id=self._utterance_id,
        )
        await self._commit(self.hearing.nothing(), respond=True)

    def _cancel(self, response_id: str | None) -> None:
        if self.active is None or response_id not in (None, self.active.id):
            raise Refused(
                "response_cancel_not_active",
                "Cancellation failed: no active response found",
            )
        self.active.stop("client_cancelled")
