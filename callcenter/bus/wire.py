"""What the bus stands on: a live connection to a broker, which carries parcels.

A `Wire` ends by raising WireCut; nothing on it is resumed. The bus above it (`topic_bus`) makes a new one.
"""

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol


class WireCut(ConnectionError):
    """There is no connection to the broker, or there is none any more."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """What a broker carries. An empty payload on a retained topic clears it."""

    topic: str
    payload: bytes
    qos: int = 1
    retain: bool = False
    reply_to: str | None = None
    correlation: bytes | None = None
    expires_seconds: int | None = None

    @property
    def has_properties(self) -> bool:
        """Whether there is more to send than topic and payload."""
        return bool(self.reply_to or self.correlation or self.expires_seconds)


class Wire(Protocol):
    """One live connection. Every method raises WireCut once it is gone."""

    async def send(self, parcel: Parcel) -> None:
        """Hand over; returns when the broker has it (QoS 1) or it is written (QoS 0)."""

    def post(self, parcel: Parcel) -> bool:
        """Hand over what needs no waiting. False when it needs some, or the wire is gone: `send` it."""

    async def subscribe(self, filters: Iterable[str]) -> None:
        """Ask for these topics; their retained parcels come first."""

    async def unsubscribe(self, filters: Iterable[str]) -> None:
        """Ask no more for these."""

    def parcels(self) -> AsyncIterator[Parcel]:
        """What arrives, in the broker's order; ends with WireCut."""


Dial = Callable[[Parcel | None], AbstractAsyncContextManager[Wire]]
"""Connects with a will; leaving the context disconnects cleanly, so that the broker does not publish the will."""
