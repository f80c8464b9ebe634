"""What the record keeps of tools, beyond what was asked and answered."""

from dataclasses import replace

import pytest

from callcenter.domain import events as e
from callcenter.domain.ids import ToolCallId
from callcenter.domain.outcomes import ToolOutcome
from callcenter.storage import record
from callcenter.storage.engine import Database
from callcenter.storage.history import History
from tests.storage.story import TRIAGE, WHOLE_CALL, call

CALLED = e.ToolCalled(ToolCallId("t9"), TRIAGE, "look_up", "{}")
RETURNED = e.ToolReturned(ToolCallId("t9"), "look_up", ToolOutcome.OK, "Ada.", 9)


@pytest.mark.parametrize("personal", [True, False])
async def test_a_result_about_a_person_is_marked_as_one(
    database: Database, personal: bool
) -> None:
    story = (*WHOLE_CALL[:3], CALLED, replace(RETURNED, personal=personal))
    async with database.write() as connection:
        await record.write(connection, call("one", story))
    shown = await History(database).show_call("one")
    assert shown is not None
    [tool] = shown["tool_calls"]
    assert tool["personal"] is personal


async def test_what_came_of_a_tool_after_the_end_is_recorded_and_ends_nothing_anew(
    database: Database,
) -> None:
    story = [*WHOLE_CALL[:3], CALLED, WHOLE_CALL[-1], RETURNED]
    async with database.write() as connection:
        await record.write(connection, call("one", story[:-1]))
    ended = await History(database).show_call("one")
    async with database.write() as connection:
        await record.write(connection, call("one", story)[-1:])
    shown = await History(database).show_call("one")
    assert ended is not None
    assert shown is not None
    assert shown["tool_calls"][0]["output"] == "Ada."
    for unchanged in ("ended_at", "disposition", "phase"):
        assert shown[unchanged] == ended[unchanged]
