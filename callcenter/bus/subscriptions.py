"""Facts inside one service: who reads what, and the last value of every state."""

from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Self, TypeVar

from callcenter.bus.drops import Drops
from callcenter.bus.mailboxes import Mailbox, MailboxClosed
from callcenter.messages.envelope import matches
from callcenter.messages.facts import Fact

F = TypeVar("F", bound=Fact)

UNREAD_LIMIT = 2000
# States of so many topics are known at once: more than agents, phones and queues of a large centre.
STATES_LIMIT = 20_000


class Subscription(Generic[F]):
    """Facts as they come: enter it, then iterate.

    The states known now come first. A state that was not read yet gives way to a newer one of its topic; of
    other facts at most UNREAD_LIMIT wait, then the oldest is dropped and counted.
    """

    def __init__(self, readers: "Readers", kinds: tuple[type[F], ...], topic: str | None) -> None:
        self._readers = readers
        self._kinds = kinds
        self._topic = topic
        self._mail: Mailbox[Any] = Mailbox(UNREAD_LIMIT, " and ".join(kind.kind for kind in kinds) + " facts")
        self.filters = frozenset(kind.topic_filter() for kind in kinds)

    @property
    def dropped(self) -> int:
        """Facts that were dropped because the reader was too slow."""
        return self._mail.dropped

    async def __aenter__(self) -> Self:
        await self._readers.attach(self)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()
        await self._readers.detach(self)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> F:
        try:
            fact: F = await self._mail.get()
        except MailboxClosed:
            raise StopAsyncIteration from None
        return fact

    def offer(self, topic: str, fact: Fact) -> None:
        """Accept the fact if the subscription is for it."""
        if isinstance(fact, self._kinds) and (self._topic is None or matches(self._topic, topic)):
            self._mail.put(fact, topic if fact.retained else None)

    def close(self) -> None:
        """The iteration ends after what already waits."""
        self._mail.close()


class Readers:
    """All subscriptions of a bus. The broker is asked once for a filter, however many read it."""

    def __init__(self, changed: Callable[[set[str], set[str]], Awaitable[None]]) -> None:
        self._changed = changed
        self._subscriptions: set[Subscription[Any]] = set()
        self._wanted: Counter[str] = Counter()
        self._known: dict[str, Fact] = {}
        self._missed = 0
        self._unknown = Drops("states of ever more topics")

    @property
    def dropped(self) -> int:
        """Facts no reader took in time."""
        return self._missed + self._unknown.count + sum(each.dropped for each in self._subscriptions)

    def filters(self) -> set[str]:
        """What the broker is asked for."""
        return {each for each, readers in self._wanted.items() if readers > 0}

    async def attach(self, subscription: Subscription[Any]) -> None:
        """Hand facts to the subscription from now on."""
        self._subscriptions.add(subscription)
        for topic, fact in self._known.items():
            subscription.offer(topic, fact)
        before = self.filters()
        self._wanted.update(subscription.filters)
        await self._changed(self.filters() - before, set())

    async def detach(self, subscription: Subscription[Any]) -> None:
        """Hand it nothing more."""
        self._subscriptions.discard(subscription)
        self._missed += subscription.dropped
        before = self.filters()
        self._wanted.subtract(subscription.filters)
        left = before - self.filters()
        self._known = {t: fact for t, fact in self._known.items() if not any(matches(f, t) for f in left)}
        await self._changed(set(), left)

    def deliver(self, topic: str, fact: Fact) -> None:
        """To everyone who wants it."""
        if fact.retained:
            if topic not in self._known and len(self._known) >= STATES_LIMIT:
                return self._unknown.add()
            self._known[topic] = fact
        for each in self._subscriptions:
            each.offer(topic, fact)
        return None

    def cleared(self, topic: str) -> None:
        """The state of that topic is no more."""
        self._known.pop(topic, None)

    def lost(self) -> None:
        """The connection ended: the broker will send every state again."""
        self._known.clear()
        self._unknown.room()

    def close(self) -> None:
        """End every iteration."""
        for each in self._subscriptions:
            each.close()
