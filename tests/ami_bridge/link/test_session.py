"""The life of a session: log in, lose, find again, refuse, stop."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import pytest

from ami_bridge.link.session import AmiLink
from ami_bridge.link.terms import ActionRefused, LinkDown, LinkSettings, LinkState, LinkStatus, NotSent
from ami_bridge.wire.items import AmiEvent, Quarantined
from callcenter.clock import now_us
from tests.ami_bridge.ami_text import channel, connect, event, join, newchannel
from tests.ami_bridge.fake_asterisk import FakeAsterisk, answer, denied, queue_status, silence

SETTINGS = LinkSettings(
    *("127.0.0.1", 0, "events", "right"),
    ping_seconds=0.1,
    limit_seconds=0.1,
    retry_at_most_seconds=0.1,
    refused_wait_seconds=60.0,
)


@dataclass
class Seen:
    """What a link reported."""

    events: list[AmiEvent] = field(default_factory=list)
    anomalies: list[Quarantined] = field(default_factory=list)
    states: list[LinkState] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    fails_on: str = ""

    def event(self, event: AmiEvent) -> None:
        """Receives an event, or fails as a broken callback does."""
        if event.name == self.fails_on:
            raise ValueError("broken callback")
        self.events.append(event)
        self.changed.set()

    def anomaly(self, anomaly: Quarantined) -> None:
        """Receives what is not trusted."""
        self.anomalies.append(anomaly)
        self.changed.set()

    def state(self, state: LinkState) -> None:
        """Receives the link's state."""
        self.states.append(state)
        self.changed.set()

    def names(self) -> list[str]:
        """The events' names, without FullyBooted."""
        return [each.name for each in self.events if each.name != "FullyBooted"]

    async def until(self, condition: Callable[["Seen"], bool]) -> None:
        """Waits for a condition on this object, with a limit."""
        async with asyncio.timeout(20):
            while not condition(self):
                self.changed.clear()
                await self.changed.wait()

    async def status(self, status: LinkStatus, times: int = 1) -> None:
        """Waits until the link was in the status that many times."""
        await self.until(lambda it: sum(each.status is status for each in it.states) >= times)


def link_to(fake: FakeAsterisk, seen: Seen, settings: LinkSettings = SETTINGS) -> AmiLink:
    """A link whose callbacks fill `seen`."""
    return AmiLink(
        replace(settings, port=fake.port),
        on_event=seen.event,
        on_anomaly=seen.anomaly,
        on_state=seen.state,
        now_us=now_us,
    )


@asynccontextmanager
async def linked(
    fake: FakeAsterisk, settings: LinkSettings = SETTINGS, *, up: bool = True, seen: Seen | None = None
) -> AsyncIterator[tuple[AmiLink, Seen]]:
    """A running link to a running fake."""
    seen = seen or Seen()
    async with fake.running():
        link = link_to(fake, seen, settings)
        task = asyncio.create_task(link.run())
        if up:
            await seen.status(LinkStatus.UP)
        yield link, seen
        await link.stop()
        async with asyncio.timeout(10):
            await task


async def test_events_arrive_in_order() -> None:
    fake = FakeAsterisk()
    async with linked(fake) as (_, seen):
        fake.say(newchannel() + join() + connect())
        await seen.until(lambda it: len(it.names()) == 3)
        assert seen.names() == ["Newchannel", "QueueCallerJoin", "AgentConnect"]


async def test_a_callback_that_fails_costs_only_its_event(caplog: pytest.LogCaptureFixture) -> None:
    fake, seen = FakeAsterisk(), Seen(fails_on="Newchannel")
    async with linked(fake, seen=seen) as (link, _):
        fake.say(newchannel() + join())
        await seen.until(lambda it: it.names() == ["QueueCallerJoin"])
        assert link.is_up
        assert "callback for AMI events failed" in caplog.text


async def test_a_repeated_header_neither_arrives_nor_breaks_the_session() -> None:
    fake = FakeAsterisk()
    async with linked(fake) as (link, seen):
        fake.say(b"Event: Newchannel\r\nEvent: Hangup\r\nPrivilege: call,all\r\n\r\n")
        await seen.until(lambda it: bool(it.anomalies))
        fake.say(join())
        await seen.until(lambda it: it.names() == ["QueueCallerJoin"])
        assert link.is_up


