"""Who owns a state folder: one `troncal up` at a time. Taken before anything is started, cleaned up or written.

The kernel ends the lock with its owner, so that a killed one is in nobody's way. Children do not hold it: what a killed
owner left running is ended by the next, who knows it by the mark in `owner.json`.
"""

import json
import os
import secrets
import socket
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path

import psutil

from callcenter.folder_lock import LOCK_FILE, FolderHeld, folder_locked
from callcenter.operator_problem import OperatorProblem
from troncal.installation import state_folder
from troncal.machines import left_over

OWNER_FILE = "owner.json"
TRIES = 20  # `state_folder.read_running` holds the lock for the moment in which it looks
_PROGRAMS = ("troncal", "troncal.cli")  # as its command, and as a module


class StateTaken(OperatorProblem):
    """Another `troncal up` owns the state folder; says which, and what to do."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Who owns a state folder. `pid` and `host` are for people; `mark` is in the environment of all children; `lock` is
    the file that it holds, none where a version wrote this that locked the folder itself.
    """

    pid: int
    host: str
    mark: str
    lock: str = ""

    def __str__(self) -> str:
        return f"process {self.pid} on {self.host}"

    @property
    def environment(self) -> Mapping[str, str]:
        """What every child is to have in its environment."""
        return {left_over.MARK: self.mark}


@contextmanager
def owned(folder: Path) -> Iterator[Owner]:
    """Own a state folder until the end of the block; it is made where there is none.

    What a killed owner left is ended before. Raises StateTaken, and then nothing of the other one's was touched;
    StillThere; OSError.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with ExitStack() as held:
        try:
            held.enter_context(folder_locked(folder, tries=TRIES))
        except FolderHeld as error:
            raise StateTaken(_taken(folder, _noted(folder))) from error
        _refuse_beside_an_older_version(folder)
        state_folder.forget_running(folder)
        if (killed := _noted(folder)) is not None:
            left_over.end(killed.mark)
        owner = Owner(os.getpid(), socket.gethostname(), secrets.token_hex(16), LOCK_FILE)
        state_folder.write_private(folder / OWNER_FILE, json.dumps(asdict(owner)))
        held.callback((folder / OWNER_FILE).unlink, missing_ok=True)
        held.callback(state_folder.forget_running, folder)
        yield owner


def _refuse_beside_an_older_version(folder: Path) -> None:
    """For installations of before, to be called by who holds the lock: their `troncal up` has no lock that is looked at
    here, and is known only by the number that it wrote down. Raises StateTaken.
    """
    for pid in _numbers_of_before(folder):
        if pid != os.getpid() and _is_up(pid):
            raise StateTaken(_taken(folder, f"process {pid}"))


def _numbers_of_before(folder: Path) -> Iterator[int]:
    """The processes of this machine that run the centre, or ran it, by a version without the lock of today."""
    running, owner = state_folder.number_of_before(folder), _noted(folder)
    if running is not None:
        yield running
    if owner is not None and not owner.lock and owner.host == socket.gethostname():
        yield owner.pid


def _is_up(pid: int) -> bool:
    """Whether that process is a `troncal up`: after a kill its number may be anybody's."""
    try:
        words = psutil.Process(pid).cmdline()
    except (psutil.NoSuchProcess, psutil.AccessDenied):  # what hides its command line is another user's
        return False
    return any(Path(program).name in _PROGRAMS and word == "up" for program, word in pairwise(words))


def _taken(folder: Path, owner: Owner | str | None) -> str:
    return (
        f"the state in {folder} is owned by {owner or 'another process'}, another `troncal up`: "
        "end that one with Ctrl-C or SIGTERM, or set TRONCAL_STATE to another folder for this one"
    )


def _noted(folder: Path) -> Owner | None:
    """The present owner, or the last one, if it was killed; None where nothing whole is written of one."""
    try:
        owner = Owner(**json.loads((folder / OWNER_FILE).read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return None
    is_whole = isinstance(owner.pid, int) and owner.pid > 0 and isinstance(owner.mark, str)
    return owner if is_whole else None
