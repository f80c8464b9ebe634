"""A wrap-up as a person reads it on a terminal."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from rich.table import Table
from rich.text import Text

from callcenter.cli.call_text import clean
from callcenter.domain.wrap_up import Satisfaction, WrapUpKind

WRITTEN_BY: Final = {
    WrapUpKind.MODEL: "summary",
    WrapUpKind.EXTRACT: "extract",
}
"""An extract never passes for a summary."""

MODEL: Final = ("text_", "audio_")


def wrap_up_text(written: Mapping[str, Any]) -> Table:
    """What was written down of a call, and what it cost."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(justify="right", style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, what in _rows(written):
        table.add_row(name, what)
    return table


def _rows(written: Mapping[str, Any]) -> Iterator[tuple[str, Text]]:
    yield WRITTEN_BY[WrapUpKind(written["kind"])], clean(written["summary"])
    if written["trouble"]:
        yield "", clean(written["trouble"], "yellow")
    yield "about", clean(written["topic"])
    for promised in written["follow_ups"]:
        when = f" ({promised['when']})" if promised["when"] else ""
        yield "to do", clean(f"{promised['kind']}: {promised['text']}{when}", "bold")
    if written["satisfaction"] != Satisfaction.UNKNOWN:
        yield "caller", clean(written["satisfaction"])
    if written["doubt"]:
        doubted = f"rather {written['disposition']}: {written['doubt']}"
        yield "doubt", clean(doubted, "yellow")
    yield "cost", clean(_cost(written["cost"]))


def _cost(cost: Mapping[str, float]) -> str:
    model = sum(usd for kind, usd in cost.items() if kind.startswith(MODEL))
    return (
        f"${cost['total']:.4f} (model ${model:.4f}, transcription "
        f"${cost['transcription']:.4f}, telephone about ${cost['telephony']:.4f}, "
        f"summary ${cost['summary']:.4f})"
    )
