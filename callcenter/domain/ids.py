"""Names of things, each its own type, so that one can't pass for another."""

from typing import NewType

CallId = NewType("CallId", str)
"""One caller's visit, from ring to wrap-up; ours."""

CallSid = NewType("CallSid", str)
"""Twilio's id of one leg."""

StreamSid = NewType("StreamSid", str)
"""Twilio's id of one Media Stream on one leg."""

ItemId = NewType("ItemId", str)
"""The Realtime model's id of one conversation item."""

ResponseId = NewType("ResponseId", str)
"""The Realtime model's id of one response."""

ToolCallId = NewType("ToolCallId", str)
"""The Realtime model's id of one function call."""

EscalationId = NewType("EscalationId", str)
"""One decision that an operator is needed; ours."""

AttemptId = NewType("AttemptId", str)
"""One try to reach one operator; ours, and part of the callback URLs."""

RecordingSid = NewType("RecordingSid", str)
"""Twilio's id of one recording."""

CallbackId = NewType("CallbackId", str)
"""One wish to be called back; ours."""

CallbackTryId = NewType("CallbackTryId", str)
"""One try to call somebody back; ours, and part of the callback URLs."""

AgentName = NewType("AgentName", str)
"""The stem of an agent's card."""
