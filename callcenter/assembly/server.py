"""The production server: the node's application on Hypercorn, and an orderly end."""

import asyncio
import gc
import logging
import signal
import socket
import sys
from contextlib import closing
from typing import Final

import structlog
from hypercorn.asyncio import serve
from hypercorn.config import Config

from callcenter.assembly.console import first_words
from callcenter.assembly.logs import set_up_logs
from callcenter.assembly.misspelt import check_names, check_voice
from callcenter.assembly.node import Node, running
from callcenter.errors import ConfigurationError
from callcenter.settings import Settings

LOOPBACK: Final = "127.0.0.1"
KEEP_ALIVE_SECONDS: Final = 75.0
BACKLOG: Final = 512

MOVE_SECONDS: Final = 10.0
"""Of the time to drain: for sending the remaining callers to another node."""

PING_SECONDS: Final = 5.0
"""Finds out half-open sockets; Hypercorn also keeps a closed one's task for as long."""

GC_THRESHOLDS: Final = (2_000, 20, 50)
"""A young round stays below a millisecond. A full one looks at every live call, some
50 ms at 40 of them, in which nobody hears anything: it comes after some hundred calls,
when those that are over have left up to 150 MB behind, not in the middle of each ramp.
"""

logger = structlog.get_logger()


async def run_server(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT, then let the live calls finish."""
    set_up_logs(settings.log_level)
    check_names()
    check_voice(settings.openai_voice)
    host = _host(settings)
    with closing(_door(host, settings.port)) as door:
        await _serve(settings, host, door)


async def _serve(settings: Settings, host: str, door: socket.socket) -> None:
    port = door.getsockname()[1]
    async with running(settings) as node:
        for problem in (*node.problems.values(), *node.warnings()):
            logger.warning("not_in_order", problem=problem)
        logger.info(
            "serving",
            address=f"http://{host}:{port}",
            public=settings.public_base or None,
            python=sys.version.partition(" ")[0],
        )
        for line in await first_words(settings, _shown(settings, host, port)):
            sys.stderr.write(f"{line}\n")
        _spare_the_collector()
        await serve(
            node.app,
            hypercorn_config(door),
            shutdown_trigger=lambda: _until_drained(node, settings.drain_seconds),
        )


def _spare_the_collector() -> None:
    """Take all that was imported out of the garbage collector's rounds.

    Half a million objects that never become garbage: a full round over them stops every
    call for 0.1 s.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)


def _door(host: str, port: int) -> socket.socket:
    """The listening socket. Raises ConfigurationError when it cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise ConfigurationError(
            f"Cannot listen on {host}, port {port}: {error.strerror or error}. Set "
            "HOST and PORT, or end whatever uses the port."
        ) from error


def hypercorn_config(door: socket.socket) -> Config:
    """Hypercorn's settings for media streams, on a socket that listens already.

    The socket is Hypercorn's from now on: it closes it itself.
    """
    config = Config()
    config.bind = [f"fd://{door.detach()}"]
    config.graceful_timeout = 1.0  # we have drained by then; see _until_drained
    config.keep_alive_timeout = KEEP_ALIVE_SECONDS
    config.websocket_ping_interval = PING_SECONDS
    config.accesslog = None
    config.errorlog = logging.getLogger("hypercorn.error")
    return config


def _shown(settings: Settings, host: str, port: int) -> str:
    """Where people find the server."""
    anywhere = host in {"0.0.0.0", "::"}  # noqa: S104  # compared, not bound
    here = f"[{host}]" if ":" in host else host
    return settings.public_base or f"http://{LOOPBACK if anywhere else here}:{port}"


def _host(settings: Settings) -> str:
    """Without a token nobody can be believed but this machine."""
    if settings.twilio_auth_token.get_secret_value():
        return settings.host
    return LOOPBACK


async def _until_drained(node: Node, drain_s: float) -> None:
    """Wait for the signal, then for the calls; the server answers all the while.

    Hypercorn would close live WebSockets itself, or wait for them for ever (on Python
    3.12 and later), so the application drains before Hypercorn hears of it.
    """
    asked = asyncio.Event()

    def ask() -> None:  # the second time, nobody waits any more
        node.floor.hurry() if asked.is_set() else asked.set()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ask)
    await asked.wait()
    node.floor.draining = True
    logger.info("draining", calls=node.floor.live, seconds=drain_s)
    moving_s = min(MOVE_SECONDS, drain_s / 2)
    if not await node.floor.drained(drain_s - moving_s):
        logger.info("moving", calls=node.floor.live)
        await node.floor.move(moving_s)
        await node.ledger.flush(moving_s)
    node.floor.stop()
