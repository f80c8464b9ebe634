"""Recordings as files."""

import wave
from io import BytesIO

from hypothesis import given, strategies as st

from callcenter.wire.wav import BYTES_PER_S, HEADER_BYTES, header, stereo
from tests.fakes.listening import played, sides

ALL = bytes(range(256))
HEARD = ALL.replace(b"\x7f", b"\xff")  # silence has two bytes, and one sample


def test_the_caller_is_on_the_left_and_the_agent_on_the_right() -> None:
    assert sides(stereo(ALL, ALL[::-1])) == (HEARD, HEARD[::-1])


def test_any_player_finds_two_channels_of_a_telephones_sound() -> None:
    sound = stereo(ALL, ALL[::-1])
    file = header(len(sound)) + sound
    assert len(header(0)) == HEADER_BYTES
    assert played(file) == (HEARD, HEARD[::-1])
    with wave.open(BytesIO(header(BYTES_PER_S) + bytes(BYTES_PER_S))) as player:
        assert player.getnframes() / player.getframerate() == 1.0


def test_a_files_size_is_all_but_its_first_eight_bytes() -> None:
    file = header(400) + bytes(400)
    assert int.from_bytes(file[4:8], "little") == len(file) - 8


@given(st.binary(max_size=64), st.integers(0, 108))
def test_a_file_that_was_cut_off_is_played_up_to_there(left: bytes, cut: int) -> None:
    """Its header promises more than there is: some file systems lose the end."""
    left = left.replace(b"\x7f", b"\xff")
    sound = stereo(left, left)
    file = (header(len(sound)) + sound)[: HEADER_BYTES + cut]
    assert played(file)[0] == left[: cut // 4]
