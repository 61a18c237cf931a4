"""Asterisk as a child: its folders, its configuration, its ledger, and its console."""

import asyncio
import os
import re
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from ami_bridge.feeds import table as ledger_table
from callcenter.centre.model import Centre
from callcenter.operator_problem import OperatorProblem
from troncal.machines import asterisk_conf
from troncal.machines.asterisk_conf import NodeConf, NodeFolders
from troncal.machines.asterisk_needs import OLDEST_ASTERISK
from troncal.machines.child import Child, StopRefused
from troncal.machines.listeners import ListeningPort
from troncal.machines.manifest import dotted, upstream_version

SOCKET_PATH_AT_MOST = 90
READY_SECONDS, STOP_SECONDS, CONSOLE_SECONDS = 40.0, 10.0, 10.0
OWN_SOUNDS = "troncal"
NEWER = f"install Asterisk {dotted(OLDEST_ASTERISK)} or later"


_PROBLEM = re.compile(r"\] (?:WARNING|ERROR)\[")


class AsteriskFault(Exception):
    """Asterisk's console gave no answer."""


class UnusableAsterisk(OperatorProblem):
    """The Asterisk that is to serve is too old, or cannot be run; the message says what to do."""


class ConsoleSilent(AsteriskFault, StopRefused):
    """It was reached and said nothing in time: it is still at what it was asked for, or hangs."""


