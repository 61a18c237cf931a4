"""The parts of the agent's desk: what is in them, and that nobody's data becomes markup."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import insert

from agent_api.live.live_schemas import AgentView
from agent_api.pages.desk_state import LastConversation, state_view
from backoffice.demo.customers import Situation
from backoffice.smartflex.customer_store import SmartflexStore
from backoffice.smartflex.customers import CustomerView
from callcenter.centre.model import Centre
from callcenter.instants import MICROSECONDS
from callcenter.messages.facts import AgentStatus
from callcenter.records.calls import queue_entries
from tests.agent_api.api_site import NODE, Site
from tests.waiting import answered

MARKUP = "<img src=x onerror=alert(1)>"
ESCAPED = "&lt;img src=x onerror=alert(1)&gt;"
SINCE_US = 1_790_000_000_000_000


async def part(site: Site, headers: dict[str, str], name: str) -> str:
    answer = await site.http.get(f"/escritorio/parte/{name}", headers=headers)
    assert answer.status_code == 200
    return answer.text


def agent(state: AgentStatus, reason: str = "") -> AgentView:
    about: dict[str, Any] = {"member": "1001", "queues": ("101", "102"), "uniqueid": None, "transferred": None}
    about |= {"known": True, "recording": None, "recording_since_us": None}
    return AgentView(**about, state=state, reason=reason, since_us=SINCE_US)


async def test_a_customers_name_is_never_markup(
    site: Site, directory: SmartflexStore, customers: tuple[CustomerView, ...]
) -> None:
    debtor = customers[list(Situation).index(Situation.OWES)]
    await directory.save([replace(debtor, number=999, name=MARKUP, contracts=(), telephones=("70000123",))])
    headers = await site.agent()
    async with site.screen(headers) as screen:
        site.bridge.ring("70000123")
        await screen.next("pop")
        shown = await part(site, headers, "llamada")
    assert MARKUP not in shown and ESCAPED in shown


async def test_notes_are_never_markup(site: Site) -> None:
    headers = await site.agent()
    async with site.screen(headers) as screen:
        offer = site.bridge.ring("70755440")
        await screen.next("pop")
        site.bridge.answer(offer)
        await screen.next("call_answered")
        path = f"/api/contacts/{NODE}/{offer.uniqueid}"
        await site.http.put(path, json={"notes": f"</textarea>{MARKUP}"}, headers=headers)
        shown = await part(site, headers, "contactos")
    assert MARKUP not in shown and ESCAPED in shown


async def test_the_form_for_notes_is_there_from_the_answer_on(site: Site) -> None:
    headers = await site.agent()
    async with site.screen(headers) as screen:
        offer = site.bridge.ring("70755440")
        await screen.next("pop")
        assert "form" not in await part(site, headers, "contactos")
        site.bridge.answer(offer)
        await screen.next("call_answered")
        # The contact is begun beside the events of the screens.
        await answered(lambda: part(site, headers, "contactos"), lambda shown: "707 55440" in shown)


async def test_the_last_calls_pop_stays_until_its_contact_is_closed(site: Site) -> None:
    headers = await site.agent()
    async with site.screen(headers) as screen:
        offer = site.bridge.ring("70755440")
        await screen.next("pop")
        site.bridge.answer(offer)
        await screen.next("call_answered")
        await recorded(site, offer.uniqueid)
        site.bridge.end(offer)
        await screen.next("call_ended")
    path = f"/api/contacts/{NODE}/{offer.uniqueid}"
    await site.http.put(path, json={"notes": "x"}, headers=headers)
    assert "Última llamada" in await part(site, headers, "llamada")
    await site.http.post(f"{path}/close", headers=headers)
    assert "Sin llamada" in await part(site, headers, "llamada")


async def recorded(site: Site, uniqueid: str) -> None:
    """The conversation, as the ledger has it."""
    key = {"node": NODE, "boot_us": 0, "queue": "101", "uniqueid": uniqueid, "ordinal": 0, "call": uniqueid}
    about = {"line": "101", "caller": "70755440", "outcome": "answered", "member": "1001", "ended_by": "caller"}
    times = {"entered_us": 1, "joined_us": 1, "answered_us": 2, "ended_us": 3, "wait_min_us": 1, "wait_max_us": 1}
    async with site.database.transaction() as connection:
        await connection.execute(insert(queue_entries), {**key, **about, **times})


async def test_customers_are_found_by_whatever_was_typed(site: Site, customers: tuple[CustomerView, ...]) -> None:
    headers, wanted = await site.agent(), customers[list(Situation).index(Situation.FAULT_REPEATED)]
    for typed in (wanted.telephones[0], wanted.contracts[0].number, str(wanted.identity_card)):
        shown = (await site.http.get("/escritorio/clientes", params={"dato": typed}, headers=headers)).text
        assert wanted.name in shown and "1 cliente encontrado" in shown
    nobody = (await site.http.get("/escritorio/clientes", params={"dato": MARKUP}, headers=headers)).text
    assert MARKUP not in nobody and "Ningún cliente" in nobody


async def test_a_part_that_does_not_exist_is_not_found(site: Site) -> None:
    assert (await site.http.get("/escritorio/parte/nada", headers=await site.agent())).status_code == 404


def test_the_wrap_up_counts_from_the_end_of_the_conversation(centre: Centre) -> None:
    wrapping, wrap_up_us = agent(AgentStatus.WRAP_UP), centre.queues_by_name["101"].wrap_up_seconds * MICROSECONDS
    ended_us = SINCE_US - 4 * MICROSECONDS
    shown = state_view(wrapping, centre, LastConversation("101", ended_us), pending_disposition=False)
    assert (shown.until_us, shown.since_us, shown.may_take_time) == (ended_us + wrap_up_us, None, True)
    early = state_view(wrapping, centre, LastConversation("101", None), pending_disposition=False)
    assert early.until_us == SINCE_US + wrap_up_us
    assert state_view(wrapping, centre, None, pending_disposition=False).since_us == SINCE_US


@pytest.mark.parametrize(
    ("state", "reason", "pending_disposition", "ready", "detail"),
    [
        (AgentStatus.PAUSED, "Almuerzo", False, True, ""),
        (AgentStatus.PAUSED, "Trabajo posterior", True, False, "Falta el resultado"),
        (AgentStatus.PAUSED, "Rechazo", False, True, "Rechazó una llamada"),
        (AgentStatus.ON_CALL, "Descanso", False, True, "Al terminar la llamada: Descanso."),
        (AgentStatus.UNREACHABLE, "", False, False, "Abra el teléfono"),
        (AgentStatus.AVAILABLE, "", False, False, ""),
    ],
)
def test_the_bar_says_what_the_agent_can_do(
    centre: Centre, state: AgentStatus, reason: str, pending_disposition: bool, ready: bool, detail: str
) -> None:
    shown = state_view(agent(state, reason), centre, None, pending_disposition=pending_disposition)
    assert shown.may_be_ready is ready and shown.detail.startswith(detail) and bool(shown.detail) is bool(detail)
