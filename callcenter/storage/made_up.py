"""Made-up calls, to see how a house with many of them looks: always the same ones.

Only facts are made up; everything else follows from them, as for real calls. The hours
of the day, how calls end, how long they are and what is said resemble a real house's.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final

from callcenter.domain import events as e, recording, voicemail as v
from callcenter.domain.events import Fact
from callcenter.domain.ids import (
    AgentName,
    AttemptId,
    CallId,
    CallSid,
    EscalationId,
    ItemId,
    RecordingSid,
    StreamSid,
    ToolCallId,
)
from callcenter.domain.outcomes import AttemptOutcome, Disposition, ToolOutcome
from callcenter.domain.prices import STANDARD, Tokens

HOURS: Final = (1, 1, 1, 1, 1, 2, 6, 18, 42, 60, 66, 62, 50, 52, 58, 54, 46, 34, 22, 14,
                9, 6, 3, 2)  # fmt: skip
"""How many of a day's calls begin in each hour."""

ENDINGS: Final = {
    Disposition.RESOLVED: 66,
    Disposition.ESCALATED: 14,
    Disposition.ABANDONED: 9,
    Disposition.CALLBACK: 4,
    Disposition.VOICEMAIL: 5,
    Disposition.FAILED: 1,
    Disposition.SPAM: 1,
}
AGENTS: Final = ("weather", "scheduling", "support")
OPERATORS: Final = ("Ada", "Bea", "Cai", "Dag", "Eli")
TOOLS: Final = {
    "weather": ("get_weather", "get_alerts"),
    "scheduling": ("find_free_times", "book_appointment"),
    "support": ("search_knowledge", "open_ticket"),
}
ASKED: Final = (
    "I would like to know the weather in {place} {day}.",
    "Can you book a service for my {thing} {day}?",
    "The {part} of my {thing} is broken, and I want it repaired.",
    "What are your opening hours {day}?",
    "I bought a {thing} {day} and I want a refund.",
    "Yes, that is right.",
    "No, thank you, that was all.",
    "Could you say that again, please?",
    "How much does a new {part} cost?",
    "I have been waiting for my {thing} since {day}.",
    "Please let me talk to a person about the {part}.",
)
ANSWERED: Final = (
    "Of course. In {place} there will be rain {day}, about twelve degrees.",
    "I have a free time {day} at ten. Shall I book it?",
    "I am sorry to hear that about the {part}. I have opened a ticket for you.",
    "We are open {day} from nine to five.",
    "A {part} costs between three and six hundred kroner, with fitting.",
    "Is there anything else that I can do for you?",
    "I will put you through to a colleague who knows about the {thing}.",
    "Your {thing} will be ready {day}.",
)
WORDS: Final = {
    "place": ("Bergen", "Oslo", "Tromsø", "Ålesund", "Voss", "Stavanger"),
    "day": ("today", "tomorrow", "on Monday", "on Friday", "next week", "yesterday"),
    "thing": ("bicycle", "helmet", "cargo bike", "child seat", "electric bike"),
    "part": ("brake", "chain", "front wheel", "saddle", "battery", "pedal", "lamp"),
}


@dataclass(slots=True)
class _Pen:
    """Writes one call's facts, a few seconds after one another."""

    call_id: CallId
    at: datetime
    began: datetime
    sequence: int = 0

    def write(self, event: e.Event, after_s: float = 0.0) -> Fact:
        self.sequence += 1
        self.at += timedelta(seconds=after_s)
        return Fact(self.call_id, self.sequence, self.at, event)

    @property
    def ms(self) -> int:
        return round((self.at - self.began).total_seconds() * 1000)


