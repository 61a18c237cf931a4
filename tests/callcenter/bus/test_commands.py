"""Commands over the bus: the same claims for both buses."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol
from uuid import UUID, uuid4

import pytest

from callcenter.bus.command_exchange import BusAway, NoAnswer
from callcenter.bus.protocol import Bus
from callcenter.clock import now_us
from callcenter.messages.call_commands import HangUp
from callcenter.messages.commands import Accepted, CommandAnswer, OutcomeUnknown, Pause, Refusal, Refused
from callcenter.messages.envelope import Service

HOUR_US = 3600 * 1_000_000


class Stage(Protocol):
    bus: Callable[..., Awaitable[Bus]]
    stop_broker: Callable[[], Awaitable[None]]
    start_broker: Callable[[], Awaitable[None]]
    sever: Callable[[Bus], Awaitable[None]]
    mend: Callable[[Bus], Awaitable[None]]


def _hang_up(node: str = "central", command_id: UUID | None = None) -> HangUp:
    now = now_us()
    return HangUp(
        node=node,
        command_id=command_id or uuid4(),
        issued_us=now,
        expires_us=now + 5_000_000,
        issued_by="api:ana",
        uniqueid="1.7",
    )


class Bridge:
    """Accepts every hang-up and remembers which."""

    def __init__(self) -> None:
        self.done: list[UUID] = []

    async def __call__(self, command: HangUp) -> CommandAnswer:
        self.done.append(command.command_id)
        return Accepted(node=command.node, command_id=command.command_id, at_us=now_us())


async def test_a_command_is_answered(stage: Stage) -> None:
    bridge, api, command = await stage.bus(Service.BRIDGE), await stage.bus(Service.API), _hang_up()
    async with bridge.serve([HangUp], Bridge()):
        answer = await api.request(command, 5)
    assert isinstance(answer, Accepted)
    assert answer.command_id == command.command_id


async def test_each_of_many_requests_gets_its_own_answer(stage: Stage) -> None:
    bridge, api, dialer = [await stage.bus(each) for each in (Service.BRIDGE, Service.API, Service.DIALER)]
    commands = [_hang_up() for _ in range(60)]
    async with bridge.serve([HangUp], Bridge()):
        asked = [(api, dialer)[n % 2].request(each, 5) for n, each in enumerate(commands)]
        answers = await asyncio.gather(*asked)
    assert [each.command_id for each in answers] == [each.command_id for each in commands]


async def test_a_refusal_says_why(stage: Stage) -> None:
    async def refuse(command: HangUp) -> CommandAnswer:
        return Refused(
            node=command.node,
            command_id=command.command_id,
            at_us=now_us(),
            reason=Refusal.UNKNOWN_CALL,
            text="no such channel",
        )

    bridge, api = await stage.bus(Service.BRIDGE), await stage.bus(Service.API)
    async with bridge.serve([HangUp], refuse):
        answer = await api.request(_hang_up(), 5)
    assert isinstance(answer, Refused)
    assert (answer.reason, answer.text) == (Refusal.UNKNOWN_CALL, "no such channel")


async def test_a_request_to_nobody_says_so_after_its_time(stage: Stage) -> None:
    api = await stage.bus(Service.API)
    with pytest.raises(NoAnswer, match=r"command/hang_up: nobody answered within 0\.2 s"):
        await api.request(_hang_up(), 0.2)


async def test_a_request_while_away_fails_at_once(stage: Stage) -> None:
    bridge, api = await stage.bus(Service.BRIDGE), await stage.bus(Service.API)
    server = Bridge()
    await stage.sever(api)
    async with bridge.serve([HangUp], server):
        with pytest.raises(BusAway, match="hang_up was not sent"):
            await api.request(_hang_up(), 5)
    assert server.done == []


async def test_a_request_whose_connection_ends_has_an_unknown_outcome(stage: Stage) -> None:
    async def cut(command: HangUp) -> CommandAnswer:
        await stage.sever(api)
        return await Bridge()(command)

    bridge, api = await stage.bus(Service.BRIDGE), await stage.bus(Service.API)
    async with bridge.serve([HangUp], cut):
        with pytest.raises(NoAnswer, match="the connection ended before the answer"):
            await api.request(_hang_up(), 20)


async def test_a_command_that_comes_late_is_refused(stage: Stage) -> None:
    bridge = await stage.bus(Service.BRIDGE, clock=lambda: now_us() + HOUR_US)
    api, server = await stage.bus(Service.API), Bridge()
    async with bridge.serve([HangUp], server):
        answer = await api.request(_hang_up(), 5)
    assert isinstance(answer, Refused)
    assert answer.reason is Refusal.EXPIRED
    assert (server.done, bridge.counters.expired) == ([], 1)


async def test_a_command_sent_twice_is_carried_out_once(stage: Stage) -> None:
    bridge, api, server = await stage.bus(Service.BRIDGE), await stage.bus(Service.API), Bridge()
    command = _hang_up()
    async with bridge.serve([HangUp], server):
        first, second = await api.request(command, 5), await api.request(command, 5)
    assert first == second
    assert server.done == [command.command_id]


async def test_a_handler_that_fails_answers_that_the_outcome_is_unknown(stage: Stage) -> None:
    async def fail(command: HangUp) -> CommandAnswer:
        raise LookupError(command.uniqueid)

    bridge, api = await stage.bus(Service.BRIDGE), await stage.bus(Service.API)
    async with bridge.serve([HangUp], fail):
        answer = await api.request(_hang_up(), 5)
    assert isinstance(answer, OutcomeUnknown)
    assert "LookupError" in answer.text


async def test_a_bridge_does_not_carry_out_another_nodes_commands(stage: Stage) -> None:
    bridge, api, server = await stage.bus(Service.BRIDGE), await stage.bus(Service.API), Bridge()
    async with bridge.serve([HangUp], server):
        with pytest.raises(NoAnswer):
            await api.request(_hang_up(node="norte"), 0.2)
    assert server.done == []


async def test_a_bridge_that_was_cut_off_serves_again(stage: Stage) -> None:
    bridge, api = await stage.bus(Service.BRIDGE), await stage.bus(Service.API)
    async with bridge.serve([HangUp], Bridge()):
        await stage.sever(bridge)
        await stage.mend(bridge)
        while not isinstance(await _answer_or_none(api), Accepted):
            continue


async def test_what_is_served_no_more_is_not_carried_out(stage: Stage) -> None:
    bridge, api, server = await stage.bus(Service.BRIDGE), await stage.bus(Service.API), Bridge()
    async with bridge.serve([HangUp], server):
        await api.request(_hang_up(), 5)
    with pytest.raises(NoAnswer):
        await api.request(_hang_up(), 0.2)


async def test_a_kind_is_served_by_one_handler_and_by_the_bridge_only(stage: Stage) -> None:
    bridge, api = await stage.bus(Service.BRIDGE), await stage.bus(Service.API)
    async with bridge.serve([HangUp, Pause], Bridge()):
        with pytest.raises(ValueError, match="cannot serve hang_up"):
            async with bridge.serve([HangUp], Bridge()):
                pass
    with pytest.raises(ValueError, match="api cannot serve hang_up"):
        async with api.serve([HangUp], Bridge()):
            pass


async def test_reports_give_no_commands(stage: Stage) -> None:
    reports = await stage.bus(Service.REPORTS)
    with pytest.raises(ValueError, match="no right"):
        await reports.request(_hang_up(), 1)


async def _answer_or_none(api: Bus) -> CommandAnswer | None:
    try:
        return await api.request(_hang_up(), 0.2)
    except NoAnswer:
        return None
