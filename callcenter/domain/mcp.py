"""Servers of the Model Context Protocol, whose tools an agent may use."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

_HEADER_NAME: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
"""RFC 9110, 5.6.2."""

_SECRET: Final = re.compile("auth|key|token|secret|cookie|password", re.IGNORECASE)
_VARIABLE: Final = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


@dataclass(frozen=True, slots=True)
class McpServer:
    """Where it is: either an address or a command, never both."""

    name: str
    """Unlike any other of the same card; it stands before its tools' names in logs."""
    url: str = ""
    """Of a Streamable HTTP server."""
    command: tuple[str, ...] = ()
    """That starts a server which speaks over its standard input and output."""
    tools: tuple[str, ...] = ()
    """The only ones of its tools that the agent gets; empty: all of them."""
    headers: tuple[str, ...] = ()
    """Sent to the address, each like `Authorization: Bearer ${CRM_TOKEN}`; what stands
    in `${…}` is taken from the environment, so that no card holds a secret."""

    def flaw(self) -> str:
        """What is wrong with the headers; empty when nothing is."""
        for header in self.headers:
            name, colon, value = (part.strip() for part in header.partition(":"))
            if not (colon and value and _HEADER_NAME.fullmatch(name)):
                return f"'{header[:40]}' is no header like 'X-Team: sales'"
            if _SECRET.search(name) and not _VARIABLE.search(value):
                return f"'{name}' is a secret: write ${{A_NAME}}, and set it outside"
        if self.headers and not self.url:
            return "a command takes no headers"
        return ""

    def filled_in(self, environment: Mapping[str, str]) -> dict[str, str]:
        """The headers as they are sent. KeyError with the name that is not set."""
        pairs = (header.partition(":") for header in self.headers)
        return {
            name.strip(): _VARIABLE.sub(
                lambda found: environment[found[1]], value
            ).strip()
            for name, _, value in pairs
        }


@dataclass(frozen=True, slots=True)
class Offer:
    """A tool as its server describes it: nothing of this need fit."""

    name: str
    description: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    """JSON Schema of the arguments."""
    read_only: bool = False
    """The server says that nothing is different afterwards."""


class Came(StrEnum):
    """What came of asking a server."""

    ANSWER = "answer"
    ERROR = "error"
    """The server's own, in words."""
    NOT_CONNECTED = "not connected"
    """Surely nothing was done."""
    UNKNOWN = "unknown"
    """It was asked, and did not answer."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server's tool gave: text, perhaps very long."""

    came: Came
    text: str = ""
