"""Who may do what over the API: roles are steps, and a key opens what it says."""

from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from callcenter.domain.people import Role
from callcenter.domain.scopes import ALL, OF_ROLE, Scope, allows, granted

SCOPES = st.sampled_from(list(Scope))


def test_every_role_may_do_what_the_one_below_may_and_more() -> None:
    for lower, higher in pairwise(Role):
        assert OF_ROLE[lower] < OF_ROLE[higher]
        assert higher.may(lower)
        assert not lower.may(higher)
        assert lower.may(lower)


def test_only_an_admin_makes_keys_and_only_supervisors_touch_calls() -> None:
    assert [role for role in Role if Scope.KEYS_ADMIN in OF_ROLE[role]] == [Role.ADMIN]
    may_act = [role for role in Role if Scope.CALLS_ACT in OF_ROLE[role]]
    assert may_act == [Role.SUPERVISOR, Role.ADMIN]


def test_who_only_watches_figures_learns_of_no_person() -> None:
    about_people = {Scope.CALLS_READ, Scope.MESSAGES_READ, Scope.PEOPLE_READ}
    assert not about_people & OF_ROLE[Role.VIEWER]


@given(st.frozensets(SCOPES))
def test_what_is_granted_by_name_is_what_is_granted(scopes: frozenset[Scope]) -> None:
    assert granted(str(one) for one in scopes) == scopes


@pytest.mark.parametrize("name", ["calls:*", "CALLS:READ", "", "calls:read "])
def test_a_name_of_no_scope_is_said(name: str) -> None:
    with pytest.raises(ValueError, match="is no scope; there are calls:read, calls:"):
        granted([Scope.CALLS_READ, name])


@given(st.frozensets(SCOPES), SCOPES)
def test_a_key_opens_what_it_says_and_that_of_keys_opens_all(
    scopes: frozenset[Scope], needed: Scope
) -> None:
    assert allows(scopes | {needed}, needed)
    assert allows(scopes - {needed}, needed) == (Scope.KEYS_ADMIN in scopes - {needed})
    assert allows(ALL, needed)
