"""An Asterisk that has AMI only, in a process of its own: it writes a call centre's events at a given rate."""

import select
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from callcenter.clock import now_us
from callcenter.instants import MICROSECONDS
from troncal.bench.traffic import BANNER, AgentPhone, TrafficCall, block, events, life, snapshot, stamped
from troncal.bench.worker import Control

TICK_SECONDS = 0.005
SATURATED_EVENTS = 200
ACCEPT_SECONDS = 30.0
LAST_CALL = 9_999_999
LAST_CHANNEL = TrafficCall(LAST_CALL, "", AgentPhone("", ())).caller_id


@dataclass(frozen=True, slots=True)
class Load:
    """What is written once a client has sent `after`: so many events, `rate` a second, 0 for as fast as they are read.

    The last phone gets one call alone, after all others: by its end (LAST_CHANNEL) the client knows that it has all.
    """

    phones: tuple[AgentPhone, ...]
    events: int
    rate: int = 0
    after: str = "CoreShowChannels"


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: events, seconds, and how late the writer itself was at worst, in seconds."""

    events: int
    seconds: float
    latest_seconds: float


def exchange(control: Control, port: int, load: Load) -> Written:
    """Serve one client on that port."""
    *busy, last = load.phones
    text = [*islice(events(tuple(busy)), load.events), *life(TrafficCall(LAST_CALL, last.queues[0], last))]
    with socket.create_server(("127.0.0.1", port)) as server:
        server.settimeout(ACCEPT_SECONDS)
        control.say("listening")
        client, _ = server.accept()
    with client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        session = _Session(client, load.phones)
        session.until(load.after)
        written = _paced(session, text, load.rate) if load.rate else _saturated(session, text)
        session.until_gone()
    return written


def _paced(session: "_Session", text: list[bytes], rate: int) -> Written:
    """Each event is stamped with the instant at which it was due, whether or not the writer could write it then."""
    start_us, began, sent, latest = now_us(), time.perf_counter(), 0, 0.0
    for due_seconds in _ticks():
        wait = due_seconds - (time.perf_counter() - began)
        session.answer(max(0.0, wait))
        latest = max(latest, time.perf_counter() - began - due_seconds)
        until = min(len(text), int(due_seconds * rate))
        session.write(stamped(b"".join(text[sent:until]), start_us + round(due_seconds * MICROSECONDS)))
        sent = until
        if sent == len(text):
            break
    return Written(sent, time.perf_counter() - began, latest)


def _ticks() -> Iterator[float]:
    tick = 0
    while True:
        tick += 1
        yield tick * TICK_SECONDS


def _saturated(session: "_Session", text: list[bytes]) -> Written:
    began = time.perf_counter()
    for start in range(0, len(text), SATURATED_EVENTS):
        session.write(stamped(b"".join(text[start : start + SATURATED_EVENTS]), now_us()))
        session.answer(0.0)
    return Written(len(text), time.perf_counter() - began, 0.0)


class _Session:
    """One client: answers what it asks."""

    def __init__(self, client: socket.socket, phones: tuple[AgentPhone, ...]) -> None:
        self._client, self._phones = client, phones
        self._unread = b""
        client.settimeout(ACCEPT_SECONDS)
        client.sendall(BANNER)

    def write(self, data: bytes) -> None:
        """Blocks while the client does not read."""
        self._client.sendall(data)

    def answer(self, wait_seconds: float) -> list[str]:
        """Answer what came within that time; the names of the actions."""
        deadline = time.perf_counter() + wait_seconds
        names: list[str] = []
        while True:
            left = max(0.0, deadline - time.perf_counter())
            if not select.select([self._client], [], [], left)[0]:
                return names
            names += self._read()

    def until(self, name: str) -> None:
        """Answer until the client has asked this."""
        while name not in self._read():
            pass

    def until_gone(self) -> None:
        """Answer until the client hangs up."""
        try:
            while True:
                self._read()
        except ConnectionError:
            return

    def _read(self) -> list[str]:
        data = self._client.recv(65536)
        if not data:
            raise ConnectionError("the client hung up")
        *actions, self._unread = (self._unread + data).split(b"\r\n\r\n")
        return [self._answered(raw.decode()) for raw in actions]

    def _answered(self, raw: str) -> str:
        action = dict(line.split(": ", 1) for line in raw.split("\r\n"))
        name, mine = action["Action"], {"ActionID": action["ActionID"]}
        if name == "QueueStatus":
            self.write(snapshot(self._phones, action["ActionID"]))
        elif name == "CoreShowChannels":
            self.write(block({"Response": "Success", **mine, "EventList": "start", "Message": "Channels will follow"}))
            self.write(block({"Event": "CoreShowChannelsComplete", **mine, "EventList": "Complete", "ListItems": "0"}))
        else:
            self.write(block({"Response": "Success", **mine, "Message": "ok"}))
        if name == "Login":
            self.write(
                block({"Event": "FullyBooted", "Privilege": "system,all", "Uptime": "9", "Status": "Fully Booted"})
            )
        return name
