"""A centre whose trunk leads to a network of the test's own."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import timedelta

import pytest

from callcenter.clock import now_us
from callcenter.database.transactions import Database
from callcenter.instants import as_datetime
from callcenter.settings import PROJECT
from dialer.campaigns.model import Campaign, DialMode
from dialer.campaigns.window import Window
from tests.dialer.campaign_rows import ALWAYS, ZONE, add_contact, make_campaign
from tests.telephony.phones.duty import TRUNK_HOST
from tests.telephony.running_centre import RunningCentre, centre_open
from tests.waiting import answered
from troncal.machines.ports import free_ports

AGENTS = ("1003", "1004", "1005", "1006", "1007")
# Of this one's calls nothing is left unsaid by another test: who previews is shown nobody before that.
PREVIEWER = "1008"


@pytest.fixture(scope="package")
def outside_port() -> int:
    """Where the public network takes the centre's calls."""
    return free_ports(1, host=TRUNK_HOST, udp=True)[0]


@pytest.fixture(scope="package")
def open_centre(outside_port: int) -> Iterator[RunningCentre]:
    """A centre with that trunk."""
    with centre_open(centre_yaml(outside_port)) as running:
        yield running


def centre_yaml(outside_port: int) -> str:
    """The centre's file with that trunk, whose AGENTS all have the campaigns' queue and hardly any wrap-up."""
    text = (PROJECT / "centre.yaml").read_text(encoding="utf-8").replace("127.0.0.2:5060", f"127.0.0.2:{outside_port}")
    text = text.replace("title: Clientes prepago, ring_seconds: 8", "title: Clientes prepago, wrap_up_seconds: 1")
    text = text.replace("calls_per_second: 2", "calls_per_second: 5")
    for each in (*AGENTS, PREVIEWER):
        text = re.sub(rf'(extension: "{each}", queues: {{)(?!.*prepago)', r"\1prepago: 1, ", text)
    return text


@pytest.fixture
async def database(open_centre: RunningCentre) -> AsyncIterator[Database]:
    """That of the centre."""
    opened = Database(f"sqlite+aiosqlite:///{open_centre.state / 'troncal.sqlite'}")
    yield opened
    await opened.close()


async def campaign_of(
    database: Database,
    numbers: Sequence[str],
    mode: DialMode = DialMode.PROGRESSIVE,
    *,
    detects_machines: bool = False,
    **rules: int,
) -> Campaign:
    """A running campaign that may call now, with a customer for each number."""
    today = as_datetime(now_us(), ZONE).date()
    window = Window(today - timedelta(days=1), today + timedelta(days=1))
    campaign = await make_campaign(
        database, window, mode=mode, hours=ALWAYS, detects_machines=detects_machines, ring_seconds=15, **rules
    )
    for number in numbers:
        await add_contact(database, campaign, number)
    return campaign


async def closed(
    centre: RunningCentre, campaign: Campaign, count: int, seconds: float = 150
) -> dict[str, tuple[object, object]]:
    """Result and outcome of each number, once so many attempts of the campaign are over."""
    query = (
        "SELECT number, result, outcome FROM campaign_attempts "
        f"WHERE closed_us IS NOT NULL AND campaign_id = {campaign.id}"
    )
    rows = await answered(lambda: asyncio.to_thread(centre.rows, query), lambda found: len(found) >= count, seconds)
    assert len(rows) == count
    return {str(number): (result, outcome) for number, result, outcome in rows}
