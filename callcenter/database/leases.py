"""Which of several processes may act: one, by a lease in the database. Each kind of work has a lease of its own name.

A holder renews it long before it runs out. Each new holder has a higher `epoch`, and what only the holder may do asks
for that in the transaction in which it is written down (`is_held`): a process that was stopped for a minute and goes on
has lost the lease and writes nothing any more, whatever it believes.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection, Select, select, update

from callcenter.database.transactions import Database, put_missing
from callcenter.instants import MICROSECONDS
from callcenter.records.campaigns import leases

LEASE_SECONDS = 10
RENEWED_EVERY_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Lease:
    """The right of one holder, as long as nobody has a later epoch."""

    name: str
    holder: str
    epoch: int


class Leases:
    """The lease of this name: `dialer`, say. Every method raises DatabaseProblem; instants are microseconds, UTC."""

    def __init__(
        self, database: Database, name: str, clock: Callable[[], int], *, seconds: int = LEASE_SECONDS
    ) -> None:
        self._database, self._name, self._clock, self._seconds = database, name, clock, seconds

    @property
    def name(self) -> str:
        """Whose lease it is."""
        return self._name

    async def take(self, holder: str) -> Lease | None:
        """Take the lease, or keep it. None: another holds it, and has not let it run out."""
        now_us = self._clock()
        return await self._database.write(lambda connection: self._take(connection, holder, now_us))

    def _take(self, connection: Connection, holder: str, now_us: int) -> Lease | None:
        put_missing(connection, leases, [{"name": self._name, "holder": "", "epoch": 0, "until_us": 0}])
        found = connection.execute(_select(self._name).with_for_update()).one()
        until_us = now_us + self._seconds * MICROSECONDS
        if found.holder == holder:
            epoch = found.epoch
        elif self._is_over(found.until_us, now_us):
            epoch = found.epoch + 1
        else:
            return None
        connection.execute(
            update(leases).where(leases.c.name == self._name).values(holder=holder, epoch=epoch, until_us=until_us)
        )
        return Lease(self._name, holder, epoch)

    def _is_over(self, until_us: int, now_us: int) -> bool:
        """Also one that lasts longer than any: the clock that it was taken by was ahead."""
        return until_us <= now_us or until_us > now_us + self._seconds * MICROSECONDS

    async def give_up(self, lease: Lease) -> None:
        """The next one need not wait until it has run out."""
        held = (leases.c.name == self._name, leases.c.holder == lease.holder, leases.c.epoch == lease.epoch)
        async with self._database.transaction() as connection:
            await connection.execute(update(leases).where(*held).values(holder="", until_us=0))


def is_held(connection: Connection, lease: Lease, now_us: int) -> bool:
    """Whether this lease is in force, until the transaction ends. PostgreSQL lets nobody take it over meanwhile."""
    found = connection.execute(_select(lease.name).with_for_update(read=True)).one_or_none()
    return found is not None and (found.holder, found.epoch) == (lease.holder, lease.epoch) and found.until_us > now_us


def _select(name: str) -> Select[tuple[str, int, int]]:
    return select(leases.c.holder, leases.c.epoch, leases.c.until_us).where(leases.c.name == name)
