"""Agents on duty: a registered telephone, logged in to its queues as the desk does it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from callcenter.centre.phone_secrets import phone_password
from callcenter.settings import Settings
from tests.telephony.phones.sip_leg import Manner
from tests.telephony.phones.sip_phone import SipPhone
from tests.telephony.running_centre import RunningCentre
from troncal.installation import demo

PHONES_HOST, TRUNK_HOST, STRAIGHT_HOST = "127.0.0.3", "127.0.0.2", "127.0.0.4"


def settings_of(centre: RunningCentre) -> Settings:
    """The settings of a running centre."""
    return Settings(_env_file=centre.state / "secrets.env", state=centre.state)


@asynccontextmanager
async def on_duty(
    centre: RunningCentre, extension: str, *queues: str, manner: Manner = Manner.ANSWER
) -> AsyncIterator[SipPhone]:
    """An agent's phone that serves these queues until the end of the block."""
    where, settings = centre.where, settings_of(centre)
    assert where is not None
    server = (where.sip_host, where.sip_port)
    password = phone_password(settings, extension)
    phone = await SipPhone.open(extension, server, host=PHONES_HOST, password=password, manner=manner)
    async with httpx.AsyncClient(base_url=where.http, timeout=30, trust_env=False) as desk:
        made = await desk.post(
            "/api/session", json={"login": extension, "password": demo.password(settings, extension)}
        )
        assert made.is_success, made.text
        desk.headers["Authorization"] = f"Bearer {made.json()['token']}"
        (await desk.post("/api/agent/log-in", json={"queues": queues})).raise_for_status()
        try:
            yield phone
        finally:
            await phone.close()
            await desk.post("/api/agent/log-out")


async def caller(centre: RunningCentre, number: str, *, host: str = TRUNK_HOST) -> SipPhone:
    """A telephone of the public network; from STRAIGHT_HOST its calls skip the menus."""
    where = centre.where
    assert where is not None
    return await SipPhone.open(number, (where.sip_host, where.sip_port), host=host)


@asynccontextmanager
async def public_phone(centre: RunningCentre, number: str, port: int) -> AsyncIterator[SipPhone]:
    """A telephone of the public network that the trunk reaches at this port of TRUNK_HOST; it rings."""
    where = centre.where
    assert where is not None
    phone = SipPhone(number, "", (where.sip_host, where.sip_port), Manner.RING)
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: phone, local_addr=(TRUNK_HOST, port))
    phone.host, phone.port, phone._transport = TRUNK_HOST, port, transport
    try:
        yield phone
    finally:
        await phone.close()
