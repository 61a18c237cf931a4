"""Campaigns are counted once for all screens, and anew when that is old or the campaign is another one."""

from collections.abc import Collection
from dataclasses import replace

from agent_api.campaigns.shared_progress import SharedProgress
from callcenter.instants import MICROSECONDS
from dialer.campaigns.model import CampaignState
from dialer.contacts.progress import CampaignProgress
from tests.dialer.campaigns.test_explanation import RUNNING

ENDED = replace(RUNNING, id=2, state=CampaignState.ENDED)


class Counting:
    """Notes what is counted, and counts the countings."""

    def __init__(self) -> None:
        self.asked: list[set[int]] = []

    async def __call__(self, campaign_ids: Collection[int]) -> dict[int, CampaignProgress]:
        self.asked.append(set(campaign_ids))
        return {each: CampaignProgress(customers=len(self.asked)) for each in campaign_ids}


async def test_what_was_just_counted_is_not_counted_again() -> None:
    now, counting = [0], Counting()
    shared = SharedProgress(counting, lambda: now[0])
    assert (await shared.of([RUNNING, ENDED]))[1].customers == 1
    now[0] = MICROSECONDS - 1
    assert (await shared.of([RUNNING, ENDED]))[1].customers == 1
    now[0] = MICROSECONDS
    found = await shared.of([RUNNING, ENDED])
    assert (found[1].customers, found[2].customers) == (2, 1)
    now[0] = 600 * MICROSECONDS
    await shared.of([ENDED])
    assert counting.asked == [{1, 2}, {1}, {2}]


async def test_a_campaign_that_moved_on_is_counted_again() -> None:
    counting = Counting()
    shared = SharedProgress(counting, lambda: 0)
    await shared.of([RUNNING])
    await shared.of([replace(RUNNING, state=CampaignState.ENDED)])
    assert counting.asked == [{1}, {1}]
    assert await shared.of([]) == {}
