"""Recordings over the API: which there are of a call, and the sound itself."""

import asyncio
import re
from pathlib import Path
from typing import Any, Final

from quart import Response, send_file

from callcenter.domain.scopes import Scope
from callcenter.web.api import call_shapes as shapes
from callcenter.web.api.answers import not_found
from callcenter.web.api.calls import call_of
from callcenter.web.api.desk import ApiDesk
from callcenter.web.api.endpoints import PREFIX, Endpoints, Operation
from callcenter.web.api.gate import visitor

TAG: Final = "recordings"
ALL: Final = "/calls/<call_id>/recordings"
READ: Final = Scope.RECORDINGS_READ
WAV: Final = "audio/wav"

_NAME: Final = re.compile(r"[\w-]{1,200}\.wav", re.ASCII)
"""Nothing that leads out of the folder."""


def recordings(api: Endpoints, desk: ApiDesk) -> None:
    """Declare the operations."""

    async def names_of(call_id: str) -> dict[str, str]:
        """When each began, by its name."""
        call = await call_of(desk, call_id)
        return {Path(one["path"]).name: one["at"] for one in call["recordings"]}

    @api.add(Operation("GET", ALL, TAG, READ, shapes.Recordings))
    async def list_recordings(call_id: str) -> object:
        """The recordings of a call, one for each stream."""
        found = await names_of(call_id)
        folder = desk.rules.recordings_dir
        sizes = await asyncio.to_thread(_sizes, folder, list(found))
        items: list[dict[str, Any]] = [
            {
                "name": name,
                "at": at,
                "bytes": sizes[name],
                "url": f"{PREFIX}/calls/{call_id}/recordings/{name}",
            }
            for name, at in found.items()
        ]
        return {"items": items}

    @api.add(
        Operation(
            "GET",
            f"{ALL}/<name>",
            TAG,
            READ,
            media=WAV,
            errors=(416,),
            headers=("Range",),
        )
    )
    async def get_recording(call_id: str, name: str) -> Response:
        """The sound: WAV, the caller on the left. Ranges are served."""
        path = desk.rules.recordings_dir / name
        known = _NAME.fullmatch(name) and name in await names_of(call_id)
        if not known or not await asyncio.to_thread(path.is_file):
            raise not_found("recording")
        await desk.audit.note(visitor().name, "recording.heard", call_id, name)
        answer = await send_file(path, mimetype=WAV, conditional=True)
        answer.headers["Cache-Control"] = "private, no-store"
        answer.headers["X-Content-Type-Options"] = "nosniff"
        return answer


def _sizes(folder: Path, names: list[str]) -> dict[str, int | None]:
    sizes: dict[str, int | None] = dict.fromkeys(names)
    for name in names:
        path = folder / name
        if _NAME.fullmatch(name) and path.is_file():
            sizes[name] = path.stat().st_size
    return sizes
