"""A real call rings a real phone, and the desk of its agent shows who calls."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from callcenter.centre.file import load
from callcenter.clock import now_us
from callcenter.settings import Settings
from tests.telephony.running_centre import BUSY, RunningCentre
from troncal.installation import demo

Offered = tuple[str, str]
"""Whose phone rang, and for whom: the agent and the caller's channel."""

pytestmark = [pytest.mark.telephony, pytest.mark.slow, pytest.mark.timeout(240)]


async def test_each_ringing_phones_desk_gets_one_pop_while_it_rings(centre: RunningCentre) -> None:
    where = centre.where
    assert where is not None
    settings = Settings(_env_file=centre.state / "secrets.env", state=centre.state)
    extensions = [agent.extension for agent in load(settings.centre).agents if agent.queues]
    since_us = now_us()
    heard: list[Offered] = []
    pops: list[dict[str, Any]] = []
    async with httpx.AsyncClient(base_url=where.http, timeout=60, trust_env=False) as client:
        signed_in = [(name, demo.password(settings, name)) for name in extensions]
        desks = [asyncio.create_task(_desk(client, *each, heard, pops)) for each in signed_in]
        done = await asyncio.to_thread(centre.troncal, "simulate", "--calls", "20", "--seed", "4", "--check", *BUSY)
        for desk in desks:
            desk.cancel()
        await asyncio.gather(*desks, return_exceptions=True)
    assert done.returncode == 0, done.stdout + done.stderr
    rang = centre.rows(f"SELECT member, uniqueid FROM offers WHERE offered_us > {since_us}")  # at once: settled
    assert sorted(heard) == sorted((str(member), str(uniqueid)) for member, uniqueid in rang), pops
    assert any(pop["known"] for pop in pops)
    assert any(not pop["known"] for pop in pops)


async def _desk(
    client: httpx.AsyncClient, login: str, password: str, heard: list[Offered], pops: list[dict[str, Any]]
) -> None:
    """Listen, and read each pop that is heard of; a caller who has gone by then has none."""
    made = await client.post("/api/session", json={"login": login, "password": password})
    headers = {"Authorization": f"Bearer {made.json()['token']}"}
    async with client.stream("GET", "/api/agent/events", headers=headers) as stream:
        async for name, data in _events(stream):
            if name == "pop":
                heard.append((login, data["uniqueid"]))
                current = await client.get("/api/agent/call", headers=headers)
                if current.status_code == 200 and current.json()["pop"]["uniqueid"] == data["uniqueid"]:
                    pops.append(current.json()["pop"])


async def _events(stream: httpx.Response) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    name = ""
    async for line in stream.aiter_lines():
        if line.startswith("event:"):
            name = line.removeprefix("event:").strip()
        elif line.startswith("data:"):
            yield name, json.loads(line.removeprefix("data:"))
