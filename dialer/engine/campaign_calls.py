"""Has the telephones of campaigns' attempts rung and hung up on, and writes down which were not rung."""

import asyncio
import logging
from collections.abc import Callable, Sequence

from callcenter.database.problems import DatabaseProblem
from dialer.attempt_results import UNRUNG
from dialer.campaigns.model import Campaign
from dialer.campaigns.turns import Turns
from dialer.contacts.attempts import AttemptStore
from dialer.contacts.rows import StoredAttempt
from dialer.contacts.store import ContactStore
from dialer.engine.in_flight import InFlight
from dialer.engine.placing import Placer, Placing, campaigns_call
from dialer.engine.refused_calls import CUSTOMER_WAITS_US, RefusedCalls

log = logging.getLogger(__name__)


class CampaignCalls:
    """Calls of attempts that are in the table. `placer` None: the centre has no trunk; `clock`: microseconds, UTC."""

    def __init__(
        self,
        contacts: ContactStore,
        attempts: AttemptStore,
        placer: Placer | None,
        refused: RefusedCalls,
        clock: Callable[[], int],
    ) -> None:
        self._contacts, self._attempts, self._placer = contacts, attempts, placer
        self._refused, self._clock, self._cancelled = refused, clock, set[str]()

    async def place(self, attempt: StoredAttempt, turns: Turns, phone: str = "") -> None:
        """Ring its telephone, or an agent's, `phone`, first.

        An attempt that surely was not rung is over; unwritten, its time runs out.
        """
        campaign, placing = turns.campaign, Placing.NOT_PLACED
        if self._placer is not None:
            placing = await self._placer.place(campaigns_call(attempt, campaign, phone))
        if placing is Placing.PLACED:
            if not phone:  # what an agent's telephone does says nothing of the customers'
                self._refused.placed(campaign)
        elif placing is not Placing.UNKNOWN:
            try:
                await self._unrung(attempt, turns, refused=placing is Placing.REFUSED and not phone)
            except DatabaseProblem as problem:
                log.warning(
                    "%s was not rung, which is written down when its time is over: %s", attempt.reference, problem
                )

    def cancel(self, ringing: Sequence[InFlight], tasks: asyncio.TaskGroup) -> None:
        """Hang up on these, each once; one of which the records do not know yet is left to ring."""
        for uniqueid in [each.result.uniqueid for each in ringing]:
            if self._placer is not None and uniqueid and uniqueid not in self._cancelled:
                self._cancelled.add(uniqueid)
                tasks.create_task(self._placer.cancel(uniqueid))

    def forget_ended(self, in_flight: Sequence[InFlight]) -> None:
        """These attempts go on, and no others."""
        self._cancelled.intersection_update([each.result.uniqueid for each in in_flight])

    async def _unrung(self, attempt: StoredAttempt, turns: Turns, *, refused: bool) -> None:
        now_us = self._clock()
        not_before_us = now_us + CUSTOMER_WAITS_US if refused else 0
        is_theirs = refused and self._is_the_customers(attempt, turns.campaign, now_us)
        await self._attempts.close(attempt, UNRUNG, turns, now_us, not_before_us=not_before_us)
        if is_theirs:
            await self._contacts.set_aside(attempt.contact_id, "their calls are refused, and others are not: see above")

    def _is_the_customers(self, attempt: StoredAttempt, campaign: Campaign, now_us: int) -> bool:
        had_given_up = self._refused.has_given_up(campaign)
        is_theirs = self._refused.refused(campaign, attempt.contact_id, now_us)
        if self._refused.has_given_up(campaign) and not had_given_up:
            log.error(
                "campaign %s dials no more until it is paused and started, or changed: its calls are refused one after "
                "the other, and why stands above",
                campaign.name,
            )
        return is_theirs
