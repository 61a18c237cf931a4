"""Streams of events: the present first, changes after, never silent."""

import asyncio
from contextlib import nullcontext
from typing import Any

import pytest
import uvloop
from starlette.types import Message

from agent_api.live import streams
from agent_api.live.desk import Desk, DeskClosed, Event
from agent_api.live.service_health import SILENT_US
from agent_api.live.streams import EventStream
from agent_api.schemas import Detail
from backoffice.smartflex.customer_store import SmartflexStore
from callcenter.bus.presence import Presence
from callcenter.centre.model import Centre
from callcenter.clock import now_us, steady_us
from callcenter.database.transactions import Database
from callcenter.messages.envelope import Service
from callcenter.messages.facts import (
    AgentStatus,
    Link,
    QueueState,
    RecordsState,
    RecordsStatus,
    ServiceState,
    WaitingCaller,
)
from tests.agent_api.api_site import LIMIT_SECONDS, NODE, Site, open_site
from tests.conftest import Databases

pytestmark = pytest.mark.database


@pytest.fixture
def databases(sqlite_databases: Databases) -> Databases:
    """One kind of database: nothing here depends on it."""
    return sqlite_databases


def queue_state(caller: str) -> QueueState:
    """Queue 101 with one caller."""
    waiting = (WaitingCaller(uniqueid="1.1", caller=caller, position=1, joined_us=now_us()),)
    counts: dict[str, Any] = {"logged_in": 1, "available": 0, "on_call": 1, "paused": 0}
    return QueueState(node=NODE, queue="101", waiting=waiting, **counts, as_of_us=now_us())


async def test_a_stream_begins_with_the_bridge_and_the_agents_state(site: Site) -> None:
    headers = await site.agent()
    async with site.screen(headers) as screen:
        link, state = await screen.next(), await screen.next()
    assert screen.seen == ["bridge", "state"]
    assert (link["state"], state["state"], state["known"]) == ("up", "logged_out", False)


async def test_a_lost_bridge_and_a_lost_broker_are_reported_and_since_when(site: Site) -> None:
    headers = await site.agent()
    async with site.screen(headers) as screen:
        assert (await screen.next("bridge"))["state"] == "up"
        site.bridge.link(Link.LOST)
        assert "Se perdió el enlace" in (await screen.next("bridge"))["text"]
        site.broker.stop()
        link = await screen.next("bridge")
        assert "servidor de mensajes" in link["text"] and link["since_us"] <= now_us()
        site.broker.start()
        site.bridge.link()
        while link["state"] != "up":
            link = await screen.next("bridge")


async def test_a_stream_gives_signs_of_life_and_ends_with_its_session(
    database: Database, directory: SmartflexStore, centre: Centre
) -> None:
    async with open_site(database, directory, centre, heartbeat_seconds=0.05) as site:
        headers = await site.agent()
        async with site.screen(headers) as screen:
            assert await screen.heartbeat()
            await site.http.delete("/api/session", headers=headers)
            assert await screen.next("nothing of the kind") is None


async def test_an_agent_cannot_see_the_floor(site: Site) -> None:
    headers = await site.agent()
    for path in ("/api/floor", "/api/floor/events"):
        answer = await site.http.get(path, headers=headers)
        assert answer.status_code == 403
        assert answer.json() == {"detail": "Su usuario no tiene permiso para esto."}


async def test_a_supervisor_sees_the_floor_and_every_change(site: Site) -> None:
    headers = await site.supervisor()
    async with site.screen(headers, "/api/floor/events") as screen:
        assert (await screen.next("floor"))["fresh"] is True
        site.bridge.bus.publish(queue_state("70755440"))
        shown = await screen.next("queue")
        assert (shown["title"], shown["waiting"][0]["caller"]) == ("Reclamos técnicos", "707 55440")
        site.bridge.state("1001", AgentStatus.AVAILABLE)
        assert (await screen.next("agent"))["member"] == "1001"
    floor = (await site.http.get("/api/floor", headers=headers)).json()
    assert (floor["queues"], [agent["member"] for agent in floor["agents"]]) == ([shown], ["1001"])


async def test_the_floor_says_that_the_bus_is_away_and_keeps_the_last_picture(site: Site) -> None:
    headers = await site.supervisor()
    async with site.screen(headers, "/api/floor/events") as screen:
        site.bridge.bus.publish(queue_state("70755440"))
        await screen.next("queue")
        site.broker.stop()
        assert (await screen.next("bridge"))["state"] == "lost"
    floor = (await site.http.get("/api/floor", headers=headers)).json()
    assert floor["fresh"] is False and len(floor["queues"]) == 1
    assert floor["links"][0]["since_us"] == site.api_bus.state.since_us


async def test_health_tells_of_database_bus_and_bridge(site: Site) -> None:
    assert (await site.http.get("/api/health")).json()["status"] == "ok"
    site.broker.stop()
    await site.api_bus.until(Presence.AWAY)
    health = await site.until(lambda health: not health["bus"]["ok"])
    assert (health["status"], health["database"]["ok"], health["bridge"]["ok"]) == ("degraded", True, False)


