"""What follows a conversation: its contact is begun, and where its queue wants a disposition the agent gets no next
call before one is given.

Every process of the API hears of every conversation and does the same: rows that are there already stay. What is heard
live is quick and may be lost; `agent_api.contacts.reconciliation` makes up for it out of the records.
"""

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from agent_api.contacts.conversations import RecordedConversations
from agent_api.contacts.holding_back import HoldingBack
from agent_api.contacts.reconciliation import Reconciliation
from agent_api.contacts.store import ContactKey, Contacts
from agent_api.live.live_state import LiveState
from callcenter.background import background
from callcenter.bus.protocol import Bus
from callcenter.bus.subscriptions import Subscription
from callcenter.centre.pause_reasons import AFTER_CALL_WORK
from callcenter.database.problems import DatabaseProblem
from callcenter.database.transactions import Database
from callcenter.messages.facts import AgentState, AgentStatus, CallAnswered, CallEnded, Fact

log = logging.getLogger(__name__)

_NO_CONTACTS = "no contact is begun and no disposition asked for any more"


async def pause_at_log_in(contacts: Contacts, member: str) -> dict[str, str]:
    """What a LogIn says more of a member with a disposition pending: to log out and in again does not evade it."""
    return {"pause_reason": AFTER_CALL_WORK} if await contacts.has_pending_disposition(member) else {}


class AfterCallWork:
    """Follows conversations, and agents who log in, while `running` is entered."""

    def __init__(
        self, bus: Bus, live_state: LiveState, contacts: Contacts, database: Database, clock: Callable[[], int]
    ) -> None:
        self._bus, self._live_state, self._contacts = bus, live_state, contacts
        self._hold_back = HoldingBack(bus, contacts, clock).hold_back
        self._reconciliation = Reconciliation(RecordedConversations(database), contacts, live_state, self._hold_back)
        self._logged_out: set[str] = set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Read the bus and the records until left."""
        heard = self._bus.subscribe(CallAnswered, CallEnded, AgentState)
        async with (
            heard as facts,
            background(self._read(facts), self._reconciliation.run(), failure=_NO_CONTACTS),
        ):
            yield

    async def apply(self, fact: Fact) -> None:
        """Do what follows from a conversation's begin or end, or from a log-in. Raises DatabaseProblem."""
        if isinstance(fact, CallAnswered):
            key = ContactKey(fact.node, fact.uniqueid, fact.member)
            await self._contacts.begin(key, fact.queue, fact.answered_us)
        elif isinstance(fact, CallEnded):
            await self._ended(fact)
        elif isinstance(fact, AgentState):
            await self._moved(fact)

    async def _read(self, facts: Subscription[Fact]) -> None:
        async for fact in facts:
            try:
                await self.apply(fact)
            except DatabaseProblem as problem:
                log.warning("not done now, the records make up for it: %s: %r", problem, fact)

    async def _ended(self, fact: CallEnded) -> None:
        agent = self._live_state.agents.get(fact.member)
        if agent is not None:
            await self._hold_back(agent, f"{fact.uniqueid} {fact.at_us}")

    async def _moved(self, state: AgentState) -> None:
        if state.transferred and state.with_whom == state.transferred:
            key = ContactKey(state.node, state.transferred, state.member)
            await self._contacts.begin_transferred(key, state.since_us)
        if not state.queues:
            self._logged_out.add(state.member)
        elif state.member in self._logged_out:
            self._logged_out.discard(state.member)
            if state.state is not AgentStatus.PAUSED:
                await self._hold_back(state, f"logged in {state.since_us}")
