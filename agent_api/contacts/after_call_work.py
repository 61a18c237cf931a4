"""What follows a conversation: its contact is begun, and where its queue wants a disposition the agent gets no next
call before one is given.

Every process of the API hears of every conversation and does the same: rows that are there already stay, and the bridge
carries out a command of one id only once, so the id of the pause is made from its cause.
"""

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from uuid import UUID, uuid5

from agent_api.contacts.store import ContactKey, Contacts
from agent_api.live.live_state import LiveState
from callcenter.background import background
from callcenter.bus.command_exchange import BusAway, NoAnswer
from callcenter.bus.protocol import Bus
from callcenter.bus.subscriptions import Subscription
from callcenter.centre.pause_reasons import AFTER_CALL_WORK
from callcenter.database.problems import DatabaseProblem
from callcenter.instants import MICROSECONDS
from callcenter.messages.commands import Accepted, Pause
from callcenter.messages.facts import AgentState, CallAnswered, CallEnded, Fact

log = logging.getLogger(__name__)

_NO_CONTACTS = "no contact is begun and no disposition asked for any more"
_EXPIRY_SECONDS = 5.0
_CAUSES = UUID("5f0a3f0e-9f0c-4c6e-9a63-2f6f1c1f2b7d")


async def pause_at_log_in(contacts: Contacts, member: str) -> dict[str, str]:
    """What a LogIn says more of a member with a disposition pending: to log out and in again does not evade it."""
    return {"pause_reason": AFTER_CALL_WORK} if await contacts.has_pending_disposition(member) else {}


class AfterCallWork:
    """Follows the ends of conversations while `running` is entered."""

    def __init__(self, bus: Bus, live_state: LiveState, contacts: Contacts, clock: Callable[[], int]) -> None:
        self._bus, self._live_state, self._contacts, self._clock = bus, live_state, contacts, clock

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Read the bus until left."""
        heard = self._bus.subscribe(CallAnswered, CallEnded, AgentState)
        async with heard as facts, background(self._read(facts), failure=_NO_CONTACTS):
            yield

    async def apply(self, fact: Fact) -> None:
        """Do what follows from a conversation's begin or end. Raises DatabaseProblem."""
        if isinstance(fact, CallAnswered):
            await self._contacts.begin(ContactKey(fact.node, fact.uniqueid, fact.member), fact.queue)
        elif isinstance(fact, CallEnded):
            await self._ended(fact)
        elif isinstance(fact, AgentState) and fact.transferred and fact.with_whom == fact.transferred:
            await self._contacts.begin_transferred(ContactKey(fact.node, fact.transferred, fact.member))

    async def _read(self, facts: Subscription[Fact]) -> None:
        async for fact in facts:
            try:
                await self.apply(fact)
            except DatabaseProblem as problem:
                log.error("a contact is not kept: %s: %r", problem, fact)

    async def _ended(self, fact: CallEnded) -> None:
        await self._contacts.ensure(ContactKey(fact.node, fact.uniqueid, fact.member), fact.queue)
        if await self._contacts.has_pending_disposition(fact.member):
            await self._hold_back(fact)

    async def _hold_back(self, ended: CallEnded) -> None:
        state = self._live_state.agents.get(ended.member)
        if state is None or not state.queues:
            return
        now = self._clock()
        pause = Pause(
            node=ended.node,
            command_id=uuid5(_CAUSES, f"{ended.node} {ended.uniqueid} {ended.member} {ended.at_us}"),
            issued_us=now,
            expires_us=now + int(_EXPIRY_SECONDS * MICROSECONDS),
            issued_by="api:contacts",
            member=ended.member,
            interface=state.interface,
            reason=AFTER_CALL_WORK,
        )
        try:
            answer = await self._bus.request(pause, _EXPIRY_SECONDS)
        except (BusAway, NoAnswer) as away:
            log.warning("%s has a disposition pending and is not paused: %r", ended.member, away)
            return
        if not isinstance(answer, Accepted):
            log.warning("%s has a disposition pending and is not paused: %s", ended.member, answer)
