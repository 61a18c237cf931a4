"""A clock that was set is written into Asterisk's queue log, once it can be, and is no standstill."""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from ami_bridge.actions.executor import Executor
from ami_bridge.feeds.standstills import Standstills
from ami_bridge.ledger.clock_steps import ClockStep
from ami_bridge.ledger.rows.row import Row
from ami_bridge.link.session import AmiLink
from ami_bridge.live.clock_reports import ClockReports
from callcenter.clock import now_us
from callcenter.instants import MICROSECONDS
from callcenter.moments import Moment
from tests.ami_bridge.actions.test_executor import link_to
from tests.ami_bridge.fake_asterisk import FakeAsterisk, answer, denied
from tests.waiting import eventually

WALL_US, HALF = 1_790_000_000_000_000, MICROSECONDS // 2


@dataclass
class Clock:
    """A wall clock that tests set, and a steady one."""

    wall_us: int = WALL_US
    steady_us: int = 0

    def go_on(self, us: int = HALF) -> None:
        self.wall_us, self.steady_us = self.wall_us + us, self.steady_us + us

    def read(self) -> tuple[int, int]:
        return self.wall_us, self.steady_us


@dataclass
class Node:
    """An Asterisk that writes rows, and a bridge beside it."""

    fake: FakeAsterisk
    link: AmiLink
    executor: Executor
    clock: Clock = field(default_factory=Clock)
    standstills: Standstills = field(default_factory=Standstills)

    def __post_init__(self) -> None:
        self.reports = ClockReports(self.standstills, self.executor.write_clock_was_set, self.clock.read)

    @property
    def written(self) -> list[str]:
        return [each["Message"] for each in self.fake.actions if each.get("Action") == "QueueLog"]

    def is_set(self, by_us: int) -> str:
        """The clock is set between two looks; what is to be written."""
        before_us = self.clock.wall_us
        self.clock.go_on()
        self.clock.wall_us += by_us
        self.reports.look()
        return f"{by_us}|{before_us}|{self.clock.wall_us}"

    def looked(self, seconds: float, *, answered: bool) -> None:
        """Looks for that long; Asterisk answers before each, or not."""
        for _ in range(round(2 * seconds)):
            self.clock.go_on()
            if answered:
                self.reports.heard()
            self.reports.look()


@pytest.fixture
async def node() -> AsyncIterator[Node]:
    fake = FakeAsterisk(replies={"QueueLog": answer})
    async with fake.running():
        link = link_to(fake)
        running = asyncio.create_task(link.run())
        await eventually(lambda: link.is_up)
        yield Node(fake, link, Executor(link, now_us=now_us, answer_seconds=5))
        await link.stop()
        await running


async def test_each_step_is_a_row_of_nobodys(node: Node) -> None:
    wanted = [node.is_set(60 * MICROSECONDS), node.is_set(-60 * MICROSECONDS)]
    await node.reports.write_down()
    assert node.written == wanted
    action = next(each for each in node.fake.actions if each["Action"] == "QueueLog")
    del action["ActionID"], action["Message"]
    assert action == {
        "Action": "QueueLog",
        "Queue": "NONE",
        "Event": "CLOCKSET",
        "Uniqueid": "NONE",
        "Interface": "NONE",
    }


async def test_the_row_says_what_the_fold_reads(node: Node) -> None:
    node.is_set(-60 * MICROSECONDS)
    await node.reports.write_down()
    at = Moment.exact(node.clock.wall_us)
    row = Row(1, at, "NONE", "NONE", "NONE", "CLOCKSET", tuple(node.written[0].split("|")))
    assert ClockStep.of(row) == ClockStep(-60 * MICROSECONDS, WALL_US, node.clock.wall_us)


async def test_what_asterisk_could_not_write_is_written_later(node: Node, caplog: pytest.LogCaptureFixture) -> None:
    node.fake.replies["QueueLog"] = denied
    wanted = node.is_set(60 * MICROSECONDS)
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            await node.reports.write_down()
    assert [each.message for each in caplog.records if "it is tried again" in each.message]
    node.fake.replies["QueueLog"] = answer
    before = len(node.written)
    await node.reports.write_down()
    await node.reports.write_down()
    assert node.written[before:] == [wanted]


@pytest.mark.parametrize("by_us", [60 * MICROSECONDS, -60 * MICROSECONDS])
async def test_a_step_is_no_standstill_and_hides_none(node: Node, by_us: int, caplog: pytest.LogCaptureFixture) -> None:
    node.looked(10, answered=True)
    node.clock.wall_us += by_us
    node.reports.heard()
    node.looked(10, answered=True)
    assert "stands still" not in caplog.text
    left = Row(1, Moment.exact(node.clock.wall_us), "c1", "101", "NONE", "ABANDON", ("1", "1", "8"))
    assert node.standstills.as_known(left) == left
    silent_since = node.clock.wall_us
    node.looked(6, answered=False)
    assert "stands still" in caplog.text
    late = Row(1, Moment.exact(node.clock.wall_us), "c1", "101", "NONE", "ABANDON", ("1", "1", "8"))
    assert node.standstills.as_known(late).at == Moment(silent_since, node.clock.wall_us)


async def test_a_standstill_before_the_step_widens_no_row_after_it(node: Node) -> None:
    node.looked(10, answered=True)
    node.looked(20, answered=False)
    node.looked(10, answered=True)
    node.is_set(-15 * MICROSECONDS)
    left = Row(1, Moment.exact(node.clock.wall_us), "c1", "101", "NONE", "ABANDON", ("1", "1", "8"))
    assert node.standstills.as_known(left) == left
