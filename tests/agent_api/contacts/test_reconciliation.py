"""Contacts follow from the records: one a conversation, whoever heard of it, and as if it had been heard."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy import Connection, delete, select

import migrations
from agent_api.contacts.conversations import ENTRIES_AT_ONCE, RecordedConversations
from agent_api.contacts.reconciliation import Reconciliation
from agent_api.contacts.store import SHIFT_SECONDS, Contact, ContactKey, Contacts
from agent_api.live.live_state import LiveState
from backoffice.smartflex.customer_store import SmartflexStore
from callcenter.bus.presence import BusState, Presence
from callcenter.centre.model import Centre
from callcenter.centre.pause_reasons import AFTER_CALL_WORK
from callcenter.clock import now_us
from callcenter.database.problems import DatabaseUnavailable
from callcenter.database.transactions import Database
from callcenter.instants import MICROSECONDS
from callcenter.messages.commands import Pause
from callcenter.messages.facts import AgentState, AgentStatus
from callcenter.records.contacts import contact_notes, contact_readings
from tests.agent_api.api_site import NODE, Site, open_site
from tests.agent_api.contacts.recorded import Bridge
from tests.agent_api.recordings.recorded_calls import RecordedCall
from tests.conftest import Databases
from tests.waiting import answered

T = TypeVar("T")
REQUIRING, FREE = "101", "102"
HOUR_US = 3600 * MICROSECONDS
Opened = Callable[[], AbstractAsyncContextManager[Site]]


@pytest.fixture
def strict_centre(centre: Centre) -> Centre:
    """The centre, where line 101 wants a disposition of every contact."""
    queues = tuple(
        queue.model_copy(update={"disposition_required": queue.name == REQUIRING}) for queue in centre.queues
    )
    return centre.model_copy(update={"queues": queues})


@pytest.fixture
def opened(database: Database, directory: SmartflexStore, strict_centre: Centre) -> Opened:
    """The API as it is started, as often as wanted, its bridge up."""

    @asynccontextmanager
    async def start() -> AsyncIterator[Site]:
        async with open_site(database, directory, strict_centre) as site:
            await site.linked()
            yield site

    return start


@pytest.fixture
def bridge(database: Database) -> Bridge:
    return Bridge(database)


@pytest.fixture
def contacts(database: Database, strict_centre: Centre) -> Contacts:
    return Contacts(database, strict_centre, now_us)


@pytest.fixture
def reconciliation(database: Database, contacts: Contacts) -> Reconciliation:
    return alone(database, contacts)


def alone(database: Database, contacts: Contacts) -> Reconciliation:
    """Without a bus."""

    async def hold_back(agent: AgentState, cause: str) -> None:
        raise AssertionError(f"nobody is known to serve a queue: {agent}, {cause}")

    nobody = LiveState(NODE, BusState(Presence.CONNECTED, 0))
    return Reconciliation(RecordedConversations(database), contacts, nobody, hold_back)


def a_call(number: int = 7, *, ago_us: int = HOUR_US, queue: str = REQUIRING, member: str = "1001") -> RecordedCall:
    """Of so long ago; `RecordedCall.entry` has it answered a second later, and over at once."""
    return RecordedCall(f"1790000000.{number}", now_us() - ago_us, member=member, queue=queue)


def key_of(call: RecordedCall) -> ContactKey:
    return ContactKey(NODE, call.uniqueid, call.member)


def available(member: str) -> AgentState:
    """An agent who serves a queue."""
    of = {"node": NODE, "member": member, "interface": f"PJSIP/{member}", "queues": (FREE,), "since_us": now_us()}
    return AgentState.model_validate({**of, "state": AgentStatus.AVAILABLE})


async def kept(database: Database) -> list[tuple[str, str]]:
    """Every contact there is: channel and agent."""
    asked = select(contact_notes.c.uniqueid, contact_notes.c.member).order_by(contact_notes.c.uniqueid)
    async with database.reading() as connection:
        return [(row.uniqueid, row.member) for row in await connection.execute(asked)]


def contacts_of(site: Site, headers: dict[str, str]) -> Callable[[], Awaitable[list[dict[str, object]]]]:
    """The agent's open contacts, as the desk reads them."""

    async def asked() -> list[dict[str, object]]:
        return list((await site.http.get("/api/contacts", headers=headers)).json()["contacts"])

    return asked


async def paused(site: Site) -> Pause:
    """The pause that was sent to the bridge."""

    async def sent() -> list[Pause]:
        return [each for each in site.bridge.carried_out if isinstance(each, Pause)]

    return (await answered(sent, bool))[0]