@dataclass(frozen=True, slots=True)
class EmbeddedAsterisk:
    """One Asterisk of our own. `command` runs the program, `packaged` is the data that came with it, `sounds` what
    it is to play; the rest is where it keeps its things.
    """

    command: Sequence[str]
    folders: NodeFolders
    packaged: Path
    sounds: Path

    @property
    def configuration(self) -> Path:
        """Its asterisk.conf."""
        return self.folders.etc / "asterisk.conf"

    @property
    def own_sounds(self) -> Path:
        """Where this centre's prompts are: `troncal/<name>` for the dialplan."""
        return own_sounds(self.folders.data)

    def speaks(self, language: str) -> bool:
        """Whether it has the numbers of a language."""
        return any((self.sounds / language / "digits").glob("1.*"))

    @property
    def messages(self) -> Path:
        """The log of its notices, warnings and errors, of all its starts."""
        return self.folders.log / "messages.log"

    def problems(self, since: int = 0) -> list[str]:
        """Its warnings and errors from that byte of `messages` on; all of them where the log is shorter by now."""
        if not self.messages.exists():
            return []
        with self.messages.open("rb") as log:
            log.seek(since if self.messages.stat().st_size >= since else 0)
            lines = log.read().decode("utf-8", "replace").splitlines()
        return [line for line in lines if _PROBLEM.search(line)]

    async def version(self) -> str:
        """What the program says it is, `Asterisk 22.10.1+...`. Raises OSError."""
        process = await asyncio.create_subprocess_exec(
            *self.command, "-V", stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
        )
        output, _ = await process.communicate()
        return output.decode("utf-8", "replace").strip()

    async def require_supported(self) -> None:
        """Raises UnusableAsterisk."""
        try:
            version = await self.version()
        except OSError as error:
            raise UnusableAsterisk(f"Asterisk cannot be run: {error}; mend TRONCAL_ASTERISK_BINARY") from error
        if is_too_old(version):
            raise UnusableAsterisk(f"{self.command[0]} is {version}: {NEWER}")

    def child(self, centre: Centre, conf: NodeConf, menus: Callable[[], str] | None = None) -> Child:
        """Render the configuration and give what a supervisor needs. `menus` gives those in force at each start."""

        def prepare() -> None:
            for folder in (self.folders.var, self.folders.log, self.folders.run, conf.recordings):
                _own_folder(folder)
            for name in ("spool", "agi", "cache"):
                (self.folders.var / name).mkdir(exist_ok=True)
            own_data(self.packaged, self.sounds, self.folders.data)
            in_force = conf if menus is None else replace(conf, menus=menus())
            asterisk_conf.write(asterisk_conf.render(centre, in_force), self.folders.etc)
            ledger_table.create(self.folders.ledger)
            self._console_socket.unlink(missing_ok=True)

        async def ready() -> bool:
            return self._console_socket.exists() and "fully booted" in await self._booted()

        async def stop() -> None:
            await self._asked("core stop now")

        async def end_when_idle() -> None:
            with suppress(ConsoleSilent):  # as long as there are calls it does not end, and does not answer
                await self._asked("core stop when convenient")

        command = [*self.command, "-C", str(self.configuration), "-f"]
        self.folders.log.mkdir(parents=True, exist_ok=True, mode=0o700)
        asked = ("asterisk", command, self.folders.log / "console.log", ready, READY_SECONDS, stop, STOP_SECONDS)
        return Child(*asked, prepare=prepare, listens=_listeners(conf), end_when_idle=end_when_idle)

    async def console(self, command: str, seconds: float = CONSOLE_SECONDS) -> str:
        """What Asterisk's console answers to a command. Raises AsteriskFault."""
        process = await asyncio.create_subprocess_exec(
            *self.command,
            *("-C", str(self.configuration), "-rx", command),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            async with asyncio.timeout(seconds):
                output, _ = await process.communicate()
        except TimeoutError:
            raise ConsoleSilent(f"the console gave no answer to {command!r} in {seconds:g} s") from None
        finally:
            if process.returncode is None:
                process.kill()
        text = output.decode("utf-8", "replace")
        if process.returncode:
            raise AsteriskFault(text.strip())
        return text

    async def _asked(self, command: str) -> None:
        try:
            await self.console(command)
        except ConsoleSilent:
            raise
        except AsteriskFault as fault:
            raise StopRefused(str(fault)) from fault

    @property
    def _console_socket(self) -> Path:
        return self.folders.run / "asterisk.ctl"

    async def _booted(self) -> str:
        try:
            return (await self.console("core waitfullybooted")).lower()
        except AsteriskFault:
            return ""


def is_too_old(version: str) -> bool:
    """Whether `Asterisk 18.10.0~dfsg`, or the bare number, is older than what is supported. Of one without a number, as
    builds of a branch have, it is not known.
    """
    number = upstream_version(version.removeprefix("Asterisk "))
    return bool(number) and number < OLDEST_ASTERISK


def own_sounds(data: Path) -> Path:
    """The folder of this centre's own prompts under its data folder."""
    return data / "sounds" / OWN_SOUNDS


def data_folder(state: Path) -> Path:
    """The data folder of the Asterisk under a state folder."""
    return state / "asterisk" / "data"


def own_data(packaged: Path, sounds: Path, own: Path) -> None:
    """A data folder that shows what is `packaged` and the `sounds`, with a folder for this centre's prompts in them."""
    for folder, source in ((own, packaged), (own / "sounds", sounds)):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for entry in source.iterdir() if source.is_dir() else ():
            if entry.name not in ("sounds", OWN_SOUNDS):
                _link(folder / entry.name, entry)
    own_sounds(own).mkdir(exist_ok=True, mode=0o700)


def _link(link: Path, target: Path) -> None:
    if link.is_symlink() and link.readlink() != target:
        link.unlink()
    if not link.is_symlink():
        link.symlink_to(target)


def node_folders(state: Path, modules: Path | None, music: Path) -> NodeFolders:
    """The folders of an Asterisk under a state folder. Its sockets have short paths wherever that lies.

    `modules` None: where the program itself looks for them.
    """
    home = state / "asterisk"
    run = home / "run"
    if len(str(run)) > SOCKET_PATH_AT_MOST:
        run = Path(tempfile.gettempdir()) / f"troncal-{sha256(str(home).encode()).hexdigest()[:12]}"
    return NodeFolders(
        home / "etc", home / "var", home / "log", run, modules, data_folder(state), music, home / "ledger.sqlite"
    )


def _own_folder(folder: Path) -> None:
    """Make it, ours alone: whoever may write where the console's socket is, commands Asterisk."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
        raise PermissionError(f"{folder} is not ours")
    folder.chmod(0o700)


def _listeners(conf: NodeConf) -> tuple[ListeningPort, ...]:
    """An Asterisk that finds one of these taken comes up all the same, without AMI or without telephones."""
    every = (ListeningPort(conf.ami.port, "AMI"), ListeningPort(conf.sip.port, "SIP", udp=True))
    web = conf.sip.web
    return every if web is None else (*every, ListeningPort(web.port, "phones in browsers"))
