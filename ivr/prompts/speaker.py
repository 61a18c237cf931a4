"""Speaks what is in no catalogue, a subscriber's name above all, while the caller waits."""

import asyncio
import os
import re
import unicodedata
from dataclasses import replace
from pathlib import Path

from ivr.prompts.catalogue import is_pause
from ivr.prompts.rendering import SpeechUnavailable, Tools, key
from ivr.prompts.speech import prompt

SAID = "said"
LONGEST_TEXT = 160
MOST_KEPT = 1000
AT_ONCE = 2
SAY_SECONDS = 2.0
_UNSPOKEN = re.compile(r"[^0-9A-Za-zÁÉÍÓÚÜÑáéíóúüñ .,'-]+")


class Speaker:
    """Makes texts into sounds in the folder of a centre's prompts; the last thousand are kept.

    One process writes there. Two are made at once: more would make the calls' own sound stutter.
    """

    def __init__(self, prompts: Path, tools: Tools) -> None:
        self._folder, self._tools = prompts / SAID, replace(tools, seconds=SAY_SECONDS)
        self._turn = asyncio.Semaphore(AT_ONCE)

    async def say(self, text: str) -> str:
        """The name of the sound in which the text is spoken, ready to be played.

        Raises SpeechUnavailable when there is nothing to say or it takes longer than 2 s.
        """
        spoken = speakable(text)
        if not spoken or is_pause(spoken):
            raise SpeechUnavailable("the text has nothing that can be spoken")
        path = self._folder / f"{key(spoken)}.wav"
        try:
            async with asyncio.timeout(SAY_SECONDS), self._turn:
                await asyncio.to_thread(self._make, spoken, path)
        except TimeoutError:
            raise SpeechUnavailable(f"speaking took longer than {SAY_SECONDS:g} s") from None
        except OSError as error:
            raise SpeechUnavailable(str(error)) from error
        return prompt(f"{SAID}/{path.stem}")

    def _make(self, text: str, path: Path) -> None:
        if path.exists():
            os.utime(path)
            return
        self._tools.speak(text, path)
        self._forget_oldest()

    def _forget_oldest(self) -> None:
        kept = sorted(self._folder.glob("[!.]*.wav"), key=_last_used, reverse=True)
        for path in kept[MOST_KEPT:]:
            path.unlink(missing_ok=True)


def speakable(text: str) -> str:
    """What of a text is spoken: Spanish letters, figures and pauses, 160 characters; capitals as a name is written."""
    cleaned = " ".join(_UNSPOKEN.sub(" ", unicodedata.normalize("NFC", text)).split())[:LONGEST_TEXT].rstrip()
    return cleaned.title() if cleaned.isupper() else cleaned


def _last_used(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0
