"""Asterisk tells the bridge what the floor and the phone watch follow, and nothing that it does not."""

from ami_bridge.floor import Floor
from ami_bridge.phone_watch import PhoneWatch
from ami_bridge.wire_layouts import LAYOUTS
from callcenter.centre_file import load
from callcenter.settings import PROJECT
from troncal.asterisk_needs import FLOOR_EVENTS


def test_asterisk_is_asked_for_exactly_the_events_that_floor_and_phones_follow() -> None:
    centre = load(PROJECT / "centre.yaml")
    floor = Floor("central", centre)
    phones = PhoneWatch("central", centre, floor)
    followed = {name for name in LAYOUTS if floor.wants(name) or phones.wants(name)}
    assert followed == set(FLOOR_EVENTS) - {"FullyBooted", "Shutdown"}
