"""What other programs get: signed, of known kinds, never sent to our own network."""

import hashlib
import hmac
import json
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given, strategies as st

from callcenter.domain.events import EVENTS
from callcenter.wire.deliveries import (
    EVERYTHING,
    KINDS,
    MOST_URL,
    WRAPPED_UP,
    body_of,
    check_url,
    is_public,
    kinds_of,
    signature,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_a_program_may_ask_for_any_kind_of_fact_and_for_the_wrap_up() -> None:
    assert kinds_of([WRAPPED_UP, "CallEnded", "CallEnded"]) == ["CallEnded", WRAPPED_UP]
    assert kinds_of(KINDS) == sorted({*EVENTS, WRAPPED_UP})


def test_a_star_is_all_of_them() -> None:
    assert kinds_of(["CallEnded", EVERYTHING]) == [EVERYTHING]


@pytest.mark.parametrize(
    ("names", "why"),
    [
        ([], "say which kinds"),
        (["CallEnded", "CallEnd"], "'CallEnd' is no kind of event"),
        (["*", "x"], "'x' is no kind of event"),
    ],
)
def test_what_is_no_kind_is_said(names: list[str], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        kinds_of(names)


def test_the_body_says_what_happened_to_which_call_and_when() -> None:
    body = body_of(
        event_id="e1", kind="CallEnded", call_id="call_1", at=NOON, data={"a": ["å"]}
    )
    assert json.loads(body) == {
        "id": "e1",
        "kind": "CallEnded",
        "call_id": "call_1",
        "at": "2026-03-02T12:00:00Z",
        "data": {"a": ["å"]},
    }


@given(st.text(min_size=1), st.integers(0, 2**40), st.binary())
def test_a_receiver_who_has_the_secret_knows_what_is_ours(
    secret: str, now: int, body: bytes
) -> None:
    secret = secret.encode("utf-8", "replace").decode()
    parts = dict(part.split("=") for part in signature(secret, now, body).split(","))
    signed = parts["t"].encode() + b"." + body
    seal = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    assert parts == {"t": str(now), "v1": seal}


def test_the_same_words_next_week_have_another_seal() -> None:
    seals = {
        signature("secret", 1, b"body"),
        signature("secret", 2, b"body"),
        signature("other", 1, b"body"),
        signature("secret", 1, b"Body"),
    }
    assert len({one.partition("v1=")[2] for one in seals}) == 4


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/hook?to=us",
        "https://example.com:8443/",
        "https://8.8.8.8/hook",
        "https://[2606:4700::1111]/",
        "HTTPS://EXAMPLE.com",
    ],
)
def test_an_address_of_the_internet_is_kept_as_it_was_given(url: str) -> None:
    assert check_url(url, private=False) == url


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://example.com/" + "x" * MOST_URL, "too long"),
        ("https://exämple.com/", "characters of no address"),
        ("https://example.com/\n", "characters of no address"),
        ("https://[::1/", "that is no address"),
        ("https://example.com:99999/", "that is no address"),
        ("http://example.com/", "must begin with https://"),
        ("ftp://example.com/", "must begin with https://"),
        ("example.com", "must begin with https://"),
        ("https:///hook", "has no host"),
        ("https://example.com/a b", "has no host"),
        ("https://eva:secret@example.com/", "no name, password or fragment"),
        ("https://eva@example.com/", "no name, password or fragment"),
        ("https://example.com/#part", "no name, password or fragment"),
        ("https://127.0.0.1/", "not one of the public internet"),
        ("https://[::ffff:10.0.0.1]/", "not one of the public internet"),
    ],
)
def test_what_is_no_address_for_us_is_said(url: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        check_url(url, private=False)


def test_a_house_may_send_to_its_own_network_if_it_says_so() -> None:
    for url in ("http://10.0.0.5:9000/hook", "https://localhost/", "http://erp.local/"):
        assert check_url(url, private=True) == url
    with pytest.raises(ValueError, match="must begin"):
        check_url("ftp://10.0.0.5/", private=True)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("10.1.2.3", False),
        ("127.0.0.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("0.0.0.0", False),
        ("2606:4700::1111", True),
        ("::1", False),
        ("fe80::1", False),
        ("fd00::1", False),
        ("ff0e::1", False),
        ("::ffff:8.8.8.8", True),
        ("::ffff:127.0.0.1", False),
        ("2002:0808:0808::1", True),
        ("2002:0a00:0001::1", False),
        ("64:ff9b::808:808", True),
        ("64:ff9b::a9fe:a9fe", False),
        ("2001:0:0a00:1::", False),
        ("::127.0.0.1", False),
        ("::ffff:0:127.0.0.1", False),
        ("64:ff9b:1::7f00:1", False),
        ("fec0::1", False),
        ("3fff::1", False),
    ],
)
def test_an_address_within_is_none_of_the_internet_however_it_is_written(
    address: str, *, public: bool
) -> None:
    assert is_public(ip_address(address)) is public


@given(st.integers(0, 2**32 - 1).map(IPv4Address))
def test_wrapping_an_address_in_a_new_one_opens_no_door(address: IPv4Address) -> None:
    number = int(address)
    wrapped = (
        IPv6Address(0xFFFF << 32 | number),
        IPv6Address(int(IPv6Address("64:ff9b::")) | number),
        IPv6Address(0x2002 << 112 | number << 80),
    )
    assert {is_public(one) for one in wrapped} == {is_public(address)}
