"""FastAGI: what a request costs beside a bare protocol that answers the same bytes, and how soon callers are answered.

Callers and servers are processes of their own; the callers speak Asterisk's side. The answers are those of the
self-services over the built-in stores with demo customers: from the key to the command that plays what follows.
"""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar, cast

import uvloop

import migrations
from backoffice.demo.words import SURNAMES
from backoffice.fijacom.store import FijacomStore
from backoffice.guiatel.contract import keys_of
from backoffice.guiatel.store import GuiatelStore
from backoffice.smartflex.customer_store import SmartflexStore
from backoffice.smartflex.fault_store import SmartflexFaultsStore
from backoffice.smartflex.service_store import SmartflexServicesStore
from callcenter.centre.file import load
from callcenter.clock import now_us
from callcenter.database.transactions import Database
from callcenter.settings import PROJECT
from ivr.agi.proof import proof
from ivr.agi.server import AgiServer, Script
from ivr.agi.session import AgiCall
from ivr.agi.wire import Variables
from ivr.prompts.speaker import Speaker
from ivr.selfservice.registry import Systems, self_services
from troncal.bench.figures import Beside, Figure, Target, median, percentile
from troncal.bench.worker import Control, Worker
from troncal.installation import demo, prompts

HOST, ROUNDS, LIMIT_SECONDS = "127.0.0.1", 3, 120.0
SECRET, UNIQUEID = "the secret of the measurement", "1790000000.7"
AT_ONCE, CALLERS = 50, 20
TIMES_THE_FLOOR, ANSWERED_WITHIN = Target(3, ""), Target(300, "ms")
HEAD = (
    b"agi_network: yes\nagi_network_script: %b?%b\nagi_request: agi://127.0.0.1/%b\nagi_channel: PJSIP/trunk-00000007\n"
    b"agi_language: es\nagi_type: PJSIP\nagi_uniqueid: %b\nagi_version: 22.10.1\nagi_callerid: %b\n"
    b"agi_calleridname: unknown\nagi_context: troncal-service\nagi_extension: s\nagi_priority: 4\n\n"
)
DONE, GOT = b"200 result=1\n", b"200 result=1 (1790000000.7)\n"
# What `route` below makes the server send: a bare protocol sends the same.
COMMANDS = (
    b'SET VARIABLE TIMEOUT(absolute) "8.0"\n',
    b"GET VARIABLE TRONCAL_CALL\n",
    b'SET VARIABLE TRONCAL_TARGET "101"\n',
    b'SET VARIABLE TRONCAL_ROUTE "queue"\n',
)
T = TypeVar("T")


async def measure(*, quick: bool) -> list[Figure]:
    """Both figures."""
    return [await _cost(1_000 if quick else 4_000), *await _answers(3 if quick else 10)]


async def _cost(calls: int) -> Figure:
    ours, floor = list[float](), list[float]()
    for _ in range(ROUNDS):
        ours.append(await _microseconds(serve, calls))
        floor.append(await _microseconds(serve_bare, calls))
    what = f"FastAGI, {AT_ONCE} at once: processor time of a request of {len(COMMANDS)} commands"
    # The least of the rounds: whatever else runs here only adds to it.
    beside = Beside("a bare protocol on uvloop", min(floor))
    return Figure(what, min(ours), "us", beside, TIMES_THE_FLOOR, bounds_ratio=True)


async def _microseconds(server: Callable[[Control], float], calls: int) -> float:
    """The server's processor time for each of these calls."""
    async with Worker(server) as served:
        port = int(str(await served.word(LIMIT_SECONDS)))
        async with Worker(press_on, port, calls) as callers:
            await callers.result(LIMIT_SECONDS)
        served.send("enough")
        return await served.result(LIMIT_SECONDS) / calls * 1e6


async def _answers(calls: int) -> list[Figure]:
    async with Worker(serve_customers) as served:
        port = int(str(await served.word(LIMIT_SECONDS)))
        async with Worker(ask_services, port, calls) as callers:
            waits = await callers.result(LIMIT_SECONDS)
        served.send("enough")
        await served.result(LIMIT_SECONDS)
    what = f"self-services, {CALLERS} callers at once: key to the command that plays the answer"
    return [
        Figure(f"{what}, median of {len(waits)}", median(waits), "ms"),
        Figure(f"{what}, p99", percentile(waits, 0.99), "ms", target=ANSWERED_WITHIN),
    ]


# -- the servers, in processes of their own ------------------------------------------------------------


def serve(control: Control) -> float:
    """Our server with a short script; the processor seconds it took."""
    return _run(_serve(control))


def serve_bare(control: Control) -> float:
    """The least that can send these commands; the processor seconds it took."""
    return _run(_serve_bare(control))


def serve_customers(control: Control) -> None:
    """The self-services as they are, over a database with demo customers."""
    _run(_serve_customers(control))


def _run(main: Coroutine[Any, Any, T]) -> T:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main)


async def route(call: AgiCall) -> None:
    """As short as scripts are."""
    await call.get("TRONCAL_CALL")
    await call.set("TRONCAL_TARGET", "101")
    await call.set("TRONCAL_ROUTE", "queue")


