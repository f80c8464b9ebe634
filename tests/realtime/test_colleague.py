"""A person's voice on a caller's line: it is prompt, or it is dropped."""

import asyncio

from callcenter.domain.ids import ItemId, ResponseId
from callcenter.realtime.colleague import CUSHION_MS, MOST_QUEUED_MS, Colleague
from callcenter.realtime.party import Party
from callcenter.simulator.carrier.sound import tone
from callcenter.wire.media import Clear, Frame, Media
from callcenter.wire.mulaw import BYTES_PER_MS, FRAME_MS, silence
from callcenter.wire.sound import AGENT, CALLER, CLEAR, Tap
from tests.realtime.test_line import ANSWER, R1, VOICE, Session, hurried, served

__all__ = ["hurried"]  # a fixture

SAID = tone((300.0,), FRAME_MS)


class Ledger:
    """What was played, and how long it still plays."""

    def __init__(self) -> None:
        self.played = b""
        self.waits_ms = 0.0

    def play(self, _: Party, item: ItemId, response: ResponseId, audio: bytes) -> None:
        assert item
        assert response
        self.played += audio

    def colleague(self) -> Colleague:
        return Colleague(self.play, lambda: self.waits_ms, lambda: 0)


def test_the_first_frames_are_gathered_and_then_each_goes_at_once() -> None:
    ledger = Ledger()
    colleague = ledger.colleague()
    colleague.speak(SAID)
    assert ledger.played == b""
    for _ in range(CUSHION_MS // FRAME_MS - 1):
        colleague.speak(SAID)
    assert len(ledger.played) == CUSHION_MS * BYTES_PER_MS
    ledger.waits_ms = 40
    colleague.speak(SAID)
    assert len(ledger.played) == (CUSHION_MS + FRAME_MS) * BYTES_PER_MS


def test_never_more_is_queued_than_two_who_talk_can_bear() -> None:
    ledger = Ledger()
    colleague = ledger.colleague()
    ledger.waits_ms = MOST_QUEUED_MS - FRAME_MS / 2
    colleague.speak(SAID)
    assert ledger.played == b""
    assert colleague.dropped == 1


async def test_both_sides_are_cut_into_utterances_of_their_own() -> None:
    colleague = Ledger().colleague()
    sentence = tone((300.0,), 300) + silence(600)
    for at in range(0, len(sentence), len(SAID)):
        colleague.hear_now(sentence[at : at + len(SAID)])
    colleague.speak(tone((300.0,), 200))
    saying = colleague.said()
    by_caller, first = await anext(saying)
    assert by_caller
    assert tone((300.0,), 300) in first.audio
    ((own_by_caller, _),) = colleague.rest()
    assert not own_by_caller


async def test_a_colleague_takes_the_line_and_the_agent_stays_behind_them() -> None:
    async with served() as stage:
        agent = Session()
        await stage.line.connect(agent)
        await stage.line.response_began(agent, R1)
        await stage.line.play(agent, ANSWER, R1, VOICE)
        colleague = await stage.line.take()
        taken = stage.line.taken
        assert taken
        await stage.until(lambda: stage.sent(Clear))
        before = len(stage.sent(Media))
        await stage.line.play(agent, ItemId("late"), R1, VOICE)
        stage.socket.hears(Frame(20, SAID))
        for _ in range(5):
            colleague.speak(SAID)
        await stage.until(lambda: len(stage.sent(Media)) > before)
        sent = b"".join(m.audio for m in stage.sent(Media)[before:])  # type: ignore[attr-defined]
        assert VOICE not in sent
        assert agent.listened == b""
        await stage.plays_all()
        await stage.until(lambda: agent.forgot)  # to the ms that was heard
        await stage.line.give_back(colleague)
        assert not stage.line.taken
        agent.listened = b""
        stage.socket.hears(Frame(3_000, SAID))
        await stage.until(lambda: SAID in agent.listened)


async def test_a_session_that_comes_while_a_colleague_speaks_waits_behind_them() -> (
    None
):
    async with served() as stage:
        colleague = await stage.line.take()
        agent = Session()
        await stage.line.connect(agent)
        assert not stage.line.is_with(agent)
        await stage.line.give_back(colleague)
        assert stage.line.is_with(agent)


async def test_a_silence_under_a_colleague_is_nobodys_fault() -> None:
    async with served() as stage:
        await stage.line.connect(Session())
        stage.line.owe()
        await stage.line.take()
        stage.now_ms = 60_000
        await asyncio.sleep(0.05)
        assert stage.dues == []


async def test_a_tap_tells_what_the_caller_says_and_hears_and_nothing_secret() -> None:
    async with served() as stage:
        told: list[bytes] = []
        stage.line.tap = Tap(told.append)
        agent = Session()
        await stage.line.connect(agent)
        stage.socket.hears(Frame(0, SAID))
        await stage.until(lambda: CALLER + SAID in told)
        await stage.line.response_began(agent, R1)
        await stage.line.play(agent, ANSWER, R1, VOICE)
        assert told[-1] == AGENT + VOICE
        await stage.line.interrupt(agent)
        assert CLEAR in told
        stage.line.hush.begin()
        told.clear()
        stage.socket.hears(Frame(20, SAID))
        await stage.until(lambda: told)
        assert told == [CALLER + silence(FRAME_MS)]
