"""Commands against a fake Asterisk on a socket."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from ami_bridge.actions.executor import Executor
from ami_bridge.actions.forms.answers import NotDone, Succeeded, Unconfirmed
from ami_bridge.link.session import AmiLink
from ami_bridge.link.terms import LinkSettings, LinkState, LinkStatus
from callcenter.clock import now_us
from callcenter.messages.call_commands import HangUp, Originate, Redirect
from callcenter.messages.codec import ALL_MESSAGES
from callcenter.messages.commands import Command, LogIn, LogOut, Pause, PhoneLost, QueuePenalty, Refusal, SetQueues
from tests.ami_bridge.ami_text import event
from tests.ami_bridge.commands import PHONE, command, forged
from tests.ami_bridge.fake_asterisk import FakeAsterisk, Reply, answer, denied, queue_status, silence

PAUSE = command(Pause, reason="baño")


def log_in(*queues: str) -> LogIn:
    """A login to queues, with penalty 0."""
    return command(LogIn, queues=tuple(QueuePenalty(queue=queue, penalty=0) for queue in queues))


def link_to(fake: FakeAsterisk, on_state: Callable[[LinkState], None] = lambda _: None) -> AmiLink:
    """The session for actions, not yet opened."""
    return AmiLink(
        LinkSettings("127.0.0.1", fake.port, "actions", "right", retry_at_most_seconds=0.1),
        on_event=lambda _: None,
        on_anomaly=lambda _: None,
        on_state=on_state,
        now_us=now_us,
    )


@asynccontextmanager
async def executor(fake: FakeAsterisk) -> AsyncIterator[Executor]:
    """An executor whose link to the fake is up."""
    up = asyncio.Event()
    async with fake.running():
        link = link_to(fake, lambda state: up.set() if state.status is LinkStatus.UP else up.clear())
        task = asyncio.create_task(link.run())
        async with asyncio.timeout(5):
            await up.wait()
        yield Executor(link, now_us=now_us, answer_seconds=0.2)
        await link.stop()
        await task


def error(message: str) -> Reply:
    """Refuses every such action with this message."""
    return lambda action: answer(action, status="Error", Message=message)


async def test_every_command_of_the_bus_is_carried_out_by_something() -> None:
    """Except the one that the phone watch handles."""
    async with executor(FakeAsterisk()) as it:
        bus = {kind for kind in ALL_MESSAGES.values() if issubclass(kind, Command)}
        assert {*it.kinds} == bus - {PhoneLost}


async def test_a_command_that_is_the_phone_watchs_is_refused() -> None:
    async with executor(FakeAsterisk()) as it:
        outcome = await it.execute(command(PhoneLost))
        assert isinstance(outcome, NotDone)
        assert outcome.reason is Refusal.INVALID


async def test_a_pause_is_done() -> None:
    fake = FakeAsterisk()
    async with executor(fake) as it:
        assert isinstance(await it.execute(PAUSE), Succeeded)
        assert fake.actions[-1]["Reason"] == "baño"


async def test_what_asterisk_does_not_let_us_ask_is_refused_and_not_taken_for_nothing() -> None:
    async with executor(FakeAsterisk(replies={"QueueStatus": denied})) as it:
        outcome = await it.execute(command(LogOut))
        assert isinstance(outcome, NotDone)
        assert (outcome.reason, outcome.text) == (
            Refusal.ASTERISK_REFUSED,
            "Asterisk refuses QueueStatus: Permission denied",
        )


async def test_an_expired_command_is_not_sent() -> None:
    fake = FakeAsterisk()
    async with executor(fake) as it:
        outcome = await it.execute(forged(PAUSE, expires_us=now_us()))
        assert isinstance(outcome, NotDone)
        assert outcome.reason is Refusal.EXPIRED
        assert fake.names() == []


async def test_the_same_command_twice_is_carried_out_once() -> None:
    fake = FakeAsterisk()
    async with executor(fake) as it:
        first, second = await asyncio.gather(it.execute(PAUSE), it.execute(PAUSE))
        assert first is second is await it.execute(PAUSE)
        assert fake.names() == ["QueuePause"]


async def test_no_answer_in_time_is_an_unknown_outcome_and_nothing_is_repeated() -> None:
    fake = FakeAsterisk(replies={"QueuePause": silence})
    async with executor(fake) as it:
        assert isinstance(await it.execute(PAUSE), Unconfirmed)
        assert isinstance(await it.execute(PAUSE), Unconfirmed)
        assert fake.names() == ["QueuePause"]


async def test_a_command_while_asterisk_is_away_is_refused() -> None:
    outcome = await Executor(link_to(FakeAsterisk()), now_us=now_us).execute(PAUSE)
    assert isinstance(outcome, NotDone)
    assert outcome.reason is Refusal.ASTERISK_AWAY


async def test_a_session_lost_before_the_answer_is_an_unknown_outcome() -> None:
    fake = FakeAsterisk(replies={"QueuePause": silence})
    async with executor(fake) as it:
        asked = asyncio.create_task(it.execute(PAUSE))
        await fake.until(lambda there: there.names() == ["QueuePause"])
        fake.drop()
        assert isinstance(await asked, Unconfirmed)


async def test_a_login_adds_the_phone_to_every_queue() -> None:
    fake = FakeAsterisk()
    async with executor(fake) as it:
        assert isinstance(await it.execute(log_in("q101", "q102")), Succeeded)
        assert [each.get("Queue") for each in fake.actions if each["Action"] == "QueueAdd"] == ["q101", "q102"]


async def test_a_login_where_the_phone_already_is_is_done() -> None:
    fake = FakeAsterisk(replies={"QueueAdd": error("Unable to add interface: Already there")})
    async with executor(fake) as it:
        assert isinstance(await it.execute(log_in("q101")), Succeeded)


async def test_a_login_to_a_queue_that_is_not_there_changes_nothing() -> None:
    def add(action: dict[str, str]) -> bytes:
        refuse = error("Unable to add interface to queue: No such queue")
        return refuse(action) if action["Queue"] == "q999" else answer(action)

    fake = FakeAsterisk(replies={"QueueAdd": add})
    async with executor(fake) as it:
        outcome = await it.execute(log_in("q101", "q999"))
        assert isinstance(outcome, NotDone)
        assert outcome.reason is Refusal.UNKNOWN_QUEUE
        assert fake.names()[1:] == ["QueueAdd", "QueueAdd", "QueueRemove"]


def only(queue: str) -> Reply:
    """May be done in this queue alone; for any other the right is gone."""
    return lambda action: answer(action) if action["Queue"] == queue else denied(action)


async def test_a_login_without_the_right_to_a_later_queue_changes_nothing() -> None:
    fake = FakeAsterisk(replies={"QueueAdd": only("q101")})
    async with executor(fake) as it:
        outcome = await it.execute(log_in("q101", "q102"))
    assert isinstance(outcome, NotDone)
    assert (outcome.reason, "QueueAdd: Permission denied" in outcome.text) == (Refusal.ASTERISK_REFUSED, True)
    removed = [each["Queue"] for each in fake.actions if each["Action"] == "QueueRemove"]
    assert (fake.names()[1:], removed) == (["QueueAdd", "QueueAdd", "QueueRemove"], ["q101"])


async def test_a_login_that_can_be_neither_finished_nor_undone_is_an_unknown_outcome() -> None:
    fake = FakeAsterisk(replies={"QueueAdd": only("q101"), "QueueRemove": denied})
    async with executor(fake) as it:
        outcome = await it.execute(log_in("q101", "q102"))
    assert isinstance(outcome, Unconfirmed)
    assert "QueueRemove: Permission denied" in outcome.text


async def test_new_queues_without_the_right_to_all_of_them_leave_the_agent_where_they_were() -> None:
    fake = FakeAsterisk(replies={"QueueStatus": memberships(MEMBERSHIP), "QueueAdd": only("q102")})
    async with executor(fake) as it:
        assert isinstance(await it.execute(set_queues(("q102", 0), ("q103", 0))), NotDone)
    assert [each["Queue"] for each in fake.actions if each["Action"] == "QueueRemove"] == ["q102"]


async def test_a_refused_login_keeps_the_memberships_from_before() -> None:
    def add(action: dict[str, str]) -> bytes:
        message = "Already there" if action["Queue"] == "q101" else "No such queue"
        return error(f"Unable to add interface: {message}")(action)

    fake = FakeAsterisk(replies={"QueueAdd": add})
    async with executor(fake) as it:
        assert isinstance(await it.execute(log_in("q101", "q999")), NotDone)
        assert "QueueRemove" not in fake.names()


async def test_a_logout_takes_the_phone_out_of_the_queues_it_is_in() -> None:
    fake = FakeAsterisk(replies={"QueueStatus": queue_status})
    async with executor(fake) as it:
        outcome = await it.execute(command(LogOut))
        assert isinstance(outcome, Succeeded)
        assert fake.names() == ["QueueStatus", "QueueRemove"]


async def test_a_call_that_is_gone_cannot_be_ended() -> None:
    fake = FakeAsterisk(replies={"Hangup": error("No such channel")})
    async with executor(fake) as it:
        outcome = await it.execute(command(HangUp, uniqueid="1763800000.1"))
        assert isinstance(outcome, NotDone)
        assert outcome.reason is Refusal.UNKNOWN_CALL


def ended(action: dict[str, str], response: str, reason: str) -> bytes:
    """The two answers to an asynchronous Originate."""
    body = {"ActionID": action["ActionID"], "Response": response, "Channel": PHONE, "Context": "x"}
    body |= {"Exten": "1", "Reason": reason, "Uniqueid": "1.1", "CallerIDNum": "1", "CallerIDName": "x"}
    queued = answer(action, Message="Originate successfully queued")
    return queued + event("OriginateResponse", body)


RING = command(Originate, exten="71234567", caller_id="101", ring_seconds=5, reference="7")


async def test_an_originate_is_done_when_the_phone_answered() -> None:
    fake = FakeAsterisk(replies={"Originate": lambda action: ended(action, "Success", "4")})
    async with executor(fake) as it:
        outcome = await it.execute(RING)
        assert isinstance(outcome, Succeeded)
        assert outcome.headers["Uniqueid"] == "1.1"
        assert fake.actions[-1]["Async"] == "true"


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("1", Refusal.HUNG_UP),
        ("3", Refusal.NO_ANSWER),
        ("5", Refusal.LINE_BUSY),
        ("8", Refusal.CONGESTION),
        ("0", Refusal.NOT_REACHED),
    ],
)
async def test_an_originate_that_nobody_answers_is_refused_with_what_the_phone_did(code: str, reason: Refusal) -> None:
    fake = FakeAsterisk(replies={"Originate": lambda action: ended(action, "Failure", code)})
    async with executor(fake) as it:
        outcome = await it.execute(RING)
        assert isinstance(outcome, NotDone)
        assert outcome.reason is reason


async def test_a_value_that_is_not_allowed_is_refused() -> None:
    fake = FakeAsterisk()
    async with executor(fake) as it:
        outcome = await it.execute(forged(command(Redirect, uniqueid="a", exten="1"), uniqueid="a\r\nb"))
        assert isinstance(outcome, NotDone)
        assert outcome.reason is Refusal.INVALID
        assert fake.names() == []


def memberships(*rows: dict[str, str]) -> Reply:
    """Answers QueueStatus with these memberships."""
    return lambda action: queue_status(action, members=rows)


MEMBERSHIP = {"Queue": "q101", "Name": "Ana", "Location": PHONE, "Penalty": "0", "Paused": "0", "PausedReason": ""}


def set_queues(*queues: tuple[str, int]) -> SetQueues:
    """Exactly these queues for Ana."""
    return command(SetQueues, queues=tuple(QueuePenalty(queue=queue, penalty=penalty) for queue, penalty in queues))


async def test_queues_are_set_by_adding_changing_and_removing() -> None:
    fake = FakeAsterisk(replies={"QueueStatus": memberships(MEMBERSHIP, MEMBERSHIP | {"Queue": "q102"})})
    async with executor(fake) as it:
        assert isinstance(await it.execute(set_queues(("q101", 2), ("q103", 0))), Succeeded)
    done = [(each["Action"], each["Queue"], each.get("Penalty")) for each in fake.actions if "Queue" in each]
    assert done == [("QueueAdd", "q103", "0"), ("QueuePenalty", "q101", "2"), ("QueueRemove", "q102", None)]


async def test_who_is_paused_enters_new_queues_paused_for_the_same_reason() -> None:
    fake = FakeAsterisk(replies={"QueueStatus": memberships(MEMBERSHIP | {"Paused": "1", "PausedReason": "Almuerzo"})})
    async with executor(fake) as it:
        assert isinstance(await it.execute(set_queues(("q101", 0), ("q103", 0))), Succeeded)
    add, pause = (each for each in fake.actions if each.get("Queue") == "q103")
    assert (add["Paused"], pause["Action"], pause["Reason"]) == ("true", "QueuePause", "Almuerzo")


async def test_who_logs_in_paused_is_paused_before_the_pause_has_its_reason() -> None:
    fake = FakeAsterisk()
    async with executor(fake) as it:
        both = tuple(QueuePenalty(queue=queue, penalty=0) for queue in ("q101", "q102"))
        assert isinstance(await it.execute(command(LogIn, queues=both, pause_reason="Trabajo posterior")), Succeeded)
    *adds, pause = [each for each in fake.actions if each["Action"] in ("QueueAdd", "QueuePause")]
    assert [(each["Queue"], each["Paused"]) for each in adds] == [("q101", "true"), ("q102", "true")]
    assert (pause["Paused"], pause["Reason"], "Queue" in pause) == ("true", "Trabajo posterior", False)


async def test_the_queues_of_a_member_who_is_in_none_cannot_be_set() -> None:
    fake = FakeAsterisk(replies={"QueueStatus": memberships(MEMBERSHIP | {"Name": "Eva"})})
    async with executor(fake) as it:
        outcome = await it.execute(set_queues(("q101", 0)))
    assert isinstance(outcome, NotDone)
    assert outcome.reason is Refusal.UNKNOWN_MEMBER
    assert fake.names() == ["QueueStatus"]


async def test_a_login_at_one_phone_ends_the_service_at_the_other() -> None:
    other = f"{PHONE}-web"
    fake = FakeAsterisk(replies={"QueueStatus": memberships(MEMBERSHIP | {"Location": other})})
    async with executor(fake) as it:
        assert isinstance(await it.execute(log_in("q101")), Succeeded)
    removed, added = (each for each in fake.actions if "Queue" in each)
    assert (removed["Action"], removed["Interface"]) == ("QueueRemove", other)
    assert (added["Action"], added["Interface"]) == ("QueueAdd", PHONE)
