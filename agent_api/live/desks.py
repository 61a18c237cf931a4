"""Between the facts of the bus and the screens: whose phone rings, and which desks are to show it.

A pop is composed once an offer, however many desks show it, and not at all where no desk does.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from agent_api.live.desk import Desk, Event
from agent_api.live.live_state import LinkView, LiveState
from agent_api.live.views import link_view, no_state, own_state
from agent_api.pop.call_history import RecoveredCall
from agent_api.pop.pop_schemas import CallStage, CurrentCall, Pop, PopReady
from callcenter.bus.drops import Drops
from callcenter.messages.facts import (
    AgentState,
    AgentStatus,
    BridgeState,
    CallAnswered,
    CallEnded,
    CallOffered,
    Fact,
    OfferEnded,
)

log = logging.getLogger(__name__)

# Pops that are being composed and shown: more than that come of no calls.
POPS_AT_ONCE = 1000
_WITH_A_CALL = frozenset({AgentStatus.RINGING, AgentStatus.ON_CALL})


class Ended(BaseModel):
    """A ring or a call that is over."""

    uniqueid: str
    queue: str
    reason: str
    at_us: int


class Answered(BaseModel):
    """The agent took the call."""

    uniqueid: str
    queue: str
    answered_us: int


@dataclass(slots=True, eq=False)
class _Call:
    offer: CallOffered
    answered_us: int | None = None
    pop: asyncio.Task[Pop] | None = None

    @property
    def stage(self) -> CallStage:
        return CallStage.RINGING if self.answered_us is None else CallStage.TALKING

    def current(self, pop: Pop) -> CurrentCall:
        return CurrentCall(stage=self.stage, answered_us=self.answered_us, pop=pop)

    def ready(self, pop: Pop) -> PopReady:
        return PopReady(
            uniqueid=pop.uniqueid,
            stage=self.stage,
            caller=pop.caller,
            offered_us=pop.offered_us,
            answered_us=self.answered_us,
        )


@dataclass(slots=True)
class Desks:
    """The desks of every agent and the call each agent has now. Runs in one event loop."""

    home: str
    live_state: LiveState
    compose: Callable[[CallOffered], Awaitable[Pop]]
    recover: Callable[[AgentState], Awaitable[RecoveredCall | None]]
    _desks: dict[str, set[Desk]] = field(default_factory=dict)
    _calls: dict[str, _Call] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _drops: Drops = field(default_factory=lambda: Drops("calls for the desks"))
    _closed: bool = False

    @contextmanager
    def attached(self, member: str) -> Iterator[Desk]:
        """A desk that begins with the present: the bridge, the agent's state, and the call if there is one."""
        desk = Desk()
        desk.put(Event.of("bridge", link_view(self._link(member))))
        desk.put(Event.of("state", self._state(member)))
        self._desks.setdefault(member, set()).add(desk)
        self._catch_up(member, desk)
        if self._closed:
            desk.close()
        try:
            yield desk
        finally:
            self._detach(member, desk)

    async def current(self, member: str) -> CurrentCall | None:
        """The agent's call with its pop; None when there is none."""
        state = self.live_state.agents.get(member)
        if member not in self._calls and state is not None:
            await self._adopt(state)
        call = self._calls.get(member)
        return call.current(await asyncio.shield(self._popped(call))) if call is not None else None

    def known_call(self, member: str) -> tuple[CallOffered, CallStage] | None:
        """The agent's call without its pop, as far as it was heard of; None: there is none."""
        call = self._calls.get(member)
        return (call.offer, call.stage) if call is not None else None

    def apply(self, fact: Fact) -> None:
        """Notify the desks that are concerned. The live state must have taken the fact already.

        In a flood of calls some desks get no pop pushed; whoever reads the call has it all the same.
        """
        match fact:
            case CallOffered():
                self._ring(_Call(fact))
            case OfferEnded():
                self._end(fact.member, fact.uniqueid, "pop_ended", _ended(fact, fact.reason))
            case CallAnswered():
                self._answer(fact)
            case CallEnded():
                self._end(fact.member, fact.uniqueid, "call_ended", _ended(fact, fact.ended_by))
            case AgentState():
                self._notify(fact.member, "state", own_state(fact))
                self._agree_with(fact)
            case BridgeState():
                self.links_moved()

    def announce(self, announced: BaseModel) -> None:
        """Notify every desk that something was announced, or withdrawn; each reads what is for its agent."""
        event = Event.of("announcement", announced)
        for desks in self._desks.values():
            for desk in desks:
                desk.put(event)

    def links_moved(self) -> None:
        """Notify every desk of its link."""
        for member, desks in self._desks.items():
            link = Event.of("bridge", link_view(self._link(member)))
            for desk in desks:
                desk.put(link)

    def close(self) -> None:
        """End every stream: the service stops."""
        self._closed = True
        for desks in self._desks.values():
            for desk in desks:
                desk.close()

    def _link(self, member: str) -> LinkView:
        state = self.live_state.agents.get(member)
        return self.live_state.link(state.node if state else self.home)

    def _state(self, member: str) -> BaseModel:
        state = self.live_state.agents.get(member)
        return own_state(state) if state else no_state(member)

    def _detach(self, member: str, desk: Desk) -> None:
        left = self._desks[member]
        left.discard(desk)
        if not left:
            del self._desks[member]

    def _catch_up(self, member: str, desk: Desk) -> None:
        call, state = self._calls.get(member), self.live_state.agents.get(member)
        if call is None:
            if state is not None:
                self._begin(self._adopt_and_show(state, (desk,)))
        else:
            self._begin(self._show(call, (desk,)))

    def _notify(self, member: str, name: str, body: BaseModel) -> None:
        desks = self._desks.get(member)
        if desks:
            event = Event.of(name, body)
            for desk in desks:
                desk.put(event)

    def _ring(self, call: _Call) -> None:
        self._calls[call.offer.member] = call
        desks = tuple(self._desks.get(call.offer.member, ()))
        for desk in desks:
            desk.pop_of = ""
        if desks:
            self._begin(self._show(call, desks))

    def _answer(self, fact: CallAnswered) -> None:
        call = self._calls.get(fact.member)
        if call is not None and call.offer.uniqueid == fact.uniqueid:
            call.answered_us = fact.answered_us
        body = Answered(uniqueid=fact.uniqueid, queue=fact.queue, answered_us=fact.answered_us)
        self._notify(fact.member, "call_answered", body)

    def _end(self, member: str, uniqueid: str, name: str, body: Ended) -> None:
        call = self._calls.get(member)
        if call is not None and call.offer.uniqueid == uniqueid:
            del self._calls[member]
        for desk in self._desks.get(member, ()):
            desk.pop_of = "" if desk.pop_of == uniqueid else desk.pop_of
        self._notify(member, name, body)

    def _agree_with(self, state: AgentState) -> None:
        """Of a transferred call, or where facts were lost, only the state shows that a call began or ended."""
        call = self._calls.get(state.member)
        if state.state in _WITH_A_CALL:
            if state.with_whom and (call is None or call.offer.uniqueid != state.with_whom):
                self._begin(self._adopt_and_show(state, tuple(self._desks.get(state.member, ()))))
        elif call is not None and state.since_us > (call.answered_us or call.offer.offered_us):
            name = "pop_ended" if call.answered_us is None else "call_ended"
            ended = Ended(uniqueid=call.offer.uniqueid, queue=call.offer.queue, reason="unknown", at_us=state.since_us)
            self._end(state.member, call.offer.uniqueid, name, ended)

    async def _adopt_and_show(self, state: AgentState, desks: tuple[Desk, ...]) -> None:
        if desks:
            await self._adopt(state)
            call = self._calls.get(state.member)
            if call is not None:
                await self._show(call, desks)

    async def _adopt(self, state: AgentState) -> None:
        """Take over a call that came by a transfer, or began before this process, or while the bus was away."""
        if state.state not in _WITH_A_CALL or not state.with_whom:
            return
        found = await self.recover(state)
        if found is not None and self.live_state.agents.get(state.member) == state:
            known = self._calls.get(state.member)
            if known is None or known.offer.uniqueid != state.with_whom:
                self._calls[state.member] = _Call(found.offer, found.answered_us)

    async def _show(self, call: _Call, desks: tuple[Desk, ...]) -> None:
        """Put the pop on the desks that do not show it: two states of one call may each have come before its pop."""
        pop = await asyncio.shield(self._popped(call))
        if self._calls.get(call.offer.member) is call:
            for desk in desks:
                if desk.pop_of != call.offer.uniqueid:
                    desk.pop_of = call.offer.uniqueid
                    desk.put(Event.of("pop", call.ready(pop)))

    def _popped(self, call: _Call) -> asyncio.Task[Pop]:
        if call.pop is None:
            call.pop = asyncio.ensure_future(self.compose(call.offer))
        return call.pop

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        if len(self._tasks) >= POPS_AT_ONCE:
            self._drops.add()
            return work.close()
        task = asyncio.create_task(work)
        self._tasks.add(task)
        return task.add_done_callback(self._over)

    def _over(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not self._tasks:
            self._drops.room()
        if not task.cancelled() and (defect := task.exception()) is not None:
            log.error("a pop could not be shown", exc_info=defect)


def _ended(fact: OfferEnded | CallEnded, reason: str) -> Ended:
    return Ended(uniqueid=fact.uniqueid, queue=fact.queue, reason=str(reason), at_us=fact.at_us)
