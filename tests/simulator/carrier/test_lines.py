"""Bridges between two clocks."""

from callcenter.simulator.carrier.lines import bridge
from callcenter.simulator.carrier.sound import QUIET_FRAME, frames, tone
from tests.simulator.carrier.tiny_server import voiced

VOICE = frames(tone((300.0,), 400))


def test_both_ends_hear_each_other() -> None:
    here, there = bridge()
    heard_there, heard_here = b"", b""
    for frame in [*VOICE, *[QUIET_FRAME] * 5]:
        heard_here += here.exchange(frame)
        heard_there += there.exchange(frame)
    assert voiced(heard_there) == b"".join(VOICE)
    assert voiced(heard_here) == b"".join(VOICE)


def test_clocks_that_tick_unevenly_leave_no_gap_in_the_sound() -> None:
    here, there = bridge()
    heard = b""
    for first, second in zip(VOICE[::2], VOICE[1::2], strict=True):
        here.exchange(first)
        here.exchange(second)
        heard += there.exchange(QUIET_FRAME) + there.exchange(QUIET_FRAME)
    heard += b"".join(there.exchange(QUIET_FRAME) for _ in range(5))
    assert b"".join(VOICE) in heard
