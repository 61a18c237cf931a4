"""Runs the campaigns: ends attempts as the records tell of them, and begins as many as agents and trunk allow.

Everything is in the tables: a process that is killed at any moment leaves attempts whose end the queue log knows, and
the next one goes on from there. An attempt of which the records know nothing is over only when they have been read past
the moment until which its telephone could have been rung.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, tzinfo

from callcenter.campaign_outcomes import CallOutcome
from callcenter.centre.model import Centre
from callcenter.database.problems import DatabaseProblem
from callcenter.database.transactions import Database
from callcenter.instants import MICROSECONDS, as_datetime, as_us
from callcenter.outgoing_calls import OutgoingPurpose, OutgoingResult
from callcenter.routing.calendar import Calendar, DayOverride
from dialer.attempt_results import UNHEARD_OF, AttemptResult, AttemptResults
from dialer.campaigns.model import Campaign, DialMode
from dialer.campaigns.turns import Turns, WhyNot
from dialer.contacts.attempts import AttemptStore, DialOrder
from dialer.contacts.rows import StoredAttempt
from dialer.contacts.store import ContactStore
from dialer.contacts.tally import day_tally
from dialer.engine.floor import FloorNow
from dialer.engine.pacers import Pacers
from dialer.engine.placing import OutsideCall, Placer, Placing
from dialer.engine.trunk_budget import TrunkBudget
from dialer.lease import Lease
from dialer.pacing.situation import AgentsNow, CallsNow, DayTally, DialLimits, PacingLimit, PacingSituation

log = logging.getLogger(__name__)

_WHY = {
    PacingLimit.CEILING_REACHED: WhyNot.CEILING,
    PacingLimit.AGENTS_BUSY: WhyNot.NO_AGENTS,
    PacingLimit.TRUNK_FULL: WhyNot.TRUNK_FULL,
    PacingLimit.RATE_LIMIT: WhyNot.TOO_FAST,
    PacingLimit.NO_CONTACTS: WhyNot.NOBODY_DUE,
}
# What was learned of more attempts than these is forgotten anyway.
_LEARNED_FROM = 300
_UNRUNG = AttemptResult(OutgoingResult.UNPLACED, is_over=True)


@dataclass(frozen=True, slots=True)
class CampaignNow:
    """What a campaign is at. `why_not`: why it places no call now; None: it does, or all agents it may use are busy.

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
class InFlight:
    """An attempt that is not over, and what the records know of it."""

    attempt: StoredAttempt
    campaign: Campaign
    result: AttemptResult

    @property
    def is_talking(self) -> bool:
        """An agent has the customer."""
        return self.result.talked_us is not None

    @property
    def is_unanswered(self) -> bool:
        """The telephone rings, or is about to."""
        return self.result.answered_us is None


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
        self._database, self._standing, self._floor, self._placer = database, standing, floor, placer
        self._trunk, self._results, self._centre, self._days, self._clock = trunk, results, centre, days, clock
        self._contacts, self._attempts = ContactStore(database), AttemptStore(database)
        self._pacers, self._hears_results = Pacers(), hears_results
        self._asked: set[str] = set()
        # Those of the last look, and what was begun since: two campaigns that share agents see each other's calls.
        self._in_flight: list[InFlight] = []
        self.now: tuple[CampaignNow, ...] = ()

    @property
    def unheard_of(self) -> int:
        """Attempts that are not over, and of which the records do not know yet."""
        return sum(1 for each in self._in_flight if each.result is UNHEARD_OF)

    async def look(self, tasks: asyncio.TaskGroup, lease: Lease, *, callbacks_first: bool) -> None:
        """Everything that is to be done now. Raises DatabaseProblem."""
        campaigns = {each.id: each for each in await self._standing()}
        self._in_flight = [each for each in await self._going_on(campaigns) if not await self._end(each)]
        await self._say_what_nobody_said(campaigns)
        for ended in self._floor.drain_wrap_ups():
            self._pacers.wrap_up_ended(ended.seconds)
        self.now = tuple([await self._run(each, tasks, lease, callbacks_first) for each in campaigns.values()])

    # -- attempts that end -------------------------------------------------------------------------

    async def _going_on(self, campaigns: Mapping[int, Campaign]) -> list[InFlight]:
        attempts = await self._attempts.open()
        results = await self._results.of([each.reference for each in attempts])
        return [
            InFlight(each, campaigns[each.campaign_id], results.get(each.reference, UNHEARD_OF))
            for each in attempts
            if each.campaign_id in campaigns
        ]

    async def _end(self, flight: InFlight) -> bool:
        """Close an attempt that is over. Whether it was."""
        attempt, result = flight.attempt, flight.result
        if result is UNHEARD_OF and self._floor.recorded_until_us > attempt.ends_us:
            result = _UNRUNG
        if not result.is_over:
            return False
        await self._attempts.close(attempt, result, self._turns(flight.campaign), self._clock())
        self._pacers.attempt_ended(attempt.campaign_id, result)
        self._asked.discard(result.uniqueid)
        return True

    async def _say_what_nobody_said(self, campaigns: Mapping[int, Campaign]) -> None:
        for each in await self._attempts.unsaid(campaigns, self._clock()):
            turns = self._turns(campaigns[each.campaign_id])
            await self._attempts.say(each.reference, CallOutcome.CONTACTED, turns, self._clock(), said_by=None)

    def _turns(self, campaign: Campaign) -> Turns:
        return Turns(campaign, Calendar(self._centre.zone, self._days()), self._centre.zone)

    # -- attempts that begin -----------------------------------------------------------------------

    async def _run(self, campaign: Campaign, tasks: asyncio.TaskGroup, lease: Lease, callbacks: bool) -> CampaignNow:
        now_us = self._clock()
        own = [each for each in self._in_flight if each.campaign.id == campaign.id]
        agents = self._floor.agents_of(campaign.queue)
        tally = await day_tally(self._database, campaign.id, _day_us(now_us, self._centre.zone))
        seen = CampaignNow(
            campaign,
            None,
            ringing=sum(1 for each in own if each.is_unanswered),
            talking=sum(1 for each in own if each.is_talking),
            available=agents.available,
            live_answers=tally.live_answers,
            abandoned=tally.abandoned,
        )
        turns = self._turns(campaign)
        why_not = turns.closed(now_us) or self._stopped(callbacks)
        if why_not is None:
            await self._contacts.wake_due(campaign.id, now_us)
            if campaign.mode is not DialMode.PREVIEW:
                # Calls of another campaign that go to the same agents are calls in flight here, too.
                competing = [each for each in self._in_flight if _goes_to(each, campaign.queue)]
                situation = await self._situation(turns, agents, competing, tally)
                why_not = await self._dial(situation, competing, turns, tasks, lease)
        return replace(seen, why_not=why_not)

    def _stopped(self, callbacks_first: bool) -> WhyNot | None:
        if not self._hears_results:
            return WhyNot.NO_LEDGER
        if self._placer is None or not self._floor.is_live:
            return WhyNot.ASTERISK_AWAY
        return WhyNot.CALLBACKS_FIRST if callbacks_first else None

    async def _situation(
        self, turns: Turns, agents: AgentsNow, competing: Sequence[InFlight], tally: DayTally
    ) -> PacingSituation:
        now_us, most = self._clock(), self._trunk.channels_free
        ages = [(now_us - each.attempt.begun_us) / MICROSECONDS for each in competing if each.is_unanswered]
        waiting = sum(1 for each in competing if not each.is_unanswered and not each.is_talking)
        limits = DialLimits(
            channels_free=most,
            calls_by_rate=self._trunk.calls_by_rate,
            contacts=len(await self._contacts.ready(turns.campaign.id, most + 1)),
            seconds_left=turns.seconds_left(now_us),
        )
        return PacingSituation(agents, CallsNow(tuple(ages), waiting), tally, limits)

    async def _dial(
        self,
        situation: PacingSituation,
        competing: Sequence[InFlight],
        turns: Turns,
        tasks: asyncio.TaskGroup,
        lease: Lease,
    ) -> WhyNot | None:
        if turns.campaign.mode is DialMode.AGENTLESS:
            return await self._dial_without_agents(situation.limits, turns, tasks, lease)
        await self._learn_from_before(turns.campaign)
        decision = self._pacers.of(turns.campaign).decide(situation)
        placed = await self._begin(decision.place, turns, tasks, lease)
        unanswered = [each for each in competing if each.is_unanswered]
        own = [unanswered[place] for place in decision.cancel if unanswered[place].campaign.id == turns.campaign.id]
        self._cancel(own, tasks)
        return None if placed else _WHY[decision.limit]

    async def _dial_without_agents(
        self, limits: DialLimits, turns: Turns, tasks: asyncio.TaskGroup, lease: Lease
    ) -> WhyNot | None:
        """As many as the trunk takes."""
        count = min(limits.channels_free, limits.calls_by_rate, limits.contacts)
        if await self._begin(count, turns, tasks, lease):
            return None
        if not limits.contacts:
            return WhyNot.NOBODY_DUE
        return WhyNot.TOO_FAST if limits.channels_free else WhyNot.TRUNK_FULL

    async def _learn_from_before(self, campaign: Campaign) -> None:
        """A process that has just begun learns from what others did before it."""
        if campaign.id in self._pacers:
            return
        self._pacers.of(campaign)
        before = await self._attempts.last_of(campaign.id, _LEARNED_FROM)
        results = await self._results.of([each.reference for each in before])
        for each in before:
            self._pacers.attempt_ended(campaign.id, results.get(each.reference, UNHEARD_OF))

    async def _begin(self, count: int, turns: Turns, tasks: asyncio.TaskGroup, lease: Lease) -> int:
        """Some of those who are ready may be barred meanwhile, or rung by another campaign: so many are tried."""
        campaign, placed = turns.campaign, 0
        for contact_id in await self._contacts.ready(campaign.id, 2 * count) if count else ():
            if placed == count or self._placer is None:
                break
            attempt = await self._attempts.begin(DialOrder(contact_id, campaign.mode), turns, lease, self._clock())
            if attempt is not None:
                self._trunk.take()
                self._in_flight.append(InFlight(attempt, campaign, UNHEARD_OF))
                tasks.create_task(self._place(self._placer, attempt, turns))
                placed += 1
        return placed

    async def _place(self, placer: Placer, attempt: StoredAttempt, turns: Turns) -> None:
        campaign = turns.campaign
        call = OutsideCall(
            OutgoingPurpose.CAMPAIGN,
            attempt.reference,
            attempt.number,
            campaign.line,
            campaign.rules.ring_seconds,
            attempt.begun_us,
            campaign.queue,
            campaign.detects_machines,
            agentless=campaign.mode is DialMode.AGENTLESS,
        )
        if await placer.place(call) in (Placing.NOT_PLACED, Placing.REFUSED):
            try:
                await self._attempts.close(attempt, _UNRUNG, turns, self._clock())
            except DatabaseProblem as problem:
                log.warning("%s was not rung, which is written down when its time is over: %s", call.reference, problem)

    def _cancel(self, ringing: Sequence[InFlight], tasks: asyncio.TaskGroup) -> None:
        """Each once; one of which the records do not know yet is left to ring."""
        for uniqueid in [each.result.uniqueid for each in ringing]:
            if self._placer is not None and uniqueid and uniqueid not in self._asked:
                self._asked.add(uniqueid)
                tasks.create_task(self._placer.cancel(uniqueid))


def _goes_to(flight: InFlight, queue: str) -> bool:
    """Agents' own calls of the preview take nobody else."""
    return flight.attempt.mode is not DialMode.PREVIEW and flight.campaign.queue == queue


def _day_us(now_us: int, zone: tzinfo) -> int:
    """When the centre's day began."""
    return as_us(datetime.combine(as_datetime(now_us, zone).date(), time.min, zone))
