"""A whole API on a free port: real server, real database, a bus in this process, and a bridge to play with."""

import asyncio
import json
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from argon2 import PasswordHasher
from fastapi import FastAPI
from pydantic import SecretStr

from agent_api.accounts.passwords import Passwords
from agent_api.accounts.user_store import NewUser, create_user
from agent_api.app import create
from agent_api.server import ApiServer
from backoffice.smartflex.customers import CustomerDirectory
from callcenter.bus.memory import MemoryBroker, MemoryBus
from callcenter.bus.presence import Presence
from callcenter.bus.protocol import Bus
from callcenter.centre.model import Centre
from callcenter.clock import now_us
from callcenter.database.transactions import Database
from callcenter.instants import MICROSECONDS
from callcenter.messages.codec import ALL_MESSAGES
from callcenter.messages.commands import (
    Accepted,
    Command,
    CommandAnswer,
    LogIn,
    LogOut,
    Pause,
    Refusal,
    Refused,
    Unpause,
)
from callcenter.messages.envelope import Service
from callcenter.messages.facts import (
    AgentState,
    AgentStatus,
    BridgeState,
    CallAnswered,
    CallEnded,
    CallEndedBy,
    CallOffered,
    Link,
    OfferEnd,
    OfferEnded,
)
from callcenter.roles import Role
from callcenter.settings import Settings
from tests.waiting import answered

NODE = "central"
PASSWORD = "una frase larga"
LIMIT_SECONDS = 30
_SECRETS = (
    *("ami_events_secret", "ami_actions_secret", "broker_secret_bridge", "broker_secret_api"),
    *("broker_secret_dialer", "broker_secret_reports", "broker_secret_ivr", "token_secret", "agi_secret"),
)
# A context with the authorities of the world in it takes 30 ms to make.
_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
_AFTER: dict[type[Command], AgentStatus] = {
    LogIn: AgentStatus.AVAILABLE,
    LogOut: AgentStatus.LOGGED_OUT,
    Pause: AgentStatus.PAUSED,
    Unpause: AgentStatus.AVAILABLE,
}

_COMMANDS = tuple(form for form in ALL_MESSAGES.values() if issubclass(form, Command))


@dataclass
class Bridge:
    """Serves commands on the bus and publishes facts, as the real bridge does; no Asterisk behind it."""

    bus: Bus
    carried_out: list[Command] = field(default_factory=list)
    refusal: Refusal | None = None
    silent: asyncio.Event | None = None

    def link(self, state: Link = Link.UP) -> None:
        self.bus.publish(BridgeState(node=NODE, state=state, since_us=now_us()))

    async def carry_out(self, command: Any) -> CommandAnswer:
        if self.silent is not None:
            await self.silent.wait()
        named = {"node": NODE, "command_id": command.command_id, "at_us": now_us()}
        if self.refusal is not None:
            return Refused(**named, reason=self.refusal, text="as the test wants")
        self.carried_out.append(command)
        if isinstance(command, LogIn) and command.pause_reason:
            self.state(command.member, AgentStatus.PAUSED, reason=command.pause_reason)
        elif type(command) in _AFTER:
            self.state(command.member, _AFTER[type(command)], reason=getattr(command, "reason", ""))
        return Accepted(**named)

    def state(
        self,
        member: str,
        state: AgentStatus,
        *,
        uniqueid: str | None = None,
        transferred: str | None = None,
        reason: str = "",
        since_us: int = 0,
    ) -> None:
        queues = () if state is AgentStatus.LOGGED_OUT else ("101",)
        about: dict[str, Any] = {"node": NODE, "member": member, "interface": f"PJSIP/{member}", "queues": queues}
        about |= {"uniqueid": uniqueid, "transferred": transferred}
        self.bus.publish(AgentState(**about, state=state, reason=reason, since_us=since_us or now_us()))

    def ring(
        self, caller: str, *, member: str = "1001", uniqueid: str = "1790000000.7", queue: str = "101"
    ) -> CallOffered:
        now = now_us()
        offer = CallOffered(
            node=NODE,
            member=member,
            uniqueid=uniqueid,
            linkedid=uniqueid,
            queue=queue,
            line="101",
            caller=caller,
            joined_us=now - 12 * MICROSECONDS,
            offered_us=now,
        )
        self.bus.publish(offer)
        self.state(member, AgentStatus.RINGING, uniqueid=uniqueid)
        return offer

    def stop_ringing(self, offer: CallOffered) -> None:
        of = {"node": NODE, "member": offer.member, "uniqueid": offer.uniqueid, "queue": offer.queue}
        self.bus.publish(OfferEnded(**of, reason=OfferEnd.NO_ANSWER, at_us=now_us()))

    def answer(self, offer: CallOffered) -> None:
        of = {"node": NODE, "member": offer.member, "uniqueid": offer.uniqueid, "queue": offer.queue}
        self.bus.publish(CallAnswered(**of, linkedid=offer.linkedid, joined_us=offer.joined_us, answered_us=now_us()))
        self.state(offer.member, AgentStatus.ON_CALL, uniqueid=offer.uniqueid)

    def end(self, offer: CallOffered) -> None:
        of = {"node": NODE, "member": offer.member, "uniqueid": offer.uniqueid, "queue": offer.queue}
        self.bus.publish(CallEnded(**of, at_us=now_us(), ended_by=CallEndedBy.CALLER))
        self.state(offer.member, AgentStatus.WRAP_UP)


