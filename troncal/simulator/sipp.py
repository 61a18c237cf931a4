"""Runs SIPp: one process for one scenario, ended by its own process id."""

import asyncio
import os
import signal
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from callcenter.operator_problem import OperatorProblem
from troncal.machines.process import dying_with_us

SCENARIOS = Path(__file__).parent / "scenarios"
SippCommand = Callable[..., list[str]]

SOME_CALLS_FAILED = 1
PORT_TAKEN = 254
# What SIPp reports and is no fault: limits of patience, ring and talk time are receive time-outs.
_HARMLESS = ("receive timeout on message", "The following events occurred", "Resolving remote host")
STOP_SECONDS = 5.0


class SimulationError(OperatorProblem):
    """The simulation could not be carried out; the text tells an operator why and what to do."""


@dataclass(frozen=True, slots=True)
class SippRole:
    """What one SIPp process plays: its scenario, its own address, its sheets and further options."""

    scenario: str
    host: str
    port: int
    options: tuple[str, ...]
    keys: Mapping[str, str]


class Sipp:
    """One running SIPp. Its working folder holds the sheets and gets the traces."""

    def __init__(self, role: SippRole, folder: Path, process: asyncio.subprocess.Process) -> None:
        self._role, self._folder, self._process = role, folder, process

    @classmethod
    async def start(cls, command: SippCommand, target: str, role: SippRole, folder: Path) -> "Sipp":
        """Start it against `target` (host:port). Raises SimulationError when it cannot be run."""
        keys = [part for name, value in role.keys.items() for part in ("-key", name, value)]
        arguments = [target, "-sf", str(SCENARIOS / f"{role.scenario}.xml"), "-i", role.host, "-p", str(role.port)]
        traces = ["-trace_msg", "-message_file", f"{role.scenario}.messages"]
        traces += ["-trace_err", "-error_file", f"{role.scenario}.errors", "-rfc3339"]
        for trace in (f"{role.scenario}.messages", f"{role.scenario}.errors"):
            (folder / trace).write_bytes(b"")
        line = command(*arguments, "-ci", role.host, "-nostdin", *traces, *role.options, *keys)
        try:
            with (folder / f"{role.scenario}.stderr").open("wb") as errors:
                process = await asyncio.create_subprocess_exec(
                    *dying_with_us(line),
                    cwd=folder,
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=asyncio.subprocess.DEVNULL,
                    stderr=errors,
                    env={**os.environ, "TZ": "UTC", "TERM": "dumb"},
                    # The terminal's Ctrl-C is ours: SIPp would go without a word, and its calls stay up.
                    start_new_session=True,
                )
        except OSError as error:
            raise SimulationError(f"SIPp cannot be started: {error}; run the set-up again") from error
        return cls(role, folder, process)

    @property
    def messages(self) -> Path:
        """The trace of its SIP messages."""
        return self._folder / f"{self._role.scenario}.messages"

    @property
    def is_running(self) -> bool:
        """It has not ended."""
        return self._process.returncode is None

    async def finish(self) -> None:
        """Wait for its end. Raises SimulationError when it or a call of it failed."""
        await self._process.wait()
        self.complain()

    def complain(self) -> None:
        """Raises SimulationError when it ended and not well."""
        status = self._process.returncode
        if status in (None, 0):
            return
        role = self._role
        if status == PORT_TAKEN:
            raise SimulationError(f"port {role.port} of {role.host} is taken; run the simulation again")
        what = "had failed calls" if status == SOME_CALLS_FAILED else f"ended with status {status}"
        raise SimulationError(f"SIPp ({role.scenario}) {what}: {self._reasons()}")

    async def stop(self) -> None:
        """Have it hang up on its calls and end; after a short while kill it."""
        if not self.is_running:
            return
        self._process.send_signal(signal.SIGUSR1)
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await self._process.wait()
        except TimeoutError:
            await self.kill()

    async def kill(self) -> None:
        """End it now."""
        if self.is_running:
            self._process.kill()
            await self._process.wait()

    def _reasons(self) -> str:
        lines: list[str] = []
        for name in (f"{self._role.scenario}.errors", f"{self._role.scenario}.stderr"):
            path = self._folder / name
            text = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
            lines += [line for line in text.splitlines() if line and not any(h in line for h in _HARMLESS)]
        return " / ".join(lines[:4]) or "it gave no reason"


def free_port(host: str) -> int:
    """A UDP port of this address that nobody uses. Raises SimulationError when the address is not ours."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((host, 0))
        except OSError as error:
            raise SimulationError(f"{host} is not an address of this machine: {error}") from error
        port: int = probe.getsockname()[1]
        return port
