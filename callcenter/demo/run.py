"""`callcenter demo`: place the call, show it, and judge it."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from rich.table import Table

from callcenter.assembly.logs import set_up_logs
from callcenter.demo.people import CALLER, caller, operators, write_operators
from callcenter.demo.rehearsal import Rehearsal, rehearsal
from callcenter.demo.screen import Screen
from callcenter.demo.verdict import checks, path, timings
from callcenter.simulator.carrier.phone import NOT_SPEECH, Phone
from callcenter.simulator.carrier.records import Happening
from callcenter.simulator.text_model import TextModelSimulator
from callcenter.storage.engine import Database
from callcenter.storage.history import History

LONGEST_SECONDS: Final = 120.0
"""A call that is not over by then has gone wrong."""

WRAP_UP_SECONDS: Final = 10.0
LOOK_AGAIN_SECONDS: Final = 0.2
"""A wrap-up takes a second; the demo is judged without it."""


async def run_demo(folder: Path, picture: Path | None, *, keep: bool) -> bool:
    """Returns whether the call really went the whole way."""
    _clean(folder)
    screen = Screen()
    screen.open()
    try:
        return await _run(folder, picture, screen, keep=keep)
    finally:
        screen.close()


async def _run(
    folder: Path, picture: Path | None, screen: Screen, *, keep: bool
) -> bool:
    with (folder / "callcenter.log").open("w", encoding="utf-8") as log:
        set_up_logs("INFO", log)
        async with (
            TextModelSimulator() as text,
            rehearsal(
                folder,
                write_operators(folder),
                operators(),
                watchers=[screen.fact],
                settings={"openai_text_url": text.url, "wrap_up_after_seconds": 0},
            ) as center,
        ):
            phone = await _place_call(center, screen)
            good = await _judge(center, phone, folder, screen)
            screen.save(folder / "call.svg")
            if picture is not None:
                screen.save(picture)
            if keep:
                await _stay(center, screen)
    return good


def _clean(folder: Path) -> None:
    """The demo's own folder: the last call goes, so that Friday is free again."""
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob("callcenter.*"):
        left.unlink()


async def _place_call(center: Rehearsal, screen: Screen) -> Phone:
    leg = await center.carrier.place_call(CALLER, caller, on_event=screen.phone)
    try:
        await leg.phone.happens(Happening.ENDED, timeout_s=LONGEST_SECONDS)
    except TimeoutError:
        leg.phone.hang_up()
    screen.close()
    await center.node.floor.drained(5.0)
    await center.node.ledger.flush(5.0)
    return leg.phone


async def _judge(center: Rehearsal, phone: Phone, folder: Path, screen: Screen) -> bool:
    database = Database.open(f"sqlite+aiosqlite:///{folder / 'callcenter.db'}")
    history = History(database)
    call = await _wrapped_up(history)
    await database.close()
    if call is None:
        screen.show("[bold red]The call is not in the database.[/]")
        return False
    truncated = [
        event
        for session in center.model.sessions
        for event in session.events("conversation.item.truncated")
    ]
    results = checks(call, _said(center), truncations=len(truncated))
    voices = [part.at_ms for part in phone.heard if part.source not in NOT_SPEECH]
    greeted_ms = min(voices, default=0)
    screen.show()
    screen.show(_summary(call, greeted_ms))
    for check in results:
        sign = "[green]✓[/]" if check.ok else "[bold red]✗[/]"
        screen.show(f"  {sign}  {check.what}")
    for warning in center.carrier.warnings:
        screen.show(f"  [yellow]![/] Twilio would warn: {warning}")
    screen.show()
    screen.show(_next_steps(folder, str(call["id"])))
    return all(check.ok for check in results) and not center.carrier.warnings


async def _wrapped_up(history: History) -> dict[str, Any] | None:
    """The call, with what is written down of it once it is over."""
    calls = await history.list_calls(1)
    call = await history.show_call(calls[0]["id"]) if calls else None
    with suppress(TimeoutError):
        async with asyncio.timeout(WRAP_UP_SECONDS):
            while call is not None and call["wrap_up"] is None:
                await asyncio.sleep(LOOK_AGAIN_SECONDS)
                call = await history.show_call(call["id"])
    return call


def _said(center: Rehearsal) -> list[str]:
    """What the model itself remembers to have said, in all of its sessions."""
    return [
        str(event["transcript"])
        for session in center.model.sessions
        for event in session.events("response.output_audio_transcript.done")
    ]


def _summary(call: Mapping[str, Any], greeted_ms: int) -> Table:
    table = Table(show_header=False, box=None)
    table.add_row("path", f"[bold]{path(call)}[/]")
    for what, value in timings(call, greeted_ms=greeted_ms).items():
        table.add_row(what, value)
    if written := call["wrap_up"]:
        table.add_row("summary", written["summary"])
        table.add_row("cost", f"${written['cost']['total']:.4f}")
    return table


def _next_steps(folder: Path, call_id: str) -> Table:
    table = Table(show_header=False, box=None, title="Where to look next")
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    url = f"sqlite+aiosqlite:///{folder / 'callcenter.db'}"
    show = f".venv/bin/callcenter calls show {call_id[:9]}"
    table.add_row("the call again", f"DATABASE_URL={url} \\\n  {show}")
    table.add_row("the agents", "agents/*.md, and .venv/bin/callcenter agents graph")
    table.add_row("this screen", str(folder / "call.svg"))
    table.add_row("the log", str(folder / "callcenter.log"))
    table.add_row("a real number", "README.md, five steps")
    return table


async def _stay(center: Rehearsal, screen: Screen) -> None:
    screen.show(
        f"The center stays up until Ctrl-C. It answers at {center.address}/readyz, and "
        "calls can be placed to it by its simulators only."
    )
    await asyncio.Event().wait()