class Screen:
    """An open stream of events."""

    def __init__(self, answer: httpx.Response) -> None:
        self._lines = answer.aiter_lines()
        self.seen: list[str] = []

    async def next(self, name: str = "") -> Any:
        """The body of the next event (of that name), skipping others; None at the end of the stream."""
        async with asyncio.timeout(LIMIT_SECONDS):
            async for line in self._lines:
                key, _, value = line.partition(": ")
                if key == "event":
                    self.seen.append(value)
                elif key == "data" and name in ("", self.seen[-1]):
                    return json.loads(value)
        return None

    async def heartbeat(self) -> str:
        """The next comment."""
        async with asyncio.timeout(LIMIT_SECONDS):
            async for line in self._lines:
                if line.startswith(":"):
                    return line
        raise AssertionError("the stream ended")


@dataclass
class Site:
    """The API as its clients see it."""

    app: FastAPI
    http: httpx.AsyncClient
    bridge: Bridge
    database: Database
    directory: CustomerDirectory
    passwords: Passwords
    broker: MemoryBroker
    api_bus: Bus

    async def user(self, login: str, role: Role = Role.AGENT, extension: str | None = None) -> None:
        new = NewUser(login, f"Persona {login}", role, extension)
        await create_user(self.database, self.passwords, new, PASSWORD, by="test", now_us=now_us())

    async def enter(self, login: str, password: str = PASSWORD) -> httpx.Response:
        return await self.http.post("/api/session", json={"login": login, "password": password})

    async def token(self, login: str) -> dict[str, str]:
        """The headers of a session just opened."""
        opened = await self.enter(login)
        return {"Authorization": f"Bearer {opened.json()['token']}"}

    async def agent(self, login: str = "1001") -> dict[str, str]:
        """A new agent of the centre, with a session."""
        await self.user(login, extension=login)
        return await self.token(login)

    async def supervisor(self) -> dict[str, str]:
        """A new supervisor with a session."""
        await self.user("jefa", Role.SUPERVISOR)
        return await self.token("jefa")

    @asynccontextmanager
    async def screen(self, headers: dict[str, str], path: str = "/api/agent/events") -> AsyncIterator[Screen]:
        async with self.http.stream("GET", path, headers=headers) as answer:
            assert answer.status_code == 200
            yield Screen(answer)

    async def linked(self) -> None:
        """Wait until the API knows that the bridge is up."""
        self.bridge.link()
        await self.until(lambda health: bool(health["bridge"]["ok"]))

    async def until(self, wanted: Callable[[Any], bool]) -> Any:
        """Ask for the health until it is as wanted."""

        async def health() -> Any:
            return (await self.http.get("/api/health")).json()

        return await answered(health, wanted)


def settings() -> Settings:
    """Settings with secrets of their own."""
    secrets: dict[str, Any] = {name: SecretStr(f"{name} of the tests") for name in _SECRETS}
    return Settings(**secrets)


@asynccontextmanager
async def open_site(
    database: Database, directory: CustomerDirectory, centre: Centre, **options: Any
) -> AsyncIterator[Site]:
    """An API and a bridge that has said nothing yet."""
    broker = MemoryBroker()
    passwords = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    async with AsyncExitStack() as stack:
        buses = [MemoryBus(broker, service, NODE) for service in (Service.BRIDGE, Service.API)]
        for bus in buses:
            await stack.enter_async_context(bus)
            await bus.until(Presence.CONNECTED)
        bridge = Bridge(buses[0])
        await stack.enter_async_context(buses[0].serve(_COMMANDS, bridge.carry_out))
        # On a busy machine nothing of a pop is left out for its time, unless that is what is tested.
        patient = {"patience_seconds": float(LIMIT_SECONDS)} | options
        app = create(settings(), centre, database, buses[1], directory, passwords=passwords, **patient)
        url = await stack.enter_async_context(_serving(app))
        http = await stack.enter_async_context(httpx.AsyncClient(base_url=url, timeout=LIMIT_SECONDS, verify=_NO_TLS))
        yield Site(app, http, bridge, database, directory, passwords, broker, buses[1])


@asynccontextmanager
async def _serving(app: FastAPI) -> AsyncIterator[str]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        server = ApiServer(app, *listening.getsockname())
        running = asyncio.create_task(server.serve(sockets=[listening]))
        yield "http://{}:{}".format(*listening.getsockname())
        server.should_exit = True
        async with asyncio.timeout(LIMIT_SECONDS):
            await running
