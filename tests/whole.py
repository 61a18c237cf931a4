"""`python -m tests.whole`: every test, several files at once; the exit code is pytest's.

Real calls do not bear a machine that is taken away from them: a virtual one whose host is overbooked stands still for
seconds, in the middle of a word. What failed in such an hour is tried once more, alone. On a machine that was ours
nothing is tried twice: there a test that fails once is broken.
"""

import subprocess
import sys
from pathlib import Path

import pytest

# Real calls take their time, not the processor's: more files at once than there are processors.
TOGETHER = ("-n", "4", "--dist", "loadfile", "--no-loadscope-reorder")
ALONE = ("--last-failed", "--last-failed-no-failures", "none")
# Green runs lost 1 to 4 % of their time to the host, red ones without a fault of their own 38 and 46 %.
TAKEN_AWAY = 0.2


def stolen(stat: str) -> tuple[int, int]:
    """Of the first line of /proc/stat: the ticks that another machine had, and all of them."""
    ticks = [int(word) for word in stat.splitlines()[0].split()[1:9]]
    return ticks[7], sum(ticks)


def share(before: tuple[int, int], after: tuple[int, int]) -> float:
    """How much of the time between two readings was stolen, 0 to 1."""
    return (after[0] - before[0]) / max(1, after[1] - before[1])


def main(words: list[str]) -> int:
    """Run them; `words` are further options of pytest's."""
    read = Path("/proc/stat").read_text
    before = stolen(read())
    code = run(*TOGETHER, *words)
    taken = share(before, stolen(read()))
    if code != pytest.ExitCode.TESTS_FAILED or taken < TAKEN_AWAY:
        return code
    print(
        f"{taken:.0%} of the processors' time was taken away from this machine: what failed is tried alone", flush=True
    )
    return run(*ALONE, *words)


def run(*words: str) -> int:
    """One pytest, in a process of its own."""
    return subprocess.run([sys.executable, "-m", "pytest", "-q", *words], check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
