"""Whose turn it is, and why it is nobody's: borders of the day, the window and the limits."""

from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.campaign_outcomes import CallOutcome
from callcenter.centre.model import OpenSpan
from callcenter.instants import as_datetime, as_us
from callcenter.routing.calendar import Calendar
from dialer.campaigns.model import Campaign, CampaignKind, CampaignRules, CampaignState, DialMode
from dialer.campaigns.turns import Attempt, CampaignContact, Turn, Turns, WhyNot
from dialer.campaigns.window import Window, prepaid_expiries, prepaid_window

ZONE = ZoneInfo("America/La_Paz")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
HOURS = (
    OpenSpan.model_validate({"days": WEEKDAYS, "from": "08:00", "to": "20:00"}),
    OpenSpan.model_validate({"days": ["sat"], "from": "09:00", "to": "13:00"}),
)
ALWAYS = (OpenSpan.model_validate({"days": [*WEEKDAYS, "sat", "sun"], "from": "00:00", "to": "24:00"}),)
# November 2026: the 25th is a Wednesday, the 30th a Monday.
CAMPAIGN = Campaign(
    1,
    CampaignKind.PREPAID_EXPIRY,
    "prepago-2026-11",
    "Prepago",
    DialMode.PREVIEW,
    CampaignState.RUNNING,
    prepaid_window(date(2026, 11, 1)),
    CampaignRules(HOURS),
    "prepago",
    "102",
)
FIXED, MOBILE = "44123456", "70712345"
CUSTOMER = CampaignContact(1, (MOBILE, FIXED))
CALENDAR = Calendar(ZONE)


def at(day: int, hour: int = 0, minute: int = 0, second: int = 0, month: int = 11) -> int:
    return as_us(datetime(2026, month, day, hour, minute, second, tzinfo=ZONE))


def turns(campaign: Campaign = CAMPAIGN) -> Turns:
    return Turns(campaign, CALENDAR, ZONE)


def tried(*attempts: tuple[str, int, CallOutcome | None]) -> CampaignContact:
    return replace(CUSTOMER, attempts=tuple(Attempt(*each) for each in attempts))


@pytest.mark.parametrize(
    ("now", "reason"),
    [
        (at(24, 23, 59, 59), WhyNot.BEFORE_WINDOW),
        (at(25), WhyNot.OUT_OF_HOURS),
        (at(25, 7, 59, 59), WhyNot.OUT_OF_HOURS),
        (at(25, 8), None),
        (at(25, 19, 59, 59), None),
        (at(25, 20), WhyNot.OUT_OF_HOURS),
        (at(28, 9), None),
        (at(28, 13), WhyNot.OUT_OF_HOURS),
        (at(29, 12), WhyNot.OUT_OF_HOURS),
        (at(30, 19, 59, 59), None),
        (at(30, 20), WhyNot.AFTER_WINDOW),
        (at(1, 8, month=12), WhyNot.AFTER_WINDOW),
    ],
)
def test_a_campaign_calls_within_its_days_and_hours(now: int, reason: WhyNot | None) -> None:
    assert turns().closed(now) is reason


def test_a_month_that_ends_on_a_sunday_ends_with_its_last_calling_hour() -> None:
    """May 2026 ends on a Sunday: the last hour is on Saturday the 30th, until 13:00."""
    campaign = replace(CAMPAIGN, window=prepaid_window(date(2026, 5, 1)))
    assert turns(campaign).closed(at(30, 12, 59, 59, month=5)) is None
    assert turns(campaign).closed(at(30, 13, month=5)) is WhyNot.AFTER_WINDOW
    assert turns(campaign).next_of(CUSTOMER, at(30, 13, month=5)) is None


@pytest.mark.parametrize("hours", [HOURS, ALWAYS])
def test_nobody_is_called_on_a_holiday_whatever_the_hours(hours: tuple[OpenSpan, ...]) -> None:
    campaign = replace(CAMPAIGN, window=prepaid_window(date(2026, 12, 1)), rules=CampaignRules(hours))
    assert turns(campaign).closed(at(25, 10, month=12)) is WhyNot.HOLIDAY
    found = turns(campaign).next_of(CUSTOMER, at(25, 10, month=12))
    assert found == Turn(at(26, 0 if hours is ALWAYS else 9, month=12), MOBILE)


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (CampaignState.DRAFT, WhyNot.WAITS_FOR_LIST),
        (CampaignState.READY, WhyNot.NOT_STARTED),
        (CampaignState.PAUSED, WhyNot.PAUSED),
        (CampaignState.ENDED, WhyNot.ENDED),
    ],
)
def test_only_a_running_campaign_calls(state: CampaignState, reason: WhyNot) -> None:
    assert turns(replace(CAMPAIGN, state=state)).closed(at(25, 10)) is reason


def test_who_was_not_called_yet_is_due_when_calls_may_be_made() -> None:
    assert turns().next_of(CUSTOMER, at(20)) == Turn(at(25, 8), MOBILE)
    assert turns().next_of(CUSTOMER, at(25, 10, 30)) == Turn(at(25, 10, 30), MOBILE)
    assert turns().next_of(CUSTOMER, at(28, 13)) == Turn(at(30, 8), MOBILE)


def test_the_other_number_is_tried_next_after_the_pause_of_the_outcome() -> None:
    busy = tried((MOBILE, at(25, 10), CallOutcome.BUSY))
    assert turns().next_of(busy, at(25, 10, 1)) == Turn(at(25, 10, 15), FIXED)
    silent = tried((MOBILE, at(25, 10), CallOutcome.NO_ANSWER))
    assert turns().next_of(silent, at(25, 10, 1)) == Turn(at(25, 13), FIXED)