async def test_a_conversation_that_no_api_heard_of_has_its_contact_on_the_desk(opened: Opened, bridge: Bridge) -> None:
    call = a_call()
    await bridge.record(call)
    async with opened() as site:
        headers = await site.agent()
        (contact,) = await answered(contacts_of(site, headers), bool)
        desk = await site.http.get("/escritorio/parte/contactos", headers=headers)
    assert (contact["uniqueid"], contact["queue"], contact["disposition_pending"]) == (call.uniqueid, REQUIRING, True)
    assert contact["saved_us"] == call.started_us + MICROSECONDS and "707 55440" in desk.text


async def test_its_disposition_is_required_as_any_other(opened: Opened, bridge: Bridge) -> None:
    async with opened() as site:
        headers = await site.agent()
        site.bridge.state("1001", AgentStatus.AVAILABLE)
        await bridge.record(a_call(ago_us=2 * MICROSECONDS))
        assert ((await paused(site)).member, (await paused(site)).reason) == ("1001", AFTER_CALL_WORK)
        assert (await site.http.post("/api/agent/ready", headers=headers)).status_code == 409


async def test_who_is_heard_of_later_is_held_back_then(opened: Opened, bridge: Bridge) -> None:
    await bridge.record(a_call())
    async with opened() as site:
        headers = await site.agent()
        await answered(contacts_of(site, headers), bool)
        site.bridge.state("1001", AgentStatus.AVAILABLE)
        assert (await paused(site)).member == "1001"


async def test_who_has_left_is_held_back_at_the_next_log_in(opened: Opened, bridge: Bridge) -> None:
    async with opened() as site:
        headers = await site.agent()
        site.bridge.state("1001", AgentStatus.LOGGED_OUT)
        await bridge.record(a_call())
        await answered(contacts_of(site, headers), bool)
        assert site.bridge.carried_out == []
        site.bridge.state("1001", AgentStatus.AVAILABLE)
        assert (await paused(site)).member == "1001"


async def test_what_the_shift_did_not_give_is_shown_to_the_supervisor_and_asked_of_nobody(
    opened: Opened, bridge: Bridge, contacts: Contacts
) -> None:
    await bridge.record(a_call(ago_us=(SHIFT_SECONDS + 60) * MICROSECONDS))
    async with opened() as site:
        await site.agent()
        await answered(lambda: kept(site.database), bool)
        panel = await site.http.get("/piso/agente/1001", headers=await site.supervisor())
    assert not await contacts.has_pending_disposition("1001")
    assert "Falta el resultado de un contacto; el más antiguo es del" in panel.text


@pytest.mark.parametrize("live_is_first", [True, False])
async def test_one_contact_a_conversation_whichever_way_comes_first(
    database: Database, bridge: Bridge, contacts: Contacts, reconciliation: Reconciliation, live_is_first: bool
) -> None:
    call = a_call()
    await bridge.record(call)
    ways: list[Callable[[], Awaitable[object]]] = [
        lambda: contacts.begin(key_of(call), REQUIRING, call.started_us + MICROSECONDS),
        reconciliation.look,
    ]
    for way in ways if live_is_first else reversed(ways):
        await way()
    assert await kept(database) == [(call.uniqueid, "1001")]


async def test_two_processes_that_look_at_once_make_one_contact(
    database: Database, bridge: Bridge, contacts: Contacts, reconciliation: Reconciliation
) -> None:
    call = a_call()
    await bridge.record(call)
    await asyncio.gather(*(reconciliation.look() for _ in range(4)))
    assert await kept(database) == [(call.uniqueid, "1001")]


async def test_a_channel_that_took_another_ones_place_has_one_contact_under_the_one_that_was_connected(
    database: Database, bridge: Bridge, contacts: Contacts, reconciliation: Reconciliation
) -> None:
    call = a_call()
    await bridge.record(call, call="1790000000.1")
    await contacts.begin(ContactKey(NODE, "1790000000.1", "1001"), REQUIRING, call.started_us + MICROSECONDS)
    await reconciliation.look()
    assert await kept(database) == [("1790000000.1", "1001")]


async def test_who_got_the_caller_by_a_transfer_has_a_contact_too(opened: Opened, bridge: Bridge) -> None:
    call = a_call()
    async with opened() as site:
        for login in ("1001", "1002"):
            await site.agent(login)
        await bridge.record(call)
        await bridge.transferred(call, "1002", call.started_us + 30 * MICROSECONDS)
        both = [(call.uniqueid, "1001"), (call.uniqueid, "1002")]
        assert sorted(await answered(lambda: kept(site.database), lambda found: len(list(found)) == 2)) == both


