"""Logs: one line for each thing worth knowing, on standard error.

For a person at a terminal, or as JSON for a machine. Other libraries' lines come out
the same way. What callers say is never in them, and secrets are cut out of all.
"""

import logging
import re
import sys
from contextlib import suppress
from typing import Any, Final, TextIO

import structlog
from structlog.typing import Processor

from callcenter.domain.redaction import redacted_text

_SECRETS: Final = re.compile(
    r"sk-[\w-]{8,}|Bearer \S+|Basic \S+|(?:token|key|password|secret)=[^\s\"'&]+"
    r"|\$argon2\w*\$\S+|(?<=://)[^/\s:@]*:[^/\s@]+(?=@)"
)
_TELEPHONE: Final = re.compile(r"(?:\+|%2[Bb]|\\u002b)[1-9]\d{6,14}(?!\d)")
_DIGITS: Final = re.compile(r"(?<![\w.])\d(?:[ -]?\d){8,24}(?![\w.])")
"""Long enough for a card, or for a person's number."""

_LONGEST_LINE: Final = 100_000
"""Characters; no line of ours comes near it."""

_TALKATIVE: Final = ("aiohttp", "alembic", "httpcore", "httpx", "twilio", "websockets")
"""They log addresses with their queries, or every step, at INFO."""


def without_secrets(line: str) -> str:
    """A line without keys, tokens, telephone numbers, and numbers of cards or people.

    Of an address only what proves something is cut out; times and ids stay.
    """
    line = _SECRETS.sub("[secret]", line[:_LONGEST_LINE])
    line = _TELEPHONE.sub("[number]", line)
    return _DIGITS.sub(lambda match: redacted_text(match[0]), line)


class _Unbreakable:
    """A stream that may be full or gone: no line of a log is worth a call.

    It is also the last to see what is written, so secrets end here.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with suppress(OSError, ValueError):
            self._stream.write(without_secrets(text))
        return len(text)

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            self._stream.flush()

    def isatty(self) -> bool:
        return self._stream.isatty()


def set_up_logs(level: str, stream: TextIO | None = None) -> None:
    """Call it once, before anything is logged; by default to standard error."""
    lines: Any = _Unbreakable(stream or sys.stderr)
    person = lines.isatty()
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=not person),
    ]
    renderer: Any = (
        # Plainly: a traceback with variables would have passwords and callers' words.
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        if person
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    if not person:
        shared.append(structlog.processors.format_exc_info)
    number = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(lines),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(lines)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                renderer,
            ],
            foreign_pre_chain=shared,
        )
    )
    logging.basicConfig(handlers=[handler], level=max(number, logging.INFO), force=True)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
