"""What happens to a centre's machines, each from its beginning until it is mended.

A harm lasts until what it is there for has happened (calls that ended, a service that was made anew), or for a
span that is part of what it is. None of them knows what the centre makes of it.
"""

import shutil
import signal
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.small_disk import full
from tests.telephony.running_centre import RunningCentre
from tests.waiting import until

HUNG_SECONDS, LOCKED_SECONDS, FULL_SECONDS = 30.0, 4.0, 10.0
BACK_SECONDS = 60.0
CALLS_MEANWHILE = 3
Find = Callable[[RunningCentre], psutil.Process]
SERVICES: dict[str, Find] = {
    "bridge": lambda centre: centre.child("troncal.cli", "bridge"),
    "api": lambda centre: centre.child("troncal.cli", "api"),
    "agi": lambda centre: centre.child("troncal.cli", "agi"),
    "broker": RunningCentre.broker,
    "asterisk": RunningCentre.asterisk,
}


@dataclass(frozen=True, slots=True)
class Harm:
    """`how` it is done `to_whom`. `cuts_calls`: calls that go on end with it, and are recorded as interrupted.

    `hangs_up`: Asterisk hangs up on callers by itself, and the telephones know.
    """

    how: str
    to_whom: str
    do: Callable[[RunningCentre], None]
    cuts_calls: bool = False
    hangs_up: bool = False

    def __str__(self) -> str:
        return f"{self.how} {self.to_whom}"


def of_services() -> Iterator[Harm]:
    """Each service killed, hung for half a minute, and ended in order; it is the supervisor that makes it anew."""
    for name, find in SERVICES.items():
        cuts = name == "asterisk"
        yield Harm("kill -9", name, _ends(find, signal.SIGKILL), cuts)
        yield Harm("restart", name, _ends(find, signal.SIGTERM), cuts)
        yield Harm("hang 30 s", name, _hangs(find))
    yield Harm("kill -9", "up", _supervisor_killed, cuts_calls=True)
    yield Harm("restart", "up", _supervisor_restarted, cuts_calls=True)
    yield Harm("hang 30 s", "up", _hangs(lambda centre: psutil.Process(_supervisor(centre).pid)))
    yield Harm("two owners", "up", _second_owner)


def of_ledger() -> Iterator[Harm]:
    """What happens to Asterisk's table. Asterisk opens a file that was replaced when it starts again, not before."""
    yield Harm("locked 4 s", "ledger", lambda centre: _locked(ledger_of(centre), LOCKED_SECONDS))
    yield Harm("replaced", "ledger", _ledger_replaced)
    yield Harm("deleted", "ledger", _ledger_deleted)
    yield Harm("garbage", "ledger", _ledger_garbage, cuts_calls=True)
    yield Harm("restored", "ledger", _ledger_restored, cuts_calls=True)
    yield Harm("moved to another disk", "state", _moved, cuts_calls=True)


def of_sqlite() -> Iterator[Harm]:
    """What happens to the records in their SQLite file."""
    yield Harm("locked", "records", _records_locked)
    yield Harm("full disk", "records", _disk_full)


def one_after_the_other(harms: Sequence[Harm]) -> Harm:
    """Several in the same calls, each with some calls of its own."""

    def do(centre: RunningCentre) -> None:
        for each in harms:
            each.do(centre)
            calls_end(centre)

    return Harm("one after the other", ", ".join(map(str, harms)), do)


def ledger_of(centre: RunningCentre) -> Path:
    """Asterisk's table."""
    return centre.state / "asterisk" / "ledger.sqlite"


# -- services ----------------------------------------------------------------------------------------


def _supervisor(centre: RunningCentre) -> "psutil.Popen":
    assert centre.process is not None
    return centre.process  # type: ignore[return-value]


def _ends(find: Find, with_signal: signal.Signals) -> Callable[[RunningCentre], None]:
    def do(centre: RunningCentre) -> None:
        process = find(centre)
        process.send_signal(with_signal)
        psutil.wait_procs([process], timeout=BACK_SECONDS)
        _until_there(centre, find)

    return do


