"""What a killed `troncal up` left behind: processes that carry its mark, ended before the next one starts anything.

A child dies with its supervisor (`process.py`), but not in the same instant, and a program that it started itself
outlives it. The mark is a random text in the environment that all of them inherit: who has it descends from that very
supervisor, whatever runs under its number by now.
"""

import os
import select
import signal
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from callcenter.operator_problem import OperatorProblem

MARK = "TRONCAL_OWNER"
END_SECONDS = 10.0
ROUNDS = 5  # what is found may have started another program before it ended


class StillThere(OperatorProblem):
    """A process of the killed owner does not end."""


def end(mark: str) -> int:
    """End every process with this mark but our own by SIGKILL, and wait for it; how many. Raises StillThere."""
    ended = 0
    for _ in range(ROUNDS):
        with ExitStack() as held:
            found = list(_marked(mark, held))
            for process in found:
                process.kill()
            for process in found:
                process.wait()
        if not found:
            return ended
        ended += len(found)
    raise StillThere("programs that a killed `troncal up` left behind start others faster than they can be ended")


@dataclass(frozen=True, slots=True)
class _Process:
    """One process by a descriptor: its number cannot become somebody else's in the meantime."""

    pid: int
    descriptor: int

    def has(self, mark: str) -> bool:
        """Whether it was started with the mark. One that is dead, or not ours to look at, was not."""
        try:
            environment = Path(f"/proc/{self.pid}/environ").read_bytes()
        except (ProcessLookupError, FileNotFoundError, PermissionError):
            return False
        return f"{MARK}={mark}".encode() in environment.split(b"\0")

    def kill(self) -> None:
        """End it; nothing where it has just ended."""
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.descriptor, signal.SIGKILL)

    def wait(self) -> None:
        """Until it is dead. Raises StillThere."""
        if not select.select([self.descriptor], [], [], END_SECONDS)[0]:
            raise StillThere(
                f"process {self.pid}, which a killed `troncal up` left behind, does not end within {END_SECONDS:g} s of"
                " SIGKILL: it waits for a disk or the like; mend that, or restart the machine"
            )


def _marked(mark: str, held: ExitStack) -> Iterator[_Process]:
    """A descriptor is kept of those alone: a machine may have more processes than one of them may have open."""
    for pid in psutil.pids():
        if pid != os.getpid() and (process := _found(pid, mark)) is not None:
            held.callback(os.close, process.descriptor)
            yield process


def _found(pid: int, mark: str) -> _Process | None:
    with ExitStack() as looked_at:
        try:
            process = _Process(pid, os.pidfd_open(pid))
        except ProcessLookupError:
            return None
        looked_at.callback(os.close, process.descriptor)
        if process.has(mark):
            looked_at.pop_all()
            return process
    return None
