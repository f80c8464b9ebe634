"""operators.toml: what it may hold, and what is said of what it may not."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from callcenter.errors import ConfigurationError
from callcenter.telephony.operators_file import load_operators


def written(folder: Path, text: str) -> Path:
    path = folder / "operators.toml"
    path.write_text(text, encoding="utf-8")
    return path


def one(**values: str) -> str:
    lines = [f"{name} = {value}" for name, value in values.items()]
    return "\n".join(["[[operators]]", *lines])


def test_without_a_file_there_is_nobody(tmp_path: Path) -> None:
    assert load_operators(tmp_path / "operators.toml") == []


@pytest.mark.parametrize("text", ["", "# nobody yet\n"])
def test_a_file_may_be_empty(tmp_path: Path, text: str) -> None:
    assert load_operators(written(tmp_path, text)) == []


def test_operators_are_read_in_order(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        one(
            name='"Ada"',
            number='"+1 500 555 0101"',
            skills='["support", "general"]',
            hours='"Mon-Fri 08:00-18:00 Europe/Oslo"',
        )
        + "\n"
        + one(name='"Bea"', sip='"sip:bea@example.com"', priority="9")
        + "\n"
        + one(name='"Cæsar"', client='"caesar"'),
    )
    ada, bea, caesar = load_operators(path)
    assert (ada.name, ada.destination, ada.priority) == ("Ada", "+15005550101", 1)
    assert ada.skills == {"support", "general"}
    assert ada.at_work(datetime(2026, 11, 23, 9, tzinfo=UTC))
    assert not ada.at_work(datetime(2026, 11, 22, 9, tzinfo=UTC))
    assert (bea.destination, bea.priority) == ("sip:bea@example.com", 9)
    assert bea.skills == {"general"}
    assert bea.at_work(datetime(2026, 11, 22, 3, tzinfo=UTC))
    assert (caesar.name, caesar.destination) == ("Cæsar", "client:caesar")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[[operators]", "line 1"),
        ("operators = 7", "[[operators]]"),
        ('operators = ["Ada"]', "write each operator as [[operators]]"),
        ('[operators]\nname = "Ada"', "[[operators]]"),
        (one(number='"+15005550101"'), "the name is missing"),
        (one(name='"Ada"'), "give exactly one of number, sip or client"),
        (
            one(name='"Ada"', number='"+15005550101"', client='"ada"'),
            "give exactly one of number, sip or client",
        ),
        (one(name='"Ada"', number='"5550101"'), "not a phone number like +4770123456"),
        (one(name='"Ada"', number='"call me"'), "not a phone number like +4770123456"),
        (one(name='"Ada"', number='"+1"'), "phone number"),
        (one(name='"Ada"', number="15005550101"), "not a phone number like"),
        (one(name='"Ada"', phone='"+15005550101"'), "unknown key 'phone'"),
        (
            one(name='"Ada"', number='"+15005550101"', hours='"always"'),
            "operator Ada:",
        ),
        (
            one(name='"Ada"', number='"+15005550101"', hours='"Mon 8:00-9:00 Mars/X"'),
            "operator Ada:",
        ),
        (
            one(name='"Ada"', number='"+15005550101"', priority='"first"'),
            "operator Ada:",
        ),
        (
            one(name='"Ada"', number='"+15005550101"', priority="[1]"),
            "operator Ada:",
        ),
        (
            one(name='"Ada"', number='"+15005550101"', skills='"support"'),
            "operator Ada:",
        ),
        (one(name='"Ada"', number='"+15005550101"', skills="7"), "operator Ada:"),
        (one(name='"Ada"', number='"+15005550101"', skills="[]"), "operator Ada:"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(
    tmp_path: Path, text: str, sentence: str
) -> None:
    with pytest.raises(ConfigurationError) as refused:
        load_operators(written(tmp_path, text))
    assert str(refused.value).startswith(str(tmp_path / "operators.toml"))
    assert sentence in str(refused.value)


def test_two_operators_may_not_have_one_name(tmp_path: Path) -> None:
    twice = one(name='"Ada"', number='"+15005550101"')
    again = one(name='"Ada"', number='"+15005550102"')
    with pytest.raises(ConfigurationError, match="Ada"):
        load_operators(written(tmp_path, f"{twice}\n{again}"))


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    text = "\n".join(one(name=f'"{name}"') for name in ("Ada", "Bea"))
    with pytest.raises(ConfigurationError) as refused:
        load_operators(written(tmp_path, text))
    assert len(str(refused.value).splitlines()) == 2


def test_a_file_that_cannot_be_read_is_no_traceback(tmp_path: Path) -> None:
    path = tmp_path / "operators.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigurationError, match=r"operators\.toml"):
        load_operators(path)
    path.unlink()
    path.mkdir()
    with pytest.raises(ConfigurationError, match=r"operators\.toml"):
        load_operators(path)
