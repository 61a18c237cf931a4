"""An agent's campaigns: whom the agent is shown, whom they call, and what their calls came to.

Everything is in the tables: another process of the API, or the page after a reload, shows the same. What an agent may
dial is the number that the beginning of an attempt returns, and no other.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from agent_api.campaigns.agent_attempts import AskingAgent, attempt_of, customer_of, last_of, theirs
from agent_api.campaigns.agent_model import (
    BegunAttempt,
    CampaignsNow,
    CampaignStanding,
    NobodyToCall,
    NotServed,
    NotShown,
    NotTheirs,
    OutcomeMissing,
    OutcomeSaid,
    Preview,
)
from agent_api.campaigns.agent_rows import CallKey, campaign_of, previewed
from agent_api.live.desks import Desks
from agent_api.live.live_state import LiveState
from agent_api.pop.pop_schemas import CallStage
from callcenter import audit
from callcenter.audit import AuditAction
from callcenter.centre.model import Centre
from callcenter.database.transactions import Database
from callcenter.instants import as_datetime, as_us
from callcenter.routing.calendar import Calendar
from callcenter.routing.calendar_store import CalendarStore
from dialer.attempt_results import UNRUNG
from dialer.campaigns.model import Campaign, DialMode
from dialer.campaigns.turns import Turns, WhyNot
from dialer.contacts.attempts import AttemptStore, DialOrder
from dialer.contacts.model import SkipReason
from dialer.contacts.rows import StoredContact
from dialer.contacts.saying import NotTheirCall
from dialer.contacts.store import ContactStore

# Of a call that ended before midnight the outcome is asked for after it, too.
_ASKED_FOR = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class _Days:
    """The turns of campaigns, by the calendar as it is now."""

    calendar: Calendar
    centre: Centre

    def turns_of(self, campaign: Campaign) -> Turns:
        return Turns(campaign, self.calendar, self.centre.zone)

    def closed(self, campaign: Campaign, at_us: int) -> WhyNot | None:
        return self.turns_of(campaign).closed(at_us)


class CampaignDesk:
    """The campaigns of every agent. Every method that awaits raises DatabaseProblem."""

    def __init__(
        self, database: Database, centre: Centre, live_state: LiveState, desks: Desks, clock: Callable[[], int]
    ) -> None:
        self._database, self._centre, self._live_state = database, centre, live_state
        self._desks, self._clock = desks, clock
        self._contacts, self._attempts = ContactStore(database), AttemptStore(database)

    def queues_of(self, member: str) -> tuple[str, ...]:
        """The outbound queues that the agent is logged in to."""
        state = self._live_state.agents.get(member)
        return tuple(each for each in state.queues if each in self._centre.outbound_by_queue) if state else ()

    async def now(self, member: str) -> CampaignsNow:
        """What stands on the agent's desk. Nothing is looked up for one who serves no outbound queue."""
        agent = self._asking(member)
        if not agent.queues:
            return CampaignsNow()
        days, campaigns = await self._days(), await self._campaigns(agent)
        shown = await self._shown(member, campaigns)
        standings = [CampaignStanding(it.campaign, days.closed(it.campaign, agent.now_us)) for it in campaigns]
        attempt = await self._database.read(lambda it: attempt_of(it, agent, days.turns_of))
        if shown is None:
            return CampaignsNow(tuple(standings), None, attempt)
        customer = await self._database.read(lambda it: customer_of(it, shown, days.turns_of, agent.now_us))
        return CampaignsNow(tuple(standings), customer, attempt)

    async def next(self, member: str) -> StoredContact:
        """Show the agent the next customer; that they were looked up is written down.

        Raises NotServed, OutcomeMissing or NobodyToCall.
        """
        agent = self._asking(member)
        campaigns = await self._campaigns(agent)
        if not campaigns:
            raise NotServed
        await self._require_outcome(agent)
        days, why_not = await self._days(), None
        shown = await self._shown(member, campaigns)
        for each in sorted(campaigns, key=lambda it: shown is not None and it.campaign.id != shown.campaign_id):
            closed = days.closed(each.campaign, agent.now_us)
            found = await self._show(each, agent, days) if closed is None else None
            if found is not None:
                return found
            why_not = why_not or closed
        raise NobodyToCall(why_not)

    async def begin(self, member: str, contact_id: int) -> BegunAttempt:
        """Begin the attempt at the customer whom the agent is shown. Raises OutcomeMissing or NotShown."""
        await self._require_outcome(self._asking(member))
        turns = await self._require_shown(member, contact_id)
        order = DialOrder(contact_id, DialMode.PREVIEW, member)
        begun = await self._attempts.begin(order, turns, None, self._clock())
        if begun is None:
            raise NotShown
        return BegunAttempt(begun, turns)

    async def unrung(self, begun: BegunAttempt) -> None:
        """The agent's phone could not be rung, and so the customer's was not."""
        await self._attempts.close(begun.attempt, UNRUNG, begun.turns, self._clock())

    async def skip(self, member: str, contact_id: int, reason: SkipReason) -> None:
        """The customer who is shown is not called now. Raises NotShown."""
        turns = await self._require_shown(member, contact_id)
        if not await self._contacts.skip(contact_id, member, reason, turns, self._clock()):
            raise NotShown

    async def say(self, member: str, said: OutcomeSaid) -> None:
        """What a call of the agent's came to; on the same day also instead of what was said before.

        Raises NotTheirs or NotAgreeable.
        """
        agent = self._asking(member)
        found = await self._database.read(lambda connection: theirs(connection, agent, said.reference))
        if found is None:
            raise NotTheirs
        campaign_id, days = found.attempt.campaign_id, await self._days()
        campaign = await self._database.read(lambda connection: campaign_of(connection, campaign_id))
        agreed_us = as_us(said.agreed) if said.agreed is not None else None
        turns = days.turns_of(campaign)
        try:
            await self._attempts.say(
                said.reference, said.outcome, turns, agent.now_us, said_by=member, agreed_us=agreed_us, note=said.note
            )
        except NotTheirCall:
            raise NotTheirs from None
        about = {"attempt": said.reference, "outcome": said.outcome.value}
        await self._write(member, AuditAction.CAMPAIGN_OUTCOME, campaign, about)

    def _asking(self, member: str) -> AskingAgent:
        now_us = self._clock()
        moment = as_datetime(now_us, self._centre.zone)
        day = datetime.combine(moment.date(), time.min, self._centre.zone)
        since_us = as_us(moment - _ASKED_FOR)
        call, is_answered = self._call_of(member)
        return AskingAgent(member, self.queues_of(member), call, is_answered, now_us, as_us(day), since_us)

    def _call_of(self, member: str) -> tuple[CallKey | None, bool]:
        """The agent's call of an outbound queue, and whether they have answered it."""
        known = self._desks.known_call(member)
        if known is None or known[0].queue not in self._centre.outbound_by_queue:
            return None, False
        offer, stage = known
        return CallKey(offer.node, offer.uniqueid, offer.caller), stage is CallStage.TALKING

    async def _campaigns(self, agent: AskingAgent) -> tuple[Preview, ...]:
        if not agent.queues:
            return ()
        return await self._database.read(lambda connection: previewed(connection, agent.member, agent.queues))

    async def _days(self) -> _Days:
        overrides = await CalendarStore(self._database).overrides()
        return _Days(Calendar(self._centre.zone, overrides), self._centre)

    async def _show(self, preview: Preview, agent: AskingAgent, days: _Days) -> StoredContact | None:
        campaign = preview.campaign
        turns = days.turns_of(campaign)
        found = await self._contacts.show_next(agent.member, turns, agent.now_us, preview.services)
        if found is not None:
            about = {"customer": found.customer}
            await self._write(agent.member, AuditAction.CAMPAIGN_CUSTOMER_SHOWN, campaign, about)
        return found

    async def _shown(self, member: str, campaigns: tuple[Preview, ...]) -> StoredContact | None:
        for each in campaigns:
            if (shown := await self._contacts.shown_to(member, each.campaign.id)) is not None:
                return shown
        return None

    async def _require_shown(self, member: str, contact_id: int) -> Turns:
        campaigns = await self._campaigns(self._asking(member))
        shown = await self._shown(member, campaigns)
        if shown is None or shown.id != contact_id:
            raise NotShown
        campaign = next(each.campaign for each in campaigns if each.campaign.id == shown.campaign_id)
        return (await self._days()).turns_of(campaign)

    async def _require_outcome(self, agent: AskingAgent) -> None:
        last = await self._database.read(lambda connection: last_of(connection, agent))
        if last is not None and last.attempt.outcome is None:
            raise OutcomeMissing

    async def _write(self, member: str, action: AuditAction, campaign: Campaign, about: dict[str, str]) -> None:
        async with self._database.transaction() as connection:
            await audit.write(connection, member, action, self._clock(), {"campaign": campaign.name, **about})
