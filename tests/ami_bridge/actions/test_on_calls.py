"""What is done to calls that go on, against a fake Asterisk: first who talks with whom is asked."""

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ami_bridge import call_forms
from ami_bridge.action_forms import BadCommand, Command, Originate
from ami_bridge.call_forms import GiveBack, HangUpPhone, MoveWaiting, Mute, Recording, Release, Transfer
from ami_bridge.outcomes import Done, Outcome, Refused
from ami_bridge.wire.layouts import CHANNEL_HEADERS
from callcenter.messages.commands import Refusal
from tests.ami_bridge.actions.test_executor import NEVER, error, executor
from tests.ami_bridge.ami_text import block
from tests.ami_bridge.fake_asterisk import FakeAsterisk, Reply, answer

HEAD: dict[str, Any] = {"command_id": "1", "expires_at_us": NEVER}
OWN: dict[str, Any] = {**HEAD, "interface": "PJSIP/1001", "caller": "c1"}
TRANSFER = Transfer(**OWN, context="troncal-agents", exten="1002")
ORDERS = (Release(**OWN), TRANSFER, Mute(**OWN, muted=True), Recording(**OWN, paused=True))


def values(**told: str) -> Reply:
    """Answers Getvar: by the name of the variable, without brackets and what they hold."""
    return lambda action: answer(action, Value=told.get(action["Variable"].split("(")[0], ""))


async def done(fake: FakeAsterisk, command: Command) -> Outcome:
    async with executor(fake) as it:
        return await it.execute(command)


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: type(order).__name__)
async def test_nothing_is_done_to_a_call_of_another_phone(order: Command) -> None:
    fake = FakeAsterisk(replies={"Getvar": values(BRIDGEPEER="PJSIP/10011-0000000a,PJSIP/1001-web-0000000b")})
    outcome = await done(fake, order)
    assert isinstance(outcome, Refused)
    assert outcome.reason is Refusal.UNKNOWN_CALL
    assert fake.names() == ["Getvar"]


@pytest.mark.parametrize(
    ("order", "action"),
    [*zip(ORDERS[:-1], ("Redirect", "BlindTransfer", "Setvar"), strict=True)],
    ids=lambda order: type(order).__name__,
)
async def test_an_order_about_the_own_call_is_done_to_the_own_channel(order: Command, action: str) -> None:
    fake = FakeAsterisk(replies={"Getvar": values(BRIDGEPEER="PJSIP/1001-0000000a")})
    assert isinstance(await done(fake, order), Done)
    assert (fake.names()[-1], {*fake.names()[:-1]}) == (action, {"Getvar"})
    assert fake.actions[-1]["Channel"] == "PJSIP/1001-0000000a"


@pytest.mark.parametrize(
    ("paused", "names", "mark"),
    [(True, ["MixMonitorMute", "Setvar"], r"paused:\d{16}"), (False, ["Setvar", "MixMonitorMute"], "on")],
)
async def test_a_bridge_that_dies_in_between_leaves_no_mark_of_a_pause_that_is_none(
    paused: bool, names: list[str], mark: str
) -> None:
    fake = FakeAsterisk(replies={"Getvar": values(BRIDGEPEER="PJSIP/1001-0000000a")})
    assert isinstance(await done(fake, Recording(**OWN, paused=paused)), Done)
    assert [action["Action"] for action in fake.actions[-2:]] == names
    (marked,) = [action for action in fake.actions if action["Action"] == "Setvar"]
    assert (marked["Channel"], marked["Variable"]) == ("c1", "TRONCAL_RECORDING")
    assert re.fullmatch(mark, marked["Value"])


async def test_a_pause_that_asterisk_refuses_leaves_no_mark() -> None:
    fake = FakeAsterisk(replies={"Getvar": values(BRIDGEPEER="PJSIP/1001-0000000a")})
    fake.replies["MixMonitorMute"] = lambda action: answer(action, status="Error", Message="no")
    assert isinstance(await done(fake, Recording(**OWN, paused=True)), Refused)
    assert "Setvar" not in fake.names()


def phones(*, web: str, plain: str) -> Reply:
    """Answers Getvar: whom 1001 talks with, and what each phone of 1002 does."""
    told = {"DEVICE_STATE(PJSIP/1002-web)": web, "DEVICE_STATE(PJSIP/1002)": plain}
    return lambda action: answer(action, Value=told.get(action["Variable"], "PJSIP/1001-0000000a"))


@pytest.mark.parametrize(
    ("web", "plain", "is_away"),
    [
        ("UNAVAILABLE", "UNAVAILABLE", True),
        ("INVALID", "UNAVAILABLE", True),
        ("UNAVAILABLE", "NOT_INUSE", False),
        ("NOT_INUSE", "UNAVAILABLE", False),
        ("INVALID", "INVALID", False),  # a line, or a number outside
    ],
)
async def test_nobody_is_transferred_to_where_no_phone_is(web: str, plain: str, is_away: bool) -> None:
    fake = FakeAsterisk(replies={"Getvar": phones(web=web, plain=plain)})
    outcome = await done(fake, TRANSFER)
    assert (outcome.reason is Refusal.PHONE_AWAY) if isinstance(outcome, Refused) else not is_away
    assert ("BlindTransfer" in fake.names()) is not is_away


