"""Asterisk tells the bridge what the floor follows, and nothing that it does not."""

from ami_bridge.floor import Floor
from ami_bridge.wire_layouts import LAYOUTS
from callcenter.centre_file import load
from callcenter.settings import PROJECT
from troncal.asterisk_conf import FLOOR_EVENTS


def test_asterisk_is_asked_for_exactly_the_events_that_the_floor_follows() -> None:
    floor = Floor("central", load(PROJECT / "centre.yaml"))
    followed = {name for name in LAYOUTS if floor.wants(name)}
    assert followed == set(FLOOR_EVENTS) - {"FullyBooted", "Shutdown"}
