"""Operators, tickets, appointments, webhooks and acts over the API."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from callcenter.domain.scopes import Scope
from callcenter.wire.orders import Outcome
from tests.web.api.conftest import Api


async def test_an_operator_is_added_changed_sent_away_and_removed(api: Api) -> None:
    new = {"name": "Bea", "number": "+15005550102", "skills": ["support"]}
    status, bea = await api.ask("/operators", "POST", json=new)
    assert (status, bea["presence"], bea["hours"]) == (201, "available", None)
    assert (await api.ask("/operators", "POST", json=new))[0] == 409
    hours = {"hours": "Mon-Fri 08:00-18:00 Europe/Oslo"}
    _, changed = await api.ask("/operators/Bea", "PATCH", json=hours)
    assert changed["destination"] == "+15005550102"
    assert changed["skills"] == ["support"]
    assert "08:00-18:00 Europe/Oslo" in changed["hours"]
    _, moved = await api.ask("/operators/Bea", "PATCH", json={"sip": "bea@example.com"})
    assert moved["destination"] == "sip:bea@example.com"
    assert moved["hours"] == changed["hours"]
    _, always = await api.ask("/operators/Bea", "PATCH", json={"hours": "always"})
    assert always["hours"] is None
    away = {"presence": "away", "why": "lunch"}
    _, gone = await api.ask("/operators/Bea/presence", "PUT", json=away)
    assert (gone["presence"], gone["why"]) == ("away", "lunch")
    back = {"presence": "available"}
    _, here = await api.ask("/operators/Bea/presence", "PUT", json=back)
    assert here["presence"] == "available"
    assert (await api.ask("/operators/Bea", "DELETE"))[0] == 204
    assert (await api.ask("/operators/Bea"))[0] == 404


@pytest.mark.parametrize(
    "entry",
    [
        {"name": "Cai"},
        {"name": "Cai", "number": "12"},
        {"name": "Cai", "number": "+88216000000"},
        {"name": "Cai", "number": "+15005550103", "sip": "c@d.e"},
        {"name": "Cai", "number": "+15005550103", "hours": "sometimes"},
        {"number": "+15005550103"},
        {"name": "Cai", "number": "+15005550103", "wage": 3},
    ],
)
async def test_who_must_not_be_rung_is_refused(api: Api, entry: object) -> None:
    status, answer = await api.ask("/operators", "POST", json=entry)
    assert (status, answer["error"]["code"]) == (422, "invalid")
    assert (await api.ask("/operators"))[1]["items"] == []


async def test_a_body_that_is_no_json_is_told_so(api: Api) -> None:
    headers = {"Authorization": f"Bearer {api.key}"}
    path = "/api/v1/operators"
    answer = await api.client.post(path, headers=headers, data=b"{")
    assert answer.status_code == 400
    answer = await api.client.post(path, headers=headers, data=b"x" * 70_000)
    assert answer.status_code == 413
    assert (await answer.get_json())["error"]["code"] == "too_large"


async def test_a_ticket_is_noted_and_closed(stocked: Api) -> None:
    code = (await stocked.ask("/tickets"))[1]["items"][0]["code"]
    note = {"text": "Ordered a part.", "status": "waiting"}
    status, noted = await stocked.ask(f"/tickets/{code}/notes", "POST", json=note)
    assert (status, noted["status"]) == (201, "waiting")
    assert noted["notes"][-1]["author"].startswith("key:")
    closed = {"status": "closed"}
    _, over = await stocked.ask(f"/tickets/{code}/status", "PUT", json=closed)
    assert over["status"] == "closed"
    assert (await stocked.ask("/tickets?status=open"))[1]["items"] == []
    assert (await stocked.ask("/tickets/XXXXX/status", "PUT", json=closed))[0] == 404


async def test_an_appointment_is_cancelled_once(stocked: Api) -> None:
    days = "/appointments?day=2026-03-04&days=9"
    code = (await stocked.ask(days))[1]["items"][0]["code"]
    for _ in range(2):
        status, gone = await stocked.ask(f"/appointments/{code}", "DELETE")
        assert (status, gone["cancelled"]) == (200, True)
    assert (await stocked.ask(days))[1]["items"] == []
    assert (await stocked.ask(f"{days}&cancelled=true"))[1]["items"][0]["code"] == code


async def test_who_has_facts_sent_somewhere_must_be_allowed_to_read_them(
    api: Api,
) -> None:
    writes = await api.key_for(Scope.WEBHOOKS_WRITE)
    new = {"url": "https://crm.example.com", "kinds": ["CallEnded"]}
    assert (await api.ask("/webhooks", "POST", key=writes, json=new))[0] == 403
    both = await api.key_for(Scope.WEBHOOKS_WRITE, Scope.CALLS_READ)
    status, hook = await api.ask("/webhooks", "POST", key=both, json=new)
    assert status == 201
    url = {"url": "https://evil.example.com"}
    path = f"/webhooks/{hook['id']}"
    assert (await api.ask(path, "PATCH", key=writes, json=url))[0] == 403
    _, off = await api.ask(path, "PATCH", key=writes, json={"enabled": False})
    assert off["why"] == "switched off by hand"
    _, alarms = await api.ask("/alarms")
    assert alarms["webhooks"] == [f"{hook['id']}: switched off by hand"]
    assert (await api.ask(f"{path}/test", "POST"))[0] == 409


@dataclass
class Orders:
    """Stands for those of a node: it does what is asked, but for one call."""

    given: list[Any] = field(default_factory=list)

    async def give(self, act: str, call_id: str, *_: object, **more: Any) -> Outcome:
        self.given.append((act, call_id, more["text"]))
        return Outcome(
            done=call_id == "B", text="" if call_id == "B" else "It is over."
        )


async def test_a_supervisors_act_reaches_the_call_and_tells_what_came_of_it(
    stocked: Api,
) -> None:
    orders = stocked.app.extensions["orders"] = Orders()
    act = {"act": "whisper", "text": "Offer a refund."}
    assert await stocked.ask("/calls/B/acts", "POST", json=act) == (200, {"done": True})
    assert orders.given == [("whisper", "B", "Offer a refund.")]
    status, answer = await stocked.ask("/calls/A/acts", "POST", json=act)
    assert (status, answer["error"]["message"]) == (409, "It is over.")
    for wrong in ({"act": "listen"}, {"act": "whisper"}, {"act": "take_over"}):
        assert (await stocked.ask("/calls/B/acts", "POST", json=wrong))[0] == 422


async def test_a_person_is_told_and_forgotten_and_the_audit_says_by_whom(
    stocked: Api,
) -> None:
    kari = "+4799999999"
    reader = await stocked.key_for(Scope.PEOPLE_READ)
    _, told = await stocked.ask(f"/people/{kari}/export", key=reader)
    assert [one["id"] for one in told["calls"]] == ["A", "B"]
    assert told["appointments"][0]["name"] == "Ada Lie"
    assert (await stocked.ask(f"/people/{kari}", "DELETE", key=reader))[0] == 403
    writer = await stocked.key_for(Scope.PEOPLE_WRITE)
    _, dry = await stocked.ask(f"/people/{kari}?dry_run=true", "DELETE", key=writer)
    assert (dry["counts"]["calls"], dry["counts"]["live_calls"]) == (1, 1)
    _, done = await stocked.ask(f"/people/{kari}", "DELETE", key=writer)
    assert done == dry | {"counts": dry["counts"] | {"files": 1}}
    _, again = await stocked.ask(f"/people/{kari}/export", key=reader)
    assert [one["id"] for one in again["calls"]] == ["B"], "it goes on"
    assert again["appointments"] == again["tickets"] == []
    entries = await stocked.desk.audit.latest(50)
    before_it = [one for one in entries if one.act == "person.export"][1]
    assert before_it.subject != kari, "who looked is known, and not at whom"
