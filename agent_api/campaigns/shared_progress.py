"""How far campaigns are, counted once for all screens of a process: each count reads all customers of a campaign."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from callcenter.instants import MICROSECONDS
from dialer.campaigns.model import Campaign, CampaignState
from dialer.contacts.progress import CampaignProgress

Count = Callable[[Collection[int]], Awaitable[Mapping[int, CampaignProgress]]]

# Of those that ended only a late word of an agent changes anything.
_FRESH_US: Mapping[bool, int] = {False: MICROSECONDS, True: 600 * MICROSECONDS}


@dataclass(frozen=True, slots=True)
class _Counted:
    at_us: int
    state: CampaignState
    progress: CampaignProgress


class SharedProgress:
    """Counts anew what is a second old, of campaigns that ended ten minutes.

    `count` reads; `steady`: microseconds of a clock that nobody sets.
    """

    def __init__(self, count: Count, steady: Callable[[], int]) -> None:
        self._count, self._steady = count, steady
        self._counted: dict[int, _Counted] = {}

    async def of(self, campaigns: Sequence[Campaign]) -> dict[int, CampaignProgress]:
        """The progress of each. Raises DatabaseProblem."""
        now = self._steady()
        old = {each.id: each.state for each in campaigns if not self._is_fresh(each, now)}
        if old:
            found = await self._count(old)
            self._counted |= {id_: _Counted(now, state, found[id_]) for id_, state in old.items()}
        return {each.id: self._counted[each.id].progress for each in campaigns}

    def _is_fresh(self, campaign: Campaign, now_us: int) -> bool:
        counted = self._counted.get(campaign.id)
        if counted is None or counted.state is not campaign.state:
            return False
        return now_us - counted.at_us < _FRESH_US[campaign.state is CampaignState.ENDED]
