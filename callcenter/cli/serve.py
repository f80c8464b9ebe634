"""`callcenter serve`: the production server."""

from typing import Annotated

import typer


def serve(
    host: Annotated[str | None, typer.Option(help="Instead of HOST.")] = None,
    port: Annotated[int | None, typer.Option(help="Instead of PORT.")] = None,
) -> None:
    """Serve calls until told to stop; then finish the live ones.

    Settings come from the environment or from .env (see .env.example).

    Example: PUBLIC_URL=https://calls.example.com callcenter serve --port 8000
    """
    import asyncio

    from callcenter.assembly.loops import quickest
    from callcenter.assembly.server import run_server
    from callcenter.settings import Settings

    given = {"host": host, "port": port}
    settings = Settings(**{k: v for k, v in given.items() if v is not None})  # type: ignore[arg-type]
    with asyncio.Runner(loop_factory=quickest()) as runner:
        runner.run(run_server(settings))
