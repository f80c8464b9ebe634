import pytest

from callcenter.domain.mcp import McpServer

URL = "https://crm.example.com/mcp"


def server(*headers: str) -> McpServer:
    return McpServer("crm", url=URL, headers=headers)


def test_what_stands_in_braces_comes_from_the_environment() -> None:
    one = server("Authorization: Bearer ${TOKEN}", "X-Team:sales ${TEAM}${TEAM}")
    assert one.flaw() == ""
    assert one.filled_in({"TOKEN": "s:1", "TEAM": "a"}) == {
        "Authorization": "Bearer s:1",
        "X-Team": "sales aa",
    }


def test_a_name_that_is_not_set_is_told() -> None:
    with pytest.raises(KeyError, match="TOKEN"):
        server("Authorization: Bearer ${TOKEN}").filled_in({})


@pytest.mark.parametrize(
    ("header", "flaw"),
    [
        ("Authorization: Bearer sk-123", "'Authorization' is a secret"),
        ("X-Api-Key: 123", "'X-Api-Key' is a secret"),
        ("X-Team", "no header like"),
        ("X-Team:", "no header like"),
        ("X Team: sales", "no header like"),
        (": sales", "no header like"),
    ],
)
def test_a_header_that_cannot_be_or_tells_a_secret_is_refused(
    header: str, flaw: str
) -> None:
    assert flaw in server(header).flaw()


def test_a_command_has_no_use_for_headers() -> None:
    one = McpServer("crm", command=("crm",), headers=("X-Team: sales",))
    assert one.flaw() == "a command takes no headers"
