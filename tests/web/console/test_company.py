"""In with the company's own account."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from joserfc.jwk import RSAKey
from pydantic import SecretStr

from callcenter.domain.people import Role
from callcenter.errors import ConfigurationError
from tests.web.console.door import Door, Visitor, open_door
from tests.web.console.provider import CLIENT, SECRET, Provider, provider

HOUR_S = 3_600


@asynccontextmanager
async def house(folder: Path) -> AsyncIterator[tuple[Door, Provider]]:
    async with (
        provider() as company,
        open_door(
            folder,
            oidc_issuer=company.issuer,
            oidc_client_id=CLIENT,
            oidc_client_secret=SecretStr(SECRET),
            oidc_roles="ada@example.com=supervisor,@example.com=viewer",
        ) as door,
    ):
        yield door, company


async def comes_back(
    visitor: Visitor, company: Provider, wanted: str = "/console/calls", **more: str
) -> str:
    """Where somebody ends who signs in at the provider."""
    begun = await visitor.get(f"/console/login/company?next={wanted}")
    assert begun.status_code == 302
    given = {**company.signs_in(str(begun.location)), **more}
    answer = await visitor.get(f"/console/login/company/back?{urlencode(given)}")
    assert answer.status_code == 302
    return str(answer.location)


async def test_the_companys_people_enter_and_are_what_the_house_says(
    tmp_path: Path,
) -> None:
    async with house(tmp_path) as (door, company):
        ada = door.visitor()
        page = await (await ada.get("/console/login")).get_data(as_text=True)
        assert "your company&#39;s account" in page or "company's account" in page

        assert await comes_back(ada, company) == "/console/calls"
        assert await ada.is_in()
        assert (person := await door.people.find("ada@example.com"))
        assert person.role is Role.SUPERVISOR
        company.email = "Bea@example.com"
        assert await comes_back(door.visitor(), company) == "/console/calls"
        assert (person := await door.people.find("bea@example.com"))
        assert person.role is Role.VIEWER
        assert ("ada@example.com", "login") in [
            (who, act) for who, act, _ in await door.audit()
        ]


async def test_nobody_enters_by_what_is_wrong_in_any_way(tmp_path: Path) -> None:
    past = int(datetime.now(UTC).timestamp()) - HOUR_S
    wrong: list[dict[str, Any]] = [
        {"email": "eve@evil.test"},
        {"claims": {"email_verified": False}},
        {"claims": {"email_verified": "true"}},
        {"claims": {"nonce": "another"}},
        {"claims": {"aud": "another"}},
        {"claims": {"iss": "https://evil.test"}},
        {"claims": {"exp": past}},
        {"claims": {"email": None}},
        {"signs_with": RSAKey.generate_key(2048)},
    ]
    async with house(tmp_path) as (door, company):
        for flaw in wrong:
            flawed: dict[str, Any] = {
                "email": "ada@example.com",
                "claims": {},
                "signs_with": None,
            }
            for name, value in {**flawed, **flaw}.items():
                setattr(company, name, value)
            visitor = door.visitor()
            assert await comes_back(visitor, company) == (
                "/console/login?company=refused"
            ), flaw
            assert not await visitor.is_in(), flaw
        assert await door.people.find("ada@example.com") is None
        page = await door.visitor().get("/console/login?company=refused")
        assert page.status_code == 401
        assert "did not open this door" in await page.get_data(as_text=True)


async def test_another_state_or_errand_opens_nothing(tmp_path: Path) -> None:
    async with house(tmp_path) as (door, company):
        visitor = door.visitor()
        assert "refused" in await comes_back(visitor, company, state="another")
        assert "refused" in await comes_back(visitor, company, state="\u00e6")
        stranger = door.visitor()  # was never sent: somebody lured them here
        begun = await visitor.get("/console/login/company")
        given = urlencode(company.signs_in(str(begun.location)))
        lured = await stranger.get(f"/console/login/company/back?{given}")
        assert "refused" in str(lured.location)
        assert not await stranger.is_in()


async def test_who_is_disabled_here_stays_outside(tmp_path: Path) -> None:
    async with house(tmp_path) as (door, company):
        await comes_back(door.visitor(), company)
        await door.people.disable("ada@example.com")

        assert "refused" in await comes_back(door.visitor(), company)


async def test_the_way_back_leads_into_the_console_only(tmp_path: Path) -> None:
    async with house(tmp_path) as (door, company):
        for wanted in ("https://evil.test", "//evil.test", "/console\\@evil.test"):
            assert await comes_back(door.visitor(), company, wanted) == "/console"


async def test_a_provider_that_is_away_is_said_at_the_door(tmp_path: Path) -> None:
    away = {"oidc_issuer": "http://127.0.0.1:9", "oidc_client_id": CLIENT}
    async with open_door(tmp_path, **away, oidc_roles="@example.com=viewer") as door:
        answer = await door.visitor().get("/console/login/company")

        assert answer.location == "/console/login?company=refused"


@pytest.mark.parametrize(
    "wrong",
    [
        {"oidc_roles": "@example.com=boss"},
        {"oidc_roles": ""},
        {"oidc_client_id": ""},
    ],
)
async def test_settings_that_let_nobody_in_end_the_start(
    tmp_path: Path, wrong: dict[str, str]
) -> None:
    right = {
        "oidc_issuer": "https://id.example.com",
        "oidc_client_id": CLIENT,
        "oidc_roles": "@example.com=viewer",
    }
    with pytest.raises(ConfigurationError, match="OIDC"):
        async with open_door(tmp_path, **{**right, **wrong}):
            pass


@pytest.mark.parametrize(
    "wrong",
    [{"console_password_hash": SecretStr("pass")}, {"redis_url": SecretStr("host")}],
)
async def test_other_doors_that_make_no_sense_end_it_too(
    tmp_path: Path, wrong: dict[str, SecretStr]
) -> None:
    with pytest.raises(ConfigurationError):
        async with open_door(tmp_path, **wrong):
            pass
