"""`python -m tests.whole`: every test, several files at once; the exit code is pytest's.

Real calls do not bear a machine that is taken away from them: a virtual one whose host is overbooked stands still for
seconds, in the middle of a word. What failed in such an hour is tried once more, alone. On a machine that was ours
nothing is tried twice: there a test that fails once is broken.

A disk that others write to stands still, too, and with it every caller of whom Asterisk is writing something down:
where there is room, what the tests write is kept in memory.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import pytest

# Real calls take their time, not the processor's: more files at once than there are processors.
TOGETHER = ("-n", "4", "--dist", "loadfile", "--no-loadscope-reorder")
ALONE = ("--last-failed", "--last-failed-no-failures", "none")
# Green runs lost 1 to 4 % of their time to the host, red ones without a fault of their own 38 and 46 %.
TAKEN_AWAY = 0.2
MEMORY = Path("/dev/shm")
# A run's files take some hundred megabytes; the rest is for its processes, four centres and more at once.
ROOM_BYTES = 4 * 2**30


def stolen(stat: str) -> tuple[int, int]:
    """Of the first line of /proc/stat: the ticks that another machine had, and all of them."""
    ticks = [int(word) for word in stat.splitlines()[0].split()[1:9]]
    return ticks[7], sum(ticks)


def share(before: tuple[int, int], after: tuple[int, int]) -> float:
    """How much of the time between two readings was stolen, 0 to 1."""
    return (after[0] - before[0]) / max(1, after[1] - before[1])


def has_room(folder: Path) -> bool:
    """Whether a run's files, which are programs too, may lie there, and the memory is free."""
    if not folder.is_dir() or os.statvfs(folder).f_flag & os.ST_NOEXEC:
        return False
    return min(shutil.disk_usage(folder).free, psutil.virtual_memory().available) >= ROOM_BYTES


@contextmanager
def quick_files(memory: Path = MEMORY) -> Iterator[dict[str, str]]:
    """What the environment of a run needs for its temporary files to be in memory; nothing where there is no room."""
    if not has_room(memory):
        yield {}
        return
    with TemporaryDirectory(prefix="troncal-", dir=memory, ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)  # PostgreSQL, which does not run as root, goes through it
        yield {"TMPDIR": folder}


def main(words: list[str]) -> int:
    """Run them; `words` are further options of pytest's."""
    read = Path("/proc/stat").read_text
    with quick_files() as files:
        before = stolen(read())
        code = run(files, *TOGETHER, *words)
        taken = share(before, stolen(read()))
        if code != pytest.ExitCode.TESTS_FAILED or taken < TAKEN_AWAY:
            return code
        told = f"{taken:.0%} of the processors' time was taken away from this machine: what failed is tried alone"
        print(told, flush=True)
        return run(files, *ALONE, *words)


def run(files: dict[str, str], *words: str) -> int:
    """One pytest, in a process of its own."""
    command = [sys.executable, "-m", "pytest", "-q", *words]
    return subprocess.run(command, env={**os.environ, **files}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
