"""Between the rates of sound that meet here.

eSpeak speaks at 22.05 kHz, the telephone at 8 kHz, the recogniser's model and half of
the Realtime formats at 16 and 24 kHz.
"""

from __future__ import annotations

import math
from array import array
from functools import cache
from operator import mul
from typing import Final

_TAPS: Final = 40
"""Long enough for 40 dB between the telephone band and what would fold into it."""

_CUTOFF_HZ: Final = 3_700
"""Just under half of 8 kHz, as in a telephone's own filter."""


def to_8_khz(samples: array[int], rate_hz: int) -> array[int]:
    """The same sound at 8 kHz, filtered first so that nothing folds back."""
    divisor = math.gcd(rate_hz, 8_000)
    step, phases = rate_hz // divisor, 8_000 // divisor
    kernels = _kernels(rate_hz, phases)
    padded = [0] * (_TAPS // 2) + list(samples) + [0] * _TAPS
    positions = (i * step for i in range(len(samples) * phases // step))
    return array(
        "h",
        [
            _clip(
                sum(
                    map(
                        mul,
                        kernels[at % phases],
                        padded[at // phases : at // phases + _TAPS],
                    )
                )
            )
            for at in positions
        ],
    )


def times(samples: array[int], factor: int) -> array[int]:
    """The same sound at a whole multiple of its rate, by straight lines."""
    following = samples[1:]
    following.append(samples[-1] if samples else 0)
    stretched = array("h", bytes(2 * factor * len(samples)))
    for step in range(factor):
        stretched[step::factor] = array(
            "h",
            [
                a + (b - a) * step // factor
                for a, b in zip(samples, following, strict=False)
            ],
        )
    return stretched


def every(samples: array[int], factor: int) -> array[int]:
    """The same sound at a whole fraction of its rate, by averages."""
    columns = [samples[step::factor] for step in range(factor)]
    return array("h", [sum(group) // factor for group in zip(*columns, strict=False)])


@cache
def _kernels(rate_hz: int, phases: int) -> list[list[float]]:
    """One windowed sinc for each position of an output sample between two inputs."""
    return [_kernel(rate_hz, phase / phases) for phase in range(phases)]


def _kernel(rate_hz: int, offset: float) -> list[float]:
    cutoff = 2 * _CUTOFF_HZ / rate_hz
    middle = _TAPS // 2 + offset
    raw = [_sinc(cutoff * (i - middle)) * _hann(i - offset) for i in range(_TAPS)]
    gain = sum(raw)
    return [tap / gain for tap in raw]


def _sinc(x: float) -> float:
    return 1.0 if x == 0 else math.sin(math.pi * x) / (math.pi * x)


def _hann(position: float) -> float:
    return max(0.0, 0.5 - 0.5 * math.cos(2 * math.pi * position / _TAPS))


def _clip(value: float) -> int:
    return max(-32_768, min(32_767, round(value)))
