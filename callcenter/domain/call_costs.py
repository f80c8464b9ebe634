"""What a call cost, by what was paid for. The telephone's part is an estimate."""

from collections.abc import Iterable
from typing import Final

from callcenter.domain.prices import MILLION, Price, Tokens

INBOUND_USD_PER_MINUTE: Final = 0.0085
STREAM_USD_PER_MINUTE: Final = 0.004
OUTBOUND_USD_PER_MINUTE: Final = 0.014
"""Twilio's list prices for the United States (twilio.com/en-us/voice/pricing/us);
other countries' differ, so whoever needs the right sum takes it from the bill."""

SECONDS: Final = 60
"""A begun minute is paid for."""


def model_costs(used: Iterable[Tokens], price: Price) -> dict[str, float]:
    """US dollars by kind of token; cached ones by themselves, as they are cheap."""
    total = dict.fromkeys(("text", "text_cached", "audio", "audio_cached"), 0.0)
    for one in used:
        text = (one.text_in - one.text_cached) * price.text_in
        audio = (one.audio_in - one.audio_cached) * price.audio_in
        total["text"] += (text + one.text_out * price.text_out) / MILLION
        total["text_cached"] += one.text_cached * price.text_cached / MILLION
        total["audio"] += (audio + one.audio_out * price.audio_out) / MILLION
        total["audio_cached"] += one.audio_cached * price.audio_cached / MILLION
    return total


def scaled(parts: dict[str, float], total: float) -> dict[str, float]:
    """The parts of what was paid: another model's price changes no proportion much."""
    whole = sum(parts.values())
    share = total / whole if whole else 0.0
    return {name: round(part * share, 6) for name, part in parts.items()}


def telephony_estimate(caller_s: int, streamed_s: int, operators_s: int) -> float:
    """US dollars for the caller's leg, its stream, and the operators' legs."""
    return round(
        _minutes(caller_s) * INBOUND_USD_PER_MINUTE
        + _minutes(streamed_s) * STREAM_USD_PER_MINUTE
        + _minutes(operators_s) * OUTBOUND_USD_PER_MINUTE,
        6,
    )


def _minutes(seconds: int) -> int:
    return -(-max(seconds, 0) // SECONDS)
