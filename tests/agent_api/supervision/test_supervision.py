"""What supervisors order: for whom it goes to the bridge, and what is refused before it does."""

from typing import Any

import pytest
from sqlalchemy import select

from callcenter.clock import now_us
from callcenter.messages.call_commands import RedirectQueuedCall, Spy, SpyMode
from callcenter.messages.commands import Command, LogIn, Pause, QueuePenalty, SetQueues
from callcenter.messages.facts import AgentStatus, PhoneState
from callcenter.records.users import audit_log
from callcenter.roles import Role
from tests.agent_api.api_site import NODE, Site
from tests.agent_api.floor_site import agent, waits
from tests.conftest import Databases
from tests.waiting import answered, eventually

pytestmark = pytest.mark.database
PATH = "/api/supervision"


@pytest.fixture
def databases(sqlite_databases: Databases) -> Databases:
    """One kind of database: nothing here depends on it."""
    return sqlite_databases


@pytest.fixture
async def headers(site: Site) -> dict[str, str]:
    """A supervisor with a phone."""
    await site.user("jefa", Role.SUPERVISOR, "1101")
    return await site.token("jefa")


@pytest.fixture
def done(site: Site) -> list[Command]:
    """What the bridge has carried out."""
    return site.bridge.carried_out


@pytest.mark.parametrize("mode", list(SpyMode))
async def test_the_supervisors_own_phone_rings_to_hear_an_agents_call(
    site: Site, headers: dict[str, str], done: list[Command], mode: SpyMode
) -> None:
    await knows(site, agent("1001", AgentStatus.ON_CALL))
    answer = await site.http.post(f"{PATH}/agents/1001/spy", headers=headers, json={"mode": mode})
    assert answer.status_code == 200 and "Suena su teléfono" in answer.json()["detail"]
    (sent,) = done
    assert isinstance(sent, Spy)
    assert (sent.interface, sent.extension, sent.mode, sent.issued_by) == ("PJSIP/1101", "1001", mode, "api:jefa")


async def test_a_call_cannot_be_heard_where_there_is_none_nor_without_a_phone(
    site: Site, headers: dict[str, str]
) -> None:
    await knows(site, agent("1001", AgentStatus.AVAILABLE))
    await knows(site, agent("1002", AgentStatus.ON_CALL))
    refused = await site.http.post(f"{PATH}/agents/1001/spy", headers=headers, json={"mode": "listen"})
    assert (refused.status_code, refused.json()["detail"]) == (409, "1001 no está en una llamada.")
    await site.user("sinanexo", Role.SUPERVISOR)
    other = await site.token("sinanexo")
    refused = await site.http.post(f"{PATH}/agents/1002/spy", headers=other, json={"mode": "barge"})
    assert refused.status_code == 409 and "anexo" in refused.json()["detail"]


async def test_an_agent_is_paused_at_the_phone_where_the_queues_ring(site: Site, headers: dict[str, str]) -> None:
    await knows(site, agent("1001", AgentStatus.AVAILABLE))
    answer = await site.http.post(f"{PATH}/agents/1001/pause", headers=headers, json={"reason": "Supervisión"})
    assert answer.json()["detail"] == "Hecho."
    (sent,) = site.bridge.carried_out
    assert isinstance(sent, Pause)
    assert (sent.member, sent.interface, sent.reason) == ("1001", "PJSIP/1001-web", "Supervisión")


@pytest.mark.parametrize("action", ["ready", "log-out"])
async def test_who_is_in_no_queue_has_no_state_to_change(site: Site, headers: dict[str, str], action: str) -> None:
    await knows(site, agent("1001", AgentStatus.LOGGED_OUT))
    for login in ("1001", "nadie"):
        answer = await site.http.post(f"{PATH}/agents/{login}/{action}", headers=headers)
        assert (answer.status_code, answer.json()["detail"]) == (409, f"{login} no está en ninguna cola.")
    assert site.bridge.carried_out == []


async def test_an_agents_queues_are_set_while_serving_and_at_the_log_in(
    site: Site, headers: dict[str, str], done: list[Command]
) -> None:
    await site.user("1002", extension="1002")
    await knows(site, agent("1001", AgentStatus.ON_CALL))
    site.bridge.bus.publish(PhoneState(node=NODE, endpoint="1002-web", registered=True, since_us=now_us()))
    await eventually(lambda: site.app.state.parts.live_state.endpoint("1002") == "1002-web")
    wanted = {"queues": [{"queue": "102", "penalty": 3}, {"queue": "103"}]}
    penalties = (QueuePenalty(queue="102", penalty=3), QueuePenalty(queue="103", penalty=0))
    for login in ("1001", "1002"):
        answer = await site.http.put(f"{PATH}/agents/{login}/queues", headers=headers, json=wanted)
        assert answer.status_code == 200, answer.text
    changed, began = done
    assert isinstance(changed, SetQueues) and (changed.member, changed.queues) == ("1001", penalties)
    assert isinstance(began, LogIn) and (began.interface, began.queues) == ("PJSIP/1002-web", penalties)


@pytest.mark.parametrize(
    ("order", "status"),
    [
        ({"queue": "101"}, 409),
        ({"queue": "ninguna"}, 409),
        ({"extension": "9999"}, 409),
        ({"queue": "102", "extension": "1001"}, 422),
        ({}, 422),
    ],
)
async def test_a_caller_is_not_moved_to_where_nobody_can_be(
    site: Site, headers: dict[str, str], done: list[Command], order: dict[str, str], status: int
) -> None:
    await knows(site, waits("101", ("70755440", now_us())))
    answer = await site.http.post(f"{PATH}/waiting/101.1/move", headers=headers, json=order)
    assert answer.status_code == status and done == []


async def test_a_waiting_caller_is_moved_or_picked_and_who_did_it_is_written_down(
    site: Site, headers: dict[str, str], done: list[Command]
) -> None:
    await knows(site, waits("101", ("70755440", now_us())))
    for action, order in (("move", {"queue": "102"}), ("move", {"extension": "1001"}), ("pick", None)):
        answer = await site.http.post(f"{PATH}/waiting/101.1/{action}", headers=headers, json=order)
        assert answer.status_code == 200, answer.text
    goals = [(each.queue, each.exten) for each in done if isinstance(each, RedirectQueuedCall)]
    assert goals == [("102", None), (None, "1001"), (None, "1101")]
    async with site.database.reading() as connection:
        rows = (await connection.execute(select(audit_log).where(audit_log.c.what == "command"))).all()
    assert [(row.who, row.details["kind"], row.details["uniqueid"]) for row in rows] == [
        ("jefa", "redirect_queued_call", "101.1")
    ] * 3


async def test_who_does_not_wait_any_more_cannot_be_moved(site: Site, headers: dict[str, str]) -> None:
    answer = await site.http.post(f"{PATH}/waiting/101.1/pick", headers=headers)
    assert (answer.status_code, answer.json()["detail"]) == (409, "Esta llamada ya no espera en ninguna cola.")


async def knows(site: Site, fact: Any) -> None:
    """Publish a fact, and wait until the API has it."""
    site.bridge.bus.publish(fact)
    live_state = site.app.state.parts.live_state

    async def known_facts() -> list[Any]:
        return [*live_state.agents.values(), *live_state.queues.values()]

    await answered(known_facts, lambda known: fact in known)
