"""The bus: facts to whoever subscribes, commands to the bridge that serves them, answers back.

`MqttBus` speaks MQTT 5; `MemoryBus` does the same within one process. Both are one `TopicBus` over different wires,
and one test suite runs over both.

What holds for every bus:
- it connects by itself, again and again, and takes its subscriptions along;
- `publish` never waits and never fails: a state is kept as the last value of its topic and sent at each
  connect (a broker that restarted has lost it) until it is cleared; any other fact that cannot go out now is dropped
  and counted;
- a command is sent now or not at all: `request` raises BusAway when nothing was sent and NoAnswer when it
  was sent and its outcome is unknown; a command that arrives after `expires_us` is refused, one that arrives
  twice is carried out once.
"""

from collections.abc import Collection
from contextlib import AbstractAsyncContextManager
from typing import Protocol, TypeVar

from callcenter.bus.command_exchange import Handler
from callcenter.bus.presence import BusState, Presence
from callcenter.bus.subscriptions import Subscription
from callcenter.bus.topic_bus import BusCounters
from callcenter.messages.commands import Command, CommandAnswer
from callcenter.messages.facts import Fact

F = TypeVar("F", bound=Fact)


class Bus(Protocol):
    """What the services need of a bus."""

    @property
    def state(self) -> BusState:
        """Connected or away, and since when."""

    @property
    def counters(self) -> BusCounters:
        """What was dropped, refused or unreadable since the start."""

    async def until(self, presence: Presence) -> None:
        """Wait until the bus is connected (or away)."""

    async def moved(self) -> BusState:
        """The next state: the bus connects, is away, or is away for another reason."""

    def publish(self, fact: Fact) -> None:
        """Send to every subscriber. Never waits, never fails."""

    def clear(self, state: Fact) -> None:
        """The state of that topic is no more: the broker forgets it. Never waits, never fails."""

    def subscribe(self, *kinds: type[F], topic: str | None = None) -> Subscription[F]:
        """Facts of these kinds, of every node, or only those under a topic filter. Enter it, then iterate."""

    async def request(self, command: Command, timeout_seconds: float) -> CommandAnswer:
        """Send a command to the bridge. Raises BusAway (nothing was sent) or NoAnswer (it may have been done)."""

    def serve(self, kinds: Collection[type[Command]], handler: Handler) -> AbstractAsyncContextManager[None]:
        """While entered, commands of these kinds to this node go to the handler, which answers each."""
