"""What a caller may want, and by which words that is guessed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_WORD: Final = re.compile(r"[a-z0-9'æøåäöüéèç]+")

_HOURS: Final = (
    *("one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)
HOUR: Final = rf"(?P<hour>{'|'.join(_HOURS)}|\d\d?)"
_MINUTES: Final = {"half past": 30, "quarter past": 15, "quarter to": -15}
_CLOCKS: Final = (
    re.compile(rf"\b(?P<part>half past|quarter past|quarter to) {HOUR}\b"),
    re.compile(rf"\b{HOUR} (?P<part>thirty|30|fifteen|15)\b"),
    re.compile(rf"\b{HOUR} (?P<part>o'clock|am|pm)\b"),
    re.compile(rf"\bat {HOUR}\b"),
)


@dataclass(frozen=True, slots=True)
class Intent:
    """A wish, the tool that grants it, and the words that give it away."""

    name: str
    signs: tuple[str, ...]
    tool: str = ""
    topics: frozenset[str] = frozenset()
    """Words in which an agent who can help would be described."""

    @property
    def is_for_experts(self) -> bool:
        """Whether whoever answers the telephone leaves it to those who know better."""
        return self.name == "rule"

    @property
    def is_matter(self) -> bool:
        """Whether it is about something, and not about what was just said."""
        return bool(self.tool) and self.name != "repeat"


def _intent(name: str, signs: str, tool: str = "", topics: str = "") -> Intent:
    found = tuple(sign.strip() for sign in signs.split(","))
    return Intent(name, found, tool, frozenset(topics.split()))


_BOOKING: Final = "appointment book booking schedule service workshop repair slot"
_TROUBLE: Final = "ticket complaint complain refund broken support problem return"
_PEOPLE: Final = "human person operator escalation"

INTENTS: Final = (
    _intent(
        "human",
        "a person, operator, human, someone, talk to, speak to, real person, agent",
        "transfer_to_human",
        _PEOPLE,
    ),
    _intent(
        "callback",
        "call me back, ring me back, callback, call back",
        "request_callback",
        f"callback message {_PEOPLE}",
    ),
    _intent(
        "text",
        "text message, send me a text, text me",
        "text_confirmation",
        _BOOKING,
    ),
    _intent(
        "voicemail",
        "voicemail, leave a voicemail, after the tone",
        "leave_voicemail",
        f"message {_PEOPLE}",
    ),
    _intent(
        "message",
        "message, take a message, tell them, please ask anna",
        "take_message",
        f"message {_PEOPLE}",
    ),
    _intent("goodbye", "goodbye, bye, that is all, that's all, hang up", "end_call"),
    _intent(
        "cancel",
        "cancel my, cancel the, cancel, cancel it",
        "cancel_appointment",
        _BOOKING,
    ),
    _intent(
        "move",
        "move my, change my, reschedule, move the, another time",
        "move_appointment",
        _BOOKING,
    ),
    _intent(
        "appointments",
        "when is my appointment, my appointments, my appointment",
        "find_my_appointments",
        _BOOKING,
    ),
    _intent(
        "look_up",
        "status of, my ticket, bike ready, bicycle ready, how is my repair",
        "look_up_ticket",
        _TROUBLE,
    ),
    _intent(
        "ticket",
        "broken, refund, complaint, complain, does not work, not arrived, wrong, "
        "money back, open a ticket, defective, problem",
        "open_ticket",
        _TROUBLE,
    ),
    _intent(
        "weather",
        "weather, rain, raining, forecast, temperature, sunny, snow",
        "get_weather",
        "weather forecast rain temperature",
    ),
    _intent(
        "time",
        "what time, what time is it, the time in, what is the time",
        "get_current_time",
        "time clock weather",
    ),
    _intent(
        "services",
        "services, what services, which services, how much, cost, price, offer",
        "list_services",
        f"price {_BOOKING}",
    ),
    _intent(
        "slots",
        "book, book a, an appointment, a time for, free on",
        "find_free_slots",
        _BOOKING,
    ),
    _intent(
        "question",
        "opening hours, open, close, where are you, address",
        "search_knowledge",
        "question knowledge opening hours information general support faq policy",
    ),
    _intent(
        "rule",
        "rent, return, warranty, insurance, pay, deliver, electric, children, "
        "can you repair, do you sell",
        "search_knowledge",
        "return refund warranty rule faq policy delivery",
    ),
    _intent("wait", "wait, moment, hold on"),
    _intent("repeat", "repeat, say that again, pardon", "repeat_slowly"),
    _intent("no", "no, no thank you, no thanks, that is wrong, nothing"),
    _intent("yes", "yes, yes please, yeah, sure, okay, ok, that is right, correct"),
    _intent("thanks", "thank you, thanks"),
    _intent("greeting", "hello, hi, good morning, good afternoon, good evening"),
)
"""When two are equally likely, the one named first is meant."""

BY_NAME: Final = {intent.name: intent for intent in INTENTS}


def words_of(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def classify(utterance: str) -> Intent | None:
    """The likeliest wish; None when no word gives it away."""
    padded = f" {' '.join(words_of(utterance))} "
    scores = {
        intent.name: sum(
            len(sign.split()) for sign in intent.signs if f" {sign} " in padded
        )
        for intent in INTENTS
    }
    best = max(scores, key=lambda name: scores[name])
    return BY_NAME[best] if scores[best] else None


def clock(utterance: str) -> tuple[int, int] | None:
    """The time of day that is named, as (hour, minute); 12 hours unless pm is said."""
    text = " ".join(words_of(utterance))
    for pattern in _CLOCKS:
        if found := pattern.search(text):
            said = found["hour"]
            hour = _HOURS.index(said) + 1 if said in _HOURS else int(said)
            return _clock(hour, found.groupdict().get("part") or "")
    return None


def _clock(hour: int, part: str) -> tuple[int, int]:
    minutes = 60 * hour + {"thirty": 30, "30": 30, "fifteen": 15, "15": 15}.get(part, 0)
    minutes += _MINUTES.get(part, 0)
    if part == "pm" and hour < 12:
        minutes += 12 * 60
    return minutes // 60 % 24, minutes % 60
