"""The only door to AMI: one session that is logged in, watched, and opened again when it is lost."""

import asyncio
import random
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, TypeVar
from uuid import uuid4

from ami_bridge.link.connection import Connection, Connector, Pending
from ami_bridge.link.terms import (
    AmiAnswer,
    Completion,
    LinkDown,
    LinkSettings,
    LinkState,
    LinkStatus,
    NotSent,
    believed,
    checked,
    completion,
)
from ami_bridge.wire.items import AmiEvent, AmiResponse, Quarantined

_FIRST_WAIT_SECONDS = 0.2

_Result = TypeVar("_Result")


class AmiLink:
    """An AMI session that is kept open: `run()` it as a task, `stop()` it at the end.

    `on_event`, `on_anomaly` and `on_state` run in the reader and must return at once. So does `on_read`, which is
    called after the events that came together.
    """

    def __init__(
        self,
        settings: LinkSettings,
        *,
        on_event: Callable[[AmiEvent], None],
        on_anomaly: Callable[[Quarantined], None],
        on_state: Callable[[LinkState], None],
        now_us: Callable[[], int],
        on_read: Callable[[], None] = lambda: None,
    ) -> None:
        self._settings = settings
        self._manager = Connector(settings, on_event, on_anomaly, on_read)
        self._on_state = on_state
        self._now_us = now_us
        self._prefix = uuid4().hex
        self._actions = 0
        self._failures = 0
        self._protocol: Connection | None = None
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
                self._report_state(LinkStatus.CONNECTING)
                wait_seconds = await self._until_stopped(self._session())
                await self._until_stopped(asyncio.sleep(wait_seconds or 0.0))
        finally:
            self._close()
            self._report_state(LinkStatus.STOPPED)

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
    ) -> list[AmiAnswer]:
        """The answers to an action: one response, or with `as_list` the response and its list of events.

        `complete` says for other actions when the answers are all there. Raises BadAction (nothing sent),
        NotSent (nothing sent), LinkDown (lost before the answer came), TimeoutError (no answer in time), ActionRefused
        (this user may not, or an error came instead of a list). An action is sent once.
        """
        headers = checked(action)
        if self._protocol is None or not self.is_up:
            raise NotSent("no session")
        answers = await self._ask(self._protocol, headers, complete or completion(as_list), timeout_seconds)
        return believed(headers, answers, as_list=as_list)

    async def _ask(
        self, protocol: Connection, headers: Mapping[str, str], complete: Completion, seconds: float
    ) -> list[AmiAnswer]:
        self._actions += 1
        pending = Pending({**headers, "ActionID": f"{self._prefix}-{self._actions}"}, complete)
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
        self._report_state(LinkStatus.UP, session=self.state.session + 1)
        return self._lost(await self._watch(protocol))

    async def _log_in(self, protocol: Connection) -> bool:
        settings = self._settings
        credentials = {"Username": settings.username, "Secret": settings.secret}
        login = {"Action": "Login", **credentials, "Events": "on" if settings.events else "off"}
        (response,) = await self._ask(protocol, checked(login), completion(False), settings.connect_seconds)
        return isinstance(response, AmiResponse) and response.succeeded

    async def _booted(self, protocol: Connection) -> None:
        """Wait for FullyBooted, which Asterisk sends to each new session as soon as it is."""
        async with asyncio.timeout(self._settings.boot_seconds):
            await asyncio.wait((protocol.booted, protocol.lost), return_when=asyncio.FIRST_COMPLETED)
        if not protocol.booted.done():
            raise LinkDown("the connection was closed before Asterisk was fully booted")

    async def _watch(self, protocol: Connection) -> str:
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
        self._report_state(LinkStatus.REFUSED, reason="Asterisk refused the user name or the secret")
        return self._settings.refused_wait_seconds

    def _lost(self, reason: str) -> float:
        self._close()
        if not self._stopping.is_set():
            self._report_state(LinkStatus.LOST, reason=reason)
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

    def _report_state(self, status: LinkStatus, *, session: int | None = None, reason: str = "") -> None:
        count = self.state.session if session is None else session
        self.state = LinkState(status, self._now_us(), count, reason)
        self._on_state(self.state)
