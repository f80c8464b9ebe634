"""Who of a company's accounts may be what."""

import pytest

from callcenter.domain.company import CompanyRoles
from callcenter.domain.people import Role

ROLES = CompanyRoles.read("Ada@example.com = admin, @example.com=viewer,")


@pytest.mark.parametrize(
    ("email", "role"),
    [
        ("ada@example.com", Role.ADMIN),
        ("ADA@EXAMPLE.COM", Role.ADMIN),
        ("bea@example.com", Role.VIEWER),
        ("bea@sub.example.com", None),
        ("bea@example.com.evil.test", None),
        ("example.com", None),
        ("", None),
    ],
)
def test_an_address_wins_over_its_domain_and_others_are_nobody(
    email: str, role: Role | None
) -> None:
    assert ROLES.of(email) is role


@pytest.mark.parametrize(
    "text", ["ada=admin", "ada@example.com", "@=viewer", "@a.test=boss", "a@b@c=viewer"]
)
def test_an_entry_that_makes_no_sense_is_said(text: str) -> None:
    with pytest.raises(ValueError, match="is not like"):
        CompanyRoles.read(text)


def test_no_roles_are_no_roles() -> None:
    assert CompanyRoles.read("").roles == ()
