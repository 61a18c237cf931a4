"""A whole centre as a person starts it: `troncal up` in a process of its own, with a state folder of its own."""

import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from callcenter.centre.file import load
from callcenter.clock import now_us
from callcenter.instants import as_datetime
from callcenter.settings import PROJECT
from tests.waiting import until
from troncal.installation import state_folder
from troncal.installation.state_folder import Running
from troncal.machines.debian import installed
from troncal.machines.process import dying_with_us

START_SECONDS, STOP_SECONDS = 90.0, 40.0
# A phone that went away; a caller who hung up in the instant in which music or a prompt began, or while the answer was
# on its way. A prompt that is missing is logged by file.c besides.
NO_FAULTS_OF_OURS = (
    "is now Unreachable",
    "res_musiconhold.c: Failed to write frame",
    "pbx_builtins.c: ast_streamfile failed on",
    "Session already DISCONNECTED [reason=487",
    # The RTP timer of a call that is over, whose telephone has left the BYE unanswered for `rtp_timeout` seconds:
    # res_pjsip_sdp_rtp looks the channel up by the empty name that the hang-up left, and the log says so.
    "channel.c: name must be provided",
)
# Beside other tests the telephones come to their turn late.
BUSY = ("--tolerance", "1")
TRACE = "Traceback (most recent call last)"


@dataclass
class RunningCentre:
    """The process, its state folder, and settings of its own (environment variables)."""

    state: Path
    process: subprocess.Popen[bytes] | None = None
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "TRONCAL_STATE": str(self.state), "COLUMNS": "160", **self.settings}

    def start(self) -> None:
        self.state.mkdir(parents=True, exist_ok=True)
        with (self.state / "up.log").open("ab") as sink:
            # A run that is broken off leaves no centre behind.
            command = dying_with_us([sys.executable, "-m", "troncal.cli", "up", "--demo", "--calls", "0"])
            self.process = subprocess.Popen(command, cwd=PROJECT, env=self.environment, stdout=sink, stderr=sink)
        process = self.process
        until(lambda: self.where is not None or process.poll() is not None, START_SECONDS, "the centre is open")
        assert process.poll() is None, (self.state / "up.log").read_text()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(STOP_SECONDS)
            assert not self.defects(), "\n".join(self.defects())

    @property
    def where(self) -> Running | None:
        return state_folder.read_running(self.state)

    @property
    def month(self) -> str:
        """The one that it is where the centre is, as reports name it."""
        return f"{as_datetime(now_us(), load(PROJECT / 'centre.yaml').zone):%Y-%m}"

    def troncal(self, *words: str, seconds: float = 300) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "troncal.cli", *words]
        return subprocess.run(
            command, cwd=PROJECT, env=self.environment, capture_output=True, text=True, timeout=seconds, check=False
        )

    def begin(self, *words: str) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "troncal.cli", *words]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, cwd=PROJECT, env=self.environment, stdout=pipe, stderr=pipe, text=True)

    def children(self) -> list[psutil.Process]:
        assert self.process is not None
        return psutil.Process(self.process.pid).children(recursive=True)

    def child(self, *words: str) -> psutil.Process:
        """The one child whose command line has all these words."""
        (found,) = [process for process in self.children() if all(word in process.cmdline() for word in words)]
        return found

    @contextmanager
    def frozen(self, service: str) -> Iterator[None]:
        """One of our services hangs until the end of the block; so does the supervisor, or it would end it."""
        assert self.process is not None
        processes = [psutil.Process(self.process.pid), self.child("troncal.cli", service)]
        for process in processes:
            process.suspend()
        try:
            yield
        finally:
            for process in reversed(processes):
                process.resume()

    def bridge(self) -> psutil.Process:
        return self.child("troncal.cli", "bridge")

    def asterisk(self) -> psutil.Process:
        return self.child("-f", str(self.state / "asterisk/etc/asterisk.conf"))

    def broker(self) -> psutil.Process:
        return self.child(str(self.state / "broker/mosquitto.conf"))

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """What the records answer."""
        connection = sqlite3.connect(f"file:{self.state / 'troncal.sqlite'}?mode=ro", uri=True, timeout=10)
        found = connection.execute(query).fetchall()
        connection.close()
        return found

    def ledger(self, query: str) -> list[tuple[object, ...]]:
        """What Asterisk's own table answers."""
        connection = sqlite3.connect(f"file:{self.state / 'asterisk/ledger.sqlite'}?mode=ro", uri=True, timeout=10)
        found = connection.execute(query).fetchall()
        connection.close()
        return found

    def console(self, command: str) -> str:
        """What Asterisk's console answers."""
        root = installed(PROJECT / ".troncal" / "machines")
        assert root is not None
        configuration = str(self.state / "asterisk/etc/asterisk.conf")
        line = [*root.command("asterisk"), "-C", configuration, "-rx", command]
        return subprocess.run(line, capture_output=True, text=True, timeout=30, check=False).stdout

    def defects(self) -> list[str]:
        """The logs of our own services from their first stack trace on."""
        texts = [path.read_text(errors="replace") for path in (self.state / "log").glob("*.log")]
        return [text[text.index(TRACE) :][:20_000] for text in texts if TRACE in text]

    def asterisk_problems(self) -> list[str]:
        """Asterisk's warnings and errors, but for what callers and phones do to it."""
        text = (self.state / "asterisk/log/messages.log").read_text(errors="replace")
        problems = [line for line in text.splitlines() if "] WARNING[" in line or "] ERROR[" in line]
        return [line for line in problems if not any(known in line for known in NO_FAULTS_OF_OURS)]


@contextmanager
def centre_open(centre_yaml: str | None = None, **settings: str) -> Iterator[RunningCentre]:
    """A centre that is open until the end of the block, with demo data and a folder of its own.

    `centre_yaml`: what it is made of instead of the project's file; `settings`: environment variables.
    """
    with tempfile.TemporaryDirectory(prefix="troncal-test-") as folder:
        if centre_yaml is not None:
            path = Path(folder) / "centre.yaml"
            path.write_text(centre_yaml, encoding="utf-8")
            settings["TRONCAL_CENTRE"] = str(path)
        running = RunningCentre(Path(folder) / "state", settings=settings)
        running.start()
        try:
            yield running
        finally:
            running.stop()
