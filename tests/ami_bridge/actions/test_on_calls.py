"""Commands about calls in progress, against a fake Asterisk: who is connected to whom is asked first."""

import re

import pytest

from ami_bridge.actions.forms.answers import ActionOutcome, NotDone, Succeeded
from ami_bridge.floor.phone_watch import DueAction, EndCalls, PauseMember, RequeueCaller, ResumeMember
from ami_bridge.wire.layouts import CHANNEL_HEADERS
from callcenter.messages.call_commands import (
    HangUp,
    Mute,
    Originate,
    RecordingPause,
    RecordingResume,
    RedirectQueuedCall,
    Release,
    Spy,
    SpyMode,
    Transfer,
)
from callcenter.messages.commands import Command, Refusal
from tests.ami_bridge.actions.test_executor import error, executor
from tests.ami_bridge.ami_text import block
from tests.ami_bridge.commands import PHONE, command
from tests.ami_bridge.fake_asterisk import FakeAsterisk, Reply, answer

TRANSFER = command(Transfer, uniqueid="c1", exten="1002")
PAUSE_RECORDING, RESUME_RECORDING = (command(kind, uniqueid="c1") for kind in (RecordingPause, RecordingResume))
OF_CHANNELS = (command(Release, uniqueid="c1"), TRANSFER, command(Mute, uniqueid="c1", muted=True))
ON_OWN_CALL = (*OF_CHANNELS, PAUSE_RECORDING, RESUME_RECORDING)
REDIRECT_QUEUED = command(RedirectQueuedCall, uniqueid="c1", queue="102")


def values(**variables: str) -> Reply:
    """Answers Getvar: by the name of the variable, without brackets and what they hold."""
    return lambda action: answer(action, Value=variables.get(action["Variable"].split("(")[0], ""))


async def done(fake: FakeAsterisk, asked: Command) -> ActionOutcome:
    async with executor(fake) as it:
        return await it.execute(asked)


async def done_as_due(fake: FakeAsterisk, action: DueAction) -> ActionOutcome:
    """The outcome of an action that the bridge itself found due."""
    async with executor(fake) as it:
        return await it.do(action)


@pytest.mark.parametrize("sent", ON_OWN_CALL, ids=lambda sent: type(sent).__name__)
async def test_nothing_is_done_to_a_call_of_another_phone(sent: Command) -> None:
    fake = FakeAsterisk(replies={"Getvar": values(BRIDGEPEER="PJSIP/10011-0000000a,PJSIP/1001-web-0000000b")})
    outcome = await done(fake, sent)
    assert isinstance(outcome, NotDone)
    assert outcome.reason is Refusal.UNKNOWN_CALL
    assert fake.names() == ["Getvar"]


@pytest.mark.parametrize(
    ("sent", "action"),
    [*zip(OF_CHANNELS, ("Redirect", "BlindTransfer", "Setvar"), strict=True)],
    ids=lambda sent: type(sent).__name__,
)
async def test_a_command_about_the_phones_own_call_is_done_to_its_own_channel(sent: Command, action: str) -> None:
    fake = FakeAsterisk(replies={"Getvar": values(BRIDGEPEER="PJSIP/1001-0000000a")})
    assert isinstance(await done(fake, sent), Succeeded)
    assert (fake.names()[-1], {*fake.names()[:-1]}) == (action, {"Getvar"})
    assert fake.actions[-1]["Channel"] == "PJSIP/1001-0000000a"


