"""What a campaign came to, by examples that were counted by hand, and what holds for every campaign."""

import random
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.campaign_outcomes import CallOutcome, ContactState
from callcenter.outgoing_calls import OutgoingResult
from reports.campaign.comparison import Group
from reports.campaign.customers import CampaignAttempt, Customer, managed, paid_within
from reports.campaign.figures import AttemptTally, CampaignDay, CampaignReport
from reports.campaign.payments import Payment
from tests.reports.campaign.made_campaigns import (
    CUSTOMERS,
    PAYMENTS,
    WITHIN_DAYS,
    call,
    customer,
    day,
    held_out,
    paid,
    report,
)

OUTCOME = CallOutcome


def example() -> CampaignReport:
    """Seven customers: four contacted (of whom two pay in time), one not reached, one never called, one held out."""
    return report(
        [
            customer(1, call(0, OUTCOME.NO_ANSWER), call(1, OUTCOME.PROMISED, member="1001")),
            customer(2, call(0, OUTCOME.CONTACTED, member="1001"), service="cable_tv"),
            customer(3, call(0, OUTCOME.ALREADY_PAID, member="1002")),
            customer(4, call(2, OUTCOME.CALL_AGAIN, member="1002"), call(3, OUTCOME.BUSY), service="both"),
            customer(5, call(0, OUTCOME.ABANDONED), call(1, OUTCOME.MACHINE)),
            customer(6),
            held_out(7),
        ],
        {
            1: (paid(0), paid(1, "100.00"), paid(9, "50.00")),  # the first is from before the contact
            2: (paid(WITHIN_DAYS, "80.50"),),
            3: (paid(4),),
            4: (paid(2 + WITHIN_DAYS + 1),),  # one day too late
            5: (paid(2),),
            7: (paid(0),),  # before the day from which the held out are counted
        },
    )


def test_managed_contacted_promised_and_paid_are_counted_by_their_rules() -> None:
    made = example()
    total = made.total
    assert (made.customers, made.held_out) == (7, 1)
    assert (total.managed, total.contacted, total.not_reached) == (5, 4, 1)
    assert (total.promised, total.kept, total.paid, total.amount) == (1, 1, 2, Decimal("230.50"))
    assert (total.contacted_percent, total.paid_percent) == (Decimal(80), Decimal(50))


def test_each_service_agent_and_attempt_has_its_share() -> None:
    made = example()
    services = {name: (each.managed, each.contacted, each.paid) for name, each in made.services.items()}
    assert services == {"both": (1, 1, 0), "cable_tv": (1, 1, 1), "internet": (3, 2, 1)}
    agents = {name: (each.contacted, each.paid, each.amount) for name, each in made.agents.items()}
    assert agents == {"1001": (2, 2, Decimal("230.50")), "1002": (2, 0, Decimal(0))}
    assert made.attempts == {1: AttemptTally(5, 3), 2: AttemptTally(3, 1)}


def test_each_day_has_its_calls_contacts_and_payments() -> None:
    made = example()
    assert made.days[day(0)] == CampaignDay(calls=4, live=3, abandoned=1, contacted=2)
    assert made.days[day(1)] == CampaignDay(2, 1, 0, 1, paying=1, amount=Decimal("100.00"), recognised=1)
    assert made.days[day(9)] == CampaignDay(amount=Decimal("50.00"))
    assert made.days[day(WITHIN_DAYS)] == CampaignDay(paying=1, amount=Decimal("80.50"))
    assert made.whole.calls == made.total.calls == 8


def test_results_are_of_calls_and_of_customers() -> None:
    made = example()
    assert made.outcomes[OUTCOME.BUSY] == 1
    # Customer 4 was talked to before the telephone was busy; customer 5 never was.
    assert dict(made.results) == {
        **{OUTCOME.PROMISED: 1, OUTCOME.CONTACTED: 1, OUTCOME.ALREADY_PAID: 1},
        **{OUTCOME.CALL_AGAIN: 1, OUTCOME.MACHINE: 1},
    }


def test_machines_that_were_recognised_are_counted_apart_from_those_that_agents_marked() -> None:
    calls = (
        *(call(0, OUTCOME.MACHINE), call(0, OUTCOME.MACHINE, member="1001")),
        *(call(0, OUTCOME.HUNG_UP), call(0, OUTCOME.ABANDONED), call(0, OUTCOME.CONTACTED, member="1001")),
    )
    day_of = report([customer(number, each) for number, each in enumerate(calls)]).days[day(0)]
    assert (day_of.recognised, day_of.marked) == (1, 1)
    assert (day_of.live, day_of.hung_up, day_of.abandoned) == (3, 1, 1)


def test_attempts_of_contacted_customers_are_averaged_over_them() -> None:
    assert example().calls_per_contacted == Decimal(6) / 4
    assert report([customer(1, call(0, OUTCOME.BUSY))]).calls_per_contacted is None


def test_the_abandonment_rate_leaves_machines_out_and_names_the_worst_day() -> None:
    made = example()
    assert (made.whole.abandoned, made.whole.live) == (1, 5)
    assert (made.whole.abandoned_percent, made.worst_day) == (Decimal(20), day(0))
    assert not made.is_within_ceiling(made.whole)
    assert report([customer(1)]).worst_day is None


@pytest.mark.parametrize(("live", "abandoned", "within"), [(100, 3, True), (99, 3, False), (0, 0, True)])
def test_the_ceiling_is_compared_exactly(live: int, abandoned: int, within: bool) -> None:
    assert report([]).is_within_ceiling(CampaignDay(live=live, abandoned=abandoned)) is within


