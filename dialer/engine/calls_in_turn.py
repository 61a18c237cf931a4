"""Which campaign places the next call: agents are shared out once a look, and the turn goes round.

Agents of several queues are counted for one of them. Each call is placed by the campaign that has the fewest in hand,
so that neither a queue's agents nor the trunk are taken by whoever comes first.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import count

from callcenter.database.leases import Lease
from callcenter.instants import MICROSECONDS
from dialer.attempt_results import UNHEARD_OF
from dialer.campaigns.model import Campaign, DialMode
from dialer.campaigns.turns import Turns, WhyNot
from dialer.contacts.rows import StoredAttempt
from dialer.engine.agreed_calls import AgreedCalls
from dialer.engine.campaign_calls import CampaignCalls
from dialer.engine.candidates import Candidates
from dialer.engine.floor import FloorNow
from dialer.engine.in_flight import InFlight
from dialer.engine.pacers import Pacers
from dialer.engine.sharing import Claim, in_turn
from dialer.engine.trunk_budget import TrunkBudget
from dialer.pacing.decision import unpaced
from dialer.pacing.situation import (
    AgentsNow,
    CallsNow,
    DayTally,
    DialLimits,
    PacingDecision,
    PacingLimit,
    PacingSituation,
)

_WHY = {
    PacingLimit.CEILING_REACHED: WhyNot.CEILING,
    PacingLimit.AGENTS_BUSY: WhyNot.NO_AGENTS,
    PacingLimit.TRUNK_FULL: WhyNot.TRUNK_FULL,
    PacingLimit.RATE_LIMIT: WhyNot.TOO_FAST,
    PacingLimit.NO_CONTACTS: WhyNot.NOBODY_DUE,
}


@dataclass(slots=True)
class AskingCampaign:
    """A campaign that may place calls in this look. `why_not`: once it has had its turns, why it placed none."""

    turns: Turns
    tally: DayTally
    candidates: Candidates
    agents: AgentsNow = field(default_factory=lambda: AgentsNow(0))
    placed: int = 0
    why_not: WhyNot | None = None

    @property
    def campaign(self) -> Campaign:
        """Whose turns these are."""
        return self.turns.campaign

    @property
    def needs_agents(self) -> bool:
        """Whoever answers is handed to one."""
        return self.campaign.mode is not DialMode.AGENTLESS


class CallsInTurn:
    """Begins the attempts of all campaigns. `clock`: microseconds, UTC.

    `in_flight`: attempts of the last look that go on, and those that were begun since.
    """

    def __init__(
        self,
        floor: FloorNow,
        trunk: TrunkBudget,
        pacers: Pacers,
        calls: CampaignCalls,
        agreed: AgreedCalls,
        clock: Callable[[], int],
    ) -> None:
        self._floor, self._trunk, self._pacers, self._calls, self._clock = floor, trunk, pacers, calls, clock
        self._agreed = agreed
        self._numbers, self._last_call = count(1), dict[int, int]()
        self.in_flight: list[InFlight] = []

    async def place(self, asking: Sequence[AskingCampaign], lease: Lease, tasks: asyncio.TaskGroup) -> None:
        """One call after the other, until none of the campaigns may place one more. Raises DatabaseProblem.

        First those that customers agreed on with an agent who is free, who is then nobody else's.
        """
        for each in asking:
            await self._place_agreed(each, lease, tasks)
        self._share_out_agents(asking)
        left = list(asking)
        while left:
            each = self._in_order(left)[0]
            why_not = await self._place_one(each, lease, tasks)
            if why_not is not None:
                each.why_not = None if each.placed else why_not
                left.remove(each)

    async def _place_one(self, each: AskingCampaign, lease: Lease, tasks: asyncio.TaskGroup) -> WhyNot | None:
        """Why none was placed; None: one was."""
        decision = await self._decide(each, tasks)
        if not decision.place:
            return self._why(each, decision.limit) if await each.candidates.count() else WhyNot.NOBODY_DUE
        return None if await self._begin(each, lease, tasks) else WhyNot.NOBODY_DUE

    def _share_out_agents(self, asking: Sequence[AskingCampaign]) -> None:
        in_order = [each for each in self._in_order(asking) if each.needs_agents]
        wanting = list(dict.fromkeys(each.campaign.queue for each in in_order))
        shares = self._floor.shared_out(self._needing(), wanting, self._dialling())
        for each in in_order:
            each.agents = shares[each.campaign.queue]

    def _dialling(self) -> frozenset[str]:
        """Agents for whom a call of their own is made, whether or not their telephone rings already."""
        return frozenset(each.attempt.member for each in self.in_flight if each.attempt.member is not None)

    def _needing(self) -> Counter[str]:
        """How many calls of each queue need an agent soon."""
        return Counter(each.campaign.queue for each in self.in_flight if each.needs_an_agent)

    async def _place_agreed(self, each: AskingCampaign, lease: Lease, tasks: asyncio.TaskGroup) -> None:
        spare = self._floor.spare(each.campaign.queue, self._needing(), self._dialling())
        for call in await self._agreed.begin(each.turns, spare, lease):
            self._have_placed(each, call.attempt, tasks, call.phone)

    def _in_order(self, asking: Iterable[AskingCampaign]) -> list[AskingCampaign]:
        by_id = {each.campaign.id: each for each in asking}
        in_hand = Counter(each.campaign.id for each in self.in_flight)
        claims = [Claim(number, in_hand[number], self._last_call.get(number, 0)) for number in by_id]
        return [by_id[each.campaign_id] for each in in_turn(claims)]

    async def _decide(self, asking: AskingCampaign, tasks: asyncio.TaskGroup) -> PacingDecision:
        now_us, campaign = self._clock(), asking.campaign
        limits = DialLimits(
            channels_free=self._trunk.channels_free,
            calls_by_rate=self._trunk.calls_by_rate,
            contacts=await asking.candidates.count(),
            seconds_left=asking.turns.seconds_left(now_us),
        )
        if not asking.needs_agents:
            return unpaced(limits)
        # Calls of another campaign that go to the same agents are calls in flight here, too.
        competing = [each for each in self.in_flight if each.needs_an_agent and each.campaign.queue == campaign.queue]
        ringing = [each for each in competing if each.is_unanswered]
        ages = tuple((now_us - each.attempt.begun_us) / MICROSECONDS for each in ringing)
        calls = CallsNow(ages, waiting=len(competing) - len(ringing))
        decision = self._pacers.of(campaign).decide(PacingSituation(asking.agents, calls, asking.tally, limits))
        own = [ringing[place] for place in decision.cancel if ringing[place].campaign.id == campaign.id]
        self._calls.cancel(own, tasks)
        return decision

    def _why(self, asking: AskingCampaign, limit: PacingLimit) -> WhyNot:
        if limit is PacingLimit.AGENTS_BUSY:
            campaign = asking.campaign
            own = sum(1 for each in self.in_flight if each.needs_an_agent and each.campaign.id == campaign.id)
            if self._floor.agents_of(campaign.queue).available > own:
                return WhyNot.OTHERS_FIRST
        return _WHY[limit]

    async def _begin(self, asking: AskingCampaign, lease: Lease, tasks: asyncio.TaskGroup) -> bool:
        """Whether it was anybody's turn: those who are ready may be barred meanwhile, or rung by another campaign."""
        attempt = await asking.candidates.begin(lease)
        if attempt is None:
            return False
        self._have_placed(asking, attempt, tasks)
        return True

    def _have_placed(
        self, asking: AskingCampaign, attempt: StoredAttempt, tasks: asyncio.TaskGroup, phone: str = ""
    ) -> None:
        self._trunk.take()
        self.in_flight.append(InFlight(attempt, asking.campaign, UNHEARD_OF))
        self._last_call[asking.campaign.id] = next(self._numbers)
        asking.placed += 1
        tasks.create_task(self._calls.place(attempt, asking.turns, phone))
