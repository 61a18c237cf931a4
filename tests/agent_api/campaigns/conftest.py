"""An API in whose clock it is the first day of a prepaid-expiry campaign, and agent 1003, who serves its queue."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import httpx
import pytest
from sqlalchemy import insert, select, update

from backoffice.smartflex.customer_store import SmartflexStore
from callcenter.centre.model import Centre
from callcenter.database.transactions import Database
from callcenter.instants import MICROSECONDS, as_us
from callcenter.messages.facts import AgentState, AgentStatus
from callcenter.records.campaigns import campaign_agents, campaign_attempts, campaign_contacts, campaigns
from callcenter.routing.calendar import Calendar
from dialer.campaigns.model import Campaign, CampaignState, DialMode
from dialer.campaigns.turns import Turns
from dialer.campaigns.window import prepaid_window
from dialer.contacts.attempts import AttemptStore
from tests.agent_api.api_site import NODE, Site, open_site
from tests.conftest import Databases
from tests.dialer.campaign_rows import ZONE, add_contact, make_campaign
from tests.waiting import eventually

QUEUE, AGENT, COLLEAGUE, MOBILE, FIXED = "prepago", "1003", "1004", "70712345", "44123456"
SCRIPT = "Buenos días, {nombre}: su {servicio} vence el {vencimiento} por {monto}. Le habla {centro}. {otro}"
PATH = "/api/agent/campaign"


@dataclass
class Clock:
    """25 November 2036, a Tuesday, 10:00 in La Paz, until it is moved: what is ordered then has not expired."""

    now_us: int = as_us(datetime(2036, 11, 25, 10, tzinfo=ZONE))

    def __call__(self) -> int:
        return self.now_us

    def pass_seconds(self, seconds: float) -> None:
        self.now_us += round(seconds * MICROSECONDS)


@dataclass
class CampaignSite:
    """The API, its clock, and a campaign of queue `prepago`."""

    site: Site
    clock: Clock
    campaign: Campaign
    sessions: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def database(self) -> Database:
        return self.site.database

    @property
    def turns(self) -> Turns:
        return Turns(self.campaign, Calendar(ZONE), ZONE)

    async def serves(self, member: str, *queues: str) -> None:
        """Enter, and be logged in to these queues."""
        self.sessions[member] = await self.site.agent(member)
        self.state(member, AgentStatus.AVAILABLE, *queues)
        desk = self.site.app.state.parts.live_state
        await eventually(lambda: member in desk.agents, what="the API knows the agent")

    def state(self, member: str, state: AgentStatus, *queues: str, uniqueid: str | None = None) -> None:
        about: dict[str, Any] = {"node": NODE, "member": member, "interface": f"PJSIP/{member}", "queues": queues}
        self.site.bridge.bus.publish(AgentState(**about, state=state, since_us=self.clock(), uniqueid=uniqueid))

    async def get(self, member: str = AGENT) -> Any:
        answer = await self.site.http.get(PATH, headers=self.sessions[member])
        assert answer.status_code == 200
        return answer.json()

    async def order(self, what: str, member: str = AGENT, **body: object) -> httpx.Response:
        return await self.site.http.post(f"{PATH}/{what}", headers=self.sessions[member], json=body)

    async def add(self, *numbers: str, **more: Any) -> int:
        """A customer whose turn it is."""
        contact_id = await add_contact(self.database, self.campaign, *numbers, **more)
        await self.write(update(campaign_contacts).where(campaign_contacts.c.id == contact_id), name="Ana Quispe")
        return contact_id

    async def rename(self, name: str) -> None:
        await self.write(update(campaign_contacts), name=name)

    async def shown(self, member: str = AGENT) -> int:
        """Ask for the next customer: whom the agent is shown."""
        answer = await self.order("next", member)
        assert answer.status_code == 200, answer.text
        return int(answer.json()["customer"]["contact"])

    async def dialled(self, member: str = AGENT) -> str:
        """Show and dial the next customer; the attempt."""
        answer = await self.order("dial", member, contact=await self.shown(member))
        assert answer.status_code == 200, answer.text
        return str((await self.get(member))["attempt"]["attempt"]["reference"])

    async def share(self, member: str, service: str = "") -> None:
        row = {"campaign_id": self.campaign.id, "member": member, "service": service}
        await self.write(insert(campaign_agents), **row)

    async def set_state(self, state: CampaignState) -> None:
        await self.write(update(campaigns), state=state.value)

    async def write(self, statement: Any, **values: object) -> None:
        async with self.database.transaction() as connection:
            await connection.execute(statement.values(**values))

    async def attempts(self) -> list[Any]:
        async with self.database.reading() as connection:
            return list(
                (await connection.execute(select(campaign_attempts).order_by(campaign_attempts.c.begun_us))).all()
            )

    async def closed(self, reference: str, result: Any) -> None:
        """The engine has heard that the call is over."""
        store = AttemptStore(self.database)
        (attempt,) = [each for each in await store.open() if each.reference == reference]
        await store.close(attempt, result, self.turns, self.clock())


@pytest.fixture
def databases(sqlite_databases: Databases) -> Databases:
    """One kind of database: what depends on it is tested with the dialer's stores."""
    return sqlite_databases


@pytest.fixture
async def desk(database: Database, directory: SmartflexStore, centre: Centre) -> AsyncIterator[CampaignSite]:
    """A running campaign with preview without customers, and agents 1003 and 1004 of its queue."""
    clock = Clock()
    campaign = await make_campaign(database, prepaid_window(date(2036, 11, 1)), mode=DialMode.PREVIEW)
    async with open_site(database, directory, centre, clock=clock) as opened:
        await opened.linked()
        made = CampaignSite(opened, clock, campaign)
        await made.write(update(campaigns), script=SCRIPT)
        for member in (AGENT, COLLEAGUE):
            await made.serves(member, QUEUE)
        yield made
