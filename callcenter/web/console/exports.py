"""Calls, taken elsewhere: whatever a list shows, as a file that grows while it is made.

The page shows how far it is and can stop it; without scripts it is a plain download.
"""

from collections.abc import AsyncIterator
from io import StringIO
from typing import Final

from quart import Blueprint, Response, abort, request

from callcenter.domain.people import Role
from callcenter.storage.archive import Archive
from callcenter.storage.filters import BadFilter, Which
from callcenter.storage.sheets import CsvCalls, JsonCalls
from callcenter.web.console.calls import asked_for, which_calls
from callcenter.web.console.desk import ConsoleDesk
from callcenter.web.console.doorkeeper import me, requires

TYPES: Final = {"csv": "text/csv", "jsonl": "application/x-ndjson"}
TOTAL: Final = "X-Total-Calls"


def pages(desk: ConsoleDesk) -> Blueprint:
    """The files."""
    routes = Blueprint("exports", __name__, url_prefix="/exports")
    archive = Archive(desk.database)

    @routes.get("/calls.<form>")
    @requires(Role.SUPERVISOR)
    async def calls(form: str) -> Response:
        if form not in TYPES:
            abort(404)
        try:
            which = which_calls(asked_for(request.args), desk)
        except BadFilter:
            abort(400)
        total = await archive.count(which)
        asked = str(which.plain())
        await desk.audit.note(me().name, "calls.export", form, f"{total}: {asked}")
        answer = Response(_written(archive, which, form), content_type=TYPES[form])
        answer.headers[TOTAL] = str(total)
        answer.headers["Content-Disposition"] = f'attachment; filename="calls.{form}"'
        answer.timeout = None
        return answer

    return routes


async def _written(archive: Archive, which: Which, form: str) -> AsyncIterator[bytes]:
    paper = StringIO(newline="")
    whole = form == "jsonl"
    writer = JsonCalls(paper) if whole else CsvCalls(paper)
    calls = archive.stories(which) if whole else archive.rows(which)
    async for call in calls:
        writer.write(call)
        yield paper.getvalue().encode()
        paper.seek(0)
        paper.truncate()
    if rest := paper.getvalue():
        yield rest.encode()  # the heading, when there is no call
