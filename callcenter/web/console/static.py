"""Static files, each with a hash of what is in it: browsers may keep them for good."""

import hashlib
from functools import cached_property
from pathlib import Path
from typing import Final

from quart import Response, abort, request, send_from_directory

FOLDER: Final = Path(__file__).parent.parent / "static"
FOR_GOOD: Final = "public, max-age=31536000, immutable"
BRIEFLY: Final = "no-cache"
HASH_LETTERS: Final = 12
SUFFIXES: Final = {".css", ".js", ".svg", ".png", ".wav", ".woff2", ".txt", ".map"}


class Static:
    """The files of the package; nothing else is served."""

    @cached_property
    def versions(self) -> dict[str, str]:
        """The hash of each file, by its path in the folder."""
        return {
            path.relative_to(FOLDER).as_posix(): _hash(path)
            for path in sorted(FOLDER.rglob("*"))
            if path.is_file() and path.suffix in SUFFIXES
        }

    def address(self, name: str) -> str:
        """For a template. Raises KeyError for a file that is not there."""
        return f"/console/static/{name}?v={self.versions[name]}"

    async def serve(self, name: str) -> Response:
        """One file."""
        if name not in self.versions:
            abort(404)
        answer = await send_from_directory(FOLDER, name)
        right = request.args.get("v") == self.versions[name]
        answer.headers["Cache-Control"] = FOR_GOOD if right else BRIEFLY
        return answer


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:HASH_LETTERS]
