"""Signing in with the company's own accounts: OpenID Connect, code flow with PKCE.

(openid.net/specs/openid-connect-core-1_0.html, 3.1; RFC 7636.) The one door to authlib,
which is imported when somebody signs in that way: it is an extra.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from callcenter.domain.company import CompanyRoles
from callcenter.domain.people import Role
from callcenter.errors import CallerRefused

SCOPE: Final = "openid email"
DISCOVERY: Final = "/.well-known/openid-configuration"
TIMEOUT_SECONDS: Final = 10.0
LEEWAY_SECONDS: Final = 60
"""Clocks differ."""

ALGORITHMS: Final = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]
"""Signed with a key of the provider's: never `none`, never a secret that we share."""


@dataclass(frozen=True, slots=True)
class Errand:
    """What must be the same when somebody comes back from the provider."""

    state: str
    nonce: str
    verifier: str
    wanted: str

    def plain(self) -> dict[str, str]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody whom the company vouches for."""

    email: str
    role: Role


class Company(Protocol):
    """See OpenIdCompany."""

    async def address(self, errand: Errand, back: str) -> str: ...

    async def who(
        self, errand: Errand, back: str, given: Mapping[str, str]
    ) -> Colleague: ...


def errand(wanted: str) -> Errand:
    """A new one: nobody else can know what is in it."""
    return Errand(
        secrets.token_urlsafe(24),
        secrets.token_urlsafe(24),
        secrets.token_urlsafe(48),
        wanted,
    )


class OpenIdCompany:
    """One identity provider. Both methods raise CallerRefused with what went wrong."""

    def __init__(
        self,
        issuer: str,
        client_id: str,
        client_secret: str,
        roles: CompanyRoles,
        now: Callable[[], datetime],
    ) -> None:
        self._issuer = issuer.rstrip("/")
        self._id = client_id
        self._secret = client_secret
        self._roles = roles
        self._now = now

    async def address(self, errand: Errand, back: str) -> str:
        """Where the browser is sent, to come `back` with a code."""
        async with self._client(back) as client:
            facts = await self._facts(client)
            address, _ = client.create_authorization_url(
                facts["authorization_endpoint"],
                state=errand.state,
                nonce=errand.nonce,
                code_verifier=errand.verifier,
            )
        return str(address)

    async def who(
        self, errand: Errand, back: str, given: Mapping[str, str]
    ) -> Colleague:
        """Who came back, by what the provider says of them."""
        state = given.get("state", "")
        if not secrets.compare_digest(state.encode(), errand.state.encode()):
            raise CallerRefused("the answer belongs to another errand")
        if "code" not in given:
            raise CallerRefused(f"the provider said {given.get('error', 'nothing')!r}")
        async with self._client(back) as client:
            facts = await self._facts(client)
            try:
                token = await client.fetch_token(
                    facts["token_endpoint"],
                    grant_type="authorization_code",
                    code=given["code"],
                    code_verifier=errand.verifier,
                )
                keys = await client.request(
                    "GET", facts["jwks_uri"], withhold_token=True
                )
                claims = self._claims(token.get("id_token", ""), keys.json())
            except CallerRefused:
                raise
            except Exception as error:  # whatever the library raises, nobody enters
                raise CallerRefused(f"the provider's answer: {error!r}") from error
        return self._colleague(claims, errand)

    def _client(self, back: str) -> Any:  # noqa: ANN401  # authlib is untyped
        from authlib.integrations.httpx_client import (  # noqa: PLC0415  # an extra
            AsyncOAuth2Client,
        )

        return AsyncOAuth2Client(
            self._id,
            self._secret or None,
            scope=SCOPE,
            redirect_uri=back,
            code_challenge_method="S256",
            token_endpoint_auth_method="client_secret_basic"
            if self._secret
            else "none",
            timeout=TIMEOUT_SECONDS,
        )

    async def _facts(self, client: Any) -> Mapping[str, str]:  # noqa: ANN401
        """What the provider says of itself: asked anew, so that it may change."""
        try:
            answer = await client.request(
                "GET", self._issuer + DISCOVERY, withhold_token=True
            )
            facts: Mapping[str, str] = answer.json()
            said = str(facts["issuer"]).rstrip("/")
        except Exception as error:
            raise CallerRefused(f"the provider cannot be asked: {error!r}") from error
        if said != self._issuer:
            raise CallerRefused("the provider says that it is another one")
        return facts

    def _claims(self, token: str, keys: Mapping[str, Any]) -> Mapping[str, Any]:
        from joserfc import jwt  # noqa: PLC0415  # comes with authlib
        from joserfc.jwk import KeySet  # noqa: PLC0415

        known = KeySet.import_key_set(keys)  # type: ignore[arg-type]  # plain JSON
        decoded = jwt.decode(token, known, algorithms=ALGORITHMS)
        now = int(self._now().timestamp())
        jwt.JWTClaimsRegistry(
            now=now,
            leeway=LEEWAY_SECONDS,
            aud={"essential": True, "value": self._id},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
        ).validate(decoded.claims)
        return decoded.claims

    def _colleague(self, claims: Mapping[str, Any], errand: Errand) -> Colleague:
        if str(claims.get("iss", "")).rstrip("/") != self._issuer:
            raise CallerRefused("somebody else has signed that")
        given = str(claims.get("nonce", ""))
        if not secrets.compare_digest(given.encode(), errand.nonce.encode()):
            raise CallerRefused("that was signed for another errand")
        email = str(claims.get("email", "")).casefold()
        if claims.get("email_verified") is not True:
            raise CallerRefused("the provider does not vouch for the address")
        role = self._roles.of(email)
        if role is None:
            raise CallerRefused(f"{email!r} has no role here (OIDC_ROLES)")
        return Colleague(email, role)
