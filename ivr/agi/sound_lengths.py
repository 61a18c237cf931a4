"""How long sounds take to be played, so that nobody waits longer for a process that does not answer."""

from pathlib import Path

from ivr.prompts.speech import FOLDER

# Asterisk's own are figures and days of the week; ours are sentences.
ASTERISKS_SECONDS, OURS_SECONDS = 2.0, 12.0
# 8000 samples of two bytes.
_BYTES_A_SECOND = 16_000
_OURS = f"{FOLDER}/"


def usual_seconds(sound: str) -> float:
    """What to allow for a sound of which nothing is known."""
    return OURS_SECONDS if sound.startswith(_OURS) else ASTERISKS_SECONDS


class SoundLengths:
    """The lengths of a centre's prompts, by the sizes of their files, which are WAV as Asterisk plays it."""

    def __init__(self, prompts: Path) -> None:
        self._folder = prompts
        self._known: dict[str, float] = {}

    def __call__(self, sound: str) -> float:
        """How long this one takes; a usual length where there is no such file."""
        if not sound.startswith(_OURS):
            return ASTERISKS_SECONDS
        name = sound.removeprefix(_OURS)
        if "/" in name:
            return self._measured(name)  # said once and for this caller: not kept
        if name not in self._known:
            self._known[name] = self._measured(name)
        return self._known[name]

    def _measured(self, name: str) -> float:
        try:
            return (self._folder / f"{name}.wav").stat().st_size / _BYTES_A_SECOND
        except OSError:
            return OURS_SECONDS
