"""What a finished sound must be: WAV, 8 kHz, one channel, 16 bits, as Asterisk plays it without conversion."""

import wave
from array import array
from dataclasses import dataclass
from math import sqrt
from pathlib import Path

RATE, CHANNELS, BYTES = 8000, 1, 2


class NotPlayable(Exception):
    """A file is no sound that Asterisk can play; the message says why."""


@dataclass(frozen=True, slots=True)
class PromptSound:
    """`level` is the root mean square of its samples, 0 (silence) to 1."""

    seconds: float
    level: float


def seconds(path: Path) -> float:
    """How long a finished sound is. Raises NotPlayable, FileNotFoundError."""
    frames, _ = _read(path, samples=False)
    return frames / RATE


def measure(path: Path) -> PromptSound:
    """Length and level of a finished sound. Raises NotPlayable, FileNotFoundError."""
    frames, data = _read(path, samples=True)
    samples = array("h", data)
    level = sqrt(sum(sample * sample for sample in samples) / len(samples)) / 32768 if samples else 0.0
    return PromptSound(frames / RATE, level)


def _read(path: Path, *, samples: bool) -> tuple[int, bytes]:
    try:
        with wave.open(str(path), "rb") as file:
            form = (file.getframerate(), file.getnchannels(), file.getsampwidth())
            if form != (RATE, CHANNELS, BYTES):
                raise NotPlayable(f"{form[0]} Hz, {form[1]} channels, {8 * form[2]} bits")
            frames = file.getnframes()
            return frames, file.readframes(frames) if samples else b""
    except (wave.Error, EOFError) as error:
        raise NotPlayable(str(error) or "the file ends too soon") from error
