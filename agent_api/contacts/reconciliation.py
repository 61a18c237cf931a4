"""Contacts follow from the records: a conversation that nobody heard of live gets its contact all the same.

The records are looked at every second and from where the last look ended, whichever process of the API made it: what
was recorded while this service, the bus, the bridge or the database was away is found when they are back.
"""

import asyncio
import logging
from collections.abc import Collection
from typing import Protocol

from agent_api.contacts.conversations import AgentConversation, NewlyRecorded, RecordedConversations
from agent_api.contacts.store import Contacts
from agent_api.live.live_state import LiveState
from callcenter.database.problems import DatabaseProblem
from callcenter.messages.facts import AgentState, AgentStatus

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0


class HoldBack(Protocol):
    """Holds an agent back who has a disposition pending."""

    async def __call__(self, agent: AgentState, cause: str) -> None:
        """`cause` names the event after which. Raises DatabaseProblem."""


class Reconciliation:
    """Begins the contacts that are missing, and holds their agents back as after any other conversation."""

    def __init__(
        self, conversations: RecordedConversations, contacts: Contacts, live_state: LiveState, hold_back: HoldBack
    ) -> None:
        self._conversations, self._contacts = conversations, contacts
        self._live_state, self._hold_back = live_state, hold_back
        self._not_seen_yet: dict[str, AgentConversation] = {}
        self._is_away = False

    async def run(self) -> None:
        """Look for ever."""
        while True:
            try:
                while await self.look():
                    pass
            except DatabaseProblem as problem:
                self._note(problem)
            else:
                self._note(None)
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> bool:
        """Look once; False: there was nothing new. Raises DatabaseProblem."""
        found = await self._conversations.new()
        for recorded in found:
            await self._begin_missing(recorded)
            await self._conversations.done(recorded)
        ended = {each.key.member: each for recorded in found for each in recorded.conversations if each.ended_us}
        await self._after_their_ends((self._not_seen_yet | ended).values())
        return bool(found)

    async def _begin_missing(self, recorded: NewlyRecorded) -> None:
        for each in recorded.without_contact:
            log.info("%s of %s has its contact from the records", each.key.uniqueid, each.key.member)
            if each.queue is None:
                await self._contacts.begin_transferred(each.key, each.began_us)
            else:
                await self._contacts.begin(each.key, each.queue, each.began_us)

    async def _after_their_ends(self, ended: Collection[AgentConversation]) -> None:
        """Hold the agents back where the end was not heard live: nearly all were, so all are looked up in one trip."""
        reachable = {each.key.member: (state, each) for each in ended if (state := self._state_after(each)) is not None}
        pending = await self._contacts.with_pending_disposition(reachable)
        to_hold = [reachable[member] for member in pending]
        await asyncio.gather(*(self._hold_back(now, f"{each.key.uniqueid} {each.ended_us}") for now, each in to_hold))

    def _state_after(self, each: AgentConversation) -> AgentState | None:
        """The state of an agent who may get the next call. One whose state is not known yet waits for it."""
        member = each.key.member
        state = self._live_state.agents.get(member)
        if state is None:
            self._not_seen_yet[member] = each
            return None
        self._not_seen_yet.pop(member, None)
        with_another = state.state is AgentStatus.ON_CALL and state.with_whom != each.key.uniqueid
        return None if state.state is AgentStatus.PAUSED or with_another else state

    def _note(self, problem: DatabaseProblem | None) -> None:
        """Once when it fails and once when it is back."""
        if problem is not None and not self._is_away:
            log.warning("the records cannot be read, contacts that are missing wait for them: %s", problem)
        elif problem is None and self._is_away:
            log.info("the records can be read, contacts that were missing are there")
        self._is_away = problem is not None
