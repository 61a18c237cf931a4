"""The board as a supervisor's program reads it: live, in time, and honest about what is away."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from agent_api.board.supervisor_board import SupervisorBoard
from callcenter.clock import now_us
from callcenter.instants import MICROSECONDS, as_datetime
from callcenter.messages.facts import AgentStatus, Link
from callcenter.roles import Role
from tests.agent_api.api_site import Site
from tests.agent_api.floor_site import Ledger, agent, waits
from tests.conftest import Databases
from tests.reports.recorded_month import CENTRE, caller
from tests.waiting import answered

pytestmark = pytest.mark.database
Board = dict[str, Any]


@pytest.fixture
def databases(sqlite_databases: Databases) -> Databases:
    """One kind of database: the counting itself is tried over both."""
    return sqlite_databases


@pytest.fixture
async def headers(site: Site) -> dict[str, str]:
    """A supervisor's session."""
    return await site.supervisor()


@pytest.fixture
def look(site: Site, headers: dict[str, str]) -> Callable[[], Awaitable[Board]]:
    """The board now."""

    async def asked() -> Board:
        board: Board = (await site.http.get("/api/floor/board", headers=headers)).json()
        return board

    return asked


def row_of(board: Board, queue: str) -> Any:
    return next(row for row in board["queues"] if row["queue"] == queue)


def today(second_of_the_day: int = 0) -> int:
    """A second of today in the centre's zone."""
    midnight = as_datetime(now_us(), CENTRE.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return int(midnight.timestamp()) + second_of_the_day


async def test_a_recorded_call_comes_to_the_board_by_itself(site: Site, headers: dict[str, str], look: Any) -> None:
    async with site.screen(headers, "/api/floor/events") as screen:
        await screen.next("board")
        await Ledger(site.database).write(caller(0, "answered", begins=today()))
        async with asyncio.timeout(10):
            await screen.next("board")
    shown = row_of(await look(), "102")["today"]
    assert (shown["answered"], shown["within"], shown["percent"], shown["verdict"]) == (1, 1, "100.00", "accepted")


async def test_the_calls_still_needed_to_the_target_are_said(site: Site, look: Any) -> None:
    await Ledger(site.database).write([*caller(1, "answered", begins=today()), *caller(2, "abandoned", begins=today())])
    shown = row_of(await look(), "102")["month"]
    assert (shown["percent"], shown["still_needed"]) == ("50.00", 3)


async def test_who_waits_and_what_agents_do_is_counted_by_queue_and_in_all(site: Site, look: Any) -> None:
    began = now_us() - 5 * MICROSECONDS
    site.bridge.bus.publish(waits("101", ("70755440", began), ("", began + 1)))
    site.bridge.bus.publish(agent("1001", AgentStatus.ON_CALL, "101", "102"))
    site.bridge.bus.publish(agent("1002", AgentStatus.AVAILABLE, "102"))
    board = await answered(look, lambda seen: seen["centre"]["agents"]["logged_in"] == 2)
    queue = row_of(board, "101")
    assert (queue["waiting"], queue["longest_since_us"], queue["agents"]["on_call"]) == (2, began, 1)
    assert row_of(board, "102")["agents"]["logged_in"] == 2
    assert [row["caller"] for row in board["waiting"]] == ["707 55440", "Número privado"]
    assert board["centre"]["waiting"] == 2 and board["measured"]["agents"]["logged_in"] == 1


async def test_an_agent_is_shown_by_name_also_before_the_first_call(site: Site, look: Any) -> None:
    await site.user("ana", Role.AGENT, "1003")
    (shown,) = (await answered(look, lambda seen: len(seen["agents"]) == 1))["agents"]
    assert (shown["name"], shown["extension"], shown["state"], shown["known"]) == (
        *("Persona ana", "1003"),
        *("logged_out", False),
    )


@pytest.mark.parametrize(("seconds", "tone"), [(5, ""), (30, "warn"), (150, "bad")])
async def test_a_wait_calls_for_attention_and_then_for_action(site: Site, look: Any, seconds: int, tone: str) -> None:
    site.bridge.bus.publish(agent("1001", AgentStatus.AVAILABLE, "101"))
    site.bridge.bus.publish(waits("101", ("70755440", now_us() - seconds * MICROSECONDS)))
    board = await answered(look, lambda seen: row_of(seen, "101")["waiting"] == 1)
    assert row_of(board, "101")["longest_tone"] == tone
    assert [alarm["key"] for alarm in board["alarms"]] == (["wait 101"] if tone else [])


async def test_callers_without_anybody_to_answer_are_an_alarm_at_once(site: Site, look: Any) -> None:
    site.bridge.bus.publish(waits("102", ("70755440", now_us())))
    site.bridge.bus.publish(agent("1001", AgentStatus.PAUSED, "102", reason="Descanso"))
    board = await answered(look, lambda seen: seen["alarms"] and seen["centre"]["agents"]["paused"])
    assert [(alarm["subject"], alarm["tone"]) for alarm in board["alarms"]] == [("Facturación", "bad")]


async def test_a_screen_is_woken_when_time_alone_raises_an_alarm(site: Site, headers: dict[str, str]) -> None:
    async with site.screen(headers, "/api/floor/events") as screen:
        site.bridge.bus.publish(agent("1001", AgentStatus.AVAILABLE, "101"))
        site.bridge.bus.publish(waits("101", ("70755440", now_us() - 19 * MICROSECONDS)))
        await screen.next("queue")
        board: Board = {"alarms": []}
        while not board["alarms"]:
            await screen.next("board")
            board = (await site.http.get("/api/floor/board", headers=headers)).json()
    assert board["alarms"][0]["text"] == "hay quien espera más de 20 s"


async def test_the_board_says_which_source_is_away_and_since_when(site: Site, look: Any) -> None:
    assert (await look())["away"] == []
    began = now_us()
    site.bridge.link(Link.LOST)
    (away,) = (await answered(look, lambda seen: seen["away"] != []))["away"]
    assert away["source"] == "central" and began <= away["since_us"] <= now_us()
    site.broker.stop()
    board = await answered(look, lambda seen: "servidor de mensajes" in seen["away"][0]["text"])
    assert len(board["away"]) == 1


def hide(file: Path) -> None:
    file.rename(file.with_suffix(".away"))


def bring_back(file: Path) -> None:
    file.with_suffix(".away").rename(file)


async def test_without_the_database_the_board_keeps_the_last_level_and_says_so(
    site: Site, look: Any, database_url: str
) -> None:
    await Ledger(site.database).write(caller(0, "answered", begins=today()))
    board = site.app.state.parts.board
    before = await board.now()
    took_away = Path(database_url.removeprefix("sqlite:///"))
    hide(took_away)
    seen = await answered(board.now, lambda seen: seen.away)
    assert [each.source for each in seen.away] == ["registros"]
    assert seen.centre.today == before.centre.today
    bring_back(took_away)
    assert await answered(board.now, lambda seen: not seen.away)


async def test_what_several_parts_of_several_screens_read_at_once_is_made_once(site: Site) -> None:
    parts, now = site.app.state.parts, now_us()
    sources = (site.database, parts.live_state, parts.centre, parts.floor, parts.pops.read_number)
    board = SupervisorBoard(*sources, lambda: now)  # a clock that stands still
    first = await board.now()
    assert await board.now() is first
    site.bridge.state("1001", AgentStatus.AVAILABLE)
    assert await answered(board.now, lambda seen: seen.centre.agents.available == 1) is not first
