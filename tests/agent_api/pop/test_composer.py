"""The screen-pop, from the ringing phone to the screen."""

import asyncio
from statistics import median
from time import process_time
from typing import Any

from sqlalchemy import insert

from agent_api.live.desks import Desks
from agent_api.pop.composer import NO_DIRECTORY, NOT_BY_NUMBER, SEVERAL, UNKNOWN, UNREADABLE, WITHHELD
from backoffice.demo.customers import Situation
from backoffice.smartflex.customer_store import SmartflexStore
from backoffice.smartflex.customers import CustomerView
from backoffice.systems import SystemUnavailable
from callcenter.calls import Outcome
from callcenter.centre.model import Centre
from callcenter.clock import now_us
from callcenter.database.transactions import Database
from callcenter.instants import MICROSECONDS
from callcenter.messages.facts import AgentStatus, CallOffered
from callcenter.numbers import Number
from callcenter.records.calls import queue_entries
from tests.agent_api.api_site import NODE, Site, open_site

Customers = tuple[CustomerView, ...]


def mobile_of(customers: Customers, situation: Situation) -> str:
    """The mobile of the invented customer in a situation."""
    return next(t for t in customers[list(Situation).index(situation)].telephones if t.startswith("707"))


async def ringing(site: Site, caller: str, queue: str = "101") -> dict[str, Any]:
    """What the desk of agent 1001 shows when that caller rings."""
    headers = await site.agent()
    async with site.screen(headers) as screen:
        await screen.next("state")
        site.bridge.ring(caller, queue=queue)
        await screen.next("pop")
        return await read_pop(site, headers)


async def read_pop(site: Site, headers: dict[str, str]) -> dict[str, Any]:
    """The pop of the call that the agent has now."""
    pop: dict[str, Any] = (await site.http.get("/api/agent/call", headers=headers)).json()["pop"]
    return pop


async def test_a_screen_hears_who_calls_and_reads_the_pop_where_it_is(site: Site) -> None:
    headers = await site.agent()
    async with site.screen(headers) as screen:
        offer = site.bridge.ring("44009999")
        heard = await screen.next("pop")
    assert heard == {
        **{"uniqueid": offer.uniqueid, "stage": "ringing", "caller": {"number": "44009999", "shown": "4 400 9999"}},
        **{"offered_us": offer.offered_us, "answered_us": None},
    }


async def test_a_pop_tells_the_customers_repeated_fault(site: Site, customers: Customers) -> None:
    pop = await ringing(site, mobile_of(customers, Situation.FAULT_REPEATED))
    fault = customers[list(Situation).index(Situation.FAULT_REPEATED)].open_faults[0]
    (shown,) = pop["customers"][0]["open_faults"]
    assert (shown["repeated"], shown["repetitions"]) == (True, fault.repetitions)
    assert f"falla repetida: {fault.kind}" in str(pop["notices"])


async def test_a_pop_tells_line_queue_wait_and_debt(site: Site, customers: Customers) -> None:
    pop = await ringing(site, mobile_of(customers, Situation.OWES))
    assert pop["line"] == pop["queue"] == {"number": "101", "name": "Reclamos técnicos"}
    assert (pop["known"], pop["waited_seconds"]) == (True, 12)
    customer = pop["customers"][0]
    assert customer["owes"] and customer["balance"].startswith("Bs ")


async def test_an_unknown_number_gives_a_pop_that_says_so(site: Site) -> None:
    pop = await ringing(site, "44009999")
    assert (pop["known"], pop["customers"], pop["notices"]) == (False, [], [UNKNOWN])
    assert pop["caller"] == {"number": "44009999", "shown": "4 400 9999"}


async def test_of_whom_a_campaign_calls_nobody_asks_the_document(site: Site) -> None:
    assert (await ringing(site, "44009999", "prepago"))["notices"] == [NOT_BY_NUMBER]


async def test_a_withheld_and_an_unreadable_number_give_pops_that_say_so(site: Site) -> None:
    headers = await site.agent()
    async with site.screen(headers) as screen:
        for caller, notice in (("anonymous", WITHHELD), ("7#7", UNREADABLE), ("7171234", UNREADABLE)):
            site.bridge.ring(caller, uniqueid=f"{caller}.1")
            await screen.next("pop")
            pop = await read_pop(site, headers)
            assert (pop["known"], pop["notices"]) == (False, [notice])


