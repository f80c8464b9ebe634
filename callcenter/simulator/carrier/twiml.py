"""Reading TwiML: which verbs and attributes exist, and what doesn't parse.

Names are case-sensitive. What Twilio doesn't know it skips with a warning (12200); what
is not XML ends the document with error 12100.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree

MALFORMED_DOCUMENT: Final = 12100
UNKNOWN_IN_SCHEMA: Final = 12200


class BadDocument(Exception):
    """This is not TwiML."""

    code = MALFORMED_DOCUMENT


@dataclass(frozen=True, slots=True)
class Verb:
    """One element: a verb, or a noun within one."""

    name: str
    attributes: Mapping[str, str]
    children: tuple["Verb", ...]
    text: str

    def attribute(self, name: str, default: str = "") -> str:
        return self.attributes.get(name, default)

    def flag(self, name: str) -> bool:
        return self.attributes.get(name, "false") == "true"

    def seconds(self, name: str, default: float) -> float:
        try:
            return float(self.attributes.get(name, default))
        except ValueError:
            return default


@dataclass(frozen=True, slots=True)
class Document:
    """A TwiML document, and what is strange about it."""

    verbs: tuple[Verb, ...]
    complaints: tuple[str, ...]


_CALLBACK: Final = "statusCallback statusCallbackMethod statusCallbackEvent"
_RECORDING: Final = (
    "recordingStatusCallback recordingStatusCallbackMethod recordingStatusCallbackEvent"
)
_DETECTION: Final = (
    "machineDetection machineDetectionTimeout machineDetectionSpeechThreshold "
    "machineDetectionSpeechEndThreshold machineDetectionSilenceTimeout "
    "amdStatusCallback amdStatusCallbackMethod"
)
_TARGET: Final = f"url method {_CALLBACK} {_DETECTION}"

_ATTRIBUTES: Final[Mapping[str, str]] = {
    "Say": "voice language loop",
    "Play": "loop digits",
    "Pause": "length",
    "Gather": "input action method timeout speechTimeout maxSpeechTime finishOnKey "
    "numDigits actionOnEmptyResult language hints speechModel enhanced "
    "profanityFilter partialResultCallback partialResultCallbackMethod bargeIn debug",
    "Record": "action method timeout finishOnKey maxLength playBeep trim transcribe "
    f"transcribeCallback {_RECORDING}",
    "Dial": "action method timeout answerOnBridge callerId callReason ringTone "
    "hangupOnStar timeLimit sequential trim events passports record recordingTrack "
    f"referUrl referMethod {_RECORDING}",
    "Number": f"sendDigits byoc {_TARGET}",
    "Sip": f"username password codecs {_TARGET}",
    "Client": f"{_TARGET}",
    "Identity": "",
    "Conference": "muted beep startConferenceOnEnter endConferenceOnExit waitUrl "
    "waitMethod maxParticipants participantLabel coach record trim region "
    f"jitterBufferSize eventCallbackUrl {_CALLBACK} {_RECORDING}",
    "Queue": "url method reservationSid postWorkActivitySid",
    "Connect": "action method",
    "Start": "action method",
    "Stop": "",
    "Stream": "name url track statusCallback statusCallbackMethod",
    "Parameter": "name value",
    "Enqueue": "action method waitUrl waitUrlMethod workflowSid maxQueueSize",
    "Leave": "",
    "Redirect": "method",
    "Reject": "reason",
    "Hangup": "",
    "Refer": "action method",
    "Sms": "to from action method statusCallback",
    "Pay": "input action chargeAmount",
    "Echo": "",
}
_FREE_CHILDREN: Final = frozenset({"Say", "Task"})
"""What is inside these is not TwiML but SSML, or anything."""


def parse(text: str | bytes) -> Document:
    """Read a document. Raises `BadDocument`."""
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 - our own server's answer
    except ElementTree.ParseError as error:
        raise BadDocument(f"Document parse failure: {error}") from error
    if root.tag != "Response":
        raise BadDocument(f"The root element is <{root.tag}>, not <Response>")
    complaints: list[str] = []
    verbs = tuple(_verb(child, complaints) for child in root)
    return Document(verbs, tuple(complaints))


def _verb(element: ElementTree.Element, complaints: list[str]) -> Verb:
    known = _ATTRIBUTES.get(element.tag)
    if known is None:
        complaints.append(f"Invalid element: <{element.tag}>")
    complaints += [
        f"Attribute {name!r} is not allowed in <{element.tag}>"
        for name in element.attrib
        if known is not None and name not in known.split()
    ]
    if element.tag in _FREE_CHILDREN:
        text = "".join(element.itertext())
        return Verb(element.tag, dict(element.attrib), (), text.strip())
    children = tuple(_verb(child, complaints) for child in element)
    text = (element.text or "").strip()
    return Verb(element.tag, dict(element.attrib), children, text)
