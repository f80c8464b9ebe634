"""What must not be written down, taken out before it is: of facts, and of any text.

A placeholder stands where a secret stood: "[card number]". The conversation itself goes
on with what was said; what is stored, published or exported never had it.
"""

import json
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Final, TypeVar, cast

from callcenter.domain import events as e
from callcenter.domain.events import Fact
from callcenter.domain.guardrails import GuardrailTripped
from callcenter.domain.ids import CallId, ItemId
from callcenter.domain.redaction_patterns import LONGEST_TEXT, Pattern
from callcenter.domain.secrets_said import Span, merged, spans

MOST_CALLS: Final = 2_000
"""Whose last words are remembered; the oldest are forgotten first."""

LAST_TURNS: Final = 4
"""A number that is read out in so many turns is still one."""

LONGEST_TAIL: Final = 200
"""Characters of a turn's end that may be part of what comes next."""

PERSONAL: Final = '{"say": "[personal data]"}'

OURS: Final = frozenset(
    {
        "agent", "attempt_id", "call_sid", "called_number", "caller_number",
        "destination", "escalation_id", "from_agent", "item_id", "language", "once",
        "operator", "path", "recording_sid", "roster", "rule", "stream_sid", "to_agent",
        "tool", "tool_call_id",
    }
)  # fmt: skip
"""Fields of facts that are our own or the carrier's, and nobody's words."""

JSON: Final = frozenset({"arguments", "output"})

EventKind = TypeVar("EventKind", bound=e.Event)


@dataclass(frozen=True, slots=True)
class Policy:
    """What a house hides besides numbers of cards, people and accounts."""

    emails: bool = False
    personal: bool = False
    """All that a tool answers which tells about a person."""
    patterns: tuple[Pattern, ...] = ()


NUMBERS: Final = Policy()


def redacted_text(text: str, policy: Policy = NUMBERS) -> str:
    """The text with a placeholder for each secret."""
    return _without(text, _spans(text, policy))


def redacted(event: EventKind, policy: Policy = NUMBERS) -> EventKind:
    """The event as it may be written down; the same object when nothing is in it."""
    changed: dict[str, Any] = {}
    for one in fields(event):
        value = getattr(event, one.name)
        if type(value) is not str or not value or one.name in OURS:
            continue
        hide = _json if one.name in JSON else redacted_text
        if (told := hide(value, policy)) != value:
            changed[one.name] = told
    if isinstance(event, e.AgentSpoke) and "generated" in changed:
        changed["heard"] = _heard(event, policy)
    if policy.personal and isinstance(event, e.ToolReturned) and event.personal:
        changed["output"] = PERSONAL
    return replace(event, **changed) if changed else event


def _heard(event: e.AgentSpoke, policy: Policy) -> str:
    """Half a number is as little to be kept as the whole that it was cut from."""
    reach = len(event.heard)
    if event.generated[:reach] != event.heard:
        return redacted_text(event.heard, policy)
    hidden = [
        replace(span, end=min(span.end, reach))
        for span in _spans(event.generated, policy)
        if span.start < reach
    ]
    return _without(event.heard, hidden)


def _spans(text: str, policy: Policy) -> list[Span]:
    found = spans(text, emails=policy.emails)
    for one in policy.patterns:
        for start in range(0, len(text), LONGEST_TEXT):
            part = text[start : start + LONGEST_TEXT]
            found += [
                Span(start + match.start(), start + match.end(), f"[{one.name}]")
                for match in one.pattern.finditer(part)
                if match[0]
            ]
    return merged(found) if policy.patterns else found


def _without(text: str, hidden: Sequence[Span]) -> str:
    for span in reversed(hidden):
        text = text[: span.start] + span.instead + text[span.end :]
    return text


def _json(text: str, policy: Policy) -> str:
    """Its strings and numbers one by one, so that it is JSON afterwards, too."""
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        return redacted_text(text, policy)
    hidden = _leaves(whole, policy)
    return text if hidden == whole else json.dumps(hidden, ensure_ascii=False)


def _leaves(value: Any, policy: Policy) -> Any:  # noqa: ANN401  # JSON
    match value:
        case str():
            return redacted_text(value, policy)
        case int() if not isinstance(value, bool):
            told = redacted_text(str(value), policy)
            return value if told == str(value) else told
        case list():
            return [_leaves(one, policy) for one in value]
        case dict():
            return {
                redacted_text(key, policy): _leaves(one, policy)
                for key, one in value.items()
            }
        case _:
            return value


