"""A call in a few honest sentences, taken from its record by code alone.

It stands where there is no text model, and tells what a model may not leave out: the
promises that the record is sure of. It is also where the model's reading matter comes
from.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from callcenter.domain import events as e, voicemail as v
from callcenter.domain.call import CallState, fold
from callcenter.domain.tickets import TICKET_OPENED
from callcenter.domain.transcript import Speaker, Turn
from callcenter.domain.wrap_up import (
    FollowUp,
    PromiseKind,
    WrapUp,
    WrapUpKind,
    clipped,
)

FIRST_WORDS: Final = 200
"""Characters of what the caller said first: people begin with what they want."""

DONE_ITEMS: Final = 6

MATERIAL_CHARACTERS: Final = 24_000
"""About 6 000 tokens: half an hour of talk. Of a longer one, the middle is left out."""

BOOKED: Final = ("booked ", "moved the ")
"""How the appointment book's tools begin their `done`."""

NOT_WRITTEN: Final = "(a spoken message, not written down)"


def extract(facts: Sequence[e.Fact]) -> WrapUp:
    """All that code can say of a call that has ended."""
    call = fold(facts)
    return WrapUp(
        WrapUpKind.EXTRACT,
        " ".join(_sentences(call, facts)),
        _topic(call),
        promises(facts),
        language=call.language,
    ).bounded()


def promises(facts: Sequence[e.Fact]) -> list[FollowUp]:
    """What the house owes the caller, as far as the record knows."""
    return [promise for fact in facts if (promise := _promise(fact.event))] + _spoken(
        facts
    )


def material(facts: Sequence[e.Fact]) -> str:
    """The call for a model to read: bounded, and without the caller's number."""
    call = fold(facts)
    about = "\n".join(_about(call, facts))
    talk = [_line(turn) for turn in call.turns if turn.heard]
    return f"{about}\n\nThe conversation:\n{_middle_out(talk, MATERIAL_CHARACTERS)}"


def _sentences(call: CallState, facts: Sequence[e.Fact]) -> Iterator[str]:
    said = [turn for turn in call.turns if turn.speaker is Speaker.CALLER]
    if first := next((turn.heard for turn in said if turn.heard), ""):
        yield f'The caller began: "{clipped(first, FIRST_WORDS)}"'
    else:
        yield "The caller said nothing that could be understood."
    if who := _who(call, facts):
        yield f"They spoke with {_listed(who)}."
    if call.done:
        yield f"The agents {_listed(call.done[-DONE_ITEMS:])}."
    yield f"It ended as {call.disposition or 'nobody knows'}{_why(facts)}."


def _who(call: CallState, facts: Sequence[e.Fact]) -> list[str]:
    agents = [turn.agent for turn in call.turns if turn.agent]
    operators = [
        attempt.operator
        for escalation in call.escalations
        for attempt in escalation.attempts
        if attempt.accepted
    ]
    if not agents:
        agents = [f.event.agent for f in facts if isinstance(f.event, e.SessionOpened)]
    return [
        *dict.fromkeys(agents),
        *dict.fromkeys(f"{one} (human)" for one in operators),
    ]


def _why(facts: Sequence[e.Fact]) -> str:
    reasons = [f.event.reason for f in facts if isinstance(f.event, e.CallEnded)]
    return f": {clipped(reasons[-1], FIRST_WORDS).rstrip('.')}" if reasons else ""


def _topic(call: CallState) -> str:
    """What an operator was asked for, or who had the call last."""
    return (call.escalation.topic if call.escalation else "") or call.agent


def _promise(event: e.Event) -> FollowUp | None:
    match event:
        case e.CallbackRequested(when, reason):
            return FollowUp(PromiseKind.CALLBACK, reason, when)
        case e.MessageTaken(text):
            return FollowUp(PromiseKind.MESSAGE, text)
        case e.ToolReturned(done=done) if done.startswith(TICKET_OPENED):
            return FollowUp(PromiseKind.TICKET, done)
        case e.ToolReturned(done=done) if done.startswith(BOOKED):
            return FollowUp(PromiseKind.APPOINTMENT, done)
        case _:
            return None


def _spoken(facts: Sequence[e.Fact]) -> list[FollowUp]:
    """Messages in the caller's own voice, written down or not."""
    texts: dict[str, str] = {}
    for fact in facts:
        match fact.event:
            case v.VoicemailLeft(sid):
                texts.setdefault(sid, NOT_WRITTEN)
            case v.VoicemailTranscribed(sid, text):
                texts[sid] = text or NOT_WRITTEN
            case _:
                pass
    return [FollowUp(PromiseKind.MESSAGE, text) for text in texts.values()]


def _about(call: CallState, facts: Sequence[e.Fact]) -> Iterator[str]:
    lasted = (facts[-1].at - facts[0].at).total_seconds() if facts else 0
    yield f"Recorded outcome: {call.disposition or 'none'}{_why(facts)}."
    yield f"It lasted {lasted:.0f} s. Language chosen: {call.language or 'not noted'}."
    for name in _who(call, facts):
        yield f"Spoke with: {name}"
    for escalation in call.escalations:
        outcomes = [attempt.outcome or "unknown" for attempt in escalation.attempts]
        tried = ", ".join(outcomes) or "nobody was rung"
        yield f"An operator was asked for ({escalation.topic}): {tried}"
    for done in call.done:
        yield f"Done by a tool: {done}"
    for promise in promises(facts):
        yield f"On record, {promise.kind}: {promise.when} {promise.text}"


def _line(turn: Turn) -> str:
    who = "caller" if turn.speaker is Speaker.CALLER else turn.agent or "agent"
    return f"{who}: {' '.join(turn.heard.split())}"


def _middle_out(lines: Sequence[str], most: int) -> str:
    """The beginning and the end: why they called, and what came of it."""
    text = "\n".join(lines)
    if len(text) <= most:
        return text
    return f"{text[: most // 2]}\n[… the middle is left out …]\n{text[-most // 2 :]}"


def _listed(items: Sequence[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"
