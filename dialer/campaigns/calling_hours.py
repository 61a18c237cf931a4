"""When a campaign may call: on the days of its window, in its hours, on no holiday. Pure."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta, tzinfo

from callcenter.centre.model import OpenSpan
from callcenter.instants import as_datetime, as_us
from callcenter.routing.calendar import Calendar, ClosedReason, Opening
from dialer.campaigns.window import Window

_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def is_over(window: Window, hours: Sequence[OpenSpan], moment: datetime) -> bool:
    """Whether no calling hour is left, whatever is still decided about holidays: an end is for good, a holiday is not.

    `moment` in the centre's zone.
    """
    today = max(moment.date(), window.first)
    if today == moment.date() <= window.last and any(moment.time() < span.closes for span in _on(hours, today)):
        return False
    later = window.first if moment.date() < window.first else today + timedelta(days=1)
    days = min((window.last - later).days + 1, len(_WEEK))
    return not any(_on(hours, later + timedelta(days=each)) for each in range(days))


def _on(hours: Sequence[OpenSpan], day: date) -> list[OpenSpan]:
    return [span for span in hours if _WEEK[day.weekday()] in span.days]


class CallingHours:
    """The hours of one window, by the centre's calendar. Moments are aware, in the centre's zone."""

    def __init__(self, window: Window, hours: Sequence[OpenSpan], calendar: Calendar, zone: tzinfo) -> None:
        self._window, self._hours, self._calendar, self._zone = window, hours, calendar, zone

    def next_opening_us(self, now_us: int) -> int | None:
        """When calls may be made from then on, now if they may now; None: the window has no calling hour left."""
        found = self.opening(as_datetime(now_us, self._zone))
        return as_us(found) if found is not None else None

    def opening(self, moment: datetime) -> datetime | None:
        """The same of moments."""
        begins = datetime.combine(self._window.first, datetime.min.time(), self._zone)
        moment = max(moment, begins)
        opening = self.open_at(moment)
        found = moment if opening.open else opening.next_opening
        return found if found is not None and found.date() in self._window else None

    def open_at(self, moment: datetime) -> Opening:
        """As the calendar has it, and closed on every holiday: lines may never close, calls to customers do."""
        name = self._calendar.is_holiday(moment.date())
        if name is None:
            return self._calendar.open_at(self._hours, moment)
        again = moment
        while self._calendar.is_holiday(again.date()) is not None:
            again = datetime.combine(again.date() + timedelta(days=1), datetime.min.time(), self._zone)
        opening = self._calendar.open_at(self._hours, again)
        return Opening(False, ClosedReason.HOLIDAY, again if opening.open else opening.next_opening, name)
