"""Whether the node lives, and whether it should be given calls."""

from collections.abc import Callable, Sequence

from quart import Blueprint

Readiness = Callable[[], Sequence[str]]
"""Why the node is not ready, one sentence each; nothing when it is."""


def health(readiness: Readiness, warnings: Readiness) -> Blueprint:
    """Answers for orchestrators and load balancers.

    A warning is for people: the node serves calls all the same.
    """
    routes = Blueprint("health", __name__)

    @routes.get("/healthz")
    async def live() -> dict[str, str]:
        return {"status": "live"}

    @routes.get("/readyz")
    async def ready() -> tuple[dict[str, object], int]:
        reasons = list(readiness())
        if reasons:
            return {"status": "not ready", "reasons": reasons}, 503
        body: dict[str, object] = {"status": "ready"}
        if told := list(warnings()):
            body["warnings"] = told
        return body, 200

    return routes
