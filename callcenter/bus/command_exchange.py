"""Commands over a wire: the side that sends them and the side that carries them out."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Coroutine
from typing import Any
from uuid import UUID

from callcenter.bus.drops import Drops
from callcenter.bus.wire import Parcel, Wire, WireCut
from callcenter.instants import MICROSECONDS
from callcenter.messages.commands import Command, CommandAnswer, OutcomeUnknown, Refusal, Refused
from callcenter.messages.envelope import Service, matches

log = logging.getLogger(__name__)
Handler = Callable[[Any], Awaitable[CommandAnswer]]

# So many are asked for, carried out, or answered at once; whoever asks for more is refused.
OPEN_AT_ONCE, CARRIED_OUT_AT_ONCE, ANSWERED_AT_ONCE = 200, 100, 200
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
        """Raises NoAnswer after the time, or when the connection ends first.

        Where too many wait for their answers already it is refused as busy, and nothing is sent.
        """
        if len(self._open) >= OPEN_AT_ONCE:
            return refused(command, Refusal.BUSY, f"{OPEN_AT_ONCE} commands wait for their answers already", now_us)
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
    """Carries out the commands to its node, each once, and answers every one of them.

    Of more at once than can be carried out the others are refused at once. Where not even answers can be sent as fast
    as commands come some get none: they are counted.
    """

    def __init__(self, service: Service, node: str, clock: Callable[[], int]) -> None:
        self._service = service
        self.node = node
        self._clock = clock
        self._handlers: dict[type[Command], Handler] = {}
        self._outcomes: OrderedDict[UUID, asyncio.Task[CommandAnswer]] = OrderedDict()
        self._under_way = 0
        self._replies: set[asyncio.Task[None]] = set()
        self._busy = Drops("commands")
        self._unanswered = Drops("answers to commands")
        self.expired = 0

    @property
    def busy(self) -> int:
        """Commands that were refused because too many were under way."""
        return self._busy.count

    @property
    def unanswered(self) -> int:
        """Commands whose answer could not be sent, because too many were being sent."""
        return self._unanswered.count

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
        outcome = self._outcomes.get(command.command_id)
        no_room = len(self._replies) >= ANSWERED_AT_ONCE
        if outcome is None and (no_room or self._under_way >= CARRIED_OUT_AT_ONCE):
            self._refuse_as_busy(wire, parcel, command)
        elif no_room:
            self._unanswered.add()
        else:
            self._answer(self._reply(wire, parcel, outcome or self._begin(command, handler)))

    def _answer(self, reply: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(reply)
        self._replies.add(task)
        task.add_done_callback(self._replied)

    def _replied(self, reply: asyncio.Task[None]) -> None:
        self._replies.discard(reply)
        if not self._replies:
            self._busy.room()
            self._unanswered.room()

    def _refuse_as_busy(self, wire: Wire, parcel: Parcel, command: Command) -> None:
        """Without a task, and without waiting for anything: in a flood there are thousands a second."""
        self._busy.add()
        refusal = refused(command, Refusal.BUSY, "too many commands are already being carried out", self._clock())
        answer = self._parcel_of(refusal, parcel, qos=0)
        if answer is not None and not wire.post(answer):
            if len(self._replies) < ANSWERED_AT_ONCE:
                self._answer(self._send(wire, answer))
            else:
                self._unanswered.add()

    async def finish(self) -> None:
        """Wait until what was begun is answered."""
        await asyncio.gather(*self._replies)

    def _begin(self, command: Command, handler: Handler) -> asyncio.Task[CommandAnswer]:
        outcome = asyncio.create_task(self._carry_out(command, handler))
        self._outcomes[command.command_id] = outcome
        self._under_way += 1
        outcome.add_done_callback(self._done)
        if len(self._outcomes) > _REMEMBERED:
            self._outcomes.popitem(last=False)
        return outcome

    def _done(self, _outcome: asyncio.Task[CommandAnswer]) -> None:
        self._under_way -= 1

    async def _carry_out(self, command: Command, handler: Handler) -> CommandAnswer:
        now = self._clock()
        if now >= command.expires_us:
            self.expired += 1
            return refused(command, Refusal.EXPIRED, f"it came {now - command.expires_us} us late", now)
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

    async def _reply(self, wire: Wire, parcel: Parcel, outcome: asyncio.Task[CommandAnswer]) -> None:
        result = await asyncio.shield(outcome)
        answer = self._parcel_of(result, parcel, qos=result.qos)
        if answer is not None:
            await self._send(wire, answer)

    def _parcel_of(self, answer: CommandAnswer, parcel: Parcel, *, qos: int) -> Parcel | None:
        """The answer for who sent that parcel; None where it names no topic for answers."""
        if parcel.reply_to is None or not matches(CommandAnswer.topic_filter(self.node), parcel.reply_to):
            log.warning("%s: no topic to answer on: %r", parcel.topic, parcel.reply_to)
            return None
        return Parcel(parcel.reply_to, answer.encode(), qos, correlation=parcel.correlation)

    async def _send(self, wire: Wire, answer: Parcel) -> None:
        try:
            await wire.send(answer)
        except WireCut as cut:
            log.warning("%s: the answer could not be sent: %s", answer.topic, cut)


def refused(command: Command, reason: Refusal, text: str, now_us: int) -> Refused:
    """It was not done."""
    return Refused(node=command.node, command_id=command.command_id, at_us=now_us, reason=reason, text=text)
