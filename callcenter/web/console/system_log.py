"""The audit log: who did what, to look through and to take away."""

import csv
import io
from collections.abc import AsyncIterator
from datetime import datetime, time, timedelta
from typing import Any, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from quart import Blueprint, Response, request
from quart.templating import render_template

from callcenter.domain.people import Role
from callcenter.storage.audit import Entry
from callcenter.storage.sheets import harmless
from callcenter.web.console.asked import day
from callcenter.web.console.desk import ConsoleDesk
from callcenter.web.console.doorkeeper import me, requires

PAGE: Final = 100
AT_ONCE: Final = 1_000
"""Rows of an export that are read together."""

MOST_WORD: Final = 200
COLUMNS: Final = ("at", "who", "act", "subject", "detail")


def log(routes: Blueprint, desk: ConsoleDesk) -> None:
    """Declare its pages."""
    zone = ZoneInfo(desk.rules.house_zone)

    @routes.get("/audit")
    @requires(Role.SUPERVISOR)
    async def audit() -> str:
        asked = _asked(zone)
        text = request.args.get("before", "")
        before = int(text) if text.isascii() and text.isdigit() else None
        entries = await desk.audit.latest(PAGE, **asked, before=before)
        fields = {k: v for k, v in request.args.items() if k != "before" and v}
        older = urlencode(fields | {"before": str(entries[-1].id)}) if entries else ""
        return await render_template(
            "system_audit.html",
            entries=entries,
            acts=await desk.audit.acts(),
            asked=request.args,
            fields=urlencode(fields),
            older=older if len(entries) == PAGE else "",
            further=before is not None,
        )

    @routes.get("/audit.csv")
    @requires(Role.SUPERVISOR)
    async def export() -> Response:
        await desk.audit.note(me().name, "audit.exported", "audit")
        answer = Response(
            _written(desk, _asked(zone)), content_type="text/csv; charset=utf-8"
        )
        answer.headers["Content-Disposition"] = 'attachment; filename="audit.csv"'
        answer.timeout = None
        return answer


def _asked(zone: ZoneInfo) -> dict[str, Any]:
    """The filters of the address; what makes no sense is as good as none."""
    words = {
        name: request.args.get(name, "").strip()[:MOST_WORD]
        for name in ("who", "act", "subject")
    }
    first, last = day("from"), day("to")
    return {
        **words,
        "since": datetime.combine(first, time(), zone) if first else None,
        "until": datetime.combine(last, time(), zone) + timedelta(1) if last else None,
    }


async def _written(desk: ConsoleDesk, asked: dict[str, Any]) -> AsyncIterator[str]:
    yield _rows([list(COLUMNS)])
    before: int | None = None
    while entries := await desk.audit.latest(AT_ONCE, **asked, before=before):
        before = entries[-1].id
        yield _rows([_cells(one) for one in entries])


def _cells(one: Entry) -> list[str]:
    values = (one.at.isoformat(), one.who, one.act, one.subject, one.detail)
    return [str(harmless(value)) for value in values]


def _rows(rows: list[list[str]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()
