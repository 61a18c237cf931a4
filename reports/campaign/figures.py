"""What a campaign came to: managed, contacted, promised, paid, and against what that is to be held. Pure.

Customers are taken one after the other, in any order. Percentages come from summed counts.

The groups of the comparison are counted over equally many days. A contacted customer's begin on the day of the contact;
whoever was not talked to has none, so theirs begin on the campaign's median contact day (the earlier of two): neither
group then has more of the days before the expiry, when people pay by themselves, as it would from the first day on.
In every group whoever paid before their days began stays among the customers and has not paid within them. Only the
comparison of all of the campaign, talked to or not, with those held out is one of equals, for chance alone divided
them; both count from the same day there.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from callcenter.campaign_outcomes import CallOutcome, ContactState
from reports.campaign.comparison import Group, percent_of
from reports.campaign.customers import CampaignAbout, Customer, ManagedCustomer, managed, paid_within
from reports.campaign.payments import Payment, PaymentsRead


@dataclass(slots=True)
class Tally:
    """Customers who were called: how many, of them contacted, and of these promised and paid; `kept`: did both.

    `calls`: all attempts to them; `contact_calls`: those to the contacted ones.
    """

    managed: int = 0
    contacted: int = 0
    promised: int = 0
    kept: int = 0
    paid: int = 0
    amount: Decimal = Decimal(0)
    calls: int = 0
    contact_calls: int = 0

    @property
    def not_reached(self) -> int:
        """Called, and never talked to."""
        return self.managed - self.contacted

    @property
    def contacted_percent(self) -> Decimal | None:
        """Of those who were called."""
        return percent_of(self.contacted, self.managed)

    @property
    def paid_percent(self) -> Decimal | None:
        """The effectiveness: those who paid after the contact, of those contacted."""
        return percent_of(self.paid, self.contacted)

    def add(self, each: ManagedCustomer) -> None:
        """Count a customer."""
        self.managed += 1
        self.calls += len(each.calls)
        self.promised += each.promised
        if each.contact is not None:
            self.contacted += 1
            self.contact_calls += len(each.calls)
        if each.effect:
            self.paid += 1
            self.kept += each.promised
            self.amount += each.amount


@dataclass(slots=True)
class CampaignDay:
    """One day: calls that began, live answers and how many of these nobody took, contacts, and who paid after one.

    `abandoned` over `live` is what the ceiling is for. `hung_up`: live answers that ended it before an agent was due.
    Answered by machines, which are no live answers: `recognised` by the detection, `marked` by agents. `paying`
    customers are counted on the day of their first payment only; `amount` is of all payments.
    """

    calls: int = 0
    live: int = 0
    abandoned: int = 0
    contacted: int = 0
    paying: int = 0
    amount: Decimal = Decimal(0)
    hung_up: int = 0
    recognised: int = 0
    marked: int = 0

    @property
    def abandoned_percent(self) -> Decimal | None:
        """Exact; None without live answers."""
        return percent_of(self.abandoned, self.live)


# What is counted of a day's calls.
_OF_CALLS = ("calls", "live", "abandoned", "hung_up", "recognised", "marked", "contacted")


@dataclass(slots=True)
class AttemptTally:
    """The first, second, ... call to each customer: how many there were, and how many of them were the contact."""

    calls: int = 0
    contacted: int = 0

    @property
    def contacted_percent(self) -> Decimal | None:
        """Of the calls."""
        return percent_of(self.contacted, self.calls)


@dataclass(frozen=True, slots=True)
class Comparisons:
    """Groups over equally many days. `since`: the day from which those without a contact are counted, None: no contact.

    `called`: all of the campaign but those held out, whether they were talked to or not, counted from `since` like
    `held_out`.
    """

    since: date | None
    contacted: Group
    not_reached: Group
    held_out: Group
    called: Group


@dataclass(frozen=True, slots=True)
class CampaignReport:
    """The report. Keys of `services` and `agents` may be empty: it was not said. `agents`: by who had the contact.

    `customers`: those in the campaign, of whom `held_out` are not to be called. `outcomes` are of calls, `results` of
    customers; None: not said yet. `payments_until`: the last day of the lists of payments. `managed`: by name.
    """

    about: CampaignAbout
    customers: int
    held_out: int
    total: Tally
    services: Mapping[str, Tally]
    agents: Mapping[str, Tally]
    days: Mapping[date, CampaignDay]
    attempts: Mapping[int, AttemptTally]
    outcomes: Mapping[CallOutcome | None, int]
    results: Mapping[CallOutcome | None, int]
    comparisons: Comparisons
    payments_until: date | None
    managed: Sequence[ManagedCustomer]

    @property
    def knows_payments(self) -> bool:
        """Whether anybody has said who paid."""
        return self.payments_until is not None

    @property
    def whole(self) -> CampaignDay:
        """All days in one."""
        days = self.days.values()
        return CampaignDay(**{name: sum(getattr(day, name) for day in days) for name in _OF_CALLS})

    @property
    def worst_day(self) -> date | None:
        """The day with the highest abandonment rate, the earliest of several; None where nobody was abandoned."""
        rated = [(day.abandoned_percent, at) for at, day in self.days.items() if day.abandoned and day.live]
        return min(rated, key=lambda each: (-(each[0] or 0), each[1]))[1] if rated else None

    @property
    def calls_per_contacted(self) -> Decimal | None:
        """Attempts to contacted customers, on average; None without a contact."""
        return Decimal(self.total.contact_calls) / self.total.contacted if self.total.contacted else None

    @property
    def complete_on(self) -> date | None:
        """The last day of the last contact's days: until lists of payments reach it, more may be paid."""
        contacts = [day for day, tally in self.days.items() if tally.contacted]
        return max(contacts) + timedelta(days=self.about.paid_within_days) if contacts else None

    def is_within_ceiling(self, day: CampaignDay) -> bool:
        """Compared exactly; a day without live answers is."""
        return Decimal(day.abandoned) * 100 <= self.about.ceiling_percent * day.live


