"""What a model writes when it hands a caller over: JSON, if all goes well."""

import msgspec

from callcenter.domain.handover import (
    MOST_KNOWN_CHARACTERS,
    MOST_REASON_CHARACTERS,
    Handover,
)


def parse(written: str | None) -> Handover:
    """Never raises: a handoff without a word is better than none."""
    try:
        fields = msgspec.json.decode((written or "{}").encode("utf-8", "replace"))
    except msgspec.DecodeError:
        return Handover()
    if not isinstance(fields, dict):
        return Handover()
    return Handover(
        _line(fields.get("reason"), MOST_REASON_CHARACTERS),
        _line(fields.get("known"), MOST_KNOWN_CHARACTERS),
    )


def _line(value: object, most: int) -> str:
    """One line of plain words: it stands between the instructions of an agent."""
    if isinstance(value, dict | list):
        value = msgspec.json.encode(value).decode()
    text = " ".join(value.split()) if isinstance(value, str) else ""
    return text if len(text) <= most else f"{text[: most - 2].rstrip()} …"
