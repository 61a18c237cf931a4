"""Campaigns as supervisors see and change them: the same for pages and for programs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict

from agent_api.accounts.users import Users
from agent_api.campaigns.activity import activity_view, live_reason
from agent_api.campaigns.campaign_schemas import (
    AttemptCountsView,
    AttemptCountView,
    CampaignChange,
    CampaignFields,
    CampaignList,
    CampaignRow,
    CampaignView,
    ExplanationView,
    ProgressView,
)
from agent_api.campaigns.fields import fields_of_campaign, new_campaign, settings_from
from agent_api.campaigns.shared_progress import SharedProgress
from agent_api.live.live_state import LiveState
from callcenter.centre.model import Centre
from callcenter.database.transactions import Database
from dialer.campaigns.explanation import Explanation
from dialer.campaigns.model import Campaign, CampaignEvent
from dialer.campaigns.reasons import CALLS, REASONS, in_words
from dialer.campaigns.settings import CampaignRefusal, UnknownCampaign
from dialer.campaigns.store import PAGE, UNKNOWN, CampaignStore
from dialer.contacts.explanations import explanation_of
from dialer.contacts.progress import AttemptCount, CampaignFigures, CampaignProgress

TAKEN = "Ya hay una campaña con ese título y ese primer día: cambie el título."
NO_AGENT = "No hay un agente activo {login} con anexo."


class Campaigns:
    """Reads and changes them. Every method raises DatabaseProblem; those of one campaign, CampaignRefusal.

    `clock`: microseconds since 1970, UTC; `steady`: those of a clock that nobody sets.
    """

    def __init__(
        self,
        database: Database,
        centre: Centre,
        users: Users,
        live_state: LiveState,
        clock: Callable[[], int],
        steady: Callable[[], int],
    ) -> None:
        self._database, self._centre, self._users = database, centre, users
        self._live_state, self._clock = live_state, clock
        self._store, self._figures = CampaignStore(database, centre), CampaignFigures(database)
        self._progress = SharedProgress(self._figures.progress, steady)

    async def standing(self) -> CampaignList:
        """All that have not ended."""
        return CampaignList(campaigns=await self._rows(await self._store.standing()), older=None)

    async def ended(self, before: int | None = None) -> CampaignList:
        """A page of those that have, the youngest first."""
        found = await self._store.ended(before)
        older = found[-1].id if len(found) == PAGE else None
        return CampaignList(campaigns=await self._rows(found), older=older)

    async def one(self, campaign_id: int) -> CampaignView:
        """One, with its settings."""
        campaign = await self._existing(campaign_id)
        (row,) = await self._rows([campaign])
        return CampaignView(**dict(row), settings=fields_of_campaign(campaign))

    async def attempts(self, campaign_id: int) -> AttemptCountsView:
        """Everything that was tried by it, counted."""
        counts = await self._figures.attempts(campaign_id)
        by_outcome, by_member, by_service = map(_count_views, (counts.by_outcome, counts.by_member, counts.by_service))
        return AttemptCountsView(by_outcome=by_outcome, by_member=by_member, by_service=by_service)

    async def explained(self, campaign_id: int, at_us: int | None = None) -> ExplanationView:
        """Why it calls or does not, now (None) or at another instant."""
        now = self._clock()
        explained = await self._explanation(await self._existing(campaign_id), now if at_us is None else at_us, now)
        return ExplanationView(
            at_us=explained.at_us,
            is_now=explained.is_now,
            why_not=explained.why_not,
            sentences=in_words(explained, self._centre.zone),
            ready=explained.due.ready,
            waiting=explained.due.waiting,
            next_due_us=explained.due.next_due_us,
            opens_us=explained.opens_us,
        )

    async def create(self, fields: CampaignFields, *, by: str) -> Campaign:
        """A general campaign, which waits for its list."""
        made = await self._store.create(new_campaign(fields), by=by, now_us=self._clock())
        if made is None:
            raise CampaignRefusal(TAKEN)
        return made

    async def change(self, campaign_id: int, wanted: CampaignChange, *, by: str) -> Campaign:
        """Other settings."""
        seen = settings_from(wanted.seen) if wanted.seen is not None else None
        return await self._store.change(campaign_id, settings_from(wanted), seen=seen, by=by, now_us=self._clock())

    async def move(self, campaign_id: int, event: CampaignEvent, *, by: str) -> Campaign:
        """Start, pause or end it."""
        return await self._store.move(campaign_id, event, by=by, now_us=self._clock())

    async def agents(self, campaign_id: int) -> dict[str, str]:
        """The service of each of its agents, empty for all services."""
        await self._existing(campaign_id)
        return await self._store.agents(campaign_id)

    async def set_agents(self, campaign_id: int, wanted: Mapping[str, str], *, by: str) -> None:
        """Make these its agents."""
        known = {user.login for user in await self._users.listed() if user.active and user.extension}
        stranger = next((login for login in wanted if login not in known), None)
        if stranger is not None:
            raise CampaignRefusal(NO_AGENT.format(login=stranger))
        await self._store.set_agents(campaign_id, wanted, by=by, now_us=self._clock())

    async def _existing(self, campaign_id: int) -> Campaign:
        found = await self._store.one(campaign_id)
        if found is None:
            raise UnknownCampaign(UNKNOWN.format(id=campaign_id))
        return found

    async def _rows(self, found: Sequence[Campaign]) -> tuple[CampaignRow, ...]:
        progress, now = await self._progress.of(found), self._clock()
        return tuple(
            [self._row(each, progress[each.id], await self._explanation(each, now, now), now) for each in found]
        )

    async def _explanation(self, campaign: Campaign, at_us: int, now_us: int) -> Explanation:
        live = live_reason(campaign.state, self._live_state.campaigns.get(campaign.id), now_us)
        of = (self._database, self._centre, campaign)
        return await explanation_of(*of, at_us=at_us, now_us=now_us, live=live)

    def _row(self, campaign: Campaign, progress: CampaignProgress, explained: Explanation, now_us: int) -> CampaignRow:
        why, remedy = (CALLS, "") if explained.why_not is None else REASONS[explained.why_not]
        return CampaignRow(
            id=campaign.id,
            name=campaign.name,
            kind=campaign.kind,
            title=campaign.title,
            state=campaign.state,
            mode=campaign.mode,
            first_day=campaign.window.first,
            last_day=campaign.window.last,
            progress=ProgressView(**asdict(progress)),
            why_not=explained.why_not,
            why=why,
            remedy=remedy,
            activity=activity_view(self._live_state.campaigns.get(campaign.id), now_us),
        )


def _count_views(counts: Sequence[AttemptCount]) -> tuple[AttemptCountView, ...]:
    return tuple(AttemptCountView(**asdict(each)) for each in counts)
