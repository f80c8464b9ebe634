"""What a caller has proved of themselves in this call, and how often they may try."""

from callcenter.domain.verification import (
    TRIES_PER_CALL,
    CallerVerified,
    Method,
    VerificationTried,
)
from callcenter.floor.live_call import LiveCall


class Standing:
    """One call's. It comes from facts, so another node knows it, and a new call not."""

    def __init__(self, call: LiveCall) -> None:
        self._call = call

    @property
    def verified(self) -> bool:
        """Whether the caller has proved who they are."""
        return self._call.state.verified

    @property
    def tries_left(self) -> int:
        """How often they may still try, in this call."""
        return max(0, TRIES_PER_CALL - self._call.state.verification_tries)

    def begin_try(self, method: Method) -> bool:
        """Count a try before it is judged; False, and nothing counted, if none is left.

        It does not await: tries at the same moment cannot share one.
        """
        if not self.tries_left:
            return False
        self._call.record(VerificationTried(method))
        return True

    def proved(self, method: Method) -> None:
        """The try was right."""
        self._call.record(CallerVerified(method))
