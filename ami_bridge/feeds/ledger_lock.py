"""One bridge a ledger: a lock that the kernel ends with its owner, however that ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from callcenter.operator_problem import OperatorProblem


class LedgerTaken(OperatorProblem):
    """The ledger cannot be had for this bridge alone; the message says what to do."""


@contextmanager
def ledger_locked(ledger: Path) -> Iterator[None]:
    """Hold the folder of a ledger until the end of the block. Raises LedgerTaken.

    The folder and not a file in it: only Asterisk's user may write there.
    """
    try:
        folder = os.open(ledger.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise LedgerTaken(f"the ledger's folder cannot be opened: {error}; see TRONCAL_LEDGER") from error
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(folder)
        raise LedgerTaken(f"another bridge reads {ledger}: one bridge a ledger; stop the other one") from error
    try:
        yield
    finally:
        os.close(folder)
