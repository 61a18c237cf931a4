"""The disk of the database is full while a campaign calls: it waits, says why, and goes on by itself."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from callcenter.database.transactions import Database
from callcenter.messages.call_commands import Originate
from callcenter.outgoing_calls import OutgoingResult
from tests.dialer.engine.stage import Bridge, dialing
from tests.dialer.engine.test_campaigns import free, recorded, results, running_campaign
from tests.small_disk import full, small_disk
from tests.waiting import answered, eventually

pytestmark = [pytest.mark.database, pytest.mark.timeout(120)]

NUMBERS = tuple(f"7070000{number}" for number in range(6))


@pytest.fixture
def disk() -> Iterator[Path]:
    """Room for a database with every table, and some more."""
    with small_disk("8m") as folder:
        yield folder


@pytest.fixture
async def database(disk: Path, database_url: str) -> AsyncIterator[Database]:
    """Every table, on that disk."""
    path = shutil.copy(database_url.removeprefix("sqlite:///"), disk / "troncal.sqlite")
    opened = Database(f"sqlite:///{path}")
    yield opened
    await opened.close()


async def test_nobody_is_called_while_it_is_full_and_everybody_once_when_there_is_room(
    database: Database, disk: Path, caplog: pytest.LogCaptureFixture
) -> None:
    await running_campaign(database, *NUMBERS)
    async with dialing(database) as bridge:
        free(bridge, "1003", "1004")
        commands = [await bridge.next_command() for _ in range(2)]
        with full(disk):
            free(bridge, "1005", "1006")
            bridge.wake()
            await eventually(lambda: "the lease of the dialer cannot be renewed" in caplog.text, 20, "it is said")
            assert "disk is full" in caplog.text and bridge.commands.empty()
        commands += await rest(database, bridge, [each.reference for each in commands])
    assert sorted(each.interface[6:14] for each in commands) == list(NUMBERS)


async def rest(database: Database, bridge: Bridge, ringing: list[str]) -> list[Originate]:
    """Every other customer is called, as those who are called now turn out to be busy."""
    for reference in ringing:
        await recorded(database, reference, OutgoingResult.BUSY)
    found = []
    for _ in NUMBERS[len(ringing) :]:
        bridge.wake()
        found.append(await bridge.next_command())
        await recorded(database, found[-1].reference, OutgoingResult.BUSY)
    bridge.wake()
    await answered(lambda: results(database), lambda ended: len(ended) == len(NUMBERS), 20)
    assert bridge.commands.empty()
    return found