def _hangs(find: Find) -> Callable[[RunningCentre], None]:
    """Until it was made anew, or half a minute is over."""

    def do(centre: RunningCentre) -> None:
        process = find(centre)
        process.suspend()
        _, alive = psutil.wait_procs([process], timeout=HUNG_SECONDS)
        if alive:
            process.resume()
        _until_there(centre, find)

    return do


def _until_there(centre: RunningCentre, find: Find) -> None:
    def is_there() -> bool:
        try:
            return find(centre).is_running()
        except ValueError:
            return False

    until(is_there, BACK_SECONDS, "the service is there again")


def _supervisor_killed(centre: RunningCentre) -> None:
    children = centre.children()
    _supervisor(centre).kill()
    _supervisor(centre).wait()
    psutil.wait_procs(children, timeout=BACK_SECONDS)
    centre.start()


def _supervisor_restarted(centre: RunningCentre) -> None:
    centre.stop()
    centre.start()


def _second_owner(centre: RunningCentre) -> None:
    second = centre.troncal("up", seconds=BACK_SECONDS)
    assert second.returncode != 0, second.stdout + second.stderr


# -- the ledger --------------------------------------------------------------------------------------


def _locked(path: Path, seconds: float) -> None:
    with _lock_on(path):
        time.sleep(seconds)  # world: pace


@contextmanager
def _lock_on(path: Path) -> Iterator[None]:
    with closing(sqlite3.connect(path, timeout=BACK_SECONDS, isolation_level=None)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        yield
        connection.execute("ROLLBACK")


def _copy_of(path: Path) -> Path:
    copy = path.with_name("copy.sqlite")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("VACUUM INTO ?", (str(copy),))
    return copy


def _take_away(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)


def _ledger_replaced(centre: RunningCentre) -> None:
    copy = _copy_of(ledger_of(centre))
    _take_away(ledger_of(centre))
    copy.replace(ledger_of(centre))
    calls_end(centre)


def _ledger_deleted(centre: RunningCentre) -> None:
    _take_away(ledger_of(centre))
    calls_end(centre)


def _ledger_garbage(centre: RunningCentre) -> None:
    """Its first page is overwritten; then it is made anew, as docs/operacion.md says."""
    with ledger_of(centre).open("r+b") as stream:
        stream.write(b"\xa5" * 4096)
    calls_end(centre)
    centre.stop()
    _take_away(ledger_of(centre))
    centre.start()


def _ledger_restored(centre: RunningCentre) -> None:
    """A copy of some calls ago."""
    copy = _copy_of(ledger_of(centre))
    calls_end(centre)
    centre.stop()
    _take_away(ledger_of(centre))
    copy.replace(ledger_of(centre))
    centre.start()


def _moved(centre: RunningCentre) -> None:
    centre.stop()
    other = Path(tempfile.mkdtemp(prefix="troncal-chaos-", dir="/var/tmp")) / "state"
    shutil.copytree(centre.state, other, symlinks=True)
    shutil.rmtree(centre.state)
    centre.state = other
    centre.start()


# -- the records -------------------------------------------------------------------------------------


def _records_locked(centre: RunningCentre) -> None:
    with _lock_on(centre.state / "troncal.sqlite"):
        calls_end(centre)


def _disk_full(centre: RunningCentre) -> None:
    """Nothing fits on the disk of the state folder any more, which is one of its own."""
    with full(centre.state):
        time.sleep(FULL_SECONDS)  # world: pace


# -- how long ----------------------------------------------------------------------------------------


def calls_end(centre: RunningCentre) -> None:
    """Some more calls end, by the plain queue log: it needs neither the table nor the records."""
    before = _ended(centre)
    until(lambda: _ended(centre) >= before + CALLS_MEANWHILE, BACK_SECONDS, "calls end meanwhile")


def _ended(centre: RunningCentre) -> int:
    log = (centre.state / "asterisk" / "log" / "queue_log").read_text("utf-8", errors="replace")
    return sum(
        f"|{verb}|" in line for line in log.splitlines() for verb in ("COMPLETECALLER", "COMPLETEAGENT", "ABANDON")
    )
