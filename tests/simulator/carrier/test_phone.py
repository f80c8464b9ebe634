"""Ears, mouth and finger, without a network."""

import asyncio

import pytest

from callcenter.simulator.carrier import Happening, LineIsDead, Phone, Source
from callcenter.simulator.carrier.sound import QUIET_FRAME, audible, frames, tone

VOICE = frames(tone((300.0,), 200))


class Network:
    """Lets a phone hear one frame after another."""

    def __init__(self, phone: Phone) -> None:
        self.phone = phone
        self.at_ms = 0

    def play(self, frames: list[bytes], source: Source = Source.STREAM) -> None:
        for frame in frames:
            self.phone.hear_frame(self.at_ms, frame, source)
            self.at_ms += 20

    def quiet(self, ms: int) -> None:
        self.play([QUIET_FRAME] * (ms // 20))


@pytest.fixture
def network() -> Network:
    return Network(Phone("+4740000001"))


def test_silence_and_line_noise_are_not_heard() -> None:
    assert not audible(QUIET_FRAME)
    assert not audible(b"\x7f" * 160)
    assert not audible(b"\xfe\x7e" * 80)
    assert not audible(b"")
    assert audible(VOICE[0])


def test_what_was_heard_is_cut_at_long_silences_and_at_sources(
    network: Network,
) -> None:
    network.quiet(100)
    network.play(VOICE)
    network.quiet(200)
    network.play(VOICE)
    network.quiet(400)
    network.play(VOICE)
    network.play(VOICE, Source.BRIDGE)
    heard = network.phone.heard
    assert [(part.at_ms, len(part.audio) // 8, part.source) for part in heard] == [
        (100, 600, "stream"),
        (1100, 200, "stream"),
        (1300, 200, "bridge"),
    ]


async def test_a_pause_needs_somebody_to_have_spoken(network: Network) -> None:
    phone = network.phone
    network.quiet(2000)
    with pytest.raises(TimeoutError):
        await phone.hears_pause(quiet_ms=200, timeout_s=0.01)
    network.play(VOICE)
    network.quiet(180)
    with pytest.raises(TimeoutError):
        await phone.hears_pause(quiet_ms=200, timeout_s=0.01)
    network.quiet(20)
    await phone.hears_pause(quiet_ms=200, timeout_s=0.01)
    with pytest.raises(TimeoutError):  # that was the pause; it is not another one
        await phone.hears_pause(quiet_ms=200, timeout_s=0.01)


async def test_the_ringing_tone_is_not_somebody_speaking(network: Network) -> None:
    network.play(VOICE, Source.RINGBACK)
    network.quiet(2000)
    with pytest.raises(TimeoutError):
        await network.phone.hears_sound(timeout_s=0.01)


async def test_saying_takes_as_many_frames_as_the_audio_is_long() -> None:
    phone = Phone("+4740000001")
    async with asyncio.TaskGroup() as tasks:
        saying = tasks.create_task(phone.say(b"".join(VOICE)))
        await asyncio.sleep(0)
        assert [phone.speak_frame() for _ in VOICE[:-1]] == VOICE[:-1]
        assert not saying.done()
        assert phone.speak_frame() == VOICE[-1]
        phone.hear_frame(0, QUIET_FRAME, Source.LINE)
    assert phone.speak_frame() == QUIET_FRAME


async def test_a_dead_line_ends_every_wait(network: Network) -> None:
    phone = network.phone

    async def say() -> None:
        with pytest.raises(LineIsDead):
            await phone.say(b"".join(VOICE))

    async def listen() -> None:
        with pytest.raises(LineIsDead):
            await phone.hears_pause()

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(say())
        tasks.create_task(listen())
        await asyncio.sleep(0)
        phone.happen(Happening.ENDED, "hung up")
    with pytest.raises(LineIsDead):
        phone.press("1")
    phone.hang_up()
