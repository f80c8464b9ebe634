"""A server of the Model Context Protocol whose tools an agent may use."""

from dataclasses import dataclass


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
