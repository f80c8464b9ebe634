"""One turn of a Realtime conversation, in the server's own events (GA names)."""

import itertools

import msgspec

from callcenter.simulator.model.configuration import created

Json = dict[str, object]
_numbers = itertools.count(1)

WORDS = ("The ", "service ", "costs ", "eight ", "hundred ", "kroner, ", "and ")
"""Two seconds of speech; a real service sends about a word a message, too."""


def event(kind: str, **fields: object) -> bytes:
    """One event; its id is as long as a real one's."""
    body = {"type": kind, "event_id": f"event_{next(_numbers):021d}", **fields}
    return msgspec.json.encode(body)


def session(number: int) -> Json:
    """The settings of a new session, in full."""
    return created(f"sess_{number:021d}", "gpt-realtime-2.1", 2_000_000_000)


class Turn:
    """One answer of the agent's, and the caller's words before it."""

    def __init__(self, session_number: int, turn_number: int) -> None:
        tail = f"{session_number:08d}{turn_number:06d}"
        self.item_id, self.caller_item_id = f"item_a{tail}", f"item_u{tail}"
        self.response_id = f"resp_{tail}"
        self._at = {
            "item_id": self.item_id,
            "response_id": self.response_id,
            "output_index": 0,
            "content_index": 0,
        }
        self._head = (
            f'{{"type":"response.output_audio.delta","event_id":"event_{tail}",'
            f'"response_id":"{self.response_id}","item_id":"{self.item_id}",'
            '"output_index":0,"content_index":0,"delta":"'
        ).encode()
        self._text = ""
        self._words = 0

    def caller_stopped(self) -> list[bytes]:
        """The model has heard that the caller is done."""
        item = {
            "id": self.caller_item_id,
            "object": "realtime.item",
            "type": "message",
            "role": "user",
            "status": "completed",
            "content": [{"type": "input_audio", "transcript": None}],
        }
        of = {"item_id": self.caller_item_id}
        return [
            event("input_audio_buffer.speech_stopped", audio_end_ms=1, **of),
            event("input_audio_buffer.committed", previous_item_id=None, **of),
            event("conversation.item.added", previous_item_id=None, item=item),
            event("conversation.item.done", previous_item_id=None, item=item),
        ]

    def caller_transcribed(self) -> bytes:
        kind = "conversation.item.input_audio_transcription.completed"
        return event(
            kind,
            item_id=self.caller_item_id,
            content_index=0,
            transcript="What does it cost, and how long does it take?",
            usage={"type": "duration", "seconds": 2},
        )

    def begin(self) -> list[bytes]:
        item = self.item("in_progress")
        return [
            event("response.created", response=self._response("in_progress")),
            event(
                "response.output_item.added",
                response_id=self.response_id,
                output_index=0,
                item={**item, "content": []},
            ),
            event(
                "conversation.item.added",
                previous_item_id=self.caller_item_id,
                item={**item, "content": []},
            ),
            event(
                "response.content_part.added",
                **self._at,
                part={"type": "audio", "transcript": ""},
            ),
        ]

    def audio(self, encoded: bytes) -> bytes:
        return self._head + encoded + b'"}'

    def words(self) -> bytes:
        """A word of the transcript: it runs beside the audio."""
        word = WORDS[self._words % len(WORDS)]
        self._words += 1
        self._text += word
        return event("response.output_audio_transcript.delta", **self._at, delta=word)

    def caller_started(self) -> bytes:
        """The caller barges in on this answer; its own item is the next turn's."""
        return event(
            "input_audio_buffer.speech_started",
            item_id=self.caller_item_id.replace("_u", "_v"),
            audio_start_ms=1,
        )

    def cut_off(self) -> list[bytes]:
        part = {"type": "audio", "transcript": self._text}
        item = self.item("incomplete")
        return [
            event("response.output_audio.done", **self._at),
            event(
                "response.output_audio_transcript.done",
                **self._at,
                transcript=self._text,
            ),
            event("response.content_part.done", **self._at, part=part),
            event(
                "response.output_item.done",
                response_id=self.response_id,
                output_index=0,
                item=item,
            ),
            event("conversation.item.done", item=item),
            event("response.done", response=self._response("cancelled")),
        ]

    def item(self, status: str) -> Json:
        return {
            "id": self.item_id,
            "object": "realtime.item",
            "type": "message",
            "role": "assistant",
            "status": status,
            "content": [{"type": "output_audio", "transcript": self._text}],
        }

    def _response(self, status: str) -> Json:
        done = status != "in_progress"
        tokens = {"total_tokens": 300, "input_tokens": 200, "output_tokens": 100}
        return {
            "object": "realtime.response",
            "id": self.response_id,
            "status": status,
            "status_details": {"type": "cancelled", "reason": "turn_detected"}
            if done
            else None,
            "output": [self.item("incomplete")] if done else [],
            "conversation_id": "conv_1",
            "output_modalities": ["audio"],
            "usage": tokens if done else None,
            "metadata": None,
        }
