"""What holds for every request and answer: how much may be sent, and that no browser guesses what an answer is."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.http11 import Request

from agent_api.accounts.cookies import NAME
from agent_api.accounts.sessions import TokenKind
from agent_api.server import LONGEST_FRAME_BYTES, LONGEST_HEAD_BYTES, ApiServer
from agent_api.web.guards import LONGEST_BODY_BYTES, TOO_LARGE
from callcenter.roles import Role
from tests.agent_api.api_site import LIMIT_SECONDS, PASSWORD, Site
from tests.agent_api.web.browser_like import browser_of
from tests.conftest import Databases

pytestmark = [pytest.mark.database]
NOT_TAKEN = "handshake"
NGINX_KEEPS_SECONDS = 60


@pytest.fixture
def databases(sqlite_databases: Databases) -> Databases:
    """One kind of database: nothing here depends on it."""
    return sqlite_databases


async def pieces(total: int) -> AsyncIterator[bytes]:
    """A body without a declared length."""
    yield b'{"login": "'
    for _ in range(total // 8192 + 1):
        yield b"x" * 8192
    yield b'", "password": ""}'


async def test_too_large_a_body_is_refused_by_what_it_declares(site: Site) -> None:
    answer = await site.http.post("/api/session", content=b"x" * (LONGEST_BODY_BYTES + 1))
    assert (answer.status_code, answer.json()) == (413, {"detail": TOO_LARGE})


async def test_too_large_a_body_is_refused_that_declares_nothing(site: Site) -> None:
    answer = await site.http.post("/api/session", content=pieces(LONGEST_BODY_BYTES))
    assert (answer.status_code, answer.json()) == (413, {"detail": TOO_LARGE})


async def test_a_body_of_the_longest_length_is_read(site: Site) -> None:
    answer = await site.http.post("/api/session", content=b"x" * LONGEST_BODY_BYTES)
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "begin",
    [
        b"GET / HTTP/1.1\r\nHost: troncal\r\nX: ",
        b"GET /",
        b"POST /api/session HTTP/1.1\r\nHost: troncal\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: ",
    ],
    ids=["headers", "first line", "trailers"],
)
async def test_a_head_without_an_end_is_not_read_for_ever(site: Site, begin: bytes) -> None:
    reader, writer = await asyncio.open_connection(site.http.base_url.host, site.http.base_url.port)
    with suppress(ConnectionError):
        writer.write(begin)
        for _ in range(100 * LONGEST_HEAD_BYTES // 8192):
            writer.write(b"x" * 8192)
            await writer.drain()
        async with asyncio.timeout(LIMIT_SECONDS):
            assert b"HTTP/1.1 400" in await reader.read()
    assert writer.transport.is_closing() or reader.at_eof()
    writer.close()


async def test_a_form_that_is_too_large_is_refused_as_a_page(site: Site) -> None:
    await site.user("ana", extension="1001")
    browser = await browser_of(site, "ana")
    headers = {**browser.own, "Accept": "text/html", "Content-Type": "application/x-www-form-urlencoded"}
    answer = await site.http.post("/ingresar", content=pieces(LONGEST_BODY_BYTES), headers=headers)
    assert answer.status_code == 413 and TOO_LARGE in answer.text


@pytest.mark.parametrize(
    ("path", "status"),
    [("/api/health", 200), ("/api/me", 401), ("/nada", 404), ("/openapi.json", 200), ("/ingresar", 200), ("/", 303)],
)
async def test_no_browser_guesses_what_an_answer_is(site: Site, path: str, status: int) -> None:
    answer = await site.http.get(path)
    assert (answer.status_code, answer.headers.get_list("x-content-type-options")) == (status, ["nosniff"])


async def test_nor_what_the_answer_to_a_defect_is(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("broken for the test")

    headers = await site.agent()
    monkeypatch.setattr(site.app.state.parts.sessions, "find", broken)
    answer = await site.http.get("/api/me", headers=headers)
    assert (answer.status_code, answer.headers["x-content-type-options"]) == (500, "nosniff")


def phone(site: Site, token: str) -> Any:
    """A phone's websocket."""
    url = str(site.http.base_url)
    cookie = {"Cookie": f"{NAME}={token}"}
    at = url.replace("http", "ws") + "/telefono/ws"
    return connect(at, origin=url, additional_headers=cookie, subprotocols=["sip"], proxy=None)  # type: ignore[arg-type, list-item]


async def token_of(site: Site) -> str:
    await site.user("1001", Role.AGENT, "1001")
    opened = await site.app.state.parts.sessions.open("1001", PASSWORD, address="127.0.0.1", kind=TokenKind.COOKIE)
    return str(opened.token)


async def test_a_phone_that_is_refused_leaves_no_error_in_the_log(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    for token, status in ((await token_of(site), 503), ("nobody's", 403)):
        with caplog.at_level(logging.INFO), pytest.raises(InvalidStatus) as refused:
            async with phone(site, token):
                raise AssertionError("it was taken")
        assert refused.value.response.status_code == status
        assert refused.value.response.headers["x-content-type-options"] == "nosniff"
    await site.until(lambda health: bool(health))
    assert [record.message for record in caplog.records if NOT_TAKEN in record.message] == []


async def test_a_browser_that_leaves_before_it_is_taken_leaves_no_error_and_no_line_to_asterisk(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    token, dialled, left, gone = await token_of(site), asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def not_at_once(_line: ServerConnection, _request: Request) -> None:
        dialled.set()
        await left.wait()

    async def until_closed(line: ServerConnection) -> None:
        await line.wait_closed()
        gone.set()

    wanted: Any = {"subprotocols": ["sip"], "process_request": not_at_once}
    async with asyncio.timeout(LIMIT_SECONDS), serve(until_closed, "127.0.0.1", 0, **wanted) as server:
        site.app.state.parts.phones.port = next(iter(server.sockets)).getsockname()[1]
        opening = asyncio.create_task(_held(site, token))
        await dialled.wait()
        opening.cancel()
        await asyncio.gather(opening, return_exceptions=True)
        await site.until(lambda health: bool(health))
        left.set()
        await gone.wait()
    assert [record.message for record in caplog.records if record.levelno >= logging.ERROR] == []


async def _held(site: Site, token: str) -> None:
    async with phone(site, token) as line:
        await line.wait_closed()


async def test_a_phone_may_not_send_too_long_a_frame(site: Site) -> None:
    token = await token_of(site)
    async with serve(lambda line: line.wait_closed(), "127.0.0.1", 0, subprotocols=["sip"]) as server:  # type: ignore[list-item]
        site.app.state.parts.phones.port = next(iter(server.sockets)).getsockname()[1]
        async with phone(site, token) as line:
            await line.send("x" * (LONGEST_FRAME_BYTES + 1))
            async with asyncio.timeout(LIMIT_SECONDS):
                with pytest.raises(ConnectionClosed) as closed:
                    await line.recv()
    assert closed.value.rcvd is not None and closed.value.rcvd.code == 1009


async def test_a_computer_that_is_gone_is_noticed_within_ten_seconds(site: Site) -> None:
    config = ApiServer(site.app, "127.0.0.1", 0).config
    assert (config.ws_max_size, config.ws_ping_interval, config.ws_ping_timeout) == (65_536, 5, 5)


async def test_an_idle_connection_outlives_what_programs_and_proxies_keep(site: Site) -> None:
    longest = max(httpx.Limits().keepalive_expiry or 0, NGINX_KEEPS_SECONDS)
    assert ApiServer(site.app, "127.0.0.1", 0).config.timeout_keep_alive > longest
