"""Who asks, what they may do, and how often: before any view of the API."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from math import ceil
from typing import Final, cast

from quart import current_app, g, request

from callcenter.domain.scopes import OF_ROLE, Scope, allows
from callcenter.floor.ports import Clock
from callcenter.storage.api_keys import ApiKeys
from callcenter.web.api.answers import ApiError
from callcenter.web.api.desk import ApiRules
from callcenter.web.console.doorkeeper import Doorkeeper, address_of

BEARER: Final = "Bearer "
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
CHALLENGE: Final = {"WWW-Authenticate": 'Bearer realm="callcenter"'}

MOST_BUCKETS: Final = 10_000
"""Whoever has not asked for long has a full bucket anyway."""

TRIES_A_MINUTE: Final = 60
"""Wrong keys from one address; each costs a look into the database."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """A program with its key, or a person who is signed in."""

    name: str
    """As the audit has it: "key:ab12 (crm)" or "ada"."""
    scopes: frozenset[Scope]
    still: Callable[[], Awaitable[bool]]
    """Whether they may still come in: a stream asks now and then."""
    person: str = ""
    """Empty for a program."""


class Buckets:
    """So many at once, and so many a second; a bucket for each who asks."""

    def __init__(self, clock: Clock, *, a_minute: int) -> None:
        self._clock = clock
        self._most = float(a_minute)
        self._per_ms = a_minute / 60_000
        self._left: dict[str, tuple[float, int]] = {}

    def take(self, who: str) -> int:
        """0 if it is granted; otherwise in how many seconds it would be."""
        left, now_ms = self._now(who)
        granted = left >= 1
        self._left[who] = (left - granted, now_ms)
        if len(self._left) > MOST_BUCKETS:
            del self._left[next(iter(self._left))]
        return 0 if granted else max(1, ceil((1 - left) / self._per_ms / 1000))

    def empty(self, who: str) -> bool:
        """Whether nothing would be granted now."""
        return self._now(who)[0] < 1

    def _now(self, who: str) -> tuple[float, int]:
        now_ms = self._clock.steady_ms()
        left, at_ms = self._left.pop(who, (self._most, now_ms))
        self._left[who] = (left, at_ms)
        return min(self._most, left + (now_ms - at_ms) * self._per_ms), now_ms


class Gate:
    """One for the whole API."""

    def __init__(self, keys: ApiKeys, clock: Clock, rules: ApiRules) -> None:
        self._keys = keys
        self._proxies = rules.proxies
        self._rate = Buckets(clock, a_minute=rules.a_minute)
        self._wrong = Buckets(clock, a_minute=TRIES_A_MINUTE)

    async def admit(self, needed: Scope | None) -> Visitor:
        """Raises ApiError: 401, 403 or 429. Raises StorageError."""
        visitor = await self._who()
        if wait_s := self._rate.take(visitor.name):
            raise _too_often(wait_s)
        if needed is not None and not allows(visitor.scopes, needed):
            raise ApiError(403, f"That takes the scope {needed.value}.")
        g.api_visitor = visitor
        return visitor

    async def _who(self) -> Visitor:
        said = request.headers.get("Authorization", "")
        if said:
            return await self._program(said)
        return await self._person()

    async def _program(self, said: str) -> Visitor:
        address = address_of(request, self._proxies)
        if self._wrong.empty(address):
            raise _too_often(1)
        text = said.removeprefix(BEARER).strip()
        key = await self._keys.find(text) if said.startswith(BEARER) else None
        if key is None:
            self._wrong.take(address)
            sentence = "The key is wrong, revoked or too old."
            raise ApiError(401, sentence, headers=CHALLENGE)

        async def still() -> bool:
            return await self._keys.find(text) is not None

        return Visitor(f"key:{key.id} ({key.name})", key.scopes, still)

    async def _person(self) -> Visitor:
        """Somebody at the console: for what changes something, their page's proof."""
        keeper = cast("Doorkeeper | None", current_app.extensions.get("doorkeeper"))
        token = keeper.token() if keeper is not None else ""
        person = await keeper.who() if keeper is not None and token else None
        if keeper is None or person is None:
            sentence = "Send a key: Authorization: Bearer cck_…"
            raise ApiError(401, sentence, headers=CHALLENGE)
        if request.method not in SAFE:
            await keeper.check_meant()
        role = person.role

        async def still() -> bool:
            return await keeper.still(token, role)

        return Visitor(person.name, OF_ROLE[role], still, person.name)


def visitor() -> Visitor:
    """Who asks; in a view behind the gate there is somebody."""
    return cast("Visitor", g.api_visitor)


def _too_often(wait_s: int) -> ApiError:
    return ApiError(429, "That was too often.", headers={"Retry-After": str(wait_s)})
