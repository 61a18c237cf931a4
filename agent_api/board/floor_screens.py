"""The screens that show the whole floor: the supervisors' and the wallboards."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pydantic import BaseModel

from agent_api.board.board_schemas import BoardMoved
from agent_api.live.desk import Desk, Event
from agent_api.live.live_schemas import CampaignMoved, FloorView
from agent_api.live.live_state import LiveState
from agent_api.live.views import floor_view, link_view, own_state, queue_view
from callcenter.centre.model import Centre
from callcenter.messages.campaign_facts import CampaignActivity
from callcenter.messages.facts import AgentState, BridgeState, Fact, QueueState

UNREAD_LIMIT = 500
_BOARD_MOVED = Event.of("board", BoardMoved())


class FloorScreens:
    """Every open screen of the floor. A wallboard hears only that the board has moved: nothing of anybody."""

    def __init__(self, live_state: LiveState, centre: Centre, read_number: Callable[[str], str]) -> None:
        self._live_state, self._centre, self._read_number = live_state, centre, read_number
        self._screens: set[Desk] = set()
        self._wallboards: set[Desk] = set()
        self._somebody = asyncio.Event()
        self._closed = False

    def now(self) -> FloorView:
        """Everything now."""
        return floor_view(self._live_state, self._centre, self._read_number)

    async def watched(self) -> None:
        """Wait until there is a screen."""
        await self._somebody.wait()

    @contextmanager
    def attached(self) -> Iterator[Desk]:
        """A screen that begins with everything."""
        screen = Desk(UNREAD_LIMIT)
        screen.put(Event.of("floor", self.now()))
        with self._open(screen, self._screens):
            yield screen

    @contextmanager
    def attached_to_a_wallboard(self) -> Iterator[Desk]:
        """A screen that hears only when to read the board."""
        screen = Desk(UNREAD_LIMIT)
        screen.put(_BOARD_MOVED)
        with self._open(screen, self._wallboards):
            yield screen

    def apply(self, fact: Fact) -> None:
        """Notify the screens of a state. The live state must have taken it already."""
        if not self._somebody.is_set():
            return
        match fact:
            case QueueState():
                self._put(self._screens, "queue", queue_view(fact, self._centre, self._read_number))
                self._wake_wallboards()
            case AgentState():
                self._put(self._screens, "agent", own_state(fact))
                self._wake_wallboards()
            case BridgeState():
                self.links_moved()
            case CampaignActivity():
                self._put(self._screens, "campaign", CampaignMoved(id=fact.campaign_id))

    def links_moved(self) -> None:
        """Notify every screen of every link."""
        for link in self._live_state.links:
            self._put(self._screens, "bridge", link_view(link))
        self._wake_wallboards()

    def board_moved(self) -> None:
        """Notify every screen that figures, alarms or sources have changed."""
        for screen in self._screens | self._wallboards:
            screen.put(_BOARD_MOVED)

    def announce(self, announced: BaseModel) -> None:
        """Notify the supervisors' screens that something was announced, or withdrawn."""
        self._put(self._screens, "announcement", announced)

    def close(self) -> None:
        """End every stream: the service stops."""
        self._closed = True
        for screen in self._screens | self._wallboards:
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
            if not self._screens and not self._wallboards:
                self._somebody.clear()

    def _wake_wallboards(self) -> None:
        for screen in self._wallboards:
            screen.put(_BOARD_MOVED)

    def _put(self, screens: set[Desk], name: str, body: BaseModel) -> None:
        if screens:
            event = Event.of(name, body)
            for screen in screens:
                screen.put(event)
