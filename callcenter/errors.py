"""What can go wrong, and who is to blame.

    CallCenterError
    ├── ConfigurationError      ours: settings, cards, operators
    ├── CallerRefused           the outside: signature, token, an unknown call
    ├── CarrierError            Twilio: REST refused, timed out, said nonsense
    │   ├── CallIsOver          … because the call has already ended
    │   └── OutcomeUnknown      … and nobody knows whether it did it
    ├── ModelError              the Realtime model: connect, session, protocol
    ├── StorageError            the database
    │   ├── SlotTaken           … because somebody was faster
    │   └── TooManyAppointments … because one caller would fill the book
    ├── ToolFailed              a tool; its text is meant for the model
    ├── ActRefused              a supervisor's act; its text is meant for them
    └── CallIsElsewhere         another node has the call: ask that one

Messages are sentences that say what to do.
"""


class CallCenterError(Exception):
    """Something that callcenter itself found wrong."""


class ConfigurationError(CallCenterError):
    """The installation cannot work as it is configured."""


class CallerRefused(CallCenterError):
    """A request or stream did not prove that it is who it claims to be."""


class CarrierError(CallCenterError):
    """The carrier did not do what was asked, or did not say whether it did."""


class CallIsOver(CarrierError):
    """The call has already ended; for most purposes this is success."""


class OutcomeUnknown(CarrierError):
    """The carrier did not say whether it did it: a create must not be repeated."""


class ModelError(CallCenterError):
    """The model's session could not be opened, or broke."""

    def __init__(self, message: str, *, retry: bool = True) -> None:
        super().__init__(message)
        self.retry = retry


class StorageError(CallCenterError):
    """The database could not be reached or does not fit this version."""


class BadValue(StorageError):
    """It was asked for with a value that no database can hold, or count with."""


class SlotTaken(StorageError):
    """That time has just been booked by somebody else."""


class TooManyAppointments(StorageError):
    """One caller holds as many appointments as may be."""


class ToolFailed(CallCenterError):
    """A tool could not do it; the text tells the model what to say or try."""


class ActRefused(CallCenterError):
    """What a supervisor wants of a call is not possible; the text tells them why."""


class CallIsElsewhere(CallCenterError):
    """Another node has this call at work, and must answer for it."""

    def __init__(self, call_sid: str) -> None:
        super().__init__(f"another node has {call_sid}")
        self.call_sid = call_sid
