"""Whatever is sent, the answer is one that the document has, and never our fault."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from hypothesis import HealthCheck, given, settings, strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from tests.web.api.conftest import Api

TEXT = st.text(max_size=30)
WEIRD = st.sampled_from(
    ["", "A", "0", "-1", "null", "true", "..", "%", "'", '"', "a b", "\x00", "🚲",
     "9" * 40, "2026-03-02T12:00:00Z", "0001-01-01T00:00:00+14:00", "NaN", "1e999",
     "WzFd", "W10", "\ud800", "Ada", "+4799999999", "*", "https://a.example"]
)  # fmt: skip
VALUE = WEIRD | TEXT | st.integers().map(str)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT | WEIRD,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3)
    ),
    max_leaves=6,
)


def operations(document: Mapping[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method, path, told)
        for path, methods in document["paths"].items()
        for method, told in methods.items()
        if "text/event-stream" not in json.dumps(told)
    ]


def body_for(told: Mapping[str, Any], document: Mapping[str, Any]) -> Any:
    """Mostly of the right names, with values of any kind; sometimes anything."""
    if "requestBody" not in told:
        return st.none()
    schema = told["requestBody"]["content"]["application/json"]["schema"]
    named = {name: JSON | WEIRD | st.lists(WEIRD) for name in schema["properties"]}
    return st.fixed_dictionaries({}, optional=named) | JSON


async def test_no_input_is_our_fault(stocked: Api) -> None:
    _, document = await stocked.ask("/openapi.json", key="")
    known = operations(document)
    loop = asyncio.get_running_loop()

    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    @given(data=st.data())
    def anything(data: st.DataObject) -> None:
        method, path, told = data.draw(st.sampled_from(known))
        query: list[tuple[str, str]] = []
        for one in told["parameters"]:
            if one["in"] == "path":
                value = data.draw(VALUE).encode("utf-8", "replace")
                path = path.replace(f"{{{one['name']}}}", quote(value, safe=""))
            elif one["in"] == "query" and data.draw(st.booleans()):
                query.append((one["name"], data.draw(VALUE)))
        asked = f"{path}?{urlencode(query, errors='replace')}"
        body = data.draw(body_for(told, document))
        sent = asyncio.run_coroutine_threadsafe(
            answered(stocked, method, asked, body), loop
        )
        check(document, told, sent.result(20), asked)

    await asyncio.to_thread(anything)


async def answered(
    api: Api, method: str, path: str, body: object
) -> tuple[int, str, bytes]:
    headers = {"Authorization": f"Bearer {api.key}", "Content-Type": "application/json"}
    raw = b"" if body is None else json.dumps(body).encode()
    api.clock.ms += 1_000  # nobody is too quick
    ask = getattr(api.client, method.lower())
    answer = await ask(path, headers=headers, data=raw)
    content = await answer.get_data(as_text=False)
    return answer.status_code, answer.content_type or "", content


def check(
    document: Mapping[str, Any],
    told: Mapping[str, Any],
    answer: tuple[int, str, bytes],
    asked: str,
) -> None:
    """One of the documented answers, in its documented shape."""
    status, content_type, content = answer
    assert status < 500, asked
    if status in {404, 405, 308}:
        told = {"responses": {str(status): {}}}  # the path led elsewhere
    assert str(status) in told["responses"], (asked, status, content)
    media = told["responses"][str(status)].get("content", {})
    if "application/json" in media and content_type == "application/json":
        schema = media["application/json"]["schema"]
        whole = {**schema, "components": document["components"]}
        Draft202012Validator(whole).validate(json.loads(content))
