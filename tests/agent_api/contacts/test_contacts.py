"""Notes and results of contacts: saved as typed, one's own only, and asked for where the queue wants them."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from agent_api.contacts.after_call_work import AfterCallWork
from agent_api.contacts.store import SHIFT_SECONDS, ContactKey, Contacts
from backoffice.smartflex.customer_store import SmartflexStore
from callcenter.bus.memory import MemoryBus
from callcenter.bus.presence import Presence
from callcenter.centre.model import Centre
from callcenter.centre.pause_reasons import AFTER_CALL_WORK
from callcenter.clock import now_us
from callcenter.database.transactions import Database
from callcenter.instants import MICROSECONDS
from callcenter.messages.commands import LogIn, Pause, Unpause
from callcenter.messages.envelope import Service
from callcenter.messages.facts import AgentStatus, CallEnded, CallEndedBy
from tests.agent_api.api_site import NODE, Site, open_site
from tests.agent_api.recordings.recorded_calls import RecordedCall, write_rows
from tests.waiting import answered

UNIQUEID = "1790000000.7"
PATH = f"/api/contacts/{NODE}/{UNIQUEID}"
REQUIRING = "101"
ENDED = CallEnded(
    node=NODE, member="1001", uniqueid=UNIQUEID, queue=REQUIRING, at_us=now_us(), ended_by=CallEndedBy.CALLER
)


@pytest.fixture
def strict_centre(centre: Centre) -> Centre:
    """The centre, where line 101 wants a disposition of every contact."""
    queues = tuple(
        queue.model_copy(update={"disposition_required": queue.name == REQUIRING}) for queue in centre.queues
    )
    return centre.model_copy(update={"queues": queues})


@pytest.fixture
async def strict(database: Database, directory: SmartflexStore, strict_centre: Centre) -> AsyncIterator[Site]:
    """An API of that centre, its bridge up."""
    async with open_site(database, directory, strict_centre) as opened:
        await opened.linked()
        yield opened


async def had_a_call(site: Site, headers: dict[str, str]) -> None:
    """Agent 1001 has taken a call of queue 101, and it has ended."""
    async with site.screen(headers) as screen:
        offer = site.bridge.ring("70755440")
        await screen.next("pop")
        site.bridge.answer(offer)
        await screen.next("call_answered")
        site.bridge.end(offer)
        await screen.next("call_ended")
    await begun(site, headers)


async def begun(site: Site, headers: dict[str, str]) -> dict[str, object]:
    """The agent's contact, which is begun beside the events of the screens."""

    async def contacts() -> list[dict[str, object]]:
        return list((await site.http.get("/api/contacts", headers=headers)).json()["contacts"])

    return (await answered(contacts, bool))[0]


async def paused(site: Site, headers: dict[str, str]) -> dict[str, object]:
    """The agent's state, once it is a pause."""
    async with site.screen(headers) as screen:
        while (state := await screen.next("state"))["state"] != "paused":
            pass
        return dict(state)


async def test_what_is_typed_is_there_again_after_a_reload(site: Site) -> None:
    headers = await site.agent()
    await had_a_call(site, headers)
    typed = {"notes": "Sin tono <b>desde ayer</b>", "disposition": "resuelto"}
    assert (await site.http.put(PATH, json=typed, headers=headers)).status_code == 200
    (contact,) = (await site.http.get("/api/contacts", headers=headers)).json()["contacts"]
    assert (contact["notes"], contact["disposition"], contact["closed"]) == (*typed.values(), False)


async def test_a_field_that_was_not_typed_stays_as_it_is(site: Site) -> None:
    headers = await site.agent()
    await had_a_call(site, headers)
    await site.http.put(PATH, json={"notes": "Llamar el lunes", "customer_number": 100007}, headers=headers)
    saved = (await site.http.put(PATH, json={"customer_number": 0}, headers=headers)).json()
    assert (saved["notes"], saved["customer_number"]) == ("Llamar el lunes", None)


async def test_notes_may_be_written_while_the_phone_rings(site: Site) -> None:
    headers = await site.agent()
    async with site.screen(headers) as screen:
        site.bridge.ring("70755440")
        await screen.next("pop")
        saved = await site.http.put(PATH, json={"notes": "Otra vez"}, headers=headers)
    assert (saved.status_code, saved.json()["queue"]) == (200, REQUIRING)


async def test_who_receives_a_caller_by_a_transfer_has_a_contact_of_his_own(site: Site) -> None:
    caller = RecordedCall(UNIQUEID, now_us() - 60 * MICROSECONDS, member="1001", queue=REQUIRING)
    await write_rows(site.database, caller)
    headers = await site.agent("1002")
    site.bridge.state("1002", AgentStatus.ON_CALL, transferred=UNIQUEID)
    contact = await begun(site, headers)
    saved = await site.http.put(PATH, json={"notes": "Sigue sin tono", "disposition": "resuelto"}, headers=headers)
    assert (contact["queue"], saved.status_code, saved.json()["notes"]) == (REQUIRING, 200, "Sigue sin tono")
    site.bridge.state("1002", AgentStatus.AVAILABLE)
    async with site.screen(headers) as screen:
        while (await screen.next("state"))["state"] != "available":
            pass
    desk = await site.http.get("/escritorio/parte/llamada", headers=headers)
    assert "Última llamada" in desk.text and "707 55440" in desk.text


async def test_nobody_reads_or_writes_the_contact_of_another_agent(site: Site) -> None:
    await had_a_call(site, await site.agent())
    stranger = await site.agent("1002")
    assert (await site.http.put(PATH, json={"notes": "x"}, headers=stranger)).status_code == 409
    assert (await site.http.post(f"{PATH}/close", headers=stranger)).status_code == 409
    assert (await site.http.get("/api/contacts", headers=stranger)).json() == {"contacts": []}