class Redactor:
    """Takes secrets out of facts, also those that were said in several turns.

    A turn may show that the one before it was the beginning of a number: then that one
    comes again, with its old sequence and without the number.
    """

    def __init__(self, policy: Policy = NUMBERS) -> None:
        self._policy = policy
        self._said: OrderedDict[tuple[CallId, bool], list[Fact]] = OrderedDict()
        self._stopped: OrderedDict[tuple[CallId, ItemId], str] = OrderedDict()

    def publishable(self, fact: Fact) -> Fact:
        """The fact alone, as it may be told."""
        return self(fact)[0]

    def __call__(self, fact: Fact) -> list[Fact]:
        """The fact as it may be written down; then older ones that must be replaced."""
        event = fact.event
        if isinstance(event, e.CallEnded):
            for caller in (True, False):
                self._said.pop((fact.call_id, caller), None)
        if isinstance(event, GuardrailTripped):
            self._stopped[fact.call_id, event.item_id] = event.rule
            if len(self._stopped) > MOST_CALLS:
                self._stopped.popitem(last=False)
        if isinstance(event, e.AgentSpoke):
            event = self._without_what_was_stopped(fact.call_id, event)
            fact = replace(fact, event=event)
        told = replace(fact, event=redacted(event, self._policy))
        if not isinstance(event, e.CallerSpoke | e.AgentSpoke):
            return [told]
        turns = self._turns(fact)
        if isinstance(event, e.CallerSpoke) and told.event is event:
            asked = self._said.get((fact.call_id, False), [])
            told = replace(fact, event=self._answered(asked, event))
        return self._over_turns(turns, told)

    def _without_what_was_stopped(
        self, call_id: CallId, event: e.AgentSpoke
    ) -> e.AgentSpoke:
        """Of what a guardrail stopped, no more is kept than the caller heard."""
        rule = self._stopped.get((call_id, event.item_id))
        if rule is None:
            return event
        return replace(event, generated=f"{event.heard} [stopped: {rule}]".strip())

    def _turns(self, fact: Fact) -> list[Fact]:
        """What the same side said last, this turn included."""
        key = (fact.call_id, isinstance(fact.event, e.CallerSpoke))
        turns = [*self._said.pop(key, []), fact][-LAST_TURNS:]
        self._said[key] = turns
        if len(self._said) > MOST_CALLS:
            self._said.popitem(last=False)
        return turns

    def _answered(self, asked: list[Fact], event: e.CallerSpoke) -> e.CallerSpoke:
        """A code that was asked for in the agent's last words."""
        if not asked or not event.text:
            return event
        question = _words(asked[-1])[-LONGEST_TAIL:].rstrip(" ?.!") + ": "
        hidden = [
            Span(
                max(one.start - len(question), 0), one.end - len(question), one.instead
            )
            for one in _spans(question + event.text, self._policy)
            if one.end > len(question)
        ]
        return replace(event, text=_without(event.text, hidden)) if hidden else event

    def _over_turns(self, turns: list[Fact], told: Fact) -> list[Fact]:
        texts = [_words(one) for one in turns]
        tails = [text[-LONGEST_TAIL:] for text in texts[:-1]]
        whole = "\n".join([*tails, texts[-1]])
        begins = len(whole) - len(texts[-1])
        across = [
            span
            for span in _spans(whole, self._policy)
            if span.start < begins < span.end and tails
        ]
        if not across:
            return [told]
        (span,) = across
        rest = texts[-1][span.end - begins :]
        now = _retold(told, span.instead + redacted_text(rest, self._policy))
        at, older = 0, list[Fact]()
        for turn, tail, text in zip(turns, tails, texts, strict=False):
            if at + len(tail) > span.start:
                kept = text[: len(text) - len(tail) + max(span.start - at, 0)]
                kept = redacted_text(kept, self._policy)
                older.append(_retold(turn, kept + span.instead))
            at += len(tail) + 1
        return [now, *older]


def _words(fact: Fact) -> str:
    event = fact.event
    if isinstance(event, e.AgentSpoke):
        return event.generated
    return (event.text or "") if isinstance(event, e.CallerSpoke) else ""


def _retold(fact: Fact, text: str) -> Fact:
    """A turn, in other words."""
    event = fact.event
    if isinstance(event, e.AgentSpoke):
        heard = text if event.heard else ""
        return replace(fact, event=replace(event, generated=text, heard=heard))
    said = cast("e.CallerSpoke", event)  # nobody else takes turns
    return replace(fact, event=replace(said, text=text))
