"""Calls over the API: pages without gaps, filters, one call, its recordings."""

from datetime import timedelta

import pytest

from tests.storage.story import NOON, WHOLE_CALL, call
from tests.web.api.conftest import RECORDED, SOUND, Api


async def test_pages_have_every_call_once_while_new_ones_come(api: Api) -> None:
    for number in range(7):
        began = NOON + timedelta(minutes=number)
        await api.happens(call(f"c{number}", WHOLE_CALL[:3], began=began))
    seen, cursor = list[str](), ""
    while True:
        _, page = await api.ask(f"/calls?limit=3{cursor}")
        seen += [one["id"] for one in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
        late = NOON + timedelta(days=len(seen))
        await api.happens(call(f"late{len(seen)}", WHOLE_CALL[:3], began=late))
    assert seen == [f"c{number}" for number in reversed(range(7))]


@pytest.mark.parametrize(
    ("asked", "ids"),
    [
        ("", ["B", "A"]),
        ("disposition=escalated", ["A"]),
        ("disposition=spam", []),
        ("agent=weather", ["A"]),
        ("operator=Bob", ["A"]),
        ("caller=%2B4799999999", ["B", "A"]),
        ("caller=%2B470", []),
        ("since=2026-03-02T12:30:00Z", ["B"]),
        ("until=2026-03-02T12:30:00Z", ["A"]),
        ("voicemail=true", ["A"]),
        ("min_seconds=1&max_seconds=60", ["A"]),
        ("min_seconds=600", []),
        ("text=Bergen", ["A"]),
    ],
)
async def test_a_filter_finds_those_calls(
    stocked: Api, asked: str, ids: list[str]
) -> None:
    status, page = await stocked.ask(f"/calls?{asked}")
    assert status == 200
    assert [one["id"] for one in page["items"]] == ids


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=1&limit=2", "limit"),
        ("since=yesterday", "since"),
        ("since=2026-03-02T12:30:00", "since"),
        ("since=0001-01-01T00:00:00%2B14:00", "since"),
        ("disposition=fine", "disposition"),
        ("cursor=zzz", "cursor"),
        ("cursor=WzFlNDAwXQ", "cursor"),
        ("colour=red", "colour"),
        ("min_seconds=99999999999999999999999", "min_seconds"),
    ],
)
async def test_a_wrong_filter_is_named(stocked: Api, asked: str, field: str) -> None:
    status, answer = await stocked.ask(f"/calls?{asked}")
    assert status == 422
    assert answer["error"]["field"] == field


async def test_a_call_is_found_by_its_id_and_its_sid_and_by_nothing_shorter(
    stocked: Api,
) -> None:
    _, by_id = await stocked.ask("/calls/A")
    _, by_sid = await stocked.ask("/calls/CAA")
    assert by_id == by_sid
    assert by_id["turns"][0]["heard"] == "Hello, how"
    assert [a["outcome"] for a in by_id["escalations"][0]["attempts"]] == [
        "no_answer",
        "accepted",
    ]
    for unknown in ("CA", "nobody", "A%00", "%ff"):
        status, answer = await stocked.ask(f"/calls/{unknown}")
        assert status == 404
        assert answer["error"]["code"] == "not_found"


async def test_a_recording_is_served_whole_and_in_part(stocked: Api) -> None:
    _, listed = await stocked.ask("/calls/A/recordings")
    (one,) = listed["items"]
    assert one["bytes"] == len(SOUND)
    key = {"Authorization": f"Bearer {stocked.key}"}
    whole = await stocked.client.get(one["url"], headers=key)
    assert await whole.get_data(as_text=False) == SOUND
    assert whole.content_type == "audio/wav"
    part = await stocked.client.get(
        one["url"], headers={**key, "Range": "bytes=100-199"}
    )
    assert part.status_code == 206
    assert await part.get_data(as_text=False) == SOUND[100:200]
    beyond = await stocked.client.get(
        one["url"], headers={**key, "Range": "bytes=99999-"}
    )
    assert beyond.status_code == 416
    assert (await beyond.get_json())["error"]["code"] == "range_not_satisfiable"


@pytest.mark.parametrize(
    "name", ["..%2f..%2fsecret.wav", "other.wav", f"{RECORDED}%00", "..", "a/b.wav"]
)
async def test_nothing_but_a_calls_recordings_is_served(
    stocked: Api, name: str
) -> None:
    folder = stocked.desk.rules.recordings_dir
    (folder / "other.wav").write_bytes(SOUND)
    status, _ = await stocked.ask(f"/calls/A/recordings/{name}")
    assert status == 404


async def test_an_unknown_path_and_a_wrong_method_are_answered_in_json(
    api: Api,
) -> None:
    status, answer = await api.ask("/nothing/here")
    assert (status, answer["error"]["code"]) == (404, "not_found")
    status, answer = await api.ask("/calls", "DELETE")
    assert (status, answer["error"]["code"]) == (405, "method_not_allowed")
    answer = await api.client.delete("/api/v1/calls")
    assert answer.headers["Allow"] == "GET, HEAD"


async def test_a_database_that_is_down_is_told_as_such(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = api.desk.database.url.database
    assert path
    monkeypatch.setattr(type(api.desk.history), "show_call", _broken_show, raising=True)
    status, answer = await api.ask("/calls/A")
    assert (status, answer["error"]["code"]) == (503, "unavailable")


async def _broken_show(*_: object) -> None:
    from callcenter.errors import StorageError

    raise StorageError("The database cannot be reached.")
