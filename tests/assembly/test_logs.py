"""No secret is in a log, whoever logs it and however."""

import json
import logging
from collections.abc import Iterator
from io import StringIO

import pytest
import structlog

from callcenter.assembly.logs import set_up_logs

SECRETS = (
    "sk-proj-abcdefghijklmnop",
    "Bearer eyJhbGciOi",
    "Basic QUM6dG9r",
    "hunter2",
    "$argon2id$v=19$m=65536$abc",
    "+4755512345",
    "4111111111111111",
    "4111 1111 1111 1111",
    "01010750160",
)


@pytest.fixture
def lines() -> Iterator[StringIO]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    stream = StringIO()
    set_up_logs("INFO", stream)
    yield stream
    root.handlers[:], root.level = before, level
    structlog.reset_defaults()


def test_planted_secrets_do_not_get_out(lines: StringIO) -> None:
    for secret in SECRETS:
        told = secret if secret != "hunter2" else "postgresql://me:hunter2@host/db"
        structlog.get_logger().warning("planted", value=told, deep={"in": [told]})
        logging.getLogger("library").warning("of %s and more", told)
        try:
            raise ValueError(told)  # noqa: TRY301
        except ValueError:
            structlog.get_logger().exception("broke")
    written = lines.getvalue()
    assert len(written.splitlines()) == 3 * len(SECRETS)
    for secret in SECRETS:
        assert secret not in written, secret


def test_times_ids_and_codes_stay(lines: StringIO) -> None:
    structlog.get_logger().info("call_ended", call_id="7f3a99", code=21220, took_ms=812)
    line = json.loads(lines.getvalue())
    assert (line["call_id"], line["code"], line["took_ms"]) == ("7f3a99", 21220, 812)
    assert line["timestamp"].startswith("20")


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_a_traceback_for_a_person_has_no_variables(lines: StringIO) -> None:
    """They would be passwords, and what callers said."""
    at_a_terminal = Terminal()
    set_up_logs("INFO", at_a_terminal)
    heard = "".join(["my name ", "is Kari"])
    try:
        raise ValueError(len(heard))  # noqa: TRY301
    except ValueError:
        structlog.get_logger().exception("broke")
    written = at_a_terminal.getvalue()
    assert "ValueError: 15" in written
    assert heard not in written
    assert not lines.getvalue()
