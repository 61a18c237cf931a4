"""What the routes work with; made once by `agent_api.app.create`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request

from agent_api.accounts.sessions import Sessions
from agent_api.accounts.users import Users
from agent_api.board.floor_screens import FloorScreens
from agent_api.board.supervisor_board import SupervisorBoard
from agent_api.board.wallboards import Wallboards
from agent_api.campaigns.agent_desk import CampaignDesk
from agent_api.campaigns.campaigns import Campaigns
from agent_api.contacts.after_call_work import AfterCallWork
from agent_api.contacts.daily_statistics import DailyStatistics
from agent_api.contacts.recall_list import RecallList
from agent_api.contacts.store import Contacts
from agent_api.live.bus_reader import Live
from agent_api.live.desks import Desks
from agent_api.live.live_state import LiveState
from agent_api.phone.command_sender import CommandSender
from agent_api.phone.relay import PhoneRelays
from agent_api.pop.composer import PopMaker
from agent_api.recordings.search import RecordingArchive
from agent_api.reports.wiring import Reports
from agent_api.supervision.announcements import Announcements
from backoffice.smartflex.customers import CustomerDirectory
from callcenter.bus.protocol import Bus
from callcenter.centre.model import Centre
from callcenter.database.transactions import Database
from dialer.do_not_call import DoNotCallList
from dialer.lists.store import ListStore
from dialer.lists.uploads import ListUploads


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Everything one API process is made of. `home`: the node that agents without a state belong to.

    `clock`: microseconds since 1970, UTC.
    """

    home: str
    centre: Centre
    database: Database
    bus: Bus
    directory: CustomerDirectory
    clock: Callable[[], int]
    heartbeat_seconds: float

    # What is happening now, and who sees it.
    live_state: LiveState
    pops: PopMaker
    desks: Desks
    floor: FloorScreens
    live: Live
    board: SupervisorBoard
    announcements: Announcements
    wallboards: Wallboards

    # Who may work here.
    sessions: Sessions
    users: Users

    # What agents do, and what is kept of it.
    commands: CommandSender
    phones: PhoneRelays
    contacts: Contacts
    after_call_work: AfterCallWork
    recall_list: RecallList
    daily_statistics: DailyStatistics
    recordings: RecordingArchive

    # What is counted of it.
    reports: Reports

    # Whom campaigns call, and whom they do not.
    lists: ListStore
    list_uploads: ListUploads
    do_not_call: DoNotCallList
    # What the centre calls customers for.
    campaigns: Campaigns
    campaign_desk: CampaignDesk


async def _of(request: Request) -> Parts:
    """A function that is no coroutine would be sent to a thread, for every request."""
    return cast(Parts, request.app.state.parts)


Wired = Annotated[Parts, Depends(_of)]
