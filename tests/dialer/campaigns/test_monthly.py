"""Which campaign there must be when, and what happens to it by itself: at the borders of clock and calendar."""

from dataclasses import replace
from datetime import date, datetime, time

import pytest

from callcenter.centre.model import OpenSpan
from callcenter.routing.calendar import Calendar, DayOverride
from dialer.campaigns import monthly
from dialer.campaigns.model import Campaign, CampaignEvent, CampaignState, DialMode
from dialer.campaigns.settings import refusals, with_settings
from dialer.campaigns.turns import Turns, WhyNot
from dialer.campaigns.window import Window, prepaid_window
from tests.dialer.campaigns.kept import CENTRE, ZONE, at, moment, rules, settings

ALWAYS = (OpenSpan.model_validate({"days": [*CENTRE.hours["siempre"][0].days], "from": "00:00", "to": "24:00"}),)


def campaign(month: date, state: CampaignState = CampaignState.RUNNING) -> Campaign:
    new = monthly.prepaid_campaign(datetime.combine(month, time.min, ZONE), CENTRE, None)
    assert new is not None
    wanted = new.settings
    bare = Campaign(
        *(1, new.kind, new.name, wanted.title, wanted.mode, state, wanted.window, wanted.rules),
        wanted.queue,
        wanted.line,
    )
    return with_settings(bare, wanted)


def event(of: Campaign, now: datetime) -> CampaignEvent | None:
    return next((each.event for each in monthly.moves([of], now)), None)


def test_a_month_has_one_campaign_of_its_name_from_its_first_day_on() -> None:
    new = monthly.prepaid_campaign(moment(2026, 12, 1), CENTRE, None)
    assert new is not None
    assert (new.name, new.settings.window) == ("prepago-2026-12", Window(date(2026, 12, 25), date(2026, 12, 31)))
    assert new.settings.title == "Prepago: vencimientos de fin de diciembre de 2026"
    assert (new.settings.mode, new.settings.queue, new.settings.line) == (DialMode.PREVIEW, "prepago", "102")
    assert refusals(new.settings, CENTRE, moment(2026, 12, 1)) == ()


def test_it_is_as_the_last_one_was_left_with_the_days_of_its_own_month() -> None:
    left = with_settings(campaign(date(2026, 11, 1)), rules(ring_seconds=40))
    new = monthly.prepaid_campaign(moment(2026, 12, 1), CENTRE, left)
    assert new is not None
    assert new.settings.rules.ring_seconds == 40
    assert new.settings.window == prepaid_window(date(2026, 12, 1))
    assert "diciembre" in new.settings.title


def test_what_the_centre_no_longer_has_is_not_taken_over() -> None:
    left = with_settings(campaign(date(2026, 11, 1)), settings(line="109999"))
    new = monthly.prepaid_campaign(moment(2026, 12, 1), CENTRE, left)
    assert new is not None
    assert new.settings.line == "102"


def test_a_centre_without_a_service_for_it_has_none() -> None:
    bare = CENTRE.model_copy(update={"outbound": (CENTRE.outbound[0].model_copy(update={"hours": None}),)})
    assert monthly.prepaid_campaign(moment(2026, 12, 1), bare, None) is None


@pytest.mark.parametrize(
    ("state", "now", "then"),
    [
        (CampaignState.READY, moment(2026, 11, 24, 23, 59, 59), None),
        (CampaignState.READY, moment(2026, 11, 25), CampaignEvent.START),
        (CampaignState.READY, moment(2026, 11, 29, 12), CampaignEvent.START),
        (CampaignState.DRAFT, moment(2026, 11, 25), None),
        (CampaignState.PAUSED, moment(2026, 11, 25), None),
        (CampaignState.RUNNING, moment(2026, 11, 25), None),
        (CampaignState.RUNNING, moment(2026, 11, 30, 19, 59, 59), None),
        *((state, moment(2026, 11, 30, 20), CampaignEvent.END) for state in list(CampaignState)[:4]),
        (CampaignState.PAUSED, moment(2026, 12, 4), CampaignEvent.END),
    ],
)
def test_it_begins_with_its_first_day_and_ends_with_its_last_calling_hour(
    state: CampaignState, now: datetime, then: CampaignEvent | None
) -> None:
    assert event(campaign(date(2026, 11, 1), state), now) is then


@pytest.mark.parametrize(
    ("month", "last", "over"),
    [
        # A Sunday: its last calling hour is on Saturday, until 13:00.
        (date(2026, 5, 1), moment(2026, 5, 30, 12, 59, 59), moment(2026, 5, 30, 13)),
        # A leap February, which ends on a Tuesday.
        (date(2028, 2, 1), moment(2028, 2, 29, 19, 59, 59), moment(2028, 2, 29, 20)),
        (date(2026, 12, 1), moment(2026, 12, 31, 19, 59, 59), moment(2026, 12, 31, 20)),
        (date(2027, 2, 1), moment(2027, 2, 27, 12, 59, 59), moment(2027, 2, 27, 13)),
    ],
    ids=["sunday", "leap", "year", "short"],
)
def test_the_last_calling_hour_of_a_month(month: date, last: datetime, over: datetime) -> None:
    of = campaign(month)
    assert event(of, last) is None
    assert event(of, over) is CampaignEvent.END


def test_a_window_that_opens_on_a_holiday_begins_and_is_not_over() -> None:
    of = campaign(date(2026, 12, 1), CampaignState.READY)
    assert event(of, moment(2026, 12, 24, 23, 59, 59)) is None
    assert event(of, moment(2026, 12, 25)) is CampaignEvent.START


def test_a_holiday_ends_nothing_for_it_may_be_taken_back() -> None:
    """The last days of February 2028 are Carnival: nobody is called, and the campaign stands until their hours end."""
    of = campaign(date(2028, 2, 1))
    assert Turns(of, Calendar(ZONE), ZONE).closed(at(2028, 2, 26, 13)) is WhyNot.AFTER_WINDOW
    assert event(of, moment(2028, 2, 26, 13)) is None
    working = Calendar(ZONE, {date(2028, 2, 28): DayOverride(False, "Hábil por decreto")})
    assert Turns(of, working, ZONE).closed(at(2028, 2, 28, 9)) is None


def test_hours_that_end_with_the_day_end_with_the_month() -> None:
    of = replace(campaign(date(2026, 11, 1)), rules=rules(hours=ALWAYS).rules)
    assert event(of, moment(2026, 11, 30, 23, 59, 59)) is None
    assert event(of, moment(2026, 12, 1)) is CampaignEvent.END


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (moment(2026, 12, 1, 9), 1),
        (moment(2026, 12, 1, 23, 50), 2),  # nobody is called at night any more
        (moment(2026, 12, 5, 23), 7),  # nor on a Sunday
    ],
)
def test_a_new_campaign_begins_on_the_next_day_with_hours_left(now: datetime, day: int) -> None:
    blank = monthly.blank_settings(now, CENTRE)
    assert blank.window == Window(date(2026, 12, day), date(2026, 12, day))
    assert not refusals(replace(blank, title="Corte programado"), CENTRE, now)
