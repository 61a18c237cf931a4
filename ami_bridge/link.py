"""The only door to panoramisk: one AMI session that is logged in, watched, and opened again when it is lost.

panoramisk 1.4 keeps the socket, the list of open actions and the login; its parser, its queue of actions to
repeat, its reconnects and its pings are replaced, because each of them loses events, repeats actions or never
notices a dead peer. Bytes go to `wire.Sifter`; what comes out goes to the callbacks, which must only put it
somewhere: they run in the reader.
"""

import asyncio
import logging
import random
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, TypeVar
from uuid import uuid4

from panoramisk.actions import Action
from panoramisk.ami_protocol import AMIProtocol
from panoramisk.manager import Manager

from ami_bridge.link_terms import (
    Answer,
    BadAction,
    Completion,
    LinkDown,
    LinkSettings,
    LinkState,
    LinkStatus,
    NotSent,
    checked,
    completion,
)
from ami_bridge.wire import AmiEvent, AmiResponse, Item, Quarantined, Sifter

__all__ = ["AmiLink", "Answer", "BadAction", "LinkDown", "LinkSettings", "LinkState", "LinkStatus", "NotSent"]

_FIRST_WAIT_SECONDS = 0.2
_REST_SECONDS = 0.005
_LOG = logging.getLogger(__name__)

_Result = TypeVar("_Result")


class _Pending(Action):  # type: ignore[misc]
    """An action whose answers are collected until `complete` says that they are all there."""

    def __init__(self, headers: Mapping[str, str], complete: Completion) -> None:
        super().__init__(headers)
        self.complete = complete

    def add_answer(self, answer: Answer) -> bool:
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


class _Protocol(AMIProtocol):  # type: ignore[misc]
    """One connection. Knows its manager from the start: Asterisk may speak first."""

    def __init__(self, manager: "_Manager") -> None:
        self.manager = manager
        self.closed: bool = True
        self.sifter = Sifter(live=True)
        self.pending: dict[str, _Pending] = {}
        self.lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.booted: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.Transport) -> None:
        super().connection_made(transport)
        self.factory = self.manager

    def data_received(self, data: bytes) -> None:
        self._rest()
        for item in self.sifter.feed(data) + self.sifter.settle():
            try:
                self.take(item)
            except Exception:
                _LOG.exception("a receiver of AMI events failed; the session goes on")

    def _rest(self) -> None:
        """Asterisk sends each event by itself: what comes within a few milliseconds is read in one go."""
        self.transport.pause_reading()
        asyncio.get_running_loop().call_later(_REST_SECONDS, self._read_on)

    def _read_on(self) -> None:
        if not self.closed and not self.transport.is_closing():
            self.transport.resume_reading()

    def take(self, item: Item) -> None:
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

    def send(self, data: _Pending, as_list: bool = False) -> "asyncio.Future[list[Answer]]":  # noqa: ARG002
        if self.closed:
            raise NotSent("no session")
        self.pending[data.id] = data
        self.transport.write(str(data).encode())
        return data.future  # type: ignore[no-any-return]

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self.close()

    def close(self) -> None:
        """Aborts the connection and fails what waits for an answer; nothing is kept to be sent again."""
        if not self.closed:
            self.closed = True
            self.transport.abort()
        pending, self.pending = self.pending, {}
        for action in pending.values():
            action.fail()
        if not self.lost.done():
            self.lost.set_result(None)


class _Manager(Manager):  # type: ignore[misc]
    """panoramisk's manager without its own reconnects, pings and repeated actions."""

    def __init__(
        self,
        settings: LinkSettings,
        on_event: Callable[[AmiEvent], None],
        on_anomaly: Callable[[Quarantined], None],
    ) -> None:
        super().__init__(host=settings.host, port=settings.port, ssl=settings.tls, forgetable_actions=())
        self.on_event = on_event
        self.on_anomaly = on_anomaly

    async def open(self) -> _Protocol:
        """A connection that is not logged in yet. Raises OSError."""
        place = {name: self.config[name] for name in ("host", "port", "ssl")}
        loop = asyncio.get_running_loop()
        _, self.protocol = await loop.create_connection(lambda: _Protocol(self), **place)
        return self.protocol


