"""Commands over a wire: the side that sends them and the side that carries them out."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection
from typing import Any
from uuid import UUID

from callcenter.bus.wire import Parcel, Wire, WireCut
from callcenter.instants import MICROSECONDS
from callcenter.messages.commands import Command, CommandAnswer, OutcomeUnknown, Refusal, Refused
from callcenter.messages.envelope import Service, matches

log = logging.getLogger(__name__)
Handler = Callable[[Any], Awaitable[CommandAnswer]]

_AT_ONCE = 100
_REMEMBERED = 1000


class BusAway(Exception):
    """There is no connection to the broker; nothing was sent."""


class NoAnswer(Exception):
    """A command was sent and no answer came: whether it was carried out is unknown."""


class CommandClient:
    """Sends commands and gives each the answer with its correlation data."""

    def __init__(self, service: Service, instance: str) -> None:
        self._own_levels = f"answer/{service}/{instance}"
        self._open: dict[bytes, asyncio.Future[CommandAnswer]] = {}

    @property
    def topic_filter(self) -> str:
        """Where answers to our commands arrive, from every node."""
        return f"troncal/+/{self._own_levels}"

    async def ask(self, wire: Wire, command: Command, timeout_seconds: float, now_us: int) -> CommandAnswer:
        """Raises NoAnswer after the time, or when the connection ends first."""
        parcel = self._parcel(command, now_us)
        answer: asyncio.Future[CommandAnswer] = asyncio.get_running_loop().create_future()
        self._open[command.command_id.bytes] = answer
        try:
            async with asyncio.timeout(timeout_seconds):
                await wire.send(parcel)
                return await answer
        except TimeoutError:
            raise NoAnswer(f"{parcel.topic}: nobody answered within {timeout_seconds:g} s") from None
        except WireCut as cut:
            raise NoAnswer(f"{parcel.topic}: the connection ended before the answer: {cut}") from cut
        finally:
            self._open.pop(command.command_id.bytes, None)

    def deliver(self, parcel: Parcel, answer: CommandAnswer) -> None:
        """Hand the answer to whoever waits for it; a late one is dropped."""
        waiting = self._open.get(parcel.correlation or b"")
        if waiting is None or waiting.done() or answer.command_id.bytes != parcel.correlation:
            log.info("%s: dropped an answer that came too late: %s", parcel.topic, answer)
        else:
            waiting.set_result(answer)

    def cut(self, reason: str) -> None:
        """The connection ended: no open command will be answered."""
        for waiting in self._open.values():
            if not waiting.done():
                waiting.set_exception(WireCut(reason))

    def _parcel(self, command: Command, now_us: int) -> Parcel:
        left_us = max(command.expires_us - now_us, 1)
        return Parcel(
            command.topic,
            command.encode(),
            command.qos,
            reply_to=f"troncal/{command.node}/{self._own_levels}",
            correlation=command.command_id.bytes,
            expires_seconds=-(-left_us // MICROSECONDS),
        )


class CommandServer:
    """Carries out the commands to its node, each once, and answers every one of them."""

    def __init__(self, service: Service, node: str, clock: Callable[[], int]) -> None:
        self._service = service
        self.node = node
        self._clock = clock
        self._handlers: dict[type[Command], Handler] = {}
        self._outcomes: OrderedDict[UUID, asyncio.Task[CommandAnswer]] = OrderedDict()
        self._replies: set[asyncio.Task[None]] = set()
        self.expired = 0

    def filters(self) -> set[str]:
        """Where the commands arrive that are served now."""
        return {kind.topic_filter(self.node) for kind in self._handlers}

    def add(self, kinds: Collection[type[Command]], handler: Handler) -> None:
        """Raises ValueError for a kind that is served already or that is another service's to carry out."""
        for kind in kinds:
            if kind in self._handlers or self._service not in kind.consumers:
                raise ValueError(f"{self._service} cannot serve {kind.kind} (again)")
        self._handlers.update(dict.fromkeys(kinds, handler))

    def remove(self, kinds: Collection[type[Command]]) -> None:
        """Stop serving these."""
        for kind in kinds:
            del self._handlers[kind]

    def take(self, wire: Wire, parcel: Parcel, command: Command) -> None:
        """Carry out and answer, while other commands go on."""
        handler = self._handlers.get(type(command))
        if handler is None:
            return
        outcome = self._outcomes.get(command.command_id) or self._begin(command, handler)
        reply = asyncio.create_task(self._reply(wire, parcel, outcome))
        self._replies.add(reply)
        reply.add_done_callback(self._replies.discard)

    async def finish(self) -> None:
        """Wait until what was begun is answered."""
        await asyncio.gather(*self._replies)

    def _begin(self, command: Command, handler: Handler) -> asyncio.Task[CommandAnswer]:
        outcome = asyncio.create_task(self._carry_out(command, handler))
        self._outcomes[command.command_id] = outcome
        if len(self._outcomes) > _REMEMBERED:
            self._outcomes.popitem(last=False)
        return outcome

    async def _carry_out(self, command: Command, handler: Handler) -> CommandAnswer:
        now = self._clock()
        if now >= command.expires_us:
            self.expired += 1
            return self._refuse(command, Refusal.EXPIRED, f"it came {now - command.expires_us} us late")
        if len(self._replies) > _AT_ONCE:
            return self._refuse(command, Refusal.BUSY, f"{_AT_ONCE} commands are already being carried out")
        try:
            return await handler(command)
        except Exception as error:
            log.exception("%s %s failed", command.kind, command.command_id)
            return OutcomeUnknown(
                node=self.node,
                command_id=command.command_id,
                at_us=self._clock(),
                text=f"the bridge failed while it carried this out ({type(error).__name__})",
            )

    def _refuse(self, command: Command, reason: Refusal, text: str) -> Refused:
        return Refused(node=self.node, command_id=command.command_id, at_us=self._clock(), reason=reason, text=text)

    async def _reply(self, wire: Wire, parcel: Parcel, outcome: asyncio.Task[CommandAnswer]) -> None:
        answer = await asyncio.shield(outcome)
        if parcel.reply_to is None or not matches(CommandAnswer.topic_filter(self.node), parcel.reply_to):
            log.warning("%s: no topic to answer on: %r", parcel.topic, parcel.reply_to)
            return
        try:
            await wire.send(Parcel(parcel.reply_to, answer.encode(), answer.qos, correlation=parcel.correlation))
        except WireCut as cut:
            log.warning("%s: the answer could not be sent: %s", parcel.topic, cut)
