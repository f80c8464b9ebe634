"""Roles are steps."""

import pytest

from callcenter.domain.people import Role


@pytest.mark.parametrize(
    ("role", "needed", "may"),
    [
        (Role.VIEWER, Role.OPERATOR, False),
        (Role.OPERATOR, Role.OPERATOR, True),
        (Role.SUPERVISOR, Role.OPERATOR, True),
        (Role.SUPERVISOR, Role.ADMIN, False),
        (Role.ADMIN, Role.VIEWER, True),
    ],
)
def test_a_role_may_what_the_ones_before_it_may(
    role: Role, needed: Role, *, may: bool
) -> None:
    assert role.may(needed) is may
