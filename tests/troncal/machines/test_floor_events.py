"""Asterisk sends the bridge the events that floor and phone watch follow, and no others."""

from ami_bridge.floor.live_state import Floor
from ami_bridge.floor.phone_watch import PhoneWatch
from ami_bridge.wire.layouts import LAYOUTS
from callcenter.centre.file import load
from callcenter.settings import PROJECT
from troncal.machines.asterisk_needs import FLOOR_EVENTS


def test_asterisk_is_asked_for_exactly_the_events_that_floor_and_phones_follow() -> None:
    centre = load(PROJECT / "centre.yaml")
    floor = Floor("central", centre)
    phones = PhoneWatch("central", centre, floor)
    followed = {name for name in LAYOUTS if floor.wants(name) or phones.wants(name)}
    assert followed == set(FLOOR_EVENTS) - {"FullyBooted", "Shutdown"}
