"""The supervisors' screens: the whole floor first, then every change."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from agent_api.desks import Desk
from agent_api.picture import Picture
from agent_api.schemas import Floor
from agent_api.views import floor_shown, link_shown, own_state, queue_shown
from callcenter.centre import Centre
from callcenter.messages import AgentState, BridgeState, Fact, QueueState

UNREAD_LIMIT = 500


class FloorScreens:
    """Every open screen of the floor."""

    def __init__(self, picture: Picture, centre: Centre, read_number: Callable[[str], str]) -> None:
        self._picture, self._centre, self._read_number = picture, centre, read_number
        self._screens: set[Desk] = set()
        self._closed = False

    def now(self) -> Floor:
        """Everything now."""
        return floor_shown(self._picture, self._centre, self._read_number)

    @contextmanager
    def attached(self) -> Iterator[Desk]:
        """A screen that begins with everything."""
        screen = Desk(UNREAD_LIMIT)
        screen.put("floor", self.now())
        self._screens.add(screen)
        if self._closed:
            screen.close()
        try:
            yield screen
        finally:
            self._screens.discard(screen)

    def take(self, fact: Fact) -> None:
        """Tell the screens of a state. The picture must have taken it already."""
        if not self._screens:
            return
        match fact:
            case QueueState():
                shown = queue_shown(fact, self._centre, self._read_number)
                for screen in self._screens:
                    screen.put("queue", shown)
            case AgentState():
                for screen in self._screens:
                    screen.put("agent", own_state(fact))
            case BridgeState():
                self.links_moved()

    def links_moved(self) -> None:
        """Tell every screen of every link."""
        for link in self._picture.links:
            for screen in self._screens:
                screen.put("bridge", link_shown(link))

    def close(self) -> None:
        """End every stream: the service stops."""
        self._closed = True
        for screen in self._screens:
            screen.close()
