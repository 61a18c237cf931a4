"""The queues as they are now, for callbacks: what the bus reports, with the positions that callbacks kept."""

from collections import OrderedDict
from collections.abc import Callable

from callcenter.bus.protocol import Bus
from callcenter.callbacks.rules import CallerInQueue, QueuePosition, QueueSnapshot
from callcenter.callbacks.store import CallbackStore
from callcenter.messages.facts import BridgeState, Fact, Link, QueueState, WaitingCaller

_REMEMBERED = 2000


class QueuesNow:
    """The last state of every queue of one node. Run `follow` beside it."""

    def __init__(self, node: str, store: CallbackStore) -> None:
        self._node, self._store = node, store
        self._queues: dict[str, QueueState] = {}
        self._kept: OrderedDict[tuple[str, str], QueuePosition] = OrderedDict()
        self._link = Link.LOST

    @property
    def is_live(self) -> bool:
        """Whether the bridge follows its Asterisk: what is known is so now."""
        return self._link is Link.UP

    async def follow(self, bus: Bus, changed: Callable[[], None]) -> None:
        """Take in what the bus reports, for as long as it runs; `changed` is called after each fact."""
        async with bus.subscribe(*_facts()) as facts:
            async for fact in facts:
                if fact.node == self._node:
                    self.see(fact)
                    changed()

    def see(self, fact: Fact) -> None:
        """Take in a fact of this node."""
        if isinstance(fact, QueueState):
            self._queues[fact.queue] = fact
        elif isinstance(fact, BridgeState):
            self._link = fact.state

    def keep(self, queue: str, uniqueid: str, position: QueuePosition) -> None:
        """That channel goes (back) to a queue, to this position."""
        self._kept[queue, uniqueid] = position
        self._kept.move_to_end((queue, uniqueid))
        while len(self._kept) > _REMEMBERED:
            self._kept.popitem(last=False)

    def state(self, queue: str) -> QueueState | None:
        """A queue now; None while the bridge does not follow its Asterisk, or has reported nothing of it."""
        return self._queues.get(queue) if self.is_live else None

    async def floor(self, queue: str, *, without: str = "") -> QueueSnapshot:
        """A queue with the priority and position of every caller but one. Raises DatabaseProblem."""
        state = self._queues.get(queue)
        if state is None:
            return QueueSnapshot()
        callers = [caller for caller in state.waiting if caller.uniqueid != without]
        uniqueids = [caller.uniqueid for caller in callers]
        urgent = await self._store.priorities(uniqueids) if uniqueids else {}
        positions = await self._store.returned(uniqueids) if uniqueids else {}
        positions |= {name: self._kept[queue, name] for name in uniqueids if (queue, name) in self._kept}
        waiting = tuple(_standing(caller, urgent, positions) for caller in callers)
        return QueueSnapshot(waiting, state.logged_in - state.paused, state.available)


def _facts() -> tuple[type[Fact], ...]:
    return (QueueState, BridgeState)


def _standing(caller: WaitingCaller, urgent: dict[str, int], positions: dict[str, QueuePosition]) -> CallerInQueue:
    position = positions.get(caller.uniqueid)
    if position is None:
        return CallerInQueue(caller.joined_us, urgent.get(caller.uniqueid, 0))
    return CallerInQueue(min(position.since_us, caller.joined_us), position.priority)
