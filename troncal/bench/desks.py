"""Two hundred desks open in browsers, ten calls a second: how late pops and boards are, what a call costs the API, and
whether its memory grows.

A desk here does what the page does: an event comes on its stream, and it reads the part of the page that it concerns.
"""

import asyncio
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import uvloop
from argon2 import PasswordHasher

import migrations
from agent_api.accounts.passwords import Passwords
from agent_api.accounts.sessions import Sessions, TokenKind
from agent_api.accounts.user_store import NewUser, create_user
from agent_api.app import create
from agent_api.server import ApiServer
from backoffice.demo.customers import generate
from backoffice.smartflex.customer_store import SmartflexStore
from backoffice.smartflex.customers import CustomerView
from callcenter.bus.mqtt import MqttBus
from callcenter.bus.mqtt_client import MqttAddress
from callcenter.bus.presence import Presence
from callcenter.centre.file import load
from callcenter.centre.model import Agent, Centre
from callcenter.clock import now_us
from callcenter.database.transactions import Database
from callcenter.instants import MICROSECONDS
from callcenter.messages.envelope import Service
from callcenter.messages.facts import (
    AgentState,
    AgentStatus,
    BridgeState,
    CallAnswered,
    CallEnded,
    CallEndedBy,
    CallOffered,
    Fact,
    Link,
    QueueState,
    WaitingCaller,
)
from callcenter.roles import Role
from callcenter.settings import PROJECT, Settings
from troncal.bench.desk_screens import DeskSessions, Seen, look
from troncal.bench.figures import Beside, Figure, Target, median, percentile
from troncal.bench.live import NODE, address_of, broker_up
from troncal.bench.worker import Control, Worker
from troncal.machines.ports import free_ports

DESKS, RATE = 200, 10
SECONDS, QUICK_SECONDS = 600, 30
RING_SECONDS, TALK_SECONDS, STATES_SECONDS = 3.0, 8.0, 0.2
LIMIT_SECONDS = 120.0
POP, BOARD, GROWTH, A_CALL = Target(250, "ms"), Target(1000, "ms"), Target(10, "MB"), Target(3.3, "ms")
QUEUE, LINE = "102", "102"


@dataclass(frozen=True, slots=True)
class Usage:
    """What the API's process has used so far."""

    megabytes: float
    processor_seconds: float


async def measure(*, quick: bool) -> list[Figure]:
    """Figures of one run; ten minutes long unless quick."""
    seconds = QUICK_SECONDS if quick else SECONDS
    (port,) = free_ports(1)
    with tempfile.TemporaryDirectory(prefix="troncal-bench-") as folder:
        url = f"sqlite+aiosqlite:///{Path(folder) / 'bench.sqlite'}"
        await migrations.upgrade(url)
        opened, customers = await _fill(url)
        async with broker_up() as where, Worker(serve, url, port, address_of(where, Service.API)) as api:
            await api.word(LIMIT_SECONDS)
            async with Worker(look, port, opened) as screens:
                await screens.word(LIMIT_SECONDS)
                offered, used = await _shift(where, api, customers, seconds)
                screens.send("enough")
                seen = await screens.result(LIMIT_SECONDS)
    return _figures(offered, seen, used)


def _figures(offered: int, seen: Seen, used: Sequence[Usage]) -> list[Figure]:
    first, last = used
    a_call = 1000 * (last.processor_seconds - first.processor_seconds) / _calls_between(offered)
    begun_with = Beside("at the start", first.megabytes)
    return [
        Figure(f"{DESKS} desks, {RATE} calls/s: to the pop on the page, median", median(seen.pops), "ms", target=POP),
        Figure("the same, p99", percentile(seen.pops, 0.99), "ms", target=POP),
        Figure("pops that came, of those offered", len(seen.pops), "", Beside("calls offered", offered)),
        Figure("to the board, p99", percentile(seen.boards, 0.99), "ms", target=BOARD),
        Figure("screens cut off", seen.cut_off, "", target=Target(1, "")),
        Figure("processor of the API a call", a_call, "ms", target=A_CALL),
        Figure("growth of the API's memory", last.megabytes - first.megabytes, "MB", begun_with, GROWTH),
    ]


def _looks_at(calls: int) -> tuple[int, int]:
    """After which calls the API's use is looked at: the first tenth warms it up."""
    return calls // 10, calls - 1


def _calls_between(calls: int) -> int:
    first, last = _looks_at(calls)
    return last - first


# -- what is there before ---------------------------------------------------------------------------------


async def _fill(url: str) -> tuple[DeskSessions, tuple[str, ...]]:
    """Customers, agents with a session each, and a supervisor; the customers' numbers."""
    database, passwords = Database(url), Passwords(PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1))
    try:
        invented = generate(seed=1, count=400, now_us=now_us())
        await SmartflexStore(database).save(invented)
        sessions = Sessions(database, passwords, now_us, _secret())
        people = [NewUser(each, f"Agente {each}", Role.AGENT, each) for each in _extensions()]
        for user in (*people, NewUser("jefa", "Supervisión", Role.SUPERVISOR)):
            await create_user(database, passwords, user, "una frase larga", by="bench", now_us=now_us())
        cookie = [await _cookie(sessions, user.login) for user in people]
        supervisor = await _cookie(sessions, "jefa")
    finally:
        await database.close()
    return DeskSessions(tuple(zip(_extensions(), cookie, strict=True)), supervisor), _numbers(invented)


