"""What the bridge says was heard, against a phone that knows it."""

from dataclasses import dataclass

from hypothesis import example, given, settings, strategies as st

from callcenter.bridge.commands import Report, Truncate
from callcenter.bridge.events import (
    AgentAudio,
    AgentItemEnded,
    Interrupted,
    ResponseBegan,
    ResponseEnded,
)
from callcenter.domain.ids import ItemId, ResponseId
from tests.bridge.phone import Line

TOLERANCE_MS = 40  # two frames: Twilio's clock reaches us in steps of one


@dataclass(frozen=True)
class Chunk:
    after_ms: int
    size: int


@dataclass(frozen=True)
class Turn:
    """One or two items; then the caller barges in, or listens to the end."""

    items: list[list[Chunk]]
    pause_ms: int
    ends: bool
    barges_in: bool


CHUNKS = st.builds(
    Chunk, st.one_of(st.just(0), st.integers(0, 600)), st.integers(1, 6000)
)
TURNS = st.builds(
    Turn,
    st.lists(st.lists(CHUNKS, min_size=1, max_size=6), min_size=1, max_size=2),
    st.integers(0, 2500),
    st.booleans(),
    st.booleans(),
)
DELAYS = st.integers(0, 200)
PATIENCE_MS = 60_000


def listen_to_the_end(line: Line) -> None:
    for _ in range(PATIENCE_MS):
        if line.bridge.quiet:
            return
        line.pass_time(1)
    raise AssertionError("it never falls silent")


def play(line: Line, number: int, turn: Turn) -> list[ItemId]:
    response = ResponseId(f"r{number}")
    line.happens(ResponseBegan(response))
    names = [ItemId(f"{number}.{i}") for i in range(len(turn.items))]
    for name, chunks in zip(names, turn.items, strict=True):
        for chunk in chunks:
            line.pass_time(chunk.after_ms)
            line.happens(AgentAudio(name, response, bytes(chunk.size)))
        if turn.ends or name != names[-1]:
            line.happens(AgentItemEnded(name))
    if turn.ends:
        line.happens(ResponseEnded(response))
    line.pass_time(turn.pause_ms)
    if turn.barges_in:
        line.happens(Interrupted())
        if not turn.ends:
            line.happens(AgentAudio(names[-1], response, bytes(800)))  # too late
    line.happens(ResponseEnded(response))
    if not turn.barges_in:
        listen_to_the_end(line)
    return names


@settings(max_examples=120, deadline=None)
@given(DELAYS, DELAYS, DELAYS, st.lists(TURNS, min_size=1, max_size=3))
@example(200, 200, 0, [Turn([[Chunk(0, 8000)]], 500, ends=True, barges_in=True)])
@example(
    200,
    200,
    0,
    [Turn([[Chunk(0, 800), Chunk(350, 8000)]], 600, ends=True, barges_in=True)],
)
def test_what_was_heard_is_known_to_two_frames(
    there_ms: int, back_ms: int, ready_ms: int, turns: list[Turn]
) -> None:
    line = Line(there_ms, back_ms)
    line.pass_time(back_ms)  # until the stream's start is known here
    line.pass_time(ready_ms)
    spoken: dict[ItemId, int] = {}
    for number, turn in enumerate(turns):
        names = play(line, number, turn)
        sizes = [sum(chunk.size for chunk in item) for item in turn.items]
        spoken |= dict(zip(names, (size // 8 for size in sizes), strict=True))
    line.pass_time(there_ms + back_ms)

    reports = [command.heard for command in line.asked if isinstance(command, Report)]
    cuts = [command for command in line.asked if isinstance(command, Truncate)]
    assert sorted((one.item_id, one.spoken_ms) for one in reports) == sorted(
        spoken.items()
    ), "each item is reported once"
    for heard in reports:
        assert 0 <= heard.heard_ms <= heard.spoken_ms
        assert abs(heard.heard_ms - line.phone.heard_ms(heard.item_id)) <= TOLERANCE_MS
    heard_of = {heard.item_id: heard.heard_ms for heard in reports}
    assert len({cut.item_id for cut in cuts}) == len(cuts), "nothing is cut twice"
    assert all(cut.heard_ms == heard_of[cut.item_id] for cut in cuts)
    assert line.bridge.quiet
