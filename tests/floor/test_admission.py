"""The token of a stream."""

import pytest

from callcenter.errors import CallerRefused
from callcenter.floor.admission import Admission


def test_the_right_token_opens_once() -> None:
    admission = Admission(expires_ms=1_000)
    admission.use(admission.token, 1_000)
    with pytest.raises(CallerRefused, match="used before"):
        admission.use(admission.token, 1_000)


@pytest.mark.parametrize("token", ["", "x", "Æ", "\x00"])
def test_a_wrong_token_is_refused_and_uses_nothing_up(token: str) -> None:
    admission = Admission(expires_ms=1_000)
    with pytest.raises(CallerRefused, match="wrong"):
        admission.use(token, 0)
    admission.use(admission.token, 0)


def test_a_token_expires() -> None:
    admission = Admission(expires_ms=1_000)
    with pytest.raises(CallerRefused, match="expired"):
        admission.use(admission.token, 1_001)


def test_tokens_are_long_different_and_never_shown() -> None:
    one, other = Admission(0), Admission(0)
    assert one.token != other.token
    assert len(one.token) >= 32
    assert one.token not in repr(one)
