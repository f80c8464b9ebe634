"""Which verbs are simulated. The rest is skipped, with a recorded warning."""

from collections.abc import Mapping
from typing import Final

from callcenter.simulator.carrier import verbs
from callcenter.simulator.carrier.connect import connect
from callcenter.simulator.carrier.dial import dial
from callcenter.simulator.carrier.interpreter import RunVerb

VERBS: Final[Mapping[str, RunVerb]] = {
    "Say": verbs.say,
    "Play": verbs.play,
    "Pause": verbs.pause,
    "Gather": verbs.gather,
    "Record": verbs.record,
    "Redirect": verbs.redirect,
    "Reject": verbs.reject,
    "Hangup": verbs.hangup,
    "Dial": dial,
    "Connect": connect,
}
