"""G.711 A-law, which the test phones speak: samples of 16 bits, tones, and tones found again in what was heard."""

import math
from bisect import bisect
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import pairwise

# Samples a second, and in a packet of 20 ms.
RATE, FRAME = 8000, 160
AMPLITUDE = 8000


def _sample(code: int) -> int:
    code ^= 0x55
    exponent, mantissa = (code >> 4) & 7, code & 15
    size = (mantissa << 4) + 8 if exponent == 0 else ((mantissa << 4) + 0x108) << (exponent - 1)
    return size if code & 0x80 else -size


_SAMPLES = tuple(_sample(code) for code in range(256))
_CODES = sorted(range(256), key=_SAMPLES.__getitem__)
_BORDERS = [(_SAMPLES[low] + _SAMPLES[high]) / 2 for low, high in pairwise(_CODES)]


def samples_of(frames: Iterable[bytes]) -> list[int]:
    """What packets say, as 16-bit samples."""
    return [_SAMPLES[code] for frame in frames for code in frame]


def encoded(sample: int) -> int:
    """The code whose sample is nearest."""
    return _CODES[bisect(_BORDERS, sample)]


@cache
def tone(hertz: int) -> bytes:
    """One second of a tone: whole waves, so that it may follow itself; each packet may, of a multiple of 50 Hz."""
    return bytes(encoded(round(AMPLITUDE * math.sin(2 * math.pi * hertz * at / RATE))) for at in range(RATE))


def power(samples: Sequence[int], hertz: int) -> float:
    """How much of one tone is in a sound (Goertzel's algorithm)."""
    turn = 2 * math.cos(2 * math.pi * hertz / RATE)
    before = last = 0.0
    for sample in samples:
        before, last = last, sample + turn * last - before
    return max(0.0, before * before + last * last - turn * before * last)


def share(samples: Sequence[int], hertz: int) -> float:
    """How much of a sound's energy is in one tone, 0 to 1."""
    energy = sum(sample * sample for sample in samples)
    return 2 * power(samples, hertz) / (energy * len(samples)) if energy else 0.0


def loudness(samples: Sequence[int], hertz: int) -> float:
    """How loud one tone is in a sound, 0 to 1."""
    return 2 * math.sqrt(power(samples, hertz)) / (32_768 * max(1, len(samples)))


def rms(samples: Sequence[int]) -> float:
    """How loud a sound is in all, 0 to 1."""
    return math.sqrt(sum(sample * sample for sample in samples) / max(1, len(samples))) / 32_768
