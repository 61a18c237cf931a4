"""A disk that fills up: recordings stop first, the queue log last."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ami_bridge.actions.executor import Executor
from ami_bridge.actions.forms.answers import ActionOutcome, Succeeded
from ami_bridge.feeds.reserve import Reserve
from ami_bridge.link.session import AmiLink
from ami_bridge.live.disk_watch import DiskWatch, free_bytes_at, recording_is_refused
from callcenter.bus.memory import MemoryBroker, MemoryBus
from callcenter.bus.presence import Presence
from callcenter.clock import now_us
from callcenter.messages.envelope import Service
from callcenter.messages.facts import DiskState
from tests.ami_bridge.actions.test_executor import link_to
from tests.ami_bridge.fake_asterisk import FakeAsterisk, answer
from tests.waiting import eventually

LEAST, SIZE, GIVEN_UP_BELOW = 1_000_000, 64_000, 32_000


@dataclass
class Node:
    """A disk whose room the test says, an Asterisk that is told, and an API that hears."""

    folder: Path
    fake: FakeAsterisk
    watch: DiskWatch
    link: AmiLink
    free: dict[Path, int]
    heard: list[DiskState] = field(default_factory=list)

    @property
    def told(self) -> list[str]:
        """What Asterisk's global variable was set to, in order."""
        return [each["Value"] for each in self.fake.actions if each.get("Variable") == "TRONCAL_NO_ROOM"]

    @property
    def has_reserve(self) -> bool:
        reserve = self.folder / "reserve"
        return reserve.exists() and reserve.stat().st_blocks * 512 >= SIZE

    async def has_free(self, ledger: int, recordings: int | None = None) -> None:
        self.free.update(
            {self.folder: ledger, self.folder / "recordings": ledger if recordings is None else recordings}
        )
        await self.watch.look()


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[Node]:
    fake, broker, free = FakeAsterisk(replies={"Setvar": answer}), MemoryBroker(), dict[Path, int]()
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(fake.running())
        bridge, api = (MemoryBus(broker, each, "central") for each in (Service.BRIDGE, Service.API))
        for bus in (bridge, api):
            await stack.enter_async_context(bus)
            await bus.until(Presence.CONNECTED)
        states = await stack.enter_async_context(api.subscribe(DiskState))
        link = link_to(fake)
        executor = Executor(link, now_us=now_us, answer_seconds=5)
        folders = tmp_path, tmp_path / "recordings"
        reserve = Reserve(tmp_path, tmp_path / "queue_log", SIZE, GIVEN_UP_BELOW)
        tell = executor.tell_room_for_recordings
        watch = DiskWatch("central", folders, reserve, LEAST, link, tell, bridge, now_us, free.__getitem__)
        found = Node(tmp_path, fake, watch, link, free)

        async def listen() -> None:
            async for state in states:
                found.heard.append(state)

        tasks = [asyncio.create_task(link.run()), asyncio.create_task(listen())]
        await eventually(lambda: link.is_up)
        yield found
        await link.stop()
        tasks[1].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_recordings_are_refused_below_the_limit_and_begun_again_with_some_room(node: Node) -> None:
    for free in (2 * LEAST, LEAST, LEAST - 1, LEAST, LEAST * 6 // 5):
        await node.has_free(free)
    assert node.told == ["no", "yes", "no"]
    await eventually(lambda: len(node.heard) == 3)
    assert [(each.recording_refused, each.free_bytes) for each in node.heard] == [
        *((False, 2 * LEAST), (True, LEAST - 1), (False, LEAST * 6 // 5))
    ]


async def test_a_clock_that_is_set_back_makes_no_pause_in_the_reports(node: Node) -> None:
    clock = [now_us(), now_us() - 60_000_000]
    watch = DiskWatch("central", (node.folder,), None, LEAST, node.link, _told, node.watch._bus, lambda: clock[0])
    await watch.look()
    clock.reverse()
    await watch.look()
    await eventually(lambda: len(node.heard) == 2)


async def test_the_recordings_own_disk_counts_as_well(node: Node) -> None:
    await node.has_free(9 * LEAST, recordings=LEAST - 1)
    assert (node.told, node.has_reserve) == (["yes"], True)


async def test_an_asterisk_that_starts_again_is_told_again(node: Node) -> None:
    await node.has_free(LEAST - 1)
    session = node.link.state.session
    node.fake.drop()
    await eventually(lambda: node.link.is_up and node.link.state.session > session)
    await node.has_free(LEAST - 1)
    await node.has_free(LEAST - 1)
    assert node.told == ["yes", "yes"]


async def test_an_asterisk_that_refuses_is_asked_again(node: Node) -> None:
    node.fake.replies["Setvar"] = lambda action: answer(action, status="Error", Message="no")
    await node.has_free(LEAST - 1)
    node.fake.replies["Setvar"] = answer
    await node.has_free(LEAST - 1)
    assert node.told == ["yes", "yes"]


async def test_the_queue_log_has_a_reserve_that_is_given_up_on_a_full_disk_and_made_again(node: Node) -> None:
    await node.has_free(LEAST)
    assert not node.has_reserve
    await node.has_free(LEAST + SIZE)
    assert node.has_reserve
    await node.has_free(GIVEN_UP_BELOW)
    assert node.has_reserve
    await node.has_free(GIVEN_UP_BELOW - 1)
    assert not node.has_reserve
    await node.has_free(GIVEN_UP_BELOW + SIZE)
    assert not node.has_reserve
    await node.has_free(2 * LEAST)
    assert node.has_reserve


async def test_a_folder_that_cannot_be_measured_ends_nothing(node: Node) -> None:
    watch = DiskWatch("central", (node.folder,), None, LEAST, node.link, _never, node.watch._bus, now_us, _gone)
    await watch.look()
    await watch.look()


async def _told(_: bool) -> ActionOutcome:
    return Succeeded()


async def _never(_: bool) -> ActionOutcome:
    raise AssertionError


def _gone(_: Path) -> int:
    raise OSError("Stale file handle")


def test_a_folder_that_is_not_there_yet_has_the_room_of_where_it_will_be(tmp_path: Path) -> None:
    assert free_bytes_at(tmp_path / "not" / "yet") > 0


def test_a_reserve_that_cannot_be_made_is_done_without(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    reserve = Reserve(tmp_path / "missing", tmp_path / "queue_log", SIZE)
    for _ in range(2):
        reserve.tend(10 * LEAST, LEAST)
    assert len(caplog.records) == 1


@pytest.mark.parametrize("was_refused", [False, True])
def test_without_a_limit_nothing_is_refused(was_refused: bool) -> None:
    assert recording_is_refused(0, 0, was_refused) is False
