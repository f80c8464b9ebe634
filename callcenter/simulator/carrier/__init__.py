"""A telephone network in a test tube: Twilio's side of every conversation with us."""

from callcenter.simulator.carrier.carrier import CarrierSimulator
from callcenter.simulator.carrier.exchange import Options
from callcenter.simulator.carrier.faults import (
    MALFORMED_FRAMES,
    NO_FAULTS,
    Ending,
    Network,
    RestFault,
    Signature,
    StreamFaults,
    oversized_frame,
)
from callcenter.simulator.carrier.handshake import HandshakeFailed
from callcenter.simulator.carrier.leg import Leg
from callcenter.simulator.carrier.operators import (
    Answers,
    Busy,
    Declines,
    NoAnswer,
    OperatorBehaviour,
    Scripted,
    Unreachable,
    Voicemail,
)
from callcenter.simulator.carrier.phone import LineIsDead, Phone
from callcenter.simulator.carrier.raw_stream import RawStream
from callcenter.simulator.carrier.records import (
    DebuggerEntry,
    Exchanged,
    Happening,
    Heard,
    PhoneEvent,
    Source,
)

__all__ = [
    "MALFORMED_FRAMES",
    "NO_FAULTS",
    "Answers",
    "Busy",
    "CarrierSimulator",
    "DebuggerEntry",
    "Declines",
    "Ending",
    "Exchanged",
    "HandshakeFailed",
    "Happening",
    "Heard",
    "Leg",
    "LineIsDead",
    "Network",
    "NoAnswer",
    "OperatorBehaviour",
    "Options",
    "Phone",
    "PhoneEvent",
    "RawStream",
    "RestFault",
    "Scripted",
    "Signature",
    "Source",
    "StreamFaults",
    "Unreachable",
    "Voicemail",
    "oversized_frame",
]