async def test_a_disposition_of_another_queue_is_refused(site: Site) -> None:
    headers = await site.agent()
    await had_a_call(site, headers)
    refused = await site.http.put(PATH, json={"disposition": "reprogramado"}, headers=headers)
    assert (refused.status_code, refused.json()["detail"]) == (422, "No es un resultado de esta cola.")


async def test_where_the_queue_wants_a_disposition_the_agent_gets_no_call_before_it(strict: Site) -> None:
    headers = await strict.agent()
    await had_a_call(strict, headers)
    assert (await paused(strict, headers))["reason"] == AFTER_CALL_WORK
    assert (await strict.http.post("/api/agent/ready", headers=headers)).status_code == 409
    assert (await strict.http.post(f"{PATH}/close", headers=headers)).status_code == 409
    assert [type(each) for each in strict.bridge.carried_out] == [Pause]


async def test_to_log_out_and_in_again_does_not_evade_a_pending_disposition(strict: Site) -> None:
    headers = await strict.agent()
    await had_a_call(strict, headers)
    await paused(strict, headers)
    await strict.http.post("/api/agent/log-out", headers=headers)
    assert (await strict.http.post("/api/agent/log-in", headers=headers)).status_code == 200
    began = strict.bridge.carried_out[-1]
    assert isinstance(began, LogIn) and began.pause_reason == AFTER_CALL_WORK
    assert (await paused(strict, headers))["reason"] == AFTER_CALL_WORK
    await strict.http.put(PATH, json={"disposition": "resuelto"}, headers=headers)
    assert (await strict.http.post(f"{PATH}/close", headers=headers)).json()["ready"]


async def test_a_supervisor_who_has_an_agent_serve_evades_no_pending_disposition_either(strict: Site) -> None:
    headers = await strict.agent()
    await had_a_call(strict, headers)
    await strict.http.post("/api/agent/log-out", headers=headers)
    supervisor = await strict.supervisor()
    wanted = {"queues": [{"queue": "102"}]}
    async with strict.screen(headers) as screen:
        while (await screen.next("state"))["state"] != AgentStatus.LOGGED_OUT:
            pass
    answer = await strict.http.put("/api/supervision/agents/1001/queues", headers=supervisor, json=wanted)
    assert answer.status_code == 200, answer.text
    began = strict.bridge.carried_out[-1]
    assert isinstance(began, LogIn) and began.pause_reason == AFTER_CALL_WORK


async def test_the_disposition_ends_the_pause_that_waited_for_it(strict: Site) -> None:
    headers = await strict.agent()
    await had_a_call(strict, headers)
    await paused(strict, headers)
    await strict.http.put(PATH, json={"disposition": "resuelto"}, headers=headers)
    closed = (await strict.http.post(f"{PATH}/close", headers=headers)).json()
    assert closed["ready"] and isinstance(strict.bridge.carried_out[-1], Unpause)
    assert (await strict.http.get("/api/contacts", headers=headers)).json() == {"contacts": []}


async def test_a_disposition_given_in_the_conversation_leaves_the_agent_unpaused(strict: Site) -> None:
    headers = await strict.agent()
    async with strict.screen(headers) as screen:
        offer = strict.bridge.ring("70755440")
        await screen.next("pop")
        strict.bridge.answer(offer)
        await screen.next("call_answered")
        await strict.http.put(PATH, json={"disposition": "resuelto"}, headers=headers)
        strict.bridge.end(offer)
        while (await screen.next("state"))["state"] != AgentStatus.WRAP_UP:
            pass
    assert (await strict.http.get("/api/contacts", headers=headers)).json()["contacts"][0][
        "disposition_pending"
    ] is False
    assert strict.bridge.carried_out == []


async def test_two_processes_that_hear_of_one_end_pause_once(strict: Site, strict_centre: Centre) -> None:
    headers, live_state = await strict.agent(), strict.app.state.parts.live_state
    async with strict.screen(headers) as screen, MemoryBus(strict.broker, Service.API, NODE) as other:
        strict.bridge.state("1001", AgentStatus.AVAILABLE)
        while (await screen.next("state"))["state"] != AgentStatus.AVAILABLE:
            pass
        await other.until(Presence.CONNECTED)
        contacts = Contacts(strict.database, strict_centre, now_us)
        await contacts.begin(ContactKey(NODE, UNIQUEID, "1001"), REQUIRING, now_us())
        both = [AfterCallWork(bus, live_state, contacts, strict.database, now_us) for bus in (strict.api_bus, other)]
        await asyncio.gather(*(each.apply(ENDED) for each in both))
    assert len(strict.bridge.carried_out) == 1


async def test_a_new_call_closes_the_contacts_that_owe_nothing(database: Database, centre: Centre) -> None:
    contacts = Contacts(database, centre, now_us)
    first, second = ContactKey(NODE, "1.1", "1001"), ContactKey(NODE, "2.1", "1001")
    await contacts.begin(first, "102", now_us())
    await contacts.save(first, {"notes": "Pidió el saldo"})
    await contacts.begin(second, "102", now_us())
    assert [each.key for each in await contacts.open_of("1001")] == [second]
    assert (await contacts.save(first, {"notes": "Pidió el saldo y la fecha"})).closed_us is not None


async def test_a_contact_of_an_earlier_shift_asks_for_nothing(database: Database, strict_centre: Centre) -> None:
    contacts = Contacts(database, strict_centre, now_us)
    began_us = now_us() - (SHIFT_SECONDS + 1) * MICROSECONDS
    await contacts.begin(ContactKey(NODE, "1.1", "1001"), REQUIRING, began_us)
    assert await contacts.open_of("1001") == () and not await contacts.has_pending_disposition("1001")
