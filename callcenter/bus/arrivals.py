"""What a wire has read and its bus has not handled yet."""

from collections.abc import AsyncIterator

from callcenter.bus.mailboxes import Mailbox, MailboxClosed
from callcenter.bus.wire import Parcel, WireCut

ARRIVED_LIMIT = 10_000


class Arrivals:
    """Parcels in their order. A bus that leaves too many of them unhandled loses its connection.

    To drop some would leave states on the screens that are no more: at the next connect the broker sends every state.
    """

    def __init__(self, limit: int = ARRIVED_LIMIT) -> None:
        self._limit = limit
        self._waiting: Mailbox[Parcel] = Mailbox(limit)
        self._end: WireCut | None = None

    def put(self, parcel: Parcel) -> None:
        """One more came. After the end nothing does."""
        if self._end is not None:
            return
        if len(self._waiting) < self._limit:
            self._waiting.put(parcel)
        else:
            self.end(WireCut(f"more than {self._limit} messages wait to be handled: the connection is made anew"))

    def end(self, cut: WireCut) -> None:
        """The connection ended, after what waits."""
        self._end = self._end or cut
        self._waiting.close()

    async def all(self) -> AsyncIterator[Parcel]:
        """Every parcel. Raises WireCut at the end."""
        while True:
            try:
                parcel = await self._waiting.get()
            except MailboxClosed:
                assert self._end is not None
                raise self._end from None
            yield parcel
