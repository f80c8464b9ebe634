"""`callcenter doctor`: whether everything is there that a call needs."""

from typing import Annotated

import typer


def doctor(
    as_json: Annotated[
        bool, typer.Option("--json", help="As JSON, for a program.")
    ] = False,
) -> None:
    """Try keys, model, number, database, clock and operators; say what to do.

    Nothing is changed. Exit status 1 if calls cannot be served as things are.

    Example: callcenter doctor
    """
    import asyncio
    from dataclasses import asdict

    from callcenter.assembly.doctor import Level, examine
    from callcenter.settings import Settings

    found = asyncio.run(examine(Settings()))
    if as_json:
        import json

        typer.echo(json.dumps([asdict(one) for one in found], indent=2))
    else:
        colours = {Level.OK: "green", Level.WARN: "yellow", Level.BAD: "red"}
        for one in found:
            typer.secho(f"{one.level:<4} ", fg=colours[one.level], nl=False)
            typer.echo(f"{one.name}: {one.says}")
            if one.advice:
                typer.echo(f"       → {one.advice}")
    if any(one.level is Level.BAD for one in found):
        raise typer.Exit(1)
