"""The steps of a wrap-up: its words, then what the call has cost, and it is seen.

Only a step's outcome is kept by the job engine, and it says nothing of the call: the
words are in our own database alone, where they are erased with their call.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import structlog

from callcenter.domain.call import fold
from callcenter.domain.call_cost import Rates, cost_of, text_cost
from callcenter.domain.events import Fact
from callcenter.domain.extract import extract, material, promises
from callcenter.domain.ids import CallId
from callcenter.domain.redaction import NUMBERS, Policy, redacted_text
from callcenter.domain.wrap_up import WrapUp
from callcenter.errors import ModelError
from callcenter.floor.ports import Clock
from callcenter.jobs.work import Json, Kinds, Retry, Run, Step, TryLater
from callcenter.realtime.text_model import TextModel
from callcenter.storage.wrap_ups import WrapUps
from callcenter.wire import wrap_ups as wire

KIND: Final = "wrap_up"

ASKING: Final = Retry(tries=5, first_pause_s=2.0, longest_pause_s=60.0)
"""A text model that is busy or down for half a minute; then the extract has to do."""

ANSWERS: Final = 2
"""How often a model may answer with what cannot be used; each answer is paid for."""

UNUSABLE: Final = "The text model's answer could not be used"

logger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class WrappingUp:
    """Writes wrap-ups; without a `model`, extracts."""

    wrap_ups: WrapUps
    rates: Rates
    clock: Clock
    model: TextModel | None = None
    policy: Policy = NUMBERS
    """What neither the model nor the database gets, though the record may have it."""

    @property
    def kinds(self) -> Kinds:
        """For the job engine; the job's id is the call's."""
        return {KIND: [Step("words", self.words, ASKING), Step("show", self.show)]}

    async def words(self, run: Run) -> Json:
        """Write and keep them, unless that was done and the process died over it."""
        call_id = CallId(run.job_id)
        if await self.wrap_ups.words_usd(call_id) is not None:
            return "there"
        facts = await self.wrap_ups.facts_of(call_id)
        if not facts:
            return "erased"
        words = await self._written(facts, last_try=run.last_try)
        verified = fold(facts).verified
        await self.wrap_ups.draft(call_id, words, verified=verified)
        return str(words.kind)

    async def show(self, run: Run) -> Json:
        """Add up the cost, and let everybody see the wrap-up."""
        call_id = CallId(run.job_id)
        usd = await self.wrap_ups.words_usd(call_id)
        if usd is None:
            return "erased"
        facts = await self.wrap_ups.facts_of(call_id)
        cost = cost_of(facts, self.rates, usd).split()
        if await self.wrap_ups.finish(call_id, cost, self.clock.now()):
            logger.info("call_wrapped_up", call_id=call_id, cost_usd=cost["total"])
        return "shown"

    async def _written(self, facts: Sequence[Fact], *, last_try: bool) -> WrapUp:
        plain = extract(facts)
        if self.model is None:
            return redacted(plain, self.policy)
        try:
            # A long call takes a tenth of a second: too long for the loop.
            said = await asyncio.to_thread(self._material, facts)
            words = await self._asked(self.model, said)
        except ModelError as error:
            if error.retry and not last_try:
                raise TryLater(str(error)) from error
            words = replace(plain, trouble=str(error))
        if words.trouble:
            logger.warning("call_only_extracted", problem=words.trouble)
            words = replace(plain, trouble=words.trouble, cost_usd=words.cost_usd)
        words = words.keeping(promises(facts)).bounded()
        return redacted(words, self.policy)

    def _material(self, facts: Sequence[Fact]) -> str:
        return redacted_text(material(facts), self.policy)

    async def _asked(self, model: TextModel, said: str) -> WrapUp:
        """What the model wrote; `trouble` is set if nothing of it can be used."""
        usd, wrong = 0.0, ""
        for _ in range(ANSWERS):
            answer = await model.ask(wire.INSTRUCTIONS, said, wire.schema())
            usd += text_cost(model.model, answer.used)
            try:
                return wire.parse(answer.text, model=model.model, cost_usd=usd)
            except ValueError as error:
                wrong = str(error)
        nothing = extract(())
        return replace(nothing, trouble=f"{UNUSABLE}: {wrong}", cost_usd=usd)


def redacted(words: WrapUp, policy: Policy) -> WrapUp:
    """The words as they are stored."""

    def cleaned(text: str) -> str:
        return redacted_text(text, policy)

    return replace(
        words,
        summary=cleaned(words.summary),
        topic=cleaned(words.topic),
        doubt=cleaned(words.doubt),
        follow_ups=[replace(f, text=cleaned(f.text)) for f in words.follow_ups],
    )
