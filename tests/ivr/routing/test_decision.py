"""Where a call goes, how urgently, and why."""

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from backoffice.smartflex.customers import (
    Contract,
    CustomerView,
    Fault,
    FaultState,
    Product,
    ProductKind,
    ProductState,
    Segment,
)
from callcenter.routing.calendar import ClosedReason, Opening
from callcenter.routing.fairness import FAIR_WAIT_SECONDS
from ivr.routing.decision import PRIORITIES, Decision, Route, RoutingReason, WhoCalls, decide

OPEN = Opening(True)
MONDAY = datetime(2026, 10, 5, 8, tzinfo=ZoneInfo("America/La_Paz"))


def customer(segment: Segment, repetitions: int | None = None, number: int = 1) -> CustomerView:
    """A customer; with `repetitions` one who has an open fault, reported again so often."""
    fault = Fault(9, "Sin tono", FaultState.IN_REPAIR, 0, repetitions or 0)
    faults = (fault,) if repetitions is not None else ()
    product = Product(5, ProductKind.INTERNET, ProductState.ACTIVE, "Hogar", "", faults)
    contract = Contract("2000001", MONDAY.date(), Decimal(0), None, (product,))
    return CustomerView(number, "N", segment, "Sarco", "Calle", contracts=(contract,))


def decided(*customers: CustomerView, longest_wait_seconds: float = 0.0) -> Decision:
    return decide("101", OPEN, WhoCalls(customers), longest_wait_seconds)


@pytest.mark.parametrize(
    ("segment", "reason", "priority"),
    [
        (Segment.TOP_A, "top_a", 20),
        (Segment.TOP_B, "top_b", 15),
        (Segment.PYME, "pyme", 10),
        (Segment.INFLUENCER, "none", 0),
        (Segment.MASIVO, "none", 0),
    ],
)
def test_the_segment_gives_the_priority(segment: Segment, reason: str, priority: int) -> None:
    assert decided(customer(segment)) == Decision(Route.QUEUE, RoutingReason(reason), priority, "101")


def test_a_repeated_fault_comes_before_every_segment() -> None:
    assert decided(customer(Segment.MASIVO, repetitions=1)).reason is RoutingReason.REPEATED_FAULT
    assert decided(customer(Segment.TOP_A, repetitions=2)).priority == max(PRIORITIES.values()) == 30


def test_a_fault_reported_once_is_not_a_repeated_one() -> None:
    assert decided(customer(Segment.MASIVO, repetitions=0)) == Decision(Route.QUEUE, RoutingReason.NONE, 0, "101")


def test_of_several_customers_behind_a_number_the_most_urgent_decides() -> None:
    both = (customer(Segment.PYME, number=1), customer(Segment.TOP_B, number=2))
    assert decided(*both).reason is decided(*reversed(both)).reason is RoutingReason.TOP_B


def test_an_unknown_caller_goes_to_the_queue_without_priority() -> None:
    assert decided() == Decision(Route.QUEUE, RoutingReason.NONE, 0, "101")


@pytest.mark.parametrize("missing", [RoutingReason.LOOKUP_LATE, RoutingReason.LOOKUP_FAILED])
def test_a_failed_look_up_is_the_reason_and_never_the_end(missing: RoutingReason) -> None:
    assert decide("102", OPEN, WhoCalls(missing=missing)) == Decision(Route.QUEUE, missing, 0, "102")


@pytest.mark.parametrize(("closed", "reason"), [(ClosedReason.HOURS, "hours"), (ClosedReason.HOLIDAY, "holiday")])
def test_a_closed_line_is_closed_for_everybody(closed: ClosedReason, reason: str) -> None:
    opening = Opening(False, closed, MONDAY)
    decision = decide("101", opening, WhoCalls((customer(Segment.TOP_A, repetitions=3),)))
    assert decision == Decision(Route.CLOSED, RoutingReason(reason), 0, "")


def test_who_has_waited_long_is_not_overtaken_any_more() -> None:
    before = decided(customer(Segment.TOP_A), longest_wait_seconds=FAIR_WAIT_SECONDS - 1)
    after = decided(customer(Segment.TOP_A), longest_wait_seconds=FAIR_WAIT_SECONDS)
    assert (before.priority, after.priority) == (20, 0)
    assert after.reason is RoutingReason.TOP_A
