"""Signatures: Twilio's own example, and the pitfalls around it."""

import pytest
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict

from callcenter.telephony.signatures import Signatures

TOKEN = "12345"
URL = "https://example.com/myapp.php?foo=1&bar=2"
FORM = {
    "CallSid": ["CA1234567890ABCDE"],
    "Caller": ["+14158675310"],
    "Digits": ["1234"],
    "From": ["+14158675310"],
    "To": ["+18005551212"],
}
SIGNATURE = "L/OH5YylLD5NRKLltdqwSvS0BnU="
"""Twilio's documents give this one for these, with this token."""


def signed(url: str, fields: dict[str, list[str]] | None = None) -> str:
    form = MultiDict[str, str](fields or {})
    return str(RequestValidator(TOKEN).compute_signature(url, form))


def test_the_documented_example_is_valid() -> None:
    assert Signatures(TOKEN).valid(URL, FORM, SIGNATURE)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/myapp.php?foo=1&bar=2",
        "https://example.com/myapp.php?bar=2&foo=1",
        "https://example.com/myapp.php/?foo=1&bar=2",
        "https://example.com/myapp.php",
        "https://example.org/myapp.php?foo=1&bar=2",
    ],
)
def test_another_address_is_not_what_was_signed(url: str) -> None:
    assert not Signatures(TOKEN).valid(url, FORM, SIGNATURE)


@pytest.mark.parametrize(
    "change", [{"Digits": ["1235"]}, {"Digits": [""]}, {"New": ["field"]}]
)
def test_another_form_is_not_what_was_signed(change: dict[str, list[str]]) -> None:
    assert not Signatures(TOKEN).valid(URL, {**FORM, **change}, SIGNATURE)


@pytest.mark.parametrize("signature", [None, "", "nonsense", "Ø", SIGNATURE.lower()])
def test_a_missing_or_wrong_signature_is_no_and_not_an_error(
    signature: str | None,
) -> None:
    assert not Signatures(TOKEN).valid(URL, FORM, signature)


def test_another_token_is_another_account() -> None:
    assert not Signatures("54321").valid(URL, FORM, SIGNATURE)


def test_without_a_token_nothing_is_valid() -> None:
    signatures = Signatures("")
    assert not signatures.possible
    assert not signatures.valid(URL, FORM, SIGNATURE)
    assert not signatures.valid_handshake("wss://example.com/x", SIGNATURE)


def test_repeated_fields_count_in_any_order_and_blank_ones_count() -> None:
    signature = signed(URL, {"a": ["2", "1"], "b": [""]})
    assert Signatures(TOKEN).valid(URL, {"a": ["1", "2"], "b": [""]}, signature)
    assert not Signatures(TOKEN).valid(URL, {"a": ["1"], "b": [""]}, signature)


@pytest.mark.parametrize(
    ("signed_as", "seen_as"),
    [
        ("https://h.example/x", "https://h.example:443/x"),
        ("https://h.example:443/x", "https://h.example/x"),
        ("http://h.example:80/x", "http://h.example/x"),
        ("https://[2001:db8::1]/x", "https://[2001:db8::1]/x"),
        ("https://[2001:db8::1]:8443/x", "https://[2001:db8::1]:8443/x"),
    ],
)
def test_the_port_of_the_scheme_may_be_written_or_not(
    signed_as: str, seen_as: str
) -> None:
    assert Signatures(TOKEN).valid(seen_as, {}, signed(signed_as))


@pytest.mark.parametrize(
    ("signed_as", "configured"),
    [
        ("wss://h.example/media-stream", "wss://h.example/media-stream"),
        ("wss://h.example:443/media-stream", "wss://h.example/media-stream"),
        ("wss://h.example/media-stream", "wss://h.example:443/media-stream"),
        ("wss://127.0.0.1:8000/media-stream", "ws://127.0.0.1:8000/media-stream"),
        ("ws://127.0.0.1:8000/media-stream", "ws://127.0.0.1:8000/media-stream"),
    ],
)
def test_handshakes_are_signed_as_wss_with_or_without_the_port(
    signed_as: str, configured: str
) -> None:
    assert Signatures(TOKEN).valid_handshake(configured, signed(signed_as))


def test_a_handshake_signed_as_https_is_not_one_of_twilios() -> None:
    signature = signed("https://h.example/media-stream")
    assert not Signatures(TOKEN).valid_handshake(
        "wss://h.example/media-stream", signature
    )
