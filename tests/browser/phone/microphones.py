"""Tones for Chromium's microphone."""

import math
import struct
import wave
from pathlib import Path

RATE, AMPLITUDE = 48_000, 8000


def microphone(path: Path, tone_hz: int, seconds: int = 10) -> Path:
    """A WAV file of a tone, as Chromium takes it for a microphone: one second over and over."""
    samples = (int(AMPLITUDE * math.sin(2 * math.pi * tone_hz * step / RATE)) for step in range(RATE))
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(struct.pack(f"<{RATE}h", *samples) * seconds)
    return path
