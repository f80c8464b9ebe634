"""What a call has cost, by what it was spent on: US dollars.

The model's part is what its facts say; how it is split among kinds of tokens comes
from today's prices. The telephone's part is an estimate: Twilio tells it days later.
Text models' and transcription's prices are the provider's published ones of November
2026 (developers.openai.com/api/docs/models).
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import ceil
from typing import Final

from callcenter.domain import events as e
from callcenter.domain.prices import Price, Tokens, price_of

DIGITS: Final = 6
"""A millionth of a dollar: ten input tokens of the smallest model."""

_TEXT: Final = {
    "gpt-6-luna": Price(0.10, 0.01, 0.50, 0, 0, 0),
    "gpt-5.6-luna": Price(0.20, 0.02, 1.20, 0, 0, 0),
    "gpt-5.4-mini": Price(0.75, 0.075, 4.50, 0, 0, 0),
    "gpt-6-sol": Price(2, 0.20, 10, 0, 0, 0),
}
_DEAREST: Final = _TEXT["gpt-6-sol"]

_TRANSCRIPTION_PER_MINUTE: Final = {"gpt-transcribe": 0.0045}
_DEAREST_TRANSCRIPTION: Final = 0.017
"""gpt-live-transcribe and gpt-realtime-whisper; also taken for one we don't know."""

KINDS: Final = (
    "text_in",
    "text_cached",
    "text_out",
    "audio_in",
    "audio_cached",
    "audio_out",
)


@dataclass(frozen=True, slots=True)
class Rates:
    """What is not in the facts."""

    model: str
    transcription_model: str
    caller_usd_per_minute: float
    """The caller's leg and its stream."""
    operator_usd_per_minute: float


LIST_PRICES: Final = Rates("", "gpt-transcribe", 0.0125, 0.014)
"""Twilio's for the United States (twilio.com/en-us/voice/pricing/us): inbound 0.0085
and the stream 0.004 a minute, outbound 0.014. Other countries' differ."""


@dataclass(frozen=True, slots=True)
class CallCost:
    """In dollars."""

    text_in: float
    text_cached: float
    text_out: float
    audio_in: float
    audio_cached: float
    audio_out: float
    transcription: float
    telephony: float
    summary: float

    def split(self) -> dict[str, float]:
        """For people and programs: each part, and their total."""
        parts = {name: round(usd, DIGITS) for name, usd in asdict(self).items()}
        return {**parts, "total": round(sum(parts.values()), DIGITS)}


def cost_of(facts: Sequence[e.Fact], rates: Rates, summary_usd: float) -> CallCost:
    """Of a call that has ended."""
    return CallCost(
        **_by_kind(facts, price_of(rates.model)),
        transcription=_minutes_spoken(facts) * _transcription(rates),
        telephony=_minutes_on_line(facts) * rates.caller_usd_per_minute
        + _operator_minutes(facts) * rates.operator_usd_per_minute,
        summary=summary_usd,
    )


def text_cost(model: str, used: Tokens) -> float:
    """Of words; a model that we don't know is taken for a dear one."""
    return _TEXT.get(model, _DEAREST).of(used)


def _by_kind(facts: Sequence[e.Fact], price: Price) -> dict[str, float]:
    """The sum is what was recorded, though prices or the model may have changed."""
    used = [fact.event for fact in facts if isinstance(fact.event, e.ModelUsed)]
    tokens = {kind: sum(getattr(u.tokens, kind) for u in used) for kind in KINDS}
    now = {kind: price.of(_only(kind, count)) for kind, count in tokens.items()}
    for one in ("text", "audio"):  # cached tokens are part of the input ones
        cached = tokens[f"{one}_cached"]
        now[f"{one}_in"] = price.of(_only(f"{one}_in", tokens[f"{one}_in"] - cached))
    paid, today = sum(u.cost_usd for u in used), sum(now.values())
    return {kind: usd * paid / today if today else 0.0 for kind, usd in now.items()}


def _only(kind: str, count: int) -> Tokens:
    """So many of one kind; cached ones are counted among the input, too."""
    whole = kind.replace("_cached", "_in")
    return Tokens(**({whole: count} | {kind: count}))


def _transcription(rates: Rates) -> float:
    return _TRANSCRIPTION_PER_MINUTE.get(
        rates.transcription_model, _DEAREST_TRANSCRIPTION
    )


def _minutes_spoken(facts: Sequence[e.Fact]) -> float:
    spoken_ms = sum(
        fact.event.ended_ms - fact.event.began_ms
        for fact in facts
        if isinstance(fact.event, e.CallerSpoke)
    )
    return spoken_ms / 60_000


def _minutes_on_line(facts: Sequence[e.Fact]) -> int:
    """Begun ones: Twilio rounds each leg up (static1.twilio.com, billing changes)."""
    began = [fact.at for fact in facts if isinstance(fact.event, e.CallAnswered)]
    ended = [fact.at for fact in facts if isinstance(fact.event, e.CallEnded)]
    if not began or not ended:
        return 0
    return ceil((ended[-1] - began[0]).total_seconds() / 60)


def _operator_minutes(facts: Sequence[e.Fact]) -> int:
    """Of everybody who picked up, the machine that was briefed included."""
    talked: dict[str, int] = {}
    for fact in facts:
        match fact.event:
            case e.OperatorBriefed(attempt_id):
                talked.setdefault(attempt_id, 0)
            case e.OperatorLeft(attempt_id, talked_s):
                talked[attempt_id] = talked_s
            case _:
                pass
    return sum(max(1, ceil(seconds / 60)) for seconds in talked.values())
