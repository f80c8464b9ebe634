"""`callcenter demo`: one whole call, offline, on the terminal."""

from pathlib import Path
from typing import Annotated

import typer


def demo(
    folder: Annotated[
        Path, typer.Option(help="Where the database, log and picture go.")
    ] = Path("demo"),
    picture: Annotated[
        Path | None, typer.Option(help="Save the screen as an SVG here, too.")
    ] = None,
    keep: Annotated[
        bool, typer.Option("--keep", help="Stay up after the call, until Ctrl-C.")
    ] = False,
) -> None:
    """Place one whole call on this machine: no account, no key, no network.

    Exit status 0 only if the call really went the whole way.

    Example: callcenter demo --keep
    """
    import asyncio

    from callcenter.demo.run import run_demo

    try:
        good = asyncio.run(run_demo(folder, picture, keep=keep))
    except KeyboardInterrupt:
        typer.echo("Stopped." if keep else "Stopped: the call was not finished.")
        raise typer.Exit(0 if keep else 130) from None
    raise typer.Exit(0 if good else 1)
