"""What a node speaks with: lines to callers, sessions with the model, sounds.

The SDK takes seconds to import, and only a node that serves calls needs it: it is
imported here when one starts, and not before.
"""

from functools import partial

from callcenter.bridge.patience import Limits
from callcenter.settings import Settings


def lines(settings: Settings) -> partial:  # type: ignore[type-arg]
    """Makes the caller's end of a talk."""
    from callcenter.realtime.line import CallerLine  # noqa: PLC0415  # as above

    limits = Limits(
        fill_ms=round(settings.filler_seconds * 1000),
        ask_again_ms=round(settings.ask_again_seconds * 1000),
        give_up_ms=round(settings.give_up_seconds * 1000),
        idle_ms=round(settings.idle_seconds * 1000),
    )
    return partial(CallerLine, limits=limits)


def conversations(settings: Settings) -> partial:  # type: ignore[type-arg]
    """Makes sessions with the agents."""
    from callcenter.realtime.conversation import Conversation  # noqa: PLC0415
    from callcenter.realtime.model_settings import ModelSettings  # noqa: PLC0415

    return partial(
        Conversation,
        ModelSettings(
            api_key=settings.openai_api_key.get_secret_value(),
            url=settings.openai_realtime_url,
            model=settings.openai_realtime_model,
            voice=settings.openai_voice,
            transcription_model=settings.openai_transcription_model,
        ),
    )


def chime() -> bytes:
    """What a caller hears while something takes its time."""
    from callcenter.realtime.sounds import CHIME  # noqa: PLC0415  # as above

    return CHIME
