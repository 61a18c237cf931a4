"""Runs the campaigns: ends attempts as the records tell of them, and begins as many as agents and trunk allow.

Everything is in the tables: a process that is killed at any moment leaves attempts whose end the queue log knows, and
the next one goes on from there.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo

from callcenter.centre.model import Centre
from callcenter.database.leases import Lease
from callcenter.database.transactions import Database
from callcenter.instants import as_datetime, as_us
from callcenter.routing.calendar import Calendar, DayOverride
from dialer.attempt_results import UNHEARD_OF, AttemptResults
from dialer.campaigns.explanation import lacking
from dialer.campaigns.model import Campaign, CampaignState, DialMode
from dialer.campaigns.turns import Turns, WhyNot
from dialer.contacts.attempts import AttemptStore
from dialer.contacts.store import ContactStore
from dialer.contacts.tally import day_tally
from dialer.engine.agreed_calls import AgreedCalls
from dialer.engine.calls_in_turn import AskingCampaign, CallsInTurn
from dialer.engine.campaign_calls import CampaignCalls
from dialer.engine.candidates import Candidates
from dialer.engine.endings import AttemptEndings
from dialer.engine.floor import FloorNow
from dialer.engine.in_flight import InFlight
from dialer.engine.pacers import Pacers
from dialer.engine.placing import Placer
from dialer.engine.refused_calls import RefusedCalls
from dialer.engine.trunk_budget import TrunkBudget
from dialer.pacing.situation import DayTally

# What was learned of more attempts than these is forgotten anyway.
_LEARNED_FROM = 300
# Of those whose turn it is so many are counted: what a predictive campaign dares follows from the answers to come.
_FORESEEN = 1000


@dataclass(frozen=True, slots=True)
class CampaignNow:
    """What a campaign is at. `why_not`: why it places no call now; None: it does, or its agents dial by themselves.

    `ringing` and `talking`: its calls; `available`: agents who are free for it.
    """

    campaign: Campaign
    why_not: WhyNot | None
    ringing: int = 0
    talking: int = 0
    available: int = 0
    live_answers: int = 0
    abandoned: int = 0


@dataclass(frozen=True, slots=True)
class _Looked:
    """A campaign in one look. `asking` None: the dialer places no call of it, for the reason `stopped` if any."""

    campaign: Campaign
    tally: DayTally
    stopped: WhyNot | None
    asking: AskingCampaign | None = None


Campaigns = Callable[[], Awaitable[Sequence[Campaign]]]


class CampaignEngine:
    """The campaigns of one node. `standing`: those that have not ended.

    `hears_results`: the records tell of each attempt, as those do not that are made from AMI.
    """

    def __init__(
        self,
        database: Database,
        standing: Campaigns,
        floor: FloorNow,
        placer: Placer | None,
        trunk: TrunkBudget,
        results: AttemptResults,
        centre: Centre,
        days: Callable[[], Mapping[date, DayOverride]],
        clock: Callable[[], int],
        *,
        hears_results: bool = True,
    ) -> None:
        self._database, self._standing, self._floor, self._trunk = database, standing, floor, trunk
        self._results, self._centre, self._days, self._clock = results, centre, days, clock
        self._contacts, self._attempts = ContactStore(database), AttemptStore(database)
        self._pacers, self._refused, self._hears_results = Pacers(), RefusedCalls(), hears_results
        self._endings = AttemptEndings(self._attempts, results, floor, self._pacers, self._turns, clock)
        self._calls = CampaignCalls(self._contacts, self._attempts, placer, self._refused, clock)
        agreed = AgreedCalls(self._contacts, self._attempts, trunk, clock)
        self._in_turn = CallsInTurn(floor, trunk, self._pacers, self._calls, agreed, clock)
        self.now: tuple[CampaignNow, ...] = ()

    @property
    def unheard_of(self) -> int:
        """Attempts that are not over, and of which the records do not know yet."""
        return sum(1 for each in self._in_turn.in_flight if each.result is UNHEARD_OF)

    async def look(self, tasks: asyncio.TaskGroup, lease: Lease, *, callbacks_first: bool) -> None:
        """Everything that is to be done now. Raises DatabaseProblem."""
        campaigns = {each.id: each for each in await self._standing()}
        self._in_turn.in_flight = await self._endings.look(campaigns)
        self._calls.forget_ended(self._in_turn.in_flight)
        # What is paused or ended rings no longer; an agent's own call is the agent's.
        rings = [each for each in self._in_turn.in_flight if each.is_unanswered and not each.is_an_agents_own]
        self._calls.cancel([each for each in rings if each.campaign.state is not CampaignState.RUNNING], tasks)
        for ended in self._floor.drain_wrap_ups():
            self._pacers.wrap_up_ended(ended.seconds)
        if not self._floor.is_live:
            self._refused.forget()
        looked = [await self._look_at(each, callbacks_first) for each in campaigns.values()]
        await self._in_turn.place([each.asking for each in looked if each.asking is not None], lease, tasks)
        self.now = tuple(map(self._seen, looked))

    def _turns(self, campaign: Campaign) -> Turns:
        return Turns(campaign, Calendar(self._centre.zone, self._days()), self._centre.zone)

    async def _look_at(self, campaign: Campaign, callbacks_first: bool) -> _Looked:
        """Whether it may call, and with whom it would begin."""
        now_us, turns = self._clock(), self._turns(campaign)
        tally = await day_tally(self._database, campaign.id, _day_us(now_us, self._centre.zone))
        self._refused.see(campaign)
        stopped = turns.closed(now_us) or lacking(campaign, self._centre) or self._stopped(campaign, callbacks_first)
        if stopped is not None:
            return _Looked(campaign, tally, stopped)
        await self._contacts.wake_due(campaign.id, now_us)
        if campaign.mode is DialMode.PREVIEW:
            return _Looked(campaign, tally, None)
        most = max(self._trunk.channels_free + 1, _FORESEEN)
        candidates = Candidates(self._contacts, self._attempts, turns, most, self._clock)
        await self._learn_from_before(campaign)
        return _Looked(campaign, tally, None, AskingCampaign(turns, tally, candidates))

    def _stopped(self, campaign: Campaign, callbacks_first: bool) -> WhyNot | None:
        if not self._hears_results:
            return WhyNot.NO_LEDGER
        if not self._floor.is_live:
            return WhyNot.ASTERISK_AWAY
        if self._refused.waits(campaign, self._clock()):
            return WhyNot.REFUSED
        return WhyNot.CALLBACKS_FIRST if callbacks_first else None

    async def _learn_from_before(self, campaign: Campaign) -> None:
        """A process that has just begun learns from what others did before it."""
        if campaign.mode is DialMode.AGENTLESS or campaign.id in self._pacers:
            return
        self._pacers.of(campaign)
        last = await self._attempts.last_of(campaign.id, _LEARNED_FROM)
        before = [each for each in last if each.mode is not DialMode.PREVIEW]
        results = await self._results.of([each.reference for each in before])
        for each in before:
            self._pacers.attempt_ended(campaign.id, results.get(each.reference, UNHEARD_OF))

    def _seen(self, looked: _Looked) -> CampaignNow:
        own: list[InFlight] = [each for each in self._in_turn.in_flight if each.campaign.id == looked.campaign.id]
        asking = looked.asking
        shared = asking.agents if asking is not None and asking.needs_agents else None
        return CampaignNow(
            looked.campaign,
            asking.why_not if asking is not None else looked.stopped,
            ringing=sum(1 for each in own if each.is_unanswered),
            talking=sum(1 for each in own if each.is_talking),
            available=(shared or self._floor.agents_of(looked.campaign.queue)).available,
            live_answers=looked.tally.live_answers,
            abandoned=looked.tally.abandoned,
        )


def _day_us(now_us: int, zone: tzinfo) -> int:
    """When the centre's day began."""
    return as_us(datetime.combine(as_datetime(now_us, zone).date(), time.min, zone))
