"""One bridge a ledger: its folder is locked as long as a bridge reads it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from callcenter.folder_lock import FolderHeld, folder_locked
from callcenter.operator_problem import OperatorProblem


class LedgerTaken(OperatorProblem):
    """The ledger cannot be had for this bridge alone; the message says what to do."""


@contextmanager
def ledger_locked(ledger: Path) -> Iterator[None]:
    """Hold the folder of a ledger until the end of the block. Raises LedgerTaken."""
    with ExitStack() as held:
        try:
            held.enter_context(folder_locked(ledger.parent))
        except FolderHeld as error:
            raise LedgerTaken(f"another bridge reads {ledger}: one bridge a ledger; stop the other one") from error
        except OSError as error:
            raise LedgerTaken(f"the ledger's folder cannot be opened: {error}; see TRONCAL_LEDGER") from error
        yield
