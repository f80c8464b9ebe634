"""What the console brings along is as its makers published it; nothing is fetched."""

import hashlib
import json
import re
from pathlib import Path

from quart import Response
from quart.templating import render_template_string

from callcenter.web.console.static import FOLDER, Static
from tests.web.console.door import open_door

FRONTEND = Path(__file__).parents[3] / "frontend"
TEMPLATES = FOLDER.parent / "console" / "templates"

WRITES_MARKUP = r"(?:inner|outer)HTML\s*\+?=[^=]|insertAdjacentHTML|document\.write"


def test_what_others_wrote_is_as_they_published_it() -> None:
    lines = (FOLDER / "vendor" / "SHA256SUMS").read_text().splitlines()
    named = {name: hash_ for hash_, name in (line.split(maxsplit=1) for line in lines)}
    there = {path.name for path in (FOLDER / "vendor").iterdir()} - {"SHA256SUMS"}
    assert set(named) == there
    for name, right in named.items():
        found = hashlib.sha256((FOLDER / "vendor" / name).read_bytes()).hexdigest()
        assert found == right, name


def test_versions_are_exact_and_no_address_is_written_down() -> None:
    wanted = json.loads((FRONTEND / "package.json").read_text())["dependencies"]
    locked = json.loads((FRONTEND / "package-lock.json").read_text())["packages"]
    for name, version in wanted.items():
        assert re.fullmatch(r"[\d.]+", version)
        assert locked[f"node_modules/{name}"]["version"] == version
        assert locked[f"node_modules/{name}"]["integrity"].startswith("sha512-")
    assert "resolved" not in (FRONTEND / "package-lock.json").read_text()


def test_no_page_has_a_script_or_a_style_of_its_own_or_asks_another_server() -> None:
    for path in TEMPLATES.rglob("*.html"):
        page = path.read_text()
        assert re.findall(r"<script(?![^>]*\ssrc=)", page) == [], path
        assert re.findall(r"<style|\sstyle=|\son[a-z]+=|javascript:", page) == [], path
        assert re.findall(r"(?:src|href|action)=.https?:", page) == [], path
    for path in (*FOLDER.glob("*.js"), *FOLDER.glob("*.css")):
        text = path.read_text()
        assert re.findall(WRITES_MARKUP, text) == [], path
        assert re.findall(r"eval\(|new Function", text) == [], path
        assert re.findall(r"@import|url\(.?https?:", text) == [], path


def test_every_file_that_a_page_names_is_there() -> None:
    static = Static()
    for path in TEMPLATES.rglob("*.html"):
        for name in re.findall(r"static\('([^']+)'\)", path.read_text()):
            assert static.address(name).startswith(f"/console/static/{name}?v="), path


async def test_a_page_may_ask_for_a_style_of_a_library_and_only_that(
    tmp_path: Path,
) -> None:
    async with open_door(tmp_path) as door:
        app = door.node.app
        async with app.test_request_context("/console/calls"):
            page = await render_template_string("{{ style_nonce() }}")
            answer = await app.process_response(Response(page), None)
        policy = answer.headers["Content-Security-Policy"]
        assert f"style-src 'self' 'nonce-{page}';" in policy
        assert "script-src 'self';" in policy