async def test_a_number_of_two_customers_gives_both_as_candidates(site: Site, customers: Customers) -> None:
    shared = set(customers[9].telephones) & set(customers[10].telephones)
    pop = await ringing(site, shared.pop())
    found = [customer["number"] for customer in pop["customers"]]
    assert found == [customers[9].number, customers[10].number]
    assert pop["notices"] == [SEVERAL]


async def test_a_pop_tells_the_last_five_calls_however_the_network_wrote_the_number(site: Site) -> None:
    written = ("44009999", "4009999", "+59144009999", "59144009999", "044009999", "44009999", "70711111")
    async with site.database.transaction() as connection:
        await connection.execute(insert(queue_entries), [entry(n, each) for n, each in enumerate(written)])
    pop = await ringing(site, "44009999")
    calls = pop["last_calls"]
    assert [call["at_us"] for call in calls] == [5_000_000, 4_000_000, 3_000_000, 2_000_000, 1_000_000]
    assert calls[0]["outcome"] == "Atendida" and calls[0]["agent"] == "Persona 1001"


def entry(second: int, caller: str) -> dict[str, object]:
    """A queue entry of long ago."""
    at_us = second * MICROSECONDS
    key = {"node": NODE, "boot_us": 0, "queue": "101", "uniqueid": f"{second}.1", "ordinal": 0, "call": ""}
    waits = {"wait_min_us": 0, "wait_max_us": 0, "ended_by": "caller", "line": "101", "member": "1001"}
    return {**key, **waits, "caller": caller, "entered_us": at_us, "outcome": Outcome.ANSWERED.value}


class BrokenDirectory:
    """A directory that does not answer, or not in time."""

    def __init__(self, *, slow: bool) -> None:
        self._slow = slow

    async def by_telephone(self, number: Number) -> Customers:
        if self._slow:
            await asyncio.Event().wait()
        raise SystemUnavailable("Smartflex")

    async def by_contract(self, number: str) -> Customers:
        raise SystemUnavailable("Smartflex")

    async def by_document(self, document: object) -> Customers:
        raise SystemUnavailable("Smartflex")


async def test_seven_digits_that_may_be_a_mobile_are_no_call_of_a_fixed_number(site: Site) -> None:
    async with site.database.transaction() as connection:
        await connection.execute(insert(queue_entries), [entry(0, "6451234"), entry(1, "46451234")])
    pop = await ringing(site, "46451234")
    assert [call["at_us"] for call in pop["last_calls"]] == [1_000_000]


async def test_a_failing_directory_gives_the_pop_without_the_customer_and_says_so(
    database: Database, centre: Centre
) -> None:
    async with open_site(database, BrokenDirectory(slow=False), centre) as site:
        pop = await ringing(site, "70700001")
        assert (pop["known"], pop["notices"]) == (False, [NO_DIRECTORY])


async def test_a_slow_directory_does_not_hold_the_pop_up(database: Database, centre: Centre) -> None:
    async with open_site(database, BrokenDirectory(slow=True), centre, patience_seconds=0.1) as site:
        pop = await ringing(site, "70700001")
        assert pop["notices"] == [NO_DIRECTORY]


async def test_two_desks_of_one_agent_both_get_the_pop_and_it_is_composed_once(site: Site) -> None:
    desks: Desks = site.app.state.parts.desks
    composed, compose = [], desks.compose
    desks.compose = lambda offer: composed.append(offer) or compose(offer)  # type: ignore[func-returns-value]
    headers = await site.agent()
    async with site.screen(headers) as one, site.screen(headers) as other:
        await one.next("state")
        await other.next("state")
        site.bridge.ring("44009999")
        assert await one.next("pop") == await other.next("pop")
    assert len(composed) == 1


async def test_a_reconnecting_desk_gets_its_call_again(site: Site) -> None:
    headers = await site.agent()
    offer = site.bridge.ring("44009999")
    async with site.screen(headers) as screen:
        assert (await screen.next("pop"))["stage"] == "ringing"
        site.bridge.answer(offer)
        await screen.next("call_answered")
    async with site.screen(headers) as again:
        shown = await again.next("pop")
        assert again.seen == ["bridge", "state", "pop"]
        assert (shown["stage"], shown["uniqueid"]) == ("talking", offer.uniqueid)


