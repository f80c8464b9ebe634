"""A house with one operator who is on the telephone: everybody else waits in line."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from callcenter.domain import events as e
from callcenter.simulator.carrier import Answers, Leg, OperatorBehaviour, Phone
from tests.fakes.center import ADA, Caller, Center, center

ONE = f'[[operators]]\nname = "Ada"\nnumber = "{ADA}"\n'
TALKS = Answers(after_s=0.2, thinks_s=0.0)
"""Takes every call, and talks for as long as the caller likes."""

NO_MODEL: Mapping[str, object] = {"openai_api_key": ""}
LINE: Mapping[str, object] = {"queue_most_waiting": 5, "operator_wrap_up_seconds": 0}


@asynccontextmanager
async def house(
    folder: Path,
    *,
    operators: Mapping[str, OperatorBehaviour] | None = None,
    operators_toml: str = ONE,
    settings: Mapping[str, object] = NO_MODEL,
    rules: Mapping[str, Any] | None = None,
    public: str = "",
) -> AsyncIterator[Center]:
    """Callers are quick to look whether it is their turn."""
    async with center(
        folder,
        operators={ADA: TALKS} if operators is None else operators,
        operators_toml=operators_toml,
        settings={**LINE, **settings},
        rules={"look_s": 0.02, **(rules or {})},
        public=public,
    ) as here:
        yield here


async def hears(phone: Phone, words: str, timeout_s: float = 10.0) -> str:
    """Wait until somebody says this; returns what they said."""
    async with asyncio.timeout(timeout_s):
        while not (said := [text for text in phone.said_texts if words in text]):
            await phone.waits(20)
    return said[0]


async def hears_music(phone: Phone) -> str:
    return await hears(phone, "[plays ")


async def stays(caller: Caller) -> None:
    """Be on the line until somebody else ends the call."""
    await caller.phone.waits(60_000)


async def busy(here: Center) -> Leg:
    """Somebody who talks with the operator, until they hang up."""
    leg = await here.call(stays, wait=False)
    await here.happened(e.OperatorAnswered)
    return leg
