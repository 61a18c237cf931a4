"""What pacing looks at, and what it decides. Pure. Lengths and ages are seconds."""

from dataclasses import dataclass
from enum import StrEnum

from callcenter.campaign_outcomes import CONNECT_WITHIN_SECONDS

# For so long a telephone rings at least before the dialer gives it up of its own accord.
LEAST_RING_SECONDS = 15.0


class PacingMode(StrEnum):
    """Progressive: one call for each agent who is free. Predictive: as many as the ceiling of abandonment allows."""

    PROGRESSIVE = "progressive"
    PREDICTIVE = "predictive"


class PacingLimit(StrEnum):
    """Why no more calls are placed now."""

    CEILING_REACHED = "ceiling_reached"
    AGENTS_BUSY = "agents_busy"
    TRUNK_FULL = "trunk_full"
    RATE_LIMIT = "rate_limit"
    NO_CONTACTS = "no_contacts"


@dataclass(frozen=True, slots=True)
class PacingRules:
    """What a campaign is allowed.

    `ceiling`: the share of a day's live answers that may be abandoned. `connect_seconds`: a live answer without an
    agent for so long is abandoned. A call rings at least `least_ring_seconds`, and `ring_seconds` where it is not
    cancelled.
    """

    mode: PacingMode = PacingMode.PREDICTIVE
    ceiling: float = 0.03
    connect_seconds: float = float(CONNECT_WITHIN_SECONDS)
    least_ring_seconds: float = LEAST_RING_SECONDS
    ring_seconds: float = 25.0


@dataclass(frozen=True, slots=True)
class AgentsNow:
    """The campaign's agents: how many are available, and for how long the others have talked or been in wrap-up.

    Agents of the campaign's whom the inbound lines or another campaign need are not among them, but `elsewhere`. Those
    whose phones ring for a customer are talking since 0.
    """

    available: int
    talking: tuple[float, ...] = ()
    in_wrap_up: tuple[float, ...] = ()
    elsewhere: int = 0

    @property
    def count(self) -> int:
        """All of them."""
        return self.available + len(self.talking) + len(self.in_wrap_up)

    @property
    def is_anybody_there(self) -> bool:
        """Whether anybody serves the campaign at all: not all have logged out or paused."""
        return self.count + self.elsewhere > 0


@dataclass(frozen=True, slots=True)
class CallsNow:
    """Calls in flight: since when each one that is not answered was placed; live answers without an agent yet."""

    unanswered: tuple[float, ...] = ()
    waiting: int = 0

    @property
    def count(self) -> int:
        """All of them."""
        return len(self.unanswered) + self.waiting


@dataclass(frozen=True, slots=True)
class DayTally:
    """The campaign's day so far. `live_answers`: by persons, the abandoned ones among them; machines are left out."""

    live_answers: int = 0
    abandoned: int = 0


@dataclass(frozen=True, slots=True)
class DialLimits:
    """What is there besides agents: free channels of the trunk, calls that the rate allows now, contacts to call.

    `seconds_left`: until the campaign's day ends.
    """

    channels_free: int
    calls_by_rate: int
    contacts: int
    seconds_left: float


@dataclass(frozen=True, slots=True)
class PacingSituation:
    """All that a decision follows from, besides what was learned."""

    agents: AgentsNow
    calls: CallsNow
    tally: DayTally
    limits: DialLimits


@dataclass(frozen=True, slots=True)
class PacingDecision:
    """How many calls to place now, why not more, and which unanswered ones to cancel (places in `CallsNow`)."""

    place: int
    limit: PacingLimit
    cancel: tuple[int, ...] = ()
