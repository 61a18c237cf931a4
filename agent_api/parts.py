"""What the routes work with; made once by `agent_api.app.create`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request

from agent_api.announcements import Announcements
from agent_api.board import LiveBoard
from agent_api.contacts import Contacts
from agent_api.desks import Desks
from agent_api.floor import FloorScreens
from agent_api.live import Live
from agent_api.lost_callers import LostCallers
from agent_api.orders import Orders
from agent_api.own_day import OwnDay
from agent_api.phone_relay import PhoneRelays
from agent_api.picture import Picture
from agent_api.pop import PopMaker
from agent_api.recordings import Recordings
from agent_api.sessions import Sessions
from agent_api.users import Users
from agent_api.walls import Walls
from backoffice.smartflex import CustomerDirectory
from callcenter.bus import Bus
from callcenter.centre import Centre
from callcenter.database import Database


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything one API process is made of. `home`: the node that agents without a state belong to.

    `clock`: microseconds since 1970, UTC.
    """

    home: str
    centre: Centre
    database: Database
    bus: Bus
    directory: CustomerDirectory
    picture: Picture
    pops: PopMaker
    desks: Desks
    floor: FloorScreens
    live: Live
    orders: Orders
    sessions: Sessions
    heartbeat_seconds: float
    clock: Callable[[], int]
    contacts: Contacts
    lost: LostCallers
    own_day: OwnDay
    phones: PhoneRelays
    users: Users
    recordings: Recordings
    board: LiveBoard
    announcements: Announcements
    walls: Walls


def _of(request: Request) -> Parts:
    return cast(Parts, request.app.state.parts)


Wired = Annotated[Parts, Depends(_of)]
