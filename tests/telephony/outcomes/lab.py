"""An Asterisk of its own for the recordings, rendered from the project's templates."""

import asyncio
import socket
import sqlite3
from asyncio.subprocess import DEVNULL, Process
from dataclasses import dataclass, field
from pathlib import Path

from callcenter.centre.file import load
from tests.waiting import answered, eventually
from troncal.machines.asterisk_conf import Agi, Ami, NodeConf, NodeFolders, Sip, render, write

CENTRE = Path(__file__).with_name("centre.yaml")
RECORDER, SECRET = "recorder", "r" * 20
EVENTS_USER, EVENTS_SECRET = "troncal-events", "e" * 20
_TABLE = (
    "create table if not exists queue_log(id integer primary key autoincrement, time text, callid text, "
    "queuename text, agent text, event text, data1 text, data2 text, data3 text, data4 text, data5 text)"
)
# What a foreign centre's listener might have: nearly every class, no filter.
_CLASSES = "system,call,agent,user,dialplan,dtmf"
# No filter but for the statistics of the sound, which are half of everything.
_FILTER = "eventfilter(action(exclude),name(VarSet),header(Variable),method(starts_with)) = RTPAUDIO"
_UNFILTERED = f"\n[{RECORDER}]\nsecret = {SECRET}\nread = {_CLASSES}\nwrite = all\nwritetimeout = 10000\n{_FILTER}\n"


def free_port(kind: socket.SocketKind) -> int:
    """A port of the loopback that nobody uses now."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(slots=True)
class Lab:
    """`root`: the folder an Asterisk was unpacked into. `base`: an empty folder for this one's; `centre`: its file."""

    root: Path
    base: Path
    centre: Path = CENTRE
    sip_port: int = field(default_factory=lambda: free_port(socket.SOCK_DGRAM))
    ami_port: int = field(default_factory=lambda: free_port(socket.SOCK_STREAM))
    process: Process | None = None

    @property
    def server(self) -> tuple[str, int]:
        """Where its SIP is."""
        return "127.0.0.1", self.sip_port

    @property
    def queue_log(self) -> Path:
        """The plain file."""
        return self.base / "log" / "queue_log"

    def prepare(self) -> None:
        """Write the configuration and make the ledger's table."""
        folders = NodeFolders(
            etc=self.base / "etc",
            var=self.base / "var",
            log=self.base / "log",
            run=self.base / "run",
            modules=self.root / "usr/lib/x86_64-linux-gnu/asterisk/modules",
            data=self._sounds(),
            music=self.root / "usr/share/asterisk/moh",
            ledger=self.base / "ledger.sqlite",
        )
        centre = load(self.centre)
        ami = Ami("127.0.0.1", self.ami_port, EVENTS_USER, EVENTS_SECRET, "troncal-actions", "a" * 20)
        sip = Sip("127.0.0.1", self.sip_port, 20000, 20999)
        phones = {agent.extension: f"p{agent.extension}" for agent in centre.agents}
        conf = NodeConf("central", folders, ami, sip, Agi("127.0.0.1", 9, "s" * 32), centre.service_level[0], phones)
        write(render(centre, conf), folders.etc)
        with (folders.etc / "manager.conf").open("a") as manager:
            manager.write(_UNFILTERED)
        for folder in (folders.log, folders.run, folders.var / "spool", folders.var / "agi", folders.var / "cache"):
            folder.mkdir(parents=True, exist_ok=True)
        with sqlite3.connect(folders.ledger) as database:
            database.execute("pragma journal_mode = wal")
            database.execute(_TABLE)

    def _sounds(self) -> Path:
        """Asterisk's data folder with Spanish sounds under the name of their language."""
        data, source = self.base / "data", self.root / "usr/share/asterisk"
        (data / "sounds").mkdir(parents=True)
        (data / "sounds/es").symlink_to(source / "sounds/es_MX_f_Allison")
        for folder in source.iterdir():
            if folder.name != "sounds":
                (data / folder.name).symlink_to(folder)
        return data

    async def start(self) -> None:
        """Start it and wait until it answers. Raises AssertionError."""
        libraries = self.root / "usr/lib/x86_64-linux-gnu"
        starts = self._starts()
        self.process = await asyncio.create_subprocess_exec(
            *(self.root / "usr/lib64/ld-linux-x86-64.so.2", "--library-path", libraries),
            *(self.root / "usr/sbin/asterisk", "-C", self.base / "etc/asterisk.conf", "-f"),
            stdout=DEVNULL,
            stderr=DEVNULL,
        )
        await eventually(lambda: self._starts() > starts, 30, "Asterisk has started")
        await answered(self._answers, bool, 30, "Asterisk answers")

    def _starts(self) -> int:
        return self.queue_log.read_text().count("QUEUESTART") if self.queue_log.exists() else 0

    async def _answers(self) -> bool:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", self.ami_port)
        except OSError:
            return False
        writer.close()
        return True

    async def kill(self) -> None:
        """End it as a crash would."""
        if self.process is not None and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()

    async def ended(self) -> None:
        """Wait until it has stopped by itself. Raises AssertionError."""
        assert self.process is not None
        async with asyncio.timeout(20):
            await self.process.wait()

    def rows(self, after: int = 0) -> list[tuple[object, ...]]:
        """The ledger's rows after that id."""
        database = sqlite3.connect(f"file:{self.base / 'ledger.sqlite'}?mode=ro", uri=True)
        try:
            return database.execute("select * from queue_log where id > ? order by id", (after,)).fetchall()
        finally:
            database.close()
