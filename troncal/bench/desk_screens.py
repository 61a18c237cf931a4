"""What desks and boards in browsers do: an event comes on the stream, the part of the page that it concerns is read."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import uvloop

from agent_api.accounts import cookies
from callcenter.clock import now_us
from troncal.bench.worker import Control

BOARDS = 3
HEARTBEATS_SECONDS = 60.0
PART = "/escritorio/parte/llamada"


@dataclass(frozen=True, slots=True)
class DeskSessions:
    """What the desks' side needs: each agent's cookie, and a supervisor's."""

    agents: tuple[tuple[str, str], ...]
    supervisor: str


@dataclass(frozen=True, slots=True)
class Seen:
    """How late, in milliseconds, each pop and each state of a queue was on a screen."""

    pops: list[float]
    boards: list[float]
    cut_off: int


def look(control: Control, port: int, opened: DeskSessions) -> Seen:
    """All desks and boards, until asked to stop."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_look(control, port, opened))


async def _look(control: Control, port: int, opened: DeskSessions) -> Seen:
    seen = Seen([], [], 0)
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    async with httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{port}", limits=limits, timeout=HEARTBEATS_SECONDS
    ) as http:
        screens = [asyncio.create_task(_desk(http, cookie, seen)) for _, cookie in opened.agents]
        screens += [asyncio.create_task(_board(http, opened.supervisor, seen)) for _ in range(BOARDS)]
        await asyncio.sleep(2)
        control.say("looking")
        await control.receive()
        ended = [screen for screen in screens if screen.done()]
        for screen in screens:
            screen.cancel()
        await asyncio.gather(*screens, return_exceptions=True)
    for screen in ended:
        screen.result()
    return Seen(seen.pops, seen.boards, len(ended))


async def _desk(http: httpx.AsyncClient, cookie: str, seen: Seen) -> None:
    known: set[str] = set()
    headers = {"Cookie": f"{cookies.NAME}={cookie}"}
    async for name, body in _events(http, "/api/agent/events", headers):
        data = json.loads(body)
        if name == "pop" and data["uniqueid"] not in known:
            known.add(data["uniqueid"])
            (await http.get(PART, headers=headers)).raise_for_status()
            seen.pops.append((now_us() - data["offered_us"]) / 1000)


async def _board(http: httpx.AsyncClient, cookie: str, seen: Seen) -> None:
    async for name, body in _events(http, "/api/floor/events", {"Cookie": f"{cookies.NAME}={cookie}"}):
        if name == "queue":
            seen.boards.append((now_us() - json.loads(body)["as_of_us"]) / 1000)


async def _events(http: httpx.AsyncClient, path: str, headers: dict[str, str]) -> AsyncIterator[tuple[str, str]]:
    async with http.stream("GET", path, headers=headers) as answer:
        answer.raise_for_status()
        name = ""
        async for line in answer.aiter_lines():
            key, _, value = line.partition(": ")
            if key == "event":
                name = value
            elif key == "data":
                yield name, value
