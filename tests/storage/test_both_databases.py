"""What is told of SQLite elsewhere holds on PostgreSQL: the same stories once more."""

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from callcenter.storage.engine import Database
from tests.storage import (
    test_api_keys as keys,
    test_erasure as erasure,
    test_outbox as outbox,
    test_queue as queue,
    test_saved_views as views,
    test_story as story,
    test_tickets as tickets,
    test_today as today,
)

Story = Callable[..., Any]

STORIES: list[Story] = [
    queue.test_two_nodes_cannot_give_one_operator_to_two_callers,
    queue.test_of_two_nodes_that_claim_an_operator_at_once_one_gets_them,
    queue.test_who_leaves_is_in_line_no_more_however_they_leave,
    queue.test_the_last_talks_tell_how_long_one_takes,
    outbox.test_facts_are_due_once_for_whoever_asked_for_them,
    outbox.test_a_wrap_up_is_told_once,
    outbox.test_one_node_claims_it_and_a_crash_gives_it_back,
    outbox.test_what_fails_is_due_again_then_and_what_succeeds_is_over,
    keys.test_a_revoked_key_and_an_old_one_open_nothing,
    views.test_a_view_is_kept_replaced_and_removed,
    story.test_what_a_call_cost_is_split_and_adds_up,
    tickets.test_a_list_can_be_of_one_status_or_severity,
    today.test_a_day_is_counted_as_its_definitions_say,
    erasure.test_nothing_of_an_erased_person_is_left,
    erasure.test_each_kind_has_its_own_time,
    erasure.test_a_purge_goes_on_where_it_was_stopped,
]


@pytest.mark.parametrize("told", STORIES, ids=lambda one: one.__name__)
async def test_it_is_so_on_postgresql(
    told: Story, postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database.open(postgres_url)
    things = {
        "database": database,
        "url": postgres_url,
        "tmp_path": tmp_path,
        "monkeypatch": monkeypatch,
    }
    wanted = inspect.signature(told).parameters
    if "house" in wanted:
        things["house"] = await erasure.furnished(database, tmp_path)
    try:
        await told(**{name: things[name] for name in wanted})
    finally:
        await database.close()
