"""Whether the node lives, and whether it should be given calls."""

from collections.abc import Awaitable, Callable, Sequence

from quart import Blueprint

Readiness = Callable[[], Awaitable[Sequence[str]]]
"""Why the node is not ready, one sentence each; nothing when it is."""

Warnings = Callable[[], Sequence[str]]
"""What people should look at, one sentence each."""


def health(readiness: Readiness, warnings: Warnings) -> Blueprint:
    """Answers for orchestrators and load balancers.

    A warning is for people: the node serves calls all the same.
    """
    routes = Blueprint("health", __name__)

    @routes.get("/healthz")
    async def live() -> dict[str, str]:
        return {"status": "live"}

    @routes.get("/readyz")
    async def ready() -> tuple[dict[str, object], int]:
        reasons = list(await readiness())
        body: dict[str, object] = {"status": "not ready" if reasons else "ready"}
        if reasons:
            body["reasons"] = reasons
        if told := list(warnings()):
            body["warnings"] = told
        return body, 503 if reasons else 200

    return routes
