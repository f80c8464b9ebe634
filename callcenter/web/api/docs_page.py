"""The document for people: a page without scripts, made of the OpenAPI document."""

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any, Final

import msgspec

POLICY: Final = (
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)

STYLE: Final = """
:root { color-scheme: light dark; --line: #8884; --soft: #8882; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto;
  padding: 0 1rem; }
code, pre { font: 14px/1.4 ui-monospace, monospace; }
pre { background: var(--soft); padding: .75rem; overflow: auto; border-radius: 6px; }
details { border: 1px solid var(--line); border-radius: 6px; margin: .5rem 0;
  padding: .4rem .75rem; }
summary { cursor: pointer; }
summary b { display: inline-block; min-width: 4.5rem; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0; }
td, th { border-bottom: 1px solid var(--line); padding: .3rem .5rem; text-align: left;
  vertical-align: top; }
:focus-visible { outline: 2px solid Highlight; outline-offset: 2px; }
"""


def page_of(document: Mapping[str, Any], style_url: str) -> str:
    """The whole page."""
    return "".join(_page(document, style_url))


def _page(document: Mapping[str, Any], style_url: str) -> Iterator[str]:
    info = document["info"]
    yield '<!doctype html><html lang="en"><head><meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width">'
    yield f"<title>{escape(info['title'])} API</title>"
    yield f'<link rel="stylesheet" href="{escape(style_url)}"></head><body><main>'
    yield f"<h1>{escape(info['title'])} API {escape(info['version'])}</h1>"
    yield f"<p>{escape(info['description'])}</p>"
    yield '<p>For programs: <a href="openapi.json">openapi.json</a>.</p>'
    for tag in document["tags"]:
        yield f'<h2 id="{escape(tag["name"])}">{escape(tag["name"].title())}</h2>'
        yield f"<p>{escape(tag['description'])}</p>"
        for path, methods in document["paths"].items():
            for method, told in methods.items():
                if tag["name"] in told["tags"]:
                    yield from _operation(method, path, told)
    yield "<h2>Shapes</h2>"
    for name, schema in sorted(document["components"]["schemas"].items()):
        yield f'<details id="{escape(name)}"><summary><code>{escape(name)}</code> '
        yield f"{escape(schema.get('description', ''))}</summary>{_json(schema)}"
        yield "</details>"
    yield "</main></body></html>"


def _operation(method: str, path: str, told: Mapping[str, Any]) -> Iterator[str]:
    yield f"<details><summary><b>{method.upper()}</b> <code>{escape(path)}</code> "
    yield f"{escape(told['summary'])}</summary>"
    yield f"<p>{escape(told.get('description', ''))}</p>"
    if told["parameters"]:
        yield "<table><tr><th>Parameter</th><th>In</th><th>What</th></tr>"
        for one in told["parameters"]:
            what = escape(one.get("description", ""))
            shape = escape(msgspec.json.encode(one["schema"]).decode())
            yield f"<tr><td><code>{escape(one['name'])}</code></td>"
            yield f"<td>{one['in']}</td><td>{what} <code>{shape}</code></td></tr>"
        yield "</table>"
    if body := told.get("requestBody"):
        yield "<h3>Body</h3>" + _json(body["content"])
    yield "<table><tr><th>Answer</th><th>What</th></tr>"
    for status, answer in told["responses"].items():
        yield f"<tr><td>{status}</td><td>{escape(answer['description'])}"
        if status.startswith("2") and "content" in answer:
            yield _json(answer["content"])
        yield "</td></tr>"
    yield "</table></details>"


def _json(value: object) -> str:
    written = msgspec.json.format(msgspec.json.encode(value), indent=2)
    return f"<pre>{escape(written.decode())}</pre>"
