"""The screens that show the whole floor: the supervisors' and the ones on the wall."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pydantic import BaseModel

from agent_api.board.board_schemas import Moved
from agent_api.live.desks import Desk
from agent_api.live.live_schemas import Floor
from agent_api.live.live_state import Picture
from agent_api.live.views import floor_shown, link_shown, own_state, queue_shown
from callcenter.centre.model import Centre
from callcenter.messages.facts import AgentState, BridgeState, Fact, QueueState

UNREAD_LIMIT = 500


class FloorScreens:
    """Every open screen of the floor. One on a wall hears only that the board has moved: nothing of anybody."""

    def __init__(self, picture: Picture, centre: Centre, read_number: Callable[[str], str]) -> None:
        self._picture, self._centre, self._read_number = picture, centre, read_number
        self._screens: set[Desk] = set()
        self._walls: set[Desk] = set()
        self._somebody = asyncio.Event()
        self._closed = False

    def now(self) -> Floor:
        """Everything now."""
        return floor_shown(self._picture, self._centre, self._read_number)

    async def watched(self) -> None:
        """Wait until there is a screen."""
        await self._somebody.wait()

    @contextmanager
    def attached(self) -> Iterator[Desk]:
        """A screen that begins with everything."""
        screen = Desk(UNREAD_LIMIT)
        screen.put("floor", self.now())
        with self._open(screen, self._screens):
            yield screen

    @contextmanager
    def attached_to_a_wall(self) -> Iterator[Desk]:
        """A screen that is told only when to read the board."""
        screen = Desk(UNREAD_LIMIT)
        screen.put("board", Moved())
        with self._open(screen, self._walls):
            yield screen

    def take(self, fact: Fact) -> None:
        """Tell the screens of a state. The picture must have taken it already."""
        if not self._somebody.is_set():
            return
        match fact:
            case QueueState():
                self._put(self._screens, "queue", queue_shown(fact, self._centre, self._read_number))
                self._put(self._walls, "board", Moved())
            case AgentState():
                self._put(self._screens, "agent", own_state(fact))
                self._put(self._walls, "board", Moved())
            case BridgeState():
                self.links_moved()

    def links_moved(self) -> None:
        """Tell every screen of every link."""
        for link in self._picture.links:
            self._put(self._screens, "bridge", link_shown(link))
        self._put(self._walls, "board", Moved())

    def board_moved(self) -> None:
        """Tell every screen that figures, alarms or sources are others."""
        self._put(self._screens | self._walls, "board", Moved())

    def announce(self, announced: BaseModel) -> None:
        """Tell the supervisors' screens that something was announced, or taken back."""
        self._put(self._screens, "announcement", announced)

    def close(self) -> None:
        """End every stream: the service stops."""
        self._closed = True
        for screen in self._screens | self._walls:
            screen.close()

    @contextmanager
    def _open(self, screen: Desk, among: set[Desk]) -> Iterator[None]:
        among.add(screen)
        self._somebody.set()
        if self._closed:
            screen.close()
        try:
            yield
        finally:
            among.discard(screen)
            if not self._screens and not self._walls:
                self._somebody.clear()

    def _put(self, screens: set[Desk], name: str, body: BaseModel) -> None:
        for screen in screens:
            screen.put(name, body)
