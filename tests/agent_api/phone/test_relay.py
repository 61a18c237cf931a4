"""The line between an agent's page and Asterisk's websocket: who gets one, what passes, and what is reported of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import select
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed, InvalidStatus

from agent_api.accounts.cookies import NAME
from agent_api.accounts.sessions import Session, TokenKind
from agent_api.phone.relay import (
    CLOSE_SECONDS,
    GOING_AWAY,
    PING,
    POLICY,
    PONG,
    SESSION_OVER,
    TAKEN_OVER,
    TRY_LATER,
    dial,
)
from agent_api.server import GRACE_SECONDS
from backoffice.smartflex.customer_store import SmartflexStore
from callcenter.bus.memory import MemoryBus
from callcenter.bus.presence import Presence
from callcenter.centre.model import Centre
from callcenter.centre.phones import interface_of
from callcenter.clock import now_us
from callcenter.database.transactions import Database
from callcenter.messages.commands import Accepted, Command, PhoneLost
from callcenter.messages.envelope import Service
from callcenter.messages.facts import PhoneState
from callcenter.records.users import audit_log
from callcenter.roles import Role
from tests.agent_api.api_site import LIMIT_SECONDS, NODE, PASSWORD, Site, open_site
from tests.waiting import answered, eventually

pytestmark = [pytest.mark.database]
AGENT, OWN = "1001", "1001-web"


@dataclass
class AsterisksEnd:
    """A websocket that takes phones as Asterisk's does, and keeps what they say."""

    heard: "asyncio.Queue[str]" = field(default_factory=asyncio.Queue)
    lines: list[ServerConnection] = field(default_factory=list)

    async def take(self, line: ServerConnection) -> None:
        self.lines.append(line)
        with suppress(ConnectionClosed):
            async for frame in line:
                self.heard.put_nowait(str(frame))

    async def agrees(self, page: ClientConnection, contact: str) -> None:
        """A page registers, and Asterisk agrees."""
        await page.send(register(contact))
        assert await self.next() == register(contact)
        await self.lines[-1].send(REGISTERED)
        assert await heard(page) == REGISTERED

    async def next(self) -> str:
        async with asyncio.timeout(LIMIT_SECONDS):
            return await self.heard.get()


@asynccontextmanager
async def asterisk_of(site: Site) -> AsyncIterator[AsterisksEnd]:
    """Where the relays of a site dial."""
    end = AsterisksEnd()
    async with serve(end.take, "127.0.0.1", 0, subprotocols=["sip"]) as server:  # type: ignore[list-item]
        site.app.state.parts.phones.port = next(iter(server.sockets)).getsockname()[1]
        yield end


@pytest.fixture
async def asterisk(site: Site) -> AsyncIterator[AsterisksEnd]:
    """Asterisk's websocket."""
    async with asterisk_of(site) as end:
        yield end


@pytest.fixture
async def session(site: Site) -> Session:
    """A browser in which the agent is logged in."""
    return await entered(site, AGENT, AGENT)


async def entered(site: Site, login: str, extension: str | None) -> Session:
    await site.user(login, Role.AGENT, extension)
    opened: Session = await site.app.state.parts.sessions.open(
        login, PASSWORD, address="127.0.0.1", kind=TokenKind.COOKIE
    )
    return opened


@asynccontextmanager
async def line(site: Site, session: Session | None, *, origin: str = "") -> AsyncIterator[ClientConnection]:
    """A page's websocket."""
    url = str(site.http.base_url)
    cookie = {"Cookie": f"{NAME}={session.token}"} if session else {}
    opening: Any = connect(
        url.replace("http", "ws") + "/telefono/ws",
        origin=origin or url,  # type: ignore[arg-type]
        additional_headers=cookie,
        subprotocols=["sip"],  # type: ignore[list-item]
        proxy=None,
    )
    async with opening as opened:
        yield opened


def register(contact: str, user: str = OWN) -> str:
    lines = (
        "REGISTER sip:troncal.invalid SIP/2.0",
        f"From: <sip:{user}@troncal.invalid>;tag=a",
        f"To: <sip:{user}@troncal.invalid>",
        f"Contact: <sip:{contact}@x.invalid;transport=ws>;expires=300",
        "Content-Length: 0",
    )
    return "\r\n".join([*lines, "", ""])


REGISTERED = "SIP/2.0 200 OK\r\nCall-ID: r\r\nCSeq: 1 REGISTER\r\nContent-Length: 0\r\n\r\n"
ANSWERED = "SIP/2.0 200 OK\r\nCall-ID: c1\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n"


async def heard(page: ClientConnection) -> str:
    async with asyncio.timeout(LIMIT_SECONDS):
        return str(await page.recv())


async def test_sip_passes_both_ways(site: Site, session: Session, asterisk: AsterisksEnd) -> None:
    async with line(site, session) as page:
        await page.send(register(f"{OWN}-1"))
        assert await asterisk.next() == register(f"{OWN}-1")
        await asterisk.lines[0].send(ANSWERED)
        assert await heard(page) == ANSWERED
        assert page.subprotocol == "sip"


