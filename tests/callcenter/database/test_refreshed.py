"""A value that is read now and then and always at hand."""

import asyncio

from callcenter.database.problems import DatabaseUnavailable
from callcenter.database.refreshed import Refreshed
from callcenter.instants import MICROSECONDS


class Source:
    """A table that may be away, and a clock."""

    def __init__(self) -> None:
        self.answer, self.away, self.reads, self.now_us = "first", False, 0, 1_000 * MICROSECONDS

    async def read(self) -> str:
        self.reads += 1
        if self.away:
            raise DatabaseUnavailable("away")
        return self.answer

    def refreshed(self, good_for_seconds: float = 60.0) -> Refreshed[str]:
        return Refreshed(
            self.read, "nothing", lambda: self.now_us, what="x", good_for_seconds=good_for_seconds, every_seconds=0.001
        )


async def test_before_the_first_reading_there_is_nothing() -> None:
    assert Source().refreshed().value == "nothing"


async def test_the_last_answer_stands_while_the_database_is_away_and_then_no_longer() -> None:
    source = Source()
    kept = source.refreshed()
    await kept.refresh()
    source.away = True
    source.now_us += 60 * MICROSECONDS
    await kept.refresh()
    assert kept.value == "first"
    source.now_us += 1
    assert kept.value == "nothing"


async def test_an_answer_that_stays_right_is_kept_for_ever() -> None:
    source = Source()
    kept = source.refreshed(good_for_seconds=float("inf"))
    assert kept.value == "nothing"
    await kept.refresh()
    source.now_us += 10**15
    assert kept.value == "first"


async def test_while_it_runs_a_change_is_seen_also_after_a_failure() -> None:
    source = Source()
    kept = source.refreshed()
    async with asyncio.timeout(5), kept.running():
        await seen(kept, "first")
        source.away, source.answer = True, "second"
        reads = source.reads
        while source.reads < reads + 3:
            await asyncio.sleep(0)
        source.away = False
        await seen(kept, "second")


async def seen(kept: Refreshed[str], wanted: str) -> None:
    while kept.value != wanted:
        await asyncio.sleep(0)