def test_the_groups_are_counted_from_the_median_contact_day() -> None:
    compared = example().comparisons
    assert compared.since == day(0)  # contacts on the days 0, 0, 1 and 2: the earlier of the two in the middle
    assert compared.contacted == Group(4, 2)
    assert compared.not_reached == Group(1, 1)
    assert compared.held_out == Group(1, 1)
    # All but the one held out; customer 1 paid from that day on, so did 2, 3 and 5, and 4 paid too late.
    assert compared.called == Group(6, 4)


def test_without_a_contact_there_is_no_day_to_count_from() -> None:
    compared = report([customer(1, call(0, OUTCOME.BUSY)), held_out(2)], {2: (paid(0),)}).comparisons
    assert (compared.since, compared.held_out, compared.contacted) == (None, Group(1, 0), Group(0, 0))


def test_a_customer_whose_list_was_undone_was_managed_and_is_not_compared_with_those_held_out() -> None:
    gone = replace(customer(1, call(0, OUTCOME.CONTACTED)), state=ContactState.WITHDRAWN)
    made = report([gone])
    assert (made.total.managed, made.comparisons.called) == (1, Group(0, 0))


def test_a_telephone_that_was_never_rung_is_no_call() -> None:
    unplaced = replace(call(0, OUTCOME.FAILED), result=OutgoingResult.UNPLACED)
    made = report([customer(1, unplaced)])
    assert (made.total.managed, made.whole.calls) == (0, 0)


@pytest.mark.parametrize(("at", "counts"), [(-1, False), (0, True), (WITHIN_DAYS, True), (WITHIN_DAYS + 1, False)])
def test_payments_count_from_the_day_of_the_contact_to_the_last_of_the_days_after(at: int, counts: bool) -> None:
    assert bool(paid_within([paid(at)], day(0), WITHIN_DAYS)) is counts


def test_who_pays_again_after_saying_that_they_had_paid_is_no_effect() -> None:
    talks = (call(0, OUTCOME.CALL_AGAIN), call(1, OUTCOME.ALREADY_PAID))
    found = managed(customer(1, *talks), [paid(0)], WITHIN_DAYS)
    assert found is not None and found.effect == () and found.contact is talks[0]


def test_more_may_be_paid_until_the_last_contact_is_old_enough() -> None:
    assert example().complete_on == day(2 + WITHIN_DAYS)
    assert report([]).complete_on is None


# -- what holds for every campaign -------------------------------------------------------------------------


@given(CUSTOMERS, PAYMENTS, st.randoms(use_true_random=False))
def test_figures_do_not_depend_on_the_order_of_rows(
    customers: list[Customer], payments: dict[int, tuple[Payment, ...]], chance: random.Random
) -> None:
    other = [replace(each, attempts=shuffled(each.attempts, chance)) for each in customers]
    chance.shuffle(other)
    turned = {number: tuple(reversed(each)) for number, each in reversed(payments.items())}
    # The calls themselves are in the order of the list; all that is counted of them is not.
    first, second = report(customers, payments), report(other, turned)
    assert replace(first, managed=()) == replace(second, managed=())
    assert [figures_of(each) for each in first.managed] == [figures_of(each) for each in second.managed]


def shuffled(attempts: tuple[CampaignAttempt, ...], chance: random.Random) -> tuple[CampaignAttempt, ...]:
    return tuple(chance.sample(attempts, len(attempts)))


def figures_of(each: object) -> object:
    return [getattr(each, name) for name in ("calls", "contact", "decisive", "effect")]


@given(CUSTOMERS, PAYMENTS)
def test_rates_are_within_their_bounds_and_parts_sum_up(
    customers: list[Customer], payments: dict[int, tuple[Payment, ...]]
) -> None:
    made = report(customers, payments)
    total, compared = made.total, made.comparisons
    assert total.kept <= total.paid <= total.contacted <= total.managed <= made.customers
    assert total.kept <= total.promised <= total.contacted
    assert sum(each.managed for each in made.services.values()) == total.managed == len(made.managed)
    assert sum(each.contacted for each in made.agents.values()) == total.contacted == made.whole.contacted
    assert sum(each.amount for each in made.days.values()) == total.amount
    assert sum(each.paying for each in made.days.values()) == total.paid
    assert sum(made.results.values()) == total.managed and sum(made.outcomes.values()) == total.calls
    assert all(day.abandoned <= day.live <= day.calls for day in made.days.values())
    assert all(group.paid <= group.customers for group in (compared.called, compared.not_reached, compared.held_out))
    if made.worst_day is not None:
        worst = made.days[made.worst_day].abandoned_percent
        assert worst is not None and all(worst >= (day.abandoned_percent or 0) for day in made.days.values())


@given(CUSTOMERS, PAYMENTS)
def test_no_effect_is_from_before_the_contact_or_from_long_after_it(
    customers: list[Customer], payments: dict[int, tuple[Payment, ...]]
) -> None:
    for each in report(customers, payments).managed:
        last = each.contact.day + timedelta(days=WITHIN_DAYS) if each.contact is not None else date.min
        assert all(each.contact is not None and each.contact.day <= one.paid_on <= last for one in each.effect)


@pytest.mark.parametrize(("outcome", "managed_customers"), [(OUTCOME.NO_ANSWER, 1), (OUTCOME.FAILED, 0)])
def test_who_was_only_given_up_on_before_they_could_answer_is_not_managed(
    outcome: CallOutcome, managed_customers: int
) -> None:
    given_up = replace(call(0, outcome), result=OutgoingResult.CANCELLED)
    made = report([customer(1, given_up), customer(2)])
    assert (made.total.managed, sum(made.outcomes.values())) == (managed_customers, managed_customers)