def made_up_calls(count: int, *, seed: int, until: datetime) -> Iterator[list[Fact]]:
    """So many calls, the oldest first; the last begins shortly before `until`.

    A call's facts are all there is of it. About 1,200 calls are a day's.
    """
    chance = Random(seed)  # noqa: S311  # no secrets here
    days = max(1, count // PER_DAY)
    moments = sorted(_moment(chance, until, days) for _ in range(count))
    for number, began in enumerate(moments):
        yield list(_call(chance, f"made-{seed}-{number:06}", began))


PER_DAY: Final = 1_200


def _moment(chance: Random, until: datetime, days: int) -> datetime:
    day = until.astimezone(UTC) - timedelta(days=chance.randrange(days) + 1)
    hour = chance.choices(range(24), HOURS)[0]
    return day.replace(
        hour=hour,
        minute=chance.randrange(60),
        second=chance.randrange(60),
        microsecond=chance.randrange(1_000_000),
    )


def _call(chance: Random, name: str, began: datetime) -> Iterator[Fact]:
    ending = chance.choices(list(ENDINGS), list(ENDINGS.values()))[0]
    triage = AgentName("triage")
    pen = _Pen(CallId(name), began, began)
    number = f"+47{chance.randrange(40000000, 40040000)}"
    sid = CallSid(f"CA{chance.getrandbits(128):032x}")
    yield pen.write(e.CallAnswered(sid, number, "+15005550006", "made-up"))
    yield pen.write(e.SessionOpened(triage, chance.randrange(150, 900)), 0.4)
    yield pen.write(e.StreamStarted(StreamSid(f"MZ{name}")), 0.3)
    if chance.random() < 0.3:
        yield pen.write(recording.RecordingStarted(f"recordings/{name}.wav"))
    yield _spoke(chance, pen, triage, "Hello, this is Fjord Cycles. How can I help?")
    if ending not in {Disposition.ABANDONED, Disposition.SPAM}:
        yield from _talk(chance, pen, triage)
    yield from _ends(chance, pen, ending)


def _talk(chance: Random, pen: _Pen, agent: AgentName) -> Iterator[Fact]:
    for turn in range(max(1, round(chance.gauss(4, 2)))):
        yield _heard(chance, pen)
        if turn == 0 and chance.random() < 0.85:
            other = AgentName(chance.choice(AGENTS))
            yield pen.write(
                e.AgentHandedOff(agent, other, "what the caller wants"), 0.5
            )
            agent = other
        if agent in TOOLS and chance.random() < 0.5:
            yield from _tool(chance, pen, agent)
        yield _spoke(chance, pen, agent, _said(chance, ANSWERED))
        yield pen.write(_used(chance))


def _heard(chance: Random, pen: _Pen) -> Fact:
    text, began_ms = _said(chance, ASKED), pen.ms + 800
    lasted_s = len(text) / 14
    item = ItemId(f"item-{pen.sequence}")
    ended_ms = began_ms + round(lasted_s * 1000)
    return pen.write(e.CallerSpoke(item, text, began_ms, ended_ms), 0.8 + lasted_s)


def _spoke(chance: Random, pen: _Pen, agent: AgentName, text: str) -> Fact:
    spoken_ms = len(text) * 65
    share = chance.uniform(0.3, 0.9) if chance.random() < 0.15 else 1.0
    heard = text[: round(len(text) * share)]
    latency = round(chance.lognormvariate(6.6, 0.35))
    began_ms, item = pen.ms + latency, ItemId(f"item-{pen.sequence}")
    event = e.AgentSpoke(
        item, agent, text, heard, began_ms, spoken_ms, round(spoken_ms * share),
        latency, latency + 40,
    )  # fmt: skip
    return pen.write(event, (latency + spoken_ms * share) / 1000)


def _tool(chance: Random, pen: _Pen, agent: AgentName) -> Iterator[Fact]:
    tool = chance.choice(TOOLS[agent])
    key, took_ms = (
        ToolCallId(f"tool-{pen.sequence}"),
        round(chance.expovariate(1 / 400)),
    )
    outcomes = list(ToolOutcome)
    outcome = chance.choices(outcomes, [95, 2, 2, 1])[0]
    arguments = f'{{"about": "{chance.choice(WORDS["thing"])}"}}'
    yield pen.write(e.ToolCalled(key, agent, tool, arguments), 0.2)
    output = (
        '{"say": "It is done."}' if outcome is ToolOutcome.OK else '{"error": "no"}'
    )
    returned = e.ToolReturned(key, tool, outcome, output, took_ms)
    yield pen.write(returned, took_ms / 1000)


def _used(chance: Random) -> e.ModelUsed:
    tokens = Tokens(
        chance.randrange(600, 2500), 500, chance.randrange(10, 60),
        chance.randrange(100, 900), 90, chance.randrange(40, 300),
    )  # fmt: skip
    return e.ModelUsed(tokens, STANDARD.of(tokens))


def _ends(chance: Random, pen: _Pen, ending: Disposition) -> Iterator[Fact]:
    match ending:
        case Disposition.ESCALATED:
            yield from _escalation(chance, pen)
        case Disposition.CALLBACK:
            yield pen.write(e.CallbackRequested("tomorrow", _said(chance, ASKED)), 2)
        case Disposition.VOICEMAIL:
            sid = RecordingSid(f"RE{chance.getrandbits(128):032x}")
            yield pen.write(v.VoicemailLeft(sid, 20), 24)
            text = _said(chance, ASKED)
            yield pen.write(v.VoicemailTranscribed(sid, text), 1)
        case _:
            pass
    yield pen.write(e.CallEnded(ending, "the caller hung up"), chance.uniform(1, 20))


def _escalation(chance: Random, pen: _Pen) -> Iterator[Fact]:
    key = EscalationId(f"esc-{pen.sequence}")
    agent = AgentName("support")
    yield pen.write(e.CallEscalated(key, agent, "wants a person", "billing"), 1)
    tried = chance.sample(OPERATORS, chance.choices([1, 2, 3], [70, 20, 10])[0])
    for operator in tried:
        attempt = AttemptId(f"att-{pen.sequence}")
        yield pen.write(e.OperatorCalled(key, attempt, operator, "+15005550101"), 1)
        if operator != tried[-1]:
            yield pen.write(e.AttemptEnded(attempt, AttemptOutcome.NO_ANSWER), 20)
            continue
        yield pen.write(e.OperatorBriefed(attempt, "A caller wants a person."), 6)
        yield pen.write(e.OperatorAnswered(attempt), 5)
        talked_s = round(chance.expovariate(1 / 240))
        yield pen.write(e.OperatorLeft(attempt, talked_s), talked_s)


def _said(chance: Random, lines: tuple[str, ...]) -> str:
    words = {kind: chance.choice(some) for kind, some in WORDS.items()}
    return chance.choice(lines).format(**words)