async def _cookie(sessions: Sessions, login: str) -> str:
    opened = await sessions.open(login, "una frase larga", address=login, kind=TokenKind.COOKIE)
    return opened.token


def _numbers(customers: Sequence[CustomerView]) -> tuple[str, ...]:
    return tuple(number for each in customers for number in each.telephones)


def _extensions() -> tuple[str, ...]:
    return tuple(str(3001 + index) for index in range(DESKS))


def _centre() -> Centre:
    agents = tuple(Agent(extension=each, queues={QUEUE: 0}) for each in _extensions())
    return load(PROJECT / "centre.yaml").model_copy(update={"agents": agents})


def _secret() -> bytes:
    return b"of this measurement alone"


# -- the shift ---------------------------------------------------------------------------------------------


async def _shift(
    where: MqttAddress, api: Worker[None], numbers: Sequence[str], seconds: int
) -> tuple[int, list[Usage]]:
    """Calls at a steady rate; how many, and what the API has used after the first tenth and at the end."""
    used: list[Usage] = []
    async with MqttBus(address_of(where, Service.BRIDGE), Service.BRIDGE, NODE) as bus:
        await bus.until(Presence.CONNECTED)
        bus.publish(BridgeState(node=NODE, state=Link.UP, since_us=now_us()))
        for agent in _extensions():
            bus.publish(_agent(agent, AgentStatus.AVAILABLE))
        states = asyncio.create_task(_states(bus))
        async with asyncio.TaskGroup() as calls:
            began = time.monotonic()
            for index in range(seconds * RATE):
                await asyncio.sleep(max(0.0, began + index / RATE - time.monotonic()))
                calls.create_task(_call(bus, index, numbers[index % len(numbers)]))
                if index in _looks_at(seconds * RATE):
                    used.append(await _usage(api))
        states.cancel()
        await asyncio.sleep(1)
    return seconds * RATE, used


async def _usage(api: Worker[None]) -> Usage:
    api.send("usage")
    used = await api.word(LIMIT_SECONDS)
    assert isinstance(used, Usage)
    return used


async def _call(bus: MqttBus, index: int, number: str) -> None:
    agent, uniqueid, now = _extensions()[index % DESKS], f"1790000000.{index}", now_us()
    call: dict[str, Any] = {"node": NODE, "member": agent, "uniqueid": uniqueid, "queue": QUEUE}
    joined_us = now - 5 * MICROSECONDS
    offer = {**call, "line": LINE, "caller": number, "linkedid": uniqueid, "joined_us": joined_us, "offered_us": now}
    _publish(bus, CallOffered(**offer), _agent(agent, AgentStatus.RINGING, uniqueid))
    await asyncio.sleep(RING_SECONDS)
    answered = {**call, "linkedid": uniqueid, "joined_us": joined_us, "answered_us": now_us()}
    _publish(bus, CallAnswered(**answered), _agent(agent, AgentStatus.ON_CALL, uniqueid))
    await asyncio.sleep(TALK_SECONDS)
    ended = CallEnded(**call, at_us=now_us(), ended_by=CallEndedBy.CALLER)
    _publish(bus, ended, _agent(agent, AgentStatus.AVAILABLE))


def _publish(bus: MqttBus, *facts: Fact) -> None:
    for fact in facts:
        bus.publish(fact)


def _agent(extension: str, status: AgentStatus, uniqueid: str | None = None) -> AgentState:
    about: dict[str, Any] = {"node": NODE, "member": extension, "interface": f"PJSIP/{extension}", "queues": (QUEUE,)}
    return AgentState(**about, state=status, since_us=now_us(), uniqueid=uniqueid)


async def _states(bus: MqttBus) -> None:
    """The queue's state, as often as a bridge publishes it."""
    while True:
        now = now_us()
        waiting = WaitingCaller(uniqueid=f"w{now}", caller="70700000", position=1, joined_us=now)
        of: dict[str, Any] = {"node": NODE, "queue": QUEUE, "waiting": (waiting,), "as_of_us": now}
        bus.publish(QueueState(**of, logged_in=DESKS, available=100, on_call=80, paused=20))
        await asyncio.sleep(STATES_SECONDS)


# -- in processes of their own -----------------------------------------------------------------------------


def serve(control: Control, url: str, port: int, address: MqttAddress) -> None:
    """The API as its service runs it; reports what it has used when asked."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(control, url, port, address))


async def _serve(control: Control, url: str, port: int, address: MqttAddress) -> None:
    secrets: dict[str, Any] = {name: _secret().decode() for name in Settings.model_fields if "secret" in name}
    settings = Settings(node=NODE, **secrets)
    database = Database(url)
    async with MqttBus(address, Service.API, NODE) as bus:
        app = create(settings, _centre(), database, bus, SmartflexStore(database))
        serving = asyncio.create_task(ApiServer(app, "127.0.0.1", port).serve())
        await _until_open(port)
        control.say("open")
        while await control.receive() == "usage":
            control.say(Usage(psutil.Process().memory_info().rss / 1e6, time.process_time()))
        serving.cancel()


async def _until_open(port: int) -> None:
    async with asyncio.timeout(LIMIT_SECONDS):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                return writer.close()
