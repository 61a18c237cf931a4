"""A call that was under way before it was heard of here: from the floor's live state, else from the records."""

from agent_api.live.live_state import LiveState
from agent_api.pop.call_history import History, RecoveredCall
from callcenter.centre.model import Centre
from callcenter.messages.facts import AgentState, AgentStatus, CallOffered


class CallRecovery:
    """Finds the call that an agent's state names. Raises DatabaseProblem."""

    def __init__(self, live_state: LiveState, history: History, centre: Centre) -> None:
        self._live_state, self._history, self._centre = live_state, history, centre

    async def __call__(self, state: AgentState) -> RecoveredCall | None:
        """The call of an agent whose phone rings or who is on a call; None when nothing is known of it."""
        return self._waiting(state) or await self._history.recover(state)

    def _waiting(self, state: AgentState) -> RecoveredCall | None:
        if state.state is not AgentStatus.RINGING or not state.uniqueid:
            return None
        for (node, queue), now in self._live_state.queues.items():
            for each in now.waiting if node == state.node else ():
                if each.uniqueid == state.uniqueid:
                    return RecoveredCall(self._offer(state, queue, each.caller, each.joined_us), None)
        return None

    def _offer(self, state: AgentState, queue: str, caller: str, joined_us: int) -> CallOffered:
        line = next((line.number for line in self._centre.lines if line.queue == queue), "")
        return CallOffered(
            node=state.node,
            member=state.member,
            uniqueid=state.uniqueid or "",
            linkedid=state.uniqueid or "",
            queue=queue,
            line=line,
            caller=caller,
            joined_us=joined_us,
            offered_us=state.since_us,
        )