async def test_records_that_stand_still_are_told_to_desks_and_to_whoever_asks_for_the_health(site: Site) -> None:
    of: dict[str, Any] = {"node": NODE, "since_us": now_us(), "as_of_us": now_us()}
    stalled: dict[str, Any] = {"reason": "the disk of the database is full", "rows_behind": 25, "oldest_us": now_us()}
    async with site.screen(await site.agent()) as screen:
        assert (await screen.next("bridge"))["state"] == "up"
        site.bridge.bus.publish(RecordsState(**of, **stalled, state=RecordsStatus.STALLED))
        link = await screen.next("bridge")
        assert (link["state"], "no se están registrando" in link["text"]) == ("degraded", True)
        health = (await site.http.get("/api/health")).json()
        assert (health["status"], health["bridge"]["ok"], health["records"]["ok"]) == ("degraded", True, False)
        assert health["records"]["rows_behind"] == 25 and "disk of the database is full" in health["records"]["reason"]
        site.bridge.bus.publish(RecordsState(**of, rows_behind=0, state=RecordsStatus.FOLLOWING))
        assert (await screen.next("bridge"))["state"] == "up"
    assert (await site.http.get("/api/health")).json()["status"] == "ok"


async def test_self_services_that_hang_are_told(database: Database, directory: SmartflexStore, centre: Centre) -> None:
    moved_us = 0
    async with open_site(database, directory, centre, steady=lambda: steady_us() + moved_us) as site:
        await site.linked()
        alive = ServiceState(node=NODE, service=Service.IVR, since_us=now_us(), as_of_us=now_us())
        site.bridge.bus.publish(alive)
        assert (await site.until(lambda health: bool(health["self_services"]["ok"])))["status"] == "ok"
        async with site.screen(await site.agent()) as screen:
            assert (await screen.next("bridge"))["state"] == "up"
            moved_us = SILENT_US
            assert "autoservicio no responde" in (await screen.next("bridge"))["text"]
        health = (await site.http.get("/api/health")).json()
        assert (health["status"], health["self_services"]["ok"]) == ("degraded", False)
        assert health["self_services"]["reason"].startswith("no sign of life from troncal agi")


async def test_a_clock_that_is_set_forward_makes_nobody_silent(
    database: Database, directory: SmartflexStore, centre: Centre
) -> None:
    set_by_us = 0
    of: dict[str, Any] = {"node": NODE, "since_us": now_us(), "as_of_us": now_us()}
    async with open_site(database, directory, centre, clock=lambda: now_us() + set_by_us) as site:
        await site.linked()
        site.bridge.bus.publish(ServiceState(**of, service=Service.IVR))
        await site.until(lambda health: bool(health["self_services"]["ok"]))
        set_by_us = 2 * SILENT_US
        site.bridge.bus.publish(RecordsState(**of, rows_behind=7, state=RecordsStatus.FOLLOWING))
        health = await site.until(lambda health: health["records"]["rows_behind"] == 7)
        assert (health["status"], health["self_services"]["ok"]) == ("ok", True)


async def test_a_slow_desk_is_cut_off_and_not_waited_for() -> None:
    desk = Desk(limit=3)
    for _ in range(4):
        desk.put(Event.of("state", Detail(detail="algo")))
    with pytest.raises(DeskClosed):
        await desk.unread()


async def test_a_desk_that_reads_hears_everything_in_order() -> None:
    desk = Desk(limit=3)
    reading = asyncio.create_task(desk.unread())
    for each in ("uno", "dos"):
        desk.put(Event.of(each, Detail(detail=each)))
    async with asyncio.timeout(LIMIT_SECONDS):
        assert [each.name for each in await reading] == ["uno", "dos"]
        desk.put(Event.of("tres", Detail(detail="tres")))
        desk.close()
        assert [each.name for each in await desk.unread()] == ["tres"]
        with pytest.raises(DeskClosed):
            await desk.unread()


async def test_a_desk_that_is_woken_has_nothing_to_hear() -> None:
    desk = Desk()
    reading = asyncio.create_task(desk.unread())
    async with asyncio.timeout(LIMIT_SECONDS):
        await asyncio.sleep(0)
        desk.wake()
        assert await reading == ()
        desk.put(Event.of("uno", Detail(detail="algo")))
        assert [each.written for each in await desk.unread()] == [b'event: uno\ndata: {"detail":"algo"}\n\n']


class Browser:
    """A connection that takes so many pieces, then none; it stays open."""

    def __init__(self, takes: int) -> None:
        self.pieces: list[bytes] = []
        self._takes = takes

    async def receive(self) -> Message:
        """Nothing: it does not leave."""
        return await asyncio.Future()

    async def send(self, message: Message) -> None:
        """A piece of the answer."""
        if len(self.pieces) >= self._takes:
            await asyncio.Future()
        self.pieces += [message["body"]] if message.get("body") else []


async def _streamed(browser: Browser, desk: Desk, heartbeat_seconds: float = 0.01) -> None:
    async def allowed() -> bool:
        return len(browser.pieces) < 3

    stream = EventStream(lambda: nullcontext(desk), allowed, heartbeat_seconds)
    async with asyncio.timeout(LIMIT_SECONDS):
        await stream({"type": "http"}, browser.receive, browser.send)


async def test_heartbeats_come_again_and_again_until_the_screen_may_see_no_more() -> None:
    browser = Browser(takes=10)
    await _streamed(browser, Desk())
    assert browser.pieces == [b": sigue en linea\n\n"] * 3


def test_a_heartbeat_whose_timer_is_early_is_not_the_last_one() -> None:
    """uvloop rounds a delay to milliseconds."""
    browser = Browser(takes=10)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_streamed(browser, Desk(), heartbeat_seconds=0.0004))
    assert browser.pieces == [b": sigue en linea\n\n"] * 3


async def test_a_screen_that_does_not_take_what_is_sent_is_cut_off(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(streams, "SEND_SECONDS", 0.01)
    await _streamed(Browser(takes=1), Desk())
    assert "a screen did not read and is cut off" in caplog.text