async def test_a_forged_event_is_reported_as_an_anomaly() -> None:
    fake = FakeAsterisk()
    async with linked(fake) as (_, seen):
        fake.say(newchannel(CallerIDNum="7\r\n\r\n" + connect("6.6").decode() + "Foo: bar"))
        await seen.until(lambda it: len(it.anomalies) == 3)
        assert seen.names() == []


async def test_a_lost_connection_is_opened_again() -> None:
    fake = FakeAsterisk()
    async with linked(fake) as (link, seen):
        fake.drop()
        await seen.status(LinkStatus.UP, times=2)
        assert link.state.session == 2
        assert [each.status.name for each in seen.states].count("LOST") == 1


async def test_a_silent_peer_is_noticed() -> None:
    fake = FakeAsterisk()
    async with linked(fake) as (_, seen):
        fake.answers_pings = False
        await seen.status(LinkStatus.LOST)
        assert seen.states[-1].reason == "no answer to a ping"


def test_by_default_a_silent_peer_is_noticed_within_five_seconds() -> None:
    settings = LinkSettings("127.0.0.1", 1, "u", "s")
    assert settings.ping_seconds + settings.limit_seconds < 5


async def test_a_session_cut_in_mid_block_leaves_nothing_behind() -> None:
    fake = FakeAsterisk()
    async with linked(fake, replace(SETTINGS, ping_seconds=60.0)) as (_, seen):
        fake.say(newchannel()[:150])
        fake.hang_up()
        await seen.status(LinkStatus.UP, times=2)
        fake.say(join())
        await seen.until(lambda it: it.names() == ["QueueCallerJoin"])
        assert seen.anomalies == []


async def test_a_wrong_secret_is_not_tried_again_at_once() -> None:
    fake = FakeAsterisk(secret="other")
    async with linked(fake, up=False) as (link, seen):
        await seen.status(LinkStatus.REFUSED)
        with pytest.raises(NotSent):
            await link.send({"Action": "QueueStatus"}, timeout_seconds=1)
        assert fake.logins == 1


async def test_a_peer_that_sends_nothing_is_given_up() -> None:
    fake = FakeAsterisk(replies={"Login": silence}, greets=False)
    async with linked(fake, replace(SETTINGS, connect_seconds=0.1), up=False) as (_, seen):
        await seen.status(LinkStatus.LOST, times=2)
        assert fake.connections >= 2


async def test_an_asterisk_that_still_boots_is_waited_for() -> None:
    fake = FakeAsterisk(boots=False)
    async with linked(fake, up=False) as (link, seen):
        await fake.until(lambda it: it.logins == 1)
        assert not link.is_up
        fake.say(event("FullyBooted", {"Status": "Fully Booted"}, kind="system"))
        await seen.status(LinkStatus.UP)


async def test_stop_ends_everything_and_nothing_connects_again() -> None:
    fake = FakeAsterisk()
    async with fake.running():
        seen = Seen()
        link = link_to(fake, seen)
        task = asyncio.create_task(link.run())
        await seen.status(LinkStatus.UP)
        fake.drop()
        await seen.status(LinkStatus.LOST)
        connections = fake.connections
        await link.stop()
        async with asyncio.timeout(10):
            await task
        assert fake.connections == connections
        assert seen.states[-1].status is LinkStatus.STOPPED


async def test_a_peer_that_is_not_there_is_tried_until_it_is() -> None:
    fake, seen = FakeAsterisk(), Seen()
    async with fake.running():
        pass
    link = link_to(fake, seen)
    task = asyncio.create_task(link.run())
    await seen.status(LinkStatus.LOST, times=2)
    async with fake.running():
        await seen.status(LinkStatus.UP)
        await link.stop()
        await task


async def test_a_list_is_answered_as_a_whole() -> None:
    fake = FakeAsterisk(replies={"QueueStatus": queue_status})
    async with linked(fake) as (link, seen):
        answers = await link.send({"Action": "QueueStatus"}, as_list=True, timeout_seconds=1)
        assert [each.get("Event") for each in answers[1:]] == ["QueueParams", "QueueMember", "QueueStatusComplete"]
        assert seen.names() == []


