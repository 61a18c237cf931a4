"""Whether a process may act while its database fails it."""

import asyncio

import pytest

from callcenter.database import lease_holder
from callcenter.database.lease_holder import LeaseHolder
from callcenter.database.leases import Lease, Leases
from callcenter.database.problems import DiskFull
from callcenter.instants import MICROSECONDS
from tests.waiting import eventually


class FailingLeases(Leases):
    """A lease that can be had as long as `problem` is None."""

    def __init__(self) -> None:
        self._name = "dialer"
        self.problem: DiskFull | None = None
        self.asked = 0

    async def take(self, holder: str) -> Lease | None:
        self.asked += 1
        if self.problem is not None:
            raise self.problem
        return Lease("dialer", holder, 1)

    async def give_up(self, lease: Lease) -> None:
        """Nobody else wants it."""


async def test_where_the_lease_cannot_be_renewed_nothing_is_done_and_why_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lease_holder, "RENEWED_EVERY_SECONDS", 0.01)
    steady_us, leases = [0], FailingLeases()
    holder = LeaseHolder(leases, "one", lambda: steady_us[0])
    running = asyncio.create_task(holder.run())
    try:
        await eventually(lambda: holder.lease is not None, 5, "the lease is held")
        leases.problem = DiskFull("sqlite:///x: database or disk is full")
        await asked_again(leases)
        assert (holder.lease is not None, holder.waits_for) == (True, "")
        steady_us[0] = 7 * MICROSECONDS
        assert (holder.lease, holder.waits_for) == (None, "the disk of the database is full")
        leases.problem = None
        await asked_again(leases)
        assert (holder.lease is not None, holder.waits_for) == (True, "")
    finally:
        running.cancel()
        await asyncio.wait([running])


async def asked_again(leases: FailingLeases) -> None:
    """An answer has come to a question of after now."""
    before = leases.asked
    await eventually(lambda: leases.asked >= before + 2, 5, "it is asked again")
