"""When a customer may be called next, and by which number; and whether a campaign may call at all. Pure.

What it says of a customer is kept with them (`due_us`) whenever something changes, so that whose turn it is is found by
an index. Instants are microseconds, UTC; days are the centre's.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum

from callcenter.callbacks.rules import may_be_dialled
from callcenter.campaign_outcomes import CallOutcome
from callcenter.instants import MICROSECONDS, as_datetime, as_us
from callcenter.routing.calendar import Calendar, ClosedReason
from dialer.campaigns.calling_hours import CallingHours
from dialer.campaigns.model import FINAL, Campaign, CampaignRules, CampaignState

_DAYS_LOOKED_AHEAD = 60
_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class WhyNot(StrEnum):
    """Why a campaign does not dial now."""

    WAITS_FOR_LIST = "waits_for_list"
    NOT_STARTED = "not_started"
    PAUSED = "paused"
    ENDED = "ended"
    BEFORE_WINDOW = "before_window"
    AFTER_WINDOW = "after_window"
    OUT_OF_HOURS = "out_of_hours"
    HOLIDAY = "holiday"
    NOBODY_DUE = "nobody_due"
    THEIR_AGENT = "their_agent"  # who is due agreed on the hour with an agent, who has not called them yet
    NO_AGENTS = "no_agents"
    OTHERS_FIRST = "others_first"  # agents are free, and other campaigns' calls are for them
    CALLBACKS_FIRST = "callbacks_first"
    CEILING = "ceiling"
    TRUNK_FULL = "trunk_full"
    TOO_FAST = "too_fast"
    ASTERISK_AWAY = "asterisk_away"
    DIALER_AWAY = "dialer_away"
    NO_LEDGER = "no_ledger"
    NO_SERVICE = "no_service"
    NO_LINE = "no_line"
    NO_TRUNK = "no_trunk"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call to one number, when it began, and what it came to; None while that is not known.

    `counts`: against the limits. One that we cancelled while it rang does not: the customer could have answered.
    """

    number: str
    began_us: int
    outcome: CallOutcome | None
    counts: bool = True


@dataclass(frozen=True, slots=True)
class CampaignContact:
    """One customer of a campaign. `numbers` in the order in which they are tried; `attempts` in that of time.

    `agreed_us`: when the customer asked to be called again. `barred`: numbers that are on the do-not-call list.
    `others`: attempts at these numbers for somebody else; they count for the number. `is_dropped`: an agent who was
    shown them has said that there is nothing to call them about.
    """

    id: int
    numbers: tuple[str, ...]
    attempts: tuple[Attempt, ...] = ()
    agreed_us: int | None = None
    barred: frozenset[str] = frozenset()
    others: tuple[Attempt, ...] = ()
    is_dropped: bool = False

    @property
    def counted(self) -> tuple[Attempt, ...]:
        """Their attempts that count against the limits."""
        return tuple(each for each in self.attempts if each.counts)


@dataclass(frozen=True, slots=True)
class Turn:
    """The next call to a customer: not before `due_us`, to `number`."""

    due_us: int
    number: str