@pytest.mark.parametrize("message", ["Permission denied", "No such thing"])
async def test_an_error_instead_of_a_list_is_no_empty_list(message: str) -> None:
    reply = {"CoreShowChannels": lambda action: answer(action, status="Error", Message=message)}
    async with linked(FakeAsterisk(replies=reply)) as (link, _):
        with pytest.raises(ActionRefused, match=f"CoreShowChannels: {message}"):
            await link.send({"Action": "CoreShowChannels"}, as_list=True, timeout_seconds=1)


async def test_what_the_user_may_not_ask_has_no_answer() -> None:
    async with linked(FakeAsterisk(replies={"Getvar": denied})) as (link, _):
        with pytest.raises(ActionRefused, match="Getvar: Permission denied"):
            await link.send({"Action": "Getvar", "Variable": "X"}, timeout_seconds=1)


async def test_queue_add_is_answered_by_its_response() -> None:
    reply = {"QueueAdd": lambda action: answer(action, Message="Added interface to queue")}
    fake = FakeAsterisk(replies=reply)
    async with linked(fake) as (link, _):
        (response,) = await link.send({"Action": "QueueAdd"}, timeout_seconds=1)
        assert response.get("Message") == "Added interface to queue"


async def test_an_unanswered_action_fails_with_the_session_and_is_not_sent_again() -> None:
    fake = FakeAsterisk(replies={"Originate": silence})
    async with linked(fake) as (link, seen):
        asked = asyncio.create_task(link.send({"Action": "Originate"}, timeout_seconds=5))
        await fake.until(lambda it: it.names() == ["Originate"])
        fake.drop()
        with pytest.raises(LinkDown):
            await asked
        await seen.status(LinkStatus.UP, times=2)
        await link.send({"Action": "CoreStatus"}, timeout_seconds=1)
        assert fake.names() == ["Originate", "CoreStatus"]


async def test_a_list_cut_by_the_end_of_the_session_fails() -> None:
    fake = FakeAsterisk(replies={"QueueStatus": lambda action: queue_status(action)[:300]})
    async with linked(fake) as (link, _):
        asked = asyncio.create_task(link.send({"Action": "QueueStatus"}, as_list=True, timeout_seconds=5))
        await fake.until(lambda it: it.names() == ["QueueStatus"])
        fake.drop()
        with pytest.raises(LinkDown):
            await asked


async def test_an_action_while_the_link_is_down_fails_at_once() -> None:
    link = link_to(FakeAsterisk(), Seen())
    with pytest.raises(NotSent):
        await link.send({"Action": "QueueStatus"}, timeout_seconds=60)


async def test_an_answer_that_comes_too_late_is_nobodys() -> None:
    fake = FakeAsterisk(replies={"QueueStatus": silence})
    async with linked(fake) as (link, seen):
        with pytest.raises(TimeoutError):
            await link.send({"Action": "QueueStatus"}, as_list=True, timeout_seconds=0.05)
        late = next(each for each in fake.actions if each["Action"] == "QueueStatus")
        fake.say(queue_status(late) + join())
        await seen.until(lambda it: bool(it.names()))
        assert seen.names() == ["QueueCallerJoin"]


async def test_an_originate_without_async_does_not_break_the_session() -> None:
    reply = {"Originate": lambda action: answer(action, Message="Originate successfully queued")}
    fake = FakeAsterisk(replies=reply)
    async with linked(fake) as (link, _):
        await link.send({"Action": "Originate"}, timeout_seconds=1)
        assert link.is_up


async def test_a_large_answer_is_read_in_linear_time() -> None:
    def many(action: dict[str, str]) -> bytes:
        one = event("Newchannel", channel())
        return answer(action) + one * 5000

    fake = FakeAsterisk(replies={"Command": many})
    # So much takes a busy machine longer than the others have for a sign of life.
    async with linked(fake, replace(SETTINGS, limit_seconds=20.0)) as (link, seen):
        await link.send({"Action": "Command"}, timeout_seconds=30)
        await seen.until(lambda it: len(it.events) > 5000)  # FullyBooted is one more
        assert len(seen.names()) == 5000
