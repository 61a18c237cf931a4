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
from pathlib import Path

from callcenter.folder_lock import FolderHeld, folder_locked
from callcenter.operator_problem import OperatorProblem
from troncal.installation import state_folder
from troncal.machines import left_over

OWNER_FILE = "owner.json"
TRIES = 20  # `state_folder.read_running` holds the lock for the moment in which it looks


class StateTaken(OperatorProblem):
    """Another `troncal up` owns the state folder; says which, and what to do."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Who owns a state folder. `pid` and `host` are for people; `mark` is in the environment of all children."""

    pid: int
    host: str
    mark: str

    def __str__(self) -> str:
        return f"process {self.pid} on {self.host}"

    @property
    def environment(self) -> Mapping[str, str]:
        """What every child is to have in its environment."""
        return {left_over.MARK: self.mark}


@contextmanager
def owned(folder: Path) -> Iterator[Owner]:
    """Own a state folder until the end of the block; it is made where there is none.

    What a killed owner left is ended before. Raises StateTaken, and then nothing in the folder was touched; StillThere;
    OSError.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with ExitStack() as held:
        try:
            held.enter_context(folder_locked(folder, tries=TRIES))
        except FolderHeld as error:
            raise StateTaken(_taken(folder)) from error
        state_folder.forget_running(folder)
        if (killed := _noted(folder)) is not None:
            left_over.end(killed.mark)
        owner = Owner(os.getpid(), socket.gethostname(), secrets.token_hex(16))
        state_folder.write_private(folder / OWNER_FILE, json.dumps(asdict(owner)))
        held.callback((folder / OWNER_FILE).unlink, missing_ok=True)
        held.callback(state_folder.forget_running, folder)
        yield owner


def _taken(folder: Path) -> str:
    owner = _noted(folder)
    return (
        f"the state in {folder} is owned by {owner or 'another process'}, another `troncal up`: "
        "end that one with Ctrl-C or SIGTERM, or set TRONCAL_STATE to another folder for this one"
    )


def _noted(folder: Path) -> Owner | None:
    """The present owner, or the last one, if it was killed; None where nothing whole is written of one."""
    try:
        return Owner(**json.loads((folder / OWNER_FILE).read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return None
