"""What a scheduled job is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection

from callcenter.centre.model import Centre
from callcenter.database.transactions import Database
from callcenter.outbox.mail import Mail
from reports.scheduled.recurrence import Recurrence


def _is_wanted(_connection: Connection) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a run came to. The runner writes all of it in one transaction with "this run is done".

    `within`: what else is written there; where it says False nothing is mailed, because nobody wants it any more.
    """

    mails: tuple[Mail, ...] = ()
    within: Callable[[Connection], bool] = _is_wanted


class ScheduledJob(Protocol):
    """Work that comes back. Each of its runs is known by the moment at which it was due."""

    @property
    def name(self) -> str:
        """The same for good: by it and the moment a run is known to be done. At most 40 characters."""

    @property
    def when(self) -> Recurrence:
        """When it is due."""

    @property
    def since_us(self) -> int | None:
        """Runs that were due before this instant are not its own. None: its latest run is, whenever that was due."""

    @property
    def makes_up_all(self) -> bool:
        """Whether each run that was slept through is made, or the last of them only."""

    async def run(self, database: Database, centre: Centre, due: datetime) -> RunResult:
        """Do what was due at that moment of the centre's zone. May be asked again for the same moment, after a crash.

        Raises DatabaseProblem, OperatorProblem: it is tried again later.
        """
