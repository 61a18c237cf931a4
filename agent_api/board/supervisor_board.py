"""The supervisors' board: keeps its figures up to date and notifies the screens when they change.

Facts of the bus wake a screen at once; the records are looked at four times a second and the clock (a wait that grows
too long) once, as long as anybody watches.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count

from sqlalchemy import select

from agent_api.board import board_schemas, figures
from agent_api.board.board_schemas import SourceAway
from agent_api.board.figures import AgentUser, BoardSources
from agent_api.board.floor_screens import FloorScreens
from agent_api.board.level_now import LevelNow
from agent_api.board.level_reader import LevelReader
from agent_api.live.live_state import LiveState
from callcenter.background import background
from callcenter.centre.model import Centre
from callcenter.database.problems import DatabaseProblem
from callcenter.database.transactions import Database
from callcenter.instants import MICROSECONDS
from callcenter.records.users import users

log = logging.getLogger(__name__)

TICK_SECONDS = 0.25
TICKS_BETWEEN_ALARMS = 4
# Waits and states grow alarming with time alone.
BOARD_IS_FRESH_US = int(TICK_SECONDS * MICROSECONDS)
USERS_ARE_FRESH_US = 5 * MICROSECONDS
RECORDS = "registros"
RECORDS_AWAY = "La base de datos no responde: el nivel de hoy y del mes es el último que se leyó."


@dataclass(frozen=True, slots=True)
class _Made:
    """A board, and what was known when it was made."""

    known: object
    board: board_schemas.BoardView


class SupervisorBoard:
    """One board for all screens of a process. Runs while `running` is entered."""

    def __init__(
        self,
        database: Database,
        live_state: LiveState,
        centre: Centre,
        screens: FloorScreens,
        read_number: Callable[[str], str],
        clock: Callable[[], int],
    ) -> None:
        self._database, self._live_state, self._centre = database, live_state, centre
        self._screens, self._read_number, self._clock = screens, read_number, clock
        self._levels = LevelReader(database, centre, clock)
        self._level: LevelNow | None = None
        self._users_by_login: dict[str, AgentUser] = {}
        self._reading = asyncio.Lock()
        self._users_us = self._read_us = 0
        self._records_away: SourceAway | None = None
        self._made: _Made | None = None

    async def now(self) -> board_schemas.BoardView:
        """The board; with what was last read while the records cannot be."""
        await self._read()
        return self._board()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Notify the screens until left."""
        async with background(self._watch(), failure="the board notifies the screens no more"):
            yield

    async def _watch(self) -> None:
        notified: object = None
        alarming: object = None
        for tick in count():
            await self._screens.watched()
            await self._read()
            records = (self._level, self._users_by_login, self._records_away)
            if tick % TICKS_BETWEEN_ALARMS == 0:
                alarming = self._alarming()
            if (records, alarming) != notified:
                notified = (records, alarming)
                self._screens.board_moved()
            await asyncio.sleep(TICK_SECONDS)

    def _alarming(self) -> object:
        """What may change without a fact or a record, as time passes."""
        found = self._board()
        return found.away, [(each.key, each.tone) for each in found.alarms]

    async def _read(self) -> None:
        """The records; what was read a moment ago does for all parts of all screens."""
        async with self._reading:
            if not 0 <= self._clock() - self._read_us < BOARD_IS_FRESH_US:
                await self._read_records()
                self._read_us = self._clock()

    async def _read_records(self) -> None:
        try:
            self._level = await self._levels.now()
            await self._read_users()
        except DatabaseProblem as problem:
            if self._records_away is None:
                log.error("the board cannot read the records: %s", problem)
                self._records_away = SourceAway(source=RECORDS, text=RECORDS_AWAY, since_us=self._clock())
        else:
            self._records_away = None

    async def _read_users(self) -> None:
        now = self._clock()
        if now - self._users_us < USERS_ARE_FRESH_US:
            return
        rows = await self._database.read(lambda connection: connection.execute(_AGENT_USERS).all())
        self._users_by_login = {row.login: AgentUser(row.login, row.display_name, row.extension) for row in rows}
        self._users_us = now

    def _board(self) -> board_schemas.BoardView:
        """The last one made, while it is as it would be made again: each screen reads several parts of it."""
        now = self._clock()
        known = (self._live_state.changes, self._level, self._users_by_login, self._records_away)
        made = self._made
        if made is None or made.known != known or not 0 <= now - made.board.as_of_us < BOARD_IS_FRESH_US:
            made = self._made = _Made(known, self._made_now(now))
        return made.board

    def _made_now(self, now_us: int) -> board_schemas.BoardView:
        return figures.board(
            BoardSources(
                self._live_state,
                self._centre,
                self._level,
                self._users_by_login,
                self._read_number,
                self._records_away,
                now_us,
            )
        )


_AGENT_USERS = select(users.c.login, users.c.display_name, users.c.extension).where(
    users.c.active, users.c.extension.is_not(None)
)
