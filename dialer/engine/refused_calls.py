"""Calls that were refused for good: how long a campaign waits after one, and when it is no use to try on. Pure.

Whoever refuses seldom says whether it is this telephone's fault or the campaign's. Where other calls of the campaign
were placed in between, it is the telephone's; where none is, it is the campaign's, or the centre's.
"""

from collections import Counter
from dataclasses import dataclass, field

from callcenter.instants import MICROSECONDS
from dialer.campaigns.model import Campaign

# A campaign waits so long after the first refusal, twice that after the second, and so on; after the last it gives up.
_FIRST_PAUSE_US = 30 * MICROSECONDS
_MOST_IN_A_ROW = 5
# A customer whose call was refused so often, while others of the campaign were placed, is not to be called.
_MOST_OF_A_CUSTOMER = 3
# Longer than a campaign's first pauses: the next call that it tries is another customer's.
CUSTOMER_WAITS_US = 10 * 60 * MICROSECONDS


@dataclass(slots=True)
class _Campaign:
    as_it_was: Campaign
    placed: int = 0
    in_a_row: int = 0
    until_us: int = 0
    refused: Counter[int] = field(default_factory=Counter)
    placed_before: dict[int, int] = field(default_factory=dict)


class RefusedCalls:
    """Those of each campaign, since it was started or changed last. Instants are microseconds, UTC."""

    def __init__(self) -> None:
        self._campaigns: dict[int, _Campaign] = {}

    def see(self, campaign: Campaign) -> None:
        """A campaign as it is now: one that was changed, or stopped, begins anew."""
        known = self._campaigns.get(campaign.id)
        if known is None or known.as_it_was != campaign:
            self._campaigns[campaign.id] = _Campaign(campaign)

    def forget(self) -> None:
        """Asterisk or the bridge went away: what comes back may be another one."""
        self._campaigns.clear()

    def placed(self, campaign: Campaign) -> None:
        """A call of it was not refused."""
        known = self._known(campaign)
        known.placed += 1
        known.in_a_row = known.until_us = 0

    def refused(self, campaign: Campaign, contact_id: int, now_us: int) -> bool:
        """One was, for good. Whether that is the customer's fault, as far as one can tell."""
        known = self._known(campaign)
        if now_us >= known.until_us:
            # Calls that were placed together and are all refused are one refusal.
            known.in_a_row += 1
            known.until_us = now_us + _FIRST_PAUSE_US * 2 ** (known.in_a_row - 1)
        known.refused[contact_id] += 1
        before = known.placed_before.setdefault(contact_id, known.placed)
        return known.refused[contact_id] >= _MOST_OF_A_CUSTOMER and known.placed > before

    def waits(self, campaign: Campaign, now_us: int) -> bool:
        """Whether the campaign is not to place a call now."""
        known = self._known(campaign)
        return known.in_a_row >= _MOST_IN_A_ROW or now_us < known.until_us

    def has_given_up(self, campaign: Campaign) -> bool:
        """Whether it places none any more until somebody does something about it."""
        return self._known(campaign).in_a_row >= _MOST_IN_A_ROW

    def _known(self, campaign: Campaign) -> _Campaign:
        return self._campaigns.setdefault(campaign.id, _Campaign(campaign))
