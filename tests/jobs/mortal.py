"""A node in a process of its own, which stops at a chosen moment to be killed.

python -m tests.jobs.mortal DATABASE_URL MODEL_URL MOMENT
"""

import asyncio
import sys

from pydantic import SecretStr

from callcenter.assembly.after_the_call import after_the_call
from callcenter.assembly.clock import SystemClock
from callcenter.domain.ids import CallId
from callcenter.domain.wrap_up import WrapUp
from callcenter.settings import Settings
from callcenter.storage.engine import Database
from callcenter.storage.wrap_ups import WrapUps

moment = sys.argv[3]


async def stop_here(here: str) -> None:
    if here == moment:
        sys.stdout.write("here\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


class Mortal(WrapUps):
    """Stops when something is stored, and nobody has been told."""

    async def draft(self, call_id: CallId, words: WrapUp, *, verified: bool) -> None:
        await super().draft(call_id, words, verified=verified)
        await stop_here("drafted")

    async def finish(self, call_id, cost, now) -> bool:
        await stop_here("between the steps")
        return await super().finish(call_id, cost, now)


async def live() -> None:
    settings = Settings(
        _env_file=None,
        database_url=sys.argv[1],
        openai_api_key=SecretStr("sk-test"),
        openai_text_url=sys.argv[2],
        wrap_up_after_seconds=0,
    )
    database = Database.open(settings.database_url)
    async with after_the_call(settings, database, SystemClock(), books=Mortal):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(live())
