"""What a caller must never have said is nowhere when the call is over."""

import json
from pathlib import Path

import pytest

from callcenter.domain import events as e
from callcenter.domain.secrets_said import CARD
from callcenter.storage.archive import Archive
from callcenter.storage.engine import Database
from callcenter.storage.filters import Which
from tests.fakes.center import Caller, center

CARD_NUMBER = "4111 1111 1111 1111"
MESSAGE = {"message": f"My card is {CARD_NUMBER} and my number is 01010750160."}
SECRETS = (CARD_NUMBER, CARD_NUMBER.replace(" ", ""), "01010750160")


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


async def test_planted_secrets_are_in_no_file_no_fact_and_no_export(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    async with center(tmp_path) as here:

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            await caller.says(f"use tool take_message with {json.dumps(MESSAGE)}")
            await here.happened(e.ToolReturned)
            caller.forgets()
            await caller.hears_agent()

        call = await here.call(script)
        told = json.dumps([item.to_json() for item in here.session.items])
        assert CARD_NUMBER in told, "the conversation itself goes on with it"
        story = await here.story(call)
        assert CARD in str(story["messages"])
        watched = repr(here.of(e.ToolCalled))
        assert CARD in watched
        database = Database.open(here.settings.database_url)
        exported = [one async for one in Archive(database).stories(Which())]
        await database.close()
    kept = files(tmp_path)
    assert kept, "there is a database at least"
    logged = "".join(capfd.readouterr())
    for secret in SECRETS:
        assert secret not in json.dumps(exported)
        assert secret not in watched
        assert secret not in logged
        assert not [name for name, data in kept.items() if secret.encode() in data]
