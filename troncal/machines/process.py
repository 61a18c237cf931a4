"""One child process: in a session and group of its own, dying with its parent, leaving nothing of its group behind."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

TAIL_LINES, TAIL_BYTES = 12, 8000

# Runs in the child before it becomes the program: the kernel kills it when its parent dies (1: PR_SET_PDEATHSIG).
# Python ignores SIGPIPE and SIGXFSZ, and what is ignored stays so across exec.
_DIE_WITH_PARENT = """
import ctypes, os, signal, sys
parent, *command = sys.argv[1:]
if ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0) != 0:
    sys.exit("prctl(PR_SET_PDEATHSIG) was refused")
if os.getppid() != int(parent):
    sys.exit("the supervisor is gone")
for number in (signal.SIGPIPE, signal.SIGXFSZ):
    signal.signal(number, signal.SIG_DFL)
try:
    os.execvp(command[0], command)
except OSError as error:
    sys.exit(f"{command[0]}: {error.strerror}")
"""


def dying_with_us(command: Sequence[str]) -> list[str]:
    """The command line that runs `command` and has the kernel kill it when this process dies."""
    return [sys.executable, "-I", "-S", "-c", _DIE_WITH_PARENT, str(os.getpid()), *command]


class ChildProcess:
    """A running program whose output goes to the end of its log."""

    def __init__(self, command: Sequence[str], log_path: Path, env: Mapping[str, str], cwd: Path | None) -> None:
        """Starts it; `env` is added to our own. Raises OSError. To be called in the main thread."""
        if threading.current_thread() is not threading.main_thread():
            raise RuntimeError("the kernel kills a child with the thread that started it: start it in the main one")
        descriptor = os.open(log_path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "ab") as sink:
            self.log_starts_at = sink.tell()
            self._process = subprocess.Popen(
                dying_with_us(command),
                env={**os.environ, **env},
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=sink,
                start_new_session=True,
            )
        self.pid = self._process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it lives; negative: the signal that ended it."""
        if self._process.returncode is None and self._is_dead():
            # Not yet waited for, so its number, which is the group's too, cannot be somebody else's.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
            self._process.wait()
        return self._process.returncode

    async def ended(self) -> int:
        """Wait until it ends; its exit code."""
        while (code := self.exit_code) is None:
            await self._death()
        return code

    def kill(self, number: signal.Signals) -> None:
        """Send a signal to it and to all of its group, if it lives."""
        if self.exit_code is None:
            os.killpg(self.pid, number)

    def _is_dead(self) -> bool:
        return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    async def _death(self) -> None:
        loop, dead = asyncio.get_running_loop(), asyncio.Event()
        descriptor = os.pidfd_open(self.pid)
        loop.add_reader(descriptor, dead.set)
        try:
            await dead.wait()
        finally:
            loop.remove_reader(descriptor)
            os.close(descriptor)


def tail(path: Path, start: int = 0) -> str:
    """The last lines of a log, of what stands after the first `start` bytes."""
    if not path.exists():
        return "    (no log)"
    with path.open("rb") as file:
        file.seek(max(start, path.stat().st_size - TAIL_BYTES))
        text = file.read().decode("utf-8", "replace")
    return "\n".join(f"    {line}" for line in text.splitlines()[-TAIL_LINES:]) or "    (nothing)"