async def test_a_sign_of_life_is_answered_here(site: Site, session: Session, asterisk: AsterisksEnd) -> None:
    async with line(site, session) as page:
        await page.send(PING)
        assert await heard(page) == PONG
    assert asterisk.heard.empty()


async def test_nobody_without_a_session_gets_a_line(site: Site, asterisk: AsterisksEnd) -> None:
    with pytest.raises(InvalidStatus, match="403"):
        async with line(site, None):
            pass
    assert not asterisk.lines


async def test_no_page_of_another_origin_gets_a_line(site: Site, session: Session, asterisk: AsterisksEnd) -> None:
    with pytest.raises(InvalidStatus, match="403"):
        async with line(site, session, origin="https://other.example"):
            pass
    assert not asterisk.lines


@pytest.mark.parametrize("extension", [None, "4999"])
async def test_a_user_without_a_phone_of_the_centre_gets_none(
    site: Site, asterisk: AsterisksEnd, extension: str | None
) -> None:
    session = await entered(site, "oficina", extension)
    with pytest.raises(InvalidStatus, match="403"):
        async with line(site, session):
            pass


async def test_a_page_that_registers_another_extension_is_cut_off_and_written_down(
    site: Site, session: Session, asterisk: AsterisksEnd
) -> None:
    async with line(site, session) as page:
        await page.send(register("1002-web-1", "1002-web"))
        assert await closed(page) == POLICY
    assert asterisk.heard.empty()
    row = await answered(lambda: refusal(site), bool)
    assert row is not None and (row.who, row.details["user"]) == (AGENT, "1002-web")


async def test_a_second_window_takes_the_phone_and_the_first_is_notified(
    site: Site, session: Session, asterisk: AsterisksEnd
) -> None:
    async with line(site, session) as first:
        await asterisk.agrees(first, f"{OWN}-1")
        async with line(site, session) as second:
            await asterisk.agrees(second, f"{OWN}-2")
            assert await heard(first) == TAKEN_OVER


async def test_an_agent_may_serve_at_the_window_as_soon_as_asterisk_has_let_it_in(
    site: Site, session: Session, asterisk: AsterisksEnd
) -> None:
    live_state = site.app.state.parts.live_state
    async with line(site, session) as window:
        assert live_state.endpoint("1001") == "1001"
        await asterisk.agrees(window, f"{OWN}-1")
        # The bridge has said nothing of it.
        await eventually(lambda: live_state.endpoint("1001") == "1001-web", 5, "the window is where the agent serves")


async def test_a_window_that_asterisk_has_not_let_in_takes_nothing(
    site: Site, session: Session, asterisk: AsterisksEnd
) -> None:
    async with line(site, session) as first:
        await asterisk.agrees(first, f"{OWN}-1")
        async with line(site, session) as second:
            await second.send(register(f"{OWN}-2"))
            await asterisk.next()
        await first.send(PING)
        assert await heard(first) == PONG


async def test_a_window_that_comes_back_takes_nothing_from_itself(
    site: Site, session: Session, asterisk: AsterisksEnd
) -> None:
    async with line(site, session) as first:
        await asterisk.agrees(first, f"{OWN}-1")
        async with line(site, session) as again:
            await asterisk.agrees(again, f"{OWN}-1")
            await first.send(PING)
            assert await heard(first) == PONG


async def test_a_window_of_another_process_takes_the_phone_too(
    site: Site, session: Session, asterisk: AsterisksEnd
) -> None:
    async with line(site, session) as page:
        await asterisk.agrees(page, f"{OWN}-1")
        registered: dict[str, Any] = {"node": NODE, "endpoint": OWN, "registered": True}
        for contact, since_us in ((f"{OWN}-0", now_us() - 60_000_000), (f"{OWN}-1", now_us()), (f"{OWN}-2", now_us())):
            site.bridge.bus.publish(PhoneState(**registered, contact=contact, since_us=since_us))
        assert await heard(page) == TAKEN_OVER
        await page.send(PING)
        assert await heard(page) == PONG


async def test_without_asterisk_the_page_is_asked_to_come_later(
    site: Site, session: Session, asterisk: AsterisksEnd
) -> None:
    async with line(site, session) as page:
        await page.send(register(f"{OWN}-1"))
        await asterisk.next()
        await asterisk.lines[0].close()
        assert await closed(page) == TRY_LATER
    site.app.state.parts.phones.port = 9
    with pytest.raises(InvalidStatus, match="503"):
        async with line(site, session):
            pass


async def test_the_end_of_the_session_is_the_end_of_the_line(
    database: Database, directory: SmartflexStore, centre: Centre
) -> None:
    async with open_site(database, directory, centre, heartbeat_seconds=0.05) as site, asterisk_of(site):
        session = await entered(site, AGENT, AGENT)
        async with line(site, session) as page:
            await site.app.state.parts.sessions.close(session.user)
            assert await closed(page) == SESSION_OVER
        with pytest.raises(InvalidStatus, match="403"):
            async with line(site, session):
                pass


