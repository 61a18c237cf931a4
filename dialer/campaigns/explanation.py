"""Why a campaign calls or does not, at an instant: now, or any other. Pure."""

from dataclasses import dataclass, replace
from datetime import tzinfo

from callcenter.centre.model import Centre
from callcenter.routing.calendar import Calendar
from dialer.campaigns.calling_hours import CallingHours
from dialer.campaigns.model import Campaign, CampaignState
from dialer.campaigns.turns import Turns, WhyNot

# What only the dialer knows. The rest follows from the tables, which may have changed since it last looked.
_OF_THE_FLOOR = frozenset(
    {
        *(WhyNot.NO_AGENTS, WhyNot.OTHERS_FIRST, WhyNot.CALLBACKS_FIRST, WhyNot.CEILING),
        *(WhyNot.TRUNK_FULL, WhyNot.TOO_FAST, WhyNot.REFUSED),
        *(WhyNot.ASTERISK_AWAY, WhyNot.DIALER_AWAY, WhyNot.NO_LEDGER),
    }
)


@dataclass(frozen=True, slots=True)
class Due:
    """How many customers of a campaign are `ready` at an instant, wait until later, or are being shown or called.

    `next_due_us`: when the first of those who wait is; None: nobody waits. `set_aside`: who cannot be called because of
    what is written of them. `kept`: of the ready, those who are left to the agent with whom they agreed on the hour.
    """

    ready: int = 0
    waiting: int = 0
    in_hand: int = 0
    next_due_us: int | None = None
    set_aside: int = 0
    kept: int = 0

    @property
    def is_for_all(self) -> bool:
        """Whether somebody is ready whom any agent may call."""
        return self.ready > self.kept


@dataclass(frozen=True, slots=True)
class Explanation:
    """What holds a campaign back at `at_us`, None: nothing; whose turn it is then; when it may call from then on.

    `opens_us` None: not any more. `is_now`: what the dialer says of the floor is in it.
    """

    at_us: int
    is_now: bool
    why_not: WhyNot | None
    due: Due
    opens_us: int | None


def explain(
    campaign: Campaign,
    calendar: Calendar,
    zone: tzinfo,
    due: Due,
    *,
    at_us: int,
    now_us: int,
    lacking: WhyNot | None = None,
    live: WhyNot | None = None,
) -> Explanation:
    """At `at_us`, as the campaign's settings, customers and calendar are now.

    `lacking`: what the centre lacks for it; `live`: what the dialer waits for now.
    """
    is_now = at_us == now_us
    why_not = _closed(campaign, calendar, zone, at_us, now_us) or lacking
    if why_not is None and not due.ready:
        why_not = WhyNot.NOBODY_DUE
    if why_not is None and is_now and live in _OF_THE_FLOOR:
        why_not = live
    if why_not is None and not due.is_for_all:
        why_not = WhyNot.THEIR_AGENT
    hours = CallingHours(campaign.window, campaign.rules.hours, calendar, zone)
    return Explanation(at_us, is_now, why_not, due, hours.next_opening_us(at_us))


def lacking(campaign: Campaign, centre: Centre) -> WhyNot | None:
    """What a campaign cannot call without, and the centre does not have, or has no more; None: nothing."""
    if campaign.queue not in centre.outbound_by_queue:
        return WhyNot.NO_SERVICE
    if campaign.line not in centre.lines_by_number:
        return WhyNot.NO_LINE
    return WhyNot.NO_TRUNK if centre.outgoing_trunk is None else None


def _closed(campaign: Campaign, calendar: Calendar, zone: tzinfo, at_us: int, now_us: int) -> WhyNot | None:
    """Its window starts what is ready by itself: before that it waits for the window, after that it runs."""
    if campaign.state is not CampaignState.READY:
        return Turns(campaign, calendar, zone).closed(at_us)
    running = replace(campaign, state=CampaignState.RUNNING)
    closed = Turns(running, calendar, zone).closed(at_us)
    return WhyNot.NOT_STARTED if closed is None and at_us <= now_us else closed
