"""How a session with the agents begins: afresh, or where another one left off."""

from dataclasses import dataclass
from typing import Final

from callcenter.domain.ids import AgentName
from callcenter.domain.transcript import Turn


@dataclass(frozen=True, slots=True)
class Opening:
    """Who speaks first, what was said before, and what the first words are about."""

    agent: AgentName
    note: str
    """For the agent, never for the caller; quoted words in it are to be spoken."""
    history: tuple[Turn, ...] = ()
    reason: str = ""
    """Why a conversation is resumed; empty at the start of a call."""
    silent: bool = False
    """Whether the agent waits for the caller, instead of speaking first."""


QUESTION: Final = "How can I help you?"


def greeting(
    agent: AgentName, words: str, *, recorded: bool, menu: str = ""
) -> Opening:
    """The start of a call. Nobody is greeted twice: a recording may have done it.

    The menu of languages is always the agent's: no key is heard during a recording.
    """
    first = f"{menu} {QUESTION}" if menu else QUESTION
    if recorded:
        return Opening(
            agent,
            f"The caller has just been welcomed by a recording: {words} Do not welcome "
            f'them again. Begin with exactly these words: "{first}"',
        )
    return Opening(
        agent,
        f'The caller is on the line. Begin with exactly these words: "{words} {first}"',
    )


def nobody_answered(
    agent: AgentName, history: tuple[Turn, ...], *, tried: bool, reopens: str = ""
) -> Opening:
    """The caller comes back because no operator took the call.

    `reopens` is a sentence that says when somebody will be at work.
    """
    happened = "none of my colleagues could take the call just now"
    if not tried:
        happened = "none of my colleagues is available right now"
    reopened = f"{reopens} " if reopens else ""
    return Opening(
        agent,
        "The transfer to an operator failed; the caller is back with you. Do not try "
        "it again unless they ask. Offer to take a message or to arrange a callback, "
        "and use take_message or request_callback for it. Begin with exactly these "
        f'words: "I am sorry, {happened}. {reopened}Shall I take a '
        'message, or would you like a call back?"',
        history,
        reason="no operator answered",
    )


def came_back(agent: AgentName, history: tuple[Turn, ...], happened: str) -> Opening:
    """The caller has been elsewhere, and chose to go on with the agents."""
    return Opening(
        agent,
        f"The caller is back with you: meanwhile they have {happened}. You did not "
        "hear what was said there; do not guess it. Do not greet. Begin with exactly "
        'these words: "I am back with you. What else can I do for you?"',
        history,
        reason=f"the caller came back, having {happened}",
    )


def renewed(agent: AgentName, history: tuple[Turn, ...]) -> Opening:
    """The session grew old and was replaced in a pause: nobody notices."""
    return Opening(
        agent,
        "This conversation continues; what was said is above. Say nothing now. Wait "
        "for the caller, and go on from there.",
        history,
        reason="the session was renewed",
        silent=True,
    )


def relayed(agent: AgentName, history: tuple[Turn, ...]) -> Opening:
    """An agent with another voice takes over; to the caller it is one conversation."""
    return Opening(
        agent,
        "You have just taken over this caller from a colleague, whose last words they "
        "may still be hearing; the conversation so far is above. Do not greet. Go on "
        "at once with what they want.",
        history,
        reason="an agent with another voice took over",
    )


def after_a_break(agent: AgentName, history: tuple[Turn, ...]) -> Opening:
    """The line to the caller or to the model broke; the talk goes on where it was."""
    return Opening(
        agent,
        "The line was interrupted for a moment; the conversation so far is above. Do "
        "not greet the caller again and ask nothing twice. Go on where it stopped, "
        'beginning with: "Sorry, we were cut off for a moment."',
        history,
        reason="the connection broke",
    )