def campaign_report(about: CampaignAbout, customers: Iterable[Customer], payments: PaymentsRead) -> CampaignReport:
    """The report of all customers of a campaign; each is looked at once and those never called are not kept."""
    fold = _Fold(about.paid_within_days)
    for customer in customers:
        fold.add(customer, payments.of_customer.get(customer.id, ()))
    return CampaignReport(
        about=about,
        customers=fold.customers,
        held_out=fold.held_out.customers,
        total=fold.total,
        services=dict(sorted(fold.services.items())),
        agents=dict(sorted(fold.agents.items())),
        days=dict(sorted(fold.days.items())),
        attempts=dict(sorted(fold.attempts.items())),
        outcomes=fold.outcomes,
        results=fold.results,
        comparisons=fold.comparisons(),
        payments_until=payments.until,
        managed=sorted(fold.managed, key=lambda each: (each.customer.name, each.customer.id)),
    )


@dataclass(slots=True)
class _Waiting:
    """A group that is counted once the day is known from which: how many, and the payments of those who made any."""

    customers: int = 0
    payers: list[Sequence[Payment]] = field(default_factory=list)

    def add(self, payments: Sequence[Payment]) -> None:
        self.customers += 1
        if payments:
            self.payers.append(payments)

    def counted(self, since: date | None, days: int) -> Group:
        paid = 0 if since is None else sum(bool(paid_within(each, since, days)) for each in self.payers)
        return Group(self.customers, paid)


@dataclass(slots=True)
class _Fold:
    """Counts customers one by one."""

    within_days: int
    customers: int = 0
    total: Tally = field(default_factory=Tally)
    services: dict[str, Tally] = field(default_factory=dict)
    agents: dict[str, Tally] = field(default_factory=dict)
    days: dict[date, CampaignDay] = field(default_factory=dict)
    attempts: dict[int, AttemptTally] = field(default_factory=dict)
    outcomes: Counter[CallOutcome | None] = field(default_factory=Counter)
    results: Counter[CallOutcome | None] = field(default_factory=Counter)
    held_out: _Waiting = field(default_factory=_Waiting)
    called: _Waiting = field(default_factory=_Waiting)
    not_reached: _Waiting = field(default_factory=_Waiting)
    managed: list[ManagedCustomer] = field(default_factory=list)

    def add(self, customer: Customer, payments: Sequence[Payment]) -> None:
        self.customers += 1
        if customer.state is ContactState.HELD_OUT:
            return self.held_out.add(payments)
        if customer.state is not ContactState.WITHDRAWN:
            self.called.add(payments)
        each = managed(customer, payments, self.within_days)
        if each is not None:
            self._add_managed(each, payments)

    def _add_managed(self, each: ManagedCustomer, payments: Sequence[Payment]) -> None:
        self.managed.append(each)
        self.total.add(each)
        self.services.setdefault(each.customer.service, Tally()).add(each)
        self.results[each.outcome] += 1
        if each.contact is None:
            self.not_reached.add(payments)
        else:
            self.agents.setdefault(each.contact.member, Tally()).add(each)
        self._add_calls(each)
        self._add_payments(each)

    def _add_calls(self, each: ManagedCustomer) -> None:
        for number, call in enumerate(each.calls, 1):
            day, nth = self._day(call.day), self.attempts.setdefault(number, AttemptTally())
            is_contact = call is each.contact
            day.calls += 1
            day.live += call.is_live
            day.abandoned += call.is_abandoned
            day.hung_up += call.hung_up
            day.recognised += call.is_recognised
            day.marked += call.is_machine and not call.is_recognised
            day.contacted += is_contact
            nth.calls += 1
            nth.contacted += is_contact
            self.outcomes[call.outcome] += 1

    def _add_payments(self, each: ManagedCustomer) -> None:
        for number, payment in enumerate(each.effect):
            day = self._day(payment.paid_on)
            day.paying += number == 0
            day.amount += payment.amount

    def _day(self, day: date) -> CampaignDay:
        return self.days.setdefault(day, CampaignDay())

    def comparisons(self) -> Comparisons:
        since = self._median_contact_day()
        counted = [group.counted(since, self.within_days) for group in (self.not_reached, self.held_out, self.called)]
        return Comparisons(since, Group(self.total.contacted, self.total.paid), *counted)

    def _median_contact_day(self) -> date | None:
        passed, half = 0, (self.total.contacted + 1) // 2
        for at, day in sorted(self.days.items()):
            passed += day.contacted
            if passed >= half > 0:
                return at
        return None