class AmiLink:
    """One AMI session for ever: `run()` it as a task, `stop()` it at the end.

    `on_event`, `on_anomaly` and `on_state` run in the reader and must return at once.
    """

    def __init__(
        self,
        settings: LinkSettings,
        *,
        on_event: Callable[[AmiEvent], None],
        on_anomaly: Callable[[Quarantined], None],
        on_state: Callable[[LinkState], None],
        now_us: Callable[[], int],
    ) -> None:
        self._settings = settings
        self._manager = _Manager(settings, on_event, on_anomaly)
        self._on_state = on_state
        self._now_us = now_us
        self._prefix = uuid4().hex
        self._actions = 0
        self._failures = 0
        self._protocol: _Protocol | None = None
        self._stopping = asyncio.Event()
        self.state = LinkState(LinkStatus.CONNECTING, now_us())

    @property
    def is_up(self) -> bool:
        """True while actions can be sent."""
        return self.state.status is LinkStatus.UP

    async def run(self) -> None:
        """Keeps a session open until `stop()`; returns then, with everything closed."""
        try:
            while not self._stopping.is_set():
                self._tell(LinkStatus.CONNECTING)
                wait_seconds = await self._until_stopped(self._session())
                await self._until_stopped(asyncio.sleep(wait_seconds or 0.0))
        finally:
            self._close()
            self._tell(LinkStatus.STOPPED)

    async def stop(self) -> None:
        """Ends `run()`: no reconnect, no ping, and every open action fails with LinkDown."""
        self._stopping.set()
        self._close()

    async def send(
        self,
        action: Mapping[str, str],
        *,
        as_list: bool = False,
        timeout_seconds: float,
        complete: Completion | None = None,
    ) -> list[Answer]:
        """The answers to an action: one response, or with `as_list` the response and its list of events.

        `complete` says for other actions when the answers are all there. Raises BadAction (nothing sent),
        NotSent (nothing sent), LinkDown (lost before the answer came), TimeoutError (no answer in time).
        An action is sent once.
        """
        headers = checked(action)
        if self._protocol is None or not self.is_up:
            raise NotSent("no session")
        return await self._ask(self._protocol, headers, complete or completion(as_list), timeout_seconds)

    async def _ask(
        self, protocol: _Protocol, headers: Mapping[str, str], complete: Completion, seconds: float
    ) -> list[Answer]:
        self._actions += 1
        pending = _Pending({**headers, "ActionID": f"{self._prefix}-{self._actions}"}, complete)
        future = protocol.send(pending)
        try:
            async with asyncio.timeout(seconds):
                return await future
        finally:
            protocol.pending.pop(pending.id, None)

    async def _session(self) -> float:
        """One session from connect to loss; how many seconds to wait before the next."""
        settings = self._settings
        try:
            async with asyncio.timeout(settings.connect_seconds):
                protocol = self._protocol = await self._manager.open()
                accepted = await self._log_in(protocol)
            if not accepted:
                return self._refused()
            if settings.awaits_boot:
                await self._booted(protocol)
        except (OSError, TimeoutError) as failure:
            return self._lost(str(failure) or type(failure).__name__)
        self._failures = 0
        self._tell(LinkStatus.UP, session=self.state.session + 1)
        return self._lost(await self._watch(protocol))

    async def _log_in(self, protocol: _Protocol) -> bool:
        settings = self._settings
        credentials = {"Username": settings.username, "Secret": settings.secret}
        login = {"Action": "Login", **credentials, "Events": "on" if settings.events else "off"}
        (response,) = await self._ask(protocol, checked(login), completion(False), settings.connect_seconds)
        return isinstance(response, AmiResponse) and response.succeeded

    async def _booted(self, protocol: _Protocol) -> None:
        """Asterisk tells each new session that it is fully booted, at once or when it is."""
        async with asyncio.timeout(self._settings.boot_seconds):
            await asyncio.wait((protocol.booted, protocol.lost), return_when=asyncio.FIRST_COMPLETED)
        if not protocol.booted.done():
            raise LinkDown("the connection was closed before Asterisk was fully booted")

    async def _watch(self, protocol: _Protocol) -> str:
        """Pings until the session is lost; the reason."""
        settings = self._settings
        while not protocol.lost.done():
            await asyncio.wait((protocol.lost,), timeout=settings.ping_seconds)
            if protocol.lost.done():
                break
            try:
                await self._ask(protocol, {"Action": "Ping"}, completion(False), settings.limit_seconds)
            except TimeoutError:
                return "no answer to a ping"
            except LinkDown:
                break
        return "the connection was closed"

    def _refused(self) -> float:
        """A wrong secret does not become right by asking often, and looks like an attack."""
        self._close()
        self._tell(LinkStatus.REFUSED, reason="Asterisk refused the user name or the secret")
        return self._settings.refused_wait_seconds

    def _lost(self, reason: str) -> float:
        self._close()
        if not self._stopping.is_set():
            self._tell(LinkStatus.LOST, reason=reason)
        self._failures = min(self._failures + 1, 10)
        longest: float = min(self._settings.retry_at_most_seconds, _FIRST_WAIT_SECONDS * 2**self._failures)
        return longest * random.uniform(0.5, 1.0)  # noqa: S311

    async def _until_stopped(self, work: Coroutine[Any, Any, _Result]) -> _Result | None:
        """The result of the work; None when `stop()` ended it."""
        task, stopped = asyncio.ensure_future(work), asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait((task, stopped), return_when=asyncio.FIRST_COMPLETED)
            return task.result() if task.done() else None
        finally:
            task.cancel()
            stopped.cancel()

    def _close(self) -> None:
        self._protocol = None
        if self._manager.protocol is not None:
            self._manager.protocol.close()

    def _tell(self, status: LinkStatus, *, session: int | None = None, reason: str = "") -> None:
        count = self.state.session if session is None else session
        self.state = LinkState(status, self._now_us(), count, reason)
        self._on_state(self.state)