async def _serve(control: Control) -> float:
    async with AgiServer(HOST, 0, {"route": route}, SECRET) as server:
        return await _time_taken(control, server.port)


async def _serve_bare(control: Control) -> float:
    server = await asyncio.get_running_loop().create_server(Bare, HOST, 0)
    async with server:
        return await _time_taken(control, server.sockets[0].getsockname()[1])


async def _time_taken(control: Control, port: int) -> float:
    control.say(port)
    began = time.process_time()
    await control.receive()
    return time.process_time() - began


class Bare(asyncio.Protocol):
    """Sends the commands one after the other, whatever it is answered."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A call."""
        self._transport, self._next = cast(asyncio.Transport, transport), iter(COMMANDS)

    def data_received(self, data: bytes) -> None:  # noqa: ARG002 - that is the point
        """A head or an answer: each comes whole here."""
        command = next(self._next, None)
        if command is None:
            self._transport.close()
        else:
            self._transport.write(command)


async def _serve_customers(control: Control) -> None:
    with tempfile.TemporaryDirectory(prefix="troncal-bench-", ignore_cleanup_errors=True) as folder:
        url = f"sqlite:///{Path(folder) / 'bench.sqlite'}"
        await migrations.upgrade(url)
        async with _open(url) as database, AgiServer(HOST, 0, _services(database, Path(folder)), SECRET) as server:
            await demo.fill_backoffice(database, now_us())
            control.say(server.port)
            await control.receive()


@asynccontextmanager
async def _open(url: str) -> AsyncIterator[Database]:
    database = Database(url)
    try:
        yield database
    finally:
        await database.close()


def _services(database: Database, folder: Path) -> dict[str, Script]:
    smartflex = SmartflexServicesStore(database)
    systems = Systems(
        *(SmartflexStore(database), smartflex, smartflex, smartflex, SmartflexFaultsStore(database)),
        *(GuiatelStore(database), FijacomStore(database), Speaker(folder, prompts.tools()).say),
        *(load(PROJECT / "centre.yaml"), now_us),
    )
    return dict(self_services(systems))


# -- the callers, in a process of their own ------------------------------------------------------------


def press_on(control: Control, port: int, calls: int) -> None:
    """So many short calls, always AT_ONCE of them."""
    del control
    _run(_in_turns(port, [(b"route", b"70700001", b"")] * calls, AT_ONCE, []))


def ask_services(control: Control, port: int, calls: int) -> list[float]:
    """Every caller asks for each service in turn; milliseconds from what is pressed to what is played."""
    del control
    answered_ms: list[float] = []
    names = (b"amount_owed", b"fault_state", b"order_state", b"prepaid_expiry", b"fijacom_balance", b"directory")
    asked = [(name, b"%d" % (70700000 + 7919 * at % 100_000), _keys(at)) for at in range(calls) for name in names]
    _run(_in_turns(port, asked * CALLERS, CALLERS, answered_ms))
    return answered_ms


def _keys(at: int) -> bytes:
    return keys_of(SURNAMES[at % len(SURNAMES)]).encode()


def head(script: bytes, number: bytes) -> bytes:
    """What Asterisk sends first."""
    signed = proof(SECRET, Variables(script.decode(), (), UNIQUEID, "", number.decode()))
    return HEAD % (script, signed.encode(), script, UNIQUEID.encode(), number)


async def _in_turns(port: int, calls: list[tuple[bytes, bytes, bytes]], at_once: int, answered_ms: list[float]) -> None:
    waiting = iter(calls)

    async def one_after_the_other() -> None:
        for script, number, keys in waiting:
            loop = asyncio.get_running_loop()
            caller = AgiCaller(head(script, number), keys, loop.create_future(), answered_ms)
            await loop.create_connection(partial(_same, caller), HOST, port)
            await caller.ended

    await asyncio.gather(*(one_after_the_other() for _ in range(at_once)))


def _same(caller: "AgiCaller") -> "AgiCaller":
    return caller


class AgiCaller(asyncio.Protocol):
    """Asterisk's side of a call: at the first question the caller presses their keys, later nothing."""

    def __init__(self, head: bytes, keys: bytes, ended: "asyncio.Future[None]", answered_ms: list[float]) -> None:
        self._head, self._keys, self.ended, self._answered_ms = head, keys, ended, answered_ms
        self._pressed_at: float | None = time.perf_counter()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The dialplan asks: the key of the menu was pressed just now."""
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(self._head)

    def data_received(self, data: bytes) -> None:
        """A command."""
        if data.startswith(b"EXEC Read"):
            self._played()
        if data == b"GET VARIABLE TRONCAL_KEYS\n":
            self._transport.write(b"200 result=1 (%b)\n" % self._keys)
            self._pressed_at = time.perf_counter() if self._keys else None
            self._keys = b""
        else:
            self._transport.write(GOT if data == COMMANDS[1] else DONE)

    def _played(self) -> None:
        if self._pressed_at is not None:
            self._answered_ms.append((time.perf_counter() - self._pressed_at) * 1000)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        """The call goes on in the dialplan."""
        if not self.ended.done():
            self.ended.set_result(None)
