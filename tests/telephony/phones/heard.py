"""What callers were played, by name and in order, as Asterisk's own verbose log has it."""

import re
from pathlib import Path

from tests.telephony.running_centre import RunningCentre
from tests.waiting import eventually, until

LOG = "heard.log"
_PLAYED = re.compile(r"<(PJSIP/[^>]+)> Playing '([^']+)'")
_CAME_IN = re.compile(r'Set\("(PJSIP/[^"]+)", "CALLERID\(num\)=([0-9+]*)"\)')


class Heard:
    """The sounds of a centre's calls, from when this is made."""

    def __init__(self, centre: RunningCentre) -> None:
        self._path = Path(centre.state / "asterisk/log" / LOG)
        centre.console(f"logger add channel {LOG} verbose(3)")
        until(self._path.exists, 10, "Asterisk logs what it plays")
        self._from = len(self._text())

    def by(self, caller: str) -> list[str]:
        """What the last call from that number was played: names without the form of the file."""
        text = self._text()
        channels = [channel for channel, number in _CAME_IN.findall(text) if number == caller]
        if not channels:
            return []
        return [_plain(name) for channel, name in _PLAYED.findall(text) if channel == channels[-1]]

    def anybody(self) -> list[str]:
        """What was played to anybody since this was made: calls that Asterisk originates have no caller."""
        return [_plain(name) for _, name in _PLAYED.findall(self._text()[self._from :])]

    async def until(self, caller: str, sound: str, seconds: float = 20) -> list[str]:
        """Wait until that caller is played a sound; all that was played so far. Raises AssertionError."""
        try:
            await eventually(lambda: sound in self.by(caller), seconds, f"{caller} hears {sound}")
        except AssertionError as late:
            raise AssertionError(f"{late}, but {self.by(caller)}") from None
        return self.by(caller)

    def _text(self) -> str:
        return self._path.read_text(errors="replace")


def _plain(name: str) -> str:
    return re.sub(r"\.(slin|wav|alaw|ulaw|gsm)$", "", name)