async def test_a_call_is_shown_from_ring_to_end(site: Site) -> None:
    headers = await site.agent()
    async with site.screen(headers) as screen:
        await screen.next("state")
        site.bridge.stop_ringing(site.bridge.ring("44009999"))
        assert (await screen.next("pop_ended"))["reason"] == "no_answer"
        offer = site.bridge.ring("44009999", uniqueid="1790000000.9")
        await screen.next("pop")
        site.bridge.answer(offer)
        site.bridge.end(offer)
        assert (await screen.next("call_ended"))["reason"] == "caller"
    assert (await site.http.get("/api/agent/call", headers=headers)).status_code == 204


async def test_the_current_call_can_be_asked_for(site: Site) -> None:
    headers = await site.agent()
    async with site.screen(headers) as screen:
        offer = site.bridge.ring("44009999")
        await screen.next("pop")
        answer = await site.http.get("/api/agent/call", headers=headers)
    assert answer.json()["pop"]["uniqueid"] == offer.uniqueid


async def test_a_call_that_was_answered_before_this_process_began_is_found_in_the_records(site: Site) -> None:
    headers = await site.agent()
    row = {**entry(0, "44009999"), "entered_us": now_us(), "joined_us": now_us(), "answered_us": now_us()}
    async with site.database.transaction() as connection:
        await connection.execute(insert(queue_entries), [row])
    async with site.screen(headers) as screen:
        site.bridge.state("1001", AgentStatus.ON_CALL, uniqueid="0.1")
        shown = await screen.next("pop")
    assert (shown["stage"], shown["caller"]["shown"]) == ("talking", "4 400 9999")


async def test_a_transferred_caller_comes_with_a_pop_and_the_agents_before(site: Site) -> None:
    await site.user("1001", extension="1001")
    headers = await site.agent("1002")
    began = now_us()
    waited = {"joined_us": began - 15 * MICROSECONDS, "answered_us": began - 6 * MICROSECONDS, "entered_us": began}
    async with site.database.transaction() as connection:
        await connection.execute(insert(queue_entries), [{**entry(0, "44009999"), **waited}])
    async with site.screen(headers) as screen:
        site.bridge.state("1002", AgentStatus.ON_CALL, transferred="0.1", since_us=began)
        shown, pop = await screen.next("pop"), await read_pop(site, headers)
        site.bridge.state("1002", AgentStatus.AVAILABLE)
        ended = await screen.next("call_ended")
    assert (shown["stage"], shown["answered_us"], pop["caller"]["number"]) == ("talking", began, "44009999")
    assert (pop["line"]["number"], pop["queue"]["number"], pop["waited_seconds"]) == ("101", "101", 9)
    assert [(call["outcome"], call["agent"]) for call in pop["last_calls"]] == [("Atendida", "Persona 1001")]
    assert ended["uniqueid"] == "0.1"


async def test_a_state_without_the_call_ends_a_call_whose_end_was_lost(site: Site) -> None:
    headers = await site.agent()
    async with site.screen(headers) as screen:
        site.bridge.ring("44009999")
        await screen.next("pop")
        site.bridge.state("1001", AgentStatus.AVAILABLE)
        assert (await screen.next("pop_ended"))["reason"] == "unknown"


async def test_an_agent_does_not_see_another_agents_call(site: Site) -> None:
    headers = await site.agent()
    async with site.screen(headers) as screen:
        site.bridge.ring("44009999", member="1002")
        site.bridge.ring("44008888", member="1001")
        assert (await screen.next("pop"))["caller"]["number"] == "44008888"


async def test_the_own_work_of_a_pop_takes_less_than_ten_milliseconds(
    site: Site, directory: SmartflexStore, customers: Customers
) -> None:
    compose = site.app.state.parts.pops.compose
    offer = offer_of(mobile_of(customers, Situation.EVERYTHING))
    taken = []
    for _ in range(40):
        begun = process_time()
        pop = await compose(offer)
        pop.model_dump_json()
        taken.append(process_time() - begun)
    assert median(taken) < 0.010, f"{median(taken) * 1000:.2f} ms"


def offer_of(caller: str) -> CallOffered:
    """An offer to agent 1001."""
    of = {"node": NODE, "member": "1001", "uniqueid": "1.1", "linkedid": "1.1", "queue": "101", "line": "101"}
    return CallOffered(**of, caller=caller, joined_us=now_us(), offered_us=now_us())
