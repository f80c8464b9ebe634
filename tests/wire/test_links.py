"""Addresses that are their own key."""

from hypothesis import given, strategies as st

from callcenter.wire.links import Links

LINKS = Links("one secret", "https://calls.example.com")


def token(address: str) -> str:
    return address.rpartition("/")[2].removesuffix(".ics")


def test_an_invitation_s_address_gives_its_code_back() -> None:
    address = LINKS.invitation("K7M4X")
    assert address.startswith("https://calls.example.com/a/K7M4X-")
    assert LINKS.code_of(token(address)) == "K7M4X"


def test_another_secret_opens_nothing() -> None:
    other = Links("another secret", LINKS.base)
    assert other.code_of(token(LINKS.invitation("K7M4X"))) is None
    assert not other.opens_feed("stand", LINKS.feed("stand").partition("=")[2])


def test_a_seal_fits_only_what_it_was_made_for() -> None:
    seal = token(LINKS.invitation("K7M4X")).partition("-")[2]
    assert len(seal) == 22  # 128 bits
    assert LINKS.code_of(f"K7M4Y-{seal}") is None
    assert LINKS.code_of(f"K7M4X-{seal}x") is None
    assert not LINKS.opens_feed("K7M4X", seal)


@given(st.text())
def test_whatever_is_guessed_opens_nothing(guess: str) -> None:
    assert LINKS.code_of(guess) is None
    assert not LINKS.opens_feed(guess, guess)


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_a_feed_s_address_fits_any_name(name: str) -> None:
    assert LINKS.opens_feed(name, LINKS.feed(name).rpartition("?key=")[2])


def test_without_an_address_there_is_no_link() -> None:
    assert Links("secret", "").invitation("K7M4X") == ""


def test_without_a_secret_nothing_is_sealed_and_nothing_opens() -> None:
    """An empty one would be everybody's: the database was not asked yet."""
    nobodys = Links("", LINKS.base)
    assert nobodys.invitation("K7M4X") == ""
    assert nobodys.code_of(f"K7M4X-{nobodys._seal('appointment', 'K7M4X')}") is None
    nobodys.secret = LINKS.secret
    assert nobodys.invitation("K7M4X") == LINKS.invitation("K7M4X")


def test_the_secret_is_not_shown() -> None:
    assert "one secret" not in repr(LINKS)
