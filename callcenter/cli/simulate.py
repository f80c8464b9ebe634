"""`callcenter simulate`: scripted calls, offline, and what became of them."""

from pathlib import Path
from typing import Annotated

import typer


def simulate(
    names: Annotated[
        list[str] | None,
        typer.Argument(help="Which ones; without a name, all."),
    ] = None,
    write: Annotated[
        Path | None,
        typer.Option(help="Write the conversations to this file, as Markdown."),
    ] = None,
) -> None:
    """Place scripted calls over the simulators, and judge and print what was said.

    A minute each, in real time. Exit status 0 only if all of them went as they should;
    nothing is written otherwise.

    Example: callcenter simulate weather
    """
    import asyncio

    from callcenter.demo.conversations import rehearse as place
    from callcenter.demo.markdown import as_markdown
    from callcenter.demo.scripts import SCRIPTS
    from callcenter.errors import ConfigurationError

    known = {script.name: script for script in SCRIPTS}
    if unknown := set(names or []) - set(known):
        raise ConfigurationError(
            f"There is no script {', '.join(sorted(unknown))}; there are "
            f"{', '.join(known)}."
        )
    chosen = [known[name] for name in names or known]
    placed = asyncio.run(place(chosen, lambda line: typer.echo(line, err=True)))
    good = all(one.went_well for one in placed)
    for one in placed:
        for check in one.checks():
            if not check.ok:
                typer.echo(f"{one.script.name}: not so: {check.what}", err=True)
    if write is None or not good:
        typer.echo(as_markdown(placed))
    else:
        write.write_text(as_markdown(placed), encoding="utf-8")
    raise typer.Exit(0 if good else 1)
