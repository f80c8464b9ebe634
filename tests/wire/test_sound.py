"""A listener's messages: one byte says whose sound it is."""

from hypothesis import given, strategies as st

from callcenter.wire.mulaw import BYTES_PER_MS
from callcenter.wire.sound import (
    AGENT,
    CALLER,
    CLEAR,
    MOST_BYTES,
    STATE,
    Tap,
    microphone,
    sound,
)


@given(st.binary(), st.binary())
def test_a_tap_tells_both_sides_apart_in_the_order_they_were_heard(
    said: bytes, answered: bytes
) -> None:
    told = list[bytes]()
    tap = Tap(told.append)
    tap.caller(said)
    tap.agent(answered)
    tap.cleared()
    assert [(one[:1], one[1:]) for one in told] == [
        (CALLER, said),
        (AGENT, answered),
        (CLEAR, b""),
    ]


def test_no_two_kinds_begin_alike_and_each_is_one_byte() -> None:
    kinds = [CALLER, AGENT, CLEAR, STATE]
    assert kinds == [bytes([n]) for n in range(4)], "supervise.js has the same numbers"


def test_a_microphone_is_one_window_of_one_call() -> None:
    channels = {
        sound("call_1"),
        sound("call_2"),
        microphone("call_1", "a"),
        microphone("call_1", "b"),
        microphone("call_2", "a"),
    }
    assert len(channels) == 5


def test_what_a_supervisor_says_at_once_waits_no_longer_than_people_notice() -> None:
    assert MOST_BYTES // BYTES_PER_MS == 200
