"""The demo on the terminal: each fact of the call as a line, while it happens.

It prints twice: to the person, and to a console that remembers, for the picture.
"""

import io
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec
from rich.console import Console, RenderableType
from rich.status import Status
from rich.table import Table
from rich.text import Text

from callcenter.domain import events as e
from callcenter.domain.consultation import CallerJoined
from callcenter.simulator.carrier.records import Happening, PhoneEvent

WIDTH: Final = 100
TITLE: Final = "callcenter demo"

COLOURS: Final = {"triage": "cyan", "weather": "blue", "scheduling": "magenta"}
ANOTHER: Final = "green"

_FONT_FACES: Final = re.compile(r"@font-face\s*{[^}]*}\s*")


def _terminal() -> Console:
    """A person's terminal, but no wider than reads well; a pipe is as wide as that."""
    console = Console()
    if not console.is_terminal or console.width > WIDTH:
        console.width = WIDTH
    return console


@dataclass(slots=True)
class Screen:
    """Prints what happens, with the time since the caller dialled."""

    console: Console = field(default_factory=_terminal)
    memory: Console = field(
        default_factory=lambda: Console(
            record=True, width=WIDTH, file=io.StringIO(), force_terminal=True
        )
    )
    agent: str = ""
    _began: float | None = None
    _status: Status | None = None

    def show(self, thing: RenderableType = "") -> None:
        """Print something to the person and to the picture."""
        self.console.print(thing)
        self.memory.print(thing)

    def save(self, picture: Path) -> None:
        """Write everything that was shown as an SVG."""
        drawn = self.memory.export_svg(title=TITLE, clear=False)
        # Rich's fonts come from the network; a viewer's own will do.
        picture.write_text(_FONT_FACES.sub("", drawn), encoding="utf-8")

    def open(self) -> None:
        """Say what is going to happen, and what is real about it."""
        words = Text.assemble(
            (
                "One call, with real sound, in real time: a little over a minute.\n",
                "bold",
            ),
            "Simulated: the telephone network, the model (a rule-based brain with a "
            "real recogniser and a real voice, no language model), the weather service."
            "\nReal: everything in between, over real sockets: webhooks, media streams,"
            " agents, tools, the database.\n",
        )
        self.show(words)

    def fact(self, fact: e.Fact) -> None:
        """Show a fact of the call, if a person would want to see it."""
        if self._began is None:
            self._began = fact.at.timestamp()
        self._line(fact.at.timestamp() - self._began, fact.event)
        self._now(fact.event)

    def close(self) -> None:
        """Stop saying what is going on."""
        if self._status is not None:
            self._status.stop()

    def _now(self, event: e.Event) -> None:  # noqa: C901  # a case a fact
        """Below the last line: who is speaking, or what is being waited for."""
        match event:
            case e.CallAnswered():
                now = "Twilio welcomes the caller"
            case e.AgentSpoke():
                now = "the caller is speaking"
            case e.CallerSpoke() | e.AgentHandedOff() | e.ToolReturned():
                now = f"{self.agent} is speaking"
            case e.OperatorCalled(operator=operator):
                now = f"{operator}'s telephone is ringing"
            case e.OperatorBriefed():
                now = "the operator listens to the briefing"
            case e.OperatorAnswered():
                now = "the operator waits for the caller"
            case CallerJoined():
                now = "caller and operator are talking"
            case _:
                return
        if self._status is None and self.console.is_terminal:
            self._status = self.console.status(now, spinner="dots")
            self._status.start()
        elif self._status is not None:
            self._status.update(now)

    def phone(self, event: PhoneEvent) -> None:
        """Show what the caller's telephone hears that no fact tells."""
        if event.what is Happening.SAID:
            self._row(None, "Twilio", "yellow", Text(event.detail))

    def _line(self, at_s: float, event: e.Event) -> None:  # noqa: C901, PLR0912  # a case a fact
        match event:
            case e.CallAnswered(caller_number=caller):
                self._note(at_s, "☎", f"{caller} is calling", "bold yellow")
            case e.SessionOpened(agent=agent, connect_ms=ms):
                self.agent = agent
                self._note(at_s, "·", f"the model is ready, after {ms} ms", "dim")
            case e.CallerSpoke(text=text):
                self._row(
                    at_s, "caller", "bold white", Text(text or "(not understood)")
                )
            case e.AgentSpoke():
                self._row(
                    at_s,
                    event.agent,
                    _colour(event.agent),
                    said(event, plain=not self.console.is_terminal),
                )
            case e.AgentHandedOff(from_agent=one, to_agent=other):
                self.agent = other
                self._note(at_s, "⇢", f"handoff: {one} → {other}", "bold cyan")
            case e.ToolCalled(tool=tool, arguments=arguments):
                self._note(at_s, "⚙", f"{tool}({_plain(arguments)})", "yellow")
            case e.ToolReturned(tool=tool, outcome=outcome, took_ms=ms):
                self._note(at_s, " ", f"{outcome}, in {ms} ms", "dim")
            case e.CallEscalated(reason=reason, topic=topic):
                self._note(at_s, "⇡", f"escalation ({topic}): {reason}", "bold red")
            case e.OperatorCalled(operator=operator, destination=number):
                self._note(
                    at_s, "☎", f"{operator}'s telephone rings ({number})", "bold"
                )
            case e.OperatorBriefed(briefing=words):
                self._row(at_s, "briefing", "green", Text(words, "italic"))
            case e.OperatorAnswered():
                self._note(at_s, "✓", "the operator pressed 1", "bold green")
            case CallerJoined():
                self._note(at_s, "✓", "caller and operator are together", "bold green")
            case e.AttemptEnded(outcome=outcome):
                self._note(at_s, "✗", f"the operator: {outcome}", "red")
            case e.OperatorLeft(talked_s=seconds):
                self._note(at_s, "☎", f"they talked for {seconds} s", "green")
            case e.SessionLost(reason=reason):
                self._note(at_s, "✗", reason, "red")
            case e.CallEnded(disposition=disposition, reason=reason):
                self._note(at_s, "■", f"{disposition}: {reason}", "bold")
            case _:
                pass

    def _note(self, at_s: float, sign: str, words: str, style: str) -> None:
        self._row(at_s, sign, style, Text(words, style))

    def _row(self, at_s: float | None, who: str, style: str, words: Text) -> None:
        row = Table.grid(padding=(0, 1), expand=True)
        row.add_column(min_width=6, justify="right", style="dim", no_wrap=True)
        row.add_column(min_width=10, justify="right", style=style, no_wrap=True)
        row.add_column(ratio=1)
        row.add_row("" if at_s is None else f"{at_s:.1f} s", who, words)
        self.show(row)


def said(event: e.AgentSpoke, *, plain: bool) -> Text:
    """What an agent said, and how much of it was heard; plain: in text alone."""
    words = Text(event.heard)
    unheard = event.generated[len(event.heard) :]
    if unheard and plain:  # where nothing can be struck out
        words.append(f" […not heard: {unheard.strip()}]")
    elif unheard:
        words.append(unheard, "strike dim")
        words.append("  (interrupted: not heard)", "red")
    if event.latency_ms is not None:
        words.append(f"  ({event.latency_ms / 1000:.1f} s)", "dim")
    return words


def _colour(agent: str) -> str:
    return f"bold {COLOURS.get(agent, ANOTHER)}"


def _plain(arguments: str) -> str:
    try:
        values = msgspec.json.decode(arguments, type=dict[str, object])
    except msgspec.MsgspecError:
        return arguments
    return ", ".join(f"{key}={value}" for key, value in values.items())
