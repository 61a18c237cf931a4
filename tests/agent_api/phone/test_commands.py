"""Commands of agents: to the bridge, and in Spanish what came of them."""

import asyncio

import pytest
from sqlalchemy import select

from agent_api.phone.command_sender import REFUSALS
from backoffice.smartflex.customer_store import SmartflexStore
from callcenter.bus.presence import Presence
from callcenter.centre.model import Centre
from callcenter.database.transactions import Database
from callcenter.messages.commands import LogIn, QueuePenalty, Refusal
from callcenter.messages.facts import Link
from callcenter.records.users import audit_log
from tests.agent_api.api_site import Site, open_site
from tests.conftest import Databases

pytestmark = pytest.mark.database


@pytest.fixture
def databases(sqlite_databases: Databases) -> Databases:
    """One kind of database: nothing here depends on it."""
    return sqlite_databases


async def test_log_in_takes_the_queues_and_penalties_of_the_extension(site: Site) -> None:
    answer = await site.http.post("/api/agent/log-in", headers=await site.agent())
    assert answer.status_code == 200
    (sent,) = site.bridge.carried_out
    assert isinstance(sent, LogIn) and (sent.member, sent.interface) == ("1001", "PJSIP/1001")
    assert sent.queues == (QueuePenalty(queue="101", penalty=0), QueuePenalty(queue="102", penalty=1))


async def test_log_in_to_a_queue_that_is_not_the_agents_is_refused(site: Site) -> None:
    answer = await site.http.post("/api/agent/log-in", headers=await site.agent(), json={"queues": ["101", "tv"]})
    assert answer.status_code == 409
    assert answer.json()["detail"] == "Su anexo no atiende estas colas: tv."


async def test_a_command_is_seen_in_the_state_that_follows(site: Site) -> None:
    headers = await site.agent()
    async with site.screen(headers) as screen:
        await screen.next("state")
        await site.http.post("/api/agent/pause", headers=headers, json={"reason": "Descanso"})
        event = await screen.next("state")
    assert (event["state"], event["reason"]) == ("paused", "Descanso")
    asked = (await site.http.get("/api/agent/state", headers=headers)).json()
    assert asked["agent"] == event and asked["link"]["state"] == "up"


@pytest.mark.parametrize("path", ["ready", "log-out"])
async def test_ready_and_log_out_are_carried_out(site: Site, path: str) -> None:
    answer = await site.http.post(f"/api/agent/{path}", headers=await site.agent())
    assert answer.json()["detail"] == "Hecho."
    assert site.bridge.carried_out[0].issued_by == "api:1001"


async def test_a_pause_needs_one_of_the_centres_reasons(site: Site) -> None:
    answer = await site.http.post("/api/agent/pause", headers=await site.agent(), json={"reason": "Fútbol"})
    assert answer.status_code == 422
    assert "Descanso, Almuerzo" in answer.json()["detail"]
    assert site.bridge.carried_out == []


@pytest.mark.parametrize(
    ("refusal", "status", "text"),
    [
        (Refusal.UNKNOWN_MEMBER, 409, "Usted no está en ninguna cola"),
        (Refusal.ASTERISK_AWAY, 503, "no responde"),
    ],
)
async def test_a_refusal_is_worded_in_spanish(site: Site, refusal: Refusal, status: int, text: str) -> None:
    site.bridge.refusal = refusal
    answer = await site.http.post("/api/agent/ready", headers=await site.agent())
    assert answer.status_code == status and text in answer.json()["detail"]


def test_every_refusal_has_its_words_in_spanish() -> None:
    assert REFUSALS.keys() == {*Refusal}


@pytest.mark.parametrize("link", [Link.LOST, Link.DOWN])
async def test_a_command_without_bridge_says_so_in_spanish(site: Site, link: Link) -> None:
    headers = await site.agent()
    site.bridge.link(link)
    await site.until(lambda health: not health["bridge"]["ok"])
    answer = await site.http.post("/api/agent/ready", headers=headers)
    assert answer.status_code == 503
    assert answer.json()["detail"].startswith("La orden no se envió: ")


async def test_a_command_without_broker_says_so_in_spanish(site: Site) -> None:
    headers = await site.agent()
    site.broker.stop()
    await site.api_bus.until(Presence.AWAY)
    answer = await site.http.post("/api/agent/ready", headers=headers)
    assert answer.status_code == 503
    assert "No hay conexión con el servidor de mensajes" in answer.json()["detail"]


async def test_a_command_that_nobody_answers_has_an_unknown_outcome(
    database: Database, directory: SmartflexStore, centre: Centre
) -> None:
    async with open_site(database, directory, centre, expiry_seconds=0.2) as site:
        await site.linked()
        site.bridge.silent = asyncio.Event()
        answer = await site.http.post("/api/agent/ready", headers=await site.agent())
        site.bridge.silent.set()
    assert answer.status_code == 504
    assert "no se sabe si se cumplió" in answer.json()["detail"]


async def test_commands_and_their_failures_are_in_the_audit_log(site: Site) -> None:
    headers = await site.agent()
    await site.http.post("/api/agent/pause", headers=headers, json={"reason": "Almuerzo"})
    site.bridge.refusal = Refusal.WRONG_STATE
    await site.http.post("/api/agent/ready", headers=headers)
    async with site.database.reading() as connection:
        written = select(audit_log).where(audit_log.c.what.startswith("command")).order_by(audit_log.c.id)
        rows = (await connection.execute(written)).all()
    assert [(row.who, row.what) for row in rows] == [
        ("1001", "command"),
        ("1001", "command"),
        ("1001", "command.failed"),
    ]
    assert (rows[0].details["kind"], rows[0].details["reason"]) == ("pause", "Almuerzo")


async def test_a_user_without_an_extension_is_refused_with_the_reason(site: Site) -> None:
    answer = await site.http.post("/api/agent/ready", headers=await site.supervisor())
    assert answer.status_code == 409 and "no tiene un anexo" in answer.json()["detail"]
