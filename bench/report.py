"""The results as a table, with the targets and whether they are met."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from rich.console import Console
from rich.table import Table

TARGET_CALLS: Final = 40
RATIO: Final = 3.0
LATENCY_MS: Final = 10.0
MEMORY_KB: Final = 400.0
CLEAR_MS: Final = 5.0
FIRST_AUDIO_MS: Final = 60.0

DISTURBED: Final = 0.05
"""Of the time, in which the server was kept from its core by something else."""

Found = Mapping[str, Any]

ROWS: Final = (
    ("CPU, ms per call-second", "cpu_ms_per_call_s"),
    ("caller to model, p50 ms", "up_p50"),
    ("caller to model, p99 ms", "up_p99"),
    ("model to caller, p50 ms", "down_p50"),
    ("model to caller, p99 ms", "down_p99"),
    ("speech_started to clear, p99 ms", "clear_p99"),
    ("start to first audio, p99 ms", "first_audio_p99"),
    ("memory, KB per call", "memory_kb_per_call"),
    ("frames lost", "lost"),
    ("calls refused or dropped", "dropped_calls"),
    ("far ends' own lateness, p99 ms", "load_late_p99"),
    ("core missed, because of others, %", "core_missed"),
)


@dataclass(frozen=True, slots=True)
class Target:
    """Something that was promised, and what was measured."""

    what: str
    most: float
    measured: float | None

    @property
    def met(self) -> bool:
        return self.measured is not None and self.measured <= self.most


def targets(found: Found) -> list[Target]:
    """At 40 calls, or at the number of calls that comes nearest."""
    pairs = list(zip(found["relay"], found["callcenter"], strict=True))
    relay, ours = min(pairs, key=lambda pair: abs(pair[1]["calls"] - TARGET_CALLS))
    at = f"at {ours['calls']} calls"
    ratio = ours["cpu_ms_per_call_s"] / relay["cpu_ms_per_call_s"]
    ways = [ours["up_p99"], ours["down_p99"]]
    latency = None if None in ways else max(ways)
    return [
        Target(f"times the bare relay's CPU {at}", RATIO, ratio),
        Target(f"added latency, worse way, p99 ms {at}", LATENCY_MS, latency),
        Target(f"memory, KB per call {at}", MEMORY_KB, ours["memory_kb_per_call"]),
        Target(f"clear, p99 ms {at}", CLEAR_MS, ours["clear_p99"]),
        Target(f"first audio, p99 ms {at}", FIRST_AUDIO_MS, ours["first_audio_p99"]),
    ]


def show(found: Found, console: Console) -> None:
    """Print everything."""
    table = Table(title="callcenter (bare relay) on one core, far ends on another")
    table.add_column("", no_wrap=True)
    pairs = list(zip(found["relay"], found["callcenter"], strict=True))
    for relay, _ in pairs:
        table.add_column(f"{relay['calls']} calls", justify="right", no_wrap=True)
    for words, name in ROWS:
        cells = (_cell(relay, ours, name) for relay, ours in pairs)
        table.add_row(words, *cells)
    console.print(table)
    if found["sustained_calls"] is not None:
        most = found["sustained_calls"]
        console.print(f"Calls sustained before p99 passes 20 ms: {most}")
    if not found["machine"]["pinned_apart"]:
        console.print("There is but one core: the far ends slow the server down.")
    if _disturbed(found):
        console.print(
            "Other programs had the cores for much of the time: the latencies are "
            "theirs, and the rest is doubtful. Try again on a quiet machine.",
            style="yellow",
        )
    for target in targets(found):
        sign, style = ("✓", "green") if target.met else ("✗", "red")
        console.print(
            f"{sign} {target.what}: {_number(target.measured)} "
            f"(at most {target.most:g})",
            style=style,
        )


def _disturbed(found: Found) -> bool:
    windows = [*found["relay"], *found["callcenter"]]
    return any(one["core_missed"] > DISTURBED for one in windows)


def _cell(relay: Found, ours: Found, name: str) -> str:
    one, other = _value(relay, name), _value(ours, name)
    return _number(other) + ("" if one is None else f" ({_number(one)})")


def _value(window: Found, name: str) -> float | None:
    if name == "lost":
        return float(window["lost_up"] + window["lost_down"])
    if name == "core_missed":
        return 100 * float(window[name])
    value: float | None = window[name]
    return value


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.0f}" if value >= 100 or value == int(value) else f"{value:.2f}"