@pytest.mark.parametrize(("code", "reported"), [(1001, True), (1000, False)], ids=["page closed", "phone put away"])
async def test_a_page_that_goes_in_mid_call_is_reported_to_the_bridge(
    site: Site, session: Session, asterisk: AsterisksEnd, code: int, reported: bool
) -> None:
    lost: asyncio.Queue[PhoneLost] = asyncio.Queue()
    async with taking_losses(site, lost):
        async with line(site, session) as page:
            await page.send(register(f"{OWN}-1"))
            await page.send(ANSWERED)
            for _ in range(2):
                await asterisk.next()
            await page.close(code)
        if reported:
            async with asyncio.timeout(LIMIT_SECONDS):
                assert (await lost.get()).interface == interface_of(OWN)
    assert lost.empty()


@pytest.mark.parametrize(("back_as", "reported"), [(f"{OWN}-2", True), (f"{OWN}-1", False)], ids=["anew", "again"])
async def test_a_line_that_is_cut_off_in_mid_call_lost_its_page_when_another_window_comes(
    site: Site, session: Session, asterisk: AsterisksEnd, back_as: str, reported: bool
) -> None:
    """A page that is loaded anew says good-bye; that is lost with a connection to which something was just sent."""
    lost: asyncio.Queue[PhoneLost] = asyncio.Queue()
    async with taking_losses(site, lost):
        async with line(site, session) as page:
            await asterisk.agrees(page, f"{OWN}-1")
            await page.send(ANSWERED)
            await asterisk.next()
            page.transport.abort()
        await eventually(lambda: not site.app.state.parts.phones._open, 5, "the line is known to have ended")
        async with line(site, session) as next_page:
            await asterisk.agrees(next_page, back_as)
            if reported:
                async with asyncio.timeout(LIMIT_SECONDS):
                    assert (await lost.get()).interface == interface_of(OWN)
            await next_page.send(PING)
            assert await heard(next_page) == PONG
    assert lost.empty()


async def test_a_window_that_was_just_taken_over_and_is_cut_off_in_mid_call_was_loaded_anew(
    site: Site, session: Session, asterisk: AsterisksEnd
) -> None:
    lost: asyncio.Queue[PhoneLost] = asyncio.Queue()
    async with taking_losses(site, lost), line(site, session) as page:
        await asterisk.agrees(page, f"{OWN}-1")
        await page.send(ANSWERED)
        await asterisk.next()
        async with line(site, session) as next_page:
            await asterisk.agrees(next_page, f"{OWN}-2")
            assert await heard(page) == TAKEN_OVER
            page.transport.abort()
            async with asyncio.timeout(LIMIT_SECONDS):
                await lost.get()


async def test_an_asterisk_that_lets_no_phone_go_does_not_delay_the_news(
    site: Site, session: Session, asterisk: AsterisksEnd
) -> None:
    lost: asyncio.Queue[PhoneLost] = asyncio.Queue()
    async with taking_losses(site, lost):
        async with line(site, session) as page:
            await page.send(ANSWERED)
            await asterisk.next()
            asterisk.lines[0].transport.pause_reading()
            await page.close(GOING_AWAY)
        async with asyncio.timeout(CLOSE_SECONDS / 2):
            await lost.get()
    asterisk.lines[0].transport.resume_reading()


async def test_an_asterisk_that_lets_no_phone_go_is_left_within_the_services_grace(
    site: Site, asterisk: AsterisksEnd
) -> None:
    connection = await dial("127.0.0.1", site.app.state.parts.phones.port)
    asterisk.lines[0].transport.pause_reading()
    async with asyncio.timeout(GRACE_SECONDS):
        await connection.close()
    asterisk.lines[0].transport.resume_reading()


@asynccontextmanager
async def taking_losses(site: Site, lost: "asyncio.Queue[PhoneLost]") -> AsyncIterator[None]:
    """A bridge that keeps the reports of lost phones."""

    async def carry_out(command: Command) -> Accepted:
        assert isinstance(command, PhoneLost)
        lost.put_nowait(command)
        return Accepted(node=NODE, command_id=command.command_id, at_us=now_us())

    async with MemoryBus(site.broker, Service.BRIDGE, NODE) as bus:
        await bus.until(Presence.CONNECTED)
        async with bus.serve((PhoneLost,), carry_out):
            yield


async def test_an_agent_learns_the_secret_of_his_own_phone_only(site: Site) -> None:
    first, second = await site.agent("1001"), await site.agent("1002")
    answers = [(await site.http.get("/api/phone", headers=headers)).json() for headers in (first, second)]
    assert [each["endpoint"] for each in answers] == ["1001-web", "1002-web"]
    assert answers[0]["secret"] != answers[1]["secret"]


async def closed(page: ClientConnection) -> int | None:
    """The code with which the other side closes."""
    async with asyncio.timeout(LIMIT_SECONDS):
        await page.wait_closed()
    return page.close_code


async def refusal(site: Site) -> Any:
    async with site.database.reading() as connection:
        return (await connection.execute(select(audit_log).where(audit_log.c.what == "phone.refused"))).first()
