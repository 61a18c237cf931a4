"""Whether a call goes to its queue, how urgently, and why. Pure.

Priority in the queue is Asterisk's QUEUE_PRIO: app_queue lets a caller of a higher number enter before every waiting
caller of a lower one, and equals stand in the order in which they came. By itself that starves ordinary callers as
long as urgent ones keep coming. So it is bounded here: once anybody in the queue has waited `FAIR_WAIT_SECONDS`,
whoever arrives then enters at the end, urgent or not (its `reason` still says what it is, with priority 0). A caller
is overtaken only by those who arrive in the first minutes of the wait, never without end.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from backoffice.smartflex.customers import CustomerView, Segment
from callcenter.routing.calendar import ClosedReason, Opening
from callcenter.routing.fairness import FAIR_WAIT_SECONDS


class Route(StrEnum):
    """Where a call goes."""

    QUEUE = "queue"
    CLOSED = "closed"


class RoutingReason(StrEnum):
    """Why it goes there so urgently. The dialplan adds `no_answer` when the routing did not answer it."""

    REPEATED_FAULT = "repeated_fault"
    TOP_A = "top_a"
    TOP_B = "top_b"
    PYME = "pyme"
    NONE = "none"
    LOOKUP_LATE = "lookup_late"
    LOOKUP_FAILED = "lookup_failed"
    HOURS = "hours"
    HOLIDAY = "holiday"


# Who reports the same fault again comes before all (COM-GCM-P12 is about them); the segments follow the order of the
# work-order matrix of its annex 2: TOP A, TOP B, then PYMES that are not TOP.
PRIORITIES: Mapping[RoutingReason, int] = MappingProxyType(
    {RoutingReason.REPEATED_FAULT: 30, RoutingReason.TOP_A: 20, RoutingReason.TOP_B: 15, RoutingReason.PYME: 10}
)
_SEGMENTS: Mapping[Segment, RoutingReason] = MappingProxyType(
    {Segment.TOP_A: RoutingReason.TOP_A, Segment.TOP_B: RoutingReason.TOP_B, Segment.PYME: RoutingReason.PYME}
)
_CLOSED: Mapping[ClosedReason, RoutingReason] = MappingProxyType(
    {ClosedReason.HOURS: RoutingReason.HOURS, ClosedReason.HOLIDAY: RoutingReason.HOLIDAY}
)


@dataclass(frozen=True, slots=True)
class WhoCalls:
    """What is known of the caller.

    `customers`: the one who was identified, or everybody with that number. `missing`: why nobody could be looked up,
    None when that worked.
    """

    customers: tuple[CustomerView, ...] = ()
    missing: RoutingReason | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """Where a call goes. `priority` is for QUEUE_PRIO; `queue` is the one that takes it, empty when closed."""

    route: Route
    reason: RoutingReason
    priority: int = 0
    queue: str = ""


def decide(queue: str, opening: Opening, who: WhoCalls, longest_wait_seconds: float = 0.0) -> Decision:
    """Where a call for that queue goes. `longest_wait_seconds`: of those who wait in it now; 0 when not known.

    Of several customers behind one number the most urgent one decides: nobody loses priority by sharing a telephone.
    """
    if opening.reason is not None:
        return Decision(Route.CLOSED, _CLOSED[opening.reason])
    reason = max((_reason_of(each) for each in who.customers), key=_urgency, default=who.missing or RoutingReason.NONE)
    priority = _urgency(reason) if longest_wait_seconds < FAIR_WAIT_SECONDS else 0
    return Decision(Route.QUEUE, reason, priority, queue)


def _reason_of(customer: CustomerView) -> RoutingReason:
    if any(fault.is_repeated for fault in customer.open_faults):
        return RoutingReason.REPEATED_FAULT
    return _SEGMENTS.get(customer.segment, RoutingReason.NONE)


def _urgency(reason: RoutingReason) -> int:
    return PRIORITIES.get(reason, 0)
