"""Where a queue wants a disposition the agent gets no next call before one is given: the pause that holds them back.

Every process of the API does this, and the bridge carries out a command of one id only once: the id of the pause is
made from its cause.
"""

import logging
from collections.abc import Callable
from uuid import UUID, uuid5

from agent_api.contacts.store import Contacts
from callcenter.bus.command_exchange import BusAway, NoAnswer
from callcenter.bus.protocol import Bus
from callcenter.centre.pause_reasons import AFTER_CALL_WORK
from callcenter.instants import MICROSECONDS
from callcenter.messages.commands import Accepted, Pause
from callcenter.messages.facts import AgentState

log = logging.getLogger(__name__)

_EXPIRY_SECONDS = 5.0
_CAUSES = UUID("5f0a3f0e-9f0c-4c6e-9a63-2f6f1c1f2b7d")


class HoldingBack:
    """Pauses agents who serve queues and have a disposition pending."""

    def __init__(self, bus: Bus, contacts: Contacts, clock: Callable[[], int]) -> None:
        self._bus, self._contacts, self._clock = bus, contacts, clock

    async def hold_back(self, agent: AgentState, cause: str) -> None:
        """Pause the agent where a disposition is pending. `cause` names the event after which.

        Raises DatabaseProblem.
        """
        if agent.queues and await self._contacts.has_pending_disposition(agent.member):
            await self._pause(agent, cause)

    async def _pause(self, agent: AgentState, cause: str) -> None:
        now = self._clock()
        pause = Pause(
            node=agent.node,
            command_id=uuid5(_CAUSES, f"{agent.node} {agent.member} {cause}"),
            issued_us=now,
            expires_us=now + int(_EXPIRY_SECONDS * MICROSECONDS),
            issued_by="api:contacts",
            member=agent.member,
            interface=agent.interface,
            reason=AFTER_CALL_WORK,
        )
        try:
            answer = await self._bus.request(pause, _EXPIRY_SECONDS)
        except (BusAway, NoAnswer) as away:
            log.warning("%s has a disposition pending and is not paused: %r", agent.member, away)
            return
        if not isinstance(answer, Accepted):
            log.warning("%s has a disposition pending and is not paused: %s", agent.member, answer)
