"""What comes out of an AMI session: events, responses, and what is not trusted."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum


class QuarantineReason(Enum):
    """Why a block is not trusted."""

    HEADLESS = "does not begin with Event or Response"
    HEAD = "Privilege or Timestamp missing or not this event's"
    MALFORMED = "a line that is no header"
    REPEATED = "a header that Asterisk writes once stands there twice"
    DISORDER = "headers in an order that Asterisk never writes"
    CUT = "stops before the headers that this event always has"
    NEIGHBOUR = "came with a block that is not trusted"
    TOO_LONG = "longer than any block of Asterisk's"
    UNFINISHED = "the text ends in the middle of the block"


@dataclass(frozen=True, slots=True)
class AmiEvent:
    """An event. `headers` has all headers in order, a queue's name in small letters, as the centre file has it;
    `timestamp_us` is by Asterisk's clock, None without a Timestamp.
    """

    name: str
    headers: Mapping[str, str]
    timestamp_us: int | None

    def get(self, key: str, default: str = "") -> str:
        """The value of a header; `default` when the event lacks it."""
        return self.headers.get(key, default)


@dataclass(frozen=True, slots=True)
class AmiResponse:
    """The answer to an action."""

    status: str
    headers: Mapping[str, str]

    @property
    def succeeded(self) -> bool:
        """True when Asterisk did, or began, what was asked."""
        return self.status in ("Success", "Follows", "Goodbye")

    def get(self, key: str, default: str = "") -> str:
        """The value of a header; `default` when the response lacks it."""
        return self.headers.get(key, default)


@dataclass(frozen=True, slots=True)
class Quarantined:
    """What is not trusted. `headers` holds what could be read, for whoever looks for a missing call."""

    reason: QuarantineReason
    excerpt: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


Item = AmiEvent | AmiResponse | Quarantined
