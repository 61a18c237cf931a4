"""What Asterisk's other modules write between the events of calls: unusual, but genuine."""

import pytest

from ami_bridge.wire.items import AmiEvent, Quarantined
from ami_bridge.wire.sifter import Sifter
from tests.ami_bridge.ami_text import block, event, join, newchannel

UNIQUEID = "1763800000.1"
TEST_EVENT = event("TestEvent", {"Type": "StateChange", "State": "PLAYBACK", "AppLine": "45"}, kind="reporting")
STATE_TWICE = TEST_EVENT[:-2] + b"State: NEW\r\n\r\n"


def sifted(raw: bytes) -> tuple[list[str], int]:
    """The names of the trusted events, and how many blocks are not trusted."""
    sifter = Sifter()
    items = sifter.feed(raw) + sifter.flush()
    faulty = sum(isinstance(item, Quarantined) for item in items)
    return [item.name for item in items if isinstance(item, AmiEvent)], faulty


def test_the_state_that_a_test_event_repeats_is_asterisks_own() -> None:
    names = ["Newchannel", "TestEvent", "QueueCallerJoin"]
    assert sifted(newchannel() + STATE_TWICE + join()) == (names, 0)


@pytest.mark.parametrize(
    "foreign",
    [
        STATE_TWICE.replace(b"TestEvent", b"OtherEvent"),
        block({"Event": "EndpointList", "ObjectName": "1001"})[:-2] + b"ObjectName: 1001\r\n\r\n",
        event("OtherEvent", {"Type": "x"}, kind="reporting", at=""),
    ],
)
def test_a_faulty_event_that_nothing_uses_is_quarantined_alone(foreign: bytes) -> None:
    assert sifted(newchannel() + foreign + join()) == (["Newchannel", "QueueCallerJoin"], 1)


def test_device_states_that_an_action_lists_have_no_head() -> None:
    listed = block({"Event": "DeviceStateChange", "ActionID": "4", "Device": "PJSIP/1001", "State": "INUSE"})
    assert sifted(newchannel() + listed + join()) == (["Newchannel", "DeviceStateChange", "QueueCallerJoin"], 0)


def test_the_end_of_a_channels_block_under_a_foreign_head_is_not_trusted() -> None:
    rest = {"Language": "es", "Uniqueid": UNIQUEID, "Linkedid": UNIQUEID}
    assert sifted(event("Other", rest) + join()) == (["QueueCallerJoin"], 1)
