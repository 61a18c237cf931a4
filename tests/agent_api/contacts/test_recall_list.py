"""Callers whom nobody answered: who is on the list, who takes them, and what may be done by whom."""

from typing import Any

import pytest
from sqlalchemy import insert

from callcenter.calls import Outcome
from callcenter.clock import now_us
from callcenter.instants import MICROSECONDS
from callcenter.records.callbacks import callbacks
from callcenter.records.calls import queue_entries
from tests.agent_api.api_site import NODE, Site

NUMBER = "70755440"


def wait(
    uniqueid: str, minutes_ago: int, outcome: Outcome = Outcome.ABANDONED, *, caller: str = NUMBER, queue: str = "101"
) -> dict[str, Any]:
    """A wait that ended some minutes ago."""
    entered_us = now_us() - minutes_ago * 60 * MICROSECONDS
    key = {"node": NODE, "boot_us": 0, "queue": queue, "uniqueid": uniqueid, "ordinal": 0, "call": uniqueid}
    lengths = {"wait_min_us": 95 * MICROSECONDS, "wait_max_us": 95 * MICROSECONDS, "ended_by": "caller"}
    return {**key, **lengths, "line": queue, "caller": caller, "entered_us": entered_us, "outcome": outcome.value}


async def recorded(site: Site, *waits: dict[str, Any]) -> None:
    async with site.database.transaction() as connection:
        await connection.execute(insert(queue_entries), list(waits))


async def listed(site: Site, headers: dict[str, str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await site.http.get("/api/lost-callers", headers=headers)).json()["callers"]
    return found


def path_of(caller: dict[str, Any], action: str) -> str:
    return f"/api/lost-callers/{caller['node']}/{caller['uniqueid']}/{caller['entered_us']}/{action}"


async def test_a_number_that_called_in_vain_twice_is_one_row(site: Site) -> None:
    headers = await site.agent()
    await recorded(site, wait("1.1", 50), wait("2.1", 20, Outcome.FULL))
    (caller,) = await listed(site, headers)
    assert (caller["shown"], caller["times"], caller["outcome"]) == ("707 55440", 2, "Cola llena")
    assert (caller["uniqueid"], caller["waited_seconds"], caller["state"]) == ("2.1", 95, "open")


@pytest.mark.parametrize("outcome", [Outcome.ANSWERED, Outcome.OPEN])
async def test_who_called_again_and_is_served_is_off_the_list(site: Site, outcome: Outcome) -> None:
    headers = await site.agent()
    await recorded(site, wait("1.1", 50), wait("2.1", 1, outcome, queue="102"))
    assert await listed(site, headers) == []


async def test_who_asked_to_be_called_back_is_left_to_the_service(site: Site) -> None:
    headers = await site.agent()
    await recorded(site, wait("1.1", 10))
    asked = {"node": NODE, "number": NUMBER, "line": "101", "queue": "101", "uniqueid": "1.1", "entered_us": 0}
    async with site.database.transaction() as connection:
        about = {"requested_us": now_us(), "reason": "key", "state": "pending", "next_try_us": 0}
        await connection.execute(insert(callbacks), {**asked, **about})
    assert await listed(site, headers) == []


async def test_an_agent_sees_the_callers_of_the_own_queues_and_a_supervisor_all(site: Site) -> None:
    agent, supervisor = await site.agent(), await site.supervisor()
    await recorded(site, wait("1.1", 10), wait("2.1", 10, queue="109", caller="70711111"))
    assert [caller["queue"] for caller in await listed(site, agent)] == ["101"]
    assert sorted(caller["queue"] for caller in await listed(site, supervisor)) == ["101", "109"]


async def test_withheld_numbers_and_old_calls_are_not_listed(site: Site) -> None:
    headers = await site.agent()
    await recorded(site, wait("1.1", 10, caller=""), wait("2.1", 49 * 60))
    assert await listed(site, headers) == []


async def test_only_one_agent_has_a_caller_at_a_time(site: Site) -> None:
    first, second = await site.agent(), await site.agent("1002")
    await recorded(site, wait("1.1", 10))
    (caller,) = await listed(site, first)
    assert (await site.http.post(path_of(caller, "take"), headers=first)).json()["state"] == "taken"
    refused = await site.http.post(path_of(caller, "take"), headers=second)
    assert (refused.status_code, refused.json()["detail"]) == (409, "La tiene Persona 1001.")
    for action in ("give-back", "finish"):
        body = {"state": "reached"} if action == "finish" else None
        assert (await site.http.post(path_of(caller, action), json=body, headers=second)).status_code == 409


async def test_what_is_given_back_can_be_taken_by_another(site: Site) -> None:
    first, second = await site.agent(), await site.agent("1002")
    await recorded(site, wait("1.1", 10))
    (caller,) = await listed(site, first)
    await site.http.post(path_of(caller, "take"), headers=first)
    assert (await site.http.post(path_of(caller, "give-back"), headers=first)).json()["state"] == "open"
    assert (await site.http.post(path_of(caller, "take"), headers=second)).status_code == 200


async def test_what_came_of_calling_back_is_kept_with_its_owner(site: Site) -> None:
    headers = await site.agent()
    await recorded(site, wait("1.1", 10))
    (caller,) = await listed(site, headers)
    await site.http.post(path_of(caller, "take"), headers=headers)
    result = {"state": "not_reached", "note": " No contesta <b> "}
    assert (await site.http.post(path_of(caller, "finish"), json=result, headers=headers)).status_code == 200
    (after,) = await listed(site, headers)
    assert (after["state"], after["owner"], after["note"]) == ("not_reached", "1001", "No contesta <b>")


async def test_a_caller_who_was_reached_and_calls_in_vain_again_is_open_again(site: Site) -> None:
    headers = await site.agent()
    await recorded(site, wait("1.1", 30))
    (caller,) = await listed(site, headers)
    await site.http.post(path_of(caller, "take"), headers=headers)
    await site.http.post(path_of(caller, "finish"), json={"state": "reached"}, headers=headers)
    await recorded(site, wait("2.1", 5))
    assert [each["state"] for each in await listed(site, headers)] == ["open"]


@pytest.mark.parametrize("action", ["take", "give-back", "finish"])
async def test_the_callers_of_other_queues_cannot_be_touched(site: Site, action: str) -> None:
    headers, supervisor = await site.agent("1008"), await site.supervisor()
    await recorded(site, wait("1.1", 10))
    (caller,) = await listed(site, supervisor)
    body = {"state": "reached"} if action == "finish" else None
    refused = await site.http.post(path_of(caller, action), json=body, headers=headers)
    assert (refused.status_code, refused.json()["detail"]) == (409, "Esta llamada ya no está en la lista.")
