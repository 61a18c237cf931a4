"""What one bus has to send: the last value of every state, and what waits for its turn."""

import asyncio

from callcenter.bus.mailboxes import Mailbox
from callcenter.bus.wire import Parcel, Wire, WireCut

UNSENT_LIMIT = 5000


class Outbox:
    """States go out again at each connect: a restarted broker has lost them. Other facts are sent once, or counted."""

    def __init__(self) -> None:
        self._states: dict[str, Parcel] = {}
        self._waiting: Mailbox[Parcel] = Mailbox(UNSENT_LIMIT, "facts for the broker")
        self._all_sent = asyncio.Event()
        self._unsent = 0

    @property
    def unsent(self) -> int:
        """Facts that were not sent since the start."""
        return self._unsent + self._waiting.dropped

    @property
    def is_sent(self) -> bool:
        """Nothing waits, and nothing is under way."""
        return not self._waiting and self._all_sent.is_set()

    def publish(self, parcel: Parcel, *, connected: bool, wire: Wire | None) -> None:
        """Send now what needs no waiting, keep the rest for its turn. While away a state is kept, a fact is counted."""
        if parcel.retain:
            self._states[parcel.topic] = parcel
        if connected:
            self._send_in_turn(parcel, wire)
        elif not parcel.retain:
            self._unsent += 1

    def _send_in_turn(self, parcel: Parcel, wire: Wire | None) -> None:
        if wire is None or not self.is_sent or not wire.post(parcel):
            self._waiting.put(parcel, parcel.topic if parcel.retain else None)

    def connected(self) -> None:
        """Every state goes out again."""
        for topic, parcel in self._states.items():
            self._waiting.put(parcel, topic)

    def went_away(self) -> None:
        """What waited is lost with the connection; states are sent again at the next."""
        self._waiting.drop_all()

    async def send_next(self, wire: Wire) -> None:
        """Wait for the next parcel and hand it over; counts a fact that the wire did not take."""
        if not self._waiting:
            self._all_sent.set()
        parcel = await self._waiting.get()
        self._all_sent.clear()
        try:
            await wire.send(parcel)
        except WireCut:
            self._unsent += not parcel.retain
