"""What a response used, read from its `response.done`.

The SDK's own sum lacks the kinds, and each kind has its price. A field that is missing
counts as nothing: a bill that is too low is better than a call that ends.
"""

from collections.abc import Mapping
from typing import Any

from callcenter.domain.prices import Tokens


def tokens_of(response: Mapping[str, Any]) -> Tokens:
    """The tokens of one finished, failed or cancelled response."""
    usage = _part(response, "usage")
    taken = _part(usage, "input_token_details")
    cached = _part(taken, "cached_tokens_details")
    given = _part(usage, "output_token_details")
    return Tokens(
        text_in=_count(taken, "text_tokens"),
        text_cached=_count(cached, "text_tokens"),
        text_out=_count(given, "text_tokens"),
        audio_in=_count(taken, "audio_tokens"),
        audio_cached=_count(cached, "audio_tokens"),
        audio_out=_count(given, "audio_tokens"),
    )


def _part(whole: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = whole.get(name)
    return part if isinstance(part, Mapping) else {}


def _count(part: Mapping[str, Any], name: str) -> int:
    count = part.get(name)
    return count if isinstance(count, int) and count > 0 else 0
