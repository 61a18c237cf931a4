"""What Asterisk plays to callers, as its own log tells: the sounds by name, in their order."""

import asyncio
import re
from pathlib import Path

from callcenter.settings import Settings
from tests.telephony.running_centre import RunningCentre
from troncal.commands.ivr_menus import asterisk_of
from troncal.installation import SECRETS_FILE
from troncal.machines.asterisk import AsteriskFault, EmbeddedAsterisk

LOG = "played.log"
_PLAYING = re.compile(r"<(?P<channel>[^>]+)> Playing '(?P<sound>[^'.]+)")


def machine_of(centre: RunningCentre) -> EmbeddedAsterisk:
    """The Asterisk of a running centre, to ask its console."""
    folder = centre.state
    return asterisk_of(Settings(_env_file=folder / SECRETS_FILE, state=folder))


def console(centre: RunningCentre, command: str) -> str:
    """What the console answers; nothing while Asterisk is away."""
    try:
        return asyncio.run(machine_of(centre).console(command))
    except AsteriskFault:
        return ""


class Played:
    """A log of its own, from now on."""

    def __init__(self, centre: RunningCentre) -> None:
        self._path = centre.state / "asterisk" / "log" / LOG
        if not self._path.exists():
            console(centre, "core set verbose 3")
            console(centre, f"logger add channel {LOG} verbose(3)")
        self._from = len(self._text())

    def names(self) -> list[str]:
        """Every sound since then, of all channels."""
        return [match["sound"] for match in _PLAYING.finditer(self._text()[self._from :])]

    def _text(self) -> str:
        return Path(self._path).read_text(errors="replace") if self._path.exists() else ""
