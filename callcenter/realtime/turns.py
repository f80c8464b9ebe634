"""Who said what: put together from the server's events and what the bridge reports.

A caller's turn is recorded when its transcript comes (late, or never); an agent's when
its text is complete and it is known how much of it was heard.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from callcenter.bridge.run import Heard
from callcenter.domain.events import AgentSpoke, CallerBargedIn, CallerSpoke, Event
from callcenter.domain.ids import AgentName, ItemId
from callcenter.domain.transcript import Speaker, Turn, heard_part


@dataclass(slots=True)
class _Saying:
    """One item of an agent's, on its way to the caller's ear."""

    agent: AgentName
    began_ms: int = 0
    latency_ms: int | None = None
    audible_ms: int | None = None
    text: str = ""
    complete: bool = False
    sounded: bool = False
    """Whether any sound of it has come."""
    heard: Heard | None = None


class Turns:
    """The turns of one session. `clock` gives ms since the call was answered."""

    def __init__(
        self,
        agent: AgentName,
        *,
        record: Callable[[Event], None],
        clock: Callable[[], int],
    ) -> None:
        self.agent = agent
        self.record = record
        self._clock = clock
        self._sayings: dict[ItemId, _Saying] = {}
        self._spans: dict[ItemId, list[int]] = {}
        self._stopped_ms: int | None = None

    def agent_audio(self, item_id: ItemId) -> None:
        """Audio of an item is about to be played."""
        saying = self._saying(item_id)
        saying.sounded = True
        if not saying.began_ms:
            saying.began_ms = self._clock()
            if self._stopped_ms is not None:
                saying.latency_ms = saying.began_ms - self._stopped_ms
                self._stopped_ms = None

    def audible(self, item_id: ItemId, in_ms: int) -> None:
        """The caller begins to hear an item in so many ms."""
        saying = self._saying(item_id)
        if saying.latency_ms is not None:
            saying.audible_ms = saying.latency_ms + in_ms

    def heard(self, heard: Heard) -> None:
        """An item has been heard to its end, or was cut off."""
        self._saying(heard.item_id).heard = heard
        self._settle(heard.item_id)

    def barged_in(self, item_id: ItemId, heard_ms: int) -> None:
        """The caller cut an item off."""
        self.record(CallerBargedIn(item_id, heard_ms))

    def read(self, event: dict[str, Any]) -> None:
        """Take what concerns a turn from a server event; tolerate what is missing."""
        match event:
            case {
                "type": "response.output_audio_transcript.delta",
                "item_id": str(item),
                "delta": str(delta),
            }:
                self._saying(ItemId(item)).text += delta
            case {
                "type": "response.output_audio_transcript.done",
                "item_id": str(item),
                "transcript": str(text),
            }:
                self._completed(ItemId(item), text)
            case {"type": "response.done"}:
                for item_id, saying in list(self._sayings.items()):
                    if not saying.sounded:  # and it never will
                        saying.heard = Heard(item_id, 0, 0)
                    self._completed(item_id)
            case {"item_id": str(item), "type": str(kind)}:
                self._read_caller(kind, ItemId(item), event)
            case _:
                pass

    @property
    def listening(self) -> bool:
        """Whether something that the caller said is not written down yet."""
        return bool(self._spans)

    @property
    def speaking(self) -> bool:
        """Whether the caller is in the middle of a sentence."""
        return any(len(span) == 1 for span in self._spans.values())

    def pending(self) -> tuple[Turn, ...]:
        """What an agent has said so far that is not recorded yet."""
        return tuple(
            Turn(
                item_id,
                Speaker.AGENT,
                saying.agent,
                saying.text,
                saying.text,
                saying.began_ms,
            )
            for item_id, saying in self._sayings.items()
            if saying.text and saying.sounded
        )

    def flush(self) -> None:
        """The session is over: record what was said and heard, complete or not."""
        for item_id in list(self._sayings):
            self._completed(item_id)
        for item_id in list(self._spans):
            self._caller_spoke(item_id, None)

    def _read_caller(self, kind: str, item_id: ItemId, event: dict[str, Any]) -> None:
        match kind.removeprefix("conversation.item.input_audio_transcription."):
            case "input_audio_buffer.speech_started":
                self._spans[item_id] = [self._clock()]
            case "input_audio_buffer.speech_stopped":
                self._stopped_ms = self._clock()
                self._spans.setdefault(item_id, [self._stopped_ms]).append(
                    self._stopped_ms
                )
            case "completed":
                self._caller_spoke(item_id, str(event.get("transcript", "")).strip())
            case "failed":
                self._caller_spoke(item_id, None)
            case _:
                pass

    def _caller_spoke(self, item_id: ItemId, text: str | None) -> None:
        now = self._clock()
        span = self._spans.pop(item_id, None) or [now]
        self.record(CallerSpoke(item_id, text, span[0], span[-1]))

    def _saying(self, item_id: ItemId) -> _Saying:
        return self._sayings.setdefault(item_id, _Saying(self.agent))

    def _completed(self, item_id: ItemId, text: str | None = None) -> None:
        saying = self._saying(item_id)
        saying.complete = True
        saying.text = saying.text if text is None else text
        self._settle(item_id)

    def _settle(self, item_id: ItemId) -> None:
        saying = self._sayings[item_id]
        if saying.heard is None or not saying.complete:
            return
        del self._sayings[item_id]
        heard, spoken = saying.heard.heard_ms, saying.heard.spoken_ms
        words = heard_part(saying.text, heard_ms=heard, spoken_ms=spoken)
        self.record(
            AgentSpoke(
                item_id=item_id,
                agent=saying.agent,
                generated=saying.text,
                heard=words if saying.sounded else "",
                began_ms=saying.began_ms,
                spoken_ms=spoken,
                heard_ms=heard,
                latency_ms=saying.latency_ms,
                audible_ms=saying.audible_ms,
            )
        )
