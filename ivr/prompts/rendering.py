"""Texts made into sounds: espeak-ng speaks, sox brings it to what a telephone carries. Robotic, but there at once.

Kept by what they were made from, so that only what changed is made anew, and never seen half-written.
"""

import os
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from ivr.prompts.catalogue import is_pause
from ivr.prompts.wav import BYTES, CHANNELS, RATE, NotPlayable, measure

# Latin American Spanish, slower than espeak-ng's own 175 words a minute; words apart by 10 ms more.
_VOICE = ("-v", "es-419", "-s", "145", "-p", "45", "-g", "1")
_FORM = ("-r", str(RATE), "-c", str(CHANNELS), "-b", str(8 * BYTES), "-e", "signed-integer")
_SILENCE = ("silence", "1", "0.01", "0.5%")
# Below 200 Hz telephones carry nothing. Silence goes from both ends, prompts come out as loud as Asterisk's own.
_SHAPE = ("highpass", "200", *_SILENCE, "reverse", *_SILENCE, "reverse", "pad", "0.02", "0.1", "gain", "-n", "-1")
PAUSE_SECONDS = 0.35
_AUDIBLE = 0.003


class SpeechUnavailable(Exception):
    """A text could not be made into a sound; the message says why."""


@dataclass(frozen=True, slots=True)
class Tools:
    """The command lines that start espeak-ng and sox; `seconds` is what each may take."""

    espeak: Sequence[str]
    sox: Sequence[str]
    seconds: float = 10.0

    def speak(self, text: str, target: Path) -> None:
        """Write a text as a sound, whole or not at all. Raises SpeechUnavailable."""
        with _written_whole(target) as fresh:
            if is_pause(text):
                self._sox(["-n", *_FORM, str(fresh), "trim", "0", str(PAUSE_SECONDS)])
                return
            spoken = self._run([*self.espeak, *_VOICE, "-b", "1", "--stdin", "--stdout"], text.encode())
            self._sox(["--ignore-length", "-t", "wav", "-", *_FORM, str(fresh), *_SHAPE], spoken)
            _refuse_silence(fresh)

    def convert(self, recording: Path, target: Path) -> None:
        """Write a recording of any rate as a sound, whole or not at all. Raises SpeechUnavailable."""
        with _written_whole(target) as fresh:
            self._sox(["-G", "-t", "wav", str(recording), *_FORM, str(fresh)])
            _refuse_silence(fresh)

    def _sox(self, arguments: list[str], sound: bytes = b"") -> None:
        # -D: without dither, so that the same text is the same sound.
        self._run([*self.sox, "-D", "-V1", *arguments], sound)

    def _run(self, command: Sequence[str], given: bytes) -> bytes:
        try:
            done = subprocess.run(command, input=given, capture_output=True, timeout=self.seconds)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise SpeechUnavailable(str(error)) from error
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace").split("\n")
            raise SpeechUnavailable(next((line for line in said if line.strip()), f"exit code {done.returncode}"))
        return done.stdout


@contextmanager
def _written_whole(target: Path) -> Iterator[Path]:
    """A new file beside the target, which replaces it when all went well."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".new-", suffix=".wav")
    os.close(handle)
    fresh = Path(name)
    try:
        yield fresh
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)


def put_whole(source: Path, target: Path) -> None:
    """Copy a sound so that a call that plays it meanwhile hears the old or the new one. Raises OSError."""
    data = source.read_bytes()
    if target.exists() and target.read_bytes() == data:
        return
    with _written_whole(target) as fresh:
        fresh.write_bytes(data)


def _refuse_silence(path: Path) -> None:
    try:
        sound = measure(path)
    except NotPlayable as error:
        raise SpeechUnavailable(str(error)) from error
    if sound.level < _AUDIBLE:
        raise SpeechUnavailable("nothing can be heard in it")


def key(text: str) -> str:
    """What a rendered text is kept under: changes with the text and with how it is made."""
    made_from = "\n".join([text, *_VOICE, *_FORM, *_SHAPE, str(PAUSE_SECONDS)])
    return sha256(made_from.encode()).hexdigest()[:32]


class Renderings:
    """The folder of rendered texts."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, text: str) -> Path:
        """Where a text's sound is, once it is rendered."""
        return self._folder / f"{key(text)}.wav"

    def missing(self, texts: Iterable[str]) -> list[str]:
        """Those that are not rendered yet, each once."""
        return [text for text in dict.fromkeys(texts) if not self.path(text).exists()]

    def render(self, texts: Iterable[str], tools: Tools) -> dict[str, str]:
        """Render what is missing, on all processors. Returns why, by text, for those that could not be."""
        missing = self.missing(texts)
        with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            reasons = pool.map(lambda text: self._reason_against(text, tools), missing)
            return {text: reason for text, reason in zip(missing, reasons, strict=True) if reason}

    def _reason_against(self, text: str, tools: Tools) -> str:
        try:
            tools.speak(text, self.path(text))
        except (SpeechUnavailable, OSError) as error:
            return str(error)
        return ""

    def forget_others(self, texts: Iterable[str]) -> None:
        """Remove what no text is rendered to any more."""
        kept = {self.path(text) for text in texts}
        for path in self._folder.glob("[!.]*.wav"):
            if path not in kept:
                path.unlink(missing_ok=True)
