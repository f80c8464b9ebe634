"""Logs: one line for each thing worth knowing, on standard error.

For a person at a terminal, or as JSON for a machine. Other libraries' lines come out
the same way. What callers say is never in them, and secrets are cut out of all.
"""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, Final, TextIO

import structlog
from structlog.typing import Processor

_SECRETS: Final = re.compile(r"sk-[\w-]{8,}|Bearer \S+|Basic \S+|token=\S+")

_TALKATIVE: Final = ("aiohttp", "alembic", "httpcore", "httpx", "twilio", "websockets")
"""They log addresses with their queries, or every step, at INFO."""


def set_up_logs(level: str, stream: TextIO | None = None) -> None:
    """Call it once, before anything is logged; by default to standard error."""
    stream = stream or sys.stderr
    person = stream.isatty()
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=not person),
        _without_secrets,
    ]
    renderer: Any = (
        structlog.dev.ConsoleRenderer()
        if person
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    if not person:
        shared.append(structlog.processors.format_exc_info)
    number = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(stream),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
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


def _without_secrets(
    _: object, __: str, line: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    for key, value in line.items():
        if isinstance(value, str):
            line[key] = _SECRETS.sub("[secret]", value)
    return line
