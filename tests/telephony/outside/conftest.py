"""A centre whose calls to the outside have small limits, shared by all tests here; the outside; two agents."""

from collections.abc import AsyncIterator, Iterator

import pytest

from callcenter.settings import PROJECT
from tests.telephony.outside.outside_calls import AGENT, CHANNELS, CHANNELS_PER_AGENT, COLLEAGUE, FIRST, counted
from tests.telephony.phones.duty import TRUNK_HOST, on_duty, public_phone
from tests.telephony.phones.sip_leg import Manner
from tests.telephony.phones.sip_phone import SipPhone
from tests.telephony.running_centre import RunningCentre, centre_open
from tests.waiting import eventually
from troncal.machines.ports import free_ports


@pytest.fixture(scope="session")
def outside_port() -> int:
    """Where the public network takes the centre's calls."""
    return free_ports(1, host=TRUNK_HOST, udp=True)[0]


@pytest.fixture(scope="session")
def open_centre(outside_port: int) -> Iterator[RunningCentre]:
    text = (PROJECT / "centre.yaml").read_text(encoding="utf-8")
    limits = "channels: 30, calls_per_second: 2, channels_per_agent: 2, longest_call_minutes: 120"
    small = f"channels: {CHANNELS}, channels_per_agent: {CHANNELS_PER_AGENT}, longest_call_minutes: 60"
    assert limits in text
    text = text.replace(limits, small).replace("127.0.0.2:5060", f"127.0.0.2:{outside_port}")
    by_key = '{name: "104", title: Informaciones'
    assert by_key in text
    text = text.replace(by_key, f"{by_key}, agent_may_transfer_by_key: true")
    with centre_open(text.replace("wrap_up_seconds: 10", "wrap_up_seconds: 1")) as running:
        yield running
        odd = running.rows(
            "SELECT kind, detail FROM ledger_anomalies WHERE detail LIKE '%OUTGOING%'"
        )  # at once: settled
        assert odd == []


@pytest.fixture
async def outside(open_centre: RunningCentre, outside_port: int) -> AsyncIterator[SipPhone]:
    """Every telephone of the public network; when it is closed, no call is left that counts."""
    async with public_phone(open_centre, FIRST, outside_port) as telephone:
        yield telephone
    await eventually(lambda: counted(open_centre) == [], 20, "no call to the outside is counted any more")


@pytest.fixture
async def agent(open_centre: RunningCentre) -> AsyncIterator[SipPhone]:
    async with on_duty(open_centre, AGENT, "102", manner=Manner.RING) as phone:
        yield phone


@pytest.fixture
async def colleague(open_centre: RunningCentre) -> AsyncIterator[SipPhone]:
    async with on_duty(open_centre, COLLEAGUE, "103", manner=Manner.RING) as phone:
        yield phone
