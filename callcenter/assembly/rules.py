"""The house's own choices, as the settings say them."""

from callcenter.assembly import order, voice
from callcenter.assembly.limits import most_calls
from callcenter.floor.house import Rules
from callcenter.settings import Settings


def rules_of(settings: Settings) -> Rules:
    """What calls are served by."""
    return Rules(
        greeting=settings.greeting,
        recording_notice=settings.recording_notice,
        model_ready="" if settings.openai_api_key.get_secret_value() else order.NO_KEY,
        attempts=settings.operator_attempts,
        transfer=settings.transfer,
        house_number=settings.twilio_phone_number,
        max_talk_s=settings.max_talk_seconds,
        ring_s=settings.operator_ring_seconds,
        all_at_once=settings.operator_ringing == "all_at_once",
        most_waiting=settings.queue_most_waiting,
        crowded=settings.queue_crowded,
        line_s=settings.queue_longest_wait_seconds,
        ladder_s=settings.ladder_seconds,
        public_base=settings.public_base,
        session_s=settings.session_seconds,
        gap_sound=voice.chime(),
        max_call_cost_usd=settings.max_call_cost_usd,
        max_call_s=settings.max_call_seconds,
        max_handoffs=settings.max_handoffs,
        max_calls=settings.max_calls or most_calls(),
    )
