"""`callcenter db`: the schema of the database that DATABASE_URL names."""

from typing import Annotated

import typer

from callcenter.cli.generate import generate, rebuild

app = typer.Typer(no_args_is_help=True)
app.command("generate")(generate)
app.command("rebuild")(rebuild)


@app.command()
def upgrade() -> None:
    """Bring the schema to this version. Harmless when it is; `serve` does it too.

    Example: callcenter db upgrade
    """
    from callcenter.settings import Settings
    from callcenter.storage import schema

    schema.upgrade(Settings().database_url)
    typer.echo("The schema is up to date.")


@app.command()
def downgrade(
    revision: Annotated[
        str, typer.Argument(help='A version, "-1" for one back, or "base" for nothing.')
    ],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Take the schema back to an older version. What only the newer holds is lost.

    Example: callcenter db downgrade base --yes
    """
    from callcenter.settings import Settings
    from callcenter.storage import schema

    if not yes:
        typer.confirm(
            "Data that the older schema has no place for is lost. Go on?", abort=True
        )
    schema.downgrade(Settings().database_url, revision)
    typer.echo(f"The schema is at {revision}.")


@app.command()
def check() -> None:
    """Say whether the schema is what this version needs; exit status 1 if it is not.

    Example: callcenter db check
    """
    from callcenter.settings import Settings
    from callcenter.storage import schema

    problems = schema.check(Settings().database_url)
    for problem in problems:
        typer.secho(problem, err=True, fg="red")
    if problems:
        raise typer.Exit(1)
    typer.echo("The schema is what this version needs.")