async def test_a_call_that_is_gone_is_said_to_be() -> None:
    outcome = await done(FakeAsterisk(replies={"Getvar": error("No such channel")}), TRANSFER)
    assert isinstance(outcome, Refused)
    assert outcome.reason is Refusal.UNKNOWN_CALL


def status(*channels: str, state: str = "6") -> Reply:
    """Answers Status: these channels, all of them bridged."""

    def reply(action: dict[str, str]) -> bytes:
        mine = {"ActionID": action["ActionID"]}
        blank = dict.fromkeys(CHANNEL_HEADERS, "x") | {"ChannelState": state}
        rows = (block({"Event": "Status", **mine, **blank, "Channel": name, "BridgeID": "b"}) for name in channels)
        start = answer(action, EventList="start", Message="Channel status will follow")
        return start + b"".join(rows) + block({"Event": "StatusComplete", **mine, "EventList": "Complete"})

    return reply


async def test_the_only_call_of_a_phone_needs_no_name() -> None:
    fake = FakeAsterisk(replies={"Status": status("PJSIP/1002-0000000c", "PJSIP/1001-0000000a")})
    assert isinstance(await done(fake, replace(TRANSFER, caller=None)), Done)
    assert fake.actions[-1]["Channel"] == "PJSIP/1001-0000000a"


@pytest.mark.parametrize(
    ("channels", "reason"),
    [
        (("PJSIP/1001-0000000a", "PJSIP/1001-0000000b"), Refusal.WRONG_STATE),
        (("PJSIP/1002-0000000c",), Refusal.UNKNOWN_CALL),
    ],
)
async def test_none_or_several_calls_need_one(channels: tuple[str, ...], reason: Refusal) -> None:
    outcome = await done(FakeAsterisk(replies={"Status": status(*channels)}), replace(TRANSFER, caller=None))
    assert isinstance(outcome, Refused)
    assert outcome.reason is reason


async def test_a_waiting_caller_is_withdrawn_by_queue_and_name() -> None:
    told = {"TRONCAL_QUEUE": "101", "CHANNEL": "PJSIP/red-publica-0000000d"}
    fake = FakeAsterisk(replies={"Getvar": values(**told)})
    assert isinstance(await done(fake, MoveWaiting(**HEAD, caller="c1", goal="queue-102")), Done)
    sent = fake.actions[-1]
    assert (sent["Action"], sent["Queue"], sent["Caller"], sent["WithdrawInfo"]) == (
        *("QueueWithdrawCaller", "101", "PJSIP/red-publica-0000000d"),
        "queue-102",
    )


async def test_who_waits_in_no_queue_is_not_moved() -> None:
    outcome = await done(FakeAsterisk(replies={"Getvar": values()}), MoveWaiting(**HEAD, caller="c1", goal="queue-1"))
    assert isinstance(outcome, Refused)
    assert outcome.reason is Refusal.UNKNOWN_CALL


async def test_the_caller_of_a_lost_phone_is_transferred_where_he_is_told_and_waits_again() -> None:
    fake = FakeAsterisk()
    assert isinstance(await done(fake, GiveBack(**HEAD, agent_channel="a1")), Done)
    assert (fake.actions[-1]["Action"], fake.actions[-1]["Context"]) == ("BlindTransfer", "troncal-lost-phone")


async def test_a_lost_phones_calls_are_ended_and_nobody_elses() -> None:
    channels = status("PJSIP/1001-web-0000000a", "PJSIP/1001-0000000b", "PJSIP/1002-web-0000000c")
    fake = FakeAsterisk(replies={"Status": channels, "Getvar": values(DEVICE_STATE="INUSE")})
    assert isinstance(await done(fake, HangUpPhone(**HEAD, interface="PJSIP/1001-web")), Done)
    assert [each["Channel"] for each in fake.actions if each["Action"] == "Hangup"] == ["PJSIP/1001-web-0000000a"]


async def test_the_channels_are_not_listed_for_a_phone_without_calls() -> None:
    fake = FakeAsterisk(replies={"Getvar": values(DEVICE_STATE="UNAVAILABLE")})
    await done(fake, HangUpPhone(**HEAD, interface="PJSIP/1001-web"))
    assert fake.names() == ["Getvar"]


def ring(*, awaited: bool) -> Originate:
    to: dict[str, Any] = {"context": "troncal-agents", "exten": "1002", "caller_id": "1001"}
    phone: dict[str, Any] = {"interface": "PJSIP/1001", "ring_seconds": 20, "variables": {}, "awaited": awaited}
    return Originate(**HEAD, **phone, **to)


async def test_a_phone_that_is_away_is_not_rung() -> None:
    fake = FakeAsterisk(replies={"Getvar": values(DEVICE_STATE="UNAVAILABLE")})
    outcome = await done(fake, ring(awaited=True))
    assert isinstance(outcome, Refused)
    assert outcome.reason is Refusal.PHONE_AWAY
    assert fake.names() == ["Getvar"]


async def test_who_does_not_wait_for_the_answer_is_told_that_it_rings() -> None:
    assert isinstance(await done(FakeAsterisk(), ring(awaited=False)), Done)


@given(goal=st.text(), queue=st.text())
def test_no_text_makes_a_second_header(goal: str, queue: str) -> None:
    try:
        action = call_forms.withdraw(queue, "PJSIP/1001-0000000a", goal)
    except BadCommand:
        return
    assert all(value.isprintable() for value in action.values())
