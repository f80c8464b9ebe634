"""Operators at the console: looked at by everybody, changed by supervisors."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from callcenter.domain import events as e
from callcenter.domain.hours import Hours
from callcenter.domain.ids import AttemptId, CallId, CallSid, EscalationId
from callcenter.domain.outcomes import AttemptOutcome
from callcenter.domain.people import Role
from callcenter.domain.presence import Presence
from callcenter.storage.directory import Directory
from callcenter.web.console.operator_forms import briefly
from tests.web.console.door import Door, Visitor, open_door

LIST = "/console/operators"
NUMBER = "+4721000001"
ADA = {
    "name": "Ada",
    "way": "number",
    "reach": NUMBER,
    "skills": "support, general",
    "hours": "Mon-Fri 08:00-16:00 Europe/Oslo",
    "priority": "2",
}


@pytest.fixture
async def at_the_door(tmp_path: Path) -> AsyncIterator[Door]:
    async with open_door(tmp_path, dial_countries="NO") as one:
        yield one


async def read(visitor: Visitor, path: str) -> str:
    answer = await visitor.get(path)
    assert answer.status_code == 200
    return str(await answer.get_data(as_text=True))


async def test_a_supervisor_adds_changes_removes_and_regrets(at_the_door: Door) -> None:
    eve = await at_the_door.signed_in(Role.SUPERVISOR, "eve")
    directory = Directory(at_the_door.database)

    assert "Nobody is on the list" in await read(eve, LIST)
    added = await eve.post(LIST, ADA)
    assert "On the list" in await read(eve, str(added.location))
    await eve.post(f"{LIST}/Ada", {**ADA, "skills": "sales"})
    await eve.post(f"{LIST}/Ada/presence", {"presence": "away", "why": "lunch"})
    [before] = await directory.everybody()
    assert before.operator.skills == {"sales"}

    removed = await eve.post(f"{LIST}/Ada/remove")
    page = await read(eve, str(removed.location))
    assert 'data-testid="undo"' in page
    assert await directory.everybody() == []
    await eve.post(f"{LIST}/Ada/undo")
    [after] = await directory.everybody()
    assert after.operator == before.operator
    assert after.attendance.presence is Presence.AWAY
    assert after.attendance.why == "lunch"
    await eve.post(f"{LIST}/Ada/remove")
    await eve.post(f"{LIST}/Ada/undo")
    again = await eve.post(f"{LIST}/Ada/undo")
    assert "unchanged" in str(again.location)
    acts = [act for _, act, subject in await at_the_door.audit() if subject == "Ada"]
    assert acts[-4:] == [
        "operator.removed",
        "operator.away",
        "operator.changed",
        "operator.added",
    ]


WRONG: Final[list[tuple[dict[str, str], str]]] = [
    ({"reach": "+18005550100"}, "DIAL_COUNTRIES"),
    ({"reach": "+881612345678"}, "satellite telephones are never rung"),
    ({"reach": "four"}, "is not a phone number"),
    ({"hours": "whenever"}, "whenever"),
    ({"priority": "first"}, "first"),
    ({"name": "a/b"}, "A name has no /"),
    ({"name": ""}, "the name is missing"),
]


async def test_who_must_not_be_rung_is_refused_with_the_reason(
    at_the_door: Door,
) -> None:
    eve = await at_the_door.signed_in(Role.SUPERVISOR, "eve")
    for wrong, said in WRONG:
        answer = await eve.post(LIST, {**ADA, **wrong})

        assert answer.status_code == 422, wrong
        page = str(await answer.get_data(as_text=True))
        assert said.casefold() in page.casefold()
        assert "support, general" in page, "what was typed is still there"
    assert await Directory(at_the_door.database).everybody() == []


async def test_a_viewer_sees_who_is_free_and_no_number(at_the_door: Door) -> None:
    eve = await at_the_door.signed_in(Role.SUPERVISOR, "eve")
    vera = await at_the_door.signed_in(Role.VIEWER, "vera")
    await eve.post(LIST, ADA)

    for path in (LIST, f"{LIST}/Ada", "/console/operators.json"):
        assert NUMBER in await read(eve, path)
        assert NUMBER not in await read(vera, path)


async def test_presence_is_told_as_it_changes_and_in_text(at_the_door: Door) -> None:
    eve = await at_the_door.signed_in(Role.OPERATOR, "eve")
    boss = await at_the_door.signed_in(Role.SUPERVISOR, "boss")
    await boss.post(LIST, {**ADA, "hours": "always"})
    hostile = "<script>alert(1)</script>"

    await eve.post(f"{LIST}/Ada/presence", {"presence": "away", "why": hostile})
    told = await (await eve.get("/console/operators.json")).get_json()
    assert [(one["state"], one["why"]) for one in told["operators"]] == [
        ("away", hostile)
    ]
    assert hostile not in await read(eve, f"{LIST}/Ada")
    await eve.post(f"{LIST}/Ada/presence", {"presence": "available"})
    told = await (await eve.get("/console/operators.json")).get_json()
    assert told["operators"][0]["state"] == "free"


async def test_todays_attempts_are_counted(at_the_door: Door) -> None:
    eve = await at_the_door.signed_in(Role.SUPERVISOR, "eve")
    await eve.post(LIST, ADA)
    call, escalation = CallId("call_0001"), EscalationId("esc_1")
    events: list[e.Event] = [
        e.CallAnswered(CallSid("CA" + "0" * 32), "+4755512345", "+4721000000")
    ]
    for n, outcome in enumerate((AttemptOutcome.NO_ANSWER, AttemptOutcome.DECLINED)):
        attempt = AttemptId(f"try_{n}")
        events += [
            e.OperatorCalled(escalation, attempt, "Ada", NUMBER),
            e.AttemptEnded(attempt, outcome),
        ]
    for sequence, event in enumerate(events, 1):
        at_the_door.node.ledger.append(e.Fact(call, sequence, datetime.now(UTC), event))
    assert await at_the_door.node.ledger.flush(5)

    listed, page = await read(eve, LIST), await read(eve, f"{LIST}/Ada")

    assert "no answer 1" in listed
    assert "declined 1" in listed
    assert page.count(f'href="/console/calls/{call}"') == 2


def test_hours_are_told_as_people_write_them() -> None:
    week = Hours.parse("Mon-Fri 08:00-16:00 Europe/Oslo")
    odd = Hours.parse(
        "Mon-Wed 09:00-12:00, Fri 09:00-12:00, Sun 00:00-24:00 Europe/Oslo"
    )

    assert briefly(week) == "Mon–Fri 08:00–16:00 Europe/Oslo"
    assert briefly(odd) == ("Mon–Wed, Fri 09:00–12:00, Sun 00:00–24:00 Europe/Oslo")