def test_a_wrong_number_is_not_called_again_and_the_other_one_at_once() -> None:
    wrong = tried((MOBILE, at(25, 10), CallOutcome.WRONG_NUMBER))
    assert turns().next_of(wrong, at(25, 10, 1)) == Turn(at(25, 10, 1), FIXED)
    both = tried((MOBILE, at(25, 10), CallOutcome.WRONG_NUMBER), (FIXED, at(25, 11), CallOutcome.WRONG_NUMBER))
    assert turns().next_of(both, at(26, 9)) is None


def test_after_three_calls_a_day_the_customer_is_left_alone_until_the_next() -> None:
    called = enumerate((MOBILE, FIXED, MOBILE), 9)
    three = tried(*((number, at(25, hour), CallOutcome.BUSY) for hour, number in called))
    assert turns().next_of(three, at(25, 12)) == Turn(at(26, 8), FIXED)


def test_a_call_that_we_cancelled_counts_against_no_limit_and_the_customer_is_left_alone_all_the_same() -> None:
    rules = CampaignRules(HOURS, number_a_day=1, customer_a_day=1, number_in_all=1, customer_in_all=1)
    cancelled = Attempt(MOBILE, at(25, 9), CallOutcome.FAILED, counts=False)
    contact = replace(CUSTOMER, numbers=(MOBILE,), attempts=(cancelled,))
    assert turns(replace(CAMPAIGN, rules=rules)).next_of(contact, at(25, 9, 1)) == Turn(at(25, 10), MOBILE)
    other = replace(contact, attempts=(), others=(cancelled,))
    assert turns(replace(CAMPAIGN, rules=rules)).next_of(other, at(25, 9, 1)) == Turn(at(25, 9, 1), MOBILE)


def test_who_answers_and_hangs_up_is_left_alone_for_as_long_as_who_does_not_answer() -> None:
    hung_up = tried((MOBILE, at(25, 9), CallOutcome.HUNG_UP))
    assert turns().next_of(hung_up, at(25, 9, 1)) == Turn(at(25, 12), FIXED)


def test_a_number_has_a_limit_of_its_own() -> None:
    rules = CampaignRules(HOURS, number_a_day=1, number_in_all=2)
    contact = replace(tried((MOBILE, at(25, 9), CallOutcome.BUSY)), numbers=(MOBILE,))
    assert turns(replace(CAMPAIGN, rules=rules)).next_of(contact, at(25, 12)) == Turn(at(26, 8), MOBILE)
    twice = replace(contact, attempts=(*contact.attempts, Attempt(MOBILE, at(26, 9), CallOutcome.BUSY)))
    assert turns(replace(CAMPAIGN, rules=rules)).next_of(twice, at(26, 12)) is None


@pytest.mark.parametrize(
    "outcome", [CallOutcome.PROMISED, CallOutcome.ALREADY_PAID, CallOutcome.REFUSED, CallOutcome.NEVER_AGAIN]
)
def test_who_was_reached_is_not_called_again(outcome: CallOutcome) -> None:
    assert turns().next_of(tried((MOBILE, at(25, 9), outcome)), at(27, 9)) is None


def test_who_is_being_called_is_not_called_by_another() -> None:
    assert turns().next_of(tried((MOBILE, at(25, 9), None)), at(25, 9, 1)) is None


def test_who_asked_to_be_called_at_an_hour_is_called_then_at_the_same_number() -> None:
    agreed = replace(tried((FIXED, at(25, 9), CallOutcome.CALL_AGAIN)), agreed_us=at(26, 15, 30))
    assert turns().next_of(agreed, at(25, 10)) == Turn(at(26, 15, 30), FIXED)
    at_night = replace(agreed, agreed_us=at(26, 21))
    assert turns().next_of(at_night, at(25, 10)) == Turn(at(27, 8), FIXED)


def test_a_barred_number_is_never_called() -> None:
    assert turns().next_of(replace(CUSTOMER, barred=frozenset({MOBILE})), at(25, 9)) == Turn(at(25, 9), FIXED)
    assert turns().next_of(replace(CUSTOMER, barred=frozenset({MOBILE, FIXED})), at(25, 9)) is None


OUTCOMES = st.sampled_from([*CallOutcome])


@given(st.lists(st.tuples(st.sampled_from([MOBILE, FIXED]), st.integers(at(25), at(30, 20)), OUTCOMES), max_size=10))
def test_whatever_happened_no_call_is_out_of_hours_beyond_a_limit_or_in_the_past(
    history: list[tuple[str, int, CallOutcome]],
) -> None:
    contact, now = tried(*sorted(history, key=lambda each: each[1])), at(27, 10)
    turn = turns().next_of(contact, now)
    if turn is None:
        return
    assert turn.due_us >= now
    assert turns().closed(turn.due_us) is None
    day = as_datetime(turn.due_us, ZONE).date()
    of_day = [each for each in contact.attempts if as_datetime(each.began_us, ZONE).date() == day]
    assert len(of_day) < 3
    assert len(contact.attempts) < 9


def test_the_months_of_the_prepaid_campaign() -> None:
    leap = date(2028, 2, 10)
    assert prepaid_window(leap) == Window(date(2028, 2, 25), date(2028, 2, 29))
    assert prepaid_expiries(leap) == Window(date(2028, 2, 29), date(2028, 3, 31))
    assert prepaid_expiries(date(2026, 12, 31)) == Window(date(2026, 12, 31), date(2027, 1, 31))


def test_who_is_not_to_be_called_about_anything_has_no_turn() -> None:
    assert turns().next_of(replace(CUSTOMER, is_dropped=True), at(25, 10)) is None
