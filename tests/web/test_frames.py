"""The frames of an open WebSocket, against those that a whole library writes."""

from itertools import pairwise

import pytest
from hypothesis import given, strategies as st
from websockets.frames import Frame, Opcode as Theirs

from callcenter.web.frames import (
    MAX_BYTES,
    MAX_PARTS,
    Arrived,
    BadFrame,
    FrameReader,
    Opcode,
    render,
)

KINDS = st.sampled_from([Theirs.TEXT, Theirs.BINARY, Theirs.PING, Theirs.CLOSE])


def sent(kind: Theirs, payload: bytes, *, fin: bool = True, mask: bool = True) -> bytes:
    return Frame(kind, payload, fin=fin).serialize(mask=mask)


def read(*pieces: bytes) -> list[Arrived]:
    reader = FrameReader()
    return [frame for piece in pieces for frame in reader.feed(piece)]


@given(
    messages=st.lists(st.tuples(KINDS, st.binary(max_size=125)), max_size=6),
    cuts=st.lists(st.integers(0, 900), max_size=8),
)
def test_frames_arrive_whole_however_the_network_cuts_them(
    messages: list[tuple[Theirs, bytes]], cuts: list[int]
) -> None:
    data = b"".join(sent(kind, payload) for kind, payload in messages)
    places = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    pieces = [data[a:b] for a, b in pairwise(places)]
    assert read(*pieces) == [Arrived(Opcode(kind), body) for kind, body in messages]


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, MAX_BYTES])
def test_every_length_is_read_and_written_as_others_do(size: int) -> None:
    payload = b"\xfe" * size
    data = sent(Theirs.BINARY, payload)
    assert read(data[:9], data[9:]) == [Arrived(Opcode.BINARY, payload)]
    assert render(payload, Opcode.BINARY) == sent(Theirs.BINARY, payload, mask=False)


def test_a_message_in_parts_is_put_together_around_a_ping() -> None:
    data = (
        sent(Theirs.TEXT, b"one ", fin=False)
        + sent(Theirs.PING, b"?")
        + sent(Theirs.CONT, b"and ", fin=False)
        + sent(Theirs.CONT, b"two")
        + sent(Theirs.TEXT, b"three")
    )
    assert read(data) == [
        Arrived(Opcode.PING, b"?"),
        Arrived(Opcode.TEXT, b"one and two"),
        Arrived(Opcode.TEXT, b"three"),
    ]


def in_parts(count: int, payload: bytes) -> bytes:
    rest = sent(Theirs.CONT, payload, fin=False) * (count - 2)
    first = sent(Theirs.TEXT, payload, fin=False)
    return first + rest + sent(Theirs.CONT, payload)


def test_a_message_may_be_as_long_as_it_may_be_in_as_many_parts() -> None:
    part = b"x" * (MAX_BYTES // MAX_PARTS)
    whole = [Arrived(Opcode.TEXT, b"x" * MAX_BYTES)]
    assert read(in_parts(MAX_PARTS, part) * 2) == whole * 2


@pytest.mark.parametrize(
    "data",
    [
        in_parts(MAX_PARTS + 1, b""),
        in_parts(3, b"x" * (MAX_BYTES // 3 + 1)),
        sent(Theirs.TEXT, b"x" * (MAX_BYTES + 1)),
    ],
    ids=["many empty parts", "long parts", "one long frame"],
)
def test_a_message_without_end_is_refused_before_it_costs_much(data: bytes) -> None:
    with pytest.raises(BadFrame) as refused:
        read(data)
    assert refused.value.code == 1009


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (sent(Theirs.TEXT, b"bare", mask=False), 1002),
        (sent(Theirs.CONT, b"of nothing"), 1002),
        (sent(Theirs.TEXT, b"a", fin=False) + sent(Theirs.TEXT, b"b"), 1002),
        (b"\xc1\x80\0\0\0\0", 1002),  # compressed, though we never agreed to that
        (b"\x83\x80\0\0\0\0", 1002),  # an opcode that there is not
        (b"\x09\x80\0\0\0\0", 1002),  # half a ping
        (b"\x89\xfe\x00\x7e\0\0\0\0" + b"." * 126, 1002),  # a ping too long
        (b"\x81\xff" + (2**40).to_bytes(8), 1009),
    ],
    ids=[  # a mask is random, and the workers must agree on names
        "no mask",
        "the rest of nothing",
        "two messages at once",
        "compressed",
        "no such opcode",
        "half a ping",
        "a long ping",
        "a terabyte",
    ],
)
def test_what_is_no_websocket_is_refused_with_its_code(data: bytes, code: int) -> None:
    with pytest.raises(BadFrame) as refused:
        read(data)
    assert refused.value.code == code