@pytest.mark.parametrize(
    ("sent", "names", "mark"),
    [
        (PAUSE_RECORDING, ["MixMonitorMute", "Setvar"], r"paused:\d{16}"),
        (RESUME_RECORDING, ["Setvar", "MixMonitorMute"], "on"),
    ],
)
async def test_a_bridge_that_dies_in_between_leaves_no_mark_of_a_pause_that_is_none(
    sent: Command, names: list[str], mark: str
) -> None:
    fake = FakeAsterisk(replies={"Getvar": values(BRIDGEPEER="PJSIP/1001-0000000a")})
    assert isinstance(await done(fake, sent), Succeeded)
    assert [action["Action"] for action in fake.actions[-2:]] == names
    (marked,) = [action for action in fake.actions if action["Action"] == "Setvar"]
    assert (marked["Channel"], marked["Variable"]) == ("c1", "TRONCAL_RECORDING")
    assert re.fullmatch(mark, marked["Value"])


async def test_a_pause_that_asterisk_refuses_leaves_no_mark() -> None:
    fake = FakeAsterisk(replies={"Getvar": values(BRIDGEPEER="PJSIP/1001-0000000a")})
    fake.replies["MixMonitorMute"] = lambda action: answer(action, status="Error", Message="no")
    assert isinstance(await done(fake, PAUSE_RECORDING), NotDone)
    assert "Setvar" not in fake.names()


def phones(*, web: str, plain: str) -> Reply:
    """Answers Getvar: 1001's bridge peer, and the device state of each phone of 1002."""
    variables = {"DEVICE_STATE(PJSIP/1002-web)": web, "DEVICE_STATE(PJSIP/1002)": plain}
    return lambda action: answer(action, Value=variables.get(action["Variable"], "PJSIP/1001-0000000a"))


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
    assert (outcome.reason is Refusal.PHONE_AWAY) if isinstance(outcome, NotDone) else not is_away
    assert ("BlindTransfer" in fake.names()) is not is_away


@pytest.mark.parametrize(("context", "is_refused"), [("troncal-inside", True), ("troncal-agents", False), ("", False)])
async def test_whom_the_centre_called_is_not_transferred_to_the_outside(context: str, is_refused: bool) -> None:
    fake = FakeAsterisk(replies={"Getvar": values(BRIDGEPEER="PJSIP/1001-0000000a", TRANSFER_CONTEXT=context)})
    outcome = await done(fake, command(Transfer, uniqueid="c1", exten="70712345"))
    assert (outcome.reason is Refusal.WRONG_STATE) if isinstance(outcome, NotDone) else not is_refused
    assert ("BlindTransfer" in fake.names()) is not is_refused


async def test_a_call_that_is_gone_is_refused_as_unknown() -> None:
    outcome = await done(FakeAsterisk(replies={"Getvar": error("No such channel")}), TRANSFER)
    assert isinstance(outcome, NotDone)
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


NAMELESS = command(Transfer, exten="1002")


async def test_the_only_call_of_a_phone_needs_no_name() -> None:
    fake = FakeAsterisk(replies={"Status": status("PJSIP/1002-0000000c", "PJSIP/1001-0000000a")})
    assert isinstance(await done(fake, NAMELESS), Succeeded)
    assert fake.actions[-1]["Channel"] == "PJSIP/1001-0000000a"


@pytest.mark.parametrize(
    ("channels", "reason"),
    [
        (("PJSIP/1001-0000000a", "PJSIP/1001-0000000b"), Refusal.WRONG_STATE),
        (("PJSIP/1002-0000000c",), Refusal.UNKNOWN_CALL),
    ],
)
async def test_none_or_several_calls_need_one(channels: tuple[str, ...], reason: Refusal) -> None:
    outcome = await done(FakeAsterisk(replies={"Status": status(*channels)}), NAMELESS)
    assert isinstance(outcome, NotDone)
    assert outcome.reason is reason


async def test_a_waiting_caller_is_withdrawn_by_queue_and_name() -> None:
    variables = {"TRONCAL_QUEUE": "101", "CHANNEL": "PJSIP/red-publica-0000000d"}
    fake = FakeAsterisk(replies={"Getvar": values(**variables)})
    assert isinstance(await done(fake, REDIRECT_QUEUED), Succeeded)
    sent = fake.actions[-1]
    assert (sent["Action"], sent["Queue"], sent["Caller"], sent["WithdrawInfo"]) == (
        *("QueueWithdrawCaller", "101", "PJSIP/red-publica-0000000d"),
        "queue-102",
    )


