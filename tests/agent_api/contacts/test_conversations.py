"""Which conversations are new: none is left out, also after the database was restored."""

import pytest

from agent_api.contacts.conversations import NewlyRecorded, RecordedConversations
from callcenter.clock import now_us
from callcenter.database.transactions import Database
from tests.agent_api.contacts.recorded import Bridge
from tests.agent_api.recordings.recorded_calls import RecordedCall
from tests.reports.recorded_month import empty

pytestmark = pytest.mark.database


def call(number: int) -> RecordedCall:
    return RecordedCall(f"1790000000.{number}", now_us() - 60_000_000)


async def looked_at(database: Database) -> tuple[NewlyRecorded, ...]:
    """Five conversations that are new, and what a look found."""
    await Bridge(database).record(*map(call, range(5)))
    return await RecordedConversations(database).new()


async def found(database: Database) -> list[str]:
    new = await RecordedConversations(database).new()
    return [each.key.uniqueid for recorded in new for each in recorded.conversations]


async def test_what_is_recorded_after_a_restore_is_new_though_its_numbers_are_not(database: Database) -> None:
    for recorded in await looked_at(database):
        await RecordedConversations(database).done(recorded)
    await empty(database)
    await Bridge(database).record(call(7))
    assert await found(database) == [call(7).uniqueid]


async def test_nor_does_a_look_that_was_under_way_at_the_restore_hide_it(database: Database) -> None:
    before = await looked_at(database)
    await empty(database)
    for recorded in before:
        await RecordedConversations(database).done(recorded)
    await Bridge(database).record(call(7))
    assert await found(database) == [call(7).uniqueid]


async def test_numbers_that_go_on_after_a_gap_are_new(database: Database) -> None:
    """A bridge that ran through the restore goes on with its own numbers."""
    bridge = Bridge(database)
    await bridge.record(*map(call, range(3)))
    await empty(database)
    await bridge.record(call(7))
    assert await found(database) == [call(7).uniqueid]
