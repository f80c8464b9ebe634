"""Where a caller has been since the agents last heard them, in words for an agent."""

from callcenter.domain.call import CallState


def been(state: CallState) -> str:
    """Such as "talked with Ada and left a message in our voicemail"."""
    been = []
    latest = state.escalation.attempts[-1:] if state.escalation else ()
    been += [f"talked with {one.operator}" for one in latest if one.accepted]
    been += ["left a message in our voicemail"] if state.voicemails else []
    return " and ".join(been) or "waited"
