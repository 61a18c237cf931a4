"""The pacers of the campaigns, and what they learn of attempts."""

from callcenter.instants import MICROSECONDS
from callcenter.outgoing_calls import AnsweredBy, OutgoingResult
from dialer.attempt_results import AttemptResult
from dialer.campaigns.model import Campaign, DialMode
from dialer.pacing.decision import CampaignPacer
from dialer.pacing.learned import AttemptEnd
from dialer.pacing.situation import PacingMode, PacingRules

_ENDS = {
    OutgoingResult.BUSY: AttemptEnd.BUSY,
    OutgoingResult.REJECTED: AttemptEnd.BUSY,
    OutgoingResult.WRONG_NUMBER: AttemptEnd.BUSY,
    OutgoingResult.CONGESTION: AttemptEnd.BUSY,
    OutgoingResult.NO_ANSWER: AttemptEnd.NO_ANSWER,
    OutgoingResult.CANCELLED: AttemptEnd.CANCELLED,
}


class Pacers:
    """One for each campaign. What was learned is kept while its rules change."""

    def __init__(self) -> None:
        self._pacers: dict[int, CampaignPacer] = {}

    def __contains__(self, campaign_id: int) -> bool:
        return campaign_id in self._pacers

    def of(self, campaign: Campaign) -> CampaignPacer:
        """That of a campaign, with the rules that it has now."""
        rules = PacingRules(
            mode=PacingMode.PREDICTIVE if campaign.mode is DialMode.PREDICTIVE else PacingMode.PROGRESSIVE,
            ceiling=campaign.rules.ceiling_percent / 100,
            ring_seconds=float(campaign.rules.ring_seconds),
        )
        before = self._pacers.get(campaign.id)
        if before is None or before.rules != rules:
            self._pacers[campaign.id] = CampaignPacer(rules, before.learned if before is not None else None)
        return self._pacers[campaign.id]

    def attempt_ended(self, campaign_id: int, result: AttemptResult) -> None:
        """An attempt's call is over. One that never rang teaches nothing."""
        pacer, end = self._pacers.get(campaign_id), _end(result)
        if pacer is None or end is None or result.ended_us is None:
            return
        until_us = result.answered_us if result.answered_us is not None else result.ended_us
        pacer.attempt_ended(end, _seconds(result.dialled_us, until_us))
        if result.talked_us is not None:
            pacer.talk_ended(_seconds(result.talked_us, result.ended_us))

    def wrap_up_ended(self, seconds: float) -> None:
        """An agent is available again."""
        for pacer in self._pacers.values():
            pacer.wrap_up_ended(seconds)


def _end(result: AttemptResult) -> AttemptEnd | None:
    if result.result is OutgoingResult.ANSWERED:
        return AttemptEnd.MACHINE if result.answered_by is AnsweredBy.MACHINE else AttemptEnd.LIVE
    return _ENDS.get(result.result)


def _seconds(from_us: int, until_us: int) -> float:
    return max(0.0, (until_us - from_us) / MICROSECONDS)
