"""What is sent to other programs: how it is signed, and which addresses may be used."""

import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from callcenter.domain.events import EVENTS

WRAPPED_UP: Final = "call.wrapped_up"
TEST: Final = "webhook.test"
EVERYTHING: Final = "*"

KINDS: Final = frozenset({*EVENTS, WRAPPED_UP})
"""What may be asked for: every kind of fact, and what is said once a call is over."""

SIGNATURE: Final = "Callcenter-Signature"
EVENT_ID: Final = "Callcenter-Event-Id"
EVENT_KIND: Final = "Callcenter-Event"

MOST_URL: Final = 2_000

NAT64: Final = IPv6Network("64:ff9b::/96")
"""Addresses of the old internet, seen from the new one (RFC 6052)."""

UNICAST: Final = IPv6Network("2000::/3")
"""All that is given out in the new internet (RFC 4291); the rest is somebody's own, or
leads back to us in disguise, as ::127.0.0.1 may."""

EXAMPLES: Final = IPv6Network("3fff::/20")
"""For documents (RFC 9637)."""


def kinds_of(names: Iterable[str]) -> list[str]:
    """The kinds, in order. Raises ValueError with a sentence."""
    wanted = set(names)
    if not wanted:
        raise ValueError("say which kinds of events, or * for all")
    if unknown := wanted - KINDS - {EVERYTHING}:
        raise ValueError(f"{min(unknown)!r} is no kind of event; docs/api.md has them")
    return [EVERYTHING] if EVERYTHING in wanted else sorted(wanted)


def body_of(
    *, event_id: str, kind: str, call_id: str, at: datetime, data: dict[str, Any]
) -> bytes:
    """What is posted."""
    told = {"id": event_id, "kind": kind, "call_id": call_id, "at": at, "data": data}
    return msgspec.json.encode(told)


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """The header by which a receiver knows that it was us, and when.

    The time is signed too, so that what was overheard cannot be sent again next week.
    """
    signed = f"{timestamp}.".encode() + body
    seal = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return f"t={timestamp},v1={seal}"


def check_url(text: str, *, private: bool) -> str:
    """An address that may be kept. Raises ValueError with a sentence.

    Where it leads is looked at each time it is sent to: names change.
    """
    if len(text) > MOST_URL or not text.isascii() or not text.isprintable():
        raise ValueError("the address is too long, or has characters of no address")
    try:
        parts = urlsplit(text)
        host = parts.hostname
        _ = parts.port  # raises ValueError for one that is none
    except ValueError as error:
        raise ValueError(f"that is no address: {error}") from error
    if parts.scheme != "https" and not (private and parts.scheme == "http"):
        raise ValueError("the address must begin with https://")
    if not host or " " in text:
        raise ValueError("the address has no host")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise ValueError("the address must have no name, password or fragment")
    try:
        number = ip_address(host)
    except ValueError:
        return text
    if not private and not is_public(number):
        raise ValueError("the address is not one of the public internet")
    return text


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether a request there leaves our own networks, however it is written."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in NAT64:
            inner = IPv4Address(int(address) & 0xFFFF_FFFF)
        if address.teredo is not None:
            return False
        if inner is not None:
            return is_public(inner)
        if address not in UNICAST or address in EXAMPLES:
            return False
    return address.is_global and not address.is_multicast
