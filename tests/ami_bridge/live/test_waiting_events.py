"""Events that wait for a snapshot have an end."""

import pytest

from ami_bridge.live import waiting_events
from ami_bridge.live.waiting_events import WaitingEvents
from ami_bridge.wire.items import AmiEvent
from tests.ami_bridge.live.live_node import CALLER, asterisk, join, node_of, paused, queue_101
from tests.ami_bridge.live.test_pipe import waiting


@pytest.fixture
def room_for_three(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting_events, "EVENTS_WAITING", 3)


def test_where_there_is_no_room_nothing_is_left_and_it_is_reported_once(
    room_for_three: None, caplog: pytest.LogCaptureFixture
) -> None:
    waits, one = WaitingEvents(), AmiEvent("Hangup", {}, None)
    assert [waits.put(one) for _ in range(8)] == [True, True, True, False] * 2
    assert (len(waits), waits.dropped, caplog.text.count("AMI events come faster")) == (0, 8, 1)
    waits.put(one)
    assert waits.take() is one and "8 were dropped" in caplog.text


async def test_what_was_dropped_during_a_snapshot_is_in_the_next_one(room_for_three: None) -> None:
    fake = asterisk()
    once = queue_101(before=join() + paused() * 3)
    later = queue_101(waits=True)
    fake.replies["QueueStatus"] = lambda action: (once if fake.names().count("QueueStatus") == 1 else later)(action)
    async with node_of(fake, settles=False) as node:
        await node.until_published(lambda fact: waiting(fact) == [CALLER])
        assert fake.names().count("QueueStatus") == 2
