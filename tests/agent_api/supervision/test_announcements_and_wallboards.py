"""Announcements reach the agents whom they are for.

A link for a wallboard opens figures, and nothing once revoked.
"""

from typing import Any

import pytest

from agent_api.board.supervisor_board import SupervisorBoard
from callcenter.clock import now_us
from callcenter.instants import MICROSECONDS
from callcenter.messages.facts import AgentStatus
from callcenter.records.users import audit_log
from tests.agent_api.api_site import Site, open_site
from tests.agent_api.floor_site import agent, waits
from tests.conftest import Databases
from tests.waiting import answered

pytestmark = pytest.mark.database
A_PAGE = {"Accept": "text/html"}


@pytest.fixture
def databases(sqlite_databases: Databases) -> Databases:
    """One kind of database: nothing here depends on it."""
    return sqlite_databases


@pytest.fixture
async def headers(site: Site) -> dict[str, str]:
    """A supervisor's session."""
    return await site.supervisor()


async def read_by(site: Site, headers: dict[str, str]) -> list[str]:
    answer = (await site.http.get("/api/announcements", headers=headers)).json()
    return [each["text"] for each in answer["announcements"]]


async def test_an_announcement_wakes_desks_and_is_read_by_whom_it_is_for(site: Site, headers: dict[str, str]) -> None:
    of_101, of_tv = await site.agent("1001"), await site.agent("1008")
    async with site.screen(of_101) as desk, site.screen(headers, "/api/floor/events") as floor:
        await desk.next("state")
        said = {"text": "  Corte en la zona sur ", "queue": "101", "minutes": 5}
        answer = await site.http.post("/api/announcements", headers=headers, json=said)
        number = answer.json()["id"]
        assert await desk.next("announcement") == await floor.next("announcement") == {"announcement_id": number}
    assert (answer.json()["title"], answer.json()["said_by"]) == ("Reclamos técnicos", "Persona jefa")
    assert await read_by(site, of_101) == ["Corte en la zona sur"]
    assert await read_by(site, of_tv) == []


async def test_what_was_withdrawn_or_is_over_is_read_no_more(site: Site, headers: dict[str, str]) -> None:
    said = [
        (await site.http.post("/api/announcements", headers=headers, json={"text": text})).json()
        for text in ("uno", "dos")
    ]
    taken = await site.http.delete(f"/api/announcements/{said[0]['id']}", headers=headers)
    again = await site.http.delete(f"/api/announcements/{said[0]['id']}", headers=headers)
    assert (taken.status_code, again.status_code) == (200, 409)
    assert await read_by(site, headers) == ["dos"]
    site.app.state.parts.announcements._clock = lambda: now_us() + 61 * 60 * MICROSECONDS
    assert await read_by(site, headers) == []


@pytest.mark.parametrize(
    ("order", "status"),
    [({"text": ""}, 422), ({"text": "x" * 281}, 422), ({"text": "a", "minutes": 721}, 422), ({"text": "a\nb"}, 422)],
)
async def test_an_announcement_that_cannot_be_shown_is_refused(
    site: Site, headers: dict[str, str], order: dict[str, Any], status: int
) -> None:
    assert (await site.http.post("/api/announcements", headers=headers, json=order)).status_code == status
    queue = {"text": "a", "queue": "ninguna"}
    assert (await site.http.post("/api/announcements", headers=headers, json=queue)).status_code == 409


async def made(site: Site, headers: dict[str, str]) -> Any:
    return (await site.http.post("/api/walls", headers=headers, json={"name": "Sala"})).json()


async def test_a_wallboard_shows_figures_without_a_session_and_nobodys_name_or_number(
    site: Site, headers: dict[str, str]
) -> None:
    path = (await made(site, headers))["path"]
    site.bridge.bus.publish(
        agent("ana", AgentStatus.PAUSED, since_us=now_us() - 3600 * MICROSECONDS, reason="Descanso")
    )
    site.bridge.bus.publish(waits("101", ("70755440", now_us() - 300 * MICROSECONDS)))
    board: SupervisorBoard = site.app.state.parts.board
    await answered(board.now, lambda seen: len(seen.alarms) >= 2)
    for address in (path, f"{path}/parte"):
        page = await site.http.get(address, headers=A_PAGE)
        assert page.status_code == 200 and "hay quien espera más de 2 min" in page.text
        assert "55440" not in page.text and "zoraida" not in page.text
        assert page.headers["referrer-policy"] == "no-referrer"


async def test_a_walls_stream_says_only_that_the_board_has_moved(site: Site, headers: dict[str, str]) -> None:
    path = (await made(site, headers))["path"]
    async with site.screen({}, f"{path}/eventos") as screen:
        site.bridge.bus.publish(waits("101", ("70755440", now_us())))
        site.bridge.bus.publish(agent("1001", AgentStatus.AVAILABLE))
        assert [await screen.next() for _ in range(3)] == [{}, {}, {}]
    assert set(screen.seen) == {"board"}


async def test_a_revoked_link_opens_nothing_and_ends_what_it_opened(database: Any, directory: Any, centre: Any) -> None:
    async with open_site(database, directory, centre, heartbeat_seconds=0.05) as site:
        headers = await site.supervisor()
        wallboard = await made(site, headers)
        async with site.screen({}, f"{wallboard['path']}/eventos") as screen:
            await screen.next("board")
            await site.http.delete(f"/api/walls/{wallboard['key']}", headers=headers)
            assert await screen.next("nothing of the kind") is None
        for address in ("", "/parte", "/eventos"):
            assert (await site.http.get(wallboard["path"] + address, headers=A_PAGE)).status_code == 404
        assert (await site.http.delete(f"/api/walls/{wallboard['key']}", headers=headers)).status_code == 409


async def test_a_link_is_kept_as_a_digest_and_who_made_and_revoked_it_is_written_down(
    site: Site, headers: dict[str, str]
) -> None:
    wallboard = await made(site, headers)
    await site.http.delete(f"/api/walls/{wallboard['key']}", headers=headers)
    secret = wallboard["path"].removeprefix("/mural/")
    async with site.database.reading() as connection:
        rows = (await connection.execute(audit_log.select())).all()
    actions = [(row.who, row.what) for row in rows if row.what.startswith("wallboard_link")]
    assert actions == [("jefa", "wallboard_link.made"), ("jefa", "wallboard_link.revoked")]
    assert secret not in str(rows) and secret not in wallboard["key"]


async def test_a_wrong_secret_opens_nothing(site: Site, headers: dict[str, str]) -> None:
    wallboard = await made(site, headers)
    for secret in (wallboard["key"], "x" * 43, wallboard["path"].removeprefix("/mural/")[:-1] + "_"):
        assert (await site.http.get(f"/mural/{secret}", headers=A_PAGE)).status_code == 404
