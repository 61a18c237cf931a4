"""What supervisors announce to agents: kept until its time is over, so that whoever logs in later reads it too.

The table is the truth; a fact on the bus makes the screens of every process read it again. The only writer of
`announcements`.
"""

import logging
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from sqlalchemy import select, update

from agent_api.accounts.sessions import SessionUser
from agent_api.accounts.users import Users
from agent_api.live.live_state import LiveState
from agent_api.schemas import with_example
from agent_api.supervision.supervision_schemas import AnnouncementView
from callcenter import audit
from callcenter.audit import AuditAction
from callcenter.background import background
from callcenter.bus.presence import Presence
from callcenter.bus.protocol import Bus
from callcenter.bus.subscriptions import Subscription
from callcenter.centre.model import Centre
from callcenter.database.transactions import Database
from callcenter.instants import MICROSECONDS
from callcenter.messages.facts import Announced
from callcenter.records.contacts import announcements
from callcenter.records.users import users
from callcenter.roles import Role

log = logging.getLogger(__name__)

_NOT_PASSED_ON = "the screens hear of announcements no more"
_MINUTE_US = 60 * MICROSECONDS
_table = announcements.c
_NOW = (
    select(announcements, users.c.display_name)
    .outerjoin(users, users.c.login == _table.said_by)
    .order_by(_table.at_us.desc(), _table.id.desc())
    .limit(50)
)


class NoAnnouncement(Exception):
    """There is none with this number that still stands."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """Something said to the agents of a queue, or (None) to all. `said_by`: the name of who said it."""

    id: int
    at_us: int
    until_us: int
    said_by: str
    text: str
    queue: str | None


class AnnouncementsChanged(BaseModel):
    """What a screen hears: the announcements have changed."""

    model_config = with_example(announcement_id=12)

    announcement_id: int


class Announcements:
    """Keeps them, and notifies screens. Every method raises DatabaseProblem.

    `announcements_changed` notifies the screens of this process to read again.
    """

    def __init__(
        self,
        database: Database,
        bus: Bus,
        home: str,
        clock: Callable[[], int],
        announcements_changed: Callable[[AnnouncementsChanged], None],
    ) -> None:
        self._database, self._bus, self._home, self._clock = database, bus, home, clock
        self._announcements_changed = announcements_changed

    async def announce(self, who: SessionUser, text: str, queue: str | None, minutes: int) -> Announcement:
        """Announce something that stands for so long."""
        now = self._clock()
        row = {"at_us": now, "until_us": now + minutes * _MINUTE_US, "said_by": who.login, "text": text, "queue": queue}
        async with self._database.transaction() as connection:
            number = await connection.scalar(announcements.insert().returning(_table.id), row)
            await audit.write(connection, who.login, AuditAction.ANNOUNCED, now, {"text": text, "queue": queue})
        assert number is not None
        self._notify(number, now)
        return Announcement(number, now, now + minutes * _MINUTE_US, who.display_name, text, queue)

    async def withdraw(self, who: SessionUser, number: int) -> None:
        """It stands no more. Raises NoAnnouncement."""
        now = self._clock()
        details = {"announcement": number}
        standing = update(announcements).where(_table.id == number, _table.until_us > now)
        async with self._database.transaction() as connection:
            if not (await connection.execute(standing.values(until_us=now))).rowcount:
                raise NoAnnouncement
            await audit.write(connection, who.login, AuditAction.ANNOUNCEMENT_WITHDRAWN, now, details)
        self._notify(number, now)

    async def now(self, queues: Collection[str] | None) -> tuple[Announcement, ...]:
        """What stands for agents of these queues (None: of any), the newest first."""
        wanted = _NOW.where(_table.until_us > self._clock())
        if queues is not None:
            wanted = wanted.where(_table.queue.is_(None) | _table.queue.in_(queues))
        rows = await self._database.read(lambda connection: connection.execute(wanted).all())
        return tuple(_announcement(row) for row in rows)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Pass on what other processes announce, until left."""
        async with self._bus.subscribe(Announced) as heard, background(self._read(heard), failure=_NOT_PASSED_ON):
            yield

    def _notify(self, number: int, at_us: int) -> None:
        if self._bus.state.presence is Presence.AWAY:
            log.warning("announcement %d reaches the screens of this process only: the bus is away", number)
            self._announcements_changed(AnnouncementsChanged(announcement_id=number))
        else:
            self._bus.publish(Announced(node=self._home, announcement_id=number, at_us=at_us))

    async def _read(self, heard: Subscription[Announced]) -> None:
        async for fact in heard:
            self._announcements_changed(AnnouncementsChanged(announcement_id=fact.announcement_id))


def _announcement(row: Any) -> Announcement:
    return Announcement(row.id, row.at_us, row.until_us, row.display_name or row.said_by, row.text, row.queue)


async def queues_read_by(user: SessionUser, accounts: Users, live_state: LiveState) -> Collection[str] | None:
    """The queues whose announcements are for somebody: those served now or perhaps; None: any, for a supervisor."""
    if user.role is not Role.AGENT:
        return None
    state = live_state.agents.get(user.login)
    return {*(state.queues if state else ()), *(await accounts.queues_of(user.login))}


def announcement_view(said: Announcement, centre: Centre) -> AnnouncementView:
    """An announcement, ready to read."""
    queue = centre.queues_by_name.get(said.queue or "")
    return AnnouncementView(
        id=said.id,
        at_us=said.at_us,
        until_us=said.until_us,
        said_by=said.said_by,
        text=said.text,
        queue=said.queue,
        title=queue.title if queue else said.queue or "",
    )
