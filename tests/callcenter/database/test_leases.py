"""Leases, over both kinds of database."""

from callcenter.database.leases import LEASE_SECONDS, Lease, Leases, is_held
from callcenter.database.transactions import Database
from callcenter.instants import MICROSECONDS

START = 1_795_000_000 * MICROSECONDS


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now_us = START

    def __call__(self) -> int:
        return self.now_us

    def pass_seconds(self, seconds: float) -> None:
        self.now_us += round(seconds * MICROSECONDS)


async def held(database: Database, lease: Lease, now_us: int) -> bool:
    return await database.write(lambda connection: is_held(connection, lease, now_us))


async def test_of_two_processes_one_holds_the_lease_until_it_lets_it_run_out(database: Database) -> None:
    clock = Clock()
    leases = Leases(database, "dialer", clock)
    first = await leases.take("one")
    assert first is not None and await leases.take("two") is None
    clock.pass_seconds(LEASE_SECONDS - 1)
    assert await leases.take("one") == first
    clock.pass_seconds(LEASE_SECONDS + 1)
    second = await leases.take("two")
    assert second is not None and second.epoch == first.epoch + 1
    assert await held(database, second, clock()) and not await held(database, first, clock())
    assert await leases.take("one") is None


async def test_who_gives_it_up_need_not_be_waited_for(database: Database) -> None:
    clock = Clock()
    leases = Leases(database, "dialer", clock)
    first = await leases.take("one")
    assert first is not None
    await leases.give_up(first)
    assert not await held(database, first, clock())
    assert await leases.take("two") == Lease("dialer", "two", first.epoch + 1)


async def test_a_lease_that_ran_out_is_not_held_although_nobody_took_it(database: Database) -> None:
    clock = Clock()
    lease = await Leases(database, "dialer", clock).take("one")
    clock.pass_seconds(LEASE_SECONDS)
    assert lease is not None and not await held(database, lease, clock())


async def test_a_lease_of_a_clock_that_was_ahead_keeps_nobody_waiting(database: Database) -> None:
    clock = Clock()
    leases = Leases(database, "dialer", clock)
    clock.pass_seconds(86_400)
    await leases.take("one")
    clock.pass_seconds(-86_400)
    assert await leases.take("two") is not None


async def test_leases_of_different_names_keep_nobody_from_each_other(database: Database) -> None:
    clock = Clock()
    dialer, reports = Leases(database, "dialer", clock), Leases(database, "reports", clock)
    held_by_one, held_by_two = await dialer.take("one"), await reports.take("two")
    assert held_by_one is not None and held_by_two is not None
    await reports.give_up(held_by_two)
    assert await held(database, held_by_one, clock()) and not await held(database, held_by_two, clock())
