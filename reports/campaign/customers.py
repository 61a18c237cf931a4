"""A campaign's customers as the report looks at them: their calls, the contact among these, and its effect. Pure.

The contact is the first call in which the customer was talked to. Its effect is what they paid from that day on (a list
of payments has days, not hours) up to so many days after it. What they paid before is none, nor is anything that a
customer pays who said that they had paid already.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from callcenter.campaign_outcomes import TALKED, CallOutcome, ContactState, is_call
from callcenter.outgoing_calls import OutgoingResult
from reports.campaign.payments import Payment


@dataclass(frozen=True, slots=True)
class CampaignAbout:
    """Of which campaign the report is. `queue`: whose agents had its calls; amounts in percent of live answers."""

    name: str
    title: str
    first_day: date
    last_day: date
    queue: str
    paid_within_days: int
    ceiling_percent: Decimal


@dataclass(frozen=True, slots=True)
class CampaignAttempt:
    """One attempt. `day`: in the centre's zone; `member`: who dialled or talked; `agreed_on`: when to call again."""

    begun_us: int
    day: date
    number: str
    member: str = ""
    result: OutgoingResult = OutgoingResult.OPEN
    outcome: CallOutcome | None = None
    agreed_on: date | None = None

    @property
    def is_call(self) -> bool:
        """Whether the customer was called."""
        return is_call(self.result, self.outcome)

    @property
    def is_contact(self) -> bool:
        """Whether the customer was talked to."""
        return self.outcome in TALKED

    @property
    def is_live(self) -> bool:
        """Answered by a person: machines, recognised or marked by an agent, are left out."""
        return self.result is OutgoingResult.ANSWERED and self.outcome is not CallOutcome.MACHINE

    @property
    def is_machine(self) -> bool:
        """Answered by a machine, recognised or marked by an agent."""
        return self.result is OutgoingResult.ANSWERED and self.outcome is CallOutcome.MACHINE

    @property
    def is_recognised(self) -> bool:
        """A machine by the machine detection: no agent had the call, and a person it was taken for is among these."""
        return self.is_machine and not self.member

    @property
    def hung_up(self) -> bool:
        """A live answer that ended it before an agent was due."""
        return self.is_live and self.outcome is CallOutcome.HUNG_UP

    @property
    def is_abandoned(self) -> bool:
        """A live answer that no agent took in time."""
        return self.is_live and self.outcome is CallOutcome.ABANDONED


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer of the campaign, with their attempts in any order."""

    id: int
    code: str
    name: str
    service: str
    state: ContactState
    attempts: tuple[CampaignAttempt, ...] = ()


@dataclass(frozen=True, slots=True)
class ManagedCustomer:
    """A customer who was called at least once. `decisive`: the call that says the result, the last in which they were
    talked to, else the last of all; `contact`: the first in which they were. `effect`: the payments that follow it.
    """

    customer: Customer
    calls: tuple[CampaignAttempt, ...]
    contact: CampaignAttempt | None
    decisive: CampaignAttempt
    effect: tuple[Payment, ...]

    @property
    def outcome(self) -> CallOutcome | None:
        """What came of it all; None while nobody has said."""
        return self.decisive.outcome

    @property
    def promised(self) -> bool:
        """Whether they promised to pay, in any call."""
        return any(call.outcome is CallOutcome.PROMISED for call in self.calls)

    @property
    def amount(self) -> Decimal:
        """What they paid after the contact."""
        return sum((payment.amount for payment in self.effect), Decimal(0))


def managed(customer: Customer, payments: Sequence[Payment], within_days: int) -> ManagedCustomer | None:
    """The customer with the contact and its effect; None for one who was never called."""
    calls = tuple(sorted((each for each in customer.attempts if each.is_call), key=lambda call: call.begun_us))
    if not calls:
        return None
    talks = [call for call in calls if call.is_contact]
    contact = talks[0] if talks else None
    effect: tuple[Payment, ...] = ()
    if contact is not None and all(talk.outcome is not CallOutcome.ALREADY_PAID for talk in talks):
        effect = paid_within(payments, contact.day, within_days)
    return ManagedCustomer(customer, calls, contact, (talks or calls)[-1], effect)


def paid_within(payments: Sequence[Payment], since: date, days: int) -> tuple[Payment, ...]:
    """Those from that day on, up to so many days after it, the earliest first."""
    return tuple(sorted(each for each in payments if since <= each.paid_on <= since + timedelta(days=days)))
