"""Whether the bus is connected, as its users see it. Pure."""

from dataclasses import dataclass
from enum import StrEnum


class Presence(StrEnum):
    """Whether there is a connection to the broker."""

    CONNECTED = "connected"
    AWAY = "away"


@dataclass(frozen=True, slots=True)
class BusState:
    """Connected or away, since when, and why away (operators' text)."""

    presence: Presence
    since_us: int
    reason: str = ""
