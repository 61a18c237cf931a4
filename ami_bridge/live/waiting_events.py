"""AMI events that came and are not applied yet: most of them while a snapshot is taken."""

from collections import deque

from ami_bridge.wire.items import AmiEvent
from callcenter.bus.drops import Drops

# Of a snapshot of two seconds at 20,000 events a second.
EVENTS_WAITING = 40_000


class WaitingEvents:
    """Events in their order, up to a limit. Where some are dropped all are: the floor is then rebuilt after them."""

    def __init__(self) -> None:
        self._events: deque[AmiEvent] = deque()
        self._drops = Drops("AMI events")

    def __len__(self) -> int:
        return len(self._events)

    @property
    def dropped(self) -> int:
        """Since the start."""
        return self._drops.count

    def put(self, event: AmiEvent) -> bool:
        """Add at the end; False: there was no room, and none is left that waited."""
        has_room = len(self._events) < EVENTS_WAITING
        if has_room:
            self._events.append(event)
        else:
            self._drops.add(len(self._events) + 1)
            self._events.clear()
        return has_room

    def take(self) -> AmiEvent:
        """The next one."""
        self._drops.room()
        return self._events.popleft()

    def clear(self) -> None:
        """The session ended: the next one begins with a snapshot."""
        self._events.clear()