async def test_a_caller_who_waits_in_no_queue_is_not_redirected() -> None:
    outcome = await done(FakeAsterisk(replies={"Getvar": values()}), REDIRECT_QUEUED)
    assert isinstance(outcome, NotDone)
    assert outcome.reason is Refusal.UNKNOWN_CALL


async def test_the_caller_of_a_lost_phone_is_requeued_by_a_transfer() -> None:
    fake = FakeAsterisk()
    assert isinstance(await done_as_due(fake, RequeueCaller("c1", "a1")), Succeeded)
    assert (fake.actions[-1]["Action"], fake.actions[-1]["Context"]) == ("BlindTransfer", "troncal-lost-phone")


async def test_a_lost_phones_calls_are_ended_and_nobody_elses() -> None:
    channels = status("PJSIP/1001-web-0000000a", "PJSIP/1001-0000000b", "PJSIP/1002-web-0000000c")
    fake = FakeAsterisk(replies={"Status": channels, "Getvar": values(DEVICE_STATE="INUSE")})
    assert isinstance(await done_as_due(fake, EndCalls("PJSIP/1001-web")), Succeeded)
    assert [each["Channel"] for each in fake.actions if each["Action"] == "Hangup"] == ["PJSIP/1001-web-0000000a"]


async def test_the_channels_are_not_listed_for_a_phone_without_calls() -> None:
    fake = FakeAsterisk(replies={"Getvar": values(DEVICE_STATE="UNAVAILABLE")})
    await done_as_due(fake, EndCalls("PJSIP/1001-web"))
    assert fake.names() == ["Getvar"]


async def test_the_bridge_pauses_and_resumes_a_phone_by_itself() -> None:
    fake = FakeAsterisk()
    assert isinstance(await done_as_due(fake, PauseMember(PHONE, "Teléfono")), Succeeded)
    assert isinstance(await done_as_due(fake, ResumeMember(PHONE)), Succeeded)
    assert [each["Paused"] for each in fake.actions if each["Action"] == "QueuePause"] == ["true", "false"]


RING = {"exten": "1002", "caller_id": "1001", "ring_seconds": 20}
SPY = command(Spy, extension="1002", mode=SpyMode.WHISPER)
NOT_AWAITED = command(Originate, **RING, awaited=False)


@pytest.mark.parametrize("sent", [command(Originate, **RING), SPY], ids=lambda sent: type(sent).__name__)
async def test_a_phone_that_is_away_is_not_rung(sent: Command) -> None:
    fake = FakeAsterisk(replies={"Getvar": values(DEVICE_STATE="UNAVAILABLE")})
    outcome = await done(fake, sent)
    assert isinstance(outcome, NotDone)
    assert outcome.reason is Refusal.PHONE_AWAY
    assert fake.names() == ["Getvar"]


@pytest.mark.parametrize("sent", [NOT_AWAITED, SPY], ids=lambda sent: type(sent).__name__)
async def test_an_originate_that_is_not_awaited_is_done_when_it_rings(sent: Command) -> None:
    assert isinstance(await done(FakeAsterisk(), sent), Succeeded)


@pytest.mark.parametrize(("state", "sent"), [("Ringing", ["Getvar", "Hangup"]), ("Up", ["Getvar"])])
async def test_a_call_that_is_to_end_only_while_it_rings_goes_on_once_it_was_answered(
    state: str, sent: list[str]
) -> None:
    fake = FakeAsterisk(replies={"Getvar": values(CHANNEL=state)})
    outcome = await done(fake, command(HangUp, uniqueid="c1", unanswered=True))
    assert (fake.names(), isinstance(outcome, NotDone)) == (sent, state == "Up")
