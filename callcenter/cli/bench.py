"""`callcenter bench`: what a call costs, beside a bare relay on the same machine."""

from pathlib import Path
from typing import Annotated

import typer


def bench(
    calls: Annotated[
        str, typer.Option(help="How many calls at a time: numbers and commas.")
    ] = "10,40,100",
    seconds: Annotated[
        float, typer.Option(help="How long each number is measured.", min=2)
    ] = 10,
    quick: Annotated[
        bool, typer.Option("--quick", help="40 calls for 8 seconds, and no limit.")
    ] = False,
    results: Annotated[Path, typer.Option(help="Where the figures go.")] = Path(
        "bench/results.json"
    ),
) -> None:
    """Measure CPU, latency and memory of simulated calls (Linux; about 3 minutes).

    Exit status 0 when it ran, whether or not the targets are met. See
    docs/performance.md.

    Example: callcenter bench --calls 40 --seconds 8
    """
    import sys

    from rich.console import Console

    if sys.platform != "linux":
        typer.secho("The benchmark reads /proc: it needs Linux.", err=True, fg="red")
        raise typer.Exit(2)
    try:
        from bench.report import show
        from bench.run import run_bench
    except ImportError as error:
        typer.secho(
            f"{error}. The benchmark is in the repository, not in the package: run "
            "`make bench` there.",
            err=True,
            fg="red",
        )
        raise typer.Exit(2) from None
    try:
        counts = [40] if quick else [int(one) for one in calls.split(",")]
    except ValueError:
        raise typer.BadParameter("--calls wants numbers like 10,40,100") from None
    if min(counts) < 1:
        raise typer.BadParameter("--calls wants at least 1 call at a time")
    console = Console()
    with console.status("starting …") as status:
        found = run_bench(
            counts,
            8.0 if quick else seconds,
            results,
            status.update,
            limit=not quick,
        )
    show(found, console)
    console.print(f"All figures: {results}")
