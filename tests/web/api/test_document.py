"""The document says what is served, and what is served is what it says."""

import json
import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from tests.web.api.conftest import RECORDED, Api


async def the_document(api: Api) -> dict[str, Any]:
    status, document = await api.ask("/openapi.json", key="")
    assert status == 200
    return dict(document)


async def test_every_route_is_documented_and_every_path_is_a_route(api: Api) -> None:
    document = await the_document(api)
    told = {
        (method.upper(), path)
        for path, methods in document["paths"].items()
        for method in methods
    }
    served = {
        (method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule))
        for rule in api.app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1") and not rule.endpoint.endswith("_else")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert told == served


async def test_each_operation_says_how_it_refuses_and_who_may(api: Api) -> None:
    document = await the_document(api)
    names = []
    for methods in document["paths"].values():
        for told in methods.values():
            names.append(told["operationId"])
            assert told["summary"]
            assert told["tags"][0] in {tag["name"] for tag in document["tags"]}
            if told["security"]:
                assert {"401", "403", "429"} <= set(told["responses"])
            assert any(status.startswith("2") for status in told["responses"])
    assert len(names) == len(set(names))


async def test_every_reference_leads_somewhere(api: Api) -> None:
    document = await the_document(api)
    written = json.dumps(document)
    for name in re.findall(r'"#/components/schemas/([^"]+)"', written):
        assert name in document["components"]["schemas"], name
    Draft202012Validator.check_schema(
        {"components": document["components"], "type": "object"}
    )


READS = [
    "/calls",
    "/calls?text=weather&limit=1",
    "/calls/A",
    "/calls/B",
    "/calls/A/turns",
    "/calls/A/tool-calls",
    "/calls/A/escalations",
    "/calls/A/recordings",
    "/operators",
    "/operators/Ada",
    "/agents",
    "/agents/triage",
    "/tickets",
    "/appointments?day=2026-03-04&days=9",
    "/voicemails",
    "/messages",
    "/callbacks",
    "/people/+4799999999",
    "/people/+4799999999/export",
    "/summary?since=2026-03-01T00:00:00Z&until=2026-03-09T00:00:00Z",
    "/alarms",
    "/webhooks",
    "/keys",
    "/openapi.json",
    "/calls/nobody",
    "/calls?limit=1000",
]


@pytest.mark.parametrize("path", READS)
async def test_an_answer_has_the_shape_that_the_document_says(
    stocked: Api, path: str
) -> None:
    document = await the_document(stocked)
    status, answer = await stocked.ask(path)
    told = operation(document, path, "get")["responses"][str(status)]
    schema = told["content"]["application/json"]["schema"]
    whole = {**schema, "components": document["components"]}
    Draft202012Validator(whole).validate(answer)
    if isinstance(answer, dict) and "items" in answer and "webhooks" not in path:
        assert answer["items"], "an empty list proves nothing"


async def test_lists_of_webhooks_have_their_shape(stocked: Api) -> None:
    document = await the_document(stocked)
    new = {"url": "https://crm.example.com", "kinds": ["*"]}
    status, hook = await stocked.ask("/webhooks", "POST", json=new)
    assert status == 201
    await stocked.ask(f"/webhooks/{hook['id']}/test", "POST")
    for path in ("/webhooks", f"/webhooks/{hook['id']}/deliveries"):
        _, answer = await stocked.ask(path)
        told = operation(document, path, "get")["responses"]["200"]
        schema = told["content"]["application/json"]["schema"]
        whole = {**schema, "components": document["components"]}
        Draft202012Validator(whole).validate(answer)
        assert answer["items"]


async def test_the_page_for_people_needs_nobody_else(api: Api) -> None:
    answer = await api.client.get("/api/v1/docs")
    body = await answer.get_data(as_text=True)
    assert "/api/v1/calls/{call_id}/events" in body
    assert "<script" not in body
    assert "http://" not in body.replace("http://www.w3.org", "")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert (await api.client.get("/api/v1/docs.css")).status_code == 200


def operation(document: dict[str, Any], path: str, method: str) -> dict[str, Any]:
    """What the document says of a path, its parameters filled in."""
    wanted = f"/api/v1{path.partition('?')[0]}"
    for template, methods in document["paths"].items():
        pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template))
        exact = "{" in template or template == wanted
        if exact and re.fullmatch(pattern, wanted) and method in methods:
            return dict(methods[method])
    raise AssertionError(path)


def test_the_recording_is_named_as_the_recorder_names_it() -> None:
    assert re.fullmatch(r"A-\d{8}T\d{12}Z\.wav", RECORDED)
