"""Which call a desk shows, and that it shows it once."""

import asyncio
from typing import Any

import pytest

from agent_api.live.desk import Desk
from agent_api.live.desks import POPS_AT_ONCE, Desks
from agent_api.live.live_state import LiveState
from agent_api.pop.call_history import RecoveredCall
from agent_api.pop.pop_schemas import CallerView, Named, Pop
from callcenter.bus.presence import BusState, Presence
from callcenter.instants import MICROSECONDS
from callcenter.messages.facts import AgentState, AgentStatus, CallOffered, Fact, OfferEnd, OfferEnded
from tests.waiting import eventually

MEMBER = "1001"
OF: dict[str, Any] = {"node": "central", "member": MEMBER}
NOW_US = 1_790_000_000 * MICROSECONDS


def offered(uniqueid: str, after: int = 0) -> CallOffered:
    """The phone of 1001 rings for that caller."""
    at_us = NOW_US + after * MICROSECONDS
    of: dict[str, Any] = {"queue": "101", "line": "101", "caller": "70712345", "joined_us": NOW_US}
    return CallOffered(**OF, **of, uniqueid=uniqueid, linkedid=uniqueid, offered_us=at_us)


def on_a_call(after: int, transferred: str) -> AgentState:
    """1001 talks to that caller."""
    at: dict[str, Any] = {"interface": f"PJSIP/{MEMBER}", "queues": ("101",), "since_us": NOW_US + after}
    return AgentState(**OF, **at, state=AgentStatus.ON_CALL, transferred=transferred)


def unanswered(uniqueid: str, after: int) -> OfferEnded:
    """1001 did not take it."""
    at: dict[str, Any] = {"queue": "101", "at_us": NOW_US + after * MICROSECONDS}
    return OfferEnded(**OF, **at, uniqueid=uniqueid, reason=OfferEnd.NO_ANSWER)


async def composed(offer: CallOffered) -> Pop:
    """The pop of an offer, of a number that nobody knows."""
    line = Named(number="101", name="Reclamos técnicos")
    instants = {"joined_us": offer.joined_us, "offered_us": offer.offered_us, "waited_seconds": 0}
    found: dict[str, Any] = {"known": False, "notices": (), "customers": (), "last_calls": ()}
    caller = CallerView(number=offer.caller, shown=offer.caller)
    return Pop(uniqueid=offer.uniqueid, caller=caller, line=line, queue=line, **instants, **found)


class Shown:
    """The desks, and what the one of 1001 was told. `reads`: what the records have not answered yet."""

    def __init__(self) -> None:
        self._live_state = LiveState("central", BusState(Presence.CONNECTED, NOW_US, ""))
        self.reads: list[asyncio.Future[None]] = []
        self.desks = Desks("central", self._live_state, composed, self._recovered)

    def apply(self, *facts: Fact) -> None:
        """As the one reader of the bus does."""
        for fact in facts:
            self._live_state.apply(fact)
            self.desks.apply(fact)

    async def _recovered(self, state: AgentState) -> RecoveredCall:
        self.reads.append(asyncio.get_running_loop().create_future())
        await self.reads[-1]
        return RecoveredCall(offered(state.with_whom or ""), state.since_us)

    async def heard(self, desk: Desk, until: str) -> list[str]:
        """The names of the events up to this one, without those that say how things are."""
        names = [""]
        while names[-1] != until:
            names += [each.name for each in await desk.unread()]
        return [name for name in names[1:] if name not in ("bridge", "state")]


async def test_two_states_of_one_transferred_call_are_one_pop() -> None:
    shown = Shown()
    with shown.desks.attached(MEMBER) as desk:
        shown.apply(on_a_call(1, "1.1"), on_a_call(2, "1.1"))
        await eventually(lambda: len(shown.reads) == 2)
        first, second = shown.reads
        second.set_result(None)  # reads overtake one another
        assert await shown.heard(desk, "pop") == ["pop"]
        first.set_result(None)
        await eventually(lambda: len(asyncio.all_tasks()) == 1)
        shown.apply(unanswered("1.1", 4))
        assert await shown.heard(desk, "pop_ended") == ["pop_ended"]


async def test_the_same_caller_offered_again_is_a_pop_again() -> None:
    shown = Shown()
    with shown.desks.attached(MEMBER) as desk:
        for after in (0, 10):
            shown.apply(offered("1.1", after))
            assert await shown.heard(desk, "pop") == ["pop"]
            shown.apply(unanswered("1.1", after + 5))
            assert await shown.heard(desk, "pop_ended") == ["pop_ended"]


async def test_an_offer_whose_end_was_lost_is_a_pop_again() -> None:
    shown = Shown()
    with shown.desks.attached(MEMBER) as desk:
        for after in (0, 10):
            shown.apply(offered("1.1", after))
            assert await shown.heard(desk, "pop") == ["pop"]


async def test_a_flood_of_calls_is_composed_as_far_as_there_is_room_and_the_next_call_is_shown(
    caplog: pytest.LogCaptureFixture,
) -> None:
    shown, before = Shown(), len(asyncio.all_tasks())
    with shown.desks.attached(MEMBER):
        shown.apply(*(offered(f"1.{number}", number) for number in range(POPS_AT_ONCE + 10)))
        assert len(asyncio.all_tasks()) - before == POPS_AT_ONCE
        await eventually(lambda: len(asyncio.all_tasks()) == before)
    with shown.desks.attached(MEMBER) as desk:
        shown.apply(unanswered("1.1009", 2000), offered("2.1", 3000))
        assert (await shown.heard(desk, "pop"))[-1] == "pop"
    assert caplog.text.count("calls for the desks come faster") == 1
