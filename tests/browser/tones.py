"""Tones: made for telephones and microphones, and found again in what was heard."""

import math
import struct
import wave
from collections.abc import Sequence
from pathlib import Path

RATE, FRAME = 8000, 160
MICROPHONE_RATE = 48_000
_LOUD = 8000


def linear(code: int) -> int:
    """An A-law code as a 16-bit sample."""
    code ^= 0x55
    exponent, mantissa = code >> 4 & 7, code & 0x0F
    magnitude = (mantissa << 4) + 8 if not exponent else ((mantissa << 4) + 0x108) << (exponent - 1)
    return magnitude if code & 0x80 else -magnitude


def a_law(sample: int) -> int:
    """The A-law code (ITU-T G.711) that comes nearest to a 16-bit sample."""
    return min(range(256), key=lambda code: abs(linear(code) - sample))


_LINEAR = tuple(linear(code) / 32_768 for code in range(256))


def frame_of(tone_hz: int) -> bytes:
    """20 ms of a tone in A-law, which may follow itself. The tone: a multiple of 50 Hz."""
    assert tone_hz % (RATE // FRAME) == 0
    steps = (math.sin(2 * math.pi * tone_hz * step / RATE) for step in range(FRAME))
    return bytes(a_law(int(_LOUD * step)) for step in steps)


def loudness(frames: Sequence[bytes], tone_hz: int) -> float:
    """How loud a tone is in A-law frames, 0 to 1 (Goertzel's algorithm)."""
    samples = [_LINEAR[code] for frame in frames for code in frame]
    turn = 2 * math.cos(2 * math.pi * tone_hz / RATE)
    last = before = 0.0
    for sample in samples:
        last, before = sample + turn * last - before, last
    power = last * last + before * before - turn * last * before
    return 2 * math.sqrt(max(0.0, power)) / max(1, len(samples))


def rms(frames: Sequence[bytes]) -> float:
    """How loud A-law frames are in all, 0 to 1."""
    samples = [_LINEAR[code] for frame in frames for code in frame]
    return math.sqrt(sum(sample * sample for sample in samples) / max(1, len(samples)))


def microphone(path: Path, tone_hz: int, seconds: int = 10) -> Path:
    """A WAV file of a tone, as Chromium takes it for a microphone."""
    steps = range(MICROPHONE_RATE * seconds)
    samples = (int(_LOUD * math.sin(2 * math.pi * tone_hz * step / MICROPHONE_RATE)) for step in steps)
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, MICROPHONE_RATE, 0, "NONE", ""))
        file.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))
    return path