class Turns:
    """The turns of one campaign's customers, by its rules and the centre's calendar."""

    def __init__(self, campaign: Campaign, calendar: Calendar, zone: tzinfo) -> None:
        self._campaign, self._rules, self._zone = campaign, campaign.rules, zone
        self._hours = CallingHours(campaign.window, campaign.rules.hours, calendar, zone)

    @property
    def zone(self) -> tzinfo:
        """The centre's."""
        return self._zone

    @property
    def rules(self) -> CampaignRules:
        """The campaign's."""
        return self._rules

    @property
    def campaign(self) -> Campaign:
        """Whose turns these are."""
        return self._campaign

    @property
    def begins(self) -> datetime:
        """The first instant of the campaign's window."""
        return datetime.combine(self._campaign.window.first, datetime.min.time(), self._zone)

    @property
    def ends(self) -> datetime:
        """The first instant after the campaign's window."""
        return datetime.combine(self._campaign.window.last + timedelta(days=1), datetime.min.time(), self._zone)

    def next_of(self, contact: CampaignContact, now_us: int) -> Turn | None:
        """The customer's next call; None: there is none any more in this campaign."""
        if is_over(contact, self._rules):
            return None
        earliest_us = max(now_us, self._left_alone_until_us(contact))
        moment = as_datetime(earliest_us, self._zone)
        for _ in range(_DAYS_LOOKED_AHEAD):
            found = self._hours.opening(moment)
            if found is None:
                return None
            number = self._number_on(contact, found.date())
            if number is not None:
                return Turn(as_us(found), number)
            moment = datetime.combine(found.date() + timedelta(days=1), datetime.min.time(), self._zone)
        return None

    def closed(self, now_us: int) -> WhyNot | None:
        """Why nobody may be called by this campaign at that instant; None: they may, if it is their turn."""
        return _BY_STATE.get(self._campaign.state) or self.closed_by_days(now_us)

    def closed_by_days(self, at_us: int) -> WhyNot | None:
        """The same by days and hours alone, whatever the campaign's state."""
        moment = as_datetime(at_us, self._zone)
        day, window = moment.date(), self._campaign.window
        if day not in window:
            return WhyNot.BEFORE_WINDOW if day < window.first else WhyNot.AFTER_WINDOW
        opening = self._hours.open_at(moment)
        if opening.open:
            return None
        if opening.reason is ClosedReason.HOLIDAY:
            return WhyNot.HOLIDAY
        return WhyNot.AFTER_WINDOW if self._hours.opening(moment) is None else WhyNot.OUT_OF_HOURS

    def seconds_left(self, now_us: int) -> float:
        """Until the calling hours of that day end, which are now."""
        moment = as_datetime(now_us, self._zone)
        weekday = _WEEK[moment.weekday()]
        spans = [span for span in self._rules.hours if weekday in span.days and span.opens <= moment.time()]
        closes = max((span.closes for span in spans), default=moment.time())
        return max(0.0, (datetime.combine(moment.date(), closes, self._zone) - moment).total_seconds())

    def _left_alone_until_us(self, contact: CampaignContact) -> int:
        if contact.agreed_us is not None:
            return contact.agreed_us
        if not contact.attempts:
            return 0
        last = contact.attempts[-1]
        return last.began_us + pause_after(last.outcome, self._rules) * MICROSECONDS

    def _number_on(self, contact: CampaignContact, day: date) -> str | None:
        """The number to try on that day: one after the other, the least tried first; the one that was agreed on."""
        others = tuple(each for each in contact.others if each.counts)
        of_day = self._on(day, contact.counted)
        if len(of_day) >= self._rules.customer_a_day:
            return None
        tried = Counter(each.number for each in contact.counted + others)
        tried_today = Counter(each.number for each in of_day + self._on(day, others))
        possible = [
            number
            for number in callable_numbers(contact)
            if tried[number] < self._rules.number_in_all and tried_today[number] < self._rules.number_a_day
        ]
        if contact.agreed_us is not None and contact.attempts and contact.attempts[-1].number in possible:
            return contact.attempts[-1].number
        return min(possible, key=lambda number: tried[number], default=None)

    def _on(self, day: date, attempts: tuple[Attempt, ...]) -> tuple[Attempt, ...]:
        return tuple(each for each in attempts if as_datetime(each.began_us, self._zone).date() == day)


def pause_after(outcome: CallOutcome | None, rules: CampaignRules) -> int:
    """For how many seconds the customer is left alone after that; who answered and hung up, as who did not answer."""
    if outcome is None:
        return 0
    return rules.pauses_seconds.get(CallOutcome.NO_ANSWER if outcome is CallOutcome.HUNG_UP else outcome, 0)


def callable_numbers(contact: CampaignContact) -> tuple[str, ...]:
    """Those that may be called, are not barred and have not turned out to be somebody else's."""
    wrong = {each.number for each in contact.attempts if each.outcome is CallOutcome.WRONG_NUMBER}
    unwanted = contact.barred | wrong
    return tuple(number for number in contact.numbers if number not in unwanted and may_be_dialled(number))


def is_over(contact: CampaignContact, rules: CampaignRules) -> bool:
    """Whether the customer is not to be called any more, or is being called now."""
    if contact.is_dropped or not callable_numbers(contact) or len(contact.counted) >= rules.customer_in_all:
        return True
    last = contact.attempts[-1] if contact.attempts else None
    return last is not None and (last.outcome is None or any(each.outcome in FINAL for each in contact.attempts))


_BY_STATE = {
    CampaignState.DRAFT: WhyNot.WAITS_FOR_LIST,
    CampaignState.READY: WhyNot.NOT_STARTED,
    CampaignState.PAUSED: WhyNot.PAUSED,
    CampaignState.ENDED: WhyNot.ENDED,
}
