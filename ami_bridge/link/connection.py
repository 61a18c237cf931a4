"""One connection to Asterisk's manager interface, on panoramisk: actions, their answers, and events.

panoramisk 1.4 has the socket, the list of open actions and the login; its parser, its queue of actions to repeat, its
reconnects and its pings are replaced, because each of them loses events, repeats actions or never notices a dead peer.
Bytes go to `wire.sifter`; its items go to the callbacks, which run in the reader and must return at once.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping

from panoramisk.actions import Action
from panoramisk.ami_protocol import AMIProtocol
from panoramisk.manager import Manager

from ami_bridge.link.gathering import Gathering
from ami_bridge.link.terms import AmiAnswer, Completion, LinkDown, LinkSettings, NotSent
from ami_bridge.wire.items import AmiEvent, Item, Quarantined
from ami_bridge.wire.sifter import Sifter

log = logging.getLogger(__name__)


class Pending(Action):  # type: ignore[misc]
    """An action whose answers are collected until `complete` says that they are all there."""

    def __init__(self, headers: Mapping[str, str], complete: Completion) -> None:
        super().__init__(headers)
        self.complete = complete

    def add_answer(self, answer: AmiAnswer) -> bool:
        """True when this was the last answer."""
        self.responses.append(answer)
        if not self.complete(self.responses):
            return False
        if not self.future.done():
            self.future.set_result(self.responses)
        return True

    def fail(self) -> None:
        """The session is gone; nobody will answer."""
        if not self.future.done():
            self.future.set_exception(LinkDown("the session was lost before the answer came"))


class Connection(AMIProtocol):  # type: ignore[misc]
    """One connection. It knows its connector from the start, because Asterisk may send first."""

    def __init__(self, manager: "Connector") -> None:
        self.manager = manager
        self.closed: bool = True
        self.sifter = Sifter(live=True)
        self.gathering = Gathering(self.read)
        self.pending: dict[str, Pending] = {}
        self.lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.booted: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.Transport) -> None:
        super().connection_made(transport)
        self.factory = self.manager

    def data_received(self, data: bytes) -> None:
        self.gathering.add(data, at_once=bool(self.pending))

    def read(self, data: bytes) -> None:
        """Dispatch every item that the bytes complete."""
        for item in self.sifter.feed(data) + self.sifter.drain():
            try:
                self.dispatch(item)
            except Exception:
                log.exception("a callback for AMI events failed; the session goes on")
        self.manager.on_read()

    def dispatch(self, item: Item) -> None:
        """Answers to their actions, events to the callback; answers that nobody waits for are dropped."""
        if isinstance(item, Quarantined):
            self.manager.on_anomaly(item)
            return
        pending = self.pending.get(item.get("ActionID"))
        if pending is not None:
            if pending.add_answer(item):
                del self.pending[item.get("ActionID")]
        elif isinstance(item, AmiEvent) and "Privilege" in item.headers:
            if item.name == "FullyBooted" and not self.booted.done():
                self.booted.set_result(None)
            self.manager.on_event(item)

    def send(self, data: Pending, as_list: bool = False) -> "asyncio.Future[list[AmiAnswer]]":  # noqa: ARG002
        if self.closed:
            raise NotSent("no session")
        self.pending[data.id] = data
        self.transport.write(str(data).encode())
        return data.future  # type: ignore[no-any-return]

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self.close()

    def close(self) -> None:
        """Aborts the connection and fails what waits for an answer; nothing is sent again."""
        self.gathering.hand_on()
        if not self.closed:
            self.closed = True
            self.transport.abort()
        pending, self.pending = self.pending, {}
        for action in pending.values():
            action.fail()
        if not self.lost.done():
            self.lost.set_result(None)


class Connector(Manager):  # type: ignore[misc]
    """panoramisk's manager without its own reconnects, pings and repeated actions."""

    def __init__(
        self,
        settings: LinkSettings,
        on_event: Callable[[AmiEvent], None],
        on_anomaly: Callable[[Quarantined], None],
        on_read: Callable[[], None],
    ) -> None:
        super().__init__(host=settings.host, port=settings.port, ssl=settings.tls, forgetable_actions=())
        self.on_event = on_event
        self.on_anomaly = on_anomaly
        self.on_read = on_read

    async def open(self) -> Connection:
        """A connection that is not logged in yet. Raises OSError."""
        address = {name: self.config[name] for name in ("host", "port", "ssl")}
        loop = asyncio.get_running_loop()
        _, self.protocol = await loop.create_connection(lambda: Connection(self), **address)
        return self.protocol
