"""An identity provider over a real socket, and what can be wrong with one."""

from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aiohttp import web
from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "callcenter", "a secret of the provider's"


@dataclass(slots=True)
class Provider:
    """It vouches for whoever `email` is; `claims` and the rest make it err."""

    issuer: str = ""
    email: str = "ada@example.com"
    claims: dict[str, Any] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048))
    signs_with: RSAKey | None = None
    challenge: str = ""
    nonce: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)

    def signs_in(self, address: str) -> dict[str, str]:
        """What a browser brings back that was sent to `address`."""
        given = {
            name: one[0] for name, one in parse_qs(urlsplit(address).query).items()
        }
        assert given["client_id"] == CLIENT
        assert given["code_challenge_method"] == "S256"
        self.challenge, self.nonce = given["code_challenge"], given["nonce"]
        return {"state": given["state"], "code": "a code"}

    async def facts(self, _: web.Request) -> web.Response:
        return web.json_response(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
            }
        )

    async def keys(self, _: web.Request) -> web.Response:
        return web.json_response({"keys": [self.key.as_dict(private=False)]})

    async def token(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.asked.append(form)
        digest = sha256(form.get("code_verifier", "").encode()).digest()
        if urlsafe_b64encode(digest).rstrip(b"=").decode() != self.challenge:
            return web.json_response({"error": "invalid_grant"}, status=400)
        now = int(datetime.now(UTC).timestamp())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": "1",
            "iat": now,
            "exp": now + 300,
            "nonce": self.nonce,
            "email": self.email,
            "email_verified": True,
            **self.claims,
        }
        key = self.signs_with or self.key
        header = {"alg": "RS256", "kid": key.kid}
        return web.json_response(
            {
                "access_token": "x",
                "token_type": "Bearer",
                "id_token": jwt.encode(header, claims, key),
            }
        )


@asynccontextmanager
async def provider() -> AsyncIterator[Provider]:
    one = Provider()
    one.key.ensure_kid()
    app = web.Application()
    app.router.add_get("/.well-known/openid-configuration", one.facts)
    app.router.add_get("/keys", one.keys)
    app.router.add_post("/token", one.token)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    one.issuer = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield one
    finally:
        await runner.cleanup()
