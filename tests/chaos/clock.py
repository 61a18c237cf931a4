"""The wall clock of a centre is set while people telephone: Asterisk and all services of it see one that is not ours.

libfaketime is loaded into each of its processes and adds to the clock what stands in a file; the steady clock stays
true, as it does where a clock is set.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

from callcenter.clock import now_us
from callcenter.instants import MICROSECONDS
from tests.chaos.harms import Harm, calls_end
from tests.telephony.running_centre import RunningCentre

STEP_SECONDS = 60
_FILE = "FAKETIME_TIMESTAMP_FILE"
_LOOK = "import time; print(time.time() - time.clock_gettime(time.CLOCK_BOOTTIME))"


def of_clock() -> Iterator[Harm]:
    """Set forward and back; it stays so, each centre has a clock of its own.

    Set forward, Asterisk's RTP timer takes every telephone for one that has been mute for as long.
    """
    for seconds in (STEP_SECONDS, -STEP_SECONDS):
        yield Harm(f"clock {seconds:+} s", "node", _is_set(seconds), hangs_up=seconds > 0)


def environment(file: Path) -> dict[str, str]:
    """What the processes of a centre need for such a clock, which is right to begin with."""
    _write(file, 0)
    found = find_spec("libfaketime")
    assert found is not None and found.origin is not None
    library = Path(found.origin).parent / "vendor/libfaketime/src/libfaketime.so.1"
    asked = {"DONT_FAKE_MONOTONIC": "1", "FAKETIME_NO_CACHE": "1", "FAKETIME_DISABLE_SHM": "1", "NO_FAKE_STAT": "1"}
    return {"LD_PRELOAD": str(library), _FILE: str(file), **asked}


def is_believed(environment: Mapping[str, str]) -> bool:
    """Whether a process here can be told another time, and keeps a steady clock that is right."""
    file, before = Path(environment[_FILE]), _apart(environment)
    _write(file, STEP_SECONDS)
    after = _apart(environment)
    _write(file, 0)
    return before is not None and after is not None and abs(after - before - STEP_SECONDS) < 1


def has_its_own(centre: RunningCentre) -> bool:
    """Whether the clock of this centre is not ours."""
    return _FILE in centre.settings


def clock_of(centre: RunningCentre) -> Callable[[], int]:
    """The clock that this centre sees."""
    if not has_its_own(centre):
        return now_us
    return lambda: now_us() + int(Path(centre.settings[_FILE]).read_text()) * MICROSECONDS


def _apart(environment: Mapping[str, str]) -> float | None:
    look = [sys.executable, "-c", _LOOK]
    seen = subprocess.run(look, env={**os.environ, **environment}, capture_output=True, text=True, check=False)
    return float(seen.stdout) if seen.returncode == 0 and not seen.stderr else None


def _is_set(seconds: int) -> Callable[[RunningCentre], None]:
    def do(centre: RunningCentre) -> None:
        _write(Path(centre.settings[_FILE]), seconds)
        calls_end(centre)

    return do


def _write(file: Path, seconds: int) -> None:
    """At once: a process that reads it meanwhile reads the whole."""
    new = file.with_suffix(".new")
    new.write_text(f"{seconds:+}")
    new.replace(file)
