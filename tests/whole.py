"""`python -m tests.whole`: every test, several files at once; the exit code is pytest's.

No retry hides a fault. A test that fails is shown, and the run is red, with one exception: where everything that failed
is a test with real calls, and each of them failed while the host of this machine took away more than a fifth of the
processors' time from that very test (`tests.stolen_time`), its failure says nothing of the code: an interval that is
shorter than the hole in the middle of it cannot be judged. Those are shown with their shares, and judged by one more
try, alone; what fails then is red, taken away or not. A test that fails on a machine that is ours makes the run red
whatever else failed beside it, and so does one without real calls, wherever it fails.

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

from tests.stolen_time import ONLY_TAKEN_AWAY

# Real calls take their time, not the processor's: more files at once than there are processors.
TOGETHER = ("-n", "4", "--dist", "loadfile", "--no-loadscope-reorder")
ALONE = ("--last-failed", "--last-failed-no-failures", "none")
MEMORY = Path("/dev/shm")
# A run's files take some hundred megabytes; the rest is for its processes, four centres and more at once.
ROOM_BYTES = 4 * 2**30


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
    with quick_files() as files:
        code = run(files, *TOGETHER, *words)
        if code != ONLY_TAKEN_AWAY:
            return code
        print("the machine was taken away while these failed, see their shares: they are judged alone", flush=True)
        return run(files, *ALONE, *words)


def run(files: dict[str, str], *words: str) -> int:
    """One pytest, in a process of its own."""
    command = [sys.executable, "-m", "pytest", "-q", *words]
    return subprocess.run(command, env={**os.environ, **files}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
