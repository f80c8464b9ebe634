"""What can go wrong at the model's end, to be switched on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Faults:
    """All off by default. Counts are per session and start at 1."""

    handshake_status: int | None = None
    """Answer the upgrade with this instead: 401, 403, 429, 503."""
    handshake_hangs: bool = False
    """Accept the connection and never answer it."""

    close_code: int = 1011
    """With which code the closing faults close; 1006 tears the line instead."""
    close_before_created: bool = False
    close_after_responses: int | None = None
    close_mid_delta: bool = False
    """Close after the first audio delta of a response."""
    refuse_close: bool = False
    """Never answer the client's close, as the real service does."""

    reject_update: int | None = None
    """Refuse this session.update, whatever is in it."""
    ignore_updates: bool = False
    """Never answer a session.update."""

    fail_code: str | None = None
    """End responses as failed: with rate_limit_exceeded, server_error or the like."""
    fail_responses: int = 1
    """How many of a session's first responses fail, when they do."""
    stall_s: float = 0.0
    """Silence before each response's first audio, beyond thinking."""
    late_deltas: int = 0
    """Audio deltas still sent after the caller's speech has cancelled a response."""
    malformed_frame: bool = False
    """Send something that is not JSON at the first response."""

    invented_tool: str | None = None
    """Call this tool instead of the one that was meant."""
    broken_arguments: bool = False
    """Tool arguments that are not JSON."""
    no_transcription: bool = False
    """The caller's words are never transcribed."""
