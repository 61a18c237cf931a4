"""Campaigns that tests count: customers with their calls, and payments."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import count

from hypothesis import strategies as st

from callcenter.campaign_outcomes import TALKED, CallOutcome, ContactState
from callcenter.instants import as_us
from callcenter.outgoing_calls import OutgoingResult
from reports.campaign.customers import CampaignAbout, CampaignAttempt, Customer
from reports.campaign.figures import CampaignReport, campaign_report
from reports.campaign.payments import Payment, PaymentsRead

FIRST = date(2026, 11, 25)
WITHIN_DAYS = 15
ABOUT = CampaignAbout(
    *("prepago-2026-11", "Prepago de noviembre", FIRST, date(2026, 11, 30), "prepago"),
    *(WITHIN_DAYS, Decimal("3.0")),
)
ANSWERED = TALKED | {CallOutcome.MACHINE, CallOutcome.HUNG_UP, CallOutcome.ABANDONED}
_moments = count(1)


def day(number: int) -> date:
    """The campaign's first day, or one so many days after it."""
    return FIRST + timedelta(days=number)


def call(at: int, outcome: CallOutcome | None, *, member: str = "", agreed_on: date | None = None) -> CampaignAttempt:
    """A call on that day, later than those made before."""
    begun = as_us(datetime.combine(day(at), time(12), UTC)) + next(_moments)
    result = OutgoingResult.ANSWERED if outcome is None or outcome in ANSWERED else OutgoingResult.NO_ANSWER
    return CampaignAttempt(begun, day(at), "70712345", member, result, outcome, agreed_on)


def customer(
    number: int, *calls: CampaignAttempt, service: str = "internet", state: ContactState = ContactState.OVER
) -> Customer:
    """A customer of the campaign."""
    return Customer(number, f"C{number}", f"Cliente {number:04}", service, state, calls)


def held_out(number: int) -> Customer:
    """One who is not called, to compare with."""
    return customer(number, state=ContactState.HELD_OUT)


def paid(at: int, amount: str = "150.00") -> Payment:
    """A payment on that day."""
    return Payment(day(at), Decimal(amount))


def report(
    customers: Sequence[Customer], payments: dict[int, tuple[Payment, ...]] | None = None, until: int = 30
) -> CampaignReport:
    """The report of these."""
    return campaign_report(ABOUT, customers, PaymentsRead(payments or {}, day(until)))


# -- any campaign ------------------------------------------------------------------------------------------

AT = st.integers(0, 5)
OUTCOMES = st.sampled_from([None, *CallOutcome])
RUNG = st.builds(
    lambda at, outcome, member: call(at, outcome, member=member), AT, OUTCOMES, st.sampled_from(["", "1001"])
)
CALLS = st.one_of(RUNG, RUNG, RUNG.map(lambda made: replace(made, result=OutgoingResult.UNPLACED)))
CUSTOMERS = st.lists(st.tuples(st.lists(CALLS, max_size=4), st.sampled_from([*ContactState])), max_size=12).map(
    lambda made: [customer(number, *calls, state=state) for number, (calls, state) in enumerate(made)]
)
PAYMENTS = st.dictionaries(
    st.integers(0, 11),
    st.lists(st.builds(paid, st.integers(-3, 25), st.sampled_from(["10.00", "150.00"])), min_size=1).map(tuple),
)
