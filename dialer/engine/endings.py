"""Ends attempts as the records tell of them.

An attempt of which the records know nothing is over only when they have been read past the moment until which its
telephone could have been rung. Who is killed in between leaves it to the next process.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress

from callcenter.campaign_outcomes import CallOutcome
from dialer.attempt_results import UNHEARD_OF, UNRUNG, AttemptResults
from dialer.campaigns.model import Campaign
from dialer.campaigns.turns import Turns
from dialer.contacts.attempts import AttemptStore
from dialer.contacts.saying import NotTheirCall
from dialer.engine.floor import FloorNow
from dialer.engine.in_flight import InFlight
from dialer.engine.pacers import Pacers


class AttemptEndings:
    """The attempts of all campaigns. `pacers` learn of each that ends; `turns_of`: by the calendar as it is now."""

    def __init__(
        self,
        attempts: AttemptStore,
        results: AttemptResults,
        floor: FloorNow,
        pacers: Pacers,
        turns_of: Callable[[Campaign], Turns],
        clock: Callable[[], int],
    ) -> None:
        self._attempts, self._results, self._floor, self._pacers = attempts, results, floor, pacers
        self._turns_of, self._clock = turns_of, clock

    async def look(self, campaigns: Mapping[int, Campaign]) -> list[InFlight]:
        """End what is over, of these campaigns; what goes on. Raises DatabaseProblem."""
        going_on = [each for each in await self._open(campaigns) if not await self._end(each)]
        await self._say_what_nobody_said(campaigns)
        return going_on

    async def _open(self, campaigns: Mapping[int, Campaign]) -> list[InFlight]:
        attempts = [each for each in await self._attempts.open() if each.campaign_id in campaigns]
        results = await self._results.of([each.reference for each in attempts])
        return [
            InFlight(each, campaigns[each.campaign_id], results.get(each.reference, UNHEARD_OF)) for each in attempts
        ]

    async def _end(self, flight: InFlight) -> bool:
        """Close an attempt that is over. Whether it was."""
        attempt, result = flight.attempt, flight.result
        if result is UNHEARD_OF and self._floor.recorded_until_us > attempt.ends_us:
            result = UNRUNG
        if not result.is_over:
            return False
        await self._attempts.close(attempt, result, self._turns_of(flight.campaign), self._clock())
        if not flight.is_an_agents_own:  # who agreed on an hour, or was chosen, answers as nobody else does
            self._pacers.attempt_ended(attempt.campaign_id, result)
        return True

    async def _say_what_nobody_said(self, campaigns: Mapping[int, Campaign]) -> None:
        for each in await self._attempts.unsaid(campaigns, self._clock()):
            turns = self._turns_of(campaigns[each.campaign_id])
            # An agent may have said it since: then it stands.
            with suppress(NotTheirCall):
                await self._attempts.say(each.reference, CallOutcome.CONTACTED, turns, self._clock(), said_by=None)
