"""What Troncal is measured beside: the least a parser can do, and panoramisk as it is with a trivial tracker.

Nothing here runs in the product.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from panoramisk.ami_protocol import AMIProtocol
from panoramisk.manager import Manager

END = b"\r\n\r\n"


class BareSplitter:
    """Each block split into a dict: the floor of parsing with the standard library. Believes everything."""

    def __init__(self) -> None:
        self._rest = b""
        self.events = 0

    def feed(self, data: bytes) -> None:
        """Take in one read."""
        *blocks, self._rest = (self._rest + data).split(END)
        for raw in blocks:
            headers = dict([line.split(": ", 1) for line in raw.decode().split("\r\n")])
            self.events += "Event" in headers


def panoramisk_parser(on_event: Callable[[Any, Any], None]) -> AMIProtocol:
    """panoramisk's protocol without a connection; every event goes to one `*` callback."""
    manager = Manager(loop=None)
    manager.register_event("*", on_event)
    protocol = AMIProtocol()
    protocol.connection_made(None)
    protocol.queue, protocol.factory, protocol.encoding = deque(), manager, "utf8"
    return protocol


class Tracker:
    """What a first program does with AMI events: where each channel is, who waits where."""

    def __init__(self, last: str) -> None:
        self.channels: dict[str, str] = {}
        self.waiting: dict[str, set[str]] = {}
        self.events = 0
        self.began = self.ended = 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._last = last

    def take(self, _manager: Any, event: Any) -> None:
        """One event; the hang-up of the channel `last` ends the measurement."""
        self.began = self.began or time.perf_counter()
        self.events += 1
        name, uniqueid = event.event, event.uniqueid
        if name == "Hangup":
            self.channels.pop(uniqueid, None)
            if uniqueid == self._last and not self.done.done():
                self.ended = time.perf_counter()
                self.done.set_result(None)
        elif name == "QueueCallerJoin":
            self.waiting.setdefault(event.queue, set()).add(uniqueid)
        elif name == "QueueCallerLeave":
            self.waiting.setdefault(event.queue, set()).discard(uniqueid)
        elif uniqueid:
            self.channels[uniqueid] = event.channelstatedesc


async def panoramisk_session(port: int, last: str) -> float:
    """A panoramisk session with a tracker until the channel `last` has hung up: events a second."""
    tracker = Tracker(last)
    manager = Manager(host="127.0.0.1", port=port, username="bench", secret="bench")  # noqa: S106 - of the bench's own peer
    manager.on_disconnect = lambda *_: None
    manager.register_event("*", tracker.take)
    manager.loop = asyncio.get_running_loop()
    await manager.connect()
    try:
        await tracker.done
    finally:
        manager.close()
    return tracker.events / (tracker.ended - tracker.began)
