"""What other nodes have put on record about a call that is here.

An operator's own call asks whichever node is next. What that one was told comes to the
node that has the caller through the record, as everything does.
"""

from callcenter.domain.call import apply
from callcenter.domain.events import SessionOpened, StreamStarted
from callcenter.floor.live_call import NODE_FACTS, LiveCall


async def learn_news(call: LiveCall) -> None:
    """Take over facts that others have entered since; leave a call that they have."""
    facts = await call.house.recall(call.state.call_sid)
    news = [fact for fact in facts if fact.sequence > call.sequence]
    if any(isinstance(fact.event, StreamStarted | SessionOpened) for fact in news):
        call.leave()
        return
    for fact in news:
        call.state = apply(call.state, fact.event)
    if news:
        # What we add comes after it, whoever reads it.
        call.sequence = (news[-1].sequence // NODE_FACTS + 1) * NODE_FACTS
