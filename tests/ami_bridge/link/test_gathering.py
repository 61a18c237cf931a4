"""Bytes of a burst are handed on together; an answer that somebody awaits is handed on at once."""

import asyncio
from dataclasses import replace

import pytest

from ami_bridge.link import gathering as link_gathering
from ami_bridge.link.gathering import ENOUGH_BYTES, Gathering
from ami_bridge.link.session import AmiLink
from ami_bridge.link.terms import LinkStatus
from callcenter.clock import now_us
from tests.ami_bridge.ami_text import connect, join, newchannel
from tests.ami_bridge.fake_asterisk import FakeAsterisk
from tests.ami_bridge.link.test_session import SETTINGS, Seen, linked

QUIET = replace(SETTINGS, ping_seconds=60.0, limit_seconds=5.0)
LONG_SECONDS = 60.0


@pytest.fixture
def long_gathering(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time alone hands nothing on in this test."""
    monkeypatch.setattr(link_gathering, "GATHER_SECONDS", LONG_SECONDS)


class Handed:
    """What a gathering handed on."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.something = asyncio.Event()

    def __call__(self, data: bytes) -> None:
        self.pieces.append(data)
        self.something.set()


async def test_what_comes_soon_after_the_first_goes_with_it() -> None:
    handed = Handed()
    gathering = Gathering(handed)
    for piece in (b"a", b"b", b"c"):
        gathering.add(piece, at_once=False)
        await asyncio.sleep(0)
    assert handed.pieces == []
    async with asyncio.timeout(10):
        await handed.something.wait()
    assert handed.pieces == [b"abc"]


async def test_what_somebody_waits_for_goes_at_once_after_what_came_before(long_gathering: None) -> None:
    handed = Handed()
    gathering = Gathering(handed)
    gathering.add(b"a", at_once=False)
    gathering.add(b"b", at_once=True)
    gathering.add(b"c", at_once=True)
    assert handed.pieces == [b"ab", b"c"]


async def test_no_more_is_kept_than_enough(long_gathering: None) -> None:
    handed = Handed()
    gathering = Gathering(handed)
    gathering.add(b"a", at_once=False)
    gathering.add(b"b" * ENOUGH_BYTES, at_once=False)
    gathering.add(b"c", at_once=False)
    assert [len(piece) for piece in handed.pieces] == [1 + ENOUGH_BYTES]


async def test_events_that_are_written_one_by_one_are_handed_on_together() -> None:
    fake, seen = FakeAsterisk(), Seen()
    reported: list[int] = []
    async with fake.running():
        link = AmiLink(
            replace(QUIET, port=fake.port),
            on_event=seen.event,
            on_anomaly=seen.anomaly,
            on_state=seen.state,
            on_read=lambda: reported.append(len(seen.names())),
            now_us=now_us,
        )
        running = asyncio.create_task(link.run())
        await seen.status(LinkStatus.UP)
        for each in (newchannel(), join(), connect()):
            fake.say(each)
            await asyncio.sleep(0)
        await seen.until(lambda it: bool(it.names()))
        await link.stop()
        await running
    assert [number for number in reported if number] == [3]


async def test_an_answer_does_not_wait_for_what_may_follow_it(long_gathering: None) -> None:
    async with linked(FakeAsterisk(), replace(QUIET, awaits_boot=False)) as (link, _):
        await link.send({"Action": "CoreStatus"}, timeout_seconds=5)


async def test_what_arrived_before_the_session_ended_is_not_lost() -> None:
    fake = FakeAsterisk()
    async with linked(fake, QUIET) as (_, seen):
        fake.say(join())
        fake.hang_up()
        await seen.status(LinkStatus.LOST)
        assert seen.names() == ["QueueCallerJoin"]