async def test_a_caller_whom_nobody_answered_makes_no_contact(
    database: Database, bridge: Bridge, reconciliation: Reconciliation
) -> None:
    await bridge.record(a_call(), answered_us=None, member=None, outcome="abandoned")
    assert await reconciliation.look()
    assert await kept(database) == []


async def test_a_conversation_found_after_the_next_one_is_closed_and_closes_nothing(
    bridge: Bridge, contacts: Contacts, reconciliation: Reconciliation
) -> None:
    found_late, present = a_call(1, queue=FREE), a_call(2, ago_us=MICROSECONDS, queue=FREE)
    await contacts.begin(key_of(present), FREE, present.started_us)
    await bridge.record(found_late)
    await reconciliation.look()
    assert [each.key for each in await contacts.open_of("1001")] == [key_of(present)]
    late = await contacts.save(key_of(found_late), {"notes": "Pidió el saldo"})
    assert late.closed_us is not None


async def test_a_pending_one_found_late_stays_open_beside_the_present_one(
    bridge: Bridge, contacts: Contacts, reconciliation: Reconciliation
) -> None:
    found_late, present = a_call(1), a_call(2, ago_us=MICROSECONDS, queue=FREE)
    await contacts.begin(key_of(present), FREE, present.started_us)
    await bridge.record(found_late)
    await reconciliation.look()
    open_now: Sequence[Contact] = await contacts.open_of("1001")
    assert [(each.key, each.disposition_pending) for each in open_now] == [
        (key_of(present), False),
        (key_of(found_late), True),
    ]


async def test_what_was_looked_at_is_not_looked_at_again_by_the_next_process(
    database: Database, bridge: Bridge, reconciliation: Reconciliation
) -> None:
    await bridge.record(a_call())
    assert await reconciliation.look()
    assert await RecordedConversations(database).new() == ()


async def test_more_than_is_looked_at_in_one_go_is_looked_at_in_several(
    database: Database, bridge: Bridge, reconciliation: Reconciliation
) -> None:
    calls = [a_call(number) for number in range(ENTRIES_AT_ONCE + 2)]
    await bridge.record(*calls)
    looks = 0
    while await reconciliation.look():
        looks += 1
    assert (looks, len(await kept(database))) == (2, len(calls))


class CountedReads(Database):
    """Counts the trips of look-ups."""

    reads = 0

    async def read(self, work: Callable[[Connection], T]) -> T:
        """As ever."""
        self.reads += 1
        return await super().read(work)


async def test_all_whose_calls_ended_are_looked_up_in_one_trip_and_who_has_a_disposition_pending_is_held_back(
    database_url: str, strict_centre: Centre
) -> None:
    database, held_back, live = (
        CountedReads(database_url),
        list[str](),
        LiveState(NODE, BusState(Presence.CONNECTED, 0)),
    )

    async def hold_back(agent: AgentState, cause: str) -> None:
        held_back.append(f"{agent.member} {cause}")

    calls = [a_call(number, queue=REQUIRING if number == 3 else FREE, member=f"100{number}") for number in range(1, 6)]
    for call in calls:
        live.apply(available(call.member))
    await Bridge(database).record(*calls)
    await Reconciliation(
        RecordedConversations(database), Contacts(database, strict_centre, now_us), live, hold_back
    ).look()
    assert database.reads == 2
    assert held_back == [f"1003 {calls[2].uniqueid} {calls[2].entry(REQUIRING)['ended_us']}"]
    await database.close()


async def test_a_database_that_is_away_delays_contacts_and_loses_none(
    sqlite_databases: Databases, strict_centre: Centre
) -> None:
    url = await asyncio.to_thread(sqlite_databases.migrated)
    database, call, file = Database(url), a_call(), Path(url.removeprefix("sqlite:///"))
    await Bridge(database).record(call)
    looking = alone(database, Contacts(database, strict_centre, now_us))
    away = await asyncio.to_thread(file.rename, file.with_suffix(".away"))
    with pytest.raises(DatabaseUnavailable):
        await looking.look()
    await asyncio.to_thread(away.rename, file)
    await looking.look()
    assert await kept(database) == [(call.uniqueid, "1001")]
    await database.close()


async def test_what_was_recorded_before_contacts_followed_is_left_as_it_is(
    database: Database, database_url: str, bridge: Bridge
) -> None:
    await bridge.record(a_call(1), a_call(2))
    await migrations.downgrade(database_url, "0006")
    await migrations.upgrade(database_url)
    assert await RecordedConversations(database).new() == ()
    async with database.transaction() as connection:
        await connection.execute(delete(contact_readings))
    assert len((await RecordedConversations(database).new())[0].without_contact) == 2
